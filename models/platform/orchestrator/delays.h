/* Rows of an orchestrator's delays, one line each, and the key under which its settings stand. AT(member) is the offset in its
 * struct. */
#ifndef DELAYS_H
#define DELAYS_H
#include "models/platform/platform.h"

#define TIMED(key, member, value, least, most, text, from)                                                                         \
  {                                                                                                                                \
    .name = key, .kind = FIELD_DURATION, .offset = AT(member), .fallback = "\"" value "\"", .low = least, .high = most,            \
    .doc = text, .source = from                                                                                                    \
  }
#define DURATION(key, member, value, text, from) TIMED(key, member, value, 0, 3.1536e16, text, from)
#define PERIOD(key, member, value, text, from)   TIMED(key, member, value, 1e9, 3.1536e16, text, from)

#define SETTINGS(key, of, text)                                                                                                    \
  {                                                                                                                                \
    .name = key, .kind = FIELD_RECORD, .offset = offsetof(struct platform_config, settings), .record = of, .apart = true,          \
    .doc = text                                                                                                                    \
  }

#endif
