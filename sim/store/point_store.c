#include "sim/store/point_store.h"
#include "sim/engine/fnv.h"
#include "sim/store/output.h"
#include "sim/json/source_file.h"
#include "sim/engine/allocate.h"
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".point"

static const char *const part_names[POINT_PARTS] = {[POINT_CSV] = "csv", [POINT_NDJSON] = "ndjson", [POINT_TABLE] = "table"};

void point_rows_free(struct point_rows *rows) {
  for (int i = 0; i < POINT_PARTS; i++) free(rows->parts[i].text);
  *rows = (struct point_rows){0};
}

static char *path_of(const char *folder, const char *key) {
  char *path;
  path = allocate_format("%s/%s" SUFFIX, folder, key);
  return path;
}

bool point_store_open(const char *folder, char **error) {
  struct stat status;
  *error = NULL;
  if (!mkdir(folder, 0777)) return true;
  if (errno == EEXIST && !stat(folder, &status) && S_ISDIR(status.st_mode)) return output_tidy(folder), true;
  *error = allocate_format("cannot make the store %s: %s", folder, strerror(errno));
  return false;
}

bool point_store_write(const char *folder, const char *key, const struct point_rows *rows, char **error) {
  char *text = NULL, *path = path_of(folder, key);
  size_t length = 0;
  FILE *file = allocate_stream(&text, &length);
  fprintf(file, "aguanta-point 1 %s\ncode %u statements %u requests %" PRIu64 " events %" PRIu64 "\n", key, rows->code,
          rows->statements, rows->requests, rows->events);
  for (int i = 0; i < POINT_PARTS; i++) {
    fprintf(file, "section %s %zu\n", part_names[i], rows->parts[i].length);
    fwrite(rows->parts[i].text, 1, rows->parts[i].length, file);
    fputc('\n', file);
  }
  fflush(file);
  fprintf(file, "sum %016" PRIx64 "\n", fnv_bytes(FNV_START, text, length));
  fclose(file);
  bool written = output_write(path, text, length, error);
  free(text);
  free(path);
  return written;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

/* The file's bytes with a zero behind them; null, and errno set, when it cannot be read. */
static char *read_bytes(const char *path, size_t *length) {
  char *text = NULL, bytes[65536];
  const char *wrong;
  size_t size;
  FILE *file = source_open(path, &size, &wrong), *copy;
  if (!file) return allocate_check_errno(), NULL;
  copy = allocate_stream(&text, length);
  for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0;) fwrite(bytes, 1, got, copy);
  bool failed = ferror(file);
  fclose(file);
  fclose(copy);
  if (!failed) return text;
  free(text);
  return NULL;
}

enum { SUM_LINE = 21 }; /* "sum ", 16 digits, line feed */

static bool sum_is_right(const char *text, size_t length) {
  char line[SUM_LINE + 1];
  if (length < SUM_LINE) return false;
  snprintf(line, sizeof line, "sum %016" PRIx64 "\n", fnv_bytes(FNV_START, text, length - SUM_LINE));
  return !memcmp(text + length - SUM_LINE, line, SUM_LINE);
}

/* What is not read yet; a zero byte stands at the end. */
struct cursor {
  const char *at, *end;
};

static bool take(struct cursor *c, const char *text) {
  size_t length = strlen(text);
  if ((size_t)(c->end - c->at) < length || memcmp(c->at, text, length) != 0) return false;
  c->at += length;
  return true;
}

/* A whole number, of at most 19 digits: the file may say anything. */
static bool take_number(struct cursor *c, uint64_t *out) {
  const char *from = c->at;
  for (*out = 0; c->at < c->end && *c->at >= '0' && *c->at <= '9' && c->at - from < 20; c->at++)
    *out = 10 * *out + (uint64_t)(*c->at - '0');
  return c->at > from && c->at - from < 20;
}

/* Up to the next blank. */
static bool take_word(struct cursor *c, char *room, size_t size) {
  size_t length = 0;
  while (c->at + length < c->end && length < size && !strchr(" \n", c->at[length])) length++;
  if (!length || length == size) return false;
  memcpy(room, c->at, length);
  room[length] = 0;
  c->at += length;
  return true;
}

static void keep_section(struct point_rows *rows, const char *name, const char *bytes, size_t length) {
  for (int i = 0; i < POINT_PARTS; i++) {
    if (strcmp(name, part_names[i]) || rows->parts[i].text) continue;
    rows->parts[i] = (struct point_section){allocate(length + 1), length};
    memcpy(rows->parts[i].text, bytes, length);
    rows->parts[i].text[length] = 0;
  }
}

/* Takes one section; false when the text does not go on with one, or with less of it than it says. */
static bool take_section(struct cursor *c, struct point_rows *rows) {
  char name[32];
  uint64_t length;
  if (!take(c, "section ") || !take_word(c, name, sizeof name) || !take(c, " ") || !take_number(c, &length) || !take(c, "\n"))
    return false;
  const char *bytes = c->at;
  if (length >= (uint64_t)(c->end - bytes) || bytes[length] != '\n') return false;
  keep_section(rows, name, bytes, length);
  c->at = bytes + length + 1;
  return true;
}

/* Only those that verdicts give. */
static bool code_known(uint64_t code) { return code == POINT_HOLDS || code == POINT_UNDECIDED || code == POINT_FAILED; }

static bool parse(const char *text, size_t length, const char *key, struct point_rows *rows) {
  uint64_t code = 0, statements = 0;
  if (!sum_is_right(text, length)) return false;
  struct cursor c = {text, text + length - SUM_LINE};
  bool head = take(&c, "aguanta-point 1 ") && take(&c, key) && take(&c, "\ncode ") && take_number(&c, &code) &&
              take(&c, " statements ") && take_number(&c, &statements) && take(&c, " requests ") &&
              take_number(&c, &rows->requests) && take(&c, " events ") && take_number(&c, &rows->events) && take(&c, "\n");
  rows->code = (uint32_t)code, rows->statements = (uint32_t)statements;
  while (head && c.at < c.end && take_section(&c, rows)) {}
  bool whole = head && c.at == c.end && code_known(code) && code_known(statements);
  for (int i = 0; i < POINT_PARTS; i++) whole &= rows->parts[i].text != NULL;
  return whole;
}

enum point_state point_store_read(const char *folder, const char *key, struct point_rows *rows) {
  char *path = path_of(folder, key);
  size_t length = 0;
  *rows = (struct point_rows){0};
  char *text = read_bytes(path, &length);
  bool missing = !text && errno == ENOENT, unread = !text, good = text && parse(text, length, key, rows);
  if (!good) point_rows_free(rows);
  free(text);
  free(path);
  return good ? POINT_STORED : missing ? POINT_MISSING : unread ? POINT_UNREADABLE : POINT_BROKEN;
}

bool point_store_there(const char *folder, char **error) {
  DIR *directory = opendir(folder);
  *error = NULL;
  if (directory) {
    closedir(directory);
    return true;
  }
  allocate_check_errno();
  *error = allocate_format("cannot read the store %s: %s", folder, strerror(errno));
  return false;
}

bool point_store_list(const char *folder, void (*visit)(void *context, const char *key), void *context) {
  DIR *directory = opendir(folder);
  if (!directory) return allocate_check_errno(), false;
  for (struct dirent *entry; (entry = readdir(directory));) {
    size_t length = strlen(entry->d_name), suffix = strlen(SUFFIX);
    if (length <= suffix || strcmp(entry->d_name + length - suffix, SUFFIX)) continue;
    entry->d_name[length - suffix] = 0;
    visit(context, entry->d_name);
  }
  closedir(directory);
  return true;
}
