/* What the requests of a log add up to, line by line and in bounded memory: by hour, by route, by client.
 *
 * A route is the method and the path with what looks like an id left out: GET /orders/1234 is get-orders-id. Beyond ROUTES of them
 * the rest is one. A session is what a client asks without half an hour in between; clients beyond CLIENTS are not tracked. */
#ifndef LOG_COUNTS_H
#define LOG_COUNTS_H
#include "sim/import/log_request.h"
#include "sim/import/import.h"

enum { ROUTES = 4096, CLIENTS = 1 << 20, HOURS = 24 * 366 * 3, SPEEDS = 256 };

struct route {
  const char *name;
  uint64_t count, failed, sized, timed;
  double bytes;
  uint32_t *speeds; /* by steps of 2^(1/8) from 10 us */
};

struct seen_client {
  uint64_t hash;
  int64_t last; /* s */
};

struct log_counts {
  struct arena *arena;
  sim_time zone, first, last, begin; /* begin: of the first hour that is counted */
  bool any;
  uint64_t requests, failed, out_of_range, more_routes;
  uint32_t *hours; /* requests in each hour since `begin` */
  struct route *routes;
  uint32_t *route_places, route_count;
  struct seen_client *clients;
  uint32_t client_count;
  uint64_t sessions, in_sessions, thinks;
  double think_s;
};

void log_counts_begin(struct log_counts *, struct arena *);
void log_counts_add(struct log_counts *, const struct log_request *, sim_time zone);
/* Requests in an hour of the day over all days, and how many seconds of it the log reaches in all: its ends are no whole hours. */
uint64_t log_counts_hour(const struct log_counts *, int hour, double *covered_s);
/* The most requests in any one hour. */
uint64_t log_counts_most(const struct log_counts *);
/* Of durations: the value that a share of them is below; NAN without any. */
double log_counts_speed(const struct route *, double share);

#endif
