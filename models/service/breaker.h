/* A circuit breaker: a caller that has seen too many calls fail stops calling for a while (Nygard 2007, Release It!, 5.2).
 *
 * The machine is that of resilience4j's CircuitBreaker, count-based or time-based:
 *
 *     CLOSED     every call goes through. After each result: with at least `minimum` results in the window and a share of
 *                failures of at least `failures`, it opens. The window is the last `calls` results, or, with `over`, those of
 *                the last `over`, kept in ten equal parts: the oldest part leaves as a whole.
 *     OPEN       no call goes through, each is refused at once. The first call at or after `open` since it opened makes it
 *                half-open; nothing happens without a call.
 *     HALF-OPEN  `probes` calls go through, more are refused. When all of them have ended: a share of failures of at least
 *                `failures` opens it again, for `open` from then; else it closes, with an empty window.
 *
 * A result counts only in the state that let its call through; resilience4j counts late ones in whatever state they meet. A call
 * that ends neither well nor badly (its caller is gone) gives its probe back. With probes that never end it stays half-open: give
 * the calls a time-out. */
#ifndef BREAKER_H
#define BREAKER_H
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"

struct arena;

enum breaker_scope { SCOPE_REPLICA, SCOPE_SHARED };
enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };
enum breaker_result { RESULT_GOOD, RESULT_BAD, RESULT_NONE };
enum { BREAKER_PARTS = 10 };

struct breaker_config {
  double failures;
  int64_t calls; /* 0: there is no breaker */
  int64_t minimum, probes;
  sim_time over; /* SIM_NEVER: by count */
  sim_time open;
  int32_t scope; /* enum breaker_scope */
};

extern const struct record breaker_record;

struct breaker_part {
  int64_t number; /* of the stretch of time that it counts */
  uint32_t results, failed;
};

struct breaker {
  enum breaker_state state;
  uint32_t epoch;           /* counts the states so far: a call keeps the one that let it through */
  uint32_t results, failed; /* in the window, or of the probes */
  uint32_t probing;         /* probes let through */
  sim_time opened_at;
  uint32_t next; /* by count: the place in the ring */
  union {
    uint64_t *ring; /* by count: one bit a result, set for a failure */
    struct breaker_part *parts;
  };
};

/* Closed, nothing seen. Its memory is the arena's and is used again when it is started again. */
void breaker_start(struct breaker *, const struct breaker_config *, struct arena *);
/* Whether a call may go through now; epoch: to be given back with its result. */
bool breaker_admits(struct breaker *, const struct breaker_config *, sim_time now, uint32_t *epoch);
void breaker_result(struct breaker *, const struct breaker_config *, sim_time now, uint32_t epoch, enum breaker_result);

#endif
