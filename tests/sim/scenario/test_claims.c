/* What claims are: requirements, statements of documents, info. Each is judged in its own words, counted apart, and only what is judged
 * buys replications; the exit code follows requirements, and statements where --statements asks for it. */
#include "tests/command.h"
#include "tests/model_fixture.h"

/* M/M/1 at 0.8: mean sojourn 5 s, 80% busy, full at 1/s. */
static struct fixture queue_with(const char *run, const char *claims) {
  struct text t = {.length = 0};
  put(&t,
      "{ 'aguanta': 1, 'name': 'mm1', 'traffic': { 'w': { 'kind': 'open', 'rate': '0.8/s', 'mix': { 'job': 1 } } }, "
      "'endpoints': { 'job': { 'entry': 's', 'steps': [ { 'cpu': { 'exponential': '1s' } } ] } }, "
      "'services': { 's': { 'kind': 'app', 'backlog': 'unlimited' } }, "
      "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { %s }, 'claims': [ %s ] }",
      run, claims);
  return fixture_open(&t);
}

#define RUN "'warmup': '500s', 'window': '10000s', 'windows': 1, 'replications': 10"

static const struct results *settled(struct fixture *f, uint32_t replications) {
  return study_run(f->arena, f->scenario, &(struct study_options){.jobs = 2, .replications = replications});
}

/* A statement: inside of what is stated, outside on the good side, outside on the bad side. Good is less of a latency, more of a rate. */
static void test_statement_verdicts(void) {
  static const struct {
    const char *stated;
    enum verdict verdict;
  } rows[] = {{"mean(job.latency) in 4s..6s", VERDICT_CONFIRMED},
              {"mean(job.latency) in 10s..20s", VERDICT_BETTER},
              {"mean(job.latency) > 10s", VERDICT_BETTER},
              {"mean(job.latency) in 1s..2s", VERDICT_CONTRADICTED},
              {"mean(job.latency) < 2s", VERDICT_CONTRADICTED},
              {"rate(all) in 0.7/s..0.9/s", VERDICT_CONFIRMED},
              {"rate(all) in 0.1/s..0.2/s", VERDICT_BETTER},
              {"rate(all) <= 0.2/s", VERDICT_BETTER},
              {"rate(all) >= 2/s", VERDICT_CONTRADICTED},
              {"saturation(all) in 0.1/s..0.5/s", VERDICT_BETTER},
              {"saturation(all) >= 5/s", VERDICT_CONTRADICTED},
              {"share(job.latency < 2s) <= 10%", VERDICT_BETTER},
              {"share(job.latency > 2s) >= 90%", VERDICT_BETTER},
              {"share(job.latency > 2s) <= 10%", VERDICT_CONTRADICTED},
              {"utilization(s.threads) > 95%", VERDICT_BETTER},
              {"utilization(s.threads) < 50%", VERDICT_CONTRADICTED},
              {"error_rate(all) >= 5%", VERDICT_BETTER},
              {"arrived(all) < 10", VERDICT_CONTRADICTED}, /* neither side of work offered is good */
              {"arrived(all) > 1000000", VERDICT_CONTRADICTED},
              {"mean(s.replicas) in 2..3", VERDICT_CONTRADICTED},
              {"mean(job.latency) in 4.9999s..5.0001s", VERDICT_UNDECIDED}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char claim[200];
    snprintf(claim, sizeof claim, "{ 'stated': '%s', 'source': 'X-1' }", rows[i].stated);
    struct fixture f = queue_with(RUN, claim);
    const struct results *r = settled(&f, 10);
    test_check(r->claims[0].kind == CLAIM_STATEMENT && r->claims[0].verdict == rows[i].verdict, "%s: verdict %d, %g [%g, %g]",
               rows[i].stated, (int)r->claims[0].verdict, r->claims[0].estimate.value, r->claims[0].estimate.low,
               r->claims[0].estimate.high);
    fixture_close(&f);
  }
}

/* A statement is pursued as a requirement is; what is only shown never is, whatever it says and with whatever precision. */
static void test_what_buys(void) {
  static const struct {
    const char *claim;
    double precision;
    uint32_t least, most;
  } rows[] = {{"{ 'require': 'mean(job.latency) < 4.6s' }", 0, 11, 100},
              {"{ 'require': 'mean(job.latency) < 4.6s', 'severity': 'should' }", 0, 11, 100},
              {"{ 'stated': 'mean(job.latency) < 4.6s', 'source': 'X-1' }", 0, 11, 100},
              {"{ 'show': 'mean(job.latency) < 4.6s' }", 0, 10, 10},
              {"{ 'show': 'p99.99(job.latency)' }", 0, 10, 10},
              {"{ 'expr': 'mean(job.latency) < 4.6s', 'severity': 'info' }", 0, 10, 10},
              {"{ 'require': 'mean(job.latency) < 50s' }, { 'show': 'p99.99(job.latency)' }", 0.05, 10, 10},
              {"{ 'show': 'mean(job.queue)' }", 0.03, 11, 1000}}; /* nothing is judged: the headline is what is precise */
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = queue_with(RUN, rows[i].claim);
    const struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 2, .precision = rows[i].precision});
    test_check(r->replications >= rows[i].least && r->replications <= rows[i].most, "%s: %u replications", rows[i].claim,
               r->replications);
    fixture_close(&f);
  }
}

/* Batches of one long run: what is only shown does not lengthen it, what is judged does. */
static void test_shown_lengthens_nothing(void) {
  static const char *const claims[] = {"", "{ 'show': 'mean(job.latency) < 4.6s' }", "{ 'require': 'mean(job.latency) < 4.6s' }"};
  uint64_t requests[3];
  for (int i = 0; i < 3; i++) {
    struct fixture f =
        queue_with("'method': 'batches', 'warmup': '500s', 'window': '100s', 'windows': 1, 'budget': 5000", claims[i]);
    requests[i] = settled(&f, 0)->requests;
    fixture_close(&f);
  }
  test_check(requests[0] == requests[1] && requests[1] < requests[2], "%llu without, %llu shown, %llu required",
             (unsigned long long)requests[0], (unsigned long long)requests[1], (unsigned long long)requests[2]);
}

static void test_info(void) {
  struct fixture f = queue_with(RUN, "{ 'show': 'mean(job.latency)' }, { 'show': 'mean(job.latency) < 1s' }, "
                                     "{ 'show': 'p99.99(job.latency)' }");
  const struct results *r = settled(&f, 10);
  for (int i = 0; i < 3; i++)
    test_check(r->claims[i].kind == CLAIM_INFO && r->claims[i].verdict == VERDICT_NONE, "claim %d: %d", i,
               (int)r->claims[i].verdict);
  test_check(r->claims[0].estimate.value == r->claims[1].estimate.value && isinf(r->claims[0].high), "with and without a limit");
  test_check(isnan(r->claims[2].estimate.value) && r->claims[2].reason, "a reason where there is no value");
  fixture_close(&f);
}

/* --- the command line ------------------------------------------------------------------------------------------------------------- */

#define SMALL "tests/cli/small.json"
#define HOLDS "\"p50(page.latency) < 1s\""
#define OPEN  "\"p99.99(page.latency) < 1s\""

struct exit_case {
  const char *claims;
  int code, with_statements;
};

static const struct exit_case exits[] = {
    {"claims=[" HOLDS "]", 0, 0},
    {"claims=[" HOLDS ",{\"stated\":\"p50(page.latency) < 1us\",\"source\":\"X\"}]", 0, 99},
    {"claims=[" HOLDS ",{\"stated\":\"p50(page.latency) > 10s\",\"source\":\"X\"}]", 0, 0}, /* better than stated */
    {"claims=[" HOLDS ",{\"stated\":\"p99.99(page.latency) < 1s\",\"source\":\"X\"}]", 0, 98},
    {"claims=[" OPEN ",{\"stated\":\"p50(page.latency) < 1us\",\"source\":\"X\"}]", 98, 99},
    {"claims=[\"p50(page.latency) < 1us\",{\"stated\":\"p50(page.latency) < 1s\",\"source\":\"X\"}]", 99, 99},
    {"claims=[" HOLDS ",{\"require\":\"p50(page.latency) < 1us\",\"severity\":\"should\"}]", 0, 0},
    {"claims=[" HOLDS ",{\"require\":\"p99.99(page.latency) < 1s\",\"severity\":\"should\"}]", 0, 0},
    {"claims=[" HOLDS ",{\"show\":\"p50(page.latency) < 1us\"}]", 0, 0}};

static void test_exit_codes(void) {
  for (size_t i = 0; i < sizeof exits / sizeof *exits; i++)
    for (int with = 0; with < 2; with++) {
      const char *last = with ? "--statements" : "--quiet";
      struct child run = AGUANTA("run", SMALL, "--reps", "5", "--set", exits[i].claims, last),
                   check = AGUANTA("check", SMALL, "--reps", "5", "--set", exits[i].claims, last);
      int wanted = with ? exits[i].with_statements : exits[i].code;
      test_check(run.status == wanted && check.status == wanted, "%s %s: run %d, check %d, not %d", exits[i].claims, last,
                 run.status, check.status, wanted);
      child_free(&run), child_free(&check);
    }
}

/* A stored point has both codes: the same store answers with and without the option. */
static void test_sweep(void) {
  char *store = child_path("claims.sweep");
  const char *const words[] = {"--statements", "--quiet"};
  const int wanted[] = {99, 0};
  for (int i = 0; i < 4; i++) { /* run, stored, stored with the other, ... */
    struct child c =
        AGUANTA("sweep", SMALL, "--vary", "traffic.users.rate=50/s,60/s", "--reps", "3", "--set",
                "claims=[" HOLDS ",{\"stated\":\"p50(page.latency) < 1us\",\"source\":\"X\"}]", "--store", store, words[i % 2]);
    test_check(c.status == wanted[i % 2], "%s: %d %s%s", words[i % 2], c.status, c.out, c.err);
    if (!(i % 2))
      test_check(strstr(c.out, "PASS (1 pass); statements: CONTRADICTED (1 contradicted)") != NULL, "the table: %s", c.out);
    child_free(&c);
  }
  free(store);
}

#define ALL_KINDS                                                                                                                  \
  "claims=[{\"stated\":\"p50(page.latency) < 1us\",\"source\":\"X-1\"},{\"stated\":\"p50(page.latency) > "                         \
  "10s\",\"source\":\"X-2\"},"                                                                                                     \
  "{\"require\":\"p50(page.latency) < 1us\",\"severity\":\"should\"},{\"show\":\"mean(page.latency)\"}," HOLDS "]"

/* In the order of the reader's question: what must hold, what should, what documents say; FAIL is nowhere, the verdict is last. */
static void test_text(void) {
  struct child c = AGUANTA("run", SMALL, "--reps", "5", "--set", ALL_KINDS);
  static const char *const order[] = {"REQUIREMENTS",
                                      "  PASS ",
                                      "  WARN ",
                                      "should",
                                      "STATEMENTS",
                                      "  CONTRADICTED ",
                                      "X-1",
                                      "  BETTER ",
                                      "X-2",
                                      "INFO",
                                      "mean(page.latency)",
                                      "\nstatements: CONTRADICTED (1 better than stated, 1 contradicted)\n",
                                      "verdict: PASS (1 pass, 1 warning)\n",
                                      NULL};
  const char *at = c.out;
  for (int i = 0; order[i] && at; i++) {
    const char *next = strstr(at, order[i]);
    test_check(next != NULL, "\"%s\" does not follow: %s", order[i], c.out);
    at = next;
  }
  test_check(at && !strchr(at, '\n')[1], "the verdict is the last line: %s", c.out);
  test_check(!strstr(c.out, "FAIL"), "nothing failed: %s", c.out);
  child_free(&c);
  c = AGUANTA("check", SMALL, SMALL, "--reps", "5", "--set", ALL_KINDS);
  test_check(strstr(c.out, "check: statements: CONTRADICTED (2 better than stated, 2 contradicted)\ncheck: 2 files: 2 PASS, 2 "
                           "WARN; ran, and every requirement holds\n") &&
                 !strstr(c.out, "mean(page.latency)") && !strstr(c.out, "FAIL"),
             "%s", c.out);
  child_free(&c);
}

static void test_machine_formats(void) {
  struct child c = AGUANTA("run", SMALL, "--reps", "5", "--set", ALL_KINDS, "--export", "-", "--format", "csv");
  test_check(strstr(c.out, "small,verdict,requirements,,,,number,,,2,PASS,,,\r\n") &&
                 strstr(c.out, "small,verdict,statements,,,,number,,,2,CONTRADICTED,,,\r\n"),
             "a row for each verdict: %s", c.out);
  test_check(strstr(c.out, "small,statement,p50(page.latency) < 1us,") && strstr(c.out, ",CONTRADICTED,X-1,,\r\n") &&
                 strstr(c.out, ",BETTER,X-2,,\r\n") && strstr(c.out, ",FAIL,,,should\r\n") && strstr(c.out, ",PASS,,,must\r\n") &&
                 strstr(c.out, "small,info,mean(page.latency),"),
             "the kind of each claim: %s", c.out);
  child_free(&c);
  c = AGUANTA("run", SMALL, "--reps", "5", "--set", ALL_KINDS, "--export", "-", "--format", "json");
  test_check(
      strstr(c.out,
             "\"requirements\": {\"verdict\": \"PASS\", \"count\": 2, \"pass\": 1, \"fail\": 0, \"undecided\": 0, \"no_data\": 0, "
             "\"should_failed\": 1, \"should_open\": 0}") &&
          strstr(c.out, "\"statements\": {\"verdict\": \"CONTRADICTED\", \"count\": 2, \"confirmed\": 0, \"better\": 1, "
                        "\"contradicted\": 1, \"undecided\": 0, \"no_data\": 0}"),
      "%.3000s", c.out);
  child_free(&c);
}

/* The older words: "expr" is a requirement, "severity": "info" is what "show" is, with a warning that says so. */
static void test_old_words(void) {
  struct child c = AGUANTA("run", SMALL, "--reps", "5", "-q", "--set",
                           "claims=[" HOLDS ",{\"expr\":\"p50(page.latency) < 1us\",\"severity\":\"info\"}]");
  test_check(c.status == 0 && !strcmp(c.out, "verdict: PASS (1 pass)\n") && strstr(c.err, "write { \"show\": ... }"), "%d %s%s",
             c.status, c.out, c.err);
  child_free(&c);
  c = AGUANTA("run", SMALL, "--reps", "5", "-q", "--set", "claims=[{\"expr\":\"p50(page.latency) < 1us\"}]");
  test_check(c.status == 99 && !c.err_length, "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
}

static const struct test_case cases[] = {{"statement_verdicts", test_statement_verdicts},
                                         {"what_buys", test_what_buys},
                                         {"shown_lengthens_nothing", test_shown_lengthens_nothing},
                                         {"info", test_info},
                                         {"exit_codes", test_exit_codes},
                                         {"sweep", test_sweep},
                                         {"text", test_text},
                                         {"machine_formats", test_machine_formats},
                                         {"old_words", test_old_words},
                                         {0}};
const struct test_suite suite_claims = {"claims", cases};
