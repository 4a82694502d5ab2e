/* A certificate has expired: no connection to the service can be opened until it is renewed. All calls of it fail: that those over
 * connections which are open already would go on for a while does not count. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/ailing.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  for (uint32_t n = 0, i; (i = ailing_service(l->model, f, n)) != NONE; n++)
    if (model_service(l->model, i)->embedded)
      link_error(l, path, "service", "\"%s\" is a file: no connection to it needs a certificate", model_service(l->model, i)->name);
  if (ailing_service(l->model, f, 0) == NONE)
    link_error(l, path, NULL, "a fault of kind certificate needs a \"service\": no endpoint has an \"entry\" that would be meant");
  ailing_check(l, f, path);
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  ailing_begins(w, f, target, (struct affliction){.fails = 1, .outcome = OUTCOME_REFUSED, .slower = 1});
}

static const struct field keys[] = {
    SERVICE_KEYS("Whose certificate expires; absent: that of each service that endpoints enter by."), REPAIR_KEY, {0}};
const struct fault_kind fault_certificate = {
    .member = {.word = "certificate", .doc = "A certificate has expired: all calls fail until it is renewed.", .keys = keys},
    .marks = ailing_marks,
    .link = link,
    .reach = ailing_reach,
    .count = fault_of_one,
    .outage_s = fault_until_repair,
    .target_after = ailing_target_after,
    .number = fault_of_one_number,
    .strike = strike,
    .repair = ailing_ends};
