#include "sim/report/missing_words.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char *const latency_columns[LATENCY_COLUMNS] = {"mean", "p50", "p90", "p95", "p99", "p99.9"};

enum { NAMED = 3 }; /* endpoints that a line names; the others it counts */

const struct metric *latency_metric(const struct results *r, const struct latency_row *row, const char *column) {
  char *name = NULL;
  name = allocate_format("%s.latency", row->endpoint);
  const struct metric *m = results_metric(r, name, column, row->region);
  free(name);
  return m;
}

/* What an endpoint lacks: the columns, as bits, and why the first of them. */
struct lack {
  unsigned columns;
  const char *reason;
};

static struct lack lack_of(const struct results *r, const struct latency_row *row) {
  struct lack lack = {0, NULL};
  for (int i = 0; i < LATENCY_COLUMNS; i++) {
    const struct metric *m = latency_metric(r, row, latency_columns[i]);
    if (!m || !isnan(m->estimate.value) || !m->reason) continue;
    if (!lack.columns) lack.reason = m->reason;
    lack.columns |= 1u << i;
  }
  return lack;
}

/* Behind the semicolon are the numbers of one endpoint. */
static size_t common_length(const char *reason) { return strcspn(reason, ";"); }

static bool alike(const struct lack *a, const struct lack *b) {
  size_t length = a->columns ? common_length(a->reason) : 0;
  return a->columns == b->columns && length == common_length(b->reason) && !strncmp(a->reason, b->reason, length);
}

/* "a", "a and b", "a, b and c": what stands before item i of n. */
static const char *joint(uint32_t i, uint32_t n) { return i == 0 ? "" : i + 1 == n ? " and " : ", "; }

static void put_columns(FILE *file, unsigned columns) {
  uint32_t n = (uint32_t)__builtin_popcount(columns), done = 0;
  if (n == LATENCY_COLUMNS) fputs("all", file);
  for (int i = 0; i < LATENCY_COLUMNS && n < LATENCY_COLUMNS; i++)
    if (columns & 1u << i) fprintf(file, "%s%s", joint(done, n), latency_columns[i]), done++;
}

/* One line for the endpoint `first` and all behind it that lack the same for the same reason. */
static void put_line(FILE *file, const struct results *r, const struct lack *lacks, uint32_t first) {
  uint32_t n = 0, done = 0;
  for (uint32_t i = first; i < r->latency_count; i++) n += alike(&lacks[first], &lacks[i]);
  uint32_t named = n <= NAMED + 1 ? n : NAMED, shown = n > named ? named + 1 : named;
  put_columns(file, lacks[first].columns);
  fputs(" of ", file);
  for (uint32_t i = first; i < r->latency_count && done < named; i++)
    if (alike(&lacks[first], &lacks[i])) fprintf(file, "%s%s", joint(done, shown), r->latencies[i].name), done++;
  if (n > named) fprintf(file, " and %u others", n - named);
  const char *reason = lacks[first].reason;
  fprintf(file, ": %.*s", n == 1 ? (int)strlen(reason) : (int)common_length(reason), reason);
}

void missing_words(const struct results *r, void (*with)(void *context, const char *line), void *context) {
  struct lack *lacks = allocate_zeroed(r->latency_count + 1, sizeof *lacks);
  for (uint32_t i = 0; i < r->latency_count; i++) lacks[i] = lack_of(r, &r->latencies[i]);
  for (uint32_t i = 0; i < r->latency_count; i++) {
    char *line = NULL;
    size_t length;
    bool first = lacks[i].columns != 0;
    for (uint32_t k = 0; k < i && first; k++) first = !alike(&lacks[k], &lacks[i]);
    if (!first) continue;
    FILE *file = allocate_stream(&line, &length);
    put_line(file, r, lacks, i);
    fclose(file);
    with(context, line);
    free(line);
  }
  free(lacks);
}
