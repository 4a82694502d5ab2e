/* scenarios/ideas and scenarios/releases: each is named on its page, its claims have the verdict that the page tells of, and without its cause the effect
 * is gone. */
#include "sim/engine/arena.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <dirent.h>

/* The claims of these fail because of what they show. */
static const char *const failing[] = {"event-loop-blocking", "memory-leak", "pods-and-connections",
                                      "report-inline",       "shards",      NULL};
/* Those that are run in check; the others in check-long. */
static const char *const cheap[] = {"canary",      "fan-out",  "hand-added-worker", "hpa-memory", "node-spike", "parallel-batches",
                                    "pre-scaling", "pre-stop", "replica-lag",       "scale-in",   "slow-start", "spot",
                                    "surge",       NULL};

static bool among(const char *const *names, const char *name) {
  while (*names && strcmp(*names, name)) names++;
  return *names != NULL;
}

struct folder {
  const char *path, *page;
  bool short_names; /* the page says "x.json" for "scenarios/ideas/x.json" */
};

static void check_one(const struct folder *folder, const char *name, const char *page) {
  char path[200], mention[200];
  snprintf(path, sizeof path, "%s/%s.json", folder->path, name);
  snprintf(mention, sizeof mention, "`%s%s%s.json`", folder->short_names ? "" : folder->path, folder->short_names ? "" : "/", name);
  test_check(strstr(page, mention) != NULL, "%s does not name %s", folder->page, path);
  bool ideas = folder->short_names, runs = !ideas || getenv("AGUANTA_LONG") || among(cheap, name);
  struct child c =
      AGUANTA_AS(&(struct child_wish){.limit_s = 120}, runs ? "check" : "validate", path, runs ? "--statements" : "--quiet");
  int wanted = runs && ideas && among(failing, name) ? 99 : 0;
  test_check(c.status == wanted, "%s: exit status %d, not %d\n%s%s", name, c.status, wanted, c.out, c.err);
  child_free(&c);
}

static void check_folder(const struct folder *folder) {
  char *page = test_read_file(folder->page);
  DIR *opened = opendir(folder->path);
  test_check(page && opened, "no page or no folder %s", folder->path);
  for (struct dirent *e; opened && page && (e = readdir(opened));) {
    char *dot = strrchr(e->d_name, '.');
    if (!dot || strcmp(dot, ".json")) continue;
    *dot = 0;
    check_one(folder, e->d_name, page);
  }
  if (opened) closedir(opened);
  free(page);
}

static void test_all(void) { check_folder(&(struct folder){"scenarios/ideas", "docs/ideas.md", true}); }
static void test_releases(void) { check_folder(&(struct folder){"scenarios/releases", "docs/releases.md", false}); }

/* An effect, and the same scenario without what causes it: another verdict on the claim that tells of it. */
struct removal {
  const char *idea, *reps, *cause; /* cause: what takes it away */
  const char *claim, *with, *without;
  const char *smaller; /* of both; null: as it is */
  bool lasts;          /* in check-long only */
};

static const struct removal removals[] = {
    {"balancers", "4", "services.web_random.balance=least-connections", "p99(random.latency) > 800ms", "CONFIRMED", "BETTER", 0, 0},
    {"cache-restart", "2", "faults.restart=null", "error_rate(event) over \"minute\" > 20%", "CONFIRMED", "BETTER", 0, true},
    {"canary", "6", "services.by_canary.update.abort_errors=null", "count(little_by_little.hit) in 50..80", "CONFIRMED",
     "CONTRADICTED", 0, 0},
    {"cpu-limit", "6", "services.limited.resources.limits.cpu=4", "mean(limited_api.throttled) in 10ms..11ms", "CONFIRMED",
     "BETTER", 0, 0},
    {"event-loop-blocking", "2", "endpoints.login.steps.1.on=workers", "p95(page.latency) < 20ms", "FAIL", "PASS", 0, 0},
    {"fan-out", "4", "services.server.latency=10ms", "share(page100.latency < 1s) in 35%..41%", "CONFIRMED", "BETTER", 0, true},
    {"growing-table", "4", "endpoints.report.steps.0.growth.rows=4e6", "mean(report.latency) < 2s", "PASS", "FAIL", 0, 0},
    {"hot-row", "2", "keys.counter.of=1", "error_rate(all) < 0.1%", "PASS", "FAIL", 0, 0},
    {"hand-added-worker", "4", "triggers.worker.takes=25min", "error_rate(page) over \"after\" < 0.1%", "PASS", "FAIL", 0, 0},
    {"hpa-memory", "2", "services.api.memory.base=386547057B", "max(api.replicas) >= 20", "CONFIRMED", "CONTRADICTED", 0, 0},
    {"memory-leak", "2", "services.backend.memory.leak=0MB", "error_rate(page) < 0.1%", "FAIL", "PASS", 0, 0},
    {"node-spike", "4", "platform.nodes.worker.count=2", "error_rate(page) over \"waiting\" in 14%..19%", "CONFIRMED", "BETTER", 0,
     0},
    {"parallel-batches", "2", "queues.batches.concurrency=1", "mean(in_batches.latency) < 20s", "CONFIRMED", "CONTRADICTED", 0, 0},
    {"pods-and-connections", "2", "services.postgres.connections.max=300", "error_rate(page) < 0.1%", "FAIL", "PASS", 0, 0},
    {"pods-and-pooler", "2", "services.pgbouncer.pooler.max_clients=100", "error_rate(page) < 0.1%", "PASS", "FAIL", 0, 0},
    {"pool-size", "2", "services.app.pools.postgres.max=20", "p99(order.latency) over 15s..25s < 25ms", "PASS", "FAIL", 0, 0},
    {"pre-scaling", "2", "services.api.autoscale.schedule=null", "error_rate(page) over \"sale\" < 0.1%", "PASS", "FAIL", 0, 0},
    {"pre-stop", "6", "services.with_hook.update.pre_stop=0s", "count(with_hook.lost_in_updates) < 1", "CONFIRMED", "CONTRADICTED",
     0, 0},
    {"readiness", "10", "services.api.probes=null", "error_rate(page) over \"after\" > 50%", "CONFIRMED", "BETTER", 0, 0},
    {"replica-lag", "2", "services.postgres.replication.workers=4", "max(postgres.lag) > 10s", "CONFIRMED", "CONTRADICTED", 0, 0},
    {"report-inline", "4", "endpoints.report.steps.0.cpu=5ms", "error_rate(page) < 0.1%", "FAIL", "PASS", 0, 0},
    {"report-queue", "4", "queues.reports.workers=backend", "error_rate(page) < 0.1%", "PASS", "FAIL", 0, 0},
    {"scale-in", "4", "services.with_grace.update.grace=0s", "error_rate(draining) < 0.02%", "PASS", "FAIL", 0, 0},
    {"scale-in", "10", "services.without.update.grace=15s", "count(without.lost_in_updates) in 38..50", "CONFIRMED", "CONTRADICTED",
     0, 0},
    {"shards", "2", "keys.tenants.zipf=0", "rate(citus.shard1) < 150/s", "FAIL", "PASS", 0, 0},
    {"slow-start", "4", "services.api.balance.slow_start=0s", "p95(page.latency) over \"start\" < 200ms", "PASS", "FAIL", 0, 0},
    {"spot", "10", "platform.nodes.worker.spot.handled=false", "error_rate(convert) < 0.01%", "PASS", "FAIL", 0, 0},
    {"surge", "4", "services.surging.update={\"kind\":\"rolling\",\"surge\":0,\"unavailable\":1,\"pre_stop\":\"2s\"}",
     "p95(more.latency) over \"roll-out\" < 400ms", "CONFIRMED", "CONTRADICTED", 0, 0},
    {"sqlite-postgresql", "2", "services.sqlite.database.busy_timeout=0s", "error_rate(all) < 0.1%", "PASS", "FAIL", 0, 0},
    {"stampede", "4", "endpoints.page.steps.0.stampede=coalesce", "share(page.latency > 100ms) in 0.32%..0.35%", "CONFIRMED",
     "BETTER", "run.window=40min", 0},
    {"statistics-cache", "2", "endpoints.statistics.steps.1.ttl=1s", "p50(statistics.latency) <= 51ms", "CONFIRMED", "CONTRADICTED",
     0, 0},
};

/* The verdict of the claim: the line of it that begins so. */
static void expect_verdict(const struct removal *r, bool removed) {
  const char *words[] = {child_aguanta(), "check", NULL, "--reps", r->reps, "--jobs", "1", NULL, NULL, NULL, NULL, NULL};
  int count = 7;
  char path[100];
  snprintf(path, sizeof path, "scenarios/ideas/%s.json", r->idea);
  words[2] = path;
  if (removed) words[count++] = "--set", words[count++] = r->cause;
  if (r->smaller) words[count++] = "--set", words[count++] = r->smaller;
  struct child c = child_run(&(struct child_wish){.limit_s = 120}, words);
  const char *line = c.out ? strstr(c.out, r->claim) : NULL, *wanted = removed ? r->without : r->with;
  while (line && line > c.out && line[-1] != '\n') line--;
  test_check(line && !strncmp(line, wanted, strlen(wanted)), "%s%s%s: %s is not %s\n%s%s", r->idea, removed ? " with " : "",
             removed ? r->cause : "", r->claim, wanted, c.out, c.err);
  child_free(&c);
}

static void test_cause_and_effect(void) {
  for (size_t i = 0; i < sizeof removals / sizeof *removals; i++) {
    if (removals[i].lasts && !getenv("AGUANTA_LONG")) continue;
    expect_verdict(&removals[i], false);
    expect_verdict(&removals[i], true);
  }
}

/* scenarios/releases/cold-start.json, p99 of its roll-out with one of the four causes alone. None: 2 ms of CPU, and now and then a
 * bit of the request before. A just-in-time compiler: the slowest 1% are those of the first twentieth or so of 500 requests of each
 * pod: 2 ms x (3 - 2/20) = 5.8 ms or more, and the same bit. An empty memory: 1,000 misses of 9,000, 2 + 20 ms. Connections: one of
 * seven requests opens one, 2 + 40 + 2 x 40 ms. The image: no request sees it; three nodes pull it for 9 s each, before the
 * container starts and its probes count: 5 rounds of 13.5 s and 3 x 9 s are 94.5 s instead of 67.5. */
static const struct {
  const char *removed[4], *p99, *took;
} cold[] = {{{"services.api.warm_up.factor=1", "endpoints.page.steps.1.miss.0.demand=0ms", "traffic.clients.connection=null",
              "services.api.image=null"},
             "2ms..3ms",
             "64s..71s"},
            {{"endpoints.page.steps.1.miss.0.demand=0ms", "traffic.clients.connection=null", "services.api.image=null", NULL},
             "5.6ms..6.6ms",
             "64s..71s"},
            {{"services.api.warm_up.factor=1", "traffic.clients.connection=null", "services.api.image=null", NULL},
             "22ms..23ms",
             "64s..71s"},
            {{"services.api.warm_up.factor=1", "endpoints.page.steps.1.miss.0.demand=0ms", "services.api.image=null", NULL},
             "122ms..124ms",
             "64s..71s"},
            {{"services.api.warm_up.factor=1", "endpoints.page.steps.1.miss.0.demand=0ms", "traffic.clients.connection=null", NULL},
             "2ms..3ms",
             "91s..98s"}};

static void test_cold_starts(void) {
  for (size_t i = 0; i < sizeof cold / sizeof *cold; i++) {
    char claims[300];
    snprintf(claims, sizeof claims,
             "claims=[{\"stated\": \"p99(page.latency) over \\\"roll-out\\\" in %s\", \"source\": \"by hand\"},"
             "{\"stated\": \"mean(weekly.took) in %s\", \"source\": \"by hand\"}]",
             cold[i].p99, cold[i].took);
    const char *words[24] = {child_aguanta(), "check", "scenarios/releases/cold-start.json", "--statements", "--reps", "12",
                             "--set",         claims};
    for (int k = 0, n = 8; k < 4 && cold[i].removed[k]; k++) words[n++] = "--set", words[n++] = cold[i].removed[k];
    struct child c = child_run(&(struct child_wish){.limit_s = 120}, words);
    test_check(c.status == 0, "without %s and others: exit status %d\n%s%s", cold[i].removed[0], c.status, c.out, c.err);
    child_free(&c);
  }
}

static const struct test_case cases[] = {{"verdicts", test_all},
                                         {"releases", test_releases},
                                         {"cold_starts", test_cold_starts},
                                         {"cause_and_effect", test_cause_and_effect},
                                         {NULL, NULL}};
const struct test_suite suite_ideas = {"ideas", cases};
