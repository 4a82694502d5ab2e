/* Linking: what a scenario says is put together into a model, and what does not fit together is told.
 *
 * The steps are private to models/link*.c; model_link runs them in the order in which they need each other. */
#ifndef LINK_H
#define LINK_H
#include "models/core/model.h"

struct linker {
  struct model *model;
  struct arena *arena;
  model_fault *report;
  void *context;
  const void *at; /* the member that a fault of a program is of; null otherwise */
  bool failed;
};

/* key: the one in `path` that is to blame, or null. */
void link_fault(struct linker *, const char *path, const char *key, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* id: of the warning, such as retry-unbounded. */
void link_warn(struct linker *, const char *path, const char *key, const char *id, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* link_traffic.c */
void link_sources(struct linker *);
void check_room_names(struct linker *);
void check_meter_names(struct linker *);
void link_priorities(struct linker *);
void warn_of_retries(struct linker *);
void link_dispersions(struct linker *); /* once the measured time is known */

/* link_warmup.c */
void link_warmup(struct model *);

#endif
