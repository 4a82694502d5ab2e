#include "sim/report/csv_cell.h"
#include "sim/report/format.h"
#include "sim/report/report.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void csv_cell(FILE *file, const char *text) {
  if (!text) return;
  const char *guard = *text && strchr("=+-@\t\r", *text) ? "'" : "";
  if (!text[strcspn(text, ",\"\r\n")]) {
    fprintf(file, "%s%s", guard, text);
    return;
  }
  fprintf(file, "\"%s", guard);
  for (; *text; text++) {
    if (*text == '"') fputc('"', file);
    fputc(*text, file);
  }
  fputc('"', file);
}

void csv_number(FILE *file, double value) {
  char text[40];
  if (!isfinite(value)) return;
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  fputs(text, file);
}

struct row {
  const char *kind, *metric, *aggregate, *label, *verdict, *source;
  enum unit unit;
  const struct estimate *estimate;
};

static void write_row(FILE *file, const struct results *r, const struct row *row, const struct sweep_point *point) {
  for (uint32_t i = 0; point && i <= point->axes; i++) {
    if (i == 0)
      fprintf(file, "%u", point->number);
    else
      csv_cell(file, point->values[i - 1]);
    fputc(',', file);
  }
  const char *const front[] = {r->scenario_name, row->kind, row->metric, row->aggregate, row->label};
  const struct estimate *e = row->estimate;
  for (size_t i = 0; i < sizeof front / sizeof *front; i++) csv_cell(file, front[i]), fputc(',', file);
  csv_number(file, e->value), fputc(',', file);
  csv_cell(file, format_unit_word(row->unit, r->bill.currency)), fputc(',', file);
  csv_number(file, e->exact ? e->value : e->low), fputc(',', file);
  csv_number(file, e->exact ? e->value : e->high);
  fprintf(file, ",%" PRIu64 ",", e->n);
  csv_cell(file, row->verdict), fputc(',', file);
  csv_cell(file, row->source), fputs("\r\n", file);
}

static void write_metric(FILE *file, const struct results *r, const struct metric *m, const struct sweep_point *point) {
  char *label = NULL;
  if (m->label && asprintf(&label, "%s=%s", m->label, m->label_value ? m->label_value : "") < 0) abort();
  write_row(file, r, &(struct row){"metric", m->name, m->aggregate, label, "", "", m->unit, &m->estimate}, point);
  free(label);
}

/* A claim's metric is its whole expression and its label is its id: both are what one filters by. */
static void write_rows(FILE *file, const struct results *r, const struct sweep_point *point) {
  for (uint32_t i = 0; i < r->claim_count; i++) {
    const struct claim_result *c = &r->claims[i];
    write_row(file, r,
              &(struct row){"claim", c->expression, "", c->id, format_verdict_word(c->verdict), c->source, c->unit, &c->estimate},
              point);
  }
  for (uint32_t i = 0; i < r->metric_count; i++) write_metric(file, r, &r->metrics[i], point);
  static const struct estimate nothing = {NAN, NAN, NAN, 0, false};
  if (r->interrupted) write_row(file, r, &(struct row){"note", "interrupted", "", "", "", "", UNIT_NONE, &nothing}, point);
}

static void write_header(FILE *file) {
  fputs("scenario,kind,metric,agg,label,value,unit,ci_low,ci_high,n,verdict,source\r\n", file);
}

void report_csv_write(FILE *file, const struct results *r) {
  write_header(file);
  write_rows(file, r, NULL);
}

void report_sweep_csv(FILE *file, const struct results *r, const struct sweep_point *point) {
  if (point->number == 0) {
    fputs("point,", file);
    for (uint32_t i = 0; i < point->axes; i++) csv_cell(file, point->paths[i]), fputc(',', file);
    write_header(file);
  }
  write_rows(file, r, point);
}
