#include "sim/json/safe_text.h"
#include "sim/report/check_report.h"
#include "sim/report/format.h"

void check_add_statements(struct statement_sum *all, const struct statement_sum *one) {
  all->count += one->count, all->confirmed += one->confirmed, all->better += one->better;
  all->contradicted += one->contradicted, all->undecided += one->undecided, all->no_data += one->no_data;
  static const enum verdict order[] = {VERDICT_CONTRADICTED, VERDICT_UNDECIDED, VERDICT_NO_DATA, VERDICT_BETTER, VERDICT_CONFIRMED};
  const enum verdict before = all->overall;
  all->overall = VERDICT_NONE;
  for (int i = 4; i >= 0; i--)
    if (before == order[i] || one->overall == order[i]) all->overall = order[i];
}

static void print_claim(FILE *out, const struct results *r, const char *file, const struct claim_result *c, int width) {
  struct verdict_line tag = verdict_claim_tag(c);
  safe_print(out, "%-*s %s: %s  %s", width, verdict_claim_word(c), file, c->expression, format_claim(c, r->bill.currency).text);
  if (*tag.text) safe_print(out, "  (%s)", tag.text);
  if (c->verdict == VERDICT_NO_DATA && c->reason) safe_print(out, "  %s", c->reason);
  fputc('\n', out);
}

void report_check_file(FILE *out, const struct results *r, const char *file, bool quiet) {
  int width = verdicts_of(r).statements.count ? 12 : 9; /* CONTRADICTED, UNDECIDED */
  const char *leaves_out = NULL;
  for (enum claim_kind kind = CLAIM_REQUIREMENT; kind < CLAIM_INFO; kind++) {
    uint32_t at = 0;
    for (const struct claim_result *c; (c = verdict_next(r, kind, &at));) {
      if (quiet && !verdict_is_open(c)) continue;
      print_claim(out, r, file, c, width);
      if (c->leaves_out) leaves_out = c->leaves_out;
    }
  }
  if (leaves_out) safe_print(out, "%-*s %s: availability, downtime, rto and rpo leave out: %s\n", width, "note", file, leaves_out);
}
