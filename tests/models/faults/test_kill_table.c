/* The social network of DeathStarBench with a share of its containers killed: against hypergeometric arithmetic, and against what
 * others measured and modelled (a-a-k/socialnet-resilience: 450 rounds each). */
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "tests/model_fixture.h"

enum { SHARES = 5, ROUNDS = 1500 };
static const int killed_percent[SHARES] = {10, 30, 50, 70, 90};

struct form {
  const char *file;
  int containers;
  bool replicated;
  double live[SHARES];  /* measured: share of the requests that succeed */
  double model[SHARES]; /* what their own model says; 0: not published */
};

static const struct form forms[] = {
    {"scenarios/faults/kill-table.json", 26, false, {0.5533, 0.1775, 0.0376, 0.0067, 0}, {0.4182}},
    {"scenarios/faults/kill-table-replicas.json", 36, true, {0.6969, 0.3054, 0.0958, 0.0155, 0}, {0.6281}}};

static int killed(const struct form *f, int percent) { return (f->containers * percent + 99) / 100; }

/* C(n - fixed, k) / C(n, k): none of `fixed` containers is among k that are drawn of n. */
static double spared(int n, int fixed, int k) {
  if (n - fixed < k) return 0;
  double p = 1;
  for (int i = 0; i < fixed; i++) p *= (double)(n - k - i) / (n - i);
  return p;
}

/* All of `alone` are spared, and of each of `groups` services one container of three: inclusion and exclusion over the groups that
 * are gone with all three. P(alone spared, 3j given ones killed) = C(n - alone - 3j, k - 3j) / C(n, k). */
static double served(int n, int alone, int groups, int k) {
  double sum = 0, choose = 1;
  for (int j = 0; j <= groups && 3 * j <= k; j++) {
    double gone = 1;
    for (int i = 0; i < 3 * j; i++) gone *= (double)(k - i) / (n - i);
    sum += (j % 2 ? -1 : 1) * choose * gone * spared(n - 3 * j, alone, k - 3 * j);
    choose *= (double)(groups - j) / (j + 1);
  }
  return sum;
}

/* A read passes the front, its timeline's service, the Redis of that, and the storage; a post 19 containers, 5 of them of the
 * services that are replicated. */
static double expected(const struct form *f, int percent) {
  int k = killed(f, percent);
  double read = f->replicated ? served(36, 3, 1, k) : served(26, 4, 0, k);
  double post = f->replicated ? served(36, 14, 5, k) : served(26, 19, 0, k);
  return 0.9 * read + 0.1 * post;
}

/* By hand, 26 containers: of 3 killed C(22,3)/C(26,3) = 1540/2600 = 0.592308 of the reads and C(7,3)/2600 = 0.013462 of the posts; of
 * 8 C(22,8)/C(26,8) = 319,770/1,562,275 = 0.204682. 36 containers, 4 killed: C(33,4)/C(36,4) = 40,920/58,905 = 0.694678, less 30/58,905
 * where the timeline's three are among them: 0.694168. */
static void test_arithmetic(void) {
  test_check(killed(&forms[0], 10) == 3 && killed(&forms[0], 30) == 8 && killed(&forms[1], 10) == 4, "how many are killed");
  test_check(fabs(served(26, 4, 0, 3) - 1540 / 2600.) < 1e-12, "%.9g", served(26, 4, 0, 3));
  test_check(fabs(served(26, 19, 0, 3) - 35 / 2600.) < 1e-12, "%.9g", served(26, 19, 0, 3));
  test_check(fabs(served(26, 4, 0, 8) - 319770 / 1562275.) < 1e-12, "%.9g", served(26, 4, 0, 8));
  test_check(fabs(served(36, 3, 1, 4) - (40920 - 30) / 58905.) < 1e-12, "%.9g", served(36, 3, 1, 4));
}

static double share_served(const struct world *w) {
  double sum = 0;
  for (uint32_t i = 0; i < w->model->endpoints.count; i++) sum += w->model->endpoint_share[i] * outage_serving(w, i);
  return sum;
}

/* Each round is a replication, which draws other containers. */
static struct mean_of simulated(const struct form *form, int percent) {
  struct arena *arena = arena_new();
  struct diagnostics *wrong = diagnostics_new(arena);
  char text[20];
  snprintf(text, sizeof text, "%d%%", percent);
  struct scenario_override share = {"--set", "faults.kill.share", text};
  const struct scenario *s = scenario_read(arena, wrong, form->file, &share, 1);
  static double x[ROUNDS];
  if (test_check(s != NULL, "refused: %s", diagnostics_render(wrong, arena)))
    for (uint32_t round = 0; round < ROUNDS; round++) {
      struct world *w = world_new(&s->model, 1, round, WORLD_AVAILABILITY);
      world_warm_up(w);
      world_measure_until(w, 10 * SIM_S);
      x[round] = share_served(w);
      world_free(w);
    }
  arena_free(arena);
  return mean_of(x, ROUNDS);
}

/* The program agrees with the arithmetic within twice the half-width of its 95% interval, and in every cell for which they published
 * what their model says it is nearer to what they measured. */
static void test_table(void) {
  for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
    for (int i = 0; i < SHARES; i++) {
      struct mean_of seen = simulated(&forms[f], killed_percent[i]);
      double exact = expected(&forms[f], killed_percent[i]), live = forms[f].live[i], model = forms[f].model[i];
      test_check(fabs(seen.mean - exact) <= 2 * seen.half + 1e-3, "%s, %d%%: %g, not %g", forms[f].file, killed_percent[i],
                 seen.mean, exact);
      if (model > 0)
        test_check(fabs(exact - live) < fabs(model - live), "%s, %d%%: %g is no nearer to %g than %g", forms[f].file,
                   killed_percent[i], exact, live, model);
      test_check(fabs(exact - live) < 0.065, "%s, %d%%: %g measured, %g here", forms[f].file, killed_percent[i], live, exact);
      if (getenv("KILL_TABLE"))
        printf("%s %d%%: live %g exact %g seen %g +- %g\n", forms[f].file, killed_percent[i], live, exact, seen.mean, seen.half);
    }
}

/* The rows of docs/validation.md (tests/published), to their four digits, in the order of the shares and then of the forms. */
static void test_published(void) {
  struct arena *arena = arena_new();
  struct diagnostics *wrong = diagnostics_new(arena);
  const struct json_value *root = json_read_file(arena, wrong, "tests/published/kill-table.published.json");
  if (test_check(root && !diagnostics_errors(wrong), "%s", diagnostics_render(wrong, arena))) {
    const struct json_value *row = json_first(json_member(json_first(json_member(root, "cases")), "rows"));
    for (int i = 0; i < 2 * SHARES; i++, row = json_next(row)) {
      const struct form *f = &forms[i / SHARES];
      double here = expected(f, killed_percent[i % SHARES]), there = json_number(json_member(row, "predicted"));
      test_check(fabs(here - there) <= 5e-5 && f->live[i % SHARES] == json_number(json_member(row, "published")),
                 "row %d: %.5f, and it says %g", i, here, there);
    }
    test_check(!row, "more rows than cells");
  }
  arena_free(arena);
}

static const struct test_case cases[] = {
    {"arithmetic", test_arithmetic}, {"table", test_table}, {"published", test_published}, {0}};
const struct test_suite suite_kill_table = {"kill_table", cases};
