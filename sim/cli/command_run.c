#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/store/output.h"
#include "sim/report/text/text.h"
#include <stdlib.h>
#include <string.h>

enum exit_code command_run(const struct options *o) {
  struct study_options unused;
  if (!session_file_count(o, "run", 1, 1) || !session_check_exports(o) || !session_check_words(o, "run") ||
      !session_options(o, &unused))
    return EXIT_USAGE;
  struct arena *arena = arena_new();
  enum exit_code code = EXIT_INVALID;
  struct scenario *s = session_read(arena, o, o->files[0], NULL, 0);
  if (s) {
    session_catch_interrupts();
    double started = progress_clock();
    struct results *r = session_run(arena, o, s, &code);
    double seconds = progress_clock() - started;
    if (r && o->timing && !session_write_timing(o->timing, r->requests, r->events, seconds))
      code = exit_code_worse(code, EXIT_ERROR);
    if (r && !session_exports_to_stdout(o))
      report_text(stdout, r, &(struct report_options){.color = session_color(o), .verbose = o->verbose, .quiet = o->quiet});
  }
  arena_free(arena);
  return code;
}
