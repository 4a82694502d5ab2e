#include "sim/report/export/report.h"
#include "sim/report/format.h"
#include "sim/report/export/json_writer.h"
#include "sim/engine/allocate.h"
#include "sim/report/verdicts.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- records, one function each ---- */

static void write_claim(struct writer *w, const struct results *r, uint32_t i) {
  const struct claim_result *c = &r->claims[i];
  put_text(w, "id", c->id);
  put_text(w, "expr", c->expression);
  put_text(w, "source", c->source);
  put_text(w, "kind", verdict_kind_word(c->kind));
  put_text(w, "severity", c->kind == CLAIM_REQUIREMENT ? format_severity_word(c->severity) : NULL);
  put_flag(w, "implicit", c->implicit);
  put_text(w, "verdict", c->verdict == VERDICT_NONE ? NULL : format_verdict_word(c->verdict));
  put_text(w, "unit", format_unit_word(c->unit, r->bill.currency));
  put_numbers(w, "limit", (double[]){c->low, c->high}, 2);
  put_estimate(w, &c->estimate);
  put_text(w, "judged", c->judged);
  put_count(w, "more_replications", c->more_replications);
  put_text(w, "reason", c->reason);
  put_text(w, "leaves_out", c->leaves_out);
  put_text(w, "note", c->note);
}

static void put_overall(struct writer *w, enum verdict verdict) {
  put_text(w, "verdict", verdict == VERDICT_NONE ? NULL : format_verdict_word(verdict));
}

static void write_verdicts(struct writer *w, const struct results *r) {
  struct verdict_sum sum = verdicts_of(r);
  const struct requirement_sum *q = &sum.requirements;
  const struct statement_sum *s = &sum.statements;
  key(w, "verdicts"), open_with(w, '{');
  key(w, "requirements"), open_with(w, '{');
  put_overall(w, q->overall);
  put_count(w, "count", q->count);
  put_count(w, "pass", q->pass);
  put_count(w, "fail", q->fail);
  put_count(w, "undecided", q->undecided);
  put_count(w, "no_data", q->no_data);
  put_count(w, "should_failed", q->warnings);
  put_count(w, "should_open", q->open);
  close_with(w, '}');
  key(w, "statements"), open_with(w, '{');
  put_overall(w, s->overall);
  put_count(w, "count", s->count);
  put_count(w, "confirmed", s->confirmed);
  put_count(w, "better", s->better);
  put_count(w, "contradicted", s->contradicted);
  put_count(w, "undecided", s->undecided);
  put_count(w, "no_data", s->no_data);
  close_with(w, '}');
  put_count(w, "info", sum.info);
  close_with(w, '}');
}

static void write_metric(struct writer *w, const struct results *r, uint32_t i) {
  const struct metric *m = &r->metrics[i];
  put_text(w, "metric", m->name);
  put_text(w, "agg", m->aggregate);
  put_label(w, m->label, m->label_value);
  put_text(w, "unit", format_unit_word(m->unit, r->bill.currency));
  put_estimate(w, &m->estimate);
  put_text(w, "reason", m->reason);
}

static void write_series(struct writer *w, const struct results *r, uint32_t i) {
  const struct result_series *s = &r->series[i];
  put_text(w, "metric", s->metric);
  put_label(w, s->label ? "of" : NULL, s->label);
  put_text(w, "unit", format_unit_word(s->unit, r->bill.currency));
  put_numbers(w, "t_s", s->t_s, s->count);
  put_numbers(w, "mean", s->mean, s->count);
  put_numbers(w, "low", s->low, s->count);
  put_numbers(w, "high", s->high, s->count);
  put_text(w, "reason", s->reason);
}

static void write_breakdown(struct writer *w, const struct results *r, uint32_t i) {
  const struct breakdown *b = &r->breakdown[i];
  put_text(w, "endpoint", b->endpoint);
  put_text(w, "component", b->component);
  put_text(w, "kind", b->kind);
  put_number(w, "mean_s", b->mean_s);
  put_number(w, "slow_s", b->slow_s);
}

static void write_saturation(struct writer *w, const struct results *r, uint32_t i) {
  const struct saturation *s = &r->saturation[i];
  put_text(w, "resource", s->resource);
  put_named_estimate(w, "utilization", &s->utilization);
  put_number(w, "saturates_at_per_s", s->saturates_at_per_s);
  put_flag(w, "saturated", s->saturated);
  put_flag(w, "blocked", s->blocked);
  put_text(w, "grows", s->grows);
  put_text(w, "reason", s->reason);
  put_text(w, "remark", s->remark);
}

static void write_error(struct writer *w, const struct results *r, uint32_t i) {
  const struct error_cause *e = &r->errors[i];
  put_text(w, "endpoint", e->endpoint);
  put_text(w, "cause", e->cause);
  put_count(w, "count", e->count);
  put_named_estimate(w, "ratio", &e->ratio);
}

static void write_curve(struct writer *w, const struct results *r, uint32_t i) {
  const struct latency_curve *c = &r->curves[i];
  put_text(w, "endpoint", c->endpoint);
  put_numbers(w, "share", c->share, c->count);
  put_numbers(w, "latency_s", c->latency_s, c->count);
}

static void write_assumption(struct writer *w, const struct results *r, uint32_t i) {
  put_text(w, "path", r->assumptions[i].path);
  put_text(w, "value", r->assumptions[i].value);
  put_text(w, "source", r->assumptions[i].source);
}

static void write_bill_line(struct writer *w, const struct results *r, uint32_t i) {
  const struct bill_line *l = &r->bill.lines[i];
  put_text(w, "item", l->item);
  put_text(w, "price_id", l->price_id);
  put_text(w, "source", l->source);
  put_number(w, "quantity", l->quantity);
  put_text(w, "unit", l->unit);
  put_number(w, "unit_price", l->unit_price);
  put_number(w, "monthly", l->monthly);
}

static void write_outage_class(struct writer *w, const struct results *r, uint32_t i) {
  const struct outage_class *o = &r->availability.classes[i];
  put_text(w, "fault", o->fault);
  put_count(w, "faults", o->faults);
  put_count(w, "outages", o->outages);
  put_number(w, "faults_per_year", o->faults_per_year);
  put_named_estimate(w, "rto_mean_s", &o->rto_mean);
  put_number(w, "rto_p50_s", o->rto_p50);
  put_number(w, "rto_p95_s", o->rto_p95);
  put_number(w, "rto_max_s", o->rto_max);
  put_number(w, "downtime_per_year_s", o->downtime_per_year_s);
  put_text(w, "reason", o->reason);
  if (!o->primaries) return;
  put_count(w, "primaries", o->primaries);
  put_named_estimate(w, "rpo_mean_s", &o->rpo_mean);
  put_number(w, "rpo_p95_s", o->rpo_p95);
  put_number(w, "rpo_max_s", o->rpo_max);
}

static void write_endpoint_availability(struct writer *w, const struct results *r, uint32_t i) {
  put_text(w, "endpoint", r->availability.endpoints[i]);
  put_estimate(w, &r->availability.endpoint_availability[i]);
}

static void put_list(struct writer *w, const char *name, const struct results *r, uint32_t count,
                     void (*write)(struct writer *, const struct results *, uint32_t)) {
  key(w, name);
  open_with(w, '[');
  for (uint32_t i = 0; i < count; i++) {
    next_item(w);
    open_with(w, '{');
    write(w, r, i);
    close_with(w, '}');
  }
  close_with(w, ']');
}

static void write_bill(struct writer *w, const struct results *r) {
  key(w, "bill");
  open_with(w, '{');
  put_text(w, "currency", r->bill.currency);
  put_number(w, "monthly", r->bill.monthly);
  put_list(w, "lines", r, r->bill.count, write_bill_line);
  close_with(w, '}');
}

static void write_outages(struct writer *w, const struct results *r) {
  key(w, "outages");
  if (!r->availability.present) {
    fputs("null", w->file);
    return;
  }
  open_with(w, '{');
  put_number(w, "years", r->availability.years);
  put_named_estimate(w, "availability", &r->availability.availability);
  put_number(w, "downtime_per_year_s", r->availability.downtime_per_year_s);
  put_text(w, "leaves_out", r->availability.leaves_out);
  put_list(w, "classes", r, r->availability.class_count, write_outage_class);
  put_list(w, "endpoints", r, r->availability.endpoint_count, write_endpoint_availability);
  close_with(w, '}');
}

static void write_load(struct writer *w, const struct results *r, uint32_t i) {
  const struct load_figures *l = &r->loads[i];
  put_text(w, "source", l->source);
  put_number(w, "registered", l->registered);
  put_number(w, "active", l->active);
  put_number(w, "concurrent", l->concurrent);
  put_number(w, "users_per_day", l->users_per_day);
  put_number(w, "sessions_per_user", l->sessions_per_user);
  put_number(w, "requests_per_session", l->requests_per_session);
  put_number(w, "mean_per_s", l->mean_per_s);
  put_number(w, "peak_factor", l->peak_factor);
  put_number(w, "peak_per_s", l->peak_per_s);
  put_number(w, "sessions_at_peak_per_s", l->sessions_at_peak_per_s);
  put_number(w, "session_s", l->session_s);
  put_number(w, "inside_at_peak", l->inside_at_peak);
  put_number(w, "run_mean_per_s", l->run_mean_per_s);
  put_number(w, "run_peak_per_s", l->run_peak_per_s);
}

static void write_head(struct writer *w, const struct results *r) {
  char hash[20];
  snprintf(hash, sizeof hash, "%016" PRIx64, r->scenario_hash);
  put_count(w, "aguanta_result", 1);
  key(w, "scenario");
  open_with(w, '{');
  put_text(w, "name", r->scenario_name);
  put_text(w, "title", r->scenario_title);
  put_text(w, "file", r->scenario_file);
  put_text(w, "hash", hash);
  close_with(w, '}');
  put_text(w, "engine", r->engine);
  put_text(w, "seed", r->seed_text);
  put_count(w, "replications", r->replications);
  put_count(w, "requests", r->requests);
  put_number(w, "window_s", r->window_s);
  put_number(w, "warmup_s", r->warmup_s);
  put_flag(w, "warmup_found", r->warmup_found);
  put_text(w, "method", r->batches ? "batches" : "replications");
  put_flag(w, "interrupted", r->interrupted);
}

void report_json_write(FILE *file, const struct results *r) {
  struct writer writer = {file, 0, true}, *w = &writer;
  open_with(w, '{');
  write_head(w, r);
  put_texts(w, "endpoints", r->endpoints, r->endpoint_count);
  write_verdicts(w, r);
  put_list(w, "claims", r, r->claim_count, write_claim);
  put_list(w, "metrics", r, r->metric_count, write_metric);
  if (r->load_count) put_list(w, "load", r, r->load_count, write_load);
  put_list(w, "breakdown", r, r->breakdown_count, write_breakdown);
  put_list(w, "saturation", r, r->saturation_count, write_saturation);
  put_list(w, "errors", r, r->error_count, write_error);
  put_list(w, "curves", r, r->curve_count, write_curve);
  put_list(w, "series", r, r->series_count, write_series);
  write_bill(w, r);
  write_outages(w, r);
  put_list(w, "assumptions", r, r->assumption_count, write_assumption);
  put_texts(w, "notes", (const char *const *)r->notes, r->note_count);
  put_texts(w, "violations", (const char *const *)r->violations, r->violation_count);
  key(w, "scenario_resolved");
  fputs(r->resolved && *r->resolved ? r->resolved : "null", file);
  close_with(w, '}');
  fputc('\n', file);
}

char *report_json(const struct results *results, size_t *length) {
  char *text = NULL;
  FILE *file = allocate_stream(&text, length);
  report_json_write(file, results);
  fclose(file);
  return text;
}

/* Depth 3 and below stay on the line: so the whole point does. */
void report_ndjson_rest(FILE *file, const struct results *r) {
  struct writer writer = {file, 4, true}, *w = &writer;
  put_text(w, "scenario", r->scenario_name);
  put_count(w, "replications", r->replications);
  write_verdicts(w, r);
  put_list(w, "claims", r, r->claim_count, write_claim);
  put_list(w, "metrics", r, r->metric_count, write_metric);
  put_number(w, "monthly_cost", r->bill.monthly);
  put_texts(w, "notes", (const char *const *)r->notes, r->note_count);
  close_with(w, '}');
  fputc('\n', file);
}

void report_sweep_ndjson(FILE *file, const struct sweep_point *point, const char *rest, size_t length) {
  struct writer writer = {file, 3, true}, *w = &writer;
  open_with(w, '{');
  put_count(w, "point", point->number);
  put_text(w, "hash", point->hash);
  key(w, "set");
  open_with(w, '{');
  for (uint32_t i = 0; i < point->axes; i++) {
    if (!point->values[i]) continue;
    next_item(w);
    write_text(file, point->paths[i]), fputs(": ", file), write_text(file, point->values[i]);
  }
  close_with(w, '}');
  fputs(", ", file);
  fwrite(rest, 1, length, file);
}
