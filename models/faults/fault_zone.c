/* A zone is gone, with every node of it, until it is repaired; the other zones of its region go on. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"
#include "models/network/regions.h"
#include "sim/engine/arena.h"

/* "us-a, us-b, eu-a". */
static const char *all_zones(struct linker *l, const struct fault_config *f) {
  const struct regions *all = &l->model->platform.regions;
  const char *text = "";
  for (uint32_t i = 0; i < all->list.count; i++) {
    const struct region_config *r = regions_at(all, i);
    if (!r->zones.count || (f->region >= 0 && f->region != (int32_t)i)) continue;
    text = arena_format(l->arena, "%s%s%s", text, *text ? ", " : "", zones_listed(r, l->arena));
  }
  return *text ? text : "none";
}

static bool is_somewhere(const struct model *m, const char *zone) {
  for (uint32_t i = 0; i < model_regions(m); i++)
    if (region_zone(regions_at(&m->platform.regions, i), zone) >= 0) return true;
  return false;
}

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  repair_link(l, f, path);
  if (!f->zone) {
    link_error(l, path, NULL, "a fault of kind zone needs a \"zone\"; the regions have: %s", all_zones(l, f));
    return;
  }
  int32_t zone = zone_of_fault(l->model, f);
  if (zone < 0 && f->region < 0 && is_somewhere(l->model, f->zone))
    link_error(l, path, "zone", "several regions have a zone \"%s\": say in \"region\" which one", f->zone);
  else if (zone < 0)
    link_error(l, path, "zone", "there is no zone \"%s\"; there are: %s", f->zone, all_zones(l, f));
  else if (!zones_have_nodes(l->model, (uint32_t)zone, 1))
    link_error(l, path, "zone", "zone \"%s\" has no nodes that could be lost", f->zone);
}

static struct fault_reach reach(const struct model *m, const struct fault_config *f) {
  return (struct fault_reach){.first_zone = (uint32_t)zone_of_fault(m, f), .zones = 1};
}

static uint32_t target_after(const struct world *w, const struct fault_config *f, uint32_t target) {
  return target == NONE ? (uint32_t)zone_of_fault(w->model, f) : NONE;
}

static bool stands(const struct world *w, uint32_t target) { return zones_stand(w, target, 1); }

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  zones_lost(w, target, 1, (enum disk_fate)f->disk);
}

static void repair(struct world *w, uint32_t target) { zones_back(w, target, 1); }

static const struct field keys[] = {REGION_KEY,
                                    KEY("zone", TEXT, fault_config, zone, OPTIONAL,
                                        .doc = "The zone that is lost; \"region\" distinguishes zones of the same name."),
                                    REPAIR_KEY,
                                    DISK_KEY,
                                    {0}};
const struct fault_kind fault_zone = {
    .member = {.word = "zone", .doc = "A zone is gone with all its nodes until repaired.", .keys = keys},
    .typical = {.mtbf_days = 1154, /* sqrt(0.2 x 0.5) a year: once in 3.2 years */
                .median_min = 147,
                .p95_min = 360,
                .mtbf_source = "estimate: 0.2 to 0.5 a zone and year, shaped by public accounts of incidents",
                .repair_source = "estimate: 1 to 6 h"},
    .link = link,
    .reach = reach,
    .count = fault_of_one,
    .outage_s = fault_until_repair,
    .target_after = target_after,
    .number = fault_of_one_number,
    .stands = stands,
    .strike = strike,
    .repair = repair};
