/* Meters: what components count in addition to the outcomes of requests: attempts of a source, tickets left, the line before a
 * sale.
 *
 * A meter belongs to a thing of the scenario ("tickets") and has a name of its own ("left"). It is declared once while the model is
 * linked, by whatever component moves it, and from then on is a number in claims, results and pictures without further code:
 *
 *     count    events                rate(fans.attempts) < 900/s     count(tickets.sold) >= 5000, in one replication
 *     level    a number over time    mean(lobby.length) < 1000       max(lobby.length)        min(tickets.left) >= 0
 *     time     durations             p95(lobby.wait) < 5min          mean, sd, max, share(lobby.wait < 1min) too
 *
 * Counts and levels also have a course over the windows of the run (series). A count belongs to the instant of its event, a
 * duration to its end; what lies outside of the measured time is left out. A level's course is a step function: meter_set at each
 * change.
 *
 *     config->left = meter_declare(model, "tickets", "left", METER_LEVEL, "Not sold and not held.");   ... while linking
 *     meter_set(world, config->left, 4999);                                                            ... while running
 *
 * In a claim "thing.name" is looked for among the meters first, so that a meter may be called what endpoints have too (wait). */
#ifndef METER_H
#define METER_H
#include "sim/engine/sim_time.h"
#include "sim/stats/histogram.h"
#include "sim/stats/level.h"
#include "sim/stats/series.h"
#include <stdbool.h>

struct arena;
struct model;
struct world;

enum meter_kind { METER_COUNT, METER_LEVEL, METER_TIME };

struct meter_config {
  const char *thing, *name; /* both live as long as the model */
  enum meter_kind kind;
  const char *doc; /* one sentence for people */
  bool quiet;      /* shown where it belongs, not in the table of what is counted */
  bool queue;      /* a level of what waits: a system that settles has no such level that grows without end */
};

/* What one replication saw of a meter; merged by addition. */
struct meter_observation {
  struct series course;       /* COUNT: events; LEVEL: the level; TIME: durations in seconds at their ends */
  struct level level;         /* LEVEL: its present value */
  double most, least_negated; /* LEVEL, in the measured time: highest, and minus the lowest, so that both merge by the larger */
  struct histogram *time;     /* TIME, in ns; else null */
};

/* While linking: returns the meter's number. */
uint32_t meter_declare(struct model *, const char *thing, const char *name, enum meter_kind, const char *doc);

/* While linking, of a level: what waits there for its turn is in no other gauge (models/core/gauge.h). */
void meter_is_queue(struct model *, uint32_t meter);

/* While running. */
void meter_count(struct world *, uint32_t meter);
void meter_add(struct world *, uint32_t meter, double amount); /* of a count: so many at once */
/* Of a level that is 0 otherwise: it is one more from then on, for this long. */
void meter_book(struct world *, uint32_t meter, sim_time from, sim_time lasts);
void meter_set(struct world *, uint32_t meter, int64_t level);
void meter_change(struct world *, uint32_t meter, int64_t change);
/* Of a level: it changes so, and back within the instant. */
void meter_touches(struct world *, uint32_t meter, int64_t change);
void meter_time(struct world *, uint32_t meter, sim_time duration);

/* For the world: room for all; the measured time begins, or ends. */
void meters_open(struct meter_observation *, const struct meter_config *, uint32_t count, struct arena *, sim_time length,
                 uint32_t windows);
void meters_begin(struct world *);
void meters_end(struct world *);

#endif
