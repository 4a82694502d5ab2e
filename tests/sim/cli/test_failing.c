/* The nth write, rename, sync, open, process or thread fails, for every n that a command gets to. Either the command says so in a
 * line and exits with 1, the old files are as they were and nothing is left beside them; or it could do without, and its answer is
 * the one that it gives otherwise. */
#include "tests/command.h"
#include "tests/suite.h"
#include <dirent.h>

enum { OUTPUTS = 2, MOST = 60 };

static const char *const calls[] = {"write", "rename", "fsync", "fopen", "mkdtemp", "fork", "pthread_create"};

struct job {
  const char *name;
  const char *words[16];
  const char *outputs[OUTPUTS]; /* in the folder of the test; null: none */
};

/* Paths are relative to the folder in which it is run. */
static const struct job jobs[] = {
    {"run",
     {"run", "small.json", "--reps", "3", "--jobs", "3", "--export", "out.json", "--export", "out.csv", NULL},
     {"out.json", "out.csv"}},
    {"sweep",
     {"sweep", "small.json", "--vary", "services.web.replicas=1,2", "--reps", "2", "--jobs", "2", "--store", "st", "--export",
      "out.csv", NULL},
     {"out.csv"}},
    {"plot", {"plot", "result.json", "--kind", "claims", "-o", "out.svg", NULL}, {"out.svg"}}};

struct scene {
  char *folder, *temporary, *program, *library, *mark;
};

static struct child perform(const struct scene *s, const struct job *job, const char *call, int nth) {
  char fail_call[60], fail_nth[40], *preload = NULL, *mark = NULL, *tmp = NULL;
  const char *words[32] = {"env", "-C", s->folder};
  int count = 3;
  snprintf(fail_call, sizeof fail_call, "FAIL_CALL=%s", call), snprintf(fail_nth, sizeof fail_nth, "FAIL_NTH=%d", nth);
  if (asprintf(&preload, "LD_PRELOAD=%s", s->library) < 0 || asprintf(&mark, "FAIL_MARK=%s", s->mark) < 0 ||
      asprintf(&tmp, "TMPDIR=%s", s->temporary) < 0)
    abort();
  words[count++] = fail_call, words[count++] = fail_nth, words[count++] = mark, words[count++] = tmp, words[count++] = preload;
  words[count++] = s->program;
  for (int i = 0; job->words[i]; i++) words[count++] = job->words[i];
  struct child c = child_run(&(struct child_wish){.limit_s = 40}, words);
  free(preload), free(mark), free(tmp);
  return c;
}

static char *inside(const struct scene *s, const char *name) {
  char *path = NULL;
  if (asprintf(&path, "%s/%s", s->folder, name) < 0) abort();
  return path;
}

static void copy(const char *from, const char *to) {
  char *text = test_read_file(from);
  if (test_check(text != NULL, "%s cannot be read", from)) child_write(to, text);
  free(text);
}

/* A fresh folder: inputs, and outputs that are old. */
static void reset(const struct scene *s, const struct job *job) {
  nftw(s->folder, child_remove, 8, FTW_DEPTH | FTW_PHYS);
  mkdir(s->folder, 0777), unlink(s->mark);
  static const char *const inputs[][2] = {{"tests/cli/small.json", "small.json"}, {"tests/cli/prices.json", "prices.json"}};
  for (int i = 0; i < 2; i++) {
    char *to = inside(s, inputs[i][1]);
    copy(inputs[i][0], to);
    free(to);
  }
  char *result = inside(s, "result.json"), *kept = child_path("failing-result.json");
  if (child_exists(kept)) copy(kept, result);
  for (int i = 0; i < OUTPUTS && job->outputs[i]; i++) {
    char *path = inside(s, job->outputs[i]);
    child_write(path, "old");
    free(path);
  }
  free(result), free(kept);
}

static int leftovers(const char *folder) {
  DIR *d = opendir(folder);
  int count = 0;
  for (struct dirent *e; d && (e = readdir(d));)
    count += strstr(e->d_name, ".tmp") != NULL || !strncmp(e->d_name, "aguanta-plot", 12);
  if (d) closedir(d);
  return count;
}

/* Whether the failure was met. */
static bool check_one(const struct scene *s, const struct job *job, const char *call, int nth, char *const good[OUTPUTS],
                      int status) {
  reset(s, job);
  struct child c = perform(s, job, call, nth);
  bool met = child_exists(s->mark), failed = c.status == 1 || c.status == 3;
  char *store = inside(s, "st");
  test_check(failed || c.status == status, "%s, %s %d: exit status %d: %s", job->name, call, nth, c.status, c.err);
  test_check(!failed || (met && strstr(c.err, "cannot ")), "%s, %s %d says: %s", job->name, call, nth, c.err);
  test_check(c.status != 3 || !strcmp(call, "fopen"), "%s, %s %d: its input is blamed: %s", job->name, call, nth, c.err);
  test_check(leftovers(s->folder) + leftovers(s->temporary) + leftovers(store) == 0, "%s, %s %d leaves files", job->name, call,
             nth);
  for (int i = 0; i < OUTPUTS && job->outputs[i]; i++) {
    char *path = inside(s, job->outputs[i]), *seen = test_read_file(path);
    bool old = seen && !strcmp(seen, "old"), same = seen && !strcmp(seen, good[i]);
    test_check(failed ? old || same : same, "%s, %s %d: %s is half of something", job->name, call, nth, job->outputs[i]);
    free(path), free(seen);
  }
  child_free(&c), free(store);
  return met;
}

static void check_job(const struct scene *s, const struct job *job) {
  char *good[OUTPUTS] = {0};
  reset(s, job);
  struct child c = perform(s, job, "nothing", 1);
  int status = c.status, met = 0;
  test_check(status == 0 || status == 98, "%s: exit status %d: %s", job->name, status, c.err);
  child_free(&c);
  for (int i = 0; i < OUTPUTS && job->outputs[i]; i++) {
    char *path = inside(s, job->outputs[i]);
    good[i] = test_read_file(path);
    test_check(good[i] && strcmp(good[i], "old") != 0, "%s writes %s", job->name, job->outputs[i]);
    free(path);
  }
  for (size_t k = 0; k < sizeof calls / sizeof *calls; k++)
    for (int nth = 1; nth < MOST && check_one(s, job, calls[k], nth, good, status); nth++) met++;
  test_check(met >= 4, "%s: %d failures were met", job->name, met);
  for (int i = 0; i < OUTPUTS; i++) free(good[i]);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

static void test_failing(void) {
  if (SANITIZED) {
    test_check(true, "sanitizers want to be preloaded first");
    return;
  }
  struct scene s = {child_path("failing"), child_path("failing-tmp"), realpath(child_aguanta(), NULL), NULL,
                    child_path("failing-mark")};
  char *kept = child_path("failing-result.json"), *folder = NULL;
  if (s.program && asprintf(&folder, "%.*s/failing.so", (int)(strrchr(s.program, '/') - s.program), s.program) >= 0)
    s.library = realpath(folder, NULL);
  mkdir(s.temporary, 0777);
  struct child c = AGUANTA("run", "tests/cli/small.json", "--reps", "2", "--export", kept);
  child_free(&c);
  if (test_check(s.library != NULL, "%s is missing", folder ? folder : "the program"))
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) check_job(&s, &jobs[i]);
  free(s.folder), free(s.temporary), free(s.program), free(s.library), free(s.mark), free(kept), free(folder);
}

static const struct test_case cases[] = {{"nth-call", test_failing}, {0}};
const struct test_suite suite_failing = {"failing", cases};
