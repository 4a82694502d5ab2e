/* `aguanta sensitivity`: swings that theory knows, an input that moves nothing, the same bytes for any number of threads. */
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <math.h>

#define RANGES "docs/examples/ranges.json"
#define CPU    "endpoints.page.steps.work.cpu"
#define RATE   "traffic.web.rate"

static const struct json_value *read_answer(struct arena *arena, const char *path) {
  const struct json_value *root = json_read_file(arena, diagnostics_new(arena), path);
  test_check(json_number(json_member(root, "aguanta_sensitivity")) == 1, "%s is no sensitivity", path);
  return root;
}

static const struct json_value *effect_of(const struct json_value *root, const char *input) {
  const struct json_value *effects = json_member(json_first(json_member(root, "targets")), "effects");
  for (const struct json_value *e = json_first(effects); e; e = json_next(e))
    if (!strcmp(json_text(json_member(e, "input")), input)) return e;
  test_check(false, "no effect of %s", input);
  return NULL;
}

static double number(const struct json_value *v, const char *key) { return json_number(json_member(v, key)); }
static bool flag(const struct json_value *v, const char *key) { return json_flag(json_member(v, key)); }
static const char *first_input(const struct json_value *root) {
  return json_text(json_member(json_member(root, "first"), "input"));
}

/* Half of the interval of one end alone. */
static double half_at(const struct json_value *effect, const char *end) {
  const struct json_value *low = json_first(json_member(json_member(effect, end), "ci95"));
  return 0.5 * (json_number(json_next(low)) - json_number(low));
}

static void check_swing(const struct json_value *root, const char *input, double exact, bool flips) {
  const struct json_value *e = effect_of(root, input), *low = json_first(json_member(e, "swing_ci"));
  double from = json_number(low), to = json_number(json_next(low)), swing = number(e, "swing");
  test_check(from <= exact && exact <= to, "%s: exact %g, swing %g [%g, %g]", input, exact, swing, from, to);
  test_check(to - from < 0.12 * exact, "%s: [%g, %g] is too wide", input, from, to);
  test_check(flag(e, "shown") && flag(e, "flips") == flips && number(e, "p") < 1e-6, "%s: shown, flips or p", input);
  /* Pairs: narrower than two runs with customers of their own would be, at the same confidence. */
  double apart = hypot(half_at(e, "low"), half_at(e, "high")) * 2.625 / 2.093; /* Student's t, 19: 1 - 0.05 / 3 and 95% */
  test_check(0.5 * (to - from) < 0.9 * apart, "%s: %g of pairs, %g apart", input, 0.5 * (to - from), apart);
}

/* M/M/1: the mean is s / (1 - rate s). Of s from 0.4 to 0.6 at rate 1: 1.5 - 2/3; of the rate from 0.8 to 1.2 at s = 0.5: 5/4 -
 * 5/6. */
static void test_swings(void) {
  struct arena *arena = arena_new();
  char *path = child_path("ranges.json");
  struct child c = AGUANTA("sensitivity", RANGES, "--progress", "never", "--export", path);
  test_check(c.status == 0 && c.err_length == 0, "exit status %d: %s", c.status, c.err);
  test_check(strstr(c.out, "no difference at all seen of 1 input") != NULL, "%s", c.out);
  test_check(strstr(c.out, "the claim: PASS at mean 400ms, PASS now, FAIL at mean 600ms") != NULL, "%s", c.out);
  test_check(strstr(c.out, "sees no interactions") != NULL, "%s", c.out);
  const struct json_value *root = read_answer(arena, path), *start = effect_of(root, "services.server.start");
  check_swing(root, CPU, 1.5 - 2.0 / 3, true);
  check_swing(root, RATE, 1.25 - 0.5 / 0.6, false);
  test_check(!flag(start, "shown") && !flag(start, "flips") && number(start, "swing") == 0 && number(start, "p") == 1,
             "the time to start moves the mean");
  test_check(first_input(root) && !strcmp(first_input(root), CPU), "first is %s", first_input(root));
  child_free(&c), free(path);
  arena_free(arena);
}

/* Two names of one law have other draws and the same mean: nothing may be shown, and a bound must be given. */
static void test_noise(void) {
  struct arena *arena = arena_new();
  char *path = child_path("noise.json");
  struct child c = AGUANTA("sensitivity", RANGES, "--of", "mean(page.latency)", "--vary",
                           CPU "={\"exponential\": \"500ms\"}..{\"gamma\": {\"shape\": 1, \"mean\": \"500ms\"}}", "--reps", "10",
                           "--set", "run.window=2000s", "--export", path);
  test_check(c.status == 0, "exit status %d: %s", c.status, c.err);
  const struct json_value *e = effect_of(read_answer(arena, path), CPU), *low = json_first(json_member(e, "swing_ci"));
  test_check(!flag(e, "shown") && number(e, "swing") > 0 && json_number(low) == 0, "the same law shows an effect");
  test_check(strstr(c.out, "no effect shown: " CPU " (at most") != NULL, "%s", c.out);
  child_free(&c), free(path);
  arena_free(arena);
}

/* A range of the command line takes the place of the stated one: at 1.6/s the mean is 2.5, at 0.5/s 2/3. */
static void test_vary(void) {
  struct arena *arena = arena_new();
  char *path = child_path("vary.json");
  struct child c = AGUANTA("sensitivity", RANGES, "--vary", RATE "=0.5/s..1.6/s", "--export", path, "-q");
  test_check(c.status == 0 && child_begins(c.out, "measure this first: " RATE), "exit status %d: %s%s", c.status, c.out, c.err);
  const struct json_value *root = read_answer(arena, path), *e = effect_of(root, RATE),
                          *low = json_first(json_member(e, "swing_ci"));
  double exact = 2.5 - 0.5 / 0.75;
  test_check(json_number(low) < exact && exact < json_number(json_next(low)), "swing %g, exact %g", number(e, "swing"), exact);
  test_check(flag(e, "flips"), "the claim holds at 2.5 s");
  child_free(&c);
  c = AGUANTA("sensitivity", RANGES, "--vary", RATE "=0.8/s..3/s", "--export", path, "-q", "--reps", "10");
  e = effect_of(read_answer(arena, path), RATE);
  test_check(flag(e, "endless") && flag(e, "shown") && flag(e, "flips"), "overload: %s", c.out);
  const char *growth = json_text(json_member(json_member(e, "high"), "growth"));
  test_check(growth && !strcmp(growth, "over capacity"), "3/s of 2/s is %s", growth ? growth : "-");
  test_check(json_type(json_member(json_member(e, "low"), "growth")) == JSON_NULL, "0.8/s of 2/s is taken to grow");
  child_free(&c), free(path);
  arena_free(arena);
}

/* Windows of 24 requests, at 0.8/s of 2/s: from no seed is anything taken to grow, and at 3/s it is over capacity from each. */
static void test_short_windows(void) {
  for (int seed = 1; seed <= 8; seed++) {
    char text[12];
    snprintf(text, sizeof text, "%d", seed);
    struct child c =
        AGUANTA("sensitivity", RANGES, "--vary", RATE "=0.8/s..3/s", "--reps", "10", "--seed", text, "--set", "run.window=30s");
    test_check(c.status == 0 && child_count(c.out, "FAIL (over capacity) at 3/s") == 1 && !strstr(c.out, "tipped over") &&
                   child_count(c.out, "FAIL (") == 1,
               "seed %d: %s", seed, c.out);
    child_free(&c);
  }
}

/* What is too short for a percentile is no effect and no proof of none. */
static void test_too_short(void) {
  struct child c = AGUANTA("sensitivity", RANGES, "--of", "p99.9(page.latency)", "--reps", "2", "--set", "run.window=500s");
  test_check(c.status == 0 && strstr(c.out, "(not enough data)"), "exit status %d: %s", c.status, c.out);
  char line[2000];
  snprintf(line, sizeof line, "%s", strstr(c.out, "measure first:") ? strstr(c.out, "measure first:") : "");
  for (char *at = line; (at = strchr(at, '\n'));) *at = ' ';
  test_check(strstr(line, "there is not enough data on 3 inputs (more --reps)") != NULL, "%s", line);
  child_free(&c);
}

static void test_same_bytes(void) {
  static const char *const endings[] = {"json", "csv", "md"};
  char *one[3], *two[3], *texts[2];
  for (int i = 0; i < 3; i++) {
    char name[20];
    snprintf(name, sizeof name, "one.%s", endings[i]), one[i] = child_path(name);
    snprintf(name, sizeof name, "two.%s", endings[i]), two[i] = child_path(name);
  }
  for (int k = 0; k < 2; k++) {
    char **to = k ? two : one;
    struct child c = AGUANTA("sensitivity", RANGES, "--set", "run.window=500s", "--jobs", k ? "2" : "1", "--export", to[0],
                             "--export", to[1], "--export", to[2]);
    test_check(c.status == 0, "exit status %d: %s", c.status, c.err);
    texts[k] = strdup(c.out);
    child_free(&c);
  }
  test_check(!strcmp(texts[0], texts[1]) && strlen(texts[0]) > 500, "two threads print something else");
  for (int i = 0; i < 3; i++) {
    char *a = test_read_file(one[i]), *b = test_read_file(two[i]);
    test_check(a && b && strlen(a) > 200 && !strcmp(a, b), "two threads write another %s", endings[i]);
    free(a), free(b), free(one[i]), free(two[i]);
  }
  free(texts[0]), free(texts[1]);
}

static void test_picture(void) {
  char *answer = child_path("tornado.json"), *picture = child_path("tornado.svg"), *result = child_path("result.json");
  struct child c = AGUANTA("sensitivity", RANGES, "--set", "run.window=500s", "--export", answer);
  child_free(&c);
  c = AGUANTA("plot", answer, "--kind", "tornado", "-o", picture);
  char *svg = test_read_file(picture);
  test_check(c.status == 0 && svg && strstr(svg, "Measure " CPU " first"), "exit status %d: %s", c.status, c.err);
  free(svg), child_free(&c);
  c = AGUANTA("sensitivity", RANGES, "--set", "run.window=500s", "--of", "utilization(box.cpu)", "--export", answer);
  child_free(&c);
  c = AGUANTA("plot", answer, "--kind", "tornado", "-o", picture);
  svg = test_read_file(picture);
  test_check(c.status == 0 && svg && strstr(svg, ">50.0%<"), "ticks in per cent: exit status %d: %s", c.status, c.err);
  free(svg), child_free(&c);
  c = AGUANTA("run", RANGES, "--set", "run.window=500s", "--reps", "2", "--export", result);
  child_free(&c);
  c = AGUANTA("plot", result, "--kind", "tornado", "-o", picture);
  test_check(c.status == 3 &&
                 strstr(c.err, "not a result of aguanta sensitivity (no \"aguanta_sensitivity\": 1); write one with `aguanta "
                               "sensitivity FILE --export F.json`; this is one of aguanta run"),
             "exit status %d: %s", c.status, c.err);
  child_free(&c);
  c = AGUANTA("plot", answer, "--kind", "claims", "-o", picture);
  test_check(c.status == 3 && strstr(c.err, "not a result of aguanta"), "exit status %d: %s", c.status, c.err);
  child_free(&c), free(answer), free(picture), free(result);
}

/* A range in the price list is one of the scenario's: its ends are what the bill is with the price at each. */
static void test_price_list(void) {
  struct child c = AGUANTA("sensitivity", "tests/cli/priced.json", "--reps", "10");
  test_check(c.status == 0 && strstr(c.out, "prices.items.box.price") && strstr(c.out, "30.00 USD .. 60.00 USD") &&
                 strstr(c.out, "PASS at 30 USD/month, UNDECIDED now, FAIL at 60 USD/month"),
             "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
}

static void test_refusals(void) {
  static const struct {
    const char *option, *value;
    int status;
    const char *message;
  } rows[] = {
      {"--vary", "nonsense", 2, "--vary nonsense must have the form path=low..high, such as services.api.start=1s..5s"},
      {"--vary", "run.window=..5s", 2, "must have the form"},
      {"--vary", RATE "=1/s..fast", 3, "--vary " RATE "=1/s..fast: error: \"rate\" must be a rate such as"},
      {"--vary", RATE "=2/s..1/s", 3,
       "--vary " RATE "=2/s..1/s: error: \"range\" of \"rate\" has its ends the wrong way round: \"2/s\" is more than \"1/s\""},
      {"--vary", "run.seed=1..2", 3, "\"seed\" cannot have a \"range\""},
      {"--vary", "services.serber.start=1s..2s", 3, "did you mean \"services.server.start\"?"},
      {"--of", "p99(page.latency) < 1s", 2, "has something after it: a measure such as p99(web.latency), without a limit"},
      {"--of", "p99(pige.latency)", 2, "finds no endpoint, service or node group \"pige\"; did you mean \"p99(page.latency)"},
      {"--export", "x.pdf", 2, "unknown format \"pdf\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct child c = AGUANTA("sensitivity", RANGES, rows[i].option, rows[i].value);
    test_check(c.status == rows[i].status && !c.out_length && strstr(c.err, rows[i].message), "%s %s: exit status %d: %s",
               rows[i].option, rows[i].value, c.status, c.err);
    child_free(&c);
  }
  struct child c = AGUANTA("sensitivity", "tests/cli/small.json");
  test_check(c.status == 2 && strstr(c.err, "tests/cli/small.json states no \"range\"; give some, or --vary path=low..high"), "%s",
             c.err);
  child_free(&c);
}

static const struct test_case cases[] = {{"swings", test_swings},       {"noise", test_noise},
                                         {"vary", test_vary},           {"short_windows", test_short_windows},
                                         {"too_short", test_too_short}, {"same_bytes", test_same_bytes},
                                         {"picture", test_picture},     {"price_list", test_price_list},
                                         {"refusals", test_refusals},   {0}};
const struct test_suite suite_cli_sensitivity = {"cli_sensitivity", cases};
