/* Growth of users: the path by hand, the load of a month, and what is refused. */
#include "models/traffic/offered.h"
#include "models/traffic/source.h"
#include "models/traffic/user_growth.h"
#include "tests/model_fixture.h"

#define SITE(traffic, growth)                                                                                                      \
  "{ 'aguanta': 1, 'name': 'g', 'traffic': { " traffic " },"                                                                       \
  "  'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app' } },"               \
  "  'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'growth': " growth ", 'run': { 'window': '60s' } }"
#define OPEN "'t': { 'kind': 'open', 'rate': '10/s', 'mix': { 'w': 1 } }"
#define PEOPLE                                                                                                                     \
  "'p': { 'kind': 'open', 'rate': { 'users': { 'registered': 1000, 'active': '50%', 'shape': 'flat' } }, 'mix': { 'w': 1 } }"
#define CLOSED  "'c': { 'kind': 'closed', 'population': 100, 'think': '1s', 'mix': { 'w': 1 } }"
#define GROWING "'t': { 'kind': 'open', 'rate': { 'growth': { 'of': '10/s', 'monthly': '10%' } }, 'mix': { 'w': 1 } }"

static struct fixture open_text(const char *scenario) {
  struct text t = {.length = 0};
  put(&t, "%s", scenario);
  return fixture_open(&t);
}

/* 1.1^12 = 3.138428; halfway between 1000 and 3000 it is 2000; the logistic curve from 1000 to 9000 has 4500 at its midpoint:
 * 9000 / (1 + 8 e^-k6) with e^-k6 = 1/8; its k is ln 8 / 6 = 0.34657. */
static void test_path(void) {
  static const struct {
    const char *name, *scenario;
    double month, factor, users;
  } rows[] = {{"percentage", SITE(OPEN, "{ 'monthly': '10%' }"), 12, 3.138428, NAN},
              {"percentage of users", SITE(PEOPLE, "{ 'monthly': '10%' }"), 12, 3.138428, 3138.428},
              {"table", SITE(PEOPLE, "{ 'users': { '0': 1000, '12': 3000 } }"), 6, 2, 2000},
              {"table of a rate", SITE(OPEN, "{ 'users': { '0': 500, '12': 1500 } }"), 3, 1.5, 750},
              {"table against users", SITE(PEOPLE, "{ 'users': { '0': 1500, '12': 3000 } }"), 0, 1.5, 1500},
              {"table, third row", SITE(PEOPLE, "{ 'users': { '0': 1000, '6': 1000, '12': 4000 } }"), 8, 2, 2000},
              {"curve", SITE(PEOPLE, "{ 'curve': { 'ceiling': 9000, 'midpoint': 6 } }"), 6, 4.5, 4500},
              {"curve by steepness", SITE(PEOPLE, "{ 'curve': { 'ceiling': 9000, 'steepness': 0.346574 } }"), 6, 4.5, 4500},
              {"curve with a start", SITE(OPEN, "{ 'curve': { 'start': 1000, 'ceiling': 9000, 'midpoint': 6 } }"), 0, 1, 1000},
              {"closed", SITE(CLOSED, "{ 'monthly': '10%' }"), 2, 1.21, 121},
              {"two sources", SITE(PEOPLE ", " CLOSED, "{ 'monthly': '10%' }"), 1, 1.1, 1210},
              {"profile", SITE(GROWING, "{ 'months': 3 }"), 2, 1.21, NAN}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = open_text(rows[i].scenario);
    if (!f.scenario) continue;
    const struct user_growth *g = model_user_growth(&f.scenario->model);
    double factor = user_growth_factor(g, rows[i].month), users = user_growth_users(g, rows[i].month);
    test_check(fabs(factor - rows[i].factor) < 1e-5 * rows[i].factor, "%s: factor %.8g", rows[i].name, factor);
    test_check(isnan(rows[i].users) ? isnan(users) : fabs(users - rows[i].users) < 1e-5 * rows[i].users, "%s: %.8g users",
               rows[i].name, users);
    fixture_close(&f);
  }
}

/* Of the named source only: 10/s and 20/s, the second grown to 40/s; 100 users become 121. */
static void test_load(void) {
  static const char two[] = SITE("'t': { 'kind': 'open', 'rate': '10/s', 'mix': { 'w': 1 } }, "
                                 "'u': { 'kind': 'open', 'rate': '20/s', 'mix': { 'w': 1 } }",
                                 "{ 'of': 'u', 'monthly': '100%', 'after': 1 }");
  struct fixture f = open_text(two);
  double rate = model_offered_rate(&f.scenario->model);
  test_check(fabs(rate - 50) < 1e-9, "%.12g/s", rate);
  fixture_close(&f);
  f = open_text(SITE(CLOSED, "{ 'monthly': '10%', 'after': 2 }"));
  test_check(model_source(&f.scenario->model, 0)->population == 121, "%lld users",
             (long long)model_source(&f.scenario->model, 0)->population);
  fixture_close(&f);
}

/* A month of a profile and the same month of the growth are one load; without growth nothing changes. */
static void test_profile(void) {
  struct fixture f = open_text(SITE(GROWING, "{ 'after': 3 }"));
  double rate = model_offered_rate(&f.scenario->model);
  test_check(fabs(rate - 13.31) < 1e-9, "%.12g/s", rate);
  fixture_close(&f);
}

static void test_bad(void) {
  static const struct {
    const char *scenario, *says;
  } rows[] = {
      {SITE(OPEN, "{ 'monthly': '6%', 'users': { '0': 1, '9': 2 } }"), "says in 2 ways how users grow"},
      {SITE(OPEN, "{ 'users': { '0': 100, '12': 300, '6': 200 } }"), "\"users\" is not in order: month 6 stands behind month 12"},
      {SITE(OPEN, "{ 'users': { '3': 100, '12': 300 } }"), "begins in month 3"},
      {SITE(OPEN, "{ 'users': { '0': 100, 'june': 300 } }"), "has the month \"june\""},
      {SITE(OPEN, "{ 'users': { '0': 100, '12': 300 }, 'months': 24 }"), "it ends in month 12"},
      {SITE(OPEN, "{ 'after': 3 }"), "does not say how users grow"},
      {SITE(OPEN, "{ 'curve': { 'ceiling': 9000, 'midpoint': 6 } }"), "\"start\" is missing"},
      {SITE(PEOPLE, "{ 'curve': { 'ceiling': 1800, 'midpoint': 6 } }"), "has passed"},
      {SITE(PEOPLE, "{ 'curve': { 'ceiling': 900, 'midpoint': 6 } }"), "must be more than the 1000 users"},
      {SITE(PEOPLE, "{ 'curve': { 'ceiling': 9000 } }"), "needs one of \"midpoint\" and \"steepness\""},
      {SITE(PEOPLE, "{ 'of': 'x', 'monthly': '6%' }"), "refers to \"x\""},
      {SITE("'b': { 'kind': 'open', 'burst': { 'mmpp': { 'rates': { 'low': { 'rate': '1/s', 'dwell': '5s' }, 'high': { 'rate': "
            "'9/s', "
            "'dwell': '5s' } } } }, 'mix': { 'w': 1 } }",
            "{ 'monthly': '6%' }"),
       "has no source of users"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, "%s", rows[i].scenario);
    struct fixture f = fixture_try(&t);
    test_check(!f.scenario && strstr(f.refused, rows[i].says), "%s: %s", rows[i].says, f.scenario ? "accepted" : f.refused);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {
    {"path", test_path}, {"load", test_load}, {"profile", test_profile}, {"bad", test_bad}, {0}};
const struct test_suite suite_user_growth = {"user_growth", cases};
