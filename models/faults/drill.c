#include "models/faults/drill.h"
#include "models/faults/fault.h"
#include "sim/engine/arena.h"

void model_drill(struct model *m, struct arena *arena, int32_t fault, sim_time at) {
  struct config_list *drilled = arena_alloc(arena, sizeof *drilled);
  *drilled = *model_faults(m);
  struct fault_config *faults = arena_new_array(arena, struct fault_config, drilled->count + 1);
  sim_time *instant = arena_new_array(arena, sim_time, 1);
  *instant = at;
  for (uint32_t i = 0; i < drilled->count; i++) {
    faults[i] = *model_fault_at(m, i);
    fault_only_at(&faults[i], (int32_t)i == fault ? instant : NULL);
  }
  drilled->items = faults;
  m->parts[PART_faults] = drilled;
  model_derive_warmup(m);
}
