/* Waking: what a process that was blocked pays when it gets something to do, and a core that was idle.
 *
 * A process that has nothing to do blocks in the kernel (epoll_wait, a read, a futex). To go on it is switched to, returns from its
 * system call and finds its caches cold: `wake.cpu`, CPU time before the computation that woke it, and `wake.latency`, in which
 * nothing is done yet. While it is at work, further requests pay neither. So CPU a request falls with load by itself: at no load
 * all wake somebody, and none does when a process is never idle.
 *
 * Who sleeps goes by the runtime (runtime.h):
 *     event-loop      a thread of the crew that is free: the loop, when it has nothing to do
 *     threads, gil    the request's own thread, which blocks in between: each computation wakes it, but for one that follows
 *                     another one within the instant, and for a thread that takes the next request from the door at once. Waiting
 *                     for the global lock is sleeping too.
 * A thread whose computation ends at this instant is awake at it: what starts within the same instant costs nothing. After a pause
 * of garbage collection a process is awake.
 *
 * A core that was idle leaves its idle state: `idle.latency`, and `idle.cpu` for whoever it wakes for. A core is taken to be idle
 * when one more thread would have it for itself, and none of the node ended a computation at this instant: that core is still
 * warm, and takes the woken one. Whoever wakes while the last idle core is leaving its state waits for that, and pays nothing.
 *
 * CPU times are of a reference core, latencies are not. Both are booked as "waking", of the service that wakes; CPU counts as used
 * and burns quota, but is no work of any demand. Saturation tables and walks leave it out where it vanishes at saturation, which is
 * with an event loop, and reckon each computation with it where threads wait for their own requests. Latency keeps the thread:
 * who comes meanwhile waits for it. Workers next to a loop pay CPU only.
 *
 * Invariant (audit_cpu.c): CPU used is work done for demands, plus CPU spent on waking. */
#ifndef WAKING_H
#define WAKING_H
#include "models/core/world.h"
#include "sim/describe/field.h"
#include "sim/engine/distribution.h"
#include "sim/engine/stream.h"

struct wake_config {
  struct distribution cpu, latency; /* no kind: none */
};

/* Threads of one crew that are awake without having anything yet: those that were freed at this instant. */
struct awake {
  sim_time at;
  uint32_t count, request; /* request: that computed last, where each has a thread of its own */
};

/* Of a container. */
struct waking {
  const struct wake_config *process;
  struct stream draws;
  double spent_ns;     /* CPU of wakings that are over */
  struct awake *crews; /* of the container, then of each process: loop, workers */
};

/* The cores of a node. */
struct cores_idle {
  const struct wake_config *config;
  sim_time freed_at, awake_at; /* the last end of a computation; when the last core that leaves its idle state will have */
  uint32_t waking;
};

/* CPU time of waking, in ns, that each computation of the service is reckoned with at any load: where requests have threads of
 * their own, which block in between. */
double waking_of_each(const struct service_config *);

static inline double waking_spent(const struct container *c) { return c->waking ? c->waking->spent_ns : 0; }

#endif
