/* Files that are the old ones or the new ones; points that are kept: written whole, read back, and found out when they are damaged,
 * cut or renamed. */
#include "sim/store/output.h"
#include "sim/store/point_store.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- output ------------------------------------------------------------------------------------------------------------------- */

static void in_directory(char *path, size_t size, const char *directory, const char *name) {
  snprintf(path, size, "%s/%s", directory, name);
}

static void expect_file(const char *path, const char *wanted) {
  char *seen = test_read_file(path);
  test_check(seen && !strcmp(seen, wanted), "%s holds %s, not %s", path, seen ? seen : "(nothing)", wanted);
  free(seen);
}

static void expect_written(const char *path, const char *text) {
  char *error = NULL;
  bool written = output_write(path, text, strlen(text), &error);
  test_check(written && !error, "%s", error ? error : "no message");
  free(error);
}

static void expect_refused(const char *path, const char *message) {
  char *error = NULL;
  bool written = output_write(path, "x", 1, &error);
  test_check(!written && error && strstr(error, message), "%s", error ? error : "no message");
  free(error);
}

static void test_output(void) {
  char directory[] = "/tmp/aguanta-test-XXXXXX", path[200], link[200];
  struct stat state;
  test_check(mkdtemp(directory) != NULL, "a directory");
  in_directory(path, sizeof path, directory, "out");
  in_directory(link, sizeof link, directory, "link");
  expect_written(path, "one");
  expect_written(path, "two");
  expect_file(path, "two");
  test_check(chmod(path, 0640) == 0 && symlink("out", link) == 0, "a link");
  expect_written(link, "three");
  expect_file(path, "three");
  test_check(lstat(link, &state) == 0 && S_ISLNK(state.st_mode), "the link stays a link");
  test_check(stat(path, &state) == 0 && (state.st_mode & 0777) == 0640, "permissions stay, mode is %o", state.st_mode & 0777u);
  expect_refused(directory, "Is a directory");
  expect_refused("/dev/full", "No space left on device");
  in_directory(link, sizeof link, directory, "missing/out");
  expect_refused(link, "No such file");
  expect_file(path, "three");
  in_directory(link, sizeof link, directory, "link");
  test_check(unlink(link) == 0 && unlink(path) == 0 && rmdir(directory) == 0, "nothing is left beside the files");
}

/* A write that fails half way: the limit on file sizes stands in for a full disk. */
static void test_output_keeps_old_file(void) {
  char directory[] = "/tmp/aguanta-test-XXXXXX", path[200];
  test_check(mkdtemp(directory) != NULL, "a directory");
  in_directory(path, sizeof path, directory, "out");
  char *error = NULL, *big = calloc(1, 1 << 20);
  expect_written(path, "old");
  pid_t child = fork();
  if (child == 0) { /* its own process, because the limit cannot be taken back */
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, 4096});
    _exit(!output_write(path, big, 1 << 20, &error) && error && strstr(error, "File too large") ? 0 : 1);
  }
  int status = -1;
  test_check(child > 0 && waitpid(child, &status, 0) == child && status == 0, "the write fails with its reason, status %d", status);
  expect_file(path, "old");
  test_check(unlink(path) == 0 && rmdir(directory) == 0, "no temporary file is left");
  free(big);
}

/* --- points ------------------------------------------------------------------------------------------------------------------- */

static struct point_rows some_rows(void) {
  struct point_rows rows = {.code = 98, .requests = 123456789012, .events = 7};
  static const char *const texts[POINT_PARTS] = {"a,b\r\nsection csv 3\n", "{\"x\": 1}\n", ""};
  for (int i = 0; i < POINT_PARTS; i++) rows.parts[i] = (struct point_section){strdup(texts[i]), strlen(texts[i])};
  return rows;
}

static void test_store(void) {
  char *folder = child_path("unit.sweep"), *path = child_path("unit.sweep/k-1.point"), *error = NULL;
  struct point_rows rows = some_rows(), back;
  test_check(point_store_open(folder, &error) && point_store_open(folder, &error), "made once, opened twice");
  test_check(point_store_read(folder, "k-1", &back) == POINT_MISSING, "not there yet");
  test_check(point_store_write(folder, "k-1", &rows, &error), "written: %s", error ? error : "");
  bool good = test_check(point_store_read(folder, "k-1", &back) == POINT_STORED, "there");
  test_check(good && back.code == 98 && back.requests == rows.requests && back.events == 7, "its numbers");
  for (int i = 0; i < POINT_PARTS && good; i++)
    test_check(back.parts[i].length == rows.parts[i].length && !strcmp(back.parts[i].text, rows.parts[i].text), "part %d", i);
  point_rows_free(&back);
  /* Every byte is covered: whichever one is changed, the file is found out; so is every shortening. */
  char *text = test_read_file(path);
  size_t length = text ? strlen(text) : 0;
  int unseen = 0;
  for (size_t i = 0; i < 2 * length; i++) {
    FILE *file = fopen(path, "wb");
    char kept = text[i % length];
    if (i < length) text[i] ^= 1;
    fwrite(text, 1, i < length ? length : i - length, file);
    fclose(file);
    text[i % length] = kept;
    unseen += point_store_read(folder, "k-1", &back) != POINT_BROKEN;
    point_rows_free(&back);
  }
  test_check(length > 100 && unseen == 0, "%d of %zu changed files pass for good", unseen, 2 * length);
  child_write(path, text);
  char *other = child_path("unit.sweep/k-2.point");
  test_check(!rename(path, other) && point_store_read(folder, "k-2", &back) == POINT_BROKEN, "a renamed file is no other point");
  point_rows_free(&rows);
  free(text), free(folder), free(path), free(other);
}

static const struct test_case cases[] = {
    {"output", test_output}, {"output_keeps_old_file", test_output_keeps_old_file}, {"points", test_store}, {0}};
const struct test_suite suite_store = {"store", cases};
