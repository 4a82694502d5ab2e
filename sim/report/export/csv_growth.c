#include "sim/report/export/csv_cell.h"
#include "sim/report/growth_report.h"

static void put(FILE *file, const struct outlook_results *r, const struct outlook_month *m, const char *kind, const char *name,
                const char *unit, const struct estimate *e, const char *verdict) {
  csv_column(file, r->scenario_name);
  csv_column_number(file, m->month);
  csv_column(file, m->beyond ? "beyond" : m->replications ? "run" : "between");
  csv_column_number(file, m->users);
  csv_column_number(file, m->load_per_s);
  csv_column_number(file, m->peak_per_s);
  csv_column(file, kind);
  csv_column(file, name);
  csv_column(file, unit);
  csv_column_number(file, e->value);
  csv_column_number(file, e->low);
  csv_column_number(file, e->high);
  csv_cell(file, verdict);
  fputs("\r\n", file);
}

void report_growth_csv(FILE *file, const struct answer *a) {
  const struct outlook_results *r = a->growth;
  fputs("scenario,month,how,users,load_per_s,peak_per_s,kind,name,unit,value,low,high,verdict\r\n", file);
  for (uint32_t i = 0; i < r->month_count; i++) {
    const struct outlook_month *m = &r->table[i];
    for (uint32_t k = 0; k < r->requirement_count; k++) {
      const struct outlook_requirement *q = &r->requirements[k];
      put(file, r, m, "requirement", q->expression, format_unit_word(q->unit, r->currency), &m->values[k].estimate,
          format_verdict_word(m->values[k].verdict));
    }
    for (uint32_t k = 0; k < r->resource_count; k++) put(file, r, m, "resource", r->resources[k], "ratio", &m->busy[k], "");
    put(file, r, m, "bill", "cost(month)", r->currency, &m->cost, "");
  }
}
