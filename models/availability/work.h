/* Work: how much the services have to do when requests come as they do at an hour of the day, known from the scenario alone.
 *
 * The load sheet (models/core/load_sheet.h) of each endpoint alone says what a request of it asks of each service; how many
 * requests come is known by the hour (levels.h), and which share of them finds a serving path by routing (state.h). What fails is
 * taken to ask nothing: a service behind one that is lost is idle, which is so for what is asked after the failure and too little
 * for what is asked before it. Jobs that the clock publishes are always done.
 *
 *     struct work *work = work_new(model, arena);
 *     double busy = work_cores(work, service, 100, state->served);        cores busy in all its replicas together, at 100/s
 *
 * Only means: queues, retries and caches that are colder than usual are not in it. */
#ifndef WORK_H
#define WORK_H
#include <stdint.h>

struct arena;
struct model;
struct served;
struct work;

struct work *work_new(const struct model *, struct arena *);
/* served: by endpoint, or null: all of them are. */
double work_cores(const struct work *, uint32_t service, double per_second, const struct served *);
/* Calls that the service answers a second. */
double work_calls(const struct work *, uint32_t service, double per_second, const struct served *);

#endif
