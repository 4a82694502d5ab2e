/* The members of the family of those who promote a replica, in the order of their words. A new one: failover_NAME.c with `const
 * struct failover_kind failover_NAME`, and a line here. Nothing else names them. */
#ifndef FAILOVERS_H
#define FAILOVERS_H
#include "models/replication/failover_config.h"

#define FAILOVERS(FAILOVER)                                                                                                        \
  FAILOVER(manager)                                                                                                                \
  FAILOVER(patroni)                                                                                                                \
  FAILOVER(managed)                                                                                                                \
  FAILOVER(person)

#define FAILOVER_DECLARE(name) extern const struct failover_kind failover_##name;
FAILOVERS(FAILOVER_DECLARE)
#undef FAILOVER_DECLARE

#endif
