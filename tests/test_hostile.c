/* Inputs that were made to hurt: files that lie with a right checksum, sources in odd places, figures that are no numbers. Each of them
 * is refused in words or answered; tests/fuzz looks for more. */
#include "sim/report/point_store.h"
#include "sim/stats/histogram.h"
#include "sim/study/study.h"
#include "tests/command.h"
#include "tests/model_fixture.h"
#include <inttypes.h>

/* --- stores that lie --------------------------------------------------------------------------------------------------------------- */

static uint64_t fnv(uint64_t sum, uint64_t prime, const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) sum = (sum ^ (unsigned char)bytes[i]) * prime;
  return sum;
}

static void test_points_that_lie(void) {
  static const char head[] = "aguanta-point 1 k-1\ncode 98 statements 98 requests 1 events 2\n",
                    rest[] = "section ndjson 2\n{}\nsection table 1\nx\n";
  static const struct {
    const char *head, *csv;
    bool good;
  } cases[] = {{head, "section csv 3\na,b\n", true},
               {head, "section csv 0\n\n", true},
               {head, "section csv -1\na,b\n", false},
               {head, "section csv +3\na,b\n", false},
               {head, "section csv 4\na,b\n", false},
               {head, "section csv 18446744073709551615\na,b\n", false},
               {head, "section csv 18446744073709551616\na,b\n", false},
               {head, "section csv 44444444444444444444444444444444444444\na,b\n", false},
               {head, "section csv 9223372036854775807\na,b\n", false},
               {head, "section csv 3", false},
               {head, "section ", false},
               {head, "", false},
               {"aguanta-point 1 k-1\ncode 0 statements 99 requests 1 events 2\n", "section csv 0\n\n", true},
               {"aguanta-point 1 k-1\ncode 3 statements 0 requests 1 events 2\n", "section csv 0\n\n", false},
               {"aguanta-point 1 k-1\ncode 98 statements 98 requests -1 events 2\n", "section csv 0\n\n", false},
               {"aguanta-point 1 k-1\ncode 98 statements 3 requests 1 events 2\n", "section csv 0\n\n", false},
               {"aguanta-point 1 k-12\ncode 98 statements 98 requests 1 events 2\n", "section csv 0\n\n", false}};
  char *folder = child_path("lies"), *path = child_path("lies/k-1.point"), *error = NULL;
  test_check(point_store_open(folder, &error), "opened");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct text t = {.length = 0};
    struct point_rows rows;
    put(&t, "%s%s%s", cases[i].head, cases[i].csv, rest);
    put(&t, "sum %016" PRIx64 "\n", fnv(0xCBF29CE484222325u, 0x100000001B3u, t.bytes, t.length));
    child_write(path, t.bytes);
    enum point_state seen = point_store_read(folder, "k-1", &rows);
    test_check(seen == (cases[i].good ? POINT_STORED : POINT_BROKEN), "%zu: state %d of %s", i, (int)seen, cases[i].csv);
    point_rows_free(&rows);
  }
  free(folder), free(path);
}

static void test_unsound_histograms(void) {
  for (int i = 0; i < 13; i++) {
    struct arena *arena = arena_new();
    struct histogram h;
    histogram_open(&h, arena);
    test_check(histogram_sound(&h), "an empty one is sound");
    for (int64_t ns = 1; ns < INT64_MAX / 5; ns = 5 * ns + 3) histogram_add(&h, ns);
    histogram_to_buckets(&h);
    struct histogram_bin *occupied =
        &histogram_block_of(&h, histogram_bucket(5468))->bins[histogram_bucket(5468) % HISTOGRAM_BLOCK];
    test_check(occupied->count == 1, "1, 8, 43, 218, 1093, 5468, ...");
    switch (i) {
    case 1:
      h.count++;
      break;
    case 2:
      histogram_block_of(&h, 1000)->bins[7].count++;
      break;
    case 3:
      h.max = 77;
      break;
    case 4:
      h.max = -1;
      break;
    case 5:
      h.min_complement = -5;
      break;
    case 6:
      h.min_complement = 0;
      break;
    case 7:
      h.sum = 3;
      break;
    case 8:
      h.sum = ~(unsigned __int128)0;
      break;
    case 9:
      histogram_block_of(&h, HISTOGRAM_BUCKETS - 1)->bins[HISTOGRAM_BLOCK - 1].count = UINT64_MAX;
      break;
    case 10:
      occupied->greatest = 0, occupied->least_complement = ~1u;
      break;
    case 11:
      occupied->greatest = UINT32_MAX;
      break;
    case 12:
      occupied->at_least = 2;
      break;
    }
    test_check(histogram_sound(&h) == (i == 0), "lie %d", i);
    arena_free(arena);
  }
}

/* Every byte of the state is changed and the sum put right: what is loaded must be as good as what was run. */
static bool go_on_from(const struct fixture *f, char *state, size_t length) {
  uint64_t sum = fnv(0xcbf29ce484222325, 0x100000001b3, state, length - sizeof sum);
  memcpy(state + length - sizeof sum, &sum, sizeof sum);
  FILE *file = fmemopen(state, length, "rb");
  struct study *s = study_open(f->arena, f->scenario, &(struct study_options){.replications = 3});
  bool loaded = study_load(s, file);
  if (loaded) study_results(s);
  study_close(s);
  fclose(file);
  return loaded;
}

static void test_states_that_lie(void) {
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'x', 'traffic': { 'a': { 'kind': 'open', 'rate': '30/s', 'mix': { 'e': 1 } } },"
                 "'endpoints': { 'e': { 'steps': [ { 'delay': { 'exponential': '20ms' } } ] } },"
                 "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } },"
                 "'run': { 'warmup': '0s', 'window': '2s', 'windows': 1, 'replications': 3 } }");
  char *truth = NULL;
  size_t length = 0, changes = getenv("AGUANTA_LONG") ? 1 : 7;
  FILE *file = open_memstream(&truth, &length);
  struct study *s = study_open(f.arena, f.scenario, &(struct study_options){.replications = 3});
  test_check(study_extend(s, 2, 0) && study_save(s, file), "saved");
  study_close(s);
  fclose(file);
  char *state = malloc(length);
  uint32_t loaded = 0, refused = 0;
  for (size_t at = 0; at + 8 < length; at += changes)
    for (int bit = 0; bit < 8; bit += 3) {
      memcpy(state, truth, length);
      state[at] ^= (char)(1 << bit);
      bool good = go_on_from(&f, state, length);
      loaded += good, refused += !good;
    }
  memcpy(state, truth, length);
  test_check(go_on_from(&f, state, length), "the truth is taken");
  test_check(refused > 100, "%u were taken, %u refused", loaded, refused);
  free(truth), free(state);
  fixture_close(&f);
}

/* --- odd places -------------------------------------------------------------------------------------------------------------------- */

static void test_source_of_an_object(void) {
  struct child c = AGUANTA("run", "-v", "tests/hostile/source-of-an-object.json", "--reps", "2");
  test_check(c.status == 0 && strstr(c.out, "  services.s ") && strstr(c.out, "(all of it)") && strstr(c.out, "P-1"), "%d %s%s",
             c.status, c.out, c.err);
  child_free(&c);
  c = AGUANTA("run", "tests/hostile/source-of-an-object.json", "--reps", "2", "--export", "-", "--format", "md");
  test_check(c.status == 0 && strstr(c.out, "| `services.s` | (all of it) | P-1 |"), "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
}

static void test_results_without_numbers(void) {
  char *picture = child_path("capacity.svg"), *result = child_path("capacity.json");
  struct child c = AGUANTA("plot", "tests/hostile/plot-capacity-nan.json", "--kind", "capacity", "-o", picture);
  test_check(c.status == 0 && child_exists(picture), "%d %s", c.status, c.err);
  child_free(&c);
  static const char *const values[] = {"\"x\", \"y\": 1", "null", "20"}; /* the second level's value; the first is 20 */
  for (int i = 0; i < 3; i++) {
    struct text t = {.length = 0};
    put(&t, "{'aguanta_capacity':1,'levels':[{'value':20,'claims':[]},{'value':%s,'claims':[]}]}", values[i]);
    child_write(result, t.bytes);
    c = AGUANTA("plot", result, "--kind", "capacity", "-o", picture);
    test_check(c.status == 1 && strstr(c.err, "its values are not numbers that rise"), "%s: %d %s", values[i], c.status, c.err);
    child_free(&c);
  }
  free(picture), free(result);
}

static const struct test_case cases[] = {{"points-that-lie", test_points_that_lie},
                                         {"unsound-histograms", test_unsound_histograms},
                                         {"states-that-lie", test_states_that_lie},
                                         {"source-of-an-object", test_source_of_an_object},
                                         {"results-without-numbers", test_results_without_numbers},
                                         {0}};
const struct test_suite suite_hostile = {"hostile", cases};
