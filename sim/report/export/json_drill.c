/* A drill as JSON: "aguanta_drill": 1. */
#include "sim/report/drill_report.h"
#include "sim/report/export/json_estimate.h"

struct part {
  const struct drill_results *results;
  const struct drill_fault *fault;
};

static void write_requirement(struct json_writer *w, const void *of, uint32_t i) {
  const struct drill_requirement *q = &((const struct drill_results *)of)->requirements[i];
  json_add_text(w, "id", q->id);
  json_add_text(w, "expr", q->expression);
  json_add_text(w, "severity", format_severity_word(q->severity));
  json_add_text(w, "unit", format_unit_word(q->unit, NULL));
  json_add_pair(w, "limit", q->low, q->high);
  json_add_number(w, "window_s", q->window_s);
  json_add_number(w, "per_s", q->per_s);
  json_add_text(w, "reason", q->reason);
}

static void write_cell(struct json_writer *w, const void *of, uint32_t i) {
  const struct part *p = of;
  const struct drill_requirement *q = &p->results->requirements[i];
  const struct drill_cell *c = &p->fault->cells[i];
  json_add_text(w, "expr", q->expression);
  json_add_text(w, "verdict", format_verdict_word(c->verdict));
  json_add_text(w, "reason", c->reason);
  json_add_text(w, "allowed", c->allowed);
  json_add_count(w, "broken", c->broken);
  json_add_count(w, "back", c->back);
  json_add_named_estimate(w, "recovery_s", &c->recovery);
  json_add_number(w, "longest_s", c->longest_s);
  json_add_named_estimate(w, "before", &c->before);
  json_add_named_estimate(w, "worst", &c->worst);
  json_add_named_estimate(w, "after", &c->after);
}

static void write_loss(struct json_writer *w, const void *of, uint32_t i) {
  const struct drill_loss *l = &((const struct drill_fault *)of)->losses[i];
  json_add_text(w, "what", l->what);
  json_add_flag(w, "requests", l->requests);
  json_add_estimate(w, &l->count);
}

static void add_course(struct json_writer *w, const struct drill_course *c) {
  json_line(w, 5);
  json_key(w, "course");
  json_open(w, '{');
  json_add_numbers(w, "t_s", c->t_s, c->count);
  json_add_numbers(w, "failed", c->failed, c->count);
  json_add_numbers(w, "failed_without", c->failed_without, c->count);
  json_add_numbers(w, "p95_s", c->latency_s, c->count);
  json_add_numbers(w, "p95_without_s", c->latency_without_s, c->count);
  json_close(w, '}');
}

static void write_fault(struct json_writer *w, const void *of, uint32_t i) {
  const struct drill_results *r = of;
  const struct drill_fault *f = &r->faults[i];
  const struct part part = {r, f};
  json_add_text(w, "fault", f->name);
  json_add_text(w, "kind", f->kind);
  json_add_text(w, "of", f->of);
  json_add_number(w, "expected_s", f->expected_s);
  json_add_count(w, "outages", f->outages);
  json_add_count(w, "served", f->served);
  json_add_named_estimate(w, "served_again_s", &f->served_again);
  json_add_named_estimate(w, "failed", &f->failed);
  json_add_named_estimate(w, "failed_s", &f->failed_s);
  json_add_named_estimate(w, "unanswered", &f->unanswered);
  json_add_count(w, "primaries", f->primaries);
  json_add_named_estimate(w, "lost_writes_s", &f->lost_writes_s);
  json_line(w, 5);
  json_add_records(w, "losses", f, f->loss_count, write_loss);
  json_line(w, 5);
  json_add_records(w, "requirements", &part, r->requirement_count, write_cell);
  json_line(w, 5);
  json_add_texts(w, "notes", f->notes, f->note_count);
  add_course(w, &f->course);
}

static void write_left_out(struct json_writer *w, const void *of, uint32_t i) {
  const struct drill_left_out *l = &((const struct drill_results *)of)->left_out[i];
  json_add_text(w, "expr", l->expression);
  json_add_text(w, "reason", l->reason);
}

void report_drill_json(FILE *file, const struct answer *a) {
  const struct drill_results *r = a->drill;
  struct json_writer writer = json_writer(file, 0), *w = &writer;
  json_open(w, '{');
  json_add_count(w, "aguanta_drill", 1);
  json_key(w, "scenario");
  json_open_line(w, '{');
  json_add_scenario(w, r->scenario_name, r->scenario_title, r->scenario_file, r->scenario_hash);
  json_close_line(w, '}');
  json_add_text(w, "engine", r->engine);
  json_add_text(w, "seed", r->seed_text);
  json_add_count(w, "replications", r->replications);
  json_add_count(w, "requests", r->requests);
  json_add_text(w, "verdict", format_verdict_word(drill_verdicts(r).overall));
  json_add_flag(w, "interrupted", r->interrupted);
  json_add_number(w, "strike_s", r->strike_s);
  json_add_text(w, "clock", r->clock);
  json_add_text(w, "chosen", r->chosen);
  json_add_number(w, "load_per_s", r->load_per_s);
  json_add_number(w, "warmup_s", r->warmup_s);
  json_add_number(w, "before_s", r->before_s);
  json_add_number(w, "watch_s", r->watch_s);
  json_add_number(w, "step_s", r->step_s);
  json_add_records(w, "claims", r, r->requirement_count, write_requirement);
  json_add_records(w, "left_out", r, r->left_out_count, write_left_out);
  json_add_records(w, "faults", r, r->interrupted ? 0 : r->fault_count, write_fault);
  json_add_texts(w, "notes", r->notes, r->note_count);
  json_add_texts(w, "violations", r->violations, r->violation_count);
  json_close(w, '}');
  fputc('\n', file);
}
