/* The bill of a run, and what it is set against. */
#include "models/platform/placement.h"
#include "models/money/bill.h"
#include "sim/engine/arena.h"
#include "sim/measure/evidence.h"
#include "sim/measure/findings.h"
#include "sim/measure/measure_money.h"
#include "sim/measure/measure_row.h"
#include "sim/measure/measure_years.h"
#include <math.h>
#include <string.h>

static const char *currency_of(const struct model *m) {
  const char *currency = model_bill(m)->prices.currency;
  return currency && *currency ? currency : "USD";
}

/* "hetzner.com, 2025-11-01"; null when neither is known. */
static const char *price_source(struct arena *arena, const struct price_item *item) {
  if (!item || !item->source || !item->date) return item ? (item->source ? item->source : item->date) : NULL;
  return arena_format(arena, "%s, %s", item->source, item->date);
}

static struct bill_line *lines_of(const struct evidence *ev, const struct bill_row *rows, uint32_t count) {
  struct bill_line *lines = arena_new_array(ev->arena, struct bill_line, count + 1);
  for (uint32_t i = 0; i < count; i++)
    lines[i] = (struct bill_line){.item = rows[i].item,
                                  .price_id = rows[i].price,
                                  .source = price_source(ev->arena, rows[i].from),
                                  .quantity = rows[i].quantity,
                                  .unit_price = rows[i].unit_price,
                                  .monthly = rows[i].monthly,
                                  .unit = rows[i].unit,
                                  .low = rows[i].low,
                                  .high = rows[i].high,
                                  .first = rows[i].first};
  return lines;
}

static void add_income(const struct evidence *ev, const struct bill_use *use, struct bill *b) {
  struct bill_row *rows;
  b->income_count = bill_revenue(&ev->model, use, ev->arena, &rows);
  b->income = lines_of(ev, rows, b->income_count);
  b->revenue = b->income_count ? bill_sum(rows, b->income_count).monthly : NAN;
}

/* For each user and order where the scenario says what these are, and then for 1,000 requests. */
static void divide(const struct evidence *ev, struct bill *b) {
  const struct bill_config *config = model_bill(&ev->model);
  const struct measure all = {.subject = SUBJECT_ALL};
  const struct view *v = ev->traffic.sum;
  b->order = config->order >= 0 ? model_endpoint(&ev->model, (uint32_t)config->order)->name : NULL;
  b->users = bill_users(&ev->model);
  bool asked = b->order || b->users > 0 || b->income_count;
  b->per_1000 = asked ? priced_cost_per_1000(&all, &ev->model, v, b->monthly, b->revenue) : NAN;
  b->per_user = priced_cost_per_user(&all, &ev->model, v, b->monthly, b->revenue);
  b->per_order = priced_cost_per_order(&all, &ev->model, v, b->monthly, b->revenue);
}

static void price_downtime(const struct evidence *ev, struct bill *b) {
  const struct measure year = {.subject = SUBJECT_ALL};
  b->hour_down = 3600 * worth_of_a_second_down(&ev->model);
  b->down_a_year = ev->faults.sum ? value_downtime_cost(&year, &ev->model, ev->faults.sum) : NAN;
}

void findings_bill(const struct evidence *ev, struct results *r) {
  struct bill *b = &r->bill;
  struct bill_row *rows;
  struct bill_use use = measure_use(&ev->model, ev->traffic.sum, ev->arena);
  b->count = bill_compute(&ev->model, &use, ev->arena, &rows);
  struct bill_sum sum = bill_sum(rows, b->count);
  b->lines = lines_of(ev, rows, b->count);
  b->currency = currency_of(&ev->model);
  b->monthly = b->count ? sum.monthly : NAN, b->low = sum.low, b->high = sum.high, b->first = sum.first;
  for (uint32_t i = 0; i < b->count && !b->beyond; i++)
    if (isnan(rows[i].monthly)) b->beyond = rows[i].item;
  add_income(ev, &use, b);
  divide(ev, b);
  price_downtime(ev, b);
}

/* --- notes ------------------------------------------------------------------------------------------------------------------- */

static const char *price_at(const struct bill *b, uint32_t i) {
  return i < b->count ? b->lines[i].price_id : b->income[i - b->count].price_id;
}

/* "a, b and c" */
static const char *listed(const struct evidence *ev, const char *const *names, uint32_t count) {
  const char *text = "";
  for (uint32_t i = 0; i < count; i++)
    text = arena_format(ev->arena, "%s%s%s", text, !i ? "" : i + 1 < count ? ", " : " and ", names[i]);
  return text;
}

/* Prices that do not say where they were read, and when, make the bill a draft. */
static const char *drafts(const struct evidence *ev, const struct bill *b) {
  const char **names = arena_new_array(ev->arena, const char *, b->count + b->income_count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < b->count + b->income_count; i++) {
    const struct price_item *item = price_named(&model_bill(&ev->model)->prices, price_at(b, i));
    bool again = false;
    for (uint32_t k = 0; k < i; k++) again |= !strcmp(price_at(b, k), price_at(b, i));
    if (item && !again && (!item->source || !item->date)) names[count++] = item->name;
  }
  return listed(ev, names, count);
}

static const char *rates_used(const struct evidence *ev, const struct bill *b) {
  const struct price_list *list = &model_bill(&ev->model)->prices;
  const struct currency_rate *rates = list->rates.items;
  const char *text = "";
  for (uint32_t i = 0; i < list->rates.count; i++) {
    bool used = false;
    for (uint32_t k = 0; k < b->count + b->income_count; k++)
      used |= price_named(list, price_at(b, k)) && price_named(list, price_at(b, k))->converted == &rates[i];
    if (used) text = arena_format(ev->arena, "%s%s%s (%s)", text, *text ? ", " : "", rates[i].rate, rates[i].date);
  }
  return text;
}

/* What runs there is paid for neither by replica nor by what it reserves. */
static bool carries_unpaid(const struct model *m, uint32_t group) {
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    const struct service_money *money = service_money(s);
    if (service_runs(s) && placement_has_group(s, group) && !money->price && !money->by_resources) return true;
  }
  return false;
}

/* Machines without a price. */
static const char *unpaid(const struct evidence *ev) {
  const struct model *m = &ev->model;
  const char **names = arena_new_array(ev->arena, const char *, m->platform.nodes.count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (!model_nodes(m, i)->price && carries_unpaid(m, i)) names[count++] = model_nodes(m, i)->name;
  return listed(ev, names, count);
}

void findings_bill_notes(const struct evidence *ev, void (*with)(const struct evidence *, struct results *, const char *),
                         struct results *r) {
  const struct bill *b = &r->bill;
  if (b->beyond)
    with(ev, r,
         arena_format(ev->arena, "the bill is unknown: there is more of %s than the last tier of its price reaches", b->beyond));
  if (b->count && b->high - b->low > 1e-9 * b->high)
    with(ev, r, arena_format(ev->arena, "prices are ranges: the bill is %.2f to %.2f %s a month", b->low, b->high, b->currency));
  if (b->count && fabs(b->first - b->monthly) > 1e-9 * b->monthly)
    with(ev, r,
         arena_format(ev->arena,
                      "promotional prices: the first month costs %.2f %s; the bill is of the time after them, at their renewal",
                      b->first, b->currency));
  const char *machines = b->count ? unpaid(ev) : "";
  if (*machines)
    with(ev, r,
         arena_format(ev->arena, "the bill has no price for machines of %s: it is too low unless its charges pay for them",
                      machines));
  const char *rates = rates_used(ev, b);
  if (*rates) with(ev, r, arena_format(ev->arena, "prices in other currencies are converted at %s", rates));
  const char *names = drafts(ev, b);
  if (*names) with(ev, r, arena_format(ev->arena, "draft: the bill has prices without \"source\" or \"date\": %s", names));
}
