/* Load of locks: one holder at a time, whatever the machine; of rows the hottest. */
#include "models/core/load_sheet.h"
#include "models/core/model.h"
#include "models/database/hand_over.h"
#include "models/database/lock.h"
#include "sim/engine/arena.h"

static const char *name_of(const struct load_sheet *l, const char *database, const struct lock_class *k) {
  if (k->kind == LOCK_ROWS) return arena_format(l->arena, "%s hottest of %s", database, k->name);
  return arena_format(l->arena, k->kind == LOCK_ROW ? "%s row %s" : "%s writer", database, k->name);
}

/* What is computed under the lock is counted as if a core were free and awake each time. */
const char *lock_remark(const struct demand_sums *d, uint32_t lock) {
  return d->locked_cpu_s[lock] > 0
             ? "a lock fills up at this rate or below: its holder may have to wait for a core, or for one to wake"
             : NULL;
}

static void loads(const struct model *m, struct load_sheet *l) {
  for (uint32_t i = 0; i < m->locks->count; i++) {
    const struct lock_class *k = &m->locks->classes[i];
    if (k->kind != LOCK_ROWS && k->kind != LOCK_ROW && k->kind != LOCK_FILE) continue;
    const struct service_config *database = model_service(m, (uint32_t)k->database);
    bool runs = service_runs(database);
    load_add(l, &(struct load){.kind = LOAD_LOCKS,
                               .owner = runs ? LOAD_OF_SERVICE : LOAD_OF_ALL,
                               .index = runs ? (uint32_t)k->database : 0,
                               .name = name_of(l, database->name, k),
                               .demand_s = l->sums->locked_s[i] * lock_busiest(m, k),
                               .capacity = 1,
                               .remark = lock_remark(l->sums, i),
                               .metered = k->busy >= 0,
                               .meter = (uint32_t)k->busy});
  }
}

const struct load_part locks_load = {.loads = loads};
