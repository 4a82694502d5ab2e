/* A CPU limit as the kernel keeps it: a quota of CPU time per period (CFS bandwidth control; Turner, Rao and Rao 2010; kernel
 * documentation sched-bwc), set by kubelet and Docker as limit x 100 ms.
 *
 * All running threads of the container burn the quota at the rates at which they really run: k threads on k cores use it up in
 * quota / k. Then every thread stops until the next refill. A computation of c CPU ms by one thread with a limit of L < 1 core,
 * alone and with a full quota at its start, stops ceil(c / (100 L)) - 1 times for (1 - L) x 100 ms.
 *
 * The period timer starts, with a full quota, when the container becomes busy after the timer had stopped; it fires every period,
 * and stops when a whole period has passed without CPU use. At each tick the quota is full again: what was not used is lost, what
 * was used too much (less than a nanosecond a thread, because events fall on whole ones) is owed.
 *
 * Not modelled: the kernel hands the quota out to CPUs in slices of 5 ms, and a CPU keeps what its threads did not use of a slice
 * (all but 1 ms comes back). So a container with threads on many CPUs may stop up to a few ms before its quota is used up, and
 * overrun it by a tick. Which thread runs on which CPU is not known here, and a fluid has no slices. Nor are bursts
 * (cpu.max.burst), the random phase of the timer in newer kernels, kubelet's least quota of 1 ms, and real-time throttling.
 *
 * Invariants: spent means that this is one of container->stalls; a refill never moves virtual time, so that a quota that does not
 * bind leaves no trace in the arithmetic. The container owns its quota. */
#ifndef QUOTA_H
#define QUOTA_H
#include "sim/describe/field.h"
#include "sim/engine/calendar.h"

struct container;
struct model;
struct service_config;
struct world;

enum throttle { THROTTLE_QUOTA, THROTTLE_FLUID };

/* What one replica may use at most. */
struct limits_config {
  int64_t cpu;      /* millicores; INT64_MAX: unlimited */
  int64_t memory;   /* bytes; INT64_MAX: unlimited */
  int32_t throttle; /* enum throttle: how the CPU limit is kept */
  sim_time period;  /* of the quota */
  uint32_t meters;  /* of a quota, the first of three */
};

extern const struct record limits_record;

struct cpu_quota {
  double amount, left; /* CPU ns; left at the instant up to which the container is advanced */
  sim_time period, refill_at;
  slot_id timer;
  bool active, spent;
  bool first;          /* the container's next event is that it runs out */
  sim_time stopped_at; /* while spent */
  sim_time stopped_ns; /* in all, the present stop not counted */
  uint64_t granted;    /* full quotas given so far */
  uint32_t meters;
};

/* Whether its limit is a quota. */
bool quota_limits(const struct service_config *);
/* While linking: declares its meters. */
void quota_link(struct model *, struct service_config *);
/* Gives the container its quota, or none. */
void quota_build(struct world *, struct container *, const struct service_config *);

/* The container becomes busy. */
void quota_wake(struct world *, struct container *);
/* The earlier of the end of a computation and of the quota, in the container's virtual time. */
double quota_due(const struct container *, double end, sim_time now);
/* The event that quota_due foresaw is not the end of a computation. */
void quota_runs_out(struct world *, struct container *);
/* The process is dead; its successor has a quota of its own. */
void quota_reset(struct world *, struct container *);

/* For how long the container has been stopped up to now: the difference of two readings is the stop in between. */
static inline sim_time quota_stopped(const struct cpu_quota *q, sim_time now) {
  return q->stopped_ns + (q->spent ? now - q->stopped_at : 0);
}

#endif
