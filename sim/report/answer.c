#include "sim/report/answer.h"
#include "sim/calibration/calibration_results.h"
#include "sim/questions/capacity_results.h"
#include "sim/questions/selftest_results.h"
#include "sim/questions/sensitivity_results.h"
#include "sim/report/compare_report.h"
#include "sim/report/costs_report.h"
#include "sim/report/drill_report.h"
#include "sim/report/growth_report.h"
#include "sim/report/verdicts.h"
#include "sim/sweep/sweep_results.h"

static enum answer_verdict judged(bool fails, bool open) { return fails ? ANSWER_FAILED : open ? ANSWER_UNDECIDED : ANSWER_HOLDS; }

static enum answer_verdict of_requirements(const struct requirement_sum *q) { return judged(q->fail, q->undecided || q->no_data); }

struct answer answer_of_run(const struct results *r) {
  struct verdict_sum sum = verdicts_of(r);
  const struct statement_sum *s = &sum.statements;
  return (struct answer){.kind = ANSWER_RUN,
                         .interrupted = r->interrupted,
                         .broken = r->violation_count,
                         .verdict = of_requirements(&sum.requirements),
                         .statements = judged(s->contradicted, s->undecided || s->no_data),
                         .requests = r->requests,
                         .events = r->events,
                         .run = r};
}

struct answer answer_of_check(const struct check_results *r) {
  return (struct answer){.kind = ANSWER_CHECK, .check = r};
}

/* Without limits there is nothing that could fail: a difference is an answer. */
struct answer answer_of_compare(const struct compare_results *r) {
  struct requirement_sum limits = compare_verdicts(r);
  struct answer a = {.kind = ANSWER_COMPARE, .interrupted = r->interrupted, .compare = r};
  a.verdict = judged(limits.fail, limits.undecided || limits.no_data || (r->best && !r->best->decided));
  for (uint32_t i = 0; i < r->system_count; i++) a.broken |= r->systems[i]->violation_count > 0;
  return a;
}

struct answer answer_of_capacity(const struct capacity_result *r) {
  return (struct answer){.kind = ANSWER_CAPACITY,
                         .interrupted = r->interrupted,
                         .broken = r->violation_count,
                         .verdict = judged(false, !r->resolved),
                         .requests = r->requests,
                         .events = r->events,
                         .capacity = r};
}

struct answer answer_of_sensitivity(const struct sensitivity_results *r) {
  return (struct answer){.kind = ANSWER_SENSITIVITY, .interrupted = r->interrupted, .broken = r->violation_count, .sensitivity = r};
}

/* The worse of a verdict and of what a point came to. */
static void judge(enum answer_verdict *verdict, uint32_t code) {
  enum answer_verdict came = judged(code == POINT_FAILED, code == POINT_UNDECIDED);
  if (came > *verdict) *verdict = came;
}

struct answer answer_of_sweep(struct sweep_results *r) {
  struct answer a = {.kind = ANSWER_SWEEP, .sweep = r};
  for (uint64_t n = 0; n < sweep_results_points(r); n++) {
    if (!sweep_results_has(r, n)) continue;
    judge(&a.verdict, sweep_results_code(r, n, false));
    judge(&a.statements, sweep_results_code(r, n, true));
  }
  return a;
}

struct answer answer_of_selftest(const struct selftest_results *r) {
  return (struct answer){.kind = ANSWER_SELFTEST, .interrupted = r->interrupted, .broken = r->failed, .selftest = r};
}

struct answer answer_of_drill(const struct drill_results *r) {
  struct requirement_sum sum = drill_verdicts(r);
  return (struct answer){.kind = ANSWER_DRILL,
                         .interrupted = r->interrupted,
                         .broken = r->violation_count,
                         .verdict = of_requirements(&sum),
                         .requests = r->requests,
                         .events = r->events,
                         .drill = r};
}

struct answer answer_of_growth(const struct outlook_results *r) {
  return (struct answer){.kind = ANSWER_GROWTH,
                         .interrupted = r->interrupted,
                         .broken = r->violation_count,
                         .verdict = growth_verdict(r),
                         .statements = costs_statements(&r, 1),
                         .requests = r->requests,
                         .events = r->events,
                         .growth = r};
}

struct answer answer_of_costs(const struct costs_results *c) {
  return (struct answer){.kind = ANSWER_COSTS,
                         .interrupted = c->interrupted,
                         .broken = c->broken,
                         .verdict = costs_verdict(c),
                         .statements = costs_statements(c->outlooks, c->count),
                         .requests = c->requests,
                         .events = c->events,
                         .costs = c};
}

struct answer answer_of_calibration(const struct calibration_results *r) {
  return (struct answer){.kind = ANSWER_CALIBRATION, .interrupted = r->interrupted, .calibration = r};
}

bool answer_whole(const struct answer *a) { return a->kind != ANSWER_SWEEP || sweep_results_whole(a->sweep); }
