#include "sim/report/format.h"
#include "sim/report/text_table.h"
#include <assert.h>
#include <string.h>

/* Bold, because the plain colours are unreadable on half of the terminals. */
const char *text_verdict_color(enum verdict verdict) {
  static const char *const colors[] = {"\x1b[1;32m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;35m"};
  assert(verdict <= VERDICT_NO_DATA);
  return colors[verdict];
}

enum { INDENT = 2, VERDICT_WIDTH = 9, GAP = 2, SOURCE_MAX = 14 };

struct columns {
  int value, interval, expression, source;
};

static int wider(int width, const char *text) {
  int seen = text ? format_width(text) : 0;
  return seen > width ? seen : width;
}

static bool shown(const struct claim_result *claim, const struct report_options *options) {
  return !options->quiet || claim->verdict != VERDICT_PASS;
}

static struct columns measure(const struct results *r, const struct report_options *options) {
  struct columns c = {0};
  for (uint32_t i = 0; i < r->claim_count; i++) {
    const struct claim_result *claim = &r->claims[i];
    if (!shown(claim, options)) continue;
    c.value = wider(c.value, format_value(claim->unit, r->bill.currency, &claim->estimate).text);
    c.interval = wider(c.interval, format_interval(claim->unit, r->bill.currency, &claim->estimate).text);
    c.expression = wider(c.expression, claim->expression);
    c.source = wider(c.source, claim->source);
  }
  if (c.source > SOURCE_MAX) c.source = SOURCE_MAX;
  int left = options->width - INDENT - VERDICT_WIDTH - c.value - c.interval - c.source - 4 * GAP;
  if (c.expression > left) c.expression = left > 20 ? left : 20;
  return c;
}

static void print_verdict_cell(FILE *file, enum verdict verdict, bool color) {
  const char *word = format_verdict_word(verdict);
  fprintf(file, "%*s%s%s%s%*s", INDENT, "", color ? text_verdict_color(verdict) : "", word, color ? TEXT_PLAIN : "",
          VERDICT_WIDTH - (int)strlen(word) + GAP, "");
}

/* The source stands on the first line even when the expression is broken into several. */
static void print_expression(FILE *file, const struct claim_result *claim, int indent, const struct columns *c) {
  bool fits = format_width(claim->expression) <= c->expression;
  if (fits && claim->source) {
    table_left(file, claim->expression, c->expression + GAP);
    fputs(claim->source, file);
  } else {
    table_wrapped(file, claim->expression, indent, indent + c->expression);
    if (claim->source) fprintf(file, "  %s", claim->source);
  }
  fputc('\n', file);
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
    snprintf(text, sizeof text, "(about %s more replication%s would decide)", format_count(claim->more_replications).text,
             claim->more_replications == 1 ? "" : "s");
    print_under(file, indent, options->width, text);
  }
  if (claim->reason) print_under(file, indent, options->width, claim->reason);
  if (options->verbose && claim->note) print_under(file, indent, options->width, claim->note);
}

static void print_claim(FILE *file, const struct results *r, const struct claim_result *claim, const struct columns *c,
                        const struct report_options *options) {
  int indent = INDENT + VERDICT_WIDTH + GAP + c->value + 1 + c->interval + GAP;
  print_verdict_cell(file, claim->verdict, options->color);
  table_right(file, format_value(claim->unit, r->bill.currency, &claim->estimate).text, c->value);
  fputc(' ', file);
  table_left(file, format_interval(claim->unit, r->bill.currency, &claim->estimate).text, c->interval + GAP);
  print_expression(file, claim, indent, c);
  print_advice(file, claim, indent, options);
}

void text_claims(FILE *file, const struct results *r, const struct report_options *options) {
  if (r->claim_count == 0) return;
  struct columns columns = measure(r, options);
  if (!options->quiet) table_heading(file, "CLAIMS", "value and its 95% interval");
  for (uint32_t i = 0; i < r->claim_count; i++)
    if (shown(&r->claims[i], options)) print_claim(file, r, &r->claims[i], &columns, options);
}
