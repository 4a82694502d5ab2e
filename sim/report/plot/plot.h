/* `aguanta plot RESULT... --kind K -o F`: pictures for documents, from result files.
 *
 * A kind is one file and one line of plots.h. It reads results, finds out what there is to say (the title), and
 * draws it in the house style of figure.h. PNG and SVG are byte-identical between runs. */
#ifndef PLOT_H
#define PLOT_H
#include "sim/report/plot/theme.h"
#include <stdbool.h>
#include <stdint.h>

struct result_file;

struct plot_options {
  const char *const *endpoints; /* those to draw; none: all of them, or the slowest */
  uint32_t endpoint_count;
  const char *title; /* null: the finding, from the data */
  enum theme theme;
};

enum plot_outcome {
  PLOT_DRAWN,    /* the picture stands at `output` (.png or .svg) */
  PLOT_FAILED,   /* gnuplot or the disk */
  PLOT_MISUSED,  /* no such kind, too many results, an unknown ending, no such endpoint */
  PLOT_NO_RESULT /* a file is missing, is no result of aguanta, or lacks what the kind draws */
};

struct plot_kind {
  const char *name, *doc;
  uint32_t least, most; /* results that it takes */
  enum plot_outcome (*draw)(const struct plot_kind *, const struct result_file *, uint32_t count, const char *output,
                            const struct plot_options *, char **error);
  const char *of;     /* the answers that it draws, as in "aguanta_sensitivity"; null: results */
  bool own_endpoints; /* it looks for those of the options itself */
  bool dot;           /* .dot is an ending too: it draws a graph */
};

/* All kinds; ends with null. */
const struct plot_kind *const *plot_kinds(void);

/* Except when drawn, *error is a message that the caller frees. options may be null. */
enum plot_outcome plot_run(const char *kind, const char *const *results, uint32_t count, const char *output,
                           const struct plot_options *, char **error);

#endif
