/* The parts of the audit: who owns something says what must be true of it, in a file audit_NAME.c beside it, and has a line here.
 *
 *     void audit_stocks(const struct audit *a) {
 *       for (each stock of a->world)
 *         if (its books are wrong) audit_broken(a, "stock: of %lld pieces of %s ...", ...);
 *     }
 *
 * A part reads the world after its run and changes nothing. It may count what it likes: an audit costs a walk over what lives. */
#ifndef AUDIT_PARTS_H
#define AUDIT_PARTS_H
#include "models/core/audit.h"

struct audit {
  const struct world *world;
  audit_report *report;
  void *context;
};

void audit_broken(const struct audit *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Name, and what it is of: every run, or runs with requests. */
#define AUDIT_PARTS(PART)                                                                                                          \
  PART(cpu, EVERY_RUN)                                                                                                             \
  PART(requests, REQUESTS)                                                                                                         \
  PART(replicas, REQUESTS)                                                                                                         \
  PART(clients, REQUESTS)                                                                                                          \
  PART(limits, REQUESTS)                                                                                                           \
  PART(stocks, REQUESTS)                                                                                                           \
  PART(databases, REQUESTS)                                                                                                        \
  PART(jobs, REQUESTS)                                                                                                             \
  PART(shards, REQUESTS)                                                                                                           \
  PART(caches, REQUESTS)                                                                                                           \
  PART(replication, REQUESTS)                                                                                                      \
  PART(rebuilds, REQUESTS)                                                                                                         \
  PART(connections, REQUESTS)

#define AUDIT_DECLARE(name, of) void audit_##name(const struct audit *);
AUDIT_PARTS(AUDIT_DECLARE)
#undef AUDIT_DECLARE

#endif
