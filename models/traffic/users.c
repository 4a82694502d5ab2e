#include "models/traffic/users.h"
#include "models/traffic/source.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>

/* --- accounts ----------------------------------------------------------------------------------------------------------------- */

static void account(struct users *u, sim_time now) {
  assert(now >= u->since);
  u->thought_ns += (unsigned __int128)(uint64_t)(now - u->since) * u->thinking;
  u->since = now;
}

static void starts_waiting(struct users *u, sim_time now) {
  account(u, now);
  assert(u->thinking > 0);
  u->thinking--, u->asking++;
  u->asked_at_ns += (uint64_t)now;
}

static void stops_waiting(struct users *u, sim_time asked_at, sim_time now) {
  account(u, now);
  assert(u->asking > 0);
  u->thinking++, u->asking--;
  u->asked_at_ns -= (uint64_t)asked_at;
  assert(now >= asked_at);
  u->waited_ns += (uint64_t)(now - asked_at);
}

void users_close_books(struct source *s, sim_time now) {
  struct users *u = &s->users;
  account(u, now);
  u->waited_ns += (unsigned __int128)(uint64_t)now * u->asking - u->asked_at_ns;
  u->asked_at_ns = (unsigned __int128)(uint64_t)now * u->asking;
}

/* --- one by one --------------------------------------------------------------------------------------------------------------- */

/* The number of the user's next request, which also numbers the thinking before it. */
static uint64_t user_number(const struct users *u, uint32_t user) { return (uint64_t)user << 32 | u->sent[user]; }

/* `least`: the shortest pause allowed. */
static void think(struct source *s, uint32_t user, sim_time least) {
  struct users *u = &s->users;
  if (u->lane && !least) {
    lane_push(u->lane, user);
    return;
  }
  struct stream draws = stream_at(u->key, user_number(u, user));
  sim_time pause = distribution_sample_time(&s->config->think, &draws);
  timer_heap_push(u->heap, world_after(s->world, pause < least ? least : pause), user);
}

static void user_asks(void *source, uint32_t user) {
  struct source *s = source;
  struct users *u = &s->users;
  starts_waiting(u, world_now(s->world));
  uint64_t number = user_number(u, user);
  u->sent[user]++; /* before it is sent: a request that is refused at once comes back inside of the call, and thinks anew */
  source_send(s, number, user);
}

static void start_single(struct source *s) {
  struct world *w = s->world;
  struct users *u = &s->users;
  u->sent = arena_new_array(w->arena, uint32_t, u->thinking);
  u->key = stream_key(w->seed, w->replication, PURPOSE_THINKING, stream_entity(s->config->name, 0));
  u->heap = timer_heap_new(w->calendar, user_asks, s);
  if (s->config->think.scv == 0 && s->config->think.mean < (double)SIM_YEAR)
    u->lane = lane_new(w->calendar, (sim_time)(s->config->think.mean + 0.5), user_asks, s);
  for (uint32_t user = 0; user < u->thinking; user++) think(s, user, 0);
}

/* --- many at once ------------------------------------------------------------------------------------------------------------- */

/* The next request, given that so many think from now on. */
static void expect(struct source *s) {
  struct users *u = &s->users;
  double gap = u->thinking ? stream_exponential(&u->draws) * s->config->think.mean / u->thinking : 9e18;
  calendar_set(s->world->calendar, u->slot, gap < 9e18 ? world_after(s->world, (sim_time)(gap + 0.5)) : SIM_NEVER);
}

static void next_user_asks(void *source, uint32_t argument) {
  (void)argument;
  struct source *s = source;
  struct users *u = &s->users;
  uint32_t place = stream_below(&u->draws, u->thinking), user = u->idle[place];
  u->idle[place] = u->idle[u->thinking - 1];
  starts_waiting(u, world_now(s->world));
  expect(s);
  source_send(s, u->asked++, user);
}

static void start_many(struct source *s) {
  struct world *w = s->world;
  struct users *u = &s->users;
  u->idle = arena_new_array(w->arena, uint32_t, u->thinking);
  for (uint32_t user = 0; user < u->thinking; user++) u->idle[user] = user;
  u->draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_THINKING, stream_entity(s->config->name, 0)));
  u->slot = calendar_slot(w->calendar, next_user_asks, s, 0);
  expect(s);
}

/* Requests that come faster than one a nanosecond cannot be told apart. */
static bool are_many(const struct source_config *config) {
  const struct distribution_kind *exponential = distribution_exponential(1).kind;
  return config->population > USERS_SINGLE && config->think.kind == exponential &&
         config->think.mean > 10 * (double)config->population;
}

/* --- both --------------------------------------------------------------------------------------------------------------------- */

void users_return(struct source *s, uint32_t user, sim_time sent_at) {
  struct users *u = &s->users;
  sim_time now = world_now(s->world);
  stops_waiting(u, sent_at, now);
  if (u->many) {
    u->idle[u->thinking - 1] = user;
    expect(s);
    return;
  }
  /* Nobody can ask again in the instant of the answer: such a user would stop the clock. */
  think(s, user, now == sent_at ? SIM_MS : 0);
}

void users_start(struct source *s) {
  s->users.thinking = (uint32_t)s->config->population;
  s->users.many = are_many(s->config);
  assert(s->users.thinking == s->config->population);
  if (s->users.many)
    start_many(s);
  else
    start_single(s);
}

void users_stop(struct source *s) {
  timer_heap_free(s->users.heap);
  lane_free(s->users.lane);
}
