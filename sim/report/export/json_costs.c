/* Cost over users as JSON: "aguanta_costs": 1. */
#include "sim/report/costs_report.h"
#include "sim/report/export/json_estimate.h"
#include <math.h>

void report_until_json(struct json_writer *w, const struct outlook_until *u) {
  json_key(w, "holds_until");
  json_open_line(w, '{');
  json_add_number(w, "users", isinf(u->users) ? NAN : u->users);
  json_add_pair(w, "ci95", isinf(u->low) ? NAN : u->low, isinf(u->high) ? NAN : u->high);
  json_add_flag(w, "throughout", isinf(u->users));
  json_add_flag(w, "shown", u->shown);
  json_add_text(w, "breaks", u->breaks);
  json_close_line(w, '}');
}

static void write_stated(struct json_writer *w, const void *of, uint32_t i) {
  const struct outlook_stated *s = &((const struct outlook_results *)of)->stated[i];
  json_add_text(w, "name", s->name);
  json_add_text(w, "source", s->source);
  json_add_pair(w, "users", s->from, s->users);
  json_add_pair(w, "stated", s->low, s->high);
  json_add_named_estimate(w, "cost", &s->cost);
  json_add_text(w, "holds", format_verdict_word(s->holds));
  json_add_text(w, "verdict", format_verdict_word(s->verdict));
  json_add_text(w, "reason", s->reason);
}

void report_stated_json(struct json_writer *w, const struct outlook_results *r) {
  json_add_records(w, "stated", r, r->run_count ? r->stated_count : 0, write_stated);
}

static void write_point(struct json_writer *w, const void *of, uint32_t i) {
  const struct curve_point *p = &((const struct curve *)of)->points[i];
  json_add_number(w, "users", p->x);
  json_add_number(w, "value", p->value);
  json_add_pair(w, "ci95", p->low, p->high);
}

static void write_architecture(struct json_writer *w, const void *of, uint32_t i) {
  const struct costs_results *c = of;
  const struct outlook_results *r = c->outlooks[i];
  json_add_text(w, "name", c->names[i]);
  json_add_text(w, "title", r->scenario_title);
  json_add_text(w, "file", r->scenario_file);
  json_add_text(w, "answer", growth_sentence(r).text);
  report_until_json(w, &r->until);
  json_line(w, 5);
  json_add_records(w, "points", &c->curves[i], c->curves[i].count, write_point);
  json_line(w, 5);
  report_stated_json(w, r);
}

static void write_range(struct json_writer *w, const void *of, uint32_t i) {
  const struct costs_results *c = of;
  const struct envelope_range *r = &c->ranges[i];
  static const char *const why[] = {
      [ENVELOPE_LAST] = "last", [ENVELOPE_ENDS] = "breaks", [ENVELOPE_CROSSES] = "crosses", [ENVELOPE_UNKNOWN] = "unknown"};
  json_add_number(w, "from", r->from);
  json_add_number(w, "to", r->to);
  json_add_pair(w, "to_ci95", isinf(r->low) ? NAN : r->low, isinf(r->high) ? NAN : r->high);
  json_add_text(w, "cheapest", r->lowest < 0 ? NULL : c->names[r->lowest]);
  json_add_text(w, "ends", why[r->why]);
}

void report_costs_json(FILE *file, const struct answer *a) {
  const struct costs_results *c = a->costs;
  struct json_writer writer = json_writer(file, 0), *w = &writer;
  json_open(w, '{');
  json_add_count(w, "aguanta_costs", 1);
  json_add_text(w, "engine", c->outlooks[0]->engine);
  json_add_text(w, "seed", c->outlooks[0]->seed_text);
  json_add_count(w, "requests", c->requests);
  json_add_flag(w, "interrupted", c->interrupted);
  json_add_text(w, "answer", costs_sentence(c).text);
  json_add_text(w, "currency", c->currency);
  json_add_records(w, "architectures", c, c->count, write_architecture);
  json_add_records(w, "cheapest", c, c->range_count, write_range);
  json_add_texts(w, "notes", c->notes, c->note_count);
  json_close(w, '}');
  fputc('\n', file);
}
