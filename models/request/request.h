/* The travelling request: a pool entry that executes its endpoint's program.
 *
 * At any instant a request does exactly one thing, and every interval is booked into one cell of its program: the cells add
 * up to its latency, to the nanosecond. A client that gives up is recorded as timed out and its request goes on: the server
 * has not noticed, and the work is wasted. An attempt of a guarded call (call.h) is a request too, whose client is its caller. A
 * request whose replica dies fails at once for its client; work that it has in progress elsewhere goes on and is thrown away when
 * it returns.
 *
 * A client with patience is another thing than one with a time-out: a caller in a telephone queue. While the request waits for
 * the first thread of its program its patience runs; when that ends the request leaves the queue at once and asks for no work.
 * Once a thread has it, it stays until it is served. */
#ifndef REQUEST_H
#define REQUEST_H
#include "models/request/outcome.h"
#include "models/request/program.h"
#include "sim/engine/event_set.h"
#include "sim/engine/stream.h"
#include <stddef.h>

struct world;
struct container;
struct passage;
struct walk;

/* Requests that may be inside at once: about 2 GiB. A run that reaches it is stopped: it would never settle. */
enum { REQUESTS_MOST = 4000000 };
#define NONE UINT32_MAX

/* What a request waits for. The descriptor stands next to the code that makes it wait, and is the identity of the wait. */
struct wait {
  const char *name;
  bool queue; /* its time is spent in a queue of the system (request_waited) */
  bool line;  /* it counts among the requests that stand in a line (models/core/gauge.h) */
  bool early; /* when the replica dies it leaves before anything is released that it could get */
  void (*leave)(struct world *, struct request *); /* leaves the queue, its wait booked; null: it stands in none */
};
/* For an event that needs no resource of the system: a delay, a way through the network, another request. */
extern const struct wait wait_elsewhere;

struct frame {
  uint32_t container, generation;
  bool accepted;    /* counts among its requests in flight */
  bool pinned;      /* the process is given: its connection leads there */
  uint16_t process; /* of the container (models/machine/runtime.h) */
  sim_time entered;
};

/* The last write that a client made to a replicated database. */
struct written {
  uint64_t position; /* in its log */
  sim_time at;
  int32_t database; /* service, or -1: none so far */
  uint32_t shard;   /* of it */
};

struct request {
  uint64_t key;               /* of its draws: instruction `in` draws from stream_at(key, in->draw) */
  sim_time arrived;           /* intended arrival: latency counts from here */
  sim_time since;             /* start of the current wait */
  sim_time work;              /* of the current computation, on this node */
  const struct wait *waiting; /* null: for nothing */
  uint16_t source, endpoint, pc, wait_cell;
  uint32_t id, next, previous; /* next, previous: in the queue that it waits in */
  uint8_t depth;
  uint8_t base; /* frames that are only copies of its caller's: 1 for an attempt of a replica */
  uint8_t rank; /* in queues by priority: 0 goes first */
  bool live, client_gone, fresh, doomed;
  bool dealt;                    /* the process of its first replica was chosen before it came */
  bool impatient, patience_runs; /* impatient: no service has begun, and it will not wait for ever */
  union {
    uint16_t detained; /* either of them */
    struct {
      uint8_t ends_with; /* enum outcome: it was dropped or cancelled, and fails when it is resumed; 0: not so */
      bool held;         /* a replica that it is on hangs, or did (models/machine/hang.c) */
    };
  };
  uint64_t holds_of; /* mask of the parts that it may hold something of (models/core/part.h) */
  struct frame frames[PROGRAM_FRAMES];

  /* What only some need. */
  uint64_t subject; /* of what it is about (models/keys/keyspace.h): the same for all attempts of one errand */
  lane_ticket patience;
  lane_ticket line_patience; /* of the wait for a connection, a lock or a permit */
  sim_time stopped_before;   /* for how long the quota had stopped its container when its wait began */
  uint32_t user;
  uint32_t client;             /* whose attempt it is, or NONE: it is all that its client does */
  uint32_t caller;             /* of a child (child.h): the request that waits for it, or NONE any more */
  uint32_t child, sibling;     /* the newest of the children that it waits for; the next of the same caller */
  uint32_t needed;             /* of a fork: branches that must still succeed */
  timer_ticket queue_patience; /* valid while patience_runs */
  uint8_t call_outcome;        /* enum outcome: its attempt or fork has failed; 0: not so */
  int64_t cell[];              /* as many as the largest program has */
};

/* What every step of every request touches lies in two cache lines, two open frames included. */
_Static_assert(offsetof(struct request, frames) + 2 * sizeof(struct frame) <= 128, "the hot members of a request");
_Static_assert(sizeof(struct frame) == 24, "a frame");

/* A new request of a source: sent now. user: the number of its client within the source, or NONE: one never seen before. */
void request_send(struct world *, uint32_t source, uint32_t endpoint, uint64_t key, uint32_t user);
/* A new request as an attempt of a client: yet to be resumed, and not counted as an arrival. Null: the run is stopped. */
struct request *request_new(struct world *, uint32_t source, uint32_t endpoint, uint64_t key, uint32_t user);
/* Sends it on its way: over the client's network to the entry, or at once. */
void request_begins(struct world *, struct request *);
/* Its client does not wait for it any more; it goes on, and how it ends is not reported. */
void request_abandon(struct world *, struct request *);
/* Executes instructions until the request waits or is gone. */
void request_resume(struct world *, struct request *);
/* Ends it for its client (if it still has one), gives back all it holds and forgets it. It must wait nowhere. */
void request_fail(struct world *, struct request *, enum outcome);
/* Ends it for its client (or caller) only. */
void request_give_up(struct world *, struct request *, enum outcome);
/* Its result is not needed any more: it leaves the queue that it stands in, whatever for, or ends when its computation or wait
 * does. */
void request_cancel(struct world *, struct request *);
/* A new one: live, nothing held, no caller. Null when there are too many: the run is then stopped. */
struct request *request_take(struct world *);
void request_forget(struct world *, struct request *);
/* It has just left a queue of its container, its wait booked: it fails within this instant, after what is happening now. */
void request_drop(struct world *, struct request *, enum outcome);
/* Handler of the sources' time-out lanes. */
void request_timed_out(void *world, uint32_t id);
/* Of an impatient request that enters a queue: starts its patience. False when it has none and is gone. */
bool request_waits_in_queue(struct world *, struct request *);
/* A service of its program begins: patience is no longer asked for. */
void request_served(struct world *, struct request *);
/* Handler of the world's patience: it leaves its queue. */
void request_loses_patience(void *world, uint32_t id);
/* How long it has waited within the system by now, in queues and for connections, slowed computations included. */
sim_time request_waited(const struct world *, const struct request *);
/* Of an attempt that its caller gives up: notifies the balancer of the replica that it was sent to. */
void request_gave_up_on(struct world *, const struct request *);
/* Handlers of delays: the wait is over. */
void request_wakes(void *world, uint32_t id);
void request_unreachable(void *world, uint32_t id);
/* Resumes it within this instant, after what is happening now: a request never runs inside another one's event. */
void request_wake_soon(struct world *, struct request *);

/* Instructions (models/request/operation.h). */
extern const struct operation operation_enter, operation_accept, operation_leave, operation_compute, operation_compute_aside,
    operation_end, operation_end_attempt;
/* Ends what a replica did after its answer (models/request/answer.c). */
extern const struct operation operation_answer, operation_rest_done;
/* What every operation that enters a replica, or computes, is to a walk. */
void enter_holds(struct walk *, const struct instruction *, double weight);
double enter_through(struct passage *, const struct instruction *);
void compute_asks(const struct walk *, const struct instruction *, double weight);

bool request_enter(struct world *, struct request *, const struct instruction *);
bool request_accept(struct world *, struct request *, const struct instruction *);
bool request_leave(struct world *, struct request *, const struct instruction *);
/* The same in parts: the replica that it goes to, or NONE; what becomes of it then; it goes to that one, whatever its state. */
uint32_t request_chooses(struct world *, struct request *, const struct instruction *);
bool request_finds_none(struct world *, struct request *, const struct instruction *);
bool request_enters(struct world *, struct request *, const struct instruction *, uint32_t container);
/* Enters that replica, which serves. */
bool request_enter_at(struct world *, struct request *, const struct instruction *, uint32_t container);
/* The request is on its way to the replica, which serves: its topmost frame from now on. */
void request_opens_frame(struct world *, struct request *, const struct container *);
bool request_compute(struct world *, struct request *, const struct instruction *);
/* The work of operation_compute, on the replica, which it is about to begin. False: there is none. */
bool request_draws_work(const struct world *, struct request *, const struct instruction *);
/* Computes `times` times what it draws. */
bool request_compute_times(struct world *, struct request *, const struct instruction *, uint32_t times);
/* Computes so much, on a reference core. */
bool request_compute_work(struct world *, struct request *, const struct instruction *, sim_time work);
/* Computes on the workers next to an event loop. */
bool request_compute_aside(struct world *, struct request *, const struct instruction *);
bool request_end(struct world *, struct request *, const struct instruction *);
/* Of an attempt of a guarded call, before its time: its caller ends in the same way. */
bool request_end_attempt(struct world *, struct request *, const struct instruction *);

/* The client that sent it: one number for all requests of a client, and for no other's. The one place that says so. */
static inline uint64_t request_client(const struct request *r) {
  return r->user == NONE ? r->key | (uint64_t)1 << 63 : (uint64_t)r->source << 32 | r->user;
}

/* It acquires something of the part, and is to let go of it when it ends. */
static inline void request_holds(struct request *r, uint32_t part) { r->holds_of |= UINT64_C(1) << part; }

static inline void request_lets_go(struct request *r, uint32_t part) { r->holds_of &= ~(UINT64_C(1) << part); }

/* Waits for an event from now on; the time goes into the cell. */
static inline void request_parks(struct request *r, uint16_t cell, sim_time now) {
  r->waiting = &wait_elsewhere;
  r->since = now;
  r->wait_cell = cell;
}

/* Books the time since r->since into the cell. */
static inline void request_book(struct request *r, uint16_t cell, sim_time now) {
  r->cell[cell] += now - r->since;
  r->since = now;
}

#endif
