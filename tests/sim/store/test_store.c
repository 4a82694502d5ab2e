/* Points that are kept: written whole, read back, and found out when they are damaged, cut or renamed. */
#include "sim/store/point_store.h"
#include "tests/command.h"
#include "tests/suite.h"

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

static const struct test_case cases[] = {{"points", test_store}, {0}};
const struct test_suite suite_store = {"store", cases};
