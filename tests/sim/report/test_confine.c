/* What gnuplot may do: nothing outside its folder. A canary stands in a file of the user and in a variable; programs that are started as
 * gnuplot is try to read the one and to send it away, and gnuplot itself is given scripts that ours would never be. */
#include "sim/report/plot/confine.h"
#include "sim/report/plot/gnuplot.h"
#include "tests/command.h"
#include "tests/suite.h"

#define CANARY "CANARY-5b1f"

/* A shell, confined; what it said. Its exit status in *status. */
static char *confined_shell(const char *script, int *status) {
  char *room = child_path("room"), *log = child_path("room/log");
  char program[] = "bash", option[] = "-c", *text = strdup(script), path[] = "PATH=/usr/bin:/bin";
  char *arguments[] = {program, option, text, NULL}, *environment[] = {path, NULL};
  mkdir(room, 0700), unlink(log);
  pid_t child = 0;
  int reason = confined_start(&(struct confined){room, program, arguments, environment, "log", 100000}, &child);
  if (test_check(reason == 0, "not started: %s", strerror(reason))) waitpid(child, status, 0);
  char *said = test_read_file(log);
  free(room), free(log), free(text);
  return said ? said : strdup("");
}

static char *canary(void) {
  char *path = child_path("canary");
  child_write(path, CANARY "\n");
  return path;
}

static void expect(const char *script, const char *said, const char *not_said) {
  int status = -1;
  char *log = confined_shell(script, &status);
  test_check(!said || strstr(log, said), "%s: no \"%s\" in: %s", script, said, log);
  test_check(!not_said || !strstr(log, not_said), "%s: %s", script, log);
  free(log);
}

static void test_files(void) {
  char *path = canary(), script[600], *outside = child_path("outside");
  expect("echo alive; pwd; echo x > here && cat here; ls /usr/bin | head -1 > /dev/null && echo seen", "seen", NULL);
  if (!(confined_by() & CONFINED_FILES)) return;
  snprintf(script, sizeof script, "cat %s; echo over", path);
  expect(script, "Permission denied", CANARY);
  snprintf(script, sizeof script, "cp /bin/cat ./mine; ./mine %s; ln -s %s link; cat link; echo over", path, path);
  expect(script, "over", CANARY);
  snprintf(script, sizeof script, "echo x > %s; mkdir %s.d; mv log %s; echo over", outside, outside, outside);
  expect(script, "over", NULL);
  test_check(!child_exists(outside), "%s was written", outside);
  expect("cat /etc/passwd; cat /proc/1/environ; ls /root; ls /home; echo over", "over", "root:");
  free(path), free(outside);
}

static void test_calls(void) {
  if (confined_by() & CONFINED_CALLS) {
    expect("exec 3<>/dev/tcp/127.0.0.1/9; echo over", "Operation not permitted", "refused");
    expect("kill -0 $PPID && echo reached; echo over", "over", "reached");
  }
  expect("yes | head -c 200000 > big; stat -c %s big", "100000", NULL);
  expect("ulimit -c", "0", NULL);
}

static void test_environment(void) {
  setenv("AGUANTA_CANARY", CANARY, 1);
  expect("env; echo over", "over", CANARY);
  unsetenv("AGUANTA_CANARY");
}

/* The log of gnuplot is in the error. */
static void expect_drawn(const char *format, const char *path, bool drawn) {
  char script[600], *bytes = NULL, *error = NULL;
  size_t length = 0;
  snprintf(script, sizeof script, format, path);
  bool good = gnuplot_run(&(struct gnuplot_page){PICTURE_SVG, 300, 200, "#ffffff"}, script, "1 1\n2 2\n", &bytes, &length, &error);
  test_check(good == drawn, "%s: %s", script, error ? error : "drawn");
  test_check(!(bytes && strstr(bytes, CANARY)) && !(error && strstr(error, CANARY)), "gnuplot opened the canary: %s", script);
  free(bytes), free(error);
}

static void test_gnuplot(void) {
  char *path = canary(), *outside = child_path("printed");
  expect_drawn("plot 'data' title '%.0s'\n", path, true);
  if (!(confined_by() & CONFINED_FILES)) return;
  expect_drawn("load '%s'\n", path, false);
  expect_drawn("set label system('cat %s') at 1,1\nplot 'data'\n", path, true);
  expect_drawn("plot 'data' title \"`cat %s`\"\n", path, true);
  expect_drawn("plot '%s' using 1:1\n", path, false);
  expect_drawn("set print '%s'\nprint 'x'\nplot 'data'\n", outside, true);
  expect_drawn("set print '|cat > %s'\nprint 'x'\nset print\nplot 'data'\n", outside, true);
  test_check(!child_exists(outside), "gnuplot wrote %s", outside);
  free(path), free(outside);
}

static const struct test_case cases[] = {
    {"files", test_files}, {"calls", test_calls}, {"environment", test_environment}, {"gnuplot", test_gnuplot}, {0}};
const struct test_suite suite_confine = {"confine", cases};
