/* `aguanta capacity` as its user meets it: what it takes, what it says, which exit code, what it writes, what is drawn from it. */
#include "sim/cli/exit_code.h"
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "sim/questions/axis.h"
#include "sim/report/capacity_report.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <math.h>

#define MM1   "tests/oracle/mm1-rho80.json"
#define QUICK "--set", "run.window=5000s", "--set", "run.windows=4", "--set", "run.replications=10"
#define CLAIM "--set", "claims=[{\"id\": \"mean\", \"expr\": \"mean(job.latency) < 5s\"}, \"utilization(box.cpu) < 95%\"]"
#define RATE  "--vary", "traffic.web.rate=0.1/s..2/s"

/* --- what it takes ------------------------------------------------------------------------------------------------------------ */

struct mistake {
  const char *words[8];
  enum exit_code code;
  const char *says;
};

static const struct mistake mistakes[] = {
    {{MM1}, EXIT_USAGE, "aguanta capacity: needs one --vary PATH=LO..HI, not 0\n"},
    {{MM1, "--vary", "a=1..2", "--vary", "b=1..2"}, EXIT_USAGE, "aguanta capacity: needs one --vary PATH=LO..HI, not 2\n"},
    {{MM1, "--vary", "traffic.web.rate=1/s,2/s"},
     EXIT_USAGE,
     "aguanta capacity: --vary traffic.web.rate=1/s,2/s needs the form path=lo..hi, such as services.backend.replicas=1..20\n"},
    {{MM1, "--vary", "traffic.web.rate=2/s..1/s"},
     EXIT_USAGE,
     "aguanta capacity: --vary traffic.web.rate=2/s..1/s must go upwards: 2/s is not less than 1/s\n"},
    {{MM1, "--vary", "traffic.web.rate=1/s..90/min"},
     EXIT_USAGE,
     "aguanta capacity: --vary traffic.web.rate=1/s..90/min has ends in different units, \"/s\" and \"/min\": write both in the "
     "same, such as 1/s..90/s\n"},
    {{RATE}, EXIT_USAGE, "aguanta capacity: a file is missing\n"},
    {{MM1, RATE, "--precision", "0"}, EXIT_USAGE, "aguanta capacity: --precision must be more than 0 and at most 50%, not \"0\"\n"},
    {{MM1, RATE, "--reps", "3"}, EXIT_USAGE, "aguanta capacity: unknown option \"--reps\""},
    {{MM1, RATE, "--export", "x.pdf"},
     EXIT_USAGE,
     "aguanta capacity: --export x.pdf: unknown format \"pdf\"; known are .json, .csv, .md and .html\n"},
    {{MM1, "--vary", "traffic.wbe.rate=1/s..2/s"},
     EXIT_INVALID,
     "--vary traffic.wbe.rate=1/s: error: there is no \"wbe\" in \"traffic\"; did you mean \"traffic.web.rate\"?\n"},
    {{MM1, "--vary", "services.server.replicas=0.5..2"},
     EXIT_INVALID,
     "--vary services.server.replicas=0.5: error: \"replicas\" must be a whole number"},
    {{MM1, "--vary", "traffic.web.rate=1..2"}, EXIT_INVALID, "needs a unit: write \"1/s\" or \"1/min\", not 1\n"},
    {{MM1, RATE, "--set", "run.settles=false"},
     EXIT_INVALID,
     "aguanta capacity: " MM1 ": the scenario has no requirement of severity must, so nothing could break: add one, such as "
     "\"p99(all.latency) < 500ms\", to \"claims\"\n"},
    {{MM1, RATE, CLAIM, "--without", "men"}, EXIT_INVALID, "--without men: no claim has this id or text\n"},
    {{MM1, RATE, "--jobs", "0"}, EXIT_USAGE, "aguanta capacity: --jobs must be a whole number from 1 to 1024, not \"0\"\n"},
};

static void test_mistakes(void) {
  for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
    const char *words[12] = {child_aguanta(), "capacity"};
    for (int k = 0; k < 8; k++) words[k + 2] = mistakes[i].words[k];
    struct child c = child_run(&(struct child_wish){0}, words);
    test_check(c.status == (int)mistakes[i].code && strstr(c.err, mistakes[i].says), "%zu: exit status %d\n%s", i, c.status, c.err);
    test_check(c.out_length == 0, "%zu: said on stdout: %s", i, c.out);
    child_free(&c);
  }
}

/* --- what it says ------------------------------------------------------------------------------------------------------------- */

static void test_answer(void) {
  struct child c = AGUANTA("capacity", MM1, RATE, CLAIM, QUICK, "--precision", "3%");
  const char *last = child_last_line(c.out);
  test_check(c.status == EXIT_HOLDS, "exit status %d\n%s", c.status, c.err);
  test_check(child_begins(last, "capacity: 0.") &&
                 strstr(last, "] keeps all 3 requirements; first to break: mean(job.latency) < 5s at 0.8"),
             "%s", last);
  for (const char *const *part = (const char *const[]){"WHAT BREAKS", "WHAT FILLS UP", "KNEE", NULL}; *part; part++)
    test_check(strstr(c.out, *part) != NULL, "no %s in\n%s", *part, c.out);
  test_check(!strstr(c.out, "VALUES") && !strstr(c.out, " \n"), "%s", c.out);
  child_free(&c);
  c = AGUANTA("capacity", MM1, RATE, CLAIM, QUICK, "--precision", "3%", "--without", "mean", "-q");
  test_check(child_begins(c.out, "capacity: 0.9") && child_count(c.out, "\n") == 1, "%s", c.out);
  child_free(&c);
  c = AGUANTA("capacity", MM1, RATE, CLAIM, QUICK, "--precision", "0.5%", "--budget", "10", "-v");
  last = child_last_line(c.out);
  test_check(c.status == EXIT_UNDECIDED && strstr(last, "not resolved to 0.5%"), "exit status %d: %s", c.status, last);
  test_check(strstr(c.out, "VALUES") && strstr(c.out, "over capacity") && !strstr(c.out, "unstable"), "%s", c.out);
  child_free(&c);
}

/* Numbers in one style and with what they count; where nothing holds, no value is said to be shown to hold. */
static void test_words(void) {
  static const struct {
    const char *path, *unit;
    double value, low, high, fails;
    bool whole, holds;
    const char *texts[4];
  } rows[] = {
      {"traffic.u.population",
       "",
       304000,
       291000,
       315480,
       315480,
       true,
       true,
       {"304,000 users [291,000, 315,000]  breaks  p95(x) < 1s\n", "fails at 315,480 users",
        "busy at 291,000 users, the largest value shown to hold; full at\n", "  not full up to 350,000 users\n"}},
      {"services.web.replicas",
       "",
       17,
       16,
       18,
       18,
       true,
       true,
       {"17 replicas [16, 18]  breaks  ", "at 18 replicas", "busy at 16 replicas, the largest", "up to 350,000 replicas\n"}},
      {"traffic.u.rate",
       "/s",
       0.802,
       0.795,
       0.815336,
       0.815336,
       false,
       true,
       {"0.802/s [0.795, 0.815]  breaks  ", "fails at 0.8153/s", "busy at 0.795/s", "not full up to 350,000/s\n"}},
      {"traffic.u.rate",
       "/s",
       NAN,
       NAN,
       NAN,
       1234.56,
       false,
       false,
       {"  fails throughout  ", "fails at 1,235/s", "busy at 1,000/s (no value is shown to hold); full at\n"}}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct capacity_bound bound = {.expression = "p95(x) < 1s", .side = "", .high = 1};
    double holds = rows[i].holds ? rows[i].low : NAN;
    struct capacity_root root = {rows[i].value, rows[i].low, rows[i].high, holds, rows[i].fails, true};
    struct capacity_limit limit = {
        .course = rows[i].holds ? COURSE_BREAKS : COURSE_NEVER, .root = root, .fullest = "box CPU", .busy = 0.9};
    struct arena *arena = arena_new();
    struct axis axis;
    const char *wrong =
        axis_parse(arena, arena_format(arena, "%s=1000%s..350000%s", rows[i].path, rows[i].unit, rows[i].unit), &axis);
    test_check(!wrong, "%s: %s", rows[i].path, wrong);
    struct capacity_resource resource = {"box CPU", NAN,
                                         arena_format(arena, "not full up to %s", axis_words(arena, &axis, axis.high)), NULL, 0.8};
    struct capacity_result r = {.scenario_name = "s",
                                .scenario_file = "f",
                                .seed_text = "1",
                                .path = axis.path,
                                .unit = axis.unit,
                                .noun = axis.noun,
                                .low_text = "1000",
                                .high_text = "350000",
                                .whole = rows[i].whole,
                                .bound_count = 1,
                                .bounds = &bound,
                                .kind = rows[i].holds ? CAPACITY_LARGEST : CAPACITY_NOWHERE,
                                .reason = "it fails",
                                .limit_count = 1,
                                .limits = &limit,
                                .resource_count = 1,
                                .resources = &resource,
                                .knee = -1,
                                .most = root,
                                .stands_at = rows[i].holds ? rows[i].low : 1000,
                                .stands_holds = rows[i].holds};
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    struct answer answer = answer_of_capacity(&r);
    report_capacity_text(file, &answer, &(struct report_options){0});
    fclose(file);
    for (int k = 0; k < 4 && rows[i].texts[k]; k++)
      test_check(strstr(text, rows[i].texts[k]) != NULL, "no \"%s\" in %s", rows[i].texts[k], text);
    test_check(rows[i].holds || !strstr(text, "largest value shown"), "nothing holds: %s", text);
    free(text);
    arena_free(arena);
  }
}

/* What is known by then is told; a second signal is not needed. */
static void test_interrupted(void) {
  struct child c = AGUANTA_AS((&(struct child_wish){.signal = SIGINT, .after_s = 1}), "capacity", MM1, RATE, CLAIM, "--precision",
                              "0.1%", "--set", "run.window=20000s", "--export", "-", "--format", "json");
  struct arena *arena = arena_new();
  const struct json_value *root = json_read_text(arena, diagnostics_new(arena), "result", c.out, c.out_length);
  test_check(c.status == EXIT_INTERRUPTED, "exit status %d", c.status);
  test_check(json_flag(json_member(root, "interrupted")) && !json_flag(json_member(root, "resolved")), "%s", c.out);
  test_check(strstr(c.out, "\"answer\": \"INTERRUPTED, so far: ") != NULL, "%s", c.out);
  test_check(c.seconds < 20, "%.0f s after the signal", c.seconds);
  arena_free(arena);
  child_free(&c);
}

/* --- what it writes ----------------------------------------------------------------------------------------------------------- */

static double number_at(const struct json_value *root, const char *path) {
  const struct json_value *v = json_resolve_path(root, path);
  return json_type(v) == JSON_NUMBER ? json_number(v) : NAN;
}

static void check_levels(const struct json_value *root) {
  double before = -1;
  int looked = 0;
  for (const struct json_value *l = json_first(json_member(root, "levels")); l; l = json_next(l)) {
    double value = number_at(l, "value");
    test_check(value > before, "%g after %g", value, before);
    test_check(json_count(json_member(l, "claims")) == 3 && number_at(l, "replications") >= 3, "level %g", value);
    looked += !json_flag(json_member(l, "scanned"));
    before = value;
  }
  test_check(looked >= 4 && json_count(json_member(root, "levels")) > 10, "%d levels were looked at", looked);
}

static void test_files(void) {
  char *json = child_path("capacity.json"), *csv = child_path("capacity.csv"), *md = child_path("capacity.md"),
       *png = child_path("capacity.png"), *timing = child_path("timing.json");
  struct child c = AGUANTA("capacity", MM1, RATE, CLAIM, QUICK, "--precision", "3%", "--export", json, "--export", csv, "--export",
                           md, "--timing", timing, "-q");
  test_check(c.status == EXIT_HOLDS && child_exists(timing), "exit status %d\n%s", c.status, c.err);
  child_free(&c);
  struct arena *arena = arena_new();
  const struct json_value *root = json_read_file(arena, diagnostics_new(arena), json);
  test_check(number_at(root, "aguanta_capacity") == 1 && json_flag(json_member(root, "resolved")), "no capacity in %s", json);
  double low = number_at(root, "most.holds_at"), high = number_at(root, "most.fails_at");
  test_check(low < 0.8 && 0.8 < high && high - low <= 0.06 * 0.8, "[%g, %g]", low, high);
  test_check(fabs(number_at(root, "resources.0.full_at") - 1) < 1e-5, "full at %g", number_at(root, "resources.0.full_at"));
  check_levels(root);
  char *rows = test_read_file(csv), *page = test_read_file(md);
  if (!test_check(rows && page, "%s or %s was not written", csv, md)) return;
  test_check(rows &&
                 child_begins(rows, "scenario,path,set,level,replications,run,claim,id,value,unit,ci_low,ci_high,n,verdict\r\n"),
             "%s", rows ? rows : "no file");
  test_check(child_count(rows, "\r\n") == 1 + 3 * (int)json_count(json_member(root, "levels")), "%s", rows);
  test_check(strstr(page, "**Capacity: 0.") && strstr(page, "| mean(job.latency) \\< 5s | breaks 0.8"), "%s", page);
  c = AGUANTA("plot", json, "--kind", "capacity", "-o", png);
  test_check(c.status == EXIT_HOLDS && child_exists(png), "exit status %d\n%s", c.status, c.err);
  child_free(&c);
  char *again = child_path("again.png");
  c = AGUANTA("plot", json, "--kind", "capacity", "-o", again);
  child_free(&c);
  c = child_run(&(struct child_wish){0}, (const char *const[]){"cmp", png, again, NULL});
  test_check(c.status == 0, "two pictures of one file differ");
  child_free(&c);
  free(again);
  c = AGUANTA("plot", json, "--kind", "claims", "-o", png);
  test_check(c.status == EXIT_INVALID && strstr(c.err, "not a result of aguanta"), "exit status %d\n%s", c.status, c.err);
  child_free(&c);
  arena_free(arena);
  free(rows), free(page), free(json), free(csv), free(md), free(png), free(timing);
}

static void test_plot_of_another(void) {
  char *json = child_path("run.json"), *png = child_path("run.png");
  struct child c = AGUANTA("run", "tests/cli/small.json", "-q", "--export", json);
  child_free(&c);
  c = AGUANTA("plot", json, "--kind", "capacity", "-o", png);
  test_check(c.status == EXIT_INVALID &&
                 strstr(c.err, "not a result of aguanta capacity (no \"aguanta_capacity\": 1); write one with"),
             "exit status %d\n%s", c.status, c.err);
  child_free(&c);
  free(json), free(png);
}

static void test_threads(void) {
  struct child one = AGUANTA("capacity", MM1, RATE, CLAIM, QUICK, "--precision", "5%", "--jobs", "1", "--export", "-", "--format",
                             "json"),
               two = AGUANTA("capacity", MM1, RATE, CLAIM, QUICK, "--precision", "5%", "--jobs", "2", "--export", "-", "--format",
                             "json");
  test_check(one.status == EXIT_HOLDS && !strcmp(one.out, two.out), "one thread and two differ (%d)", one.status);
  test_check(one.out[0] == '{' && child_ends(one.out, "}\n"), "something else stands on stdout");
  child_free(&one), child_free(&two);
}

/* Two requirements share the looks: the search of the second ends when they are spent, and does not ask for the same value for
 * ever. */
static void test_looks_end(void) {
  struct child c =
      AGUANTA("capacity", "docs/examples/ranges.json", "--vary", "traffic.web.rate=0.5/s..3/s", "--set", "run.window=100s");
  test_check(c.status >= 0 && child_begins(child_last_line(c.out), "capacity: "), "exit status %d: %s", c.status, c.out);
  child_free(&c);
}

static const struct test_case cases[] = {{"looks_end", test_looks_end},
                                         {"mistakes", test_mistakes},
                                         {"answer", test_answer},
                                         {"words", test_words},
                                         {"interrupted", test_interrupted},
                                         {"files", test_files},
                                         {"plot of another", test_plot_of_another},
                                         {"threads", test_threads},
                                         {0}};
const struct test_suite suite_cli_capacity = {"cli_capacity", cases};
