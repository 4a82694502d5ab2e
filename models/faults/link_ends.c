#include "models/faults/link_ends.h"
#include "models/core/link.h"
#include "models/network/regions.h"

void link_ends_check(struct linker *l, const struct fault_config *f, const char *path) {
  const struct regions *all = &l->model->platform.regions;
  const struct link_end *ends = f->between.items;
  if (f->between.count != 2) {
    link_error(l, path, f->between.count ? "between" : NULL, "a fault of kind %s needs \"between\": two regions%s%s",
               f->kind->member.word, all->list.count ? " of " : ", and the platform has no \"regions\"",
               regions_listed(all, l->arena));
    return;
  }
  for (uint32_t i = 0; i < 2; i++)
    if (ends[i].region < 0) return; /* reported by the binder */
  if (ends[0].region == ends[1].region)
    link_error(l, path, "between", "region \"%s\" has no link with itself", regions_at(all, (uint32_t)ends[0].region)->name);
}

static const struct field fields[] = {KEY("name", REFERENCE, link_end, region, .target = "platform.regions", .doc = "A region."),
                                      {0}};
const struct record link_end_record = {.name = "end of a link",
                                       .size = sizeof(struct link_end),
                                       .fields = fields,
                                       .doc = "A region at an end of a link.",
                                       .shorthand = "name"};
