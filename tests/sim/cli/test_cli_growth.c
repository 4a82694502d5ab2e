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

/* A name as wide as its column does not touch what follows: the file's, where the scenarios are called the same. */
static void test_long_names(void) {
  struct child c = AGUANTA("growth", SHOP, SHOP, QUICK);
  test_check(strstr(c.out, "\n  " SHOP "  holds"), "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
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
 * 70,000. The second one holds to 100,000 [90,000, 105,000]. */
static void test_pictures(void) {
#define ROW(users, cost, low, high) "{\"users\": " users ", \"cost\": {\"value\": " cost ", \"ci95\": [" low ", " high "]}}"
#define RESULT(name, until, first, second)                                                                                         \
  "{\"aguanta_growth\": 1, \"scenario\": {\"name\": \"" name                                                                       \
  "\", \"title\": \"\"}, \"currency\": \"USD\", \"holds_until\": {" until "}, \"table\": [" first ", " second "]}"
  char *a = written("costs-a.json", RESULT("rising", "\"users\": null, \"ci95\": [null, null]", ROW("10000", "50", "40", "60"),
                                           ROW("110000", "150", "140", "160"))),
       *b = written("costs-b.json", RESULT("flat", "\"users\": 100000, \"ci95\": [90000, 105000]",
                                           ROW("10000", "100", "100", "100"), ROW("110000", "100", "100", "100")));
  struct child c = AGUANTA("plot", a, b, "--kind", "costs", "-o", "-");
  test_check(c.status == 0 && strstr(c.out, "rising is the cheapest that holds to 60,000 users, then flat to 100,000 users, then"),
             "exit status %d: %.300s", c.status, c.err);
  test_check(strstr(c.out, "60,000 [50,000, 70,000]") && strstr(c.out, "100,000 [90,000, 105,000]"), "%s", c.out);
  child_free(&c);
  free(a), free(b);
}

static double number(const struct json_value *object, const char *name) {
  const struct json_value *v = json_member(object, name);
  return v && json_type(v) == JSON_NUMBER ? json_number(v) : -1;
}

static bool within(double x, double by, double wanted) { return x > wanted * (1 - by) && x < wanted * (1 + by); }

static const struct json_value *stated(const struct json_value *architecture, const char *name) {
  for (const struct json_value *s = json_first(json_member(architecture, "stated")); s; s = json_next(s))
    if (!strcmp(json_text(json_member(s, "name")), name)) return s;
  return NULL;
}

static void said(const struct json_value *architecture, const char *name, const char *verdict) {
  const struct json_value *s = stated(architecture, name);
  test_check(s && !strcmp(json_text(json_member(s, "verdict")), verdict), "%s: %s", name,
             s ? json_text(json_member(s, "verdict")) : "");
}

/* 20 USD and 0.001 USD for each user meet 60 USD at 40,000 users; at 0.0016 and at 0.0008 USD at 25,000 and 50,000. Two servers of four
 * cores have 8 / (0.11 x 10,000 x 20% x 1.5 x 60 / 86,400 x 3.5) = 99,740 users at 100%, so 59,844 at the 60% that are claimed, the
 * busiest minutes of noon. One is full at 49,870, and nothing beyond 1.2 times that is run. */
static void test_costs(void) {
#define CURVES "tests/cli/money/curve-a.json", "tests/cli/money/curve-b.json"
#define SHORT  "--reps", "2", "--set", "run.window=1min", "--progress", "never"
  struct child c = AGUANTA("growth", CURVES, "--progress", "never", "--export", "-", "--format", "json");
  struct arena *arena = arena_new();
  const struct json_value *root = json_read_text(arena, diagnostics_new(arena), "stdout", c.out, c.out_length);
  test_check(json_number(json_member(root, "aguanta_costs")) == 1, "%s", c.err);
  const struct json_value *a = json_first(json_member(root, "architectures")), *b = json_next(a),
                          *first = json_first(json_member(root, "cheapest")), *second = json_next(first),
                          *third = json_next(second);
  const struct json_value *ends = json_first(json_member(first, "to_ci95"));
  test_check(within(number(first, "to"), 1e-9, 40000) && within(json_number(ends), 1e-9, 25000) &&
                 within(json_number(json_next(ends)), 1e-9, 50000),
             "%g [%g, %g]", number(first, "to"), json_number(ends), json_number(json_next(ends)));
  test_check(!strcmp(json_text(json_member(first, "cheapest")), "by-user") &&
                 !strcmp(json_text(json_member(first, "ends")), "crosses") &&
                 !strcmp(json_text(json_member(second, "cheapest")), "flat") &&
                 !strcmp(json_text(json_member(second, "ends")), "breaks") && third &&
                 json_type(json_member(third, "cheapest")) == JSON_NULL,
             "%s", c.out);
  double until = number(json_member(b, "holds_until"), "users");
  const struct json_value *low = json_first(json_member(json_member(b, "holds_until"), "ci95"));
  test_check(within(until, 0.05, 59844) && json_number(low) < 59844 * 1.01 && json_number(json_next(low)) > 59844 * 0.99,
             "%g [%g, %g]", until, json_number(low), json_number(json_next(low)));
  test_check(number(second, "to") == until, "%g", number(second, "to"));
  /* 40,000 users cost 52 to 84 USD (60). */
  said(a, "forty", "CONFIRMED"), said(a, "less", "UNDECIDED"), said(a, "more", "CONTRADICTED"), said(a, "full", "CONTRADICTED");
  said(b, "two", "CONFIRMED");
  test_check(within(number(json_member(stated(a, "forty"), "cost"), "value"), 1e-9, 60), "%s", c.out);
  test_check(c.status == 99, "exit status %d", c.status); /* from 59,844 on none holds */
  arena_free(arena);
  child_free(&c);
}

static void test_forms_of_costs(void) {
  struct child one = AGUANTA("growth", CURVES, "--jobs", "1", SHORT), two = AGUANTA("growth", CURVES, "--jobs", "3", SHORT);
  test_check(one.out_length > 500 && one.out_length == two.out_length && !memcmp(one.out, two.out, one.out_length), "bytes differ");
  test_check(strstr(one.out, "by-user is the cheapest that holds to 40,000 [25,000, 50,000] users, then flat"), "%s", one.out);
  test_check(strstr(one.out, "CONFIRMED     forty, by-user: 40,000 users cost 52.00 to 84.00  D-0"), "%s", one.out);
  child_free(&one), child_free(&two);
  one = AGUANTA("growth", CURVES, SHORT, "--export", "-", "--format", "csv");
  test_check(
      strstr(one.out, "kind,name,users_from,users,unit,value,low,high,verdict\r\ncost,by-user,10000,10000,USD,30,28,36,PASS\r\n"),
      "%.300s", one.out);
  two = AGUANTA("growth", CURVES, SHORT, "--export", "-", "--format", "md");
  test_check(strstr(two.out, "| D-0 | by-user | 40,000 | 52.00 to 84.00 | 60.00 [52.00, 84.00] | CONFIRMED |"), "%s", two.out);
  child_free(&one), child_free(&two);
}

static void test_wrong_costs(void) {
  static const struct {
    const char *set, *message;
  } rows[] = {
      {"prices=null", "has the price"},
      {"growth.users={\"0\": 20000, \"10\": 10000}", "its users become fewer"},
      {"growth.stated={\"x\": {\"users\": 10, \"from\": 20, \"cost\": \"40 USD/month\"}}", "a range of users begins with"},
      {"growth.stated={\"x\": {\"users\": 10, \"cost\": \"40 USD/GB\"}}", "must be of a month"},
      {"growth.stated={\"x\": {\"users\": 10, \"cost\": \"40 USD/month\", \"cost_to\": \"30 USD/month\"}}", "is less than"},
      {"growth.stated={\"x\": {\"users\": 10, \"cost\": \"40 USD/month\", \"cost_to\": \"50 EUR/month\"}}", "another currency"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct child c =
        AGUANTA("growth", CURVES, "--reps", "2", "--set", "run.window=1min", "--set", rows[i].set, "--progress", "never");
    test_check(c.status == 3 && strstr(c.err, rows[i].message), "%s: exit status %d: %s", rows[i].set, c.status, c.err);
    child_free(&c);
  }
}

static const struct test_case cases[] = {{"exit codes", test_exit_codes},
                                         {"wrong questions", test_wrong_questions},
                                         {"forms", test_forms},
                                         {"long_names", test_long_names},
                                         {"interrupted", test_interrupted},
                                         {"pictures", test_pictures},
                                         {"costs", test_costs},
                                         {"forms of costs", test_forms_of_costs},
                                         {"wrong costs", test_wrong_costs},
                                         {0}};
const struct test_suite suite_cli_growth = {"cli_growth", cases};
