/* A comparison as JSON: "aguanta_compare": 1. */
#include "sim/report/compare_report.h"
#include "sim/report/export/json_writer.h"
#include "sim/report/verdicts.h"

static void put_system(struct writer *w, const struct compare_results *c, uint32_t i) {
  const struct results *r = c->systems[i];
  char hash[20];
  snprintf(hash, sizeof hash, "%016" PRIx64, r->scenario_hash);
  put_text(w, "name", r->scenario_name);
  put_text(w, "title", r->scenario_title);
  put_text(w, "file", r->scenario_file);
  put_text(w, "hash", hash);
  put_count(w, "requests", r->requests);
  struct verdict_sum sum = verdicts_of(r);
  put_text(w, "verdict", sum.requirements.overall == VERDICT_NONE ? NULL : format_verdict_word(sum.requirements.overall));
  put_text(w, "statements", sum.statements.overall == VERDICT_NONE ? NULL : format_verdict_word(sum.statements.overall));
  put_text(w, "leaves_out", r->availability.leaves_out);
  put_texts(w, "notes", (const char *const *)r->notes, r->note_count);
  put_texts(w, "violations", (const char *const *)r->violations, r->violation_count);
}

static void put_interval(struct writer *w, const char *name, const struct estimate *e) {
  put_numbers(w, name, (double[]){e->low, e->high}, 2);
}

/* What a row and a limit have in common. */
static void put_difference(struct writer *w, const struct compare_results *c, const struct compare_row *row) {
  put_count(w, "system", row->system);
  put_text(w, "unit", format_unit_word(row->unit, c->currency));
  put_number(w, "base", row->base.value);
  put_number(w, "value", row->value.value);
  put_number(w, "difference", row->difference.value);
  put_interval(w, "difference_ci", &row->difference);
  put_number(w, "relative", row->relative.value);
  put_interval(w, "relative_ci", &row->relative);
  put_count(w, "pairs", row->difference.n);
  put_flag(w, "exact", row->difference.exact);
}

static void put_row(struct writer *w, const struct compare_results *c, uint32_t i) {
  const struct compare_row *row = &c->rows[i];
  put_text(w, "metric", row->metric);
  put_text(w, "agg", row->aggregate);
  put_difference(w, c, row);
  put_flag(w, "detail", row->detail);
  put_number(w, "p", row->p_value);
  put_number(w, "p_holm", row->p_adjusted);
  put_flag(w, "shown", row->shown);
  put_number(w, "variance_ratio", row->variance_ratio);
  put_text(w, "words", compare_words(row, c->currency).text);
  put_text(w, "reason", row->reason);
}

static void put_limit(struct writer *w, const struct compare_results *c, uint32_t i) {
  const struct compare_limit_result *l = &c->limits[i];
  put_text(w, "limit", l->text);
  put_text(w, "verdict", format_verdict_word(l->verdict));
  put_difference(w, c, &l->row);
  put_count(w, "more_replications", l->more_replications);
  put_text(w, "reason", l->row.reason);
}

static void put_candidate(struct writer *w, const struct compare_results *c, uint32_t i) {
  const struct best_system *s = &c->best->systems[i];
  put_text(w, "file", compare_file(c, i));
  put_estimate(w, &s->mean);
  put_count(w, "replications", s->replications);
  put_count(w, "out_after", s->out_after);
  put_text(w, "reason", s->reason);
}

static void put_records(struct writer *w, const char *name, const struct compare_results *c, uint32_t count,
                        void (*put)(struct writer *, const struct compare_results *, uint32_t)) {
  key(w, name);
  open_with(w, '[');
  for (uint32_t i = 0; i < count; i++) {
    next_item(w);
    open_with(w, '{');
    put(w, c, i);
    close_with(w, '}');
  }
  close_with(w, ']');
}

static void put_best(struct writer *w, const struct compare_results *c) {
  const struct best_result *b = c->best;
  key(w, "best");
  if (!b) {
    fputs("null", w->file);
    return;
  }
  open_with(w, '{');
  put_text(w, "objective", b->objective);
  put_text(w, "procedure", b->procedure);
  put_text(w, "unit", format_unit_word(b->unit, c->currency));
  put_number(w, "indifference", b->indifference);
  put_number(w, "confidence", b->confidence);
  put_number(w, "probability", b->probability);
  put_flag(w, "decided", b->decided);
  put_text(w, "file", b->best == UINT32_MAX ? NULL : compare_file(c, b->best));
  put_records(w, "candidates", c, c->system_count, put_candidate);
  close_with(w, '}');
}

void report_compare_json(FILE *file, const struct compare_results *c) {
  struct writer writer = {file, 0, true}, *w = &writer;
  open_with(w, '{');
  put_count(w, "aguanta_compare", 1);
  put_text(w, "engine", c->engine);
  put_text(w, "seed", c->seed_text);
  put_text(w, "other_customers", c->other_customers);
  put_count(w, "replications", c->replications);
  put_count(w, "fault_replications", c->fault_replications);
  put_number(w, "window_s", c->window_s);
  put_number(w, "warmup_s", c->warmup_s);
  put_number(w, "confidence", c->confidence);
  put_flag(w, "interrupted", c->interrupted);
  put_records(w, "systems", c, c->system_count, put_system);
  put_records(w, "rows", c, c->row_count, put_row);
  put_records(w, "limits", c, c->limit_count, put_limit);
  put_best(w, c);
  close_with(w, '}');
  fputc('\n', file);
}
