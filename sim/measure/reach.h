/* What part of the run a measure looks at, as windows of the observation. */
#ifndef REACH_H
#define REACH_H
#include "models/core/model.h"
#include "sim/scenario/window.h"

struct reach {
  const struct model *model;
  struct window window; /* a peak is a range by now */
  uint32_t windows;     /* of the observation */
  sim_time part;        /* its length of one */
};

struct reach reach_of(const struct window *, const struct model *, const struct observation *);
/* Whether the window with this number is looked at. */
bool reach_covers(const struct reach *, uint32_t window);
/* How many are. */
uint32_t reach_count(const struct reach *);

#endif
