/* Crews: who repairs, and how many repairs at once.
 *
 * A fault that names a crew waits for it, first come first served; its repair begins when one is free. A crew may be of persons:
 * then each repair has their steps (models/people/people.h).
 *
 *     struct repair_crew *crew = world_crew(w, config->crew);
 *     if (crew_takes(crew, process)) the repair begins now; else it is begun by the handler when another ends: crew_leaves
 */
#ifndef CREW_H
#define CREW_H
#include "models/core/model.h"
#include "models/core/parts.h"
#include "models/core/world.h"

struct fault_process;

enum fault_by { BY_ITSELF, BY_PERSON };

struct crew_config {
  const char *name;
  int64_t size;
  int32_t by; /* enum fault_by */
};

struct repair_crew {
  int64_t free;
  struct fault_process *first, *last; /* that wait */
};

static inline const struct config_list *model_crews(const struct model *m) { return model_part(m, PART_crews); }
static inline const struct crew_config *model_crew(const struct model *m, int32_t i) {
  return (const struct crew_config *)model_crews(m)->items + i;
}
static inline struct repair_crew *world_crew(const struct world *w, int32_t i) {
  return *(struct repair_crew **)world_part(w, PART_crews) + i;
}

/* One is free, and is taken. Otherwise the process waits. */
bool crew_takes(struct repair_crew *, struct fault_process *);
/* A repair has ended: returns the process whose repair begins, or null. */
struct fault_process *crew_leaves(struct repair_crew *);

extern const struct record crews_root_record;

#endif
