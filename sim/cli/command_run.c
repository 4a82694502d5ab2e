#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/report/output.h"
#include "sim/report/text.h"
#include <stdlib.h>
#include <string.h>

/* Wall-clock figures never go into a result: they differ from run to run. */
static bool write_timing(const char *path, const struct results *r, double seconds) {
  char text[300], *error = NULL;
  int length = snprintf(text, sizeof text, "{\"seconds\": %.6f, \"requests\": %llu, \"events\": %llu, \"requests_per_s\": %.0f}\n",
                        seconds, (unsigned long long)r->requests, (unsigned long long)r->events, (double)r->requests / seconds);
  if (output_write(path, text, (size_t)length, &error)) return true;
  fprintf(stderr, "aguanta: %s\n", error);
  free(error);
  return false;
}

static bool to_stdout(const struct options *o) {
  for (uint32_t i = 0; i < o->export_count; i++)
    if (!strcmp(o->exports[i], "-")) return true;
  return false;
}

enum exit_code command_run(const struct options *o) {
  if (!session_file_count(o, "run", 1, 1) || !session_check_exports(o)) return EXIT_USAGE;
  struct study_options unused;
  if (!session_options(o, &unused)) return EXIT_USAGE;
  struct arena *arena = arena_new();
  enum exit_code code = EXIT_INVALID;
  struct scenario *s = session_read(arena, o, o->files[0], NULL, 0);
  if (s) {
    session_catch_interrupts();
    double started = session_clock();
    struct results *r = session_run(arena, o, s);
    double seconds = session_clock() - started;
    code = r ? session_exit_code(r) : EXIT_ERROR;
    if (r && o->timing && !write_timing(o->timing, r, seconds)) code = exit_code_worse(code, EXIT_ERROR);
    if (r && !to_stdout(o))
      report_text(stdout, r, &(struct report_options){.color = session_color(o), .verbose = o->verbose, .quiet = o->quiet});
  }
  arena_free(arena);
  return code;
}
