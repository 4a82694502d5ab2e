/* Demands of queries from pg_stat_statements: the mean time of a call. It is time and not CPU: what a query waits for locks and
 * disks is in it, so where the CPU of the database was measured that counts instead. */
#include "sim/calibration/calibration_inner.h"
#include <string.h>

static const double DRIFT = 0.08, MOST = 0.9;

static const char *mapped_to(const struct calibration *c, const struct measured_statement *s) {
  for (uint32_t i = 0; i < c->options->map_count; i++) {
    const char *map = c->options->maps[i], *equals = strrchr(map, '=');
    size_t length = equals ? (size_t)(equals - map) : 0;
    if (length && (!strncmp(s->id, map, length) || !strncmp(s->text, map, length))) return equals + 1;
  }
  return NULL;
}

static const struct demand_place *only_query(const struct calibration *c) {
  const struct demand_place *found = NULL;
  for (uint32_t i = 0; i < c->place_count; i++) {
    if (!c->places[i].query) continue;
    if (found) return NULL;
    found = &c->places[i];
  }
  return found;
}

static const struct demand_place *place_named(const struct calibration *c, const char *path) {
  size_t length = strlen(path);
  for (uint32_t i = 0; i < c->place_count; i++) {
    const struct demand_place *p = &c->places[i];
    if (p->query && !strncmp(p->path, path, length) && (!p->path[length] || p->path[length] == '.')) return p;
  }
  return NULL;
}

static bool already(const struct calibration *c, const char *path) {
  for (uint32_t i = 0; i < c->results->value_count; i++)
    if (!strcmp(c->results->values[i].path, path)) return true;
  return false;
}

static void put(struct calibration *c, const struct demand_place *p, const struct measured_statement *s) {
  const char *slash = strrchr(s->at.source->name, '/'), *file = slash ? slash + 1 : s->at.source->name;
  if (already(c, p->path)) {
    calibration_note(c, arena_format(c->arena, "%s: %s says %s a call, of which the CPU that was measured is what counts", p->path,
                                     file, law_seconds(c->arena, s->mean_s)));
    return;
  }
  double cv = s->mean_s > 0 ? s->sd_s / s->mean_s : 0, half = s->mean_s * hypot(DRIFT, 1.96 * cv / sqrt(s->calls));
  struct calibrated_value v = {.path = p->path, .was = law_scaled(c->arena, p->law, 1), .unit = UNIT_SECONDS};
  v.estimate = (struct estimate){s->mean_s, s->mean_s - half, s->mean_s + half, (uint64_t)s->calls, false};
  v.source = arena_format(c->arena, "measured: %s; %.0f calls, mean and deviation of their time", file, s->calls);
  const char **texts[] = {&v.value, &v.low, &v.high};
  double means[] = {v.estimate.value, v.estimate.low, v.estimate.high};
  for (int i = 0; i < 3; i++) {
    const char *mean = law_seconds(c->arena, means[i]);
    *texts[i] = cv > 0.02 ? arena_format(c->arena, "{\"lognormal\": {\"mean\": %s, \"cv\": %.3g}}", mean, cv) : mean;
  }
  calibration_value(c, &v);
  calibration_gap(
      c, arena_format(c->arena, "the law of %s", p->path),
      "two moments do not make a law: a lognormal of this mean and deviation is taken, and its percentiles are not measured");
}

void fit_statements(struct calibration *c) {
  const struct measured *m = c->measured;
  double all = 0;
  bool any = false;
  for (uint32_t i = 0; i < m->statement_count; i++) all += m->statements[i].calls * m->statements[i].mean_s;
  for (uint32_t i = 0; i < m->statement_count; i++) {
    const struct measured_statement *s = &m->statements[i];
    const char *to = mapped_to(c, s);
    const struct demand_place *p = to ? place_named(c, to) : s->calls * s->mean_s > MOST * all ? only_query(c) : NULL;
    if (p) put(c, p, s), any = true;
  }
  if (m->statement_count && !any)
    calibration_gap(c, "the demands of queries",
                    "which statement is which step is not known: say so by its queryid, as in --map "
                    "881234=endpoints.page.steps.1");
}
