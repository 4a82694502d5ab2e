#include "sim/report/export/csv_cell.h"
#include "sim/report/format.h"
#include "sim/report/sensitivity_report.h"

/* To 15 digits. */
static void put_value(FILE *file, double x) {
  if (!isnan(x)) fprintf(file, "%.15g", x);
  fputc(',', file);
}

static void put_row(FILE *file, const struct sensitivity_results *r, const struct sensitivity_target *t,
                    const struct sensitivity_effect *e) {
  const struct sensitivity_input *in = &r->inputs[e->input];
  const char *const front[] = {t->expression, in->path, in->value, in->low, in->high, format_unit_word(t->unit, r->currency)};
  const double values[] = {
      t->base.estimate.value, e->low.estimate.value, e->high.estimate.value, e->swing, e->swing_low, e->swing_high, e->p};
  for (size_t i = 0; i < sizeof front / sizeof *front; i++) csv_column(file, front[i]);
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) put_value(file, values[i]);
  csv_column(file, e->shown ? "yes" : "no");
  csv_column(file, e->flips ? "yes" : "no");
  const struct sensitivity_point *points[] = {&t->base, &e->low, &e->high};
  for (int i = 0; i < 3; i++) {
    const char *word = t->judged ? format_verdict_word(points[i]->verdict) : "";
    fprintf(file, "%s%s", word, i < 2 ? "," : "\r\n");
  }
}

void report_sensitivity_csv(FILE *file, const struct answer *a) {
  const struct sensitivity_results *r = a->sensitivity;
  fputs("measure,input,value,low,high,unit,at_value,at_low,at_high,swing,swing_low,swing_high,p,shown,flips,verdict,verdict_low,"
        "verdict_high\r\n",
        file);
  for (uint32_t t = 0; t < r->target_count; t++)
    for (uint32_t i = 0; i < r->input_count; i++) put_row(file, r, &r->targets[t], &r->targets[t].effects[i]);
}
