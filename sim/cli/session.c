#include "sim/cli/session.h"
#include "sim/cli/memory_limit.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/report/export/export.h"
#include "sim/report/format.h"
#include "sim/store/leftover.h"
#include "sim/store/output.h"
#include "sim/report/verdicts.h"
#include "sim/scenario/unit.h"
#include "sim/json/safe_text.h"
#include "sim/json/source_file.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
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

bool session_was_interrupted(void) { return atomic_load(&interrupted) != 0; }

double session_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool session_file_count(const struct options *o, const char *command, uint32_t at_least, uint32_t at_most) {
  if (o->file_count >= at_least && o->file_count <= at_most) return true;
  safe_print(stderr, "aguanta %s: %s\nSee 'aguanta help %s'.\n", command,
             o->file_count < at_least ? "a file is missing" : "too many files", command);
  return false;
}

struct diagnostics *session_diagnostics(struct arena *arena, const struct options *o) {
  struct diagnostics *d = diagnostics_new(arena);
  char *real = o->root ? realpath(o->root, NULL) : NULL;
  if (o->root && !real) allocate_check_errno();
  if (o->root) diagnostics_confine(d, real ? real : o->root);
  free(real);
  return d;
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
    safe_print(stderr, "aguanta: %s is read as well: writing the answer there would overwrite it\n", path);
    return false;
  }
  return true;
}

bool session_root_good(const struct options *o) {
  struct stat status;
  if (!o->root || (!stat(o->root, &status) && S_ISDIR(status.st_mode))) return true;
  safe_print(stderr, "aguanta: --root must be a folder, not \"%s\"\n", o->root);
  return false;
}

struct scenario *session_read(struct arena *arena, const struct options *o, const char *file, const struct scenario_override *more,
                              uint32_t count) {
  struct diagnostics *diagnostics = session_diagnostics(arena, o);
  struct scenario_override *all = arena_new_array(arena, struct scenario_override, o->set_count + count + 1);
  uint32_t n = 0;
  for (uint32_t i = 0; i < o->set_count; i++) all[n++].path = o->sets[i];
  if (o->seed) all[n++] = (struct scenario_override){arena_format(arena, "--seed %s", o->seed), "run.seed", o->seed};
  for (uint32_t i = 0; i < count; i++) all[n++] = more[i];
  struct scenario *s = scenario_read(arena, diagnostics, file, all, n);
  fputs(diagnostics_render(diagnostics, arena), stderr);
  return session_outputs_apart(o, diagnostics) ? s : NULL;
}

static bool whole_number(const char *option, const char *text, long low, long high, uint32_t *out) {
  char *end;
  errno = 0;
  long value = strtol(text, &end, 10);
  if (end == text || *end || errno || value < low || value > high) {
    safe_print(stderr, "aguanta: --%s must be a whole number from %ld to %ld, not \"%s\"\n", option, low, high, text);
    return false;
  }
  *out = (uint32_t)value;
  return true;
}

static bool ratio(const char *option, const char *text, double high, double *out) {
  struct arena *arena = arena_new();
  const char *wrong = unit_parse_ratio(arena, text, out);
  if (!wrong && !(*out > 0 && *out <= high))
    wrong = arena_format(arena, "must be more than 0 and at most %g%%, not \"%s\"", 100 * high, text);
  if (wrong) safe_print(stderr, "aguanta: --%s %s\n", option, wrong);
  arena_free(arena);
  return !wrong;
}

/* --- progress ------------------------------------------------------------------------------------------------------------------ */

/* What it will take is told before it is done: a wish for 0.1% must not cost a night unannounced. */
static void show_foreseen(void *context, const struct study_estimate *e) {
  struct session_progress *p = context;
  double passed = session_clock() - p->started, seconds = passed / e->done * (e->replications - e->done);
  if (p->silent || (seconds < 2 && !p->told)) return;
  fprintf(stderr, "%saguanta: about %u replications in all%s, %.2g requests, %.0f s more\n", p->bar ? "\r" : "", e->replications,
          e->replications >= e->budget ? " (the whole budget)" : "", e->requests, seconds);
}

/* Whether it is time to show something: not in the first two seconds, then five times a second on a bar, else every ten seconds. */
static bool due(struct session_progress *p, double now) {
  if (p->silent || now - p->started < 2 || now - p->last < (p->bar ? 0.2 : 10)) return false;
  p->last = now;
  return true;
}

static void show_progress(void *context, double done, uint32_t of) {
  struct session_progress *p = context;
  double now = session_clock(), passed = now - p->started;
  if (of && done >= of) {
    if (p->bar && p->last > 0) fprintf(stderr, "\r%70s\r", "");
    return;
  }
  if (!due(p, now)) return;
  const char *begin = p->bar ? "\r" : "", *end = p->bar ? "    " : "\n";
  if (!of)
    fprintf(stderr, "%sfinding how long the warm-up is, for %.0f s so far%s", begin, passed, end);
  else if (done < 1e-6 * of)
    fprintf(stderr, "%s0%% of %u %s%s", begin, of, p->unit, end);
  else
    fprintf(stderr, "%s%.0f%% of %u %s, about %.0f s left%s", begin, 100 * done / of, of, p->unit, passed / done * (of - done),
            end);
}

bool session_options(const struct options *o, struct study_options *out) {
  *out = (struct study_options){.interrupted = &interrupted};
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  out->jobs = cores > 0 ? (uint32_t)cores : 1;
  if (o->reps && !whole_number("reps", o->reps, 1, 10000000, &out->replications)) return false;
  uint32_t more;
  if (o->add_reps && !whole_number("add-reps", o->add_reps, 1, 10000000, &more)) return false;
  const char *exactly = o->add_reps ? "add-reps" : o->reps ? "reps" : NULL;
  if (exactly && (o->precision || o->budget)) {
    safe_print(stderr, "aguanta: --%s takes exactly so many replications; leave out --%s\n", exactly,
               o->precision ? "precision" : "budget");
    return false;
  }
  if (o->budget && !whole_number("budget", o->budget, 1, 10000000, &out->budget)) return false;
  if (o->precision && !ratio("precision", o->precision, 0.5, &out->precision)) return false;
  double memory;
  if (!memory_limit(o, &memory)) return false;
  return !o->jobs || whole_number("jobs", o->jobs, 1, 1024, &out->jobs);
}

static bool is_word(const char *word, const char *expected) { return word && !strcmp(word, expected); }

void session_follow(const struct options *o, struct study_options *study, struct session_progress *p, const char *unit) {
  *p = (struct session_progress){.unit = unit,
                                 .started = session_clock(),
                                 .bar = isatty(STDERR_FILENO) && !is_word(getenv("TERM"), "dumb"),
                                 .silent = (o->quiet || is_word(o->progress, "never")) && !is_word(o->progress, "always"),
                                 .told = is_word(o->progress, "always")};
  study->progress = show_progress, study->foreseen = show_foreseen, study->context = p;
}

enum exit_code session_interrupted(void) { return atomic_load(&interrupted) == SIGTERM ? EXIT_TERMINATED : EXIT_INTERRUPTED; }

static enum exit_code code_of_statements(const struct statement_sum *s) {
  return s->contradicted ? EXIT_FAILED : s->undecided || s->no_data ? EXIT_UNDECIDED : EXIT_HOLDS;
}

enum exit_code session_exit_code(const struct results *r, bool statements) {
  if (r->interrupted) return session_interrupted();
  if (r->violation_count) return EXIT_ERROR;
  struct verdict_sum v = verdicts_of(r);
  const struct requirement_sum *q = &v.requirements;
  enum exit_code code = q->fail ? EXIT_FAILED : q->undecided || q->no_data ? EXIT_UNDECIDED : EXIT_HOLDS;
  return statements ? exit_code_worse(code, code_of_statements(&v.statements)) : code;
}

static bool export_all(const struct options *o, const struct results *r) {
  bool good = true;
  for (uint32_t i = 0; i < o->export_count; i++) {
    char *error = NULL;
    if (report_export(r, o->exports[i], !strcmp(o->exports[i], "-") ? o->format : NULL, &error)) continue;
    /* A full stdout is told by main, once. */
    if (strcmp(o->exports[i], "-")) safe_print(stderr, "aguanta: %s\n", error);
    free(error);
    good = false;
  }
  return good;
}

struct results *session_run_only(struct arena *arena, const struct options *o, const struct scenario *s, enum exit_code *code) {
  struct study_options study;
  session_options(o, &study);
  *code = EXIT_ERROR;
  if (!memory_fits(o, &s, 1, 1, &study)) return NULL;
  struct session_progress progress;
  session_follow(o, &study, &progress, "replications");
  struct results *r = study_run(arena, s, &study);
  *code = session_exit_code(r, o->statements);
  return r;
}

struct results *session_run(struct arena *arena, const struct options *o, const struct scenario *s, enum exit_code *code) {
  struct results *r = session_run_only(arena, o, s, code);
  if (r && !export_all(o, r)) *code = exit_code_worse(*code, EXIT_ERROR);
  return r;
}

static bool one_of(const char *command, const char *option, const char *word) {
  if (!word || !strcmp(word, "auto") || !strcmp(word, "always") || !strcmp(word, "never")) return true;
  safe_print(stderr, "aguanta %s: --%s must be auto, always or never, not \"%s\"\n", command, option, word);
  return false;
}

bool session_check_words(const struct options *o, const char *command) {
  return one_of(command, "color", o->color) && one_of(command, "progress", o->progress);
}

bool session_exports_to_stdout(const struct options *o) {
  for (uint32_t i = 0; i < o->export_count; i++)
    if (!strcmp(o->exports[i], "-")) return true;
  return false;
}

bool session_check_exports(const struct options *o) {
  if (o->format && !session_exports_to_stdout(o)) {
    safe_print(stderr, "aguanta: --format is for --export -\n");
    return false;
  }
  for (uint32_t i = 0; i < o->export_count; i++) {
    char *error = NULL;
    if (report_export_known(o->exports[i], !strcmp(o->exports[i], "-") ? o->format : NULL, &error)) continue;
    safe_print(stderr, "aguanta: %s\n", error);
    free(error);
    return false;
  }
  return true;
}

bool session_color(const struct options *o) {
  if (o->color && strcmp(o->color, "auto")) return !strcmp(o->color, "always");
  const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
  return isatty(STDOUT_FILENO) && !(none && *none) && !is_word(term, "dumb");
}

/* Wall-clock figures never go into a result: they differ from run to run. */
bool session_write_timing(const char *path, uint64_t requests, uint64_t events, double seconds) {
  char text[300], *error = NULL;
  int length = snprintf(text, sizeof text, "{\"seconds\": %.6f, \"requests\": %llu, \"events\": %llu, \"requests_per_s\": %.0f}\n",
                        seconds, (unsigned long long)requests, (unsigned long long)events, (double)requests / seconds);
  if (output_write(path, text, (size_t)length, &error)) return true;
  safe_print(stderr, "aguanta: %s\n", error);
  free(error);
  return false;
}
