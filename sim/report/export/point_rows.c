#include "sim/report/export/point_rows.h"
#include "sim/engine/allocate.h"
#include "sim/report/format.h"
#include "sim/report/sweep_report.h"
#include "sim/report/verdicts.h"

static void write_table(FILE *file, const struct results *r) {
  const struct metric *p99 = results_metric(r, "all.latency", "p99", NULL), *errors = results_metric(r, "all", "error_rate", NULL);
  fprintf(file, "%22s  %9s  %10s  %s", format_estimate(p99->unit, NULL, &p99->estimate).text,
          format_value(errors->unit, NULL, &errors->estimate).text,
          format_number(UNIT_CURRENCY, r->bill.currency, r->bill.monthly).text, verdicts_both(r).text);
}

static void (*const writers[POINT_PARTS])(FILE *, const struct results *) = {
    [POINT_CSV] = report_csv_rows, [POINT_NDJSON] = report_ndjson_rest, [POINT_TABLE] = write_table};

static uint32_t code_of(enum answer_verdict verdict) {
  return verdict == ANSWER_FAILED ? POINT_FAILED : verdict == ANSWER_UNDECIDED ? POINT_UNDECIDED : POINT_HOLDS;
}

struct point_rows point_rows_of(const struct results *r) {
  struct answer a = answer_of_run(r);
  struct point_rows rows = {.code = code_of(a.verdict),
                            .statements = code_of(a.statements > a.verdict ? a.statements : a.verdict),
                            .requests = r->requests,
                            .events = r->events};
  for (int i = 0; i < POINT_PARTS; i++) {
    FILE *file = allocate_stream(&rows.parts[i].text, &rows.parts[i].length);
    writers[i](file, r);
    fclose(file);
  }
  return rows;
}
