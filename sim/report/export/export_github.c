/* Annotations for GitHub Actions: a workflow command a claim that is not good, at its line of the scenario.
 *
 *     ::error file=scenarios/web.json,line=12,title=FAIL::p99(buy.latency) < 250ms is 310 ms [300, 320]
 *
 * An error is what fails the run; what is open, a should that fails and a statement that does not count are warnings. Where all is
 * good nothing is written. */
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include "sim/report/check_report.h"
#include "sim/report/export.h"
#include "sim/report/format.h"
#include "sim/report/verdicts.h"
#include <stdlib.h>
#include <string.h>

/* What would end a command or one of its properties. */
static void put(FILE *file, const char *text, bool property) {
  char *safe = NULL;
  size_t length = 0;
  FILE *memory = allocate_stream(&safe, &length);
  safe_put(memory, text);
  fclose(memory);
  for (const char *c = safe; *c; c++)
    if (*c == '%' || (property && (*c == ':' || *c == ',')))
      fprintf(file, "%%%02X", (unsigned)(unsigned char)*c);
    else
      fputc(*c, file);
  free(safe);
}

static void begin(FILE *file, bool error, const char *path, uint32_t line, const char *title) {
  fprintf(file, "::%s file=", error ? "error" : "warning");
  put(file, path, true);
  if (line) fprintf(file, ",line=%u", line);
  fputs(",title=", file);
  put(file, title, true);
  fputs("::", file);
}

static bool fails(const struct claim_result *c, bool statements) {
  if (c->kind == CLAIM_STATEMENT) return c->verdict == VERDICT_CONTRADICTED && statements;
  return c->verdict == VERDICT_FAIL && c->severity == SEVERITY_MUST;
}

static void put_claim(FILE *file, const struct results *r, const struct claim_result *c, bool statements) {
  const struct claim_place *place = r->claim_places ? &r->claim_places[c - r->claims] : NULL;
  bool placed = place && place->line;
  begin(file, fails(c, statements), placed ? place->file : r->scenario_file, placed ? place->line : 0, verdict_claim_word(c));
  put(file, c->expression, false);
  fputs(c->reason ? ": " : " is ", file);
  put(file, c->reason ? c->reason : format_claim(c, r->bill.currency).text, false);
  struct verdict_line tag = verdict_claim_tag(c);
  if (*tag.text) fputs(" (", file), put(file, tag.text, false), fputc(')', file);
  fputc('\n', file);
}

static void put_results(FILE *file, const struct results *r, bool statements) {
  for (enum claim_kind kind = CLAIM_REQUIREMENT; kind < CLAIM_INFO; kind++) {
    uint32_t at = 0;
    for (const struct claim_result *c; (c = verdict_next(r, kind, &at));)
      if (verdict_is_open(c)) put_claim(file, r, c, statements);
  }
  for (uint32_t i = 0; i < r->violation_count; i++) {
    begin(file, true, r->scenario_file, 0, "broken invariant, a fault of the program");
    put(file, r->violations[i], false);
    fputc('\n', file);
  }
}

static void put_file(FILE *file, const char *path, const char *why) {
  begin(file, true, path, 0, "aguanta");
  fprintf(file, "%s\n", why);
}

static void put_page(FILE *file, const struct check_page *p) {
  if (!p->judged) put_file(file, p->file, "not in order, or interrupted: see the messages");
  for (uint32_t i = 0; i < p->difference_count; i++) {
    const struct check_difference *d = &p->differences[i];
    begin(file, strcmp(d->kind, "no data") != 0, p->file, d->line, d->kind);
    put(file, d->text, false);
    fputc('\n', file);
  }
}

static void write_run(FILE *file, const struct answer *a) { put_results(file, a->run, a->statements_count); }

static void write_check(FILE *file, const struct answer *a) {
  for (uint32_t i = 0; i < a->check->count; i++)
    if (a->check->rows[i].results)
      put_results(file, a->check->rows[i].results, a->statements_count);
    else
      put_file(file, a->check->rows[i].file, a->check->rows[i].exit_code == 3 ? "not valid: see the messages" : "could not be run");
  for (uint32_t i = 0; i < a->check->page_count; i++) put_page(file, &a->check->pages[i]);
}

const struct export_format export_github = {
    .name = "github", .streamed = true, .write = {[ANSWER_RUN] = write_run, [ANSWER_CHECK] = write_check}};
