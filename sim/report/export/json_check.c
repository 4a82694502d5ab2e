/* Several results as JSON: "aguanta_check": 1. */
#include "sim/json/json_writer.h"
#include "sim/report/check_report.h"
#include "sim/report/run_report.h"

static void write_row(struct json_writer *w, const void *of, uint32_t i) {
  const struct check_row *row = &((const struct check_results *)of)->rows[i];
  json_add_text(w, "file", row->file);
  json_key(w, "exit_code");
  fprintf(w->file, "%d", row->exit_code);
  if (!row->results) {
    json_add_null(w, "result");
    return;
  }
  json_key(w, "result");
  report_json_write(w->file, row->results);
}

static void write_difference(struct json_writer *w, const void *of, uint32_t i) {
  const struct check_difference *d = &((const struct check_page *)of)->differences[i];
  json_add_count(w, "line", d->line);
  json_add_count(w, "column", d->column);
  json_add_text(w, "kind", d->kind);
  json_add_text(w, "text", d->text);
}

static void write_sums(struct json_writer *w, const struct check_page *p) {
  const struct requirement_sum *q = &p->requirements;
  const struct statement_sum *s = &p->statements;
  json_add_count(w, "ids", p->ids);
  json_add_count(w, "listed", p->listed);
  json_add_count(w, "claims", p->claims);
  json_add_count(w, "scenarios", p->scenarios);
  json_add_count(w, "compared", p->compared);
  json_add_count(w, "empty", p->empty);
  json_key(w, "requirements");
  json_open(w, '{');
  json_add_count(w, "kept", q->pass);
  json_add_count(w, "broken", q->fail + q->warnings);
  json_add_count(w, "open", q->undecided + q->no_data + q->open);
  json_close(w, '}');
  json_key(w, "statements");
  json_open(w, '{');
  json_add_count(w, "confirmed", s->confirmed);
  json_add_count(w, "better", s->better);
  json_add_count(w, "contradicted", s->contradicted);
  json_add_count(w, "open", s->undecided + s->no_data);
  json_close(w, '}');
  json_add_text(w, "finding", p->finding);
}

static void write_page(struct json_writer *w, const void *of, uint32_t i) {
  const struct check_page *p = &((const struct check_results *)of)->pages[i];
  json_add_text(w, "file", p->file);
  json_key(w, "exit_code");
  fprintf(w->file, "%d", p->exit_code);
  if (!p->judged) return;
  write_sums(w, p);
  json_add_records(w, "differences", p, p->difference_count, write_difference);
}

void report_check_json(FILE *file, const struct answer *a) {
  struct json_writer writer = json_writer(file, 0), *w = &writer;
  json_open(w, '{');
  json_add_count(w, "aguanta_check", 1);
  json_add_records(w, "scenarios", a->check, a->check->count, write_row);
  if (a->check->page_count) json_add_records(w, "pages", a->check, a->check->page_count, write_page);
  json_close(w, '}');
  fputc('\n', file);
}
