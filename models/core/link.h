/* Linking: what a scenario says is put together into a model, and what does not fit together is reported.
 *
 * Parts are linked in stages (models/core/part.h); model_link calls them in order, and between them compiles the programs of
 * endpoints and finds the warm-up. All errors of a stage are reported together. */
#ifndef LINK_H
#define LINK_H
#include "models/core/model.h"

struct linker {
  struct model *model;
  struct arena *arena;
  model_error *report;
  void *context;
  const void *at; /* the member that an error of a program is of; null otherwise */
  bool failed;
  uint32_t endpoint;         /* LINK_ENDPOINT: which one */
  const struct world *trial; /* LINK_PLACED: nothing has happened in it */
};

/* key: the one in `path` that is to blame, or null. */
void link_error(struct linker *, const char *path, const char *key, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* id: of the warning, such as retry-unbounded. */
void link_warn(struct linker *, const char *path, const char *key, const char *id, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* A step of the program is to blame, or a key of it. */
struct program;
void link_program_error(struct linker *, const char *path, const char *key, const struct program *, const char *wrong);

#endif
