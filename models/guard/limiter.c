#include "models/guard/limiter.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/core/meter.h"
#include "models/request/line.h"
#include "models/traffic/address.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <string.h>

static void limiters_start(struct world *w) {
  const struct config_list *limits = model_limits(w->model);
  world_limits(w)->each = arena_new_array(w->arena, struct limit, limits->count + 1);
  pool_init(&world_limits(w)->permits, sizeof(struct permit));
  for (uint32_t i = 0; i < limits->count; i++) {
    const struct limit_config *c = (const struct limit_config *)limits->items + i;
    struct limit *l = &world_limits(w)->each[i];
    l->config = c, l->kind = c->kind, l->clock = w->model->run.start;
    pool_init(&l->accounts, sizeof(struct limit_account));
    pool_init(&l->log, sizeof(struct log_entry));
    if (c->queue && c->wait != SIM_NEVER) l->patience = lane_new(w->calendar, c->wait, limit_wait_over, w);
  }
}

static void limiters_stop(struct world *w) {
  for (uint32_t i = 0; i < model_limits(w->model)->count; i++) {
    struct limit *l = &world_limits(w)->each[i];
    limit_table_free(&l->table);
    pool_release(&l->accounts);
    pool_release(&l->log);
    lane_free(l->patience);
  }
  pool_release(&world_limits(w)->permits);
}

uint64_t limiter_accounts(const struct world *w) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < model_limits(w->model)->count; i++) sum += pool_live(&world_limits(w)->each[i].accounts);
  return sum;
}

/* --- accounts ------------------------------------------------------------------------------------------------------------ */

struct sweep {
  struct limit *limit;
  sim_time now;
};

static bool drops(void *context, uint32_t id) {
  const struct sweep *s = context;
  struct limit_account *a = pool_at(&s->limit->accounts, id);
  if (!s->limit->kind->spent(s->limit, a, s->now)) return false;
  if (s->limit->kind->forget) s->limit->kind->forget(s->limit, a);
  pool_give(&s->limit->accounts, id);
  return true;
}

static uint64_t who(const struct world *w, const struct limit *l, const struct request *r) {
  switch (l->config->per) {
  case LIMIT_PER_CLIENT:
    return request_client(r);
  case LIMIT_PER_ADDRESS:
    return address_of(w, r);
  case LIMIT_PER_CLASS:
    return r->source;
  case LIMIT_PER_ENDPOINT:
    return r->endpoint;
  default:
    return 0;
  }
}

/* The number of the account that the request is counted in; a new one is zero. */
static uint32_t account_of(const struct world *w, struct limit *l, const struct request *r) {
  struct limit_key key = {who(w, l, r), NONE, 0};
  if (l->config->scope == LIMIT_REPLICA) {
    const struct frame *f = &r->frames[r->depth - 1];
    key.container = f->container, key.generation = f->generation;
  }
  struct sweep sweep = {l, world_now(w)};
  struct limit_slot *slot = limit_table_find(&l->table, key, drops, &sweep);
  if (slot->account == NO_ACCOUNT) {
    slot->account = pool_take(&l->accounts);
    memset(pool_at(&l->accounts, slot->account), 0, sizeof(struct limit_account));
  }
  return slot->account;
}

/* --- limits over time ------------------------------------------------------------------------------------------------------ */

static void accept(struct world *w, struct limit *l) {
  l->accepted++;
  meter_count(w, l->config->accepted);
}

static bool refuse(struct world *w, struct limit *l, struct request *r) {
  l->refused++;
  meter_count(w, l->config->limited);
  request_fail(w, r, OUTCOME_LIMITED);
  return false;
}

static bool limit_check(struct world *w, struct request *r, const struct instruction *in) {
  struct limit *l = &world_limits(w)->each[in->limit];
  l->asked++;
  if (l->config->limit != INT64_MAX && !l->kind->admits(l, pool_at(&l->accounts, account_of(w, l, r)), world_now(w)))
    return refuse(w, l, r);
  accept(w, l);
  return true;
}
const struct operation operation_limit = {.name = "limit", .run = limit_check};

/* --- permits --------------------------------------------------------------------------------------------------------------- */

static void count_permits(struct world *w, struct limit *l, int32_t in_use, int32_t waiting) {
  assert((in_use >= 0 || l->in_use) && (waiting >= 0 || l->waiting));
  l->in_use += (uint32_t)in_use, l->waiting += (uint32_t)waiting;
  if (in_use) meter_set(w, l->config->in_use, l->in_use);
  if (waiting) meter_set(w, l->config->waiting, l->waiting);
}

static void hold(struct world *w, struct limit *l, struct request *r, uint32_t account) {
  uint32_t id = pool_take(&world_limits(w)->permits);
  *(struct permit *)pool_at(&world_limits(w)->permits, id) =
      (struct permit){request_limits(w, r)->permits, account, (uint16_t)(l - world_limits(w)->each), r->depth};
  request_limits(w, r)->permits = id;
  request_holds(r, PART_limits);
  accept(w, l);
}

static bool limit_enter(struct world *w, struct request *r, const struct instruction *in) {
  struct limit *l = &world_limits(w)->each[in->limit];
  uint32_t account = account_of(w, l, r);
  struct limit_account *a = pool_at(&l->accounts, account);
  l->asked++;
  if (a->permits.in_use < (uint64_t)l->config->limit) {
    a->permits.in_use++;
    count_permits(w, l, 1, 0);
    hold(w, l, r, account);
    return true;
  }
  if (a->permits.queue.count >= (uint64_t)l->config->queue) return refuse(w, l, r);
  r->waiting = &wait_permit, r->since = world_now(w), r->wait_cell = in->cell;
  queue_push(w, &a->permits.queue, r);
  count_permits(w, l, 0, 1);
  if (l->patience) r->line_patience = lane_push(l->patience, r->id);
  return false;
}

static void permit_holds(struct walk *w, const struct instruction *in, double weight) {
  (void)weight;
  assert(w->permit_count < PROGRAM_PERMITS);
  w->permits[w->permit_count++] = in->limit;
}
const struct operation operation_permit = {.name = "permit", .run = limit_enter, .hold = permit_holds};

/* Leaves the queue, for whatever reason; the wait is booked. */
static void leave_queue(struct world *w, struct limit *l, struct limit_account *a, struct request *r) {
  assert(a->permits.queue.count);
  queue_remove(w, &a->permits.queue, r);
  count_permits(w, l, 0, -1);
  request_book(r, r->wait_cell, world_now(w));
  r->waiting = NULL;
}

/* The permit goes to the first who waits, or back. */
static void give_back(struct world *w, struct limit *l, uint32_t account) {
  struct limit_account *a = pool_at(&l->accounts, account);
  assert(a->permits.in_use > 0);
  if (!a->permits.queue.count) {
    a->permits.in_use--;
    count_permits(w, l, -1, 0);
    return;
  }
  struct request *next = world_request(w, a->permits.queue.head);
  if (l->patience) lane_cancel(l->patience, next->line_patience);
  leave_queue(w, l, a, next);
  hold(w, l, next, account);
  request_wake_soon(w, next);
}

/* Takes the permit that *link points to off the request's list and gives it back. */
static void release(struct world *w, uint32_t *link) {
  uint32_t id = *link;
  struct permit p = *(struct permit *)pool_at(&world_limits(w)->permits, id);
  *link = p.next;
  pool_give(&world_limits(w)->permits, id);
  give_back(w, &world_limits(w)->each[p.limit], p.account);
}

static bool limit_leave(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  release(w, &request_limits(w, r)->permits);
  return true;
}

static void permit_is_given_back(struct walk *w, const struct instruction *in, double weight) {
  (void)in, (void)weight;
  assert(w->permit_count);
  w->permit_count--;
}
const struct operation operation_permit_back = {.name = "permit back", .run = limit_leave, .hold = permit_is_given_back};

void limit_unwind(struct world *w, struct request *r, int32_t depth) {
  while (request_limits(w, r)->permits != NONE &&
         ((struct permit *)pool_at(&world_limits(w)->permits, request_limits(w, r)->permits))->depth > depth)
    release(w, &request_limits(w, r)->permits);
}

static void limit_replica_died(struct world *w, struct request *r, const struct container *c, uint32_t generation) {
  for (uint32_t *link = &request_limits(w, r)->permits; *link != NONE;) {
    struct permit *p = pool_at(&world_limits(w)->permits, *link);
    const struct frame *f = p->depth ? &r->frames[p->depth - 1] : NULL;
    if (f && f->container == c->id && f->generation == generation)
      release(w, link);
    else
      link = &p->next;
  }
}

void limit_leave_line(struct world *w, struct request *r) {
  struct limit *l = &world_limits(w)->each[w->model->programs[r->endpoint].instructions[r->pc - 1].limit];
  if (l->patience) lane_cancel(l->patience, r->line_patience);
  leave_queue(w, l, pool_at(&l->accounts, account_of(w, l, r)), r);
  l->abandoned++;
}

const struct wait wait_permit = {.name = "permit", .queue = true, .early = true, .leave = limit_leave_line};

void limit_wait_over(void *world, uint32_t id) {
  struct world *w = world;
  struct request *r = world_request(w, id);
  struct limit *l = &world_limits(w)->each[w->model->programs[r->endpoint].instructions[r->pc - 1].limit];
  leave_queue(w, l, pool_at(&l->accounts, account_of(w, l, r)), r);
  refuse(w, l, r);
}

/* --- the audit ------------------------------------------------------------------------------------------------------------- */

const char *limit_accounts_wrong(const struct limit *l) {
  const char *wrong = NULL;
  uint64_t accounts = 0, entries = 0;
  for (uint32_t i = 0; i < l->table.size && !wrong; i++) {
    if (l->table.slots[i].account == NO_ACCOUNT) continue;
    const struct limit_account *a = pool_at(&l->accounts, l->table.slots[i].account);
    accounts++, entries += l->kind->logged ? l->kind->logged(a) : 0;
    wrong = l->kind->wrong ? l->kind->wrong(l, a) : NULL;
  }
  if (!wrong && accounts != pool_live(&l->accounts)) return "an account is in no table";
  return wrong ? wrong : entries != pool_live(&l->log) ? "an entry is in no log" : NULL;
}

static void limit_release(struct world *w, struct request *r) { limit_unwind(w, r, -1); }

static void check_provider_limit(struct linker *l, struct service_config *s, const char *path) {
  if (service_limit(s) < 0) return;
  const struct limit_config *limit = model_limit(l->model, (uint32_t)service_limit(s));
  if (s->kind != SERVICE_EXTERNAL)
    link_error(l, path, "limit",
               "\"limit\" is that of an external service's provider; in front of your own services put a step {\"limit\": \"%s\"}",
               limit->name);
  else if (limit->kind->permits || limit->scope == LIMIT_REPLICA)
    link_error(l, path, "limit", "the limit \"%s\" %s: a provider counts requests over time, of all callers together", limit->name,
               limit->kind->permits ? "counts requests inside" : "counts by replica");
}

static void warn_of_lone_addresses(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < model_limits(m)->count && !addresses_are_shared(m); i++)
    if (model_limit(m, i)->per == LIMIT_PER_ADDRESS)
      link_warn(l, arena_format(l->arena, "limits.%s", model_limit(m, i)->name), "per", "addresses-alone",
                "no source says how many \"addresses\" its clients share: each has its own here, and the limit holds back nobody "
                "whom \"client\" would let through");
}

static void link_limits(struct linker *l, enum link_stage stage) {
  struct model *m = l->model;
  if (stage == LINK_COMPILED && !l->failed) warn_of_lone_addresses(l);
  if (stage != LINK_STEPS) return;
  for (uint32_t i = 0; i < model_limits(m)->count; i++) {
    struct limit_config *limit = (struct limit_config *)model_limits(m)->items + i;
    const char *key = NULL, *wrong = limit_link(m, limit, &key);
    if (wrong) link_error(l, arena_format(l->arena, "limits.%s", limit->name), key, "%s", wrong);
  }
}

static void limits_sums(struct demand_sums *d, struct arena *arena) {
  d->permit_s = arena_new_array(arena, double, model_limits(d->model)->count + 1);
}

static const struct limits_of_request new_request = {.permits = NONE};
const struct part part_limits = {.name = "limits",
                                 .room.request = sizeof(struct limits_of_request),
                                 .request = &new_request,
                                 .sums = limits_sums,
                                 .link = link_limits,
                                 .service = check_provider_limit,
                                 .keys.root = &limits_root_record,
                                 .keys.service = &limit_keys_record,
                                 .requests = true,
                                 .room.world = sizeof(struct limiters),
                                 .open = limiters_start,
                                 .stop = limiters_stop,
                                 .ends = limit_release,
                                 .release = limit_release,
                                 .bereaved = limit_replica_died,
                                 .audit = audit_limits,
                                 .load = &permits_load};
