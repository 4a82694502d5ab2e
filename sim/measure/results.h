/* The answer: what a study found, ready to be printed.
 *
 * Filled by sim/measure and sim/study, read by sim/report; owns nothing that is not in its arena. Every estimate is in base units
 * (seconds, bytes, ratio, per second, currency); unknown is NaN, printed as null or a dash, never 0. Nothing in here depends on the
 * wall clock or on the number of threads. */
#ifndef RESULTS_H
#define RESULTS_H
#include "sim/scenario/claim_kind.h"
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* What grows without end: "over capacity" or "tipped over", and with it what grows and how fast. Both null: nothing is seen to. */
struct growth_words {
  const char *word, *text;
};

/* A value with its 95% interval. low and high are NaN when no interval can be given (one replication); for a value that is
 * exact by arithmetic, such as a price, `exact` is set and the interval is the value. n: observations behind it. */
struct estimate {
  double value, low, high;
  uint64_t n;
  bool exact;
};

struct metric {
  const char *name;                /* "event.latency", "nginx.utilization" */
  const char *aggregate;           /* "mean", "p99", "rate", "error_rate" ... */
  const char *label, *label_value; /* null, or one label such as cause=timeout */
  enum unit unit;
  struct estimate estimate;
  const char *reason; /* why there is no value; null when there is one */
};

/* Requirements pass or fail. Statements are confirmed or contradicted, or better: the measured value lies outside of what is
 * stated, on the good side of it. Both can be undecided or without data. NONE is the verdict of info. */
enum verdict {
  VERDICT_PASS,
  VERDICT_FAIL,
  VERDICT_UNDECIDED,
  VERDICT_NO_DATA,
  VERDICT_CONFIRMED,
  VERDICT_BETTER,
  VERDICT_CONTRADICTED,
  VERDICT_NONE
};

struct claim_result {
  const char *id, *expression, *source; /* source: the document's figure, such as P-2; may be null */
  const char *note;                     /* from the scenario; may be null */
  enum claim_kind kind;
  enum severity severity; /* of a requirement */
  enum verdict verdict;
  enum unit unit;
  struct estimate estimate;
  uint64_t more_replications; /* UNDECIDED: how many more it would take, 0 when unknown */
  const char *reason;         /* why there is no data, or what would decide it; may be null */
  double low, high;           /* what holds lies between them; infinite where open */
  const char *leaves_out;     /* of uptime: what its figure does not contain; else null */
  const char *judged;         /* what was estimated, where the expression alone does not say it: "5% quantile of 812 outages" */
  bool implicit;              /* the requirement `settles`: text shows and counts it when it does not pass */
};

/* Where a claim stands; line 0: in no file, as of --set. */
struct claim_place {
  const char *file;
  uint32_t line;
};

/* Where the time of a request went: one row per component and kind of time, in seconds per request. `slow` is the mean
 * over the slowest 1% of the endpoint's requests. The rows of an endpoint add up to its mean latency. */
struct breakdown {
  const char *endpoint, *component, *kind; /* kind: queue, service, network, pool, external, delay ... */
  double mean_s, slow_s;
};

/* A resource and the load at which it is full, ordered by that load: the first is the bottleneck. */
struct saturation {
  const char *resource;        /* "backend event loop", "server CPU" */
  struct estimate utilization; /* ratio */
  double saturates_at_per_s;   /* requests per second of the whole system at this mix */
  bool saturated;              /* more than 99% busy, and with its own demand */
  bool blocked;                /* more than 99% busy with waiting for what is full before it */
  const char *grows;           /* "jobs": no request waits for it, and when it is full they grow; else null */
  const char *reason;          /* why the utilization has no value; null when it has one */
  const char *remark;          /* what else is to be known of its capacity; may be null */
};

struct error_cause {
  const char *endpoint, *cause; /* timeout, rejected, pool_timeout, refused, unreachable, external, crashed, ... */
  uint64_t count;
  struct estimate ratio; /* of the endpoint's requests */
};

/* What a part of the scenario counts in addition to requests (models/core/meter.h): its figures are metrics of this name. */
enum meter_row_kind { METER_ROW_COUNT, METER_ROW_LEVEL, METER_ROW_TIME };
struct meter_row {
  const char *name; /* "tickets.left" */
  enum meter_row_kind kind;
  const char *doc;
};

/* Percentile curve of one endpoint: latency_s[i] at share[i], merged over replications. */
struct latency_curve {
  const char *endpoint;
  uint32_t count;
  const double *share, *latency_s;
};

/* One quantity over the windows of the run, mean over replications. t_s: the start of each window. */
struct result_series {
  const char *metric, *label; /* label: endpoint or service; may be null */
  enum unit unit;
  uint32_t count;
  const double *t_s, *mean, *low, *high; /* low and high: 95% interval, NaN where none */
  const char *reason;                    /* why parts have no value; null when all have one */
};

struct bill_line {
  const char *item;     /* "3 x worker (vps-4-8)" */
  const char *price_id; /* in the price list */
  const char *source;   /* of the price, with its date */
  double quantity, unit_price, monthly;
  const char *unit;        /* "nodes", "GB" */
  double low, high, first; /* monthly at the ends of the price's range; in the first month */
};

struct bill {
  const char *currency;
  double monthly;
  uint32_t count;
  const struct bill_line *lines;
  double low, high;      /* monthly, all prices at the ends of their ranges */
  double first;          /* the first month, at promotional prices */
  const char *beyond;    /* an item of which there is more than its last tier has a price for; null: none */
  uint32_t income_count; /* what comes in */
  const struct bill_line *income;
  double revenue;                       /* a month; NAN: nothing is said of it */
  double per_1000, per_user, per_order; /* NAN: not asked for, or unknown */
  const char *order;                    /* the endpoint of orders, or null */
  double users;
  double hour_down, down_a_year; /* what an hour of downtime costs, and that of a year; NAN: not asked for */
};

/* Why an RPO is infinite. */
#define RPO_UNBOUNDED "unbounded: all data were lost, and there was no backup"

/* One fault class over the availability run. */
struct outage_class {
  const char *fault;
  uint64_t faults, outages; /* how often it happened; how often a request was not served */
  double faults_per_year;
  struct estimate rto_mean; /* seconds from the fault until every request is served again, over outages */
  double rto_p50, rto_p95, rto_max;
  double downtime_per_year_s; /* weighted by the failing share */
  uint64_t primaries;         /* of databases that it took; of their losses of data, when there are any: */
  struct estimate rpo_mean;   /* seconds: age of the oldest lost write */
  double rpo_p95, rpo_max;
  const char *reason;    /* why there is no RTO; null when there is one */
  double downtime_share; /* of that of all; NaN when there is none */
  bool planned;
  uint32_t phase_count; /* of the mean RTO, what it was spent on, in this order; they add up to it; 0: nothing is known */
  const double *phase_mean_s;
  const char *const *phases;
};

/* One strike at a given time in the traffic, and one requirement of an endpoint: until it holds again. */
struct strike_result {
  const char *fault;
  double at_s;                      /* since the run begins */
  const char *id, *expression;      /* of the requirement; null: none can be judged, see `reason` */
  uint32_t judged, broken, back;    /* replications; of them broken; of those held again in the time that is watched */
  uint32_t broken_before;           /* of those judged: broken just before the strike, too */
  struct estimate recovery;         /* seconds since the strike; NaN: never broken, or not back in one */
  double longest_s;                 /* of those that are back */
  double watched_s;                 /* until the next strike or the end */
  double needs_s, window_s, step_s; /* how long a window needs to be for a value; is; by which it moves on */
  const char *reason;               /* why nothing is judged; null when something is */
};

/* What is not served in a year or month, over all that were simulated. */
enum { SPREAD_QUANTILES = 20 };
struct downtime_spread {
  struct estimate mean, p95;
  double p50, worst;
  double quantiles[SPREAD_QUANTILES]; /* at 2.5%, 7.5%, ... 97.5%: each stands for one in twenty */
};

/* Of all downtime, or of what planned or unplanned faults took. */
struct downtime_part {
  const char *name; /* "downtime", "planned", "unplanned" */
  struct downtime_spread year, month;
};

/* How often, of all endpoints or of one, something begins to be missing because of a fault; overlapping outages count once. */
struct outage_life {
  uint64_t outages;
  struct estimate per_year, mtbf;
  double length_s;         /* mean; NaN: there was none */
  struct estimate first;   /* time to the first from the beginning, when all is up */
  uint64_t pieces, firsts; /* of the run; of those that had an outage */
};

/* What may be lost under an availability, and how much of it is. */
struct error_budget {
  double target;
  bool claimed; /* by the scenario: its strictest; else three nines */
  double year_s, month_s;
  struct estimate used;                  /* share of it, in the mean */
  struct estimate year_kept, month_kept; /* share of years and months that lose at most this much */
};

struct availability_result {
  bool present;
  double years;
  struct estimate availability; /* share of requests that find a serving path, all endpoints by the mix */
  double downtime_per_year_s;
  const char *leaves_out; /* what the figures do not contain */
  uint32_t class_count;
  const struct outage_class *classes;
  uint32_t endpoint_count;
  const char *const *endpoints;
  const struct estimate *endpoint_availability;
  double biased_years; /* that availability and the downtime of a year are known from, instead of the plain ones; 0: from those */
  uint32_t part_count; /* downtime; planned and unplanned behind it, where faults are planned */
  struct downtime_part parts[3];
  const struct outage_life *lives; /* all; then by endpoint */
  struct error_budget budget;
  const char *needs;               /* what the next nines take, in words; null: nothing is lost */
  double without_fault_per_year_s; /* lost while no fault took it */
};

/* A value that the scenario marks as assumed or sourced, for "what this answer depends on". */
struct stated_value {
  const char *path, *value, *source;
};

/* Business figures of a source as load (models/traffic/profile/profile_users.h), each number with those that it follows from; NaN
 * where a figure was not given. Several for a source whose rate is a sum of them. */
struct load_figures {
  const char *source;
  double registered, active, concurrent;                         /* one or the other; `concurrent` are those inside at the peak */
  double users_per_day, sessions_per_user, requests_per_session; /* requests NaN: rates are sessions per second */
  double mean_per_s, peak_factor, peak_per_s;
  double sessions_at_peak_per_s, session_s, inside_at_peak;
  double run_mean_per_s, run_peak_per_s; /* of the source in the measured time, with growth, scaling and all else */
};

/* Whose latency is shown. */
struct latency_row {
  const char *name;              /* as claims have it: "buy", "buy{region=eu}" */
  const char *endpoint, *region; /* region: of the clients, or null */
};

/* Services, then node groups, in the order of the scenario: pictures give each its colour by it. */
struct component_names {
  const char *const *names;
  uint32_t count;
};

struct results {
  const char *scenario_name, *scenario_title, *scenario_file;
  uint64_t scenario_hash;
  const char *engine; /* version of the program */
  const char *seed_text;
  uint32_t replications;
  uint64_t requests;         /* simulated, all replications, inside the measured window */
  double window_s, warmup_s; /* per replication */
  bool batches;              /* of one long run, instead of replications; window_s is then that of a batch */
  bool warmup_found;         /* by the program */
  uint64_t events;           /* for stderr only */
  struct component_names components;
  const char *resolved; /* the resolved scenario as JSON text */

  uint32_t metric_count;
  struct metric *metrics;
  uint32_t claim_count;
  struct claim_result *claims;
  const struct claim_place *claim_places; /* one a claim; null: not known */
  uint32_t breakdown_count;
  struct breakdown *breakdown;
  uint32_t saturation_count;
  struct saturation *saturation;
  uint32_t error_count;
  struct error_cause *errors;
  uint32_t meter_count;
  struct meter_row *meters;
  uint32_t load_count;
  struct load_figures *loads;
  uint32_t curve_count;
  struct latency_curve *curves;
  uint32_t series_count;
  struct result_series *series;
  uint32_t assumption_count;
  struct stated_value *assumptions;
  uint32_t endpoint_count;
  const char *const *endpoints;
  uint32_t latency_count;
  struct latency_row *latencies; /* each endpoint, and behind it its clients by region, where they are in several */
  struct bill bill;
  struct availability_result availability;
  uint32_t strike_count;
  struct strike_result *strikes; /* of a fault in its order, by time, and of each the requirements in theirs */

  uint32_t note_count; /* for the reader: "over capacity: ...", "too short: ..." */
  const char **notes;
  uint32_t violation_count; /* broken invariants: our fault; the run is an error */
  const char **violations;
  bool interrupted;
};

/* The estimate of one metric, of clients in a region (null: wherever), or null. */
const struct metric *results_metric(const struct results *, const char *name, const char *aggregate, const char *region);

#endif
