/* A bad release of a service goes out: until it is noticed and rolled back a share of its calls fails, or its computations take
 * longer. It is bad on all replicas from the strike on, as after a roll-out that nothing stops. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/ailing.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  if (!f->services.count) link_error(l, path, NULL, "a fault of kind release needs a \"service\": whose release is bad");
  for (uint32_t i = 0; i < f->services.count; i++) {
    const struct service_config *s = model_service(l->model, (uint32_t)f->services.reference[i]);
    if (s->kind == SERVICE_EXTERNAL)
      link_error(l, path, "service", "\"%s\" is external, and its releases are not yours: use kind dependency", s->name);
    if (s->embedded && f->slower > 1)
      link_error(l, path, "slower", "\"%s\" is a file and computes nothing: name the service that opens it", s->name);
  }
  ailing_check(l, f, path);
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  ailing_begins(w, f, target, (struct affliction){.fails = ailing_errors(f), .outcome = OUTCOME_ERROR, .slower = f->slower});
}

static const struct field keys[] = {
    SERVICE_KEYS("The service whose release is bad."), AILING_ERRORS_KEY, AILING_SLOWER_KEY, REPAIR_KEY, {0}};
const struct fault_kind fault_release = {
    .member = {.word = "release", .doc = "A bad release: calls fail or take longer until it is rolled back.", .keys = keys},
    .covers = COVERS_RELEASES,
    .marks = ailing_marks,
    .link = link,
    .reach = ailing_reach,
    .count = fault_of_one,
    .outage_s = fault_until_repair,
    .target_after = ailing_target_after,
    .number = fault_of_one_number,
    .strike = strike,
    .repair = ailing_ends};
