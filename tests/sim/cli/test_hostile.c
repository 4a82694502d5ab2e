/* Inputs that were made to hurt: files that lie with a right checksum, sources in odd places, figures that are no numbers. Each of
 * them is refused in words or answered; tests/fuzz looks for more. */
#include "sim/store/point_store.h"
#include "sim/stats/histogram.h"
#include "sim/study/study.h"
#include "tests/command.h"
#include "tests/model_fixture.h"
#include <inttypes.h>

/* --- stores that lie ---------------------------------------------------------------------------------------------------------- */

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
      occupied->least_complement = ~1u;
      break;
    case 11:
      occupied->at_least = UINT32_MAX;
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

enum { WARMUP_AT = 48 }; /* behind magic, version, hash and seed */

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
  state[WARMUP_AT + 6] = 1; /* 3.3 days instead of none */
  test_check(!go_on_from(&f, state, length), "a warm-up that the scenario does not say");
  free(truth), free(state);
  fixture_close(&f);
}

/* --- odd places --------------------------------------------------------------------------------------------------------------- */

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
    test_check(c.status == 3 && strstr(c.err, "its values are not numbers that rise"), "%s: %d %s", values[i], c.status, c.err);
    child_free(&c);
  }
  free(picture), free(result);
}

/* --- files -------------------------------------------------------------------------------------------------------------------- */

/* What was said of a scenario that consists of this text, in the folder of the tests. */
static struct child say(const char *text, const char *root) {
  char *path = child_path("say.json");
  child_write(path, text);
  struct child c = root ? AGUANTA("validate", path, "--root", root) : AGUANTA("validate", path);
  free(path);
  return c;
}

static void expect(struct child c, int status, const char *wanted, const char *never) {
  test_check(c.status == status && strstr(c.err, wanted), "%d, not %d with \"%s\": %s", c.status, status, wanted, c.err);
  test_check(!never || (!strstr(c.err, never) && !strstr(c.out, never)), "it shows \"%s\": %s", never, c.err);
  test_check(c.seconds < 20, "it took %.1f s", c.seconds);
  child_free(&c);
}

static void test_pipes_and_devices(void) {
  char *pipe = child_path("pipe"), *picture = child_path("never.svg");
  test_check(!mkfifo(pipe, 0600), "a pipe");
  const char *const paths[] = {pipe, "/dev/zero", "/dev/full"};
  for (int i = 0; i < 3; i++) {
    struct text t = {.length = 0};
    expect(AGUANTA_AS(&(struct child_wish){.limit_s = 10}, "run", paths[i]), 3, "it is a pipe or a device", NULL);
    expect(AGUANTA_AS(&(struct child_wish){.limit_s = 10}, "plot", paths[i], "--kind", "bill", "-o", picture), 3,
           "it is a pipe or a device", NULL);
    put(&t, "{ 'extends': '%s' }", paths[i]);
    expect(say(t.bytes, NULL), 3, "it is a pipe or a device", NULL);
  }
  test_check(!child_exists(picture), "a picture");
  free(picture);
  free(pipe);
}

/* Files that are not ours are never shown, whoever names them and as what. */
static void test_no_excerpts_of_others(void) {
  static const char *const namings[] = {
      "{ 'extends': '%s' }",
      "{ 'extends': '%s', 'aguanta': 1, 'name': 'x' }",
      "{ 'aguanta': 1, 'name': 'x', 'prices': '%s' }",
      "{ 'aguanta': 1, 'name': 'x', 'traffic': { 'a': { 'kind': 'open', 'rate': { 'series': { 'file': '%s' } } } } }",
      "{ 'aguanta': 1, 'name': 'x', 'traffic': { 'a': { 'kind': 'trace', 'file': '%s' } } }",
      "{ 'aguanta': 1, 'name': 'x', 'traffic': { 'a': { 'kind': 'trace', 'log': '%s' } } }",
      "{ 'aguanta_study': 1, 'scenario': '%s' }"};
  static const char *const texts[] = {"canary=12\ncanary=13\n", "{ \"canary\": 1, \"canary-b\": \"canary\", \"name\": 1e999 }",
                                      "{ \"canary\": 1e999, \"a\" canary }", "canary:x:0:0:canary,/root\ncanary,1,2\n",
                                      "[ \"canary\" ]"};
  char *secret = child_path("secret");
  for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
    child_write(secret, texts[k]);
    for (size_t i = 0; i < sizeof namings / sizeof *namings; i++) {
      struct text t = {.length = 0};
      char *named = NULL;
      if (asprintf(&named, namings[i], secret) < 0) abort(); /* NOLINT */
      put(&t, "%s", named);
      expect(say(t.bytes, NULL), 3, "error: ", "canary");
      free(named);
    }
  }
  expect(AGUANTA_AS(&(struct child_wish){.environment = "AGUANTA_SECRET=canary"}, "validate", "/proc/self/environ"), 3,
         "is not JSON", "canary");
  free(secret);
}

static void test_root(void) {
  char *inside = child_path("in"), *outside = child_path("part.json"), *link = child_path("in/link.json"),
       *main = child_path("in/s.json");
  mkdir(inside, 0777);
  child_write(outside, "{ \"name\": \"canary\", \"canary\": 1 }");
  test_check(!symlink("../part.json", link), "a link");
  static const char *const names[] = {"../part.json", "link.json", "/etc/passwd", "../nothing.json"};
  for (int i = 0; i < 4; i++) {
    struct text t = {.length = 0};
    put(&t, "{ 'extends': '%s', 'aguanta': 1, 'name': 'x' }", names[i]);
    child_write(main, t.bytes);
    expect(AGUANTA("validate", "--root", inside, main), 3, i < 3 ? "outside the folder that --root names" : "cannot read",
           "canary");
  }
  expect(AGUANTA("validate", "--root", inside, "tests/cli/small.json"), 3, "outside the folder that --root names", NULL);
  expect(AGUANTA("run", "--root", "tests/cli", "tests/cli/bad/missing_key.json"), 3, "needs the key", NULL);
  expect(AGUANTA("validate", "--root", "tests/cli/small.json", main), 2, "--root must be a folder", NULL);
  free(inside), free(outside), free(link), free(main);
}

static void test_inputs_are_kept(void) {
  char *a = child_path("kept.json"), *link = child_path("link.json"), *prices = child_path("prices.json"),
       *picture = child_path("picture.svg"), *text = test_read_file("tests/cli/small.json"),
       *list = test_read_file("tests/cli/prices.json");
  child_write(a, text), child_write(prices, list);
  test_check(!symlink("kept.json", link) && !symlink("kept.json", picture), "links");
  static const char message[] = "is read as well: writing the answer there would overwrite it";
  expect(AGUANTA("run", a, "--reps", "1", "--export", a), 2, message, NULL);
  expect(AGUANTA("run", a, "--reps", "1", "--export", link), 2, message, NULL);
  expect(AGUANTA("run", link, "--reps", "1", "--timing", a), 2, message, NULL);
  expect(AGUANTA("run", a, "--reps", "1", "--export", prices), 3, message, NULL);
  expect(AGUANTA("sweep", a, "--vary", "services.web.replicas=1,2", "--reps", "1", "--timing", prices), 2, message, NULL);
  expect(AGUANTA("compare", prices, a, "--export", link), 2, message, NULL);
  expect(AGUANTA("plot", a, "--kind", "bill", "-o", picture), 2, message, NULL);
  char *after = test_read_file(a), *list_after = test_read_file(prices);
  test_check(after && !strcmp(after, text) && list_after && !strcmp(list_after, list), "an input was changed");
  free(a), free(link), free(prices), free(picture), free(text), free(list), free(after), free(list_after);
}

static void test_unreadable_point(void) {
  char *store = child_path("unread");
  struct child c = AGUANTA("sweep", "tests/cli/small.json", "--vary", "services.web.replicas=1,2", "--reps", "1", "--store", store);
  child_free(&c);
  c = AGUANTA("sweep", "tests/cli/small.json", "--vary", "services.web.replicas=1,2", "--reps", "1", "--store", store, "--dry-run");
  char key[200] = "", path[400];
  const char *at = strstr(c.out, "0       ");
  test_check(at && sscanf(at, "0 %150s", key) == 1, "the point's key: %s", c.out);
  child_free(&c);
  snprintf(path, sizeof path, "%s/%s.point", store, key);
  if (!child_exists(path)) snprintf(path, sizeof path, "%s/%s-1.point", store, key);
  test_check(!unlink(path) && !mkfifo(path, 0600), "%s", path);
  c = AGUANTA_AS(&(struct child_wish){.limit_s = 20}, "sweep", "tests/cli/small.json", "--vary", "services.web.replicas=1,2",
                 "--reps", "1", "--store", store, "--dry-run");
  test_check(strstr(c.err, ".point cannot be read and is not used") && !strstr(c.err, "damaged"), "%d %s", c.status, c.err);
  child_free(&c);
  free(store);
}

/* --- much of it --------------------------------------------------------------------------------------------------------------- */

static double child_cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_CHILDREN, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const double much_s = 20;
#else
static const double much_s = 2.5; /* under 1 s; twice that on a busy machine */
#endif

static void test_much(void) {
  static const struct {
    const char *head, *each, *tail, *wanted;
    int count;
  } files[] = {{"{ \"aguanta\": 1, \"name\": \"x\"", ", \"k%d\": 1", " }", "unknown key", 300000},
               {"{ \"aguanta\": 1, \"name\": \"x\", \"services\": { \"s\": { \"kind\": \"app\" }",
                ", \"s%d\": { \"kind\": \"app\" }", " } }", "has 70001 entries; at most 10000 are read", 70000},
               {"{ \"aguanta\": 1, \"name\": \"x\", \"traffic\": { \"a\": { \"kind\": \"open\", \"mix\": { \"e\": 1",
                ", \"e%d\": 1", " } } } }", "refers to \"e\"", 100000},
               {"{ \"aguanta\": 1, \"name\": \"x\"", ", \"k\": %d", " }", "duplicate key", 300000}};
  char *path = child_path("much.json");
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    FILE *file = fopen(path, "w");
    fputs(files[i].head, file);
    for (int k = 0; k < files[i].count; k++) fprintf(file, files[i].each, k); /* NOLINT: ours */
    fputs(files[i].tail, file);
    fclose(file);
    double before = child_cpu();
    struct child c = AGUANTA("validate", path);
    double seconds = child_cpu() - before;
    test_check(c.status == 3 && strstr(c.err, files[i].wanted), "%d %.300s", c.status, c.err);
    test_check(seconds < much_s, "%d entries take %.2f s", files[i].count, seconds);
    child_free(&c);
  }
  free(path);
}

static const struct test_case cases[] = {{"pipes-and-devices", test_pipes_and_devices},
                                         {"no-excerpts-of-others", test_no_excerpts_of_others},
                                         {"root", test_root},
                                         {"inputs-are-kept", test_inputs_are_kept},
                                         {"unreadable-point", test_unreadable_point},
                                         {"much", test_much},
                                         {"points-that-lie", test_points_that_lie},
                                         {"unsound-histograms", test_unsound_histograms},
                                         {"states-that-lie", test_states_that_lie},
                                         {"source-of-an-object", test_source_of_an_object},
                                         {"results-without-numbers", test_results_without_numbers},
                                         {0}};
const struct test_suite suite_hostile = {"hostile", cases};
