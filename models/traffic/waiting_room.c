#include "models/traffic/waiting_room.h"
#include "models/core/link.h"
#include "models/traffic/source.h"
#include "models/core/part.h"
#include "models/traffic/client.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Draws of a client in the room, from its own key. */
enum { DRAW_TOLERANCE, DRAW_PATIENCE };

static struct waiting_room *room_of(struct world *w, const struct client *c) {
  return &world_rooms(w)->each[world_sources(w)->each[c->source].config->room];
}

void waiting_room_declare(struct model *m, struct room_config *r) {
  r->length = meter_declare(m, r->name, "length", METER_LEVEL, "Clients in the room.");
  meter_is_queue(m, r->length);
  r->wait = meter_declare(m, r->name, "wait", METER_TIME, "In the room, of those who were let in.");
  r->admitted = meter_declare(m, r->name, "admitted", METER_COUNT, "Clients that were let in.");
  if (r->patience.kind) r->abandoned = meter_declare(m, r->name, "abandoned", METER_COUNT, "Clients that left the room.");
  if (r->tolerance.kind)
    r->balked = meter_declare(m, r->name, "balked", METER_COUNT, "Clients that left at once because of the announced wait.");
}

/* --- the line -------------------------------------------------------------------------------------------------------------- */

/* Room for one more: gaps are closed when half of the line is gaps, else the array doubles. */
static void make_room(struct world *w, struct waiting_room *r) {
  if (r->tail < r->room) return;
  if (r->waiting > r->room / 2 || !r->room) {
    r->room = r->room ? 2 * r->room : 64;
    r->line = allocate_resized(r->line, r->room, sizeof *r->line);
    if (r->waiting == r->tail) return;
  }
  uint32_t kept = 0;
  for (uint32_t i = r->head; i < r->tail; i++) {
    if (r->line[i] == NONE) continue;
    client_at(world_clients(w), r->line[i])->position = kept;
    r->line[kept++] = r->line[i];
  }
  r->head = 0, r->tail = kept;
  assert(kept == r->waiting && kept < r->room);
}

static void line_up(struct world *w, struct waiting_room *r, struct client *c) {
  make_room(w, r);
  c->position = r->tail;
  r->line[r->tail++] = c->id;
  r->waiting++;
}

static void take_out(struct world *w, struct waiting_room *r, struct client *c) {
  assert(r->waiting && c->position < r->tail && r->line[c->position] == c->id);
  r->waiting--;
  if (r->config->order == ROOM_FIFO) {
    r->line[c->position] = NONE;
    return;
  }
  uint32_t last = r->line[--r->tail];
  r->line[c->position] = last;
  client_at(world_clients(w), last)->position = c->position;
}

static struct client *whose_turn(struct world *w, struct waiting_room *r) {
  assert(r->waiting);
  if (r->config->order == ROOM_LOTTERY) return client_at(world_clients(w), r->line[stream_below(&r->draws, r->tail)]);
  while (r->line[r->head] == NONE) r->head++;
  return client_at(world_clients(w), r->line[r->head]);
}

/* --- coming and going ------------------------------------------------------------------------------------------------------ */

static bool has_place(const struct waiting_room *r) { return r->inside < r->config->inside; }

static void let_in(struct world *w, struct waiting_room *r, struct client *c) {
  sim_time now = world_now(w);
  assert(has_place(r));
  r->admitted++, r->inside++;
  r->next_turn = now + r->gap;
  meter_count(w, r->config->admitted);
  meter_time(w, r->config->wait, now - c->began);
  client_enters(w, c);
}

/* The next turn is in the calendar as long as somebody waits and there is a place. */
static void expect_turn(struct world *w, struct waiting_room *r) {
  if (!r->waiting || !has_place(r)) {
    calendar_clear(w->calendar, r->slot);
    return;
  }
  calendar_set(w->calendar, r->slot, r->next_turn > world_now(w) ? r->next_turn : world_now(w));
}

static void turn(void *world, uint32_t room) {
  struct world *w = world;
  struct waiting_room *r = &world_rooms(w)->each[room];
  struct client *c = whose_turn(w, r);
  take_out(w, r, c);
  if (c->room_patience_runs) timer_heap_cancel(world_clients(w)->room, c->pause);
  meter_change(w, r->config->length, -1);
  r->next_turn = world_now(w) + r->gap;
  let_in(w, r, c);
  expect_turn(w, r);
}

/* What the room says to somebody who comes: those before it, each its gap. */
static sim_time announced(const struct world *w, const struct waiting_room *r) {
  sim_time until_turn = r->next_turn > world_now(w) ? r->next_turn - world_now(w) : 0;
  return until_turn + (sim_time)r->waiting * r->gap;
}

static bool balks(struct world *w, struct waiting_room *r, const struct client *c) {
  if (!r->config->tolerance.kind) return false;
  struct stream draws = stream_at(c->walk_key, DRAW_TOLERANCE);
  return announced(w, r) > distribution_sample_time(&r->config->tolerance, &draws);
}

void waiting_room_enter(struct world *w, uint32_t room, struct client *c, uint64_t n) {
  struct waiting_room *r = &world_rooms(w)->each[room];
  struct stream key = stream_at(world_sources(w)->each[c->source].room_key, n);
  c->walk_key = stream_bits(&key), c->number = n, c->began = world_now(w);
  if (balks(w, r, c)) {
    meter_count(w, r->config->balked);
    client_gone(w, c);
    return;
  }
  r->entered++;
  if (!r->waiting && has_place(r) && r->next_turn <= world_now(w)) {
    let_in(w, r, c);
    return;
  }
  c->state = CLIENT_IN_ROOM;
  line_up(w, r, c);
  meter_change(w, r->config->length, 1);
  c->room_patience_runs = r->config->patience.kind != NULL;
  if (c->room_patience_runs) {
    struct stream draws = stream_at(c->walk_key, DRAW_PATIENCE);
    c->pause =
        timer_heap_push(world_clients(w)->room, world_after(w, distribution_sample_time(&r->config->patience, &draws)), c->id);
  }
  if (r->waiting == 1) expect_turn(w, r);
}

void waiting_room_left(struct world *w, uint32_t room) {
  struct waiting_room *r = &world_rooms(w)->each[room];
  bool was_full = !has_place(r);
  assert(r->inside);
  r->inside--;
  if (was_full) expect_turn(w, r);
}

void waiting_room_abandoned(void *world, uint32_t client) {
  struct world *w = world;
  struct client *c = client_at(world_clients(w), client);
  struct waiting_room *r = room_of(w, c);
  take_out(w, r, c);
  assert(c->state == CLIENT_IN_ROOM);
  r->abandoned++;
  meter_change(w, r->config->length, -1);
  meter_count(w, r->config->abandoned);
  client_gone(w, c);
  if (!r->waiting) expect_turn(w, r);
}

static void waiting_rooms_start(struct world *w) {
  const struct config_list *list = model_rooms(w->model);
  world_rooms(w)->each = arena_new_array(w->arena, struct waiting_room, list->count + 1);
  for (uint32_t i = 0; i < list->count; i++) {
    const struct room_config *config = (const struct room_config *)list->items + i;
    struct waiting_room *r = &world_rooms(w)->each[i];
    r->config = config;
    r->gap = (sim_time)(1e9 / config->admit + 0.5), r->next_turn = config->opens;
    r->slot = calendar_slot(w->calendar, turn, w, i);
    r->draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_LOTTERY, stream_entity(config->name, 0)));
  }
}

static void waiting_rooms_stop(struct world *w) {
  for (uint32_t i = 0; world_rooms(w)->each && i < model_rooms(w->model)->count; i++) free(world_rooms(w)->each[i].line);
}

/* --- keys ------------------------------------------------------------------------------------------------------------------ */

static const char *const order_words[] = {"fifo", "lottery", NULL};
static const struct field fields[] = {
    KEY("admit", RATE, room_config, admit, RANGE(1e-6, 1e9), .doc = "Highest rate at which it lets clients in."),
    KEY("opens", DURATION, room_config, opens, DEFAULT("0s"), RANGE(0, FIELD_LONGEST),
        .doc = "Time since the start of the run before which no client is let in."),
    KEY("inside", LIMIT, room_config, inside, DEFAULT("unlimited"), RANGE(1, 1e9), .doc = "Sessions on the site at once, at most."),
    KEY("order", WORD, room_config, order, DEFAULT("fifo"), .words = order_words,
        .doc = "fifo: the client that came first; lottery: any client in the room."),
    KEY("patience", DISTRIBUTION, room_config, patience, OPTIONAL, .doc = "How long a client stays in the room. Absent: for ever."),
    KEY("tolerance", DISTRIBUTION, room_config, tolerance, OPTIONAL,
        .doc = "The longest announced wait (the number ahead of it over the rate) that a client accepts; it leaves at once when a "
               "longer one is announced. Absent: the room announces nothing."),
    {0}};
const struct record room_record = {.name = "waiting room",
                                   .size = sizeof(struct room_config),
                                   .fields = fields,
                                   .doc = "A line in front of the site, which lets clients in at a rate that the site can bear."};

/* "lobby.length" has to mean one thing in claims. */
static void check_room_names(struct linker *l) {
  const struct model *m = l->model;
  const struct room_config *rooms = model_rooms(m)->items;
  for (uint32_t i = 0; i < model_rooms(m)->count; i++) {
    const char *path = arena_format(l->arena, "waiting_rooms.%s", rooms[i].name);
    for (uint32_t k = 0; k < model_sources(m)->count; k++)
      if (!strcmp(model_source(m, k)->name, rooms[i].name))
        link_error(l, path, NULL,
                   "has the name of a source of traffic: claims could not tell their meters apart; give it another name");
    for (uint32_t k = 0; k < m->endpoints.count; k++)
      if (!strcmp(model_endpoint(m, k)->name, rooms[i].name))
        link_error(l, path, NULL, "has the name of an endpoint: claims could not tell their waits apart; give it another name");
  }
}

static void link_rooms(struct linker *l, enum link_stage stage) {
  for (uint32_t i = 0; stage == LINK_FIRST && i < model_rooms(l->model)->count; i++)
    waiting_room_declare(l->model, (struct room_config *)model_rooms(l->model)->items + i);
  if (stage == LINK_STEPS) check_room_names(l);
}

static enum steadiness rooms_steadiness(const struct model *m) {
  for (uint32_t i = 0; i < model_rooms(m)->count; i++)
    if (((const struct room_config *)model_rooms(m)->items)[i].opens > 0) return TIMED;
  return STEADY;
}

const struct part part_rooms = {.name = "waiting rooms",
                                .link = link_rooms,
                                .steadiness = rooms_steadiness,
                                .keys.root = &rooms_root_record,
                                .requests = true,
                                .room.world = sizeof(struct waiting_rooms),
                                .start = waiting_rooms_start,
                                .stop = waiting_rooms_stop};

static const struct field root_keys[] = {
    ONLY_KEY("waiting_rooms", MAP, OPTIONAL, .record = &room_record, .doc = "Lines in front of the site, by name."), {0}};
const struct record rooms_root_record = {
    .name = "waiting_rooms of a scenario", .size = sizeof(struct config_list), .fields = root_keys};
