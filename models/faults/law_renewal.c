/* Any distribution of the time between a repair and the next strike.
 *
 * At the beginning of the run each target has been up for a while, at a point of its life of its own: a renewal process that began
 * long ago is stationary by now; where lives do not vary at all the point is uniform. */
#include "models/faults/law.h"
#include <assert.h>

static bool selected(const struct fault_config *f) { return f->uptime.kind != NULL; }

static sim_time next(struct fault_process *f) { return distribution_sample_time(&f->config->uptime, &f->draws); }

static sim_time first(struct fault_process *f) {
  enum { LIVES = 64 };
  const struct distribution *life = &f->config->uptime;
  if (!(life->mean > 0)) return next(f);
  double began = life->mean * LIVES * (1 + stream_uniform(&f->draws)), at = 0; /* that long ago */
  assert(began >= 0);
  while (at <= began) at += distribution_sample(life, &f->draws);
  return distribution_as_time(at - began);
}

static double mean(const struct fault_config *f) { return f->uptime.mean; }

const struct strike_law law_renewal = {.key = "uptime", .selected = selected, .first = first, .next = next, .mean = mean};
