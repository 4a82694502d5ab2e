/* When enough has been run: budgets, looks, what is asked for, and what is given of it. By hand. */
#include "sim/study/enough.h"
#include "models/core/model.h"
#include "tests/suite.h"
#include <math.h>

static void test_budgets(void) {
  static const struct {
    uint32_t first;
    int64_t given;
    bool pursued;
    uint32_t budget;
  } rows[] = {{10, 0, false, 100}, {10, 0, true, 1000}, {3, 0, false, 30},         {10, 25, false, 25},
              {10, 25, true, 25},  {10, 4, false, 10},  {20000, 0, true, 1000000}, {2000000, 0, false, 2000000}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct enough plan = enough_plan(rows[i].first, rows[i].given, rows[i].pursued);
    test_check(plan.first == rows[i].first && plan.budget == rows[i].budget, "row %zu: %u", i, plan.budget);
  }
  test_check(enough_budget(10, 4, true) == 4, "a budget alone may be below what is run first");
}

/* Of a budget of 100: what is undecided is given up where it needs more than four times as many, a precision is not. */
static void test_asking(void) {
  static const struct {
    uint32_t needs;
    bool pursued;
    uint32_t given;
  } rows[] = {{0, false, 0},   {60, false, 60},  {100, true, 100},       {101, false, 100},    {403, false, 100},
              {404, false, 0}, {404, true, 100}, {UINT32_MAX, false, 0}, {UINT32_MAX, true, 0}};
  struct enough plan = enough_plan(10, 100, false);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    plan.wanted = 0;
    enough_ask(&plan, rows[i].needs, rows[i].pursued);
    test_check(plan.wanted == rows[i].given, "row %zu: %u", i, plan.wanted);
  }
  plan.wanted = 0;
  enough_ask(&plan, 30, false), enough_ask(&plan, 80, false), enough_ask(&plan, 50, false);
  test_check(plan.wanted == 80, "the most of all: %u", plan.wanted);
}

static void test_looks(void) {
  struct enough plan = enough_plan(10, 100, true);
  plan.precision = 0.03;
  test_check(enough_next(&plan, 10) == 15 && enough_next(&plan, 53) == 80 && enough_next(&plan, 80) == 100, "half as many again");
  test_check(enough_caution(&plan, 100) == 1 && fabs(enough_caution(&plan, 25) - pow(4, 0.75)) < 1e-12, "caution");
  test_check(enough_precision(&plan, 10) == 0.02 && enough_precision(&plan, 15) == 0.03, "the first look asks for more");
  test_check(enough_beyond(&plan, 80) == 90 && enough_beyond(&plan, 95) == 100, "behind the last look");
  test_check(enough_towards(500, 0) == 10 && enough_towards(20, 10) == 23, "what is foreseen, and a little");
  test_check(enough_towards(INFINITY, 10) == 30 && enough_towards(1, 10) == 14, "neither a leap nor a creep");
}

/* A question that is answered at `enough` replications. */
struct question {
  uint32_t enough, looks, done, stopped_at;
};

static void ask(void *context, struct enough *plan, uint32_t done) {
  struct question *q = context;
  q->looks++;
  if (done < q->enough) enough_ask(plan, q->enough, false);
}

static bool extend(void *context, uint32_t until, uint32_t wanted) {
  struct question *q = context;
  test_check(wanted == q->enough, "wanted: %u", wanted);
  if (q->stopped_at && until >= q->stopped_at) return false;
  q->done = until;
  return true;
}

static void test_settling(void) {
  static const struct {
    uint32_t enough, stopped_at, done, looks;
  } rows[] = {{10, 0, 10, 1}, {11, 0, 15, 2}, {40, 0, 53, 5}, {90, 0, 100, 6}, {40, 30, 0, 3}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct question q = {.enough = rows[i].enough, .stopped_at = rows[i].stopped_at, .done = 10};
    struct enough plan = enough_plan(10, 100, false);
    uint32_t done = enough_settle(&plan, 10, &(struct enough_work){ask, extend, &q});
    test_check(done == rows[i].done && q.looks == rows[i].looks, "row %zu: %u replications, %u looks", i, done, q.looks);
    test_check(!done || q.done == done, "row %zu: %u were run", i, q.done);
  }
}

static void heard(void *context, const struct study_estimate *e) { *(struct study_estimate *)context = *e; }

static void test_foreseeing(void) {
  struct study_estimate told = {0};
  struct study_options options = {.foreseen = heard, .context = &told};
  struct enough plan = enough_plan(10, 100, true);
  plan.precision = 0.05;
  plan.wanted = 10;
  enough_foresee(&plan, &options, 10, 1000);
  test_check(!told.replications, "no more than what is run first: nothing to report");
  plan.wanted = 40;
  enough_foresee(&plan, &options, 10, 1000);
  test_check(told.done == 10 && told.replications == 40 && told.budget == 100 && told.requests == 40000 && told.precision == 0.05,
             "%u of %u, %g requests", told.done, told.replications, told.requests);
}

static const struct test_case cases[] = {{"budgets", test_budgets},   {"asking", test_asking},         {"looks", test_looks},
                                         {"settling", test_settling}, {"foreseeing", test_foreseeing}, {0}};
const struct test_suite suite_enough = {"enough", cases};
