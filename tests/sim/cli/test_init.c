/* A file to start from: written once, never over another one, and answered as it is. */
#include "tests/command.h"
#include "tests/suite.h"
#include <time.h>
#include <unistd.h>

/* Seconds within which a first answer comes; under sanitizers everything takes several times as long. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { ANSWERED_S = 200 };
#else
enum { ANSWERED_S = 20 };
#endif

static const char *const names[] = {"compose", "node", "kubernetes", "swarm", "sale"};
enum { COUNT = sizeof names / sizeof *names };

/* The scenario says what its file is called where it shows commands. */
static void test_written(void) {
  for (size_t i = 0; i < COUNT; i++) {
    char *path = child_path("start.yaml");
    unlink(path);
    struct child c = AGUANTA("init", "--template", names[i], "-o", path);
    test_check(c.status == 0 && !c.out_length && strstr(c.err, "next: aguanta run ") && strstr(c.err, path), "%s: %d %s%s",
               names[i], c.status, c.out, c.err);
    child_free(&c);
    c = AGUANTA("init", "--template", names[i], "-o", "-");
    test_check(c.status == 0 && !c.err_length && strstr(c.out, "\n#   aguanta run -"), "%s: %d %s", names[i], c.status, c.err);
    child_free(&c);
    c = AGUANTA("validate", path);
    test_check(c.status == 0 && strstr(c.out, "requirements"), "%s: %d %s%s", names[i], c.status, c.out, c.err);
    child_free(&c);
    unlink(path), free(path);
  }
}

/* A short look at each: it runs, and nothing of it is overloaded as it stands. */
static void test_answered(void) {
  bool all = getenv("AGUANTA_LONG") != NULL;
  for (size_t i = 0; i < COUNT; i++) {
    char *path = child_path("start.yaml");
    struct child c = AGUANTA("init", "--template", names[i], "-o", path, "--force");
    child_free(&c);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    c = all ? AGUANTA("run", path)
            : AGUANTA("run", path, "--reps", "2", "--set", "run.window=1min", "--set", "run.windows=1", "--set",
                      i == 4 ? "run.years=0" : "run.years=5", "--seed", "1");
    clock_gettime(CLOCK_MONOTONIC, &to);
    test_check(all ? c.status == 0 : c.status == 0 || c.status == 98 || i == 4, "%s: %d %s%s", names[i], c.status, c.out, c.err);
    test_check(!strstr(c.out, "over capacity"), "%s: %s", names[i], c.out);
    test_check(to.tv_sec - from.tv_sec < ANSWERED_S, "%s takes %ld s to its first answer", names[i],
               (long)(to.tv_sec - from.tv_sec));
    child_free(&c);
    unlink(path), free(path);
  }
}

static void test_refused(void) {
  char *path = child_path("start.yaml");
  child_write(path, "mine");
  struct child c = AGUANTA("init", "-o", path);
  test_check(c.status == 1 && strstr(c.err, "is there already") && strstr(c.err, "--force"), "%d %s", c.status, c.err);
  child_free(&c);
  c = AGUANTA("init", "--template", "nod", "-o", path);
  test_check(c.status == 2 && strstr(c.err, "did you mean \"node\"?") && strstr(c.err, "\n  sale "), "%d %s", c.status, c.err);
  child_free(&c);
  c = AGUANTA("init", "-o", "start.json");
  test_check(c.status == 2 && strstr(c.err, "ends in .yaml, not \"start.json\""), "%d %s", c.status, c.err);
  child_free(&c);
  c = AGUANTA("init", "-o", "/nowhere/start.yaml");
  test_check(c.status == 2 && strstr(c.err, "/nowhere/start.yaml"), "%d %s", c.status, c.err);
  child_free(&c);
  char text[8] = "";
  FILE *file = fopen(path, "r");
  test_check(file && fgets(text, sizeof text, file) && !strcmp(text, "mine"), "the file is now %s", text);
  if (file) fclose(file);
  unlink(path), free(path);
}

static const struct test_case cases[] = {
    {"written", test_written}, {"answered", test_answered}, {"refused", test_refused}, {NULL, NULL}};
const struct test_suite suite_init = {"init", cases};
