/* How long an outage lasts by what breaks and by orchestrator, all delays as they are by default: the ranges of a table that was made by
 * hand from what the tools document, as the claims of scenarios. */
#include "tests/command.h"
#include "tests/suite.h"

static void test_table(void) {
  static const char *const platforms[] = {"compose", "swarm", "kubernetes"};
  for (size_t i = 0; i < sizeof platforms / sizeof *platforms; i++) {
    char path[80];
    snprintf(path, sizeof path, "scenarios/faults/outage-lengths-%s.json", platforms[i]);
    struct child c = AGUANTA("check", path, "--progress", "never");
    test_check(c.status == 0, "%s: exit %d: %s%s", path, c.status, c.out, c.err);
    child_free(&c);
  }
}

static const struct test_case cases[] = {{"the table", test_table}, {0}};
const struct test_suite suite_outage_lengths = {"outage_lengths", cases};
