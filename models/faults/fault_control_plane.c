/* A control plane is lost until it is repaired: what runs goes on, and nothing is placed, moved or scaled. With regions each has
 * its own. What it means is the orchestrator's. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"
#include "sim/engine/arena.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  const struct orchestrator *o = l->model->platform.kind;
  repair_link(l, f, path);
  if (!o->control)
    link_error(l, path, "kind", "%s",
               o->instead
                   ? o->instead
                   : arena_format(l->arena, "a platform of kind %s has no control plane that could be lost", o->member.word));
}

static struct fault_reach reach(const struct model *m, const struct fault_config *f) {
  (void)m, (void)f;
  return (struct fault_reach){0};
}

static double count(const struct model *m, const struct fault_config *f) {
  return f->region >= 0 ? 1 : platform_control_planes(&m->platform);
}

static uint32_t target_after(const struct world *w, const struct fault_config *f, uint32_t target) {
  if (f->region >= 0) return target == NONE ? (uint32_t)f->region : NONE;
  target = target == NONE ? 0 : target + 1;
  return target < platform_control_planes(&w->model->platform) ? target : NONE;
}

static uint32_t number(const struct world *w, const struct fault_config *f, uint32_t target) {
  (void)w, (void)f;
  return target;
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  (void)f;
  w->orchestrator->control(w, target, false);
}

static void repair(struct world *w, uint32_t target) { w->orchestrator->control(w, target, true); }

static const struct field keys[] = {
    KEY("region", REFERENCE, fault_config, region, OPTIONAL, .target = "platform.regions",
        .doc = "The region whose control plane is lost; absent: that of each region, each on its own."),
    REPAIR_KEY,
    {0}};
const struct fault_kind fault_control_plane = {
    .member = {.word = "control-plane",
               .doc = "Nothing is placed, moved or scaled, and endpoints are not updated, until it is repaired. What runs goes on.",
               .keys = keys},
    .link = link,
    .reach = reach,
    .count = count,
    .outage_s = fault_until_repair,
    .target_after = target_after,
    .number = number,
    .strike = strike,
    .repair = repair};
