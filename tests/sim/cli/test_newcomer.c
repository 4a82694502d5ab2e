/* The script that plays the newcomer (tests/newcomer/newcomer.sh), line by line against what it has to say. */
#include "tests/command.h"
#include "tests/suite.h"

/* The first line that differs is shown, not the whole. */
static void test_script(void) {
  const char *words[] = {"sh", "tests/newcomer/newcomer.sh", NULL};
  struct child c = child_run(&(struct child_wish){.limit_s = getenv("AGUANTA_LONG") ? 200 : 60}, words);
  char *expected = test_read_file("tests/newcomer/expected");
  int line = 1;
  test_check(expected && !c.status && !c.err_length, "status %d: %s", c.status, c.err);
  if (expected) {
    const char *e = expected, *s = c.out;
    for (; *e && *e == *s; e++, s++) line += *e == '\n';
    test_check(!*e && !*s, "line %d: expected \"%.200s\", seen \"%.200s\"", line, e, s);
  }
  free(expected), child_free(&c);
}

static const struct test_case newcomer_cases[] = {{"script", test_script}, {NULL, NULL}};
const struct test_suite suite_newcomer = {"newcomer", newcomer_cases};
