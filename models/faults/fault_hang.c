/* A process stops answering and keeps what it has. What ends that is a restart (a probe or health check that an orchestrator acts
 * on, the death of the process or its machine), or the repair: someone has noticed. */
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"
#include "models/platform/lifecycle.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  replicas_link(l, f, path, "can hang");
  repair_link(l, f, path); /* until someone notices, where no probe does */
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  (void)f;
  struct container *c = &w->containers[target];
  world_faults(w)->struck->remembers = c->state == CONTAINER_UP ? c->generation : NONE;
  lifecycle_hang(w, c);
}

/* The process that it struck: not one that was started in its stead and that hangs by another fault, nor one that hung already. */
static void repair(struct world *w, uint32_t target) {
  struct container *c = &w->containers[target];
  if (world_faults(w)->mended->remembers == c->generation) lifecycle_go_on(w, c);
}

static const char *const also[] = {"pod-failure", NULL};
static const struct field keys[] = {
    SERVICE_KEYS("The service whose replicas hang, each on its own."),
    KEY("repair", DISTRIBUTION, fault_config, repair, OPTIONAL,
        .doc = "From the fault until the process goes on, because someone has noticed; a restart, which a probe or a health check "
               "may bring about, ends it before that."),
    {0}};
const struct fault_kind fault_hang = {.member = {.word = "hang",
                                                 .doc = "A process stops answering, and keeps its connections and its requests.",
                                                 .keys = keys,
                                                 .also = also},
                                      .link = link,
                                      .reach = replicas_reach,
                                      .count = replicas_count,
                                      .outage_s = fault_until_repair,
                                      .target_after = replicas_after,
                                      .number = replicas_number,
                                      .stands = replicas_stand,
                                      .strike = strike,
                                      .repair = repair};
