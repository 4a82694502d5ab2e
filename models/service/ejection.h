/* Outlier ejection: a caller that calls a replica without success leaves it alone for a while (passive health checks: nginx
 * max_fails and fail_timeout, Envoy's outlier detection).
 *
 * After `failures` failed calls in a row a replica gets no new requests for `time`; with `grows`, for that times the number of its
 * ejections since it last answered, at most `longest` (Envoy's base and max_ejection_time). At most the share `most` of the
 * replicas in rotation is ejected at once, but always one may be. When all are ejected, all are used.
 *
 * A call has failed when it was refused or unreachable, when it was rejected by a full backlog, when the replica died with it, and
 * when its caller gave it up (a guarded call's time-out). An answer that the request failed further on is an answer of a living
 * replica: it is neither a failure nor the end of a row of failures. A client that gives up is no failure. */
#ifndef EJECTION_H
#define EJECTION_H
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>

struct arena;

struct ejection_config {
  int64_t failures; /* 0: no replica is ejected */
  sim_time time, longest;
  bool grows;
  double most;
  int32_t scope; /* enum breaker_scope */
};

extern const struct record ejection_record;

struct suspect {
  uint32_t failures, ejections; /* in a row, since its last answer */
  sim_time until;               /* ejected before this instant */
};

/* What one caller thinks of the replicas, by their numbers. */
struct ejector {
  uint32_t generation, count; /* of the caller's process; suspects */
  sim_time until;             /* from this instant on none is ejected */
  struct suspect suspects[];
};

/* No replica is suspected. */
struct ejector *ejector_new(struct arena *, uint32_t count, uint32_t generation);
void ejector_reset(struct ejector *, uint32_t generation);

static inline bool ejector_holds(const struct ejector *e, uint32_t replica, sim_time now) {
  return e->suspects[replica].until > now;
}
static inline void ejector_answered(struct ejector *e, uint32_t replica) {
  e->suspects[replica].failures = e->suspects[replica].ejections = 0;
}
/* Returns whether this call ejects it. in_rotation: replicas that there are. */
bool ejector_failed(struct ejector *, const struct ejection_config *, uint32_t replica, uint32_t in_rotation, sim_time now);

#endif
