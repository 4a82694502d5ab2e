/* Which price decides: the one whose own range reaches across the limit while all others are typical; of several, the widest. */
#include "sim/measure/price_ends.h"
#include "models/money/bill.h"
#include "sim/engine/arena.h"
#include "sim/measure/estimate.h"
#include "sim/measure/measure_row.h"
#include "sim/measure/verdict.h"
#include <math.h>

struct swing {
  const struct price_item *item;
  struct price_ends ends;
  bool decides;
};

static bool is_wider(const struct swing *a, const struct swing *b) {
  if (!b->item || a->decides != b->decides) return !b->item || a->decides;
  return a->ends.high - a->ends.low > b->ends.high - b->ends.low;
}

static struct swing widest(const struct evidence *ev, const struct claim *c, const struct entry *e) {
  const struct price_list *list = &model_bill(&ev->model)->prices;
  const struct price_item *items = list->items.items;
  struct swing most = {.item = NULL};
  for (uint32_t i = 0; i < list->items.count; i++) {
    if (!price_has_range(&items[i])) continue;
    struct swing s = {&items[i], price_ends_of(&e->measure, &ev->model, entry_view(ev, e), &items[i]), false};
    if (!(s.ends.low < s.ends.high)) continue;
    s.decides = claim_holds(c, s.ends.low) != claim_holds(c, s.ends.high);
    if (is_wider(&s, &most)) most = s;
  }
  return most;
}

static const char *amount(const struct evidence *ev, const struct measure *m, double x) {
  if (measure_unit(m) == UNIT_RATIO) return arena_format(ev->arena, "%.4g%%", 100 * x);
  const char *currency = model_bill(&ev->model)->prices.currency;
  return arena_format(ev->arena, fabs(x) < 0.1 ? "%.4g %s" : "%.2f %s", x, currency && *currency ? currency : "USD");
}

static const char *of_one_price(const struct evidence *ev, const struct measure *m, const struct swing *s) {
  const char *low = amount(ev, m, s->ends.low), *high = amount(ev, m, s->ends.high);
  if (s->decides)
    return arena_format(ev->arena, "the price of \"%s\" decides: by it alone it is %s to %s", s->item->name, low, high);
  return arena_format(ev->arena, "no price decides it alone; that of \"%s\" matters most: by it alone it is %s to %s",
                      s->item->name, low, high);
}

const char *price_that_decides(const struct evidence *ev, const struct claim *c, const struct entry *e) {
  struct estimate ends[2];
  const struct measure *m = &e->measure;
  if (!entry_price_ends(ev, e, ends) || claim_holds(c, ends[0].value) == claim_holds(c, ends[1].value)) return NULL;
  if (measure_row(m)->worth)
    return arena_format(ev->arena, "the price of \"%s\" decides: by it alone it is %s to %s", model_bill(&ev->model)->hour_down,
                        amount(ev, m, ends[0].value), amount(ev, m, ends[1].value));
  struct swing most = widest(ev, c, e);
  return most.item ? of_one_price(ev, m, &most) : NULL;
}
