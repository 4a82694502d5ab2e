/* An autoscaled service is brought out blue-green or as a canary, half of the times in a version that never starts and is taken
 * back. When no roll-out is under way there are as many replicas as are wanted, and not those of two sets. */
#include "models/release/release.h"
#include "tests/model_fixture.h"

static void test_two_sets(void) {
  static const char *const kinds[] = {"'kind': 'blue-green', 'keep': '0s'", "'stages': [ { 'weight': '50%', 'for': '1min' } ]"},
                           *const sizes[] = {"", ", 'autoscale': { 'min': 1, 'max': 6, 'cpu': '60%' }"};
  for (int i = 0; i < 4; i++)
    for (uint64_t seed = 1; seed <= 8; seed++) {
      struct fixture f = fixture_of(
          "{ 'aguanta': 1, 'name': 's', 'traffic': { 't': { 'kind': 'open', 'rate': '5/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
          "'p': { 'entry': 'api', 'steps': [ { 'cpu': '5ms' }, { 'delay': '50ms' } ] } }, 'services': { 'api': { 'kind': 'app', "
          "'replicas': 5, 'start': '5s', 'resources': { 'requests': { 'cpu': '500m' } }, 'update': { %s }%s } }, 'releases': { "
          "'r': "
          "{ 'services': 'api', 'at': [ '20s', '3min' ], 'detect': '1min', 'rollback': '1min', 'bad': { 'probability': 0.5, "
          "'kind': "
          "'never-starts' } } }, 'platform': { 'kind': 'kubernetes', 'nodes': { 'n': { 'count': 4, 'cpu': 2 } } }, 'run': { "
          "'warmup': '0s', 'window': '4min' } }",
          kinds[i % 2], sizes[i / 2]);
      struct world *w = fixture_run(&f, seed, kinds[i % 2]);
      const struct service *s = &w->services[0];
      int32_t there = 0;
      for (uint32_t k = 0; k < s->capacity; k++)
        there += w->containers[s->first + k].state != CONTAINER_UNUSED && !w->containers[s->first + k].leaving;
      test_check(world_releases(w)->of[0].active || there == (int32_t)s->desired, "%s%s, seed %d: %d replicas, wanted %d",
                 kinds[i % 2], sizes[i / 2], (int)seed, (int)there, (int)s->desired);
      world_free(w), fixture_close(&f);
    }
}

static const struct test_case cases[] = {{"two sets", test_two_sets}, {NULL, NULL}};
const struct test_suite suite_surplus = {"surplus", cases};
