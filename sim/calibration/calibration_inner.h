/* Inside of calibrating: what the fits share. */
#ifndef CALIBRATION_INNER_H
#define CALIBRATION_INNER_H
#include "sim/calibration/calibration.h"
#include "sim/calibration/calibration_results.h"
#include "sim/calibration/measured.h"
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "sim/scenario/scenario.h"

enum { CALIBRATION_MOST = 200 };

/* A demand of the scenario: CPU time of a step at a service. */
struct demand_place {
  const char *path, *service, *endpoint;
  double visits;                /* a request; NaN: it emerges in the run */
  double mean_s;                /* as the scenario has it; NaN: its law has no mean that is known here */
  const struct json_value *law; /* without its source */
  bool query;
};

/* Windows of about the same rate, or of the same users. */
struct load_level {
  uint32_t first, count; /* of order[] */
  double rate, users;
};

struct calibration {
  struct arena *arena;
  const struct scenario *scenario;
  const struct measured *measured;
  const struct calibration_options *options;
  struct calibration_results *results;
  struct demand_place *places;
  uint32_t place_count;
  struct load_level *levels; /* by rate */
  uint32_t level_count;
  uint32_t *order;      /* windows by level */
  uint32_t *level_of;   /* by window */
  const bool *held_out; /* by window: it takes no part; null: all do */
};

static inline bool takes_part(const struct calibration *c, uint32_t window) { return !c->held_out || !c->held_out[window]; }

/* names.c: which endpoint or service is called so in the measurements; null: none. */
const char *measured_endpoint(const struct calibration *, const char *name);
const char *measured_service(const struct calibration *, const char *name);
/* Requests of an endpoint in a window; CPU seconds of a service, NaN when it was not measured. */
double window_asked(const struct calibration *, const struct measured_window *, const char *endpoint);
double window_cpu(const struct calibration *, const struct measured_window *, const char *service);
/* False after errors: names that mean nothing in the scenario. */
bool names_check(struct calibration *, struct diagnostics *);

/* places.c */
void places_find(struct calibration *);
/* The node group of a service, and what the tree says of it. */
const char *place_group(const struct calibration *, const char *service);
double group_number(const struct calibration *, const char *group, const char *key, double otherwise);

/* laws.c: laws as JSON. */
double law_mean_s(const struct json_value *law);
/* The law with all its times multiplied. */
const char *law_scaled(struct arena *, const struct json_value *law, double factor);
const char *law_seconds(struct arena *, double seconds); /* "2.043ms" with quotes */

/* demands.c, times.c, waits.c: the fits. They add values, gaps and notes. */
void fit_demands(struct calibration *);
void fit_statements(struct calibration *);
void fit_times(struct calibration *);
void fit_rest(struct calibration *); /* demands that none of them measured: gaps */
void fit_waits(struct calibration *);

/* hold_out.c */
void hold_out(struct calibration *);

struct calibration_results *calibration_results_new(struct arena *);
/* All fits, of the windows that take part. */
void calibration_fit(struct calibration *);
void calibration_value(struct calibration *, const struct calibrated_value *);
void calibration_gap(struct calibration *, const char *what, const char *why);
void calibration_note(struct calibration *, const char *text);

#endif
