/* Load of the permits of a limit on those inside, when all requests share them. */
#include "models/core/load_sheet.h"
#include "models/core/model.h"
#include "models/guard/limiter.h"
#include "sim/engine/arena.h"

static void loads(const struct model *m, struct load_sheet *l) {
  for (uint32_t i = 0; i < model_limits(m)->count; i++) {
    const struct limit_config *c = model_limit(m, i);
    if (!c->kind->permits || c->per != LIMIT_PER_ALL || c->scope != LIMIT_SHARED || c->limit == INT64_MAX) continue;
    load_add(l, &(struct load){.kind = LOAD_PERMITS,
                               .owner = LOAD_OF_ALL,
                               .index = i,
                               .name = arena_format(l->arena, "%s permits", c->name),
                               .demand_s = l->sums->permit_s[i],
                               .capacity = (double)c->limit});
  }
}

const struct load_part permits_load = {.loads = loads};
