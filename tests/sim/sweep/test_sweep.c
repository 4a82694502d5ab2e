/* The points of a sweep, worked out by hand: ranges, grids, zip, when, include, repeat; the language of conditions. */
#include "sim/engine/arena.h"
#include "sim/sweep/condition.h"
#include "sim/sweep/range.h"
#include "sim/sweep/study_file.h"
#include "tests/command.h"
#include "tests/suite.h"

#define SMALL "tests/cli/small.json"

/* --- ranges ------------------------------------------------------------------------------------------------------------------- */

static const struct range_case {
  const char *text;
  bool whole;
  const char *values; /* or what is wrong, then it begins with "is" */
} range_cases[] = {
    {"10/s..100/s:10", false, "10/s 20/s 30/s 40/s 50/s 60/s 70/s 80/s 90/s 100/s"},
    {"10..1000:5log", false, "10 31.6 100 316 1000"}, /* steps of 10^0.5 = 3.1623 */
    {"1..64:7log", true, "1 2 4 8 16 32 64"},
    {"64..1:4log", true, "64 16 4 1"},
    {"1..100:3log", true, "1 10 100"},
    {"100ms..500ms:3", false, "100ms 300ms 500ms"},
    {"0.5..2:4", false, "0.5 1 1.5 2"},
    {"0..1:4", false, "0 0.333 0.667 1"},
    {"1..5:3", true, "1 3 5"},
    {"1..4:3", true, "1 2 4"}, /* 2.5, to the even neighbour */
    {"90%..99%:4", false, "90% 93% 96% 99%"},
    {"1Gi..4Gi:4", false, "1Gi 2Gi 3Gi 4Gi"},
    {"1.0/s..2/s:2", false, "1.0/s 2/s"}, /* the ends as typed */
    {"1..3:9", true, "is a range that has 1 twice: there are fewer than 9 whole numbers to choose from"},
    {"1..3", false, "is a range without a count: write from..to:count, such as 10/s..100/s:10, or :10log"},
    {"1..3:x", false, "is a range whose count is not a whole number: write from..to:10 or from..to:10log"},
    {"1..3:1", false, "is a range whose count must be from 2 to 100000"},
    {"10ms..2s:3", false, "is a range whose ends have different units: write both in the same"},
    {"1h30m..2h30m:3", false, "is a range whose ends must be a number with at most one unit, such as 10/s..100/s:10"},
    {"3..3:3", false, "is a range whose ends are equal"},
    {"0..3:3log", false, "is a log range, whose ends must be more than 0"}};

static void test_ranges(void) {
  for (size_t i = 0; i < sizeof range_cases / sizeof *range_cases; i++) {
    struct arena *arena = arena_new();
    const struct range_case *c = &range_cases[i];
    struct range range = {.whole = c->whole};
    const char **values = NULL, *seen = range_parse(arena, c->text, &range);
    if (!seen) seen = range_values(arena, &range, &values);
    for (uint32_t k = 0; values && k < range.count; k++)
      seen = arena_format(arena, "%s%s%s", k ? seen : "", k ? " " : "", values[k]);
    test_check(seen && !strcmp(seen, c->values), "%s: %s", c->text, seen ? seen : "nothing");
    arena_free(arena);
  }
  test_check(!range_looks_like("../prices/a.json") && range_looks_like("1..3:2"), "what is meant as a range");
}

/* --- points ------------------------------------------------------------------------------------------------------------------- */

/* "1 50/s | 2 50/s | ..." */
static const char *points_of(struct arena *arena, const struct sweep *s) {
  const char *text = "";
  for (uint64_t n = 0; n < s->points; n++) {
    const struct sweep_value *values[SWEEP_COLUMNS];
    sweep_values(s, n, values);
    text = arena_format(arena, "%s%s", text, n ? " |" : "");
    for (uint32_t i = 0; i < s->column_count; i++) text = arena_format(arena, "%s %s", text, values[i] ? values[i]->text : "-");
    if (s->repeat > 1) text = arena_format(arena, "%s #%u", text, sweep_repetition(s, n));
  }
  return text + (*text == ' ');
}

static const struct study_case {
  const char *keys, *points;
} study_cases[] = {
    {"'vary': {'services.web.replicas': [1, 2], 'traffic.users.rate': ['50/s', '60/s', '70/s']}",
     "1 50/s | 1 60/s | 1 70/s | 2 50/s | 2 60/s | 2 70/s"},
    {"'vary': {'services.web.replicas': {'from': 1, 'to': 4, 'count': 3, 'scale': 'log'}}", "1 | 2 | 4"},
    {"'vary': {'services.web.replicas': [1, 2]}, 'zip': [{'platform.nodes.box.cpu': [2, 4], 'traffic.users.rate': ['5/s', '9/s']}]",
     "1 2 5/s | 1 4 9/s | 2 2 5/s | 2 4 9/s"},
    {"'vary': {'services.web.replicas': [1, 2, 3, 4]}, 'zip': [{'platform.nodes.box.cpu': [2, 4]}],"
     "'when': ['services.web.replicas < platform.nodes.box.cpu', 'not (services.web.replicas == 1)']",
     "2 4 | 3 4"},
    {"'vary': {'services.web.replicas': [1, 2, 3]}, 'when': 'services.web.replicas != 2'", "1 | 3"},
    {"'vary': {'services.web.replicas': [1, 2]}, 'include': [{'services.web.replicas': 9, 'run.window': '5s'}, {'run.window': "
     "'7s'}]",
     "1 - | 2 - | 9 5s | - 7s"},
    {"'include': [{'services.web.replicas': 5}], 'repeat': 2", "5 #1 | 5 #2"},
    {"'vary': {'services.web.replicas': [1, 2]}, 'repeat': 2", "1 #1 | 1 #2 | 2 #1 | 2 #2"},
    {"'vary': {'traffic.users.rate': [{'day': {'mean': '5/s'}}, '5/s']}", "{\"day\": {\"mean\": \"5/s\"}} | 5/s"}};

static char *as_json(const char *text) {
  char *copy = strdup(text);
  for (char *c = copy; *c; c++)
    if (*c == '\'') *c = '"';
  return copy;
}

static void test_studies(void) {
  char *path = child_path("study.json"), *here = realpath(SMALL, NULL);
  for (size_t i = 0; i < sizeof study_cases / sizeof *study_cases; i++) {
    struct arena *arena = arena_new();
    struct diagnostics *faults = diagnostics_new(arena);
    char *keys = as_json(study_cases[i].keys);
    struct study_file study;
    child_write(path, arena_format(arena, "{\"aguanta_study\": 1, \"scenario\": \"%s\", %s}", here, keys));
    bool good = study_file_is(path) && study_file_read(arena, faults, path, &study) && study_file_close(faults, &study);
    const char *seen = good ? points_of(arena, study.sweep) : diagnostics_render(faults, arena);
    test_check(good && !strcmp(seen, study_cases[i].points), "%s:\n      %s\n    not\n      %s", study_cases[i].keys, seen,
               study_cases[i].points);
    free(keys);
    arena_free(arena);
  }
  test_check(!study_file_is(SMALL) && !study_file_is("tests/cli/nowhere.json"), "a scenario is no study");
  free(path), free(here);
}

static void test_seeds(void) {
  test_check(sweep_seed(7, 1) == 7, "the first repetition is the scenario itself");
  for (uint64_t seed = 1; seed < 50; seed++)
    for (uint32_t k = 2; k < 50; k++) {
      test_check(sweep_seed(seed, k) < UINT64_C(1) << 63, "a scenario can hold it");
      test_check(sweep_seed(seed, k) != sweep_seed(seed, k + 1) && sweep_seed(seed, k) != sweep_seed(seed + 1, k), "each its own");
    }
}

/* --- conditions --------------------------------------------------------------------------------------------------------------- */

/* At replicas 2, rate 90/min, kind static, think without a value. */
static const struct condition_case {
  const char *text, *answer; /* yes, no, or what is wrong */
} condition_cases[] = {
    {"services.web.replicas == 2", "yes"},
    {"services.web.replicas<=1", "no"},
    {"traffic.users.rate == 1.5/s", "yes"}, /* by value, not by text */
    {"traffic.users.rate > 1/s and services.web.replicas < 2", "no"},
    {"traffic.users.rate > 1/s or services.web.replicas < 2", "yes"},
    {"services.web.replicas < 2 and services.web.replicas < 2 or traffic.users.rate > 1/s", "yes"}, /* and binds closer */
    {"services.web.replicas < 2 and (services.web.replicas < 2 or traffic.users.rate > 1/s)", "no"},
    {"not services.web.replicas == 3", "yes"},
    {"platform.kind == static", "yes"},
    {"platform.kind != \"static\"", "no"},
    {"run.window < 1h", "no"}, /* the point does not set it */
    {"run.window >= 1h", "no"},
    {"services.web.replica == 2", "names \"services.web.replica\", which is not varied; did you mean \"services.web.replicas\"?"},
    {"services.web.replicas == two", "compares services.web.replicas with \"two\", which is not a number"},
    {"traffic.users.rate > 3", "compares traffic.users.rate with \"3\", which is not a rate such as \"120/s\" or \"40/min\""},
    {"traffic.users.rate > services.web.replicas",
     "compares traffic.users.rate with services.web.replicas, which is of another kind"},
    {"platform.kind < static", "asks for < of platform.kind, which is not a number: only == and != compare it"},
    {"services.web.replicas", "needs one of < <= > >= == != after services.web.replicas"},
    {"services.web.replicas = 2", "needs one of < <= > >= == != after services.web.replicas"},
    {"services.web.replicas ==", "needs a value after services.web.replicas =="},
    {"(services.web.replicas == 2", "has a bracket that is not closed"},
    {"services.web.replicas == 2 && 3", "has \"&& 3\" where \"and\", \"or\" or the end should be"},
    {"", "needs a path at its end"}};

static void test_conditions(void) {
  struct arena *arena = arena_new();
  struct sweep *s = sweep_new(arena, diagnostics_new(arena), SMALL);
  if (!test_check(s != NULL, "the scenario is read")) return;
  sweep_add_vary(s, "services.web.replicas=2");
  sweep_add_vary(s, "traffic.users.rate=90/min");
  sweep_add_vary(s, "platform.kind=static");
  sweep_column(s, "run.window", "1h");
  sweep_close(s, NULL, 0);
  const struct sweep_value *values[SWEEP_COLUMNS];
  sweep_values(s, 0, values);
  for (size_t i = 0; i < sizeof condition_cases / sizeof *condition_cases; i++) {
    const struct condition *c = NULL;
    const char *seen = condition_parse(s, condition_cases[i].text, &c);
    if (!seen) seen = condition_holds(c, s, values, 1) ? "yes" : "no";
    test_check(!strcmp(seen, condition_cases[i].answer), "%s: %s", condition_cases[i].text, seen);
  }
  arena_free(arena);
}

static const struct test_case cases[] = {
    {"ranges", test_ranges}, {"studies", test_studies}, {"seeds", test_seeds}, {"conditions", test_conditions}, {0}};
const struct test_suite suite_sweep = {"sweep", cases};
