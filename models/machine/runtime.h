/* Runtimes: how the software in one container runs requests.
 *
 *     event-loop   a request occupies a thread only while it computes; its waits for others overlap. Node, Bun, Redis, Nginx. A
 *                  step "on": "workers" computes in a pool of threads next to the loop (libuv), which stays free meanwhile.
 *     threads      a request holds a thread from acceptance to answer. Java servlets, PHP-FPM, a database's connections.
 *     gil          the same, but one thread of the process computes at a time; the others wait their turn. FastAPI's `def`.
 *
 * Consecutive computation is one turn: a request that computes again within the instant, without having left the replica, keeps the
 * thread or the lock (struct turn in container.h). That holds for each crew: a computation by workers and one on the loop are two
 * turns.
 *
 * A container may run several such processes (uvicorn's workers, Node's cluster). A newcomer is dealt to one of them when it is
 * accepted and stays there; no process takes work from a neighbour. So n processes are n queues with a server each, not one queue
 * with n servers: dealt at random, n times M/G/1 at an n-th of the rate.
 *
 * A crew is threads that serve one queue. A process has one for its requests and, next to a loop, one of workers. A container with
 * one process and nothing special has its crew in itself (container->own) and knows nothing of the rest: `processes` is null.
 *
 * Warm-up: a just-in-time compiler is slow at first. A computation that begins when its process has answered k < `requests`
 * requests takes its usual work times
 *
 *     1 + (factor - 1) (1 - k / requests)
 *
 * Processes that are up at time zero are warm. Pauses: see gc.h. Invariants: a crew with a free thread has an empty queue;
 * `running` of all crews are the container's computations, those of paused processes included. */
#ifndef RUNTIME_H
#define RUNTIME_H
#include "models/request/queue.h"
#include "sim/describe/field.h"
#include "sim/engine/calendar.h"
#include "sim/engine/distribution.h"
#include "sim/engine/stream.h"

struct container;
struct computation;
struct model;
struct request;
struct service_config;
struct world;

enum runtime { RUNTIME_EVENT_LOOP, RUNTIME_THREADS, RUNTIME_GIL };

/* Which process gets a new request, or a new connection where clients keep theirs. */
enum deal { DEAL_RANDOM, DEAL_ROUND_ROBIN, DEAL_IDLE };

struct processes_config {
  int64_t count;
  int32_t deal;
};
/* Warm when it has answered `requests` and has been up for `lasts`; as cold as the one of the two that is further from it says. */
struct warm_up_config {
  double factor;
  int64_t requests; /* 0: it does not go by them */
  sim_time lasts;   /* 0: it does not go by time */
};
struct major_config {
  int64_t every; /* each so many-th collection is one; 0: none is */
  struct distribution pause;
};
struct gc_config {
  struct distribution every, pause; /* by time; no kind: none */
  int64_t allocation, young;        /* bytes: of a request; until a collection */
  struct distribution minor;        /* no kind: none by allocation */
  struct major_config major;
  uint32_t program, collections, collection_time; /* derived: what a collection runs; meters */
};

extern const struct record processes_record, warm_up_record, gc_record, major_record;
extern const char *const runtime_words[];

struct crew {
  uint32_t running; /* of its threads, those that compute */
  uint32_t held;    /* threads given to requests (not of event loops) */
  uint32_t fresh_waiting;
  uint32_t aside;                /* 1: workers next to a loop */
  int64_t threads;               /* that can compute at once; none during a pause */
  int64_t seats;                 /* that can be given to requests */
  struct request_queue runnable; /* waiting for a thread to compute on */
  struct request_queue door;     /* waiting to be accepted: for a seat */
};

struct process {
  struct world *world;
  uint32_t container, number;
  struct crew crew, workers;
  uint64_t answered; /* for its warm-up */
  bool paused;
  bool collects, pause_due; /* it is paused because it collects; a pause by time has come meanwhile */
  slot_id gc;               /* the next pause begins, or the present one ends */
  struct stream gc_draws;
  int64_t allocated, allocated_ever; /* bytes since the last collection; since the process began */
  uint64_t collections;              /* since then */
};

/* What containers have that are more than one plain process. */
struct processes {
  struct process *each;
  uint32_t count, cursor;
  sim_time serves_since;      /* while it warms up by time */
  bool young;                 /* that time is not over, as far as anybody has looked: then the container is cold */
  struct computation *parked; /* computations of paused processes; `finish` is the work left */
  uint32_t parked_count, parked_room;
};

/* Of each replica; each has a pool of connections of its own to a database. */
uint32_t runtime_processes(const struct service_config *);
/* Threads of a replica that can compute at once when each process has `threads`: workers next to a loop apart. */
double runtime_loops(const struct service_config *, double threads);
double runtime_workers(const struct service_config *);

/* Marks the services that some program asks for workers. */
void runtime_link(struct model *);

/* For the life of containers. */
void runtime_build(struct world *, struct container *);
void runtime_staff(struct container *, bool one_computes, int64_t threads);
void runtime_dies(struct world *, struct container *);

/* Requests that wait to be accepted. */
uint32_t runtime_at_door(const struct container *);
/* The crew of the process that takes the request which is about to be accepted. */
struct crew *runtime_deal(struct world *, struct container *, struct request *);
/* Where the request computes. */
struct crew *runtime_crew(const struct world *, const struct container *, const struct request *);
/* One of the process's requests has been answered. */
void runtime_answered(struct container *, uint32_t process);
/* The work of a computation that begins while the process warms up. */
sim_time runtime_cold_work(const struct world *, struct container *, const struct request *);
extern const struct load_part runtime_load; /* models/service/computing.c */

#endif
