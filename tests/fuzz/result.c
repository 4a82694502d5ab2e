/* A result file, its report, and every picture that can be drawn of it, up to the script that gnuplot would get. */
#include "sim/report/plot/gnuplot.h"
#include "sim/store/output.h"
#include "sim/report/page_report.h"
#include "sim/report/plot/plot.h"
#include "tests/fuzz/fuzz.h"

/* Instead of the program's own (linked with --wrap): nothing is drawn, nothing is written. */
bool __wrap_gnuplot_run(const struct gnuplot_page *, const char *, const char *, char **, size_t *, char **);
bool __wrap_output_write(const char *, const void *, size_t, char **);

bool __wrap_gnuplot_run(const struct gnuplot_page *page, const char *script, const char *data, char **bytes, size_t *length,
                        char **error) {
  (void)page;
  *error = NULL, *length = strlen(script) + strlen(data);
  return (*bytes = calloc(1, 1)) != NULL;
}

bool __wrap_output_write(const char *path, const void *bytes, size_t length, char **error) {
  (void)path, (void)bytes, (void)length;
  *error = NULL;
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  struct arena *arena = arena_new();
  int file;
  const char *path = fuzz_file(arena, bytes, length, &file), *paths[8] = {path, path, path, path, path, path, path, path};
  for (const struct plot_kind *const *k = plot_kinds(); *k; k++) {
    char *error = NULL;
    plot_run((*k)->name, paths, (*k)->least, "picture.svg", NULL, &error);
    free(error);
  }
  char *refused = NULL;
  report_pages(&path, 1, "page.md", NULL, &refused);
  free(refused);
  close(file);
  arena_free(arena);
  return 0;
}
