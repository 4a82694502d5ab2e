/* Runs the suites: `tests [--list] [suite[.test] ...]`.
 *
 * CUnit's own runner is silent about hollow tests and its exit status is not the verdict (CUnit 2.1-3 returns 0 with failing
 * tests), so the loop is here: every test's assertions are counted, and the exit status comes from the number of failures. */
#include "tests/suite.h"
#include <CUnit/Basic.h>
#include <CUnit/TestDB.h>
#include <CUnit/TestRun.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SUITE(name) extern const struct test_suite suite_##name;
#include "suites.inc"
#undef SUITE

static const struct test_suite *const suites[] = {
#define SUITE(name) &suite_##name,
#include "suites.inc"
#undef SUITE
    NULL};

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

int main(int argc, char **argv) {
  bool list = argc > 1 && !strcmp(argv[1], "--list");
  unsigned passed = 0, failed = 0;
  if (CU_initialize_registry() != CUE_SUCCESS) return 1;
  CU_set_error_action(CUEA_IGNORE);
  for (const struct test_suite *const *s = suites; *s; s++) {
    CU_pSuite suite = CU_add_suite((*s)->name, NULL, NULL);
    for (const struct test_case *c = (*s)->cases; c->name; c++) {
      if (list) printf("%s.%s\n", (*s)->name, c->name);
      if (list || !wanted((*s)->name, c->name, argc - 1, argv + 1)) continue;
      if (run_one(suite, CU_add_test(suite, c->name, c->run)))
        passed++;
      else
        failed++;
    }
  }
  CU_cleanup_registry();
  if (!list) printf("%u passed, %u failed\n", passed, failed);
  return failed ? 1 : 0;
}
