/* The bill beside sums worked by hand. */
#include "tests/command.h"
#include "tests/suite.h"

/* 0.062 USD/h x 730 h + 40 GB x 0.062 USD + about 20 GB x 0.114 USD: the claim of the file. */
static void test_charge_per_gb(void) {
  struct child c = AGUANTA("run", "tests/cli/money/nat-gateway.json");
  test_check(c.status == 0, "%d: %s%s", c.status, c.out, c.err);
  test_check(strstr(c.out, "40 GB       0.062          2.48") != NULL, "%s", c.out);
  child_free(&c);
}

static const struct test_case cases[] = {{"a charge per GB", test_charge_per_gb}, {0}};
const struct test_suite suite_bill = {"bill", cases};
