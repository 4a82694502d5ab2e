/* Limits at work in one replication: accounts, permits, and the instructions of the step "limit".
 *
 * Every limit has a table of accounts, found by what is counted (client, class, endpoint or all) and where (one replica's
 * life, or everywhere). An account that says no more than a new one would is spent: when the table fills up, spent accounts are
 * swept out and reused, so memory grows with the clients that a limit still remembers, not with requests. An account's number is
 * good as long as it is not spent; a request that waits for a permit or holds one keeps it so.
 *
 * A permit is given back on every way out: at the end of the nested steps, when the request fails, and when the replica at which
 * it was taken dies, even if work of the request goes on elsewhere. Invariants, audited: permits of an account in use <= limit;
 * a request waits only while all are in use; asked = accepted + refused + abandoned + waiting. */
#ifndef LIMITER_H
#define LIMITER_H
#include "models/core/parts.h"
#include "sim/engine/pool.h"
#include "models/machine/container.h"
#include "models/request/queue.h"
#include "models/guard/limit.h"
#include "models/guard/limit_table.h"
#include "sim/engine/pool.h"

struct instruction;
struct lane;
struct request;
struct world;

struct limit_account {
  union {
    unsigned __int128 busy_until; /* token bucket: when it will be full, in ns times the limit */
    struct {
      int64_t number; /* of the present window */
      uint32_t now, before;
    } windows;
    struct {
      uint32_t first, last, count; /* entries of the limit's log, oldest first */
    } log;
    struct {
      uint32_t in_use;
      struct request_queue queue;
    } permits;
  };
};

/* A request that passed, in a sliding log. */
struct log_entry {
  sim_time at;
  uint32_t next;
};

struct limit {
  const struct limit_config *config;
  const struct limit_kind *kind;
  struct limit_table table;
  struct pool accounts;  /* struct limit_account */
  struct pool log;       /* struct log_entry */
  struct lane *patience; /* of those that wait for a permit; null: for ever */
  sim_time clock;        /* time of day at time zero: windows are those of the clock */
  /* Over the whole run. */
  uint64_t asked, accepted, refused, abandoned; /* abandoned: cancelled, or their replica died, while they waited */
  uint32_t in_use, waiting;
};

/* A permit that a request holds, in the world's pool; a request's permits are a list, the newest first. */
struct permit {
  uint32_t next, account;
  uint16_t limit;
  uint8_t depth; /* frames of the request when it was taken */
};

/* Instructions. */
extern const struct load_part permits_load;
extern const struct operation operation_limit;
extern const struct operation operation_permit;
extern const struct operation operation_permit_back;
/* Gives back the permits that the request took with more than `depth` frames open; 0 frames and all: -1. */
void limit_unwind(struct world *, struct request *, int32_t depth);
/* Of a request that waits for a permit and will not get it, because its replica died: it leaves the queue, its wait is booked. */
void limit_leave_line(struct world *, struct request *);
/* Handler of the lanes of waiting. */
void limit_wait_over(void *world, uint32_t request);

/* Looks through the accounts: more in use or in the log than the limit allows, a request waiting for a permit that is free, log
 * entries lost. Null, or what is wrong. */
const char *limit_accounts_wrong(const struct limit *);
/* Accounts in memory, of all limits, spent or not. */
uint64_t limiter_accounts(const struct world *);

struct limiters {
  struct limit *each;  /* of the scenario, at work */
  struct pool permits; /* struct permit */
};
static inline struct limiters *world_limits(const struct world *w) { return world_part(w, PART_limits); }
void audit_limits(const struct audit *);
extern const struct wait wait_permit;
/* Of each request. */
struct limits_of_request {
  uint32_t permits; /* the newest that it holds, or NONE */
};
static inline struct limits_of_request *request_limits(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_limits);
}

#endif
