/* What was measured, whatever tool wrote it down: windows of time at one load each.
 *
 * A window is the unit of every fit: the requests that were answered in its `seconds`, the CPU that each service used, and the
 * times of the answers. A load generator writes one window; a counter that was read several times is one from reading to reading.
 * Files that were measured at the same time are one group, and reading_join makes windows of them. Unknown is NaN.
 *
 *     struct measured *m = measured_read(arena, diagnostics, froms, count, maps, map_count);
 *     if (!m) ... the diagnostics say where and why ...
 *     m->windows[i].cpu[k].name, m->windows[i].cpu[k].amount      CPU seconds of what is called so
 */
#ifndef MEASURED_H
#define MEASURED_H
#include "sim/json/diagnostic.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

struct arena;

enum { MEASURED_SHARES = 16, MEASURED_NAMES = 256 };

/* Times of answers, in seconds; share ascending: 0.99 and the 99th percentile. */
struct measured_latency {
  double n, mean, sd;
  uint32_t count;
  double share[MEASURED_SHARES], seconds[MEASURED_SHARES];
};

struct measured_amount {
  const char *name;
  double amount;
};

struct measured_list {
  struct measured_amount items[MEASURED_NAMES];
  uint32_t count;
};

struct measured_window {
  const char *from; /* the files, as the user named them */
  struct position at;
  double seconds;
  double users;            /* that ask again as soon as they are answered; NaN: requests come by themselves */
  double requests, failed; /* answered well; answered badly or not at all */
  double busy;             /* share of the machine's cores that is used, when the machine itself was read */
  double hit_rate;
  struct measured_list asked; /* requests by what they asked for: a path or an endpoint */
  struct measured_list cpu;   /* CPU seconds by service */
  struct measured_latency latency;
};

/* One statement of a database: from pg_stat_statements. */
struct measured_statement {
  const char *id, *text;
  struct position at;
  double calls, mean_s, sd_s;
};

/* Single requests of a log: when they ended, how long they took, what they asked for (an index of names; -1: unknown). */
struct measured_log {
  uint32_t count;
  double *at_s; /* since 1970 */
  float *took_s;
  int32_t *name;
  uint8_t *failed;
  const char **names;
  uint32_t name_count;
  double resolution_s; /* of the times that they took */
  struct position at;
};

struct measured {
  struct measured_window *windows;
  uint32_t window_count, room;
  struct measured_statement *statements;
  uint32_t statement_count;
  struct measured_log log; /* of all groups, the first that has one */
  const char **files;
  uint32_t file_count;
};

/* Reads every group: files with commas between them, each with its kind before a colon or recognised by what it says. Null after
 * errors, which stand at their places. */
struct measured *measured_read(struct arena *, struct diagnostics *, const char *const *froms, uint32_t count,
                               const char *const *maps, uint32_t map_count);

/* The names of the kinds, for help: "wrk, k6, ...". */
const char *measured_kinds(struct arena *);
const char *measured_kind_name(uint32_t); /* null behind the last */
const char *measured_kind_doc(uint32_t);

double measured_amount_of(const struct measured_list *, const char *name); /* NaN: there is none */
void measured_add(struct measured_list *, const char *name, double amount);

#endif
