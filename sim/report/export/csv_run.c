#include "sim/report/check_report.h"
#include "sim/report/export/csv_cell.h"
#include "sim/report/export/csv_run.h"
#include "sim/report/format.h"
#include "sim/engine/allocate.h"
#include "sim/report/run_report.h"
#include "sim/report/sweep_report.h"
#include "sim/report/verdicts.h"
#include <inttypes.h>
#include <stdlib.h>

struct row {
  const char *kind, *metric, *aggregate, *label, *verdict, *source, *reason, *severity; /* severity: null where there is none */
  enum unit unit;
  const struct estimate *estimate;
};

static void write_row(FILE *file, const struct results *r, const struct row *row) {
  const char *const front[] = {r->scenario_name, row->kind, row->metric, row->aggregate, row->label};
  const struct estimate *e = row->estimate;
  for (size_t i = 0; i < sizeof front / sizeof *front; i++) csv_column(file, front[i]);
  csv_column_number(file, e->value);
  csv_column(file, format_unit_word(row->unit, r->bill.currency));
  csv_column_number(file, e->exact ? e->value : e->low);
  csv_number(file, e->exact ? e->value : e->high);
  fprintf(file, ",%" PRIu64 ",", e->n);
  csv_column(file, row->verdict);
  csv_column(file, row->source);
  csv_column(file, row->reason);
  csv_cell(file, row->severity);
  fputs("\r\n", file);
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

void csv_run_header(FILE *file) {
  fputs("scenario,kind,metric,agg,label,value,unit,ci_low,ci_high,n,verdict,source,reason,severity\r\n", file);
}

void report_csv_write(FILE *file, const struct results *r) {
  csv_run_header(file);
  report_csv_rows(file, r);
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

void csv_run_behind(FILE *file, const struct point_section *rows, void (*front)(FILE *, const void *), const void *of) {
  for (size_t at = 0, row; at < rows->length; at += row) {
    row = row_length(rows->text + at, rows->length - at);
    front(file, of);
    fwrite(rows->text + at, 1, row, file);
  }
}

/* --- several ------------------------------------------------------------------------------------------------------------------ */

static void put_file(FILE *file, const void *name) { csv_column(file, name); }

void report_check_csv(FILE *file, const struct answer *a) {
  bool first = true;
  for (uint32_t i = 0; i < a->check->count; i++) {
    const struct check_row *row = &a->check->rows[i];
    if (!row->results) continue;
    struct point_section rows;
    FILE *stream = allocate_stream(&rows.text, &rows.length);
    report_csv_rows(stream, row->results);
    fclose(stream);
    if (first) {
      fputs("file,", file);
      csv_run_header(file);
    }
    csv_run_behind(file, &rows, put_file, row->file);
    free(rows.text);
    first = false;
  }
}
