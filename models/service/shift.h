/* Shifts: the number of a service's threads over the day, as the staff of a call centre or a batch that shares the machine.
 *
 * A shift changes the threads of every replica at its instant; what is at work then goes on to its end. Utilization is work
 * over what was there to work: the integral of threads times replicas in rotation, kept from shift to shift. For arithmetic
 * without a run (when is it full?) the mean over the measured time stands for the number of threads. */
#ifndef SHIFT_H
#define SHIFT_H
#include "models/service/service.h"

struct service;
struct world;

/* Brings the integrals to now. */
void shift_account(const struct world *, struct service *);
/* Mean over [from, to) of the threads of a replica, no instant counting more than `most`; infinite for unlimited threads. */
double shift_mean_threads(const struct service_config *, double most, sim_time from, sim_time to);

#endif
