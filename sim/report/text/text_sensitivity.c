#include "sim/engine/arena.h"
#include "sim/report/format.h"
#include "sim/report/sensitivity_report.h"
#include "sim/report/text/text_table.h"
#include "sim/json/json.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 2, BAR = 20, PATH_MOST = 48, WIDTH = 100 };

/* --- values ------------------------------------------------------------------------------------------------------------------- */

struct shown report_sensitivity_point(const struct sensitivity_results *r, const struct sensitivity_target *t,
                                      const struct sensitivity_point *x) {
  struct shown out;
  if (!isnan(x->estimate.value) || !x->growth.word)
    return format_value_beside(t->unit, r->currency, &x->estimate, t->limit_low, t->limit_high);
  snprintf(out.text, sizeof out.text, "%s", x->growth.word);
  return out;
}

static struct estimate swing_of(const struct sensitivity_effect *e) {
  return (struct estimate){e->swing, e->swing_low, e->swing_high, 0, e->swing_low == e->swing_high};
}

static struct shown swing_text(const struct sensitivity_results *r, enum unit unit, const struct sensitivity_effect *e) {
  struct shown without_end = {"without end"};
  struct estimate swing = swing_of(e);
  return isinf(e->swing) ? without_end : format_estimate(unit, r->currency, &swing);
}

struct shown report_sensitivity_brief(const char *value) {
  struct shown out;
  struct arena *arena = arena_new();
  const struct json_value *law =
      *value == '{' ? json_first(json_read_text(arena, diagnostics_new(arena), "", value, strlen(value))) : NULL;
  const char *mean = json_text(law) ? json_text(law) : json_text(json_member(law, "mean")),
             *median = json_text(json_member(law, "median"));
  if (mean || median)
    snprintf(out.text, sizeof out.text, "%s %.60s", mean ? "mean" : "median", mean ? mean : median);
  else
    snprintf(out.text, sizeof out.text, "%.*s%s", 70, value, strlen(value) > 70 ? "..." : "");
  arena_free(arena);
  return out;
}

/* Inputs of which nobody knows what they do to the measure. */
static uint32_t unknown_of(const struct sensitivity_results *r, const struct sensitivity_target *t) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < r->input_count; i++) count += isnan(t->effects[i].swing_high) && !isinf(t->effects[i].swing);
  return count;
}

static uint32_t most_unknown(const struct sensitivity_results *r) {
  uint32_t most = 0;
  for (uint32_t i = 0; i < r->target_count; i++) {
    uint32_t here = unknown_of(r, &r->targets[i]);
    if (here > most) most = here;
  }
  return most;
}

static char *sentence(const struct sensitivity_results *r) {
  char *text = NULL;
  if (r->first_target < 0) return allocate_text("measure first: none of the inputs; within their ranges none shows an effect");
  const struct sensitivity_target *t = &r->targets[r->first_target];
  const struct sensitivity_effect *e = &t->effects[r->first_effect];
  const struct sensitivity_input *i = &r->inputs[e->input];
  text = allocate_format("measure this first: %s: from %s to %s it moves %s from %s to %s%s", i->path,
                         report_sensitivity_brief(i->low).text, report_sensitivity_brief(i->high).text, t->expression,
                         report_sensitivity_point(r, t, &e->low).text, report_sensitivity_point(r, t, &e->high).text,
                         e->flips ? ", and decides the claim" : "");
  return text;
}

char *report_sensitivity_first(const struct sensitivity_results *r) {
  char *words = sentence(r), *text = NULL;
  uint32_t unknown = r->first_target < 0 ? most_unknown(r) : unknown_of(r, &r->targets[r->first_target]);
  if (!unknown) return words;
  text = allocate_format("%s; there is not enough data on %s (more --reps)", words, format_counted(unknown, "input", NULL).text);
  free(words);
  return text;
}

/* --- the tornado -------------------------------------------------------------------------------------------------------------- */

struct axis {
  double low, high;
};

static void widen(struct axis *axis, double x) {
  if (isnan(x)) return;
  if (!(x >= axis->low)) axis->low = x;
  if (!(x <= axis->high)) axis->high = x;
}

static struct axis axis_of(const struct sensitivity_target *t, uint32_t inputs) {
  struct axis axis = {NAN, NAN};
  widen(&axis, t->base.estimate.value);
  for (uint32_t i = 0; i < inputs && t->effects[i].shown; i++)
    widen(&axis, t->effects[i].low.estimate.value), widen(&axis, t->effects[i].high.estimate.value);
  return axis;
}

static int cell_of(const struct axis *axis, double x) {
  double share = axis->high > axis->low ? (x - axis->low) / (axis->high - axis->low) : 0;
  int cell = (int)(share * BAR);
  return cell < BAR ? cell : BAR - 1;
}

/* From the value at one end to that at the other; | is the value as it is now; > leads out of the picture. */
static void put_bar(FILE *file, const struct axis *axis, const struct sensitivity_target *t, const struct sensitivity_effect *e) {
  double a = e->low.estimate.value, b = e->high.estimate.value;
  bool endless = isinf(e->swing);
  if (endless) a = isnan(a) ? b : a, b = axis->high;
  int from = cell_of(axis, fmin(a, b)), to = cell_of(axis, fmax(a, b));
  int now = isnan(t->base.estimate.value) ? -1 : cell_of(axis, t->base.estimate.value);
  for (int i = 0; i < BAR; i++)
    fputs(endless && i == BAR - 1 ? ">" : i == now ? "|" : i >= from && i <= to ? "\xE2\x96\x88" : " ", file);
}

struct columns {
  int path, values;
};

static struct shown values_text(const struct sensitivity_results *r, const struct sensitivity_target *t,
                                const struct sensitivity_effect *e) {
  struct shown out;
  snprintf(out.text, sizeof out.text, "%.36s .. %.36s", report_sensitivity_point(r, t, &e->low).text,
           report_sensitivity_point(r, t, &e->high).text);
  return out;
}

static struct columns measure_columns(const struct sensitivity_results *r) {
  struct columns c = {0, 0};
  for (uint32_t i = 0; i < r->target_count; i++)
    for (uint32_t k = 0; k < r->input_count && r->targets[i].effects[k].shown; k++) {
      const struct sensitivity_effect *e = &r->targets[i].effects[k];
      int path = format_width(r->inputs[e->input].path), values = format_width(values_text(r, &r->targets[i], e).text);
      if (path > c.path) c.path = path < PATH_MOST ? path : PATH_MOST;
      if (values > c.values) c.values = values;
    }
  return c;
}

/* "FAIL (over capacity)". */
static struct shown word_at(const struct sensitivity_point *x) {
  struct shown out;
  const char *growth = x->growth.word;
  snprintf(out.text, sizeof out.text, "%s%s%s%s", format_verdict_word(x->verdict), growth ? " (" : "", growth ? growth : "",
           growth ? ")" : "");
  return out;
}

static void put_flip(FILE *file, const struct sensitivity_results *r, const struct sensitivity_target *t,
                     const struct sensitivity_effect *e, int width) {
  char *text = NULL;
  const struct sensitivity_input *i = &r->inputs[e->input];
  text = allocate_format("the claim: %s at %s, %s now, %s at %s", word_at(&e->low).text, report_sensitivity_brief(i->low).text,
                         word_at(&t->base).text, word_at(&e->high).text, report_sensitivity_brief(i->high).text);
  fprintf(file, "%*s", INDENT + 4, "");
  table_wrapped(file, text, INDENT + 4, width);
  fputc('\n', file);
  free(text);
}

static void put_effect(FILE *file, const struct sensitivity_results *r, const struct sensitivity_target *t,
                       const struct sensitivity_effect *e, const struct axis *axis, const struct columns *c, int width) {
  fprintf(file, "%*s", INDENT, "");
  table_left(file, r->inputs[e->input].path, c->path);
  if (format_width(r->inputs[e->input].path) > c->path) fprintf(file, "\n%*s", INDENT + c->path, "");
  fputs("  ", file);
  put_bar(file, axis, t, e);
  fputs("  ", file);
  table_left(file, values_text(r, t, e).text, c->values);
  fprintf(file, "  %s\n", swing_text(r, t->unit, e).text);
  if (e->flips) put_flip(file, r, t, e, width);
}

/* "no effect shown: a (at most 3 ms), b (not enough data); none seen of 4 others" */
static void put_rest(FILE *file, const struct sensitivity_results *r, const struct sensitivity_target *t, uint32_t from,
                     int width) {
  char *text = NULL;
  size_t length = 0;
  uint32_t named = 0, unseen = 0;
  FILE *out = allocate_stream(&text, &length);
  for (uint32_t i = from; i < r->input_count; i++) {
    const struct sensitivity_effect *e = &t->effects[i];
    unseen += e->swing_high == 0;
    if (e->swing_high == 0) continue;
    fprintf(out, "%s %s ", named++ ? "," : "no effect shown:", r->inputs[e->input].path);
    if (isnan(e->swing_high))
      fputs("(not enough data)", out);
    else
      fprintf(out, "(at most %s)", format_number(t->unit, r->currency, e->swing_high).text);
  }
  if (unseen) fprintf(out, "%sno difference at all seen of %s", named ? "; " : "", format_counted(unseen, "input", NULL).text);
  fclose(out);
  if (*text) {
    fprintf(file, "%*s", INDENT, "");
    table_wrapped(file, text, INDENT, width);
    fputc('\n', file);
  }
  free(text);
}

static void put_target(FILE *file, const struct sensitivity_results *r, const struct sensitivity_target *t, const struct columns *c,
                       const struct report_options *o, int width) {
  const char *color = t->judged && o->color ? text_verdict_color(t->base.verdict) : "";
  fprintf(file, "\n%s  %s now", t->expression,
          format_estimate_beside(t->unit, r->currency, &t->base.estimate, t->limit_low, t->limit_high).text);
  if (t->judged) fprintf(file, ": %s%s%s", color, format_verdict_word(t->base.verdict), *color ? TEXT_PLAIN : "");
  fprintf(file, "%s%s\n", t->source ? "  " : "", t->source ? t->source : "");
  struct axis axis = axis_of(t, r->input_count);
  uint32_t i = 0;
  for (; i < r->input_count && t->effects[i].shown; i++) put_effect(file, r, t, &t->effects[i], &axis, c, width);
  put_rest(file, r, t, i, width);
}

static void put_head(FILE *file, const struct sensitivity_results *r, int width) {
  safe_print(file, "%s: ", r->scenario_name);
  table_wrapped(file, r->scenario_title, format_width(r->scenario_name) + 2, width);
  fprintf(file, "\n%s with a range, one at a time: %s of %s of %s after %s of warm-up, the same customers in all\n",
          format_counted(r->input_count, "input", NULL).text, format_counted(r->runs, "run", NULL).text,
          format_counted(r->replications, "replication", NULL).text, format_number(UNIT_SECONDS, NULL, r->window_s).text,
          format_number(UNIT_SECONDS, NULL, r->warmup_s).text);
  safe_print(file, "%s, seed %s\n", r->scenario_file, r->seed_text);
  for (uint32_t i = 0; i < r->violation_count; i++) table_note(file, "BROKEN INVARIANT", r->violations[i], width);
}

static void put_inputs(FILE *file, const struct sensitivity_results *r, int width) {
  table_heading(file, "INPUTS", "now; between");
  for (uint32_t i = 0; i < r->input_count; i++) {
    const struct sensitivity_input *in = &r->inputs[i];
    char *text = NULL;
    text = allocate_format("%s; %s .. %s%s%s%s", in->value, in->low, in->high, in->source ? " (" : "", in->source ? in->source : "",
                           in->source ? ")" : "");
    safe_print(file, "%*s%s\n%*s", INDENT, "", in->path, INDENT + 4, "");
    table_wrapped(file, text, INDENT + 4, width);
    fputc('\n', file);
    free(text);
  }
}

void report_sensitivity_text(FILE *file, const struct answer *a, const struct report_options *o) {
  const struct sensitivity_results *r = a->sensitivity;
  int width = o->width > 0 ? o->width : WIDTH;
  struct columns c = measure_columns(r);
  if (!o->quiet) {
    put_head(file, r, width);
    put_inputs(file, r, width);
    table_heading(file, "SWINGS",
                  "value at the low and at the high end; difference with its interval, all of a measure together 95%");
    for (uint32_t i = 0; i < r->target_count; i++) put_target(file, r, &r->targets[i], &c, o, width);
    fputc('\n', file);
    table_note(file, "note", "one input at a time sees no interactions: two that do nothing alone may do much together.", width);
    fputc('\n', file);
  }
  char *first = report_sensitivity_first(r);
  table_wrapped(file, first, 0, width);
  fputc('\n', file);
  free(first);
}
