/* Measures of what parts of the scenario count (models/core/meter.h), and of look-ups, which caches count. */
#include "sim/measure/measure_numbers.h"
#include "models/cache/cache_store.h"
#include "models/cache/cache.h"
#include "sim/measure/reach.h"
#include <math.h>

/* Sum of a meter's course over the windows that are looked at. */
static double sum_of(uint32_t meter, const struct measure *m, const struct model *model, const struct view *v) {
  const struct series *course = &v->observation.meters[meter].course;
  struct reach reach = reach_of(&m->window, model, &v->observation);
  double sum = 0;
  for (uint32_t i = 0; i < course->windows; i++)
    if (m->window.kind == WINDOW_WHOLE || reach_covers(&reach, i)) sum += course->sums[i];
  return sum;
}

static double course_sum(const struct measure *m, const struct model *model, const struct view *v) {
  return sum_of(m->index, m, model, v);
}

/* --- levels and counts ------------------------------------------------------------------------------------------------------- */

double value_level_mean(const struct measure *m, const struct model *model, const struct view *v) {
  return v->observation.meter_count ? sim_seconds_of(course_sum(m, model, v)) / measure_seconds(m, model, v) : NAN;
}

double value_level_max(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  return v->observation.meter_count ? v->observation.meters[m->index].most : NAN;
}

double value_level_min(const struct measure *m, const struct model *model, const struct view *v) {
  (void)model;
  return v->observation.meter_count ? -v->observation.meters[m->index].least_negated : NAN;
}

double value_meter_rate(const struct measure *m, const struct model *model, const struct view *v) {
  return v->observation.meter_count ? course_sum(m, model, v) / measure_seconds(m, model, v) : NAN;
}

double value_meter_count(const struct measure *m, const struct model *model, const struct view *v) {
  return v->observation.meter_count ? course_sum(m, model, v) / (double)v->replications : NAN;
}

uint64_t count_of_level(const struct measure *m, const struct model *model, const struct view *v) {
  (void)m, (void)model;
  return v->observation.meter_count ? v->replications : 0;
}

uint64_t count_of_meter(const struct measure *m, const struct model *model, const struct view *v) {
  return v->observation.meter_count ? whole_count(course_sum(m, model, v)) : 0;
}

/* --- look-ups ---------------------------------------------------------------------------------------------------------------- */

static double look_ups(const struct measure *m, const struct model *model, const struct view *v) {
  const struct cache_config *c = service_cache(model_service(model, m->index));
  return v->observation.meter_count ? sum_of(c->hits, m, model, v) + sum_of(c->misses, m, model, v) : 0;
}

double value_hit_rate(const struct measure *m, const struct model *model, const struct view *v) {
  double asked = look_ups(m, model, v);
  return asked ? sum_of(service_cache(model_service(model, m->index))->hits, m, model, v) / asked : NAN;
}

uint64_t count_of_look_ups(const struct measure *m, const struct model *model, const struct view *v) {
  return whole_count(look_ups(m, model, v));
}
