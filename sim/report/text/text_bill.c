/* The bill, and what it is set against. */
#include "sim/report/format.h"
#include "sim/report/text/text_table.h"
#include <math.h>
#include <string.h>

static struct shown quantity(const struct bill_line *line) {
  struct shown out;
  snprintf(out.text, sizeof out.text, "%.20s%s%.50s", format_number(UNIT_NONE, NULL, line->quantity).text,
           line->unit && *line->unit ? " " : "", line->unit ? line->unit : "");
  return out;
}

/* Small amounts with the digits that they have. */
static struct shown small_price(double price) {
  struct shown out = format_money(price);
  if (price != 0 && fabs(price * 100 - round(price * 100)) > 1e-9) snprintf(out.text, sizeof out.text, "%.4g", price);
  return out;
}

static struct shown unknown_or(double amount) {
  struct shown out = format_money(amount);
  if (isnan(amount)) snprintf(out.text, sizeof out.text, "unknown");
  return out;
}

static bool ranged(double low, double high) { return high - low > 1e-9 * fabs(high); }

static void print_ends(FILE *file, double low, double high) {
  if (ranged(low, high)) fprintf(file, "    %s to %s at the ends of its price\n", format_money(low).text, format_money(high).text);
}

static void print_line(FILE *file, const struct bill_line *line, const struct report_options *options) {
  fputs("  ", file);
  table_left(file, line->item, 44);
  table_right(file, quantity(line).text, 20);
  table_right(file, small_price(line->unit_price).text, 12);
  table_right(file, unknown_or(line->monthly).text, 14);
  fputc('\n', file);
  print_ends(file, line->low, line->high);
  if (options->verbose && line->source) fprintf(file, "    %s: %s\n", line->price_id ? line->price_id : "price", line->source);
}

static void print_sum(FILE *file, const char *what, double amount) {
  fputs("  ", file);
  table_left(file, what, 76);
  table_right(file, unknown_or(amount).text, 14);
  fputc('\n', file);
}

static void print_each(FILE *file, const char *what, double amount) {
  if (isnan(amount)) return;
  fputs("  ", file);
  table_left(file, what, 76);
  table_right(file, small_price(amount).text, 14);
  fputc('\n', file);
}

static void print_income(FILE *file, const struct bill *b, const struct report_options *options) {
  if (!b->income_count) return;
  fputs("\n", file);
  for (uint32_t i = 0; i < b->income_count; i++) print_line(file, &b->income[i], options);
  print_sum(file, "revenue", b->revenue);
  print_sum(file, "profit", b->revenue - b->monthly);
  double margin = (b->revenue - b->monthly) / b->revenue;
  char text[32];
  snprintf(text, sizeof text, isfinite(margin) ? "%.1f%%" : "unknown", 100 * margin);
  fputs("  ", file), table_left(file, "margin", 76), table_right(file, text, 14), fputc('\n', file);
}

static void print_shares(FILE *file, const struct bill *b) {
  char order[80];
  snprintf(order, sizeof order, "for each order (%.60s)", b->order ? b->order : "");
  print_each(file, "for 1,000 requests", b->per_1000);
  print_each(file, "for each user", b->per_user);
  print_each(file, order, b->per_order);
  print_each(file, "an hour down", b->hour_down);
  print_each(file, "downtime of a year", b->down_a_year);
}

void text_bill(FILE *file, const struct results *r, const struct report_options *options) {
  const struct bill *bill = &r->bill;
  if (bill->count == 0 && !bill->income_count) return;
  char remark[40];
  snprintf(remark, sizeof remark, "%s a month", bill->currency ? bill->currency : "");
  table_heading(file, "COST", remark);
  for (uint32_t i = 0; i < bill->count; i++) print_line(file, &bill->lines[i], options);
  print_sum(file, "total", bill->monthly);
  if (ranged(bill->low, bill->high)) print_sum(file, "total, all prices at their low ends", bill->low);
  if (ranged(bill->low, bill->high)) print_sum(file, "total, all prices at their high ends", bill->high);
  if (ranged(bill->first, bill->monthly)) print_sum(file, "the first month, at promotional prices", bill->first);
  print_income(file, bill, options);
  print_shares(file, bill);
}
