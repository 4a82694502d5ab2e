/* A search for the capacity as JSON: "aguanta_capacity": 1. */
#include "sim/report/capacity_report.h"
#include "sim/report/export/json_estimate.h"
#include "sim/report/format.h"

static const char *const kinds[] = {
    [CAPACITY_LARGEST] = "largest",       [CAPACITY_SMALLEST] = "smallest", [CAPACITY_STRETCH] = "stretch",
    [CAPACITY_EVERYWHERE] = "everywhere", [CAPACITY_NOWHERE] = "nowhere",   [CAPACITY_UNDECIDED] = "untold"};

static void add_root(struct json_writer *w, const char *name, const struct capacity_root *r) {
  json_key(w, name);
  json_open_line(w, '{');
  json_add_number(w, "value", r->value);
  json_add_pair(w, "ci95", r->low, r->high);
  json_add_number(w, "holds_at", r->holds);
  json_add_number(w, "fails_at", r->fails);
  json_add_flag(w, "resolved", r->resolved);
  json_close_line(w, '}');
}

static void write_limit(struct json_writer *w, const void *of, uint32_t i) {
  const struct capacity_result *r = of;
  const struct capacity_limit *l = &r->limits[i];
  const struct capacity_bound *b = &r->bounds[l->bound];
  json_add_count(w, "bound", l->bound);
  json_add_text(w, "id", b->id);
  json_add_text(w, "expr", b->expression);
  json_add_text(w, "unit", format_unit_word(b->unit, r->currency));
  json_add_pair(w, "limit", b->low, b->high);
  json_add_text(w, "course", capacity_course_word(l->course));
  add_root(w, "capacity", &l->root);
  json_add_text(w, "fullest", l->fullest);
  json_add_number(w, "busy", l->busy);
}

static void add_level_estimate(struct json_writer *w, const char *name, const struct estimate *e) {
  json_line(w, 5);
  json_add_named_estimate(w, name, e);
}

/* One claim, one line: a level has many. */
static void add_verdicts(struct json_writer *w, const struct capacity_result *r, const struct capacity_level *l) {
  json_line(w, 5);
  json_key(w, "claims");
  json_open(w, '[');
  for (uint32_t i = 0; i < r->bound_count; i++) {
    json_line(w, 7);
    json_item(w);
    json_open(w, '{');
    json_add_count(w, "bound", i);
    json_add_text(w, "verdict", format_verdict_word(l->verdicts[i].verdict));
    json_add_estimate(w, &l->verdicts[i].estimate);
    json_add_text(w, "reason", l->verdicts[i].reason);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void write_busy(struct json_writer *w, const void *of, uint32_t i) {
  const struct capacity_level *l = of;
  json_add_text(w, "resource", l->resources[i].resource);
  json_add_number(w, "busy", l->resources[i].utilization.value);
}

static void write_level(struct json_writer *w, const void *of, uint32_t i) {
  const struct capacity_result *r = of;
  const struct capacity_level *l = &r->levels[i];
  json_add_number(w, "value", l->value);
  json_add_text(w, "text", l->text);
  json_add_count(w, "replications", l->replications);
  json_add_flag(w, "scanned", l->scanned);
  json_add_flag(w, "from_empty", l->from_empty);
  json_add_text(w, "growth", l->growth.word);
  json_add_text(w, "growth_reason", l->growth.text);
  json_add_number(w, "load", l->load > 0 ? l->load : NAN);
  json_add_number(w, "power", l->power);
  add_level_estimate(w, "throughput", &l->throughput);
  add_level_estimate(w, "latency", &l->latency);
  add_verdicts(w, r, l);
  json_line(w, 5);
  json_add_records(w, "resources", l, l->resource_count, write_busy);
}

static void write_resource(struct json_writer *w, const void *of, uint32_t i) {
  const struct capacity_resource *x = &((const struct capacity_result *)of)->resources[i];
  json_add_text(w, "resource", x->resource);
  json_add_number(w, "full_at", x->full_at);
  json_add_number(w, "busy", x->busy);
  json_add_text(w, "reason", x->reason);
  json_add_text(w, "grows", x->grows);
}

static void add_texts(struct json_writer *w, const char *name, const char *const *texts, uint32_t count) {
  json_key(w, name);
  json_open_line(w, '[');
  for (uint32_t i = 0; i < count; i++) {
    json_item(w);
    json_put_text(w->file, texts[i]);
  }
  json_close_line(w, ']');
}

static void add_range(struct json_writer *w, const struct capacity_result *r) {
  json_key(w, "range");
  json_open_line(w, '{');
  json_add_text(w, "low", r->low_text);
  json_add_text(w, "high", r->high_text);
  json_add_flag(w, "whole", r->whole);
  json_close_line(w, '}');
}

static void add_head(struct json_writer *w, const struct capacity_result *r) {
  json_add_count(w, "aguanta_capacity", 1);
  json_key(w, "scenario");
  json_open_line(w, '{');
  json_add_scenario(w, r->scenario_name, r->scenario_title, r->scenario_file, r->scenario_hash);
  json_close_line(w, '}');
  json_add_text(w, "engine", r->engine);
  json_add_text(w, "seed", r->seed_text);
  json_add_text(w, "path", r->path);
  json_add_text(w, "unit", r->unit);
  add_range(w, r);
  json_add_number(w, "precision", r->precision);
  json_add_text(w, "kind", kinds[r->kind]);
  json_add_flag(w, "resolved", r->resolved);
  json_add_flag(w, "interrupted", r->interrupted);
  json_add_text(w, "answer", capacity_sentence(r).text);
  json_add_text(w, "reason", r->reason);
  add_root(w, "most", &r->most);
  add_root(w, "least", &r->least);
  json_add_count(w, "looks", r->looks);
  json_add_count(w, "requests", r->requests);
  json_add_number(w, "knee", r->knee >= 0 ? r->levels[r->knee].value : NAN);
}

void report_capacity_json(FILE *file, const struct answer *a) {
  const struct capacity_result *r = a->capacity;
  struct json_writer writer = json_writer(file, 0), *w = &writer;
  json_open(w, '{');
  add_head(w, r);
  json_add_records(w, "claims", r, r->limit_count, write_limit);
  json_add_records(w, "levels", r, r->level_count, write_level);
  json_add_number(w, "stands_at", r->stands_at);
  json_add_flag(w, "stands_holds", r->stands_holds);
  json_add_records(w, "resources", r, r->resource_count, write_resource);
  add_texts(w, "components", r->components.names, r->components.count);
  add_texts(w, "notes", r->notes, r->note_count);
  add_texts(w, "violations", r->violations, r->violation_count);
  json_close(w, '}');
  fputc('\n', file);
}
