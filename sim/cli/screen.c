#include "sim/cli/screen.h"
#include "sim/engine/allocate.h"
#include "sim/report/text/text_fold.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LEAST = 60, MOST = 200 };

static int within(long columns) { return columns < LEAST ? LEAST : columns > MOST ? MOST : (int)columns; }

/* What errno says stays: main reports why standard output is full. */
int screen_terminal(FILE *file) {
  struct winsize size = {0};
  int descriptor = fileno(file), error = errno;
  bool terminal = descriptor >= 0 && isatty(descriptor) && !ioctl(descriptor, TIOCGWINSZ, &size);
  errno = error;
  return terminal ? size.ws_col : 0;
}

int screen_width(FILE *file) {
  int terminal = screen_terminal(file);
  if (terminal) return within(terminal);
  const char *said = getenv("COLUMNS");
  char *end = NULL;
  long columns = said ? strtol(said, &end, 10) : 0;
  return said && end != said && !*end && columns > 0 ? within(columns) : 0;
}

FILE *screen_open(struct screen *s, FILE *to) {
  *s = (struct screen){.to = to, .file = to, .width = screen_width(to)};
  if (s->width) s->file = allocate_stream(&s->text, &s->length);
  return s->file;
}

void screen_close(struct screen *s) {
  if (s->file == s->to) return;
  fclose(s->file);
  text_folded(s->to, s->text, s->width);
  fflush(s->to);
  free(s->text);
}

void screen_messages(const char *text) {
  int width = screen_width(stderr);
  if (width)
    text_folded_messages(stderr, text, width);
  else
    fputs(text, stderr);
}
