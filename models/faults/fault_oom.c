/* A process is killed by the kernel because its memory is used up: it ends at once, without a word to those inside, as in a crash.
 * Whether it is started again is its service's `restart`. Memory that runs out under load is modelled where a service has
 * "memory" keys; this kind is what strikes at random. */
#include "models/core/world.h"
#include "models/faults/faults.h"
#include "models/faults/processes.h"
#include "models/faults/targets.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) { replicas_link(l, f, path, "be killed"); }

static const char *const also[] = {"memory-stress", "oom-kill", NULL};
static const struct field keys[] = {SERVICE_KEYS("The service whose replicas are killed, each on its own."), {0}};
const struct fault_kind fault_oom = {
    .member = {.word = "oom", .doc = "A process is killed by the kernel: it had used up its memory.", .keys = keys, .also = also},
    .typical = {.mtbf_days = 14, .mtbf_source = "estimate: a crash or out of memory every 1 to 4 weeks in a young application"},
    .link = link,
    .reach = replicas_reach,
    .count = replicas_count,
    .outage_s = process_outage_s,
    .target_after = replicas_after,
    .number = replicas_number,
    .stands = replicas_stand,
    .exists = replicas_exist,
    .strike = process_dies};
