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

void report_check_json(FILE *file, const struct answer *a) {
  struct json_writer writer = json_writer(file, 0), *w = &writer;
  json_open(w, '{');
  json_add_count(w, "aguanta_check", 1);
  json_add_records(w, "scenarios", a->check, a->check->count, write_row);
  json_close(w, '}');
  fputc('\n', file);
}
