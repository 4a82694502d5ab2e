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

/* What is wrong with a scenario as a whole: an error, in a test of its own. Null: nothing. */
static const char *trouble(const struct check_row *row) {
  if (!row->results) return row->exit_code == 3 ? "not valid: see the messages" : "could not be run";
  return row->results->violation_count ? row->results->violations[0] : row->results->interrupted ? "interrupted" : NULL;
}

static void open_suite(FILE *file, const char *name, const struct tally *t) {
  fputs("  <testsuite", file);
  put_attribute(file, "name", name);
  put_counts(file, t);
  fputs(">\n", file);
}

static void put_error(FILE *file, const char *path, const char *why) {
  open_suite(file, path, &(struct tally){.tests = 1, .errors = 1});
  fputs("    <testcase", file);
  put_attribute(file, "classname", path);
  markup_put(file, " name=\"the file as a whole\"><error message=\"", why, "\"/></testcase>\n  </testsuite>\n");
}

/* A page is one test, or one a cell that differs. */
static struct tally tally_page(const struct check_page *p) {
  struct tally t = {.tests = p->difference_count ? p->difference_count : 1, .errors = !p->judged};
  for (uint32_t i = 0; i < p->difference_count; i++) ++*(strcmp(p->differences[i].kind, "no data") ? &t.failures : &t.skipped);
  return t;
}

static void put_difference(FILE *file, const struct check_page *p, const struct check_difference *d) {
  bool open = !strcmp(d->kind, "no data");
  fputs("    <testcase", file);
  put_attribute(file, "classname", p->file);
  fprintf(file, " name=\"line %u, column %u\"", d->line, d->column);
  put_attribute(file, "file", p->file);
  fprintf(file, " line=\"%u\"><%s message=\"", d->line, open ? "skipped" : "failure");
  markup_put(file, "", d->text, "\"");
  if (!open) put_attribute(file, "type", d->kind);
  fputs("/></testcase>\n", file);
}

static void put_page(FILE *file, const struct check_page *p) {
  struct tally t = tally_page(p);
  if (!p->judged) {
    put_error(file, p->file, "not in order, or interrupted: see the messages");
    return;
  }
  open_suite(file, p->file, &t);
  for (uint32_t i = 0; i < p->difference_count; i++) put_difference(file, p, &p->differences[i]);
  if (!p->difference_count) {
    fputs("    <testcase", file);
    put_attribute(file, "classname", p->file);
    fputs(" name=\"its tables say what is simulated\"/>\n", file);
  }
  fputs("  </testsuite>\n", file);
}

static void add(struct tally *sum, struct tally t) {
  sum->tests += t.tests, sum->failures += t.failures, sum->skipped += t.skipped, sum->errors += t.errors;
}

static struct tally tally_all(const struct check_results *c, bool statements) {
  struct tally sum = {0};
  for (uint32_t i = 0; i < c->count; i++) {
    for (enum claim_kind kind = CLAIM_REQUIREMENT; c->rows[i].results && kind < CLAIM_INFO; kind++)
      add(&sum, tally_of(c->rows[i].results, kind, statements));
    if (trouble(&c->rows[i])) add(&sum, (struct tally){.tests = 1, .errors = 1});
  }
  for (uint32_t i = 0; i < c->page_count; i++) add(&sum, tally_page(&c->pages[i]));
  return sum;
}

static void write_all(FILE *file, const struct check_results *c, bool statements) {
  struct tally sum = tally_all(c, statements);
  fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"aguanta\"", file);
  put_counts(file, &sum);
  fputs(">\n", file);
  for (uint32_t i = 0; i < c->count; i++) {
    for (enum claim_kind kind = CLAIM_REQUIREMENT; c->rows[i].results && kind < CLAIM_INFO; kind++)
      put_suite(file, c->rows[i].results, kind, statements);
    if (trouble(&c->rows[i])) put_error(file, c->rows[i].file, trouble(&c->rows[i]));
  }
  for (uint32_t i = 0; i < c->page_count; i++) put_page(file, &c->pages[i]);
  fputs("</testsuites>\n", file);
}

static void write_run(FILE *file, const struct answer *a) {
  const struct check_row row = {a->run->scenario_file, 0, a->run};
  write_all(file, &(struct check_results){.count = 1, .rows = &row}, a->statements_count);
}

static void write_check(FILE *file, const struct answer *a) { write_all(file, a->check, a->statements_count); }

const struct export_format export_xml = {.name = "xml", .write = {[ANSWER_RUN] = write_run, [ANSWER_CHECK] = write_check}};
