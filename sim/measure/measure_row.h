/* A row of the table of measures: how it is asked (sim/scenario/measure_kind.h), how its value is found, how its interval is made
 * and what it is good for. Whatever distinguishes one measure from another is said here; nothing asks for the kind of a measure by
 * name where a member can say it.
 *
 *     measure_row(m)->value(m, model, view)     ... what measure_value does */
#ifndef MEASURE_ROW_H
#define MEASURE_ROW_H
#include "sim/measure/measure.h"
#include <assert.h>
#include <stddef.h>

struct entry;
struct evidence;

typedef double (*statistic_of)(const struct measure *, const struct histogram *);
enum { COMPARED_PERCENTILES = 3 };

struct measure_row {
  struct measure_kind kind; /* first: a measure has a pointer to it */

  /* --- its value: from one replication, or from all of them merged --- */
  double (*value)(const struct measure *, const struct model *, const struct view *);
  /* Of money: from what is paid and what comes in a month. Then value is value_priced. */
  double (*priced)(const struct measure *, const struct model *, const struct view *, double cost, double revenue);
  /* Of values of which a histogram is kept: the histogram, and what is taken of it. Instead of value and count. */
  double (*over)(const struct measure *, const struct model *, const struct view *, statistic_of);
  statistic_of statistic;
  struct histogram_range (*range)(const struct measure *,
                                  const struct histogram *); /* null: as exact as a histogram is asked for */
  uint64_t (*count)(const struct measure *, const struct model *, const struct view *); /* null: replications */
  /* Of single outages: their durations. */
  const struct durations *(*each)(const struct measure *, const struct view *);
  /* Of whole years or months: those in which there was anything (measure_periods). */
  const struct durations *(*periods)(const struct measure *, const struct model *, const struct view *);
  bool (*exact)(const struct model *); /* whether it follows from the scenario alone; null: it does not */

  /* --- its interval --- */
  void (*law)(const struct evidence *, const struct entry *, struct estimate *); /* sim/measure/law.h; null: of the spread */
  bool extreme;                                                                  /* what was seen: no law gives it an interval */
  bool of_requests; /* growth of queues takes its meaning, where its requests go (growth_concerns) */
  bool steady;      /* and then it has no value at all */
  bool failures;    /* a share of requests, of which few are rare events: what was never seen is bounded by their number */
  bool time_lost;   /* rests on outages, of which few were seen */
  bool negative;    /* it may be less than 0 */
  double (*worth)(const struct model *); /* of time lost: what a second of it costs at the typical price; null: itself */
  bool endless;                          /* infinite where nothing was seen, and bounded from below then */
  bool nines;                            /* what is missing to 1 matters: a precision is relative to that */
  const char *why_none;                  /* a reason of its own why there is no value; null: none */
  const char *events;                    /* of single outages, for people: "outages" */

  /* --- what it is good for --- */
  int good; /* which values are better: 1 the greater ones, -1 the smaller ones, 0 neither or unknown; see measure_good_side */
  /* Comparisons show it of these subjects, and of these as a headline; of a percentile only these percentages. */
  uint32_t compared, headlines;
  double percentiles[COMPARED_PERCENTILES];
};

static_assert(offsetof(struct measure_row, kind) == 0, "a kind is the beginning of its row");
static inline const struct measure_row *measure_row(const struct measure *m) {
  assert(m->kind);
  return (const struct measure_row *)m->kind;
}

static inline bool measure_is_latency(const struct measure *m) { return m->kind->quantity == QUANTITY_LATENCY; }
static inline bool measure_settles(const struct measure *m) { return m->kind->argument == ARGUMENT_NONE; }
static inline bool measure_is_headline(const struct measure *m) { return measure_row(m)->headlines & ASKED_OF(m->subject); }

#endif
