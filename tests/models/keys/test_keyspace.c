/* Keyspaces: popularity by chi-square against the law, the same item for all attempts, clients, and no shifted draws. */
#include "models/keys/keyspace.h"
#include "models/guard/call.h"
#include "sim/engine/alias.h"
#include "sim/engine/real.h"
#include "tests/model_fixture.h"

#define WORLD                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'k', 'traffic': { 's': { 'kind': 'open', 'rate': '10/s', 'mix': { 'e': 1 } } }, "                       \
  "'endpoints': { 'e': { 'steps': [ { 'delay': '1ms' } ] } }, 'keys': { 'k': %s, 'other': 7 }, "                                   \
  "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1, 'memory': '1Gi' } } }, 'run': { 'window': '1s', 'replications': 2 " \
  "} }"

static void test_alias(void) {
  struct arena *arena = arena_new();
  const double weights[] = {5, 0, 1, 3.5, 0.5};
  const struct alias_table *t = alias_new(arena, weights, 5);
  struct stream draws = stream_open(5);
  double seen[5] = {0}, chi = 0;
  enum { DRAWS = 1000000 };
  for (int i = 0; i < DRAWS; i++) seen[alias_sample(t, &draws)]++;
  for (int i = 0; i < 5; i++)
    if (weights[i] > 0) chi += pow(seen[i] - DRAWS * weights[i] / 10, 2) / (DRAWS * weights[i] / 10);
  test_check(seen[1] == 0, "%g draws of weight 0", seen[1]);
  test_check(chi < 16.3, "chi-square of 3 degrees: %g", chi); /* 0.999 */
  arena_free(arena);
}

static const struct {
  const char *config;
  uint32_t n;
  double zipf;
} laws[] = {{"50", 50, 0},
            {"{ 'of': 50, 'zipf': 0.8 }", 50, 0.8},
            {"{ 'of': 50, 'zipf': 1 }", 50, 1},
            {"{ 'of': 20000, 'zipf': 0.9 }", 20000, 0.9},
            {"{ 'of': 5000000, 'zipf': 1.2 }", 5000000, 1.2}}; /* the last with groups */

static void test_popularity(void) {
  for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
    struct fixture f = fixture_of(WORLD, laws[i].config);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    const struct keyspace_config *k = model_keyspace(w->model, 0);
    enum { DRAWS = 400000, CELLS = 20 };
    double seen[CELLS + 1] = {0}, chi = 0, rest = 1;
    struct request r = {.user = NONE};
    for (int n = 0; n < DRAWS; n++) {
      r.subject = stream_mix((uint64_t)n);
      uint32_t item = keyspace_item(w, &r, 0);
      test_check(item < laws[i].n, "item %u of %u", item, laws[i].n);
      if (item >= laws[i].n) break;
      seen[item < CELLS ? item : CELLS]++;
    }
    double mass = 0;
    for (uint32_t x = 1; x <= laws[i].n; x++) mass += pow(x, -laws[i].zipf);
    for (uint32_t x = 0; x <= CELLS; x++) {
      double p = x < CELLS ? pow(x + 1, -laws[i].zipf) / mass : rest, expected = p * DRAWS;
      if (x < CELLS)
        test_check(fabs(keyspace_probability(k, x) / p - 1) < 1e-9, "item %u: %.12g, not %.12g", x, keyspace_probability(k, x), p);
      rest -= x < CELLS ? p : 0;
      chi += pow(seen[x] - expected, 2) / expected;
    }
    test_check(chi < 45.3, "{%s}: chi-square of 20 degrees: %g", laws[i].config, chi); /* 0.999 */
    world_free(w);
    fixture_close(&f);
  }
}

/* The item hangs on the subject and the name alone; another keyspace is independent of it. */
static void test_subject(void) {
  struct fixture f = fixture_of(WORLD, "{ 'of': 7, 'by': 'client' }");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC), *again = world_new(&f.scenario->model, 1, 1, WORLD_TRAFFIC);
  uint32_t both = 0, changed = 0;
  enum { CLIENTS = 7000 };
  for (uint32_t n = 0; n < CLIENTS; n++) {
    struct request a = {.user = n, .subject = n, .key = 1}, b = {.user = n, .subject = n, .key = 2};
    test_check(keyspace_item(w, &a, 1) == keyspace_item(w, &b, 1), "request %u: its attempts differ", n);
    b.subject = n + 1;
    test_check(keyspace_item(w, &a, 0) == keyspace_item(w, &b, 0), "client %u: its requests differ", n);
    both += keyspace_item(w, &a, 0) == keyspace_item(w, &a, 1);
    changed += keyspace_item(w, &a, 0) != keyspace_item(again, &a, 0);
  }
  test_check(fabs(both - CLIENTS / 7.0) < 4 * sqrt(CLIENTS * 6.0 / 49), "%u of %d alike in both", both, CLIENTS);
  test_check(fabs(changed - CLIENTS * 6.0 / 7) < 4 * sqrt(CLIENTS * 6.0 / 49), "%u clients of another replication differ", changed);
  world_free(w);
  world_free(again);
  fixture_close(&f);
}

static const struct test_case cases[] = {
    {"alias", test_alias}, {"popularity", test_popularity}, {"subject", test_subject}, {NULL, NULL}};
const struct test_suite suite_keyspace = {"keyspace", cases};
