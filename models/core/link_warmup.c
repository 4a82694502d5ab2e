/* Which runs have a steady state, and how long before it nothing is measured. */
#include "models/core/link.h"

static bool rates_constant(const struct model *m) {
  for (uint32_t i = 0; i < m->sources.count; i++) {
    const struct source_kind *kind = model_source(m, i)->kind;
    if (kind->is_constant && !kind->is_constant(model_source(m, i))) return false;
  }
  return true;
}

static bool rates_daily(const struct model *m) {
  for (uint32_t i = 0; i < m->sources.count; i++) {
    const struct source_kind *kind = model_source(m, i)->kind;
    if (kind->is_daily && !kind->is_daily(model_source(m, i))) return false;
  }
  return true;
}

static bool anything_drilled(const struct model *m) {
  for (uint32_t i = 0; i < m->faults.count; i++)
    if (model_fault_at(m, i)->at != SIM_NEVER) return true;
  return false;
}

static bool room_opens_late(const struct model *m) {
  for (uint32_t i = 0; i < m->rooms.count; i++)
    if (((const struct room_config *)m->rooms.items)[i].opens > 0) return true;
  return false;
}

static bool anything_scheduled(const struct model *m) {
  for (uint32_t i = 0; i < m->queues.count; i++)
    if (model_queue(m, i)->schedule.count) return true;
  return false;
}

static bool staff_changes(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->shifts.count) return true;
  return false;
}

static bool days_differ(const struct model *m) {
  for (uint32_t i = 0; i < m->sources.count; i++)
    if (model_source(m, i)->busyness_cv > 0) return true;
  return false;
}

/* Days that differ settle, each for itself; but batches of one of them would not show the others. */
void link_warmup(struct model *m) {
  bool timed = anything_drilled(m) || m->run.probes.count || m->stocks.count || staff_changes(m) || room_opens_late(m) ||
               anything_scheduled(m),
       steady = rates_constant(m) && !timed;
  m->run.stationary = steady && !days_differ(m);
  if (m->run.warmup != WARMUP_AUTO) return;
  m->run.warmup = !steady && !timed && rates_daily(m) ? SIM_DAY : 0;
  m->run.find_warmup = steady;
}
