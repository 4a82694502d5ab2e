/* The result as other programs read it: strict JSON with every promised key, base units, sums that add up, no wall clock. */
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <math.h>

#define SMALL "tests/cli/small.json"

struct result {
  struct arena *arena;
  const struct json_value *root;
  char *text;
};

static struct result result_of(const char *platform, const char *seed) {
  char file[100];
  snprintf(file, sizeof file, "scenarios/platform/%s.json", platform);
  struct child c = AGUANTA("run", file, "--set", "run.window=60s", "--set", "run.warmup=5s", "--set", "run.years=200", "--seed",
                           seed, "--export", "-", "--format", "json");
  struct result r = {.arena = arena_new(), .text = c.out};
  struct diagnostics *d = diagnostics_new(r.arena);
  r.root = json_read_text(r.arena, d, platform, c.out, c.out_length);
  test_check(r.root && diagnostics_errors(d) == 0, "%s: %s", platform, diagnostics_render(d, r.arena));
  test_check(c.err_length == 0 && c.status != 1, "%s: %d %s", platform, c.status, c.err);
  free(c.err);
  return r;
}

static void result_free(struct result *r) {
  free(r->text);
  arena_free(r->arena);
}

static bool is_text(const struct json_value *v, const char *text) { return json_text(v) && !strcmp(json_text(v), text); }
static const struct json_value *at(const struct result *r, const char *path) { return json_resolve_path(r->root, path); }
static double number(const struct json_value *object, const char *name) {
  const struct json_value *v = json_member(object, name);
  return json_type(v) == JSON_NUMBER && v ? json_number(v) : NAN;
}
static bool near(double a, double b) { return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b)) + 1e-15; }

static const struct json_value *metric(const struct result *r, const char *name, const char *agg, const char *cause) {
  for (const struct json_value *m = json_first(json_member(r->root, "metrics")); m; m = json_next(m)) {
    const struct json_value *label = json_member(json_member(m, "labels"), "cause");
    if (is_text(json_member(m, "metric"), name) && is_text(json_member(m, "agg"), agg) && (cause ? is_text(label, cause) : !label))
      return m;
  }
  return NULL;
}

static const char *const platforms[] = {"compose", "swarm", "kubernetes"};

static void for_each(void (*check)(const struct result *, const char *name)) {
  for (int i = 0; i < 3; i++) {
    struct result r = result_of(platforms[i], "1");
    check(&r, platforms[i]);
    result_free(&r);
  }
}

/* --- keys --------------------------------------------------------------------------------------------------------------------- */

static void has_keys(const struct json_value *object, const char *what, const char *const *keys) {
  for (; *keys; keys++) test_check(json_member(object, *keys) != NULL, "%s has no \"%s\"", what, *keys);
}
#define KEYS(...)                                                                                                                  \
  (const char *const[]) { __VA_ARGS__, NULL }

static void each_has_keys(const struct result *r, const char *list, const char *const *keys) {
  const struct json_value *v = json_first(at(r, list));
  test_check(v != NULL, "%s is empty", list);
  for (; v; v = json_next(v)) has_keys(v, list, keys);
}

static void check_keys(const struct result *r, const char *name) {
  has_keys(r->root, name,
           KEYS("aguanta_result", "scenario", "engine", "seed", "replications", "requests", "claims", "metrics", "series", "bill",
                "outages", "scenario_resolved"));
  has_keys(at(r, "scenario"), "scenario", KEYS("name", "file", "hash"));
  each_has_keys(r, "claims", KEYS("id", "expr", "source", "kind", "severity", "verdict", "value", "unit", "ci95"));
  each_has_keys(r, "metrics", KEYS("metric", "agg", "labels", "value", "unit", "ci95", "n"));
  each_has_keys(r, "series", KEYS("metric", "labels", "unit", "t_s", "mean"));
  each_has_keys(r, "bill.lines", KEYS("item", "price_id", "source", "quantity", "unit", "unit_price", "monthly"));
  each_has_keys(r, "outages.classes", KEYS("fault", "faults", "outages", "rto_mean_s", "downtime_per_year_s"));
  test_check(json_number(at(r, "aguanta_result")) == 1 && json_number(at(r, "replications")) >= 10, "%s: version and replications",
             name);
  test_check(json_number(at(r, "window_s")) == 60 && json_number(at(r, "warmup_s")) == 5, "%s: a window of 60 s is written as %s s",
             name, json_raw_number_text(at(r, "window_s")));
  test_check(json_type(at(r, "violations")) == JSON_LIST && json_count(at(r, "violations")) == 0, "%s: broken invariants", name);
  test_check(json_type(at(r, "interrupted")) == JSON_FLAG && !json_flag(at(r, "interrupted")), "%s: interrupted", name);
  test_check(is_text(at(r, "scenario_resolved.run.window"), "60s") && is_text(at(r, "seed"), "1"), "%s: what was set", name);
}

static void test_keys(void) { for_each(check_keys); }

/* --- units and intervals ------------------------------------------------------------------------------------------------------ */

static bool is_word(const struct json_value *v, const char *const *words) {
  while (*words && !is_text(v, *words)) words++;
  return *words != NULL;
}

static void check_estimate(const struct json_value *v, const char *what) {
  const struct json_value *ci = json_member(v, "ci95"), *low = json_first(ci), *high = json_next(low);
  double value = number(v, "value");
  test_check(json_count(ci) == 2, "%s: ci95", what);
  if (isnan(value))
    test_check(json_type(low) == JSON_NULL && json_type(high) == JSON_NULL, "%s: an interval without a value", what);
  if (json_type(low) == JSON_NUMBER)
    test_check(json_number(low) <= value * (1 + 1e-9) + 1e-12 && value <= json_number(high) * (1 + 1e-9) + 1e-12,
               "%s: %g is outside of its interval", what, value);
}

static void check_units(const struct result *r, const char *name) {
  for (const struct json_value *m = json_first(at(r, "metrics")); m; m = json_next(m)) {
    const char *metric_name = json_text(json_member(m, "metric"));
    double value = number(m, "value");
    test_check(is_word(json_member(m, "unit"), KEYS("s", "bytes", "ratio", "per_s", "count", "number", "USD")),
               "%s: %s has the unit %s", name, metric_name, json_text(json_member(m, "unit")));
    check_estimate(m, metric_name);
    if (is_text(json_member(m, "unit"), "ratio"))
      test_check(isnan(value) || (value >= 0 && value <= 1 + 1e-9), "%s: %s is a ratio of %g", name, metric_name, value);
    if (child_ends(metric_name, ".latency"))
      test_check(is_text(json_member(m, "unit"), "s") && (isnan(value) || (value > 0 && value < 100)), "%s: %s of %g s", name,
                 metric_name, value);
  }
  for (const struct json_value *c = json_first(at(r, "claims")); c; c = json_next(c)) {
    check_estimate(c, json_text(json_member(c, "id")));
    bool required = is_text(json_member(c, "kind"), "requirement"), stated = is_text(json_member(c, "kind"), "statement");
    const struct json_value *verdict = json_member(c, "verdict"), *severity = json_member(c, "severity");
    bool good = required
                    ? is_word(verdict, KEYS("PASS", "FAIL", "UNDECIDED", "NO DATA")) && is_word(severity, KEYS("must", "should"))
                    : json_type(severity) == JSON_NULL;
    if (stated) good &= is_word(verdict, KEYS("CONFIRMED", "BETTER", "CONTRADICTED", "UNDECIDED", "NO DATA"));
    if (!required && !stated) good &= is_text(json_member(c, "kind"), "info") && json_type(verdict) == JSON_NULL;
    test_check(good, "%s: the claim %s", name, json_text(json_member(c, "id")));
  }
  test_check(!strstr(r->text, ": nan") && !strstr(r->text, "inf,") && !strstr(r->text, "NaN"), "%s: NaN is null", name);
}

static void test_units(void) { for_each(check_units); }

/* Too little for any percentile: null, never 0 and never absent. */
static void test_unknown_is_null(void) {
  struct child c = AGUANTA("run", SMALL, "--reps", "2", "--set", "run.window=1s", "--set", "traffic.users.rate=0.01/s", "--export",
                           "-", "--format", "json");
  struct result r = {.arena = arena_new()};
  struct diagnostics *d = diagnostics_new(r.arena);
  r.root = json_read_text(r.arena, d, "empty", c.out, c.out_length);
  test_check(diagnostics_errors(d) == 0 && c.status == 98, "%d %s%s", c.status, c.err, diagnostics_render(d, r.arena));
  for (const char *const *agg = KEYS("mean", "p50", "p90", "p95", "p99", "p99.9", "max"); *agg; agg++) {
    const struct json_value *m = metric(&r, "page.latency", *agg, NULL);
    test_check(m && json_member(m, "value") && json_type(json_member(m, "value")) == JSON_NULL && number(m, "n") == 0, "%s", *agg);
  }
  test_check(json_type(json_member(metric(&r, "page", "error_rate", NULL), "value")) == JSON_NULL, "an error rate of no requests");
  test_check(json_type(at(&r, "outages")) == JSON_NULL && json_member(r.root, "outages"), "no availability run");
  arena_free(r.arena);
  child_free(&c);
}

/* --- sums --------------------------------------------------------------------------------------------------------------------- */

static void check_breakdown(const struct result *r, const char *name) {
  for (const struct json_value *e = json_first(at(r, "endpoints")); e; e = json_next(e)) {
    double sum = 0;
    char latency[80];
    snprintf(latency, sizeof latency, "%s.latency", json_text(e));
    for (const struct json_value *b = json_first(at(r, "breakdown")); b; b = json_next(b))
      if (is_text(json_member(b, "endpoint"), json_text(e))) sum += number(b, "mean_s");
    double mean = number(metric(r, latency, "mean", NULL), "value");
    test_check(near(sum, mean), "%s: the parts of %s add up to %.12g s, its mean is %.12g s", name, json_text(e), sum, mean);
  }
}

static void check_bill(const struct result *r, const char *name) {
  double sum = 0;
  for (const struct json_value *l = json_first(at(r, "bill.lines")); l; l = json_next(l)) {
    sum += number(l, "monthly");
    test_check(near(number(l, "quantity") * number(l, "unit_price"), number(l, "monthly")), "%s: %s", name,
               json_text(json_member(l, "item")));
  }
  test_check(near(sum, json_number(at(r, "bill.monthly"))) && sum > 0, "%s: the lines add up to %g, the bill is %g", name, sum,
             json_number(at(r, "bill.monthly")));
  test_check(is_text(at(r, "bill.currency"), "USD"), "currency");
}

static void check_errors(const struct result *r, const char *name) {
  for (const struct json_value *e = json_first(at(r, "endpoints")); e; e = json_next(e)) {
    double counted = 0, of = 0, total = number(metric(r, json_text(e), "error_rate", NULL), "value"), causes = 0;
    for (const struct json_value *row = json_first(at(r, "errors")); row; row = json_next(row)) {
      if (!is_text(json_member(row, "endpoint"), json_text(e))) continue;
      const struct json_value *ratio = json_member(row, "ratio");
      of = number(ratio, "n"), counted += number(row, "count");
      test_check(near(number(row, "count") / of, number(ratio, "value")), "%s: %s %s: %g of %g is not %g", name, json_text(e),
                 json_text(json_member(row, "cause")), number(row, "count"), of, number(ratio, "value"));
      test_check(near(number(ratio, "value"),
                      number(metric(r, json_text(e), "error_rate", json_text(json_member(row, "cause"))), "value")),
                 "%s: the metric of the cause", name);
    }
    for (const struct json_value *m = json_first(at(r, "metrics")); m; m = json_next(m))
      if (is_text(json_member(m, "metric"), json_text(e)) && json_member(json_member(m, "labels"), "cause"))
        causes += number(m, "value");
    test_check(near(causes, total), "%s: the causes of %s add up to %g, its error rate is %g", name, json_text(e), causes, total);
    if (of > 0) test_check(near(counted / of, total), "%s: %s: %g of %g is not %g", name, json_text(e), counted, of, total);
  }
}

static void test_breakdown(void) { for_each(check_breakdown); }
static void test_bill(void) { for_each(check_bill); }
static void test_errors(void) { for_each(check_errors); }

/* --- claims and metrics tell the same ----------------------------------------------------------------------------------------- */

/* The value that the rest of the result gives for "agg(metric)" or "agg(metric{cause=x})"; NaN: it does not tell. */
static double elsewhere(const struct result *r, const char *expression, bool *known) {
  char agg[40], subject[80], cause[40] = "", clause;
  *known = true;
  int fields = sscanf(expression, "%39[^(](%79[^){]{cause=%39[^}]%c", agg, subject, cause, &clause);
  if (!strcmp(agg, "cost")) return json_number(at(r, "bill.monthly"));
  if (!strcmp(agg, "availability")) return json_number(at(r, "outages.availability.value"));
  const struct json_value *m = metric(r, subject, agg, fields > 2 ? cause : NULL);
  *known = m && !strstr(expression, " over ");
  return number(m, "value");
}

static void check_claims(const struct result *r, const char *name) {
  int compared = 0;
  for (const struct json_value *c = json_first(at(r, "claims")); c; c = json_next(c)) {
    bool known;
    const char *expression = json_text(json_member(c, "expr"));
    double there = elsewhere(r, expression, &known), here = number(c, "value");
    if (!known || is_text(json_member(c, "verdict"), "NO DATA")) continue;
    test_check(near(here, there), "%s: %s is %.12g in the claim, %.12g in the metrics", name, expression, here, there);
    compared++;
  }
  test_check(compared >= 5, "%s: %d claims compared", name, compared);
}

static void test_claims(void) { for_each(check_claims); }

/* --- the same bytes, whenever ------------------------------------------------------------------------------------------------- */

static void test_no_wall_clock(void) {
  struct result a = result_of("swarm", "5");
  nanosleep(&(struct timespec){1, 100000000}, NULL);
  struct result b = result_of("swarm", "5"), c = result_of("swarm", "6");
  test_check(!strcmp(a.text, b.text), "a second later the result is another");
  test_check(strcmp(a.text, c.text) != 0, "another seed gives the same result");
  result_free(&a), result_free(&b), result_free(&c);
}

static void test_files_and_stdout(void) {
  char *json = child_path("x.json"), *csv = child_path("x.csv"), *md = child_path("x.md");
  struct child all = AGUANTA("run", SMALL, "-q", "--export", json, "--export", csv, "--export", md);
  const char *const files[] = {json, csv, md}, *const formats[] = {"json", "csv", "md"};
  test_check(all.status == 0 && !strcmp(all.out, "verdict: PASS (1 pass)\n"), "%s", all.out);
  for (int i = 0; i < 3; i++) {
    char *text = test_read_file(files[i]);
    struct child run = AGUANTA("run", SMALL, "--export", "-", "--format", formats[i]),
                 check = AGUANTA("check", SMALL, "--export", "-", "--format", formats[i]);
    test_check(text && !strcmp(text, run.out) && run.err_length == 0, "%s: run --export - is the file and nothing else",
               formats[i]);
    test_check(text && !strcmp(text, check.out) && check.err_length == 0,
               "%s: check --export - is the file and nothing else, but ends\n%s", formats[i], child_last_line(check.out));
    child_free(&run), child_free(&check);
    free(text);
  }
  child_free(&all);
  free(json), free(csv), free(md);
}

static void test_csv(void) {
  struct child c =
      AGUANTA("run", SMALL, "--set", "name==1+1", "--set",
              "claims=[{\"expr\": \"p50(page.latency) < 1s\", \"source\": \"@a, \\\"b\\\"\"}]", "--export", "-", "--format", "csv");
  test_check(
      child_begins(c.out,
                   "scenario,kind,metric,agg,label,value,unit,ci_low,ci_high,n,verdict,source,reason,severity\r\n'=1+1,verdict,"
                   "requirements,,,,number,,,1,PASS,,,\r\n'=1+1,requirement,p50(page.latency) < 1s,,claim-1,0.00"),
      "%s", c.out);
  test_check(strstr(c.out, ",PASS,\"'@a, \"\"b\"\"\",,must\r\n") != NULL, "quotes: %s", c.out);
  test_check(child_count(c.out, "\n") == child_count(c.out, "\r\n") && child_count(c.out, ",nan,") == 0, "lines");
  child_free(&c);
}

static void test_timing(void) {
  char *file = child_path("timing.json");
  struct child c = AGUANTA("run", SMALL, "-q", "--timing", file);
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct json_value *root = json_read_file(arena, d, file);
  test_check(diagnostics_errors(d) == 0 && number(root, "seconds") > 0 && number(root, "events") > number(root, "requests"), "%s",
             diagnostics_render(d, arena));
  arena_free(arena);
  child_free(&c);
  free(file);
}

static const struct test_case cases[] = {{"keys", test_keys},
                                         {"units", test_units},
                                         {"unknown_is_null", test_unknown_is_null},
                                         {"breakdown", test_breakdown},
                                         {"bill", test_bill},
                                         {"errors", test_errors},
                                         {"claims", test_claims},
                                         {"no_wall_clock", test_no_wall_clock},
                                         {"files_and_stdout", test_files_and_stdout},
                                         {"csv", test_csv},
                                         {"timing", test_timing},
                                         {0}};
const struct test_suite suite_cli_result = {"cli_result", cases};
