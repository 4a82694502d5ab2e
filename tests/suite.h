/* A test file tests/LAYER/FOLDER/test_NAME.c defines `const struct test_suite suite_NAME`; the Makefile finds it by its file name.
 * A test that makes no assertion fails. */
#ifndef SUITE_H
#define SUITE_H
#include <CUnit/CUnit.h>
#include <stdbool.h>

struct test_case {
  const char *name;
  void (*run)(void);
};

struct test_suite {
  const char *name;
  const struct test_case *cases; /* ends with a null name */
};

/* One assertion with a message that prints what was seen: test_check(x == 3, "x is %d", x). */
bool test_check(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Whether there is a suite of this name, or with a dot a test in it. */
bool test_is_registered(const char *name);
/* Reads a whole file into memory that the caller frees; null when it cannot be read. */
char *test_read_file(const char *path);

#endif
