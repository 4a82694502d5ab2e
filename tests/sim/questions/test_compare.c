/* Comparisons against differences that are known: none at all, one of M/M/1, and one that pairing must show sharply. */
#include "sim/questions/compare.h"
#include "sim/questions/compare_inner.h"
#include "sim/study/study_inner.h"
#include "tests/model_fixture.h"

enum { MANY = 6 };

/* One server at the given rate and mean service time. */
static struct fixture one_server(double rate, double service_ms, const char *window, unsigned seed) {
  return fixture_of("{ 'aguanta': 1, 'name': 'one', 'traffic': { 'w': { 'kind': 'open', 'rate': '%g/s', 'mix': { 'j': 1 } } }, "
                    "'endpoints': { 'j': { 'entry': 's', 'steps': [ { 'cpu': { 'exponential': '%gms' } } ] } }, "
                    "'services': { 's': { 'kind': 'app' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, "
                    "'run': { 'warmup': '2s', 'window': '%s', 'replications': 5, 'seed': %u } }",
                    rate, service_ms, window, seed);
}

struct compared {
  struct arena *arena;
  struct compare *compare;
  struct compare_results *results;
};

static struct compared compare_of(struct fixture *f, uint32_t count, const struct study_options *o) {
  const struct scenario *scenarios[MANY];
  struct compared c = {.arena = arena_new()};
  for (uint32_t i = 0; i < count; i++) scenarios[i] = f[i].scenario;
  c.compare = compare_open(c.arena, scenarios, count, o);
  return c;
}

static void compared_close(struct compared *c, struct fixture *f, uint32_t count) {
  compare_close(c->compare);
  arena_free(c->arena);
  for (uint32_t i = 0; i < count; i++) fixture_close(&f[i]);
}

static const struct compare_row *row_of(const struct compare_results *r, const char *aggregate, const char *metric) {
  for (uint32_t i = 0; i < r->row_count; i++)
    if (!strcmp(r->rows[i].aggregate, aggregate) && !strcmp(r->rows[i].metric, metric)) return &r->rows[i];
  test_check(false, "no row %s(%s)", aggregate, metric);
  return NULL;
}

/* --- against itself ------------------------------------------------------------------------------------------------------------- */

static void test_itself(void) {
  struct fixture f[2] = {one_server(50, 10, "30s", 1), one_server(50, 10, "30s", 99)};
  struct compared c = compare_of(f, 2, &(struct study_options){.replications = 6, .jobs = 2});
  struct compare_results *r = compare_run(c.compare);
  test_check(r->row_count > 8 && r->replications == 6, "%u rows", r->row_count);
  for (uint32_t i = 0; i < r->row_count; i++) {
    const struct compare_row *row = &r->rows[i];
    if (row->reason) continue;
    test_check(row->difference.value == 0 && row->same && !row->shown, "%s(%s): %g, the seed is the base's", row->aggregate,
               row->metric, row->difference.value);
    bool random = !row->difference.exact, narrow = row->few || (row->difference.low == 0 && row->difference.high == 0);
    test_check(narrow && (!random || row->p_value == 1), "%s(%s): %g to %g", row->aggregate, row->metric, row->difference.low,
               row->difference.high);
  }
  compared_close(&c, f, 2);
}

/* --- a difference by theory ------------------------------------------------------------------------------------------------------- */

/* M/M/1 at 100/s: 1 / (200 - 100) = 10 ms, and 1 / (181.82 - 100) = 12.222 ms with services a tenth longer. */
static const double mm1_difference = 1 / (1 / 0.0055 - 100) - 0.01;

static void test_mm1(void) {
  struct fixture f[2] = {one_server(100, 5, "4m", 5), one_server(100, 5.5, "4m", 5)};
  struct compared c = compare_of(f, 2, &(struct study_options){.replications = 20, .jobs = 2});
  struct compare_results *r = compare_run(c.compare);
  const struct compare_row *mean = row_of(r, "mean", "j.latency"), *p99 = row_of(r, "p99", "j.latency");
  if (mean && p99) {
    test_check(mean->difference.low < mm1_difference && mm1_difference < mean->difference.high && mean->shown,
               "%g to %g s, exactly %g", mean->difference.low, mean->difference.high, mm1_difference);
    double relative = mm1_difference / 0.01;
    test_check(mean->relative.low < relative && relative < mean->relative.high, "%g to %g, exactly %g", mean->relative.low,
               mean->relative.high, relative);
    double exact = mm1_difference * -log(0.01); /* sojourns are exponential */
    test_check(p99->difference.low < exact && exact < p99->difference.high, "p99: %g to %g s, exactly %g", p99->difference.low,
               p99->difference.high, exact);
    test_check(mean->variance_ratio > 5, "pairing gains only %g", mean->variance_ratio);
  }
  const struct compare_row *full = row_of(r, "saturation", "all");
  if (full)
    test_check(full->difference.exact && fabs(full->difference.value - (1 / 0.0055 - 200)) < 1e-9, "%g", full->difference.value);
  compared_close(&c, f, 2);
}

/* How often the plain 95% interval of a limit covers the exact difference. */
static void test_coverage(void) {
  uint32_t trials = getenv("AGUANTA_LONG") ? 1000 : 200, covered = 0;
  for (uint32_t i = 0; i < trials; i++) {
    struct fixture f[2] = {one_server(100, 5, "10s", 1000 + i), one_server(100, 5.5, "10s", 1)};
    struct compared c = compare_of(f, 2, &(struct study_options){.replications = 10, .jobs = 2});
    if (compare_add_limit(c.compare, "mean(j.latency) +1s")) abort();
    const struct estimate *d = &compare_run(c.compare)->limits[0].row.difference;
    covered += d->low <= mm1_difference && mm1_difference <= d->high;
    compared_close(&c, f, 2);
  }
  double share = (double)covered / trials, error = sqrt(0.95 * 0.05 / trials);
  test_check(fabs(share - 0.95) < 2.5 * error + 0.01, "covers %.4f of %u", share, trials);
}

/* Systems that differ in their draws alone: a row of any of them shows a difference in at most 5% of the cases. */
static void test_family(void) {
  uint32_t trials = getenv("AGUANTA_LONG") ? 1000 : 40, wrong = 0, unadjusted = 0;
  for (uint32_t i = 0; i < trials; i++) {
    struct fixture f[3] = {one_server(60, 10, "10s", 3 * i), one_server(60, 10, "10s", 0), one_server(60, 10, "10s", 0)};
    struct compared c = compare_of(f, 3, &(struct study_options){.replications = 10, .jobs = 2});
    for (uint32_t k = 1; k < 3; k++) c.compare->studies[k]->evidence.model.run.seed = 3 * i + k + 100000;
    struct compare_results *r = compare_run(c.compare);
    bool any = false, plain = false;
    for (uint32_t k = 0; k < r->row_count; k++)
      if (!r->rows[k].detail && !r->rows[k].difference.exact) any |= r->rows[k].shown, plain |= r->rows[k].p_value < 0.05;
    wrong += any, unadjusted += plain;
    compared_close(&c, f, 3);
  }
  double limit = 0.05 + 2.5 * sqrt(0.05 * 0.95 / trials);
  test_check((double)wrong / trials <= limit, "a difference was shown in %u of %u", wrong, trials);
  test_check(unadjusted > 2 * wrong && (double)unadjusted / trials > 0.08, "without Holm only %u, with it %u of %u", unadjusted,
             wrong, trials);
}

/* --- what pairing gains ------------------------------------------------------------------------------------------------------------ */

static struct fixture eight_nodes(const char *balance, double rate) {
  return fixture_of("{ 'aguanta': 1, 'name': 'eight', 'traffic': { 'w': { 'kind': 'open', 'rate': '%g/s', 'mix': { 'j': 1 } } }, "
                    "'endpoints': { 'j': { 'entry': 's', 'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } }, "
                    "'services': { 's': { 'kind': 'app', 'replicas': 8, 'balance': '%s' } }, "
                    "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1, 'count': 8 } } }, "
                    "'run': { 'warmup': '5s', 'window': '60s', 'seed': 3 } }",
                    rate, balance);
}

/* A random split against the shortest queue on 8 nodes. Both see the same work, so what they share is all that matters to the
 * utilization, and nearly all to latency while waits are rare. At 75% the coin that splits the stream is what makes the random
 * split vary, and no customers that are shared can take that away: with a standard deviation s times the other's, pairs that are
 * perfectly correlated gain (1 + s^2) / (1 - s)^2. */
static void test_pairing(void) {
  static const struct {
    double rate, mean_s, latency_gain, utilization_gain;
  } rows[] = {{80, 0.01 / 0.9, 5, 1000}, {600, 0.04, 1.1, 100}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f[2] = {eight_nodes("random", rows[i].rate), eight_nodes("least-connections", rows[i].rate)};
    struct compared c = compare_of(f, 2, &(struct study_options){.replications = 40, .jobs = 2});
    const struct compare_results *r = compare_run(c.compare);
    const struct compare_row *mean = row_of(r, "mean", "j.latency"), *busy = row_of(r, "utilization", "n.cpu");
    if (mean && busy) {
      test_check(mean->variance_ratio >= rows[i].latency_gain, "%g/s: the variance of the mean falls %g times", rows[i].rate,
                 mean->variance_ratio);
      test_check(busy->variance_ratio >= rows[i].utilization_gain, "%g/s: that of the utilization %g times", rows[i].rate,
                 busy->variance_ratio);
      test_check(fabs(mean->base.value / rows[i].mean_s - 1) < 0.02 && mean->shown && mean->difference.high < 0,
                 "random is M/M/1: %g s, not %g", mean->base.value, rows[i].mean_s);
    }
    compared_close(&c, f, 2);
  }
}

/* --- how many replications ---------------------------------------------------------------------------------------------------------- */

static void test_precision(void) {
  struct fixture f[2] = {one_server(100, 5, "10s", 7), one_server(100, 5.5, "10s", 7)};
  struct compared c = compare_of(f, 2, &(struct study_options){.precision = 0.03, .jobs = 2});
  struct compare_results *r = compare_run(c.compare);
  const struct compare_row *p99 = row_of(r, "p99", "j.latency");
  double half = p99 ? 0.5 * (p99->difference.high - p99->difference.low) : NAN;
  test_check(r->precise && r->replications > 10, "%u replications", r->replications);
  test_check(p99 && half <= 0.03 * p99->base.value && half > 0.003 * p99->base.value, "the p99's difference is known to %g", half);
  compared_close(&c, f, 2);
  struct fixture g[2] = {one_server(100, 5, "10s", 7), one_server(100, 5.5, "10s", 7)};
  c = compare_of(g, 2, &(struct study_options){.precision = 0.001, .budget = 12, .jobs = 2});
  r = compare_run(c.compare);
  test_check(!r->precise && r->replications == 12, "the budget ends it at %u", r->replications);
  compared_close(&c, g, 2);
}

static struct compare_limit_result limit_of(const char *text, const struct study_options *o) {
  struct fixture f[2] = {one_server(100, 5, "10s", 7), one_server(100, 5.5, "10s", 7)};
  struct compared c = compare_of(f, 2, o);
  const char *wrong = compare_add_limit(c.compare, text);
  test_check(!wrong, "%s: %s", text, wrong ? wrong : "");
  struct compare_limit_result r = {0};
  if (!wrong) r = compare_run(c.compare)->limits[0];
  r.row.reason = r.row.reason ? "(a reason)" : NULL; /* its text goes with the arena */
  compared_close(&c, f, 2);
  return r;
}

/* The mean rises by 22.2%, or 2.22 ms; the rate does not change; the utilization rises by 5 points, which are 10%. */
static void test_limits(void) {
  static const struct {
    const char *text;
    enum verdict verdict;
  } rows[] = {{"mean(j.latency) +40%", VERDICT_PASS},     {"mean(j.latency) +10%", VERDICT_FAIL},
              {"mean(j.latency) +4ms", VERDICT_PASS},     {"mean(j.latency) +1ms", VERDICT_FAIL},
              {"mean(j.latency) -1%", VERDICT_PASS},      {"saturation(all) -9.1%", VERDICT_PASS},
              {"saturation(all) -9%", VERDICT_FAIL},      {"saturation(all)-20/s", VERDICT_PASS},
              {"utilization(s.cpu) +6pp", VERDICT_PASS},  {"utilization(s.cpu) +4pp", VERDICT_FAIL},
              {"utilization(s.cpu) +20%", VERDICT_PASS},  {"error_rate(j) +5%", VERDICT_NO_DATA},
              {"availability(year) -1%", VERDICT_NO_DATA}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct compare_limit_result r = limit_of(rows[i].text, &(struct study_options){.jobs = 2});
    test_check(r.verdict == rows[i].verdict, "%s: %d, relative %g, difference %g %s", rows[i].text, r.verdict, r.row.relative.value,
               r.row.difference.value, r.row.reason ? r.row.reason : "");
    test_check((r.verdict == VERDICT_NO_DATA) == (r.row.reason != NULL), "%s: a reason when there is no number", rows[i].text);
  }
}

/* A limit near the truth: undecided with few replications, which says how many more; decided when it may have them. */
static void test_limit_buys(void) {
  struct compare_limit_result few = limit_of("mean(j.latency) +25%", &(struct study_options){.replications = 3, .jobs = 2});
  test_check(few.verdict == VERDICT_UNDECIDED && few.more_replications > 0, "%d after 3, %llu more", few.verdict,
             (unsigned long long)few.more_replications);
  struct compare_limit_result many = limit_of("mean(j.latency) +23%", &(struct study_options){.budget = 1000, .jobs = 2});
  test_check(many.verdict == VERDICT_PASS && many.row.difference.n > 10, "%d after %llu", many.verdict,
             (unsigned long long)many.row.difference.n);
}

static void test_limits_refused(void) {
  static const struct {
    const char *text, *message;
  } rows[] = {{"p99(j.latency)", "needs how much is too much"},
              {"p99(j.latency) < 5ms", "needs how much is too much"},
              {"p99(nobody.latency) +5%", "nobody"},
              {"p99(j.latency) +5", "unit"},
              {"error_rate(j) +0.1", "percentage points"},
              {"p99(j.latency) +5pp", "only ratios"},
              {"p99(j.latency) +5ms more", "ms more"}};
  struct fixture f[2] = {one_server(100, 5, "10s", 7), one_server(100, 5.5, "10s", 7)};
  struct compared c = compare_of(f, 2, &(struct study_options){.replications = 3});
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *wrong = compare_add_limit(c.compare, rows[i].text);
    test_check(wrong && strstr(wrong, rows[i].message), "%s: %s", rows[i].text, wrong ? wrong : "was taken");
  }
  compared_close(&c, f, 2);
}

/* --- what has no number --------------------------------------------------------------------------------------------------------------- */

static void test_unstable(void) {
  struct fixture f[2] = {one_server(100, 5, "30s", 7), one_server(100, 12, "30s", 7)};
  struct compared c = compare_of(f, 2, &(struct study_options){.replications = 5, .jobs = 2});
  struct compare_results *r = compare_run(c.compare);
  const struct compare_row *mean = row_of(r, "mean", "j.latency"), *full = row_of(r, "saturation", "all");
  test_check(mean && mean->reason && strstr(mean->reason, "over capacity: ") && isnan(mean->difference.value) && !mean->shown,
             "no number where there is none: %g", mean ? mean->difference.value : 0);
  test_check(full && full->shown, "what is exact is known all the same");
  compared_close(&c, f, 2);
}

static void test_windows_differ(void) {
  struct fixture f[2] = {one_server(100, 5, "30s", 7), one_server(100, 5, "20s", 7)};
  struct compared c = compare_of(f, 2, &(struct study_options){.replications = 5});
  const char *wrong = compare_error(c.compare);
  test_check(wrong && strstr(wrong, "30s") && strstr(wrong, "20s") && strstr(wrong, "--set run.window=30s"), "%s",
             wrong ? wrong : "not refused");
  compared_close(&c, f, 2);
}

/* --- the best ------------------------------------------------------------------------------------------------------------------------- */

static void test_best(void) {
  struct fixture f[3] = {one_server(100, 5.5, "10s", 7), one_server(100, 5, "10s", 7), one_server(100, 6.5, "10s", 7)};
  struct compared c = compare_of(f, 3, &(struct study_options){.jobs = 2});
  test_check(!compare_set_best(c.compare, "min mean(j.latency)", "1ms"), "refused");
  struct best_result *b = compare_run(c.compare)->best;
  test_check(b && b->decided && b->best == 1 && !strcmp(b->procedure, "KN++"), "the best is %u", b ? b->best : 9);
  test_check(b && b->systems[2].out_after && b->systems[2].out_after <= b->systems[1].replications && !b->systems[1].out_after,
             "the worst goes first: after %u", b ? b->systems[2].out_after : 0);
  compared_close(&c, f, 3);
}

static void test_best_largest(void) {
  struct fixture f[3] = {one_server(80, 5, "10s", 7), one_server(90, 5, "10s", 7), one_server(100, 12, "10s", 7)};
  struct compared c = compare_of(f, 3, &(struct study_options){.jobs = 2});
  test_check(!compare_set_best(c.compare, "max rate(all)", "1/s"), "refused");
  struct best_result *b = compare_run(c.compare)->best;
  test_check(b && b->decided && b->best == 1, "the best is %u", b ? b->best : 9);
  test_check(b && b->systems[2].reason &&
                 strstr(b->systems[2].reason, "over capacity: requests waiting at ") == b->systems[2].reason,
             "what grows without end is no candidate: %s", b && b->systems[2].reason ? b->systems[2].reason : "-");
  compared_close(&c, f, 3);
}

/* One of twenty-five is a millisecond better: beyond 20, OCBA. */
static void test_best_of_many(void) {
  enum { SYSTEMS = 25 };
  struct fixture f[2] = {one_server(50, 6, "5s", 7), one_server(50, 5, "5s", 7)};
  const struct scenario *scenarios[SYSTEMS];
  for (int i = 0; i < SYSTEMS; i++) scenarios[i] = f[i == 17].scenario;
  struct compared c = {.arena = arena_new()};
  c.compare = compare_open(c.arena, scenarios, SYSTEMS, &(struct study_options){.jobs = 2});
  test_check(!compare_set_best(c.compare, "min mean(j.latency)", "1ms"), "refused");
  struct best_result *b = compare_run(c.compare)->best;
  test_check(b && b->decided && b->best == 17 && !strcmp(b->procedure, "OCBA") && b->probability > 0.95, "the best is %u at %g",
             b ? b->best : 99, b ? b->probability : 0);
  compared_close(&c, f, 2);
}

static const struct test_case cases[] = {{"itself", test_itself},
                                         {"mm1", test_mm1},
                                         {"coverage", test_coverage},
                                         {"family", test_family},
                                         {"pairing", test_pairing},
                                         {"precision", test_precision},
                                         {"limits", test_limits},
                                         {"limit_buys", test_limit_buys},
                                         {"limits_refused", test_limits_refused},
                                         {"unstable", test_unstable},
                                         {"windows_differ", test_windows_differ},
                                         {"best", test_best},
                                         {"best_largest", test_best_largest},
                                         {"best_of_many", test_best_of_many},
                                         {0}};
const struct test_suite suite_compare = {"compare", cases};
