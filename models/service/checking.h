/* Checks in a row: when regular checks of something change what is known of its health.
 *
 * A check is made at a phase and every period after it. `failures` failed ones in a row make what is healthy unhealthy, `successes`
 * passed ones the opposite. Only what changes is an event: as long as all checks would have the same outcome they are counted, not
 * simulated.
 *
 *     checking_turns(&config, &c, now, passes, healthy);         from now on checks pass, or fail
 *     sim_time due = checking_due(&config, &c, healthy, 0);      SIM_NEVER: nothing changes; else the health does then, if that
 * lasts     checking_told(&c, now, healthy);                           it has changed
 *
 * Invariant: `contrary` checks in a row, made until `since`, contradict the health. */
#ifndef CHECKING_H
#define CHECKING_H
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

struct checking_config {
  sim_time every, timeout; /* timeout: until a check that is not answered has failed */
  int64_t failures, successes;
};

struct checking {
  sim_time phase, since;
  bool passes;
  int64_t contrary;
};

/* The first check at or after the instant. */
static inline sim_time checking_from(const struct checking_config *k, const struct checking *c, sim_time at) {
  return at <= c->phase ? c->phase : c->phase + (at - c->phase + k->every - 1) / k->every * k->every;
}

/* What the checks since the last change have shown is counted. */
static inline void checking_turns(const struct checking_config *k, struct checking *c, sim_time now, bool passes, bool healthy) {
  int64_t made = (checking_from(k, c, now) - checking_from(k, c, c->since)) / k->every;
  if (c->passes != healthy)
    c->contrary += made;
  else if (made)
    c->contrary = 0;
  c->since = now, c->passes = passes;
}

/* later: how long after the last check its outcome is known. In the past when it is waited for already. */
static inline sim_time checking_due(const struct checking_config *k, const struct checking *c, bool healthy, sim_time later) {
  int64_t more = (healthy ? k->failures : k->successes) - c->contrary;
  if (more <= 0) return 0;
  if (c->passes == healthy) return SIM_NEVER;
  return checking_from(k, c, c->since) + (more - 1) * k->every + later;
}

static inline void checking_told(struct checking *c, sim_time now, bool healthy) {
  c->contrary = 0;
  if (c->passes == healthy) c->since = now;
}

#endif
