/* The answer to `aguanta drill`, ready to be printed. Filled by sim/questions/drill*.c, read by sim/report; it owns nothing that is
 * not in its arena. Estimates are in base units; unknown is NaN. Times of faults count from the strike. */
#ifndef DRILL_RESULTS_H
#define DRILL_RESULTS_H
#include "sim/measure/results.h"

/* A requirement that is judged. */
struct drill_requirement {
  const char *id, *expression;
  enum severity severity;
  enum unit unit;
  double low, high;   /* what holds lies between them */
  double window_s;    /* of the short windows that it is judged over */
  double per_s;       /* requests that it is of, a second */
  const char *reason; /* why it cannot be judged; else null */
};

/* A claim that a drill does not judge. */
struct drill_left_out {
  const char *expression, *reason;
};

/* One requirement under one fault. */
struct drill_cell {
  struct estimate before, after; /* of its measure: before the strike, and in the last quarter of what is watched */
  struct estimate worst;         /* of the worst short window behind the strike, mean over replications */
  enum verdict before_verdict, after_verdict;
  uint32_t broken, back;    /* replications in which some short window breaks it; of these, in which it holds again */
  struct estimate recovery; /* seconds until it holds again, over those in which it was broken; NaN unless all are back */
  double longest_s;         /* of those that are back; NaN: none */
  const char *allowed;      /* the claim that allows a recovery time, or null */
  enum verdict verdict;
  const char *reason; /* may be null */
};

/* Something that was lost beyond what is lost without the fault, mean of a replication. */
struct drill_loss {
  const char *what; /* "timeout", "orders.lost_writes" */
  bool requests;    /* requests that failed so; else what a part of the scenario counts */
  struct estimate count;
};

/* How it went, by short steps of time, over all replications. */
struct drill_course {
  uint32_t count;
  const double *t_s;            /* since the strike */
  const double *failed;         /* share of the requests that ended; NaN where none did */
  const double *latency_s;      /* p95 of those that were answered, of all endpoints; NaN where too few were */
  const double *failed_without; /* the same without the fault */
  const double *latency_without_s;
};

struct drill_fault {
  const char *name, *kind, *of;  /* of: what it strikes, or "" */
  double expected_s;             /* how long an outage would last in the mean */
  uint32_t struck;               /* replications in which it found something to strike */
  uint32_t outages, served;      /* replications in which some request found no way; of these, in which all find one again */
  struct estimate served_again;  /* seconds until then; NaN unless all are */
  struct estimate failed;        /* requests of a replication that failed beyond those that fail without the fault */
  struct estimate failed_s;      /* the same as seconds of the traffic */
  struct estimate unanswered;    /* still waiting at the end, beyond those without it */
  struct estimate lost_writes_s; /* age of the oldest lost write, mean of the replications that lost some; infinite: all of them */
  uint32_t primaries;            /* replications in which a primary was lost */
  uint32_t loss_count;
  struct drill_loss *losses;
  struct drill_cell *cells; /* by requirement */
  struct drill_course course;
  uint32_t note_count;
  const char **notes;
};

struct drill_results {
  const char *scenario_name, *scenario_title, *scenario_file, *engine, *seed_text;
  uint64_t scenario_hash;
  uint32_t replications;
  uint64_t requests, events;
  double warmup_s, before_s, watch_s, step_s; /* simulated before, measured before the strike and behind it; of the courses */
  double strike_s;                            /* since the run begins */
  const char *clock;                          /* the strike's time of day; null: the load has no course over the day */
  const char *chosen;                         /* why then: "peak load", "--at", "after the warm-up: the load is steady" */
  double load_per_s;                          /* requests that arrive a second around the strike */
  uint32_t requirement_count, fault_count, left_out_count, note_count;
  struct drill_requirement *requirements;
  struct drill_fault *faults;
  struct drill_left_out *left_out;
  const char **notes;
  uint32_t violation_count;
  const char **violations;
  bool interrupted;
};

#endif
