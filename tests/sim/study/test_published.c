/* Tables that others have published, against scenarios: tests/published/NAME.published.json says what was published and what is
 * measured here, and docs/validation.md has a row of each, as printed here. AGUANTA_PUBLISHED_WRITE=1 writes the page's part anew.
 *
 *     {"name": "...", "source": "...", "scenario": "patroni.json", "cases": [ {"set": {"a key": "its value"}, "rows": [
 *       {"what": "...", "measure": "rto(host) < 1s for 50%", "published": 23, "unit": "s", "bound": 0.05} ]} ]}
 *
 * "published" may be a range. "scale" and "offset" turn the measure's value into the table's. Where another suite has the numbers
 * ("test") a row has "predicted" instead of "measure", and that suite holds it against the program. Rows that are off stay, and the
 * page says MISSED: nothing here is fitted, so a test fails only when a number moves and the page does not say so. */
#include "tests/oracle_case.h"
#include <dirent.h>

#define FOLDER "tests/published"
#define PAGE   "docs/validation.md"
#define BEGIN  "<!-- published: begin -->\n"
#define END    "<!-- published: end -->\n"

enum { CHANGES = 8 };

struct page_rows {
  struct arena *arena;
  const char *sources, *text[2]; /* the rows so far: missed, within */
  unsigned rows, within;
};

static double number_or(const struct json_value *row, const char *key, double otherwise) {
  const struct json_value *v = json_member(row, key);
  return v ? json_number(v) : otherwise;
}

/* Relative to the published value, or to the nearer end of the range; 0 inside of it. */
static double published_error(double low, double high, double predicted) {
  double nearest = predicted < low ? low : predicted > high ? high : predicted;
  return predicted == nearest ? 0 : (predicted - nearest) / nearest;
}

static void add_row(struct page_rows *t, const char *name, const struct json_value *row, double predicted) {
  const struct json_value *published = json_member(row, "published"), *first = json_first(published);
  const char *unit = json_text(json_member(row, "unit"));
  double low = json_number(first ? first : published), high = first ? json_number(json_next(first)) : low;
  double error = published_error(low, high, predicted), bound = json_number(json_member(row, "bound"));
  bool good = fabs(error) <= bound;
  const char *space = *unit && strcmp(unit, "%") ? " " : "";
  char *said = first ? arena_format(t->arena, "%.4g to %.4g", low, high) : arena_format(t->arena, "%.4g", low);
  t->rows++, t->within += good;
  t->text[good] = arena_format(t->arena, "%s| %s | %s | %s%s%s | %.4g%s%s | %+.1f%% | %.0f%% | %s |\n", t->text[good], name,
                               json_text(json_member(row, "what")), said, space, unit, predicted, space, unit, 100 * error,
                               100 * bound, good ? "within" : "MISSED");
}

static uint32_t read_changes(const struct json_value *set, struct scenario_override *changes) {
  uint32_t count = 0;
  for (const struct json_value *v = json_first(set); v && count < CHANGES; v = json_next(v))
    changes[count++] = (struct scenario_override){"--set", json_name(v), json_text(v)};
  return count;
}

static void measure(struct page_rows *t, const char *name, const struct oracle_case *c, const struct json_value *set) {
  struct scenario_override changes[CHANGES];
  struct scenario *s = read_scenario(t->arena, c, changes, read_changes(set, changes));
  if (!s) return;
  struct study_options options = {.jobs = 1};
  struct results *r = study_run(t->arena, s, &options);
  uint32_t i = 0;
  for (const struct json_value *row = json_first(c->expected); row; row = json_next(row), i++)
    add_row(t, name, row, number_or(row, "offset", 0) + number_or(row, "scale", 1) * r->claims[i].estimate.value);
}

static void read_table(struct page_rows *t, const char *file) {
  struct diagnostics *faults = diagnostics_new(t->arena);
  const struct json_value *root = json_read_file(t->arena, faults, arena_format(t->arena, FOLDER "/%s", file));
  if (!test_check(!diagnostics_errors(faults), "%s", diagnostics_render(faults, t->arena))) return;
  const char *name = json_text(json_member(root, "name")), *scenario = json_text(json_member(root, "scenario"));
  t->sources = arena_format(t->arena, "%s- **%s**: %s\n", t->sources, name, json_text(json_member(root, "source")));
  struct oracle_case c = {.path = arena_format(t->arena, FOLDER "/%s", scenario ? scenario : ""), .name = file};
  for (const struct json_value *v = json_first(json_member(root, "cases")); v; v = json_next(v)) {
    c.expected = json_member(v, "rows");
    if (scenario) measure(t, name, &c, json_member(v, "set"));
    for (const struct json_value *row = json_first(c.expected); row && !scenario; row = json_next(row))
      add_row(t, name, row, json_number(json_member(row, "predicted")));
  }
}

static int is_table(const struct dirent *entry) { return strstr(entry->d_name, ".published.json") != NULL; }

static void write_page(const char *page, const char *begin, const char *end, const char *text) {
  FILE *out = fopen(PAGE, "w");
  if (!test_check(out != NULL, PAGE " cannot be written")) return;
  fprintf(out, "%.*s%s%s", (int)(begin - page), page, text, end);
  fclose(out);
}

static void test_tables(void) {
  struct page_rows t = {.arena = arena_new(), .sources = "", .text = {"", ""}};
  struct dirent **entries;
  int count = scandir(FOLDER, &entries, is_table, alphasort);
  for (int i = 0; i < count; i++) read_table(&t, entries[i]->d_name), free(entries[i]);
  if (count >= 0) free(entries);
  char *text = arena_format(t.arena,
                            "Of %u rows %u are within their bounds, %u are missed and come first.\n\n| table | what | published | "
                            "predicted | error | bound | judgement |\n| --- | --- | --- | --- | --- | --- | --- |\n%s%s\n%s",
                            t.rows, t.within, t.rows - t.within, t.text[false], t.text[true], t.sources);
  char *page = test_read_file(PAGE);
  char *begin = page ? strstr(page, BEGIN) : NULL, *end = begin ? strstr(begin, END) : NULL;
  if (test_check(end != NULL, PAGE " has no place for the rows")) {
    begin += strlen(BEGIN);
    if (getenv("AGUANTA_PUBLISHED_WRITE"))
      write_page(page, begin, end, text);
    else
      test_check(strlen(text) == (size_t)(end - begin) && !memcmp(text, begin, strlen(text)),
                 PAGE " says something else than this (AGUANTA_PUBLISHED_WRITE=1 writes it):\n%s", text);
  }
  free(page);
  arena_free(t.arena);
}

/* 45 to 60: 78 is 18 above 60, 30%; 40 is 5 below 45, 11.1%; 50 is inside. Nothing published and nothing predicted: no error. */
static void test_errors(void) {
  test_check(fabs(published_error(45, 60, 78) - 0.3) < 1e-12, "%g", published_error(45, 60, 78));
  test_check(fabs(published_error(45, 60, 40) + 1. / 9) < 1e-12, "%g", published_error(45, 60, 40));
  test_check(published_error(45, 60, 50) == 0 && published_error(0, 0, 0) == 0, "inside");
}

static const struct test_case cases[] = {{"tables", test_tables}, {"errors", test_errors}, {0}};
const struct test_suite suite_published = {"published", cases};
