/* Recordings of real systems (tests/real): what is read from them, by hand; each of them once, with few requests; bad ones. */
#include "sim/engine/arena.h"
#include "tests/real/real.h"
#include "tests/suite.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void put(const char *folder, const char *name, const char *text) {
  char path[300];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *out = fopen(path, "wb");
  if (!test_check(out != NULL, "%s cannot be written", path)) return;
  fputs(text, out);
  fclose(out);
}

static const char scenario_text[] = "{ \"aguanta\": 1, \"name\": \"r\", /* M/D/1 */ \"traffic\": { \"web\": { \"kind\": \"open\", "
                                    "\"rate\": \"1/s\", \"mix\": { \"p\": 1 } } },"
                                    "\"endpoints\": { \"p\": { \"entry\": \"app\", \"steps\": [ { \"cpu\": \"10ms\" } ] } }, "
                                    "\"services\": { \"app\": { \"kind\": \"app\", "
                                    "\"threads\": 4 } }, \"platform\": { \"kind\": \"static\", \"nodes\": { \"n\": { \"cpu\": 4 } "
                                    "} }, \"run\": { \"warmup\": \"1s\", "
                                    "\"window\": \"20s\", \"replications\": 2, \"settles\": false }, \"x-real\": { \"parameters\": "
                                    "{ \"t\": \"services.app.threads\" } } }";

/* A folder with a scenario "r" and whatever else. */
struct corner {
  char folder[40];
  struct arena *arena;
  struct real real;
};

static void corner_open(struct corner *k) {
  strcpy(k->folder, "/tmp/real-test-XXXXXX");
  test_check(mkdtemp(k->folder) != NULL, "no folder");
  k->arena = arena_new();
  put(k->folder, "r.scenario.jsonc", scenario_text);
}

static struct real *corner_read(struct corner *k) {
  real_open(&k->real, k->arena, &(struct real_options){.folder = k->folder, .threads = 1});
  return &k->real;
}

static void corner_close(struct corner *k) {
  char command[100];
  snprintf(command, sizeof command, "rm -r %s", k->folder);
  test_check(system(command) == 0, "%s stays", k->folder);
  arena_free(k->arena);
}

/* --- by hand ------------------------------------------------------------------------------------------------------------------- */

/* Repetitions of 1 and 3 ms and one of 100 ms that was not accepted: 2 ms, spread (3 - 1) / 2. A summary alone is as it says. */
static void test_numbers(void) {
  struct corner k;
  corner_open(&k);
  put(k.folder, "r.json",
      "{\"parameters\": {\"t\": 4}, \"points\": [{\"fraction\": 0.3, \"nominal_rate\": 50, \"reps\": ["
      "{\"latency_ms\": {\"mean\": 1}, \"cpu_ms_per_request\": {\"app\": 10}}, {\"latency_ms\": {\"mean\": 3}, \"accepted\": "
      "true}, "
      "{\"latency_ms\": {\"mean\": 100}, \"accepted\": false}]}, {\"rate\": 7, \"summary\": {\"latency_ms\": {\"p99\": 5}, "
      "\"spread_percent\": {\"p99\": 12}, \"hit_rate\": 0.5}}], \"saturation\": {\"closed_users\": 4, \"throughput\": 300}}");
  const struct real *r = corner_read(&k);
  if (test_check(r->fault_count == 0 && r->recording_count == 1, "%u faults: %s", r->fault_count,
                 r->fault_count ? r->faults[0] : "")) {
    const struct real_part *part = &r->recordings[0].parts[0];
    const struct real_point *a = &part->points[0], *b = &part->points[1], *c = &part->points[2];
    test_check(part->point_count == 3 && a->rate == 50 && !strcmp(a->label, "0.3") && b->rate == 7 && c->users == 4, "points");
    test_check(fabs(a->latency[REAL_MEAN].value - 0.002) < 1e-12 && a->latency[REAL_MEAN].spread == 1 &&
                   a->latency[REAL_MEAN].n == 2,
               "mean %g, spread %g of %u", a->latency[REAL_MEAN].value, a->latency[REAL_MEAN].spread, a->latency[REAL_MEAN].n);
    test_check(a->service_count == 1 && fabs(a->cpu[0].value - 0.01) < 1e-12 && isnan(a->latency[REAL_P99].value), "CPU");
    test_check(fabs(b->latency[REAL_P99].value - 0.005) < 1e-12 && fabs(b->latency[REAL_P99].spread - 0.12) < 1e-12 &&
                   b->hit_rate.value == 0.5,
               "summary");
    test_check(c->throughput.value == 300 && isnan(c->rate), "closed run");
  }
  corner_close(&k);
}

/* Closed users who never wait: 4 threads on 4 cores of 10 ms each are 400 a second, with one thread 100: a change of -75%. At 50 a
 * second on four cores nobody waits to speak of: 10 ms. */
static void test_rows(void) {
  struct corner k;
  corner_open(&k);
  put(k.folder, "r.json",
      "{\"parameters\": {\"t\": 4}, \"points\": [{\"rate\": 5, \"summary\": {\"latency_ms\": {\"mean\": 10}}}], \"saturation\": "
      "{\"users\": 4, \"throughput\": 380}, \"what_if\": [{\"parameters\": {\"t\": 1}, \"users\": 4, \"throughput\": 90}]}");
  struct real *r = corner_read(&k);
  real_run(r);
  const struct real_row *mean = NULL, *all = NULL, *one = NULL, *change = NULL;
  for (uint32_t i = 0; i < r->row_count; i++) {
    const struct real_row *row = &r->rows[i];
    if (!strcmp(row->measure, "mean")) mean = row;
    if (!strcmp(row->measure, "throughput") && !strcmp(row->recording, "r")) all = row;
    if (!strcmp(row->measure, "throughput") && !strcmp(row->recording, "r t=1")) one = row;
    if (!strcmp(row->measure, "change of throughput")) change = row;
  }
  if (test_check(mean && all && one && change && !r->fault_count, "%u rows, %u faults", r->row_count, r->fault_count)) {
    test_check(fabs(mean->predicted - 0.01) < 1e-4 && mean->within && mean->goal, "mean %g", mean->predicted);
    test_check(fabs(all->predicted - 400) < 1 && fabs(all->error - (400. / 380 - 1)) < 0.01 && !all->within, "%g", all->predicted);
    test_check(fabs(one->predicted - 100) < 1, "one thread %g", one->predicted);
    test_check(fabs(change->predicted + 0.75) < 0.01 && fabs(change->measured.value - (90. / 380 - 1)) < 1e-9 && change->within,
               "change %g", change->predicted);
  }
  test_check(!real_good(r), "380 instead of 400 is more than 3%% off");
  corner_close(&k);
}

static void test_bounds(void) {
  struct real_row row = {.measured = {10, 0.2, 2}, .predicted = 12.9, .unit = REAL_MS};
  real_judge(&row, 0.1, true); /* 29% off; 1.5 spreads are 30% */
  test_check(row.within && fabs(row.error - 0.29) < 1e-9 && fabs(row.limit - 0.3) < 1e-9, "error %g, limit %g", row.error,
             row.limit);
  row.predicted = 6.9; /* 31% off */
  real_judge(&row, 0.1, true);
  test_check(!row.within, "31%% are within %g", row.limit);
  row = (struct real_row){.measured = {0.5, NAN, 1}, .predicted = 0.54, .unit = REAL_RATIO};
  real_judge(&row, 0.03, true); /* four points */
  test_check(!row.within && fabs(row.error - 0.04) < 1e-9, "points %g", row.error);
}

/* 10 ms are predicted. At 5/s 9.5 ms were measured, 5.3% off: within 10%, but more than the median of 4%. At 6/s 9 ms, 11% off, are
 * within 1.5 times a spread of 10% only. The median is (5.3 + 11.1) / 2 = 8.2%. What is missed comes before what is kept. */
static void test_page(void) {
  struct corner k;
  corner_open(&k);
  put(k.folder, "r.json",
      "{\"parameters\": {\"t\": 4}, \"points\": [{\"rate\": 5, \"summary\": {\"latency_ms\": {\"mean\": 9.5}}},"
      "{\"rate\": 6, \"summary\": {\"latency_ms\": {\"mean\": 9}, \"spread_percent\": {\"mean\": 10}}}]}");
  struct real *r = corner_read(&k);
  test_check(!real_run(r), "a median of 8.2%% is kept");
  char *text = NULL;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  real_markdown(r, out, "Today"), fclose(out);
  const char *first =
      "Today.\n\nMISSED: the mean at loads that nothing was fitted to is off by 8.2% in the median, and the goal is 4%.\n"
      "`make real` therefore fails.\nOf 2 rows that are goals 2 are kept, 1 of these only because";
  test_check(!strncmp(text, first, strlen(first)), "%s", text);
  free(text);
  corner_close(&k);
}

/* The same seconds as a list of objects and as lists; two runs: 2 and 4 answers are 3, spread (4 - 2) / 3. */
static void test_seconds(void) {
  static const char *const forms[] = {
      "[{\"t\": 0, \"offered\": 5, \"ok\": %s}, {\"t\": 1, \"offered\": 6, \"ok\": 6, \"timeouts\": 1}]",
      "{\"offered\": [5, 6], \"ok\": [%s, 6], \"timeouts\": [0, 1]}"};
  for (int form = 0; form < 2; form++) {
    struct corner k;
    corner_open(&k);
    char one[200], two[200], text[700];
    snprintf(one, sizeof one, forms[form], "2"), snprintf(two, sizeof two, forms[form], "4");
    snprintf(text, sizeof text,
             "{\"parameters\": {\"phases\": \"5:1,6:1\"}, \"runs\": [{\"per_second\": %s}, {\"per_second\": %s}]}", one, two);
    put(k.folder, "r.json", text);
    const struct real *r = corner_read(&k);
    if (test_check(r->recording_count == 1, "form %d: %s", form, r->fault_count ? r->faults[0] : "nothing")) {
      const struct real_seconds *s = r->recordings[0].seconds;
      test_check(s->count == 2 && s->runs == 2 && s->ok[0] == 3 && s->ok[1] == 6 && s->offered[1] == 6 && s->timeouts[1] == 1 &&
                     !s->sent,
                 "form %d: %u seconds of %u runs, %g", form, s->count, s->runs, s->ok[0]);
      test_check(fabs(s->ok_spread[0] - 2. / 3) < 1e-12, "spread %g", s->ok_spread[0]);
    }
    corner_close(&k);
  }
}

/* --- bad ones -------------------------------------------------------------------------------------------------------------------- */

static void test_garbled(void) {
  static const char *const texts[] = {"{",
                                      "[]",
                                      "{}",
                                      "",
                                      "{\"points\": [{}]}",
                                      "{\"points\": [{\"nominal_rate\": -3}]}",
                                      "{\"runs\": []}",
                                      "{\"runs\": [{\"per_second\": [{\"t\": 0}]}]}",
                                      "{\"runs\": [{\"per_second\": [{\"ok\": 1}]}], \"parameters\": {\"phases\": \"x\"}}"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct corner k;
    corner_open(&k);
    put(k.folder, "r.json", texts[i]);
    struct real *r = corner_read(&k);
    test_check(!real_run(r) && r->fault_count > 0 && strstr(r->faults[0], "r.json"), "%s: %u faults", texts[i], r->fault_count);
    corner_close(&k);
  }
  struct corner k;
  corner_open(&k);
  put(k.folder, "other.json", "{\"points\": [{\"rate\": 3}]}");
  const struct real *r = corner_read(&k);
  test_check(r->fault_count == 1 && strstr(r->faults[0], "other.json") && strstr(r->faults[0], "scenario"), "no scenario");
  corner_close(&k);
}

/* --- ours ------------------------------------------------------------------------------------------------------------------------ */

static void test_ours(void) {
  struct arena *arena = arena_new();
  struct real r;
  real_open(&r, arena, &(struct real_options){.folder = "tests/real", .quick = true, .threads = 1});
  real_run(&r);
  test_check(r.recording_count >= 7, "%u recordings", r.recording_count);
  for (uint32_t i = 0; i < r.fault_count; i++) test_check(false, "%s", r.faults[i]);
  for (uint32_t i = 0; i < r.recording_count; i++) {
    bool any = false;
    for (uint32_t k = 0; k < r.row_count; k++)
      any = any || (!strcmp(r.rows[k].recording, r.recordings[i].name) && isfinite(r.rows[k].predicted));
    test_check(any, "%s: no prediction", r.recordings[i].name);
  }
  char *text = NULL;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  real_json(&r, out), fclose(out);
  struct diagnostics *faults = diagnostics_new(arena);
  const struct json_value *root = json_read_text(arena, faults, "real.json", text, length);
  test_check(!diagnostics_errors(faults) && json_count(json_member(root, "rows")) == r.row_count, "%s",
             diagnostics_render(faults, arena));
  free(text);
  arena_free(arena);
}

static const struct test_case cases[] = {
    {"numbers", test_numbers}, {"rows", test_rows},       {"bounds", test_bounds}, {"page", test_page},
    {"seconds", test_seconds}, {"garbled", test_garbled}, {"ours", test_ours},     {0}};
const struct test_suite suite_recordings = {"recordings", cases};
