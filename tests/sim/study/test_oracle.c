/* The oracle: queueing and reliability theory against the whole program.
 *
 * tests/oracle/NAME.json is a scenario like any other; NAME.expected.json beside it says which measures theory knows:
 *
 *     {"case": "mm1-rho80", "source": "Kleinrock Vol 1 ch.3", "long": true, "util": 0.95, "expected": [
 *       {"measure": "mean(job.latency)", "exact": 5.0, "scale": 1, "tolerance": "steady-mean"} ]}
 *
 * "published" is the number that the source prints, rounded, and "within" how far the exact one may be from it; numbers of the
 * source that no claim can measure stand under "also". Each measure becomes a claim of the scenario and its estimate is judged by the rule that "tolerance" names (`rules` below).
 * A measure
 * may be a whole claim, such as "downtime(year) < 1h for 95%": then it is what that claim judges, a quantile or a share. "scale" turns the literature's unit into the program's; "util" of 0.95 or more relaxes the precision that is asked for;
 * "long" cases run only with AGUANTA_LONG set. AGUANTA_ORACLE_DIR names another folder of the same layout.
 *
 * A rule asks three things: enough replications, an interval narrow enough to see a fault, and the exact value not further
 * away than chance allows. SE is the half-width of the program's own 95% interval over Student's t: an interval that is
 * too narrow fails as surely as a mean that is wrong, and over all cases 95% of the intervals must hold the exact value. */
#include "tests/oracle_case.h"
#include <dirent.h>
#include <time.h>

/* Whether so many of n independent events of this probability lie inside the binomial's middle 99.9%. */
static bool inside_band(unsigned seen, unsigned n, double p) {
  return gsl_cdf_binomial_P(seen, p, n) >= 0.0005 && (seen == 0 || gsl_cdf_binomial_Q(seen - 1, p, n) >= 0.0005);
}

#define EXPECTED ".expected.json"

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length > tail && !strcmp(text + length - tail, end);
}

static int is_expected(const struct dirent *entry) { return ends_with(entry->d_name, EXPECTED); }

static int is_scenario(const struct dirent *entry) {
  return ends_with(entry->d_name, ".json") && !ends_with(entry->d_name, EXPECTED);
}

static void run_named(const char *name, struct score *all, unsigned *independent) {
  struct arena *arena = arena_new();
  struct oracle_case c;
  if (read_case(arena, name, &c) && (!c.is_long || getenv("AGUANTA_LONG"))) {
    struct score s = run_case(arena, &c, NULL, 0, true);
    all->intervals += s.intervals, all->covering += s.covering;
    *independent += s.intervals > 0;
    if (s.separated)
      test_check(s.squares < gsl_cdf_chisq_Pinv(0.999, s.separated), "%s: the squares of %u z add up to %.2f", c.path, s.separated,
                 s.squares);
  }
  arena_free(arena);
}

/* The exact number against the one that was printed; false when there is none. */
static bool check_published(const struct oracle_case *c, const struct json_value *v) {
  const struct json_value *published = json_member(v, "published"), *within = json_member(v, "within");
  if (!published) return false;
  double exact = json_number(json_member(v, "exact"));
  return test_check(within && fabs(exact - json_number(published)) <= json_number(within),
                    "%s: the exact %.10g and the published %.10g are further apart than %.3g", c->path, exact,
                    json_number(published), json_number(within)) ||
         true;
}

static void test_exact_agrees_with_published(void) {
  struct dirent **entries;
  int count = scandir(oracle_folder(), &entries, is_expected, alphasort);
  unsigned seen = 0;
  for (int i = 0; i < count; i++) {
    struct arena *arena = arena_new();
    struct oracle_case c;
    entries[i]->d_name[strlen(entries[i]->d_name) - strlen(EXPECTED)] = 0;
    if (read_case(arena, entries[i]->d_name, &c)) {
      for (const struct json_value *v = json_first(c.expected); v; v = json_next(v)) seen += check_published(&c, v);
      for (const struct json_value *v = c.also ? json_first(c.also) : NULL; v; v = json_next(v)) seen += check_published(&c, v);
    }
    arena_free(arena);
    free(entries[i]);
  }
  if (count >= 0) free(entries);
  test_check(seen > 100 || getenv("AGUANTA_ORACLE_DIR"), "only %u published numbers were found", seen);
}

static void test_theory(void) {
  struct dirent **entries;
  int count = scandir(oracle_folder(), &entries, is_expected, alphasort);
  if (!test_check(count > 0, "no cases in %s", oracle_folder())) return;
  struct score all = {0};
  unsigned independent = 0;
  for (int i = 0; i < count; i++) {
    entries[i]->d_name[strlen(entries[i]->d_name) - strlen(EXPECTED)] = 0;
    run_named(entries[i]->d_name, &all, &independent);
    free(entries[i]);
  }
  free(entries);
  /* The measures of one scenario come from the same events, so the band is that of as many trials as scenarios. */
  double share = all.intervals ? (double)all.covering / all.intervals : 1;
  test_check(inside_band((unsigned)(share * independent + 0.5), independent, 0.95),
             "%u of %u intervals hold the exact value (%.1f%%, over %u scenarios)", all.covering, all.intervals, 100 * share,
             independent);
}

/* A pair that is down 2.5e-7 of the time, to 10% within 60 s of one core. */
static void test_rare_event_within_a_minute(void) {
  struct arena *arena = arena_new();
  struct oracle_case c;
  struct scenario *s = NULL;
  if (getenv("AGUANTA_ORACLE_DIR"))
    test_check(true, "the pair is a case of our own");
  else if (read_case(arena, "avail-1of2-rare", &c))
    s = read_scenario(arena, &c, NULL, 0);
  if (s) {
    struct score score = {0};
    const struct json_value *v = json_first(c.expected);
    struct study_options options = {.jobs = 1};
    clock_t start = clock();
    struct results *r = study_run(arena, s, &options);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    struct expectation e = expectation_of(&c, v, &((const struct claim *)s->claims.items)->measure);
    struct observed o = observe(s, r, 0);
    judge_one(&c, "rare-event", &e, &o, true, &score);
    test_check(o.half_width <= 0.1 * o.value && seconds < 60, "to %.1f%% in %.1f s of one core", 100 * o.half_width / o.value,
               seconds);
  }
  arena_free(arena);
}

static void test_every_scenario_has_expectations(void) {
  struct dirent **entries;
  int count = scandir(oracle_folder(), &entries, is_scenario, alphasort);
  test_check(count > 0, "no scenarios in %s", oracle_folder());
  for (int i = 0; i < count; i++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%.*s" EXPECTED, oracle_folder(), (int)(strlen(entries[i]->d_name) - strlen(".json")),
             entries[i]->d_name);
    test_check(access(path, R_OK) == 0, "%s is missing", path);
    free(entries[i]);
  }
  if (count >= 0) free(entries);
}

/* The judge itself: what it lets through, and what it refuses. */
static void test_judge(void) {
  static const struct {
    const char *rule;
    struct expectation e;
    struct observed o;
    const char *wrong; /* null: passes */
  } rows[] = {{"steady-mean", {.exact = 5}, {5.03, 0.045, 30, 1}, NULL},
              {"steady-mean", {.exact = 5}, {5.03, 0.045, 29, 1}, "too few replications"},
              {"steady-mean", {.exact = 5}, {5.03, 0.055, 30, 1}, "the interval is too wide"},
              {"steady-mean", {.exact = 5, .util = 0.95}, {5.03, 0.055, 30, 1}, NULL},
              {"steady-mean", {.exact = 5}, {5.10, 0.045, 30, 1}, "too far away for chance"},
              {"steady-mean", {.exact = 5}, {5.003, 0.0001, 30, 1}, "too far away for chance"},
              {"steady-mean", {.exact = 5, .util = 0.99}, {5.16, 0.1, 30, 1}, "too far away"},
              {"steady-mean", {.exact = 5}, {NAN, NAN, 30, 1}, "the interval is too wide"},
              {"steady-mean-heavy", {.exact = 5}, {5.1, 0.15, 30, 1}, "too few requests"},
              {"steady-mean-heavy", {.exact = 5}, {5.1, 0.15, 30, 50000000}, NULL},
              {"steady-quantile", {.exact = 0, .p = 0.5}, {0, 0, 30, 1}, NULL},
              {"steady-quantile", {.exact = 0, .p = 0.5}, {1e-9, 0, 30, 1}, "must be zero"},
              {"steady-quantile", {.exact = 20, .p = 0.99}, {20.3, 0.7, 30, 1}, "the interval is too wide"},
              {"steady-quantile", {.exact = 20, .p = 0.999}, {20.3, 0.7, 30, 1}, NULL},
              {"steady-prob", {.exact = 0.05}, {0.0514, 0.001, 30, 1}, NULL},
              {"steady-prob", {.exact = 0.05}, {0.0525, 0.001, 30, 1}, "too far away for chance"},
              {"time-dependent", {.exact = 9}, {9.1, 0.05, 10000, 1}, NULL},
              {"time-dependent", {.exact = 9}, {9.12, 0.05, 10000, 1}, "too far away for chance"},
              {"time-dependent", {.exact = 9}, {9.0, 0.05, 9999, 1}, "too few replications"},
              {"terminating-mean", {.exact = 9}, {9.1, 0.05, 20000, 1}, "too far away for chance"},
              {"terminating-quantile", {.exact = 9}, {9.1, 0.15, 20000, 1}, NULL},
              {"terminating-quantile", {.exact = 9}, {9.1, 0.2, 20000, 1}, "the interval is too wide"},
              {"terminating-quantile", {.exact = 9}, {9.4, 0.15, 20000, 1}, "too far away for chance"},
              {"terminating-prob", {.exact = 0.2}, {0.205, 0.006, 20000, 1}, NULL},
              {"terminating-prob", {.exact = 0.2}, {0.215, 0.006, 20000, 1}, "too far away for chance"},
              {"terminating-prob", {.exact = 0.2}, {0.2, 0.006, 19999, 1}, "too few replications"},
              {"rare-event", {.exact = 10}, {10.5, 0.9, 1000, 1}, NULL},
              {"rare-event", {.exact = 10}, {12, 0.9, 1000, 1}, "outside of the 99.9% interval"},
              {"mean-field", {.exact = 2.6}, {2.615, 0.004, 30, 1}, NULL},
              {"mean-field", {.exact = 2.6}, {2.625, 0.004, 30, 1}, "too far away"},
              {"mean-field", {.exact = 5.4, .util = 0.99}, {5.47, 0.01, 30, 1}, NULL},
              {"finite-n", {.exact = 2.645}, {2.67, 0.013, 30, 1}, NULL},
              {"finite-n", {.exact = 2.645}, {2.672, 0.013, 30, 1}, "too far away"},
              {"finite-n", {.exact = 2.645}, {2.645, 0.014, 30, 1}, "the interval is too wide"},
              {"sampler", {.exact = 1}, {1.01, 0.01, 30, 10000000}, NULL},
              {"bound", {.exact = 10, .side = SIDE_AT_MOST}, {9, 0.1, 30, 1}, NULL},
              {"bound", {.exact = 10, .side = SIDE_AT_LEAST}, {9, 0.1, 30, 1}, "beyond the bound"},
              {"exact", {.exact = 10}, {10 + 1e-9, 0, 2, 1}, NULL},
              {"exact", {.exact = 10}, {10 + 1e-7, 0, 2, 1}, "not equal"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *wrong = find_rule(rows[i].rule)->judge(&rows[i].e, &rows[i].o);
    bool as_said = rows[i].wrong ? wrong && !strcmp(wrong, rows[i].wrong) : !wrong;
    test_check(as_said, "row %zu, %s: says \"%s\", not \"%s\"", i, rows[i].rule, wrong ? wrong : "",
               rows[i].wrong ? rows[i].wrong : "");
  }
  test_check(!find_rule("as-good-as-it-gets"), "an unknown tolerance must not be found");
  test_check(inside_band(95, 100, 0.95) && !inside_band(84, 100, 0.95) && !inside_band(800, 1000, 0.95) &&
                 !inside_band(990, 1000, 0.95),
             "the band is wrong");
}

static const struct test_case cases[] = {{"judge", test_judge},
                                         {"every_scenario_has_expectations", test_every_scenario_has_expectations},
                                         {"exact_agrees_with_published", test_exact_agrees_with_published},
                                         {"rare_event_within_a_minute", test_rare_event_within_a_minute},
                                         {"theory", test_theory},
                                         {0}};
const struct test_suite suite_oracle = {"oracle", cases};
