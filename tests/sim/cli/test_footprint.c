/* Memory: what is estimated, what it takes, and what is refused. */
#include "tests/command.h"
#include "tests/suite.h"
#include <math.h>

/* A scenario with many endpoints, and requests that stay for a while. */
static char *scenario(const char *name, int endpoints, const char *rate, const char *stay, const char *window) {
  char *path = child_path(name);
  FILE *file = fopen(path, "w");
  if (!file) abort();
  fprintf(file,
          "{ \"aguanta\": 1, \"name\": \"large\", \"traffic\": { \"people\": { \"kind\": \"open\", \"rate\": \"%s\", \"mix\": {",
          rate);
  for (int i = 0; i < endpoints; i++) fprintf(file, "%s \"e%d\": 1", i ? "," : "", i);
  fprintf(file, " } } }, \"endpoints\": {");
  for (int i = 0; i < endpoints; i++)
    fprintf(file, "%s \"e%d\": { \"entry\": \"web\", \"steps\": [ { \"cpu\": \"1ms\" }, { \"delay\": \"%s\" } ] }", i ? "," : "", i,
            stay);
  fprintf(file,
          " }, \"services\": { \"web\": { \"kind\": \"app\", \"threads\": \"unlimited\", \"backlog\": \"unlimited\" } }, "
          "\"platform\": { "
          "\"kind\": \"static\", \"nodes\": { \"box\": { \"cpu\": \"unlimited\" } } }, \"run\": { \"window\": \"%s\", \"warmup\": "
          "\"0s\", "
          "\"replications\": 2 } }",
          window);
  fclose(file);
  return path;
}

/* The most memory that a run had in use, in MiB; its exit status must be 0. */
static double run_mib(const char *path) {
  pid_t pid = fork();
  if (pid == 0) {
    int nothing = open("/dev/null", O_WRONLY);
    dup2(nothing, STDOUT_FILENO), dup2(nothing, STDERR_FILENO);
    execl(child_aguanta(), child_aguanta(), "run", path, "--jobs", "1", "-q", (char *)NULL);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (pid < 0 || wait4(pid, &status, 0, &used) != pid) return NAN;
  test_check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: status %d", path, status);
  return (double)used.ru_maxrss / 1024;
}

/* What it says that it needs, in MiB. */
static double estimate_mib(const char *path) {
  struct child c = AGUANTA("run", path, "--jobs", "1", "-q", "--max-memory", "1Mi");
  const char *at = strstr(c.err, "needs about ");
  double value = NAN;
  char unit[8] = "";
  test_check(c.status == 1 && c.out_length == 0 && at && child_count(c.err, "\n") == 1, "%s: exit status %d: %s", path, c.status,
             c.err);
  if (at && sscanf(at, "needs about %lf %7s", &value, unit) == 2)
    value *= !strcmp(unit, "GiB") ? 1024 : strcmp(unit, "KiB") ? 1 : 1. / 1024;
  child_free(&c);
  return value;
}

static void check(const char *path, double bound_mib) {
  double took = run_mib(path), expected = estimate_mib(path);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  test_check(took < bound_mib, "%s: %.0f MiB", path, took);
  test_check(took < 1.5 * expected && took > expected / 3, "%s: %.0f MiB, estimated %.0f", path, took, expected);
#else
  (void)took, (void)expected, (void)bound_mib;
#endif
}

/* Before: 1.4 GB for the endpoints. */
static void test_thousand_endpoints(void) {
  char *path = scenario("endpoints.json", 1000, "100/s", "1ms", "60s");
  check(path, 150);
  free(path);
}

/* A quarter of the million that are in progress where 10^6/s stay for a second: 150 MiB of 600. */
static void test_in_progress(void) {
  char *path = scenario("progress.json", 1, "1000000/s", "250ms", "300ms");
  check(path, 200);
  free(path);
}

/* A size that fits one thread gets one thread, and the bytes of the answer do not tell. */
static void test_fewer_threads(void) {
  char *path = scenario("threads.json", 1, "200000/s", "100ms", "200ms");
  struct child one = AGUANTA("run", path, "--jobs", "1", "--export", "-", "--format", "json"),
               two = AGUANTA("run", path, "--jobs", "2", "--max-memory", "40Mi", "--export", "-", "--format", "json");
  test_check(one.status == 0 && two.status == 0 && !strcmp(one.out, two.out), "%d and %d: %s", one.status, two.status, two.err);
  child_free(&one), child_free(&two), free(path);
}

/* Overload without an end is foreseen: up to as many requests as a run holds. */
static void test_overload(void) {
  struct child c = AGUANTA("run", "tests/cli/small.json", "--set", "traffic.users.rate=1000000/s", "--set",
                           "services.web.backlog=unlimited", "--max-memory", "600Mi", "--jobs", "1");
  test_check(c.status == 1 && strstr(c.err, "for 4000000 requests in progress"), "%d: %s", c.status, c.err);
  child_free(&c);
}

/* Every question takes it. */
static void test_refused(void) {
#define LARGE "tests/cli/small.json", "--set", "run.windows=10000", "--max-memory", "9Mi", "--jobs", "1"
  struct child all[] = {AGUANTA("run", LARGE), AGUANTA("check", LARGE), AGUANTA("compare", LARGE, "tests/cli/slower.json"),
                        AGUANTA("sweep", LARGE, "--vary", "services.web.replicas=1,2", "--fresh", "--store", child_directory),
                        AGUANTA("capacity", LARGE, "--vary", "services.web.replicas=1..2")};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    test_check(all[i].status == 1 && strstr(all[i].err, "(--max-memory)"), "question %zu: exit status %d: %s", i, all[i].status,
               all[i].err);
    child_free(&all[i]);
  }
  struct child c = AGUANTA("run", "tests/cli/small.json", "--max-memory", "many");
  test_check(c.status == 2 && child_begins(c.err, "aguanta run: --max-memory "), "a wrong size: %d %s", c.status, c.err);
  child_free(&c);
}

static const struct test_case cases[] = {{"thousand_endpoints", test_thousand_endpoints},
                                         {"in_progress", test_in_progress},
                                         {"fewer_threads", test_fewer_threads},
                                         {"overload", test_overload},
                                         {"refused", test_refused},
                                         {0}};
const struct test_suite suite_footprint = {"footprint", cases};
