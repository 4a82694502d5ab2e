/* Guarded calls: a call that is tried again, given up after a time, broken off by a circuit breaker, or replaced by a fallback.
 *
 * Every attempt of a guarded call is a request of its own whose client is the caller: it runs the instructions between "try" and
 * "return" with a key of draws of its own (that of the caller for the first attempt, so that a guard that never acts changes
 * nothing), while the caller waits. When it returns, its times are added to the caller's, and the caller goes on behind "return".
 * When it fails, all that it held has been given back; the time that it did not book itself, a wait cut short, counts as `retry`
 * of the called service, as the pause before the next attempt does. When the caller gives up first, the attempt loses its client
 * and goes on as any request whose client has gone: the called service has not noticed, and the work is wasted. With "cancel" it
 * leaves the queue in which it waits, or ends with the computation or the wait that it is in.
 *
 * Per attempt, in this order: the breaker may refuse it (outcome `breaker`, nothing is sent), the time-out runs, the result is
 * reported to the breaker. Then the retry decides, and pays from its budget; then the fallback; else the caller fails as its last
 * attempt did. Breakers and budgets belong to one call step, and there to each calling replica; they are lost when its process
 * dies.
 *
 *     attempts = calls + retries = ended, by outcome + in progress         an invariant of every run, by call step */
#ifndef CALL_H
#define CALL_H
#include "models/core/parts.h"
#include "models/request/backoff.h"
#include "models/service/breaker.h"
#include "models/request/program.h"

struct lane;

struct call_config {
  int32_t call; /* the called service */
  struct config_list steps;
  struct retry_config retry;
  sim_time timeout; /* SIM_NEVER: none */
  bool cancel;
  struct breaker_config breaker;
  struct config_list fallback; /* struct choice of step_choices */
  int64_t request, response;   /* bytes */
};

/* What is counted, by called service. */
enum call_meter { METER_ATTEMPTS, METER_CALLS, METER_RETRIES, METER_CALL_TIMEOUTS, METER_BROKEN, METER_FALLBACKS, CALL_METERS };

/* A guarded call of a program. */
struct guard {
  const struct call_config *config;
  struct guard *next;       /* of the same program */
  uint32_t number;          /* among those of all programs */
  int32_t caller;           /* service, or -1 */
  uint16_t cell;            /* of the called service's `retry` time */
  uint16_t fallback, after; /* instructions; fallback 0: none */
  uint32_t meters[CALL_METERS];
};

extern const struct operation operation_try;
/* Whether the configuration asks for anything that a plain call does not do. */
bool call_guarded(const struct call_config *);
/* Emit the guard's instructions before and behind those of the call. */
struct guard *compile_try(struct compiler *, const struct call_config *);
void compile_return(struct compiler *, struct guard *);

/* Numbers the guards of all programs, which are compiled by now, and declares their meters. */
void calls_link(struct model *);
/* What is wrong with the guard, or null. */
const char *call_error(const struct call_config *, struct arena *);

/* --- while running --------------------------------------------------------------------------------------------------------- */

/* What a calling replica, or all of them, remembers of its calls. */
struct call_memory {
  bool begun;
  uint32_t generation; /* of the replica's process */
  struct breaker breaker;
  struct retry_budget budget;
};

/* A guarded call at work in one replication. */
struct call_site {
  const struct guard *guard;
  struct lane *timeouts; /* null: none */
  struct call_memory *memories;
  uint32_t first; /* container that memories[0] belongs to */
  /* Over the whole run. */
  uint64_t calls, retries, ended[OUTCOMES];
  uint64_t wasted; /* attempts whose caller had given up */
};

/* The attempt has failed: its caller, which still waits, learns it. */
void call_fails(struct world *, struct request *r, enum outcome);
/* Handler of the time-outs: the caller gives up. */
void call_timed_out(void *world, uint32_t caller);

struct call_sites {
  struct call_site *sites; /* of guarded calls, by number */
};
static inline struct call_sites *world_calls(const struct world *w) { return world_part(w, PART_calls); }
/* Of each request. */
struct calls_of_request {
  uint32_t attempts, epoch; /* of a guarded call: how many so far, the breaker's state */
  lane_ticket call_timeout;
};
static inline struct calls_of_request *request_calls(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_calls);
}

#endif
