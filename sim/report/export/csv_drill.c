#include "sim/report/drill_report.h"
#include "sim/report/export/csv_cell.h"

static void put_estimate(FILE *file, const struct estimate *e) {
  csv_column_number(file, e->value);
  csv_column_number(file, e->low);
  csv_column_number(file, e->high);
}

static void write_row(FILE *file, const struct drill_results *r, const struct drill_fault *f, uint32_t i) {
  const struct drill_requirement *q = &r->requirements[i];
  const struct drill_cell *c = &f->cells[i];
  csv_column(file, r->scenario_name);
  csv_column(file, f->name);
  csv_column(file, f->kind);
  csv_column(file, q->expression);
  csv_column(file, format_severity_word(q->severity));
  csv_column(file, format_unit_word(q->unit, NULL));
  csv_column_number(file, c->before.value);
  csv_column_number(file, c->worst.value);
  csv_column_number(file, c->after.value);
  fprintf(file, "%u,%u,%u,", r->replications, c->broken, c->back);
  put_estimate(file, &c->recovery);
  put_estimate(file, &f->served_again);
  put_estimate(file, &f->failed);
  csv_column_number(file, f->lost_writes_s.value);
  csv_cell(file, format_verdict_word(c->verdict));
  fputs("\r\n", file);
}

void report_drill_csv(FILE *file, const struct answer *a) {
  const struct drill_results *r = a->drill;
  fputs("scenario,fault,kind,requirement,severity,unit,before,worst,after,replications,broken,back,recovery_s,recovery_low_s,"
        "recovery_high_s,served_again_s,served_again_low_s,served_again_high_s,failed,failed_low,failed_high,lost_writes_s,"
        "verdict\r\n",
        file);
  for (uint32_t i = 0; i < r->fault_count && !r->interrupted; i++)
    for (uint32_t k = 0; k < r->requirement_count; k++) write_row(file, r, &r->faults[i], k);
}
