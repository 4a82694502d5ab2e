/* What a report says beside its figures: why one is missing, which notes there are and which there are not. */
#include "sim/report/text/text.h"
#include "tests/command.h"
#include "tests/model_fixture.h"

static char *render(void (*write)(FILE *, const struct results *), const struct results *r) {
  char *text = NULL;
  size_t length;
  FILE *file = open_memstream(&text, &length);
  write(file, r);
  fclose(file);
  return text;
}

static void write_text(FILE *file, const struct results *r) { report_text(file, r, &(struct report_options){.width = 120}); }
static void write_verbose(FILE *file, const struct results *r) {
  report_text(file, r, &(struct report_options){.width = 120, .verbose = true});
}

static const struct results *results_of(struct fixture *f, uint32_t replications) {
  return study_run(f->arena, f->scenario, &(struct study_options){.jobs = 2, .replications = replications});
}

static bool any_note(const struct results *r, const char *text) {
  for (uint32_t i = 0; i < r->note_count; i++)
    if (strstr(r->notes[i], text)) return true;
  return false;
}

static int count_of(const char *text, const char *word) {
  int count = 0;
  for (; (text = strstr(text, word)); text += strlen(word)) count++;
  return count;
}

/* --- percentiles without a number --------------------------------------------------------------------------------------------- */

/* Eight threads at 95%, a burst of ten seconds, a time-out and one retry, and a backlog that bounds the storm (what grows without
 * end has no percentile at all): p99 has a number, p90 and p95 have none. */
static struct fixture hole_open(void) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'hole', 'traffic': { 'web': { 'kind': 'open', 'rate': { 'steps': [ { 'from': '0s', "
      "'rate': '190/s' }, { 'from': '60s', 'rate': '900/s' }, { 'from': '70s', 'rate': '190/s' } ] }, "
      "'timeout': '1s', 'retry': { 'attempts': 2, 'backoff': '0s' }, 'mix': { 'q': 1 } } }, "
      "'endpoints': { 'q': { 'entry': 'db', 'steps': [ { 'cpu': '40ms' } ] } }, 'services': { 'db': { 'kind': 'app', "
      "'runtime': 'threads', 'threads': 8, 'backlog': 1000 } }, 'platform': { 'kind': 'static', 'nodes': { 'host': { "
      "'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '10m', 'windows': 60 }, 'claims': [ 'error_rate(q) > 50%%' ] }");
}

static void test_reasons(void) {
  struct fixture f = hole_open();
  const struct results *r = results_of(&f, 8);
  uint32_t missing = 0;
  for (uint32_t i = 0; i < r->metric_count; i++) {
    const struct metric *m = &r->metrics[i];
    test_check(isnan(m->estimate.value) == (m->reason != NULL), "%s of %s: %g, %s", m->aggregate, m->name, m->estimate.value,
               m->reason ? m->reason : "no reason");
    missing += isnan(m->estimate.value);
  }
  for (uint32_t i = 0; i < r->series_count; i++) {
    bool any = false;
    for (uint32_t k = 0; k < r->series[i].count; k++) any |= isnan(r->series[i].mean[k]);
    test_check(any == (r->series[i].reason != NULL), "series %s: %s", r->series[i].metric,
               r->series[i].reason ? r->series[i].reason : "no reason");
  }
  const struct metric *p95 = results_metric(r, "q.latency", "p95", NULL);
  test_check(missing && p95->reason && strstr(p95->reason, "too short: p95 needs 2,000 independent values; the "), "%s",
             p95->reason);
  char *text = render(write_text, r), *markdown = render(report_markdown_write, r), *csv = render(report_csv_write, r),
       *json = render(report_json_write, r);
  test_check(strstr(text, "  -: p90, p95 and p99.9 of q: too short: p90 needs 1,000"), "%s", text);
  test_check(strstr(markdown, "\n\\-: p90, p95 and p99.9 of q: too short: p90 needs 1,000"), "%s", markdown);
  test_check(strstr(csv, ",q.latency,p95,,,s,,,") && strstr(csv, ",\"too short: p95 needs 2,000"), "%s", csv);
  test_check(strstr(json, "\"reason\": \"too short: p95 needs 2,000"), "JSON");
  free(text), free(markdown), free(csv), free(json);
  fixture_close(&f);
}

/* Two that are full are one note, the first to fill up at its head */
static void test_one_line_for_what_is_full(void) {
  static const struct {
    const char *backlog, *threads, *note;
  } rows[] = {
      {"1000", "8", "saturated: db threads is full at 200 requests/s and host CPU at 200 requests/s; the mean load offered is "},
      {"1000", "4", "saturated: db threads is full at 100 requests/s and host CPU at 200 requests/s; the mean load offered is "}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f =
        fixture_of("{ 'aguanta': 1, 'name': 'full', 'traffic': { 'web': { 'kind': 'open', 'rate': '300/s', 'mix': { 'q': 1 } } }, "
                   "'endpoints': { 'q': { 'entry': 'db', 'steps': [ { 'cpu': '40ms' } ] } }, 'services': { 'db': { 'kind': 'app', "
                   "'runtime': 'threads', 'threads': %s, 'backlog': %s } }, 'platform': { 'kind': 'static', 'nodes': { 'host': { "
                   "'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '10s' } }",
                   rows[i].threads, rows[i].backlog);
    const struct results *r = results_of(&f, 2);
    int count = 0;
    for (uint32_t k = 0; k < r->note_count; k++) count += strstr(r->notes[k], "saturated: ") != NULL;
    test_check(count == 1 && any_note(r, rows[i].note), "%s threads: %d notes, %s", rows[i].threads, count, r->notes[0]);
    fixture_close(&f);
  }
}

/* --- notes that nothing asked for --------------------------------------------------------------------------------------------- */

/* `count` endpoints of equal share on one service that is hardly busy. */
static struct fixture many_open(int count, const char *timeout, const char *cpu, const char *rest) {
  struct text t = {.length = 0};
  put(&t, "{ 'aguanta': 1, 'name': 'many', 'traffic': { 'w': { 'kind': 'open', 'rate': '20/s', 'timeout': '%s', 'mix': { ",
      timeout);
  for (int i = 0; i < count; i++) put(&t, "%s'e%d': 1", i ? ", " : "", i);
  put(&t, " } } }, 'endpoints': { ");
  for (int i = 0; i < count; i++) put(&t, "%s'e%d': { 'entry': 's', 'steps': [ { 'cpu': %s } ] }", i ? ", " : "", i, cpu);
  put(&t, " }, 'services': { 's': { 'kind': 'app' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, %s }",
      rest);
  return fixture_open(&t);
}

/* Fifteen endpoints without a claim that are too short for p99.9 are no notes; the table says so in one line. */
static void test_no_drowning(void) {
  struct fixture f =
      many_open(15, "10s", "'1ms'", "'run': { 'warmup': '0s', 'window': '1m' }, 'claims': [ 'error_rate(all) < 1%' ]");
  const struct results *r = results_of(&f, 4);
  test_check(!any_note(r, "too short"), "%u notes, first %s", r->note_count, r->note_count ? r->notes[0] : "");
  char *text = render(write_text, r);
  test_check(count_of(text, "too short") == 1 && strstr(text, " of e0, e1, e2 and 12 others: too short: p"), "%s", text);
  free(text);
  fixture_close(&f);
}

/* A run that is there for its years has no requests that could go unanswered. */
static void test_years_only(void) {
  struct fixture f =
      many_open(2, "10s", "'1ms'",
                "'faults': { 'f': { 'kind': 'crash', 'service': 's', 'mtbf': '52w' } }, 'run': { 'warmup': '0s', 'window': "
                "'1ms', 'years': 100, 'replications': 2 }, 'claims': [ 'availability(year) > 90%' ]");
  const struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 2});
  test_check(!r->requests && !any_note(r, "answered"), "%u notes: %s", r->note_count, r->note_count ? r->notes[0] : "");
  const struct metric *mean = results_metric(r, "e0.latency", "mean", NULL);
  test_check(mean->reason && !strcmp(mean->reason, "no request arrived"), "%s", mean->reason);
  fixture_close(&f);
}

/* An endpoint of which no request is answered is one line, whatever their number. */
static void test_unanswered(void) {
  struct fixture f = many_open(6, "0.5ms", "'1ms'", "'run': { 'warmup': '0s', 'window': '1m' }");
  const struct results *r = results_of(&f, 2);
  test_check(any_note(r, "no request of e0, e1, e2 and 3 others was answered"), "%u notes: %s", r->note_count,
             r->note_count ? r->notes[0] : "");
  fixture_close(&f);
}

/* Wide intervals are a note of a claim that is near its limit; else one line of the endpoints. */
static void test_wide(void) {
  struct fixture f =
      many_open(6, "10s", "{ 'exponential': '1ms' }",
                "'run': { 'warmup': '0s', 'window': '2s' }, 'claims': [ 'mean(e0.latency) < 1.1ms', 'mean(e1.latency) < 1s' ]");
  const struct results *r = results_of(&f, 3);
  const struct estimate *near = &r->claims[0].estimate, *far = &r->claims[1].estimate;
  bool wide = near->high - near->low > 0.14 * near->value && far->high - far->low > 0.14 * far->value;
  test_check(wide, "[%g, %g] and [%g, %g] are not wide", near->low, near->high, far->low, far->high);
  test_check(any_note(r, "wide: the interval of mean(e0.latency) < 1.1ms is over 7%"), "%u notes, the first %s", r->note_count,
             r->note_count ? r->notes[0] : "none");
  fixture_close(&f);
  f = many_open(6, "10s", "{ 'exponential': '1ms' }",
                "'run': { 'warmup': '0s', 'window': '2s' }, 'claims': [ 'mean(e1.latency) < 1s' ]");
  r = results_of(&f, 3);
  int count = 0;
  for (uint32_t i = 0; i < r->note_count; i++) count += !strncmp(r->notes[i], "wide:", 5);
  test_check(count == 1 && any_note(r, "wide: some intervals of the latency of e"), "%d notes", count);
  fixture_close(&f);
}

/* What stayed at 0 is one line; --verbose shows the rows. */
static void test_counted(void) {
  struct fixture f = hole_open();
  ((struct model *)&f.scenario->model)->run.window = 30 * SIM_S;
  const struct results *r = results_of(&f, 2);
  char *text = render(write_text, r), *verbose = render(write_verbose, r);
  test_check(!strstr(text, "web.retries") && strstr(text, "web.attempts  "), "%s", text);
  test_check(strstr(verbose, "web.retries  ") && strstr(verbose, "web.backing_off  "), "%s", verbose);
  free(text), free(verbose);
  fixture_close(&f);
}

/* --- levels over a part of the run -------------------------------------------------------------------------------------------- */

/* Half the time 20/s, the other half 60/s, of 10 ms each on one core; then claims over the halves. */
static struct fixture halves_open(const char *claims) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'halves', 'traffic': { 'w': { 'kind': 'open', 'rate': { "
      "'steps': [ { 'from': '0s', 'rate': '20/s' }, { 'from': '60s', 'rate': '60/s' } ] }, 'mix': { 'q': 1 } } }, "
      "'endpoints': { 'q': { 'entry': 'app', 'steps': [ { 'query': 'db', 'reads': 1, 'demand': '10ms' }, { 'cpu': '2ms' } ] } }, "
      "'services': { 'app': { 'kind': 'app', 'runtime': 'threads', 'threads': 8, 'pools': { 'db': { 'max': 4 } } }, "
      "'db': { 'kind': 'database', 'threads': 4, 'place': 'data' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 "
      "}, 'data': { 'cpu': 2 } } }, 'run': { 'warmup': '0s', 'window': '2m', 'windows': 4, 'replications': 3 }, "
      "'claims': [ %s ] }",
      claims);
}

/* By hand: a rate of 20/s or 60/s times what a request uses, over what there is. */
static void test_levels_over_windows(void) {
  static const struct {
    const char *claim;
    double value, within; /* relative: 1,200 Poisson arrivals vary by 3% */
  } rows[] = {{"utilization(db.cpu) over 0s..1m < 1", 20 * 0.010 / 2, 0.06},
              {"utilization(db.cpu) over 1m..2m < 1", 60 * 0.010 / 2, 0.06},
              {"utilization(db.cpu) over peak(1m) < 1", 60 * 0.010 / 2, 0.06},
              {"utilization(db.cpu) < 1", 40 * 0.010 / 2, 0.06},
              {"utilization(data.cpu) over 0s..1m < 1", 20 * 0.010 / 2, 0.06},
              {"utilization(data.cpu) over peak(1m) < 1", 60 * 0.010 / 2, 0.06},
              {"utilization(app.cpu) over peak(30s) < 1", 60 * 0.002, 0.06},
              {"utilization(app.threads) over 0s..1m < 1", 20 * 0.0126 / 8, 0.06},
              {"utilization(app.connections) over 0s..1m < 1", 20 * 0.0106 / 4, 0.06},
              {"mean(app.replicas) over 30s..90s < 2", 1, 1e-12},
              {"mean(inside) over 0s..1m < 9", 20 * 0.0126, 0.06}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text claim = {.length = 0};
    put(&claim, "'%s'", rows[i].claim);
    struct fixture f = halves_open(claim.bytes);
    const struct results *r = results_of(&f, 3);
    double value = r->claims[0].estimate.value;
    test_check(fabs(value / rows[i].value - 1) <= rows[i].within, "%s: %g, not %g", rows[i].claim, value, rows[i].value);
    fixture_close(&f);
  }
}

/* By hand: half a core of 4 is used on node a until it is lost after 1 min; it is detected 50 to 55 s later, and after another
 * 300 s its pod goes to node b. */
static void test_use_of_a_lost_node(void) {
  static const struct {
    const char *claim;
    double value, within; /* relative, of 100 arrivals a second */
  } rows[] = {{"utilization(a.cpu) < 1", 0.5 / 4 * 60 / 1200, 0.03},
              {"utilization(a.cpu) over 0s..10m < 1", 0.5 / 4 * 60 / 600, 0.03},
              {"utilization(b.cpu) < 1", 0.5 / 4 * 787.5 / 1200, 0.03},
              {"utilization(b.cpu) over 0s..10m < 1", 0.5 / 4 * 187.5 / 600, 0.04},
              {"utilization(b.cpu) over 10m..20m < 1", 0.5 / 4, 0.02}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text s = {.length = 0};
    put(&s,
        "{ 'aguanta': 1, 'name': 'lost', 'traffic': { 't': { 'kind': 'open', 'rate': '100/s', 'mix': { 'p': 1 } } }, "
        "'endpoints': { 'p': { 'entry': 'w', 'steps': [ { 'cpu': '5ms' } ] } }, 'services': { 'w': { 'kind': 'app', 'start': '0s' "
        "} }, 'platform': { 'kind': 'kubernetes', 'nodes': { 'a': { 'cpu': 4 }, 'b': { 'cpu': 4 } } }, 'faults': { 'loss': { "
        "'kind': 'node', 'nodes': 'a', 'at': '1m', 'repair': '4h' } }, 'run': { 'warmup': '0s', 'window': '20m', 'windows': 2, "
        "'replications': 3 }, 'claims': [ '%s' ] }",
        rows[i].claim);
    struct fixture f = fixture_of("%s", s.bytes);
    double value = results_of(&f, 3)->claims[0].estimate.value;
    test_check(fabs(value / rows[i].value - 1) <= rows[i].within, "%s: %g, not %g", rows[i].claim, value, rows[i].value);
    fixture_close(&f);
  }
}

/* The parts add up to the whole, and asking for them changes nothing else. */
static void test_parts_add_up(void) {
  struct fixture plain = halves_open("'error_rate(q) < 1%'"),
                 asked = halves_open(
                     "'error_rate(q) < 1%', 'utilization(db.cpu) over 0s..30s < 1', 'utilization(db.cpu) over 30s..2m < 1', "
                     "'utilization(db.cpu) < 1'");
  const struct results *a = results_of(&plain, 3), *b = results_of(&asked, 3);
  double parts = 0.25 * b->claims[1].estimate.value + 0.75 * b->claims[2].estimate.value;
  test_check(fabs(parts - b->claims[3].estimate.value) < 1e-12, "%.15g and %.15g", parts, b->claims[3].estimate.value);
  for (uint32_t i = 0; i < a->metric_count; i++)
    test_check(fabs(a->metrics[i].estimate.value - b->metrics[i].estimate.value) <= 1e-12 * fabs(a->metrics[i].estimate.value) ||
                   isnan(a->metrics[i].estimate.value),
               "%s of %s: %.15g, %.15g", a->metrics[i].aggregate, a->metrics[i].name, a->metrics[i].estimate.value,
               b->metrics[i].estimate.value);
  fixture_close(&plain), fixture_close(&asked);
}

/* --- what uptime leaves out --------------------------------------------------------------------------------------------------- */

#define BACKUP   ", 'backup': { 'every': '1d', 'restore': '1h' }"
#define DB_LOST  "'f': { 'kind': 'node', 'nodes': 'dbs', 'mtbf': '30d', 'repair': '1h' }"
#define APP_LOST "'f': { 'kind': 'node', 'nodes': 'apps', 'mtbf': '30d', 'repair': '1h' }"
#define CRASH    "'f': { 'kind': 'crash', 'service': 'app', 'mtbf': '30d' }"

static struct fixture lost_open(const char *backup, int apps, const char *fault, int years) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'up', 'traffic': { 'w': { 'kind': 'open', 'rate': '20/s', 'mix': { 'q': 1 } } }, 'endpoints': { "
      "'q': { "
      "'entry': 'app', 'steps': [ { 'cached': 'redis', 'hit': '80%%', 'miss': [ { 'query': 'mysql', 'reads': 1, 'demand': '1ms' } "
      "] } "
      "] } }, 'services': { 'app': { 'kind': 'app', 'replicas': %d, 'place': 'apps' }, 'mysql': { 'kind': 'database', 'place': "
      "'dbs'%s "
      "}, 'redis': { 'kind': 'cache', 'place': 'dbs' }, 'unused': { 'kind': 'external', 'latency': '1ms' } }, 'platform': { "
      "'kind': "
      "'static', 'nodes': { 'apps': { 'count': 2, 'cpu': 2 }, 'dbs': { 'cpu': 4 } } }, 'faults': { %s }, 'run': { 'warmup': '0s', "
      "'window': '10s', 'replications': 2, 'years': %d }, 'claims': [ 'error_rate(q) < 10%%'%s ] }",
      apps, backup, fault, years, years ? ", 'availability(year) > 90%', 'rto(f) < 2h'" : "");
}

static void test_kept_data(void) {
  static const struct {
    const char *title, *backup;
    int apps;
    const char *fault;
    int years;
    bool mysql, redis;
  } rows[] = {
      {"its node can be lost", "", 1, DB_LOST, 20, true, true},
      {"a drill without years", "", 1, "'f': { 'kind': 'node', 'nodes': 'dbs', 'at': '3s', 'repair': '1s' }", 0, true, false},
      {"a backup makes the loss count", BACKUP, 1, DB_LOST, 20, false, true},
      {"another node can be lost", "", 2, APP_LOST, 20, false, false},
      {"a process can crash", "", 2, CRASH, 20, false, false},
      {"the only process can crash", "", 1, CRASH, 20, false, false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = lost_open(rows[i].backup, rows[i].apps, rows[i].fault, rows[i].years);
    const struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1});
    test_check(any_note(r, "mysql on dbs: its data are kept when a node is lost") == rows[i].mysql, "%s: mysql", rows[i].title);
    test_check(any_note(r, "redis on dbs: in the years of faults") == rows[i].redis, "%s: redis", rows[i].title);
    test_check(!r->claims[0].leaves_out, "%s: a claim on errors leaves out %s", rows[i].title, r->claims[0].leaves_out);
    for (uint32_t k = 1; k < r->claim_count; k++) {
      if (!strcmp(r->claims[k].id, "settles")) {
        test_check(!r->claims[k].leaves_out, "%s: settles is no uptime", rows[i].title);
        continue;
      }
      const char *words = r->claims[k].leaves_out ? r->claims[k].leaves_out : "nothing";
      test_check((strstr(words, "data lost with a node (mysql)") != NULL) == (rows[i].mysql && rows[i].years), "%s: %s",
                 rows[i].title, words);
      test_check(!strstr(words, "carry the load"), "%s: %s", rows[i].title, words);
      test_check(strstr(words, "releases") && strstr(words, "zone") && strstr(words, "people") && !strstr(words, "unused"), "%s",
                 words);
    }
    fixture_close(&f);
  }
}

/* Every format says it. */
static void test_left_out_in_formats(void) {
  struct fixture f = lost_open("", 2, DB_LOST, 20);
  const struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1});
  char *text = render(write_text, r), *markdown = render(report_markdown_write, r), *csv = render(report_csv_write, r),
       *json = render(report_json_write, r);
  test_check(count_of(text, "leave out: data lost with a node (mysql)") == 1 &&
                 strstr(text, "\n  leaves out: data lost with a node (mysql)"),
             "%s", text);
  test_check(strstr(markdown, "leave out: data lost") && strstr(markdown, "\nLeaves out: data lost"), "%s", markdown);
  test_check(count_of(csv, "\"leaves out: data lost") == 2, "%s", csv);
  test_check(count_of(json, "\"leaves_out\": \"data lost") == 3, "JSON");
  free(text), free(markdown), free(csv), free(json);
  fixture_close(&f);
}

/* So do check, and capacity for the claims that it searches by. */
static void test_left_out_of_commands(void) {
  char *path = child_path("lost.json");
  child_write(
      path,
      "{ \"aguanta\": 1, \"name\": \"lost\", \"traffic\": { \"w\": { \"kind\": \"open\", \"rate\": \"20/s\", \"mix\": { \"q\": 1 } "
      "} }, "
      "\"endpoints\": { \"q\": { \"entry\": \"app\", \"steps\": [ { \"cpu\": \"1ms\" } ] } }, \"services\": { \"app\": { \"kind\": "
      "\"app\", "
      "\"replicas\": 2 } }, \"platform\": { \"kind\": \"static\", \"nodes\": { \"n\": { \"count\": 2, \"cpu\": 2 } } }, "
      "\"faults\": { \"f\": { \"kind\": "
      "\"node\", \"nodes\": \"n\", \"mtbf\": \"30d\", \"repair\": \"1h\" } }, \"run\": { \"warmup\": \"0s\", \"window\": \"2s\", "
      "\"replications\": 2, \"years\": 20 }, \"claims\": [ \"availability(year) > 90%\" ] }");
  struct child check = AGUANTA("check", path), capacity = AGUANTA("capacity", path, "--vary", "traffic.w.rate=10/s..20/s");
  static const char words[] = "availability, downtime, rto and rpo leave out: releases and maintenance";
  test_check(strstr(check.out, words) != NULL, "%s%s", check.out, check.err);
  test_check(strstr(capacity.out, "note: availability, downtime, rto and rpo leave out: releases and maintenance") != NULL, "%s%s",
             capacity.out, capacity.err);
  child_free(&check), child_free(&capacity);
  free(path);
}

/* --- backlogs ----------------------------------------------------------------------------------------------------------------- */

/* By hand: one loop serves 100/s, four threads that each request holds for 100 ms serve 40/s. */
static void test_backlog(void) {
  static const struct {
    const char *title, *client, *service, *steps, *note;
  } rows[] = {
      {"longer", "'timeout': '2s'", "'backlog': 500", "{ 'cpu': '10ms' }",
       "backlog: 500 requests may wait at web, the last of them for 5 s, but those that wait give up after 2 s: a full one serves "
       "requests "
       "that have been given up"},
      {"shorter", "'timeout': '6s'", "'backlog': 500", "{ 'cpu': '10ms' }", NULL},
      {"nothing gives up", "'priority': 0", "'backlog': 'unlimited'", "{ 'cpu': '10ms' }", NULL},
      {"unlimited", "'timeout': '2s'", "'backlog': 'unlimited'", "{ 'cpu': '10ms' }",
       "backlog: any number of requests may wait at web, but those that wait give up after 2 s, in which it serves 200:"},
      {"held threads", "'timeout': '2s'", "'backlog': 100, 'runtime': 'threads', 'threads': 4",
       "{ 'cpu': '1ms' }, { 'delay': '99ms' }", "100 requests may wait at web, the last of them for 2.5 s, but"},
      {"held threads, shorter", "'timeout': '3s'", "'backlog': 100, 'runtime': 'threads', 'threads': 4",
       "{ 'cpu': '1ms' }, { 'delay': '99ms' }", NULL},
      {"what waited too long is dropped", "'timeout': '2s'", "'backlog': 500, 'queue_deadline': '1s'", "{ 'cpu': '10ms' }", NULL},
      {"the servers notice", "'timeout': '2s', 'cancel': true", "'backlog': 500", "{ 'cpu': '10ms' }",
       "give up after 2 s: those at its end leave before"},
      {"patience", "'patience': '3s'", "'backlog': 500", "{ 'cpu': '10ms' }",
       "the last of them for 5 s, but those that wait give up after 3 s: those at"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of("{ 'aguanta': 1, 'name': 'backlog', 'traffic': { 'w': { 'kind': 'open', 'rate': '5/s', 'mix': { "
                                  "'q': 1 }, %s } }, 'endpoints': { 'q': { "
                                  "'entry': 'web', 'steps': [ %s ] } }, 'services': { 'web': { 'kind': 'app', %s } }, 'platform': "
                                  "{ 'kind': 'static', 'nodes': { "
                                  "'n': { 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '5s' } }",
                                  rows[i].client, rows[i].steps, rows[i].service);
    const struct results *r = results_of(&f, 1);
    test_check(any_note(r, rows[i].note ? rows[i].note : "backlog:") == (rows[i].note != NULL), "%s: %u notes, first %s",
               rows[i].title, r->note_count, r->note_count ? r->notes[0] : "none");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"backlogs longer than patience", test_backlog},
                                         {"data that are kept", test_kept_data},
                                         {"what uptime leaves out", test_left_out_in_formats},
                                         {"what check and capacity leave out", test_left_out_of_commands},
                                         {"levels over windows", test_levels_over_windows},
                                         {"use of a lost node", test_use_of_a_lost_node},
                                         {"parts of utilization add up", test_parts_add_up},
                                         {"a reason beside every missing figure", test_reasons},
                                         {"one line for what is full", test_one_line_for_what_is_full},
                                         {"no note that nothing asked for", test_no_drowning},
                                         {"years only", test_years_only},
                                         {"unanswered endpoints in one line", test_unanswered},
                                         {"wide intervals", test_wide},
                                         {"what stayed at 0", test_counted},
                                         {NULL, NULL}};
const struct test_suite suite_notes = {"notes", cases};
