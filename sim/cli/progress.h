/* How far a long piece of work is, shown on stderr while it runs: one line that is written over on a terminal, else a line now and
 * then.
 *
 *     struct progress p;
 *     progress_begin(&p, options, "replications");
 *     if (progress_due(&p)) progress_show(&p, "%u of %u points", done, all);
 *     progress_clear(&p); */
#ifndef PROGRESS_H
#define PROGRESS_H
#include "sim/cli/options.h"
#include "sim/study/study.h"

struct progress {
  const char *unit; /* "replications" */
  double started, last;
  bool bar, silent, wanted; /* wanted: --progress always */
};

/* Seconds since some moment, for progress and --timing. */
double progress_clock(void);
void progress_begin(struct progress *, const struct options *, const char *unit);
/* Has a study report here, counted in `unit`. */
void progress_follow(struct progress *, struct study_options *);
/* Whether it is time to show something: not in the first two seconds, then five times a second on a bar, else every ten seconds. */
bool progress_due(struct progress *);
void progress_show(const struct progress *, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Removes the line from a terminal. */
void progress_clear(const struct progress *);

#endif
