/* A database beyond its computations: transactions, its log, what it reads from disk, and one that is embedded in its callers.
 *
 * Log: a commit of something written waits until the log is on disk, which takes `commit.latency`. With group commit all that
 * arrive while a flush runs go together in the next one; without, each has a flush of its own: at most 1 / latency commits a
 * second. (DeWitt et al. 1984, group commit; MySQL binlog_order_commits, PostgreSQL commit_delay.) Locks are kept until the flush
 * has ended.
 *
 * Transaction: one connection of the caller's pool over all steps of the transaction, all statements on the first replica. A
 * request is in one transaction at most. Its connection is put aside, so that queries to others may take theirs meanwhile. Whatever
 * fails inside rolls back: locks and connection are free at once. A database that has died since the connection was taken knows
 * nothing of it: its next statement, also the first, fails as crashed. A caller that dies between two statements loses its
 * connection, and the database rolls back.
 *
 * Where a write commits: database_committed, and nowhere else.
 *
 * Embedded (SQLite): a file next to its callers, no server, no connections: its queries compute on the thread of the calling
 * replica, on that replica's node and disk. One writer at a time. With a write-ahead log readers run beside it; with a rollback
 * journal a writer excludes all others until it has committed. A transaction that writes locks the file from its begin (BEGIN
 * IMMEDIATE). A statement that finds the file locked waits for `busy_timeout`, in order, which is kinder than SQLite's polling.
 * (sqlite.org/wal.html, sqlite.org/lockingv3.html.)
 *
 * Growth: a query that was measured with n rows takes longer with more: one by an index grows with the depth of the tree,
 * 1 + slope x log2(rows / measured); one that scans in proportion, in work and in pages. Partitions divide the rows that it
 * meets. */
#ifndef DATABASE_H
#define DATABASE_H
#include "models/core/parts.h"
#include "models/database/hand_over.h"
#include "models/service/service.h"
#include "sim/engine/pool.h"
#include "models/request/queue.h"
#include "sim/describe/field.h"
#include "sim/engine/calendar.h"
#include "sim/engine/distribution.h"

struct container;
struct instruction;
struct linker;
struct model;
struct request;
struct service_config;
struct world;

enum database_engine { ENGINE_SERVER, ENGINE_SQLITE };
enum database_journal { JOURNAL_WAL, JOURNAL_DELETE };

struct commit_config {
  struct distribution latency, cpu;
  bool group;
};

struct database_config {
  int32_t engine, journal; /* enum database_engine, database_journal */
  sim_time busy_timeout, lock_wait;
  struct hand_over_config hand_over;
  struct commit_config commit;
  double buffer_hit;
  int64_t buffer_pool, data; /* bytes; both given: they say the hit rate */
  /* Derived. */
  uint32_t commits, flushes, disk_wait; /* meters, where there is a commit latency, or a disk */
};

enum growth_access { ACCESS_INDEX, ACCESS_SCAN };

/* The number of rows with which the demand of a query was measured. */
struct growth_config {
  double rows, measured_at; /* rows 0: does not grow */
  int32_t access;           /* enum growth_access */
  double slope;
  int64_t partitions;
};

extern const struct record database_record, growth_record;

double growth_factor(const struct growth_config *);
/* Share of page reads that find their page in memory. */
double database_hit(const struct database_config *);
void databases_declare(struct model *); /* before all other linking: which services are files */
void database_link(struct linker *, struct service_config *, const char *path);

/* --- while running --------------------------------------------------------------------------------------------------------- */

/* A transaction of a request. */
struct transaction {
  uint32_t container,
      generation; /* where it runs: NONE where there is no server, and through a pooler before its first statement */
  uint32_t writes;
  sim_time work; /* of its writes, on a reference core: where replicas do it again */
  uint8_t depth; /* frames of its owner: statements run one deeper */
  bool used;
  /* Its connection, put aside. */
  bool has_connection;
  uint8_t connection_frame;
  int16_t connection_service;
  uint32_t connection, backend; /* as those of a request; the backend, of a pooler, is there between statements */
};

/* The log of a database at work. */
struct database {
  const struct database_config *config;
  struct line waiting; /* for the next flush */
  struct request_queue flushing;
  slot_id slot;
  uint64_t key, flushes, entered, left; /* left: committed, or dead */
};

/* Instructions. */
/* Around the way through a pooler: the transaction's connection of it to the database becomes the request's, and is put aside
 * again. */
extern const struct operation operation_lend;
/* The request's own, which it must have. */
struct transaction *transaction_of(const struct world *, const struct request *);
extern const struct operation operation_transaction;
extern const struct operation operation_statement;
extern const struct operation operation_transaction_end;
extern const struct operation operation_flush;
extern const struct operation operation_commit;
extern const struct operation operation_commit_work; /* its CPU, before the flush */

/* So many writes of the request are now durable and visible at the database (the container of its top frame). Everything that
 * follows a commit begins here. */
void database_committed(struct world *, uint32_t service, struct request *, uint32_t writes);
/* The process of the container dies: requests that wait in it for locks, logs or disks leave their lines, transactions of its
 * requests are rolled back, and what is locked in it is forgotten. Before they are failed. */

struct databases {
  struct database *logs; /* by service and shard, see service->log */
  uint32_t log_count;
  struct pool transactions; /* struct transaction */
};
static inline struct databases *world_databases(const struct world *w) { return world_part(w, PART_databases); }
void audit_databases(const struct audit *);
/* For the next flush of the log, and in it. */
extern const struct wait wait_log, wait_flush;

static inline struct database_config *service_database(const struct service_config *s) { return service_part(s, PART_databases); }
extern const struct record database_keys_record;
/* Of each request. */
struct database_of_request {
  uint32_t transaction; /* struct transaction, or NONE */
};
static inline struct database_of_request *request_database(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_databases);
}

#endif
