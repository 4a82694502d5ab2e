/* Load of the disks of the nodes that a database is placed on, as far as it uses them itself. */
#include "models/core/load_sheet.h"
#include "models/core/model.h"
#include "models/database/disk.h"
#include "sim/engine/arena.h"

static void loads(const struct model *m, struct load_sheet *l) {
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    const struct disk_config *disk = service_runs(s) ? disk_of(m, s) : NULL;
    if (!disk) continue;
    load_add(l, &(struct load){.kind = LOAD_DISKS,
                               .owner = LOAD_OF_SERVICE,
                               .index = i,
                               .name = arena_format(l->arena, "%s disk%s", s->name, load_times(l, s, l->replicas[i])),
                               .demand_s = l->sums->disk_s[i],
                               .capacity = (double)disk->parallel * l->replicas[i]});
  }
}

const struct load_part disks_load = {.loads = loads};
