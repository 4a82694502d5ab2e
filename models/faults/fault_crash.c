/* A process dies. What starts it again is the orchestrator. */
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/faults/targets.h"
#include "models/platform/lifecycle.h"
#include <math.h>

static void link(struct linker *l, const struct fault_config *f, const char *path) { replicas_link(l, f, path, "can crash"); }

/* Until the orchestrator has started it again and calls reach it. */
static double outage_s(const struct model *m, const struct fault_config *f) {
  const struct platform_config *p = &m->platform;
  sim_time recovery = p->kind->recovery ? p->kind->recovery(p->settings) : 0;
  double start = 0;
  for (uint32_t i = 0; i < f->services.count; i++)
    start = fmax(start, model_service(m, (uint32_t)f->services.reference[i])->start.mean);
  return start * 1e-9 + sim_seconds(recovery);
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  (void)f;
  lifecycle_crash(w, &w->containers[target]);
}

static const struct field keys[] = {SERVICE_KEYS("The service whose replicas crash, each on its own."), {0}};
const struct fault_kind fault_crash = {.member = {.word = "crash", .doc = "A process dies.", .keys = keys},
                                       .link = link,
                                       .reach = replicas_reach,
                                       .count = replicas_count,
                                       .outage_s = outage_s,
                                       .target_after = replicas_after,
                                       .number = replicas_number,
                                       .stands = replicas_stand,
                                       .strike = strike};
