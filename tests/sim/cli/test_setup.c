/* tests/setup.sh, which `make` runs first: says which packages it will install, asks on a terminal, and goes on without one. The machine
 * is one made for it: a $PATH without gnuplot, an apt-get that writes down what it was asked, and a terminal of script(1). */
#include "tests/command.h"
#include "tests/suite.h"
#include <unistd.h>

/* $PATH: what the script calls, but no gnuplot; in `log`, what apt-get was asked. */
static const char *machine(char *log, size_t size) {
  static char path[200];
  char *bin = child_path("machine");
  snprintf(path, sizeof path, "%s", bin);
  snprintf(log, size, "%s/log", bin);
  char line[1200];
  snprintf(
      line, sizeof line,
      "mkdir -p %s && cd %s && rm -f log python3 && for p in sh gcc id script cat true; do ln -sf \"$(command -v $p)\" $p; done && "
      "printf '#!/bin/sh\\necho \"$@\" >> %s\\n' > apt-get && printf '#!/bin/sh\\n\"$@\"\\n' > sudo && "
      "printf '#!/bin/sh\\n' > python3 && chmod +x apt-get sudo python3",
      bin, bin, log);
  test_check(system(line) == 0, "no machine");
  return free(bin), path;
}

/* What stands on the terminal when the answer is typed. */
static struct child asked(const char *answer, const char *more) {
  char log[220], line[900];
  const char *path = machine(log, sizeof log);
  snprintf(line, sizeof line,
           "printf '%s' | env -u CI %s PATH=%s script -qec 'sh tests/setup.sh' /dev/null; s=$?; cat %s 2>/dev/null; exit $s",
           answer, more, path, log);
  const char *words[] = {"sh", "-c", line, NULL};
  return child_run(&(struct child_wish){0}, words);
}

static void test_asks_on_a_terminal(void) {
  struct child c = asked("y\\n", "");
  test_check(c.status == 0 && strstr(c.out, "aguanta needs these packages: gnuplot-nox") && strstr(c.out, "[Y/n] ") &&
                 strstr(c.out, "install -y --no-install-recommends gnuplot-nox\n"),
             "yes: %d %s%s", c.status, c.out, c.err);
  child_free(&c);
  c = asked("\\n", "");
  test_check(c.status == 0 && strstr(c.out, "install -y --no-install-recommends gnuplot-nox\n"), "return: %d %s%s", c.status, c.out,
             c.err);
  child_free(&c);
  c = asked("n\\n", "");
  test_check(c.status == 1 && strstr(c.out, "not installed: gnuplot-nox") && !strstr(c.out, "install -y"), "no: %d %s%s", c.status,
             c.out, c.err);
  child_free(&c);
  c = asked("n\\n", "CI=1");
  test_check(c.status == 0 && !strstr(c.out, "[Y/n]") && strstr(c.out, "install -y"), "in CI: %d %s%s", c.status, c.out, c.err);
  child_free(&c);
}

static void test_goes_on_without_one(void) {
  char log[220], line[600];
  const char *path = machine(log, sizeof log);
  snprintf(line, sizeof line, "env -u CI PATH=%s sh tests/setup.sh; s=$?; cat %s; exit $s", path, log);
  const char *words[] = {"sh", "-c", line, NULL};
  struct child c = child_run(&(struct child_wish){0}, words);
  test_check(c.status == 0 && !strcmp(c.err, "installing: gnuplot-nox\n") &&
                 !strcmp(c.out, "install -y --no-install-recommends gnuplot-nox\n"),
             "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
  snprintf(line, sizeof line, "rm %s/gcc; PATH=%s sh tests/setup.sh build </dev/null; s=$?; cat %s; exit $s", path, path, log);
  c = child_run(&(struct child_wish){0}, words);
  test_check(c.status == 0 && strstr(c.err, "installing: gcc\n"), "build needs no gnuplot: %d %s%s", c.status, c.out, c.err);
  child_free(&c);
}

static const struct test_case cases[] = {
    {"asks on a terminal", test_asks_on_a_terminal}, {"goes on without one", test_goes_on_without_one}, {0}};
const struct test_suite suite_setup = {"setup", cases};
