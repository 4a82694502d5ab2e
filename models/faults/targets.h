/* Targets that several kinds of fault have: replicas of the fault's services, machines of its node groups.
 *
 * Both may be one, several by name, or all. The number of a target, which its draws belong to, is its number within its service or
 * group, and for those of the second and later names of a list also which of them it is: a name that is added at the end shifts
 * nothing.
 *
 *     const struct fault_kind fault_NAME = {..., .count = replicas_count, .target_after = replicas_after, .number =
 * replicas_number}
 */
#ifndef TARGETS_H
#define TARGETS_H
#include "models/faults/fault.h"

/* Before the fault is linked: `service` becomes one of `services`, and "all" those that have processes. */
void targets_settle(const struct model *, struct fault_config *);

/* Report what is missing, or has nothing to strike: "a fault of kind crash needs a "service"". what: for the message,
 * what processes do, such as "crash". */
void replicas_link(struct linker *, const struct fault_config *, const char *path, const char *what);
void machines_link(struct linker *, const struct fault_config *, const char *path);
/* "a fault of kind node needs a "repair" time". */
void repair_link(struct linker *, const struct fault_config *, const char *path);

struct fault_reach replicas_reach(const struct model *, const struct fault_config *);
double replicas_count(const struct model *, const struct fault_config *);
uint32_t replicas_after(const struct world *, const struct fault_config *, uint32_t target);
uint32_t replicas_number(const struct world *, const struct fault_config *, uint32_t target);
bool replicas_stand(const struct world *, uint32_t target);
/* It is not one of those that an autoscaler may add and has not. */
bool replicas_exist(const struct world *, uint32_t target);

struct fault_reach machines_reach(const struct model *, const struct fault_config *);
double machines_count(const struct model *, const struct fault_config *);
uint32_t machines_after(const struct world *, const struct fault_config *, uint32_t target);
uint32_t machines_number(const struct world *, const struct fault_config *, uint32_t target);
bool machines_stand(const struct world *, uint32_t target);

/* Their rows. */
#define SERVICE_KEYS(text)                                                                                                         \
  KEY("service", REFERENCE, fault_config, service, OPTIONAL, .target = "services", .doc = text),                                   \
      KEY("services", REFERENCES, fault_config, services, OPTIONAL, .target = "services", .automatic = "all",                      \
          .doc = "Instead of \"service\": several, or \"all\": every one that has processes of its own.")
#define NODES_KEY(text)                                                                                                            \
  KEY("nodes", REFERENCES, fault_config, nodes, OPTIONAL, .target = "platform.nodes", .automatic = "all", .doc = text)

#endif
