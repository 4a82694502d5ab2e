#include "sim/report/export.h"
#include "sim/engine/allocate.h"
#include "sim/store/output.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT(name) &export_##name,
static const struct export_format *const formats[] = {
#include "sim/report/exports.h"
};
enum { FORMATS = sizeof formats / sizeof *formats };

static const char *extension(const char *path) {
  const char *name = strrchr(path, '/'), *dot = strrchr(name ? name : path, '.');
  return dot ? dot + 1 : "";
}

char *export_names(enum answer_kind kind, const char *before, const char *between, const char *last) {
  const char *known[FORMATS];
  int count = 0;
  for (int i = 0; i < FORMATS; i++)
    if (formats[i]->write[kind] && !(formats[i]->streamed && *before == '.')) known[count++] = formats[i]->name;
  char *names = NULL;
  size_t length = 0;
  FILE *file = allocate_stream(&names, &length);
  for (int i = 0; i < count; i++) fprintf(file, "%s%s%s", i == 0 ? "" : i + 1 < count ? between : last, before, known[i]);
  fclose(file);
  return names;
}

/* Null with a message. */
static const struct export_format *find(enum answer_kind kind, const char *path, const char *name, char **error) {
  const char *wanted = name ? name : extension(path);
  for (int i = 0; i < FORMATS; i++)
    if (formats[i]->write[kind] && !strcmp(formats[i]->name, wanted) && (name || !formats[i]->streamed)) return formats[i];
  bool bare = !name && !strcmp(path, "-");
  char *known = export_names(kind, name || bare ? "" : ".", ", ", bare ? " or " : " and ");
  if (bare)
    *error = allocate_format("--export - needs --format: %s", known);
  else if (!name && !*wanted)
    *error = allocate_format("--export %s: no extension that gives the format; known are %s", path, known);
  else
    *error = allocate_format("--export %s: unknown format \"%s\"; known are %s", path, wanted, known);
  free(known);
  return NULL;
}

bool export_known(enum answer_kind kind, const char *path, const char *format, char **error) {
  *error = NULL;
  return find(kind, path, format, error) != NULL;
}

bool export_answer(const struct answer *a, const char *path, const char *format_name, char **error) {
  char *bytes = NULL;
  size_t length = 0;
  *error = NULL;
  const struct export_format *format = find(a->kind, path, format_name, error);
  if (!format) return false;
  assert(format->write[a->kind]);
  FILE *file = allocate_stream(&bytes, &length);
  format->write[a->kind](file, a);
  fclose(file);
  bool written = answer_whole(a) && output_write(path, bytes, length, error);
  free(bytes);
  return written;
}
