#include "sim/engine/allocate.h"
#include "sim/report/format.h"
#include "sim/report/text/text_table.h"
#include "sim/report/verdicts.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Bold, because the plain colours are unreadable on half of the terminals. Red is for requirements only: a document that is
 * contradicted is no failure of the system. */
const char *text_verdict_color(enum verdict verdict) {
  static const char *const colors[] = {[VERDICT_PASS] = "\x1b[1;32m",         [VERDICT_FAIL] = "\x1b[1;31m",
                                       [VERDICT_UNDECIDED] = "\x1b[1;33m",    [VERDICT_NO_DATA] = "\x1b[1;35m",
                                       [VERDICT_CONFIRMED] = "\x1b[1;32m",    [VERDICT_BETTER] = "\x1b[1;36m",
                                       [VERDICT_CONTRADICTED] = "\x1b[1;33m", [VERDICT_NONE] = ""};
  assert(verdict <= VERDICT_NONE);
  return colors[verdict];
}

enum { INDENT = 2, GAP = 2, SOURCE_MAX = 14, EXPRESSION_LEAST = 36, COMFORTABLE = 100 };

/* One table a kind. */
struct table {
  enum claim_kind kind;
  const char *heading, *explained;
  int verdict; /* width of the longest word; 0: no such column */
};

static const struct table tables[] = {
    {CLAIM_REQUIREMENT, "REQUIREMENTS", "to be kept; value and its 95% interval", 9},
    {CLAIM_STATEMENT, "STATEMENTS", "of documents, under audit: better than stated is not a failure of the system", 12},
    {CLAIM_INFO, "INFO", "shown, not judged", 0}};

struct columns {
  int verdict, value, interval, expression, source;
  bool under; /* too narrow for all in a row: the claim stands under its value */
};

static int wider(int width, const char *text) {
  int seen = text ? format_width(text) : 0;
  return seen > width ? seen : width;
}

static const struct claim_result *next_shown(const struct results *r, const struct table *table, uint32_t *at, bool quiet) {
  const struct claim_result *claim;
  while ((claim = verdict_next(r, table->kind, at)) && quiet && !verdict_is_open(claim)) {}
  return claim;
}

static struct columns measure(const struct results *r, const struct table *table, const struct report_options *options) {
  struct columns c = {.verdict = table->verdict ? table->verdict + GAP : 0};
  uint32_t at = 0;
  for (const struct claim_result *claim; (claim = next_shown(r, table, &at, options->quiet));) {
    c.value = wider(c.value, format_claim_value(claim, r->bill.currency).text);
    c.interval = wider(c.interval, format_claim_interval(claim).text);
    c.expression = wider(c.expression, claim->expression);
    c.source = wider(c.source, verdict_claim_tag(claim).text);
  }
  if (c.source > SOURCE_MAX) c.source = SOURCE_MAX;
  int left = options->width - INDENT - c.verdict - c.value - c.interval - c.source - 3 * GAP;
  c.under = c.expression > left && left < (options->width < COMFORTABLE ? EXPRESSION_LEAST : 20);
  if (c.under) left = options->width - INDENT - c.verdict;
  if (c.expression > left) c.expression = left;
  return c;
}

static void print_verdict_cell(FILE *file, const struct claim_result *claim, int width, bool color) {
  const char *word = verdict_claim_word(claim);
  bool warns = claim->verdict == VERDICT_FAIL && claim->severity == SEVERITY_SHOULD;
  const char *on = color && *word ? text_verdict_color(warns ? VERDICT_UNDECIDED : claim->verdict) : "";
  fprintf(file, "%*s%s%s%s%*s", INDENT, "", on, word, *on ? TEXT_PLAIN : "", width - (int)strlen(word), "");
}

/* The source stands on the first line even when the expression is broken into several. */
static void print_expression(FILE *file, const struct claim_result *claim, int indent, const struct columns *c) {
  bool fits = format_width(claim->expression) <= c->expression;
  struct verdict_line tag = c->under ? (struct verdict_line){""} : verdict_claim_tag(claim);
  if (fits && *tag.text) {
    table_left(file, claim->expression, c->expression + GAP);
    fputs(tag.text, file);
  } else {
    table_wrapped(file, claim->expression, indent, indent + c->expression);
    if (*tag.text) fprintf(file, "  %s", tag.text);
  }
  fputc('\n', file);
}

/* What the claim comes from, behind the value; the cursor then stands where the claim begins. */
static void print_tag_above(FILE *file, const struct claim_result *claim, int indent) {
  fprintf(file, "%s\n%*s", verdict_claim_tag(claim).text, indent, "");
}

static void print_under(FILE *file, int indent, int width, const char *text) {
  fprintf(file, "%*s", indent, "");
  table_wrapped(file, text, indent, width);
  fputc('\n', file);
}

static void print_advice(FILE *file, const struct claim_result *claim, int indent, const struct report_options *options) {
  char text[120];
  if (claim->judged) print_under(file, indent, options->width, claim->judged);
  if (claim->verdict == VERDICT_UNDECIDED && claim->more_replications) {
    snprintf(text, sizeof text, "(about %s would decide)", format_counted(claim->more_replications, "more replication", NULL).text);
    print_under(file, indent, options->width, text);
  }
  if (claim->reason) print_under(file, indent, options->width, claim->reason);
  if (options->verbose && claim->note) print_under(file, indent, options->width, claim->note);
}

static void print_claim(FILE *file, const struct results *r, const struct claim_result *claim, const struct columns *c,
                        const struct report_options *options) {
  int indent = INDENT + c->verdict + (c->under ? 0 : c->value + 1 + c->interval + GAP);
  print_verdict_cell(file, claim, c->verdict, options->color);
  table_right(file, format_claim_value(claim, r->bill.currency).text, c->value);
  fputc(' ', file);
  table_left(file, format_claim_interval(claim).text, c->interval + GAP);
  if (c->under) print_tag_above(file, claim, indent);
  print_expression(file, claim, indent, c);
  print_advice(file, claim, indent, options);
}

/* Once a table, for all claims on uptime in it. */
static void print_left_out(FILE *file, const char *leaves_out, int width) {
  char *text = allocate_format("availability, downtime, rto and rpo leave out: %s", leaves_out);
  print_under(file, INDENT, width, text);
  free(text);
}

void text_claims(FILE *file, const struct results *r, const struct report_options *options) {
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    uint32_t at = 0;
    const struct claim_result *claim = next_shown(r, &tables[i], &at, options->quiet);
    if (!claim) continue;
    struct columns columns = measure(r, &tables[i], options);
    if (!options->quiet) table_heading(file, tables[i].heading, tables[i].explained);
    const char *leaves_out = NULL;
    for (; claim; claim = next_shown(r, &tables[i], &at, options->quiet)) {
      print_claim(file, r, claim, &columns, options);
      if (claim->leaves_out) leaves_out = claim->leaves_out;
    }
    if (leaves_out) print_left_out(file, leaves_out, options->width);
  }
}
