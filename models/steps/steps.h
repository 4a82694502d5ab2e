/* The kinds of step, in the order of their words. A new one: step_NAME.c with `const struct alternative step_NAME`, and a line
 * here. */
#ifndef STEPS_H
#define STEPS_H
#include "sim/describe/field.h"

#define STEPS(STEP)                                                                                                                \
  STEP(cpu)                                                                                                                        \
  STEP(call)                                                                                                                       \
  STEP(query)                                                                                                                      \
  STEP(cached)                                                                                                                     \
  STEP(external)                                                                                                                   \
  STEP(delay)                                                                                                                      \
  STEP(limit)                                                                                                                      \
  STEP(reserve)                                                                                                                    \
  STEP(pay)                                                                                                                        \
  STEP(release)                                                                                                                    \
  STEP(parallel)                                                                                                                   \
  STEP(transaction)                                                                                                                \
  STEP(publish)                                                                                                                    \
  STEP(invalidate)                                                                                                                 \
  STEP(command)                                                                                                                    \
  STEP(broadcast)                                                                                                                  \
  STEP(answer)

#define STEP_DECLARE(name) extern const struct alternative step_##name;
STEPS(STEP_DECLARE)
#undef STEP_DECLARE

#endif
