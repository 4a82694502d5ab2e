#include "models/money/bill.h"
#include "models/autoscaling/node_pool.h"
#include "models/traffic/user_growth.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

/* --- rows -------------------------------------------------------------------------------------------------------------------- */

struct making {
  const struct model *model;
  const struct bill_config *bill;
  const struct bill_use *use;
  struct arena *arena;
  struct bill_row *rows;
  uint32_t count, room;
};

static struct making making_of(const struct model *m, const struct bill_use *use, uint32_t room, struct arena *arena) {
  return (struct making){m, model_bill(m), use, arena, arena_new_array(arena, struct bill_row, room + 1), 0, room + 1};
}

static struct bill_row *add_row(struct making *k, const char *item, const char *price, const char *unit, double quantity) {
  const struct price_item *from = price_named(&k->bill->prices, price);
  assert((quantity >= 0 || isnan(quantity)) && k->count < k->room);
  if (!from) return NULL; /* linking has said so */
  struct bill_row r = {.item = item, .price = price, .unit = unit, .from = from, .quantity = quantity};
  r.monthly = price_cost(from, PRICE_TYPICAL, quantity);
  r.low = price_cost(from, PRICE_LOW, quantity), r.high = price_cost(from, PRICE_HIGH, quantity);
  r.first = price_first_cost(from, PRICE_TYPICAL, quantity);
  bool uneven = from->free_base > 0 || from->tiers.count;
  r.unit_price = uneven && quantity > 0 ? r.monthly / quantity : price_each(from, PRICE_TYPICAL);
  k->rows[k->count++] = r;
  return &k->rows[k->count - 1];
}

/* What plans give credit for. */
static void add_use(struct making *k, const char *item, const char *price, const char *unit, double quantity) {
  struct bill_row *r = add_row(k, item, price, unit, quantity);
  if (r) r->used = true;
}

/* --- what is measured -------------------------------------------------------------------------------------------------------- */

static double gb_a_month(double bytes_per_s) { return bytes_per_s * SECONDS_A_MONTH / 1e9; }

static double answered_per_s(const struct making *k, int32_t endpoint) {
  double sum = 0;
  for (uint32_t e = 0; k->use->answered_per_s && e < k->model->endpoints.count; e++)
    if (endpoint < 0 || (uint32_t)endpoint == e) sum += k->use->answered_per_s[e];
  return sum;
}

/* Load balancer capacity units, as AWS counts them: the larger of 25 new connections a second and 1 GB an hour. */
enum { LCU_CONNECTIONS = 25 };
static double lcu_of(const struct making *k, const struct charge_config *c) {
  double connections = k->use->arrived_per_s / c->connection_requests / LCU_CONNECTIONS;
  return fmax(connections, (k->use->per_s.origin + k->use->per_s.received) * 3600 / 1e9);
}

/* In base units of its price. */
static double quantity_of(const struct making *k, const struct charge_config *c) {
  const struct sent_bytes *sent = &k->use->per_s;
  switch (c->measured) {
  case CHARGE_USERS:
    return c->quantity * bill_users(k->model);
  case CHARGE_REQUESTS:
    return c->quantity * answered_per_s(k, c->endpoint) * SECONDS_A_MONTH / 1e6;
  case CHARGE_SENT:
    return c->quantity * gb_a_month(sent->origin);
  case CHARGE_RECEIVED:
    return c->quantity * gb_a_month(sent->received);
  case CHARGE_PROCESSED:
    return c->quantity * gb_a_month(sent->origin + sent->received);
  case CHARGE_LCU:
    return c->quantity * lcu_of(k, c);
  case CHARGE_STATED:
    break;
  }
  const struct price_item *from = price_named(&k->bill->prices, c->price);
  return c->quantity * (from && price_item_of(from) == PRICE_TIME ? c->hours / HOURS_A_MONTH : 1);
}

static void add_charges(struct making *k, const struct config_list *list) {
  const struct charge_config *charges = list->items;
  for (uint32_t i = 0; i < list->count; i++) {
    const struct price_item *from = price_named(&k->bill->prices, charges[i].price);
    double quantity = quantity_of(k, &charges[i]);
    bool by_hours = from && price_item_of(from) == PRICE_TIME && charges[i].hours != HOURS_A_MONTH;
    const char *unit = by_hours ? "months" : from ? price_base_name(price_item_of(from)) : "";
    bool stated = charges[i].measured == CHARGE_STATED || charges[i].measured == CHARGE_USERS;
    (stated ? (void)add_row(k, charges[i].name, charges[i].price, unit, quantity)
            : add_use(k, charges[i].name, charges[i].price, unit, quantity));
  }
}

/* --- the bill ---------------------------------------------------------------------------------------------------------------- */

static void add_nodes(struct making *k) {
  for (uint32_t i = 0; i < k->model->platform.nodes.count; i++) {
    const struct node_group *g = model_nodes(k->model, i);
    if (g->price) add_row(k, g->name, g->price, k->use->nodes[i] == 1 ? "node" : "nodes", k->use->nodes[i]);
  }
}

static void add_services(struct making *k) {
  const struct pods_config *p = k->bill->pods;
  for (uint32_t i = 0; k->use->pods && i < k->model->services.count; i++) {
    const struct service_config *s = model_service(k->model, i);
    const struct service_money *money = service_money(s);
    const struct pods_use *use = &k->use->pods[i];
    if (money->price) add_row(k, s->name, money->price, use->pods == 1 ? "replica" : "replicas", use->pods);
    if (money->by_resources && p->vcpu) add_use(k, arena_format(k->arena, "%s vCPU", s->name), p->vcpu, "vCPU", use->vcpus);
    if (money->by_resources && p->memory) add_use(k, arena_format(k->arena, "%s memory", s->name), p->memory, "GB", use->memory_gb);
  }
}

/* In the mean over the month. */
static void add_stored(struct making *k, const struct storage_config *c) {
  double gb = ((double)c->size + (double)c->growth * (k->use->month + (c->growth ? 0.5 : 0))) / 1e9;
  double copies = c->of >= 0 && k->use->pods ? k->use->pods[c->of].pods : 1;
  double kept = c->snapshots ? 1 + (double)(c->snapshots - 1) * c->changes : 0;
  add_use(k, c->name, c->price, "GB-month", gb * copies);
  if (kept > 0)
    add_use(k, arena_format(k->arena, "%s snapshots", c->name), c->snapshot_price ? c->snapshot_price : c->price, "GB-month",
            gb * kept);
  if (c->backups)
    add_use(k, arena_format(k->arena, "%s backups", c->name), c->backup_price ? c->backup_price : c->price, "GB-month",
            gb * (double)c->backups);
}

static void add_storage(struct making *k) {
  const struct storage_config *all = k->bill->storage.items;
  for (uint32_t i = 0; i < k->bill->storage.count; i++) add_stored(k, &all[i]);
}

static void add_egress(struct making *k) {
  const struct bill_config *b = k->bill;
  double gb = fmax(0, gb_a_month(k->use->per_s.origin) - b->egress_free_gb);
  const char *item = b->egress_free_gb > 0 ? arena_format(k->arena, "egress above %g GB", b->egress_free_gb) : "egress";
  if (b->egress) add_use(k, item, b->egress, "GB", gb);
  if (b->cdn) add_use(k, "CDN egress", b->cdn, "GB", gb_a_month(k->use->per_s.cdn));
  if (b->between_zones) add_use(k, "between zones", b->between_zones, "GB", gb_a_month(k->use->per_s.between_zones));
  if (b->between_regions) add_use(k, "between regions", b->between_regions, "GB", gb_a_month(k->use->per_s.between_regions));
}

/* --- credit ------------------------------------------------------------------------------------------------------------------ */

/* What a plan takes off at one end of the prices: never more than was used, or than the plan costs. */
static double taken_off(double plan, double *used) {
  double off = isnan(plan) || isnan(*used) ? NAN : fmin(plan, *used);
  *used -= off;
  return -off;
}

static void add_credit(struct making *k, const struct charge_config *c, struct bill_sum *used) {
  const struct price_item *from = price_named(&k->bill->prices, c->price);
  if (!from) return; /* linking has said so */
  double plan = quantity_of(k, c);
  struct bill_row r = {
      .item = arena_format(k->arena, "%s credit", c->name), .price = c->price, .unit = "", .from = from, .quantity = 1};
  r.monthly = r.unit_price = taken_off(price_cost(from, PRICE_TYPICAL, plan), &used->monthly);
  r.low = taken_off(price_cost(from, PRICE_LOW, plan), &used->low);
  r.high = taken_off(price_cost(from, PRICE_HIGH, plan), &used->high);
  r.first = taken_off(price_first_cost(from, PRICE_TYPICAL, plan), &used->first);
  k->rows[k->count++] = r;
}

static void add_credits(struct making *k) {
  const struct charge_config *charges = k->bill->charges.items;
  struct bill_sum used = {0, 0, 0, 0};
  for (uint32_t i = 0; i < k->count; i++)
    if (k->rows[i].used)
      used.monthly += k->rows[i].monthly, used.low += k->rows[i].low, used.high += k->rows[i].high, used.first += k->rows[i].first;
  for (uint32_t i = 0; i < k->bill->charges.count; i++)
    if (charges[i].credit) add_credit(k, &charges[i], &used);
}

uint32_t bill_compute(const struct model *m, const struct bill_use *use, struct arena *arena, struct bill_row **out) {
  const struct bill_config *b = model_bill(m);
  uint32_t room = m->platform.nodes.count + 2 * b->charges.count + 3 * (m->services.count + b->storage.count) + 4;
  struct making k = making_of(m, use, room, arena);
  add_nodes(&k);
  add_services(&k);
  add_storage(&k);
  add_charges(&k, &k.bill->charges);
  add_egress(&k);
  add_credits(&k);
  *out = k.rows;
  return k.count;
}

uint32_t bill_revenue(const struct model *m, const struct bill_use *use, struct arena *arena, struct bill_row **out) {
  struct making k = making_of(m, use, model_bill(m)->revenue.count, arena);
  add_charges(&k, &k.bill->revenue);
  *out = k.rows;
  return k.count;
}

struct bill_sum bill_sum(const struct bill_row *rows, uint32_t count) {
  struct bill_sum s = {0, 0, 0, 0};
  for (uint32_t i = 0; i < count; i++)
    s.monthly += rows[i].monthly, s.low += rows[i].low, s.high += rows[i].high, s.first += rows[i].first;
  return s;
}

static bool all_stated(const struct config_list *list) {
  const struct charge_config *charges = list->items;
  for (uint32_t i = 0; i < list->count; i++)
    if (charges[i].measured != CHARGE_STATED && charges[i].measured != CHARGE_USERS) return false;
  return true;
}

bool bill_is_exact(const struct model *m) {
  const struct bill_config *b = model_bill(m);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (model_nodes(m, i)->price && pool_changes(model_nodes(m, i))) return false;
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_money(model_service(m, i))->counted) return false;
  return !b->egress && !b->cdn && !m->counts_ways && all_stated(&b->charges) && all_stated(&b->revenue);
}

/* The scenario itself says how its users grow; the growth of a rate profile says nothing of users. */
static bool users_grow(const struct user_growth *g) {
  return !g->by_rate && (g->monthly > 0 || g->users.count || g->curve.ceiling > 0);
}

double bill_users(const struct model *m) {
  const struct user_growth *g = model_user_growth(m);
  if (!users_grow(g)) return model_bill(m)->users;
  if (model_bill(m)->users > 0) return model_bill(m)->users * user_growth_factor(g, g->after);
  double users = user_growth_users(g, g->after);
  return isnan(users) ? 0 : users;
}

double bill_month(const struct model *m) {
  const struct user_growth *g = model_user_growth(m);
  return model_bill(m)->month + (g->after > 0 ? g->after : 0);
}
