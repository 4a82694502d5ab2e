/* What is offered to the system, worked out from the sources' mixes and mean rates, without a run. */
#ifndef OFFERED_H
#define OFFERED_H
#include "models/traffic/source.h"

/* Mean share, in all requests, of those for the endpoint by the source. */
double model_share(const struct model *, uint32_t source, uint32_t endpoint);
/* The same of its requests by journeys too. */
double model_source_share(const struct model *, uint32_t source, uint32_t endpoint);
/* Mean share of the endpoint in all requests, from the sources' mixes and mean rates; sums to 1. */
double model_endpoint_share(const struct model *, uint32_t endpoint);
/* Requests that one arrival of the source brings, if every request is answered. */
double model_visits(const struct model *, const struct source_config *);
/* Requests that one replication of a traffic run simulates, estimated: closed users as if nothing took time. */
double model_requests(const struct model *);
/* Requests of sources that arrive at a rate, expected in [from, to): what is offered, whatever becomes of it. */
double model_offered(const struct model *, sim_time from, sim_time to);
/* Mean offered rate of all open sources over the measured window, per second. */
double model_offered_rate(const struct model *);

#endif
