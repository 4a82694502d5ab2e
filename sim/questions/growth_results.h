/* The answer to `aguanta growth`, ready to be printed. Filled by sim/questions/growth*.c, read by sim/report; what it points to
 * lives until outlook_free. Estimates are in base units; unknown is NaN. Months count from today. */
#ifndef GROWTH_RESULTS_H
#define GROWTH_RESULTS_H
#include "sim/measure/results.h"

enum outlook_course {
  OUTLOOK_BREAKS,   /* holds today and fails later */
  OUTLOOK_HOLDS,    /* through all months that were run */
  OUTLOOK_BROKEN,   /* fails today */
  OUTLOOK_BEGINS,   /* fails today and holds later */
  OUTLOOK_UNDECIDED /* neither was shown where it matters */
};

/* A month in which something changes: between the last that was shown to be before it and the first shown to be behind it. */
struct outlook_when {
  double month, low, high; /* NaN: in none that was looked at */
  bool resolved;           /* to what is asked for */
};

struct outlook_requirement {
  const char *id, *expression;
  enum severity severity;
  enum unit unit;
  double low, high; /* what holds lies between them */
  bool implicit;    /* `settles` */
  bool again;       /* it was shown to hold behind a month in which it fails */
  enum outlook_course course;
  struct outlook_when when; /* BREAKS: where it stops to hold; BEGINS: where it begins */
  const char *fullest;      /* resource, in the first month shown to fail; null: unknown */
  double busy;
  const char *reason; /* may be null */
  double held_to;     /* the last month shown to hold; NaN: none */
};

/* Something that is watched: the month in which it fires. */
struct outlook_trigger {
  const char *name, *condition, *move;
  double for_s, every_s, takes_s;
  double level;               /* load that is kept up for the time, over that of the busiest time */
  enum outlook_course course; /* BREAKS: it fires in `when`; HOLDS: not within the months; UNDECIDED */
  bool never;                 /* HOLDS: it cannot fire while users are served */
  struct outlook_when when;
  double at_full;     /* the figure at that level when the first resource is full in the busiest time; NaN: unknown */
  const char *breaks; /* requirement of severity must that breaks first, compared with it; null: none breaks */
  double ahead;       /* months from the end of the move to that; negative: too late */
  bool late;
  double unserved;    /* requests that fail while the move is made; NaN: unknown */
  double cost;        /* of that, by the price of an hour down; NaN: none is stated */
  const char *reason; /* may be null */
};

/* To how many users it holds: the least at which a requirement of severity must stops to hold. */
struct outlook_until {
  double users, low, high; /* infinite: through all that were looked at; NaN: users are not known */
  const char *breaks;      /* requirement that does; null: none */
  bool shown;              /* false: it was not shown to fail there, nor to hold beyond */
};

/* What a document says it costs, and what was found. Costs are those over the range of users. */
struct outlook_stated {
  const char *name, *source;
  double from, users;   /* equal: no range */
  double low, high;     /* stated, in the currency of the bill */
  struct estimate cost; /* of the typical prices in the middle of the range; NaN: not looked at */
  enum verdict holds;   /* whether it does, with that many users */
  enum verdict verdict; /* CONFIRMED, BETTER (it holds and costs less), CONTRADICTED, UNDECIDED, NO_DATA */
  const char *reason;   /* may be null */
};

/* Of a requirement in a month. */
struct outlook_value {
  struct estimate estimate; /* 95% interval; of a month that was not run, a band */
  enum verdict verdict;
  const char *reason; /* why there is no value; may be null */
};

struct outlook_month {
  double month, users;
  double load_per_s, peak_per_s; /* offered in the measured time: mean, and the busiest 48th; NaN: no source has a rate */
  double load;                   /* peak over what the first resource can do; NaN: unknown */
  uint32_t replications;         /* 0: interpolated between months that were run */
  bool beyond;                   /* more is offered than it is worth running: no values */
  const char *grows;             /* what grows without end, or null */
  struct estimate cost;          /* a month */
  struct outlook_value *values;  /* by requirement */
  struct estimate *busy;         /* by resource */
};

struct outlook_results {
  const char *scenario_name, *scenario_title, *scenario_file, *engine, *seed_text, *currency;
  uint64_t scenario_hash;
  const char *how;        /* "at 6% a month" */
  const char *what;       /* "this server", "these 3 servers" */
  const char *next;       /* "the second one" */
  const char *const *who; /* sources that grow */
  uint32_t who_count, source_count;
  double months, lead_months;
  uint32_t requirement_count, resource_count, trigger_count, stated_count, run_count, month_count, note_count, violation_count;
  struct outlook_requirement *requirements;
  struct outlook_trigger *triggers;
  const char **resources;
  double *full_at;             /* by resource: month in which it is full in the busiest 48th; NaN: in none, or unknown */
  struct outlook_month *runs;  /* those that were run, by month */
  struct outlook_month *table; /* month by month */
  struct outlook_until until;
  struct outlook_stated *stated;
  int32_t first; /* requirement of severity must that breaks first; -1: none */
  uint64_t requests, events;
  const char **notes, **violations;
  bool interrupted;
  struct arena **arenas; /* of the months that were run */
  uint32_t arena_count;
};

void outlook_free(struct outlook_results *); /* null is allowed */

#endif
