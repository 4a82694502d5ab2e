#include "sim/questions/selftest.h"
#include "sim/study/enough.h"
#include "sim/engine/arena.h"
#include "sim/stats/cdf.h"
#include "sim/engine/stream.h"
#include <math.h>
#include <string.h>

static const double false_alarm = 0.001, widest = 0.05;

/* The texts of tests/oracle, by name; the Makefile makes the file. */
static const struct oracle_text {
  const char *name, *scenario, *expected;
} texts[] = {
#include "sim/questions/selftest_cases.inc"
};
enum { TEXTS = sizeof texts / sizeof *texts };

/* One measure of a case, and how long it runs. */
static const struct selftest_case {
  const char *name, *measure, *path, *length;
  uint32_t replications; /* 0: the case's own */
} cases[] = {{"mm1-rho80", "mean(job.latency)", "run.window", "40000s", 30},
             {"mmc-8-web", "p99(job.latency)", "run.window", "500s", 30},
             {"md1-rho50", "mean(job.queue)", "run.window", "15000s", 30},
             {"mmc-8-web", "mean(job.queue)", "run.window", "500s", 30},
             {"mmc-100-qed", "mean(inside)", "run.window", "200s", 30},
             {"mg1-h2-scv4-rho80", "mean(job.latency)", "run.window", "120000s", 30},
             {"mg1ps-insensitive-pareto", "mean(job.latency)", "run.window", "60000s", 30},
             {"erlangb-10-a7", "error_rate(job{cause=rejected})", "run.window", "2700s", 30},
             {"mm1k-rho90-K10", "error_rate(job{cause=rejected})", "run.window", "20000s", 30},
             {"closed-central-server-10", "mean(disk1.latency)", "run.window", "3000s", 30},
             {"closed-repair-20", "mean(job.latency)", "run.window", "8000s", 30},
             {"mtms-sinus-10", "inside(9s)", "run.window", "10s", 2000},
             {"lb-jsq-2-rho80", "mean(job.latency)", "run.window", "24000s", 30},
             {"avail-1of2-rare", "downtime(year)", "run.years", "2000000", 0}};
enum { CASES = sizeof cases / sizeof *cases, CHECKS = 2 };

/* --- the judge ---------------------------------------------------------------------------------------------------------------- */

void selftest_judge(struct selftest_row *row, uint32_t samples, uint32_t family) {
  const struct estimate *x = &row->simulated;
  double half = fmax(x->high - x->value, x->value - x->low), freedom = samples - 1.0;
  row->z = row->bound = NAN;
  row->wrong = "no interval";
  if (samples < 2 || !(half > 0)) return;
  row->z = (x->value - row->exact) * cdf_student_quantile(0.975, freedom) / half;
  row->bound = cdf_student_quantile(1 - 0.5 * false_alarm / family, freedom);
  row->wrong = fabs(row->z) > row->bound            ? "too far away for chance"
               : !(half <= widest * fabs(x->value)) ? "the interval is too wide to see a fault"
                                                    : NULL;
}

/* --- a case ------------------------------------------------------------------------------------------------------------------- */

static const struct oracle_text *text_of(const char *name) {
  for (int i = 0; i < TEXTS; i++)
    if (!strcmp(texts[i].name, name)) return &texts[i];
  return NULL;
}

static struct scenario *read_case(struct arena *arena, const struct selftest_case *c, const char *seed) {
  struct scenario_override overrides[] = {{"selftest", c->path, c->length}, {"--seed", "run.seed", seed}};
  return scenario_read_text(arena, diagnostics_new(arena), c->name, text_of(c->name)->scenario, overrides, seed ? 2 : 1);
}

static const struct json_value *expected_of(struct arena *arena, const struct selftest_case *c) {
  const char *text = text_of(c->name)->expected;
  return json_read_text(arena, diagnostics_new(arena), c->name, text, strlen(text));
}

/* False: the case does not know this measure. */
static bool expect(const struct json_value *expected, struct selftest_row *row) {
  row->source = json_text(json_member(expected, "source"));
  for (const struct json_value *v = json_first(json_member(expected, "expected")); v; v = json_next(v)) {
    if (strcmp(json_text(json_member(v, "measure")), row->measure)) continue;
    const struct json_value *scale = json_member(v, "scale");
    row->exact = json_number(json_member(v, "exact")) * (scale ? json_number(scale) : 1);
    return true;
  }
  return false;
}

static bool ask(struct arena *arena, struct scenario *s, const char *measure, struct claim *claim) {
  const char *rest = "";
  *claim = (struct claim){.expression = measure, .kind = CLAIM_INFO, .comparison = COMPARE_GREATER_EQUAL, .high = INFINITY};
  s->claims = (struct config_list){claim, 1};
  return !measure_parse(arena, &s->model, measure, &claim->measure, &rest) && !*rest;
}

static void run_case(struct arena *arena, const struct selftest_case *c, const struct selftest_options *o, struct selftest_row *row,
                     bool *interrupted) {
  struct claim *claim = arena_alloc(arena, sizeof *claim);
  *row = (struct selftest_row){.name = c->name, .measure = c->measure, .exact = NAN, .z = NAN, .bound = NAN};
  row->simulated = (struct estimate){NAN, NAN, NAN, 0, false};
  struct scenario *s = read_case(arena, c, o->seed);
  row->wrong = "the built-in case cannot be read";
  if (!s || !expect(expected_of(arena, c), row) || !ask(arena, s, c->measure, claim)) return;
  struct study_options study = {.replications = c->replications, .jobs = o->jobs, .interrupted = o->interrupted};
  if (!study.replications) study.replications = (uint32_t)s->model.run.replications;
  struct results *r = study_run(arena, s, &study);
  *interrupted |= r->interrupted;
  row->unit = r->claims[0].unit;
  row->simulated = r->claims[0].estimate;
  selftest_judge(row, claim->measure.kind->over_faults ? enough_pieces(&s->model) : r->replications, CASES);
  if (r->violation_count) row->wrong = r->violations[0];
}

/* --- checks without a number -------------------------------------------------------------------------------------------------- */

/* Blackman and Vigna's own programs print these. */
static const char *check_streams(struct arena *arena, const struct selftest_options *o) {
  static const uint64_t xoshiro[] = {0x0000000002800001, 0x0000000003800067, 0x000cc00003800067, 0x000cc201994400b2,
                                     0x8012a2019ac433cd};
  static const uint64_t split[] = {0x599ed017fb08fc85, 0x2c73f08458540fa5, 0x883ebce5a3f27c77, 0x3fbef740e9177b3f};
  struct stream s = {{1, 2, 3, 4}}, opened = stream_open(1234567);
  (void)arena, (void)o;
  for (int i = 0; i < 5; i++)
    if (stream_bits(&s) != xoshiro[i]) return "other numbers than xoshiro256++ has";
  return memcmp(opened.s, split, sizeof split) ? "other numbers than splitmix64 has" : NULL;
}

static const char *check_threads(struct arena *arena, const struct selftest_options *o) {
  static const struct selftest_case c = {"mm1-rho80", "", "run.window", "2000s", 20};
  struct scenario *s = read_case(arena, &c, o->seed);
  struct results *r[2];
  for (uint32_t i = 0; s && i < 2; i++) {
    struct study_options study = {.replications = c.replications, .jobs = i + 1, .interrupted = o->interrupted};
    r[i] = study_run(arena, s, &study);
  }
  if (!s || r[0]->metric_count != r[1]->metric_count || !r[0]->metric_count) return "the built-in case cannot be read";
  for (uint32_t i = 0; i < r[0]->metric_count; i++) {
    const struct estimate *a = &r[0]->metrics[i].estimate, *b = &r[1]->metrics[i].estimate;
    const double one[] = {a->value, a->low, a->high}, two[] = {b->value, b->low, b->high};
    if (memcmp(one, two, sizeof one) || a->n != b->n) return "two threads give other numbers than one";
  }
  return NULL;
}

static const struct check {
  const char *name, *what;
  const char *(*run)(struct arena *, const struct selftest_options *);
} checks[CHECKS] = {{"random streams", "published outputs of xoshiro256++ and splitmix64", check_streams},
                    {"threads", "one thread and two give the same numbers, to the last bit", check_threads}};

/* --- all ---------------------------------------------------------------------------------------------------------------------- */

struct selftest_results *selftest_run(struct arena *arena, const struct selftest_options *o) {
  struct selftest_results *r = arena_alloc(arena, sizeof *r);
  r->rows = arena_new_array(arena, struct selftest_row, CASES);
  r->checks = arena_new_array(arena, struct selftest_check, CHECKS);
  for (uint32_t i = 0; i < CHECKS && !r->interrupted; i++, r->check_count++) {
    r->checks[i] = (struct selftest_check){checks[i].name, checks[i].what, checks[i].run(arena, o)};
    r->failed += r->checks[i].wrong != NULL;
  }
  for (uint32_t i = 0; i < CASES && !r->interrupted; i++) {
    run_case(arena, &cases[i], o, &r->rows[i], &r->interrupted);
    if (r->interrupted) break;
    r->row_count++, r->failed += r->rows[i].wrong != NULL;
    if (o->progress) o->progress(o->context, i + 1, CASES);
  }
  return r;
}
