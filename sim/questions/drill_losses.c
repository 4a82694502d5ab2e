/* What is lost by a fault: the difference from the same customers without it. */
#include "sim/engine/arena.h"
#include "sim/questions/drill_inner.h"
#include <math.h>
#include <string.h>

/* Samples by replication of one fault. */
struct losses {
  struct drill *drill;
  double *failed, *by_outcome[OUTCOMES], *unanswered, **meters, *served_s, *writes_s;
  bool *hurt;
  uint32_t struck, served, primaries, done;
};

/* Meters that count what is lost, by the names that their mechanisms give them. */
static bool counts_losses(const struct meter_config *m) {
  return m->kind == METER_COUNT && (!strcmp(m->name, "lost") || !strcmp(m->name, "lost_writes") || !strcmp(m->name, "missed"));
}

static double failed_by(const struct drill *d, const struct view *v, enum outcome k) {
  double sum = 0;
  for (uint32_t e = 0; e < v->endpoint_count; e++)
    for (uint32_t i = d->before; i < d->bins; i++) sum += (double)view_observed(v, e, -1)->windows[i].ended[k];
  return sum;
}

struct calm drill_calm(struct drill *d, const struct view *v) {
  struct calm c = {.meters = arena_new_array(d->arena, double, d->calm.meter_count + 1)};
  for (uint32_t k = 0; k < OUTCOMES; k++) {
    c.by_outcome[k] = outcome_failed((enum outcome)k) ? failed_by(d, v, (enum outcome)k) : 0;
    c.failed += c.by_outcome[k];
  }
  for (uint32_t e = 0; e < v->endpoint_count; e++) c.unanswered += (double)view_observed(v, e, -1)->inside_until;
  for (uint32_t i = 0; i < v->observation.meter_count; i++) {
    const struct series *s = &v->observation.meters[i].course;
    for (uint32_t k = d->before; counts_losses(&d->calm.meters[i]) && k < s->windows; k++) c.meters[i] += s->sums[k];
  }
  return c;
}

struct losses *drill_losses_new(struct drill *d) {
  struct losses *l = arena_alloc(d->arena, sizeof *l);
  *l = (struct losses){.drill = d};
  double **all[] = {&l->failed, &l->unanswered, &l->served_s, &l->writes_s};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] = arena_new_array(d->arena, double, d->replications);
  for (uint32_t k = 0; k < OUTCOMES; k++) l->by_outcome[k] = arena_new_array(d->arena, double, d->replications);
  l->meters = arena_new_array(d->arena, double *, d->calm.meter_count + 1);
  for (uint32_t i = 0; i < d->calm.meter_count; i++)
    if (counts_losses(&d->calm.meters[i])) l->meters[i] = arena_new_array(d->arena, double, d->replications);
  l->hurt = arena_new_array(d->arena, bool, d->replications);
  return l;
}

void drill_losses_take(struct losses *l, uint32_t fault, uint32_t replication, const struct view *v) {
  struct drill *d = l->drill;
  const struct calm with = drill_calm(d, v), *without = &d->calms[replication];
  const struct fault_view *f = &v->faults[fault];
  l->failed[replication] = with.failed - without->failed;
  l->unanswered[replication] = with.unanswered - without->unanswered;
  for (uint32_t k = 0; k < OUTCOMES; k++) l->by_outcome[k][replication] = with.by_outcome[k] - without->by_outcome[k];
  for (uint32_t i = 0; i < d->calm.meter_count; i++)
    if (l->meters[i]) l->meters[i][replication] = with.meters[i] - without->meters[i];
  l->hurt[replication] = f->rto.count || f->lost_s > 0;
  l->struck += f->faults > 0;
  if (f->rto.count) l->served_s[l->served++] = f->rto.s[0];
  double oldest = 0;
  for (uint64_t i = 0; i < f->rpo.count; i++) oldest = fmax(oldest, f->rpo.s[i]);
  if (f->rpo.count) l->writes_s[l->primaries++] = oldest;
  l->done = replication + 1;
}

static void add_loss(const struct losses *l, struct drill_fault *f, const char *what, bool requests, const double *samples) {
  struct estimate mean = recovery_mean(samples, l->done);
  if (mean.value == 0 && mean.exact) return;
  f->losses[f->loss_count++] = (struct drill_loss){what, requests, mean};
}

void drill_losses_tell(struct losses *l, struct drill_fault *f) {
  struct drill *d = l->drill;
  const struct estimate none = {NAN, NAN, NAN, 0, false};
  f->losses = arena_new_array(d->arena, struct drill_loss, OUTCOMES + d->calm.meter_count);
  f->failed = recovery_mean(l->failed, l->done);
  f->failed_s = f->failed;
  f->failed_s.value /= d->per_s, f->failed_s.low /= d->per_s, f->failed_s.high /= d->per_s;
  f->unanswered = recovery_mean(l->unanswered, l->done);
  for (uint32_t i = 0; i < l->done; i++) f->outages += l->hurt[i];
  f->served = l->served, f->struck = l->struck;
  f->served_again = f->served && f->served == f->outages ? recovery_mean(l->served_s, l->served) : none;
  f->primaries = l->primaries;
  f->lost_writes_s = l->primaries ? recovery_mean(l->writes_s, l->primaries) : none;
  for (uint32_t k = 0; k < OUTCOMES; k++) add_loss(l, f, outcome_names[k], true, l->by_outcome[k]);
  for (uint32_t i = 0; i < d->calm.meter_count; i++) {
    const struct meter_config *m = &d->calm.meters[i];
    if (l->meters[i]) add_loss(l, f, arena_format(d->arena, "%s.%s", m->thing, m->name), false, l->meters[i]);
  }
}

/* --- the course --------------------------------------------------------------------------------------------------------------- */

/* Of all endpoints, from the view of all replications. */
void drill_course_of(struct drill *d, const struct view *v, const double **failed, const double **latency_s) {
  enum { ENOUGH = 20 };
  double *share = arena_new_array(d->arena, double, d->bins), *p95 = arena_new_array(d->arena, double, d->bins);
  struct arena *scratch = arena_new();
  for (uint32_t i = 0; i < d->bins; i++) {
    double all = 0, bad = 0;
    struct histogram sum;
    histogram_open(&sum, scratch);
    for (uint32_t e = 0; e < v->endpoint_count; e++) {
      const struct endpoint_window *w = &view_observed(v, e, -1)->windows[i];
      if (w->latency.count) histogram_merge(&sum, &w->latency);
      for (uint32_t k = 0; k < OUTCOMES; k++)
        all += (double)w->ended[k], bad += outcome_failed((enum outcome)k) ? (double)w->ended[k] : 0;
    }
    share[i] = all > 0 ? bad / all : NAN;
    p95[i] = sum.count >= ENOUGH ? histogram_quantile(&sum, 0.95) * 1e-9 : NAN;
  }
  arena_free(scratch);
  *failed = share, *latency_s = p95;
}
