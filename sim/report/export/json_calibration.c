#include "sim/json/json_writer.h"
#include "sim/report/calibration_report.h"
#include "sim/report/format.h"
#include <stdlib.h>

static void add_value(struct json_writer *w, const void *of, uint32_t i) {
  const struct calibrated_value *v = &((const struct calibration_results *)of)->values[i];
  json_add_text(w, "path", v->path);
  json_add_text(w, "unit", format_unit_word(v->unit, NULL));
  json_add_number(w, "value", v->estimate.value);
  json_add_pair(w, "ci95", v->estimate.low, v->estimate.high);
  json_add_count(w, "windows", v->estimate.n);
  json_add_text(w, "written", v->value);
  json_add_text(w, "was", v->was);
  json_add_text(w, "source", v->source);
}

static void add_gap(struct json_writer *w, const void *of, uint32_t i) {
  const struct calibrated_gap *g = &((const struct calibration_results *)of)->gaps[i];
  json_add_text(w, "what", g->what);
  json_add_text(w, "why", g->why);
}

static void add_law(struct json_writer *w, const void *of, uint32_t i) {
  const struct calibrated_law *l = &((const struct calibration_results *)of)->laws[i];
  json_add_text(w, "endpoint", l->endpoint);
  json_add_text(w, "law", l->law);
  json_add_number(w, "cv", l->cv);
  json_add_number(w, "distance", l->distance);
  json_add_number(w, "anderson_darling", l->square);
  json_add_number(w, "p", l->p);
  json_add_flag(w, "taken", l->chosen);
}

static void add_row(struct json_writer *w, const void *of, uint32_t i) {
  const struct calibrated_row *r = &((const struct calibration_results *)of)->rows[i];
  json_add_text(w, "load", r->load);
  json_add_text(w, "measure", r->measure);
  json_add_text(w, "unit", format_unit_word(r->unit, NULL));
  json_add_number(w, "measured", r->measured);
  json_add_number(w, "spread", r->spread);
  json_add_number(w, "predicted", r->predicted);
  json_add_number(w, "error", r->error);
  json_add_flag(w, "claimed", r->claimed);
  json_add_text(w, "reason", r->reason);
}

void report_calibration_json(FILE *file, const struct answer *a) {
  const struct calibration_results *r = a->calibration;
  struct json_writer writer = json_writer(file, 0), *w = &writer;
  char *sentence = report_calibration_sentence(r);
  json_open(w, '{');
  json_add_count(w, "aguanta_calibration", 1);
  json_key(w, "scenario");
  json_open_line(w, '{');
  json_add_text(w, "name", r->scenario_name);
  json_add_text(w, "file", r->scenario_file);
  json_close_line(w, '}');
  json_add_texts(w, "files", r->files, r->file_count);
  json_add_count(w, "windows", r->window_count);
  json_add_count(w, "loads", r->load_count);
  json_add_number(w, "requests", r->requests);
  json_add_number(w, "seconds", r->seconds);
  json_add_records(w, "values", r, r->value_count, add_value);
  json_add_records(w, "not_identified", r, r->gap_count, add_gap);
  json_add_records(w, "laws", r, r->law_count, add_law);
  json_add_text(w, "held_out_how", r->held_out);
  json_add_records(w, "held_out", r, r->row_count, add_row);
  json_add_texts(w, "notes", r->notes, r->note_count);
  json_add_text(w, "written", r->written);
  json_add_text(w, "answer", sentence);
  json_close(w, '}');
  fputc('\n', file);
  free(sentence);
}
