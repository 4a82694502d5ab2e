#include "models/stock/stock.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/database/database.h"
#include "models/database/lock.h"
#include "models/core/meter.h"
#include "models/request/line.h"
#include "sim/engine/arena.h"
#include <assert.h>

/* --- the books ------------------------------------------------------------------------------------------------------------- */

static void count_pieces(struct world *w, uint32_t meter, int64_t pieces) {
  for (int64_t i = 0; i < pieces; i++) meter_count(w, meter);
}

/* Called after every change: the levels, the instant at which nothing was left, and whether all is as it must be. */
static void changed(struct world *w, struct stock *s) {
  const struct stock_config *c = s->config;
  s->oversold += s->free < 0 || s->held < 0 || s->sold < 0 || s->free + s->held + s->sold != c->amount;
  meter_set(w, c->left, s->free);
  meter_set(w, c->held, s->held);
  if (s->free || s->ran_out) return;
  s->ran_out = true;
  meter_time(w, c->sold_out, world_now(w) - w->measured_from);
}

static struct hold *hold_at(const struct world *w, uint32_t id) { return pool_at(&world_stocks(w)->holds, id); }

static void forget(struct world *w, uint32_t id) {
  assert(hold_at(w, id)->used);
  hold_at(w, id)->used = false;
  pool_give(&world_stocks(w)->holds, id);
}

static void run_out(void *world, uint32_t id) {
  struct world *w = world;
  struct hold *h = hold_at(w, id);
  struct stock *s = &world_stocks(w)->each[h->stock];
  assert(h->used && !h->expired && s->held >= h->count);
  s->held -= h->count, s->free += h->count, s->expired += h->count;
  h->expired = true;
  count_pieces(w, s->config->expired, h->count);
  changed(w, s);
  if (!h->owned) forget(w, id);
}

/* The list of the holder: the client for whom the request asks, or the request itself. */
static uint32_t *holder(struct world *w, struct request *r) {
  while (r->caller != NONE) r = world_request(w, r->caller); /* of an attempt inside: what wants its answer */
  bool for_client = r->client != NONE && !r->client_gone;
  return for_client ? w->origins[r->source].holds(w, r->client) : &request_stock(w, r)->holds;
}

static void take(struct world *w, struct request *r, struct stock *s, int64_t count) {
  uint32_t *holds = holder(w, r), id = pool_take(&world_stocks(w)->holds);
  struct hold *h = hold_at(w, id);
  *h = (struct hold){
      .stock = (uint32_t)(s - world_stocks(w)->each), .next = *holds, .taker = r->id, .count = count, .used = true, .owned = true};
  if (s->expiries) h->expiry = lane_push(s->expiries, id);
  *holds = id;
  if (holds == &request_stock(w, r)->holds) request_holds(r, PART_stock);
  assert(count >= 0 && count <= s->free);
  s->free -= count, s->held += count, s->reserved += count;
  changed(w, s);
}

/* A hold that has not run out leaves the books of what is held. */
static void end_hold(struct stock *s, struct hold *h) {
  assert(!h->expired && s->held >= h->count);
  if (s->expiries) lane_cancel(s->expiries, h->expiry);
  s->held -= h->count;
}

/* --- instructions ------------------------------------------------------------------------------------------------------------ */

static bool in_database(const struct world *w, const struct stock *s) {
  return model_service(w->model, (uint32_t)s->config->at)->kind == SERVICE_DATABASE;
}

/* A database that has restarted under the transaction knows nothing of it. */
static bool committed(struct world *w, struct request *r, const struct instruction *in) {
  const struct stock *s = &world_stocks(w)->each[in->stock];
  if (!in_database(w, s)) return true;
  if (!lock_holds(w, r, in)) {
    request_fail(w, r, OUTCOME_CRASHED);
    return false;
  }
  lock_release(w, r, false);
  database_committed(w, (uint32_t)s->config->at, r, 1);
  return true;
}

static bool stock_take(struct world *w, struct request *r, const struct instruction *in) {
  if (!committed(w, r, in)) return false;
  struct stock *s = &world_stocks(w)->each[in->stock];
  struct stream draws = stream_at(r->key, in->draw);
  int64_t count = (int64_t)(distribution_sample(&in->demand, &draws) + 0.5);
  request_stock(w, r)->sold_out = count > s->free;
  if (request_stock(w, r)->sold_out)
    meter_count(w, s->config->refused);
  else
    take(w, r, s, count);
  return true;
}

/* Its row is unlocked with the change. */
static void stock_holds(struct walk *w, const struct instruction *in, double weight) {
  (void)in, (void)weight;
  walk_unlocks(w, false);
}
const struct operation operation_reserve = {.name = "reserve", .run = stock_take, .hold = stock_holds};

static bool stock_taken(struct world *w, struct request *r, const struct instruction *in) {
  (void)w;
  if (!request_stock(w, r)->sold_out) r->pc = in->target;
  return true;
}
const struct operation operation_reserved = {
    .name = "reserved", .run = stock_taken, .onward = walk_looks_up, .through = passage_looks_up, .jumps = true};

/* Takes the client's holds of the stock out of its list and ends them; the pieces that had not run out. */
static int64_t collect(struct world *w, struct request *r, uint32_t stock, bool *expired) {
  int64_t pieces = 0;
  for (uint32_t *link = holder(w, r); *link != NONE;) {
    uint32_t id = *link;
    struct hold *h = hold_at(w, id);
    if (h->stock != stock) {
      link = &h->next;
      continue;
    }
    *link = h->next;
    *expired |= h->expired;
    if (!h->expired) end_hold(&world_stocks(w)->each[stock], h), pieces += h->count;
    forget(w, id);
  }
  return pieces;
}

/* All or nothing: an order of which a part has run out is not paid, and the rest of it is given back. */
static bool stock_settle(struct world *w, struct request *r, const struct instruction *in) {
  struct stock *s = &world_stocks(w)->each[in->stock];
  bool expired = false;
  int64_t pieces = collect(w, r, in->stock, &expired);
  bool paid = pieces && !expired;
  if (in_database(w, s)) database_committed(w, (uint32_t)s->config->at, r, 1);
  if (paid)
    s->sold += pieces, count_pieces(w, s->config->sold, pieces);
  else
    s->free += pieces, s->released += pieces;
  if (pieces) changed(w, s);
  if (!paid) request_fail(w, r, OUTCOME_EXPIRED);
  return paid;
}
const struct operation operation_pay = {.name = "pay", .run = stock_settle, .hold = stock_holds};

static bool stock_return(struct world *w, struct request *r, const struct instruction *in) {
  if (!committed(w, r, in)) return false;
  struct stock *s = &world_stocks(w)->each[in->stock];
  bool expired = false;
  int64_t pieces = collect(w, r, in->stock, &expired);
  s->free += pieces, s->released += pieces;
  if (pieces) changed(w, s);
  return true;
}
const struct operation operation_return_stock = {.name = "return", .run = stock_return, .hold = stock_holds};

/* --- holders ----------------------------------------------------------------------------------------------------------------- */

void stock_answered(struct world *w, uint32_t *holds, const struct request *r, uint32_t heir) {
  for (uint32_t id = *holds; id != NONE; id = hold_at(w, id)->next)
    if (hold_at(w, id)->taker == r->id) hold_at(w, id)->taker = heir;
}

void stock_unanswered(struct world *w, uint32_t *holds, struct request *r) {
  for (uint32_t *link = holds; *link != NONE && holds != &request_stock(w, r)->holds;) {
    uint32_t id = *link;
    struct hold *h = hold_at(w, id);
    if (h->taker != r->id) {
      link = &h->next;
      continue;
    }
    *link = h->next;
    h->next = request_stock(w, r)->holds;
    request_stock(w, r)->holds = id;
    request_holds(r, PART_stock);
  }
}

void stock_let_go(struct world *w, uint32_t *holds) {
  while (*holds != NONE) {
    uint32_t id = *holds;
    struct hold *h = hold_at(w, id);
    *holds = h->next;
    assert(h->used && h->owned);
    h->owned = false;
    bool for_ever = !world_stocks(w)->each[h->stock].expiries;
    if (for_ever) world_stocks(w)->each[h->stock].abandoned += h->count;
    if (for_ever || h->expired) forget(w, id);
  }
}

/* --- beginning and end ------------------------------------------------------------------------------------------------------- */

static void stock_start(struct world *w) {
  uint32_t count = model_stocks(w->model)->count;
  world_stocks(w)->each = arena_new_array(w->arena, struct stock, count);
  pool_init(&world_stocks(w)->holds, sizeof(struct hold));
  for (uint32_t i = 0; i < count; i++) {
    const struct stock_config *c = (const struct stock_config *)model_stocks(w->model)->items + i;
    struct stock *s = &world_stocks(w)->each[i];
    *s = (struct stock){.config = c, .free = c->amount};
    if (c->hold != SIM_NEVER) s->expiries = lane_new(w->calendar, c->hold, run_out, w);
    meter_set(w, c->left, c->amount);
    meter_set(w, c->held, 0);
  }
}

static void stock_stop(struct world *w) {
  for (uint32_t i = 0; i < model_stocks(w->model)->count; i++) lane_free(world_stocks(w)->each[i].expiries);
  pool_release(&world_stocks(w)->holds);
}

static void forgets(struct world *w, struct request *r) { stock_let_go(w, &request_stock(w, r)->holds); }

static void link_each(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < model_stocks(m)->count; i++) {
    struct stock_config *s = (struct stock_config *)model_stocks(m)->items + i;
    const char *key = NULL, *wrong = stock_link(m, s, &key);
    if (wrong) link_error(l, arena_format(l->arena, "stock.%s", s->name), key, "%s", wrong);
  }
}

void stock_check_held(struct linker *l, uint32_t program, const char *path, const char *key) {
  const struct model *m = l->model;
  if (m->programs[program].unheld < 0) return;
  link_error(l, path, key, "pays or releases \"%s\" without a \"reserve\" of it before",
             ((const struct stock_config *)model_stocks(m)->items)[m->programs[program].unheld].name);
}

static void link_stocks(struct linker *l, enum link_stage stage) {
  const struct model *m = l->model;
  if (stage == LINK_STEPS) link_each(l);
  for (uint32_t i = 0; stage == LINK_PROGRAMS && i < m->endpoints.count; i++)
    if (!model_endpoint(m, i)->only_in_journeys)
      stock_check_held(l, i, arena_format(l->arena, "endpoints.%s", model_endpoint(m, i)->name), NULL);
}

static enum steadiness stock_steadiness(const struct model *m) { return model_stocks(m)->count ? TIMED : STEADY; }

static void child_ends(struct world *w, struct request *child, struct request *caller, bool failed) {
  if (failed)
    stock_unanswered(w, holder(w, child), child);
  else
    stock_answered(w, holder(w, child), child, caller->id);
}

static void child_left(struct world *w, struct request *child) { stock_unanswered(w, holder(w, child), child); }

static bool stock_used(const struct model *m) { return model_stocks(m)->count > 0; }

static const struct stock_of_request new_request = {.holds = NONE};
const struct part part_stock = {.name = "stock",
                                .room.request = sizeof(struct stock_of_request),
                                .request = &new_request,
                                .used = stock_used,
                                .child_ends = child_ends,
                                .child_left = child_left,
                                .link = link_stocks,
                                .steadiness = stock_steadiness,
                                .keys.root = &stock_root_record,
                                .requests = true,
                                .room.world = sizeof(struct stocks),
                                .start = stock_start,
                                .stop = stock_stop,
                                .forget = forgets,
                                .audit = audit_stocks,
                                .load = &stock_load};
