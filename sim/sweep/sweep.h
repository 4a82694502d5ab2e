/* A sweep: which points a scenario is to be run at.
 *
 *     struct sweep *s = sweep_new(arena, diagnostics, "scenarios/web.json");
 *     sweep_add_vary(s, "services.web.replicas=1,2,4");       or "traffic.users.rate=10/s..100/s:10", see range.h
 *     sweep_close(s, NULL, 0);
 *     const struct sweep_value *values[SWEEP_COLUMNS];
 *     for (uint64_t n = 0; n < s->points; n++) sweep_values(s, n, values);
 *
 * Columns are the paths that are set; a point has a value for each, or none where only others are included with it. An axis
 * holds one column (`vary`) or several that move together (`zip`). Points are the grid over the axes, the last one moving
 * fastest, less those that a condition leaves out; then the included ones; each of them `repeat` times, with other seeds, and
 * that moves fastest of all. The number of a point is its place in this order, from 0. */
#ifndef SWEEP_H
#define SWEEP_H
#include "sim/scenario/scenario.h"

struct condition;

enum { SWEEP_COLUMNS = 64, SWEEP_POINTS = 1000000 };

struct sweep_value {
  const char *text;
  const char *option; /* how messages call it: "--vary a.b=3", "study.json:5:12: a.b=3" */
};

struct sweep_column {
  const char *path;
  enum field_kind kind; /* how its values are compared */
};

struct sweep_axis {
  uint32_t first, width, count;     /* columns; values */
  const struct sweep_value *values; /* count x width */
};

struct sweep {
  struct arena *arena;
  const char *scenario;          /* path of its file */
  const struct json_value *tree; /* of it, to look up what a path leads to */
  struct sweep_column columns[SWEEP_COLUMNS];
  uint32_t column_count;
  struct sweep_axis axes[SWEEP_COLUMNS];
  uint32_t axis_count;
  uint64_t grid;        /* points of the axes; 0 without axes */
  const uint32_t *kept; /* numbers in the grid; null: all */
  uint64_t kept_count;
  const struct sweep_value (*included)[SWEEP_COLUMNS];
  uint32_t included_count;
  uint32_t repeat;
  uint64_t points;
  const struct scenario_override *fixed;
  uint32_t fixed_count;
};

/* Null after an error: the scenario could not be read as JSON. */
struct sweep *sweep_new(struct arena *, struct diagnostics *, const char *scenario);
/* An axis of the command line, "path=a,b,c" or "path=from..to:count[log]"; commas inside brackets or quotes do not separate.
 * Null, or what is wrong with it. */
const char *sweep_add_vary(struct sweep *, const char *text);
/* An axis of the given columns and values, which live as long as the sweep. Null, or what is wrong. */
const char *sweep_add_axis(struct sweep *, const char *const *paths, uint32_t width, const struct sweep_value *values,
                           uint32_t count);
/* The column of a path, made when there is none; -1: too many. The sample decides the kind where the path does not. */
int sweep_column(struct sweep *, const char *path, const char *sample);
/* Works out the points: those of the grid for which all conditions hold, and the included. Null, or what is wrong. */
const char *sweep_close(struct sweep *, const struct condition *const *, uint32_t count);

/* The values of point n by column, null where it has none. */
void sweep_values(const struct sweep *, uint64_t n, const struct sweep_value *values[SWEEP_COLUMNS]);
/* Which repetition point n is, from 1. */
uint32_t sweep_repetition(const struct sweep *, uint64_t n);
/* The seed of a repetition: the first has the scenario's own. */
uint64_t sweep_seed(uint64_t seed, uint32_t repetition);

/* The field that a path leads to; null when only its values decide. */
const struct field *sweep_field(const struct sweep *, const char *path);

#endif
