#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include "sim/report/calibration_report.h"
#include "sim/report/format.h"
#include "sim/report/text/text_table.h"
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 100, INDENT = 2, PATH_MOST = 52, LOAD = 11, MEASURE = 20, NUMBER = 12 };

static uint32_t unclaimed(const struct calibration_results *r) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < r->row_count; i++) count += !r->rows[i].claimed;
  return count;
}

char *report_calibration_sentence(const struct calibration_results *r) {
  char *text = allocate_format("%s measured, %s not identified", format_counted(r->value_count, "value", NULL).text,
                               r->gap_count ? format_count(r->gap_count).text : "none"),
       *whole;
  uint32_t lost = unclaimed(r);
  if (r->row_count && lost)
    whole = allocate_format("%s; %s of %s at loads that were held out %s not reproduced", text, format_count(lost).text,
                            format_counted(r->row_count, "figure", NULL).text, lost == 1 ? "is" : "are");
  else if (r->row_count)
    whole = allocate_format("%s; all %s at loads that were held out are reproduced", text,
                            format_counted(r->row_count, "figure", NULL).text);
  else
    whole = allocate_format("%s; nothing was held out", text);
  free(text);
  return whole;
}

static void put_head(FILE *file, const struct calibration_results *r) {
  safe_put(file, r->scenario_name);
  if (r->scenario_title) fputs(": ", file), safe_put(file, r->scenario_title);
  fprintf(file, "\n%s requests in %s at %s, from ", format_number(UNIT_COUNT, NULL, r->requests).text,
          format_counted(r->window_count, "window", NULL).text, format_counted(r->load_count, "load", NULL).text);
  for (uint32_t i = 0; i < r->file_count && i < 4; i++) fputs(i ? ", " : "", file), safe_put(file, r->files[i]);
  if (r->file_count > 4) fprintf(file, " and %u more", r->file_count - 4);
  fputc('\n', file);
}

static void put_value(FILE *file, const struct calibrated_value *v, int path, int width) {
  fprintf(file, "%*s", INDENT, "");
  table_left(file, v->path, path);
  if (format_width(v->path) > path) fprintf(file, "\n%*s", INDENT + path, "");
  fprintf(file, "  %s\n%*s", format_estimate(v->unit, NULL, &v->estimate).text, INDENT + 4, "");
  char *text = allocate_format("%s, was %s; %s", v->value, v->was ? v->was : "not there", v->source);
  table_wrapped(file, text, INDENT + 4, width);
  free(text);
  fputc('\n', file);
}

static void put_values(FILE *file, const struct calibration_results *r, int width) {
  int path = 0;
  for (uint32_t i = 0; i < r->value_count; i++)
    if (format_width(r->values[i].path) > path) path = format_width(r->values[i].path);
  if (path > PATH_MOST) path = PATH_MOST;
  table_heading(file, "MEASURED", "mean and its 95% interval; what is written, what was there, from where");
  for (uint32_t i = 0; i < r->value_count; i++) put_value(file, &r->values[i], path, width);
  if (!r->value_count) fprintf(file, "%*snothing\n", INDENT, "");
}

static void put_gaps(FILE *file, const struct calibration_results *r, int width) {
  if (!r->gap_count) return;
  table_heading(file, "NOT IDENTIFIED", "stays as the scenario has it");
  for (uint32_t i = 0; i < r->gap_count; i++) {
    char *text = allocate_format("%s: %s", r->gaps[i].what, r->gaps[i].why);
    fprintf(file, "%*s", INDENT, "");
    table_wrapped(file, text, INDENT + 4, width);
    fputc('\n', file);
    free(text);
  }
}

static void put_laws(FILE *file, const struct calibration_results *r) {
  if (!r->law_count) return;
  table_heading(file, "LAWS", "tried on the times; A2: Anderson and Darling, p by parametric bootstrap; D: Kolmogorov and Smirnov");
  for (uint32_t i = 0; i < r->law_count; i++) {
    const struct calibrated_law *l = &r->laws[i];
    fprintf(file, "%*s", INDENT, "");
    table_left(file, l->endpoint, 16);
    table_left(file, l->law, 13);
    if (!isnan(l->square)) fprintf(file, " cv %-6.3g D %-7.3g A2 %-7.3g p %.3g", l->cv, l->distance, l->square, l->p);
    fprintf(file, "%s\n", l->chosen ? "  taken" : "");
  }
}

/* Reasons have numbers, in the order in which they first appear. */
static uint32_t number_of(const struct calibration_results *r, uint32_t row, const char *reason) {
  uint32_t number = 1;
  for (uint32_t i = 0; i <= row; i++) {
    if (!r->rows[i].reason) continue;
    bool earlier = false;
    for (uint32_t k = 0; k < i; k++) earlier |= r->rows[k].reason && !strcmp(r->rows[k].reason, r->rows[i].reason);
    if (!strcmp(r->rows[i].reason, reason)) return number;
    number += !earlier;
  }
  return number;
}

static void put_row(FILE *file, const struct calibration_results *r, uint32_t i) {
  const struct calibrated_row *row = &r->rows[i];
  char error[40];
  fprintf(file, "%*s", INDENT, "");
  table_left(file, i && !strcmp(r->rows[i - 1].load, row->load) ? "" : row->load, LOAD);
  table_left(file, row->measure, MEASURE);
  table_right(file, format_number(row->unit, NULL, row->measured).text, NUMBER);
  table_right(file, isnan(row->spread) ? "-" : format_percent(row->spread).text, 8);
  table_right(file, format_number(row->unit, NULL, row->predicted).text, NUMBER);
  snprintf(error, sizeof error, "%+.1f%%", 100 * row->error);
  table_right(file, isnan(row->error) ? "-" : error, 9);
  if (!row->claimed && row->reason) fprintf(file, "  not claimed (%u)", number_of(r, i, row->reason));
  fputc('\n', file);
}

static void put_reasons(FILE *file, const struct calibration_results *r, int width) {
  uint32_t shown = 0;
  for (uint32_t i = 0; i < r->row_count; i++) {
    uint32_t number = r->rows[i].reason ? number_of(r, i, r->rows[i].reason) : 0;
    if (number <= shown) continue;
    shown = number;
    fprintf(file, "%*s(%u) ", INDENT, "", number);
    table_wrapped(file, r->rows[i].reason, INDENT + 4, width);
    fputc('\n', file);
  }
}

static void put_rows(FILE *file, const struct calibration_results *r, int width) {
  table_heading(file, "HELD OUT", r->held_out ? r->held_out : "");
  if (r->row_count) {
    fprintf(file, "%*s", INDENT, "");
    table_left(file, "load", LOAD), table_left(file, "measure", MEASURE), table_right(file, "measured", NUMBER);
    table_right(file, "spread", 8), table_right(file, "predicted", NUMBER), table_right(file, "error", 9), fputc('\n', file);
  }
  for (uint32_t i = 0; i < r->row_count; i++) put_row(file, r, i);
  put_reasons(file, r, width);
}

void report_calibration_text(FILE *file, const struct answer *a, const struct report_options *o) {
  const struct calibration_results *r = a->calibration;
  int width = o->width ? o->width : WIDTH;
  char *text = NULL, *sentence = report_calibration_sentence(r);
  size_t length = 0;
  FILE *out = allocate_stream(&text, &length);
  put_head(out, r);
  put_values(out, r, width);
  put_gaps(out, r, width);
  put_laws(out, r);
  put_rows(out, r, width);
  if (r->note_count) fputc('\n', out);
  for (uint32_t i = 0; i < r->note_count; i++) table_note(out, "note", r->notes[i], width);
  if (r->written) fputs("\nwritten: ", out), safe_put(out, r->written), fputc('\n', out);
  fprintf(out, "%s%s\n", r->written ? "" : "\n", sentence);
  fclose(out);
  table_trimmed(file, text);
  free(text), free(sentence);
}
