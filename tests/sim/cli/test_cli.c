/* The program as its user meets it: exit codes and their order, what goes to which stream, help and mistyped command lines. */
#include "sim/cli/exit_code.h"
#include "sim/cli/options.h"
#include "tests/command.h"
#include "tests/suite.h"

#define SMALL "tests/cli/small.json"

static void expect_status(struct child c, int status, const char *what) {
  test_check(c.status == status, "%s: exit status %d, not %d\n%s", what, c.status, status, c.err);
  child_free(&c);
}

static void test_each_exit_code(void) {
  expect_status(AGUANTA("run", SMALL, "-q"), EXIT_HOLDS, "a claim that holds");
  expect_status(AGUANTA("run", SMALL, "-q", "--export", "/nowhere/x.json"), EXIT_USAGE, "an export that cannot be written");
  expect_status(AGUANTA("run", SMALL, "-q", "--timing", "/nowhere/x.json"), EXIT_USAGE, "a timing that cannot be written");
  expect_status(AGUANTA("run", SMALL, "-q", "--timing", "/dev/full"), EXIT_ERROR, "a timing that turns out to be full");
  expect_status(AGUANTA("run", SMALL, "--reps", "some"), EXIT_USAGE, "a wrong --reps");
  expect_status(AGUANTA("run", "tests/cli/bad/syntax.json"), EXIT_INVALID, "an invalid scenario");
  expect_status(AGUANTA("run", SMALL, "-q", "--reps", "1"), EXIT_UNDECIDED, "too little for a p99");
  expect_status(AGUANTA("run", SMALL, "-q", "--reps", "2", "--set", "claims.0=rate(all) < 100/s"), EXIT_UNDECIDED,
                "a claim at its limit");
  expect_status(AGUANTA("run", SMALL, "-q", "--set", "claims.0=p50(page.latency) < 1us"), EXIT_FAILED, "a claim that fails");
  struct child c = AGUANTA_AS((&(struct child_wish){.signal = SIGINT, .after_s = 0.3}), "run", SMALL, "-q", "--reps", "20000");
  expect_status(c, EXIT_INTERRUPTED, "Ctrl-C");
}

/* The order of the interface: invalid > interrupted > error > incomplete > failed > undecided > holds. */
static void test_table_order(void) {
  static const enum exit_code order[] = {EXIT_USAGE,      EXIT_INVALID, EXIT_INTERRUPTED, EXIT_ERROR,
                                         EXIT_INCOMPLETE, EXIT_FAILED,  EXIT_UNDECIDED,   EXIT_HOLDS};
  static const int numbers[] = {2, 3, 130, 1, 4, 99, 98, 0};
  enum { CODES = sizeof order / sizeof *order };
  for (int a = 0; a < CODES; a++) {
    test_check((int)order[a] == numbers[a], "%d is not %d", (int)order[a], numbers[a]);
    for (int b = 0; b < CODES; b++)
      test_check(exit_code_worse(order[a], order[b]) == order[a < b ? a : b], "%d and %d", (int)order[a], (int)order[b]);
  }
}

static void test_precedence(void) {
  expect_status(AGUANTA("check", SMALL, "tests/cli/bad/syntax.json", "--set", "claims.0=p50(page.latency) < 1us"), EXIT_INVALID,
                "invalid and failed");
  expect_status(AGUANTA("run", SMALL, "-q", "--timing", "/dev/full", "--set", "claims.0=p50(page.latency) < 1us"), EXIT_ERROR,
                "error and failed");
  expect_status(
      AGUANTA_AS((&(struct child_wish){.stdout_path = "/dev/full"}), "run", SMALL, "--set", "claims.0=p50(page.latency) < 1us"),
      EXIT_ERROR, "full disk and failed");
  expect_status(AGUANTA("run", SMALL, "-q", "--set", "claims=[\"p99.99(page.latency) < 1s\", \"p50(page.latency) < 1us\"]"),
                EXIT_FAILED, "failed and no data");
  expect_status(AGUANTA("check", SMALL, "--set", "claims=[\"p99.99(page.latency) < 1s\", \"p50(page.latency) < 1s\"]"),
                EXIT_UNDECIDED, "no data and holds");
  expect_status(AGUANTA("run", SMALL, "-q", "--set", "claims=[{\"show\": \"p50(page.latency) < 1us\"}]"), EXIT_HOLDS,
                "info decides nothing");
  expect_status(AGUANTA("run", SMALL, "-q", "--set", "claims=[{\"expr\": \"p50(page.latency) < 1us\", \"severity\": \"should\"}]"),
                EXIT_HOLDS, "should warns");
  expect_status(AGUANTA("run", SMALL, "-q", "--set", "claims=[]"), EXIT_HOLDS, "no claims");
  struct child c = AGUANTA_AS((&(struct child_wish){.signal = SIGINT, .after_s = 0.3}), "run", SMALL, "--reps", "20000", "--timing",
                              "/dev/full");
  expect_status(c, EXIT_INTERRUPTED, "interrupted and a timing that cannot be written");
}

/* What a command prints last, and that stderr stays empty. */
static void expect_last(struct child c, const char *begins) {
  test_check(child_begins(child_last_line(c.out), begins), "the last line is \"%s\"", child_last_line(c.out));
  test_check(c.err_length == 0, "stderr: %s", c.err);
  test_check(!strchr(c.out, 033), "colours without being asked");
  child_free(&c);
}

static void test_verdict_is_last(void) {
  expect_last(AGUANTA("run", SMALL), "verdict: PASS (1 pass)");
  expect_last(AGUANTA("run", SMALL, "-v"), "verdict: PASS (1 pass)");
  expect_last(AGUANTA("run", SMALL, "-q"), "verdict: PASS (1 pass)");
  expect_last(AGUANTA("run", SMALL, "--reps=1"), "verdict: NO DATA (1 no data)");
  expect_last(AGUANTA("run", SMALL, "--set", "claims=[\"p50(page.latency) < 1us\", \"p50(page.latency) < 1s\"]"),
              "verdict: FAIL (1 pass, 1 fail)");
  expect_last(AGUANTA("run", SMALL, "--reps", "2", "--set", "claims.0=rate(all) < 100/s"), "verdict: UNDECIDED (1 undecided)");
  expect_last(AGUANTA("run", SMALL, "--set", "claims=[]"), "verdict: ");
  expect_last(AGUANTA("check", SMALL), "check: ran, and every requirement holds");
  struct child c = AGUANTA("run", SMALL, "-q");
  test_check(!strcmp(c.out, "verdict: PASS (1 pass)\n"), "--quiet says only what did not pass: %s", c.out);
  child_free(&c);
}

static void test_colour(void) {
  struct child always = AGUANTA("run", SMALL, "--color", "always"), never = AGUANTA("run", SMALL, "--color=never");
  test_check(strchr(always.out, 033) != NULL, "--color always");
  test_check(!strchr(never.out, 033), "--color never");
  test_check(strstr(always.out, "PASS") && strstr(never.out, "PASS"), "the verdict is a word");
  child_free(&always), child_free(&never);
  expect_status(AGUANTA("run", SMALL, "--color", "sometimes"), EXIT_USAGE, "--color sometimes");
  expect_status(AGUANTA("run", SMALL, "--progress", "sometimes"), EXIT_USAGE, "--progress sometimes");
}

/* --- help --------------------------------------------------------------------------------------------------------------------- */

static void test_help(void) {
  static const char *const ways[] = {"help", "--help", "-h"};
  for (int i = 0; i < 3; i++) {
    struct child c = AGUANTA(ways[i]);
    test_check(c.status == 0 && c.err_length == 0, "%s: %d %s", ways[i], c.status, c.err);
    for (const struct command *const *k = commands; *k; k++)
      test_check(strstr(c.out, (*k)->name) && strstr(c.out, (*k)->doc), "help without %s", (*k)->name);
    for (const struct exit_code_row *row = exit_codes; row->meaning; row++)
      test_check(strstr(c.out, row->meaning) != NULL, "help without \"%s\"", row->meaning);
    child_free(&c);
  }
  struct child c = AGUANTA_AS((&(struct child_wish){0}), NULL);
  test_check(c.status == EXIT_USAGE && c.out_length == 0 && strstr(c.err, "usage: aguanta COMMAND"), "without a command: %d %s",
             c.status, c.err);
  child_free(&c);
}

static void test_help_of_commands(void) {
  for (const struct command *const *at = commands; *at; at++) {
    const struct command *k = *at;
    struct child a = AGUANTA("help", k->name), b = AGUANTA(k->name, "--help"), c = AGUANTA(k->name, "nofile.json", "-h");
    test_check(a.status == 0 && b.status == 0 && c.status == 0 && !strcmp(a.out, b.out) && !strcmp(a.out, c.out),
               "the three ways to help of %s", k->name);
    test_check(a.err_length == 0 && strstr(a.out, k->arguments), "help %s: %s", k->name, a.err);
    for (const struct option *o = options_table; o < options_table + OPTION_COUNT; o++) {
      char word[60];
      snprintf(word, sizeof word, " --%s ", o->name);
      test_check(command_takes(k, o) == (strstr(a.out, word) != NULL), "help %s and --%s", k->name, o->name);
    }
    child_free(&a), child_free(&b), child_free(&c);
  }
  struct child c = AGUANTA("help", "plot");
  for (const char *const *kind = (const char *const[]){"overview", "latency", "breakdown", "timeline", "bill", "claims", NULL};
       *kind; kind++)
    test_check(strstr(c.out, *kind) != NULL, "help plot does not name the kind %s, though --kind says to see it", *kind);
  child_free(&c);
  c = AGUANTA("help", "help");
  test_check(c.status == 0 && !strstr(c.err, "unknown"), "help help: %s", c.err);
  child_free(&c);
}

static void test_version(void) {
  struct child c = AGUANTA("--version");
  test_check(c.status == 0 && child_begins(c.out, "aguanta ") && child_count(c.out, "\n") == 1 && c.err_length == 0, "%s%s", c.out,
             c.err);
  child_free(&c);
}

/* --- mistyped ----------------------------------------------------------------------------------------------------------------- */

static const struct mistyped {
  const char *words[8];
  const char *message; /* in stderr */
} mistyped[] = {
    {{"runn", NULL}, "aguanta: unknown command \"runn\"; did you mean \"run\"?\nSee 'aguanta help'.\n"},
    {{"valdiate", NULL}, "aguanta: unknown command \"valdiate\"; did you mean \"validate\"?\nSee 'aguanta help'.\n"},
    {{"help", "swep", NULL}, "aguanta: unknown command \"swep\"; did you mean \"sweep\"?\nSee 'aguanta help'.\n"},
    {{"xyzzy", NULL},
     "aguanta: unknown command \"xyzzy\"; there are: help, init, run, check, compare, sweep, merge, capacity, sensitivity, "
     "calibrate, "
     "drill, growth, plot, report, import, validate, explain, schema, selftest, completion, manual\nSee 'aguanta help'.\n"},
    {{"run", "--sett", "a=1", NULL}, "aguanta run: unknown option \"--sett\"; did you mean \"--set\"?\nSee 'aguanta help run'.\n"},
    {{"run", "--expotr=a.json", NULL},
     "aguanta run: unknown option \"--expotr=a.json\"; did you mean \"--export\"?\nSee 'aguanta help run'.\n"},
    {{"check", SMALL, "--timing", "x", NULL}, "aguanta check: unknown option \"--timing\"\nSee 'aguanta help check'.\n"},
    {{"explain", "-o", "x", NULL}, "aguanta explain: unknown option \"-o\"\nSee 'aguanta help explain'.\n"},
    {{"run", SMALL, "--set", NULL}, "aguanta run: --set needs a value: --set PATH=VALUE\n"},
    {{"run", SMALL, "-j", NULL}, "aguanta run: --jobs needs a value: --jobs N\n"},
    {{"run", SMALL, "--quiet=yes", NULL}, "aguanta run: --quiet takes no value\n"},
    {{"run", NULL}, "aguanta run: a file is missing\nSee 'aguanta help run'.\n"},
    {{"run", SMALL, SMALL, NULL}, "aguanta run: too many files\nSee 'aguanta help run'.\n"},
    {{"run", SMALL, "--reps", "0", NULL}, "aguanta run: --reps must be a whole number from 1 to 10000000, not \"0\"\n"},
    {{"run", SMALL, "--jobs", "two", NULL}, "aguanta run: --jobs must be a whole number from 1 to 1024, not \"two\"\n"},
    {{"run", SMALL, "--export", "x.pdf", NULL},
     "aguanta run: --export x.pdf: unknown format \"pdf\"; known are .json, .csv, .md, .html and .xml\n"},
    {{"run", SMALL, "--export", "result", NULL},
     "aguanta run: --export result: no extension that gives the format; known are .json, .csv, .md, .html and .xml\n"},
    {{"run", SMALL, "--export", "-", NULL}, "aguanta run: --export - needs --format: json, csv, md, html, xml or github\n"},
    {{"run", SMALL, "--export", "-", "--format", "pdf", NULL},
     "aguanta run: --export -: unknown format \"pdf\"; known are json, csv, md, html, xml and github\n"},
    {{"sweep", SMALL, NULL}, "aguanta sweep: needs at least one --vary PATH=A,B,C\n"},
    {{"sweep", SMALL, "--vary", "services.web.replicas", NULL},
     "aguanta sweep: --vary services.web.replicas needs the form path=a,b,c\n"},
    {{"sweep", SMALL, "--vary", "services.web.replicas=1,,2", NULL},
     "aguanta sweep: --vary services.web.replicas=1,,2 has an empty value\n"},
    {{"sweep", SMALL, "--vary", "services.web.replicas=1", "--export", "x.json", NULL},
     "aguanta sweep: --export x.json: unknown format \"json\"; known are .csv and .ndjson\n"},
    {{"schema", "xml", NULL}, "aguanta schema: unknown form \"xml\"; forms are: json, markdown, presets\n"}};

static void test_mistyped(void) {
  for (size_t i = 0; i < sizeof mistyped / sizeof *mistyped; i++) {
    const char *words[10] = {child_aguanta()};
    memcpy(words + 1, mistyped[i].words, sizeof mistyped[i].words);
    struct child c = child_run(&(struct child_wish){0}, words);
    test_check(c.status == EXIT_USAGE && c.out_length == 0 && !strcmp(c.err, mistyped[i].message),
               "%s: exit status %d\n    %s    not\n    %s", words[1], c.status, c.err, mistyped[i].message);
    child_free(&c);
  }
}

static void test_two_dashes(void) {
  struct child c = AGUANTA("run", "-q", "--", "--set");
  test_check(c.status == EXIT_INVALID && strstr(c.err, "--set: error: cannot be read"), "after -- all are files: %s", c.err);
  child_free(&c);
}

static const struct test_case cases[] = {{"exit_codes", test_each_exit_code},
                                         {"exit_code_table", test_table_order},
                                         {"precedence", test_precedence},
                                         {"verdict_is_last", test_verdict_is_last},
                                         {"colour", test_colour},
                                         {"help", test_help},
                                         {"help_of_commands", test_help_of_commands},
                                         {"version", test_version},
                                         {"mistyped", test_mistyped},
                                         {"two_dashes", test_two_dashes},
                                         {0}};
const struct test_suite suite_cli = {"cli", cases};
