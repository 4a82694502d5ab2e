#include "sim/cli/session.h"
#include "sim/cli/progress.h"
#include "sim/cli/screen.h"
#include "sim/cli/step_summary.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/report/answer_text.h"
#include "sim/report/export.h"
#include "sim/report/format.h"
#include "sim/store/leftover.h"
#include "sim/store/output.h"
#include "sim/store/point_store.h"
#include "sim/scenario/unit.h"
#include "sim/json/safe_text.h"
#include "sim/json/source_file.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The one place where the program keeps state outside of a run: a signal handler can reach nothing else. */
static atomic_int interrupted;

/* Two threads may be in here at once. */
static void on_interrupt(int signal) {
  int none = 0;
  if (!atomic_compare_exchange_strong(&interrupted, &none, signal)) {
    leftover_remove_all();
    _exit(signal == SIGTERM ? EXIT_TERMINATED : EXIT_INTERRUPTED);
  }
  static const char text[] = "\naguanta: interrupted; what is finished is kept, once more stops at once\n";
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) return;
}

/* Nothing is worth keeping. */
static void on_early_interrupt(int signal) {
  leftover_remove_all();
  _exit(signal == SIGTERM ? EXIT_TERMINATED : EXIT_INTERRUPTED);
}

static void end_at(int signal) {
  struct sigaction old, action = {.sa_handler = on_early_interrupt};
  sigemptyset(&action.sa_mask);
  if (!sigaction(signal, NULL, &old) && old.sa_handler != SIG_IGN) sigaction(signal, &action, NULL);
}

void session_begin(void) {
  signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like a full disk */
  end_at(SIGINT), end_at(SIGTERM);
}

void session_catch_interrupts(void) {
  struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

enum exit_code session_interrupted(void) { return atomic_load(&interrupted) == SIGTERM ? EXIT_TERMINATED : EXIT_INTERRUPTED; }

const char *session_root(struct arena *arena, const struct options *o) {
  char *real = o->root ? realpath(o->root, NULL) : NULL;
  if (o->root && !real) allocate_check_errno();
  const char *root = real ? arena_text(arena, real) : o->root;
  free(real);
  return root;
}

/* What the command writes, one after the other: null behind the last. */
static const char *output_of(const struct options *o, uint32_t i) {
  const char *others[] = {o->timing, o->output};
  if (i < o->export_count) return o->exports[i];
  return i - o->export_count < 2 ? others[i - o->export_count] : NULL;
}

bool session_outputs_apart(const struct options *o, const struct diagnostics *d) {
  for (uint32_t i = 0; i < o->export_count + 2; i++) {
    const char *path = output_of(o, i);
    bool input = path && d && source_was_read(d, path);
    for (uint32_t k = 0; path && !d && k < o->file_count; k++) input |= source_same_file(path, o->files[k]);
    if (!input) continue;
    safe_print(stderr, "aguanta %s: %s is read as well: writing the answer there would overwrite it\n", o->command->name, path);
    return false;
  }
  return true;
}

static bool root_good(const struct options *o) {
  struct stat status;
  if (!o->root || (!stat(o->root, &status) && S_ISDIR(status.st_mode))) return true;
  safe_print(stderr, "aguanta %s: --root must be a folder, not \"%s\"\n", o->command->name, o->root);
  return false;
}

struct scenario_override *session_overrides(struct arena *arena, const struct options *o, uint32_t room, uint32_t *count) {
  struct scenario_override *all = arena_new_array(arena, struct scenario_override, o->set_count + 1 + room);
  *count = 0;
  for (uint32_t i = 0; i < o->set_count; i++) all[(*count)++].path = o->sets[i];
  if (o->seed) all[(*count)++] = (struct scenario_override){arena_format(arena, "--seed %s", o->seed), "run.seed", o->seed};
  return all;
}

struct scenario *session_read(struct arena *arena, const struct options *o, const char *file, const struct scenario_override *more,
                              uint32_t count) {
  struct diagnostics *diagnostics = diagnostics_new(arena);
  const char *root = session_root(arena, o);
  uint32_t n;
  struct scenario_override *all = session_overrides(arena, o, count, &n);
  for (uint32_t i = 0; i < count; i++) all[n++] = more[i];
  if (root) diagnostics_confine(diagnostics, root);
  struct scenario *s = scenario_read(arena, diagnostics, file, all, n);
  screen_messages(diagnostics_render(diagnostics, arena));
  return session_outputs_apart(o, diagnostics) ? s : NULL;
}

static bool whole_number(const struct options *o, const char *option, const char *text, long low, long high, uint32_t *out) {
  char *end;
  errno = 0;
  long value = strtol(text, &end, 10);
  if (end == text || *end || errno || value < low || value > high) {
    safe_print(stderr, "aguanta %s: --%s must be a whole number from %ld to %ld, not \"%s\"\n", o->command->name, option, low, high,
               text);
    return false;
  }
  *out = (uint32_t)value;
  return true;
}

static bool ratio(const struct options *o, const char *option, const char *text, double high, double *out) {
  struct arena *arena = arena_new();
  const char *wrong = unit_parse_ratio(arena, text, out);
  if (!wrong && !(*out > 0 && *out <= high))
    wrong = arena_format(arena, "must be more than 0 and at most %g%%, not \"%s\"", 100 * high, text);
  if (wrong) safe_print(stderr, "aguanta %s: --%s %s\n", o->command->name, option, wrong);
  arena_free(arena);
  return !wrong;
}

/* --- memory ------------------------------------------------------------------------------------------------------------------- */

bool session_memory(const struct options *o, double *bytes) {
  *bytes = memory_of_machine();
  if (!o->max_memory) return true;
  struct arena *arena = arena_new();
  int64_t given;
  const char *wrong = unit_parse_bytes(arena, o->max_memory, &given);
  if (!wrong && given <= 0) wrong = "must be more than 0";
  if (wrong) safe_print(stderr, "aguanta %s: --max-memory %s\n", o->command->name, wrong);
  arena_free(arena);
  *bytes = wrong ? 0 : (double)given;
  return !wrong;
}

/* Of the study that needs most: what takes it. */
void session_refuse(const struct options *o, const struct memory_need *need) {
  const struct footprint_part *p = need->footprint.parts;
  safe_print(stderr, "aguanta %s: %s needs about %s of memory, and may take %s (--max-memory): about %s for %.0f %s",
             o->command->name, need->of->file, format_number(UNIT_BYTES, NULL, need->bytes).text,
             format_number(UNIT_BYTES, NULL, need->most).text, format_number(UNIT_BYTES, NULL, p->bytes).text, p->count, p->what);
  if (p[1].bytes > 0.1 * p[0].bytes)
    safe_print(stderr, ", %s for %.0f %s", format_number(UNIT_BYTES, NULL, p[1].bytes).text, p[1].count, p[1].what);
  fputc('\n', stderr);
}

bool session_fits(const struct options *o, const struct scenario *const *scenarios, uint32_t count, struct study_options *study) {
  struct memory_need need;
  double most;
  if (!session_memory(o, &most)) return false;
  bool fits = memory_fits(most, scenarios, count, 1, study, &need);
  if (!fits) session_refuse(o, &need);
  return fits;
}

bool session_options(const struct options *o, struct study_options *out) {
  *out = (struct study_options){.interrupted = &interrupted};
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  out->jobs = cores > 0 ? (uint32_t)cores : 1;
  if (o->reps && !whole_number(o, "reps", o->reps, 1, 10000000, &out->replications)) return false;
  uint32_t more;
  if (o->add_reps && !whole_number(o, "add-reps", o->add_reps, 1, 10000000, &more)) return false;
  const char *exactly = o->add_reps ? "add-reps" : o->reps ? "reps" : NULL;
  if (exactly && (o->precision || o->budget)) {
    safe_print(stderr, "aguanta %s: --%s takes exactly this many replications; leave out --%s\n", o->command->name, exactly,
               o->precision ? "precision" : "budget");
    return false;
  }
  if (o->budget && !whole_number(o, "budget", o->budget, 1, 10000000, &out->budget)) return false;
  if (o->precision && !ratio(o, "precision", o->precision, 0.5, &out->precision)) return false;
  double memory;
  if (!session_memory(o, &memory)) return false;
  return !o->jobs || whole_number(o, "jobs", o->jobs, 1, 1024, &out->jobs);
}

/* --- what was typed ----------------------------------------------------------------------------------------------------------- */

static bool file_count_fits(const struct options *o) {
  const struct command *c = o->command;
  if (o->file_count >= c->least_files && o->file_count <= c->most_files) return true;
  safe_print(stderr, "aguanta %s: %s\nSee 'aguanta help %s'.\n", c->name,
             o->file_count < c->least_files ? "a file is missing" : "too many files", c->name);
  return false;
}

static bool one_of(const struct options *o, const char *option, const char *word) {
  if (!word || !strcmp(word, "auto") || !strcmp(word, "always") || !strcmp(word, "never")) return true;
  safe_print(stderr, "aguanta %s: --%s must be auto, always or never, not \"%s\"\n", o->command->name, option, word);
  return false;
}

bool session_exports_to_stdout(const struct options *o) {
  for (uint32_t i = 0; i < o->export_count; i++)
    if (!strcmp(o->exports[i], "-")) return true;
  return false;
}

static const char *format_of(const struct options *o, uint32_t i) { return !strcmp(o->exports[i], "-") ? o->format : NULL; }

static bool exports_known(const struct options *o) {
  if (o->format && !session_exports_to_stdout(o)) {
    safe_print(stderr, "aguanta %s: --format is for --export -\n", o->command->name);
    return false;
  }
  for (uint32_t i = 0; i < o->export_count; i++) {
    char *error = NULL;
    if (export_known(o->command->answer, o->exports[i], format_of(o, i), &error)) continue;
    safe_print(stderr, "aguanta %s: %s\n", o->command->name, error);
    free(error);
    return false;
  }
  return true;
}

/* Every file that will be written, and the store, before anything is run. A job that is emitted runs elsewhere. */
static bool outputs_fit(const struct options *o) {
  char *error = NULL;
  bool good = true;
  for (uint32_t i = 0; i < o->export_count && good && !o->emit; i++) good = output_try(o->exports[i], &error);
  if (good && o->timing) good = output_try(o->timing, &error);
  if (good && o->output) good = output_try(o->output, &error);
  if (good && o->store && !o->emit) good = output_try_folder(o->store, &error);
  if (!good) safe_print(stderr, "aguanta %s: %s\n", o->command->name, error);
  free(error);
  return good;
}

bool session_check(const struct options *o) {
  struct study_options unused;
  return root_good(o) && session_outputs_apart(o, NULL) && file_count_fits(o) && exports_known(o) && step_summary_fits(o) &&
         one_of(o, "color", o->color) && one_of(o, "progress", o->progress) && session_options(o, &unused) && outputs_fit(o);
}

/* --- the answer --------------------------------------------------------------------------------------------------------------- */

struct results *session_run(struct arena *arena, const struct options *o, const struct scenario *s) {
  struct study_options study;
  struct progress progress;
  session_options(o, &study);
  if (!session_fits(o, &s, 1, &study)) return NULL;
  progress_begin(&progress, o, "replications");
  progress_follow(&progress, &study);
  struct results *results = study_run(arena, s, &study);
  progress_clear(&progress); /* stopped before its last replication, it has not shown that it is done */
  return results;
}

_Static_assert((int)EXIT_UNDECIDED == (int)POINT_UNDECIDED && (int)EXIT_FAILED == (int)POINT_FAILED, "stores hold exit codes");

enum exit_code session_code(const struct answer *a, bool statements) {
  static const enum exit_code codes[] = {
      [ANSWER_HOLDS] = EXIT_HOLDS, [ANSWER_UNDECIDED] = EXIT_UNDECIDED, [ANSWER_FAILED] = EXIT_FAILED};
  if (a->interrupted) return session_interrupted();
  if (a->broken) return EXIT_ERROR;
  return statements ? exit_code_worse(codes[a->verdict], codes[a->statements]) : codes[a->verdict];
}

/* A full stdout is reported by main, once. */
bool session_export(const struct options *o, const struct answer *of) {
  struct answer answer = *of, *a = &answer;
  bool good = step_summary_append(o, of);
  a->statements_count = o->statements;
  for (uint32_t i = 0; i < o->export_count; i++) {
    char *error = NULL;
    if (export_answer(a, o->exports[i], format_of(o, i), &error)) continue;
    if (error && strcmp(o->exports[i], "-")) safe_print(stderr, "aguanta %s: %s\n", o->command->name, error);
    free(error);
    good = false;
  }
  return good;
}

/* Wall-clock figures never go into a result: they differ from run to run. */
bool session_timing(const struct options *o, uint64_t requests, uint64_t events, double started) {
  if (!o->timing) return true;
  double seconds = progress_clock() - started;
  char text[300], *error = NULL;
  int length = snprintf(text, sizeof text, "{\"seconds\": %.6f, \"requests\": %llu, \"events\": %llu, \"requests_per_s\": %.0f}\n",
                        seconds, (unsigned long long)requests, (unsigned long long)events, (double)requests / seconds);
  if (output_write(o->timing, text, (size_t)length, &error)) return true;
  safe_print(stderr, "aguanta %s: %s\n", o->command->name, error);
  free(error);
  return false;
}

static bool wants_color(const struct options *o) {
  if (o->color && strcmp(o->color, "auto")) return !strcmp(o->color, "always");
  const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
  return isatty(STDOUT_FILENO) && !(none && *none) && !(term && !strcmp(term, "dumb"));
}

static void show_answer(const struct answer *a, struct report_options *shown) {
  struct screen screen;
  FILE *file = screen_open(&screen, stdout);
  shown->width = screen.width;
  report_answer_text(file, a, shown);
  screen_close(&screen);
}

enum exit_code session_answer(const struct options *o, const struct answer *a, double started) {
  struct report_options shown = {.color = wants_color(o), .verbose = o->verbose, .quiet = o->quiet};
  bool timed = session_timing(o, a->requests, a->events, started), exported = session_export(o, a);
  if (!session_exports_to_stdout(o)) show_answer(a, &shown);
  enum exit_code code = session_code(a, o->statements);
  return timed && exported ? code : exit_code_worse(code, EXIT_ERROR);
}
