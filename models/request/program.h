/* The program of an endpoint: its steps, compiled to a flat array of instructions.
 *
 * A request executes it: an instruction either goes on at once or parks the request and is resumed by an event. There are no
 * loops but one: a guarded call (models/guard/call.h) runs the instructions between "try" and "return" as a request of its own,
 * an attempt, and may run them again as another attempt. So every instruction that draws runs at most once for one key, its
 * number keys the draws, and what the request does elsewhere never shifts them. Attempts have keys of their own, and the
 * instructions of the guard itself have no numbers: with and without it the others draw the same; so it is with limits. The same
 * array is walked without requests: for the share of requests that would find a serving path, and for the mean demand on each
 * service. */
#ifndef PROGRAM_H
#define PROGRAM_H
#include "models/core/parts.h"
#include "models/request/program_size.h"
#include "sim/describe/field.h"
#include "sim/engine/distribution.h"
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct fork;
struct guard;
struct retry_config;
struct stampede_config;
struct model;
struct operation;
struct publishing;
struct request;
struct world;

/* Kinds of time in the attribution. */
enum time_kind {
  TIME_QUEUE,
  TIME_SERVICE,
  TIME_POOL,
  TIME_NETWORK,
  TIME_EXTERNAL,
  TIME_DELAY,
  TIME_RETRY,
  TIME_PERMIT,
  TIME_LOCK,
  TIME_DISK, /* page reads and commits, their waits included */
  TIME_JOB,
  TIME_REPLICATION,
  TIME_THROTTLED, /* the quota of the container that it computes in is used up */
  TIME_WAKING,    /* a thread or a core that was idle goes to work: CPU and latency */
  TIME_KINDS
};
extern const char *const time_kind_names[TIME_KINDS];

/* ROUTE_ROLE + k: to the replicas with role k of the database. COMMIT is no way to anywhere but asks, without requests, whether
 * commits return, CONNECTION whether a pool is well, and DOOR whether an affliction lets calls through. WORKERS: of a job, which
 * any replica that is up takes on its own. */
enum route { ROUTE_ANY, ROUTE_PRIMARY, ROUTE_COMMIT, ROUTE_WORKERS, ROUTE_CONNECTION, ROUTE_DOOR, ROUTE_REPLICAS, ROUTE_ROLE };

/* Where what ails a service is met (models/service/affliction.h): a call of it; one that writes there. */
enum door { DOOR_NONE, DOOR_CALL, DOOR_WRITE };

/* What an ENTER says of the shard, if not its number. */
enum { SHARD_OF_ITEM = -1 };

struct instruction {
  bool (*run)(struct world *, struct request *, const struct instruction *); /* that of the operation, one step nearer */
  const struct operation *operation;
  int32_t service;  /* ENTER, ACQUIRE and BIND (the database), EXTERNAL */
  enum route route; /* ENTER */
  /* What most of them use comes first. */
  uint16_t cell, second_cell; /* where its time goes; CPU: queue and service */
  uint16_t stopped_cell;      /* CPU, ACCEPT: of time for which the quota stops the container */
  uint32_t draw;              /* keys its draws: its number, guards not counted; from 1 (draws.h) */
  uint16_t target;            /* where to go on. LOOKUP: on a hit. ACQUIRE, BIND: set-up of a new connection; 0: takes no time.
                               * ENTER: when the service cannot be reached; 0: fail */
  uint16_t outcome;           /* END: how it ends for the client */
  int16_t keyspace;           /* CONTENT, LOOKUP of what is found by item, ENTER of a service with shards; else -1 */
  int16_t shard;              /* ENTER: of such a service: the number, or SHARD_OF_ITEM */
  bool own_connections;       /* ENTER: the caller opens and keeps them itself (models/service/upstream.h) */
  bool again;                 /* ENTER: the balancer takes turns, and the request has called this service before */
  bool on_workers;            /* CPU: next to the event loop */
  bool continues;             /* CPU: another one by the same crew may follow within its turn (turns.c) */
  double scale;               /* CPU: factor of the demand, 0: none. MISS: pages. ENTER, LEAVE: bytes that go along */
  double probability; /* LOOKUP: of a hit; with a keyspace only estimated (cache_estimate). ANSWER: of failure. MISS: of one page */
  /* CPU, EXTERNAL, DELAY, FLUSH, MISS (of one read), in ns; STOCK: pieces to reserve; CONTENT: bytes of the value; REPLICATE: of
   * applying it, where that is given; WRITTEN: of the write. */
  struct distribution demand;
  sim_time ttl;                           /* CONTENT: of what is filled in or found */
  uint16_t limit;                         /* LIMIT, PERMIT, PERMIT_BACK */
  uint16_t stock;                         /* STOCK */
  uint16_t lock;                          /* LOCK, STOCK: class of the lock */
  uint16_t items, nth;                    /* LOCK: the n-th of `items`; nth: 1 more than the column of what is recorded */
  bool shared, transactional;             /* LOCK; LOCK, FLUSH, COMMIT: of the request's transaction */
  bool write;                             /* STATEMENT, COMMIT */
  uint8_t door;                           /* enum door */
  const struct guard *guard;              /* TRY, RETURN */
  const struct fork *fork;                /* FORK, JOIN */
  struct publishing *publishing;          /* PUBLISH, AWAIT */
  const struct stampede_config *stampede; /* REBUILD, SKIP, CONTENT; null: none */
  int16_t caller;                         /* ACQUIRE: the service whose pool it is */
  uint16_t wake_cell;                     /* CPU: of what it costs to wake its thread */
  uint16_t refresh;                       /* LOOKUP: where the child begins that refreshes what is stale; it ends at the target */
  double refreshes;                       /* LOOKUP: share of look-ups that set one going, only estimated */
};

/* To enter, to be accepted, to compute and to leave take the first line of an instruction, and the demand behind it. */
_Static_assert(offsetof(struct instruction, run) == 0 && offsetof(struct instruction, demand) == 64, "an instruction's first line");
_Static_assert(sizeof(struct instruction) <= 224, "an instruction has grown");

struct cell {
  int32_t service; /* or -1: the client's side, waiting in no service */
  enum time_kind kind;
};

struct program {
  struct instruction *instructions;
  uint32_t count;
  struct cell cells[PROGRAM_CELLS];
  uint32_t cell_count;
  const void *blamed;   /* the configuration of the step with the first error, or a member of it */
  struct guard *guards; /* the last first */
  uint16_t retry_cell;  /* before the last attempt; of endpoints whose clients may make more than one */
  uint16_t end;         /* where it ends when all went well */
  uint16_t handshake;   /* where the set-up of a connection begins, after the end; 0: none */
  int32_t network_cell; /* of the time between client and entry; -1: it takes none */
  double edge_hit;      /* share of the requests that a CDN answers */
  bool forks;           /* it has branches */
  int32_t unheld;       /* the first stock that is paid or released without a reserve before it, or -1 */
};

struct endpoint_config {
  const char *name;
  void *parts[PARTS_MOST];  /* what parts keep of it: endpoint_part */
  int32_t entry;            /* service, or -1: steps run nowhere in particular */
  struct config_list steps; /* struct choice of step_choices */
  int64_t priority;
  bool only_in_journeys; /* derived: a session visits it, and no other client: it may have reserved in an earlier request */
  bool retried;          /* derived: some client may make more than one attempt */
};

extern const struct record endpoint_record;

static inline void *endpoint_part(const struct endpoint_config *e, enum part_number part) { return e->parts[part]; }
extern const struct choice_set step_choices;

/* --- for the files of steps -------------------------------------------------------------------------------------------- */

/* What a program has locked where the next instruction stands. */
struct held_lock {
  uint16_t lock, items;
  bool shared, transactional;
};

struct compiler {
  const struct model *model;
  struct program *program;
  int32_t frames[PROGRAM_FRAMES]; /* service of each open frame */
  uint32_t depth, permits;        /* permits: held where the next instruction stands */
  uint32_t beyond;                /* calls that are open deeper than there are frames: an error has been reported */
  uint32_t guarded, forks;        /* guarded calls and branches around it; forks of the program so far */
  uint16_t draws;                 /* given to instructions so far */
  bool *reserved;                 /* by stock: a reserve step has been compiled */
  int32_t transaction;            /* database of the open transaction, or -1 */
  uint32_t transaction_depth;     /* frames open around it */
  bool in_transaction;            /* the next statement belongs to it */
  bool writes;                    /* a statement of it has written */
  uint32_t statements;            /* of it so far */
  struct held_lock held[PROGRAM_LOCKS];
  uint32_t held_count;
  int32_t shard_keys; /* by which the next call of a service with shards chooses; -1: by the service's own */
  int16_t shard;      /* to which one it goes, or SHARD_OF_ITEM */
  /* By the number of open frames: lists of steps that are open on the replica; 1 more than the number of the ANSWER there, or 0. */
  uint16_t lists[PROGRAM_FRAMES + 1], answered[PROGRAM_FRAMES + 1];
  const void *at;    /* the configuration of the step that is compiled, or a member of it */
  const char *error; /* the first; null while all is well */
  struct arena *arena;
};

/* Begins a program that is yet empty. */
void compile_begin(struct compiler *, const struct model *, struct program *, struct arena *);
/* After the last instruction: the program has its final size. What is wrong, or null. */
const char *compile_end(struct compiler *);

/* What a kind of step does with its configuration: emits instructions. */
struct step_kind {
  void (*compile)(struct compiler *, const void *config);
};

struct instruction *compile_emit(struct compiler *, const struct operation *);
/* Without a number of its own: it shifts no other draws. */
struct instruction *compile_emit_quietly(struct compiler *, const struct operation *);
/* Does something else than what it was emitted for. */
void compile_becomes(struct instruction *, const struct operation *);
uint16_t compile_cell(struct compiler *, int32_t service, enum time_kind);
/* The cells of a computation. */
void compile_cpu_cells(struct compiler *, struct instruction *, int32_t service);
void compile_error(struct compiler *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void compile_steps(struct compiler *, const struct config_list *steps);
/* Opens a frame on a replica of the service; returns the instruction, whose `target` may be set. */
struct instruction *compile_enter(struct compiler *, int32_t service, enum route);
void compile_leave(struct compiler *);
/* The call that begins at the instruction `first` carries bytes there, and back: with all that it passes, or itself only. */
void compile_carries(struct compiler *, uint32_t first, bool all, int64_t request, int64_t response);
/* Null when there is no service to run on. */
struct instruction *compile_cpu(struct compiler *, const struct distribution *demand);
void compile_external(struct compiler *, int32_t service);
/* Where commits take time: waits for the log of the database, and for its replicas. Then the commit: of the open transaction or of
 * a statement. */
void compile_flush(struct compiler *, int32_t database);
/* Behind the computation of a write: what replicas do again, unless "apply" says what that costs. */
void compile_written(struct compiler *, int32_t database, const struct instruction *cpu);
void compile_commit(struct compiler *, int32_t database, bool write);
void compile_limit(struct compiler *, int32_t limit); /* one that counts over time: a request above it ends here */
void compile_answer(struct compiler *);               /* the replica of the open frame answers, and goes on with what follows */
void compile_delay(struct compiler *, const struct distribution *delay, uint16_t cell);
/* Ends the request here, through all open frames; what follows is compiled as if it had not been. */
void compile_end_early(struct compiler *, uint16_t outcome);
int32_t compile_service(const struct compiler *); /* of the open frame, or -1 */
/* Whether what comes next is done after some replica has answered: nobody waits for it. */
bool compile_is_after_answer(const struct compiler *);

/* Finds the computations that another one may follow within the same turn. The program is complete. */
void program_find_turns(struct program *, struct arena *);
/* Compiles one endpoint. Null, or what is wrong. */
const char *program_compile(struct program *, const struct model *, const struct endpoint_config *, struct arena *);

/* What requests ask of services, per request of the endpoint times weight, when no other request is there. By service. */
struct demand_sums {
  const struct model *model;
  int32_t region;           /* of requests that enter there only; -1: of all */
  const double *speed;      /* of the cores that each service runs on */
  double *cpu_s;            /* on a reference core */
  double *primary_s;        /* of this, what only the first replica can do: writes */
  double *held_s;           /* threads, gil: time from acceptance to answer, without queues and hops */
  double *connected_s;      /* time that connections of the service's pools are in use */
  double **shard_s;         /* by service with shards, else null: of cpu_s, by shard */
  double **shard_primary_s; /* of this, what only its primary can do */
  double *permit_s;         /* by limit: time for which its permits are held */
  double *locked_s;         /* by class of lock: time for which one is held */
  double *locked_cpu_s;     /* likewise: CPU of those who hold it, on a reference core */
  double *workers_s;        /* of cpu_s, what workers next to an event loop do */
  double *disk_s;           /* by database: time of page reads */
  double *published;        /* by queue: jobs */
  const double *job_s;      /* by queue: mean time of a job; null: not known yet */
  double *passed_s;         /* all time that passes; null: not wanted */
  /* Of replicated databases: */
  double *writes;
  double **shard_writes;   /* of these, by shard; null where there are none */
  double *applied_s;       /* CPU of applying them, at one replica */
  double *replica_s;       /* CPU of reads that go to replicas of any role */
  double *role_s;          /* by role: CPU of reads that go to it */
  double *runs;            /* by instruction of the program: how often it is run; null: not wanted */
  double *miss_s;          /* likewise, of LOOKUPs with a cure of kind early: time that a miss takes; null: not wanted */
  void *parts[PARTS_MOST]; /* what parts add up, in rooms that their hook `sums` makes */
};

/* All zero. */
struct demand_sums demand_sums_new(const struct model *, const double *speed, struct arena *);
/* Walks every path and adds to the sums. */
void program_demand(const struct program *, double weight, const struct demand_sums *);

/* Deliveries of a job, when it is tried again by the back-off and external services fail as they do. */
double program_attempts(const struct program *, const struct retry_config *);

/* The share of requests that find a serving path, given for each service the share of its calls that would be served.
 * External services are not ours and count as serving. */
double program_serving(const struct program *, double (*serving)(void *context, const struct instruction *, enum route),
                       void *context);

#endif
