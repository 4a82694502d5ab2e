/* Measures that count requests. */
#include "sim/measure/measure_numbers.h"
#include "sim/measure/reach.h"
#include <math.h>

struct counts {
  uint64_t arrived, ended[OUTCOMES];
};

static struct counts counts_of(const struct measure *m, const struct model *model, const struct view *v) {
  struct counts c = {0};
  uint32_t row = measure_view_row(m, v);
  if (m->window.kind == WINDOW_WHOLE) {
    c.arrived = v->arrived[row];
    for (uint32_t k = 0; k < OUTCOMES; k++) c.ended[k] = v->ended[row * OUTCOMES + k];
    return c;
  }
  struct reach reach = reach_of(&m->window, model, &v->observation);
  for (uint32_t e = 0; e < v->endpoint_count; e++)
    for (uint32_t i = 0; i < reach.windows && (m->subject == SUBJECT_ALL || e == m->index); i++) {
      if (!reach_covers(&reach, i)) continue;
      const struct endpoint_window *w = &view_observed(v, e, m->region)->windows[i];
      c.arrived += w->arrived;
      for (uint32_t k = 0; k < OUTCOMES; k++) c.ended[k] += w->ended[k];
    }
  return c;
}

static uint64_t all_ended(const struct counts *c) {
  uint64_t sum = 0;
  for (uint32_t k = 0; k < OUTCOMES; k++) sum += c->ended[k];
  return sum;
}

static uint64_t all_failed(const struct counts *c) {
  uint64_t sum = 0;
  for (uint32_t k = 0; k < OUTCOMES; k++) sum += outcome_failed(k) ? c->ended[k] : 0;
  return sum;
}

/* Requests that ended with the measure's cause, or were answered. */
static double ended_of(const struct measure *m, const struct model *model, const struct view *v) {
  if (m->subject == SUBJECT_SERVICE) return (double)v->observation.services[m->index].calls;
  struct counts c = counts_of(m, model, v);
  return (double)c.ended[m->cause >= 0 ? m->cause : OUTCOME_COMPLETED];
}

double value_rate(const struct measure *m, const struct model *model, const struct view *v) {
  return ended_of(m, model, v) / measure_seconds(m, model, v);
}

double value_count(const struct measure *m, const struct model *model, const struct view *v) {
  return ended_of(m, model, v) / v->replications;
}

double value_arrived(const struct measure *m, const struct model *model, const struct view *v) {
  return (double)counts_of(m, model, v).arrived / v->replications;
}

/* Inside at the end of the measured time. */
double value_unanswered(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  uint64_t sum = 0;
  for (uint32_t e = 0; e < v->endpoint_count; e++)
    if (m->subject == SUBJECT_ALL || e == m->index) sum += view_observed(v, e, m->region)->inside_until;
  return (double)sum / v->replications;
}

double value_error_rate(const struct measure *m, const struct model *model, const struct view *v) {
  struct counts c = counts_of(m, model, v);
  uint64_t ended = all_ended(&c), failed = m->cause >= 0 ? c.ended[m->cause] : all_failed(&c);
  return ended ? (double)failed / (double)ended : NAN;
}

double value_probe(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  return v->probes[m->index] / v->replications;
}

uint64_t count_of_requests(const struct measure *m, const struct model *model, const struct view *v) {
  struct counts c = m->subject <= SUBJECT_ENDPOINT && v->endpoint_count ? counts_of(m, model, v) : (struct counts){0};
  return all_ended(&c) ? all_ended(&c) : v->replications;
}
