/* `aguanta check FILE.md`: tables of Markdown pages against their scenarios. */
#include "tests/command.h"
#include "tests/suite.h"

/* One user asks, waits 10 ms for the answer and 90 ms to think: ten requests a second, without any chance. */
static const char scenario[] =
    "{\"aguanta\": 1, \"name\": \"web\",\n"
    " \"traffic\": {\"people\": {\"kind\": \"closed\", \"population\": 1, \"think\": \"90ms\", \"mix\": {\"job\": 1}}},\n"
    " \"endpoints\": {\"job\": {\"entry\": \"app\", \"steps\": [{\"cpu\": \"10ms\"}]}},\n"
    " \"services\": {\"app\": {\"kind\": \"app\", \"backlog\": \"unlimited\"}},\n"
    " \"platform\": {\"kind\": \"static\", \"nodes\": {\"box\": {\"cpu\": 1}}},\n"
    " \"run\": {\"warmup\": \"1s\", \"window\": \"20s\", \"replications\": 2},\n"
    " \"claims\": [{\"id\": \"mean\", \"stated\": \"mean(job.latency) in 9ms..11ms\", \"source\": \"W-1, the mean\"},\n"
    "  {\"id\": \"tail\", \"require\": \"p95(job.latency) < 5ms\", \"source\": \"W-1; ours\"},\n"
    "  {\"id\": \"rate\", \"show\": \"rate(job)\", \"source\": \"R-1: a day; W-2\"}]}\n";

static char *folder(void) {
  char *path = child_path("pages");
  mkdir(path, 0777);
  char *inner = child_path("pages/scenarios");
  mkdir(inner, 0777);
  free(inner);
  char *web = child_path("pages/scenarios/web.json");
  child_write(web, scenario);
  free(web);
  return path;
}

/* The page after `check`, with the options; to be freed. What was said goes to *said. */
static char *checked(const char *text, const char *option, struct child *said) {
  char *dir = folder(), *page = child_path("pages/page.md"), *stored = child_path("pages/page.answers.json");
  unlink(stored);
  child_write(page, text);
  *said = option ? AGUANTA("check", page, option, "--progress", "never") : AGUANTA("check", page, "--progress", "never");
  char *after = test_read_file(page);
  free(dir), free(page), free(stored);
  return after;
}

#define TIE "<!-- aguanta: scenarios/web.json -->\n"
#define END "<!-- aguanta: end -->\n"

/* What --write makes of a table. Everything else stays, byte for byte. */
static void test_write(void) {
  static const struct {
    const char *before, *after;
  } rows[] = {
      /* by id; two claims name themselves, and their verdicts differ */
      {"a\n\n" TIE "| id | simulated | verdict |\n| --- | --- | --- |\n| W-1 | | |\n| W-2 | | |\n" END "z",
       "a\n\n" TIE "| id | simulated | verdict |\n| --- | --- | --- |\n| W-1 | mean: 10 ms CONFIRMED<br>tail: 10 ms FAIL | 1 FAIL, "
       "1 CONFIRMED |\n"
       "| W-2 | 10/s | shown |\n" END "z"},
      /* CRLF and padding stay; columns that are missing come last */
      {TIE "|id    |what |\r\n|:-----|----:|\r\n|`R-1` | a\\|b|\r\n" END,
       TIE "|id    |what | simulated | verdict |\r\n|:-----|----:| --- | --- |\r\n|`R-1` | a\\|b| 10/s | shown |\r\n" END},
      /* without outer pipes, in a list, and a row that is too short */
      {"- list\n\n  " TIE "  id | simulated | verdict\n  --|--|--\n  R-1\n  W-9 | listed | why\n  " END,
       "- list\n\n  " TIE "  id | simulated | verdict\n  --|--|--\n  R-1 | 10/s | shown\n  W-9 | listed | why\n  " END},
      /* aligned columns keep their width */
      {TIE "| id  | simulated    | verdict |\n|-----|--------------|---------|\n| R-1 |              |         |\n" END,
       TIE "| id  | simulated    | verdict |\n|-----|--------------|---------|\n| R-1 | 10/s         | shown   |\n" END},
      /* the verdict before the value, an old value with other digits, no end of line at the end */
      {TIE "| verdict | id | simulated |\n|-|-|-|\n| | R-1 | 10.0/s |\n<!-- aguanta: end -->",
       TIE "| verdict | id | simulated |\n|-|-|-|\n| shown | R-1 | 10/s |\n<!-- aguanta: end -->"},
      /* by measure; what is in code blocks and other comments is none of our business */
      {"```\n" TIE "```\n\n    " TIE "\n<!-- " TIE " x\n\n" TIE "| measure | web |\n| --- | --- |\n| `rate(job)` | 10/s |\n" END,
       "```\n" TIE "```\n\n    " TIE "\n<!-- " TIE " x\n\n" TIE
       "| measure | web | simulated |\n| --- | --- | --- |\n| `rate(job)` | 10/s | 10/s |\n" END},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct child c, again;
    char *after = checked(rows[i].before, "--write", &c), *twice = checked(rows[i].after, "--write", &again);
    test_check(after && !strcmp(after, rows[i].after), "%zu:\n%s\n%s%s", i, after ? after : "nothing", c.out, c.err);
    test_check(twice && !strcmp(twice, rows[i].after), "%zu, again:\n%s\n%s", i, twice, again.err);
    free(after), free(twice), child_free(&c), child_free(&again);
  }
}

/* Cells that are there are compared by value; the place of what differs is shown. */
static void test_compared(void) {
  static const struct {
    const char *table, *says;
    int status;
  } rows[] = {
      {"| id | simulated | verdict |\n|-|-|-|\n| R-1 | 10.0/s | Shown |\n", "2 cells compared, 0 differences\n", 0},
      {"| id | simulated | verdict |\n|-|-|-|\n| R-1 | 11/s | |\n", "page.md:4:9: R-1: the page says \"11/s\", simulated is 10/s\n",
       99},
      {"| id | simulated | verdict |\n|-|-|-|\n| R-1 | | PASS |\n",
       "page.md:4:11: R-1: the page says \"PASS\", the verdict is shown\n", 99},
      {"| id | simulated |\n|-|-|\n| W-1 | mean: 10 ms confirmed<br>tail: 12 ms FAIL |\n",
       "\"tail: 12 ms FAIL\", simulated is tail: 10 ms FAIL\n", 99},
      {"| id | simulated |\n|-|-|\n| W-1 | mean: 10.0 ms CONFIRMED<br>tail: 10 ms PASS |\n",
       "\"tail: 10 ms PASS\", simulated is tail: 10 ms FAIL\n", 99},
      {"| id | simulated |\n|-|-|\n| W-1 | 10 ms |\n", "W-1: the page has fewer values, simulated are 2\n", 99},
      {"| id | simulated |\n|-|-|\n| W-3 | |\n", "page.md:4:3: no claim of these scenarios cites W-3", 99},
      {"| id | simulated | reason |\n|-|-|-|\n| W-3 | listed | |\n", "W-3 is listed, and the row does not say why\n", 99},
      {"| id |\n|-|\n| W-1 |\n", "page.md:1:15: scenarios/web.json: claim \"rate\" cites W-2, which no row has\n", 99},
      {"| id |\n|-|\n| W-1 |\n| W-2 |\n| W-1 |\n", "page.md:4:3: W-1 has another row\n", 99},
      {"| measure | stated |\n|-|-|\n| rate(job) | 9/s |\n",
       "page.md:4:15: rate(job): stated is 9/s, simulated is 10/s (scenarios/web.json)\n", 99},
      {"| measure | stated |\n|-|-|\n| rate(job) | 9 to 10/s |\n| mean(job.latency) | - |\n", "1 cell compared, 0 differences", 0},
      {"| measure | stated |\n|-|-|\n| rate(job) | 9 |\n", "\"9\" has no figure that can be compared: write one such as 120/s\n",
       99},
      {"| measure | stated |\n|-|-|\n| cost(month) | 0 USD |\n",
       "cost(month): stated is 0 USD, the run has no data: nothing has a price", 98},
      {"| measure | stated |\n|-|-|\n| cost(month) | \xE2\x82\xAC"
       "0 |\n",
       "cost(month): stated is \xE2\x82\xAC"
       "0, and the bill of scenarios/web.json is in USD\n",
       99},
      {"| measure | simulated |\n|-|-|\n| rate(job) | 9/s |\n", "rate(job): the page says 9/s is simulated, it is 10/s\n", 99},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct child c;
    char *text = NULL;
    if (asprintf(&text, TIE "%s" END, rows[i].table) < 0) abort();
    char *after = checked(text, NULL, &c);
    test_check(strstr(c.out, rows[i].says) != NULL, "%zu: not said: %s\n%s%s", i, rows[i].says, c.out, c.err);
    test_check(c.status == rows[i].status, "%zu: exit status %d\n%s%s", i, c.status, c.out, c.err);
    test_check(after && !strcmp(after, text), "%zu: the page has changed", i);
    free(after), free(text), child_free(&c);
  }
}

/* A page that is not in order: the place, what to do, and nothing is written. */
static void test_bad_pages(void) {
  static const char *const rows[][2] = {
      {"\n<!-- aguanta: scenarios/web.json -->\ntext\n", "page.md:2:1: error: no table stands behind this comment"},
      {TIE "| id |\n|-|\n| W-1 |\n\ntext\n" END, "page.md:1:1: error: the table behind this comment has no end"},
      {END, "page.md:1:1: error: an end without a table that begins"},
      {"<!-- aguanta: -->\n| id |\n|-|\n" END, "page.md:1:1: error: this comment names no scenario"},
      {"<!-- aguanta: scenarios/none.json -->\n| id |\n|-|\n" END, "page.md:1:15: error: there is no file \"scenarios/none.json\""},
      {"<!-- aguanta: within=much scenarios/web.json -->\n| id |\n|-|\n" END, "page.md:1:15: error: \"within\""},
      {"<!-- aguanta: a= -->\n| id |\n|-|\n" END, "page.md:1:15: error: \"a=\": write COLUMN=FILE"},
      {TIE "| name |\n|-|\n| W-1 |\n" END, "page.md:2:1: error: this table has neither a column \"id\""},
      {TIE "| id | a |\n|-|-|\n| W-1 | `a|b` |\n" END,
       "error: this row has 3 cells, the header has 2: a pipe that belongs to a cell"},
      {"| id | simulated |\n|-|-|\n| W-1 | |\n", "page.md:1:1: error: this table has no scenario"},
      {TIE "| measure | stated |\n|-|-|\n| p95(shop) | 1 s |\n" END, "page.md:4:3: error: scenarios/web.json: \"p95(shop)\""},
      {"<!-- aguanta: v2=scenarios/web.json -->\n| measure | v1 |\n|-|-|\n" END,
       "page.md:1:15: error: the table has no column \"v2\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct child c;
    char *after = checked(rows[i][0], "--write", &c);
    test_check(c.status == 3 && strstr(c.err, rows[i][1]), "%zu: exit status %d\n%s%s", i, c.status, c.out, c.err);
    test_check(after && !strcmp(after, rows[i][0]), "%zu: the page has changed", i);
    free(after), child_free(&c);
  }
}

/* With scenarios among the files; the last line is in the words of what has the worst code. */
static void test_mixed(void) {
  static const struct {
    const char *table, *set, *last;
    int status;
  } rows[] = {
      {"| id |\n|-|\n| W-1 |\n| W-2 |\n", "--jobs=1", "ran, and a requirement failed\n", 99},
      {"| id |\n|-|\n| W-1 |\n| W-2 |\n", "--set=claims=[]", "a page differs from what is simulated\n", 99},
      {"| measure | stated |\n|-|-|\n| rate(job) | 10/s |\n", "--set=claims=[]", "ran, and every requirement holds\n", 0},
      {"| measure | stated |\n|-|-|\n| rate(job) | 11/s |\n", "--set=claims=[]", "a page differs from what is simulated\n", 99},
      {"| measure |\n|-|\n| rate(shop) |\n", "--set=claims=[]", "invalid input file; nothing was written\n", 3},
      {"| measure | stated |\n|-|-|\n| p99.99(job.latency) | 1 s |\n", "--set=claims=[]",
       "no page differs from what is simulated, a figure is without data\n", 98},
  };
  char *dir = folder(), *page = child_path("pages/page.md"), *web = child_path("pages/scenarios/web.json");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char *text = NULL;
    if (asprintf(&text, TIE "%s" END, rows[i].table) < 0) abort();
    child_write(page, text);
    struct child c = AGUANTA("check", page, web, rows[i].set, "--progress", "never");
    test_check(c.status == rows[i].status && strstr(child_last_line(c.out), rows[i].last), "%zu: exit status %d\n%s%s", i, c.status,
               c.out, c.err);
    free(text), child_free(&c);
  }
  free(dir), free(page), free(web);
}

static void test_export(void) {
  char *dir = folder(), *page = child_path("pages/page.md"), *web = child_path("pages/scenarios/web.json");
  child_write(page, TIE "| id | simulated |\n|-|-|\n| W-1 | |\n| W-2 | 11/s |\n| W-3 | listed |\n" END);
  struct child c = AGUANTA("check", page, "--export", "-", "--format", "json"),
               both = AGUANTA("check", page, web, "--export", "-", "--format", "json");
  const char *differs = "\"differences\": [{\"line\": 5, \"column\": 9, \"kind\": \"stale\", \"text\": \"W-2: the page says";
  test_check(c.status == 99 && strstr(c.out, "\"scenarios\": []") && strstr(c.out, differs), "%s%s", c.out, c.err);
  test_check(strstr(c.out, "\"ids\": 3, \"listed\": 1, \"claims\": 3, \"scenarios\": 1,"), "%s", c.out);
  test_check(both.status == 99 && strstr(both.out, "\"aguanta_result\"") && strstr(both.out, differs), "%s%s", both.out, both.err);
  child_free(&c), child_free(&both), free(dir), free(page), free(web);
}

/* What cannot be meant, and what lies outside of --root. */
static void test_write_refused(void) {
  char *dir = folder(), *page = child_path("pages/page.md"), *web = child_path("pages/scenarios/web.json"),
       *stored = child_path("pages/page.answers.json"), *other = child_path("other.json");
  const char *text = TIE "| id | simulated |\n|-|-|\n| W-1 | |\n| W-2 | |\n" END;
  child_write(page, text), child_write(other, "mine\n");
  struct child a = AGUANTA("check", web, "--write"), b = AGUANTA("check", page, "--write", "--set", "run.window=9s");
  test_check(a.status == 2 && strstr(a.err, "--write is for pages"), "%d %s", a.status, a.err);
  test_check(b.status == 2 && strstr(b.err, "--write with --set: "), "%d %s", b.status, b.err);
  unlink(stored);
  test_check(!symlink(other, stored), "no link");
  struct child c = AGUANTA("check", page, "--write", "--root", dir);
  char *after = test_read_file(page), *theirs = test_read_file(other);
  test_check(c.status == 3 && !strcmp(after, text) && !strcmp(theirs, "mine\n"), "%d: %s%s", c.status, c.out, c.err);
  unlink(stored);
  child_free(&a), child_free(&b), child_free(&c);
  free(dir), free(page), free(web), free(stored), free(other), free(after), free(theirs);
}

/* Names of claims cannot break a table, and what was written is read back as the same. */
static void test_hostile_names(void) {
  const char *claims =
      "--set=claims=[{\"id\": \"a|b\", \"show\": \"rate(job)\", \"source\": \"H-1\"}, {\"id\": \"x<br>y\", \"show\": "
      "\"rate(job)\", \"source\": \"H-1\"}, {\"id\": \"<!-- aguanta: end -->\", \"show\": \"rate(job)\", \"source\": "
      "\"H-1\"}, {\"id\": \"`%s`\", \"show\": \"rate(job)\", \"source\": \"H-1\"}]";
  const char *filled = TIE "| id | simulated |\n|-|-|\n| H-1 | a\\|b: 10/s<br>x\\<br\\>y: 10/s<br>\\<!-- aguanta: end --\\>: "
                           "10/s<br>\\`%s\\`: 10/s |\n" END;
  char *dir = folder(), *page = child_path("pages/page.md");
  child_write(page, filled);
  struct child c = AGUANTA("check", page, claims, "--progress", "never");
  test_check(c.status == 0 && strstr(c.out, "4 cells compared, 0 differences"), "%d: %s%s", c.status, c.out, c.err);
  child_free(&c), free(dir), free(page);
}

static const struct test_case all[] = {{"write", test_write},
                                       {"compared", test_compared},
                                       {"bad", test_bad_pages},
                                       {"mixed", test_mixed},
                                       {"export", test_export},
                                       {"write_refused", test_write_refused},
                                       {"hostile_names", test_hostile_names},
                                       {NULL, NULL}};
const struct test_suite suite_page = {"page", all};
