/* The line of progress on a terminal: written over in place, and gone before anything else is printed, also when a run is stopped in
 * the middle. */
#include "tests/command.h"
#include "tests/suite.h"
#include <stdint.h>
#include <sys/ioctl.h>

#define SMALL  "tests/cli/small.json"
#define SLOWLY "--set", "run.window=100000s", "--reps", "20", "--jobs", "1", NULL

enum { COLUMNS = 50 }; /* fewer than answers are laid out for */

/* Progress was shown twice and, where rows are awaited, a line has ended since. */
static bool seen(const char *all, bool rows) {
  const char *first = strstr(all, " left");
  return first && strstr(first + 1, " left") && (!rows || strchr(first, '\n'));
}

/* All that a program writes to a terminal of 50 columns; interrupted when it has shown enough, unless it ends before. */
static char *on_terminal(const char *const *words, bool rows) {
  char *all = calloc(1, 100000);
  size_t n = 0;
  int main_end = posix_openpt(O_RDWR | O_NOCTTY);
  grantpt(main_end), unlockpt(main_end);
  struct winsize size = {.ws_row = 24, .ws_col = COLUMNS};
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
    if (!told && seen(all, rows)) kill(child, SIGINT), told = true;
  }
  kill(child, SIGKILL), waitpid(child, NULL, 0), close(main_end);
  return all;
}

/* What stands on the line that ends at `end` when the cursor leaves it: what was written since it was last in the first column. */
static bool holds_progress(const char *from, const char *end) {
  if (end > from && end[-1] == '\r') end--; /* the terminal's, before each \n */
  const char *begins = end;
  while (begins > from && begins[-1] != '\r') begins--;
  const char *at = strstr(begins, " left");
  return at && at < end;
}

/* Shown twice in one line, and on no line that the cursor leaves but the one where Ctrl-C was typed. */
static void expect_cleared(const char *const *words, bool rows) {
  char *all = on_terminal(words, rows), *first = strstr(all, " left"), *second = first ? strstr(first + 1, " left") : NULL;
  const char *stopped = strstr(all, "\naguanta: interrupted"), *line = all;
  if (test_check(second && stopped && second < stopped, "%s: progress was not seen twice:\n%s", words[1], all)) {
    char *begins = memchr(first, '\r', (size_t)(second - first)), *next = begins ? strchr(begins + 1, '\r') : NULL;
    test_check(next && next - begins <= COLUMNS, "%s: not written over, or longer than a line:\n%s", words[1], all);
    test_check(strlen(stopped) > 100, "%s: no answer:\n%s", words[1], all);
    for (const char *end; (end = strchr(line, '\n')); line = end + 1)
      test_check(end == stopped || !holds_progress(line, end), "%s: progress stands before \"%.40s\"", words[1], line);
  }
  free(all);
}

static void test_cleared(void) {
  const char *const run[] = {child_aguanta(), "run", SMALL, SLOWLY}, *const compare[] = {child_aguanta(), "compare", SMALL, SMALL,
                                                                                         SLOWLY};
  expect_cleared(run, false);
  expect_cleared(compare, false);
}

/* Rows are printed while the other points are at work: 100 points of a twentieth of a second. */
static void test_between_rows(void) {
  const char *const sweep[] = {child_aguanta(),
                               "sweep",
                               SMALL,
                               "--reps",
                               "2",
                               "--jobs",
                               "1",
                               "--set",
                               "run.window=1000s",
                               "--vary",
                               "traffic.users.rate=91/s,92/s,93/s,94/s,95/s,96/s,97/s,98/s,99/s,100/s",
                               "--vary",
                               "run.seed=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20",
                               NULL};
  expect_cleared(sweep, true);
}

static const struct test_case cases[] = {{"cleared", test_cleared}, {"between_rows", test_between_rows}, {NULL, NULL}};
const struct test_suite suite_progress = {"progress", cases};
