/* Locks of a database: rows, tables, the file of an embedded one, the row in which a stock is counted.
 *
 * A lock is taken where the statement runs, when it executes; who gets it next is said by hand_over.h. It is kept until the commit:
 * of the transaction that the statement belongs to, or of the statement itself. So a row that all want (a hot row) is updated at
 * most
 *
 *     1 / (statements after the lock x round trips + commit latency)   times a second, on a machine of any size.
 *
 * A lock is shared (reads of a table) or exclusive. A shared one that comes waits behind an exclusive one that waits.
 * A request that asks again for what it holds has it. One that waits longer than `wait` fails as lock_timeout; with a wait of 0 at
 * once. Waiting holds what the statement holds: its connection, and its thread on a database with runtime threads.
 *
 * There are as many locks as items: an entry exists only while a request holds the lock or waits for it (a hash table; nothing is
 * allocated but when it grows). What can be locked is known while linking, by class: "the rows of events at mysql".
 *
 * No deadlock: every program locks in the order of its steps, and the linker refuses programs whose orders form a circle
 * (models/database/lock_order.c). Several items of one class are locked in the order of their numbers. (Havender 1968, resource
 * ordering.)
 *
 * Invariants, audited: an entry is held, or a request is woken to take it; its holders are the holds that name it; every hold is in
 * the list of its request, which lives; requests that wait_lock describes are those in the lines; an exclusive lock has one holder.
 * */
#ifndef LOCK_H
#define LOCK_H
#include "models/core/parts.h"
#include "models/database/hand_over.h"
#include "models/request/program.h"
#include "models/request/queue.h"
#include "sim/engine/pool.h"

struct container;
struct linker;

enum lock_kind { LOCK_ROWS, LOCK_ROW, LOCK_TABLE, LOCK_FILE, LOCK_STOCK };
enum { LOCK_CLASSES = 400, LOCK_ORDERS = 4000, LOCK_ITEMS = 8 };

/* What can be locked at a database. */
struct lock_class {
  enum lock_kind kind;
  int32_t database;
  int32_t keyspace; /* LOCK_ROWS */
  const char *name; /* of the keyspace, row, table, database or stock */
  sim_time wait;
  uint32_t waited, gave_up;                 /* meters, declared by locks_link; of a stock: its own, and gave_up is none */
  uint16_t items;                           /* LOCK_ROWS: the most that one query locks */
  const struct hand_over_config *hand_over; /* of its database */
  int32_t busy; /* meter: 1 while it is held; of rows the hottest, which is item 0; -1: a table, which many may hold */
};

/* In some program the second is locked while the first is held. */
struct lock_order {
  uint16_t first, second;
  uint32_t endpoint;
};

struct lock_book {
  uint32_t count, order_count;
  struct lock_class classes[LOCK_CLASSES];
  struct lock_order orders[LOCK_ORDERS];
};

/* --- while linking --------------------------------------------------------------------------------------------------------- */

/* The class, which is made when it is new. */
uint16_t lock_class_of(struct compiler *, enum lock_kind, int32_t database, int32_t keyspace, const char *name, sim_time wait);
/* Emits the locking of `items` items of the class, where the statement runs. */
void compile_lock(struct compiler *, uint16_t lock, uint16_t items, bool shared);
/* From here on the program holds none of its own (transactional: of its transaction) any more. */
void compile_unlocked(struct compiler *, bool transactional);
/* Programs are compiled: refuses orders that form a circle; declares meters. */
void locks_link(struct linker *);
const char *lock_described(const struct model *, const struct lock_class *, struct arena *);
/* Of the class by its index: what its row of the load sheet leaves out; null: nothing. */
const char *lock_remark(const struct demand_sums *, uint32_t lock);

/* --- while running --------------------------------------------------------------------------------------------------------- */

/* Entry of a lock that is held or waited for. */
struct lock {
  uint32_t next;            /* in its bucket */
  uint32_t item, container; /* container: where it is kept, or NONE: in a file */
  uint32_t holders;
  uint32_t waking; /* with barging: request that is woken to take it, or NONE */
  uint16_t class;
  bool used, shared;
  struct line line;
};

/* A lock that a request holds; a request's are a list, the newest first. */
struct lock_hold {
  uint32_t lock, request, next;
  bool used, transactional; /* until the commit of its transaction; else of its statement */
};

struct locks {
  struct pool entries, holds; /* struct lock, struct lock_hold */
  uint32_t *buckets, bucket_count;
  struct lane **patience; /* by class; null: for ever */
  uint64_t *draws;        /* by class: among those that wait, so far */
};

/* Instruction: waits for the lock. Behind it, with barging and where a hand-over has been computed: takes it, or waits again. */
extern const struct operation operation_lock, operation_retake;
extern const struct load_part locks_load;
/* Of a walk: no locks of its transaction, or of its statement, any more. */
struct walk;
void walk_unlocks(struct walk *, bool transactional);
/* Whether the request holds the lock of the instruction's class: a database that has restarted knows nothing of it. */
bool lock_holds(const struct world *, const struct request *, const struct instruction *);
/* The statement, or the transaction, gives back what it holds. */
void lock_release(struct world *, struct request *, bool transactional);
/* The request fails: all of it. */
void lock_release_all(struct world *, struct request *);
/* Of a request that waits for a lock and will not get it: it leaves the line, its wait booked, and stays in its state. */
void lock_leave_line(struct world *, struct request *);
/* The process of the database is gone, and with it all locks that are kept in it; no request waits for them any more. */
void locks_clear(struct world *, const struct container *);

static inline struct locks *world_locks(const struct world *w) { return world_part(w, PART_locks); }
extern const struct wait wait_lock;
/* Of each request. */
struct locks_of_request {
  uint32_t locks;  /* what it has locked: list of struct lock_hold, the newest first, or NONE */
  uint32_t waking; /* the lock that it is woken to take, or NONE */
  uint32_t among;  /* it has just been woken, among so many; 0: not so */
  uint32_t wakes;  /* its hand-overs so far that took CPU */
  sim_time asked;  /* waking, or back in line: since when it has waited */
  bool late;       /* waking: its patience is over by now */
};
static inline struct locks_of_request *request_locks(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_locks);
}

#endif
