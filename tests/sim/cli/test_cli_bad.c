/* Bad input: every file of tests/cli/bad has the exact messages beside it. Nothing is run and nothing is written. */
#include "tests/command.h"
#include "tests/suite.h"
#include <dirent.h>

#define BAD "tests/cli/bad"

/* The first line in which two texts differ, for a message that can be read. */
static void show_difference(const char *file, const char *seen, const char *wanted) {
  while (*seen && *wanted) {
    size_t a = strcspn(seen, "\n"), b = strcspn(wanted, "\n");
    if (a != b || strncmp(seen, wanted, a)) break;
    seen += a + (seen[a] != 0), wanted += b + (wanted[b] != 0);
  }
  test_check(!*seen && !*wanted, "%s says\n      %.*s\n    instead of\n      %.*s", file, (int)strcspn(seen, "\n"), seen,
             (int)strcspn(wanted, "\n"), wanted);
}

static void check_file(const char *file, const char *command) {
  char name[300], expected_name[300];
  snprintf(name, sizeof name, BAD "/%s", file);
  snprintf(expected_name, sizeof expected_name, "%.*s.expected", (int)(strrchr(name, '.') - name), name);
  char *expected = test_read_file(expected_name), *export = child_path("never.json");
  if (!test_check(expected != NULL, "%s is missing", expected_name)) return;
  struct child c = !strcmp(command, "run") ? AGUANTA("run", name, "--export", export) : AGUANTA(command, name);
  test_check(c.status == 3, "%s: exit status %d", name, c.status);
  test_check(c.out_length == 0 || !strcmp(command, "check"), "%s: on stdout: %s", name, c.out);
  show_difference(name, c.err, expected);
  test_check(!child_exists(export), "%s: a result was written", name);
  unlink(export);
  child_free(&c);
  free(expected), free(export);
}

static int is_input(const struct dirent *entry) {
  return child_ends(entry->d_name, ".json") || child_ends(entry->d_name, ".jsonc");
}

static void check_all(const char *command, int least) {
  struct dirent **entries = NULL;
  int count = scandir(BAD, &entries, is_input, alphasort);
  test_check(count >= least, "%d bad files", count);
  for (int i = 0; i < count; i++) {
    check_file(entries[i]->d_name, command);
    free(entries[i]);
  }
  free(entries);
}

static void test_run(void) { check_all("run", 40); }
static void test_validate(void) { check_all("validate", 40); }

static void expect_error(const char *file, const char *message) {
  struct child c = AGUANTA("run", file);
  test_check(c.status == 3 && c.out_length == 0 && strstr(c.err, message), "%s: exit status %d, %s%s", file, c.status, c.out,
             c.err);
  child_free(&c);
}

static void test_unreadable(void) {
  expect_error("tests/cli/nowhere.json", "tests/cli/nowhere.json: error: cannot be read: No such file or directory");
  expect_error("tests/cli", "tests/cli: error: cannot be read: Is a directory");
  char *locked = child_path("locked.json");
  child_write(locked, "{}");
  chmod(locked, 0);
  if (access(locked, R_OK) < 0) /* root may read everything */
    expect_error(locked, "error: cannot be read: Permission denied");
  free(locked);
}

static void test_too_large(void) {
  char *name = child_path("large.json");
  FILE *file = fopen(name, "w");
  for (int i = 0; i < (8 << 20) + 1; i++) fputc(' ', file);
  fclose(file);
  expect_error(name, "8 MiB");
  file = fopen(name, "w");
  for (int i = 0; i < 70; i++) fputs("[\n", file);
  fclose(file);
  expect_error(name, "64");
  free(name);
}

static const struct test_case cases[] = {
    {"run", test_run}, {"validate", test_validate}, {"unreadable", test_unreadable}, {"too_large", test_too_large}, {0}};
const struct test_suite suite_cli_bad = {"cli_bad", cases};
