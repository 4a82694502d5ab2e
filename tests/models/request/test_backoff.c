/* Back-off and its budget, by hand: the trace of the reference table, the bounds of every jitter, and the arithmetic of tokens. */
#include "models/request/backoff.h"
#include "tests/suite.h"
#include <math.h>

static const struct backoff_config plain = {
    .attempts = 7, .backoff = 100 * SIM_MS, .cap = SIM_S, .factor = 2, .jitter = JITTER_NONE};

static void test_trace(void) {
  /* backoff-trace of the reference table: every attempt fails after 50 ms. */
  static const int64_t starts_ms[] = {0, 150, 400, 850, 1700, 2750, 3800};
  sim_time now = 0;
  for (uint64_t k = 1; k <= 7; k++) {
    test_check(now == starts_ms[k - 1] * SIM_MS, "attempt %d starts at %lld ns", (int)k, (long long)now);
    now += 50 * SIM_MS + (k < 7 ? backoff_pause(&plain, k, 1) : 0);
  }
  test_check(now == 3850 * SIM_MS, "gives up at %lld ns", (long long)now);
}

static void test_jitter(void) {
  /* Means of the two uniform kinds to four standard errors; bounds always. */
  static const struct {
    enum jitter kind;
    double low, mean;
  } kinds[] = {{JITTER_FULL, 0, 0.5}, {JITTER_EQUAL, 0.5, 0.75}};
  enum { DRAWS = 20000 };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    struct backoff_config c = plain;
    c.jitter = (int32_t)kinds[i].kind;
    double sum = 0, ceiling = 400e6, spread = (1 - kinds[i].low) / sqrt(12.0 * DRAWS);
    bool inside = true;
    for (uint64_t key = 0; key < DRAWS; key++) {
      double pause = (double)backoff_pause(&c, 3, key) / ceiling;
      inside = inside && pause >= kinds[i].low && pause < 1;
      sum += pause;
    }
    test_check(inside && fabs(sum / DRAWS - kinds[i].mean) < 4 * spread, "jitter %zu: mean %.4f of the ceiling", i, sum / DRAWS);
  }
}

static void test_decorrelated(void) {
  struct backoff_config c = plain;
  c.jitter = JITTER_DECORRELATED;
  double first = 0;
  for (uint64_t key = 0; key < 5000; key++) {
    sim_time previous = c.backoff;
    for (uint64_t k = 1; k < 7; k++) {
      sim_time pause = backoff_pause(&c, k, key);
      if (pause < c.backoff || pause > c.cap || pause > 3 * previous + 3)
        test_check(false, "pause %d is %lld after %lld", (int)k, (long long)pause, (long long)previous);
      previous = pause;
    }
    first += (double)backoff_pause(&c, 1, key) / 5000;
  }
  test_check(fabs(first - 200e6) < 4 * 200e6 / sqrt(12 * 5000.0), "the first pause is %.4g ns on average, not 200 ms", first);
}

static void test_keys(void) {
  struct backoff_config c = plain;
  c.jitter = JITTER_FULL;
  test_check(backoff_pause(&c, 2, 7) == backoff_pause(&c, 2, 7), "the same key and attempt, another pause");
  test_check(backoff_pause(&c, 2, 7) != backoff_pause(&c, 2, 8), "another key, the same pause");
}

static void test_budget(void) {
  /* Starts with 2; a tenth a request, exactly: ten of them pay for one. Then a retry every 4 s from the floor. */
  static const struct budget_config config = {.ratio = 0.1, .floor = 0, .burst = 2}, slow = {.ratio = 0, .floor = 0.25, .burst = 1};
  struct retry_budget b;
  budget_init(&b, &config, 0);
  test_check(budget_spend(&b, &config, 0) && budget_spend(&b, &config, 0) && !budget_spend(&b, &config, 0), "a burst of 2");
  for (int i = 0; i < 9; i++) budget_deposit(&b, &config, i);
  test_check(!budget_spend(&b, &config, 9), "nine tenths of a token paid for a retry");
  budget_deposit(&b, &config, 10);
  test_check(budget_spend(&b, &config, 10), "ten tenths of a token did not pay for a retry");
  for (int i = 0; i < 1000; i++) budget_deposit(&b, &config, 11);
  test_check(b.tokens == 2000000000, "%lld billionths saved", (long long)b.tokens);
  budget_init(&b, &slow, 5);
  test_check(budget_spend(&b, &slow, 5), "starts full");
  test_check(!budget_spend(&b, &slow, 5 + 4 * SIM_S - 4), "earned a token in less than 4 s");
  test_check(budget_spend(&b, &slow, 5 + 4 * SIM_S), "earned none in 4 s");
  static const struct budget_config none = {0};
  budget_init(&b, &none, 0);
  test_check(budget_spend(&b, &none, 0), "no budget, no bound");
}

static const struct test_case cases[] = {{"pauses follow the trace", test_trace},
                                         {"jitter keeps its bounds and means", test_jitter},
                                         {"decorrelated pauses hang on the one before", test_decorrelated},
                                         {"pauses are keyed", test_keys},
                                         {"a budget pays for what it has earned", test_budget},
                                         {0}};
const struct test_suite suite_backoff = {"backoff", cases};
