/* Stored answers of a page: used while they are right, and only then. */
#include "sim/document/answers.h"
#include "sim/engine/arena.h"
#include "tests/command.h"
#include "tests/suite.h"

static const char parent[] = "{\"endpoints\": {\"job\": {\"entry\": \"app\", \"steps\": [{\"cpu\": \"10ms\"}]}}}\n";
static const char scenario[] =
    "{\"aguanta\": 1, \"extends\": \"parts/endpoints.json\", \"name\": \"web\",\n"
    " \"traffic\": {\"people\": {\"kind\": \"closed\", \"population\": 1, \"think\": \"90ms\", \"mix\": {\"job\": 1}}},\n"
    " \"services\": {\"app\": {\"kind\": \"app\", \"backlog\": \"unlimited\"}},\n"
    " \"platform\": {\"kind\": \"static\", \"nodes\": {\"box\": {\"cpu\": 1}}},\n"
    " \"run\": {\"warmup\": \"1s\", \"window\": \"20s\", \"replications\": 2},\n"
    " \"claims\": [{\"id\": \"rate\", \"stated\": \"rate(job) in 9/s..11/s\", \"source\": \"W-1\"}]}\n";

static void put(const char *name, const char *text) {
  char *path = child_path(name);
  child_write(path, text);
  free(path);
}

/* The page anew, with its answers. */
static void begin(void) {
  static const char *const folders[] = {"kept", "kept/scenarios", "kept/scenarios/parts"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    char *path = child_path(folders[i]);
    mkdir(path, 0777);
    free(path);
  }
  put("kept/scenarios/parts/endpoints.json", parent);
  put("kept/scenarios/web.json", scenario);
  put("kept/page.md",
      "<!-- aguanta: scenarios/web.json -->\n| id | simulated | verdict |\n|-|-|-|\n| W-1 | | |\n<!-- aguanta: end -->\n");
  char *page = child_path("kept/page.md"), *store = child_path("kept/page.answers.json");
  unlink(store);
  struct child c = AGUANTA("check", page, "--write", "--progress", "never");
  test_check(c.status == 0, "%s%s", c.out, c.err);
  child_free(&c), free(page), free(store);
}

/* Another value in the store: what is then said tells whether the store was asked. */
static void forge(const char *from, const char *to) {
  char *path = child_path("kept/page.answers.json"), *text = test_read_file(path), *at = text ? strstr(text, from) : NULL;
  if (test_check(at != NULL, "no %s in the store: %s", from, text ? text : "no store")) memcpy(at, to, strlen(to));
  if (text) child_write(path, text);
  free(path), free(text);
}

struct change {
  const char *file, *text; /* what is changed before the check; null: nothing */
  const char *words[2];    /* of the command line */
  bool stored;             /* the answer is from the store */
};

static void test_when_used(void) {
  static const struct change rows[] = {
      {NULL, NULL, {"--progress", "never"}, true},
      {NULL, NULL, {"--jobs", "1"}, true},
      {"kept/scenarios/parts/endpoints.json",
       "{\"endpoints\": {\"job\": {\"entry\": \"app\", \"steps\": [{\"cpu\": \"10.0ms\"}]}}}\n",
       {"-j", "1"},
       false},
      {NULL, NULL, {"--seed", "7"}, false},
      {NULL, NULL, {"--reps", "3"}, false},
      {NULL, NULL, {"--budget", "9"}, false},
      {NULL, NULL, {"--set", "run.window=30s"}, false},
      {NULL, NULL, {"--fresh", "-q"}, false},
      {"kept/page.answers.json", "{}", {"-j", "1"}, false},
      {"kept/page.answers.json", "no JSON", {"-j", "1"}, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    begin();
    forge("\"verdict\": \"confirmed\"", "\"verdict\": \"undecided\"");
    if (rows[i].file) put(rows[i].file, rows[i].text);
    char *page = child_path("kept/page.md");
    struct child c = AGUANTA("check", page, rows[i].words[0], rows[i].words[1]);
    bool stored = strstr(c.out, "the page says \"CONFIRMED\", the verdict is UNDECIDED") != NULL;
    test_check(stored == rows[i].stored && c.status == (stored ? 99 : 0), "%zu: exit status %d\n%s%s", i, c.status, c.out, c.err);
    child_free(&c), free(page);
  }
}

/* A file that is not ours is reported, not used, and replaced by --write. */
static void test_damaged(void) {
  begin();
  forge("\"kind\": \"stated\"", "\"kind\": \"stoted\"");
  char *page = child_path("kept/page.md"), *store = child_path("kept/page.answers.json");
  struct child c = AGUANTA("check", page, "--write", "--progress", "never");
  test_check(c.status == 0 && strstr(c.err, "page.answers.json is damaged and not used\n"), "%d: %s%s", c.status, c.out, c.err);
  char *text = test_read_file(store);
  test_check(text && strstr(text, "\"kind\": \"stated\""), "%s", text);
  child_free(&c), free(page), free(store), free(text);
}

/* Every value comes back with all its bits, also those that are no numbers. */
static void test_round_trip(void) {
  struct arena *arena = arena_new();
  char *path = child_path("round.answers.json"), *error = NULL;
  struct claim_result claims[] = {{.id = "a|b\"\n",
                                   .expression = "p95(a) < 1s",
                                   .source = "W-1",
                                   .kind = CLAIM_STATEMENT,
                                   .verdict = VERDICT_BETTER,
                                   .unit = UNIT_SECONDS,
                                   .estimate = {0.1 + 0.2, 1.0 / 3, INFINITY, 12345678901, false},
                                   .low = -INFINITY,
                                   .high = 1},
                                  {.id = "b",
                                   .expression = "settles",
                                   .kind = CLAIM_REQUIREMENT,
                                   .severity = SEVERITY_SHOULD,
                                   .verdict = VERDICT_NO_DATA,
                                   .unit = UNIT_PER_SECOND,
                                   .estimate = {NAN, NAN, NAN, 0, true},
                                   .low = 0,
                                   .high = INFINITY,
                                   .reason = "nothing was asked",
                                   .implicit = true}};
  struct results r = {.scenario_name = "x", .replications = 7, .requests = 1ull << 52, .claim_count = 2, .claims = claims};
  r.bill.currency = "EUR";
  bool damaged;
  struct answers *a = answers_read(arena, path, &damaged);
  answers_put(a, "scenarios/x.json", 0xfedcba9876543210u, &r);
  answers_put(a, "scenarios/w.json", 1, &r);
  test_check(answers_write(a, path, false, &error), "%s", error);
  struct answers *b = answers_read(arena, path, &damaged);
  const struct results *back = answers_find(b, "scenarios/x.json", 0xfedcba9876543210u);
  test_check(!damaged && back && !answers_find(b, "scenarios/x.json", 1) && !answers_find(b, "scenarios/y.json", 1), "not found");
  for (int i = 0; back && i < 2; i++) {
    const struct claim_result *x = &claims[i], *y = &back->claims[i];
    test_check(!strcmp(x->id, y->id) && x->kind == y->kind && x->severity == y->severity && x->verdict == y->verdict &&
                   x->unit == y->unit && x->implicit == y->implicit && x->low == y->low && x->high == y->high &&
                   x->estimate.n == y->estimate.n && x->estimate.exact == y->estimate.exact,
               "claim %d", i);
  }
  if (back) {
    test_check(back->claims[0].estimate.value == 0.1 + 0.2 && back->claims[0].estimate.low == 1.0 / 3 &&
                   isinf(back->claims[0].estimate.high),
               "values");
    test_check(isnan(back->claims[1].estimate.value) && !strcmp(back->claims[1].reason, "nothing was asked"), "no value");
    test_check(back->replications == 7 && back->requests == 1ull << 52 && !strcmp(back->bill.currency, "EUR"), "results");
  }
  free(path), free(error), arena_free(arena);
}

static const struct test_case all[] = {
    {"used", test_when_used}, {"damaged", test_damaged}, {"round_trip", test_round_trip}, {NULL, NULL}};
const struct test_suite suite_page_answers = {"page_answers", all};
