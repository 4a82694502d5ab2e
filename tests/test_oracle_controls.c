/* Negative controls of the oracle (METHOD.md): its judge must refuse models that are wrong on purpose, and lets the right one
 * pass at the same size. */
#include "tests/oracle_case.h"

/* Theory with a mean that is off by 2%: the same judge must refuse it. */
static void test_off_by_two_percent(void) {
  static const struct {
    const char *name, *path, *value;
    unsigned least; /* measures that must be refused */
  } controls[] = {{"mm1-rho80", "endpoints.job.steps.0.cpu.exponential", "1.02s", 4},
                  {"mm1-rho80", "endpoints.job.steps.0.cpu.exponential", "0.98s", 4},
                  {"mmc-100-qed", "endpoints.job.steps.0.cpu.exponential", "1.02s", 3},
                  {"erlangb-10-a7", "endpoints.job.steps.0.cpu.exponential", "1.02s", 3},
                  {"closed-repair-20", "endpoints.job.steps.0.cpu.exponential", "816ms", 3},
                  {"mtminf-sinus-exp", "endpoints.job.steps.0.delay.exponential", "2.04s", 4},
                  {"avail-1unit-720-4", "faults.outage.repair.exponential", "4.08h", 2}};
  if (getenv("AGUANTA_ORACLE_DIR")) {
    test_check(true, "the controls are changes of our own cases");
    return;
  }
  for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
    struct arena *arena = arena_new();
    struct oracle_case c;
    struct scenario_override change = {.option = "--set", .path = controls[i].path, .value = controls[i].value};
    if (read_case(arena, controls[i].name, &c)) {
      struct score s = run_case(arena, &c, &change, 1, false);
      test_check(s.failures >= controls[i].least, "%s with %s = %s: only %u of %u measures were refused", c.path, change.path,
                 change.value, s.failures, s.measures);
    }
    arena_free(arena);
  }
}

static const struct test_case cases[] = {{"off_by_two_percent", test_off_by_two_percent}, {0}};
const struct test_suite suite_oracle_controls = {"oracle_controls", cases};
