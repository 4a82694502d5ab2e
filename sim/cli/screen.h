/* What is shown to people, in the width that they have: 60 to 200 columns of the terminal, else of COLUMNS, else as it was laid out
 * (100 columns, tables as wide as they are), for a file or another program.
 *
 *     struct screen screen;
 *     FILE *file = screen_open(&screen, stdout);
 *     report_run(file, ...);
 *     screen_close(&screen);                    now it stands on stdout
 */
#ifndef SCREEN_H
#define SCREEN_H
#include <stdio.h>

struct screen {
  FILE *to, *file; /* the same when the width does not matter */
  char *text;
  size_t length;
  int width;
};

/* Columns of a terminal, as they are; 0: the stream is none. */
int screen_terminal(FILE *);
/* Columns to lay out for; 0: any number. */
int screen_width(FILE *);
FILE *screen_open(struct screen *, FILE *to);
void screen_close(struct screen *);
/* Messages on stderr. */
void screen_messages(const char *text);

#endif
