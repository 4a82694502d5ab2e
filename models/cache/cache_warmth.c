#include "models/cache/cache_warmth.h"
#include "models/core/meter.h"
#include "models/core/world.h"
#include <assert.h>

void warmth_declare(struct model *m, struct warmth_config *c, const char *name) {
  c->warm_up = meter_declare(m, name, "warm_up", METER_TIME, "From the first look-up into what is empty until it is warm.");
  c->cold = meter_declare(m, name, "cold", METER_LEVEL, "Replicas, or processes, whose content is not yet warm.");
}

static void begins(struct world *w, struct warmth *t, const struct warmth_config *c) {
  assert(t->state == WARMTH_UNTOUCHED);
  *t = (struct warmth){.state = WARMTH_COLD, .since = world_now(w)};
  meter_change(w, c->cold, 1);
}

static void block_ends(struct world *w, struct warmth *t, const struct warmth_config *c) {
  assert(t->state == WARMTH_COLD && t->found <= t->asked);
  bool warm = t->found >= c->hits * (double)c->of - 1e-6; /* 7% of 100 are 7.000000000000001 */
  t->asked = t->found = 0;
  if (!warm) return;
  t->state = WARMTH_WARM;
  meter_time(w, c->warm_up, world_now(w) - t->since);
  meter_change(w, c->cold, -1);
}

void warmth_looked(struct world *w, struct warmth *t, const struct warmth_config *c, bool found) {
  if (t->state == WARMTH_WARM) return;
  if (t->state == WARMTH_UNTOUCHED) begins(w, t, c);
  t->found += found;
  if (++t->asked == c->of) block_ends(w, t, c);
}

void warmth_lost(struct world *w, struct warmth *t, const struct warmth_config *c) {
  if (t->state == WARMTH_COLD) meter_change(w, c->cold, -1);
  *t = (struct warmth){0};
}

static const struct field fields[] = {
    KEY("hits", RATIO, warmth_config, hits, RANGE(0.001, 1),
        .doc = "Share of the look-ups of a block that must find their item; for example 95% of the share in the long run."),
    KEY("of", INTEGER, warmth_config, of, DEFAULT(1000), RANGE(1, 1e9), .doc = "Look-ups of a block."),
    {0}};
const struct record warmth_record = {.name = "warm",
                                     .size = sizeof(struct warmth_config),
                                     .fields = fields,
                                     .doc = "When content that began empty counts as warm; how long that takes is then a result.",
                                     .shorthand = "hits"};
