/* What look-ups of a cache ask for: those that miss rebuild the item, and some that find it stale refresh it. */
#include "models/cache/rebuild.h"
#include "models/request/walk.h"

/* What is stale is refreshed meanwhile, and no request waits for it. */
static void walk_refresh(const struct walk *w, const struct instruction *lookup, double weight) {
  double passed_s = 0;
  walk_on(walk_beside(w, &passed_s), lookup->refresh, lookup->target, weight);
}

/* What is done on a miss, on its own: how long it takes is noted. */
static double walk_miss(const struct walk *w, const struct instruction *lookup, double weight) {
  uint32_t at = (uint32_t)(lookup - w->program->instructions);
  struct walk miss = *w;
  double passed_s = 0;
  miss.passed_s = &passed_s;
  double through = walk_on(miss, at + 1, lookup->target, weight);
  if (weight > 0) w->sums->miss_s[at] = passed_s / weight;
  double *all_s = w->passed_s ? w->passed_s : w->sums->passed_s;
  if (all_s) *all_s += passed_s;
  return through;
}

static bool is_early(const struct instruction *lookup) { return lookup->stampede && lookup->stampede->cure == CURE_EARLY; }

double rebuild_walks_lookup(struct walk *w, const struct instruction *lookup, double weight) {
  double missed = walk_looks_up(w, lookup, weight);
  if (lookup->refreshes > 0) walk_refresh(w, lookup, weight * lookup->refreshes);
  if (!w->sums->miss_s || !is_early(lookup)) return missed;
  double through = walk_miss(w, lookup, missed);
  w->at = lookup->target;
  return through;
}
