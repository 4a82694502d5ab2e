/* The pictures of an answer for a page: every kind that can be drawn of it, as SVG text. gnuplot makes them (sim/report/plot).
 *
 * What an answer has no data for is left out in silence; that gnuplot is missing or fails is said once, and nothing more is tried.
 *
 *     struct pictures drawn = {0};
 *     pictures_draw(arena, &file, 1, &drawn);
 *     for (uint32_t i = 0; i < drawn.count; i++) ... drawn.all[i].svg ... */
#ifndef PICTURES_H
#define PICTURES_H
#include "sim/engine/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct result_file;

enum { PICTURES_MOST = 24 };

struct drawn {
  const char *kind, *doc; /* of sim/report/plot/plots.h */
  const char *svg;
  size_t length;
  bool placed; /* the page has it already */
};

struct pictures {
  struct drawn all[PICTURES_MOST];
  uint32_t count;
  const char *trouble; /* why some, or all, are missing; null: nothing went wrong */
};

/* With one file the kinds that take one, with several those that take no fewer than two. */
void pictures_draw(struct arena *, const struct result_file *, uint32_t count, struct pictures *);

#endif
