/* The rows as text, Markdown and JSON. */
#include "sim/engine/arena.h"
#include "sim/json/json_writer.h"
#include "tests/real/real.h"
#include <string.h>

static const char *const unit_names[] = {"ms", "/s", "", "s", ""};

static void put_value(char *out, size_t size, double x, enum real_unit unit) {
  double shown = unit == REAL_MS ? 1e3 * x : unit == REAL_RATIO ? 100 * x : x;
  if (isnan(x))
    snprintf(out, size, "-");
  else
    snprintf(out, size, "%.4g%s%s", shown,
             unit == REAL_RATIO                               ? "%"
             : *unit_names[unit] == '/' || !*unit_names[unit] ? ""
                                                              : " ",
             unit == REAL_RATIO ? "" : unit_names[unit]);
}

static void put_error(char *out, size_t size, const struct real_row *row) {
  if (isnan(row->error))
    snprintf(out, size, "-");
  else if (isinf(row->error))
    snprintf(out, size, "never");
  else if (row->unit == REAL_S)
    snprintf(out, size, "%+.0f s", row->error);
  else
    snprintf(out, size, "%+.1f%s", 100 * row->error, row->unit == REAL_RATIO ? " points" : "%");
}

static void put_limit(char *out, size_t size, const struct real_row *row) {
  if (isnan(row->limit))
    snprintf(out, size, "-");
  else if (row->unit == REAL_S)
    snprintf(out, size, "%.0f s", row->limit);
  else
    snprintf(out, size, "%.1f%s", 100 * row->limit, row->unit == REAL_RATIO ? " points" : "%");
}

static const char *verdict(const struct real_row *row) {
  return isnan(row->error) && !row->within ? "no prediction" : row->within ? "within" : row->goal ? "MISSED" : "off";
}

static const char *kind_of(const struct real_row *row) { return row->without ? "without" : row->fitted ? "fitted" : ""; }

/* --- summaries ------------------------------------------------------------------------------------------------------------- */

/* Which rows: of loads that nothing was fitted to, or of loads predicted by values that were derived without them. */
enum side { UNFITTED, WITHOUT, SIDES };

struct errors {
  uint32_t count, within;
  double median, worst;
};

struct summary {
  uint32_t goals, within, by_spread, fitted, fitted_within, rows, rows_within;
  struct errors of[SIDES][REAL_LATENCIES];
};

static const enum real_latency judged[] = {REAL_MEAN, REAL_P95, REAL_P99};
enum { JUDGED = sizeof judged / sizeof *judged };
static const double MEDIAN_GOAL = 0.04; /* of the mean, over loads that nothing was fitted to */

static bool on_side(const struct real_row *row, enum side side) {
  return side == WITHOUT ? row->without : row->goal && !row->fitted && !row->without;
}

static struct errors errors_of(const struct real *r, enum side side, const char *measure) {
  double *errors = arena_new_array(r->arena, double, r->row_count + 1);
  struct errors e = {0, 0, NAN, NAN};
  for (uint32_t i = 0; i < r->row_count; i++) {
    const struct real_row *row = &r->rows[i];
    if (!on_side(row, side) || strcmp(row->measure, measure) != 0 || !isfinite(row->error)) continue;
    double x = fabs(row->error);
    uint32_t at = e.count++;
    for (; at && errors[at - 1] > x; at--) errors[at] = errors[at - 1];
    errors[at] = x, e.within += row->within;
  }
  if (e.count) e.median = 0.5 * (errors[(e.count - 1) / 2] + errors[e.count / 2]), e.worst = errors[e.count - 1];
  return e;
}

static struct summary summary_of(const struct real *r) {
  struct summary s = {0};
  for (uint32_t i = 0; i < r->row_count; i++) {
    const struct real_row *row = &r->rows[i];
    if (row->without) continue;
    s.rows++, s.rows_within += row->within;
    if (!row->goal) continue;
    s.goals++, s.within += row->within, s.by_spread += row->within && row->by_spread;
    s.fitted += row->fitted, s.fitted_within += row->fitted && row->within;
  }
  for (int side = 0; side < SIDES; side++)
    for (int k = 0; k < JUDGED; k++) s.of[side][judged[k]] = errors_of(r, (enum side)side, real_latency_names[judged[k]]);
  return s;
}

static bool median_missed(const struct summary *s) { return s->of[UNFITTED][REAL_MEAN].median > MEDIAN_GOAL; }

bool real_good(const struct real *r) {
  struct summary s = summary_of(r);
  return !r->fault_count && s.within == s.goals && !median_missed(&s);
}

/* --- what it comes to ------------------------------------------------------------------------------------------------------- */

static void put_side(const struct summary *s, enum side side, const char *how, FILE *out) {
  for (int k = 0; k < JUDGED; k++) {
    const struct errors *e = &s->of[side][judged[k]];
    if (!e->count) continue;
    fprintf(out, "- %s, %u load%s %s: off by %.1f%% in the median and by %.1f%% at most; %u within the bound.\n",
            real_latency_names[judged[k]], e->count, e->count == 1 ? "" : "s", how, 100 * e->median, 100 * e->worst, e->within);
  }
}

/* What is missed comes first, and what a kept goal is worth with it. */
static void put_summary(const struct real *r, FILE *out) {
  struct summary s = summary_of(r);
  if (median_missed(&s))
    fprintf(out, "MISSED: the mean at loads that nothing was fitted to is off by %.1f%% in the median, and the goal is %.0f%%.\n",
            100 * s.of[UNFITTED][REAL_MEAN].median, 100 * MEDIAN_GOAL);
  if (s.within < s.goals) fprintf(out, "MISSED: %u of %u rows that are goals.\n", s.goals - s.within, s.goals);
  if (!real_good(r)) fputs("`make real` therefore fails.\n", out);
  fprintf(out, "Of %u rows that are goals %u are kept, %u of these only because 1.5 times the spread is more than the bound. ",
          s.goals, s.within, s.by_spread);
  fprintf(out, "Values were derived from %u of the %u, which therefore show little: of the other %u, %u are kept. ", s.fitted,
          s.goals, s.goals - s.fitted, s.within - s.fitted_within);
  fprintf(out, "Of all %u rows %u are within their bounds.\n\n", s.rows, s.rows_within);
  put_side(&s, UNFITTED, "that nothing was fitted to", out);
  put_side(&s, WITHOUT, "predicted by values derived without them (*without*)", out);
}

/* --- text ------------------------------------------------------------------------------------------------------------------- */

void real_print(const struct real *r, FILE *out) {
  fprintf(out, "%-22s %-10s %-44s %11s %7s %11s %9s %8s  %s\n", "recording", "point", "measure", "measured", "spread", "predicted",
          "error", "bound", "");
  for (uint32_t i = 0; i < r->row_count; i++) {
    const struct real_row *row = &r->rows[i];
    char measured[40], predicted[40], error[40], spread[20] = "-", limit[40];
    put_value(measured, sizeof measured, row->measured.value, row->unit);
    put_value(predicted, sizeof predicted, row->predicted, row->unit);
    put_error(error, sizeof error, row);
    if (isfinite(row->measured.spread)) snprintf(spread, sizeof spread, "%.1f%%", 100 * row->measured.spread);
    put_limit(limit, sizeof limit, row);
    fprintf(out, "%-22s %-10s %-44s %11s %7s %11s %9s %8s  %s%s%s%s%s\n", row->recording, row->point, row->measure, measured,
            spread, predicted, error, limit, verdict(row), *kind_of(row) ? ", " : "", kind_of(row), row->why ? ": " : "",
            row->why ? row->why : "");
  }
  fputs("\n", out);
  put_summary(r, out);
  for (uint32_t i = 0; i < r->fault_count; i++) fprintf(out, "error: %s\n", r->faults[i]);
}

/* --- Markdown ------------------------------------------------------------------------------------------------------------- */

static void markdown_row(FILE *out, const struct real_row *row) {
  char measured[40], predicted[40], low[40], high[40], error[40], spread[20] = "", limit[40];
  put_value(measured, sizeof measured, row->measured.value, row->unit);
  put_value(predicted, sizeof predicted, row->predicted, row->unit);
  put_value(low, sizeof low, row->low, row->unit), put_value(high, sizeof high, row->high, row->unit);
  put_error(error, sizeof error, row);
  if (isfinite(row->measured.spread)) snprintf(spread, sizeof spread, "%.1f%%", 100 * row->measured.spread);
  put_limit(limit, sizeof limit, row);
  bool interval = isfinite(row->low) && isfinite(row->high);
  fprintf(out, "| %s | %s | %s | %s | %s | %s%s%s%s%s%s | %s | %s | %s%s%s |\n", row->recording, row->point, row->measure, measured,
          spread, predicted, interval ? " [" : "", interval ? low : "", interval ? ", " : "", interval ? high : "",
          interval ? "]" : "", error, limit, verdict(row), *kind_of(row) ? ", " : "", kind_of(row));
}

static const char heading[] = "| recording | load | measure | measured | spread | predicted | error | bound | judgement |\n"
                              "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";

/* How far off, in bounds: the worst first. */
static double badness(const struct real_row *row) { return isnan(row->error) ? INFINITY : fabs(row->error) / row->limit; }

static void markdown_rows(const struct real *r, FILE *out, bool missed) {
  uint32_t *order = arena_new_array(r->arena, uint32_t, r->row_count + 1), n = 0;
  for (uint32_t i = 0; i < r->row_count; i++) {
    const struct real_row *row = &r->rows[i];
    if ((row->goal && !row->within) != missed) continue;
    uint32_t at = n++;
    for (; missed && at && badness(&r->rows[order[at - 1]]) < badness(row); at--) order[at] = order[at - 1];
    order[at] = i;
  }
  if (!n) return;
  fputs(heading, out);
  for (uint32_t i = 0; i < n; i++) markdown_row(out, &r->rows[order[i]]);
  fputs("\n", out);
}

static void markdown_notes(const struct real *r, FILE *out, const char *key) {
  for (uint32_t i = 0; i < r->recording_count; i++) {
    const char *text = note_text(&r->recordings[i], key);
    if (text) fprintf(out, "- **%s**: %s\n", r->recordings[i].name, text);
  }
  fputs("\n", out);
}

void real_markdown(const struct real *r, FILE *out, const char *stamp) {
  struct summary s = summary_of(r);
  fprintf(out, "%s.\n\n", stamp);
  put_summary(r, out);
  fprintf(out, "\nRows that are goals and are missed, the worst first%s\n\n", s.within < s.goals ? ":" : ": none.");
  markdown_rows(r, out, true);
  fputs("What was fitted from what:\n\n", out);
  markdown_notes(r, out, "from");
  fputs("Where it is off, and why:\n\n", out);
  markdown_notes(r, out, "off");
  fputs("All other rows:\n\n", out);
  markdown_rows(r, out, false);
}

/* --- JSON --------------------------------------------------------------------------------------------------------------------- */

static void write_row(struct json_writer *w, const void *of, uint32_t i) {
  static const char *const units[] = {"s", "per_s", "ratio", "s", "number"};
  const struct real_row *row = &((const struct real *)of)->rows[i];
  json_add_text(w, "recording", row->recording), json_add_text(w, "point", row->point), json_add_text(w, "measure", row->measure);
  json_add_text(w, "unit", units[row->unit]);
  json_add_number(w, "measured", row->measured.value), json_add_number(w, "spread", row->measured.spread);
  json_add_number(w, "predicted", row->predicted), json_add_pair(w, "ci95", row->low, row->high);
  json_add_number(w, "error", row->error), json_add_number(w, "bound", row->limit);
  json_add_flag(w, "within", row->within), json_add_flag(w, "goal", row->goal), json_add_flag(w, "fitted", row->fitted);
  json_add_flag(w, "without", row->without), json_add_text(w, "note", row->why);
}

static void write_seconds(struct json_writer *w, const struct recording *c) {
  const struct real_seconds *s = c->seconds;
  json_open(w, '{');
  json_add_text(w, "recording", c->name);
  static const char *const names[] = {"offered", "attempts_sent", "ok", "timeouts", "to_attempts_sent", "to_ok", "to_timeouts"};
  const double *columns[] = {s->offered, s->sent, s->ok, s->timeouts, s->to_sent, s->to_ok, s->to_timeouts};
  for (int i = 0; i < 7; i++)
    if (columns[i]) json_add_numbers(w, names[i], columns[i], s->count);
  json_close(w, '}');
}

void real_json(const struct real *r, FILE *out) {
  struct summary s = summary_of(r);
  struct json_writer w = json_writer(out, 0);
  json_open(&w, '{');
  json_add_count(&w, "aguanta_real", 1);
  json_add_count(&w, "goals", s.goals), json_add_count(&w, "kept", s.within);
  json_add_flag(&w, "good", real_good(r));
  json_add_texts(&w, "faults", r->faults, r->fault_count);
  json_add_records(&w, "rows", r, r->row_count, write_row);
  json_key(&w, "by_second");
  json_open(&w, '[');
  for (uint32_t i = 0; i < r->recording_count; i++)
    if (r->recordings[i].seconds) json_item(&w), write_seconds(&w, &r->recordings[i]);
  json_close(&w, ']');
  json_close(&w, '}');
  fputs("\n", out);
}
