/* What limits share that count requests over time: their keys, and what must hold of them. */
#ifndef LIMIT_OVER_TIME_H
#define LIMIT_OVER_TIME_H
#include "models/guard/limits.h"

#define LIMIT_AT(member) offsetof(struct limit_config, member)
#define OVER_TIME_KEYS                                                                                                             \
  {.name = "rate",                                                                                                                 \
   .kind = FIELD_QUOTA,                                                                                                            \
   .offset = LIMIT_AT(rate),                                                                                                       \
   .optional = true,                                                                                                               \
   .doc = "So many in so long, such as \"100/min\" or \"5/15min\": the same as \"limit\" and \"window\".",                         \
   .elsewhere = "belongs to limits over time"},                                                                                    \
  {                                                                                                                                \
    .name = "window", .kind = FIELD_DURATION, .offset = LIMIT_AT(window), .optional = true, .low = 1, .high = 3.1536e16,           \
    .doc = "The time in which so many may pass.", .elsewhere = "belongs to limits over time"                                       \
  }

/* Of sliding windows. */
#define COUNTS_KEY                                                                                                                 \
  {                                                                                                                                \
    .name = "counts", .kind = FIELD_WORD, .offset = LIMIT_AT(counts), .words = limit_counts_words, .fallback = "\"accepted\"",     \
    .doc = "What uses up the limit; with attempts, who goes on asking stays out."                                                  \
  }
extern const char *const limit_counts_words[];

/* The `link` of such a limit: "rate" stands for limit and window. */
const char *limit_over_time_link(struct limit_config *, const char **key);

#endif
