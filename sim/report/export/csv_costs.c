#include "sim/report/costs_report.h"
#include "sim/report/export/csv_cell.h"
#include <math.h>

static void put(FILE *file, const struct costs_results *c, const char *kind, const char *name, double from, double to, double value,
                double low, double high, const char *verdict) {
  csv_column(file, kind);
  csv_column(file, name);
  csv_column_number(file, from);
  csv_column_number(file, to);
  csv_column(file, c->currency);
  csv_column_number(file, value);
  csv_column_number(file, low);
  csv_column_number(file, high);
  csv_cell(file, verdict);
  fputs("\r\n", file);
}

static const char *word_at(const struct curve *c, double users) {
  return users < c->until_low ? "PASS" : users < c->until_high ? "UNDECIDED" : "FAIL";
}

void report_costs_csv(FILE *file, const struct answer *a) {
  const struct costs_results *c = a->costs;
  fputs("kind,name,users_from,users,unit,value,low,high,verdict\r\n", file);
  for (uint32_t i = 0; i < c->count; i++)
    for (uint32_t k = 0; k < c->curves[i].count; k++) {
      const struct curve_point *p = &c->curves[i].points[k];
      put(file, c, "cost", c->names[i], p->x, p->x, p->value, p->low, p->high, word_at(&c->curves[i], p->x));
    }
  for (uint32_t i = 0; i < c->range_count; i++) {
    const struct envelope_range *r = &c->ranges[i];
    double middle = 0.5 * (r->from + r->to);
    put(file, c, "cheapest", r->lowest < 0 ? "none" : c->names[r->lowest], r->from, r->to,
        r->lowest < 0 ? NAN : curve_at(&c->curves[r->lowest], middle, CURVE_VALUE), NAN, NAN, "");
    if (i + 1 < c->range_count)
      put(file, c, r->why == ENVELOPE_ENDS ? "breaks" : "crosses", r->lowest < 0 ? "none" : c->names[r->lowest],
          isinf(r->low) ? NAN : r->low, isinf(r->high) ? NAN : r->high, NAN, NAN, NAN, "");
  }
  for (uint32_t i = 0; i < c->count; i++)
    for (uint32_t k = 0; k < c->outlooks[i]->stated_count; k++) {
      char name[200];
      const struct outlook_stated *s = &c->outlooks[i]->stated[k];
      snprintf(name, sizeof name, "%.80s, %.80s", c->names[i], s->name);
      put(file, c, "stated", name, s->from, s->users, 0.5 * (s->low + s->high), s->low, s->high, format_verdict_word(s->verdict));
    }
}
