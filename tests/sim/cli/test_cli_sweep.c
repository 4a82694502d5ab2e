/* Sweeps from outside: study files and their mistakes, what is stored and used again, shards and merge, printed jobs. */
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <dirent.h>
#include <math.h>

#define SMALL "tests/cli/small.json"
#define BAD   "tests/cli/bad_study"
#define AXES  "--vary", "services.web.replicas=1,2,3", "--vary", "traffic.users.rate=50/s..200/s:4", "--set", "run.window=20s"

enum { POINTS = 12 };

static bool same_file(const char *a, const char *b) {
  char *x = test_read_file(a), *y = test_read_file(b);
  bool same = x && y && *x && !strcmp(x, y);
  free(x), free(y);
  return same;
}

static void remove_tree(const char *path) { nftw(path, child_remove, 8, FTW_DEPTH | FTW_PHYS); }

static int is_point(const struct dirent *entry) { return child_ends(entry->d_name, ".point"); }

/* Which points a store holds, and as which files: a point that is run again is a new file. */
struct stored {
  int count;
  struct {
    char name[80];
    ino_t inode;
    struct timespec time;
  } files[64];
};

static struct stored look_into(const char *store) {
  struct stored s = {0};
  struct dirent **entries = NULL;
  int count = scandir(store, &entries, is_point, alphasort);
  for (int i = 0; i < count; i++) {
    char path[400];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", store, entries[i]->d_name);
    if (s.count < 64 && !stat(path, &status)) {
      snprintf(s.files[s.count].name, sizeof s.files->name, "%.79s", entries[i]->d_name);
      s.files[s.count].inode = status.st_ino, s.files[s.count++].time = status.st_mtim;
    }
    free(entries[i]);
  }
  free(entries);
  return s;
}

/* Every file of `before` is in `after` as it was. */
static bool all_kept(const struct stored *before, const struct stored *after) {
  int kept = 0;
  for (int i = 0; i < before->count; i++)
    for (int k = 0; k < after->count; k++)
      kept += !strcmp(before->files[i].name, after->files[k].name) && before->files[i].inode == after->files[k].inode &&
              before->files[i].time.tv_sec == after->files[k].time.tv_sec &&
              before->files[i].time.tv_nsec == after->files[k].time.tv_nsec;
  return kept == before->count;
}

/* --- mistakes ----------------------------------------------------------------------------------------------------------------- */

static int is_study(const struct dirent *entry) { return child_ends(entry->d_name, ".json"); }

static void test_bad_studies(void) {
  struct dirent **entries = NULL;
  int count = scandir(BAD, &entries, is_study, alphasort);
  test_check(count >= 10, "%d bad studies", count);
  for (int i = 0; i < count; i++) {
    char name[300], expected_name[300], *export = child_path("never.csv");
    snprintf(name, sizeof name, BAD "/%s", entries[i]->d_name);
    snprintf(expected_name, sizeof expected_name, "%.*s.expected", (int)strlen(name) - 5, name);
    char *expected = test_read_file(expected_name);
    struct child c = AGUANTA("sweep", name, "--export", export);
    test_check(c.status == 3 && c.out_length == 0, "%s: exit status %d: %s", name, c.status, c.out);
    test_check(expected && !strcmp(c.err, expected), "%s says\n%s    instead of\n%s", name, c.err, expected ? expected : "?");
    test_check(!child_exists(export), "%s: a result was written", name);
    struct child v = AGUANTA("validate", name);
    test_check(v.status == c.status && (!expected || !strcmp(v.err, expected) || strstr(name, "syntax")), "validate: %s", v.err);
    child_free(&c), child_free(&v);
    free(expected), free(export), free(entries[i]);
  }
  free(entries);
}

static void test_validate(void) {
  struct child c = AGUANTA("validate", "scenarios/studies/backends.json");
  test_check(
      c.status == 0 && c.err_length == 0 &&
          !strcmp(c.out, "scenarios/studies/backends.json: valid: 20 points of scenarios/studies/../platform/compose.json\n"),
      "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
}

static const struct mistyped {
  const char *words[9];
  const char *message;
} mistyped[] = {
    {{"sweep", SMALL, "--vary", "run.window=1s,2s", "--vary", "run.window=1s"},
     "aguanta sweep: --vary run.window=1s varies run.window a second time\n"},
    {{"sweep", SMALL, "--vary", "traffic.users.rate=1/s..5/min:3"},
     "aguanta sweep: --vary traffic.users.rate=1/s..5/min:3 is a range whose ends have different units: write both in the same\n"},
    {{"sweep", SMALL, "--vary", "run.window=1s", "--shard", "0/3"},
     "aguanta sweep: --shard must be I/N, the I-th of N shards, such as 1/4, not \"0/3\"\n"},
    {{"sweep", SMALL, "--vary", "run.window=1s", "--shard", "4/3"},
     "aguanta sweep: --shard must be I/N, the I-th of N shards, such as 1/4, not \"4/3\"\n"},
    {{"sweep", SMALL, "--vary", "run.window=1s", "--where", "run.warmup < 3s"},
     "aguanta sweep: --where run.warmup < 3s: the condition names \"run.warmup\", which is not varied; varied are: run.window\n"},
    {{"sweep", SMALL, "--vary", "run.window=1s", "--emit", "pbs"},
     "aguanta sweep: --emit has no \"pbs\"; there are: slurm k8s parallel\n"},
    {{"sweep", SMALL, "--vary", "run.window=1s", "--shards", "3"},
     "aguanta sweep: --shards is for --emit; one shard is run with --shard I/N\n"},
    {{"sweep", SMALL, "--vary", "run.window=1s", "--emit", "k8s", "--shard=1/2"},
     "aguanta sweep: --emit with --shard: the job runs all shards\n"},
    {{"merge", SMALL, "--vary", "run.window=1s"},
     "aguanta merge: needs the sweep's file and at least one store\nSee 'aguanta help merge'.\n"},
    {{"merge", SMALL, "nowhere.sweep", "--vary", "run.window=1s"},
     "aguanta merge: cannot read the store nowhere.sweep: No such file or directory\n"}};

static void test_mistyped(void) {
  for (size_t i = 0; i < sizeof mistyped / sizeof *mistyped; i++) {
    const char *words[11] = {child_aguanta()};
    memcpy(words + 1, mistyped[i].words, sizeof mistyped[i].words);
    struct child c = child_run(&(struct child_wish){0}, words);
    test_check(c.status == 2 && c.out_length == 0 && !strcmp(c.err, mistyped[i].message), "exit status %d\n    %s    not\n    %s",
               c.status, c.err, mistyped[i].message);
    child_free(&c);
  }
}

/* --- what is stored ----------------------------------------------------------------------------------------------------------- */

static void test_threads_and_store(void) {
  char *one = child_path("one.csv"), *two = child_path("two.csv"), *store = child_path("one.sweep"),
       *lines = child_path("l.ndjson");
  struct child a = AGUANTA("sweep", SMALL, AXES, "--jobs", "1", "--export", one, "--export", lines);
  struct child b = AGUANTA("sweep", SMALL, AXES, "--jobs", "2", "--export", two);
  struct stored before = look_into(store);
  test_check(a.status == b.status && !strcmp(a.out, b.out) && same_file(one, two), "threads change nothing");
  test_check(before.count == POINTS, "the store stands beside the export: %d points", before.count);
  char *text = test_read_file(lines);
  unlink(one), unlink(lines);
  struct child again = AGUANTA("sweep", SMALL, AXES, "--export", one, "--export", lines);
  char *text_again = test_read_file(lines);
  struct stored after = look_into(store);
  test_check(again.status == a.status && !strcmp(again.out, a.out) && same_file(one, two), "stored points say the same");
  test_check(text && text_again && !strcmp(text, text_again), "in NDJSON too");
  test_check(all_kept(&before, &after) && strstr(again.err, "12 of 12 points are in "), "none is run again: %s", again.err);
  child_free(&a), child_free(&b), child_free(&again);
  a = AGUANTA("sweep", SMALL, AXES, "--export", one, "--fresh");
  after = look_into(store);
  test_check(after.count == POINTS && !all_kept(&before, &after) && same_file(one, two), "--fresh runs them again");
  child_free(&a);
  a = AGUANTA("sweep", SMALL, AXES, "--set", "claims.0=p50(page.latency) < 3s", "--export", one, "--store", store);
  after = look_into(store);
  test_check(after.count == 2 * POINTS && !same_file(one, two), "an edited scenario is another: %d points", after.count);
  child_free(&a);
  free(one), free(two), free(store), free(lines), free(text), free(text_again);
}

static double random_share(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double)(*state >> 40) / (double)(1 << 24);
}

/* Killed at any moment, again and again: what was finished is never run again, and the answer is that of one quiet run. */
static void test_kill_and_resume(void) {
  int kills = getenv("AGUANTA_LONG") ? 50 : 12, done = 0, finished = 0, partly = 0;
  char *quiet = child_path("quiet.csv"), *csv = child_path("killed.csv"), *store = child_path("killed.sweep");
  struct child c = AGUANTA("sweep", SMALL, AXES, "--set", "run.window=100s", "--reps", "10", "--export", quiet);
  uint64_t state = 1;
  double whole_s = c.seconds; /* of this machine at this hour */
  child_free(&c);
  for (int runs = 0; done < kills && runs < 40 * kills; runs++) {
    struct stored before = look_into(store);
    struct child_wish wish = {.signal = SIGKILL, .after_s = 0.7 * whole_s * random_share(&state)};
    c = AGUANTA_AS(&wish, "sweep", SMALL, AXES, "--set", "run.window=100s", "--reps", "10", "--export", csv);
    struct stored after = look_into(store);
    char said[60];
    snprintf(said, sizeof said, "%d of 12 points are in ", before.count);
    test_check(all_kept(&before, &after), "a finished point was run again");
    bool cut = c.status == 128 + SIGKILL && !strncmp(said, c.err, strlen(c.err)); /* killed before it had said so much */
    test_check(!before.count || cut || strstr(c.err, said), "%s: %s", said, c.err);
    done += c.status == 128 + SIGKILL, partly += before.count > 0 && after.count > before.count;
    if (c.status != 128 + SIGKILL || done == kills) {
      if (done == kills && c.status == 128 + SIGKILL)
        child_free(&c), c = AGUANTA("sweep", SMALL, AXES, "--set", "run.window=100s", "--reps", "10", "--export", csv);
      test_check(same_file(quiet, csv), "after %d kills the bytes are others", done);
      finished++;
      remove_tree(store), unlink(csv);
    }
    child_free(&c);
  }
  test_check(done == kills && finished > 0 && partly > 1, "%d kills, %d finished, %d went on", done, finished, partly);
  free(quiet), free(csv), free(store);
}

static void test_interrupted(void) {
  char *csv = child_path("stop.csv"), *whole = child_path("whole.csv");
  const struct child_wish ctrl_c = {.signal = SIGINT, .after_s = 0.15};
  struct child c = AGUANTA_AS(&ctrl_c, "sweep", SMALL, AXES, "--set", "run.window=2000s", "--reps", "10", "--export", csv);
  test_check(c.status == 130 && strstr(c.err, " of 12 points are missing"), "%d %s", c.status, c.err);
  child_free(&c);
  c = AGUANTA("sweep", SMALL, AXES, "--set", "run.window=2000s", "--reps", "10", "--export", csv);
  struct child d = AGUANTA("sweep", SMALL, AXES, "--set", "run.window=2000s", "--reps", "10", "--export", whole);
  test_check(c.status == d.status && same_file(csv, whole), "Ctrl-C and once more is one run: %d %s", c.status, c.err);
  child_free(&c), child_free(&d);
  free(csv), free(whole);
}

static void damage(const char *store, const char *name, bool cut) {
  char path[400];
  snprintf(path, sizeof path, "%s/%s", store, name);
  struct stat status;
  if (stat(path, &status)) return;
  if (cut && truncate(path, status.st_size / 2)) return;
  FILE *file = fopen(path, "r+b");
  if (!file) return;
  if (!cut) fseek(file, status.st_size / 2, SEEK_SET), fputc('#', file);
  fclose(file);
}

static void test_damaged(void) {
  char *csv = child_path("dam.csv"), *good = child_path("good.csv"), *store = child_path("dam.sweep");
  struct child c = AGUANTA("sweep", SMALL, AXES, "--export", csv);
  child_free(&c);
  rename(csv, good);
  struct stored s = look_into(store);
  damage(store, s.files[0].name, true), damage(store, s.files[5].name, false);
  c = AGUANTA("sweep", SMALL, AXES, "--export", csv);
  test_check(child_count(c.err, ".point is damaged and not used\n") == 2 && strstr(c.err, s.files[0].name) &&
                 strstr(c.err, "10 of 12 points are in "),
             "%s", c.err);
  test_check(same_file(csv, good), "they are run again");
  child_free(&c);
  free(csv), free(good), free(store);
}

static void test_full_disk(void) {
  char *csv = child_path("full.csv"), *store = child_path("full.sweep");
  struct child c = AGUANTA("sweep", SMALL, AXES, "--store", store, "--where", "services.web.replicas == 2");
  test_check(c.status == 0, "four points first: %d", c.status);
  child_free(&c);
  struct stored before = look_into(store);
  c = AGUANTA_AS((&(struct child_wish){.file_bytes = 1000}), "sweep", SMALL, AXES, "--store", store);
  struct stored after = look_into(store);
  test_check(c.status == 1 && child_count(c.err, "File too large; stopped, what is finished is kept") == 1, "%d %s", c.status,
             c.err);
  test_check(before.count == 4 && after.count == 4 && all_kept(&before, &after), "what was there is there: %d", after.count);
  child_free(&c);
  c = AGUANTA("sweep", SMALL, AXES, "--store", "/proc/no.sweep", "--export", csv);
  test_check(c.status == 2 && strstr(c.err, "aguanta sweep: cannot write /proc/no.sweep: "), "%d %s", c.status, c.err);
  child_free(&c);
  free(csv), free(store);
}

/* --- parts of a sweep --------------------------------------------------------------------------------------------------------- */

static void test_where(void) {
  char *csv = child_path("where.csv"), *single = child_path("single.csv");
  struct child c =
      AGUANTA("sweep", SMALL, AXES, "--export", csv, "--where", "services.web.replicas >= 2 and traffic.users.rate < 150/s");
  char *text = test_read_file(csv);
  test_check(c.status != 4 && strstr(c.err, "aguanta sweep: --where leaves out 8 of 12 points\n") && !strstr(c.err, "missing"),
             "%d %s", c.status, c.err);
  test_check(text && child_count(text, ",requirement,p99(") == 4 && child_count(text, ",requirement,settles,") == 4 &&
                 child_count(c.out, "\n") == 5,
             "four points: %s", c.out);
  child_free(&c), free(text);
  c = AGUANTA("sweep", SMALL, AXES, "--export", csv);
  test_check(strstr(c.err, "4 of 12 points are in "), "the rest goes on from there: %s", c.err);
  child_free(&c);
  c = AGUANTA("sweep", SMALL, AXES, "--export", csv, "--where", "services.web.replicas == 3");
  struct child d = AGUANTA("sweep", SMALL, AXES, "--export", single);
  test_check(c.status == d.status && c.status != 4 && same_file(csv, single), "complete, once all are stored: %d", c.status);
  child_free(&c), child_free(&d);
  free(csv), free(single);
}

static void test_shards_and_merge(void) {
  char *stores[] = {child_path("s1"), child_path("s2"), child_path("s3")}, *single = child_path("all.csv"),
       *csv = child_path("m.csv"), *lines = child_path("all.ndjson"), *merged = child_path("m.ndjson");
  struct child c = AGUANTA("sweep", SMALL, AXES, "--export", single, "--export", lines), d;
  static const char *const shards[] = {"1/3", "2/3", "3/3"};
  int found = 0, code = c.status;
  for (int i = 0; i < 3; i++) {
    d = AGUANTA("sweep", SMALL, AXES, "--shard", shards[i], "--store", stores[i], "-q");
    struct stored s = look_into(stores[i]);
    test_check(d.status != 4 && s.count == 4 && d.out_length == 0, "shard %d: exit status %d, %d points", i, d.status, s.count);
    found += s.count;
    child_free(&d);
  }
  test_check(found == POINTS, "no point twice, none left out");
  d = AGUANTA("merge", SMALL, stores[0], stores[1], stores[2], AXES, "--export", csv, "--export", merged);
  test_check(d.status == code && same_file(single, csv) && same_file(lines, merged) && !strcmp(c.out, d.out),
             "merged is one run: %d %s", d.status, d.err);
  child_free(&c), child_free(&d);
  unlink(csv);
  d = AGUANTA("merge", SMALL, stores[0], stores[2], AXES, "--export", csv);
  test_check(d.status == 4 && !child_exists(csv) && strstr(d.err, "4 of 12 points are missing:\n  point 1  "), "%d %s", d.status,
             d.err);
  test_check(strstr(d.err, "services.web.replicas=3 traffic.users.rate=150/s\n") && child_count(d.err, "\n  point ") == 4,
             "each with its values: %s", d.err);
  child_free(&d);
  d = AGUANTA("merge", SMALL, stores[0], stores[1], stores[2], AXES, "--seed", "2", "--export", csv);
  test_check(d.status == 4 && strstr(d.err, "12 of 12 points are missing") &&
                 strstr(d.err, "s2 holds 4 points that are not of this sweep"),
             "another seed is told apart: %s", d.err);
  child_free(&d);
  for (int i = 0; i < 3; i++) free(stores[i]);
  free(single), free(csv), free(lines), free(merged);
}

/* Two files of one key that both look sound and differ: somebody changed one. */
static int is_state(const struct dirent *entry) { return child_ends(entry->d_name, ".state"); }

/* Turns one bit in the middle of every state of the store; returns how many there are. */
static int damage_states(const char *store) {
  struct dirent **entries = NULL;
  int count = scandir(store, &entries, is_state, alphasort);
  for (int i = 0; i < count; i++) {
    char path[400];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", store, entries[i]->d_name);
    FILE *file = fopen(path, "r+b");
    if (file && !stat(path, &status) && !fseek(file, status.st_size / 2, SEEK_SET)) {
      int byte = fgetc(file);
      fseek(file, status.st_size / 2, SEEK_SET);
      fputc(byte ^ 8, file);
    }
    if (file) fclose(file);
    free(entries[i]);
  }
  free(entries);
  return count;
}

/* More replications go on from the stored sums and give the bytes of a sweep that had them from the start; sums that are damaged
 * are not used. */
static void test_add_reps(void) {
  char *store = child_path("grow"), *other = child_path("five"), *grown = child_path("grown.csv"), *five = child_path("five.csv"),
       *again = child_path("again.csv");
  struct child c = AGUANTA("sweep", SMALL, AXES, "--reps", "2", "--store", store, "-q");
  child_free(&c);
  c = AGUANTA("sweep", SMALL, AXES, "--reps", "2", "--add-reps", "3", "--store", store, "--export", grown, "-q");
  child_free(&c);
  c = AGUANTA("sweep", SMALL, AXES, "--reps", "5", "--store", other, "--export", five, "-q");
  child_free(&c);
  test_check(same_file(grown, five), "two and three make five");
  test_check(damage_states(store) == 2 * POINTS, "a state of each point before and after");
  c = AGUANTA("sweep", SMALL, AXES, "--reps", "6", "--store", store, "--export", grown, "-q");
  test_check(child_count(c.err, ".state is damaged and not used\n") == POINTS, "each is named: %s", c.err);
  child_free(&c);
  c = AGUANTA("sweep", SMALL, AXES, "--reps", "5", "--add-reps", "1", "--store", other, "--export", again, "-q");
  test_check(same_file(grown, again), "damaged sums are not used: %s", c.err);
  child_free(&c);
  remove_tree(store), remove_tree(other);
  free(store), free(other), free(grown), free(five), free(again);
}

static void test_disagreement(void) {
  char *a = child_path("a.sweep"), *b = child_path("b.sweep");
  struct child c = AGUANTA("sweep", SMALL, "--vary", "run.window=20s", "--store", a);
  struct stored s = look_into(a);
  child_free(&c);
  char from[400], to[400];
  mkdir(b, 0777);
  snprintf(from, sizeof from, "%s/%s", a, s.files[0].name), snprintf(to, sizeof to, "%s/%s", b, s.files[0].name);
  char *text = test_read_file(from), *number = text ? strstr(text, "section csv") : NULL;
  if (test_check(number != NULL, "the file is there")) {
    number = strstr(number, "0.00") + 3;
    *number = *number == '9' ? '8' : '9';
    char *sum = strstr(text, "\nsum ") + 1;
    uint64_t hash = 0xCBF29CE484222325u;
    for (char *byte = text; byte < sum; byte++) hash = (hash ^ (unsigned char)*byte) * 0x100000001B3u;
    snprintf(sum, 22, "sum %016llx\n", (unsigned long long)hash);
    child_write(to, text);
    c = AGUANTA("merge", SMALL, a, b, "--vary", "run.window=20s");
    test_check(c.status == 1 && strstr(c.err, "disagree about point 0"), "%d %s", c.status, c.err);
    child_free(&c);
  }
  free(text), free(a), free(b);
}

static void test_repeat(void) {
  char *study = child_path("repeat.json"), *csv = child_path("repeat.csv"), *here = realpath(SMALL, NULL), *text = NULL;
  if (asprintf(&text,
               "{\"aguanta_study\": 1, \"scenario\": \"%s\", \"set\": {\"run.window\": \"20s\"}, "
               "\"include\": [{\"services.web.replicas\": 2}], \"repeat\": 3}",
               here) < 0)
    return;
  child_write(study, text);
  struct child c = AGUANTA("sweep", study, "--export", csv);
  char *rows = test_read_file(csv), *first = NULL;
  test_check(rows && child_begins(rows, "point,hash,services.web.replicas,repeat,scenario,") && strstr(rows, ",2,3,small,"), "%s",
             c.err);
  for (char *line = rows ? strtok(rows, "\n") : NULL; line; line = strtok(NULL, "\n")) {
    char *at = strstr(line, ",small,metric,all.latency,mean,");
    if (at && !first) first = at;
    if (at && at != first) test_check(strcmp(at, first) != 0, "repetitions are independent: %s", at);
  }
  test_check(first != NULL, "the rows are there");
  struct child run =
      AGUANTA("run", SMALL, "--set", "services.web.replicas=2", "--set", "run.window=20s", "--export", "-", "--format", "csv");
  test_check(first && strstr(run.out, first + 1), "the first repetition is the scenario itself");
  child_free(&c), child_free(&run);
  c = AGUANTA("sweep", study, "--vary", "run.seed=1,2");
  test_check(c.status == 2 && strstr(c.err, "repeats with other seeds and varies run.seed too"), "%s", c.err);
  child_free(&c);
  free(study), free(csv), free(here), free(text), free(rows);
}

static void test_dry_run(void) {
  char *csv = child_path("dry.csv"), *store = child_path("dry.sweep");
  struct child c = AGUANTA("sweep", SMALL, AXES, "--export", csv, "--dry-run", "--jobs", "2");
  /* 12 points x 5 replications x (5 s + 20 s) x a mean of 125/s */
  test_check(c.status == 0 && strstr(c.out, "12 points to run: about 187,500 requests\nestimate: "), "%d %s%s", c.status, c.out,
             c.err);
  test_check(child_ends(c.out, " on 2 threads, from a pilot of point 0\n") && child_count(c.out, " to run   services.") == POINTS,
             "%s", c.out);
  test_check(!child_exists(csv) && !child_exists(store), "nothing is written");
  child_free(&c);
  c = AGUANTA("sweep", SMALL, AXES, "--export", csv, "--shard", "1/2");
  child_free(&c);
  c = AGUANTA("sweep", SMALL, AXES, "--export", csv, "--dry-run", "--where", "services.web.replicas < 3");
  test_check(child_count(c.out, " stored ") == 6 && child_count(c.out, " to run ") == 4 && child_count(c.out, " left out ") == 2 &&
                 strstr(c.out, "\n4 points to run: about "),
             "%s", c.out);
  child_free(&c);
  free(csv), free(store);
}

/* --- printed jobs ------------------------------------------------------------------------------------------------------------- */

/* Everything that a shell, parallel or Kubernetes might take for its own. */
#define NASTY "it's $(touch pwned) `x` $HOME {} {1} \"q\"\n# \\ %s !"

/* A program in the place of aguanta that prints its words, one a line between brackets. */
static char *words_printer(void) {
  char *path = child_path("words");
  child_write(path, "#!/bin/sh\nfor w in \"$@\"; do printf '[%s]\\n' \"$w\"; done\n");
  chmod(path, 0755);
  return path;
}

static char *emitted(const char *format, const char *store) {
  struct child c = AGUANTA("sweep", SMALL, "--vary", "run.window=20s,30s", "--seed", NASTY, "--store", store, "--emit", format,
                           "--shards", "2", "--export", "an answer.csv");
  test_check(c.status == 0 && c.err_length == 0, "%s: %d %s", format, c.status, c.err);
  char *out = c.out;
  c.out = NULL;
  child_free(&c);
  return out;
}

static struct child run_script(const char *text, const char *environment, const char *argument, const char *more) {
  char *path = child_path("job.sh"), *printer = words_printer(), *line = NULL;
  child_write(path, text);
  if (asprintf(&line, "AGUANTA='%s' %s exec sh '%s' %s %s", printer, environment, path, argument, more) < 0) abort();
  struct child syntax = child_run(&(struct child_wish){0}, (const char *const[]){"sh", "-n", path, NULL});
  test_check(syntax.status == 0, "sh -n: %s", syntax.err);
  child_free(&syntax);
  struct child c = child_run(&(struct child_wish){0}, (const char *const[]){"sh", "-c", line, NULL});
  free(path), free(printer), free(line);
  return c;
}

#define SHARD_2                                                                                                                    \
  "[sweep]\n[--vary]\n[run.window=20s,30s]\n[--seed]\n[" NASTY "]\n[--store]\n[" NASTY "]\n[--shard]\n[2/2]\n[--jobs]\n[1]\n"      \
  "[--quiet]\n[--]\n[" SMALL "]\n"
#define MERGE                                                                                                                      \
  "[merge]\n[--vary]\n[run.window=20s,30s]\n[--seed]\n[" NASTY "]\n[--export]\n[an answer.csv]\n[--]\n[" SMALL "]\n[" NASTY "]\n"

static void expect_words(struct child c, const char *words, const char *what) {
  test_check(c.status == 0 && !strcmp(c.out, words), "%s: %d\n%s%s", what, c.status, c.out, c.err);
  child_free(&c);
}

static void test_emit_slurm(void) {
  char *job = emitted("slurm", NASTY);
  test_check(child_begins(job, "#!/bin/sh\n#SBATCH --job-name=small\n#SBATCH --array=1-2\n"), "%s", job);
  expect_words(run_script(job, "SLURM_ARRAY_TASK_ID=2", "", ""), SHARD_2, "a task");
  expect_words(run_script(job, "", "merge", ""), MERGE, "merge");
  free(job);
}

static void test_emit_parallel(void) {
  char *job = emitted("parallel", NASTY);
  expect_words(run_script(job, "", "shard", "2"), SHARD_2, "a shard");
  struct child there = child_run(&(struct child_wish){0}, (const char *const[]){"parallel", "--version", NULL});
  if (there.status == 0) {
    free(job);
    char *store = child_path("par.sweep");
    job = emitted("parallel", store);
    struct child c = run_script(job, "", "--jobs", "1");
    test_check(c.status == 0 && strstr(c.out, "[1/2]") && strstr(c.out, "[2/2]") && strstr(c.out, "[merge]"), "%d %s%s", c.status,
               c.out, c.err);
    child_free(&c);
    free(store);
  }
  child_free(&there);
  free(job);
}

/* The argument is a JSON string on one line; Kubernetes makes one $ of two. */
static char *kubernetes_argument(const char *job) {
  struct arena *arena = arena_new();
  const char *line = strstr(job, "            - \""), *text = NULL;
  if (line) {
    line += strlen("            - ");
    text = json_text(json_read_text(arena, diagnostics_new(arena), "argument", line, strcspn(line, "\n")));
  }
  char *copy = strdup(text ? text : ""), *to = copy;
  for (const char *from = copy; *from; from++) {
    if (from[0] == '$' && from[1] == '$') from++;
    *to++ = *from;
  }
  *to = 0;
  arena_free(arena);
  return copy;
}

static void test_emit_k8s(void) {
  char *job = emitted("k8s", NASTY), *script = kubernetes_argument(job);
  expect_words(run_script(script, "JOB_COMPLETION_INDEX=1", "", ""), SHARD_2, "a pod");
  test_check(strstr(job, "\n  completionMode: Indexed\n  completions: 2\n") && strstr(job, "\n  name: small\n"), "%s", job);
  for (const char *c = job; *c; c++)
    test_check(*c == '\n' || (*c >= ' ' && *c <= '~'), "byte %d cannot end a comment or a string", *c);
  int bad = 0;
  char *copy = strdup(job);
  for (char *l = strtok(copy, "\n"); l; l = strtok(NULL, "\n")) {
    const char *at = l + strspn(l, " -");
    bad += !(*l == '#' || strchr(at, ':') || *at == '"');
  }
  test_check(bad == 0, "%d lines are neither comment, key nor string:\n%s", bad, job);
  free(copy), free(job), free(script);
}

static void test_emit_sizes(void) {
  struct child c = AGUANTA("sweep", SMALL, AXES, "--emit", "slurm");
  test_check(c.status == 0 && strstr(c.out, "--array=1-1\n"), "less than 10 s of work is one shard: %s", c.out);
  child_free(&c);
  c = AGUANTA("sweep", SMALL, "--vary", "traffic.users.rate=1/s..40/s:40", "--set", "run.window=300h", "--reps", "100", "--emit",
              "slurm");
  const char *array = strstr(c.out, "--array=1-");
  test_check(array && atoi(array + 10) == 40 && strstr(c.out, "#SBATCH --time="), "hours of work: a shard a point at most: %s",
             c.out);
  child_free(&c);
}

/* The real thing takes half a minute and packages of the system: only when asked for. */
static void test_slurm(void) {
  const struct child_wish wish = {.limit_s = 550};
  struct child syntax = child_run(&wish, (const char *const[]){"sh", "-n", "tests/slurm/run.sh", NULL});
  test_check(syntax.status == 0, "%s", syntax.err);
  child_free(&syntax);
  if (!getenv("AGUANTA_LONG") && !getenv("AGUANTA_SLURM")) return;
  struct child c = child_run(&wish, (const char *const[]){"tests/slurm/run.sh", child_aguanta(), NULL});
  printf("%s", c.out);
  test_check(c.status == 0 || c.status == 77, "exit status %d\n%s%s", c.status, c.out, c.err);
  child_free(&c);
}

/* One row takes 377 votes a second of 600: with one no request is answered in time, which is a cross and a title, not a gap. */
static void test_picture(void) {
  char *lines = child_path("sweep.ndjson"), *picture = child_path("sweep.svg");
  struct child c = AGUANTA("sweep", "scenarios/ideas/hot-row.json", "--vary", "keys.counter.of=1,8", "--set", "run.warmup=20s",
                           "-q", "--reps", "8", "--export", lines);
  test_check(c.status == 99, "exit status %d\n%s", c.status, c.err);
  child_free(&c);
  c = AGUANTA("plot", lines, "--kind", "sweep", "-o", picture);
  test_check(c.status == 0, "exit status %d\n%s", c.status, c.err);
  child_free(&c);
  char *drawn = test_read_file(picture);
  test_check(drawn && strstr(drawn, "vote: p99 is least at 8, ") && strstr(drawn, "; at 1 no request is answered"), "%s",
             drawn ? drawn : "no picture");
  test_check(drawn && strstr(drawn, "a cross: no request is answered") && !strstr(drawn, "dots: "), "%s",
             drawn ? drawn : "no picture");
  free(drawn);
  c = AGUANTA("plot", lines, "--kind", "sweep", "--endpoint", "look", "-o", picture);
  drawn = test_read_file(picture);
  test_check(c.status == 0 && drawn && strstr(drawn, "look: p99 is least at 8, "), "exit status %d\n%s", c.status, drawn);
  child_free(&c);
  free(drawn), free(lines), free(picture);
}

static const struct test_case cases[] = {{"bad_studies", test_bad_studies},
                                         {"validate", test_validate},
                                         {"mistyped", test_mistyped},
                                         {"threads_and_store", test_threads_and_store},
                                         {"kill_and_resume", test_kill_and_resume},
                                         {"interrupted", test_interrupted},
                                         {"damaged", test_damaged},
                                         {"full_disk", test_full_disk},
                                         {"where", test_where},
                                         {"shards_and_merge", test_shards_and_merge},
                                         {"add_reps", test_add_reps},
                                         {"disagreement", test_disagreement},
                                         {"repeat", test_repeat},
                                         {"dry_run", test_dry_run},
                                         {"emit_slurm", test_emit_slurm},
                                         {"emit_parallel", test_emit_parallel},
                                         {"emit_k8s", test_emit_k8s},
                                         {"emit_sizes", test_emit_sizes},
                                         {"slurm", test_slurm},
                                         {"picture", test_picture},
                                         {0}};
const struct test_suite suite_cli_sweep = {"cli_sweep", cases};
