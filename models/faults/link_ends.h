/* What the kinds share that are about the link between two regions. */
#ifndef LINK_ENDS_H
#define LINK_ENDS_H
#include "models/faults/fault.h"

extern const struct record link_end_record;

/* Reports what is missing or makes no sense. */
void link_ends_check(struct linker *, const struct fault_config *, const char *path);
static inline uint32_t link_end_region(const struct fault_config *f, uint32_t end) {
  return (uint32_t)((const struct link_end *)f->between.items)[end].region;
}

#define BETWEEN_KEY(text) KEY("between", LIST, fault_config, between, OPTIONAL, .record = &link_end_record, .doc = text)

#endif
