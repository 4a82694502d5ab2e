#include "sim/report/export/export.h"
#include "sim/store/output.h"
#include "sim/report/export/report.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void write_json(FILE *file, const void *r) { report_json_write(file, r); }
static void write_csv(FILE *file, const void *r) { report_csv_write(file, r); }
static void write_markdown(FILE *file, const void *r) { report_markdown_write(file, r); }
static const struct export_formats of_results = {write_json, write_csv, write_markdown};

static const char *const names[] = {"json", "csv", "md"}; /* the extensions, in the order of struct export_formats */
enum { FORMATS = sizeof names / sizeof *names };

static const char *extension(const char *path) {
  const char *name = strrchr(path, '/'), *dot = strrchr(name ? name : path, '.');
  return dot ? dot + 1 : "";
}

/* Index of the format; -1 with a message. */
static int find(const char *path, const char *name, char **error) {
  const char *wanted = name ? name : extension(path);
  for (int i = 0; i < FORMATS; i++)
    if (!strcmp(names[i], wanted)) return i;
  if (!name && !strcmp(path, "-")) {
    *error = allocate_format("--export - needs --format: json, csv or md");
  } else if (!name && !*wanted) {
    *error = allocate_format("--export %s: no extension to tell the format by; known are .json, .csv and .md", path);
  } else
    *error = allocate_format("--export %s: unknown format \"%s\"; known are .json, .csv and .md", path, wanted);
  return -1;
}

bool report_export_known(const char *path, const char *format, char **error) {
  *error = NULL;
  return find(path, format, error) >= 0;
}

enum export_format report_export_format(const char *path, const char *format) {
  char *error = NULL;
  int found = find(path, format, &error);
  assert(found >= 0);
  return (enum export_format)found;
}

bool report_export_as(const struct export_formats *formats, const void *what, const char *path, const char *format, char **error) {
  void (*const writers[])(FILE *, const void *) = {formats->json, formats->csv, formats->markdown};
  char *bytes = NULL;
  size_t length = 0;
  *error = NULL;
  int found = find(path, format, error);
  if (found < 0) return false;
  FILE *file = allocate_stream(&bytes, &length);
  writers[found](file, what);
  fclose(file);
  bool written = output_write(path, bytes, length, error);
  free(bytes);
  return written;
}

bool report_export(const struct results *results, const char *path, const char *format, char **error) {
  return report_export_as(&of_results, results, path, format, error);
}
