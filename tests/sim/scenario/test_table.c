/* Tables: CSV files that a scenario names, as arrays; every fault with its words and its line; the hash follows the contents. */
#include "sim/engine/arena.h"
#include "sim/scenario/bind.h"
#include "tests/suite.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct shop {
  const char *name;
};
struct book {
  struct table load;
  struct config_list shops;
};

static const struct field shop_fields[] = {{0}};
static const struct record shop_record = {.name = "shop", .size = sizeof(struct shop), .fields = shop_fields, .doc = "A shop."};
static const struct table_column load_columns[] = {{.name = "at_s", .high = 1e9, .order = ORDER_RISING},
                                                   {.name = "rate_per_s", .optional = true, .low = 0, .high = 500},
                                                   {.name = "shop", .target = "shops", .optional = true},
                                                   {0}};
static const struct field book_fields[] = {KEY("load", TABLE, book, load, RANGE(0, 1000), .columns = load_columns),
                                           KEY("shops", MAP, book, shops, OPTIONAL, .record = &shop_record),
                                           {0}};
static const struct record book_record = {.name = "book", .size = sizeof(struct book), .fields = book_fields, .doc = "A book."};

struct read {
  struct arena *arena;
  struct book book;
  struct binder binder;
  bool good;
  const char *said; /* all messages, with the folder's name cut out */
};

static void write_to(const char *path, const char *text, size_t length) {
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(text, 1, length, file) != length || fclose(file)) abort();
}

static const char *without(struct arena *arena, const char *text, const char *folder) {
  const char *out = "";
  for (const char *at; (at = strstr(text, folder)); text = at + strlen(folder) + 1)
    out = arena_format(arena, "%s%.*s", out, (int)(at - text), text);
  return arena_format(arena, "%s%s", out, text);
}

/* The scenario names load.csv, which holds the text; null: there is no such file. */
static struct read read_book(const char *scenario, const char *csv, size_t length) {
  struct read r = {.arena = arena_new()};
  char folder[] = "/tmp/table-test-XXXXXX";
  if (!mkdtemp(folder)) abort();
  const char *file = arena_format(r.arena, "%s/load.csv", folder), *root_name = arena_format(r.arena, "%s/t.json", folder);
  if (csv) write_to(file, csv, length);
  struct diagnostics *d = diagnostics_new(r.arena);
  const struct json_value *root = json_read_text(r.arena, d, root_name, scenario, strlen(scenario));
  r.binder = binder_new(r.arena, d, root);
  r.good = bind_record(&r.binder, &book_record, root, &r.book);
  r.said = without(r.arena, diagnostics_render(d, r.arena), folder);
  unlink(file), rmdir(folder);
  return r;
}

static struct read read_csv(const char *csv) {
  return read_book("{\"load\": \"load.csv\", \"shops\": {\"a\": {}, \"b\": {}}}", csv, strlen(csv));
}

static void test_good(void) {
  struct read r = read_csv("rate_per_s , at_s,\"shop\",x-note\r\n1.5,0,b,\"one, two\"\r\n2e2, 0.25 ,\"a\",\r\n-0,1e3,b,x");
  const struct table *t = &r.book.load;
  test_check(r.good && t->rows == 3 && !strcmp(t->file, "load.csv"), "%u rows; %s", t->rows, r.said);
  if (t->rows == 3) {
    const double *at = t->numbers[0], *rate = t->numbers[1];
    test_check(at[0] == 0 && at[1] == 0.25 && at[2] == 1000, "at %g %g %g", at[0], at[1], at[2]);
    test_check(rate[0] == 1.5 && rate[1] == 200 && rate[2] == 0 && !signbit(rate[2]), "rate %g %g %g", rate[0], rate[1], rate[2]);
    test_check(t->names[2][0] == 1 && t->names[2][1] == 0 && t->names[2][2] == 1 && !t->numbers[2], "shops");
  }
  arena_free(r.arena);
  r = read_csv("at_s\n7\n");
  test_check(r.good && r.book.load.rows == 1 && !r.book.load.numbers[1] && !r.book.load.names[2], "without optional columns: %s",
             r.said);
  arena_free(r.arena);
}

/* The quick way to read a number rounds as strtod does. */
static void test_numbers(void) {
  static const char *const texts[] = {"0.1",
                                      "0.3",
                                      "123456789.12345",
                                      "99999999999999",
                                      "0.000001",
                                      "4.35",
                                      "1.005",
                                      "2.675",
                                      "8.41",
                                      "0.00000000000001",
                                      "123456789012345678",
                                      "1.7976931348623157",
                                      "33.3333333333333"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char csv[80];
    snprintf(csv, sizeof csv, "at_s,x-\n%s,\n", texts[i]);
    struct read r = read_csv(csv);
    double wanted = strtod(texts[i], NULL), seen = r.book.load.rows ? r.book.load.numbers[0][0] : -1;
    test_check(wanted > 1e9 ? !r.good : seen == wanted, "%s is read as %.17g: %s", texts[i], seen, r.said);
    arena_free(r.arena);
  }
}

static const char *const bad[][2] = {
    {"", "load.csv: error: is empty: it needs a header line with the columns at_s, rate_per_s, shop, and rows\n"},
    {"at_s,rate_per_s\n", "load.csv: error: has no rows below its header line\n"},
    {"rat_s,rate_per_s\n1,2\n",
     "load.csv:1:1: error: unknown column \"rat_s\"; did you mean \"at_s\"?\n    1 | rat_s,rate_per_s\n      | ^~~~~\n"
     "load.csv:1:1: error: the header line needs the column \"at_s\"\n    1 | rat_s,rate_per_s\n      | ^\n"},
    {"at_s;rate_per_s\n1;2\n",
     "load.csv: error: has a header line with none of the columns, between commas: at_s, rate_per_s, shop\n"},
    {"at_s,at_s\n1,2\n", "load.csv:1:6: error: the column \"at_s\" is there twice\n    1 | at_s,at_s\n      |      ^~~~\n"},
    {"at_s\n1\n\n2\n", "load.csv:3:1: error: an empty line among the rows\n    3 | \n      | ^\n"},
    {"at_s,shop\n1,a\n2\n", "load.csv:3:1: error: the header has 2 columns, this row 1\n    3 | 2\n      | ^\n"},
    {"at_s\n1\n0x10\n", "load.csv:3:1: error: \"at_s\" must be a number such as 12.5, not \"0x10\"\n    3 | 0x10\n      | ^~~~\n"},
    {"at_s\n1\nnan\n", "load.csv:3:1: error: \"at_s\" must be a number such as 12.5, not \"nan\"\n    3 | nan\n      | ^~~\n"},
    {"at_s,rate_per_s\n1,\n",
     "load.csv:2:3: error: \"rate_per_s\" must be a number such as 12.5, not \"\"\n    2 | 1,\n      |   ^\n"},
    {"at_s,rate_per_s\n1,-3\n", "load.csv:2:3: error: \"rate_per_s\" must be at least 0, not -3\n    2 | 1,-3\n      |   ^~\n"},
    {"at_s,rate_per_s\n1,501\n",
     "load.csv:2:3: error: \"rate_per_s\" must be at most 500, not 501\n    2 | 1,501\n      |   ^~~\n"},
    {"at_s\n1e999\n", "load.csv:2:1: error: \"at_s\" must be less than 1.8e308, not 1e999\n    2 | 1e999\n      | ^~~~~\n"},
    {"at_s\n5\n7\n7\n", "load.csv:4:1: error: \"at_s\" must rise from row to row, but follows 7, not 7\n    4 | 7\n      | ^\n"},
    {"at_s,shop\n1,c\n", "load.csv:2:3: error: \"shop\" refers to \"c\", which is not in \"shops\"; there are: a, b\n"
                         "    2 | 1,c\n      |   ^\n"},
};

static void test_bad(void) {
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct read r = read_csv(bad[i][0]);
    test_check(!r.good && r.book.load.rows == 0 && !strcmp(r.said, bad[i][1]), "\n%s\n  says\n%s\n  instead of\n%s", bad[i][0],
               r.said, bad[i][1]);
    arena_free(r.arena);
  }
}

static void test_places(void) {
  struct read r = read_book("{\"load\": \"load.csv\"}", NULL, 0);
  test_check(strstr(r.said, "t.json:1:10: error: cannot read ") && strstr(r.said, "load.csv: No such file"), "%s", r.said);
  arena_free(r.arena);
  r = read_book("{\"load\": [1, 2]}", NULL, 0);
  test_check(strstr(r.said, "\"load\" must be the name of a CSV file, not a list") != NULL, "%s", r.said);
  arena_free(r.arena);
  r = read_book("{\"load\": {\"value\": \"load.csv\", \"source\": \"metered\"}}", "at_s\n1\n", 7);
  test_check(r.good && r.book.load.rows == 1 && r.binder.assumption_count == 1, "wrapped: %s", r.said);
  arena_free(r.arena);
}

static void test_limits(void) {
  size_t room = 1 << 16, length = 0;
  char *csv = malloc(room);
  length += (size_t)snprintf(csv, room, "at_s\n");
  for (int i = 0; i < 1001; i++) length += (size_t)snprintf(csv + length, room - length, "%d\n", i);
  struct read r = read_book("{\"load\": \"load.csv\"}", csv, length);
  test_check(!strcmp(r.said, "load.csv: error: has 1001 rows; \"load\" needs at most 1000\n"), "%s", r.said);
  arena_free(r.arena);
  length = (size_t)snprintf(csv, room, "at_s\n");
  for (int i = 0; i < 900; i++) length += (size_t)snprintf(csv + length, room - length, "no\n");
  r = read_book("{\"load\": \"load.csv\"}", csv, length);
  test_check(diagnostics_errors(r.binder.diagnostics) == 20, "%u faults of 900 told", diagnostics_errors(r.binder.diagnostics));
  arena_free(r.arena);
  free(csv);
}

static void test_hash(void) {
  struct read a = read_csv("at_s\n1\n"), b = read_csv("at_s\n2\n"), again = read_csv("at_s\n1\n");
  test_check(a.binder.tables_hash == again.binder.tables_hash && a.binder.tables_hash != b.binder.tables_hash,
             "the hash of contents");
  arena_free(a.arena), arena_free(b.arena), arena_free(again.arena);
}

static const struct test_case cases[] = {{"good", test_good},
                                         {"numbers", test_numbers},
                                         {"bad", test_bad},
                                         {"places", test_places},
                                         {"limits", test_limits},
                                         {"hash", test_hash},
                                         {0}};
const struct test_suite suite_table = {"table", cases};
