/* Which runs have a steady state, and how long before it nothing is measured. */
#include "models/core/link.h"
#include "models/traffic/waiting_room.h"
#include "models/jobs/job_queue.h"
#include "models/faults/fault.h"
#include "models/stock/stock.h"
#include "models/traffic/source.h"

static bool rates_constant(const struct model *m) {
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct source_kind *kind = model_source(m, i)->kind;
    if (kind->is_constant && !kind->is_constant(model_source(m, i))) return false;
  }
  return true;
}

static bool rates_daily(const struct model *m) {
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct source_kind *kind = model_source(m, i)->kind;
    if (kind->is_daily && !kind->is_daily(model_source(m, i))) return false;
  }
  return true;
}

static bool anything_drilled(const struct model *m) {
  for (uint32_t i = 0; i < model_faults(m)->count; i++)
    if (model_fault_at(m, i)->at != SIM_NEVER) return true;
  return false;
}

static bool room_opens_late(const struct model *m) {
  for (uint32_t i = 0; i < model_rooms(m)->count; i++)
    if (((const struct room_config *)model_rooms(m)->items)[i].opens > 0) return true;
  return false;
}

static bool anything_scheduled(const struct model *m) {
  for (uint32_t i = 0; i < model_queues(m)->count; i++)
    if (model_queue(m, i)->schedule.count) return true;
  return false;
}

static bool staff_changes(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->shifts.count) return true;
  return false;
}

static bool days_differ(const struct model *m) {
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    if (model_source(m, i)->busyness_cv > 0) return true;
  return false;
}

/* Days that differ settle, each for itself; but batches of one of them would not show the others. */
void link_warmup(struct model *m) {
  bool timed = anything_drilled(m) || m->run.probes.count || model_stocks(m)->count || staff_changes(m) || room_opens_late(m) ||
               anything_scheduled(m),
       steady = rates_constant(m) && !timed;
  m->run.stationary = steady && !days_differ(m);
  if (m->run.warmup != WARMUP_AUTO) return;
  m->run.warmup = !steady && !timed && rates_daily(m) ? SIM_DAY : 0;
  m->run.find_warmup = steady;
}
