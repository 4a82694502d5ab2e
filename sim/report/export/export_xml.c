/* JUnit XML, which every CI reads: a suite for the requirements and one for the statements of each scenario, a test a claim.
 *
 * A failure is what fails the run: a requirement of severity must, and a contradicted statement where statements count too. What is
 * open, a should that fails and a statement that does not count are skipped, with the reason. Info is no test. */
#include "sim/report/check_report.h"
#include "sim/report/export.h"
#include "sim/report/format.h"
#include "sim/report/markup.h"
#include "sim/report/verdicts.h"
#include <string.h>

enum outcome { PASSED, FAILED, SKIPPED };

struct tally {
  uint32_t tests, failures, skipped, errors;
};

static void put_attribute(FILE *file, const char *name, const char *text) {
  fprintf(file, " %s=\"", name);
  markup_put(file, "", text, "\"");
}

static void put_counts(FILE *file, const struct tally *t) {
  fprintf(file, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"", t->tests, t->failures, t->errors, t->skipped);
}

static void count(struct tally *t, enum outcome outcome) {
  t->tests++;
  t->failures += outcome == FAILED;
  t->skipped += outcome == SKIPPED;
}

static enum outcome outcome_of(const struct claim_result *c, bool statements) {
  if (!verdict_is_open(c)) return PASSED;
  if (c->kind == CLAIM_STATEMENT) return c->verdict == VERDICT_CONTRADICTED && statements ? FAILED : SKIPPED;
  return c->verdict == VERDICT_FAIL && c->severity == SEVERITY_MUST ? FAILED : SKIPPED;
}

static struct tally tally_of(const struct results *r, enum claim_kind kind, bool statements) {
  struct tally t = {0};
  uint32_t at = 0;
  for (const struct claim_result *c; (c = verdict_next(r, kind, &at));) count(&t, outcome_of(c, statements));
  return t;
}

/* --- one test ----------------------------------------------------------------------------------------------------------------- */

static void put_value(FILE *file, const struct results *r, const struct claim_result *c) {
  fprintf(file, "%s: ", verdict_claim_word(c));
  markup_put(file, "", c->reason ? c->reason : format_claim(c, r->bill.currency).text, "");
  if (c->judged) markup_put(file, ", ", c->judged, "");
  if (c->more_replications) fprintf(file, "; about %s more would decide it", format_count(c->more_replications).text);
}

static void put_claim(FILE *file, const struct results *r, uint32_t index, enum outcome outcome) {
  const struct claim_result *c = &r->claims[index];
  const struct claim_place *place = r->claim_places ? &r->claim_places[index] : NULL;
  fputs("    <testcase", file);
  markup_put(file, " classname=\"", r->scenario_name, ".");
  fprintf(file, "%s\"", verdict_kind_word(c->kind));
  markup_put(file, " name=\"", c->expression, "");
  if (c->id && *c->id && strcmp(c->id, c->expression)) markup_put(file, " (", c->id, ")");
  fputc('"', file);
  if (place && place->line) put_attribute(file, "file", place->file), fprintf(file, " line=\"%u\"", place->line);
  fputs(">", file);
  if (outcome != PASSED) {
    fputs(outcome == FAILED ? "<failure message=\"" : "<skipped message=\"", file);
    put_value(file, r, c);
    fprintf(file, outcome == FAILED ? "\" type=\"%s\"/>" : "\"/>", verdict_claim_word(c));
  }
  fputs("<system-out>", file);
  put_value(file, r, c);
  if (c->source) markup_put(file, "\nsource: ", c->source, "");
  if (c->note) markup_put(file, "\nnote: ", c->note, "");
  fputs("</system-out></testcase>\n", file);
}

/* --- suites ------------------------------------------------------------------------------------------------------------------- */

static void put_suite(FILE *file, const struct results *r, enum claim_kind kind, bool statements) {
  static const char *const names[] = {"requirements", "statements"};
  struct tally t = tally_of(r, kind, statements);
  uint32_t at = 0;
  if (!t.tests) return;
  fputs("  <testsuite", file);
  markup_put(file, " name=\"", r->scenario_name, " ");
  fprintf(file, "%s\"", names[kind]);
  put_counts(file, &t);
  fputs(">\n", file);
  for (const struct claim_result *c; (c = verdict_next(r, kind, &at));)
    put_claim(file, r, (uint32_t)(c - r->claims), outcome_of(c, statements));
  fputs("  </testsuite>\n", file);
}

/* What is wrong with a file as a whole: one test of its own. Empty when nothing is. */
static const char *trouble(const struct check_row *row) {
  if (row->results && row->results->violation_count) return row->results->violations[0];
  if (row->results && row->results->interrupted) return "interrupted";
  if (row->results) return "";
  return row->exit_code == 3    ? "not valid: see the messages"
         : row->exit_code == 99 ? "its tables do not agree with its scenarios"
         : row->exit_code == 98 ? "a value of its tables is undecided or missing"
         : row->exit_code       ? "could not be run"
                                : "";
}

static bool whole(const struct check_row *row) { return !row->results || *trouble(row); }

static void put_whole(FILE *file, const struct check_row *row) {
  const char *why = trouble(row);
  struct tally t = {
      .tests = 1, .failures = row->exit_code == 99 && !row->results, .skipped = row->exit_code == 98 && !row->results};
  t.errors = *why && !t.failures && !t.skipped;
  fputs("  <testsuite", file);
  put_attribute(file, "name", row->file);
  put_counts(file, &t);
  fputs(">\n    <testcase", file);
  put_attribute(file, "classname", row->file);
  fputs(" name=\"the file as a whole\">", file);
  if (*why)
    markup_put(file, t.failures ? "<failure message=\"" : t.skipped ? "<skipped message=\"" : "<error message=\"", why, "\"/>");
  fputs("</testcase>\n  </testsuite>\n", file);
}

static void add(struct tally *sum, struct tally t) {
  sum->tests += t.tests, sum->failures += t.failures, sum->skipped += t.skipped, sum->errors += t.errors;
}

static struct tally tally_row(const struct check_row *row, bool statements) {
  struct tally sum = {0};
  if (row->results) add(&sum, tally_of(row->results, CLAIM_REQUIREMENT, statements));
  if (row->results) add(&sum, tally_of(row->results, CLAIM_STATEMENT, statements));
  if (!whole(row)) return sum;
  bool failed = row->exit_code == 99 && !row->results, open = row->exit_code == 98 && !row->results;
  add(&sum, (struct tally){1, failed, open, *trouble(row) && !failed && !open});
  return sum;
}

static void write_rows(FILE *file, const struct check_row *rows, uint32_t row_count, bool statements) {
  struct tally sum = {0};
  for (uint32_t i = 0; i < row_count; i++) add(&sum, tally_row(&rows[i], statements));
  fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"aguanta\"", file);
  put_counts(file, &sum);
  fputs(">\n", file);
  for (uint32_t i = 0; i < row_count; i++) {
    for (enum claim_kind kind = CLAIM_REQUIREMENT; rows[i].results && kind < CLAIM_INFO; kind++)
      put_suite(file, rows[i].results, kind, statements);
    if (whole(&rows[i])) put_whole(file, &rows[i]);
  }
  fputs("</testsuites>\n", file);
}

static void write_run(FILE *file, const struct answer *a) {
  const struct check_row row = {a->run->scenario_file, a->run->violation_count ? 1 : 0, a->run};
  write_rows(file, &row, 1, a->statements_count);
}

static void write_check(FILE *file, const struct answer *a) {
  write_rows(file, a->check->rows, a->check->count, a->statements_count);
}

const struct export_format export_xml = {.name = "xml", .write = {[ANSWER_RUN] = write_run, [ANSWER_CHECK] = write_check}};
