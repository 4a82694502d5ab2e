#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/report/format.h"
#include "sim/report/text.h"
#include <string.h>

static enum exit_code check_one(const struct options *o, const char *file) {
  struct arena *arena = arena_new();
  enum exit_code code = EXIT_INVALID;
  struct scenario *s = session_read(arena, o, file, NULL, 0);
  if (s) {
    struct results *r = session_run(arena, o, s, &code);
    if (!session_exports_to_stdout(o)) {
      for (uint32_t i = 0; i < r->claim_count; i++) {
        const struct claim_result *c = &r->claims[i];
        if (o->quiet && c->verdict == VERDICT_PASS) continue;
        printf("%-9s %s: %s  %s", format_verdict_word(c->verdict), file, c->expression,
               format_estimate(c->unit, r->bill.currency, &c->estimate).text);
        printf("%s%s%s\n", c->source ? "  (" : "", c->source ? c->source : "", c->source ? ")" : "");
      }
      for (uint32_t i = 0; i < r->violation_count; i++)
        fprintf(stderr, "aguanta: %s: broken invariant: %s\n", file, r->violations[i]);
    }
  }
  arena_free(arena);
  return code;
}

static const char *words(enum exit_code code) {
  for (const struct exit_code_row *row = exit_codes; row->meaning; row++)
    if (row->code == code) return row->meaning;
  return "";
}

enum exit_code command_check(const struct options *o) {
  if (!session_file_count(o, "check", 1, OPTIONS_MANY) || !session_check_exports(o) || !session_check_words(o, "check"))
    return EXIT_USAGE;
  struct study_options unused;
  if (!session_options(o, &unused)) return EXIT_USAGE;
  if (o->export_count && o->file_count > 1) {
    fprintf(stderr, "aguanta check: --export takes one scenario\n");
    return EXIT_USAGE;
  }
  session_catch_interrupts();
  enum exit_code code = EXIT_HOLDS;
  for (uint32_t i = 0; i < o->file_count && code != EXIT_INTERRUPTED && code != EXIT_TERMINATED; i++)
    code = exit_code_worse(code, check_one(o, o->files[i]));
  if (!session_exports_to_stdout(o)) printf("check: %s\n", words(code));
  return code;
}
