#include "sim/report/compare_report.h"
#include "sim/report/export/csv_cell.h"
#include "sim/report/format.h"
#include <inttypes.h>

static void write_difference(FILE *file, const struct compare_results *c, const struct compare_row *row, const char *kind,
                             const char *verdict) {
  const char *const front[] = {compare_file(c, row->system), kind, row->metric, row->aggregate,
                               format_unit_word(row->unit, c->currency)};
  const double numbers[] = {row->base.value,      row->value.value,    row->difference.value, row->difference.low,
                            row->difference.high, row->relative.value, row->relative.low,     row->relative.high,
                            row->p_adjusted,      row->variance_ratio};
  for (size_t i = 0; i < sizeof front / sizeof *front; i++) csv_column(file, front[i]);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) csv_column_number(file, numbers[i]);
  fprintf(file, "%" PRIu64 ",", row->difference.n);
  csv_cell(file, verdict);
  fputs("\r\n", file);
}

static void write_candidate(FILE *file, const struct compare_results *c, uint32_t i) {
  const struct best_result *b = c->best;
  struct compare_row row = {.aggregate = "", .metric = b->objective, .system = i, .unit = b->unit};
  row.base = row.relative = row.difference = (struct estimate){NAN, NAN, NAN, b->systems[i].replications, false};
  row.p_adjusted = row.variance_ratio = NAN, row.value = b->systems[i].mean;
  write_difference(file, c, &row, "candidate", i != b->best ? "" : b->decided ? "best" : "best so far");
}

void report_compare_csv(FILE *file, const struct answer *a) {
  const struct compare_results *c = a->compare;
  fputs("file,kind,metric,agg,unit,base,value,difference,difference_low,difference_high,relative,relative_low,relative_high,p_holm,"
        "variance_ratio,pairs,verdict\r\n",
        file);
  for (uint32_t i = 0; i < c->limit_count; i++)
    write_difference(file, c, &c->limits[i].row, "limit", format_verdict_word(c->limits[i].verdict));
  for (uint32_t i = 0; i < c->row_count; i++)
    write_difference(file, c, &c->rows[i], c->rows[i].detail ? "detail" : "row",
                     c->rows[i].reason  ? "no number"
                     : c->rows[i].shown ? "shown"
                                        : "not shown");
  for (uint32_t i = 0; c->best && i < c->system_count; i++) write_candidate(file, c, i);
}
