/* Level: starting and reading. */
#include "sim/stats/level.h"

void level_start(struct level *level, sim_time now, int64_t value) {
  *level = (struct level){.start = now, .since = now, .value = value, .max = value};
}

void level_restart(struct level *level, sim_time now) {
  assert(now >= level->since);
  level_start(level, now, level->value);
}

double level_integral(const struct level *level, sim_time now) {
  assert(now >= level->since);
  return (double)(level->integral + (__int128)level->value * (now - level->since));
}

double level_mean(const struct level *level, sim_time now) {
  return now > level->start ? level_integral(level, now) / (double)(now - level->start) : (double)level->value;
}
