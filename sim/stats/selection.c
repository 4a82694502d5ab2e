/* Selection: KN++, stage by stage. */
#include "sim/stats/selection.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

double selection_eta(uint32_t systems, uint32_t observations, double confidence) {
  assert(systems >= 2 && observations >= 2);
  return 0.5 * (pow(2 * (1 - confidence) / (systems - 1.0), -2 / (observations - 1.0)) - 1);
}

double selection_h2(uint32_t systems, uint32_t observations, double confidence) {
  return 2 * selection_eta(systems, observations, confidence) * (observations - 1.0);
}

/* Pairs before row i: i rows of k - 1, k - 2, .. */
static uint32_t pair_index(const struct selection *s, uint32_t i, uint32_t l) {
  assert(i < l);
  return (uint32_t)((uint64_t)i * (2 * (uint64_t)s->systems - i - 1) / 2 + l - i - 1);
}

void selection_init(struct selection *selection, struct arena *arena, uint32_t systems, double indifference, double confidence,
                    uint32_t first_stage) {
  assert(systems > 0 && systems < 65536 && indifference > 0 && confidence > 0 && confidence < 1 && first_stage >= 2);
  uint32_t pairs = (uint32_t)((uint64_t)systems * (systems - 1) / 2);
  *selection = (struct selection){.systems = systems,
                                  .first_stage = first_stage,
                                  .survivors = systems,
                                  .next_update = first_stage,
                                  .indifference = indifference,
                                  .confidence = confidence,
                                  .survives = arena_new_array(arena, bool, systems),
                                  .beaten = arena_new_array(arena, bool, systems),
                                  .pairs = arena_new_array(arena, struct tally, pairs),
                                  .variances = arena_new_array(arena, double, pairs)};
  for (uint32_t i = 0; i < systems; i++) selection->survives[i] = true;
}

/* The next pair of survivors after (i, l) in the order of rows; false after the last. Starts from (0, 0). */
static bool next_pair(const struct selection *s, uint32_t *i, uint32_t *l) {
  for (;;) {
    if (++*l >= s->systems) *l = ++*i + 1;
    if (*l >= s->systems) return false;
    if (s->survives[*i] && s->survives[*l]) return true;
  }
}

static void take_variances(struct selection *s) {
  for (uint32_t i = 0, l = 0; next_pair(s, &i, &l);) {
    uint32_t pair = pair_index(s, i, l);
    s->variances[pair] = tally_variance(&s->pairs[pair]);
  }
  s->h2 = selection_h2(s->systems, s->stages, s->confidence);
  s->next_update = 2 * s->stages;
}

/* Stage at which the triangle of a pair closes. */
static double closing(const struct selection *s, uint32_t pair) {
  return s->h2 * s->variances[pair] / (s->indifference * s->indifference);
}

/* All pairs are judged before any goes: who goes at this stage may still take others along. */
static void screen(struct selection *s) {
  s->settled = true;
  for (uint32_t i = 0, l = 0; next_pair(s, &i, &l);) {
    uint32_t pair = pair_index(s, i, l);
    double open = closing(s, pair) - s->stages, above = s->pairs[pair].mean;
    double margin = open > 0 ? s->indifference / (2 * s->stages) * open : 0;
    if (fabs(above) > margin) s->beaten[above > 0 ? i : l] = true;
    s->settled = s->settled && open <= 0;
  }
  for (uint32_t i = 0; i < s->systems; i++) {
    s->survivors -= s->survives[i] && s->beaten[i];
    s->survives[i] = s->survives[i] && !s->beaten[i];
  }
}

void selection_feed(struct selection *selection, const double *x) {
  assert(selection->systems > 1);
  for (uint32_t i = 0, l = 0; next_pair(selection, &i, &l);) tally_add(&selection->pairs[pair_index(selection, i, l)], x[i] - x[l]);
  selection->stages++;
  if (selection->stages == selection->next_update) take_variances(selection);
  if (selection->stages >= selection->first_stage) screen(selection);
}

bool selection_done(const struct selection *selection) { return selection->survivors == 1 || selection->settled; }

uint32_t selection_best(const struct selection *selection) {
  uint32_t best = 0;
  while (!selection->survives[best]) best++;
  for (uint32_t l = best + 1; l < selection->systems; l++)
    if (selection->survives[l] && selection->pairs[pair_index(selection, best, l)].mean > 0) best = l;
  return best;
}

uint32_t selection_most_stages(const struct selection *selection) {
  if (selection->stages < selection->first_stage) return 0;
  double most = selection->stages;
  for (uint32_t i = 0, l = 0; next_pair(selection, &i, &l);)
    most = fmax(most, ceil(closing(selection, pair_index(selection, i, l))));
  return most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
}
