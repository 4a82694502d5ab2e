/* What the kinds share that strike a database by what its replicas do at that moment: which is the primary changes with every
 * failover. A target is the fault and a place: the n-th primary (one a shard), or the n-th of the others. */
#ifndef COPIES_STRUCK_H
#define COPIES_STRUCK_H
#include "models/faults/fault.h"

/* Of a linked fault: how many primaries its database has, and how many replicas that are none. */
uint32_t copies_primaries(const struct model *, const struct fault_config *);
uint32_t copies_others(const struct model *, const struct fault_config *);
/* Reports what is missing, and settles what a process needs: no repair. */
void copies_link(struct linker *, const struct fault_config *, const char *path);

uint32_t copies_target(const struct world *, const struct fault_config *, uint32_t place);
static inline uint32_t copies_place(uint32_t target) { return target & 0xfffff; }

/* Hooks of struct fault_kind. */
struct fault_reach copies_reach(const struct model *, const struct fault_config *);
double copies_outage_s(const struct model *, const struct fault_config *);
uint32_t copies_number(const struct world *, const struct fault_config *, uint32_t target);
void copies_repair(struct world *, uint32_t target);
/* Strikes the container, or its machine, in the name of the target. */
void copies_strike(struct world *, const struct fault_config *, uint32_t target, uint32_t container);
/* The container of the place just now, or NONE. */
uint32_t copies_primary(const struct world *, uint32_t target);
uint32_t copies_other(const struct world *, uint32_t target);

extern const char *const copies_loss_words[];
#define COPIES_KEYS                                                                                                                \
  KEY("service", REFERENCE, fault_config, service, OPTIONAL, .target = "services", .doc = "The database that is struck."),         \
      KEY("loses", WORD, fault_config, loses, DEFAULT("process"), .words = copies_loss_words,                                      \
          .doc = "Whether its process dies, which the orchestrator starts again, or its machine, which is away until repaired.")

#endif
