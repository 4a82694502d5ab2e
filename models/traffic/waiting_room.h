/* Waiting rooms: a line before the site, which lets people in at a rate it can bear.
 *
 * Clients of the sources that name the room stand in it before their first request; being let in is their arrival, so that latency
 * is that of the site and the time in the room is a number of its own (meter `wait`). The room lets one in every 1 / admit seconds,
 * and at once when it is empty and the last one came in long enough ago: with Poisson arrivals its line is that of M/D/1. It may
 * also bound how many are inside at once, which needs clients who leave, that is sessions: the next one is let in when both allow
 * it.
 *
 * The order is that of arrival, or a lottery: each turn goes to anybody in the room, as where all who came before the sale
 * opened are shuffled. People leave when their patience ends. Where the room announces the wait (position in line over the rate),
 * somebody whose tolerance is less goes at once (balks).
 *
 * Audited: entered = admitted + abandoned + still there, and those who balked never entered. */
#ifndef WAITING_ROOM_H
#define WAITING_ROOM_H
#include "models/core/parts.h"
#include "models/core/model.h"
#include "sim/describe/field.h"
#include "sim/engine/distribution.h"
#include "sim/engine/event_set.h"
#include "sim/engine/stream.h"

struct client;
struct model;
struct world;

enum room_order { ROOM_FIFO, ROOM_LOTTERY };

struct room_config {
  const char *name;
  double admit;                                       /* per second */
  sim_time opens;                                     /* nobody is let in before */
  int64_t inside;                                     /* at most at once; INT64_MAX: no bound */
  int32_t order;                                      /* enum room_order */
  struct distribution patience;                       /* no kind: for ever */
  struct distribution tolerance;                      /* of an announced wait; no kind: none is announced */
  uint32_t length, wait, admitted, abandoned, balked; /* meters */
};

extern const struct record room_record;

/* A room at work. A line is an array: its first `count` places from `head` on are taken, those of people who have gone are NONE;
 * in a lottery there are no gaps and head stays 0. */
struct waiting_room {
  const struct room_config *config;
  uint32_t *line, room, head, tail, waiting;
  int64_t inside;
  sim_time gap, next_turn;
  slot_id slot;
  struct stream draws; /* of the lottery */
  uint64_t entered, admitted, abandoned;
};

void waiting_room_declare(struct model *, struct room_config *);
/* The client comes to the room before its first request, number n of the source. It may be let in, wait, or be gone. */
void waiting_room_enter(struct world *, uint32_t room, struct client *, uint64_t n);
/* One who was let in has left the site. */
void waiting_room_left(struct world *, uint32_t room);
/* Handler: the client's patience has ended. */
void waiting_room_abandoned(void *world, uint32_t client);

struct waiting_rooms {
  struct waiting_room *each;
};
static inline struct waiting_rooms *world_rooms(const struct world *w) { return world_part(w, PART_rooms); }

extern const struct record rooms_root_record;
static inline struct config_list *model_rooms(const struct model *m) { return model_part(m, PART_rooms); }

#endif
