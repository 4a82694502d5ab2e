/* The oracle: queueing and reliability theory against the whole program.
 *
 * tests/oracle/NAME.json is a scenario like any other; NAME.expected.json beside it says which measures theory knows:
 *
 *     {"case": "mm1-rho80", "source": "Kleinrock Vol 1 ch.3", "long": true, "util": 0.95, "expected": [
 *       {"measure": "mean(job.latency)", "exact": 5.0, "scale": 1, "tolerance": "steady-mean"} ]}
 *
 * Each measure becomes a claim of the scenario and its estimate is judged by the rule that "tolerance" names (`rules` below).
 * "scale" turns the literature's unit into the program's; "util" of 0.95 or more relaxes the precision that is asked for;
 * "long" cases run only with AGUANTA_LONG set. AGUANTA_ORACLE_DIR names another folder of the same layout.
 *
 * A rule asks three things: enough replications, an interval narrow enough to see a fault, and the exact value not further
 * away than chance allows. SE is the half-width of the program's own 95% interval over Student's t: an interval that is
 * too narrow fails as surely as a mean that is wrong, and over all cases 95% of the intervals must hold the exact value. */
#include "sim/engine/arena.h"
#include "sim/scenario/json.h"
#include "sim/study/study.h"
#include "tests/suite.h"
#include <dirent.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- the judge --------------------------------------------------------------------------------------------------------------- */

enum side { SIDE_NONE, SIDE_AT_MOST, SIDE_AT_LEAST };

struct expectation {
  const char *measure;
  double exact, p; /* p: of a quantile, else 0 */
  double util;     /* of the case, 0 when not told */
  bool separated;  /* its instant is far from the other separated ones: they are independent */
  enum side side;  /* of a bound */
};

struct observed {
  double value, half_width; /* of the 95% interval */
  uint32_t samples;         /* behind the interval: replications, or outages */
  uint64_t requests;
};

/* Standard error, from the program's own interval. */
static double error_of(const struct observed *o) { return o->half_width / gsl_cdf_tdist_Pinv(0.975, o->samples - 1); }

static double distance(const struct expectation *e, const struct observed *o) { return fabs(o->value - e->exact); }

static double z_of(const struct expectation *e, const struct observed *o) { return (o->value - e->exact) / error_of(o); }

/* Null, or what is wrong: too few samples, or an interval wider than this share of the value. */
static const char *too_vague(const struct observed *o, uint32_t samples, double relative) {
  if (o->samples < samples) return "too few replications";
  if (!(o->half_width <= relative * fabs(o->value))) return "the interval is too wide";
  return NULL;
}

static const char *steady(const struct expectation *e, const struct observed *o, double precision, double most) {
  const char *vague = too_vague(o, 30, precision);
  if (vague) return vague;
  if (!(distance(e, o) <= 3.5 * error_of(o) + 1e-4 * fabs(e->exact))) return "too far away for chance";
  return distance(e, o) <= most * fabs(e->exact) ? NULL : "too far away";
}

static const char *steady_mean(const struct expectation *e, const struct observed *o) {
  return steady(e, o, e->util >= 0.95 ? 0.02 : 0.01, 0.03);
}

/* A spread is known less well than the mean from the same requests. */
static const char *steady_sd(const struct expectation *e, const struct observed *o) { return steady(e, o, 0.02, 0.03); }

static const char *steady_mean_heavy(const struct expectation *e, const struct observed *o) {
  return o->requests >= 50000000 ? steady(e, o, 0.03, 0.08) : "too few requests";
}

static const char *steady_quantile(const struct expectation *e, const struct observed *o) {
  if (e->exact == 0) return o->value == 0 ? NULL : "must be zero";
  const char *vague = too_vague(o, 30, e->p > 0.99 ? 0.05 : 0.02);
  if (vague) return vague;
  return distance(e, o) <= 3.5 * error_of(o) + 2e-3 * fabs(e->exact) ? NULL : "too far away for chance";
}

static const char *steady_prob(const struct expectation *e, const struct observed *o) {
  const char *vague = too_vague(o, 30, e->exact >= 1e-3 ? 0.05 : 0.10);
  if (vague) return vague;
  return distance(e, o) <= 3.5 * error_of(o) + 1e-4 ? NULL : "too far away for chance";
}

static const char *time_dependent(const struct expectation *e, const struct observed *o) {
  if (o->samples < 10000) return "too few replications";
  return distance(e, o) <= 4.3 * error_of(o) ? NULL : "too far away for chance";
}

static const char *terminating_mean(const struct expectation *e, const struct observed *o) {
  if (o->samples < 20000) return "too few replications";
  return distance(e, o) <= 3.5 * error_of(o) ? NULL : "too far away for chance";
}

static const char *rare_event(const struct expectation *e, const struct observed *o) {
  const char *vague = too_vague(o, 30, 0.10);
  if (vague) return vague;
  return distance(e, o) <= gsl_cdf_tdist_Pinv(0.9995, o->samples - 1) * error_of(o) ? NULL : "outside of the 99.9% interval";
}

static const char *sampler(const struct expectation *e, const struct observed *o) {
  if (o->requests < 10000000) return "too few draws";
  return distance(e, o) <= 4 * error_of(o) ? NULL : "too far away for chance";
}

static const char *bound(const struct expectation *e, const struct observed *o) {
  double beyond = e->side == SIDE_AT_MOST ? o->value - e->exact : e->exact - o->value;
  if (e->side == SIDE_NONE) return "a bound needs a \"side\"";
  return beyond <= 3.5 * error_of(o) ? NULL : "beyond the bound";
}

static const char *exact(const struct expectation *e, const struct observed *o) {
  return distance(e, o) <= 1e-9 * fabs(e->exact) ? NULL : "not equal";
}

static const struct rule {
  const char *name;
  const char *(*judge)(const struct expectation *, const struct observed *); /* null, or what is wrong */
  bool counts;                                                               /* its interval counts in the coverage of all */
  bool squares;                                                              /* its z goes into the case's chi-square */
} rules[] = {{"steady-mean", steady_mean, true, false},
             {"steady-sd", steady_sd, true, false},
             {"steady-mean-heavy", steady_mean_heavy, true, false},
             {"steady-quantile", steady_quantile, true, false},
             {"steady-prob", steady_prob, true, false},
             {"time-dependent", time_dependent, false, true},
             {"terminating-mean", terminating_mean, false, false},
             {"rare-event", rare_event, false, false},
             {"sampler", sampler, false, false},
             {"bound", bound, false, false},
             {"exact", exact, false, false},
             {0}};

static const struct rule *find_rule(const char *name) {
  const struct rule *r = rules;
  while (r->name && (!name || strcmp(r->name, name))) r++;
  return r->name ? r : NULL;
}

/* Whether so many of n independent events of this probability lie inside the binomial's middle 99.9%. */
static bool inside_band(unsigned seen, unsigned n, double p) {
  return gsl_cdf_binomial_P(seen, p, n) >= 0.0005 && (seen == 0 || gsl_cdf_binomial_Q(seen - 1, p, n) >= 0.0005);
}

/* --- running one case ---------------------------------------------------------------------------------------------------------- */

struct score {
  unsigned measures, failures;
  unsigned intervals, covering; /* of the steady rules */
  double squares;
  unsigned separated;
};

struct oracle_case {
  const char *path;                  /* of the scenario */
  const char *name;                  /* in the table of cases */
  const struct json_value *expected; /* list */
  double util;
  bool is_long;
};

static const char *oracle_folder(void) {
  const char *folder = getenv("AGUANTA_ORACLE_DIR");
  return folder ? folder : "tests/oracle";
}

static bool read_case(struct arena *arena, const char *name, struct oracle_case *c) {
  struct diagnostics *faults = diagnostics_new(arena);
  const struct json_value *root = json_read_file(arena, faults, arena_format(arena, "%s/%s.expected.json", oracle_folder(), name));
  if (diagnostics_errors(faults)) return test_check(false, "%s", diagnostics_render(faults, arena));
  c->path = arena_format(arena, "%s/%s.json", oracle_folder(), name);
  c->name = json_text(json_member(root, "case"));
  c->expected = json_member(root, "expected");
  c->util = json_number(json_member(root, "util"));
  c->is_long = json_flag(json_member(root, "long"));
  bool good = c->name && json_text(json_member(root, "source")) && json_count(c->expected) > 0;
  return test_check(good, "%s.expected.json: needs \"case\", \"source\" and \"expected\"", name);
}

/* The scenario, claiming every measure of the case. Null: it was said why. */
static struct scenario *read_scenario(struct arena *arena, const struct oracle_case *c, const struct scenario_override *change) {
  struct diagnostics *faults = diagnostics_new(arena);
  struct scenario *s = scenario_read(arena, faults, c->path, change, change ? 1 : 0);
  if (!s) {
    test_check(false, "%s", diagnostics_render(faults, arena));
    return NULL;
  }
  struct claim *claims = arena_new_array(arena, struct claim, json_count(c->expected));
  uint32_t count = 0;
  for (const struct json_value *v = json_first(c->expected); v; v = json_next(v)) {
    const char *text = json_text(json_member(v, "measure")), *rest = "";
    struct claim *claim = &claims[count++];
    *claim = (struct claim){.expression = text, .severity = SEVERITY_INFO, .comparison = COMPARE_GREATER_EQUAL, .high = INFINITY};
    const char *wrong = text ? measure_parse(arena, &s->model, text, &claim->measure, &rest) : "is missing";
    if (!wrong) measure_request(&claim->measure, &s->model);
    if (!wrong && *rest) wrong = "has something behind it";
    if (wrong) {
      test_check(false, "%s: the measure \"%s\" %s", c->path, text ? text : "", wrong);
      return NULL;
    }
  }
  s->claims = (struct config_list){claims, count};
  return s;
}

static struct observed observe(const struct scenario *s, const struct results *r, uint32_t claim) {
  const struct measure *m = &((const struct claim *)s->claims.items)[claim].measure;
  const struct estimate *x = &r->claims[claim].estimate;
  const struct run_config *run = &s->model.run;
  struct observed o = {.value = x->value,
                       .half_width = fmax(x->high - x->value, x->value - x->low),
                       .samples = r->replications,
                       .requests = r->requests};
  if (m->over_faults) o.samples = (uint32_t)((run->years + run->years_per_replication - 1) / run->years_per_replication);
  if (m->aggregate == AGGREGATE_RTO) o.samples = (uint32_t)x->n;
  return o;
}

static enum side side_of(const char *text) {
  if (!text) return SIDE_NONE;
  return !strcmp(text, "at most") ? SIDE_AT_MOST : !strcmp(text, "at least") ? SIDE_AT_LEAST : SIDE_NONE;
}

static struct expectation expectation_of(const struct oracle_case *c, const struct json_value *v, const struct measure *m) {
  const struct json_value *scale = json_member(v, "scale");
  return (struct expectation){.measure = json_text(json_member(v, "measure")),
                              .exact = json_number(json_member(v, "exact")) * (scale ? json_number(scale) : 1),
                              .p = m->aggregate == AGGREGATE_QUANTILE ? m->p : 0,
                              .util = c->util,
                              .separated = json_flag(json_member(v, "separated")),
                              .side = side_of(json_text(json_member(v, "side")))};
}

/* Judges one measure; `tell` says whether a failure is one of the test, or what a negative control waits for. */
static void judge_one(const struct oracle_case *c, const char *tolerance, const struct expectation *e, const struct observed *o,
                      bool tell, struct score *score) {
  const struct rule *rule = find_rule(tolerance);
  const char *wrong = rule ? rule->judge(e, o) : "unknown tolerance";
  if (rule && isnan(o->value)) wrong = "no value";
  score->measures++, score->failures += wrong != NULL;
  if (tell)
    test_check(!wrong, "%s: %s: exact %.10g, estimate %.10g +- %.3g (%.2f%%), z %.2f, %u samples: %s (%s)", c->path, e->measure,
               e->exact, o->value, o->half_width, 100 * o->half_width / fabs(o->value), z_of(e, o), o->samples, wrong ? wrong : "",
               tolerance ? tolerance : "no tolerance");
  if (rule && rule->counts && o->half_width > 0) score->intervals++, score->covering += distance(e, o) <= o->half_width;
  if (rule && rule->squares && e->separated) score->separated++, score->squares += z_of(e, o) * z_of(e, o);
}

/* Runs the case, with one value of the scenario changed unless `change` is null. */
static struct score run_case(struct arena *arena, const struct oracle_case *c, const struct scenario_override *change) {
  struct score score = {0};
  struct scenario *s = read_scenario(arena, c, change);
  if (!s) return score;
  struct study_options options = {.jobs = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN)};
  struct results *r = study_run(arena, s, &options);
  for (uint32_t i = 0; i < r->violation_count; i++) test_check(false, "%s: violated: %s", c->path, r->violations[i]);
  const struct claim *claims = s->claims.items;
  uint32_t i = 0;
  for (const struct json_value *v = json_first(c->expected); v; v = json_next(v), i++) {
    struct expectation e = expectation_of(c, v, &claims[i].measure);
    struct observed o = observe(s, r, i);
    judge_one(c, json_text(json_member(v, "tolerance")), &e, &o, !change, &score);
  }
  return score;
}

/* --- all cases ------------------------------------------------------------------------------------------------------------------ */

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
    struct score s = run_case(arena, &c, NULL);
    all->intervals += s.intervals, all->covering += s.covering;
    *independent += s.intervals > 0;
    if (s.separated)
      test_check(s.squares < gsl_cdf_chisq_Pinv(0.999, s.separated), "%s: the squares of %u z add up to %.2f", c.path, s.separated,
                 s.squares);
  }
  arena_free(arena);
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

/* --- negative controls ------------------------------------------------------------------------------------------------------------ */

/* Theory with a mean that is off by 2%: the same judge must refuse it. */
static void test_off_by_two_percent(void) {
  static const struct {
    const char *name, *path, *value;
    unsigned least; /* measures that must be refused */
  } controls[] = {{"mm1-rho80", "endpoints.job.steps.0.cpu.exponential", "1.02s", 4},
                  {"mm1-rho80", "endpoints.job.steps.0.cpu.exponential", "0.98s", 4},
                  {"mmc-100-qed", "endpoints.job.steps.0.cpu.exponential", "1.02s", 3},
                  {"erlangb-10-a7", "endpoints.job.steps.0.cpu.exponential", "1.02s", 3},
                  {"closed-repair-20", "endpoints.job.steps.0.cpu.exponential", "816ms", 3},
                  {"mtminf-sinus-exp", "endpoints.job.steps.0.delay.exponential", "2.04s", 4},
                  {"avail-1unit-720-4", "faults.outage.repair.exponential", "4.08h", 2}};
  if (getenv("AGUANTA_ORACLE_DIR")) {
    test_check(true, "the controls are changes of our own cases");
    return;
  }
  for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
    struct arena *arena = arena_new();
    struct oracle_case c;
    struct scenario_override change = {.option = "--set", .path = controls[i].path, .value = controls[i].value};
    if (read_case(arena, controls[i].name, &c)) {
      struct score s = run_case(arena, &c, &change);
      test_check(s.failures >= controls[i].least, "%s with %s = %s: only %u of %u measures were refused", c.path, change.path,
                 change.value, s.failures, s.measures);
    }
    arena_free(arena);
  }
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
              {"steady-sd", {.exact = 5}, {5.03, 0.09, 30, 1}, NULL},
              {"steady-sd", {.exact = 5}, {5.03, 0.11, 30, 1}, "the interval is too wide"},
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
              {"rare-event", {.exact = 10}, {10.5, 0.9, 1000, 1}, NULL},
              {"rare-event", {.exact = 10}, {12, 0.9, 1000, 1}, "outside of the 99.9% interval"},
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
                                         {"off_by_two_percent", test_off_by_two_percent},
                                         {"theory", test_theory},
                                         {0}};
const struct test_suite suite_oracle = {"oracle", cases};
