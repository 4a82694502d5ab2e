#include "sim/report/report.h"
#include "sim/report/format.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A writer that knows only where commas go; keys and values are written in the order of the calls. */
struct writer {
  FILE *file;
  int depth;
  bool first; /* nothing written yet in the innermost list or object */
};

static void next_item(struct writer *w) {
  fputs(w->first ? "" : ",", w->file);
  if (w->depth <= 2)
    fprintf(w->file, "\n%*s", 2 * w->depth, ""); /* deeper ones stay on the line: one record, one line */
  else if (!w->first)
    fputc(' ', w->file);
  w->first = false;
}

/* Bytes that are not UTF-8 become U+FFFD, because a result must always be JSON. */
static void write_text(FILE *file, const char *text) {
  if (!text) {
    fputs("null", file);
    return;
  }
  fputc('"', file);
  for (const unsigned char *c = (const unsigned char *)text; *c;) {
    unsigned code = 0;
    int length = format_character(c, &code);
    if (length == 0)
      fputs("\\ufffd", file);
    else if (code == '"' || code == '\\')
      fprintf(file, "\\%c", (int)code);
    else if (code < 0x20 || code == 0x7F)
      fprintf(file, "\\u%04x", code);
    else
      fwrite(c, 1, (size_t)length, file);
    c += length ? length : 1;
  }
  fputc('"', file);
}

/* The shortest of three precisions that reads back as the same double. */
static void write_number(FILE *file, double value) {
  char text[40];
  if (!isfinite(value)) {
    fputs("null", file);
    return;
  }
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  fputs(text, file);
}

static void key(struct writer *w, const char *name) {
  next_item(w);
  fprintf(w->file, "\"%s\": ", name);
}

static void open_with(struct writer *w, char bracket) {
  fputc(bracket, w->file);
  w->depth++, w->first = true;
}

static void close_with(struct writer *w, char bracket) {
  w->depth--;
  if (!w->first && w->depth < 2) fprintf(w->file, "\n%*s", 2 * w->depth, "");
  fputc(bracket, w->file);
  w->first = false;
}

static void put_text(struct writer *w, const char *name, const char *text) { key(w, name), write_text(w->file, text); }
static void put_number(struct writer *w, const char *name, double value) { key(w, name), write_number(w->file, value); }
static void put_count(struct writer *w, const char *name, uint64_t count) { key(w, name), fprintf(w->file, "%" PRIu64, count); }
static void put_flag(struct writer *w, const char *name, bool flag) { key(w, name), fputs(flag ? "true" : "false", w->file); }

static void put_numbers(struct writer *w, const char *name, const double *values, uint32_t count) {
  key(w, name);
  fputc('[', w->file);
  for (uint32_t i = 0; i < count; i++) {
    fputs(i ? ", " : "", w->file);
    write_number(w->file, values ? values[i] : NAN);
  }
  fputc(']', w->file);
}

static void put_texts(struct writer *w, const char *name, const char *const *texts, uint32_t count) {
  key(w, name);
  open_with(w, '[');
  for (uint32_t i = 0; i < count; i++) next_item(w), write_text(w->file, texts[i]);
  close_with(w, ']');
}

/* value, ci95 and n; the interval of an exact value is the value. */
static void put_estimate(struct writer *w, const struct estimate *e) {
  put_number(w, "value", e->value);
  put_numbers(w, "ci95", e->exact ? (double[]){e->value, e->value} : (double[]){e->low, e->high}, 2);
  put_count(w, "n", e->n);
}

static void put_named_estimate(struct writer *w, const char *name, const struct estimate *e) {
  key(w, name);
  open_with(w, '{');
  put_estimate(w, e);
  close_with(w, '}');
}

static void put_label(struct writer *w, const char *label, const char *value) {
  key(w, "labels");
  fputc('{', w->file);
  if (label) write_text(w->file, label), fputs(": ", w->file), write_text(w->file, value);
  fputc('}', w->file);
}

/* ---- records, one function each ---- */

static void write_claim(struct writer *w, const struct results *r, uint32_t i) {
  const struct claim_result *c = &r->claims[i];
  put_text(w, "id", c->id);
  put_text(w, "expr", c->expression);
  put_text(w, "source", c->source);
  put_text(w, "severity", format_severity_word(c->severity));
  put_text(w, "verdict", format_verdict_word(c->verdict));
  put_text(w, "unit", format_unit_word(c->unit, r->bill.currency));
  put_numbers(w, "limit", (double[]){c->low, c->high}, 2);
  put_estimate(w, &c->estimate);
  put_count(w, "more_replications", c->more_replications);
  put_text(w, "reason", c->reason);
  put_text(w, "note", c->note);
}

static void write_metric(struct writer *w, const struct results *r, uint32_t i) {
  const struct metric *m = &r->metrics[i];
  put_text(w, "metric", m->name);
  put_text(w, "agg", m->aggregate);
  put_label(w, m->label, m->label_value);
  put_text(w, "unit", format_unit_word(m->unit, r->bill.currency));
  put_estimate(w, &m->estimate);
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
  put_list(w, "classes", r, r->availability.class_count, write_outage_class);
  put_list(w, "endpoints", r, r->availability.endpoint_count, write_endpoint_availability);
  close_with(w, '}');
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
  put_list(w, "claims", r, r->claim_count, write_claim);
  put_list(w, "metrics", r, r->metric_count, write_metric);
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
  FILE *file = open_memstream(&text, length);
  if (!file) abort(); /* out of memory, as in the arena */
  report_json_write(file, results);
  if (fclose(file) != 0) abort();
  return text;
}

/* Depth 3 and below stay on the line: so the whole point does. */
void report_sweep_ndjson(FILE *file, const struct results *r, const struct sweep_point *point) {
  struct writer writer = {file, 3, true}, *w = &writer;
  open_with(w, '{');
  put_count(w, "point", point->number);
  key(w, "set");
  open_with(w, '{');
  for (uint32_t i = 0; i < point->axes; i++) {
    next_item(w);
    write_text(file, point->paths[i]), fputs(": ", file), write_text(file, point->values[i]);
  }
  close_with(w, '}');
  put_text(w, "scenario", r->scenario_name);
  put_count(w, "replications", r->replications);
  put_list(w, "claims", r, r->claim_count, write_claim);
  put_list(w, "metrics", r, r->metric_count, write_metric);
  put_number(w, "monthly_cost", r->bill.monthly);
  put_texts(w, "notes", (const char *const *)r->notes, r->note_count);
  close_with(w, '}');
  fputc('\n', file);
}
