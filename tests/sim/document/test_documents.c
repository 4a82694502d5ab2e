/* The five planning documents: every figure of theirs is a claim, or is listed where no load and no system could answer it; the
 * pages say what is simulated, and their stored answers are still the program's. */
#include "sim/document/answers.h"
#include "sim/document/markdown.h"
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "sim/json/source_file.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <strings.h>

struct planning_document {
  const char *page, *letter;
  uint32_t figures;   /* P-1 .. P-28 */
  const char *listed; /* those that may be listed: work, schedules and browsers, no load on the servers */
};

static const struct planning_document documents[] = {
    {"docs/documents/platform.md", "P", 28, " P-23 P-24 "},
    {"docs/documents/dokploy.md", "D", 33, " D-25 D-32 D-33 "},
    {"docs/documents/cafeteria.md", "C", 36, " C-21 C-24 C-35 C-36 "},
    {"docs/documents/gateway.md", "G", 10, " G-7 "},
    {"docs/documents/qa.md", "Q", 30, " Q-6 Q-17 Q-20 Q-21 Q-22 Q-23 Q-24 Q-27 Q-28 Q-30 "}};
enum { DOCUMENTS = sizeof documents / sizeof *documents };

static struct markdown *read_page(struct arena *arena, const char *path) {
  struct diagnostics *d = diagnostics_new(arena);
  const struct source_text *source = source_read_file(arena, d, path, JSON_FILE_LIMIT);
  struct markdown *page = source ? markdown_read(arena, d, source) : NULL;
  test_check(page && !diagnostics_errors(d), "%s: %s", path, diagnostics_render(d, arena));
  return page;
}

/* --- every figure ------------------------------------------------------------------------------------------------------------- */

struct figure_row {
  uint32_t count; /* rows with this id */
  bool listed, filled;
};

static void look_at(struct arena *arena, const struct markdown *page, const struct markdown_table *t,
                    const struct planning_document *d, struct figure_row *rows) {
  uint32_t id = markdown_column(arena, page, t, "id"), simulated = markdown_column(arena, page, t, "simulated");
  for (uint32_t i = 0; id < t->header.count && i < t->count; i++) {
    const char *text = markdown_cell_text(arena, page, &t->rows[i], id),
               *value = markdown_cell_text(arena, page, &t->rows[i], simulated);
    uint32_t number;
    char letter, rest;
    if (sscanf(text, "%c-%u%c", &letter, &number, &rest) != 2 || letter != *d->letter) continue;
    if (!test_check(number >= 1 && number <= d->figures, "%s: %s is no figure of the document", d->page, text)) continue;
    rows[number].count++;
    rows[number].listed = !strncasecmp(value, "listed", 6);
    rows[number].filled = *value;
  }
}

static void check_figures(const struct planning_document *d) {
  struct arena *arena = arena_new();
  const struct markdown *page = read_page(arena, d->page);
  struct figure_row *rows = arena_new_array(arena, struct figure_row, d->figures + 1);
  for (uint32_t i = 0; page && i < page->tie_count; i++) look_at(arena, page, &page->ties[i].table, d, rows);
  for (uint32_t n = 1; page && n <= d->figures; n++) {
    const char *id = arena_format(arena, " %s-%u ", d->letter, n);
    test_check(rows[n].count == 1, "%s:%shas %u rows in tables that are tied to scenarios", d->page, id, rows[n].count);
    test_check(rows[n].filled, "%s:%sis not filled: make docs", d->page, id);
    test_check(!rows[n].listed || strstr(d->listed, id), "%s:%sis listed, and its document has something to claim", d->page, id);
  }
  test_check(page && page->first_advice.to, "%s: does not begin with what to do and when", d->page);
  arena_free(arena);
}

static void test_figures(void) {
  for (int i = 0; i < DOCUMENTS; i++) check_figures(&documents[i]);
}

/* --- the pages, from stored answers ------------------------------------------------------------------------------------------- */

static struct child check_all(const char *option) {
  struct child_wish wish = {.limit_s = 1800};
  const char *words[DOCUMENTS + 7] = {child_aguanta(), "check", option, "--progress", "never", "docs/examples/shop.md"};
  for (int i = 0, n = 6; i < DOCUMENTS; i++) words[n++] = documents[i].page;
  return child_run(&wish, words);
}

static double seconds_of_children(void) {
  struct rusage use;
  getrusage(RUSAGE_CHILDREN, &use);
  return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + 1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

/* The table of all five ends it, with a row and a finding each; nothing is run. */
static void test_pages(void) {
  double before = seconds_of_children();
  struct child c = check_all("-j1");
  double seconds = seconds_of_children() - before;
  test_check(seconds < 5 || strstr(child_aguanta(), "/san/"), "%g s of CPU", seconds);
  test_check(c.status == 0, "%s%s", c.out, c.err);
  for (int i = 0; i < DOCUMENTS; i++) {
    char row[40];
    snprintf(row, sizeof row, "\n%.*s ", (int)(strlen(documents[i].page) - strlen("docs/documents/.md")),
             documents[i].page + strlen("docs/documents/"));
    const char *at = strstr(c.out, row);
    unsigned ids = 0;
    test_check(at && sscanf(at + strlen(row), "%u", &ids) == 1 && ids == documents[i].figures, "%s: %u ids\n%s", row, ids, c.out);
    test_check(at && strstr(at + 1, "\n  "), "%s: no finding\n%s", row, c.out);
  }
  test_check(!strstr(c.out, "empty") && !strstr(c.out, " run)"), "not filled, or not stored: make docs\n%s", c.out);
  child_free(&c);
}

/* --- the stored answers are the program's ------------------------------------------------------------------------------------- */

/* That of the fewest requests. */
static const struct json_value *shortest(const struct json_value *answers) {
  const struct json_value *found = NULL;
  for (const struct json_value *v = json_first(json_member(answers, "scenarios")); v; v = json_next(v)) {
    double requests = json_number(json_member(v, "requests"));
    if (requests > 0 && (!found || requests < json_number(json_member(found, "requests")))) found = v;
  }
  return found;
}

static const struct json_value *claim_of(const struct json_value *answers, const char *scenario, const char *id) {
  for (const struct json_value *v = json_first(json_member(answers, "claims")); v; v = json_next(v))
    if (!strcmp(json_text(json_member(v, "scenario")), scenario) && !strcmp(json_text(json_member(v, "id")), id)) return v;
  return NULL;
}

static void compare(const char *scenario, const struct json_value *answers, const struct json_value *run) {
  for (const struct json_value *c = json_first(json_member(run, "claims")); c; c = json_next(c)) {
    const char *id = json_text(json_member(c, "id"));
    const struct json_value *stored = claim_of(answers, scenario, id), *value = json_member(c, "value");
    test_check(stored != NULL, "%s: %s is not stored: make docs", scenario, id);
    if (stored && json_type(value) == JSON_NUMBER)
      test_check(json_number(value) == json_number(json_member(stored, "value")), "%s: %s is %.17g, stored is %.17g: make docs",
                 scenario, id, json_number(value), json_number(json_member(stored, "value")));
  }
}

static void run_shortest(const struct planning_document *d) {
  struct arena *arena = arena_new();
  const char *path = answers_path(arena, d->page);
  struct diagnostics *diagnostics = diagnostics_new(arena);
  const struct json_value *answers = json_read_file(arena, diagnostics, path), *one = shortest(answers);
  if (test_check(one != NULL, "%s has no answers: make docs", path)) {
    const char *scenario = json_text(json_member(one, "scenario"));
    struct child c = AGUANTA("run", scenario, "--progress", "never", "--export", "-", "--format", "json");
    const struct json_value *run = json_read_text(arena, diagnostics, scenario, c.out, c.out_length);
    test_check(json_count(json_member(run, "claims")) > 0, "%s: %s", scenario, c.err);
    compare(scenario, answers, run);
    child_free(&c);
  }
  arena_free(arena);
}

/* One short scenario of each: when the engine has changed, stored answers do not hide it. */
static void test_shortest(void) {
  for (int i = 0; i < DOCUMENTS; i++) run_shortest(&documents[i]);
}

static void test_all_anew(void) {
  if (!getenv("AGUANTA_LONG")) {
    CU_PASS("only with AGUANTA_LONG");
    return;
  }
  struct child c = check_all("--fresh");
  test_check(c.status == 0, "%s%s", c.out, c.err);
  child_free(&c);
}

static const struct test_case all[] = {
    {"figures", test_figures}, {"pages", test_pages}, {"shortest", test_shortest}, {"all_anew", test_all_anew}, {NULL, NULL}};
const struct test_suite suite_documents = {"documents", all};
