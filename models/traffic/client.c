#include "models/traffic/client.h"
#include "models/traffic/source.h"
#include "models/traffic/whereabouts.h"
#include "models/replication/replication.h"
#include "models/core/part.h"
#include "models/request/draws.h"
#include "models/stock/stock.h"
#include "models/traffic/journey.h"
#include "models/traffic/page.h"
#include "models/traffic/waiting_room.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>

/* Pauses are drawn by their number from a key of their own. */
enum { PAUSES = 2 << 20 };

static struct source *source_of(const struct world *w, const struct client *c) { return &world_sources(w)->each[c->source]; }
static const struct source_config *config_of(const struct world *w, const struct client *c) { return source_of(w, c)->config; }
static int32_t region_of(const struct world *w, const struct client *c) { return whereabouts_region(w, c->source, c->user, 0); }
static const struct client_meters *meters_of(const struct world *w, const struct client *c) { return &config_of(w, c)->meters; }

bool client_needed(const struct source_config *s) {
  return s->kind->journeys || s->retry.pause.attempts > 1 || s->reload.after.kind || s->hedge != SIM_NEVER || s->impatience.kind ||
         s->room >= 0;
}

void client_declare(struct model *m, struct source_config *s) {
  struct client_meters *t = &s->meters;
  if (!client_needed(s)) return;
  t->attempts = meter_declare(m, s->name, "attempts", METER_COUNT, "Requests that its clients sent, first ones and repeated.");
  if (s->retry.pause.attempts > 1) {
    t->retries = meter_declare(m, s->name, "retries", METER_COUNT, "Attempts after a failure.");
    t->backing_off = meter_declare(m, s->name, "backing_off", METER_LEVEL, "Clients that wait before they try again.");
    meter_is_queue(m, t->backing_off);
  }
  if (s->retry.budget.burst)
    t->refused = meter_declare(m, s->name, "refused_retries", METER_COUNT, "Retries that the budget did not pay.");
  if (s->reload.after.kind)
    t->reloads = meter_declare(m, s->name, "reloads", METER_COUNT, "Attempts because a client pressed reload.");
  if (s->hedge != SIM_NEVER) t->hedges = meter_declare(m, s->name, "hedges", METER_COUNT, "Second copies of slow requests.");
}

/* --- attempts -------------------------------------------------------------------------------------------------------------- */

/* The first attempt draws as the errand would without clients. */
static uint64_t attempt_key(const struct client *c) {
  if (!c->attempts) return c->key;
  struct stream draws = stream_at(c->key, (uint64_t)DRAW_ATTEMPT + c->attempts);
  return stream_bits(&draws);
}

static void arm_reload(struct world *w, struct client *c) {
  const struct reload_config *reload = &config_of(w, c)->reload;
  if (!reload->after.kind || c->reloads >= reload->times || c->reload_runs) return;
  struct stream draws = stream_at(c->key, (uint64_t)DRAW_RELOAD + c->attempts);
  c->reload = timer_heap_push(world_clients(w)->reload, world_after(w, distribution_sample_time(&reload->after, &draws)), c->id);
  c->reload_runs = true;
}

static void arm_hedge(struct world *w, struct client *c) {
  sim_time after = config_of(w, c)->hedge;
  if (after == SIM_NEVER || c->running != 1 || c->hedge_runs) return;
  c->hedge = timer_heap_push(world_clients(w)->hedge, world_after(w, after), c->id);
  c->hedge_runs = true;
}

static void disarm(struct world *w, struct client *c) {
  if (c->reload_runs) timer_heap_cancel(world_clients(w)->reload, c->reload);
  if (c->hedge_runs) timer_heap_cancel(world_clients(w)->hedge, c->hedge);
  c->reload_runs = c->hedge_runs = false;
}

static void attempt(struct world *w, struct client *c) {
  struct request *r = request_new(w, c->source, c->endpoint, attempt_key(c), c->user);
  if (!r) return;
  r->client = c->id, r->arrived = c->arrived, r->subject = c->key, request_replication(w, r)->written = c->written;
  if (world_now(w) > c->arrived) r->cell[w->model->programs[c->endpoint].retry_cell] = world_now(w) - c->arrived;
  assert(c->running < sizeof c->request / sizeof *c->request && c->state != CLIENT_FREE);
  c->request[c->running++] = r->id;
  c->attempts++;
  c->state = CLIENT_ASKS;
  world_clients(w)->attempts++;
  meter_count(w, meters_of(w, c)->attempts);
  if (c->attempts > 1) observation_repeated(&w->observation, c->endpoint, region_of(w, c), world_now(w));
  arm_reload(w, c);
  arm_hedge(w, c);
  request_begins(w, r);
}

/* The client no longer waits for what runs: the servers notice nothing. Returns how long that had waited; copies wait at the same
 * time, so that the longest counts. */
static sim_time abandon_all(struct world *w, struct client *c) {
  sim_time longest = 0;
  while (c->running) {
    struct request *r = world_request(w, c->request[--c->running]);
    sim_time waited = w->observation.records_waits ? request_waited(w, r) : 0;
    if (waited > longest) longest = waited;
    stock_unanswered(w, &c->holds, r);
    request_abandon(w, r);
    if (config_of(w, c)->cancel) request_cancel(w, r);
    world_clients(w)->abandoned++;
  }
  return longest;
}

static void reloads(void *world, uint32_t id) {
  struct world *w = world;
  struct client *c = client_at(world_clients(w), id);
  c->reload_runs = false;
  disarm(w, c);
  assert(c->state == CLIENT_ASKS);
  c->waited += abandon_all(w, c);
  c->reloads++;
  meter_count(w, meters_of(w, c)->reloads);
  attempt(w, c);
}

static void hedges(void *world, uint32_t id) {
  struct world *w = world;
  struct client *c = client_at(world_clients(w), id);
  c->hedge_runs = false;
  assert(c->running == 1);
  meter_count(w, meters_of(w, c)->hedges);
  attempt(w, c);
}

/* --- errands --------------------------------------------------------------------------------------------------------------- */

void client_asks(struct world *w, struct client *c, uint32_t endpoint, uint64_t key) {
  struct source *s = source_of(w, c);
  c->endpoint = (uint16_t)endpoint, c->key = key, c->arrived = world_now(w);
  c->attempts = c->failures = c->reloads = c->running = 0, c->waited = 0;
  assert(!c->reload_runs && !c->hedge_runs && !c->impatience_runs);
  world_clients(w)->open++;
  observation_arrival(&w->observation, endpoint, region_of(w, c), world_now(w));
  budget_deposit(&s->budget, &s->config->retry.budget, world_now(w));
  if (s->config->impatience.kind) {
    struct stream draws = stream_at(key, DRAW_IMPATIENCE);
    sim_time patience = distribution_sample_time(&s->config->impatience, &draws);
    c->impatience = timer_heap_push(world_clients(w)->impatience, world_after(w, patience), c->id);
    c->impatience_runs = true;
  }
  attempt(w, c);
}

static void go_on(struct world *w, struct client *c, enum outcome outcome) {
  struct source *s = source_of(w, c);
  if (page_is_file(w, c)) {
    page_file_ends(w, c, outcome);
    return;
  }
  if (s->config->kind->journeys) {
    journey_continues(w, c, outcome);
    return;
  }
  if (s->config->kind->returns) s->config->kind->returns(s, c->user, c->arrived);
  client_gone(w, c);
}

/* r: the attempt that decided it, or null between two attempts. */
static void errand_ends(struct world *w, struct client *c, const struct request *r, enum outcome outcome) {
  disarm(w, c);
  if (c->impatience_runs) timer_heap_cancel(world_clients(w)->impatience, c->impatience);
  c->impatience_runs = false;
  sim_time beside = abandon_all(w, c);
  if (!r) c->waited += beside; /* of a pair of which one was answered that one's wait counts */
  assert(world_clients(w)->open > 0 && !c->running);
  world_clients(w)->open--;
  struct ended ended = {c->endpoint, w->model->programs[c->endpoint].cell_count, region_of(w, c), c->arrived, r ? r->cell : NULL};
  if (w->observation.records_waits) observation_wait(&w->observation, &ended, c->waited, world_now(w));
  observation_end(&w->observation, &ended, outcome, world_now(w));
  go_on(w, c, outcome);
}

static void backs_off(struct world *w, struct client *c, const struct source_config *s) {
  sim_time pause = backoff_pause(&s->retry.pause, c->failures, c->key + PAUSES);
  if (!pause) pause = SIM_MS; /* asking again in the instant of a failure would stop the clock */
  disarm(w, c);
  c->state = CLIENT_BACKS_OFF;
  meter_change(w, s->meters.backing_off, 1);
  c->pause = timer_heap_push(world_clients(w)->back_off, world_after(w, pause), c->id);
}

static void tries_again(void *world, uint32_t id) {
  struct world *w = world;
  struct client *c = client_at(world_clients(w), id);
  meter_change(w, meters_of(w, c)->backing_off, -1);
  assert(c->state == CLIENT_BACKS_OFF && !c->running);
  meter_count(w, meters_of(w, c)->retries);
  attempt(w, c);
}

static bool may_retry(struct world *w, struct client *c, enum outcome outcome) {
  struct source *s = source_of(w, c);
  if (!retry_wanted(&s->config->retry, c->failures, outcome)) return false;
  if (budget_spend(&s->budget, &s->config->retry.budget, world_now(w))) return true;
  meter_count(w, s->config->meters.refused);
  return false;
}

/* An attempt lasts longer than an instant, so that its last one is before its end. */
static void attempt_timed_out(struct world *w, const struct client *c) {
  observation_timed_out(&w->observation, c->endpoint, region_of(w, c), c->arrived, world_now(w));
}

static void leave_out(struct client *c, uint32_t request) {
  uint32_t i = 0;
  while (c->request[i] != request) i++;
  assert(i < c->running);
  c->request[i] = c->request[--c->running];
}

void client_answered(struct world *w, struct request *r, enum outcome outcome) {
  struct client *c = client_at(world_clients(w), r->client);
  leave_out(c, r->id);
  world_clients(w)->answered++;
  written_merge(&c->written, &request_replication(w, r)->written);
  if (outcome_failed(outcome))
    stock_unanswered(w, &c->holds, r);
  else
    stock_answered(w, &c->holds, r, NONE);
  if (outcome_failed(outcome) && c->running) { /* its copy may still be answered */
    if (outcome == OUTCOME_TIMEOUT) attempt_timed_out(w, c);
    return;
  }
  if (w->observation.records_waits) c->waited += request_waited(w, r);
  c->failures++;
  if (outcome_failed(outcome) && may_retry(w, c, outcome)) {
    if (outcome == OUTCOME_TIMEOUT) attempt_timed_out(w, c);
    backs_off(w, c, config_of(w, c));
  } else
    errand_ends(w, c, r, outcome);
}

static void loses_patience(void *world, uint32_t id) {
  struct world *w = world;
  struct client *c = client_at(world_clients(w), id);
  c->impatience_runs = false;
  if (c->state == CLIENT_BACKS_OFF) {
    timer_heap_cancel(world_clients(w)->back_off, c->pause);
    meter_change(w, meters_of(w, c)->backing_off, -1);
  }
  errand_ends(w, c, NULL, OUTCOME_TIMEOUT);
}

/* --- clients --------------------------------------------------------------------------------------------------------------- */

void client_arrives(struct world *w, uint32_t source, uint64_t n, uint32_t user, int32_t endpoint) {
  if (__builtin_expect(pool_live(&world_clients(w)->pool) >= CLIENTS_MOST, 0)) {
    world_overflows(w);
    return;
  }
  uint32_t id = pool_take(&world_clients(w)->pool);
  struct client *c = client_at(world_clients(w), id);
  *c = (struct client){.id = id,
                       .source = source,
                       .number = n,
                       .user = user,
                       .page = NONE,
                       .holds = NONE,
                       .written = {.database = -1},
                       .wanted = endpoint,
                       .began = world_now(w),
                       .state = CLIENT_THINKS};
  int32_t room = config_of(w, c)->room;
  if (room >= 0)
    waiting_room_enter(w, (uint32_t)room, c, n);
  else
    client_enters(w, c);
}

void client_enters(struct world *w, struct client *c) {
  struct source *s = source_of(w, c);
  c->admitted = true;
  if (s->config->kind->journeys) {
    journey_begins(w, c, c->number);
    return;
  }
  uint64_t key = source_key(s, c->number);
  client_asks(w, c, c->wanted < 0 ? source_endpoint(s, key) : (uint32_t)c->wanted, key);
}

void client_gone(struct world *w, struct client *c) {
  int32_t room = config_of(w, c)->room;
  assert(c->state != CLIENT_FREE && !c->running);
  c->state = CLIENT_FREE;
  if (c->holds != NONE) stock_let_go(w, &c->holds);
  pool_give(&world_clients(w)->pool, c->id);
  if (room >= 0 && c->admitted) waiting_room_left(w, (uint32_t)room);
}

uint32_t *client_holds(const struct world *w, uint32_t client) { return &client_at(world_clients(w), client)->holds; }

static void clients_start(struct world *w) {
  struct clients *all = world_clients(w);
  pool_init(&all->pool, sizeof(struct client));
  pool_init(&all->pages, sizeof(struct page));
  bool any = false;
  for (uint32_t i = 0; i < model_sources(w->model)->count; i++) any |= client_needed(model_source(w->model, i));
  if (!any) return;
  all->back_off = timer_heap_new(w->calendar, tries_again, w);
  all->reload = timer_heap_new(w->calendar, reloads, w);
  all->hedge = timer_heap_new(w->calendar, hedges, w);
  all->impatience = timer_heap_new(w->calendar, loses_patience, w);
  all->thinking = timer_heap_new(w->calendar, journey_asks, w);
  all->room = timer_heap_new(w->calendar, waiting_room_abandoned, w);
}

static void clients_stop(struct world *w) {
  struct timer_heap *const heaps[] = {world_clients(w)->back_off,   world_clients(w)->reload,   world_clients(w)->hedge,
                                      world_clients(w)->impatience, world_clients(w)->thinking, world_clients(w)->room};
  for (size_t i = 0; i < sizeof heaps / sizeof *heaps; i++) timer_heap_free(heaps[i]);
  pool_release(&world_clients(w)->pool);
  pool_release(&world_clients(w)->pages);
}

/* --- keys ------------------------------------------------------------------------------------------------------------------ */

static const struct field reload_fields[] = {
    KEY("after", DISTRIBUTION, reload_config, after, .doc = "Time without an answer after which the client presses reload."),
    KEY("times", LIMIT, reload_config, times, DEFAULT(5), RANGE(1, 1e6),
        .doc = "How often at most, for one request of the client."),
    {0}};
const struct record reload_record = {.name = "reload",
                                     .size = sizeof(struct reload_config),
                                     .fields = reload_fields,
                                     .doc = "People who ask again while the old request still runs.",
                                     .shorthand = "after"};

const struct part part_clients = {.name = "clients",
                                  .requests = true,
                                  .room.world = sizeof(struct clients),
                                  .start = clients_start,
                                  .stop = clients_stop,
                                  .audit = audit_clients};
