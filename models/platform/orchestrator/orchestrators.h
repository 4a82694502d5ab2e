/* The members of the family of orchestrators, in the order of their words. A new one: NAME.c with `const struct orchestrator
 * orchestrator_NAME`, and a line here. Nothing else names them. */
#ifndef ORCHESTRATORS_H
#define ORCHESTRATORS_H

struct orchestrator;

#define ORCHESTRATORS(ORCHESTRATOR)                                                                                                \
  ORCHESTRATOR(static)                                                                                                             \
  ORCHESTRATOR(compose)                                                                                                            \
  ORCHESTRATOR(swarm)                                                                                                              \
  ORCHESTRATOR(kubernetes)

#define ORCHESTRATOR_DECLARE(name) extern const struct orchestrator orchestrator_##name;
ORCHESTRATORS(ORCHESTRATOR_DECLARE)
#undef ORCHESTRATOR_DECLARE

#endif
