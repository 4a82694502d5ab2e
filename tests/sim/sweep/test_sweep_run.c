/* A sweep asked for by a program, without a command line: what is reported, what is run, what is found again in a store. */
#include "sim/engine/arena.h"
#include "sim/report/answer.h"
#include "sim/report/export/point_rows.h"
#include "sim/sweep/sweep_run.h"
#include "tests/command.h"
#include "tests/suite.h"

#define SMALL "tests/cli/small.json"

static const char *const replicas = "services.web.replicas=1,2,3";
static const struct scenario_override short_window = {.path = "run.window=500ms"};

/* What is asked, with messages into memory. */
struct asked {
  struct sweep_request request;
  struct sweep_plan plan;
  struct arena *arena;
  char *messages;
  size_t length;
};

static enum sweep_outcome ask(struct asked *a, struct sweep_request request) {
  *a = (struct asked){.request = request, .arena = arena_new()};
  a->request.command = "test";
  a->request.messages = open_memstream(&a->messages, &a->length);
  a->request.overrides = &short_window;
  a->request.override_count = 1;
  if (!a->request.file) a->request.file = SMALL;
  a->request.study.jobs = 2;
  a->request.study.replications = 1;
  enum sweep_outcome outcome = sweep_plan_read(&a->plan, a->arena, &a->request);
  fflush(a->request.messages);
  return outcome;
}

static void forget(struct asked *a) {
  fclose(a->request.messages);
  free(a->messages);
  arena_free(a->arena);
}

static void test_refused(void) {
  static const char *const twice[] = {"services.web.replicas=1,2", "services.web.replicas=3,4"}, *const wrong =
                                                                                                     "services.web.replicas=1,x";
  const struct {
    struct sweep_request request;
    enum sweep_outcome outcome;
    const char *message;
  } rows[] = {
      {{0}, SWEEP_MISUSED, "aguanta test: needs at least one --vary PATH=A,B,C\n"},
      {{.varies = twice, .vary_count = 2},
       SWEEP_MISUSED,
       "aguanta test: --vary services.web.replicas=3,4 varies services.web.replicas a second time\n"},
      {{.varies = &replicas, .vary_count = 1, .shard = "4/3"},
       SWEEP_MISUSED,
       "aguanta test: --shard must be I/N, the I-th of N shards, such as 1/4, not \"4/3\"\n"},
      {{.varies = &replicas, .vary_count = 1, .where = "nothing < 3"}, SWEEP_MISUSED, "aguanta test: --where nothing < 3: "},
      {{.varies = &wrong, .vary_count = 1}, SWEEP_INVALID, "--vary services.web.replicas=x: error: "},
      {{.file = "no/such.json", .varies = &replicas, .vary_count = 1}, SWEEP_INVALID, "no/such.json: error: "}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct asked a;
    enum sweep_outcome outcome = ask(&a, rows[i].request);
    test_check(outcome == rows[i].outcome, "row %zu: outcome %d", i, (int)outcome);
    test_check(child_begins(a.messages, rows[i].message), "row %zu: %s", i, a.messages);
    forget(&a);
  }
}

/* How often points were answered, and how far it was said to be; the watch is called by one worker at a time. */
struct seen {
  uint32_t answered;
  uint64_t finished;
};

static void count_answer(void *context) { ((struct seen *)context)->answered++; }

static void note_progress(void *context, uint64_t finished, double in_progress, uint64_t of) {
  struct seen *seen = context;
  test_check(finished >= seen->finished && (double)finished + in_progress <= (double)of + 1e-9, "%llu and %g of %llu",
             (unsigned long long)finished, in_progress, (unsigned long long)of);
  seen->finished = finished;
}

static uint32_t run(struct asked *a, struct sweep_results *r, const char *store) {
  struct seen seen = {0};
  struct sweep_watch watch = {.context = &seen, .rows_of = point_rows_of, .answered = count_answer, .progress = note_progress};
  struct sweep_work done = {0};
  enum sweep_outcome outcome = sweep_run(&a->plan, r, store, &watch, &done);
  test_check(outcome == SWEEP_GOOD && done.points == seen.answered && seen.finished == seen.answered,
             "outcome %d, %llu of %u points", (int)outcome, (unsigned long long)done.points, seen.answered);
  return seen.answered;
}

static void test_in_memory(void) {
  struct asked a;
  enum sweep_outcome outcome = ask(&a, (struct sweep_request){.varies = &replicas, .vary_count = 1});
  test_check(outcome == SWEEP_GOOD && !a.length, "%s", a.messages);
  struct sweep_results *r = sweep_results_new(&a.plan, NULL, 0);
  test_check(sweep_results_points(r) == 3 && sweep_results_missing(r) == 3, "three points, without an answer");
  test_check(run(&a, r, NULL) == 3 && !sweep_results_missing(r), "all three are run");
  struct answer answer = answer_of_sweep(r);
  test_check(answer.verdict == ANSWER_HOLDS || answer.verdict == ANSWER_UNDECIDED, "verdict %d", (int)answer.verdict);
  struct point_section csv = sweep_results_section(r, a.arena, 2, POINT_CSV);
  test_check(csv.text && csv.length == strlen(csv.text) && child_begins(csv.text, "small,"), "%s", csv.text);
  test_check(sweep_results_whole(r), "nothing is lost");
  free(csv.text);
  sweep_results_free(r);
  forget(&a);
}

/* What a shard has stored is not run again, and its rows are the same. */
static void test_in_a_store(void) {
  char *store = child_path("library.sweep"), *error = NULL;
  const char *const stores[] = {store};
  test_check(point_store_open(store, &error), "%s", error ? error : "");
  static const char *const shards[] = {"2/3", NULL};
  static const uint32_t expected[] = {1, 2};
  for (int i = 0; i < 2; i++) {
    struct asked a;
    ask(&a, (struct sweep_request){.varies = &replicas, .vary_count = 1, .shard = shards[i]});
    struct sweep_results *r = sweep_results_new(&a.plan, stores, 1);
    test_check(sweep_results_find(r), "stores agree");
    uint32_t answered = run(&a, r, store);
    test_check(answered == expected[i], "%u points are run", answered);
    struct sweep_point point = sweep_results_point(r, a.arena, 1);
    test_check(point.number == 1 && point.axes == 1 && !strcmp(point.values[0], "2"), "point 1 sets 2 replicas");
    test_check(sweep_results_has(r, 1) && sweep_results_table(r, 1), "point 1 has an answer");
    sweep_results_free(r);
    forget(&a);
  }
  free(store);
}

static const struct test_case cases[] = {
    {"refused", test_refused}, {"in_memory", test_in_memory}, {"in_a_store", test_in_a_store}, {0}};
const struct test_suite suite_sweep_run = {"sweep_run", cases};
