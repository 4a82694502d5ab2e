/* Random small scenarios, wide rather than deep: whatever the scenario, the audit finds nothing, the structure of nodes,
 * containers and rotations holds at every look, and the result is the same bytes with one and two threads. */
#include "models/machine/accept.h"
#include "models/platform/nodes.h"
#include "models/database/connection_pool.h"
#include "models/database/connection_config.h"
#include "tests/model_fixture.h"
#include "models/request/request.h"
#include <sys/time.h>
#include <sys/wait.h>

#ifndef FUZZ_SCENARIOS
#define FUZZ_SCENARIOS 260
#endif
enum { SCENARIOS = FUZZ_SCENARIOS, LOOKS = 25, RATES = 4, PERMITS = 2 };

/* --- the generator ------------------------------------------------------------------------------------------------------------ */

struct fuzz {
  struct stream draws, people, clients; /* people: patience, shifts and busyness; clients: retries, journeys, rooms. They came later
                                         * and shift no other draw */
  struct stream limits;                 /* limits and clients, later still */
  bool limited;
  struct stream guards;      /* so did what guards calls and orders queues */
  bool ranked;               /* some service serves by priority */
  struct stream forks;       /* and what runs side by side */
  struct stream runtimes;    /* processes, workers, pauses, memory */
  bool special, aside;       /* some such; the apps are event loops, with workers */
  struct stream data;        /* transactions, locks, logs and disks */
  bool stored, open;         /* open: a transaction is */
  struct stream connections; /* pools, poolers and what databases say of connections, last */
  bool connected;
  uint64_t number;
  struct stream jobs; /* and job queues */
  bool queued;
  struct stream balances; /* how services are balanced */
  struct text balance;
  struct stream replication;
  struct stream volumes;
  struct stream standbys; /* and what reads do to replay */
  uint32_t copies;        /* of the service that was put last */
  bool replicated;        /* databases have replicas, which are told apart */
  struct stream contents; /* what caches hold */
  bool keyed;
  struct stream shards; /* and how data are divided */
  bool divided;
  struct stream machines; /* how limits are kept, and hyper-threads */
  struct stream cures;    /* of stampedes, and commands */
  bool cured, aged;       /* aged: ttls count from the fill */
  struct stream waits;    /* how long who waits for a rebuild does, what locks cost, and what is warm */
  struct stream later;    /* a file beside the callers, stock, the way from the clients, and keys that came since */
  bool embedded, stocked, remote;
  struct stream sockets; /* accept queues, connections between services */
  bool wired;
  struct stream ailments; /* probes, hangs, replicas that stand by */
  bool ails;
  struct text t;
  uint32_t apps, databases, caches, externals, endpoints, groups;
  int platform;
};

static uint32_t below(struct fuzz *f, uint32_t n) { return stream_below(&f->draws, n); }
static bool chance(struct fuzz *f, uint32_t percent) { return below(f, 100) < percent; }

static uint32_t people(struct fuzz *f, uint32_t n) { return stream_below(&f->people, n); }

static uint32_t limits(struct fuzz *f, uint32_t n) { return f->limited ? stream_below(&f->limits, n) : n; }

static uint32_t machines(struct fuzz *f, uint32_t n) { return stream_below(&f->machines, n); }

static uint32_t runtimes(struct fuzz *f, uint32_t n) { return f->special ? stream_below(&f->runtimes, n) : n; }

/* What runs in a replica, and what that takes. */
static void put_runtime(struct fuzz *f) {
  static const char *const deals[] = {"random", "round-robin", "idle"}, *const bases[] = {"10Mi", "100Mi", "300Mi"},
                           *const pieces[] = {"0B", "1kB", "1Mi", "60Mi"};
  if (runtimes(f, 2) == 0) put(&f->t, ", 'processes': { 'count': %u, 'deal': '%s' }", 1 + runtimes(f, 4), deals[runtimes(f, 3)]);
  if (runtimes(f, 3) == 0) put(&f->t, ", 'workers': %u", 1 + runtimes(f, 5));
  if (runtimes(f, 3) == 0)
    put(&f->t, ", 'gc': { 'every': { 'exponential': '%ums' }, 'pause': '%ums' }", 1 + runtimes(f, 300), runtimes(f, 60));
  if (runtimes(f, 3) == 0) put(&f->t, ", 'warm_up': { 'factor': %u, 'requests': %u }", 1 + runtimes(f, 9), 1 + runtimes(f, 40));
  if (runtimes(f, 2) == 0)
    put(&f->t, ", 'memory': { 'base': '%s', 'per_request': '%s', 'per_connection': '%s', 'leak': '%s' }", bases[runtimes(f, 3)],
        pieces[runtimes(f, 4)], pieces[runtimes(f, 4)], pieces[runtimes(f, 4)]);
}

static void put_shifts(struct fuzz *f) {
  put(&f->t, ", 'shifts': [ ");
  for (uint32_t i = 0, n = 1 + people(f, 4); i < n; i++)
    put(&f->t, "%s{ 'at': '%u00ms', 'threads': %u }", i ? ", " : "", 40 * i + people(f, 39), people(f, 6));
  put(&f->t, " ]");
}

static void put_people(struct fuzz *f, bool open) {
  static const char *const patience[] = {"'0s'", "'3ms'", "'200ms'", "{ 'exponential': '20ms' }",
                                         "{ 'hyperexponential': { 'p': 0.3, 'mean1': '0s', 'mean2': '1s' } }"};
  if (people(f, 3) == 0) put(&f->t, ", 'patience': %s", patience[people(f, 5)]);
  if (open && people(f, 3) == 0) put(&f->t, ", 'busyness_cv': 0.%u", 1 + people(f, 9));
}

static uint32_t clients(struct fuzz *f, uint32_t n) { return stream_below(&f->clients, n); }
#define ANY(f, ...) any_of(f, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
static const char *any_of(struct fuzz *f, const char *const *words, size_t count) { return words[clients(f, (uint32_t)count)]; }

static void put_clients(struct fuzz *f, bool closed) {
  if (clients(f, 3) == 0) {
    put(&f->t, ", 'retry': { 'attempts': %s, 'backoff': '%s', 'jitter': '%s'", ANY(f, "1", "2", "4", "9"),
        ANY(f, "0s", "2ms", "50ms", "1s"), ANY(f, "full", "equal", "none", "decorrelated", "exponential"));
    if (clients(f, 2))
      put(&f->t, ", 'budget': { 'ratio': '%u%%', 'floor': '%u/s', 'burst': %u }", 20 * clients(f, 4), clients(f, 9),
          1 + clients(f, 30));
    put(&f->t, "%s }", ANY(f, "", "", ", 'on': [ 'timeout' ]", ", 'on': [ 'rejected', 'refused', 'crashed', 'patience' ]"));
  }
  if (clients(f, 4) == 0)
    put(&f->t, ", 'reload': { 'after': %s, 'times': %u }", ANY(f, "'5ms'", "{ 'exponential': '20ms' }", "'1s'", "'0s'"),
        1 + clients(f, 4));
  if (clients(f, 4) == 0) put(&f->t, ", 'hedge': '%s'", ANY(f, "1ns", "3ms", "40ms", "2s"));
  if (clients(f, 4) == 0) put(&f->t, ", 'impatience': %s", ANY(f, "'0s'", "'30ms'", "{ 'exponential': '100ms' }", "'2s'"));
  if (!closed && clients(f, 3) == 0) put(&f->t, ", 'room': 'r%u'", clients(f, 2));
}

static void put_journey(struct fuzz *f) {
  uint32_t places = 1 + clients(f, 4);
  put(&f->t, ", 'journey': [ ");
  for (uint32_t i = 0; i < places; i++) {
    put(&f->t, "%s{ 'ask': 'p%u', 'name': 'n%u', 'failed': '%s'", i ? ", " : "", clients(f, f->endpoints), i,
        ANY(f, "leave", "again", "go-on"));
    put(&f->t, ", 'think': %s", ANY(f, "'40ms'", "'200ms'", "{ 'exponential': '300ms' }"));
    if (clients(f, 2)) put(&f->t, ", 'next': { 'n%u': %u, 'leave': 1 }", clients(f, places), clients(f, 4));
    put(&f->t, " }");
  }
  put(&f->t, " ]");
}

static void put_rooms(struct fuzz *f) {
  put(&f->t, "'waiting_rooms': { ");
  for (uint32_t i = 0; i < 2; i++) {
    put(&f->t, "%s'r%u': { 'admit': '%s', 'opens': '%s', 'inside': %s, 'order': '%s'", i ? ", " : "", i,
        ANY(f, "3/s", "40/s", "1000000/s"), ANY(f, "0s", "0s", "5s"), ANY(f, "1", "7", "'unlimited'"), ANY(f, "fifo", "lottery"));
    if (clients(f, 2)) put(&f->t, ", 'patience': %s", ANY(f, "'0s'", "'100ms'", "{ 'exponential': '2s' }"));
    if (clients(f, 2)) put(&f->t, ", 'tolerance': %s", ANY(f, "'0s'", "'1s'", "{ 'exponential': '500ms' }"));
    put(&f->t, " }");
  }
  put(&f->t, " },\n");
}

static uint32_t later(struct fuzz *f, uint32_t n) { return stream_below(&f->later, n); }
#define LATER(f, ...) ((const char *const[]){__VA_ARGS__}[later(f, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))])

static uint32_t data(struct fuzz *f, uint32_t n) { return f->stored ? stream_below(&f->data, n) : n; }

static void put_locks(struct fuzz *f) {
  static const char *const locks[] = {"'keys': 'k1'", "'keys': 'k2', 'items': 3", "'table': 't'", "'row': 'r'",
                                      "'table': 't', 'shared': true, 'keys': 'k2'"};
  if (data(f, 3) == 0)
    put(&f->t, ", 'growth': { 'rows': 3e6, 'measured_at': 1e6, 'access': '%s'%s }", data(f, 2) ? "scan" : "index",
        LATER(f, "", ", 'partitions': 7", ", 'slope': 0.3"));
  if (later(f, 3) == 0) put(&f->t, ", 'write_demand': { 'exponential': '3ms' }");
  if (data(f, 2) == 0) put(&f->t, ", 'pages': %u", data(f, 8));
  if (data(f, 2) == 0) put(&f->t, ", 'writes': 1, 'locks': { %s }", locks[f->open ? 0 : data(f, 5)]);
}

static void put_database(struct fuzz *f) {
  static const char *const waits[] = {"never", "50s", "30ms", "2ms", "0s"}, *const latencies[] = {
                                                                                "'1ms'", "{ 'exponential': '3ms' }", "'0s'"};
  put(&f->t, ", 'database': { 'lock_wait': '%s'%s", waits[data(f, 5)],
      LATER(f, "", ", 'hand_over': 'random'", ", 'hand_over': { 'order': 'random', 'cpu_per_waiter': '300us' }",
            ", 'hand_over': { 'order': 'barging', 'cpu': { 'exponential': '2ms' } }", ", 'hand_over': 'barging'"));
  if (data(f, 2)) put(&f->t, ", 'commit': { 'latency': %s, 'group': %s }", latencies[data(f, 3)], data(f, 2) ? "true" : "false");
  if (data(f, 2)) put(&f->t, later(f, 2) ? ", 'buffer_hit': 0.%u" : ", 'buffer_pool': '%uMB', 'data': '10MB'", data(f, 10) + 1);
  put(&f->t, " }");
}

#define PICK(f, ...) pick(f, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
static const char *pick(struct fuzz *f, const char *const *words, size_t count) { return words[below(f, (uint32_t)count)]; }

/* A duration of about `us` microseconds, in any of the shapes. */
static void put_duration(struct fuzz *f, const char *key, double us) {
  us *= 0.2 + 2 * stream_uniform(&f->draws);
  const char *shapes[] = {"'%s': '%.3fus'", "'%s': { 'exponential': '%.3fus' }",
                          "'%s': { 'lognormal': { 'mean': '%.3fus', 'cv': 2 } }",
                          "'%s': { 'erlang': { 'mean': '%.3fus', 'k': 3 } }"};
  uint32_t shape = below(f, 3);
  char text[200];
  snprintf(text, sizeof text, shapes[shape], key, us);
  put(&f->t, "%s", text);
}

static uint32_t contents(struct fuzz *f, uint32_t n) { return stream_below(&f->contents, n); }
#define CONTENT(f, ...)                                                                                                            \
  ((const char *const[]){__VA_ARGS__})[contents(f, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))]

/* Instead of a share that hits: an item. */
static uint32_t cures(struct fuzz *f, uint32_t n) { return f->cured ? stream_below(&f->cures, n) : n; }

/* aged: items have a ttl, and it counts from the fill. */
static void put_cure(struct fuzz *f, bool aged) {
  static const char *const all[] = {"'none'",
                                    "'coalesce'",
                                    "'lock'",
                                    "{ 'cure': 'lock', 'expiry': '5ms' }",
                                    "{ 'cure': 'stale', 'stale': '1s' }",
                                    "{ 'cure': 'early', 'beta': 2 }"};
  static const char *const tired[] = {
      "{ 'cure': 'lock', 'command': { 'exponential': '20us' } }", "{ 'cure': 'lock', 'command': '30us', 'wait': '4ms' }",
      "{ 'cure': 'lock', 'expiry': '5ms', 'wait': '3ms', 'then': 'fail' }", "{ 'cure': 'coalesce', 'wait': '1ms', 'then': 'fail' }",
      "{ 'cure': 'coalesce', 'wait': '2ms' }"};
  if (!f->cured || !cures(f, 4)) return;
  uint32_t cure = cures(f, aged ? 6 : 4);
  bool waits = cure == 1 || cure == 2 || cure == 3;
  uint32_t locked = stream_below(&f->waits, 6), either = 3 + locked % 2;
  put(&f->t, ", 'stampede': %s", !waits || locked == 5 ? all[cure] : cure == 1 ? tired[either] : tired[locked]);
}

static void put_key(struct fuzz *f) {
  put(&f->t, "'key': 'k%u', 'l1': %s", 3 * contents(f, 2), CONTENT(f, "true", "false"));
  if (contents(f, 2)) put(&f->t, ", 'bytes': '%ukB', 'bytes_cv': %u", 1 + contents(f, 20), contents(f, 2));
  bool ttl = contents(f, 3) == 0;
  if (ttl) put(&f->t, ", 'ttl': '%s'", CONTENT(f, "1ms", "80ms", "3s"));
  put_cure(f, ttl && f->aged);
}

/* Always bounded, so that processes may keep items too. */
static void put_content(struct fuzz *f) {
  uint32_t jitter = 50 * contents(f, 3);
  const char *from = CONTENT(f, "fill", "access");
  uint32_t entries = contents(f, 40);
  const char *policy = CONTENT(f, "lru", "lfu", "perfect-lfu", "fifo", "random", "noeviction");
  put(&f->t, ", 'cache': { 'policy': '%s', 'entries': %u, 'ttl_from': '%s', 'jitter': '%u%%'", policy, entries,
      f->aged ? "fill" : from, jitter);
  if (contents(f, 2)) put(&f->t, ", 'ttl': '%s'", CONTENT(f, "1ns", "20ms", "500ms", "10s"));
  uint32_t warm = stream_below(&f->waits, 4);
  if (warm) put(&f->t, ", 'warm': { 'hits': '%u%%', 'of': %u }", 20 * warm, 1 + 9 * warm);
  put(&f->t, " }");
}

static uint32_t guards(struct fuzz *f, uint32_t n) { return stream_below(&f->guards, n); }

/* What may stand beside a call. */
static void put_guards(struct fuzz *f) {
  static const char *const timeouts[] = {"500us", "4ms", "30ms", "1s"}, *const jitters[] = {"full", "equal", "none",
                                                                                            "decorrelated"};
  if (guards(f, 2) == 0)
    put(&f->t, ", 'retry': { 'attempts': %u, 'backoff': '%ums', 'jitter': '%s'%s%s }", 1 + guards(f, 4), guards(f, 3) * 3,
        jitters[guards(f, 4)], guards(f, 3) ? "" : ", 'on': [ 'timeout', 'crashed', 'breaker', 'patience' ]",
        guards(f, 3) ? "" : ", 'budget': { 'ratio': 0.1, 'floor': '1/s', 'burst': 3 }");
  if (guards(f, 2) == 0) put(&f->t, ", 'timeout': '%s', 'cancel': %s", timeouts[guards(f, 4)], guards(f, 2) ? "true" : "false");
  if (guards(f, 3) == 0)
    put(&f->t, ", 'breaker': { 'calls': %u, 'minimum': 3, 'open': '%ums', 'probes': %u, 'scope': '%s', 'over': '%s' }",
        3 + guards(f, 9), 50 + guards(f, 900), 1 + guards(f, 3), guards(f, 2) ? "replica" : "shared",
        guards(f, 2) ? "never" : "300ms");
  if (guards(f, 4) == 0) put(&f->t, ", 'fallback': [ { 'delay': '1ms' } ]");
}

static uint32_t replication(struct fuzz *f, uint32_t n) { return stream_below(&f->replication, n); }

/* Of a database of two to four replicas. */
static void put_replication(struct fuzz *f, uint32_t replicas) {
  static const char *const modes[] = {"asynchronous", "semi-synchronous", "synchronous", "synchronous-apply"};
  static const char *const ships[] = {"", ", 'ship': { 'exponential': '3ms' }", ", 'ship': '0s'", ", 'ship': '200ms'"};
  static const char *const applies[] = {"", ", 'apply': { 'exponential': '5ms' }", ", 'apply': '0s'", ", 'apply': '40ms'"};
  static const char *const standbys[] = {"", "", ", 'max_standby_streaming_delay': '5ms', 'conflicts': 1",
                                         ", 'max_standby_streaming_delay': '1ns', 'conflicts': '30%'",
                                         ", 'max_standby_streaming_delay': 'never', 'conflicts': 1"};
  static const char *const lags[] = {"", ", 'max_lag': '10ms'", ", 'max_lag': '0s'", ", 'after_write': '50ms'"};
  put(&f->t, ", 'replication': { 'mode': '%s', 'workers': %u, 'acks': %u, 'ack_wait': '%ums', 'roles': [ 'menu' ]%s%s%s",
      modes[replication(f, 4)], 1 + replication(f, 5), 1 + replication(f, replicas - 1), 1 + replication(f, 400),
      ships[replication(f, 4)], applies[replication(f, 4)], lags[replication(f, 4)]);
  if (later(f, 2)) put(&f->t, ", 'flush': '%s'", LATER(f, "0s", "2ms", "30ms"));
  put(&f->t, "%s", standbys[stream_below(&f->standbys, 5)]);
  if (replication(f, 3))
    put(&f->t, ", 'failover': { 'detect': '%ums', 'promote': { 'exponential': '%ums' }, 'max_lag': '%s', 'resync': '%ums' }",
        replication(f, 3000), replication(f, 1000), replication(f, 3) ? "never" : "100ms", replication(f, 2) * 900);
  put(&f->t, " }");
  if (replication(f, 2)) put(&f->t, ", 'backup': { 'every': '3s', 'restore': '%ums' }", replication(f, 2000));
}

/* How a service orders and sheds. */
static void put_queueing(struct fuzz *f, bool first, bool wired) {
  if (f->ranked && (first || guards(f, 2)) && !wired) put(&f->t, ", 'discipline': 'priority'");
  if (guards(f, 4) == 0) put(&f->t, ", 'queue_deadline': '%ums'", guards(f, 40));
  if (guards(f, 4) == 0) put(&f->t, ", 'codel': { 'target': '%ums', 'interval': '%ums' }", guards(f, 10), 1 + guards(f, 100));
}

/* Data of a database in two parts, or of a cache; not together with what has no shards. */
static bool divided(const struct fuzz *f, char letter) {
  return f->divided && ((letter == 'd' && !f->stored) || (letter == 'c' && !f->queued));
}

static void put_shards(struct fuzz *f, char letter, uint32_t replicas) {
  put(&f->t, ", 'shards': { 'count': 2, 'by': '%s', 'full_coverage': %s, 'detect': '%ums'",
      stream_below(&f->shards, 2) ? "k2" : "k0", stream_below(&f->shards, 3) ? "false" : "true", stream_below(&f->shards, 900));
  if (replicas > 2 && !(f->replicated && letter == 'd'))
    put(&f->t, ", 'failover': { 'exponential': '%ums' }", 1 + stream_below(&f->shards, 1500));
  put(&f->t, " }");
}

static void put_steps(struct fuzz *f, uint32_t depth);

static void put_step(struct fuzz *f, uint32_t depth) {
  uint32_t kind = below(f, depth < 3 ? 7 : 2);
  put(&f->t, "{ ");
  size_t begin = f->t.length;
  if (kind == 1)
    put_duration(f, "delay", 3000);
  else if (kind == 2 && f->databases) {
    uint32_t database = below(f, f->databases), reads = 1 + below(f, 3), writes = below(f, 2);
    bool stored = f->stored, opens = stored && !f->open && data(f, 2);
    if (opens)
      put(&f->t, "'transaction': 'd%u', 'begin_trip': %s, 'steps': [ { ", database, data(f, 2) ? "true" : "false"), f->open = true;
    put(&f->t, "'query': 'd%u', 'reads': %u, ", database, reads);
    put_duration(f, "demand", 2000);
    size_t length = f->t.length;
    static const char *const on[] = {"any", "primary", "replicas", "menu"};
    if (f->replicated) put(&f->t, ", 'on': '%s'", on[replication(f, 4)]);
    if (divided(f, 'd') && !opens && !f->open && !stored && stream_below(&f->shards, 3) == 0) put(&f->t, ", 'shards': 'all'");
    if (stored) put_locks(f);
    if (!strstr(f->t.bytes + length, "writes")) put(&f->t, ", 'writes': %u", writes);
    if (opens) {
      put(&f->t, " }, ");
      f->stored = false; /* what is locked inside is one row, whoever else is called */
      put_step(f, depth + 1);
      put(&f->t, " ]");
      f->stored = stored, f->open = false;
    }
  } else if (kind == 3 && f->caches) {
    uint32_t cache = below(f, f->caches), hit = 25 * below(f, 5);
    if (f->cured && contents(f, 6) == 0)
      put(&f->t, "'broadcast': 'c%u', 'to': 'a%u', 'listeners': %u, 'demand': { 'exponential': '50us' } }, { ", cache,
          contents(f, f->apps), contents(f, 200));
    if (f->keyed && contents(f, 5) == 0) put(&f->t, "'invalidate': 'c%u', 'key': 'k0', 'l1': true }, { ", cache);
    if (cures(f, 5) == 0)
      put(&f->t, "'command': 'c%u', 'items': %u, 'count': %u, 'per_item': '%s' }, { ", cache, cures(f, 5000), 1 + cures(f, 9),
          LATER(f, "159ns", "0s", "1us"));
    put(&f->t, "'cached': 'c%u', ", cache);
    if (f->keyed && contents(f, 4))
      put_key(f);
    else
      put(&f->t, "'hit': '%u%%'", hit);
    put(&f->t, ", 'fill': %s, 'miss': ", PICK(f, "true", "false"));
    put_steps(f, depth + 1);
  } else if (kind == 4 && f->externals)
    put(&f->t, guards(f, 2) ? "'call': 'e%u'" : "'external': 'e%u'", below(f, f->externals));
  else if (kind == 5 || kind == 6) {
    put(&f->t, "'call': 'a%u', 'steps': ", below(f, f->apps));
    put_steps(f, depth + 1);
  } else
    put_duration(f, "cpu", 4000), put(&f->t, f->aside && runtimes(f, 2) ? ", 'on': 'workers'" : "");
  if (!strncmp(f->t.bytes + begin, "\"call\": ", 8)) put_guards(f);
  put(&f->t, " }");
}

static uint32_t forks(struct fuzz *f, uint32_t n) { return stream_below(&f->forks, n); }

/* Some steps are branches. */
static void put_forked_step(struct fuzz *f, uint32_t depth) {
  bool forked = forks(f, 6) == 0;
  uint32_t copies = 1 + forks(f, 3), others = forks(f, 3);
  if (forked) put(&f->t, "{ 'parallel': [ { 'copies': %u, 'steps': [ ", copies);
  put_step(f, depth);
  if (!forked) return;
  put(&f->t, " ] }");
  for (uint32_t i = 0; i < others; i++) put(&f->t, ", { 'steps': [ { 'delay': '%uus' } ] }", 100 * forks(f, 50));
  put(&f->t, " ]%s", forks(f, 2) ? ", 'cancel': true" : "");
  if (forks(f, 2)) put(&f->t, ", 'need': %u", 1 + forks(f, copies + others));
  put(&f->t, " }");
}

/* A query of a file, alone or in a transaction that does something else as well. */
static void put_file_query(struct fuzz *f) {
  bool transaction = later(f, 3) == 0;
  if (transaction) put(&f->t, "{ 'transaction': 'lite', 'steps': [ { 'cpu': '1ms' }, ");
  put(&f->t, "{ 'query': 'lite', 'reads': %u, 'writes': %u, 'demand': '%s', 'pages': %u }", later(f, 2), 1 + later(f, 2),
      LATER(f, "500us", "4ms", "30ms"), later(f, 5));
  if (transaction) put(&f->t, ", { 'delay': '%s' } ]%s }", LATER(f, "0s", "5ms"), LATER(f, "", ", 'begin_trip': true"));
  put(&f->t, ", ");
}

static void put_stock_step(struct fuzz *f) {
  static const char *const what[] = {"pay", "pay", "release"};
  put(&f->t, "{ 'reserve': 'goods', 'count': %u%s }, ", 1 + later(f, 3), LATER(f, "", ", 'sold_out': [ { 'cpu': '1ms' } ]"));
  if (later(f, 3)) put(&f->t, "{ 'delay': '%s' }, { '%s': 'goods' }, ", LATER(f, "0s", "20ms", "1s"), what[later(f, 3)]);
}

/* Some steps stand behind a limit, some are done with a permit. */
static void put_guarded_step(struct fuzz *f, uint32_t depth) {
  if (f->embedded && !f->open && later(f, 3) == 0) put_file_query(f);
  if (f->stocked && !f->open && later(f, 4) == 0) put_stock_step(f);
  uint32_t guard = limits(f, 6);
  if (guard == 0) put(&f->t, "{ 'limit': 'rate%u' }, ", limits(f, RATES));
  if (guard == 1) put(&f->t, "{ 'limit': 'permits%u', 'steps': [ ", limits(f, PERMITS));
  put_forked_step(f, depth);
  if (guard == 1) put(&f->t, " ] }");
}

static void put_steps(struct fuzz *f, uint32_t depth) {
  put(&f->t, "[ ");
  for (uint32_t i = 0, n = 1 + below(f, 3); i < n; i++) put(&f->t, "%s", i ? ", " : ""), put_guarded_step(f, depth);
  put(&f->t, " ]");
}

static void put_limits(struct fuzz *f) {
  static const char *const kinds[] = {"token-bucket", "sliding-log", "sliding-counter", "fixed-window"};
  static const char *const rates[] = {"5/s", "40/s", "3/100ms", "200/s", "1/2s"};
  static const char *const per[] = {"all", "client", "class", "endpoint"};
  static const char *const waits[] = {"",
                                      "",
                                      ", 'queue': 1",
                                      ", 'queue': 5, 'wait': '20ms'",
                                      ", 'queue': 'unlimited'",
                                      ", 'queue': 'unlimited', 'wait': '3ms'",
                                      ", 'queue': 3, 'wait': '0s'"};
  put(&f->t, "'limits': { ");
  for (uint32_t i = 0; i < RATES; i++)
    put(&f->t, "'rate%u': { 'kind': '%s', 'rate': '%s', 'per': '%s', 'scope': '%s' }, ", i, kinds[i % 4], rates[limits(f, 5)],
        per[limits(f, 4)], limits(f, 2) ? "shared" : "replica");
  for (uint32_t i = 0; i < PERMITS; i++)
    put(&f->t, "%s'permits%u': { 'kind': 'concurrency', 'limit': %u, 'per': '%s', 'scope': '%s'%s }", i ? ", " : "", i,
        1 + limits(f, 5), per[limits(f, 4)], limits(f, 2) ? "shared" : "replica", waits[limits(f, 7)]);
  put(&f->t, " },\n");
}

static uint32_t connections(struct fuzz *f, uint32_t n) { return stream_below(&f->connections, n); }
#define DRAW(f, ...)                                                                                                               \
  ((const char *const[]){__VA_ARGS__}[connections(f, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))])

static void put_pool_keys(struct fuzz *f) {
  if (!f->connected || connections(f, 4) == 0) return;
  put(&f->t, ", 'min': %u, 'idle': '%s', 'lifetime': '%s', 'queue': '%s', 'order': '%s'", connections(f, 2),
      DRAW(f, "never", "2ms", "50ms", "1s"), DRAW(f, "never", "5ms", "300ms", "2s"), DRAW(f, "unlimited", "0", "1", "9"),
      DRAW(f, "lifo", "fifo"));
}

/* What a database says of its connections. */
static void put_connections(struct fuzz *f) {
  if (connections(f, 4))
    put(&f->t, ", 'connections': { 'max': %s, 'setup': %s, 'handshake': '%s' }", DRAW(f, "'unlimited'", "2", "5", "20"),
        DRAW(f, "'0s'", "'2ms'", "{ 'exponential': '4ms' }"), DRAW(f, "0s", "0s", "3ms"));
  if (connections(f, 2))
    put(&f->t, ", 'scalability': { 'contention': %s, 'coherency': %s, 'counts': '%s' }", DRAW(f, "0", "0.05"), DRAW(f, "0", "0.01"),
        DRAW(f, "active", "open"));
}

static bool pooled(const struct fuzz *f) { return f->connected && f->databases && f->number % 2 == 0; }

static void put_pooler(struct fuzz *f) {
  put(&f->t,
      ", 'b': { 'kind': 'proxy', 'pooler': { 'database': 'd0', 'mode': '%s', 'pool_size': %u, 'min_size': %u, 'max_clients': %s, "
      "'reserve': %u, 'reserve_wait': '%s', 'wait': '%s', 'idle': '%s', 'lifetime': '%s', 'login': '%s', 'demand': { "
      "'exponential': "
      "'300us' } } }",
      DRAW(f, "session", "transaction", "transaction", "statement"), 1 + connections(f, 4), connections(f, 2),
      DRAW(f, "3", "8", "100"), connections(f, 3), DRAW(f, "0s", "10ms", "1s"), DRAW(f, "never", "20ms", "1s"),
      DRAW(f, "5ms", "1s", "never"), DRAW(f, "20ms", "2s", "never"), DRAW(f, "0s", "1ms"));
}

/* --- job queues ---------------------------------------------------------------------------------------------------------------- */

enum { QUEUES = 3 };

static uint32_t jobs(struct fuzz *f, uint32_t n) { return stream_below(&f->jobs, n); }
#define SOME(f, ...) some_of(f, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
static const char *some_of(struct fuzz *f, const char *const *words, size_t count) { return words[jobs(f, (uint32_t)count)]; }

/* To the queue `from` or a later one. */
static void put_publish(struct fuzz *f, uint32_t from) {
  put(&f->t, "{ 'publish': 'q%u', 'priority': %u, 'wait': %s", from + jobs(f, QUEUES - from), jobs(f, 3), SOME(f, "true", "false"));
  put(&f->t, "%s%s }", SOME(f, "", ", 'count': 3", ", 'count': { 'geometric': 2 }"),
      SOME(f, "", ", 'delay': '5ms'", ", 'delay': { 'exponential': '400ms' }"));
}

static void put_job_steps(struct fuzz *f, uint32_t queue) {
  put(&f->t, "{ 'cpu': %s }", SOME(f, "'1ms'", "{ 'exponential': '20ms' }", "'300ms'"));
  if (f->databases && jobs(f, 2)) put(&f->t, ", { 'query': 'd0', 'reads': 2, 'demand': '2ms' }");
  if (f->externals && jobs(f, 2)) put(&f->t, ", { 'external': 'e0' }");
  if (f->embedded && later(f, 2)) put(&f->t, ", { 'query': 'lite', 'writes': 1, 'demand': '3ms' }");
  if (f->externals && jobs(f, 3) == 0) put(&f->t, ", { 'call': 'e0', 'retry': { 'attempts': 2, 'backoff': '5ms' } }");
  if (f->limited && jobs(f, 3) == 0) put(&f->t, ", { 'limit': 'permits0', 'steps': [ { 'delay': '5ms' } ] }, { 'limit': 'rate0' }");
  if (queue + 1 < QUEUES && jobs(f, 3) == 0) put(&f->t, ", "), put_publish(f, queue + 1);
}

/* Publishes before the first of the steps, which have been written from `begin` on. */
static void put_published(struct fuzz *f, size_t begin) {
  char rest[sizeof f->t.bytes];
  memcpy(rest, f->t.bytes + begin, f->t.length - begin + 1);
  f->t.length = begin;
  put(&f->t, "[ ");
  put_publish(f, 0);
  put(&f->t, ", %s", rest + 1);
}

static void put_queues(struct fuzz *f) {
  put(&f->t, "'queues': { ");
  for (uint32_t i = 0; i < QUEUES; i++) {
    put(&f->t, "%s'q%u': { 'at': '%s', 'workers': 'a%u', 'steps': [ ", i ? ",\n" : "", i, f->caches && jobs(f, 2) ? "c0" : "broker",
        i % f->apps);
    put_job_steps(f, i);
    put(&f->t, " ], 'concurrency': %u, 'priority': %u, 'durable': %s, 'renewed': %s, 'visibility': '%s', 'on_crash': '%s'", 2,
        jobs(f, 2), SOME(f, "true", "false"), SOME(f, "true", "false"), SOME(f, "30ms", "500ms", "1h"),
        SOME(f, "timeout", "requeue"));
    put(&f->t, ", 'deliveries': %s, 'bound': %s, 'full': '%s', 'latency': '%s'", SOME(f, "'unlimited'", "1", "3"),
        SOME(f, "'unlimited'", "5", "40"), SOME(f, "drop", "refuse", "drop", "drop"), SOME(f, "0s", "2ms"));
    if (jobs(f, 2))
      put(&f->t, ", 'retry': { 'attempts': %u, 'backoff': '%s'%s }", 1 + jobs(f, 4), SOME(f, "0s", "20ms", "1s"),
          SOME(f, "", ", 'budget': { 'burst': 2 }"));
    if (jobs(f, 3) == 0) put(&f->t, ", 'schedule': [ { 'every': '%s', 'count': %u } ]", SOME(f, "300ms", "2s"), 1 + jobs(f, 4));
    put(&f->t, " }");
  }
  put(&f->t, " },\n");
}

static uint32_t balances(struct fuzz *f, uint32_t n) { return stream_below(&f->balances, n); }

/* The word, or an object instead. */
static const char *balance(struct fuzz *f, const char *word) {
  static const char *const policies[] = {"round-robin",
                                         "random",
                                         "weighted",
                                         "weighted-random",
                                         "hash",
                                         "hash', 'points': 9, 'bound': 1.25, 'per': 'request",
                                         "least-connections",
                                         "least-time",
                                         "least-time', 'decay': '300ms', 'stale': '70ms",
                                         "least-connections', 'power_of': 2, 'stale': '1s",
                                         "least-time', 'power_of': 3, 'distinct': false, 'per': 'connection"};
  struct text *t = &f->balance;
  t->length = 0;
  if (balances(f, 2)) {
    put(t, "'%s'", word);
    return t->bytes;
  }
  uint32_t policy = balances(f, 11);
  put(t, "{ 'policy': '%s'", policies[policy]);
  if (policy != 5 && policy != 10 && balances(f, 2)) put(t, ", 'per': 'connection'");
  put(t, ", 'keepalive': { 'connections': %u, 'requests': %u, 'idle': '%ums', 'age': '%ums' }", 1 + balances(f, 3),
      1 + balances(f, 30), balances(f, 300), 1 + balances(f, 2000));
  if (balances(f, 2))
    put(t, ", 'eject': { 'failures': %u, 'time': '%ums', 'grows': %s, 'longest': '1s', 'most': 0.%u, 'scope': '%s' }",
        1 + balances(f, 3), 1 + balances(f, 900), balances(f, 2) ? "true" : "false", balances(f, 10),
        balances(f, 2) ? "shared" : "replica");
  put(t, " }");
  return t->bytes;
}

static uint32_t volumes(struct fuzz *f, uint32_t n) { return stream_below(&f->volumes, n); }

/* Of a database or a cache; a cache that is asked by key may be on disk. */
static void put_volume(struct fuzz *f, char letter, uint32_t number) {
  static const char *const everywhere[] = {"'none'", "'local'", "'local'"};
  static const char *const swarm[] = {"'none'", "'local'", "{ 'kind': 'local', 'pinned': true }",
                                      "{ 'kind': 'network', 'detach': '900ms' }"};
  static const char *const pods[] = {"{ 'kind': 'none', 'owner': 'statefulset' }", "{ 'kind': 'local', 'owner': 'statefulset' }",
                                     "{ 'kind': 'network', 'owner': 'statefulset', 'detach': '2s', 'deleted': '1s' }",
                                     "{ 'kind': 'none', 'owner': 'deployment' }"};
  if (volumes(f, 3))
    put(&f->t, ", 'volume': %s", f->platform < 2 ? everywhere[volumes(f, 3)] : (f->platform == 2 ? swarm : pods)[volumes(f, 4)]);
  char asked[60];
  snprintf(asked, sizeof asked, "\"cached\": \"c%u\", \"key\"", number);
  if (letter == 'c' && strstr(f->t.bytes, asked) && volumes(f, 2))
    put(&f->t, ", 'persistence': { '%s': '%us', 'load_entries': 1000 }", volumes(f, 2) ? "snapshot" : "append", 1 + volumes(f, 3));
}

static uint32_t ailments(struct fuzz *f, uint32_t n) { return stream_below(&f->ailments, n); }

static void put_probes(struct fuzz *f) {
  static const char *const names[] = {"startup", "readiness", "liveness"};
  const char *between = "";
  put(&f->t, ", 'probes': { ");
  for (int i = 0; i < 3; i++) {
    if (ailments(f, 2)) continue;
    put(&f->t, "%s'%s': { 'every': '%ums', 'timeout': '%ums', 'failures': %u, 'delay': '%us', 'cost': '%s' }", between, names[i],
        500 + 500 * ailments(f, 4), 50 + 150 * ailments(f, 3), 1 + ailments(f, 3), ailments(f, 3), ailments(f, 2) ? "0s" : "2ms");
    between = ", ";
  }
  put(&f->t, " }");
}

static void put_failover(struct fuzz *f, uint32_t replicas) {
  put(&f->t,
      ", 'failover': { 'active': %u, 'together': %s, 'resumes': %s, 'detect': '%ums', 'promote': '%ums', 'coverage': 0.7, "
      "'uncovered': '3s' }",
      1 + ailments(f, replicas - 1), ailments(f, 2) ? "true" : "false", ailments(f, 2) ? "true" : "false", 400 * ailments(f, 4),
      300 * ailments(f, 2));
}

static uint32_t sockets(struct fuzz *f, uint32_t n) { return stream_below(&f->sockets, n); }

static void put_sockets(struct fuzz *f) {
  static const char *const idle[] = {"0", "1", "3", "'unlimited'"}, *const timeouts[] = {"never", "10ms", "1s"},
                           *const takes[] = {"one", "one", "all", "none"}, *const cpu[] = {"0s", "0s", "50us"};
  if (sockets(f, 4))
    put(&f->t, ", 'accept': { 'takes': '%s', 'full': '%s', 'cpu': '%s' }", takes[sockets(f, 4)], sockets(f, 3) ? "drop" : "reject",
        cpu[sockets(f, 3)]);
  if (sockets(f, 4))
    put(&f->t, ", 'upstream': { 'idle': %s, 'requests': %u, 'timeout': '%s', 'abort': '%s', 'cpu': '%s' }", idle[sockets(f, 4)],
        1 + sockets(f, 30), timeouts[sockets(f, 3)], sockets(f, 3) ? "close" : "ignore", cpu[sockets(f, 3)]);
}

static void put_service(struct fuzz *f, const char *kind, char letter, uint32_t number) {
  bool wired = f->wired && letter == 'a';
  const char *restart = PICK(f, "always", "always", "always", "no");
  const char *balanced = balance(f, PICK(f, "round-robin", "random", "least-connections"));
  const char *backlog = PICK(f, "0", "1", "5", "511", "unlimited");
  uint32_t threads = 1 + below(f, 6);
  const char *runtime = PICK(f, "event-loop", "threads");
  if (wired && sockets(f, 4)) threads = 1, runtime = "event-loop";
  uint32_t replicas = 1 + below(f, 4);
  if (f->replicated && letter == 'd' && replicas < 2) replicas = 2;
  if (divided(f, letter)) {
    replicas = replicas > 2 || (f->replicated && letter == 'd') ? 4 : 2;
    if (strstr(balanced, "weighted") || strstr(balanced, "hash") || strstr(balanced, "'connection'")) balanced = "'random'";
    if (strstr(balanced, "\"connection\"") || strstr(balanced, "'per'") || strstr(balanced, "\"per\"")) balanced = "'random'";
  }
  f->copies = divided(f, letter) ? replicas / 2 : replicas;
  put(&f->t,
      "'%c%u': { 'kind': '%s', 'replicas': %u, 'runtime': '%s', 'threads': %u, 'backlog': '%s', 'balance': %s, 'restart': '%s'",
      letter, number, kind, replicas,
      f->aside && letter == 'a' ? "event-loop"
      : runtimes(f, 3) == 0     ? "gil"
                                : runtime,
      threads, backlog, balanced, restart);
  put(&f->t, ", 'start': %s, 'connect_timeout': '%s', 'weight': %s", PICK(f, "'0s'", "'100ms'", "'2s'", "{ 'exponential': '1s' }"),
      PICK(f, "0s", "20ms", "1s", "60s"), PICK(f, "1", "1", "0.3", "4"));
  put(&f->t, ", 'quorum': %s, 'resources': { 'requests': { 'cpu': '%s', 'memory': '16Mi' }, 'limits': { 'cpu': '%s'%s",
      chance(f, 5) ? "2" : "1", PICK(f, "10m", "20m", "50m"), PICK(f, "unlimited", "unlimited", "250m", "1", "1700m"),
      runtimes(f, 2) ? "" : ", 'memory': '6Gi'");
  put(&f->t, ", 'throttle': '%s', 'period': '%s' } }", machines(f, 3) ? "quota" : "fluid",
      (const char *const[]){"100ms", "1ms", "13ms"}[machines(f, 3)]);
  if (letter == 'a' && f->databases && (chance(f, 70) || pooled(f))) {
    put(&f->t, ", 'pools': { ");
    for (uint32_t i = 0; i < f->databases; i++) {
      put(&f->t, "%s'd%u': { 'max': %u, 'wait': '%s'", i ? ", " : "", i, 1 + below(f, 4), PICK(f, "never", "0s", "3ms", "100ms"));
      put_pool_keys(f);
      put(&f->t, " }");
    }
    put(&f->t, " }");
  }
  if (letter == 'a' && f->platform == 3 && chance(f, 50)) {
    put(&f->t, ", 'autoscale': { 'min': %u, 'max': %u, 'cpu': '%u%%', 'behavior': %s", 1 + below(f, 2), 2 + below(f, 6),
        20 + 30 * below(f, 3), PICK(f, "true", "false"));
    if (f->queued && number < QUEUES && jobs(f, 2)) put(&f->t, ", 'queue': 'q%u', 'jobs': %u", number, 1 + jobs(f, 5));
    put(&f->t, " }");
  }
  if (f->groups > 1 && chance(f, 20)) put(&f->t, ", 'place': 'g1'");
  if (people(f, 4) == 0 && !wired) put_shifts(f);
  if (f->stored && letter == 'd') put_database(f);
  if (f->replicated && letter == 'd') put_replication(f, f->copies);
  put_queueing(f, letter == 'a' && !number, wired);
  put_runtime(f);
  if (letter == 'd' && f->connected) put_connections(f);
  if (f->keyed && letter != 'd') put_content(f);
  if (divided(f, letter)) put_shards(f, letter, replicas);
  if (letter != 'a') put_volume(f, letter, number);
  if (f->ails && ailments(f, 3)) put_probes(f);
  if (f->ails && letter == 'a' && replicas > 1 && !f->queued && f->platform != 3 && ailments(f, 2)) put_failover(f, replicas);
  if (wired && threads == 1) put_sockets(f);
  put(&f->t, " }");
}

static void put_services(struct fuzz *f) {
  put(&f->t, "'services': { ");
  for (uint32_t i = 0; i < f->apps; i++)
    put(&f->t, "%s", i ? ", " : ""), put_service(f, i ? PICK(f, "app", "proxy") : "app", 'a', i);
  for (uint32_t i = 0; i < f->databases; i++) put(&f->t, ", "), put_service(f, "database", 'd', i);
  if (pooled(f)) put_pooler(f);
  for (uint32_t i = 0; i < f->caches; i++) put(&f->t, ", "), put_service(f, "cache", 'c', i);
  if (f->embedded) {
    put(&f->t, ", 'lite': { 'kind': 'database', 'database': { 'engine': 'sqlite', 'journal': '%s', 'busy_timeout': '%s'",
        LATER(f, "wal", "delete"), LATER(f, "0s", "4ms", "5s"));
    if (later(f, 2)) put(&f->t, ", 'commit': { 'latency': { 'exponential': '2ms' }, 'group': %s }", LATER(f, "true", "false"));
    put(&f->t, "%s } }", f->stored ? ", 'buffer_hit': 0.7" : "");
  }
  if (f->queued) put(&f->t, ", 'broker': { 'kind': 'queue', 'start': '200ms' }");
  for (uint32_t i = 0; i < f->externals; i++) {
    put(&f->t, ", 'e%u': { 'kind': 'external', 'failure': '%u%%', ", i, 10 * below(f, 3));
    put_duration(f, "latency", 5000);
    put(&f->t, " }");
  }
  put(&f->t, " },\n");
}

static void put_rate(struct fuzz *f) {
  double rate = 5 + 150 * stream_uniform(&f->draws);
  switch (below(f, 5)) {
  case 0:
    put(&f->t, "'rate': '%.2f/s'", rate);
    break;
  case 1:
    put(&f->t, "'rate': { 'wave': { 'mean': '%.2f/s', 'amplitude': '%.2f/s', 'period': '7s' } }", rate, rate * 0.9);
    break;
  case 2:
    put(&f->t, "'rate': { 'on_sale': { 'at': '3s', 'peak': '%.2f/s', 'half_life': '2s' } }", 4 * rate);
    break;
  case 3:
    put(&f->t,
        "'rate': { 'steps': [ { 'from': '0s', 'rate': '%.2f/s' }, { 'from': '4s', 'rate': '0/s' }, { 'from': '5s', 'rate': "
        "'%.2f/s' } ] }",
        rate, 2 * rate);
    break;
  default:
    put(&f->t, "'rate': { 'sum': [ { 'constant': '%.2f/s' }, { 'day': { 'mean': '%.2f/s', 'peak': 3 } } ] }", rate / 2, rate / 2);
  }
}

/* From the clients to the entry. */
static void put_way(struct fuzz *f, bool open) {
  if (later(f, 2)) {
    put(&f->t, ", 'connection': { 'round_trip': %s, 'tls': '%s', 'requests': %s, 'idle': '%s'",
        LATER(f, "'0s'", "'8ms'", "{ 'exponential': '30ms' }"), LATER(f, "none", "1.2", "1.3"), LATER(f, "1", "4", "'unlimited'"),
        LATER(f, "10ms", "1s"));
    put(&f->t, "%s }", open ? ", 'clients': 20" : "");
  }
  if (later(f, 2)) put(&f->t, ", 'link': { 'down': '10Mbit/s', 'up': '1Mbit/s' }");
  if (open && later(f, 3) == 0) put(&f->t, ", 'batch': { 'geometric': 3 }");
}

static void put_traffic(struct fuzz *f) {
  put(&f->t, "'traffic': { ");
  for (uint32_t i = 0, n = 1 + below(f, 3); i < n; i++) {
    put(&f->t, "%s's%u': { ", i ? ", " : "", i);
    bool open = chance(f, 60);
    bool session = open && clients(f, 3) == 0;
    if (open) {
      put(&f->t, "'kind': '%s', ", session ? "session" : "open");
      put_rate(f);
    } else {
      put(&f->t, "'kind': 'closed', 'population': %u, ", 1 + below(f, 40));
      put_duration(f, "think", 200000);
    }
    put_people(f, open);
    if (open && limits(f, 2) == 0) put(&f->t, ", 'clients': { 'count': %u, 'zipf': %u }", 1 + limits(f, 50), limits(f, 2));
    if (f->ranked) put(&f->t, ", 'priority': %u", guards(f, 4));
    if (chance(f, 60)) put(&f->t, ", 'timeout': '%s'%s", PICK(f, "1ms", "30ms", "500ms", "5s"), LATER(f, "", ", 'cancel': true"));
    if (f->remote) put_way(f, open);
    put_clients(f, !open);
    if (session)
      put_journey(f);
    else
      put(&f->t, ", 'mix': { ");
    for (uint32_t k = 0; k < f->endpoints; k++) {
      uint32_t weight = 1 + below(f, 9);
      if (!session) put(&f->t, "%s'p%u': %u", k ? ", " : "", k, weight);
    }
    put(&f->t, session ? " }" : " } }");
  }
  put(&f->t, " },\n");
}

static void put_platform(struct fuzz *f) {
  static const char *const kinds[] = {"static", "compose", "swarm", "kubernetes"};
  put(&f->t, "'platform': { 'kind': '%s', 'network': { 'between_nodes': '%s' }, 'nodes': { ", kinds[f->platform],
      PICK(f, "0s", "0.25ms", "5ms"));
  for (uint32_t i = 0; i < f->groups; i++) {
    put(&f->t, "%s'g%u': { %s'count': %u, 'cpu': '%s', 'speed': %s%s", i ? ", " : "", i, runtimes(f, 2) ? "" : "'memory': '3Gi', ",
        f->embedded ? 1 : 1 + below(f, 4), PICK(f, "2", "4", "3.3", "unlimited"), PICK(f, "1", "1", "0.5", "1.7"),
        !f->stored ? ""
        : i        ? ", 'disk': { 'iops': 300, 'parallel': 4 }"
                   : ", 'disk': { 'latency': { 'exponential': '2ms' } }");
    put(&f->t, ", 'smt': %s }", (const char *const[]){"1", "1", "0.3"}[machines(f, 3)]);
  }
  if (f->platform == 2 && chance(f, 60)) put(&f->t, ", 'm': { 'count': 3, 'cpu': 1, 'role': 'manager' }");
  put(&f->t, " }");
  if (chance(f, 60))
    put(&f->t,
        ", 'swarm': { 'heartbeat': '1s', 'restart_delay': '%s' }, 'kubernetes': { 'lease_renewal': '1s', 'monitor_grace': '2s', "
        "'monitor_period': '500ms', 'eviction': '%s', 'readiness_period': "
        "'1s', 'endpoint_delay': '%s', 'relist': '100ms', 'restart_base': '100ms', 'restart_cap': '2s', 'termination_grace': '1s', "
        "'metrics_resolution': '1s', 'autoscaler_sync': '1s' }",
        PICK(f, "0s", "500ms"), PICK(f, "0s", "2s"), PICK(f, "0s", "200ms"));
  put(&f->t, " },\n");
}

static void put_faults(struct fuzz *f) {
  static const char *const disks[] = {"", "", ", 'disk': 'kept'", ", 'disk': 'lost'"};
  put(&f->t, "'faults': { ");
  const char *between = "";
  for (uint32_t i = 0; i < f->groups; i++, between = ", ")
    if (chance(f, 70))
      put(&f->t, "%s'n%u': { 'kind': 'node', 'nodes': 'g%u', 'mtbf': '%s', 'at': '%s', 'repair': { 'exponential': '%s' }%s }",
          between, i, i, PICK(f, "5s", "20s", "never"), "6s", PICK(f, "200ms", "4s", "20s"), disks[volumes(f, 4)]);
    else
      put(&f->t, "%s'n%u': { 'kind': 'crash', 'service': 'a0', 'at': '7s' }", between, i);
  if (f->platform == 2 && strstr(f->t.bytes, "manager") && chance(f, 70))
    put(&f->t, "%s'm': { 'kind': 'node', 'nodes': 'm', 'mtbf': '8s', 'repair': '5s' }", between);
  for (uint32_t i = 0; i < f->apps; i++)
    if (chance(f, 50))
      put(&f->t, "%s'x%u': { 'kind': 'crash', 'service': 'a%u', 'mtbf': '%s' }", between, i, i, PICK(f, "300ms", "5s", "30s"));
  for (uint32_t i = 0; f->ails && i < f->apps; i++)
    if (ailments(f, 3))
      put(&f->t, "%s'h%u': { 'kind': 'hang', 'service': 'a%u', 'mtbf': '%us', 'repair': '%ums' }", between, i, i,
          1 + ailments(f, 8), 100 + 900 * ailments(f, 4));
  if (f->ails && f->databases && ailments(f, 2))
    put(&f->t, "%s'hd': { 'kind': 'hang', 'service': 'd0', 'mtbf': '4s', 'repair': '700ms' }", between);
  if (f->ails && f->caches && ailments(f, 2))
    put(&f->t, "%s'hc': { 'kind': 'hang', 'service': 'c0', 'mtbf': '4s', 'repair': '700ms' }", between);
  if (pooled(f)) put(&f->t, "%s'xb': { 'kind': 'crash', 'service': 'b', 'mtbf': '3s' }", between), between = ", ";
  if (f->databases && chance(f, 50)) put(&f->t, "%s'xd': { 'kind': 'crash', 'service': 'd0', 'mtbf': '4s' }", between);
  if (f->caches && chance(f, 50)) put(&f->t, "%s'xc': { 'kind': 'crash', 'service': 'c0', 'mtbf': '4s' }", between);
  if (f->queued) put(&f->t, "%s'xq': { 'kind': 'crash', 'service': 'broker', 'mtbf': '%s' }", between, SOME(f, "900ms", "6s"));
  put(&f->t, " },\n");
}

static void generate(struct fuzz *f, uint64_t seed) {
  *f = (struct fuzz){.draws = stream_open(stream_key(seed, 0, 0, 0)),
                     .people = stream_open(stream_key(seed, 0, 1, 0)),
                     .guards = stream_open(stream_key(seed, 0, 2, 0)),
                     .forks = stream_open(stream_key(seed, 0, 5, 0)),
                     .limits = stream_open(stream_key(seed, 0, 3, 0)),
                     .limited = seed % 3 == 1,
                     .runtimes = stream_open(stream_key(seed, 0, 6, 0)),
                     .special = seed % 5 == 2,
                     .data = stream_open(stream_key(seed, 0, 12, 0)),
                     .stored = seed % 5 == 2,
                     .jobs = stream_open(stream_key(seed, 0, 8, 0)),
                     .queued = seed % 5 < 2,
                     .cures = stream_open(stream_key(seed, 0, 21, 0)),
                     .waits = stream_open(stream_key(seed, 0, 31, 0)),
                     .contents = stream_open(stream_key(seed, 0, 9, 0)),
                     .keyed = seed % 5 < 3,
                     .cured = seed % 4 < 3,
                     .aged = seed % 2 == 1,
                     .balances = stream_open(stream_key(seed, 0, 11, 0)),
                     .replication = stream_open(stream_key(seed, 0, 10, 0)),
                     .volumes = stream_open(stream_key(seed, 0, 41, 0)),
                     .replicated = seed % 7 > 3,
                     .standbys = stream_open(stream_key(seed, 0, 22, 0)),
                     .clients = stream_open(stream_key(seed, 0, 4, 0)),
                     .connections = stream_open(stream_key(seed, 0, 7, 0)),
                     .connected = seed % 5 == 2 || seed % 5 == 4,
                     .number = seed / 5,
                     .shards = stream_open(stream_key(seed, 0, 14, 0)),
                     .divided = seed % 7 < 3 || seed % 7 == 5, /* 5: replicated, too */
                     .later = stream_open(stream_key(seed, 0, 15, 0)),
                     .ailments = stream_open(stream_key(seed, 0, 51, 0)),
                     .ails = seed % 3 == 2,
                     .sockets = stream_open(stream_key(seed, 0, 52, 0)),
                     .wired = seed % 11 > 7,
                     .embedded = seed % 6 == 5,
                     .stocked = seed % 8 == 3,
                     .remote = seed % 9 == 4,
                     .machines = stream_open(stream_key(seed, 0, 13, 0)),
                     .platform = (int)(seed % 4)};
  f->aside = runtimes(f, 2) == 0;
  f->ranked = guards(f, 2) && !f->wired;
  f->apps = 1 + below(f, 4), f->databases = below(f, 3), f->caches = below(f, 2), f->externals = below(f, 2),
  f->endpoints = 1 + below(f, 3), f->groups = 1 + below(f, 2);
  if (f->embedded) f->groups = 1; /* one machine: a file is on one */
  f->stocked &= f->databases || f->caches;
  put(&f->t, "{ 'aguanta': 1, 'name': 'fuzz',\n");
  put_traffic(f);
  if (f->limited) put_limits(f);
  put(&f->t, "'keys': { 'k1': { 'of': 3 }, 'k2': { 'of': 30, 'zipf': 1 }, 'k0': %u, 'k3': { 'of': %u, 'zipf': 0.9 } },\n",
      1 + contents(f, 60), 1 + contents(f, 3000));
  put_rooms(f);
  put(&f->t, "'endpoints': { ");
  for (uint32_t i = 0; i < f->endpoints; i++) {
    put(&f->t, "%s'p%u': { 'entry': 'a%u', 'steps': ", i ? ",\n" : "", i, below(f, f->apps));
    size_t begin = f->t.length;
    put_steps(f, 1);
    if (f->queued) put_published(f, begin);
    if (f->remote) put(&f->t, ", 'request': '%s', 'response': '%s'", LATER(f, "0B", "2kB"), LATER(f, "0B", "50kB"));
    if (f->remote && later(f, 3) == 0) put(&f->t, ", 'cdn': { 'hit': '40%%', 'latency': '5ms' }");
    put(&f->t, " }");
  }
  put(&f->t, " },\n");
  if (f->queued) put_queues(f);
  if (f->stocked)
    put(&f->t,
        "'stock': { 'goods': { 'amount': %u, 'at': '%s', 'hold': '%s', 'demand': '200us', 'round_trips': %u, 'lock_wait': '%s' } "
        "},\n",
        1 + later(f, 300), f->databases ? "d0" : "c0", LATER(f, "never", "30ms", "2s"), later(f, 3), LATER(f, "50s", "10ms"));
  put_services(f);
  put_platform(f);
  if (chance(f, 80)) put_faults(f);
  if (people(f, 2)) put(&f->t, "'claims': [ 'p50(all.wait) over 6s..12s < 1h', 'share(p0.wait > 0s) < 50%%' ],\n");
  put(&f->t, "'run': { 'window': '12s', 'warmup': '%s', 'windows': 2, 'replications': 2, 'seed': %u } }", PICK(f, "0s", "1s"),
      1 + below(f, 1000));
}

/* --- the structure ------------------------------------------------------------------------------------------------------------- */

/* What a child process tells its parent; a scenario that aborts or hangs takes only its child with it. */
struct looker {
  uint64_t seed, arrived;
  bool taken;
  char message[400]; /* the first */
};

__attribute__((format(printf, 3, 4))) static void expect(struct looker *l, bool ok, const char *format, ...) {
  if (ok || l->message[0]) return;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(l->message, sizeof l->message, format, arguments);
  va_end(arguments);
}

static struct looker in_child(uint64_t seed, unsigned seconds, void (*run)(struct looker *)) {
  struct looker l = {.seed = seed};
  int ends[2], status = 0;
  fflush(stdout);
  if (pipe(ends)) abort();
  pid_t child = fork();
  if (!child) {
    setitimer(ITIMER_PROF, &(struct itimerval){.it_value.tv_sec = seconds}, NULL); /* of its own work: the machine may be busy */
    run(&l);
    _exit(write(ends[1], &l, sizeof l) != sizeof l);
  }
  close(ends[1]);
  bool told = read(ends[0], &l, sizeof l) == sizeof l;
  close(ends[0]);
  waitpid(child, &status, 0);
  if (!told)
    test_check(false, "scenario %llu: ended by signal %d", (unsigned long long)seed, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  test_check(!l.message[0], "scenario %llu: %s", (unsigned long long)seed, l.message);
  return l;
}

static bool serving(const struct container *c) { return c->state == CONTAINER_UP || c->state == CONTAINER_DRAINING; }

static void look_at_service(struct looker *l, const struct world *w, const struct service *s) {
  uint32_t up = 0, rotating = 0, active = 0;
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    up += serving(c), rotating += c->in_rotation;
    active += c->state != CONTAINER_UNUSED && c->state != CONTAINER_DRAINING;
  }
  double t = sim_seconds(world_now(w));
  expect(l, up == s->up, "%s at %.3f s: %u containers serve, %u are counted", service_config(s)->name, t, up, s->up);
  expect(l, rotating == s->in_rotation, "%s at %.3f s: %u flags, %u in rotation", service_config(s)->name, t, rotating,
         s->in_rotation);
  if (service_config(s)->kind != SERVICE_EXTERNAL)
    expect(l, (int64_t)active <= s->desired, "%s at %.3f s: %u containers for a desired size of %d", service_config(s)->name, t,
           active, s->desired);
  if (service_config(s)->autoscale.max)
    expect(l, s->desired <= service_config(s)->autoscale.max || s->desired <= service_config(s)->replicas, "%s: desired %d",
           service_config(s)->name, s->desired);
}

static void look_at_crew(struct looker *l, const struct container *c, const struct service_config *s, const struct crew *k) {
  bool overtime = s->shifts.count || !k->threads; /* who was at work when the staff became fewer, or a pause began */
  expect(l, overtime || (k->running <= k->threads && k->held <= k->seats), "%s %u: %u running, %u held of %lld threads", s->name,
         c->id, k->running, k->held, (long long)k->threads);
  expect(l, k->aside || (k->fresh_waiting <= c->backlog && k->door.count <= (uint64_t)c->backlog + 1),
         "%s %u: %u and %u wait, backlog %lld", s->name, c->id, k->fresh_waiting, k->door.count, (long long)c->backlog);
  expect(l, !k->runnable.count || k->running == k->threads || (overtime && k->running > k->threads),
         "%s %u: %u wait and a thread is free", s->name, c->id, k->runnable.count);
  expect(l, !k->door.count || c->loops || k->held == k->seats || (overtime && k->held > k->seats),
         "%s %u: %u wait at the door and a thread is free", s->name, c->id, k->door.count);
}

static void look_at_container(struct looker *l, const struct world *w, const struct container *c) {
  const struct service_config *s = container_config(c);
  double t = sim_seconds(world_now(w));
  bool runs = serving(c) || c->state == CONTAINER_STARTING;
  expect(l, !runs || (c->node != NONE && w->nodes[c->node].up), "%s %u at %.3f s: state %d on a node that is down", s->name, c->id,
         t, c->state);
  look_at_crew(l, c, s, &c->own);
  uint32_t computing = c->own.running, held = c->own.held;
  for (uint32_t i = 0; c->processes && i < c->processes->count; i++) {
    const struct process *p = &c->processes->each[i];
    look_at_crew(l, c, s, &p->crew);
    look_at_crew(l, c, s, &p->workers);
    computing += p->crew.running + p->workers.running, held += p->crew.held;
  }
  if (c->processes) computing -= c->processes->parked_count;
  expect(l, computing == c->running && held == c->held, "%s %u: its crews have %u computing and %u held, itself %u and %u", s->name,
         c->id, computing, held, c->running, c->held);
  expect(l, runs || c->state == CONTAINER_HUNG || !c->running, "%s %u computes in state %d", s->name, c->id, c->state);
  const struct cpu_quota *q = c->quota;
  if (q) {
    double left = q->left - container_used_since(w, c, world_now(w));
    expect(l, c->stalls >= q->spent && (q->active || (!c->running && !q->spent)),
           "%s %u: %u reasons to stand still, quota %s, %u running", s->name, c->id, c->stalls, q->spent ? "spent" : "not spent",
           c->running);
    expect(l, left <= q->amount && left > -64 && (!q->spent || left < 1), "%s %u: %.17g of %.17g ns left", s->name, c->id, left,
           q->amount);
  }
  for (uint32_t k = 0; k < service_connections(s)->pools.count; k++) {
    const struct connection_pool *p = &c->pools[k];
    expect(l, p->in_use <= p->config->max + p->config->reserve && (!p->line.queue.count || p->in_use >= p->config->max),
           "%s %u: pool %u of %lld, %u wait", s->name, c->id, p->in_use, (long long)p->config->max, p->line.queue.count);
  }
}

static void look_at_node(struct looker *l, const struct world *w, const struct node *n) {
  int64_t cpu = 0, demand = 0;
  double used = 0;
  for (uint32_t i = 0; i < n->container_count; i++) {
    const struct container *c = &w->containers[n->containers[i]];
    expect(l, c->node == n->index, "container %u is listed on node %u, not on its own", c->id, n->index);
    cpu += container_config(c)->resources.requests.cpu;
    demand += c->demand;
    if (!c->running || c->stalls) continue;
    double rate = node_rate(w, c), cores = rate / n->pace * c->running;
    used += cores;
    expect(l, rate > 0 && rate <= n->pace + 1e-12 && cores * MILLI <= (double)c->limit * (1 + 1e-9),
           "container %u: rate %.17g for %u threads, limit %lld", c->id, rate, c->running, (long long)c->limit);
  }
  expect(l, cpu == n->cpu_requested && cpu <= n->group->cpu, "node %u: requests of %lld, counted %lld", n->index, (long long)cpu,
         (long long)n->cpu_requested);
  expect(l, demand == n->demand, "node %u: demand %lld, counted %lld", n->index, (long long)demand, (long long)n->demand);
  expect(l, !node_wrong(w, n), "node %u: %s", n->index, node_wrong(w, n));
  double due = fmin((double)demand / MILLI, n->cores);
  expect(l, fabs(used - due) < 1e-9 * (1 + due), "node %u: %.17g cores used of %lld demanded on %g", n->index, used,
         (long long)demand, n->cores);
}

/* Patience runs in queues and nowhere else. */
static void look_at_patience(struct looker *l, const struct world *w) {
  uint32_t running = 0;
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live || !r->patience_runs) continue;
    running++;
    bool of_loop = r->waiting == &wait_read || r->waiting == &wait_accepted;
    expect(l, of_loop || r->waiting == &wait_cpu || r->waiting == &wait_thread, "patience runs while it waits for %s",
           r->waiting ? r->waiting->name : "nothing");
  }
  uint32_t timers = w->patience ? timer_heap_pending(w->patience) : 0;
  expect(l, running == timers, "%u run out of patience, %u timers", running, timers);
}

static void look(struct looker *l, const struct world *w) {
  look_at_patience(l, w);
  for (uint32_t i = 0; i < w->model->services.count; i++) look_at_service(l, w, &w->services[i]);
  for (uint32_t i = 0; i < w->container_count; i++) look_at_container(l, w, &w->containers[i]);
  for (uint32_t i = 0; i < w->node_count; i++) look_at_node(l, w, &w->nodes[i]);
}

static void broken(void *looker, const char *message) { expect(looker, false, "%s", message); }

/* Looks now and then while the world runs; with `moves` nodes join and leave then. */
struct watch {
  struct looker *looker;
  struct world *world;
  slot_id slot;
  bool moves;
  struct stream draws;
};

static void move_nodes(struct watch *watch) {
  struct world *w = watch->world;
  uint32_t any = stream_below(&watch->draws, w->node_count), group = w->nodes[any].group_index;
  if (w->nodes[any].membership == NODE_MEMBER && stream_below(&watch->draws, 2))
    node_leave(w, &w->nodes[any]);
  else
    node_join(w, group);
}

static void look_again(void *context, uint32_t argument) {
  (void)argument;
  struct watch *watch = context;
  struct world *w = watch->world;
  look(watch->looker, w);
  if (watch->moves) move_nodes(watch), look(watch->looker, w);
  calendar_set(w->calendar, watch->slot, world_now(w) + w->horizon / LOOKS + 1);
}

static void run_world(const struct fixture *f, struct looker *l, enum world_mode mode, bool moves) {
  struct world *w = world_new(&f->scenario->model, l->seed, 0, mode);
  if (mode == WORLD_AVAILABILITY) w->horizon = w->measured_until = 100 * SIM_S;
  struct watch watch = {.looker = l, .world = w, .moves = moves, .draws = stream_open(l->seed)};
  watch.slot = calendar_slot(w->calendar, look_again, &watch, 0);
  calendar_set(w->calendar, watch.slot, 1);
  world_run(w);
  look(l, w);
  world_audit(w, broken, l);
  l->arrived += w->observation.arrived;
  world_free(w);
}

static void run_worlds(struct looker *l) {
  static struct fuzz g;
  generate(&g, l->seed);
  struct fixture f = fixture_try(&g.t);
  l->taken = f.scenario != NULL;
  if (l->taken) run_world(&f, l, WORLD_TRAFFIC, false), run_world(&f, l, WORLD_AVAILABILITY, false);
  if (l->taken && l->seed % 4 == 1) run_world(&f, l, WORLD_TRAFFIC, true), run_world(&f, l, WORLD_AVAILABILITY, true);
  fixture_close(&f);
}

/* Other scenarios than usual: AGUANTA_FUZZ_FROM=1000. */
static uint64_t first_seed(void) {
  const char *from = getenv("AGUANTA_FUZZ_FROM");
  return from ? strtoull(from, NULL, 10) : 0;
}

static void test_invariants(void) {
  uint64_t requests = 0, runs = 0;
  for (uint64_t seed = first_seed(); seed < first_seed() + SCENARIOS; seed++) {
    struct looker l = in_child(seed, 20, run_worlds);
    runs += l.taken, requests += l.arrived;
  }
  test_check(runs > SCENARIOS * 3 / 4, "only %llu of the scenarios were taken", (unsigned long long)runs);
  test_check(requests > 200000, "%llu requests in all", (unsigned long long)requests);
}

static void run_studies(struct looker *l) {
  static struct fuzz g;
  generate(&g, l->seed);
  struct fixture f = fixture_try(&g.t);
  if (!f.scenario) return;
  char *json[2];
  size_t length[2];
  for (uint32_t i = 0; i < 2; i++)
    json[i] = report_json(study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1 + i, .replications = 3}), &length[i]);
  expect(l, length[0] == length[1] && !memcmp(json[0], json[1], length[0]), "other bytes with two threads");
  free(json[0]), free(json[1]);
  fixture_close(&f);
}

static void test_same_bytes(void) {
  for (uint64_t seed = first_seed() + SCENARIOS; seed < first_seed() + SCENARIOS + SCENARIOS / 2; seed++)
    in_child(seed, 20, run_studies);
}

/* --- the edges of what the reader takes ------------------------------------------------------------------------------------------ */

/* Each is a legal value of one key. The reader may refuse it; what it takes must run: no abort, no endless loop. */
struct edge {
  const char *name, *source, *service, *platform, *faults, *run; /* added to the objects of that name */
};

#define CRASH "'x': { 'kind': 'crash', 'service': 'a', 'at': '2s' }"
#define LOSS  "'x': { 'kind': 'node', 'nodes': 'n', 'at': '2s', 'repair': '1s' }"

static const struct edge edges[] = {
    {"a patience of 200 years", ", 'timeout': '200y'", "", "'kind': 'static'", "", ""},
    {"an everlasting connection attempt", "", ", 'connect_timeout': 'never'", "'kind': 'compose'", LOSS, ""},
    {"a connection attempt of 200 years", "", ", 'connect_timeout': '200y'", "'kind': 'compose'", LOSS, ""},
    {"a pool wait of 200 years", "", ", 'pools': { 'd': { 'max': 1, 'wait': '200y' } }", "'kind': 'static'", "", ""},
    {"compose never restarts", "", "", "'kind': 'compose', 'compose': { 'restart_delay': 'never' }", CRASH, ""},
    {"compose waits for ever longer", "", "", "'kind': 'compose', 'compose': { 'restart_cap': 'never' }", CRASH, ""},
    {"swarm never restarts", "", "", "'kind': 'swarm', 'swarm': { 'restart_delay': 'never' }", CRASH, ""},
    {"swarm's heart beats all the time", "", "", "'kind': 'swarm', 'swarm': { 'heartbeat': '0s' }",
     LOSS ", 'm': { 'kind': 'node', 'nodes': 'm', 'at': '1s', 'repair': '1h' }", ""},
    {"swarm's heart hardly beats", "", "", "'kind': 'swarm', 'swarm': { 'heartbeat': '200y' }", LOSS, ""},
    {"pods are never evicted", "", "",
     "'kind': 'kubernetes', 'kubernetes': { 'eviction': 'never', 'monitor_grace': '1s', 'lease_renewal': '0s', 'monitor_period': "
     "'0s' }",
     "'x': { 'kind': 'node', 'nodes': 'n', 'at': '2s', 'repair': '1h' }", ""},
    {"nodes are never missed", "", "", "'kind': 'kubernetes', 'kubernetes': { 'monitor_grace': 'never' }", LOSS, ""},
    {"endpoints never change", "", "", "'kind': 'kubernetes', 'kubernetes': { 'endpoint_delay': 'never' }", CRASH, ""},
    {"a kubelet that never looks", "", "", "'kind': 'kubernetes', 'kubernetes': { 'relist': 'never', 'readiness_period': 'never' }",
     CRASH, ""},
    {"scraping all the time", "", ", 'autoscale': { 'max': 4 }",
     "'kind': 'kubernetes', 'kubernetes': { 'metrics_resolution': '0s' }", "", ""},
    {"syncing all the time", "", ", 'autoscale': { 'max': 4 }", "'kind': 'kubernetes', 'kubernetes': { 'autoscaler_sync': '0s' }",
     "", ""},
    {"syncing each 100 ms", "", ", 'autoscale': { 'max': 4 }", "'kind': 'kubernetes', 'kubernetes': { 'autoscaler_sync': '100ms' }",
     "", ""},
    {"endless grace", "", ", 'replicas': 3, 'autoscale': { 'max': 2 }",
     "'kind': 'kubernetes', 'kubernetes': { 'termination_grace': 'never' }", "", ""},
    {"no CPU request to scale on", "", ", 'resources': { 'requests': { 'cpu': '0' } }, 'autoscale': { 'max': 4 }",
     "'kind': 'kubernetes'", "", ""},
    {"one replica a quorum of nine", "", ", 'quorum': 9", "'kind': 'static'", "", ""},
    {"a crash at time zero", "", "", "'kind': 'kubernetes'", "'x': { 'kind': 'crash', 'service': 'a', 'at': '0s' }", ""},
    {"a repair in no time", "", "", "'kind': 'swarm'", "'x': { 'kind': 'node', 'nodes': 'n', 'mtbf': '1s', 'repair': '0s' }", ""},
    {"a crash each millisecond", "", "", "'kind': 'static'", "'x': { 'kind': 'crash', 'service': 'a', 'mtbf': '1ms' }", ""},
    {"a process that never starts", "", ", 'start': '200y'", "'kind': 'compose'", CRASH, ""},
    {"more windows than nanoseconds", "", "", "'kind': 'static'", "", ", 'windows': 10000, 'window': '5us'"},
};

static const char *const edge_scenario =
    "{ 'aguanta': 1, 'name': 'edge', 'traffic': { 'x': { 'kind': 'open', 'rate': '40/s', 'mix': { 'p': 1 }%s }, 'u': { 'kind': "
    "'closed', 'population': 4, 'think': '100ms', 'mix': { 'p': 1 }%s } },"
    "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '3ms' }, { 'query': 'd', 'reads': 1, 'demand': '1ms' } ] } }, "
    "'services': { 'a': { 'kind': 'app'%s }, 'd': { 'kind': 'database' } },"
    "'platform': { %s, 'nodes': { 'n': { 'count': 2, 'cpu': 4 }%s } }, 'faults': { %s }, 'run': { 'warmup': '0s'%s%s } }";

/* l->seed: which edge. */
static void run_edge(struct looker *l) {
  const struct edge *e = &edges[l->seed];
  struct text t = {.length = 0};
  const char *managers = strstr(e->platform, "swarm") ? ", 'm': { 'cpu': 1, 'role': 'manager' }" : "";
  put(&t, edge_scenario, e->source, e->source, e->service, e->platform, managers, e->faults, e->run,
      e->run[0] ? "" : ", 'window': '60s', 'windows': 2");
  struct fixture f = fixture_try(&t);
  l->taken = true;
  if (!f.scenario) return;
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  world_run(w);
  world_audit(w, broken, l);
}

static void test_edges(void) {
  for (uint64_t i = 0; i < sizeof edges / sizeof *edges; i++) {
    struct looker l = in_child(i, 2, run_edge);
    test_check(l.taken, "that was \"%s\"", edges[i].name);
  }
}

/* Users who do not think, and a server that answers at once because it is dead or full: time must go on. */
static void run_restless(struct looker *l) {
  static const char *const services[] = {", 'restart': 'no'", ", 'backlog': 0"};
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'restless', 'traffic': { 'u': { 'kind': 'closed', 'population': 3, 'think': '0s', 'mix': "
                 "{ 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '3ms' } ] } },"
                 "'services': { 'a': { 'kind': 'app'%s } }, 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 4 } } }, "
                 "'faults': { " CRASH " }, 'run': { 'warmup': '0s', 'window': '5s' } }",
                 services[l->seed]);
  if (f.scenario) run_world(&f, l, WORLD_TRAFFIC, false);
}

static void test_restless_users(void) {
  for (uint64_t i = 0; i < 2; i++) in_child(i, 2, run_restless);
}

/* How the generator's scenarios look, and what is refused: for whoever reads a failure. MODEL_FUZZ=SEED prints one. */
static void test_generator(void) {
  static struct fuzz g;
  uint32_t refused = 0;
  const char *wanted = getenv("MODEL_FUZZ");
  for (uint64_t seed = 0; seed < 40; seed++) {
    generate(&g, seed);
    struct fixture f = fixture_try(&g.t);
    if (!f.scenario && !strstr(f.refused, "find a node with room"))
      test_check(false, "scenario %llu refused: %s", (unsigned long long)seed, f.refused);
    refused += !f.scenario;
    fixture_close(&f);
  }
  if (wanted) generate(&g, strtoull(wanted, NULL, 10)), puts(g.t.bytes);
  test_check(refused < 12, "%u of 40 refused", refused);
}

static const struct test_case cases[] = {{"generator", test_generator},           {"invariants", test_invariants},
                                         {"same_bytes", test_same_bytes},         {"edges", test_edges},
                                         {"restless_users", test_restless_users}, {NULL, NULL}};
const struct test_suite suite_model_fuzz = {"model_fuzz", cases};
