#include "sim/report/text/text_selftest.h"
#include "sim/report/format.h"
#include "sim/report/text/text_table.h"

enum { NAME = 26, MEASURE = 32, EXACT = 9, SIMULATED = 10, INTERVAL = 14, Z = 6 };

/* To compare by eye: as many digits as the simulated value has, and two more. */
static struct shown exact_text(const struct selftest_row *row) {
  struct estimate x = row->simulated;
  double half = 0.01 * (x.high - x.low);
  return format_value(row->unit, NULL,
                      &(struct estimate){.value = row->exact, .low = row->exact - half, .high = row->exact + half});
}

static void print_row(FILE *file, const struct selftest_row *row) {
  table_left(file, row->name, NAME), table_left(file, row->measure, MEASURE);
  table_right(file, exact_text(row).text, EXACT);
  table_right(file, format_value(row->unit, NULL, &row->simulated).text, SIMULATED);
  fputs("  ", file);
  table_left(file, format_interval(row->unit, NULL, &row->simulated).text, INTERVAL);
  fprintf(file, "%*.2f  %s", Z, row->z, row->wrong ? "FAIL" : "PASS");
  if (row->wrong) fprintf(file, " %s", row->wrong);
  fputc('\n', file);
}

static void print_head(FILE *file) {
  table_left(file, "case", NAME), table_left(file, "measure", MEASURE);
  table_right(file, "exact", EXACT), table_right(file, "simulated", SIMULATED);
  fputs("  ", file);
  table_left(file, "95% interval", INTERVAL), table_right(file, "z", Z);
  fputc('\n', file);
}

void report_selftest(FILE *file, const struct selftest_results *r) {
  for (uint32_t i = 0; i < r->check_count; i++) {
    const struct selftest_check *c = &r->checks[i];
    table_left(file, c->name, NAME);
    fprintf(file, "%s  %s%s%s\n", c->what, c->wrong ? "FAIL" : "PASS", c->wrong ? " " : "", c->wrong ? c->wrong : "");
  }
  fputc('\n', file);
  print_head(file);
  for (uint32_t i = 0; i < r->row_count; i++) print_row(file, &r->rows[i]);
  uint32_t count = r->row_count + r->check_count;
  if (r->row_count)
    fprintf(file,
            "\nz: standard errors between exact and simulated; beyond %.2f it would be no chance (one false alarm in 1,000 "
            "self-tests)\n",
            r->rows[0].bound);
  if (r->interrupted)
    fprintf(file, "selftest: interrupted after %u cases\n", count);
  else if (r->failed)
    fprintf(file, "selftest: %u of %u cases FAIL: this is a fault of the program: do not use its figures\n", r->failed, count);
  else
    fprintf(file, "selftest: %u cases hold\n", count);
}
