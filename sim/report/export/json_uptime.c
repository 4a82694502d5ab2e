#include "sim/report/export/json_uptime.h"

void json_add_life(struct json_writer *w, const struct outage_life *life) {
  json_add_count(w, "outages", life->outages);
  json_add_named_estimate(w, "outages_per_year", &life->per_year);
  json_add_named_estimate(w, "mtbf_s", &life->mtbf);
  json_add_number(w, "outage_mean_s", life->length_s);
  json_add_named_estimate(w, "time_to_first_s", &life->first);
  json_add_count(w, "pieces", life->pieces);
  json_add_count(w, "pieces_with_outage", life->firsts);
}

void json_add_phases(struct json_writer *w, const struct outage_class *o) {
  if (!o->phase_count) {
    json_add_null(w, "rto_phases_s");
    return;
  }
  json_key(w, "rto_phases_s");
  json_open(w, '{');
  for (uint32_t i = 0; i < o->phase_count; i++) json_add_number(w, o->phases[i], o->phase_mean_s[i]);
  json_close(w, '}');
}

static void add_spread(struct json_writer *w, const char *name, const struct downtime_spread *s) {
  json_key(w, name);
  json_open(w, '{');
  json_add_named_estimate(w, "mean_s", &s->mean);
  json_add_number(w, "p50_s", s->p50);
  json_add_named_estimate(w, "p95_s", &s->p95);
  json_add_number(w, "worst_s", s->worst);
  json_key(w, "twentieths_s");
  json_open_line(w, '[');
  for (int i = 0; i < SPREAD_QUANTILES; i++) json_item(w), json_put_number(w->file, s->quantiles[i]);
  json_close_line(w, ']');
  json_close(w, '}');
}

static void write_part(struct json_writer *w, const void *of, uint32_t i) {
  const struct downtime_part *p = &((const struct availability_result *)of)->parts[i];
  json_add_text(w, "of", p->name);
  add_spread(w, "year", &p->year);
  add_spread(w, "month", &p->month);
}

static void add_budget(struct json_writer *w, const struct error_budget *b) {
  json_key(w, "error_budget");
  json_open(w, '{');
  json_add_number(w, "target", b->target);
  json_add_flag(w, "claimed", b->claimed);
  json_add_number(w, "year_s", b->year_s);
  json_add_number(w, "month_s", b->month_s);
  json_add_named_estimate(w, "used", &b->used);
  json_add_named_estimate(w, "years_kept", &b->year_kept);
  json_add_named_estimate(w, "months_kept", &b->month_kept);
  json_close(w, '}');
}

void json_add_uptime(struct json_writer *w, const struct availability_result *a) {
  json_add_records(w, "downtime", a, a->part_count, write_part);
  json_key(w, "life");
  json_open(w, '{');
  json_add_life(w, &a->lives[0]);
  json_close(w, '}');
  add_budget(w, &a->budget);
  json_add_number(w, "without_fault_per_year_s", a->without_fault_per_year_s);
  json_add_text(w, "needs", a->needs);
}
