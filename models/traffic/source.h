/* Sources: who sends requests and when.
 *
 * An open source sends at its profile's rate whatever happens to the answers (arrivals.h); a trace replays
 * arrivals that were written down (trace.h). A closed source is a fixed population:
 * each user thinks, sends one request, waits for the answer (or for the time-out) and thinks again (users.h).
 * Whatever decides when, somebody who arrives is one call: source_send(source, n, user).
 * A client has a time-out (it goes, the servers notice nothing) or patience (it stands in the queue of the first service and
 * leaves it).
 * A client who does more than ask once, or whose requests are a journey, has a record of its own (client.h, journey.h); sessions
 * arrive like requests of an open source. Before the site there may be a waiting room (waiting_room.h).
 * Request n of a source draws its demands from a stream of its own, (seed, replication, source, n): the same customers meet
 * every cluster. */
#ifndef SOURCE_H
#define SOURCE_H
#include "models/core/parts.h"
#include "models/core/part.h"
#include "models/core/model.h"
#include "models/traffic/address.h"
#include "models/traffic/client_network.h"
#include "models/traffic/arrivals.h"
#include "models/traffic/batch.h"
#include "models/traffic/client.h"
#include "models/traffic/identity.h"
#include "models/traffic/profile/profile.h"
#include "models/traffic/journey.h"
#include "models/traffic/trace.h"
#include "models/traffic/users.h"
#include "sim/engine/distribution.h"
#include "sim/engine/event_set.h"

struct world;

struct audit;
struct linker;
struct source_kind;

struct source_config {
  const char *name;
  const struct source_kind *kind;
  struct choice rate;
  int64_t population;
  struct distribution think;
  struct weights mix;
  sim_time timeout;             /* SIM_NEVER: waits for ever */
  bool cancel;                  /* the servers notice who gives up */
  struct distribution patience; /* no kind: waits in queues for ever */
  struct retry_config retry;
  struct reload_config reload;
  sim_time hedge;                 /* SIM_NEVER: no second copies */
  struct distribution impatience; /* no kind: waits on, as long as time-out and retries let it */
  int32_t room;                   /* waiting room, or -1 */
  struct config_list journey;     /* struct journey_stop_config */
  struct clients_config clients;  /* open: how many send; count 0: each request comes from another */
  struct addresses_config addresses;
  double busyness_cv;
  struct client_connection_config connection;
  struct access_line_config link;
  struct weights region; /* where its clients are; none: the scenario has no places */
  double *edges;         /* derived: by endpoint and region, share of its requests that enter there while all is well; or null */
  int64_t priority;
  struct choice burst, batch;
  struct dispersion_config dispersion;
  struct trace_config trace;
  /* Derived by model_link. */
  struct distribution busyness; /* of the rate's factor */
  struct burst chain;           /* of burst or dispersion; no states: none */
  struct client_meters meters;
  struct session_meters session_meters;
  struct page_meters page_meters;
  double *visits; /* requests by endpoint for one arrival (closed: for one thought), if every request is answered */
};

extern const struct record source_record;

/* What decides when requests are sent: a member of the family in source_kinds.h. Members that may be null say so. */
struct source_kind {
  struct member member;
  bool closed;   /* a fixed population: a client that has its answer asks again */
  bool journeys; /* its clients ask for what their journey says, not for a mix */
  bool nameless; /* arrivals have numbers, and no names by which a client would be known again */
  /* While linking: reads what the mix and the clients rest on, and returns false when it could not (null: there is nothing to
   * read); checks and derives what the kind needs. Both report what is wrong. */
  bool (*read)(struct linker *, struct source_config *, const char *path);
  void (*link)(struct linker *, struct source_config *, const char *path); /* may be null */
  /* Arrivals in [from, to) to be expected, whatever the answers are; null: that depends on the answers. */
  double (*expected)(const struct source_config *, sim_time from, sim_time to);
  double (*rate_at_most)(const struct source_config *); /* a second, if answers took no time; null: it is as expected */
  bool (*is_constant)(const struct source_config *);    /* the rate; null: always */
  bool (*is_daily)(const struct source_config *);       /* each day is as the one before; null: always */
  void (*start)(struct source *);
  void (*stop)(struct source *);                      /* may be null */
  void (*close_books)(struct source *, sim_time now); /* at the end of the run; may be null */
  /* A client has its answer or has given up; null: it does not come back. */
  void (*returns)(struct source *, uint32_t user, sim_time sent_at);
  void (*audit)(const struct audit *, const struct source *); /* may be null */
};

/* A source at work in one replication. */
struct source {
  struct world *world;
  const struct source_config *config;
  uint32_t index;
  uint64_t room_key;  /* keys what clients do in the waiting room */
  uint64_t place_key; /* keys where clients are */
  struct retry_budget budget;
  uint64_t request_key;     /* keys the stream of request n: n counts the source's requests (open) or the user's (closed) */
  double *mix_up_to;        /* cumulative shares of the endpoints, in the order of mix */
  bool has_clients;         /* its clients need records */
  struct arrivals arrivals; /* open */
  struct replay replay;     /* trace */
  struct users users;       /* closed */
  struct lane **thinking;   /* session: by stop of the journey, of constant think times; else null */
  struct client_network network;
};

/* Requests in [from, to) to be expected, whatever the answers are: 0 of a closed source. */
double source_expected(const struct source_config *, sim_time from, sim_time to);

/* Somebody arrives: request n of the source is sent now. user: who of the source it is (closed: he waits for its end); NONE:
 * drawn from its clients, or somebody new. */
void source_send(struct source *, uint64_t n, uint32_t user);
/* The same for a given endpoint; -1: by the mix. */
void source_send_to(struct source *, uint64_t n, uint32_t user, int32_t endpoint);
/* The key of the draws of request n, and the endpoint that it is for. */
uint64_t source_key(const struct source *, uint64_t n);
uint32_t source_endpoint(const struct source *, uint64_t key);

struct sources {
  struct source *each;
};
static inline struct sources *world_sources(const struct world *w) { return world_part(w, PART_sources); }

extern const struct record sources_root_record;
static inline struct config_list *model_sources(const struct model *m) { return model_part(m, PART_sources); }
static inline const struct source_config *model_source(const struct model *m, uint32_t i) {
  return (const struct source_config *)model_sources(m)->items + i;
}

/* While linking (sources_link.c). */
struct linker;
void sources_link(struct linker *, enum link_stage);
enum steadiness sources_steadiness(const struct model *);

#endif
