/* The strict reader: what cJSON alone would accept, get wrong or lose, each with its exact message and place. */
#include "sim/json/json_print.h"
#include "sim/json/json_writer.h"
#include "sim/engine/arena.h"
#include "tests/suite.h"
#include <stdlib.h>
#include <string.h>

static char *errors_of(struct arena *arena, const char *name, const char *text, size_t length) {
  struct diagnostics *d = diagnostics_new(arena);
  json_read_text(arena, d, name, text, length);
  return diagnostics_render(d, arena);
}

/* The message alone: `line:column: what`, of the first fault. */
static char *first_error(struct arena *arena, const char *name, const char *text, size_t length) {
  char *all = errors_of(arena, name, text, length);
  const char *prefix = "t.json:",
             *from = !strncmp(all, prefix, strlen(prefix)) && all[strlen(prefix)] != ' ' ? all + strlen(prefix) : all;
  char *error = strstr(from, "error: ");
  if (!error) return all;
  return arena_format(arena, "%.*s%.*s", (int)(error - from), from, (int)strcspn(error + 7, "\n"), error + 7);
}

struct fault_case {
  const char *text;
  const char *error;
};

static const struct fault_case faults[] = {
    /* what cJSON 1.7.15 accepts */
    {"{} x", "1:4: something follows after the end of the value"},
    {"[1] [2]", "1:5: something follows after the end of the value"},
    {"[01]", "1:2: a number must not begin with 0: leave the zero out"},
    {"[-012]", "1:2: a number must not begin with 0: leave the zero out"},
    {"[1e999]", "1:2: 1e999 is too large a number"},
    {"[-1e999]", "1:2: -1e999 is too large a number"},
    {"[1e-999]", "1:2: 1e-999 is too small a number: it would become 0"},
    {"{\"a\": 1,\n \"b\": 2, \"a\": 3}", "2:10: duplicate key \"a\": first given on line 1"},
    {"[\"a\xFF\"]", "1:4: not valid UTF-8: byte 0xFF"},
    {"[\"\xC0\xAF\"]", "1:3: not valid UTF-8: byte 0xC0"},
    {"[\"\xED\xA0\x80\"]", "1:3: not valid UTF-8: byte 0xED"},
    {"[\"\xF4\x90\x80\x80\"]", "1:3: not valid UTF-8: byte 0xF4"},
    {"[\"\xE2\x82\"]", "1:3: not valid UTF-8: byte 0xE2"},
    {"[\"a\tb\"]", "1:4: a raw control character in a string: write \\t"},
    {"[\"a\x01"
     "b\"]",
     "1:4: a raw control character in a string: write \\u0001"},
    {"[\"a\nb\"]", "1:2: this string is never closed"},
    {"[\"a\\u0000b\"]", "1:4: \\u0000 is not allowed: it would end the string"},
    {"[9007199254740993]", "1:2: 9007199254740993 is above 2^53 and would lose digits: write it as a string"},
    {"[-12345678901234567890]", "1:2: -12345678901234567890 is above 2^53 and would lose digits: write it as a string"},
    {"[+1]", "1:2: expected a value, not '+'"},
    {"[1.]", "1:4: expected a digit after the point, not ']'"},
    {"[.5]", "1:2: expected a value, not '.'"},
    {"[1e]", "1:4: expected a digit of the exponent, not ']'"},
    {"[-]", "1:3: expected a digit, not ']'"},
    {"[0x10]", "1:3: expected ',' or ']', not 'x'"},
    {"[NaN]", "1:2: NaN is no value: texts stand in \"double quotes\""},
    {"[True]", "1:2: True is no value: texts stand in \"double quotes\""},
    {"[nulll]", "1:2: nulll is no value: texts stand in \"double quotes\""},
    {"[\"\\ud800\"]", "1:3: half of a surrogate pair: it stands for no character"},
    {"[\"\\udc00\"]", "1:3: half of a surrogate pair: it stands for no character"},
    {"[\"\\ud800\\u0041\"]", "1:3: half of a surrogate pair: it stands for no character"},
    {"[\"\\x41\"]", "1:3: unknown escape: allowed are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"},
    {"[\"\\u12g4\"]", "1:3: \\u needs four hexadecimal digits"},
    /* plain faults of syntax */
    {"\xEF\xBB\xBF{}", "1:1: begins with a byte order mark: save the file as UTF-8 without it"},
    {"{'a': 1}", "1:2: expected a key in double quotes, not '''"},
    {"{a: 1}", "1:2: expected a key in double quotes, not 'a'"},
    {"{\"a\" 1}", "1:6: expected ':' after the key, not '1'"},
    {"{\"a\": 1 \"b\": 2}", "1:9: expected ',' or '}', not '\"'"},
    {"{\"a\": 1,}", "1:8: a comma after the last element"},
    {"[1, 2,]", "1:6: a comma after the last element"},
    {"[1, 2", "1:5: the file ends here: expected ',' or ']'"},
    {"{\"a\":", "1:5: the file ends here: expected a value"},
    {"{\n  \"a\": \"b\n}", "2:8: this string is never closed"},
    {"{} // no", "1:4: a comment: they are allowed in files named .jsonc only"},
    {"[1,, 2]", "1:4: expected a value, not ','"},
    {"[\"é\", x]", "1:7: x is no value: texts stand in \"double quotes\""},
    {"[1\xC3\xA9]", "1:3: expected ',' or ']', not byte 0xC3"},
    {0}};

static void test_faults(void) {
  struct arena *arena = arena_new();
  for (const struct fault_case *c = faults; c->text; c++) {
    const char *seen = first_error(arena, "t.json", c->text, strlen(c->text));
    test_check(!strcmp(seen, c->error), "%s\n      is:        %s\n      should be: %s", c->text, seen, c->error);
  }
  arena_free(arena);
}

static void test_zero_byte(void) {
  struct arena *arena = arena_new();
  const char *seen = first_error(arena, "t.json", "[\"a\0b\"]", 7);
  test_check(!strcmp(seen, "1:4: a zero byte in a string"), "%s", seen);
  seen = first_error(arena, "t.json", "[1]\0", 4);
  test_check(!strcmp(seen, "1:4: something follows after the end of the value"), "%s", seen);
  arena_free(arena);
}

/* Nested lists, a string or a file of a given size. */
static char *repeated(struct arena *arena, const char *before, char c, size_t times, const char *after) {
  size_t a = strlen(before), b = strlen(after);
  char *text = arena_alloc(arena, a + times + b + 1);
  memcpy(text, before, a);
  memset(text + a, c, times);
  memcpy(text + a + times, after, b + 1);
  return text;
}

static void test_limits(void) {
  struct arena *arena = arena_new();
  const char *open64 = repeated(arena, "", '[', 64, ""), *close64 = repeated(arena, "", ']', 64, "");
  struct {
    const char *text, *error;
  } limits[] = {
      {arena_format(arena, "%s%s", open64, close64), ""},
      {arena_format(arena, "[%s%s]", open64, close64), "1:65: nested deeper than 64 levels"},
      {repeated(arena, "[\"", 'a', JSON_STRING_LIMIT, "\"]"), ""},
      {repeated(arena, "[\"", 'a', JSON_STRING_LIMIT + 1, "\"]"), "1:2: a string of 65537 bytes: at most 65536 are allowed"},
      {repeated(arena, "[1", '0', 60, "]"), "1:2: a number of 61 characters: at most 60 are allowed"},
      {repeated(arena, "[]", ' ', JSON_FILE_LIMIT - 2, ""), ""},
      {repeated(arena, "[]", ' ', JSON_FILE_LIMIT - 1, ""), "t.json: is larger than 8 MiB, the most that is read"},
      {"", "t.json: is empty: expected a value such as {}"},
      {" \n", "t.json: is empty: expected a value such as {}"},
  };
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    const char *seen = first_error(arena, "t.json", limits[i].text, strlen(limits[i].text));
    test_check(!strcmp(seen, limits[i].error), "limit %zu: %.200s", i, seen);
  }
  arena_free(arena);
}

static void test_good_values(void) {
  static const char text[] =
      "{\"n\": [0, -0, 10, 1e3, 0.5, 9007199254740992, 100000000000000000000, 0e5], \"Name\": \"upper\", \"name\": "
      "\"lower\", \"s\": \"\\u00e9\\ud83d\\ude00\\n\\/\", \"t\": true, \"f\": false, \"z\": null, \"o\": {}, \"l\": []}";
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct json_value *root = json_read_text(arena, d, "t.json", text, strlen(text));
  test_check(diagnostics_errors(d) == 0, "%s", diagnostics_render(d, arena));
  static const double numbers[] = {0, -0.0, 10, 1000, 0.5, 9007199254740992.0, 1e20, 0};
  const struct json_value *v = json_first(json_member(root, "n"));
  for (size_t i = 0; i < 8; i++, v = json_next(v)) test_check(json_number(v) == numbers[i], "%zu: %g", i, json_number(v));
  test_check(!strcmp(json_text(json_member(root, "name")), "lower"), "keys are compared with case");
  test_check(!strcmp(json_text(json_member(root, "s")), "é😀\n/"), "%s", json_text(json_member(root, "s")));
  test_check(json_flag(json_member(root, "t")) && !json_flag(json_member(root, "f")), "flags");
  test_check(json_member(root, "z") && json_type(json_member(root, "z")) == JSON_NULL, "null is a member");
  test_check(!strcmp(json_raw_number_text(json_next(json_next(json_next(json_first(json_member(root, "n")))))), "1e3"),
             "as written");
  test_check(json_count(root) == 9 && json_count(json_member(root, "o")) == 0 && !json_first(json_member(root, "l")), "counts");
  arena_free(arena);
}

static void test_comments(void) {
  static const char text[] = "// first\n{ /* a\n b */ \"a\": \"// no comment\", // end\n \"b\": 2 }\n/**/ // last";
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct json_value *root = json_read_text(arena, d, "t.jsonc", text, strlen(text));
  test_check(diagnostics_errors(d) == 0, "%s", diagnostics_render(d, arena));
  test_check(json_text(json_member(root, "a")) && !strcmp(json_text(json_member(root, "a")), "// no comment"), "text kept");
  uint32_t line, column;
  position_locate(json_position(json_member(root, "b")), &line, &column);
  test_check(line == 4 && column == 7, "b stands at %u:%u", line, column);
  test_check(strstr(errors_of(arena, "t.jsonc", "{} /* x", 7), "t.jsonc:1:4: error: this comment is never closed"), "open comment");
  test_check(strstr(errors_of(arena, "t.jsonc", "[1,]", 4), "a comma after the last element"), "no trailing commas in .jsonc");
  arena_free(arena);
}

/* Faults of meaning accumulate, the tree is there, and the text is shown as a compiler would. */
static void test_rendered(void) {
  static const char text[] = "{\n\t\"é\": 1, \"a\": 1e999,\n  \"a\": 2,\n  \"deep\": { \"k\": 1, \"k\": 9007199254740993 }\n}";
  static const char expected[] = "t.json:2:15: error: 1e999 is too large a number\n"
                                 "    2 | \t\"é\": 1, \"a\": 1e999,\n"
                                 "      | \t             ^~~~~\n"
                                 "t.json:3:3: error: duplicate key \"a\": first given on line 2\n"
                                 "    3 |   \"a\": 2,\n"
                                 "      |   ^~~\n"
                                 "t.json:4:21: error: duplicate key \"k\": first given on line 4\n"
                                 "    4 |   \"deep\": { \"k\": 1, \"k\": 9007199254740993 }\n"
                                 "      |                     ^~~\n"
                                 "t.json:4:26: error: 9007199254740993 is above 2^53 and would lose digits: write it as a string\n"
                                 "    4 |   \"deep\": { \"k\": 1, \"k\": 9007199254740993 }\n"
                                 "      |                          ^~~~~~~~~~~~~~~~\n";
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct json_value *root = json_read_text(arena, d, "t.json", text, strlen(text));
  char *seen = diagnostics_render(d, arena);
  test_check(!strcmp(seen, expected), "%s", seen);
  test_check(json_count(root) == 3 && json_number(json_resolve_path(root, "deep.k")) == 1, "the first of two keys counts");
  arena_free(arena);
}

static void test_cap_and_order(void) {
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct source_text *a = diagnostics_source(d, "a.json", "0123456789012345678901234567890", 31);
  const struct source_text *b = diagnostics_source(d, "b.json", "x", 1);
  diagnostic_add(d, &(struct position){b, 0, 1}, "in b");
  for (int i = 30; i >= 0; i--) diagnostic_add(d, &(struct position){a, (uint32_t)i, 1}, "fault %d", i);
  diagnostic_add(d, &(struct position){a, 0, 1}, "fault 0");
  diagnostic_warn(d, &(struct position){a, 0, 1}, "toy-warning", "careful");
  char *text = diagnostics_render(d, arena);
  test_check(diagnostics_errors(d) == 32 && diagnostics_warnings(d) == 1, "%u errors", diagnostics_errors(d));
  test_check(!strncmp(text, "a.json:1:1: error: fault 0\n", 27), "%.60s", text);
  test_check(strstr(text, "a.json:1:1: warning: careful [toy-warning]\n") != NULL, "%.300s", text);
  test_check(strstr(text, "a.json:1:20: error: fault 19\n") && !strstr(text, "fault 20"), "20 are shown");
  test_check(strstr(text, "\n12 more errors\n") != NULL, "%s", text + strlen(text) - 40);
  arena_free(arena);
}

/* A terminal's escape sequence in a file must not reach the terminal; a line of megabytes is cut. */
static void test_hostile_lines(void) {
  struct arena *arena = arena_new();
  char *seen = errors_of(arena, "t.json", "{\"\x1b[31m\": x}", 11);
  test_check(!strchr(seen, 0x1b), "%s", seen);
  char *longer =
      repeated(arena, "[\"", 'a', 5000,
               "\", x, \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]");
  seen = errors_of(arena, "t.json", longer, strlen(longer));
  test_check(strlen(seen) < 500 && strstr(seen, "...aaaa") && strstr(seen, "aaaa...\n"), "%s", seen);
  char *code = strstr(seen, "| "), *caret = strchr(seen, '^');
  char *place = code ? strstr(code, "\", x,") : NULL, *line = caret;
  while (line && line > seen && line[-1] != '\n') line--;
  while (code && code > seen && code[-1] != '\n') code--;
  test_check(place && caret && caret - line == place + 3 - code, "the caret stands under the x:\n%s", seen);
  arena_free(arena);
}

static void test_long_message(void) {
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  diagnostic_add(d, NULL, "%s", repeated(arena, "é", 'a', 5000, ""));
  char *seen = diagnostics_render(d, arena);
  test_check(strlen(seen) == strlen("error: ") + 800 + strlen("...\n") && strstr(seen, "aaa...\n"), "%zu bytes", strlen(seen));
  arena_free(arena);
}

static void test_files(void) {
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  test_check(!json_read_file(arena, d, "tests/reader/none.json"), "no such file");
  test_check(!json_read_file(arena, d, "tests/reader"), "a folder");
  test_check(!json_read_file(arena, d, "tests/reader/bad-syntax.json"), "bad syntax");
  char *seen = diagnostics_render(d, arena);
  static const char expected[] = "tests/reader/none.json: error: cannot be read: No such file or directory\n"
                                 "tests/reader: error: cannot be read: Is a directory\n"
                                 "tests/reader/bad-syntax.json:3:3: error: expected ',' or '}', not '\"'\n"
                                 "    3 |   \"seed\": 7\n"
                                 "      |   ^\n";
  test_check(!strcmp(seen, expected), "%s", seen);
  arena_free(arena);
}

static void test_paths(void) {
  static const char text[] = "{\"a\": {\"b.c\": {\"d\": 1}, \"b\": {\"c\": 2, \"x\": 4}}, \"l\": [10, {\"m\": 3}]}";
  static const struct {
    const char *path;
    double number; /* -1: none */
  } paths[] = {{"a.b.c.d", 1}, {"a.b.c", 0}, {"a.b.x", 4}, {"l.0", 10},     {"l.1.m", 3},
               {"l.2", -1},    {"l.x", -1},  {"a.q", -1},  {"l.1.m.z", -1}, {"l.01x", -1}};
  struct arena *arena = arena_new();
  const struct json_value *root = json_read_text(arena, diagnostics_new(arena), "t.json", text, strlen(text));
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    const struct json_value *v = json_resolve_path(root, paths[i].path);
    test_check(paths[i].number < 0 ? !v : v && json_number(v) == paths[i].number, "%s: %g", paths[i].path, json_number(v));
  }
  test_check(json_resolve_path(root, "") == root, "the empty path is the root");
  test_check(!strcmp(json_source(arena, json_resolve_path(root, "l.0")), "t.json:1"), "%s", json_source(arena, json_first(root)));
  arena_free(arena);
}

static void test_print(void) {
  static const char text[] = "{\"a\":[1,2.50,\"x\\u0007\\n\\\"\"],\"e\":{},\"l\":[],\"o\":{\"big\":1e21,\"tenth\":0.1,\"t\":true,"
                             "\"z\":null},\"m\":[[1],{\"k\":1}]}";
  static const char pretty[] =
      "{\n  \"a\": [1, 2.5, \"x\\u0007\\n\\\"\"],\n  \"e\": {},\n  \"l\": [],\n  \"o\": {\n    \"big\": 1e+21,\n    \"tenth\": "
      "0.1,\n"
      "    \"t\": true,\n    \"z\": null\n  },\n  \"m\": [\n    [1],\n    {\n      \"k\": 1\n    }\n  ]\n}";
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct json_value *root = json_read_text(arena, d, "t.json", text, strlen(text));
  char *printed = json_print(arena, root);
  test_check(!strcmp(printed, pretty), "%s", printed);
  const struct json_value *again = json_read_text(arena, d, "u.json", printed, strlen(printed));
  test_check(!strcmp(json_print(arena, again), printed) && diagnostics_errors(d) == 0, "printing is stable");
  test_check(!strcmp(json_print_line(arena, json_member(root, "o")), "{\"big\": 1e+21, \"tenth\": 0.1, \"t\": true, \"z\": null}"),
             "one line");
  test_check(!strcmp(json_print_number(arena, 1.0 / 3), "0.3333333333333333"), "%s", json_print_number(arena, 1.0 / 3));
  test_check(!strcmp(json_print_number(arena, 1e15), "1000000000000000"), "%s", json_print_number(arena, 1e15));
  test_check(!strcmp(json_quote(arena, "a\xff"), "\"a\\ufffd\""), "%s", json_quote(arena, "a\xff"));
  arena_free(arena);
}

static void test_nearest(void) {
  static const char *const names[] = {"replicas", "memory", "cpu", "call", "cached"};
  static const struct {
    const char *word, *nearest;
  } words[] = {{"replica", "replicas"}, {"relpicas", "replicas"}, {"Memory", "memory"}, {"cqu", "cpu"}, {"pcu", "cpu"},
               {"cal", "call"},         {"cache", "cached"},      {"threads", NULL},    {"", NULL},     {"zzz", NULL}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    const char *seen = nearest_name(words[i].word, names, 5), *expected = words[i].nearest;
    test_check(seen == expected || (seen && expected && !strcmp(seen, expected)), "%s: %s", words[i].word, seen ? seen : "none");
  }
}

static void write_record(struct json_writer *w, const void *of, uint32_t i) {
  json_add_text(w, "name", ((const char *const *)of)[i]);
  json_add_pair(w, "ci95", (double)i, NAN);
}

/* The two outer levels are broken into lines, and where a line is asked for. */
static void test_writer(void) {
  static const char *const names[] = {"a", NULL};
  static const char wanted[] =
      "{\n  \"one\": 1,\n  \"none\": [],\n  \"texts\": [\n    \"a\",\n    null\n  ],\n  \"line\": {\"x\": 0.5, "
      "\"yes\": true},\n  \"records\": [\n    {\"name\": \"a\", \"ci95\": [0, null]},\n    {\"name\": null, "
      "\"ci95\": [1, null]}\n  ],\n  \"deep\": [\n    {\"x\": null,\n     \"y\": []}\n  ]\n}";
  char *text = NULL;
  size_t length = 0;
  FILE *file = open_memstream(&text, &length);
  struct json_writer writer = json_writer(file, 0), *w = &writer;
  json_open(w, '{');
  json_add_count(w, "one", 1);
  json_add_texts(w, "none", NULL, 0);
  json_add_texts(w, "texts", names, 2);
  json_key(w, "line");
  json_open_line(w, '{');
  json_add_number(w, "x", 0.5);
  json_add_flag(w, "yes", true);
  json_close_line(w, '}');
  json_add_records(w, "records", names, 2, write_record);
  json_key(w, "deep");
  json_open(w, '[');
  json_item(w);
  json_open(w, '{');
  json_add_null(w, "x");
  json_line(w, 5);
  json_add_texts(w, "y", NULL, 0);
  json_close(w, '}');
  json_close(w, ']');
  json_close(w, '}');
  fclose(file);
  test_check(!strcmp(text, wanted), "%s", text);
  free(text);
}

static const struct test_case cases[] = {{"faults", test_faults},
                                         {"zero_byte", test_zero_byte},
                                         {"limits", test_limits},
                                         {"good_values", test_good_values},
                                         {"comments", test_comments},
                                         {"rendered", test_rendered},
                                         {"cap_and_order", test_cap_and_order},
                                         {"hostile_lines", test_hostile_lines},
                                         {"long_message", test_long_message},
                                         {"files", test_files},
                                         {"paths", test_paths},
                                         {"print", test_print},
                                         {"writer", test_writer},
                                         {"nearest", test_nearest},
                                         {0}};
const struct test_suite suite_json = {"json", cases};
