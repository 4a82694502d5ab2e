/* A region is gone, with every node of its zones, until it is repaired: a data centre that burns, loses its power or is cut off
 * from everything. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"
#include "models/network/regions.h"

static const struct region_config *region_of(const struct model *m, const struct fault_config *f) {
  return regions_at(&m->platform.regions, (uint32_t)f->region);
}

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  if (f->region < 0) {
    link_error(l, path, NULL, "a fault of kind region needs a \"region\"%s%s",
               model_regions(l->model) ? ": one of " : ", and the platform has no \"regions\"",
               regions_listed(&l->model->platform.regions, l->arena));
    return;
  }
  const struct region_config *r = region_of(l->model, f);
  repair_link(l, f, path);
  if (!zones_have_nodes(l->model, r->first_zone, r->zone_count))
    link_error(l, path, "region", "region \"%s\" has no nodes that could be lost", r->name);
}

static struct fault_reach reach(const struct model *m, const struct fault_config *f) {
  const struct region_config *r = region_of(m, f);
  return (struct fault_reach){.first_zone = r->first_zone, .zones = r->zone_count};
}

static uint32_t target_after(const struct world *w, const struct fault_config *f, uint32_t target) {
  (void)w;
  return target == NONE ? (uint32_t)f->region : NONE;
}

static bool stands(const struct world *w, uint32_t target) {
  const struct region_config *r = regions_at(&w->model->platform.regions, target);
  return zones_stand(w, r->first_zone, r->zone_count);
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  const struct region_config *r = regions_at(&w->model->platform.regions, target);
  zones_lost(w, r->first_zone, r->zone_count, (enum disk_fate)f->disk);
}

static void repair(struct world *w, uint32_t target) {
  const struct region_config *r = regions_at(&w->model->platform.regions, target);
  zones_back(w, r->first_zone, r->zone_count);
}

static const struct field keys[] = {REGION_KEY, REPAIR_KEY, DISK_KEY, {0}};
const struct fault_kind fault_region = {
    .member = {.word = "region", .doc = "A region is gone with all its nodes until repaired.", .keys = keys},
    .typical = {.mtbf_days = 2107, /* sqrt(0.1 x 0.3) a year: once in 5.8 years */
                .median_min = 113,
                .p95_min = 1308,
                .mtbf_source = "estimate: 0.1 to 0.3 a region and year, shaped by public accounts of incidents",
                .repair_source = "incidents of AWS in 2024: median 1.88 h, 95% within 21.8 h"},
    .link = link,
    .reach = reach,
    .count = fault_of_one,
    .outage_s = fault_until_repair,
    .target_after = target_after,
    .number = fault_of_one_number,
    .stands = stands,
    .strike = strike,
    .repair = repair};
