/* What limits share that count requests over time: their keys, and what must hold of them. */
#ifndef LIMIT_OVER_TIME_H
#define LIMIT_OVER_TIME_H
#include "models/guard/limits.h"

#define OVER_TIME_KEYS                                                                                                             \
  KEY("rate", QUOTA, limit_config, rate, OPTIONAL,                                                                                 \
      .doc = "Requests per time, such as \"100/min\" or \"5/15min\": the same as \"limit\" and \"window\".",                       \
      .elsewhere = "belongs to limits over time"),                                                                                 \
      KEY("window", DURATION, limit_config, window, OPTIONAL, RANGE(1, FIELD_YEAR),                                                \
          .doc = "The time in which this number may pass.", .elsewhere = "belongs to limits over time")

/* Of sliding windows. */
#define COUNTS_KEY                                                                                                                 \
  KEY("counts", WORD, limit_config, counts, DEFAULT("accepted"), .words = limit_counts_words,                                      \
      .doc = "What uses up the limit; with attempts, a client that goes on asking stays out.")
extern const char *const limit_counts_words[];

/* The `link` of such a limit: "rate" stands for limit and window. */
const char *limit_over_time_link(struct limit_config *, const char **key);

#endif
