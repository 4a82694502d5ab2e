/* `aguanta run` where capacity decides the uptime: the whole answer, as it was looked through, and what it must be by hand.
 *
 * Two replicas of 100/s each get 160/s; a machine is away 1 day after 30: both are there for 93.652% of the time, one for 6.244%, none for
 * 0.104%. One replica with 50 places serves 100 of 160/s, both serve all: 0.93652 + 0.06244 x 0.625 = 97.55%. In 200 years some 4,700 machines
 * are lost: the time with one of them is known to 1.5%, which is 0.035% of all. Without capacity it would be 0.93652 + 0.06244 = 99.90%.
 *
 * After a change that is meant: build/aguanta run tests/cli/half.json --seed 1 --progress never > tests/cli/half.expected */
#include "tests/command.h"
#include "tests/suite.h"
#include <math.h>

#define HALF "tests/cli/half"

static void test_golden(void) {
  struct child c = AGUANTA("run", HALF ".json", "--seed", "1", "--progress", "never");
  char *expected = test_read_file(HALF ".expected");
  test_check(c.status == 99 && !c.err_length, "exit status %d: %s", c.status, c.err);
  if (test_check(expected != NULL, HALF ".expected is missing")) {
    size_t same = 0;
    while (expected[same] && expected[same] == c.out[same]) same++;
    test_check(!expected[same] && !c.out[same], "says ... %.200s\n    instead of ... %.200s", c.out + same, expected + same);
  }
  const char *line = strstr(c.out, "all endpoints ");
  double percent = line ? strtod(line + strlen("all endpoints "), NULL) : NAN;
  test_check(fabs(percent - 97.55) < 4 * 0.035, "%.2f%% are served, by hand 97.55%%", percent);
  free(expected);
  child_free(&c);
}

static const struct test_case cases[] = {{"golden", test_golden}, {0}};
const struct test_suite suite_cli_uptime = {"cli_uptime", cases};
