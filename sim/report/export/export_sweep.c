#include "sim/report/export/export_sweep.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/report/export/report.h"
#include "sim/store/output.h"
#include <stdlib.h>
#include <string.h>

static const struct sweep_format {
  const char *name;
  void (*header)(FILE *, const struct sweep_point *); /* may be null */
  void (*write)(FILE *, const struct sweep_point *, const char *text, size_t length);
  enum point_part part;
} formats[] = {{"csv", report_sweep_csv_header, report_sweep_csv, POINT_CSV}, {"ndjson", NULL, report_sweep_ndjson, POINT_NDJSON}};
enum { FORMATS = sizeof formats / sizeof *formats };

static const struct sweep_format *format_of(const char *path, const char *format) {
  const char *dot = strrchr(path, '.'), *wanted = !strcmp(path, "-") ? format : dot ? dot + 1 : NULL;
  for (int i = 0; i < FORMATS && wanted; i++)
    if (!strcmp(wanted, formats[i].name)) return &formats[i];
  return NULL;
}

bool export_sweep_known(const char *path, const char *format) { return format_of(path, format) != NULL; }

static void write_point(FILE *file, struct sweep_results *r, uint64_t n, const struct sweep_format *format) {
  struct arena *arena = arena_new();
  struct sweep_point point = sweep_results_point(r, arena, n);
  struct point_section rows = sweep_results_section(r, arena, n, format->part);
  if (rows.text) format->write(file, &point, rows.text, rows.length);
  free(rows.text);
  arena_free(arena);
}

bool export_sweep(struct sweep_results *r, const char *path, const char *format_name, char **error) {
  const struct sweep_format *format = format_of(path, format_name);
  struct sweep_point columns = sweep_results_columns(r);
  char *text = NULL;
  size_t length = 0;
  FILE *file = allocate_stream(&text, &length);
  *error = NULL;
  if (format->header) format->header(file, &columns);
  for (uint64_t n = 0; n < sweep_results_points(r); n++)
    if (sweep_results_has(r, n)) write_point(file, r, n, format);
  fclose(file);
  bool written = sweep_results_whole(r) && output_write(path, text, length, error);
  free(text);
  return written;
}
