/* The audit, for those who add to it: a part says what must be true of it, in a file audit_NAME.c beside it, and has it in its
 * descriptor (models/core/part.h).
 *
 *     void audit_stocks(const struct audit *a) {
 *       for (each stock of a->world)
 *         if (its books are wrong) audit_broken(a, "stock: of %lld pieces of %s ...", ...);
 *     }
 *
 * It reads the world after its run and changes nothing. It may count what it likes: an audit costs a walk over what lives. */
#ifndef AUDIT_PARTS_H
#define AUDIT_PARTS_H
#include "models/core/audit.h"

struct audit {
  const struct world *world;
  audit_report *report;
  void *context;
};

void audit_broken(const struct audit *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Of the core. */
void audit_cpu(const struct audit *);
void audit_requests(const struct audit *);
void audit_replicas(const struct audit *);

#endif
