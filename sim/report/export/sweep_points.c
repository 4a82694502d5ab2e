#include "sim/report/export/sweep_points.h"
#include "sim/engine/arena.h"
#include <stdlib.h>

void sweep_each_point(FILE *file, struct sweep_results *r, enum point_part part,
                      void (*write)(FILE *, const struct sweep_point *, const struct point_section *)) {
  for (uint64_t n = 0; n < sweep_results_points(r); n++) {
    if (!sweep_results_has(r, n)) continue;
    struct arena *arena = arena_new();
    struct sweep_point point = sweep_results_point(r, arena, n);
    struct point_section section = sweep_results_section(r, arena, n, part);
    if (section.text) write(file, &point, &section);
    free(section.text);
    arena_free(arena);
  }
}
