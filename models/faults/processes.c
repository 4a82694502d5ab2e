#include "models/faults/processes.h"
#include "models/core/world.h"
#include "models/platform/lifecycle.h"
#include <math.h>

double process_outage_s(const struct model *m, const struct fault_config *f) {
  const struct platform_config *p = &m->platform;
  sim_time recovery = p->kind->recovery ? p->kind->recovery(p->settings) : 0;
  double start = 0;
  for (uint32_t i = 0; i < f->services.count; i++)
    start = fmax(start, model_service(m, (uint32_t)f->services.reference[i])->start.mean);
  return start * 1e-9 + sim_seconds(recovery);
}

void process_dies(struct world *w, const struct fault_config *f, uint32_t target) {
  (void)f;
  lifecycle_crash(w, &w->containers[target]);
}
