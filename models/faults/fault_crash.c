/* A process dies. What starts it again is the orchestrator. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/platform/lifecycle.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  const struct service_config *s = f->service < 0 ? NULL : model_service(l->model, (uint32_t)f->service);
  if (!s) link_error(l, path, NULL, "a fault of kind crash needs a \"service\"");
  if (s && s->kind == SERVICE_EXTERNAL)
    link_error(l, path, NULL, "the processes of an external service are not modelled: none can crash");
  if (s && s->embedded) link_error(l, path, NULL, "SQLite is a file and has no process that could crash: its callers have");
}

static struct fault_reach reach(const struct model *m, const struct fault_config *f) {
  (void)m;
  return (struct fault_reach){.group = -1, .service = f->service};
}

static double count(const struct model *m, const struct fault_config *f) {
  return (double)service_capacity(model_service(m, (uint32_t)f->service));
}

/* Until the orchestrator has started it again and calls reach it. */
static double outage_s(const struct model *m, const struct fault_config *f) {
  const struct platform_config *p = &m->platform;
  sim_time recovery = p->kind->recovery ? p->kind->recovery(p->settings) : 0;
  return model_service(m, (uint32_t)f->service)->start.mean * 1e-9 + sim_seconds(recovery);
}

static uint32_t target_after(const struct world *w, const struct fault_config *f, uint32_t target) {
  const struct service *s = &w->services[f->service];
  target = target == NONE ? s->first : target + 1;
  return target < s->first + s->capacity ? target : NONE;
}

static uint32_t number(const struct world *w, const struct fault_config *f, uint32_t target) {
  return target - w->services[f->service].first;
}

static bool stands(const struct world *w, uint32_t target) { return w->containers[target].state == CONTAINER_UP; }

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  (void)f;
  lifecycle_crash(w, &w->containers[target]);
}

static const struct field keys[] = {KEY("service", REFERENCE, fault_config, service, OPTIONAL, .target = "services",
                                        .doc = "The service whose replicas crash, each on its own."),
                                    {0}};
const struct fault_kind fault_crash = {.member = {.word = "crash", .doc = "A process dies.", .keys = keys},
                                       .link = link,
                                       .reach = reach,
                                       .count = count,
                                       .outage_s = outage_s,
                                       .target_after = target_after,
                                       .number = number,
                                       .stands = stands,
                                       .strike = strike};
