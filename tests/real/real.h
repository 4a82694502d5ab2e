/* Recordings of real systems against the predictions of their scenarios (`make real`, docs/validation.md).
 *
 * A recording is JSON: `points` (a load each, with `reps` or a `summary`), `saturation` and `closed_curve` (runs with a number of users
 * who ask again at once), or `runs` with `per_second` of a load that changes. Its scenario says how the system is built, calibrated
 * from some of the points only; its key "x-real" says what the program cannot know:
 *
 *     "x-real": {
 *       "fitted": ["0.1", "8 users"],                        points that values were derived from, by their labels
 *       "from": "demands: ...",                              what was derived from what, for the table
 *       "off": "p99 at 0.5: ...",                            where it is off and why, for the table
 *       "rate": "traffic.web.rate",                          unless it is that of the first source
 *       "services": { "pg": "postgres" },                    names of the recording that differ from the scenario's
 *       "parameters": { "pool": "services.node.pools.pg.max", "ttl_ms": { "key": "services.redis.cache.ttl", "unit": "ms" } },
 *       "without": { "0.5": ["services.node.wake.cpu=4us"] } } what would have been derived without a point: predicts it once more
 *
 * Every point is simulated at its own load and becomes rows: measured, spread of the repetitions, predicted, error, the bound that the
 * project has set itself (or 1.5 times the spread where that is larger), and whether it is kept. Nothing is fitted here.
 *
 *     struct real r;
 *     real_open(&r, arena, &options);
 *     bool good = real_run(&r);       ... r.rows, r.faults
 *     real_print(&r, stdout); */
#ifndef RECORDED_REAL_H
#define RECORDED_REAL_H
#include "sim/json/json.h"
#include <math.h>
#include <stdio.h>

enum { REAL_LATENCIES = 5, REAL_SERVICES = 8, REAL_SETS = 24 };
enum real_latency { REAL_MEAN, REAL_P50, REAL_P90, REAL_P95, REAL_P99 };
extern const char *const real_latency_names[REAL_LATENCIES];

/* Over repetitions: their mean; spread is (largest - smallest) / mean. NaN where it is not recorded. */
struct measured {
  double value, spread;
  uint32_t n;
};

struct real_point {
  const char *label;                       /* "0.5", "8 users", "saturation" */
  double rate, users;                      /* one of them is NaN */
  bool given;                              /* for calibration */
  struct measured latency[REAL_LATENCIES]; /* seconds */
  struct measured throughput, core, hit_rate;
  uint32_t service_count;
  const char *services[REAL_SERVICES]; /* as the scenario calls them */
  struct measured cpu[REAL_SERVICES];  /* core seconds a request */
};

/* What a recording says under one choice of parameters. */
struct real_part {
  const char *name;            /* "db-q1", "db-q1 pool=20" */
  const char *sets[REAL_SETS]; /* that differ from the scenario's own recording, as --set has them */
  uint32_t set_count;
  struct real_point *points;
  uint32_t point_count;
};

/* By second, means over the runs of an overload. */
struct real_seconds {
  uint32_t count, runs;
  double *offered, *sent, *ok, *timeouts; /* null where it is not recorded */
  double *ok_spread;                      /* (largest - smallest) / mean */
  double *to_sent, *to_ok, *to_timeouts;  /* predicted */
};

struct recording {
  const char *name, *file, *scenario;
  const struct json_value *root, *notes; /* notes: x-real, may be null */
  struct real_part *parts;
  uint32_t part_count;
  struct real_seconds *seconds; /* null: no overload */
};

enum real_unit { REAL_MS, REAL_PER_S, REAL_RATIO, REAL_S, REAL_NUMBER };

struct real_row {
  const char *recording, *point, *measure, *why; /* why: no prediction, or what the row is of; may be null */
  enum real_unit unit;
  struct measured measured;
  double predicted, low, high; /* base units */
  double error, limit;         /* of ratios of 0 to 1 (use, hit rate) differences, else relative to what is measured */
  bool goal;                   /* of the project, so that it counts for the verdict */
  bool fitted;                 /* values of the scenario were derived from this point */
  bool without;                /* predicted once more, by values derived without it */
  bool within;
  bool by_spread; /* within only because 1.5 times the spread is more than the bound of the project */
};

struct real_options {
  const char *folder, *more; /* tests/real; more recordings, or null */
  bool quick;                /* one point of each, few requests */
  uint32_t threads;
  char **names; /* only these */
  int name_count;
};

struct real {
  struct arena *arena;
  struct real_options options;
  struct recording *recordings;
  uint32_t recording_count, recording_room;
  struct real_row *rows;
  uint32_t row_count, row_room;
  const char **faults; /* what is wrong with the input */
  uint32_t fault_count, fault_room;
};

/* Reads all recordings of the folders; what is wrong with one is a fault, and it is left out. */
void real_open(struct real *, struct arena *, const struct real_options *);
/* Runs them. Whether there is no fault and every goal is kept. */
bool real_run(struct real *);
bool real_good(const struct real *);

/* recording.c: null after a fault. */
struct recording *recording_read(struct real *, const char *name, const char *file, const char *scenario);
const char *note_text(const struct recording *, const char *key);

void real_fault(struct real *, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct real_row *real_add(struct real *, const struct recording *, const char *part, const struct real_point *,
                          const char *measure);
/* The error against what is measured, and whether it is within the limit or 1.5 times the spread. */
void real_judge(struct real_row *, double limit, bool goal);

/* predict.c */
struct real_prediction {
  double latency[REAL_LATENCIES][3]; /* value, low, high */
  double core[3], hit_rate[3], throughput[3], cpu[REAL_SERVICES];
  const char *why; /* of what is missing */
  bool simulated;
};
struct real_prediction real_predict(struct real *, const struct recording *, const struct real_part *, const struct real_point *,
                                    const struct json_value *more_sets);
/* Fills the predicted columns; false after a fault. */
bool real_predict_seconds(struct real *, const struct recording *);

/* points.c, overload.c */
void real_points(struct real *, const struct recording *);
void real_what_ifs(struct real *, const struct recording *);
void real_overload(struct real *, const struct recording *);

/* table.c */
void real_print(const struct real *, FILE *);
void real_markdown(const struct real *, FILE *, const char *stamp);
void real_json(const struct real *, FILE *);

#endif
