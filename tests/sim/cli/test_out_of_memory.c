/* Each allocation of each command fails once: one line, exit status 1, nothing half written. Or it was one that can be done
 * without, such as a buffer of libc or a further thread; then all is as ever. */
#include "tests/command.h"
#include "tests/suite.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 }; /* they have a malloc of their own */
#else
enum { SANITIZED = 0 };
#endif

#define SMALL "tests/cli/small.json", "--set", "run.window=2s", "--set", "run.warmup=1s"

struct starving {
  const char *what, *file; /* file: the name of what it writes, or null */
  const char *words[20];
};

/* The library beside this program. */
static bool library_path(char *path, size_t size) {
  char self[400];
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length <= 0) return false;
  self[length] = 0;
  char *slash = strrchr(self, '/');
  if (!slash) return false;
  *slash = 0;
  return snprintf(path, size, "%s/starve.so", self) < (int)size && child_exists(path);
}

static struct child starve(const struct starving *s, const char *library, unsigned long n, bool on) {
  const char *words[24] = {child_aguanta()};
  char number[24];
  snprintf(number, sizeof number, "%lu", n);
  memcpy(words + 1, s->words, sizeof s->words);
  setenv("LD_PRELOAD", library, 1), setenv("STARVE", number, 1), setenv("STARVE_ON", on ? "1" : "0", 1);
  struct child c = child_run(&(struct child_wish){0}, words);
  unsetenv("LD_PRELOAD"), unsetenv("STARVE"), unsetenv("STARVE_ON");
  return c;
}

static unsigned long number_in(const char *path) {
  char *text = test_read_file(path);
  unsigned long n = text ? strtoul(text, NULL, 10) : 0;
  free(text);
  return n;
}

static bool one_line(const struct child *c) {
  bool named = strstr(c->err, "out of memory") || strstr(c->err, "Cannot allocate memory");
  return c->status == 1 && child_begins(c->err, "aguanta") && named && child_count(c->err, "\n") == 1;
}

static bool same_text(const char *a, const char *b) { return a && b ? !strcmp(a, b) : a == b; }

/* What is on stdout is all of it, or nothing, or whole rows of a sweep. */
static bool whole_rows(const char *out, const char *all) {
  size_t length = strlen(out);
  return !length || (out[length - 1] == '\n' && !strncmp(out, all, length));
}

static void check_one(const struct starving *s, const struct child *c, const struct child *whole, const char *expected,
                      const char *folder, unsigned long n) {
  char *path = child_path(s->file ? s->file : "none"), *text = test_read_file(path);
  struct child left = child_run(&(struct child_wish){0}, (const char *const[]){"ls", "-A", folder, NULL});
  bool unharmed = c->status == whole->status && !strcmp(c->out, whole->out) && same_text(text, expected);
  bool starved = one_line(c) && whole_rows(c->out, whole->out) && (!text || same_text(text, expected));
  test_check(unharmed || starved, "%s, allocation %lu: exit status %d\n%s%s", s->what, n, c->status, c->err, c->out);
  test_check(!strstr(left.out, ".tmp"), "%s, allocation %lu: left %s", s->what, n, left.out);
  child_free(&left);
  if (s->file) unlink(path);
  free(path), free(text);
}

static void starve_all(const struct starving *s, const char *library, unsigned long most) {
  char *count = child_path("count"), *path = child_path(s->file ? s->file : "none"), *folder = child_path("");
  setenv("STARVE_COUNT", count, 1);
  struct child whole = starve(s, library, 0, false);
  unsetenv("STARVE_COUNT");
  unsigned long all = number_in(count), stride = getenv("AGUANTA_LONG") || all <= most ? 1 : all / most;
  char *expected = test_read_file(path);
  if (s->file) unlink(path);
  test_check(whole.status != 1 && all > 20, "%s: exit status %d, %lu allocations: %s", s->what, whole.status, all, whole.err);
  for (unsigned long n = 1; n <= all; n += stride) {
    struct child c = starve(s, library, n, n % 3 == 0);
    check_one(s, &c, &whole, expected, folder, n);
    child_free(&c);
  }
  child_free(&whole);
  free(count), free(path), free(expected), free(folder);
}

static void test_each(void) {
  char library[440], *result = child_path("r.json"), *json = child_path("o.json"), *csv = child_path("o.csv"),
                     *svg = child_path("o.svg"), *store = child_path("o.sweep");
  if (SANITIZED || !library_path(library, sizeof library)) {
    test_check(SANITIZED, "no starve.so beside the tests");
    return;
  }
  struct child c = AGUANTA("run", SMALL, "--reps", "3", "-q", "--export", result);
  child_free(&c);
  const struct starving commands[] = {
      {"run", "o.json", {"run", SMALL, "--reps", "3", "--jobs", "1", "--export", json}},
      {"two threads", "o.csv", {"run", SMALL, "--reps", "4", "--jobs", "2", "--export", csv}},
      {"platform",
       NULL,
       {"run", "scenarios/platform/kubernetes.json", "--set", "run.window=1s", "--set", "run.warmup=0s", "--set", "run.years=0",
        "--reps", "1", "--jobs", "1"}},
      {"check", NULL, {"check", SMALL, "--reps", "2", "--jobs", "1"}},
      {"compare", "o.json", {"compare", SMALL, "tests/cli/slower.json", "--reps", "10", "--jobs", "1", "--export", json}},
      {"sweep",
       "o.csv",
       {"sweep", SMALL, "--vary", "services.web.replicas=1,2", "--reps", "2", "--jobs", "1", "--fresh", "--store", store,
        "--export", csv}},
      {"capacity",
       "o.json",
       {"capacity", "tests/cli/small.json", "--set", "run.window=5s", "--vary", "services.web.replicas=1..2", "--jobs", "1",
        "--export", json}},
      {"plot", "o.svg", {"plot", result, "--kind", "latency", "-o", svg}},
      {"validate", NULL, {"validate", "scenarios/platform/compose.json", "--set", "run.window=5m"}},
      {"a bad one", NULL, {"validate", "tests/cli/bad/balance.json"}},
      {"schema", NULL, {"schema", "json"}}};
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    starve_all(&commands[i], library, strcmp(commands[i].what, "plot") ? 24 : 12);
  free(result), free(json), free(csv), free(svg), free(store);
}

static const struct test_case cases[] = {{"each", test_each}, {0}};
const struct test_suite suite_out_of_memory = {"out_of_memory", cases};
