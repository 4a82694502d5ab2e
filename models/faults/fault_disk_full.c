/* The disk of a database, or of a broker of job queues, is full: what writes there fails until it is repaired, on all replicas, as
 * they hold the same; reads go on. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/ailing.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  const struct service_config *s = f->service < 0 ? NULL : model_service(l->model, (uint32_t)f->service);
  if (!s) link_error(l, path, NULL, "a fault of kind disk-full needs a \"service\": a database, or one that has job queues");
  ailing_check(l, f, path);
  if (s && s->kind != SERVICE_DATABASE && s->kind != SERVICE_QUEUE && s->kind != SERVICE_CACHE)
    link_error(l, path, "service",
               "of \"%s\" it is not known which calls write to its disk: name a database, or one that has job queues", s->name);
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  ailing_begins(w, f, target, (struct affliction){.writes = true, .fails = 1, .outcome = OUTCOME_ERROR, .slower = 1});
}

static const char *const also[] = {"disk-fill", NULL};
static const struct field keys[] = {KEY("service", REFERENCE, fault_config, service, OPTIONAL, .target = "services",
                                        .doc = "The database or broker whose disk is full."),
                                    REPAIR_KEY,
                                    {0}};
const struct fault_kind fault_disk_full = {.member = {.word = "disk-full",
                                                      .doc = "A database takes no writes, a broker no jobs, until repaired.",
                                                      .keys = keys,
                                                      .also = also},
                                           .marks = ailing_marks,
                                           .link = link,
                                           .reach = ailing_reach,
                                           .count = fault_of_one,
                                           .outage_s = fault_until_repair,
                                           .target_after = ailing_target_after,
                                           .number = fault_of_one_number,
                                           .strike = strike,
                                           .repair = ailing_ends};
