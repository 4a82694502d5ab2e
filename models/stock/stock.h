/* Limited stock: tickets, seats, the last hundred pairs of shoes. What is sold cannot be sold again.
 *
 * A stock of `amount` pieces is counted in one place, a row of a database or a counter in a cache. `reserve` takes pieces from
 * the free ones and holds them for the client; `pay` turns what the client holds into sold; `release` gives it back. A hold that
 * is older than `hold` expires on its own: its pieces are free again, and a payment for it fails.
 *
 *     never oversold:   free + held + sold = amount, none of them negative, at every instant       (checked at every change)
 *
 * A hold belongs to a client, not to a computation: a request that fails, times out or loses its replica leaves what it holds to
 * the clock, because no client is left to return it. Its handle is a link of a list, so that what stands for the client can
 * keep it: a request (`request->holds`), or the client for whom it asks (models/request/origin.h). The holder owns its holds until
 * it lets go of them; then, or when they have run out, they are forgotten. What an attempt has taken is the client's for good when
 * the attempt is answered. A client that has no answer knows of no pieces: they stay with the attempt, which may still pay for
 * them, and whoever asks again takes others.
 *
 * Two ways to count. In a cache a change is one command, and commands of one thread do not meet. In a database a change is a
 * transaction that locks the row, first come first served: from its statement to its commit, and between the two lie `round_trips`
 * to the caller. So a hot row sells at most 1 / (demand + round trips) a second, on a machine of any size. A payment writes the
 * client's own row and meets no other. The lock is one of models/database/lock.h.
 *
 * What is counted outlives the process: a restart of the database or cache loses locks and transactions, but not the counter. */
#ifndef STOCK_H
#define STOCK_H
#include "models/core/parts.h"
#include "models/core/model.h"
#include "models/request/program.h"
#include "sim/engine/lane.h"
#include "sim/engine/pool.h"

struct model;

struct stock_config {
  const char *name;
  int64_t amount;
  sim_time hold; /* SIM_NEVER: until it is paid or given back */
  int32_t at;    /* service of kind database or cache */
  struct distribution demand;
  int64_t round_trips;
  sim_time lock_wait;
  /* Meters, declared by stock_link. */
  uint32_t left, held, sold, refused, expired, sold_out, locked;
};

extern const struct record stock_record;
extern const struct load_part stock_load;

/* Checks a stock, before programs are compiled, and declares its meters. Null, or what is wrong with the value of *key. */
const char *stock_link(struct model *, struct stock_config *, const char **key);

/* Pieces that a client holds, or held until they ran out. */
struct hold {
  uint32_t stock, next; /* next: of the same holder */
  uint32_t taker;       /* the request that took it and has not been answered yet; or NONE */
  int64_t count;
  lane_ticket expiry;
  bool used, owned, expired; /* owned: in the list of a client; used: its entry is not free */
};

/* A stock at work. */
struct stock {
  const struct stock_config *config;
  int64_t free, held, sold;
  int64_t reserved, released, expired; /* pieces that ever were */
  int64_t abandoned;                   /* of the held: by no client, for ever */
  uint64_t oversold;                   /* instants at which the stock was not what it must be */
  bool ran_out;
  struct lane *expiries; /* null: holds do not run out */
};

/* --- instructions ---------------------------------------------------------------------------------------------------------- */

extern const struct operation operation_reserve;      /* reserve what is free; unlock */
extern const struct operation operation_reserved;     /* jump unless it was refused */
extern const struct operation operation_pay;          /* pay, or fail */
extern const struct operation operation_return_stock; /* give back; unlock */

/* --- holders --------------------------------------------------------------------------------------------------------------- */

/* The holder is gone: what it holds stays held until it runs out. */
void stock_let_go(struct world *, uint32_t *holds);
/* An attempt is answered for the holder: what it took is now as if `heir` (a request that still waits, or NONE) had taken it. */
void stock_answered(struct world *, uint32_t *holds, const struct request *, uint32_t heir);
/* An attempt fails or is given up: what it took goes from the holder to itself. */
void stock_unanswered(struct world *, uint32_t *holds, struct request *);
struct stocks {
  struct stock *each;
  struct pool holds; /* struct hold */
};
static inline struct stocks *world_stocks(const struct world *w) { return world_part(w, PART_stock); }
void audit_stocks(const struct audit *);

extern const struct record stock_root_record;
static inline struct config_list *model_stocks(const struct model *m) { return model_part(m, PART_stock); }

/* While linking: the program pays or releases only what it has reserved before; else `path`, or the key in it, is to blame. */
struct linker;
void stock_check_held(struct linker *, uint32_t program, const char *path, const char *key);
/* Of each request. */
struct stock_of_request {
  uint32_t holds; /* what it has reserved: list of struct hold, or NONE */
  bool sold_out;  /* its last reserve found too little */
};
static inline struct stock_of_request *request_stock(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_stock);
}

#endif
