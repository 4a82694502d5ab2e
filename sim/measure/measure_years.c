/* Measures of the years of faults. */
#include "models/availability/outage.h"
#include "sim/measure/measure.h"
#include "sim/measure/measure_years.h"
#include <math.h>

/* --- outages ----------------------------------------------------------------------------------------------------------------- */

double value_availability(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  if (v->seconds <= 0) return NAN;
  double share = (m->subject == SUBJECT_ENDPOINT ? v->served_s[m->index] : v->total_served_s) / v->seconds;
  return fabs(1 - share) < 1e-12 ? 1 : share; /* rounding of the sum is no outage */
}

double measure_period_s(const struct measure *m) { return sim_seconds(m->monthly ? SIM_MONTH : SIM_YEAR); }

uint64_t measure_periods(const struct measure *m, const struct view *v) {
  return (uint64_t)floor(v->seconds / measure_period_s(m) + 0.5);
}

static uint32_t row_of(const struct measure *m, const struct model *model) {
  static const uint32_t rows[] = {[LOST_ALL] = LEDGER_ALL, [LOST_PLANNED] = LEDGER_PLANNED, [LOST_UNPLANNED] = LEDGER_UNPLANNED};
  if (m->subject == SUBJECT_ENDPOINT) return ledger_endpoint_row(model, m->index);
  return m->part == LOST_TO_FAULT ? ledger_fault_row(m->fault) : rows[m->part];
}

static const struct durations *by_period(const struct measure *m, const struct view *v, uint32_t row) {
  return m->monthly ? &v->ledger[row].months : &v->ledger[row].years;
}

const struct durations *losses_by_period(const struct measure *m, const struct model *model, const struct view *v) {
  return by_period(m, v, row_of(m, model));
}

double value_downtime(const struct measure *m, const struct model *model, const struct view *v) {
  if (m->part) return v->seconds > 0 ? v->ledger[row_of(m, model)].lost_s / v->seconds * measure_period_s(m) : NAN;
  return (1 - value_availability(m, model, v)) * measure_period_s(m);
}

/* --- how often --------------------------------------------------------------------------------------------------------------- */

static const struct life_view *life_of(const struct measure *m, const struct view *v) {
  return &v->lives[m->subject == SUBJECT_ENDPOINT ? m->index + 1 : 0];
}

const struct durations *outages_by_period(const struct measure *m, const struct model *model, const struct view *v) {
  return by_period(m, v, ledger_outage_row(model, m->subject == SUBJECT_ENDPOINT ? (int32_t)m->index : -1));
}

double value_outages(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  return v->seconds > 0 ? (double)life_of(m, v)->outages / v->seconds * measure_period_s(m) : NAN;
}

double value_mtbf(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  return life_of(m, v)->outages ? v->seconds / (double)life_of(m, v)->outages : INFINITY;
}

/* Where a piece of the run ended before its first, the time without one counts all the same: an estimate of constant hazard. */
double value_time_to_first(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  const struct life_view *life = life_of(m, v);
  return life->firsts.count ? life->until_first_s / (double)life->firsts.count : INFINITY;
}

uint64_t count_of_outages(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  return life_of(m, v)->outages;
}

uint64_t count_of_firsts(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  return life_of(m, v)->firsts.count;
}

/* --- how long ---------------------------------------------------------------------------------------------------------------- */

const struct durations *recovery_times(const struct measure *m, const struct view *v) { return &v->faults[m->index].rto; }
const struct durations *ages_of_lost_writes(const struct measure *m, const struct view *v) { return &v->faults[m->index].rpo; }

double value_mean_duration(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  const struct durations *d = measure_durations(m, v);
  double sum = 0;
  for (uint64_t i = 0; i < d->count; i++) sum += d->s[i];
  return d->count ? sum / (double)d->count : NAN;
}

uint64_t count_of_durations(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  return measure_durations(m, v)->count;
}
