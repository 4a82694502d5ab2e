/* Garbage collection: pauses by time, and collections by what is allocated.
 *
 * By time: a process that is up runs for a time `every`, then nothing in it computes for a time `pause`, and so on: computations
 * are kept as they are and go on afterwards (preemptive resume), newcomers wait. So a process with pauses is a server that breaks
 * down, busy or idle (White and Christie 1958). With an event loop, Poisson arrivals at rate l and exponential `every` of rate x,
 * let a = 1 + x E[pause], p = 1 - 1/a the share of time paused, r = E[pause^2] / (2 E[pause]) what is left of a pause that is met,
 * and V the work that is met. Then, by who is met and what is left of it,
 *
 *     E[V] = (l E[S] p r + a l E[S^2] / 2) / (1 - a l E[S])          E[latency] = a (E[V] + E[S]) + p r
 *
 * What is paused uses no core: the node's other containers can have it.
 *
 * By allocation: each request that a process accepts allocates `allocation` bytes, and a step what it says. A computation that
 * begins when the process has allocated `young` bytes since its last collection makes it collect first: all that computes in it is
 * set aside as in a pause, and the collection itself is a computation of its own on the process, of the drawn CPU time, which
 * contends for the node's cores as any other. Each `major.every`-th is a major one. What is beyond `young` counts for the next. So
 *
 *     CPU of a request = its demand + allocation / young x ((n - 1) E[minor] + E[major]) / n
 *     allocated = collections x young + what has been allocated since          an invariant, audited
 *
 * and that is what tables, saturation and plans reckon with. A process that has been up for long at time zero begins somewhere
 * between two collections, a new one behind one.
 *
 * The wait of whoever computes or waits is queue time. Each process has pauses of its own, from its own stream; a process that dies
 * has none, a new one begins with a time `every`. There are none in availability runs. */
#ifndef GC_H
#define GC_H
#include <stdint.h>

struct compiler;
struct service_config;

/* Share of the time in which a process is not in a pause by time. */
double gc_running_share(const struct service_config *);
/* The request allocates here, on the replica of the open frame. */
void gc_compile(struct compiler *, int64_t bytes);
#endif
