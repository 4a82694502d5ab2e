#include "sim/calibration/calibration_inner.h"
#include <stdlib.h>
#include <string.h>

/* Loads within this of each other are one. */
static const double SAME_LOAD = 0.12;

void calibration_value(struct calibration *c, const struct calibrated_value *v) {
  struct calibration_results *r = c->results;
  if (r->value_count < CALIBRATION_MOST) r->values[r->value_count++] = *v;
}

void calibration_gap(struct calibration *c, const char *what, const char *why) {
  struct calibration_results *r = c->results;
  for (uint32_t i = 0; i < r->gap_count; i++)
    if (!strcmp(r->gaps[i].what, what) && !strcmp(r->gaps[i].why, why)) return;
  if (r->gap_count < CALIBRATION_MOST) r->gaps[r->gap_count++] = (struct calibrated_gap){what, why};
}

void calibration_note(struct calibration *c, const char *text) {
  struct calibration_results *r = c->results;
  for (uint32_t i = 0; i < r->note_count; i++)
    if (!strcmp(r->notes[i], text)) return;
  if (r->note_count < CALIBRATION_MOST) r->notes[r->note_count++] = text;
}

struct calibration_results *calibration_results_new(struct arena *arena) {
  struct calibration_results *r = arena_alloc(arena, sizeof *r);
  r->values = arena_new_array(arena, struct calibrated_value, CALIBRATION_MOST);
  r->gaps = arena_new_array(arena, struct calibrated_gap, CALIBRATION_MOST);
  r->laws = arena_new_array(arena, struct calibrated_law, CALIBRATION_MOST);
  r->rows = arena_new_array(arena, struct calibrated_row, CALIBRATION_MOST);
  r->notes = arena_new_array(arena, const char *, CALIBRATION_MOST);
  return r;
}

/* --- loads -------------------------------------------------------------------------------------------------------------------- */

static double rate_of(const struct measured_window *w) { return w->requests / w->seconds; }

/* Open runs by rate, then closed ones by users. */
static int by_load(const void *a, const void *b) {
  const struct measured_window *x = *(const struct measured_window *const *)a, *y = *(const struct measured_window *const *)b;
  if (isnan(x->users) != isnan(y->users)) return isnan(x->users) ? -1 : 1;
  double one = isnan(x->users) ? rate_of(x) : x->users, two = isnan(y->users) ? rate_of(y) : y->users;
  if (one != two) return one < two ? -1 : 1;
  return x < y ? -1 : x > y;
}

static bool same_load(const struct load_level *l, const struct measured_window *w) {
  if (isnan(l->users) != isnan(w->users)) return false;
  if (!isnan(w->users)) return l->users == w->users;
  return rate_of(w) <= l->rate * (1 + SAME_LOAD) || (rate_of(w) == 0 && l->rate == 0);
}

static void find_levels(struct calibration *c) {
  const struct measured *m = c->measured;
  const struct measured_window **sorted = arena_new_array(c->arena, const struct measured_window *, m->window_count + 1);
  for (uint32_t i = 0; i < m->window_count; i++) sorted[i] = &m->windows[i];
  qsort(sorted, m->window_count, sizeof *sorted, by_load);
  c->levels = arena_new_array(c->arena, struct load_level, m->window_count + 1);
  c->order = arena_new_array(c->arena, uint32_t, m->window_count + 1);
  c->level_of = arena_new_array(c->arena, uint32_t, m->window_count + 1);
  for (uint32_t i = 0; i < m->window_count; i++) {
    uint32_t window = (uint32_t)(sorted[i] - m->windows);
    if (!c->level_count || !same_load(&c->levels[c->level_count - 1], sorted[i]))
      c->levels[c->level_count++] = (struct load_level){i, 0, rate_of(sorted[i]), sorted[i]->users};
    struct load_level *l = &c->levels[c->level_count - 1];
    c->order[i] = window, c->level_of[window] = c->level_count - 1, l->count++;
  }
  for (uint32_t k = 0; k < c->level_count; k++) {
    struct load_level *l = &c->levels[k];
    double sum = 0;
    for (uint32_t i = 0; i < l->count; i++) sum += rate_of(&m->windows[c->order[l->first + i]]);
    l->rate = sum / l->count;
  }
}

/* --- all ---------------------------------------------------------------------------------------------------------------------- */

static void describe(struct calibration *c) {
  struct calibration_results *r = c->results;
  const struct measured *m = c->measured;
  r->scenario_name = c->scenario->name, r->scenario_title = c->scenario->title, r->scenario_file = c->scenario->file;
  r->files = m->files, r->file_count = m->file_count, r->window_count = m->window_count, r->load_count = c->level_count;
  for (uint32_t i = 0; i < m->window_count; i++) r->requests += m->windows[i].requests, r->seconds += m->windows[i].seconds;
}

void calibration_fit(struct calibration *c) {
  fit_demands(c);
  fit_statements(c);
  fit_times(c);
  fit_rest(c);
  fit_waits(c);
}

struct calibration_results *calibrate(struct arena *arena, struct diagnostics *d, const struct scenario *s,
                                      const struct measured *m, const struct calibration_options *options) {
  struct calibration c = {
      .arena = arena, .scenario = s, .measured = m, .options = options, .results = calibration_results_new(arena)};
  if (!names_check(&c, d)) return NULL;
  places_find(&c);
  find_levels(&c);
  describe(&c);
  calibration_fit(&c);
  if (options->predict) hold_out(&c);
  return c.results;
}
