/* Health checks of a load balancer: it asks each replica itself, and sends calls only to those that answer.
 *
 *     check every `every`, each replica at a phase of its own
 *     healthy   --`failures` failed checks in a row-->  out of rotation, until
 *     unhealthy --`successes` passed checks in a row--> back, if the orchestrator offers it too
 *
 * A check passes when the process of the replica serves. A dead process refuses it, which is known at once; a lost machine, and a
 * process that hangs, do not answer, which is known after `timeout`. So a crash is seen between (failures - 1) and failures periods
 * after it, a lost machine `timeout` later. A replica is called only while the orchestrator offers it and its checks say that it is
 * healthy; those that are up at the start are healthy. Without the key routing follows the orchestrator alone.
 *
 * Assumptions: checks cost the replica nothing, and look at nothing behind it (a shallow check). A replica
 * that is moved keeps its health until the checks say otherwise.
 *
 * Source of the defaults: AWS, health checks for Application Load Balancer target groups.
 *
 *     "api": { "kind": "app", "replicas": 3, "health_check": { "every": "10s", "failures": 2, "successes": 5 } } */
#ifndef HEALTH_CHECK_H
#define HEALTH_CHECK_H
#include "models/core/parts.h"
#include "models/service/checking.h"
#include "models/service/service.h"
#include "sim/engine/sim_time.h"
#include <stdint.h>

struct health_check_config {
  struct checking_config checks; /* every 0: there are none */
  uint32_t taken_out;            /* meter */
};

extern const struct record health_check_keys_record;
static inline struct health_check_config *service_health_check(const struct service_config *s) {
  return service_part(s, PART_health_checks);
}

#endif
