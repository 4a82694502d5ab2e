/* One request out of a line of a web server's log: nginx and Apache (common, combined, with a time behind), Traefik and Caddy as
 * JSON. */
#ifndef LOG_REQUEST_H
#define LOG_REQUEST_H
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

struct log_request {
  sim_time at;                        /* since 1970-01-01 00:00 UTC */
  const char *method, *path, *client; /* into the line; the path up to its question mark */
  uint32_t method_length, path_length, client_length;
  int status;     /* 0: unknown */
  double bytes;   /* of the answer; NAN: unknown */
  double seconds; /* until the answer; NAN: unknown */
};

/* Null, or what is wrong with the line [text, end). */
const char *log_request_read(const char *text, const char *end, struct log_request *);
/* Offset from UTC of the line's clock, such as +0200; 0 where it says none. */
sim_time log_request_zone(const char *text, const char *end);

#endif
