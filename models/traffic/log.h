/* Log lines: when somebody asked for what, as web servers write it down.
 *
 *     203.0.113.9 - - [10/Oct/2025:13:55:36 +0200] "GET /event/7?lang=de HTTP/1.1" 200 2326 ...      common, combined
 *     2025-10-10T11:55:36.250Z /event/7 203.0.113.9                                                  an ISO time first
 *
 * Of the first form the time in brackets, the path up to its question mark and the first word (the client) are read; of the second
 * the time (without a zone: UTC), then path and client where they are there. Whatever follows is not looked at. */
#ifndef LOG_H
#define LOG_H
#include "sim/engine/sim_time.h"

struct log_line {
  sim_time at;               /* since 1970-01-01 00:00 UTC */
  const char *path, *client; /* into the line; null where it has none */
  uint32_t path_length, client_length;
};

/* Reads the line at [text, end). Null, or what is wrong with it. */
const char *log_read_line(const char *text, const char *end, struct log_line *out);

#endif
