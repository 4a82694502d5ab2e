/* A comparison as JSON: "aguanta_compare": 1. */
#include "sim/report/compare_report.h"
#include "sim/report/export/json_estimate.h"
#include "sim/report/verdicts.h"

static void put_system(struct json_writer *w, const void *of, uint32_t i) {
  const struct compare_results *c = of;
  const struct results *r = c->systems[i];
  json_add_scenario(w, r->scenario_name, r->scenario_title, r->scenario_file, r->scenario_hash);
  json_add_count(w, "requests", r->requests);
  struct verdict_sum sum = verdicts_of(r);
  json_add_text(w, "verdict", sum.requirements.overall == VERDICT_NONE ? NULL : format_verdict_word(sum.requirements.overall));
  json_add_text(w, "statements", sum.statements.overall == VERDICT_NONE ? NULL : format_verdict_word(sum.statements.overall));
  json_add_text(w, "leaves_out", r->availability.leaves_out);
  json_add_texts(w, "notes", r->notes, r->note_count);
  json_add_texts(w, "violations", r->violations, r->violation_count);
}

static void put_interval(struct json_writer *w, const char *name, const struct estimate *e) {
  json_add_pair(w, name, e->low, e->high);
}

/* What a row and a limit have in common. */
static void put_difference(struct json_writer *w, const struct compare_results *c, const struct compare_row *row) {
  json_add_count(w, "system", row->system);
  json_add_text(w, "unit", format_unit_word(row->unit, c->currency));
  json_add_number(w, "base", row->base.value);
  json_add_number(w, "value", row->value.value);
  json_add_number(w, "difference", row->difference.value);
  put_interval(w, "difference_ci", &row->difference);
  json_add_number(w, "relative", row->relative.value);
  put_interval(w, "relative_ci", &row->relative);
  json_add_count(w, "pairs", row->difference.n);
  json_add_flag(w, "exact", row->difference.exact);
}

static void put_row(struct json_writer *w, const void *of, uint32_t i) {
  const struct compare_results *c = of;
  const struct compare_row *row = &c->rows[i];
  json_add_text(w, "metric", row->metric);
  json_add_text(w, "agg", row->aggregate);
  put_difference(w, c, row);
  json_add_flag(w, "detail", row->detail);
  json_add_number(w, "p", row->p_value);
  json_add_number(w, "p_holm", row->p_adjusted);
  json_add_flag(w, "shown", row->shown);
  json_add_number(w, "variance_ratio", row->variance_ratio);
  json_add_text(w, "words", compare_words(row, c->currency).text);
  json_add_text(w, "reason", row->reason);
}

static void put_limit(struct json_writer *w, const void *of, uint32_t i) {
  const struct compare_results *c = of;
  const struct compare_limit_result *l = &c->limits[i];
  json_add_text(w, "limit", l->text);
  json_add_text(w, "verdict", format_verdict_word(l->verdict));
  put_difference(w, c, &l->row);
  json_add_count(w, "more_replications", l->more_replications);
  json_add_text(w, "reason", l->row.reason);
}

static void put_candidate(struct json_writer *w, const void *of, uint32_t i) {
  const struct compare_results *c = of;
  const struct best_system *s = &c->best->systems[i];
  json_add_text(w, "file", compare_file(c, i));
  json_add_estimate(w, &s->mean);
  json_add_count(w, "replications", s->replications);
  json_add_count(w, "out_after", s->out_after);
  json_add_text(w, "reason", s->reason);
}

static void put_best(struct json_writer *w, const struct compare_results *c) {
  const struct best_result *b = c->best;
  if (!b) {
    json_add_null(w, "best");
    return;
  }
  json_key(w, "best");
  json_open(w, '{');
  json_add_text(w, "objective", b->objective);
  json_add_text(w, "procedure", b->procedure);
  json_add_text(w, "unit", format_unit_word(b->unit, c->currency));
  json_add_number(w, "indifference", b->indifference);
  json_add_number(w, "confidence", b->confidence);
  json_add_number(w, "probability", b->probability);
  json_add_flag(w, "decided", b->decided);
  json_add_text(w, "file", b->best == UINT32_MAX ? NULL : compare_file(c, b->best));
  json_add_records(w, "candidates", c, c->system_count, put_candidate);
  json_close(w, '}');
}

void report_compare_json(FILE *file, const struct answer *a) {
  struct json_writer writer = json_writer(file, 0), *w = &writer;
  const struct compare_results *c = a->compare;
  json_open(w, '{');
  json_add_count(w, "aguanta_compare", 1);
  json_add_text(w, "engine", c->engine);
  json_add_text(w, "seed", c->seed_text);
  json_add_text(w, "other_customers", c->other_customers);
  json_add_count(w, "replications", c->replications);
  json_add_count(w, "fault_replications", c->fault_replications);
  json_add_number(w, "window_s", c->window_s);
  json_add_number(w, "warmup_s", c->warmup_s);
  json_add_number(w, "confidence", c->confidence);
  json_add_flag(w, "interrupted", c->interrupted);
  json_add_records(w, "systems", c, c->system_count, put_system);
  json_add_records(w, "rows", c, c->row_count, put_row);
  json_add_records(w, "limits", c, c->limit_count, put_limit);
  put_best(w, c);
  json_close(w, '}');
  fputc('\n', file);
}
