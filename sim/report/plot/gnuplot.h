/* Runs gnuplot without giving it anything that it could obey.
 *
 * gnuplot executes commands from back-quotes, `'<cmd'`, `'|cmd'`, embedded newlines and ~/.gnuplot. So every byte of the
 * script is ours, user text goes through gnuplot_quote, numbers go into a separate file, the directory is private (mode
 * 0700) with fixed names, gnuplot is started as `gnuplot -d` by an argument vector without a shell, confined as far as the
 * kernel allows (confine.h), has 30 s, and its picture is believed only after a look at its first and last bytes. The script must
 * not name its output: the runner prepends terminal and output. */
#ifndef GNUPLOT_H
#define GNUPLOT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum picture { PICTURE_PNG, PICTURE_SVG };

#define GNUPLOT_DATA "data" /* the name of the file of numbers, as the script sees it */

/* By the path's extension; false with a message for others. */
bool picture_from_path(const char *path, enum picture *, char **error);

/* A quoted gnuplot string for any text: valid UTF-8, no control characters, ' as ’, % doubled never (use it in labels and titles
 * only, with noenhanced; tic labels are formats). */
void gnuplot_quote(FILE *script, const char *text);

/* Width and height are in pixels of an SVG; a PNG has twice as many each way, so that it is sharp on screens with dense pixels. */
struct gnuplot_page {
  enum picture picture;
  int width, height;
  const char *background; /* "#ffffff" */
};

/* The picture's bytes; the caller frees them, or *error on failure. */
bool gnuplot_run(const struct gnuplot_page *, const char *script, const char *data, char **bytes, size_t *length, char **error);

#endif
