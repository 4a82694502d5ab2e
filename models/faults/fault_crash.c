/* A process dies. What starts it again is the orchestrator. */
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/faults/processes.h"
#include "models/faults/targets.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) { replicas_link(l, f, path, "crash"); }

static const char *const also[] = {"pod-kill", "container-kill", NULL};
static const struct field keys[] = {SERVICE_KEYS("The service whose replicas crash, each on its own."), {0}};
const struct fault_kind fault_crash = {
    .member = {.word = "crash", .doc = "A process dies.", .keys = keys, .also = also},
    .typical = {.mtbf_days = 14, .mtbf_source = "estimate: every 1 to 4 weeks in a young application"},
    .link = link,
    .reach = replicas_reach,
    .count = replicas_count,
    .outage_s = process_outage_s,
    .target_after = replicas_after,
    .number = replicas_number,
    .stands = replicas_stand,
    .exists = replicas_exist,
    .strike = process_dies};
