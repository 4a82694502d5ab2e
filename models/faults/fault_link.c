/* The link between two regions is cut, until it is repaired, while both live: what is sent from one to the other is lost
 * (models/network/network.h). */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"
#include "models/network/network.h"
#include "models/network/regions.h"

static const struct link_end *ends(const struct fault_config *f) { return f->between.items; }

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  const struct regions *all = &l->model->platform.regions;
  repair_link(l, f, path);
  if (f->between.count != 2) {
    link_error(l, path, f->between.count ? "between" : NULL, "a fault of kind link needs \"between\": two regions%s%s",
               all->list.count ? " of " : ", and the platform has no \"regions\"", regions_listed(all, l->arena));
    return;
  }
  for (uint32_t i = 0; i < 2; i++)
    if (ends(f)[i].region < 0) return; /* reported by the binder */
  if (ends(f)[0].region == ends(f)[1].region)
    link_error(l, path, "between", "region \"%s\" has no link with itself", regions_at(all, (uint32_t)ends(f)[0].region)->name);
}

static struct fault_reach reach(const struct model *m, const struct fault_config *f) {
  (void)m, (void)f;
  return (struct fault_reach){0};
}

static uint32_t target_after(const struct world *w, const struct fault_config *f, uint32_t target) {
  return target == NONE ? (uint32_t)ends(f)[0].region * model_regions(w->model) + (uint32_t)ends(f)[1].region : NONE;
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  (void)f;
  uint32_t regions = model_regions(w->model);
  network_cut(w, target / regions, target % regions);
}

static void repair(struct world *w, uint32_t target) {
  uint32_t regions = model_regions(w->model);
  network_heal(w, target / regions, target % regions);
}

static const struct field end_fields[] = {
    KEY("name", REFERENCE, link_end, region, .target = "platform.regions", .doc = "A region."), {0}};
static const struct record end_record = {.name = "end of a link",
                                         .size = sizeof(struct link_end),
                                         .fields = end_fields,
                                         .doc = "A region at an end of a link.",
                                         .shorthand = "name"};
static const struct field keys[] = {KEY("between", LIST, fault_config, between, OPTIONAL, .record = &end_record,
                                        .doc = "The two regions whose link is cut: [\"us\", \"eu\"]."),
                                    REPAIR_KEY,
                                    {0}};
const struct fault_kind fault_link = {
    .member = {.word = "link", .doc = "Nothing gets through between two regions until repaired.", .keys = keys},
    .link = link,
    .reach = reach,
    .count = fault_of_one,
    .outage_s = fault_until_repair,
    .target_after = target_after,
    .number = fault_of_one_number,
    .strike = strike,
    .repair = repair};
