#include "models/traffic/users.h"
#include "models/world.h"
#include "sim/engine/arena.h"

/* The number of the user's next request, which also numbers the thinking before it. */
static uint64_t user_number(const struct source *s, uint32_t user) { return (uint64_t)user << 32 | s->users.sent[user]; }

/* `least`: the shortest pause allowed. */
static void think(struct source *s, uint32_t user, sim_time least) {
  struct users *u = &s->users;
  u->since[user] = world_now(s->world);
  u->thinks[user] = true;
  if (u->thinking_constant && !least) {
    lane_push(u->thinking_constant, user);
    return;
  }
  struct stream draws = stream_at(u->key, user_number(s, user));
  sim_time pause = distribution_sample_time(&s->config->think, &draws);
  timer_heap_push(u->thinking, world_after(s->world, pause < least ? least : pause), user);
}

static void user_asks(void *source, uint32_t user) {
  struct source *s = source;
  struct users *u = &s->users;
  u->thought_ns += (uint64_t)(world_now(s->world) - u->since[user]);
  u->since[user] = world_now(s->world);
  u->thinks[user] = false;
  source_send(s, user_number(s, user), user);
  u->sent[user]++;
}

void users_return(struct source *s, uint32_t user, sim_time sent_at) {
  s->users.waited_ns += (uint64_t)(world_now(s->world) - sent_at);
  /* Nobody can ask again in the instant of the answer: such a user would stop the clock. */
  think(s, user, world_now(s->world) == sent_at ? SIM_MS : 0);
}

void users_close_books(struct source *s, sim_time now) {
  struct users *u = &s->users;
  for (int64_t user = 0; user < s->config->population; user++) {
    uint64_t time = (uint64_t)(now - u->since[user]);
    if (u->thinks[user])
      u->thought_ns += time;
    else
      u->waited_ns += time;
  }
}

void users_start(struct source *s) {
  struct world *w = s->world;
  struct users *u = &s->users;
  uint32_t population = (uint32_t)s->config->population;
  u->since = arena_new_array(w->arena, sim_time, population);
  u->thinks = arena_new_array(w->arena, bool, population);
  u->sent = arena_new_array(w->arena, uint32_t, population);
  u->key = stream_key(w->seed, w->replication, PURPOSE_THINKING, stream_entity(s->config->name, 0));
  u->thinking = timer_heap_new(w->calendar, user_asks, s);
  if (s->config->think.scv == 0 && s->config->think.mean < (double)SIM_YEAR)
    u->thinking_constant = lane_new(w->calendar, (sim_time)(s->config->think.mean + 0.5), user_asks, s);
  for (uint32_t user = 0; user < population; user++) think(s, user, 0);
}

void users_stop(struct source *s) {
  timer_heap_free(s->users.thinking);
  lane_free(s->users.thinking_constant);
}
