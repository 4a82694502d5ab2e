/* Replication of a database: one replica, the primary, takes the writes; the others get its log and apply it.
 *
 *     commit at the primary --ship--> received --[waits for a worker]--> applied: visible to reads there
 *                                        |
 *                                        +--flush, way back--> acknowledged
 *
 * A write has a position in the log: 1, 2, 3 ... A replica has received, acknowledged and applied a prefix of it each: applied <=
 * received <= head, acknowledged <= received. The log is shipped in order, as over one connection; `workers` apply it, and a write
 * becomes visible after all before it (MySQL replica_preserve_commit_order), its worker is kept until then. Applying is work of the
 * replica's container like any other: it shares CPU and threads with the reads there. So lag is a queue: while writes come faster
 * than they are applied the backlog grows by the difference (Kleinrock 1975, M/M/1 for one worker).
 *
 * Asynchronous: a commit returns at once. Semi-synchronous: it waits until `acks` replicas have received it, and for all of
 * `ack_wait` without success only once: then commits are asynchronous until the replicas have caught up (MySQL rpl_semi_sync).
 * Synchronous: it waits until `acks` replicas have flushed it, or applied it (PostgreSQL synchronous_commit on and remote_apply).
 * Replicas that have been lost for `drop_after` are left out: then commits do not wait until enough of them have caught up. Where
 * that is never, commits wait for as long as it takes.
 *
 * With shards (models/replication/shard.h) all of this is by shard: a log, a primary, replicas, a failover each.
 *
 * What happens when the primary is gone: models/replication/failover.h; when replicas are, models/replication/quorum.h; when they
 * are read, models/replication/standby.h. Owned by the service; null where there is no "replication" and no
 * "backup": then data are everywhere at once, and nothing here costs anything. */
#ifndef REPLICATION_H
#define REPLICATION_H
#include "models/replication/failover.h"
#include "models/request/request.h"
#include "models/core/parts.h"
#include "models/service/service.h"
#include "models/replication/quorum.h"
#include "models/replication/severance.h"
#include "models/replication/standby.h"
#include "models/request/queue.h"
#include "sim/describe/field.h"
#include "sim/engine/calendar.h"
#include "sim/engine/distribution.h"
#include <stdbool.h>

struct arena;
struct container;
struct instruction;
struct linker;
struct model;
struct request;
struct service;
struct service_config;
struct world;
struct written;

enum replication_mode {
  REPLICATION_ASYNCHRONOUS,
  REPLICATION_SEMI_SYNCHRONOUS,
  REPLICATION_SYNCHRONOUS,
  REPLICATION_SYNCHRONOUS_APPLY
};
enum replication_reads { READS_ANYWHERE, READS_LOCAL };
enum { REPLICATION_WORKERS = 64 };

struct replica_role {
  const char *name;
};

struct replication_config {
  int32_t mode;              /* enum replication_mode */
  int64_t workers;           /* 0: there is no such record */
  struct distribution apply; /* no kind: as much as the write itself */
  struct distribution ship;  /* no kind: one way of the network */
  struct distribution flush;
  int64_t acks;
  sim_time ack_wait;
  sim_time drop_after; /* synchronous; absent until linked */
  sim_time max_lag, after_write;
  int32_t primary;                      /* region of the first primary, or -1: the first replica */
  int32_t reads;                        /* enum replication_reads */
  sim_time max_standby_streaming_delay; /* 0: absent */
  double conflicts;
  struct config_list roles; /* struct replica_role: of the first, second, ... replica */
  struct failover_config failover;
  /* Derived by replication_link. */
  uint32_t role_first;    /* of its roles among those of all databases */
  uint32_t apply_program; /* what a worker runs */
  sim_time ack_way;       /* one way to the last replica that a commit waits for, where there are regions; 0: not known */
  double *writes_per_s;   /* by shard: in the mean, as offered */
  double *patient;        /* by endpoint: share of its requests whose clients wait for `ack_wait`, or for `drop_after` */
  uint32_t lag, behind, reads_after_write, stale_reads, read_age, degraded, failovers, lost_writes, rpo; /* meters */
  uint32_t cancelled_reads, replay_wait;
};

extern const struct record replication_record;
extern const struct load_part copies_load;

/* A write in the log. */
struct write_entry {
  sim_time committed;
  sim_time work; /* of applying it, on a reference core */
  uint64_t key;  /* of the request's draws */
  uint32_t draw;
  bool conflicts; /* with reads of older rows */
};

/* One replica, by its number within the service. What it says of the primary means nothing. */
struct replica {
  uint32_t container;
  uint64_t received, acknowledged, taken, applied; /* taken: by workers; positions */
  uint64_t done;                                   /* bit k: position applied + 1 + k is applied, but not one before it */
  sim_time joined;                                 /* since when it follows */
  sim_time holds_until;                            /* without requests: when it left; SIM_NEVER: it keeps up */
  int32_t role;                                    /* index of the first role of its name, or -1 */
  bool follows;                                    /* its process serves, and it is no primary */
  bool resync;                                     /* must be copied again before it follows */
  bool cut;                                        /* its process serves, and the primary does not reach it */
  slot_id receipt, acknowledgement;                /* the next ones */
  sim_time *ready_at; /* to be acknowledged: by position, as the log; null: no commit waits for acknowledgements */
  struct standby standby;
};

struct replication {
  const struct replication_config *config; /* workers 0: no replica follows, there is only a backup */
  struct world *world;
  struct service *service;
  uint32_t shard, first, count; /* containers first ... first + count - 1: all of the service, or a shard's */
  uint32_t *primary;            /* the container that takes its writes */
  double writes_per_s;
  struct write_entry *log;   /* ring: position p is at p & (room - 1) */
  uint64_t room, head, tail; /* positions tail + 1 ... head are kept */
  uint64_t released;         /* acknowledged to the client up to here */
  struct replica *replicas;  /* `count` */
  struct line line;          /* commits that wait for acknowledgements */
  bool degraded;             /* commits do not wait, for want of replicas, though they should */
  uint32_t *candidates;      /* room to choose a reader's replica in */
  uint32_t *cursors;         /* by route: whose turn it is */
  struct failover failover;
  struct quorum quorum;
  struct severance severance;
};

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

/* Null, or what is wrong with the service's "replication" or "backup", and the key to blame. */
/* Some failover is by a person who goes by the clock on the wall. */
bool replications_follow_the_clock(const struct model *);
const char *replication_link(struct model *, struct service_config *, const char **key);
/* Where the replicas are, in l->trial. */
void replication_link_placed(struct linker *, struct service_config *, uint32_t index);
/* Compiles what workers run. After the endpoints. */
void replication_link_programs(struct model *, struct arena *);
/* Index of a role by its name, or -1. */
int32_t replication_role(const struct replication_config *, const char *name);
/* How long a commit waits for one replica, in the mean, when there is nothing else to do. */
double replication_commit_s(const struct model *, const struct service_config *);
/* Commits wait for replicas that have flushed or applied them. */
static inline bool replication_is_synchronous(const struct replication_config *c) { return c->mode >= REPLICATION_SYNCHRONOUS; }
static inline bool replication_is_on(const struct replication_config *c) { return c->workers > 0; }
static inline bool replication_waits_for_reads(const struct replication_config *c) { return c->max_standby_streaming_delay > 0; }

/* The replication that the container takes part in; null: there is none. A service has one, or one for each of its shards. */
struct replication *replication_of(const struct world *, uint32_t container);
uint32_t replications_of(const struct service *);

/* --- life -------------------------------------------------------------------------------------------------------------------- */

/* There is a write to apply and a worker for it. */
bool replication_has_work(const struct replication *, const struct replica *);
/* Gives the replica's workers what there is to do. */
void replication_replays(struct replication *, struct replica *);
/* Commits do not wait any longer, until the replicas have caught up: those that wait return. */
void replication_continues_alone(struct replication *);
/* The replica is the primary from now on: what it has not received is lost. */
void replication_promote(struct replication *, uint32_t replica);

/* The primary takes no writes any more, though its process may serve: what waits for acknowledgements fails. It does again. */
void replication_steps_down(struct replication *);
void replication_resumes(struct replication *);
/* The primary does not reach the replica any more; it does again. */
void replication_cut_off(struct replication *, struct replica *);
void replication_follows_again(struct replication *, struct replica *);
/* A call finds no primary: routing of a service without shards. */
bool replication_refuses(const struct world *, const struct service *, const struct instruction *, const struct request *);
/* Calls of the database find its replicas as usual. */
void replication_routes(struct replication *);
/* The primary takes writes, if it serves. */
static inline bool replication_leads(const struct replication *p) { return !p->failover.fenced; }

/* --- writes ------------------------------------------------------------------------------------------------------------------ */

/* A write of the request is done, but not committed: its work is what replicas will do. An instruction: WRITTEN. */
extern const struct operation operation_written;
/* A write of the request commits at the primary, in its topmost frame. The one place where that happens. True: go on at once;
 * false: the request waits for acknowledgements. An instruction: COMMIT. */
extern const struct operation operation_replicate;

/* --- reads (models/replication/read_routing.c) ------------------------------------------------------------------------------- */

/* A worker of the topmost frame has applied its write; it is forgotten. */
void replication_applied(struct world *, struct request *, const struct instruction *);

/* A read begins, in the topmost frame: is what its client wrote there? An instruction: READ. */
extern const struct operation operation_read;
/* Containers in rotation that reads of the route go to, from a region or from -1, wherever; writes them to p->candidates. Never
 * none while any of them is in rotation. */
uint32_t replication_candidates(const struct replication *, uint32_t route, int32_t from);
/* Share of such reads that reach a living replica, by the weights of the balancer; 1 or 0: a write reaches a primary. */
double replication_serving(const struct replication *, uint32_t route, int32_t from);
double replication_writable(const struct replication *, int32_t from);
/* The container for the request's read. */
uint32_t replication_pick(struct replication *, const struct request *, const struct instruction *);
/* How far the replica is behind now: the age of the oldest write that it has not applied. */
sim_time replication_lag(const struct replication *, const struct replica *);

/* The later of two writes, as their client knows them. */
void written_merge(struct written *into, const struct written *);

static inline struct write_entry *replication_entry(const struct replication *p, uint64_t position) {
  return &p->log[position & (p->room - 1)];
}
void audit_replication(const struct audit *);
extern const struct wait wait_acks; /* a commit, for replicas */

/* What a service says of the copies of its data. */
struct replication_keys {
  struct replication_config replication; /* workers 0: none */
  struct backup_config backup;           /* every 0: none */
};
extern const struct record replication_keys_record;

static inline struct replication_config *service_replication(const struct service_config *s) {
  return &((struct replication_keys *)service_part(s, PART_replication))->replication;
}
static inline struct backup_config *service_backup(const struct service_config *s) {
  return &((struct replication_keys *)service_part(s, PART_replication))->backup;
}
/* Of each request. */
struct replication_of_request {
  sim_time wrote;         /* of its last write of its own: work on a reference core, where replicas do it again */
  struct written written; /* by its client, as far as it knows; of a worker of a replica: what it applies */
};
static inline struct replication_of_request *request_replication(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_replication);
}

#endif
