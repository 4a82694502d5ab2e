#include "models/core/audit.h"
#include "models/stock/stock.h"
#include "models/core/parts.h"
#include "models/core/world.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

/* What the holds say that there is, stock by stock. */
static int64_t *count_holds(const struct world *w) {
  int64_t *held = allocate_zeroed(model_stocks(w->model)->count + 1, sizeof *held);
  for (uint32_t id = 0; id < pool_capacity(&world_stocks(w)->holds); id++) {
    const struct hold *h = pool_at(&world_stocks(w)->holds, id);
    if (h->used && !h->expired) held[h->stock] += h->count;
  }
  return held;
}

void audit_stocks(const struct audit *a) {
  const struct world *w = a->world;
  int64_t *held = count_holds(w);
  for (uint32_t i = 0; i < model_stocks(w->model)->count; i++) {
    const struct stock *s = &world_stocks(w)->each[i];
    const char *name = s->config->name;
    if (s->oversold)
      audit_broken(a, "stock: %s was oversold or lost pieces at %llu instants", name, (unsigned long long)s->oversold);
    if (s->reserved != s->sold + s->released + s->expired + s->held)
      audit_broken(a, "stock: of %lld pieces of %s that were reserved %lld are sold, %lld given back, %lld expired and %lld held",
                   (long long)s->reserved, name, (long long)s->sold, (long long)s->released, (long long)s->expired,
                   (long long)s->held);
    if (s->held != held[i] + s->abandoned)
      audit_broken(a, "stock: %lld pieces of %s are held, %lld counted", (long long)(held[i] + s->abandoned), name,
                   (long long)s->held);
  }
  free(held);
}
