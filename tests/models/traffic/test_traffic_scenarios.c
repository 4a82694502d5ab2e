/* scenarios/traffic, each of which shows one idea, and the ticket sale on the three strategies: every claim has its verdict, nothing
 * is ever oversold, and none is larger than what a reader waits for. The claims hold because of the effect that they tell of: where it
 * is taken away they fail, which is tested too. */
#include "sim/engine/arena.h"
#include "sim/scenario/scenario.h"
#include "sim/study/study.h"
#include "tests/suite.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct results *run(struct arena *arena, const char *name, const char *const *sets, uint32_t replications) {
  struct scenario_override overrides[4];
  size_t count = 0;
  for (; sets && sets[count]; count++) overrides[count] = (struct scenario_override){NULL, sets[count], NULL};
  struct diagnostics *d = diagnostics_new(arena);
  const struct scenario *s = scenario_read(arena, d, arena_format(arena, "scenarios/%s.json", name), overrides, count);
  test_check(s != NULL, "%s", diagnostics_render(d, arena));
  return s ? study_run(arena, s, &(struct study_options){.replications = replications, .jobs = 2}) : NULL;
}

/* The claim's verdict; what is not in the scenario is no verdict. */
static int verdict_of(const struct results *r, const char *id) {
  for (uint32_t i = 0; i < r->claim_count; i++)
    if (r->claims[i].id && !strcmp(r->claims[i].id, id)) return (int)r->claims[i].verdict;
  return -1;
}

/* Whether all claims that must hold do, but those named in `failing`, which must fail. */
static void check_claims(const struct results *r, const char *name, const char *failing) {
  uint32_t failed = 0, wanted = *failing ? 1 : 0;
  for (const char *c = failing; *c; c++) wanted += *c == ',';
  for (uint32_t i = 0; i < r->claim_count; i++) {
    const struct claim_result *c = &r->claims[i];
    if (c->kind == CLAIM_INFO || c->severity != SEVERITY_MUST) continue;
    bool fails = c->id && strstr(failing, c->id);
    failed += fails && c->verdict == VERDICT_FAIL;
    enum verdict good = c->kind == CLAIM_STATEMENT ? VERDICT_CONFIRMED : VERDICT_PASS;
    test_check(c->verdict == (fails ? VERDICT_FAIL : good), "%s: verdict %d of %s, %g [%g, %g]", name, (int)c->verdict,
               c->expression, c->estimate.value, c->estimate.low, c->estimate.high);
  }
  test_check(failed == wanted, "%s: %u claims fail, %u should", name, failed, wanted);
}

/* No instant at which more was sold and held than there was. */
static void check_stock(const struct results *r, const char *name) {
  const struct metric *left = results_metric(r, "tickets.left", "min", NULL);
  test_check(r->violation_count == 0, "%s: %s", name, r->violation_count ? r->violations[0] : "");
  if (left) test_check(left->estimate.value >= 0, "%s: %g left at the least", name, left->estimate.value);
}

static void test_every_scenario(void) {
  static const struct {
    const char *name;
    double requests; /* most of a replication */
  } rows[] = {{"traffic/retry-storm", 16e3},          {"traffic/retry-storm-budget", 16e3},  {"traffic/reload-storm", 25e3},
              {"traffic/reload-storm-patient", 25e3}, {"traffic/waiting-room", 170e3},       {"traffic/no-waiting-room", 170e3},
              {"traffic/cafeteria-day", 260e3},       {"traffic/open-against-closed", 200e3}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new();
    const struct results *r = run(arena, rows[i].name, NULL, 0);
    if (r) {
      check_claims(r, rows[i].name, "");
      check_stock(r, rows[i].name);
      test_check((double)r->requests / r->replications < rows[i].requests, "%s: %g requests a replication", rows[i].name,
                 (double)r->requests / r->replications);
    }
    arena_free(arena);
  }
}

/* The effect taken away, the other claims with it. */
static void test_without_the_effect(void) {
  static const struct {
    const char *name, *set, *claim;
    enum verdict verdict;
  } rows[] = {/* a budget as large as the retries is none */
              {"traffic/retry-storm-budget", "traffic.people.retry.budget.ratio=300%", "goodput long after", VERDICT_FAIL},
              /* no trigger, no storm */
              {"traffic/retry-storm", "traffic.people.rate=70/s", "goodput long after", VERDICT_BETTER},
              {"traffic/reload-storm", "traffic.people.rate=70/s", "goodput long after", VERDICT_BETTER},
              /* people who press once in a minute */
              {"traffic/reload-storm", "traffic.people.reload.after=60s", "goodput long after", VERDICT_BETTER},
              /* a room that lets in more than the shop bears is none */
              {"traffic/waiting-room", "waiting_rooms.lobby.admit=5000/s", "well served", VERDICT_FAIL},
              /* a bounded queue helps most of those who stand in it */
              {"traffic/no-waiting-room", "services.shop.backlog=500", "served", VERDICT_CONTRADICTED},
              /* a server twice as fast: neither open nor closed as told */
              {"traffic/open-against-closed", "platform.nodes.server.speed=1.2", "latency, open", VERDICT_BETTER}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new();
    const struct results *r = run(arena, rows[i].name, (const char *const[]){rows[i].set, NULL}, 5);
    if (r)
      test_check(verdict_of(r, rows[i].claim) == (int)rows[i].verdict, "%s --set %s: %s has verdict %d", rows[i].name, rows[i].set,
                 rows[i].claim, verdict_of(r, rows[i].claim));
    arena_free(arena);
  }
}

/* The sale breaks the one server, not the others; a waiting room lets the one server hold it. */
static void test_sale(void) {
  static const struct {
    const char *name, *set, *failing;
  } rows[] = {{"platform/on-sale-compose", NULL, "fans answered,fans who failed,failed requests,buy,event"},
              {"platform/on-sale-compose-room", NULL, ""},
              {"platform/on-sale-swarm", NULL, ""},
              {"platform/on-sale-kubernetes", NULL, ""},
              {"platform/on-sale-kubernetes", "traffic.fans.retry.attempts=1", ""}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new();
    const struct results *r = run(arena, rows[i].name, (const char *const[]){rows[i].set, NULL}, 0);
    if (r) check_claims(r, rows[i].name, rows[i].failing), check_stock(r, rows[i].name);
    arena_free(arena);
  }
}

/* The text of a part of a scenario file; the caller frees. Empty when there is none. */
static char *part_of(const char *path, const char *key) {
  char *text = test_read_file(path), wanted[40];
  snprintf(wanted, sizeof wanted, "\n  \"%s\": {", key);
  char *from = text ? strstr(text, wanted) : NULL, *at = from ? strchr(from, '{') : NULL;
  for (int depth = 0; at && *at; at++) {
    depth += (*at == '{') - (*at == '}');
    if (depth == 0) break;
  }
  char *part = from && at ? strndup(from, (size_t)(at - from)) : strdup("");
  free(text);
  return part;
}

/* A file has one parent: the sale repeats what a strategy is, and must not drift from it. */
static void test_same_strategies(void) {
  static const char *const strategies[] = {"compose", "swarm", "kubernetes"}, *const keys[] = {"platform", "services", "bill"};
  for (int s = 0; s < 3; s++)
    for (int k = 0; k < 3; k++) {
      char own[80], sale[80];
      snprintf(own, sizeof own, "scenarios/platform/%s.json", strategies[s]);
      snprintf(sale, sizeof sale, "scenarios/platform/on-sale-%s.json", strategies[s]);
      char *a = part_of(own, keys[k]), *b = part_of(sale, keys[k]);
      test_check(!strcmp(a, b) && (*a || k > 0), "%s and %s differ in %s", own, sale, keys[k]);
      free(a), free(b);
    }
}

const struct test_suite suite_traffic_scenarios = {"traffic_scenarios",
                                                   (const struct test_case[]){{"every scenario", test_every_scenario},
                                                                              {"without the effect", test_without_the_effect},
                                                                              {"ticket sale", test_sale},
                                                                              {"same strategies", test_same_strategies},
                                                                              {0}}};
