#include "models/service/shedding.h"
#include <assert.h>
#include <math.h>

static const struct field fields[] = {KEY("target", DURATION, codel_config, target, DEFAULT("5ms"), RANGE(0, FIELD_YEAR),
                                          .doc = "Wait that is tolerated permanently.", .source = "RFC 8289: 5 ms"),
                                      KEY("interval", DURATION, codel_config, interval, DEFAULT("100ms"), RANGE(1, FIELD_YEAR),
                                          .doc = "How long waits may stay above the target before the first request is dropped.",
                                          .source = "RFC 8289: 100 ms"),
                                      {0}};
const struct record codel_record = {.name = "codel",
                                    .size = sizeof(struct codel_config),
                                    .fields = fields,
                                    .doc = "Drops waiting requests, ever faster, while none waits less than the target."};

void shedder_reset(struct shedder *s) {
  s->dropping = s->dropped = false;
  s->count = s->last_count = 0;
  s->first_above = s->drop_next = 0;
}

/* Waits have been at or above the target for an interval. */
static bool stands(struct shedder *s, sim_time now, sim_time waited, bool last) {
  if (waited < s->codel.target || last) {
    s->first_above = 0;
    return false;
  }
  if (!s->first_above) {
    s->first_above = now + s->codel.interval;
    return false;
  }
  return now >= s->first_above;
}

static sim_time control_law(const struct shedder *s, sim_time from) {
  assert(s->count > 0);
  return from + (sim_time)((double)s->codel.interval / sqrt((double)s->count));
}

static void begin_dropping(struct shedder *s, sim_time now) {
  uint32_t added = s->count - s->last_count;
  assert(!s->dropping && s->codel.interval > 0);
  s->dropping = true;
  s->count = added > 1 && now - s->drop_next < 16 * s->codel.interval ? added : 1;
  s->last_count = s->count;
  s->drop_next = control_law(s, now);
}

/* The next instant is found when the next request is judged, and only if the stretch goes on: so the RFC leaves it alone at the
 * end of a stretch, and the next stretch compares with it. */
static bool codel_drops(struct shedder *s, sim_time now, sim_time waited, bool last) {
  bool stood = stands(s, now, waited, last), dropped = s->dropped;
  s->dropped = false;
  if (!stood) {
    s->dropping = false;
    return false;
  }
  if (!s->dropping) {
    begin_dropping(s, now);
    return true;
  }
  if (dropped) s->drop_next = control_law(s, s->drop_next);
  if (now < s->drop_next) return false;
  s->count++;
  return s->dropped = true;
}

bool shedder_drops(struct shedder *s, sim_time now, sim_time waited, bool last) {
  bool late = waited > s->deadline;
  return (s->codel.interval && codel_drops(s, now, waited, last)) || late;
}
