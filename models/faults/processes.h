/* What the kinds share whose targets are processes that die, and that the orchestrator starts again. */
#ifndef PROCESSES_H
#define PROCESSES_H
#include "models/faults/fault.h"

/* Hooks of struct fault_kind. Until the orchestrator has started it again and calls reach it. */
double process_outage_s(const struct model *, const struct fault_config *);
void process_dies(struct world *, const struct fault_config *, uint32_t target);

#endif
