/* What the kinds share that kill nothing: a service ails (models/service/affliction.h) from the strike until the repair. Their
 * target is the fault itself, by its number. */
#ifndef AILING_H
#define AILING_H
#include "models/faults/fault.h"
#include "models/service/affliction.h"

/* The n-th service that the fault names: "service", or without it each that endpoints enter by; NONE behind the last. */
uint32_t ailing_service(const struct model *, const struct fault_config *, uint32_t n);

/* Hooks of struct fault_kind. */
void ailing_marks(struct linker *, const struct fault_config *);
struct fault_reach ailing_reach(const struct model *, const struct fault_config *);
uint32_t ailing_target_after(const struct world *, const struct fault_config *, uint32_t target);
void ailing_ends(struct world *, uint32_t target);

/* Every service of the fault has what `is` says from now on; its `service` is filled in. */
void ailing_begins(struct world *, const struct fault_config *, uint32_t target, struct affliction is);

/* While linking: reports a fault without a repair time, and one of no service. */
void ailing_check(struct linker *, const struct fault_config *, const char *path);

/* "errors" where it is given; else all calls fail, unless the fault only slows. */
double ailing_errors(const struct fault_config *);

#define AILING_ERRORS_KEY                                                                                                          \
  KEY("errors", RATIO, fault_config, errors, OPTIONAL, RANGE(0, 1),                                                                \
      .doc = "Share of its calls that fail meanwhile, each on its own. Absent: all; with \"slower\" none.")
#define AILING_SLOWER_KEY                                                                                                          \
  KEY("slower", NUMBER, fault_config, slower, DEFAULT(1), RANGE(1, 1e6),                                                           \
      .doc = "Its computations take this many times as long meanwhile; of an external service its latency.")

#endif
