/* Load of the rows that count what is left of a stock, in the order in which the scenario names the stocks. */
#include "models/core/load_sheet.h"
#include "models/database/lock.h"
#include "models/core/model.h"
#include "models/stock/stock.h"
#include "sim/engine/arena.h"
#include <string.h>

static void add_row(struct load_sheet *l, const struct lock_class *k, const struct stock_config *s, uint32_t lock) {
  load_add(l, &(struct load){.kind = LOAD_STOCK_ROWS,
                             .owner = LOAD_OF_SERVICE,
                             .index = (uint32_t)s->at,
                             .name = arena_format(l->arena, "%s row", s->name),
                             .demand_s = l->sums->locked_s[lock],
                             .capacity = 1,
                             .remark = lock_remark(l->sums, lock),
                             .metered = k->busy >= 0,
                             .meter = (uint32_t)k->busy});
}

static void loads(const struct model *m, struct load_sheet *l) {
  const struct stock_config *stocks = model_stocks(m)->items;
  const struct lock_class *classes = m->locks->classes;
  for (uint32_t s = 0; s < model_stocks(m)->count; s++)
    for (uint32_t i = 0; i < m->locks->count; i++)
      if (classes[i].kind == LOCK_STOCK && !strcmp(classes[i].name, stocks[s].name)) add_row(l, &classes[i], &stocks[s], i);
}

const struct load_part stock_load = {.loads = loads};
