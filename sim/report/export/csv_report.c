#include "sim/report/compare_report.h"
#include "sim/report/export/csv_cell.h"
#include "sim/report/format.h"
#include "sim/report/export/report.h"
#include "sim/engine/allocate.h"
#include "sim/report/verdicts.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct row {
  const char *kind, *metric, *aggregate, *label, *verdict, *source, *reason, *severity; /* severity: null where there is none */
  enum unit unit;
  const struct estimate *estimate;
};

static void write_row(FILE *file, const struct results *r, const struct row *row) {
  const char *const front[] = {r->scenario_name, row->kind, row->metric, row->aggregate, row->label};
  const struct estimate *e = row->estimate;
  for (size_t i = 0; i < sizeof front / sizeof *front; i++) csv_cell(file, front[i]), fputc(',', file);
  csv_number(file, e->value), fputc(',', file);
  csv_cell(file, format_unit_word(row->unit, r->bill.currency)), fputc(',', file);
  csv_number(file, e->exact ? e->value : e->low), fputc(',', file);
  csv_number(file, e->exact ? e->value : e->high);
  fprintf(file, ",%" PRIu64 ",", e->n);
  csv_cell(file, row->verdict), fputc(',', file);
  csv_cell(file, row->source), fputc(',', file);
  csv_cell(file, row->reason), fputc(',', file);
  csv_cell(file, row->severity), fputs("\r\n", file);
}

static void write_metric(FILE *file, const struct results *r, const struct metric *m) {
  char *label = m->label ? allocate_format("%s=%s", m->label, m->label_value ? m->label_value : "") : NULL;
  write_row(file, r, &(struct row){"metric", m->name, m->aggregate, label, "", "", m->reason, NULL, m->unit, &m->estimate});
  free(label);
}

/* The verdict of all requirements, and that of all statements: n is how many there are. */
static void write_overall(FILE *file, const struct results *r, const char *of, enum verdict verdict, uint32_t count) {
  struct estimate none = {NAN, NAN, NAN, count, false};
  if (count) write_row(file, r, &(struct row){"verdict", of, "", "", format_verdict_word(verdict), "", "", NULL, UNIT_NONE, &none});
}

/* A claim's kind is that of its row, its metric is its whole expression and its label is its id: what one filters by. */
static void write_claim(FILE *file, const struct results *r, const struct claim_result *c) {
  const char *verdict = c->verdict == VERDICT_NONE ? "" : format_verdict_word(c->verdict);
  const char *severity = c->kind == CLAIM_REQUIREMENT ? format_severity_word(c->severity) : NULL;
  char *left_out = c->leaves_out ? allocate_format("leaves out: %s", c->leaves_out) : NULL;
  write_row(file, r,
            &(struct row){verdict_kind_word(c->kind), c->expression, "", c->id, verdict, c->source,
                          c->reason ? c->reason : left_out, severity, c->unit, &c->estimate});
  free(left_out);
}

void report_csv_rows(FILE *file, const struct results *r) {
  struct verdict_sum sum = verdicts_of(r);
  write_overall(file, r, "requirements", sum.requirements.overall, sum.requirements.count);
  write_overall(file, r, "statements", sum.statements.overall, sum.statements.count);
  for (uint32_t i = 0; i < r->claim_count; i++) write_claim(file, r, &r->claims[i]);
  for (uint32_t i = 0; i < r->metric_count; i++) write_metric(file, r, &r->metrics[i]);
  static const struct estimate nothing = {NAN, NAN, NAN, 0, false};
  if (r->interrupted) write_row(file, r, &(struct row){"note", "interrupted", "", "", "", "", "", NULL, UNIT_NONE, &nothing});
}

static void write_header(FILE *file) {
  fputs("scenario,kind,metric,agg,label,value,unit,ci_low,ci_high,n,verdict,source,reason,severity\r\n", file);
}

void report_csv_write(FILE *file, const struct results *r) {
  write_header(file);
  report_csv_rows(file, r);
}

void report_sweep_csv_header(FILE *file, const struct sweep_point *point) {
  fputs("point,hash,", file);
  for (uint32_t i = 0; i < point->axes; i++) csv_cell(file, point->paths[i]), fputc(',', file);
  write_header(file);
}

/* A line of CSV ends at a line feed outside of quotes. */
static size_t row_length(const char *row, size_t length) {
  bool quoted = false;
  for (size_t i = 0; i < length; i++) {
    if (row[i] == '"') quoted = !quoted;
    if (row[i] == '\n' && !quoted) return i + 1;
  }
  return length;
}

void report_csv_of_file(FILE *file, const char *name, const struct results *r, bool header) {
  char *rows = NULL;
  size_t length = 0;
  FILE *stream = allocate_stream(&rows, &length);
  report_csv_rows(stream, r);
  fclose(stream);
  if (header) fputs("file,", file), write_header(file);
  for (size_t at = 0, row; at < length; at += row) {
    row = row_length(rows + at, length - at);
    csv_cell(file, name), fputc(',', file);
    fwrite(rows + at, 1, row, file);
  }
  free(rows);
}

void report_sweep_csv(FILE *file, const struct sweep_point *point, const char *rows, size_t length) {
  while (length > 0) {
    size_t row = row_length(rows, length);
    fprintf(file, "%llu,%s,", (unsigned long long)point->number, point->hash);
    for (uint32_t i = 0; i < point->axes; i++) csv_cell(file, point->values[i]), fputc(',', file);
    fwrite(rows, 1, row, file);
    rows += row, length -= row;
  }
}

/* --- a comparison --------------------------------------------------------------------------------------------------------------- */

static void write_difference(FILE *file, const struct compare_results *c, const struct compare_row *row, const char *kind,
                             const char *verdict) {
  const char *const front[] = {compare_file(c, row->system), kind, row->metric, row->aggregate,
                               format_unit_word(row->unit, c->currency)};
  const double numbers[] = {row->base.value,      row->value.value,    row->difference.value, row->difference.low,
                            row->difference.high, row->relative.value, row->relative.low,     row->relative.high,
                            row->p_adjusted,      row->variance_ratio};
  for (size_t i = 0; i < sizeof front / sizeof *front; i++) csv_cell(file, front[i]), fputc(',', file);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) csv_number(file, numbers[i]), fputc(',', file);
  fprintf(file, "%" PRIu64 ",", row->difference.n);
  csv_cell(file, verdict), fputs("\r\n", file);
}

static void write_candidate(FILE *file, const struct compare_results *c, uint32_t i) {
  const struct best_result *b = c->best;
  struct compare_row row = {.aggregate = "", .metric = b->objective, .system = i, .unit = b->unit};
  row.base = row.relative = row.difference = (struct estimate){NAN, NAN, NAN, b->systems[i].replications, false};
  row.p_adjusted = row.variance_ratio = NAN, row.value = b->systems[i].mean;
  write_difference(file, c, &row, "candidate", i != b->best ? "" : b->decided ? "best" : "best so far");
}

void report_compare_csv(FILE *file, const struct compare_results *c) {
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
