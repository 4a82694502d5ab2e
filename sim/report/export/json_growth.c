/* An outlook on growth as JSON: "aguanta_growth": 1. */
#include "sim/report/costs_report.h"
#include "sim/report/export/json_estimate.h"

struct part {
  const struct outlook_results *results;
  const struct outlook_month *month;
};

static void write_requirement(struct json_writer *w, const void *of, uint32_t i) {
  const struct outlook_requirement *q = &((const struct outlook_results *)of)->requirements[i];
  json_add_text(w, "id", q->id);
  json_add_text(w, "expr", q->expression);
  json_add_text(w, "severity", format_severity_word(q->severity));
  json_add_text(w, "unit", format_unit_word(q->unit, ((const struct outlook_results *)of)->currency));
  json_add_pair(w, "limit", q->low, q->high);
  json_add_text(w, "course", growth_course_word(q->course));
  json_add_number(w, "month", q->when.month);
  json_add_pair(w, "ci95", q->when.low, q->when.high);
  json_add_flag(w, "resolved", q->when.resolved);
  json_add_text(w, "fullest", q->fullest);
  json_add_number(w, "busy", q->busy);
  json_add_text(w, "reason", q->reason);
}

static void write_value(struct json_writer *w, const void *of, uint32_t i) {
  const struct part *p = of;
  json_add_text(w, "expr", p->results->requirements[i].expression);
  json_add_text(w, "verdict", format_verdict_word(p->month->values[i].verdict));
  json_add_estimate(w, &p->month->values[i].estimate);
  json_add_text(w, "reason", p->month->values[i].reason);
}

static void write_busy(struct json_writer *w, const void *of, uint32_t i) {
  const struct part *p = of;
  json_add_text(w, "resource", p->results->resources[i]);
  json_add_estimate(w, &p->month->busy[i]);
}

static void write_month(struct json_writer *w, const struct outlook_results *r, const struct outlook_month *m) {
  const struct part part = {r, m};
  json_add_number(w, "month", m->month);
  json_add_count(w, "replications", m->replications);
  json_add_flag(w, "beyond", m->beyond);
  json_add_number(w, "users", m->users);
  json_add_number(w, "load_per_s", m->load_per_s);
  json_add_number(w, "peak_per_s", m->peak_per_s);
  json_add_number(w, "load", m->load);
  json_add_text(w, "grows", m->grows);
  json_add_named_estimate(w, "cost", &m->cost);
  json_line(w, 5);
  json_add_records(w, "requirements", &part, r->requirement_count, write_value);
  json_line(w, 5);
  json_add_records(w, "resources", &part, r->resource_count, write_busy);
}

static void write_run(struct json_writer *w, const void *of, uint32_t i) {
  write_month(w, of, &((const struct outlook_results *)of)->runs[i]);
}

static void write_row(struct json_writer *w, const void *of, uint32_t i) {
  write_month(w, of, &((const struct outlook_results *)of)->table[i]);
}

static void write_resource(struct json_writer *w, const void *of, uint32_t i) {
  const struct outlook_results *r = of;
  json_add_text(w, "resource", r->resources[i]);
  json_add_number(w, "full_at", r->full_at[i]);
}

static void write_trigger(struct json_writer *w, const void *of, uint32_t i) {
  const struct outlook_trigger *t = &((const struct outlook_results *)of)->triggers[i];
  json_add_text(w, "name", t->name);
  json_add_text(w, "condition", t->condition);
  json_add_text(w, "course",
                t->never                      ? "never"
                : t->course == OUTLOOK_BREAKS ? "fires"
                : t->course == OUTLOOK_HOLDS  ? "later"
                                              : "unknown");
  json_add_number(w, "month", t->when.month);
  json_add_pair(w, "ci95", t->when.low, t->when.high);
  json_add_number(w, "for_s", t->for_s);
  json_add_number(w, "every_s", t->every_s);
  json_add_number(w, "level", t->level);
  json_add_number(w, "at_full", t->at_full);
  json_add_text(w, "move", t->move);
  json_add_number(w, "takes_s", t->takes_s);
  json_add_flag(w, "late", t->late);
  json_add_number(w, "ahead_months", t->ahead);
  json_add_text(w, "breaks", t->breaks);
  json_add_number(w, "unserved", t->unserved);
  json_add_number(w, "cost", t->cost);
  json_add_text(w, "reason", t->reason);
}

void report_growth_json(FILE *file, const struct answer *a) {
  const struct outlook_results *r = a->growth;
  struct json_writer writer = json_writer(file, 0), *w = &writer;
  json_open(w, '{');
  json_add_count(w, "aguanta_growth", 1);
  json_key(w, "scenario");
  json_open_line(w, '{');
  json_add_scenario(w, r->scenario_name, r->scenario_title, r->scenario_file, r->scenario_hash);
  json_close_line(w, '}');
  json_add_text(w, "engine", r->engine);
  json_add_text(w, "seed", r->seed_text);
  json_add_count(w, "requests", r->requests);
  json_add_flag(w, "interrupted", r->interrupted);
  json_add_text(w, "answer", growth_sentence(r).text);
  json_add_text(w, "how", r->how);
  json_add_texts(w, "sources", r->who, r->who_count);
  json_add_number(w, "months", r->months);
  json_add_number(w, "lead_months", r->lead_months);
  json_add_text(w, "currency", r->currency);
  report_until_json(w, &r->until);
  json_add_records(w, "requirements", r, r->run_count ? r->requirement_count : 0, write_requirement);
  json_add_records(w, "triggers", r, r->run_count ? r->trigger_count : 0, write_trigger);
  report_stated_json(w, r);
  json_add_records(w, "resources", r, r->run_count ? r->resource_count : 0, write_resource);
  json_add_records(w, "table", r, r->month_count, write_row);
  json_add_records(w, "runs", r, r->run_count, write_run);
  json_add_texts(w, "notes", r->notes, r->note_count);
  json_add_texts(w, "violations", r->violations, r->violation_count);
  json_close(w, '}');
  fputc('\n', file);
}
