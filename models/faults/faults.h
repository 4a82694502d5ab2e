/* The members of the family of faults, in the order of their words. A new one: fault_NAME.c with `const struct fault_kind
 * fault_NAME`, and a line here. */
#ifndef FAULTS_H
#define FAULTS_H
#include "models/faults/fault.h"

#define FAULTS(FAULT)                                                                                                              \
  FAULT(node)                                                                                                                      \
  FAULT(crash)                                                                                                                     \
  FAULT(region)                                                                                                                    \
  FAULT(zone)                                                                                                                      \
  FAULT(link)                                                                                                                      \
  FAULT(hang)                                                                                                                      \
  FAULT(control_plane)                                                                                                             \
  FAULT(disk_full)                                                                                                                 \
  FAULT(dependency)                                                                                                                \
  FAULT(release)                                                                                                                   \
  FAULT(certificate)                                                                                                               \
  FAULT(oom)                                                                                                                       \
  FAULT(building)                                                                                                                  \
  FAULT(slow_link)                                                                                                                 \
  FAULT(dns)                                                                                                                       \
  FAULT(database)                                                                                                                  \
  FAULT(replica)                                                                                                                   \
  FAULT(cache_loss)                                                                                                                \
  FAULT(operator)                                                                                                                  \
  FAULT(maintenance)                                                                                                               \
  FAULT(migration)

#define FAULT_DECLARE(name) extern const struct fault_kind fault_##name;
FAULTS(FAULT_DECLARE)
#undef FAULT_DECLARE

#endif
