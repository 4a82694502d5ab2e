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

/* One replica that is brought out anew: stop 5 s and boot 3 s; with HEALTHCHECK a task is chosen when its first check, 30 s after its start, is
 * good; nothing with a pod more, and with a hook until callers know, 1 s x 52 weeks a year without. */
static void test_one_replica(void) {
  static const struct {
    const char *platform, *key, *claim;
  } rows[] = {{"swarm", "services.web.probes=null", "claims=[\"rto(deploy) in 7.9s..8.2s for 99%\"]"},
              {"swarm", "run.years=100", "claims=[\"rto(deploy) in 34.9s..35.2s for 99%\"]"},
              {"kubernetes", "run.years=100", "claims=[\"downtime(year{fault=deploy}) <= 0s\"]"},
              {"kubernetes", "services.web.update.pre_stop=0s", "claims=[\"downtime(year{fault=deploy}) in 51.9s..52.2s\"]"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char path[80];
    snprintf(path, sizeof path, "scenarios/faults/outage-lengths-%s.json", rows[i].platform);
    struct child c = AGUANTA("check", path, "--progress", "never", "--set", "services.web.replicas=1", "--set", rows[i].key,
                             "--set", rows[i].claim);
    test_check(c.status == 0, "row %zu: exit %d: %s%s", i, c.status, c.out, c.err);
    child_free(&c);
  }
}

static const struct test_case cases[] = {{"the table", test_table}, {"one replica", test_one_replica}, {0}};
const struct test_suite suite_outage_lengths = {"outage_lengths", cases};
