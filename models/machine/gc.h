/* Pauses: garbage collection that stops the world.
 *
 * A process that is up runs for a time `every`, then nothing in it computes for a time `pause`, and so on: computations are kept as
 * they are and go on afterwards (preemptive resume), newcomers wait. So a process with pauses is a server that breaks down, busy or
 * idle (White and Christie 1958). With an event loop, Poisson arrivals at rate l and exponential `every` of rate x, let
 * a = 1 + x E[pause], p = 1 - 1/a the share of time paused, r = E[pause^2] / (2 E[pause]) what is left of a pause that is met, and
 * V the work that is met. Then, by who is met and what is left of it,
 *
 *     E[V] = (l E[S] p r + a l E[S^2] / 2) / (1 - a l E[S])          E[latency] = a (E[V] + E[S]) + p r
 *
 * What is paused uses no core: the node's other containers can have it. The wait of whoever computes or waits is queue time. Each
 * process has pauses of its own, from its own stream; a process that dies has none, a new one begins with a time `every`. There are
 * none in availability runs. */
#ifndef GC_H
#define GC_H
#include <stdint.h>

struct service_config;

/* Share of the time in which a process is not paused. */
double gc_running_share(const struct service_config *);

#endif
