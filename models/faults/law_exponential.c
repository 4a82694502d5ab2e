/* An exponential time: the hazard is 1/mtbf, whatever happened before. With "again" it is `times` as high for a while after a
 * repair: by inversion of the integrated hazard. A life that is in no such while at the start has the plain one. */
#include "models/faults/biasing.h"
#include "models/faults/law.h"
#include <math.h>

static bool selected(const struct fault_config *f) { return f->mtbf != SIM_NEVER; }

static sim_time as_delay(double wait) { return wait < 9e18 ? (sim_time)wait : SIM_NEVER; }

static sim_time next(struct fault_process *f) {
  const struct fault_config *k = f->config;
  double mean = world_faults(f->world)->bias ? bias_life(f) : (double)k->mtbf, wait = stream_exponential(&f->draws) * mean;
  if (!k->again) return as_delay(wait);
  double raised = k->again->times * (double)k->again->during; /* hazard of the while, in units of 1/mtbf */
  return as_delay(wait < raised ? wait / k->again->times : wait - raised + (double)k->again->during);
}

/* Long ago, of a process that has been going on since: where the strike is likelier after a repair, some are just behind one. */
static sim_time first(struct fault_process *f) {
  enum { LIVES = 64 };
  const struct fault_config *k = f->config;
  if (!k->again) return next(f);
  double began = law_exponential.mean(k) * LIVES * (1 + stream_uniform(&f->draws)), at = 0;
  while (at <= began) at += (double)next(f);
  return as_delay(at - began);
}

/* With again: x the raised hazard over the while: (1 - e^-x) / times + e^-x of the plain one. */
static double mean(const struct fault_config *k) {
  if (!k->again) return (double)k->mtbf;
  double stays = exp(-k->again->times * (double)k->again->during / (double)k->mtbf);
  return (double)k->mtbf * ((1 - stays) / k->again->times + stays);
}

static const struct field again_fields[] = {KEY("times", NUMBER, again_config, times, RANGE(0, 1e6), .open_range_low = true,
                                                .doc = "How many times as high the hazard is; below 1: lower."),
                                            KEY("for", DURATION, again_config, during, RANGE(0, FIELD_LONGEST),
                                                .doc = "How long, after the repair or after a strike that needs none."),
                                            {0}};
const struct record again_record = {.name = "again",
                                    .size = sizeof(struct again_config),
                                    .fields = again_fields,
                                    .doc = "For a while after a failure the next one of the same target is likelier."};

const struct strike_law law_exponential = {.key = "mtbf", .selected = selected, .first = first, .next = next, .mean = mean};
