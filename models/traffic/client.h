/* Clients who do more than ask once: they retry, press reload, hedge, lose patience, walk through sessions, stand in a waiting
 * room.
 *
 * What such a client wants at a time is an errand. It arrives once, at its intended instant, and ends once, answered or not;
 * latency, errors and the number inside are those of errands. In between are one or more attempts, each a request of its own with
 * draws of its own, keyed by the errand and the number of the attempt. An errand of one attempt is just a request: a source whose
 * clients do nothing of all this has none of these records, and the same bytes.
 *
 *     arrives -> [in the room] -> attempt --answer--> done -> [session: thinks -> next errand] -> gone
 *                                  | failed, may retry: backs off -> attempt
 *                                  | reload: forsakes the running attempt -> attempt        (the server goes on with the old one)
 *                                  | hedge: a second attempt beside it; the first answer counts, the other is thrown away
 *                                  |        (Dean and Barroso 2013, "The Tail at Scale")
 *                                  | impatience: forsakes all -> failed for good
 *                                  | the place is a page: its files, errands of clients of their own -> done
 *
 * Invariants, audited: every errand that arrived is over or open, and every open one is in just one of these states; attempts begun
 * = ended + abandoned + running. The time before the attempt that was answered is attributed as "retry", so that the attributed
 * times of an errand add up to its latency. Nothing here starts an attempt inside another request's event: pauses of zero go
 * through the calendar, and nobody asks again in the instant of a failure (1 ms at least), which would stop the clock. */
#ifndef CLIENT_H
#define CLIENT_H
#include "models/core/parts.h"
#include "models/request/request.h"
#include "models/request/backoff.h"
#include "sim/engine/event_set.h"
#include "sim/engine/pool.h"

struct model;
struct source;
struct source_config;
struct world;

/* People who press reload while the old request still runs. */
struct reload_config {
  struct distribution after; /* without an answer; no kind: nobody does */
  int64_t times;             /* at most, an errand */
};

extern const struct record reload_record;

enum client_state { CLIENT_FREE, CLIENT_IN_ROOM, CLIENT_ASKS, CLIENT_BACKS_OFF, CLIENT_THINKS, CLIENT_LOADS, CLIENT_STATES };
enum { CLIENT_ATTEMPTS = 2 }; /* at a time: one, and its hedge */
/* Clients at once, those in waiting rooms included: about 2 GiB. A run that reaches it is stopped, like one of too many
 * requests. */
enum { CLIENTS_MOST = 12000000 };

struct client {
  uint64_t key;      /* of the errand's draws */
  uint64_t walk_key; /* of its draws in the room; then, sessions, of the journey's */
  uint64_t number;   /* n of the source */
  sim_time arrived;  /* the errand's intended arrival */
  sim_time began;    /* the client's own: a session's age counts from here, a wait in the room too */
  sim_time
      waited; /* in queues and for connections, by attempts that have ended, of a pair the longer; kept if waits are recorded */
  uint32_t id, source, user;
  uint32_t attempts, failures, reloads; /* of the errand */
  uint32_t asked;                       /* errands of the session */
  uint32_t request[CLIENT_ATTEMPTS], running;
  uint32_t position; /* in the room's line */
  uint32_t page;     /* that it loads, or is a file of (models/traffic/page.h), or NONE */
  timer_ticket pause, reload, hedge, impatience;
  struct written written;
  uint32_t holds; /* of stock (models/stock/stock.h): its attempts reserve and pay for it */
  int32_t wanted; /* endpoint, or -1: as the mix says */
  uint16_t endpoint, stop;
  uint8_t state;
  bool reload_runs, hedge_runs, impatience_runs, room_patience_runs;
  bool admitted; /* by the room of its source */
};

/* All clients of a world; empty where no source needs any. */
struct clients {
  struct pool pool;                       /* struct client */
  struct pool pages;                      /* struct page */
  uint32_t open;                          /* errands that have begun and not ended */
  uint64_t attempts, answered, abandoned; /* answered: or failed, or timed out */
  struct timer_heap *back_off, *reload, *hedge, *impatience, *thinking, *room;
};

/* What a source counts about its clients. */
struct client_meters {
  uint32_t attempts, retries, backing_off, reloads, hedges, refused; /* refused: retries that the budget did not pay */
};

/* Whether the source's clients need records. */
bool client_needed(const struct source_config *);
void client_declare(struct model *, struct source_config *);

/* Somebody comes, number n of the source: to its room, if it has one, or onto the site. endpoint: -1, as the mix says. */
void client_arrives(struct world *, uint32_t source, uint64_t n, uint32_t user, int32_t endpoint);
/* The client is on the site: it asks for what the source's mix says, or begins its journey. */
void client_enters(struct world *, struct client *);
/* The client wants something, now. */
void client_asks(struct world *, struct client *, uint32_t endpoint, uint64_t key);
/* One of its attempts has ended for it: answered, failed or timed out. */
void client_answered(struct world *, struct request *, enum outcome);
void client_gone(struct world *, struct client *);

/* The list of what the client holds of limited stock (models/stock/stock.h). */
uint32_t *client_holds(const struct world *, uint32_t client);

static inline struct client *client_at(const struct clients *c, uint32_t id) { return pool_at(&c->pool, id); }

static inline struct clients *world_clients(const struct world *w) { return world_part(w, PART_clients); }
void audit_clients(const struct audit *);

#endif
