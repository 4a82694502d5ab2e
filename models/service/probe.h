/* Probes: what an orchestrator asks each replica of a service, and what it concludes.
 *
 *     startup      until it has passed the other two are not asked; failed: the process is killed and started again
 *     readiness    failed: out of rotation, and nothing else; passed: back
 *     liveness     failed: the process is killed and started again
 *
 * A probe is made every `every`. `failures` failed ones in a row, or `successes` passed ones, make it fail or pass. What follows,
 * and which of the three there are, is the orchestrator's (struct probing, in models/platform/orchestrator): Kubernetes has all of
 * them, Swarm one HEALTHCHECK, which is called liveness here, Compose marks a container and does nothing.
 *
 * A process that is dead, or that starts, refuses a probe, which is known at once. One that hangs takes it and does not answer:
 * known after `timeout`. So a hang at any instant is known
 *
 *     Kubernetes, a probe each period:             uniform on (failures - 1) every + timeout .. failures every + timeout
 *     Docker, `every` after the last one's end:    the same, with every + timeout in place of all periods but the first
 *
 * In traffic runs a probe is a small request: it stands in the queue of the replica like any other, is refused by a full backlog,
 * computes `cost` on a thread, and has failed when it is not answered by the time-out. So an overloaded replica fails its probes,
 * and leaves its load to the others. Where a thread is free and a probe costs nothing it is answered at once, without a request. In
 * years of faults nothing is asked: how many probes pass or fail in a row is counted until something changes, so that a run costs
 * events only when something has.
 *
 * Invariant: both kinds of run know of the same death, start or hang at the same instant, as far as no request delays a probe.
 *
 *     "api": { "kind": "app", "probes": { "readiness": { "every": "5s" }, "liveness": { "delay": "30s" } } } */
#ifndef PROBE_H
#define PROBE_H
#include "models/core/parts.h"
#include "models/service/service.h"
#include "sim/engine/calendar.h"
#include "sim/engine/distribution.h"
#include "sim/engine/sim_time.h"
#include <stdint.h>

struct container;
struct linker;
struct request;
struct world;

enum probe_kind { PROBE_STARTUP, PROBE_READINESS, PROBE_LIVENESS, PROBES };

struct replica_probe_config {
  sim_time delay, every, timeout;
  int64_t failures, successes; /* failures 0: there is no such probe */
  struct distribution cost;
};

struct probes_config {
  struct replica_probe_config of[PROBES]; /* those that the orchestrator does nothing with are left out when it is linked */
  uint32_t program;
  uint32_t failed[PROBES], turned[PROBES]; /* meters */
};

extern const struct record probe_keys_record;
static inline struct probes_config *service_probes(const struct service_config *s) { return service_part(s, PART_probes); }
static inline bool service_probed(const struct service_config *s, enum probe_kind kind) {
  return service_probes(s)->of[kind].failures > 0;
}

/* What an orchestrator does with probes. */
struct probing {
  bool acts[PROBES];
  const char *instead[PROBES]; /* of those that it does not act on: why */
  /* Docker: the next probe is made `every` after the last one has ended, the first one `every` after the start, and within `delay`
   * only successes count. Else: probes have a rhythm of their own, and none is made within `delay`. */
  bool from_end;
  sim_time every, timeout; /* unless the scenario says so */
  void (*turned)(struct world *, struct container *, enum probe_kind, bool passes);
  void (*unasked)(struct world *, struct container *); /* a process starts whose readiness no probe asks for; null: nothing */
};

/* One probe of one replica. */
struct probe {
  struct world *world;
  const struct replica_probe_config *config;
  uint32_t container;
  enum probe_kind kind;
  bool active;      /* its process is there, and the start-up is over, or is what is asked for */
  bool healthy;     /* it has passed; liveness: it has not failed */
  bool last;        /* how the last `row` probes ended */
  bool passes;      /* years: how probes end now */
  bool silent;      /* years: they are not answered */
  bool asked;       /* traffic: one is under way */
  int64_t row;      /* probes in a row that ended alike */
  sim_time next;    /* the next one */
  sim_time begun;   /* the one under way, or the last */
  sim_time phase;   /* of its rhythm */
  uint32_t request; /* traffic: that asks, or NONE */
  uint64_t made;
  slot_id slot;
};

/* --- for the files of this mechanism --------------------------------------------------------------------------------------- */

struct probes {
  struct probe *of; /* by container, PROBES each; null: no service is probed */
};
static inline struct probes *world_probes(const struct world *w) { return world_part(w, PART_probes); }

void probes_link_service(struct linker *, struct service_config *, const char *path);
void probes_link_programs(struct linker *);

/* The probe that was under way, or the last of several in a row, has ended. */
void probe_ended(struct probe *, bool passed);
/* Traffic: asks now. */
void probe_asks(struct probe *);
/* A request that asked fails, and still has its threads. */
void probe_fails(struct world *, struct request *);

#endif
