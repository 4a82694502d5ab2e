/* The machine and document formats of a sensitivity. */
#include "sim/engine/arena.h"
#include "sim/report/export/csv_cell.h"
#include "sim/report/format.h"
#include "sim/report/page/markdown_cell.h"
#include "sim/report/sensitivity_report.h"
#include "sim/report/verdicts.h"
#include "sim/json/json.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- JSON ------------------------------------------------------------------------------------------------------------------------- */

struct writer {
  FILE *file;
  struct arena *arena;
};

static const char *text(struct writer *w, const char *t) { return t ? json_quote(w->arena, t) : "null"; }
static const char *number(struct writer *w, double x) { return json_print_number(w->arena, x); }

static void put_point(struct writer *w, const char *key, const struct sensitivity_point *x, bool judged) {
  const struct estimate *e = &x->estimate;
  fprintf(w->file, "\"%s\": {\"value\": %s, \"ci95\": [%s, %s], \"verdict\": %s, \"growth\": %s, \"growth_reason\": %s}", key,
          number(w, e->value), number(w, e->low), number(w, e->high), judged ? text(w, format_verdict_word(x->verdict)) : "null",
          text(w, x->growth.word), text(w, x->growth.text));
}

static void put_effect(struct writer *w, const struct sensitivity_results *r, const struct sensitivity_target *t,
                       const struct sensitivity_effect *e) {
  fprintf(w->file, "        {\"input\": %s, ", text(w, r->inputs[e->input].path));
  put_point(w, "low", &e->low, t->judged), fputs(", ", w->file), put_point(w, "high", &e->high, t->judged);
  fprintf(w->file, ",\n         \"difference\": %s, \"difference_ci\": [%s, %s], \"swing\": %s, \"swing_ci\": [%s, %s], ",
          number(w, e->difference), number(w, e->difference_low), number(w, e->difference_high), number(w, e->swing),
          number(w, e->swing_low), number(w, e->swing_high));
  fprintf(w->file, "\"endless\": %s, \"p\": %s, \"shown\": %s, \"flips\": %s}", isinf(e->swing) ? "true" : "false", number(w, e->p),
          e->shown ? "true" : "false", e->flips ? "true" : "false");
}

static void put_target(struct writer *w, const struct sensitivity_results *r, const struct sensitivity_target *t) {
  fprintf(
      w->file,
      "    {\"expr\": %s, \"id\": %s, \"source\": %s, \"kind\": %s, \"severity\": %s, \"unit\": %s, \"limit\": [%s, %s],\n     ",
      text(w, t->expression), text(w, t->id), text(w, t->source), t->is_claim ? text(w, verdict_kind_word(t->kind)) : "null",
      t->judged && t->kind == CLAIM_REQUIREMENT ? text(w, format_severity_word(t->severity)) : "null",
      text(w, format_unit_word(t->unit, r->currency)), number(w, t->limit_low), number(w, t->limit_high));
  put_point(w, "base", &t->base, t->judged);
  fputs(",\n     \"effects\": [", w->file);
  for (uint32_t i = 0; i < r->input_count; i++) fputs(i ? ",\n" : "\n", w->file), put_effect(w, r, t, &t->effects[i]);
  fputs("]}", w->file);
}

static void put_inputs(struct writer *w, const struct sensitivity_results *r) {
  fputs("  \"inputs\": [", w->file);
  for (uint32_t i = 0; i < r->input_count; i++) {
    const struct sensitivity_input *in = &r->inputs[i];
    fprintf(w->file, "%s\n    {\"path\": %s, \"value\": %s, \"low\": %s, \"high\": %s, \"source\": %s}", i ? "," : "",
            text(w, in->path), text(w, in->value), text(w, in->low), text(w, in->high), text(w, in->source));
  }
  fputs("],\n", w->file);
}

static void put_first(struct writer *w, const struct sensitivity_results *r) {
  if (r->first_target < 0) {
    fputs("  \"first\": null,\n", w->file);
    return;
  }
  const struct sensitivity_target *t = &r->targets[r->first_target];
  char *words = report_sensitivity_first(r);
  fprintf(w->file, "  \"first\": {\"input\": %s, \"expr\": %s, \"text\": %s},\n",
          text(w, r->inputs[t->effects[r->first_effect].input].path), text(w, t->expression), text(w, words));
  free(words);
}

static void write_json(FILE *file, const void *what) {
  const struct sensitivity_results *r = what;
  struct writer w = {file, arena_new()};
  fprintf(file,
          "{\n  \"aguanta_sensitivity\": 1,\n  \"scenario\": {\"name\": %s, \"title\": %s, \"file\": %s, \"hash\": \"%016" PRIx64
          "\"},\n",
          text(&w, r->scenario_name), text(&w, r->scenario_title), text(&w, r->scenario_file), r->scenario_hash);
  fprintf(
      file,
      "  \"engine\": %s,\n  \"seed\": %s,\n  \"replications\": %u,\n  \"runs\": %u,\n  \"window_s\": %s,\n  \"warmup_s\": %s,\n",
      text(&w, r->engine), text(&w, r->seed_text), r->replications, r->runs, number(&w, r->window_s), number(&w, r->warmup_s));
  put_first(&w, r);
  put_inputs(&w, r);
  fputs("  \"targets\": [", file);
  for (uint32_t i = 0; i < r->target_count; i++) fputs(i ? ",\n" : "\n", file), put_target(&w, r, &r->targets[i]);
  fputs("]\n}\n", file);
  arena_free(w.arena);
}

/* --- CSV -------------------------------------------------------------------------------------------------------------------------- */

static void put_cell(FILE *file, const char *text) { csv_cell(file, text), fputc(',', file); }

static void put_value(FILE *file, double x) {
  if (isnan(x))
    fputc(',', file);
  else
    fprintf(file, "%.15g,", x);
}

static void put_row(FILE *file, const struct sensitivity_results *r, const struct sensitivity_target *t,
                    const struct sensitivity_effect *e) {
  const struct sensitivity_input *in = &r->inputs[e->input];
  put_cell(file, t->expression), put_cell(file, in->path), put_cell(file, in->value), put_cell(file, in->low),
      put_cell(file, in->high);
  put_cell(file, format_unit_word(t->unit, r->currency));
  put_value(file, t->base.estimate.value), put_value(file, e->low.estimate.value), put_value(file, e->high.estimate.value);
  put_value(file, e->swing), put_value(file, e->swing_low), put_value(file, e->swing_high), put_value(file, e->p);
  put_cell(file, e->shown ? "yes" : "no"), put_cell(file, e->flips ? "yes" : "no");
  const struct sensitivity_point *points[] = {&t->base, &e->low, &e->high};
  for (int i = 0; i < 3; i++) {
    const char *word = t->judged ? format_verdict_word(points[i]->verdict) : "";
    fprintf(file, "%s%s", word, i < 2 ? "," : "\r\n");
  }
}

static void write_csv(FILE *file, const void *what) {
  const struct sensitivity_results *r = what;
  fputs("measure,input,value,low,high,unit,at_value,at_low,at_high,swing,swing_low,swing_high,p,shown,flips,verdict,verdict_low,"
        "verdict_high\r\n",
        file);
  for (uint32_t t = 0; t < r->target_count; t++)
    for (uint32_t i = 0; i < r->input_count; i++) put_row(file, r, &r->targets[t], &r->targets[t].effects[i]);
}

/* --- Markdown --------------------------------------------------------------------------------------------------------------------- */

static void put_table(FILE *file, const struct sensitivity_results *r, const struct sensitivity_target *t) {
  fputs("\n## ", file), markdown_code(file, t->expression);
  fprintf(
      file,
      "\n\nNow %s%s%s.\n\n| input | low | high | at low | at high | swing | |\n| --- | --- | --- | ---: | ---: | ---: | --- |\n",
      format_estimate_beside(t->unit, r->currency, &t->base.estimate, t->limit_low, t->limit_high).text, t->judged ? ": " : "",
      t->judged ? format_verdict_word(t->base.verdict) : "");
  for (uint32_t i = 0; i < r->input_count; i++) {
    const struct sensitivity_effect *e = &t->effects[i];
    const struct sensitivity_input *in = &r->inputs[e->input];
    struct estimate swing = {e->swing, e->swing_low, e->swing_high, 0, e->swing_low == e->swing_high};
    fputs("| ", file), markdown_code(file, in->path), fputs(" | ", file), markdown_code(file, in->low), fputs(" | ", file),
        markdown_code(file, in->high);
    fprintf(file, " | %s | %s | %s | %s |\n", report_sensitivity_point(r, t, &e->low).text,
            report_sensitivity_point(r, t, &e->high).text,
            isinf(e->swing) ? "without end" : format_estimate(t->unit, r->currency, &swing).text,
            e->flips   ? "decides the claim"
            : e->shown ? ""
                       : "no effect shown");
  }
}

static void write_markdown(FILE *file, const void *what) {
  const struct sensitivity_results *r = what;
  char *first = report_sensitivity_first(r);
  fputs("# What moves the answer: ", file), markdown_text(file, r->scenario_name), fputs("\n\n", file);
  markdown_code(file, first);
  fprintf(file, "\n\n%s, one at a time; %s of %s with the same customers, seed ",
          format_counted(r->input_count, "input", NULL).text, format_counted(r->runs, "run", NULL).text,
          format_counted(r->replications, "replication", NULL).text);
  markdown_text(file, r->seed_text);
  fputs(". Intervals of a measure hold together at 95%. One at a time sees no interactions.\n", file);
  for (uint32_t i = 0; i < r->target_count; i++) put_table(file, r, &r->targets[i]);
  free(first);
}

const struct export_formats report_sensitivity_formats = {write_json, write_csv, write_markdown};
