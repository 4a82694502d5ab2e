/* Computing: the threads and cores that the replicas of a service have, known from the scenario alone. Threads follow shifts, in
 * the mean of the measured time; a limit on CPU and the largest node bound what they can do. */
#ifndef COMPUTING_H
#define COMPUTING_H

struct model;
struct service_config;

/* Cores that one replica can use: its limit, its threads (those next to loops too), its node. */
double computing_cores(const struct model *, const struct service_config *);

#endif
