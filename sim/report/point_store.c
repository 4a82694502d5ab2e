#include "sim/report/point_store.h"
#include "sim/report/format.h"
#include "sim/report/output.h"
#include "sim/report/report.h"
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".point"

static void write_table(FILE *file, const struct results *r) {
  const struct metric *p99 = results_metric(r, "all.latency", "p99", NULL), *errors = results_metric(r, "all", "error_rate", NULL);
  fprintf(file, "%22s  %9s  %10s  %s", format_estimate(p99->unit, NULL, &p99->estimate).text,
          format_value(errors->unit, NULL, &errors->estimate).text,
          format_number(UNIT_CURRENCY, r->bill.currency, r->bill.monthly).text, format_verdict_line(r).text);
}

static const struct part {
  const char *name;
  void (*write)(FILE *, const struct results *);
} parts[POINT_PARTS] = {[POINT_CSV] = {"csv", report_csv_rows},
                        [POINT_NDJSON] = {"ndjson", report_ndjson_rest},
                        [POINT_TABLE] = {"table", write_table}};

struct point_rows point_rows_of(const struct results *r, uint32_t code) {
  struct point_rows rows = {.code = code, .requests = r->requests, .events = r->events};
  for (int i = 0; i < POINT_PARTS; i++) {
    FILE *file = open_memstream(&rows.parts[i].text, &rows.parts[i].length);
    if (!file) abort(); /* out of memory, as in the arena */
    parts[i].write(file, r);
    if (fclose(file)) abort();
  }
  return rows;
}

void point_rows_free(struct point_rows *rows) {
  for (int i = 0; i < POINT_PARTS; i++) free(rows->parts[i].text);
  *rows = (struct point_rows){0};
}

static uint64_t checksum(const char *bytes, size_t length) {
  uint64_t sum = 0xCBF29CE484222325u;
  for (size_t i = 0; i < length; i++) sum = (sum ^ (unsigned char)bytes[i]) * 0x100000001B3u;
  return sum;
}

static char *path_of(const char *folder, const char *key) {
  char *path;
  if (asprintf(&path, "%s/%s" SUFFIX, folder, key) < 0) abort();
  return path;
}

bool point_store_open(const char *folder, char **error) {
  struct stat status;
  *error = NULL;
  if (!mkdir(folder, 0777) || (errno == EEXIST && !stat(folder, &status) && S_ISDIR(status.st_mode))) return true;
  if (asprintf(error, "cannot make the store %s: %s", folder, strerror(errno)) < 0) abort();
  return false;
}

bool point_store_write(const char *folder, const char *key, const struct point_rows *rows, char **error) {
  char *text = NULL, *path = path_of(folder, key);
  size_t length = 0;
  FILE *file = open_memstream(&text, &length);
  if (!file) abort();
  fprintf(file, "aguanta-point 1 %s\ncode %u requests %" PRIu64 " events %" PRIu64 "\n", key, rows->code, rows->requests,
          rows->events);
  for (int i = 0; i < POINT_PARTS; i++) {
    fprintf(file, "section %s %zu\n", parts[i].name, rows->parts[i].length);
    fwrite(rows->parts[i].text, 1, rows->parts[i].length, file);
    fputc('\n', file);
  }
  fflush(file);
  fprintf(file, "sum %016" PRIx64 "\n", checksum(text, length));
  if (fclose(file)) abort();
  bool written = output_write(path, text, length, error);
  free(text);
  free(path);
  return written;
}

/* --- reading ----------------------------------------------------------------------------------------------------------------------- */

/* The file's bytes with a zero behind them; null when it cannot be read. */
static char *read_bytes(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb"), *copy;
  char *text = NULL, bytes[65536];
  if (!file) return NULL;
  copy = open_memstream(&text, length);
  if (!copy) abort();
  for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0;) fwrite(bytes, 1, got, copy);
  bool failed = ferror(file);
  fclose(file);
  if (fclose(copy)) abort();
  if (failed) free(text), text = NULL;
  return text;
}

enum { SUM_LINE = 21 }; /* "sum ", 16 digits, line feed */

static bool sum_is_right(const char *text, size_t length) {
  char line[SUM_LINE + 1];
  if (length < SUM_LINE) return false;
  snprintf(line, sizeof line, "sum %016" PRIx64 "\n", checksum(text, length - SUM_LINE));
  return !memcmp(text + length - SUM_LINE, line, SUM_LINE);
}

/* Takes one section; false when the text does not go on with one. */
static bool take_section(const char **at, const char *end, struct point_rows *rows) {
  char name[32];
  size_t length;
  int head = 0;
  if (sscanf(*at, "section %31s %zu%n", name, &length, &head) < 2 || !head || (*at)[head] != '\n') return false;
  const char *bytes = *at + head + 1;
  if ((size_t)(end - bytes) < length + 1) return false;
  for (int i = 0; i < POINT_PARTS; i++) {
    if (strcmp(name, parts[i].name) || rows->parts[i].text) continue;
    rows->parts[i] = (struct point_section){malloc(length + 1), length};
    if (!rows->parts[i].text) abort();
    memcpy(rows->parts[i].text, bytes, length);
    rows->parts[i].text[length] = 0;
  }
  *at = bytes + length + 1;
  return true;
}

static bool parse(const char *text, size_t length, const char *key, struct point_rows *rows) {
  char seen[64];
  int head = 0;
  if (!sum_is_right(text, length)) return false;
  if (sscanf(text, "aguanta-point 1 %63s\ncode %u requests %" SCNu64 " events %" SCNu64 "%n", seen, &rows->code, &rows->requests,
             &rows->events, &head) < 4)
    return false;
  const char *at = text + head + 1, *end = text + length - SUM_LINE;
  while (at < end && take_section(&at, end, rows)) {}
  bool whole = at == end && !strcmp(seen, key);
  for (int i = 0; i < POINT_PARTS; i++) whole &= rows->parts[i].text != NULL;
  return whole;
}

enum point_state point_store_read(const char *folder, const char *key, struct point_rows *rows) {
  char *path = path_of(folder, key);
  size_t length = 0;
  *rows = (struct point_rows){0};
  char *text = read_bytes(path, &length);
  bool missing = !text && errno == ENOENT, good = text && parse(text, length, key, rows);
  if (!good) point_rows_free(rows);
  free(text);
  free(path);
  return good ? POINT_STORED : missing ? POINT_MISSING : POINT_BROKEN;
}

bool point_store_list(const char *folder, void (*visit)(void *context, const char *key), void *context) {
  DIR *directory = opendir(folder);
  if (!directory) return false;
  for (struct dirent *entry; (entry = readdir(directory));) {
    size_t length = strlen(entry->d_name), suffix = strlen(SUFFIX);
    if (length <= suffix || strcmp(entry->d_name + length - suffix, SUFFIX)) continue;
    entry->d_name[length - suffix] = 0;
    visit(context, entry->d_name);
  }
  closedir(directory);
  return true;
}
