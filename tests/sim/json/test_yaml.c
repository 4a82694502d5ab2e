/* Scenarios in YAML: the same tree as from JSON, types by field, faults at their place, and bombs that are refused in no time. */
#include "sim/engine/arena.h"
#include "sim/json/json_print.h"
#include "sim/json/yaml.h"
#include "sim/scenario/scenario.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <string.h>

static char *errors_of(struct arena *arena, const char *text, size_t length) {
  struct diagnostics *d = diagnostics_new(arena);
  json_read_text(arena, d, "t.yaml", text, length);
  return diagnostics_render(d, arena);
}

/* `line:column: what`, of the first fault. */
static char *first_error(struct arena *arena, const char *text, size_t length) {
  char *all = errors_of(arena, text, length), *error = strstr(all, "error: ");
  if (!error) return all;
  const char *from = strncmp(all, "t.yaml:", 7) || all[7] == ' ' ? all : all + 7;
  return arena_format(arena, "%.*s%.*s", (int)(error - from), from, (int)strcspn(error + 7, "\n"), error + 7);
}

static const struct {
  const char *text, *error;
} faults[] = {
    {"a:\n\tb: 1\n", "2:1: a tab: YAML is indented with spaces"},
    {"a:\n  b: 1\n\tc: 1\n", "3:1: a tab: YAML is indented with spaces"},
    {"a: 1\nb: 2\n\"a\": 3\n", "3:1: duplicate key \"a\": first given on line 1"},
    {"a: {b: 1, c: 2, b: 3}\n", "1:17: duplicate key \"b\": first given on line 1"},
    {"a: \"b\nc: 1\n", "1:4: this string is never closed"},
    {"a: [1, 2}\n", "1:9: expected ',' or ']'"},
    {"a: ü: 3\n",
     "1:5: a ':' that does not fit here: a text with ': ' in it stands in quotes, and keys of one object have the same "
     "indentation"},
    {"a: @x\n", "1:4: a value that begins with @ must stand in quotes"},
    {"a: 1\n- b\n", "2:1: expected a key: is it indented like the other keys of its object?"},
    {"a: &x 1\n", "1:4: anchors and aliases are not read in scenarios: write the value out, or put it into a file that this one "
                  "`extends`"},
    {"a: !!str 1\n", "1:4: tags are not read in scenarios: a value has the type of its key"},
    {"a: {<<: {b: 1}}\n", "1:5: merge keys are not read in scenarios: write the keys out, or put them into a file that this one "
                          "`extends`"},
    {"a: 1\n---\nb: 1\n", "3:1: a second document: a scenario is one"},
    {"a:\n  b:\n", "2:3: \"b\" has no value: write {} for one with nothing but defaults, or null to delete it"},
    {"? [a]\n: 1\n", "1:3: a key must be a word, not a list"},
    {"a: \"\\q\"\n", "1:5: unknown escape in \"double quotes\": write \\\\ for a backslash, or 'single quotes'"},
    {"a: \"x\\0y\"\n", "1:4: \\0 is not allowed: it would end the string"},
    {"a: \xFF\n", "1:4: not valid UTF-8: byte 0xFF"},
    {"\xEF\xBB\xBF"
     "a: \xFF\n",
     "1:5: not valid UTF-8: byte 0xFF"},
    {"a: \x01\n", "1:4: a raw control character: 0x01"},
    {"secret words\n", "t.yaml: is not a YAML object: it holds a string"},
    {"secret words: [\n", "t.yaml: is not YAML: "},
    {"", "t.yaml: is empty: expected keys such as \"services:\""},
    {"# nothing\n", "t.yaml: is empty: expected keys such as \"services:\""},
    {"---\n", "t.yaml: is empty: expected keys such as \"services:\""},
    {0}};

static void test_faults(void) {
  struct arena *arena = arena_new();
  for (size_t i = 0; faults[i].text; i++) {
    const char *seen = first_error(arena, faults[i].text, strlen(faults[i].text));
    bool begins = !strncmp(seen, faults[i].error, strlen(faults[i].error));
    test_check(begins && !strstr(seen, "secret"), "%s\n      is:        %s\n      should be: %s", faults[i].text, seen,
               faults[i].error);
  }
  const char *zero = first_error(arena, "a: x\0y\n", 7);
  test_check(!strcmp(zero, "1:5: a zero byte in the file"), "%s", zero);
  arena_free(arena);
}

/* A number's key that holds something else: said at its place, whatever it holds. */
static void test_no_numbers(void) {
  static const struct {
    const char *value, *error;
  } rows[] = {{"[3]", "\"quorum\" must be a whole number, not a list"},
              {"{a: 3}", "\"quorum\" must be a whole number, not an object"},
              {"true", "\"quorum\" must be a whole number, not true"},
              {"~", "\"quorum\""},
              {"08", "\"quorum\" must be a whole number, not "}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new();
    struct diagnostics *d = diagnostics_new(arena);
    const char *text = arena_format(arena, "aguanta: 1\nname: x\nservices:\n  a: {kind: app, quorum: %s}\n", rows[i].value);
    scenario_read_text(arena, d, "t.yaml", text, NULL, 0);
    const char *all = diagnostics_render(d, arena);
    test_check(strstr(all, rows[i].error) != NULL, "%s: %s", rows[i].value, all);
    arena_free(arena);
  }
}

/* The excerpt shows the line with the caret below the value, whatever the bytes before it. */
static void test_excerpt(void) {
  struct arena *arena = arena_new();
  static const char text[] = "name: \"größe\"\r\nlist: [é, *x]\r\n";
  const char *seen = errors_of(arena, text, sizeof text - 1);
  test_check(strstr(seen, "t.yaml:2:11: error: ") && strstr(seen, "    2 | list: [é, *x]\n      |           ^"), "%s", seen);
  arena_free(arena);
}

/* By hand: what JSON calls a number, true, false or null is one, everything else a text. */
static void test_types(void) {
  static const char text[] =
      "a: [8, 0.5, -3e2, 08, 0x10, 1_000, .5, +1, no, yes, on, True, true, false, null, ~, NULL, '8', \"true\", 1:30,\n"
      "    12345678901234567890, 9007199254740993, 1e999, a b, 250ms, 1e-999]\n"
      "b: |\n  two\n  lines\nc: >-\n  one\n  line\n8: x\n\"y\": {}\ne: []\n";
  static const char wanted[] =
      "{\"a\": [8, 0.5, -300, \"08\", \"0x10\", \"1_000\", \".5\", \"+1\", \"no\", \"yes\", \"on\", \"True\", true, false, "
      "null, null, \"NULL\", \"8\", \"true\", \"1:30\", \"12345678901234567890\", \"9007199254740993\", "
      "\"1e999\", \"a b\", \"250ms\", \"1e-999\"], \"b\": \"two\\nlines\\n\", \"c\": \"one line\", \"8\": \"x\", "
      "\"y\": {}, \"e\": []}";
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const char *seen = json_print_line(arena, json_read_text(arena, d, "t.yaml", text, sizeof text - 1));
  test_check(!strcmp(seen, wanted), "%s%s", seen, diagnostics_render(d, arena));
  arena_free(arena);
}

/* Anchors, merge keys, tags and several documents of other programs' files, by hand. */
static void test_foreign(void) {
  static const char text[] = "x-a: &a {p: 1, q: {r: [2, 3]}}\nb: {<<: *a, p: 9}\nc: {<<: [{p: 7}, *a], s: True}\nd: !!str 8\ne:\n"
                             "f: !reset 5\n---\n# nothing\n---\n- *z\n";
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  test_check(!yaml_read_foreign(arena, d, diagnostics_source(d, "f", text, sizeof text - 1)), "an alias of another document");
  test_check(strstr(diagnostics_render(d, arena), "f:10:3: error: there is no anchor &z before this alias"), "%s",
             diagnostics_render(d, arena));
  d = diagnostics_new(arena);
  const struct json_value *list = yaml_read_foreign(arena, d, diagnostics_source(d, "f", text, sizeof text - 6));
  const char *seen = json_print_line(arena, list);
  test_check(!strcmp(seen, "[{\"x-a\": {\"p\": 1, \"q\": {\"r\": [2, 3]}}, \"b\": {\"p\": 9, \"q\": {\"r\": [2, 3]}}, "
                           "\"c\": {\"s\": true, \"p\": 7, \"q\": {\"r\": [2, 3]}}, \"d\": \"8\", \"e\": null, \"f\": null}]"),
             "%s%s", seen, diagnostics_render(d, arena));
  arena_free(arena);
}

/* Nine levels of nine: 9^9 values out of 400 bytes. */
static void put_bomb(struct arena *arena, const char **text, const char *form) {
  *text = "a0: &a0 [x]\n";
  for (int level = 1; level < 10; level++) {
    *text = arena_format(arena, "%sa%d: &a%d %c", *text, level, level, *form);
    for (int i = 0; i < 9; i++) *text = arena_format(arena, "%s%s*a%d", *text, i ? ", " : "", level - 1);
    *text = arena_format(arena, "%s%c\n", *text, form[1]);
  }
}

static void test_bombs(void) {
  struct arena *arena = arena_new();
  const char *bomb;
  put_bomb(arena, &bomb, "[]");
  struct diagnostics *d = diagnostics_new(arena);
  test_check(!yaml_read_foreign(arena, d, diagnostics_source(d, "bomb", bomb, strlen(bomb))), "a bomb");
  /* 1, then 9 times as many and 1 each: level 5 has 9^5 + ... of them, the sum of what was added passes 10^5 at level 5. */
  test_check(strstr(diagnostics_render(d, arena), "bomb:6:") &&
                 strstr(diagnostics_render(d, arena), "aliases add more than 100000"),
             "%s", diagnostics_render(d, arena));
  char *deep = arena_alloc(arena, 100001);
  memset(deep, '[', 100000);
  const char *seen = first_error(arena, deep, 100000);
  test_check(!strcmp(seen, "1:65: nested deeper than 64 levels"), "%s", seen);
  char *longer = arena_alloc(arena, JSON_STRING_LIMIT + 10);
  memset(longer, 'a', JSON_STRING_LIMIT + 8), memcpy(longer, "a: ", 3);
  seen = first_error(arena, longer, JSON_STRING_LIMIT + 8);
  test_check(!strcmp(seen, "1:4: a string of 65541 bytes: at most 65536 are allowed"), "%s", seen);
  arena_free(arena);
}

#define SCENARIO                                                                                                                   \
  "aguanta: 1\nname: 2024\nplatform: {kind: static, nodes: {vm: {count: 2, cpu: 4, memory: 8Gi}}}\n"                               \
  "services:\n  web: {kind: app, place: vm, replicas: %s}\n"                                                                       \
  "endpoints:\n  page:\n    entry: web\n    steps:\n    - {cpu: 5ms}\n"                                                            \
  "traffic:\n  users: {kind: open, rate: 20/s, mix: {page: 1}}\nclaims:\n- p99(page.latency) < 250ms\nrun: {seed: 7, window: "     \
  "10s, warmup: "                                                                                                                  \
  "1s}\n"

/* A name of digits is a text, a seed a number, 8 replicas are 8; no word is a number. */
static void test_fields(void) {
  static const struct {
    const char *replicas, *error;
  } cases[] = {{"8", ""},
               {"no", "\"replicas\" must be a whole number, not the text \"no\""},
               {"08", "\"replicas\" must be a whole number, not the text \"08\""},
               {"'8'", "\"replicas\" must be a whole number, not a string: write 8 without quotes"},
               {"true", "\"replicas\" must be a whole number, not true"}};
  struct arena *arena = arena_new();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct diagnostics *d = diagnostics_new(arena);
    const struct scenario *s = scenario_read_text(arena, d, "t.yaml", arena_format(arena, SCENARIO, cases[i].replicas), NULL, 0);
    const char *seen = diagnostics_render(d, arena);
    test_check(*cases[i].error ? strstr(seen, cases[i].error) != NULL : s && !*seen && !strcmp(s->name, "2024"), "%s", seen);
    test_check(!*cases[i].error || strstr(seen, "t.yaml:5:41: error"), "%s", seen);
  }
  arena_free(arena);
}

/* The same answer to the byte as from JSON, with a parent in the other language and --set. */
static void test_same_answer(void) {
  char *yaml = child_path("same.yaml"), *json = child_path("same.json"), *child = child_path("child.yaml");
  struct arena *arena = arena_new();
  const char *text = arena_format(arena, SCENARIO, "2");
  child_write(yaml, text);
  child_write(json, json_print(arena, json_read_text(arena, diagnostics_new(arena), "t.yaml", text, strlen(text))));
  child_write(child, "extends: same.yaml\nservices: {web: {replicas: 3}}\nclaims: null\n");
  struct child a = AGUANTA("run", yaml, "--reps", "2", "-q", "--export", "-", "--format", "csv"),
               b = AGUANTA("run", json, "--reps", "2", "-q", "--export", "-", "--format", "csv", "--set", "name=2024"),
               c = AGUANTA("validate", child, "--set", "services.web.replicas=4");
  const char *one = strchr(a.out, '\n'), *other = strchr(b.out, '\n');
  test_check(one && other && a.status == b.status && a.out_length > 200, "%d %d %s%s", a.status, b.status, a.err, b.err);
  test_check(c.status == 0 && strstr(c.out, "child.yaml: valid: 1 endpoint"), "%d %s%s", c.status, c.out, c.err);
  child_free(&a), child_free(&b), child_free(&c);
  arena_free(arena);
  free(yaml), free(json), free(child);
}

static const struct test_case cases[] = {{"faults", test_faults}, {"no numbers", test_no_numbers},   {"excerpt", test_excerpt},
                                         {"types", test_types},   {"foreign", test_foreign},         {"bombs", test_bombs},
                                         {"fields", test_fields}, {"same_answer", test_same_answer}, {0}};
const struct test_suite suite_yaml = {"yaml", cases};
