/* `aguanta growth`: exit codes, what is wrong with a question, the same bytes for any number of threads, its
 * forms. */
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "tests/command.h"
#include "tests/suite.h"

#define SHOP  "docs/examples/growth.json"
#define QUICK "--reps", "5", "--set", "run.window=5min", "--set", "run.windows=1", "--months", "4", "--progress", "never"

/* 20% of four cores are busy today and 29% in month 4. */
static void test_exit_codes(void) {
  static const struct {
    const char *claims;
    int status;
    const char *says;
  } rows[] = {{"claims=[\"utilization(vps.cpu) < 60%\"]", 0, "holds all 4 months that were asked for\n"},
              {"claims=[\"utilization(vps.cpu) < 24%\"]", 99, "order the second one now"},
              {"claims=[\"utilization(vps.cpu) < 10%\"]", 99, "does not hold today"},
              {"claims=[\"p99.9(page.latency) < 9s\"]", 98, "is undecided"},
              {"claims=[{\"require\": \"utilization(vps.cpu) < 10%\", \"severity\": \"should\"}]", 0, "(should)"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct child c = AGUANTA("growth", SHOP, QUICK, "--set", rows[i].claims);
    test_check(c.status == rows[i].status && strstr(c.out, rows[i].says), "%s: exit status %d\n%s%s", rows[i].claims, c.status,
               c.out, c.err);
    child_free(&c);
  }
}

static void test_wrong_questions(void) {
  static const struct {
    const char *words[2];
    int status;
    const char *message;
  } rows[] = {
      {{"--set", "growth=null"}, 3, "does not say how its users grow"},
      {{"--set", "growth.monthly=6 users"}, 3, "must be a ratio"},
      {{"--set", "growth={\"users\": {\"0\": 9, \"8\": 10, \"4\": 12}}"}, 3, "is not in order: month 4 stands behind month 8"},
      {{"--set", "growth={\"monthly\": \"6%\", \"of\": \"bots\"}"}, 3, "refers to \"bots\""},
      {{"--months", "soon"}, 3, "must be a number"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct child c = AGUANTA("growth", SHOP, "--reps", "2", "--set", "run.window=5min", "--set", "run.windows=1", rows[i].words[0],
                             rows[i].words[1]);
    test_check(c.status == rows[i].status && strstr(c.err, rows[i].message), "%s: exit status %d: %s", rows[i].words[1], c.status,
               c.err);
    test_check(c.out_length == 0, "stdout: %s", c.out);
    child_free(&c);
  }
}

static void test_forms(void) {
  struct child one = AGUANTA("growth", SHOP, QUICK, "--jobs", "1", "--export", "-", "--format", "json"),
               two = AGUANTA("growth", SHOP, QUICK, "--jobs", "3", "--export", "-", "--format", "json");
  test_check(one.out_length > 1000 && one.out_length == two.out_length && !memcmp(one.out, two.out, one.out_length),
             "%zu and %zu bytes differ", one.out_length, two.out_length);
  struct arena *arena = arena_new();
  const struct json_value *root = json_read_text(arena, diagnostics_new(arena), "stdout", one.out, one.out_length);
  test_check(json_number(json_member(root, "aguanta_growth")) == 1, "no growth");
  test_check(json_count(json_member(root, "table")) == 5, "not months 0 to 4");
  const struct json_value *last = json_first(json_member(root, "table"));
  while (json_next(last)) last = json_next(last);
  test_check(json_number(json_member(last, "users")) > 14640.99 && json_number(json_member(last, "users")) < 14641.01,
             "%g users in month 4", json_number(json_member(last, "users")));
  arena_free(arena);
  child_free(&one), child_free(&two);
  one = AGUANTA("growth", SHOP, QUICK, "--export", "-", "--format", "md");
  test_check(strstr(one.out, "# Growth: Invoices"), "%s", one.out);
  two = AGUANTA("growth", SHOP, QUICK, "--export", "-", "--format", "csv");
  test_check(strstr(two.out, "scenario,month,how,") == two.out && strstr(two.out, "\r\nledger,4,run,"), "%s", two.out);
  child_free(&one), child_free(&two);
}

/* Ctrl-C keeps the months that were finished, or says that there are none. */
static void test_interrupted(void) {
  struct child_wish wish = {.signal = SIGINT, .after_s = 0.3};
  struct child c = AGUANTA_AS(&wish, "growth", SHOP, "--set", "run.window=40h", "--progress", "never");
  test_check(c.status == 130, "exit status %d: %s%s", c.status, c.out, c.err);
  test_check(strstr(c.out, "interrupted") && !strstr(c.out, "WHAT BREAKS"), "%s%s", c.out, c.err);
  child_free(&c);
}

static char *written(const char *name, const char *text) {
  char *path = child_path(name);
  FILE *file = fopen(path, "w");
  if (!file || fputs(text, file) < 0 || fclose(file)) abort();
  return path;
}

/* 40 and a thousandth for each user against 100: equal at 60,000. The first bill is known to 10: its ends are 100 at 50,000 and at
 * 70,000. The second one holds to month 0.9 of a month in which 10,000 users become 110,000: to 100,000. */
static void test_costs(void) {
#define ROW(month, users, cost, low, high)                                                                                         \
  "{\"month\": " month ", \"users\": " users ", \"cost\": {\"value\": " cost ", \"ci95\": [" low ", " high "]}}"
#define RESULT(name, requirements, first, second)                                                                                  \
  "{\"aguanta_growth\": 1, \"scenario\": {\"name\": \"" name                                                                       \
  "\", \"title\": \"\"}, \"currency\": \"USD\", \"requirements\": [" requirements "], \"table\": [" first ", " second "]}"
  char *a = written("costs-a.json",
                    RESULT("rising", "", ROW("0", "10000", "50", "40", "60"), ROW("1", "110000", "150", "140", "160"))),
       *b = written("costs-b.json",
                    RESULT("flat", "{\"severity\": \"must\", \"course\": \"breaks\", \"month\": 0.9, \"ci95\": [0.8, 0.95]}",
                           ROW("0", "10000", "100", "100", "100"), ROW("1", "110000", "100", "100", "100")));
  struct child c = AGUANTA("plot", a, b, "--kind", "costs", "-o", "-");
  test_check(c.status == 0 && strstr(c.out, "rising is the cheapest that holds to 60,000 users, then flat to 100,000 users, then"),
             "exit status %d: %.300s", c.status, c.err);
  test_check(strstr(c.out, "60,000 [50,000, 70,000]") && strstr(c.out, "100,000 [90,000, 105,000]"), "%s", c.out);
  child_free(&c);
  free(a), free(b);
}

static const struct test_case cases[] = {{"exit codes", test_exit_codes}, {"wrong questions", test_wrong_questions},
                                         {"forms", test_forms},           {"interrupted", test_interrupted},
                                         {"costs", test_costs},           {0}};
const struct test_suite suite_cli_growth = {"cli_growth", cases};
