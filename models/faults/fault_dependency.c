/* An external service is down for a while: a share of the calls fails, after its latency, or that is a multiple. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/ailing.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  const struct service_config *s = f->service < 0 ? NULL : model_service(l->model, (uint32_t)f->service);
  if (!s) link_error(l, path, NULL, "a fault of kind dependency needs a \"service\" of kind external");
  ailing_check(l, f, path);
  if (s && s->kind != SERVICE_EXTERNAL)
    link_error(l, path, "service", "\"%s\" is not of kind external: its processes and machines break by kinds of their own",
               s->name);
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  ailing_begins(w, f, target, (struct affliction){.fails = ailing_errors(f), .outcome = OUTCOME_EXTERNAL, .slower = f->slower});
}

static const struct field keys[] = {
    KEY("service", REFERENCE, fault_config, service, OPTIONAL, .target = "services", .doc = "The external service that is down."),
    AILING_ERRORS_KEY,
    AILING_SLOWER_KEY,
    REPAIR_KEY,
    {0}};
const struct fault_kind fault_dependency = {
    .member = {.word = "dependency", .doc = "An external service fails or is slow until it is repaired.", .keys = keys},
    .covers = COVERS_EXTERNAL,
    .marks = ailing_marks,
    .link = link,
    .reach = ailing_reach,
    .count = fault_of_one,
    .outage_s = fault_until_repair,
    .target_after = ailing_target_after,
    .number = fault_of_one_number,
    .strike = strike,
    .repair = ailing_ends};
