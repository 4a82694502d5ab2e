/* What is counted beside requests: attempts, tickets, lines that people stand in. */
#include "sim/report/format.h"
#include "sim/report/text/text_table.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>

/* The columns of a kind: an aggregate of the metric, and what it is called. */
static const struct {
  enum meter_row_kind kind;
  const char *heading[3], *aggregate[3];
} kinds[] = {{METER_ROW_COUNT, {"in all", "a second", ""}, {"count", "rate", NULL}},
             {METER_ROW_LEVEL, {"mean", "lowest", "highest"}, {"mean", "min", "max"}},
             {METER_ROW_TIME, {"mean", "p95", "longest"}, {"mean", "p95", "max"}}};

static void print_cell(FILE *file, const struct metric *m, bool interval) {
  table_right(file, m ? format_value(m->unit, NULL, &m->estimate).text : "-", 10);
  fputc(' ', file);
  if (interval) table_left(file, m ? format_interval(m->unit, NULL, &m->estimate).text : "", 17);
}

static void print_heading(FILE *file, size_t kind) {
  table_left(file, "", 30);
  table_right(file, kinds[kind].heading[0], 10);
  table_right(file, kinds[kind].heading[1], 29);
  table_right(file, kinds[kind].heading[2], kinds[kind].kind == METER_ROW_TIME ? 29 : 11);
  fputc('\n', file);
}

static void print_row(FILE *file, const struct results *r, const struct meter_row *row, size_t kind) {
  fputs("  ", file);
  table_left(file, row->name, 28);
  for (int i = 0; i < 3 && kinds[kind].aggregate[i]; i++)
    print_cell(file, results_metric(r, row->name, kinds[kind].aggregate[i], NULL), !i || (i == 1 && row->kind != METER_ROW_LEVEL));
  fputc('\n', file);
}

/* Nothing of it happened in any replication: neither a number above 0 nor a time. */
static bool is_idle(const struct results *r, const struct meter_row *row) {
  static const char *const of[] = {[METER_ROW_COUNT] = "count", [METER_ROW_LEVEL] = "max", [METER_ROW_TIME] = "max"};
  const struct metric *m = results_metric(r, row->name, of[row->kind], NULL);
  return !m || isnan(m->estimate.value) || m->estimate.value == 0;
}

/* What stayed at 0 is shown only where all is asked for. */
static bool is_shown(const struct results *r, const struct meter_row *row, const struct report_options *options) {
  return options->verbose || !is_idle(r, row);
}

void text_meters(FILE *file, const struct results *r, const struct report_options *options) {
  uint32_t shown = 0;
  for (uint32_t i = 0; i < r->meter_count; i++) shown += is_shown(r, &r->meters[i], options);
  if (!shown || !r->requests) return;
  table_heading(file, "COUNTED", "in addition to requests, in one replication");
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    bool any = false;
    for (uint32_t i = 0; i < r->meter_count; i++) {
      if (r->meters[i].kind != kinds[k].kind || !is_shown(r, &r->meters[i], options)) continue;
      if (!any) print_heading(file, k);
      print_row(file, r, &r->meters[i], k);
      any = true;
    }
  }
}
