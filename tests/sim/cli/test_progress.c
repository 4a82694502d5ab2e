/* The line of progress on a terminal: gone before the answer is printed, also when a run is stopped in the middle. */
#include "tests/command.h"
#include "tests/suite.h"
#include <stdint.h>
#include <sys/ioctl.h>

/* All that a program writes to a terminal of 80 columns; interrupted when it has shown something, unless it ends before. */
static char *on_terminal(const char *const *words) {
  char *all = calloc(1, 100000);
  size_t n = 0;
  int main_end = posix_openpt(O_RDWR | O_NOCTTY);
  grantpt(main_end), unlockpt(main_end);
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  ioctl(main_end, TIOCSWINSZ, &size);
  const char *name = ptsname(main_end);
  pid_t child = fork();
  if (!child) {
    setenv("TERM", "xterm", 1);
    int other = open(name, O_RDWR | O_NOCTTY);
    dup2(other, 0), dup2(other, 1), dup2(other, 2);
    execv(words[0], (char *const *)(uintptr_t)words);
    _exit(127);
  }
  bool told = false;
  for (ssize_t got; n < 99000 && (got = read(main_end, all + n, 99000 - n)) > 0;) {
    n += (size_t)got;
    if (!told && strstr(all, " left")) kill(child, SIGINT), told = true;
    if (strstr(all, "\nverdict: ")) break;
  }
  kill(child, SIGKILL), waitpid(child, NULL, 0), close(main_end);
  return all;
}

/* What a terminal holds before the title: the line was written over with blanks to its end. */
static void test_cleared(void) {
  const char *words[] = {child_aguanta(), "run", "tests/cli/small.json", "--set", "run.window=100000s", "--jobs", "1", NULL};
  char *all = on_terminal(words);
  char *title = strstr(all, "small: "), *last = NULL;
  for (char *at = all; title && (at = strstr(at, " left")) && at < title; at++) last = at;
  test_check(last && title, "no progress was seen before the answer:\n%s", all);
  char *blank = last ? strstr(last, "\r    ") : NULL;
  test_check(blank && blank < title && title[-1] == '\r', "the line of progress stands before the answer:\n%s", last);
  free(all);
}

static const struct test_case cases[] = {{"cleared", test_cleared}, {NULL, NULL}};
const struct test_suite suite_progress = {"progress", cases};
