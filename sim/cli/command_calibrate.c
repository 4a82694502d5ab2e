#include "sim/calibration/calibration.h"
#include "sim/cli/progress.h"
#include "sim/cli/screen.h"
#include "sim/cli/session.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/json/source_file.h"
#include "sim/store/output.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Before anything is run: the scenario that extends the given one names it from there, so that the folder must exist. */
/* Never over a file that is there, unless the user says so. */
static bool may_write(const struct options *o) {
  if (!o->output || !strcmp(o->output, "-")) return true;
  if (o->force || access(o->output, F_OK)) return true;
  safe_print(stderr, "aguanta calibrate: %s is there already: --force writes over it\n", o->output);
  return false;
}

/* What is written is a scenario that holds: it is read before. */
static bool write_child(struct arena *arena, const struct options *o, const struct scenario *s, struct calibration_results *r) {
  if (!o->output) return true;
  char *error = NULL, *text = calibration_child(arena, s, r, o->output);
  struct diagnostics *d = diagnostics_new(arena);
  const char *name = strcmp(o->output, "-") ? o->output : "standard output";
  if (!scenario_read_text(arena, d, name, text, NULL, 0)) {
    screen_messages(diagnostics_render(d, arena));
    safe_print(stderr, "aguanta calibrate: the scenario that was found does not hold; nothing is written\n");
    return false;
  }
  if (output_write(o->output, text, strlen(text), &error)) {
    r->written = strcmp(o->output, "-") ? o->output : NULL;
    return true;
  }
  safe_print(stderr, "aguanta calibrate: %s\n", error);
  free(error);
  return false;
}

static enum exit_code answer(struct arena *arena, const struct options *o, const struct scenario *s,
                             struct calibration_results *r) {
  if (r->interrupted) {
    safe_print(stderr, "aguanta calibrate: interrupted; nothing is written\n");
    return session_interrupted();
  }
  if (!write_child(arena, o, s, r)) return EXIT_ERROR;
  struct answer found = answer_of_calibration(r);
  if (o->output && !strcmp(o->output, "-")) return session_export(o, &found) ? EXIT_HOLDS : EXIT_ERROR;
  return session_answer(o, &found, 0);
}

static enum exit_code fit(struct arena *arena, const struct options *o, struct calibration_options *options,
                          const struct progress *progress) {
  const struct scenario *s = session_read(arena, o, o->files[0], NULL, 0);
  if (!s) return EXIT_INVALID;
  struct diagnostics *d = diagnostics_new(arena);
  const char *root = session_root(arena, o);
  if (root) diagnostics_confine(d, root);
  const struct measured *m = measured_read(arena, d, o->froms, o->from_count, o->maps, o->map_count);
  session_catch_interrupts();
  struct calibration_results *r = m ? calibrate(arena, d, s, m, options) : NULL;
  progress_clear(progress);
  screen_messages(diagnostics_render(d, arena));
  if (!r) return EXIT_INVALID;
  if (!session_outputs_apart(o, d)) return EXIT_USAGE;
  return answer(arena, o, s, r);
}

static enum exit_code run(const struct options *o) {
  struct calibration_options options = {.maps = o->maps, .map_count = o->map_count, .predict = true};
  struct progress progress;
  if (!o->from_count) {
    safe_print(stderr,
               "aguanta calibrate: nothing was measured; say what, as in --from wrk.txt,cpu.txt\nSee 'aguanta help calibrate'.\n");
    return EXIT_USAGE;
  }
  if (!may_write(o)) return EXIT_USAGE;
  session_options(o, &options.study);
  progress_begin(&progress, o, "loads");
  progress_follow(&progress, &options.study);
  struct arena *arena = arena_new();
  uint32_t count;
  options.overrides = session_overrides(arena, o, 0, &count), options.override_count = count;
  enum exit_code code = fit(arena, o, &options, &progress);
  arena_free(arena);
  return code;
}

static void help(FILE *f) {
  struct arena *arena = arena_new();
  fprintf(f, "\nFiles with commas between them were measured at the same time. Kinds, recognised by what the file says, or\n"
             "named as in --from wrk:FILE:\n");
  for (uint32_t i = 0; measured_kind_name(i); i++) fprintf(f, "  %-12s %s\n", measured_kind_name(i), measured_kind_doc(i));
  fprintf(f, "  %-12s %s\n", "idle", "the word, no file: nothing was asked meanwhile");
  arena_free(arena);
}

const struct command command_calibrate = {.name = "calibrate",
                                          .arguments = "FILE --from MEASUREMENTS",
                                          .doc = "the scenario's guesses from what was measured",
                                          .options = TAKES_QUESTION | TAKES(FROM) | TAKES(MAP) | TAKES(OUTPUT) | TAKES(FORCE) |
                                                     TAKES(COLOR) | TAKES(VERBOSE),
                                          .least_files = 1,
                                          .most_files = 1,
                                          .answer = ANSWER_CALIBRATION,
                                          .help = help,
                                          .run = run};
