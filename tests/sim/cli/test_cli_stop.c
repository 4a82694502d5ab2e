/* Unwanted ends: Ctrl-C, a full disk, a pipe that closes. What was there before stays, what is printed is marked. */
#include "tests/command.h"
#include "tests/suite.h"
#include <ctype.h>
#include <dirent.h>

#define SMALL "tests/cli/small.json"
#define LONG  SMALL, "--reps", "20000", "--jobs", "2"

static const struct child_wish ctrl_c = {.signal = SIGINT, .after_s = 0.5};

static void test_interrupt(void) {
  char *json = child_path("i.json"), *csv = child_path("i.csv"), *md = child_path("i.md");
  struct child c = AGUANTA_AS(&ctrl_c, "run", LONG, "--export", json, "--export", csv, "--export", md);
  test_check(c.status == 130 && c.seconds < 10, "exit status %d after %.1f s", c.status, c.seconds);
  test_check(strstr(c.out, "interrupted") && strstr(c.out, "LATENCY") && child_begins(child_last_line(c.out), "verdict: "),
             "the report: %s", c.out);
  char *texts[] = {test_read_file(json), test_read_file(csv), test_read_file(md)};
  test_check(texts[0] && strstr(texts[0], "\"interrupted\": true"), "the JSON is marked");
  test_check(texts[0] && !strstr(texts[0], "\"replications\": 20000,\n  \"requests\""), "it tells how many were done");
  test_check(texts[1] && strstr(texts[1], "interrupted"), "the CSV is marked");
  test_check(texts[2] && strstr(texts[2], "interrupted"), "the Markdown is marked");
  for (int i = 0; i < 3; i++) free(texts[i]);
  free(json), free(csv), free(md);
  child_free(&c);
}

static void test_interrupt_export_fails(void) {
  char *full = child_path("full.json"); /* what is full is known once it is written to */
  test_check(!symlink("/dev/full", full), "a link");
  struct child c = AGUANTA_AS(&ctrl_c, "run", LONG, "--export", full);
  test_check(strstr(c.err, "full.json: No space left on device") && child_begins(child_last_line(c.out), "verdict: "),
             "an export that fails costs only itself: what was simulated is still printed\n%s%s", c.out, c.err);
  child_free(&c), free(full);
}

static void test_terminate(void) {
  struct child c = AGUANTA_AS((&(struct child_wish){.signal = SIGTERM, .after_s = 0.5}), "run", LONG);
  test_check(c.status == 143 && strstr(c.out, "interrupted"), "SIGTERM: exit status %d", c.status);
  child_free(&c);
}

#define ENDLESS "--set", "run.window=20000h"

/* In the middle of a replication, of the search for the warm-up, of a batch, of years of faults; of one point and of one system.
 * What was not finished is dropped, and the rest is printed. */
static void test_interrupt_within(void) {
  static const struct child_wish soon = {.signal = SIGINT, .after_s = 0.25};
  static const struct {
    const char *words[12], *last;
  } rows[] = {{{"run", SMALL, ENDLESS, "--reps", "1"}, "verdict: INTERRUPTED"},
              {{"run", SMALL, ENDLESS, "--set", "run.warmup=auto"}, "verdict: INTERRUPTED"},
              {{"run", SMALL, ENDLESS, "--set", "run.method=batches"}, "verdict: INTERRUPTED"},
              {{"run", "tests/cli/many-outages.json", "--set", "run.years=1600000"}, "verdict: INTERRUPTED"},
              {{"sweep", SMALL, ENDLESS, "--vary", "services.web.replicas=1,2"}, NULL},
              {{"compare", SMALL, "tests/cli/slower.json", ENDLESS}, "verdict: INTERRUPTED"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *words[16] = {child_aguanta()};
    memcpy(words + 1, rows[i].words, sizeof rows[i].words);
    struct child c = child_run(&soon, words);
    test_check(c.status == 130 && c.seconds < 2, "row %zu: exit status %d after %.1f s", i, c.status, c.seconds);
    test_check(!rows[i].last || strstr(child_last_line(c.out), rows[i].last), "row %zu: %s", i, c.out);
    test_check(child_count(c.err, "\n") == 2 + !rows[i].last && strstr(c.err, "aguanta: interrupted"), "row %zu: %s", i, c.err);
    child_free(&c);
  }
}

static void test_second_interrupt(void) {
  char *json = child_path("second.json");
  struct child c = AGUANTA_AS((&(struct child_wish){.signal = SIGINT, .again = SIGTERM, .after_s = 0.25}), "run", SMALL, ENDLESS,
                              "--reps", "1", "--export", json);
  test_check((c.status == 130 || c.status == 143) && c.seconds < 2, "exit status %d after %.1f s", c.status, c.seconds);
  test_check(c.out_length == 0 && !child_exists(json), "nothing is printed or written: %s", c.out);
  free(json);
  child_free(&c);
}

/* Whether a process has the word in its command line. */
static bool is_running(const char *word) {
  bool found = false;
  DIR *processes = opendir("/proc");
  for (struct dirent *entry; processes && (entry = readdir(processes)) && !found;) {
    char path[300], line[300] = "";
    snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
    FILE *file = isdigit((unsigned char)entry->d_name[0]) ? fopen(path, "r") : NULL;
    if (!file) continue;
    size_t length = fread(line, 1, sizeof line - 1, file);
    for (size_t i = 0; i < length; i += strlen(line + i) + 1) found |= !strcmp(line + i, word);
    fclose(file);
  }
  if (processes) closedir(processes);
  return found;
}

/* A gnuplot that never ends goes with the program, and so does its folder. */
static void test_interrupt_plot(void) {
  char *result = child_path("plot.json"), *picture = child_path("plot.svg"), *folder = child_path("bin"),
       *scratch = child_path("tmp"), *program = child_path("bin/gnuplot"), script[400], path[400], sleeper[40];
  mkdir(folder, 0777), mkdir(scratch, 0777);
  snprintf(sleeper, sizeof sleeper, "50.%d", (int)getpid()); /* it may write nowhere: it is known by how long it sleeps */
  snprintf(script, sizeof script, "#!/bin/sh\ntouch picture\nexec sleep %s\n", sleeper);
  child_write(program, script);
  chmod(program, 0755);
  snprintf(path, sizeof path, "PATH=%s:/usr/bin:/bin", folder);
  struct child run = AGUANTA("run", SMALL, "-q", "--export", result);
  child_free(&run);
  setenv("TMPDIR", scratch, 1);
  struct child c = AGUANTA_AS((&(struct child_wish){.signal = SIGINT, .after_s = 0.4, .environment = path}), "plot", result,
                              "--kind", "latency", "-o", picture);
  unsetenv("TMPDIR");
  test_check(c.status == 130 && c.seconds < 2, "exit status %d after %.1f s: %s", c.status, c.seconds, c.err);
  test_check(!is_running(sleeper), "gnuplot lives");
  test_check(!rmdir(scratch), "its folder stays");
  test_check(!child_exists(picture), "a picture");
  free(result), free(picture), free(folder), free(scratch), free(program);
  child_free(&c);
}

/* Progress of a replication that takes longer than two seconds: a share and the time left. */
static void test_progress_within(void) {
  struct child c = AGUANTA_AS((&(struct child_wish){.signal = SIGINT, .after_s = 2.6}), "run", SMALL, ENDLESS, "--reps", "2");
  test_check(strstr(c.err, "0% of 2 replications, about ") && strstr(c.err, " s left\n"), "%s", c.err);
  child_free(&c);
}

static void test_interrupt_check(void) {
  struct child c = AGUANTA_AS(&ctrl_c, "check", LONG, "tests/cli/nowhere.json");
  test_check(c.status == 130 && strstr(child_last_line(c.out), "interrupted"), "%d %s", c.status, c.out);
  test_check(child_count(c.err, "\n") == 2 && strstr(c.err, "interrupted"), "the next file is not begun: %s", c.err);
  child_free(&c);
}

static void test_interrupt_sweep(void) {
  char *csv = child_path("sweep.csv");
  struct child c = AGUANTA_AS(&ctrl_c, "sweep", SMALL, "--vary", "services.web.replicas=1,2,3,4,5,6,7,8,9,10", "--set",
                              "run.window=1h", "--reps", "20", "--export", csv);
  char *text = test_read_file(csv);
  test_check(c.status == 130, "exit status %d: %s", c.status, c.err);
  test_check(child_count(c.out, "\n") < 11, "not all points");
  test_check(text && (child_begins(text, "point,hash,services.web.replicas,scenario,") || child_count(c.out, "\n") == 1),
             "the finished rows are written");
  test_check(text && child_count(text, ",claim,") == child_count(c.out, "\n") - 1, "as many points as were shown");
  free(text), free(csv);
  child_free(&c);
}

/* --- full disk ---------------------------------------------------------------------------------------------------------------- */

static void expect_full(struct child c, const char *what) {
  test_check(c.status == 1, "%s: exit status %d", what, c.status);
  test_check(strstr(c.err, "No space left on device") || strstr(c.err, "File too large"), "%s: %s", what, c.err);
  test_check(child_count(c.err, "\n") == 1, "%s: told once: %s", what, c.err);
  child_free(&c);
}

static const struct child_wish full = {.stdout_path = "/dev/full"};

static void test_full_stdout(void) {
  expect_full(AGUANTA_AS(&full, "run", SMALL), "run");
  expect_full(AGUANTA_AS(&full, "run", SMALL, "--export", "-", "--format", "json"), "run --export -");
  expect_full(AGUANTA_AS(&full, "check", SMALL), "check");
  expect_full(AGUANTA_AS(&full, "sweep", SMALL, "--vary", "services.web.replicas=1"), "sweep");
  expect_full(AGUANTA_AS(&full, "sweep", SMALL, "--vary", "services.web.replicas=1", "--export", "-", "--format", "csv"),
              "sweep --export -");
  expect_full(AGUANTA_AS(&full, "schema"), "schema");
  expect_full(AGUANTA_AS(&full, "explain", "run"), "explain");
  expect_full(AGUANTA_AS(&full, "help"), "help");
  expect_full(AGUANTA_AS(&full, "--version"), "--version");
  expect_full(AGUANTA_AS(&full, "validate", SMALL), "validate");
}

static int files_in_scratch(void) {
  struct child c = child_run(&(struct child_wish){0}, (const char *const[]){"ls", "-A", child_directory, NULL});
  int count = child_count(c.out, "\n");
  child_free(&c);
  return count;
}

static void test_full_export(void) {
  char *device = child_path("device.json"), *old = child_path("old.json");
  if (symlink("/dev/full", device)) return;
  expect_full(AGUANTA("run", SMALL, "-q", "--export", device), "--export to /dev/full");
  child_write(old, "the old result\n");
  int before = files_in_scratch();
  expect_full(AGUANTA_AS((&(struct child_wish){.file_bytes = 100}), "run", SMALL, "-q", "--export", old),
              "a file that cannot grow");
  char *text = test_read_file(old);
  test_check(text && !strcmp(text, "the old result\n"), "the old file is kept: %s", text ? text : "gone");
  test_check(files_in_scratch() == before, "no temporary file is left");
  free(text), free(device), free(old);
}

/* What a sweep that was killed left in its store goes when the store is used again, and nothing else does. */
static void test_store_is_tidied(void) {
  char host[64] = "", name[5][160], *store = child_path("tidy");
  gethostname(host, sizeof host - 1);
  for (char *h = host; *h; h++)
    if (!isalnum((unsigned char)*h)) *h = '-';
  mkdir(store, 0777);
  snprintf(name[0], sizeof name[0], "%s/0.point.%s.99999999-0.tmp", store, host);          /* of a process that is gone */
  snprintf(name[1], sizeof name[1], "%s/0.state.elsewhere.7-99.tmp", store);               /* older than a day */
  snprintf(name[2], sizeof name[2], "%s/0.state.elsewhere.8-1.tmp", store);                /* may be being written */
  snprintf(name[3], sizeof name[3], "%s/0.point.%s.%d-0.tmp", store, host, (int)getpid()); /* is being written */
  snprintf(name[4], sizeof name[4], "%s/notes.tmp", store);
  for (int i = 0; i < 5; i++) child_write(name[i], "half");
  struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
  utimensat(AT_FDCWD, name[1], old, 0);
  struct child c = AGUANTA("sweep", SMALL, "--vary", "services.web.replicas=1", "--reps", "2", "--store", store);
  for (int i = 0; i < 5; i++) test_check(child_exists(name[i]) == (i > 1), "%s", name[i]);
  child_free(&c);
  c = AGUANTA_AS((&(struct child_wish){.file_bytes = 100}), "sweep", SMALL, "--vary", "services.web.replicas=2", "--reps", "2",
                 "--store", store);
  test_check(c.status == 1 && strstr(c.err, "File too large"), "a store that cannot grow: %d %s", c.status, c.err);
  child_free(&c);
  c = child_run(&(struct child_wish){0}, (const char *const[]){"ls", "-A", store, NULL});
  test_check(child_count(c.out, ".tmp\n") == 3, "a temporary file is left: %s", c.out);
  child_free(&c);
  free(store);
}

static void test_unwritable(void) {
  struct child c = AGUANTA("run", SMALL, "-q", "--export", "/nowhere/x.json");
  test_check(c.status == 2 && !c.out_length &&
                 !strcmp(c.err, "aguanta run: cannot write /nowhere/x.json: No such file or directory\n"),
             "%d %s", c.status, c.err);
  child_free(&c);
  c = AGUANTA("run", SMALL, "-q", "--timing", "/nowhere/x.json");
  test_check(c.status == 2 && !c.out_length && strstr(c.err, "cannot write /nowhere/x.json"), "--timing: %d %s%s", c.status, c.out,
             c.err);
  child_free(&c);
  char *folder = child_path("folder.json");
  mkdir(folder, 0777);
  c = AGUANTA("run", SMALL, "-q", "--export", folder);
  test_check(c.status == 2 && strstr(c.err, "Is a directory"), "a directory: %d %s", c.status, c.err);
  child_free(&c);
  free(folder);
}

static void test_replaced(void) {
  char *file = child_path("mode.csv");
  struct stat status;
  child_write(file, "old");
  chmod(file, 0640);
  struct child c = AGUANTA("run", SMALL, "-q", "--export", file);
  char *text = test_read_file(file);
  test_check(c.status == 0 && text && child_begins(text, "scenario,kind,"), "replaced");
  test_check(!stat(file, &status) && (status.st_mode & 0777) == 0640, "with its permissions: %o", status.st_mode & 0777);
  free(text), free(file);
  child_free(&c);
}

/* --- a pipe whose reader leaves ----------------------------------------------------------------------------------------------- */

static void test_closed_pipe(void) {
  const struct child_wish leaves = {.reader_leaves = true};
  for (int i = 0; i < 3; i++) {
    struct child c =
        i == 0   ? AGUANTA_AS(&leaves, "schema")
        : i == 1 ? AGUANTA_AS(&leaves, "sweep", SMALL, "--progress", "never", "--vary", "services.web.replicas=1,2,3,4,5")
                 : AGUANTA_AS(&leaves, "run", "scenarios/platform/compose.json", "--progress", "never", "--set", "run.window=20s",
                              "--set", "run.warmup=5s", "--set", "run.windows=1000", "--export", "-", "--format", "json");
    test_check(c.err_length == 0, "it ends quietly: %s", c.err);
    test_check(c.status == 128 + SIGPIPE || c.status == 0, "exit status %d", c.status);
    test_check(c.seconds < 20, "and at once: %.1f s", c.seconds);
    child_free(&c);
  }
}

static const struct test_case cases[] = {{"interrupt", test_interrupt},
                                         {"interrupt_export_fails", test_interrupt_export_fails},
                                         {"terminate", test_terminate},
                                         {"second_interrupt", test_second_interrupt},
                                         {"interrupt_within", test_interrupt_within},
                                         {"interrupt_plot", test_interrupt_plot},
                                         {"progress_within", test_progress_within},
                                         {"store_is_tidied", test_store_is_tidied},
                                         {"interrupt_check", test_interrupt_check},
                                         {"interrupt_sweep", test_interrupt_sweep},
                                         {"full_stdout", test_full_stdout},
                                         {"full_export", test_full_export},
                                         {"unwritable", test_unwritable},
                                         {"replaced", test_replaced},
                                         {"closed_pipe", test_closed_pipe},
                                         {0}};
const struct test_suite suite_cli_stop = {"cli_stop", cases};
