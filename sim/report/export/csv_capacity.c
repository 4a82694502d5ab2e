#include "sim/report/capacity_report.h"
#include "sim/report/export/csv_cell.h"
#include "sim/report/format.h"

static void write_row(FILE *file, const struct capacity_result *r, const struct capacity_level *l, uint32_t bound) {
  const struct capacity_bound *b = &r->bounds[bound];
  const struct estimate *e = &l->verdicts[bound].estimate;
  csv_column(file, r->scenario_name);
  csv_column(file, r->path);
  csv_column(file, l->text);
  csv_number(file, l->value);
  fprintf(file, ",%u,%s,", l->replications, l->scanned ? "scan" : "look");
  csv_column(file, capacity_bound_text(r, bound).text);
  csv_column(file, b->id);
  csv_column_number(file, e->value);
  csv_column(file, format_unit_word(b->unit, r->currency));
  csv_column_number(file, e->exact ? e->value : e->low);
  csv_number(file, e->exact ? e->value : e->high);
  fprintf(file, ",%llu,%s\r\n", (unsigned long long)e->n, format_verdict_word(l->verdicts[bound].verdict));
}

void report_capacity_csv(FILE *file, const struct answer *a) {
  const struct capacity_result *r = a->capacity;
  fputs("scenario,path,set,level,replications,run,claim,id,value,unit,ci_low,ci_high,n,verdict\r\n", file);
  for (uint32_t i = 0; i < r->level_count; i++)
    for (uint32_t k = 0; k < r->bound_count; k++) write_row(file, r, &r->levels[i], k);
}
