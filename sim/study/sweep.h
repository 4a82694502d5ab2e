/* A sweep: a grid of points over several axes, the last axis moving fastest.
 *
 * An axis is "path=a,b,c": a path of the scenario and its values, in the form of --set; commas inside brackets or quotes do
 * not separate. */
#ifndef SWEEP_H
#define SWEEP_H
#include <stdbool.h>
#include <stdint.h>

struct arena;

enum { SWEEP_AXES = 16, SWEEP_POINTS = 1000000 };

struct sweep_axis {
  const char *path;
  const char *const *values;
  uint32_t count;
};

struct sweep {
  struct sweep_axis axes[SWEEP_AXES];
  uint32_t axis_count;
  uint64_t points;
};

/* Null, or what is wrong with the axis. */
const char *sweep_add_axis(struct sweep *, struct arena *, const char *text);
/* The values of point n, by axis. */
void sweep_values(const struct sweep *, uint64_t n, const char *values[SWEEP_AXES]);

#endif
