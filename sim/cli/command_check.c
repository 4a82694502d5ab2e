#include "sim/cli/check_pages.h"
#include "sim/cli/screen.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/report/check_report.h"
#include "sim/report/format.h"

/* One file after the other; their results are kept when they are to be exported together. */
struct check {
  const struct options *options;
  struct arena *arena;
  struct statement_sum statements;
  struct requirement_sum requirements; /* of all scenarios */
  uint32_t invalid;                    /* scenarios that could not be judged */
  struct check_row *rows;
  uint32_t count;
  struct page **pages; /* those that were judged */
  struct check_page *page_rows;
  uint32_t page_count, page_row_count;
  enum exit_code scenario_code, page_code;
};

static void show(struct check *c, const char *file, const struct results *r) {
  struct verdict_sum sum = verdicts_of(r);
  check_add_statements(&c->statements, &sum.statements);
  verdicts_add(&c->requirements, &sum.requirements);
  if (session_exports_to_stdout(c->options)) return;
  struct screen screen;
  report_check_file(screen_open(&screen, stdout), r, file, c->options->quiet);
  screen_close(&screen);
  for (uint32_t i = 0; i < r->violation_count; i++)
    safe_print(stderr, "aguanta check: %s: broken invariant: %s\n", file, r->violations[i]);
}

static enum exit_code check_page_file(struct check *c, const char *file) {
  struct page *page;
  enum exit_code code = check_page(c->arena, c->options, file, &page);
  struct check_page *row = &c->page_rows[c->page_row_count++];
  *row = page ? page_for_export(page, c->options->write) : (struct check_page){.file = file};
  row->exit_code = (int)code;
  if (page) c->pages[c->page_count++] = page;
  c->page_code = exit_code_worse(c->page_code, code);
  return code;
}

static enum exit_code check_scenario(struct check *c, const char *file) {
  const struct options *o = c->options;
  bool kept = o->export_count > 0 || o->step_summary;
  struct arena *arena = kept ? c->arena : arena_new();
  struct scenario *s = session_read(arena, o, file, NULL, 0);
  const struct results *r = s ? session_run(arena, o, s) : NULL;
  struct answer answer = r ? answer_of_run(r) : (struct answer){0};
  enum exit_code code = r ? session_code(&answer, o->statements) : s ? EXIT_ERROR : EXIT_INVALID;
  c->rows[c->count++] = (struct check_row){file, (int)code, kept ? r : NULL};
  c->scenario_code = exit_code_worse(c->scenario_code, code);
  if (r) show(c, file, r);
  c->invalid += !r;
  if (!kept) arena_free(arena);
  return code;
}

/* One file alone is exported as `run` does it. */
static bool export(const struct check *c) {
  const struct check_results all = {c->count, c->rows, c->page_row_count, c->page_rows};
  bool one = c->options->file_count == 1 && c->count == 1;
  const struct results *only = one ? c->rows->results : NULL;
  struct answer answer = only ? answer_of_run(only) : answer_of_check(&all);
  return (one && !only) || session_export(c->options, &answer);
}

static const char *words(enum exit_code code, bool statements) {
  for (const struct exit_code_row *row = exit_codes; row->meaning; row++)
    if (row->code == code) return statements && row->with_statements ? row->with_statements : row->meaning;
  return "";
}

/* "5 files: 12 PASS, 1 FAIL; ", of several: the scenarios, whose requirements the exit code follows. */
static const char *counted(const struct check *c) {
  const struct requirement_sum *sum = &c->requirements;
  const struct {
    uint32_t count;
    const char *word;
  } parts[] = {{sum->pass, "PASS"},     {sum->fail, "FAIL"},          {sum->undecided, "UNDECIDED"}, {sum->no_data, "NO DATA"},
               {sum->warnings, "WARN"}, {sum->open, "open (should)"}, {c->invalid, "not judged"}};
  if (!c->count || c->count + c->page_row_count < 2) return "";
  const char *text = arena_format(c->arena, "%s: ", format_counted(c->count, "file", NULL).text), *between = "";
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (parts[i].count || !i)
      text = arena_format(c->arena, "%s%s%u %s", text, between, parts[i].count, parts[i].word), between = ", ";
  return arena_format(c->arena, "%s; ", text);
}

/* "5 pages: 800 cells compared, 0 differences; ": of pages the exit code follows what differs, not what their scenarios keep. */
static const char *counted_pages(const struct check *c) {
  uint32_t compared = 0, differ = 0, no_data = 0, not_judged = c->page_row_count - c->page_count;
  if (!c->page_row_count || c->count + c->page_row_count < 2) return "";
  for (uint32_t i = 0; i < c->page_count; i++) {
    const struct page_sum *s = page_sum(c->pages[i]);
    compared += s->compared, differ += s->differences + (c->options->write ? 0 : s->stale), no_data += s->no_data;
  }
  const char *text = arena_format(c->arena, "%s: %s compared, %s", format_counted(c->page_row_count, "page", NULL).text,
                                  format_counted(compared, "cell", NULL).text, format_counted(differ, "difference", NULL).text);
  if (no_data) text = arena_format(c->arena, "%s, %u without data", text, no_data);
  if (not_judged) text = arena_format(c->arena, "%s, %u not judged", text, not_judged);
  return arena_format(c->arena, "%s; ", text);
}

/* The table of the pages, and the last line: in the words of pages where no scenario has this code. */
static void conclude(const struct check *c, enum exit_code code) {
  const struct options *o = c->options;
  bool of_pages = c->page_count && c->page_code == code && (code == EXIT_FAILED || code == EXIT_UNDECIDED || code == EXIT_HOLDS) &&
                  (!c->count || c->scenario_code != code);
  bool any_ids = false;
  for (uint32_t i = 0; i < c->page_count; i++) any_ids |= page_has_ids(c->pages[i]);
  struct screen screen;
  FILE *file = screen_open(&screen, stdout);
  if (any_ids) page_overview(file, c->pages, c->page_count, screen.width);
  if (c->statements.count) safe_print(file, "check: statements: %s\n", verdicts_statement_words(&c->statements).text);
  safe_print(file, "check: %s%s%s\n", counted(c), counted_pages(c), of_pages ? check_page_words(code) : words(code, o->statements));
  screen_close(&screen);
}

static enum exit_code run(const struct options *o) {
  enum exit_code code = EXIT_HOLDS;
  if (!check_write_fits(o)) return EXIT_USAGE;
  session_catch_interrupts();
  struct check check = {.options = o, .arena = arena_new(), .statements = {.overall = VERDICT_NONE}};
  check.rows = arena_new_array(check.arena, struct check_row, o->file_count);
  check.pages = arena_new_array(check.arena, struct page *, o->file_count);
  check.page_rows = arena_new_array(check.arena, struct check_page, o->file_count);
  for (uint32_t i = 0; i < o->file_count && code != EXIT_INTERRUPTED && code != EXIT_TERMINATED; i++)
    code = exit_code_worse(code, (check_is_page(o->files[i]) ? check_page_file : check_scenario)(&check, o->files[i]));
  if (!export(&check)) code = exit_code_worse(code, EXIT_ERROR);
  if (!session_exports_to_stdout(o)) conclude(&check, code);
  arena_free(check.arena);
  return code;
}

static void more_help(FILE *f) {
  fprintf(f,
          "\nOf a page FILE.md each table between <!-- aguanta: SCENARIO... --> and <!-- aguanta: end --> is compared, by value:\n"
          "  rows by id       column id: the claims whose source begins with it; --write fills the columns simulated and verdict\n"
          "  rows by measure  column measure, such as p95(web.latency): the document's figures stand in the column of a scenario\n"
          "                   (<!-- aguanta: v2=v2.json within=5%% -->) or in stated; --write adds simulated\n"
          "Scenarios may be patterns with * ? [abc], looked for in the page's folder and those above it. Exit code of a page:\n"
          "  99 something differs, 98 a figure is without data, 3 the page is not in order and nothing is written.\n");
}

const struct command command_check = {.name = "check",
                                      .arguments = "FILE...",
                                      .doc = "only the verdicts, for CI; of a page FILE.md, its tables against its scenarios",
                                      .options = TAKES_QUESTION | TAKES(STEP_SUMMARY) | TAKES_STOPPING | TAKES(REPS) |
                                                 TAKES(COLOR) | TAKES(STATEMENTS) | TAKES(WRITE) | TAKES(FRESH),
                                      .least_files = 1,
                                      .most_files = OPTIONS_MANY,
                                      .answer = ANSWER_CHECK,
                                      .help = more_help,
                                      .run = run};
