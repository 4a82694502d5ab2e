/* A cache loses all that it holds and is cold: it was flushed, or its process was started again (`restarts`). No request fails by
 * the loss itself; what its misses cost the rest is in runs with requests, and not in years of faults. */
#include "models/cache/cache.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/faults/processes.h"
#include "models/faults/targets.h"
#include "models/platform/lifecycle.h"

static void check(struct linker *l, const struct fault_config *f, const char *path, const struct service_config *s) {
  if (s->kind != SERVICE_CACHE) {
    link_error(l, path, "service", "\"%s\" is not of kind cache", s->name);
    return;
  }
  if (!service_cache(s)->keyed && !f->restarts)
    link_warn(l, path, NULL, "cache-without-content",
              "what \"%s\" holds is not modelled, as no step gives it a \"key\": it hits as often after the loss as before",
              s->name);
  if (l->model->run.years && service_cache(s)->keyed)
    link_warn(
        l, path, NULL, "cold-in-years",
        "in the years of faults a cold \"%s\" fails no request: what its misses cost the rest counts in runs with requests only",
        s->name);
}

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  replicas_link(l, f, path, "lose its content");
  for (uint32_t i = 0; i < f->services.count; i++) check(l, f, path, model_service(l->model, (uint32_t)f->services.reference[i]));
}

static double outage_s(const struct model *m, const struct fault_config *f) { return f->restarts ? process_outage_s(m, f) : 0; }

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  struct container *c = &w->containers[target];
  if (f->restarts)
    lifecycle_crash(w, c);
  else if (c->cache && container_serves(c))
    cache_lost(w, c);
}

static const struct field keys[] = {SERVICE_KEYS("The cache whose replicas lose their content, each on its own."),
                                    KEY("restarts", FLAG, fault_config, restarts, DEFAULT(false),
                                        .doc = "Whether its process dies with it, and is away until the orchestrator has started "
                                               "it again; else it answers all along."),
                                    {0}};
const struct fault_kind fault_cache_loss = {
    .member = {.word = "cache-loss", .doc = "A cache loses all that it holds, and is cold.", .keys = keys},
    .link = link,
    .reach = replicas_reach,
    .count = replicas_count,
    .outage_s = outage_s,
    .target_after = replicas_after,
    .number = replicas_number,
    .stands = replicas_stand,
    .strike = strike};
