/* Parts of the measured time that a measure looks at.
 *
 *     window := peak(15m)          the stretch of this length with the most expected arrivals
 *             | 1h..2h             since the start of the measured window
 *             | "sale"             one of run.phases, by name
 *             | 19:00..21:00       time of day, on every day of the measured window; 22:00..02:00 goes over midnight
 *
 * What a run keeps is its run.windows equal parts, so the ends of a window must be among their borders. One that is not is
 * refused with a number of windows that would fit: rounding it would answer another question. */
#ifndef WINDOW_H
#define WINDOW_H
#include "sim/engine/sim_time.h"
#include <stdbool.h>

struct arena;
struct model;
struct run_config;

enum window_kind { WINDOW_WHOLE, WINDOW_PEAK, WINDOW_RANGE, WINDOW_CLOCK };

struct window {
  enum window_kind kind;
  /* RANGE: since the end of the warm-up, phases included; PEAK: `to` is its length; CLOCK: times of day, to <= from over
   * midnight */
  sim_time from, to;
};

/* Reads the window that *at begins with, behind "over", and moves *at behind it. Null, or what is wrong with it: "has a window
 * that ...". */
const char *window_parse(struct arena *, const struct model *, const char **at, struct window *);
/* Whether the instant, since the end of the warm-up, lies in it. Not for PEAK: where that is depends on the sources. */
bool window_covers(const struct window *, const struct run_config *, sim_time);

#endif
