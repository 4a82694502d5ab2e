/* A comparison as a comment on a change: what is another in one line, and the rest folded away.
 *
 *     **web.yaml**: p95(buy.latency) -12 ms, cost(month) +234.00 EUR; requirement `...` breaks
 *
 * The line has what is shown to differ: the latency of the endpoint that changed most, errors, the bill, downtime; and each
 * requirement whose verdict is another. Where nothing is, it says so. */
#include "sim/report/compare_report.h"
#include "sim/report/export.h"
#include "sim/report/format.h"
#include "sim/report/page/markdown_cell.h"
#include <math.h>
#include <string.h>

static bool is(const struct compare_row *row, const char *aggregate) { return !strcmp(row->aggregate, aggregate); }

/* Of what is told in the first line, and of this system. */
static bool shown(const struct compare_row *row, uint32_t system) {
  return row->system == system && !row->detail && !row->reason && row->shown;
}

static double weight(const struct compare_row *row) {
  double relative = fabs(row->relative.value);
  return isnan(relative) ? 0 : relative;
}

/* Of one endpoint, the one that changed most. */
static const struct compare_row *most_changed(const struct compare_results *c, uint32_t system, const char *aggregate) {
  const struct compare_row *most = NULL;
  for (uint32_t i = 0; i < c->row_count; i++) {
    const struct compare_row *row = &c->rows[i];
    if (!shown(row, system) || !is(row, aggregate) || !strstr(row->metric, ".latency") || !strcmp(row->metric, "all.latency"))
      continue;
    if (!most || weight(row) > weight(most)) most = row;
  }
  return most;
}

/* The p95, or what else is shown of a latency where too little was seen for that. */
static const struct compare_row *slowest_change(const struct compare_results *c, uint32_t system) {
  static const char *const aggregates[] = {"p95", "p99", "mean", "p50"};
  const struct compare_row *found = NULL;
  for (size_t i = 0; !found && i < sizeof aggregates / sizeof *aggregates; i++) found = most_changed(c, system, aggregates[i]);
  return found;
}

static const struct compare_row *find(const struct compare_results *c, uint32_t system, const char *name) {
  for (uint32_t i = 0; i < c->row_count; i++)
    if (shown(&c->rows[i], system) && !strcmp(compare_name(&c->rows[i]).text, name)) return &c->rows[i];
  return NULL;
}

static void put_row(FILE *file, const struct compare_results *c, const struct compare_row *row, uint32_t *count) {
  if (!row) return;
  fputs((*count)++ ? ", " : " ", file);
  markdown_text(file, compare_name(row).text);
  fprintf(file, " %s", compare_signed(row, c->currency).text);
}

/* --- requirements ------------------------------------------------------------------------------------------------------------- */

/* The requirement of these words; null: there is none. */
static const struct claim_result *same_claim(const struct results *r, const struct claim_result *of) {
  for (uint32_t i = 0; i < r->claim_count; i++)
    if (r->claims[i].kind == of->kind && !strcmp(r->claims[i].expression, of->expression)) return &r->claims[i];
  return NULL;
}

/* What a reader has to know of it; null: nothing. */
static const char *changed(const struct claim_result *before, const struct claim_result *now) {
  if (!now) return "is gone";
  bool broken = now->verdict == VERDICT_FAIL;
  if (!before) return broken ? "is new and does not hold" : now->verdict == VERDICT_PASS ? "is new and holds" : "is new and open";
  if (before->verdict == now->verdict) return NULL;
  return broken ? "breaks" : now->verdict == VERDICT_PASS ? "holds now" : "is open now";
}

static void put_claim(FILE *file, const struct claim_result *claim, const char *words, uint32_t *count) {
  if (!words) return;
  fputs((*count)++ ? "; " : " ", file);
  markdown_put_code(file, claim->severity == SEVERITY_MUST ? "requirement " : "requirement (should) ", claim->expression, " ");
  fputs(words, file);
}

static void put_claims(FILE *file, const struct results *base, const struct results *now, uint32_t *count) {
  for (uint32_t i = 0; i < now->claim_count; i++)
    if (now->claims[i].kind == CLAIM_REQUIREMENT)
      put_claim(file, &now->claims[i], changed(same_claim(base, &now->claims[i]), &now->claims[i]), count);
  for (uint32_t i = 0; i < base->claim_count; i++)
    if (base->claims[i].kind == CLAIM_REQUIREMENT && !same_claim(now, &base->claims[i]))
      put_claim(file, &base->claims[i], changed(&base->claims[i], NULL), count);
}

/* --- the comment -------------------------------------------------------------------------------------------------------------- */

static void put_line(FILE *file, const struct compare_results *c, uint32_t system) {
  static const char *const names[] = {"error_rate(all)", "cost(month)", "downtime(year)"};
  uint32_t count = 0;
  markdown_put(file, "**", compare_file(c, system), "**:");
  put_row(file, c, slowest_change(c, system), &count);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) put_row(file, c, find(c, system, names[i]), &count);
  put_claims(file, c->systems[0], c->systems[system], &count);
  if (!count) fputs(" no difference shown", file);
  fprintf(file, "%s\n", c->interrupted ? " (interrupted: partial results)" : "");
}

static void put_table(FILE *file, const struct compare_results *c, uint32_t system) {
  uint32_t open = 0;
  fprintf(file, "\n<details><summary>%s now: %s</summary>\n\n| | before | now | difference |\n| --- | ---: | ---: | --- |\n",
          "Requirements", verdicts_line(c->systems[system]).text);
  for (uint32_t i = 0; i < c->row_count; i++) {
    const struct compare_row *row = &c->rows[i];
    if (row->system != system || row->detail) continue;
    if (!shown(row, system)) open++;
    if (!shown(row, system)) continue;
    markdown_put_code(file, "| ", compare_name(row).text, "");
    fprintf(file, " | %s | %s | %s |\n", format_value(row->unit, c->currency, &row->base).text,
            format_value(row->unit, c->currency, &row->value).text, compare_words(row, c->currency).text);
  }
  fprintf(file, "\n%s without a difference that is shown. %s of %s each%s; the intervals hold together at 95%%.\n",
          format_counted(open, "measure", NULL).text, format_counted(c->replications, "replication", NULL).text,
          format_number(UNIT_SECONDS, NULL, c->window_s).text,
          c->other_customers ? ", on other customers" : ", on the same customers");
  fputs("</details>\n", file);
}

static void write(FILE *file, const struct answer *a) {
  for (uint32_t i = 1; i < a->compare->system_count; i++) {
    if (i > 1) fputc('\n', file);
    put_line(file, a->compare, i);
    if (!a->compare->best) put_table(file, a->compare, i);
  }
}

const struct export_format export_comment = {.name = "comment", .streamed = true, .write = {[ANSWER_COMPARE] = write}};
