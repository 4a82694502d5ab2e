/* `aguanta explain`: every key, claim and measure is found by its own name, and each example holds for the real reader, over
 * docs/examples/explain.json. */
#include "models/request/outcome.h"
#include "models/request/program.h"
#include "sim/cli/options.h"
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "sim/json/json_print.h"
#include "sim/language/example.h"
#include "sim/language/schema.h"
#include "sim/language/terms.h"
#include "sim/language/walk.h"
#include "sim/scenario/measure_kind.h"
#include "sim/scenario/scenario.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct explain_view all_of_it = {.width = 100, .all = true};
static const struct explain_view shown = {.width = 100};

/* --- examples ----------------------------------------------------------------------------------------------------------------- */

/* Read and linked, over a scenario with a bit of everything, as "extends" puts it. */
static struct scenario *put_over(struct arena *arena, struct diagnostics *d, const char *text) {
  const char *rest = text + 1 + strspn(text + 1, " \n");
  const char *over = arena_format(arena, "{\"extends\": \"explain.json\"%s%s", *rest == '}' ? "" : ", ", rest);
  return scenario_read_text(arena, d, "docs/examples/over.json", over, NULL, 0);
}

static void expect_holds(struct arena *arena, const char *of, const char *text) {
  struct diagnostics *d = diagnostics_new(arena);
  test_check(put_over(arena, d, text) != NULL, "%s: %s\n%s", of, text, diagnostics_render(d, arena));
}

struct examples {
  uint32_t keys, without;
};

/* The key that is asked for is in its example, and not only what it needs; or what it is short for is. */
static void check_example(void *context, const struct language_key *key) {
  struct examples *e = context;
  struct arena *arena = arena_new();
  const char *text = json_print_line(arena, example_of(arena, &scenario_record, key->path, key->member));
  const char *name = strrchr(key->path, '.') ? strrchr(key->path, '.') + 1 : key->path;
  expect_holds(arena, key->path, text);
  bool found = strstr(text, arena_format(arena, "\"%s\"", name)) != NULL;
  bool shorthand = key->record && key->record->shorthand && !strcmp(key->record->shorthand, name);
  test_check(found || shorthand, "%s is not in %s", key->path, text);
  e->keys++, e->without += !found;
  arena_free(arena);
}

static void test_every_example_holds(void) {
  struct arena *arena = arena_new();
  struct examples e = {0};
  language_walk(arena, &scenario_record, check_example, &e);
  test_check(e.keys > 1000 && e.without < 30, "%u keys, %u as shorthands", e.keys, e.without);
  arena_free(arena);
}

/* Text that is folded is the same value, and no line is wider than it must be. */
static void test_folded(void) {
  static const char *const paths[] = {"services.NAME.autoscale", "traffic.NAME.rate.week.shape", "faults", "claims"};
  struct arena *arena = arena_new();
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    const char *text = example_print(arena, &scenario_record, paths[i], NULL, 60);
    const struct json_value *again = json_read_text(arena, diagnostics_new(arena), "folded", text, strlen(text));
    const char *line = json_print_line(arena, example_of(arena, &scenario_record, paths[i], NULL));
    test_check(again && !strcmp(json_print_line(arena, again), line), "%s", text);
    for (const char *p = text; *p; p += strcspn(p, "\n") + 1) test_check(strcspn(p, "\n") <= 60, "%.*s", (int)strcspn(p, "\n"), p);
  }
  arena_free(arena);
}

/* --- keys --------------------------------------------------------------------------------------------------------------------- */

struct names {
  struct arena *arena;
  struct named {
    const char *name, *path;
  } each[2000];
  uint32_t count;
};

static void add_name(void *context, const struct language_key *key) {
  struct names *n = context;
  n->each[n->count++] = (struct named){strrchr(key->path, '.') ? strrchr(key->path, '.') + 1 : key->path, key->path};
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* One search a name, which finds all keys of the name. */
static void check_found(const struct names *n) {
  struct arena *arena = NULL;
  const char *text = NULL;
  for (uint32_t i = 0; i < n->count; i++) {
    const struct named *k = &n->each[i];
    if (!i || strcmp(k->name, k[-1].name)) {
      arena_free(arena);
      arena = arena_new();
      text = explain_search(arena, &scenario_record, k->name, &all_of_it);
    }
    test_check(text && strstr(text, arena_format(arena, "\n  %s ", k->path)) && strstr(text, "\nexample"), "explain %s has not %s",
               k->name, k->path);
  }
  arena_free(arena);
}

static void check_page(void *context, const struct language_key *key) {
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const char *text = explain(arena, &scenario_record, key->path, &shown, d);
  test_check(text && strstr(text, "\nexample, over a scenario (\"extends\" names it):\n  {"), "%s: %s", key->path,
             text ? text : diagnostics_render(d, arena));
  test_check(!text || !strcmp(explain_canonical(arena, &scenario_record, key->path), key->path), "%s", key->path);
  ++*(uint32_t *)context;
  arena_free(arena);
}

static void test_every_key_is_found(void) {
  struct arena *arena = arena_new();
  struct names *names = arena_alloc(arena, sizeof *names);
  uint32_t pages = 0;
  language_walk(arena, &scenario_record, add_name, names);
  qsort(names->each, names->count, sizeof *names->each, by_name);
  check_found(names);
  language_walk(arena, &scenario_record, check_page, &pages);
  test_check(names->count > 1000 && pages == names->count, "%u and %u", names->count, pages);
  arena_free(arena);
}

/* --- terms -------------------------------------------------------------------------------------------------------------------- */

static bool is_command(const char *name, size_t length) {
  for (const struct command *const *c = commands; *c; c++)
    if (strlen((*c)->name) == length && !strncmp((*c)->name, name, length)) return true;
  return !strncmp(name, "help", length);
}

static void check_term(void *context, const struct term *t) {
  struct arena *arena = arena_new();
  const char *name = arena_format(arena, "%.*s", (int)strcspn(t->words, "|"), t->words), *title = t->title ? t->title : name;
  const char *text = explain_search(arena, &scenario_record, name, &all_of_it), *example = term_example(arena, &scenario_record, t);
  test_check(t->text && *t->text && text && strstr(text, title), "explain %s has not %s", name, title);
  if (*example == '{' && !strstr(example, "web.yaml")) expect_holds(arena, title, example);
  test_check(*example == '{' || (!strncmp(example, "aguanta ", 8) && is_command(example + 8, strcspn(example + 8, " "))) ||
                 !strcmp(name, "number or share"),
             "%s: %s", title, example);
  ++*(uint32_t *)context;
  arena_free(arena);
}

static void test_every_term_is_found(void) {
  struct arena *arena = arena_new();
  uint32_t count = 0;
  terms_each(arena, check_term, &count);
  test_check(count > 250, "%u terms", count);
  arena_free(arena);
}

static void expect_found(const char *word, const char *text) {
  struct arena *arena = arena_new();
  const char *found = explain_search(arena, &scenario_record, word, &all_of_it);
  test_check(found && strstr(found, text), "explain %s has not %s: %s", word, text, found ? found : "nothing");
  arena_free(arena);
}

/* All that claims can ask, by their words and by what people say; causes and kinds of time. */
static void test_measures(void) {
  const struct measure_kind *k;
  struct arena *arena = arena_new();
  for (uint32_t i = 0; (k = measure_kind_at(i)); i++) {
    const char *claim = measure_claim(arena, k);
    if (!claim) continue;
    test_check(measure_text(k->word) != NULL, "%s has no sentence", k->word);
    expect_found(k->percentage ? "p95" : k->word, claim);
  }
  for (int i = 1; i < OUTCOMES; i++) expect_found(outcome_names[i], "cause of an error: ");
  for (int i = 0; i < TIME_KINDS; i++) expect_found(time_kind_names[i], "kind of time: ");
  expect_found("uptime", "availability(year)");
  expect_found("p99.9", "p99.9(page.latency) < 300ms");
  expect_found("p99.9", "{\"claims\": [\"p99.9(page.latency) < 300ms\"]}");
  expect_found("p99(buy.latency)", "p99(page.latency) < 300ms");
  expect_found("mttr", "rto(");
  arena_free(arena);
}

/* The header of every CSV, out of the sources that print them. */
static void test_columns(void) {
  struct child files = child_run(
      &(struct child_wish){0},
      (const char *const[]){"sh", "-c",
                            "cat sim/report/export/csv_*.c | grep -o '\"[a-z_0-9,]*,[a-z_0-9,]*,[a-z_0-9,]*' | tr -d '\"'", NULL});
  uint32_t count = 0;
  for (char *column = strtok(files.out, ",\n"); column; column = strtok(NULL, ",\n"), count++)
    expect_found(column, "output column: ");
  test_check(count > 80, "%u columns", count);
  child_free(&files);
}

/* --- what parts count --------------------------------------------------------------------------------------------------------- */

static bool is_term(const struct meter_config *m) {
  for (const struct meter_term *t = meter_terms; t->name; t++)
    if (!strcmp(t->name, m->name) && t->kind == m->kind) return true;
  size_t n = strlen(m->name); /* named after a thing of the scenario */
  return (n > 5 && !strcmp(m->name + n - 5, "_busy")) || !strncmp(m->name, "shard", 5) || !strcmp(m->name, "load");
}

static void test_meters(void) {
  struct child files =
      child_run(&(struct child_wish){0},
                (const char *const[]){"find", "scenarios/gateway", "scenarios/traffic", "scenarios/faults", "docs/examples",
                                      "-maxdepth", "2", "-name", "*.json", "-not", "-path", "*/parts/*", "-not", "-path",
                                      "*/prices/*", "-not", "-path", "*/studies/*", NULL});
  uint32_t models = 0;
  for (char *file = strtok(files.out, "\n"); file; file = strtok(NULL, "\n")) {
    struct arena *arena = arena_new();
    struct scenario *s = scenario_read(arena, diagnostics_new(arena), file, NULL, 0);
    for (uint32_t i = 0; s && i < s->model.meter_count; i++)
      test_check(is_term(&s->model.meters[i]), "%s: explain knows no %s", file, s->model.meters[i].name);
    models += s != NULL;
    arena_free(arena);
  }
  test_check(models > 30, "%u models", models);
  child_free(&files);
}

/* --- at the terminal ---------------------------------------------------------------------------------------------------------- */

static int lines_of(const char *text) {
  int lines = 0;
  for (; *text; text++) lines += *text == '\n';
  return lines;
}

static void test_short_enough(void) {
  static const char *const words[] = {"hpa",       "timeout",  "gunicorn", "worker", "postgres", "rto",
                                      "autoscale", "database", "p95",      "p99.9",  "cpu",      "fault",
                                      "lognormal", "ms",       "99",       "pods",   "redis",    "rate limit"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    struct child c = AGUANTA("explain", words[i]);
    test_check(c.status == 0 && !c.err_length && strstr(c.out, "\nexample"), "explain %s: %d %s%s", words[i], c.status, c.out,
               c.err);
    test_check(lines_of(c.out) <= 60, "explain %s: %d lines", words[i], lines_of(c.out));
    child_free(&c);
  }
  struct child c = AGUANTA("explain", "cpu"), v = AGUANTA("explain", "-v", "cpu");
  test_check(strstr(c.out, " more: 'aguanta explain -v cpu'\n") && lines_of(v.out) > 3 * lines_of(c.out) &&
                 strstr(v.out, "platform.nodes.NAME.reserved.cpu"),
             "%s", c.out);
  child_free(&c), child_free(&v);
}

static void test_tree(void) {
  struct child root = AGUANTA("explain"), services = AGUANTA("explain", "services"),
               inner = AGUANTA("explain", "services.api.autoscale");
  test_check(strstr(root.out, "\n  services         { NAME: { ") && strstr(root.out, "What runs, by name.\n") &&
                 lines_of(root.out) < 45,
             "%s", root.out);
  test_check(strstr(services.out, "\n  backlog          number = 511 "), "%s", services.out);
  test_check(strstr(services.out, "\n  replicas         number = 1 "), "%s", services.out);
  test_check(strstr(inner.out, "\n  behavior          { 3 keys } ") && strstr(inner.out, "\n    scale_up        { 4 keys } ") &&
                 strstr(inner.out, "\n      window        duration = automatic "),
             "%s", inner.out);
  child_free(&root), child_free(&services), child_free(&inner);
}

/* One folder up: the width that COLUMNS asks for is kept. */
static void test_width(void) {
  static const char *const words[] = {"", "services", "faults", "timeout", "exit codes", "services.NAME.autoscale"};
  struct arena *arena = arena_new();
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    const char *text = explain(arena, &scenario_record, words[i], &(struct explain_view){.width = 60}, diagnostics_new(arena));
    for (const char *p = text; p && *p; p += strcspn(p, "\n") + 1)
      test_check(strcspn(p, "\n") <= 60 || strstr(p, "aguanta explain") || *p != ' ', "%.*s", (int)strcspn(p, "\n"), p);
  }
  arena_free(arena);
}

static void test_unknown(void) {
  static const struct {
    const char *word, *near;
  } cases[] = {{"nope", "\"node\""},           {"sevices", "\"services\""},
               {"replcas", "\"replicas\""},    {"availabilty", "\"availability\""},
               {"lognromal", "\"lognormal\""}, {"qqqqqqqqqqq", "'aguanta explain' shows"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct child c = AGUANTA("explain", cases[i].word);
    test_check(c.status == 2 && !c.out_length && strstr(c.err, "nothing is known of \"") && strstr(c.err, cases[i].near),
               "%s: %d %s", cases[i].word, c.status, c.err);
    child_free(&c);
  }
}

static const struct test_case cases[] = {{"every_example_holds", test_every_example_holds},
                                         {"folded", test_folded},
                                         {"every_key_is_found", test_every_key_is_found},
                                         {"every_term_is_found", test_every_term_is_found},
                                         {"measures", test_measures},
                                         {"columns", test_columns},
                                         {"meters", test_meters},
                                         {"short_enough", test_short_enough},
                                         {"tree", test_tree},
                                         {"width", test_width},
                                         {"unknown", test_unknown},
                                         {0}};
const struct test_suite suite_explain = {"explain", cases};
