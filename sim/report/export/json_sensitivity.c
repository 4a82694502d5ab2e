/* A sensitivity as JSON: "aguanta_sensitivity": 1. */
#include "sim/report/export/json_estimate.h"
#include "sim/report/format.h"
#include "sim/report/sensitivity_report.h"
#include "sim/report/verdicts.h"
#include <stdlib.h>

static void add_point(struct json_writer *w, const char *name, const struct sensitivity_point *x, bool judged) {
  json_key(w, name);
  json_open_line(w, '{');
  json_add_number(w, "value", x->estimate.value);
  json_add_pair(w, "ci95", x->estimate.low, x->estimate.high);
  json_add_text(w, "verdict", judged ? format_verdict_word(x->verdict) : NULL);
  json_add_text(w, "growth", x->growth.word);
  json_add_text(w, "growth_reason", x->growth.text);
  json_close_line(w, '}');
}

static void add_effect(struct json_writer *w, const struct sensitivity_results *r, const struct sensitivity_target *t,
                       const struct sensitivity_effect *e) {
  json_open_line(w, '{');
  json_add_text(w, "input", r->inputs[e->input].path);
  add_point(w, "low", &e->low, t->judged);
  add_point(w, "high", &e->high, t->judged);
  json_line(w, 9);
  json_add_number(w, "difference", e->difference);
  json_add_pair(w, "difference_ci", e->difference_low, e->difference_high);
  json_add_number(w, "swing", e->swing);
  json_add_pair(w, "swing_ci", e->swing_low, e->swing_high);
  json_add_flag(w, "endless", isinf(e->swing));
  json_add_number(w, "p", e->p);
  json_add_flag(w, "shown", e->shown);
  json_add_flag(w, "flips", e->flips);
  json_close_line(w, '}');
}

static void add_target(struct json_writer *w, const struct sensitivity_results *r, const struct sensitivity_target *t) {
  json_open_line(w, '{');
  json_add_text(w, "expr", t->expression);
  json_add_text(w, "id", t->id);
  json_add_text(w, "source", t->source);
  json_add_text(w, "kind", t->is_claim ? verdict_kind_word(t->kind) : NULL);
  json_add_text(w, "severity", t->judged && t->kind == CLAIM_REQUIREMENT ? format_severity_word(t->severity) : NULL);
  json_add_text(w, "unit", format_unit_word(t->unit, r->currency));
  json_add_pair(w, "limit", t->limit_low, t->limit_high);
  json_line(w, 5);
  add_point(w, "base", &t->base, t->judged);
  json_line(w, 5);
  json_key(w, "effects");
  json_open_line(w, '[');
  for (uint32_t i = 0; i < r->input_count; i++) {
    json_line(w, 8);
    json_item(w);
    add_effect(w, r, t, &t->effects[i]);
  }
  json_close_line(w, ']');
  json_close_line(w, '}');
}

static void add_input(struct json_writer *w, const struct sensitivity_input *in) {
  json_open_line(w, '{');
  json_add_text(w, "path", in->path);
  json_add_text(w, "value", in->value);
  json_add_text(w, "low", in->low);
  json_add_text(w, "high", in->high);
  json_add_text(w, "source", in->source);
  json_close_line(w, '}');
}

static void add_lists(struct json_writer *w, const struct sensitivity_results *r) {
  json_key(w, "inputs");
  json_open_line(w, '[');
  for (uint32_t i = 0; i < r->input_count; i++) {
    json_line(w, 4);
    json_item(w);
    add_input(w, &r->inputs[i]);
  }
  json_close_line(w, ']');
  json_key(w, "targets");
  json_open_line(w, '[');
  for (uint32_t i = 0; i < r->target_count; i++) {
    json_line(w, 4);
    json_item(w);
    add_target(w, r, &r->targets[i]);
  }
  json_close_line(w, ']');
}

static void add_first(struct json_writer *w, const struct sensitivity_results *r) {
  if (r->first_target < 0) {
    json_add_null(w, "first");
    return;
  }
  const struct sensitivity_target *t = &r->targets[r->first_target];
  char *words = report_sensitivity_first(r);
  json_key(w, "first");
  json_open_line(w, '{');
  json_add_text(w, "input", r->inputs[t->effects[r->first_effect].input].path);
  json_add_text(w, "expr", t->expression);
  json_add_text(w, "text", words);
  json_close_line(w, '}');
  free(words);
}

void report_sensitivity_json(FILE *file, const struct answer *a) {
  const struct sensitivity_results *r = a->sensitivity;
  struct json_writer writer = json_writer(file, 0), *w = &writer;
  json_open(w, '{');
  json_add_count(w, "aguanta_sensitivity", 1);
  json_key(w, "scenario");
  json_open_line(w, '{');
  json_add_scenario(w, r->scenario_name, r->scenario_title, r->scenario_file, r->scenario_hash);
  json_close_line(w, '}');
  json_add_text(w, "engine", r->engine);
  json_add_text(w, "seed", r->seed_text);
  json_add_count(w, "replications", r->replications);
  json_add_count(w, "runs", r->runs);
  json_add_number(w, "window_s", r->window_s);
  json_add_number(w, "warmup_s", r->warmup_s);
  add_first(w, r);
  add_lists(w, r);
  json_close(w, '}');
  fputc('\n', file);
}
