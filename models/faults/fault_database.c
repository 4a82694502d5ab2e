/* The replica of a database that takes the writes at that moment dies, or its machine does; of a database with shards each shard's,
 * on its own. Who takes over, and how long that takes, is a matter of models/replication/failover.h. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/copies_struck.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) { copies_link(l, f, path); }

static double count(const struct model *m, const struct fault_config *f) { return copies_primaries(m, f); }

static uint32_t target_after(const struct world *w, const struct fault_config *f, uint32_t target) {
  uint32_t place = target == NONE ? 0 : copies_place(target) + 1;
  return place < copies_primaries(w->model, f) ? copies_target(w, f, place) : NONE;
}

static bool stands(const struct world *w, uint32_t target) {
  uint32_t struck = copies_primary(w, target);
  return struck != NONE && replicas_stand(w, struck);
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  copies_strike(w, f, target, copies_primary(w, target));
}

static const struct field keys[] = {COPIES_KEYS, REPAIR_KEY, DISK_KEY, {0}};
const struct fault_kind fault_database = {
    .member = {.word = "database",
               .doc = "The replica of a database that takes the writes dies, or its machine does.",
               .keys = keys},
    .link = link,
    .reach = copies_reach,
    .count = count,
    .outage_s = copies_outage_s,
    .target_after = target_after,
    .number = copies_number,
    .stands = stands,
    .strike = strike,
    .repair = copies_repair};
