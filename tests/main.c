/* Runs the suites: `tests [--list] [--jobs N] [suite[.test] ...]`.
 *
 * N processes (one, when not told otherwise) take one suite after the other; what they count is in memory that they share. A process
 * that dies has failed the suite that it was in, and another goes on.
 *
 * CUnit's own runner is silent about hollow tests and its exit status is not the verdict (CUnit 2.1-3 returns 0 with failing
 * tests), so the loop is here: every test's assertions are counted, and the exit status comes from the number of failures. */
#include "sim/engine/pages.h"
#include "tests/suite.h"
#include <CUnit/Basic.h>
#include <CUnit/TestDB.h>
#include <CUnit/TestRun.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SUITE(name) extern const struct test_suite suite_##name;
#include "suites.inc"
#undef SUITE

static const struct test_suite *const suites[] = {
#define SUITE(name) &suite_##name,
#include "suites.inc"
#undef SUITE
    NULL};

bool test_is_registered(const char *name) {
  for (const struct test_suite *const *s = suites; *s; s++) {
    size_t length = strlen((*s)->name);
    if (strncmp(name, (*s)->name, length)) continue;
    if (!name[length]) return true;
    for (const struct test_case *c = (*s)->cases; name[length] == '.' && c->name; c++)
      if (!strcmp(name + length + 1, c->name)) return true;
  }
  return false;
}

bool test_check(bool ok, const char *format, ...) {
  char text[1000];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  CU_assertImplementation(ok, 0, text, "", "", CU_FALSE);
  return ok;
}

char *test_read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  size_t size = 0, room = 4096;
  char *text = malloc(room);
  for (size_t got; (got = fread(text + size, 1, room - size - 1, file)) > 0;) {
    size += got;
    if (room - size < 2) text = realloc(text, room *= 2);
  }
  fclose(file);
  text[size] = 0;
  return text;
}

static bool wanted(const char *suite, const char *test, int count, char **names) {
  char full[200];
  snprintf(full, sizeof full, "%s.%s", suite, test);
  for (int i = 0; i < count; i++)
    if (!strcmp(names[i], suite) || !strcmp(names[i], full)) return true;
  return count == 0;
}

static void print_failures(CU_pSuite suite, CU_pTest test) {
  for (CU_pFailureRecord f = CU_get_failure_list(); f; f = f->pNext)
    if (f->pSuite == suite && f->pTest == test) printf("    %s\n", f->strCondition);
}

/* Runs one test; returns whether it made assertions and all of them held. */
static bool run_one(CU_pSuite suite, CU_pTest test) {
  struct timespec begun, ended;
  clock_gettime(CLOCK_MONOTONIC, &begun);
  if (CU_run_test(suite, test) != CUE_SUCCESS) return false;
  clock_gettime(CLOCK_MONOTONIC, &ended);
  double seconds = (double)(ended.tv_sec - begun.tv_sec) + 1e-9 * (double)(ended.tv_nsec - begun.tv_nsec);
  unsigned asserts = CU_get_number_of_asserts(), failed = CU_get_number_of_failures();
  bool passed = asserts > 0 && failed == 0;
  printf("%s  %s.%s (%u assertions)%s", passed ? "ok  " : "FAIL", suite->pName, test->pName, asserts,
         asserts ? "" : ": hollow, it asserts nothing");
  if (seconds > 5) printf(" %.0f s", seconds);
  putchar('\n');
  if (failed) print_failures(suite, test);
  fflush(stdout);
  return passed;
}

/* Shared by all processes. */
struct board {
  atomic_uint next, passed, failed; /* next: suite that nobody has taken yet */
};

static void run_suite(struct board *b, const struct test_suite *s, int count, char **names) {
  CU_pSuite suite = CU_add_suite(s->name, NULL, NULL);
  for (const struct test_case *c = s->cases; c->name; c++)
    if (wanted(s->name, c->name, count, names)) {
      bool passed = run_one(suite, CU_add_test(suite, c->name, c->run));
      atomic_fetch_add(passed ? &b->passed : &b->failed, 1);
    }
}

/* current: where to tell which suite it is in. */
static void work(struct board *b, atomic_uint *current, int count, char **names) {
  if (CU_initialize_registry() != CUE_SUCCESS) _exit(1);
  CU_set_error_action(CUEA_IGNORE);
  for (unsigned i; (i = atomic_fetch_add(&b->next, 1)) < sizeof suites / sizeof *suites - 1;) {
    atomic_store(current, i);
    run_suite(b, suites[i], count, names);
  }
  CU_cleanup_registry();
}

static pid_t start_worker(struct board *b, atomic_uint *current, int count, char **names) {
  fflush(stdout);
  pid_t child = fork();
  if (child) return child;
  work(b, current, count, names);
  fflush(stdout);
  _exit(0);
}

enum { MOST_JOBS = 64 };

static void run_all(struct board *b, atomic_uint *current, int jobs, int count, char **names) {
  pid_t workers[MOST_JOBS];
  for (int i = 0; i < jobs; i++) workers[i] = start_worker(b, &current[i], count, names);
  int status;
  for (pid_t child; (child = wait(&status)) > 0;) {
    int i = 0;
    while (i < jobs && workers[i] != child) i++;
    if (i == jobs || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) continue;
    printf("FAIL  %s: its process died, signal %d\n", suites[atomic_load(&current[i])]->name,
           WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    atomic_fetch_add(&b->failed, 1);
    workers[i] = start_worker(b, &current[i], count, names);
  }
}

static void list_all(void) {
  for (const struct test_suite *const *s = suites; *s; s++)
    for (const struct test_case *c = (*s)->cases; c->name; c++) printf("%s.%s\n", (*s)->name, c->name);
}

int main(int argc, char **argv) {
  pages_keep_freed();
  if (argc > 1 && !strcmp(argv[1], "--list")) {
    list_all();
    return 0;
  }
  int jobs = argc > 2 && !strcmp(argv[1], "--jobs") ? atoi(argv[2]) : 0, options = jobs ? 2 : 0;
  struct board *b =
      mmap(NULL, sizeof *b + MOST_JOBS * sizeof(atomic_uint), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (b == MAP_FAILED) return 1;
  atomic_uint *current = (atomic_uint *)(b + 1);
  if (jobs > 1)
    run_all(b, current, jobs < MOST_JOBS ? jobs : MOST_JOBS, argc - 1 - options, argv + 1 + options);
  else
    work(b, current, argc - 1 - options, argv + 1 + options);
  printf("%u passed, %u failed\n", atomic_load(&b->passed), atomic_load(&b->failed));
  return atomic_load(&b->failed) ? 1 : 0;
}
