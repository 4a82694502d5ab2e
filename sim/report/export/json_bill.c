#include "sim/report/export/json_bill.h"
#include <math.h>

static bool differ(double a, double b) { return isnan(a) != isnan(b) || fabs(a - b) > 1e-9 * fabs(b); }

/* Ends of prices and first months are written where there are any. */
static void add_ends(struct json_writer *w, double monthly, double low, double high, double first) {
  if (differ(low, high)) json_add_number(w, "monthly_low", low), json_add_number(w, "monthly_high", high);
  if (differ(first, monthly)) json_add_number(w, "first_month", first);
}

static void write_line(struct json_writer *w, const struct bill_line *l) {
  json_add_text(w, "item", l->item);
  json_add_text(w, "price_id", l->price_id);
  json_add_text(w, "source", l->source);
  json_add_number(w, "quantity", l->quantity);
  json_add_text(w, "unit", l->unit);
  json_add_number(w, "unit_price", l->unit_price);
  json_add_number(w, "monthly", l->monthly);
  add_ends(w, l->monthly, l->low, l->high, l->first);
}

static void write_cost(struct json_writer *w, const void *of, uint32_t i) {
  write_line(w, &((const struct results *)of)->bill.lines[i]);
}
static void write_income(struct json_writer *w, const void *of, uint32_t i) {
  write_line(w, &((const struct results *)of)->bill.income[i]);
}

static void add_if_known(struct json_writer *w, const char *name, double amount) {
  if (!isnan(amount)) json_add_number(w, name, amount);
}

void json_add_bill(struct json_writer *w, const struct results *r) {
  const struct bill *b = &r->bill;
  json_key(w, "bill");
  json_open(w, '{');
  json_add_text(w, "currency", b->currency);
  json_add_number(w, "monthly", b->monthly);
  if (b->count) add_ends(w, b->monthly, b->low, b->high, b->first);
  json_add_records(w, "lines", r, b->count, write_cost);
  if (b->income_count) {
    json_add_number(w, "revenue", b->revenue);
    json_add_number(w, "profit", b->revenue - b->monthly);
    json_add_number(w, "margin", b->revenue > 0 ? (b->revenue - b->monthly) / b->revenue : NAN);
    json_add_records(w, "income", r, b->income_count, write_income);
  }
  add_if_known(w, "per_1000_requests", b->per_1000);
  add_if_known(w, "per_user", b->per_user);
  add_if_known(w, "per_order", b->per_order);
  add_if_known(w, "hour_down", b->hour_down);
  add_if_known(w, "downtime_per_year", b->down_a_year);
  json_close(w, '}');
}
