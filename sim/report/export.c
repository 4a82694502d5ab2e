#include "sim/report/export.h"
#include "sim/report/compare_report.h"
#include "sim/report/output.h"
#include "sim/report/report.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct format {
  const char *name; /* the extension without its dot */
  void (*write)(FILE *, const struct results *);
  void (*compare)(FILE *, const struct compare_results *);
} formats[] = {
    {"json", report_json_write, report_compare_json},
    {"csv", report_csv_write, report_compare_csv},
    {"md", report_markdown_write, report_compare_markdown},
};
enum { FORMATS = sizeof formats / sizeof *formats };

static const char *extension(const char *path) {
  const char *name = strrchr(path, '/'), *dot = strrchr(name ? name : path, '.');
  return dot ? dot + 1 : "";
}

static const struct format *find(const char *path, const char *name, char **error) {
  const char *wanted = name ? name : extension(path);
  for (int i = 0; i < FORMATS; i++)
    if (!strcmp(formats[i].name, wanted)) return &formats[i];
  if (!name && !strcmp(path, "-")) {
    if (asprintf(error, "--export - needs --format: json, csv or md") < 0) abort();
  } else if (!name && !*wanted) {
    if (asprintf(error, "--export %s: no extension to tell the format by; known are .json, .csv and .md", path) < 0) abort();
  } else if (asprintf(error, "--export %s: unknown format \"%s\"; known are .json, .csv and .md", path, wanted) < 0)
    abort();
  return NULL;
}

bool report_export_known(const char *path, const char *format, char **error) {
  *error = NULL;
  return find(path, format, error) != NULL;
}

static bool to_stdout(const char *bytes, size_t length, char **error) {
  if (fwrite(bytes, 1, length, stdout) == length && fflush(stdout) == 0) return true;
  if (asprintf(error, "cannot write to stdout: %s", strerror(errno)) < 0) abort();
  return false;
}

/* One of the two is written. */
static bool export_one(const struct results *results, const struct compare_results *compared, const char *path, const char *format,
                       char **error) {
  char *bytes = NULL;
  size_t length = 0;
  *error = NULL;
  const struct format *found = find(path, format, error);
  if (!found) return false;
  FILE *file = open_memstream(&bytes, &length);
  if (!file) abort();
  if (compared)
    found->compare(file, compared);
  else
    found->write(file, results);
  if (fclose(file) != 0) abort();
  bool written = strcmp(path, "-") ? output_write(path, bytes, length, error) : to_stdout(bytes, length, error);
  free(bytes);
  return written;
}

bool report_export(const struct results *results, const char *path, const char *format, char **error) {
  return export_one(results, NULL, path, format, error);
}

bool report_compare_export(const struct compare_results *compared, const char *path, const char *format, char **error) {
  return export_one(NULL, compared, path, format, error);
}
