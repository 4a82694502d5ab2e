/* Claims: what must hold, or what a planning document states, as something that a run can decide. What can be measured is a row of
 * the table of measures (measure_kind.h); this is what the rows amount to.
 *
 *     claim := agg '(' metric [ labels ] [ side value ] ')' [ 'over' window ] op value [ 'for' share ]
 *     labels := '{' label '=' word { ',' label '=' word } '}'
 *
 *     p99(buy.latency) < 250ms          latency of an endpoint, a service, or of "all" requests; also mean, max, p50 ... p99.99
 *     p95(buy.wait) < 20s               what a request waited within the system, in queues and for connections, to its end:
 *                                       of all requests of an endpoint or of "all", those that gave up included
 *     sd(buy.latency) < 50ms            standard deviation of a latency or a wait, over requests
 *     share(buy.wait < 20s) >= 80%      of the requests those whose wait or latency is below; also <=, >, >=;
 *                                       share(buy.wait > 0s): the probability of waiting
 *     mean(buy.queue) < 5ms             attributed time: queue, service, pool, network, external, delay
 *     p99(buy.latency{region=eu}) < 500ms        of clients in that region; of endpoints and "all": latency, wait, attributed time,
 *                                       rate, count, arrived, error_rate, unanswered
 *     error_rate(all{cause=timeout}) < 1%      rate(all) in 50/s..150/s      count(buy) > 1000: answered, in one replication
 *     count(buy{cause=patience}) < 5    of those that ended so, in one replication; also rate     arrived(all) > 1000
 *     unanswered(buy) < 10              still inside at the end of the measured time: neither answered nor failed
 *     utilization(server.cpu) < 70%     a node group's CPU; backend.threads: a service's threads; backend.cpu: its CPU;
 *                                       mysql.primary: the CPU of a database's first replica;
 *                                       backend.connections: its connection pool
 *     saturation(all) >= 150/s          the load at which the first resource is full; of a service: its own first
 *     hit_rate(redis) > 85%             of look-ups by key, those that find their item, in a cache; of a service that asks: in the
 *                                       memory of its processes
 *     mean(backend.replicas) < 10       in rotation; also max
 *     availability(year) >= 99.9%       or of an endpoint      downtime(year) < 9h
 *     downtime(year) < 52.6min for 95%  of the years; also downtime(month), availability, outages; without "for": the mean
 *     downtime(year{fault=server_loss}) < 1h       what this fault took; {planned=true}, {planned=false}; {endpoint=buy}
 *     outages(year) < 4                 how often something begins to be missing     mtbf(all) > 30d     mean time between them
 *     time_to_first_outage(buy) > 90d   from the beginning, all up
 *     rto(server_loss) < 4h for 95%     time until all are served again, of a fault: 95% of the outages are that short; with > or
 *                                       >= that long, with in a..b within the range. Without "for": the mean
 *     rpo(server_loss) < 15min          age of the oldest write that is lost with a primary which the fault takes; 0: nothing is
 *     cost(month) <= 200 USD            mean(inside) < 40: waiting clients      inside(90s): their number at a probe
 *     rate(fans.attempts) < 900/s       what a part of the scenario counts itself (models/core/meter.h): count and rate of a
 *     min(tickets.left) >= 0            count; mean, max and min of a level; mean, percentiles, sd, max and share of a time. Over a
 *     p95(lobby.wait) < 5min            window: counts, and means of levels
 *     window := peak(15m) | 1h..2h | "sale" | 19:00..21:00      see sim/scenario/window.h; of endpoints: latency, wait,
 *                                       error_rate, rate, count and arrived; hit_rate, utilization;
 *                                       means of replicas and of "inside"
 *     op     := < <= > >= | in a..b       absent where the claim is only shown */
#ifndef CLAIM_H
#define CLAIM_H
#include "models/request/request.h"
#include "sim/engine/sim_time.h"
#include "sim/scenario/claim_kind.h"
#include "sim/scenario/measure_kind.h"
#include "sim/scenario/window.h"
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct model;

/* Of what is not served: all of it, or what these faults took. */
enum lost_part { LOST_ALL, LOST_PLANNED, LOST_UNPLANNED, LOST_TO_FAULT };

/* What is measured: enough to work it out from one replication, or from all of them. */
struct measure {
  const struct measure_kind *kind;
  double p; /* of a percentile; else 0 */
  enum subject subject;
  uint32_t index;           /* of the subject, or of the probe */
  enum time_kind time_kind; /* QUANTITY_TIME */
  int32_t cause;            /* enum outcome, or -1: any */
  int32_t region;           /* of the clients, or -1: wherever they are */
  sim_time threshold;       /* of a share: of the values at most this, or above it */
  bool above;
  struct window window;
  bool monthly;        /* of years of faults: of a month instead of a year */
  enum lost_part part; /* of what is not served */
  uint32_t fault;      /* LOST_TO_FAULT */
};

enum comparison { COMPARE_LESS, COMPARE_LESS_EQUAL, COMPARE_GREATER, COMPARE_GREATER_EQUAL, COMPARE_IN };

/* As written; exactly one text is given. */
struct claim_keys {
  const char *require, *stated, *show, *expr;
  int32_t severity;
};

struct claim {
  const char *name; /* id */
  const char *expression;
  const char *source, *note;
  struct claim_keys keys;
  enum claim_kind kind;
  enum severity severity; /* of a requirement */
  struct measure measure;
  enum comparison comparison;
  double low, high; /* in base units; one side infinite unless IN */
  double share;     /* of "for": 0 when absent */
};

/* What is measured, from its text such as "p99(buy.latency) over peak(15m)". Null, or what is wrong. */
const char *measure_parse(struct arena *, const struct model *, const char *text, struct measure *, const char **rest);
/* What a name may be followed by: "latency", "wait", "replicas" .. and the kinds of attributed time. Returns how many. */
uint32_t claim_quantities(const char **words, uint32_t most);
/* Tells the model what the measure needs to be recorded: to be called for every measure that will be taken, before the run. */
void measure_request(const struct measure *, struct model *);
/* The whole claim from claim->expression, as its kind wants it. Null, or what is wrong. */
const char *claim_parse(struct arena *, const struct model *, struct claim *);

#endif
