/* The members of the family of limits, in the order of their words. A new one: limit_NAME.c with `const struct limit_kind
 * limit_NAME`, and a line here. */
#ifndef LIMITS_H
#define LIMITS_H
#include "models/guard/limit.h"

#define LIMITS(LIMIT)                                                                                                              \
  LIMIT(token_bucket)                                                                                                              \
  LIMIT(sliding_log)                                                                                                               \
  LIMIT(sliding_counter)                                                                                                           \
  LIMIT(fixed_window)                                                                                                              \
  LIMIT(concurrency)

#define LIMIT_DECLARE(name) extern const struct limit_kind limit_##name;
LIMITS(LIMIT_DECLARE)
#undef LIMIT_DECLARE

#endif
