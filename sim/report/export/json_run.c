#include "sim/report/run_report.h"
#include "sim/report/format.h"
#include "sim/report/export/json_bill.h"
#include "sim/report/export/json_estimate.h"
#include "sim/report/export/json_uptime.h"
#include "sim/report/export/sweep_points.h"
#include "sim/report/sweep_report.h"
#include "sim/engine/allocate.h"
#include "sim/report/verdicts.h"
#include <stdlib.h>
#include <math.h>

/* ---- records, one function each ---- */

static void write_claim(struct json_writer *w, const void *of, uint32_t i) {
  const struct results *r = of;
  const struct claim_result *c = &r->claims[i];
  json_add_text(w, "id", c->id);
  json_add_text(w, "expr", c->expression);
  json_add_text(w, "source", c->source);
  json_add_text(w, "kind", verdict_kind_word(c->kind));
  json_add_text(w, "severity", c->kind == CLAIM_REQUIREMENT ? format_severity_word(c->severity) : NULL);
  json_add_flag(w, "implicit", c->implicit);
  json_add_text(w, "verdict", c->verdict == VERDICT_NONE ? NULL : format_verdict_word(c->verdict));
  json_add_text(w, "unit", format_unit_word(c->unit, r->bill.currency));
  json_add_pair(w, "limit", c->low, c->high);
  json_add_estimate(w, &c->estimate);
  json_add_text(w, "judged", c->judged);
  json_add_count(w, "more_replications", c->more_replications);
  json_add_text(w, "reason", c->reason);
  json_add_text(w, "leaves_out", c->leaves_out);
  json_add_text(w, "note", c->note);
}

/* How many claims came to what; a null word ends them. */
struct verdict_count {
  const char *word;
  uint32_t count;
};

static void put_sum(struct json_writer *w, const char *name, enum verdict overall, const struct verdict_count *counts) {
  json_key(w, name);
  json_open(w, '{');
  json_add_text(w, "verdict", overall == VERDICT_NONE ? NULL : format_verdict_word(overall));
  for (; counts->word; counts++) json_add_count(w, counts->word, counts->count);
  json_close(w, '}');
}

static void write_verdicts(struct json_writer *w, const struct results *r) {
  struct verdict_sum sum = verdicts_of(r);
  const struct requirement_sum *q = &sum.requirements;
  const struct statement_sum *s = &sum.statements;
  json_key(w, "verdicts");
  json_open(w, '{');
  put_sum(w, "requirements", q->overall,
          (struct verdict_count[]){{"count", q->count},
                                   {"pass", q->pass},
                                   {"fail", q->fail},
                                   {"undecided", q->undecided},
                                   {"no_data", q->no_data},
                                   {"should_failed", q->warnings},
                                   {"should_open", q->open},
                                   {0}});
  put_sum(w, "statements", s->overall,
          (struct verdict_count[]){{"count", s->count},
                                   {"confirmed", s->confirmed},
                                   {"better", s->better},
                                   {"contradicted", s->contradicted},
                                   {"undecided", s->undecided},
                                   {"no_data", s->no_data},
                                   {0}});
  json_add_count(w, "info", sum.info);
  json_close(w, '}');
}

static void write_metric(struct json_writer *w, const void *of, uint32_t i) {
  const struct results *r = of;
  const struct metric *m = &r->metrics[i];
  json_add_text(w, "metric", m->name);
  json_add_text(w, "agg", m->aggregate);
  json_add_label(w, m->label, m->label_value);
  json_add_text(w, "unit", format_unit_word(m->unit, r->bill.currency));
  json_add_estimate(w, &m->estimate);
  json_add_text(w, "reason", m->reason);
}

static void write_series(struct json_writer *w, const void *of, uint32_t i) {
  const struct results *r = of;
  const struct result_series *s = &r->series[i];
  json_add_text(w, "metric", s->metric);
  json_add_label(w, s->label ? "of" : NULL, s->label);
  json_add_text(w, "unit", format_unit_word(s->unit, r->bill.currency));
  json_add_numbers(w, "t_s", s->t_s, s->count);
  json_add_numbers(w, "mean", s->mean, s->count);
  json_add_numbers(w, "low", s->low, s->count);
  json_add_numbers(w, "high", s->high, s->count);
  json_add_text(w, "reason", s->reason);
}

static void write_breakdown(struct json_writer *w, const void *of, uint32_t i) {
  const struct results *r = of;
  const struct breakdown *b = &r->breakdown[i];
  json_add_text(w, "endpoint", b->endpoint);
  json_add_text(w, "component", b->component);
  json_add_text(w, "kind", b->kind);
  json_add_number(w, "mean_s", b->mean_s);
  json_add_number(w, "slow_s", b->slow_s);
}

static void write_saturation(struct json_writer *w, const void *of, uint32_t i) {
  const struct results *r = of;
  const struct saturation *s = &r->saturation[i];
  json_add_text(w, "resource", s->resource);
  json_add_named_estimate(w, "utilization", &s->utilization);
  json_add_number(w, "saturates_at_per_s", s->saturates_at_per_s);
  json_add_flag(w, "saturated", s->saturated);
  json_add_flag(w, "blocked", s->blocked);
  json_add_text(w, "grows", s->grows);
  json_add_text(w, "reason", s->reason);
  json_add_text(w, "remark", s->remark);
}

static void write_error(struct json_writer *w, const void *of, uint32_t i) {
  const struct results *r = of;
  const struct error_cause *e = &r->errors[i];
  json_add_text(w, "endpoint", e->endpoint);
  json_add_text(w, "cause", e->cause);
  json_add_count(w, "count", e->count);
  json_add_named_estimate(w, "ratio", &e->ratio);
}

static void write_curve(struct json_writer *w, const void *of, uint32_t i) {
  const struct results *r = of;
  const struct latency_curve *c = &r->curves[i];
  json_add_text(w, "endpoint", c->endpoint);
  json_add_numbers(w, "share", c->share, c->count);
  json_add_numbers(w, "latency_s", c->latency_s, c->count);
}

static void write_assumption(struct json_writer *w, const void *of, uint32_t i) {
  const struct results *r = of;
  json_add_text(w, "path", r->assumptions[i].path);
  json_add_text(w, "value", r->assumptions[i].value);
  json_add_text(w, "source", r->assumptions[i].source);
}

static void write_outage_class(struct json_writer *w, const void *of, uint32_t i) {
  const struct results *r = of;
  const struct outage_class *o = &r->availability.classes[i];
  json_add_text(w, "fault", o->fault);
  json_add_count(w, "faults", o->faults);
  json_add_count(w, "outages", o->outages);
  json_add_number(w, "faults_per_year", o->faults_per_year);
  json_add_named_estimate(w, "rto_mean_s", &o->rto_mean);
  json_add_number(w, "rto_p50_s", o->rto_p50);
  json_add_number(w, "rto_p95_s", o->rto_p95);
  json_add_number(w, "rto_max_s", o->rto_max);
  json_add_phases(w, o);
  json_add_number(w, "downtime_per_year_s", o->downtime_per_year_s);
  json_add_number(w, "downtime_share", o->downtime_share);
  json_add_flag(w, "planned", o->planned);
  json_add_text(w, "reason", o->reason);
  if (!o->primaries) return;
  json_add_count(w, "primaries", o->primaries);
  json_add_named_estimate(w, "rpo_mean_s", &o->rpo_mean);
  json_add_number(w, "rpo_p95_s", o->rpo_p95);
  json_add_number(w, "rpo_max_s", o->rpo_max);
  if (isinf(o->rpo_max)) json_add_text(w, "rpo_reason", RPO_UNBOUNDED);
}

static void write_endpoint_availability(struct json_writer *w, const void *of, uint32_t i) {
  const struct results *r = of;
  json_add_text(w, "endpoint", r->availability.endpoints[i]);
  json_add_estimate(w, &r->availability.endpoint_availability[i]);
  json_add_life(w, &r->availability.lives[i + 1]);
}

static void write_outages(struct json_writer *w, const struct results *r) {
  if (!r->availability.present) {
    json_add_null(w, "outages");
    return;
  }
  json_key(w, "outages");
  json_open(w, '{');
  json_add_number(w, "years", r->availability.years);
  if (r->availability.biased_years > 0) json_add_number(w, "biased_years", r->availability.biased_years);
  json_add_named_estimate(w, "availability", &r->availability.availability);
  json_add_number(w, "downtime_per_year_s", r->availability.downtime_per_year_s);
  json_add_text(w, "leaves_out", r->availability.leaves_out);
  json_add_uptime(w, &r->availability);
  json_add_records(w, "classes", r, r->availability.class_count, write_outage_class);
  json_add_records(w, "endpoints", r, r->availability.endpoint_count, write_endpoint_availability);
  json_close(w, '}');
}

static void write_strike(struct json_writer *w, const void *of, uint32_t i) {
  const struct results *r = of;
  const struct strike_result *s = &r->strikes[i];
  json_add_text(w, "fault", s->fault);
  json_add_number(w, "at_s", s->at_s);
  json_add_text(w, "id", s->id);
  json_add_text(w, "expr", s->expression);
  json_add_count(w, "judged", s->judged);
  json_add_count(w, "broken", s->broken);
  json_add_count(w, "back", s->back);
  json_add_count(w, "broken_before", s->broken_before);
  json_add_named_estimate(w, "recovery_s", &s->recovery);
  json_add_number(w, "longest_s", s->longest_s);
  json_add_number(w, "watched_s", s->watched_s);
  json_add_number(w, "needs_s", s->needs_s);
  json_add_number(w, "window_s", s->window_s);
  json_add_number(w, "step_s", s->step_s);
  json_add_text(w, "reason", s->reason);
}

static void write_load(struct json_writer *w, const void *of, uint32_t i) {
  const struct results *r = of;
  const struct load_figures *l = &r->loads[i];
  json_add_text(w, "source", l->source);
  json_add_number(w, "registered", l->registered);
  json_add_number(w, "active", l->active);
  json_add_number(w, "concurrent", l->concurrent);
  json_add_number(w, "users_per_day", l->users_per_day);
  json_add_number(w, "sessions_per_user", l->sessions_per_user);
  json_add_number(w, "requests_per_session", l->requests_per_session);
  json_add_number(w, "mean_per_s", l->mean_per_s);
  json_add_number(w, "peak_factor", l->peak_factor);
  json_add_number(w, "peak_per_s", l->peak_per_s);
  json_add_number(w, "sessions_at_peak_per_s", l->sessions_at_peak_per_s);
  json_add_number(w, "session_s", l->session_s);
  json_add_number(w, "inside_at_peak", l->inside_at_peak);
  json_add_number(w, "run_mean_per_s", l->run_mean_per_s);
  json_add_number(w, "run_peak_per_s", l->run_peak_per_s);
}

static void write_head(struct json_writer *w, const struct results *r) {
  json_add_count(w, "aguanta_result", 1);
  json_key(w, "scenario");
  json_open(w, '{');
  json_add_scenario(w, r->scenario_name, r->scenario_title, r->scenario_file, r->scenario_hash);
  json_close(w, '}');
  json_add_text(w, "engine", r->engine);
  json_add_text(w, "seed", r->seed_text);
  json_add_count(w, "replications", r->replications);
  json_add_count(w, "requests", r->requests);
  json_add_number(w, "window_s", r->window_s);
  json_add_number(w, "warmup_s", r->warmup_s);
  json_add_flag(w, "warmup_found", r->warmup_found);
  json_add_text(w, "method", r->batches ? "batches" : "replications");
  json_add_flag(w, "interrupted", r->interrupted);
}

void report_json_write(FILE *file, const struct results *r) {
  struct json_writer writer = json_writer(file, 0), *w = &writer;
  json_open(w, '{');
  write_head(w, r);
  json_add_texts(w, "endpoints", r->endpoints, r->endpoint_count);
  write_verdicts(w, r);
  json_add_records(w, "claims", r, r->claim_count, write_claim);
  json_add_records(w, "metrics", r, r->metric_count, write_metric);
  if (r->load_count) json_add_records(w, "load", r, r->load_count, write_load);
  json_add_records(w, "breakdown", r, r->breakdown_count, write_breakdown);
  json_add_records(w, "saturation", r, r->saturation_count, write_saturation);
  json_add_records(w, "errors", r, r->error_count, write_error);
  json_add_records(w, "curves", r, r->curve_count, write_curve);
  json_add_records(w, "series", r, r->series_count, write_series);
  json_add_bill(w, r);
  write_outages(w, r);
  if (r->strike_count) json_add_records(w, "strikes", r, r->strike_count, write_strike);
  json_add_records(w, "assumptions", r, r->assumption_count, write_assumption);
  json_add_texts(w, "notes", r->notes, r->note_count);
  json_add_texts(w, "violations", r->violations, r->violation_count);
  json_key(w, "scenario_resolved");
  fputs(r->resolved && *r->resolved ? r->resolved : "null", file);
  json_close(w, '}');
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
  struct json_writer writer = json_writer(file, 4), *w = &writer;
  json_add_text(w, "scenario", r->scenario_name);
  json_add_count(w, "replications", r->replications);
  write_verdicts(w, r);
  json_add_records(w, "claims", r, r->claim_count, write_claim);
  json_add_records(w, "metrics", r, r->metric_count, write_metric);
  json_add_number(w, "monthly_cost", r->bill.monthly);
  json_add_texts(w, "components", r->components.names, r->components.count);
  json_add_texts(w, "notes", r->notes, r->note_count);
  json_close(w, '}');
  fputc('\n', file);
}

static void write_point(FILE *file, const struct sweep_point *point, const struct point_section *rest) {
  struct json_writer writer = json_writer(file, 3), *w = &writer;
  json_open(w, '{');
  json_add_count(w, "point", point->number);
  json_add_text(w, "hash", point->hash);
  json_key(w, "set");
  json_open(w, '{');
  for (uint32_t i = 0; i < point->axes; i++) {
    if (!point->values[i]) continue;
    json_item(w);
    json_put_text(file, point->paths[i]);
    fputs(": ", file);
    json_put_text(file, point->values[i]);
  }
  json_close(w, '}');
  fputs(", ", file);
  fwrite(rest->text, 1, rest->length, file);
}

void report_sweep_ndjson(FILE *file, const struct answer *a) { sweep_each_point(file, a->sweep, POINT_NDJSON, write_point); }
