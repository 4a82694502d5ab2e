#include "sim/cli/progress.h"
#include "sim/cli/screen.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double progress_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool is_word(const char *word, const char *expected) { return word && !strcmp(word, expected); }

void progress_begin(struct progress *p, const struct options *o, const char *unit) {
  bool always = is_word(o->progress, "always");
  *p = (struct progress){.unit = unit,
                         .started = progress_clock(),
                         .bar = isatty(STDERR_FILENO) && !is_word(getenv("TERM"), "dumb"),
                         .silent = (o->quiet || is_word(o->progress, "never")) && !always,
                         .wanted = always};
}

bool progress_due(struct progress *p) {
  double now = progress_clock();
  if (p->silent || now - p->started < 2 || now - p->last < (p->bar ? 0.2 : 10)) return false;
  p->last = now;
  return true;
}

/* On a bar nothing may go on to a second line: it could not be written over. */
static int room(void) {
  int columns = screen_terminal(stderr);
  return (columns ? columns : 80) - 1;
}

static void show_line(const char *line) {
  char *text = allocate_format("%s\n", line);
  screen_messages(text);
  free(text);
}

void progress_show(const struct progress *p, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char line[500];
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (p->bar)
    fputc('\r', stderr), safe_print(stderr, "%-*.*s", room(), room(), line); /* safe_print lets no \r through */
  else
    show_line(line);
}

void progress_clear(const struct progress *p) {
  if (p->bar && p->last > 0) fprintf(stderr, "\r%*s\r", room(), "");
}

/* --- a study ------------------------------------------------------------------------------------------------------------------ */

/* What it will take is shown before it is done: a wish for 0.1% must not cost a night unannounced. */
static void show_foreseen(void *context, const struct study_estimate *e) {
  struct progress *p = context;
  double passed = progress_clock() - p->started, seconds = passed / e->done * (e->replications - e->done);
  if (p->silent || (seconds < 2 && !p->wanted)) return;
  progress_clear(p);
  fprintf(stderr, "aguanta: about %u replications in all%s, %.2g requests, %.0f s more\n", e->replications,
          e->replications >= e->budget ? " (the whole budget)" : "", e->requests, seconds);
}

static void show_share(void *context, double done, uint32_t of) {
  struct progress *p = context;
  double passed = progress_clock() - p->started;
  if (of && done >= of) {
    progress_clear(p);
    return;
  }
  if (!progress_due(p)) return;
  if (!of)
    progress_show(p, "finding how long the warm-up is, for %.0f s so far", passed);
  else if (done < 1e-6 * of)
    progress_show(p, "0%% of %u %s", of, p->unit);
  else
    progress_show(p, "%.0f%% of %u %s, about %.0f s left", 100 * done / of, of, p->unit, passed / done * (of - done));
}

void progress_follow(struct progress *p, struct study_options *study) {
  study->progress = show_share;
  study->foreseen = show_foreseen;
  study->context = p;
}
