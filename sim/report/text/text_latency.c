#include "sim/report/format.h"
#include "sim/report/missing_words.h"
#include "sim/report/text/text_table.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>
#include <string.h>

/* ---- percentiles per endpoint: two lines, the value and under it its interval ---- */

enum { CELL = 15, NAME_MAX_WIDTH = 8 };

static int name_width(const struct results *r) {
  int width = 4;
  for (uint32_t i = 0; i < r->endpoint_count; i++)
    if (format_width(r->endpoints[i]) > width) width = format_width(r->endpoints[i]);
  return width < NAME_MAX_WIDTH ? width : NAME_MAX_WIDTH;
}

/* The columns of one of the tables that stand below one another where the terminal is too narrow for one. */
struct range {
  int from, to;
};

static int columns_that_fit(int name, int width) {
  int fit = (width - name - 2) / CELL;
  return fit >= LATENCY_COLUMNS ? LATENCY_COLUMNS : fit >= LATENCY_COLUMNS / 2 ? (LATENCY_COLUMNS + 1) / 2 : fit > 1 ? fit : 1;
}

static void print_cells(FILE *file, const struct results *r, const struct latency_row *row, struct range range, bool interval) {
  for (int a = range.from; a < range.to; a++) {
    const struct metric *m = latency_metric(r, row, latency_columns[a]);
    struct shown cell = {"-"};
    if (m) cell = interval ? format_interval(m->unit, NULL, &m->estimate) : format_value(m->unit, NULL, &m->estimate);
    if (format_width(cell.text) >= CELL) fputc(' ', file); /* a long one may push, but not touch */
    table_right(file, interval && !m ? "" : cell.text, CELL);
  }
  fputc('\n', file);
}

static bool has_interval(const struct results *r, const struct latency_row *row, struct range range) {
  for (int a = range.from; a < range.to; a++) {
    const struct metric *m = latency_metric(r, row, latency_columns[a]);
    if (m && *format_interval(m->unit, NULL, &m->estimate).text) return true;
  }
  return false;
}

struct legend {
  FILE *file;
  int width;
};

static void print_missing(void *context, const char *line) {
  const struct legend *legend = context;
  fputs("  -: ", legend->file);
  table_wrapped(legend->file, line, 5, legend->width);
  fputc('\n', legend->file);
}

/* Those of a region are indented below those of the endpoint. */
static void print_name(FILE *file, const struct latency_row *row, int width) {
  const char *name = row->region ? row->region : row->endpoint;
  int left = row->region ? width - 2 : width;
  fputs(row->region ? "    " : "  ", file);
  table_left(file, name, left);
  if (format_width(name) > left) fprintf(file, "\n%*s", width + 2, "");
}

static void print_columns(FILE *file, const struct results *r, int width, struct range range) {
  table_left(file, "", width + 2);
  for (int a = range.from; a < range.to; a++) table_right(file, latency_columns[a], CELL);
  fputc('\n', file);
  for (uint32_t i = 0; i < r->latency_count; i++) {
    const struct latency_row *row = &r->latencies[i];
    print_name(file, row, width);
    print_cells(file, r, row, range, false);
    if (!has_interval(r, row, range)) continue;
    fprintf(file, "%*s", width + 2, "");
    print_cells(file, r, row, range, true);
  }
}

void text_latency(FILE *file, const struct results *r, const struct report_options *options) {
  if (r->endpoint_count == 0 || r->requests == 0) return;
  int width = name_width(r), fit = columns_that_fit(width, options->width);
  table_heading(file, "LATENCY", "of answered requests, from the intended arrival; 95% interval below");
  for (int a = 0; a < LATENCY_COLUMNS; a += fit)
    print_columns(file, r, width, (struct range){a, a + fit < LATENCY_COLUMNS ? a + fit : LATENCY_COLUMNS});
  missing_words(r, print_missing, &(struct legend){file, options->width});
}

/* ---- where the time went ---- */

enum { BAR = 24, BAR_LEAST = 6, BAR_BEGINS = 73, ROWS = 6 };
#define LITTLE 0.01 /* a row under 1% of both sums is folded into the rest */

static int by_slow_time(const void *a, const void *b) {
  const struct breakdown *x = *(const struct breakdown *const *)a, *y = *(const struct breakdown *const *)b;
  if (x->slow_s != y->slow_s) return x->slow_s < y->slow_s ? 1 : -1;
  if (x->mean_s != y->mean_s) return x->mean_s < y->mean_s ? 1 : -1;
  return x < y ? -1 : 1;
}

struct part {
  const struct breakdown **rows; /* of one endpoint, the largest first */
  uint32_t count;
  double mean_s, slow_s;
  int bar; /* width of the bars; 0: none */
};

/* The bars take what the figures leave. */
static int bar_width(int width) {
  int left = width - BAR_BEGINS;
  return left >= BAR ? BAR : left >= BAR_LEAST ? left : 0;
}

static struct part rows_of(const struct results *r, const char *endpoint, const struct breakdown **room, int bar) {
  struct part part = {.rows = room, .bar = bar};
  for (uint32_t i = 0; i < r->breakdown_count; i++)
    if (!strcmp(r->breakdown[i].endpoint, endpoint)) {
      room[part.count++] = &r->breakdown[i];
      part.mean_s += r->breakdown[i].mean_s, part.slow_s += r->breakdown[i].slow_s;
    }
  if (part.count) qsort(room, part.count, sizeof *room, by_slow_time);
  return part;
}

static void print_row(FILE *file, const char *name, double mean_s, double slow_s, const struct part *part) {
  fputs("    ", file);
  table_left(file, name, 32);
  table_right(file, format_number(UNIT_SECONDS, NULL, mean_s).text, 10);
  table_right(file, format_percent(part->mean_s > 0 ? mean_s / part->mean_s : NAN).text, 6);
  table_right(file, format_number(UNIT_SECONDS, NULL, slow_s).text, 13);
  table_right(file, format_percent(part->slow_s > 0 ? slow_s / part->slow_s : NAN).text, 6);
  fputs("  ", file);
  table_bar(file, part->slow_s > 0 ? slow_s / part->slow_s : 0, part->bar);
  fputc('\n', file);
}

static bool little(const struct breakdown *b, const struct part *part) {
  return b->mean_s < LITTLE * part->mean_s && b->slow_s < LITTLE * part->slow_s;
}

static void print_part(FILE *file, const char *endpoint, const struct part *part, bool all) {
  double rest_mean = 0, rest_slow = 0;
  uint32_t rest = 0;
  fputs("  ", file);
  table_left(file, endpoint, 34);
  table_right(file, format_number(UNIT_SECONDS, NULL, part->mean_s).text, 10);
  table_right(file, format_number(UNIT_SECONDS, NULL, part->slow_s).text, 19);
  fputc('\n', file);
  for (uint32_t i = 0; i < part->count; i++) {
    const struct breakdown *b = part->rows[i];
    char name[200];
    snprintf(name, sizeof name, "%s, %s", b->component, b->kind);
    if (!all && (i >= ROWS || little(b, part)))
      rest++, rest_mean += b->mean_s, rest_slow += b->slow_s;
    else
      print_row(file, name, b->mean_s, b->slow_s, part);
  }
  char name[40];
  snprintf(name, sizeof name, "%u smaller", rest);
  if (rest) print_row(file, name, rest_mean, rest_slow, part);
}

void text_breakdown(FILE *file, const struct results *r, const struct report_options *options) {
  if (r->breakdown_count == 0) return;
  const struct breakdown **room = allocate(r->breakdown_count * sizeof *room);
  table_heading(file, "WHERE THE TIME GOES", NULL);
  table_left(file, "", 36);
  table_right(file, "mean request", 16);
  table_right(file, "slowest 1%", 19);
  fputc('\n', file);
  for (uint32_t i = 0; i < r->endpoint_count; i++) {
    struct part part = rows_of(r, r->endpoints[i], room, bar_width(options->width));
    if (part.count) print_part(file, r->endpoints[i], &part, options->verbose);
  }
  free(room);
}
