#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/report/export/export_several.h"
#include "sim/report/format.h"
#include "sim/report/text/text.h"
#include "sim/report/verdicts.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>
#include <string.h>

/* The statements of all files, for the line above the last. */
static void add_statements(struct statement_sum *all, const struct statement_sum *one) {
  all->count += one->count, all->confirmed += one->confirmed, all->better += one->better;
  all->contradicted += one->contradicted, all->undecided += one->undecided, all->no_data += one->no_data;
  static const enum verdict order[] = {VERDICT_CONTRADICTED, VERDICT_UNDECIDED, VERDICT_NO_DATA, VERDICT_BETTER, VERDICT_CONFIRMED};
  const enum verdict before = all->overall;
  all->overall = VERDICT_NONE;
  for (int i = 4; i >= 0; i--)
    if (before == order[i] || one->overall == order[i]) all->overall = order[i];
}

static void print_claim(const struct results *r, const char *file, const struct claim_result *c, int width) {
  struct verdict_line tag = verdict_claim_tag(c);
  safe_print(stdout, "%-*s %s: %s  %s", width, verdict_claim_word(c), file, c->expression, format_claim(c, r->bill.currency).text);
  if (*tag.text) safe_print(stdout, "  (%s)", tag.text);
  if (c->verdict == VERDICT_NO_DATA && c->reason) safe_print(stdout, "  %s", c->reason);
  putchar('\n');
}

/* Requirements first; info has no verdict, so it is not printed. */
static void print_verdicts(const struct options *o, const struct results *r, const char *file) {
  int width = verdicts_of(r).statements.count ? 12 : 9; /* CONTRADICTED, UNDECIDED */
  const char *leaves_out = NULL;
  for (enum claim_kind kind = CLAIM_REQUIREMENT; kind < CLAIM_INFO; kind++) {
    uint32_t at = 0;
    for (const struct claim_result *c; (c = verdict_next(r, kind, &at));) {
      if (o->quiet && !verdict_is_open(c)) continue;
      print_claim(r, file, c, width);
      if (c->leaves_out) leaves_out = c->leaves_out;
    }
  }
  if (leaves_out)
    safe_print(stdout, "%-*s %s: availability, downtime, rto and rpo leave out: %s\n", width, "note", file, leaves_out);
}

/* What is added up over the files. */
struct check {
  const struct options *options;
  struct statement_sum statements;
  struct export_several *exports[OPTIONS_MANY]; /* of several files; one alone is exported as `run` does it */
};

static void export_one(struct check *c, const char *file, enum exit_code code, const struct results *r) {
  for (uint32_t i = 0; i < c->options->export_count && c->exports[i]; i++) export_several_add(c->exports[i], file, (int)code, r);
}

static enum exit_code check_one(struct check *c, const char *file) {
  const struct options *o = c->options;
  struct arena *arena = arena_new();
  enum exit_code code = EXIT_INVALID;
  struct scenario *s = session_read(arena, o, file, NULL, 0);
  struct results *r = !s ? NULL : o->file_count > 1 ? session_run_only(arena, o, s, &code) : session_run(arena, o, s, &code);
  export_one(c, file, code, r);
  if (r) {
    struct verdict_sum sum = verdicts_of(r);
    add_statements(&c->statements, &sum.statements);
    if (!session_exports_to_stdout(o)) {
      print_verdicts(o, r, file);
      for (uint32_t i = 0; i < r->violation_count; i++)
        safe_print(stderr, "aguanta: %s: broken invariant: %s\n", file, r->violations[i]);
    }
  }
  arena_free(arena);
  return code;
}

static void open_exports(struct check *c) {
  const struct options *o = c->options;
  for (uint32_t i = 0; o->file_count > 1 && i < o->export_count; i++)
    c->exports[i] = export_several_open(o->exports[i], !strcmp(o->exports[i], "-") ? o->format : NULL);
}

static enum exit_code close_exports(struct check *c, enum exit_code code) {
  for (uint32_t i = 0; i < c->options->export_count && c->exports[i]; i++) {
    char *error = NULL;
    if (export_several_close(c->exports[i], &error)) continue;
    if (strcmp(c->options->exports[i], "-"))
      safe_print(stderr, "aguanta: %s\n", error); /* a full stdout is reported by main, once */
    free(error);
    code = exit_code_worse(code, EXIT_ERROR);
  }
  return code;
}

static const char *words(enum exit_code code, bool statements) {
  for (const struct exit_code_row *row = exit_codes; row->meaning; row++)
    if (row->code == code) return statements && row->with_statements ? row->with_statements : row->meaning;
  return "";
}

enum exit_code command_check(const struct options *o) {
  if (!session_file_count(o, "check", 1, OPTIONS_MANY) || !session_check_exports(o) || !session_check_words(o, "check"))
    return EXIT_USAGE;
  struct study_options unused;
  if (!session_options(o, &unused)) return EXIT_USAGE;
  session_catch_interrupts();
  enum exit_code code = EXIT_HOLDS;
  struct check check = {.options = o, .statements = {.overall = VERDICT_NONE}};
  open_exports(&check);
  for (uint32_t i = 0; i < o->file_count && code != EXIT_INTERRUPTED && code != EXIT_TERMINATED; i++)
    code = exit_code_worse(code, check_one(&check, o->files[i]));
  code = close_exports(&check, code);
  if (session_exports_to_stdout(o)) return code;
  if (check.statements.count) safe_print(stdout, "check: statements: %s\n", verdicts_statement_words(&check.statements).text);
  safe_print(stdout, "check: %s\n", words(code, o->statements));
  return code;
}
