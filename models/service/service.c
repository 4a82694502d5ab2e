#include "models/service/service.h"
#include "models/service/preset.h"

static const char *const kind_words[] = {"app", "proxy", "database", "cache", "external", "queue", NULL};
static const char *const restart_words[] = {"always", "no", NULL};

static const struct field request_fields[] = {
    KEY("cpu", CPU, resource_amounts, cpu, DEFAULT("100m"), RANGE(0, 1e6),
        .doc = "Set aside by the scheduler; the base of the autoscaler's utilisation."),
    KEY("memory", BYTES, resource_amounts, memory, DEFAULT("128Mi"), RANGE(0, 1e15), .doc = "Set aside by the scheduler."),
    {0}};
static const struct record requests_record = {.name = "resource requests",
                                              .size = sizeof(struct resource_amounts),
                                              .fields = request_fields,
                                              .doc = "What the scheduler sets aside for one replica."};

static const struct field resources_fields[] = {
    KEY("requests", RECORD, resources_config, requests, .record = &requests_record, .doc = "Set aside for one replica."),
    KEY("limits", RECORD, resources_config, limits, .record = &limits_record, .doc = "Upper bounds for one replica."),
    {0}};
static const struct record resources_record = {.name = "resources",
                                               .size = sizeof(struct resources_config),
                                               .fields = resources_fields,
                                               .doc = "CPU and memory of one replica, in Kubernetes' words."};

static const struct field shift_fields[] = {
    KEY("at", DURATION, shift_config, at, RANGE(0, FIELD_LONGEST),
        .doc = "Time since the start of the run, warm-up included, like the steps of a rate."),
    KEY("threads", INTEGER, shift_config, threads, RANGE(0, 1e6),
        .doc = "Threads of each replica from then on. If more are busy, these finish what they have, and nothing new begins."),
    {0}};
static const struct record shift_record = {
    .name = "shift", .size = sizeof(struct shift_config), .fields = shift_fields, .doc = "A number of threads from a time on."};

static const char *const discipline_words[] = {"fifo", "priority", NULL};

static const struct field service_fields[] = {
    KEY("kind", WORD, service_config, kind, .words = kind_words,
        .missing = ", or a \"preset\" that gives it: see 'aguanta explain presets'",
        .doc = "What it is; sets the defaults of runtime and threads. A preset gives it."),
    KEY("preset", WORD, service_config, preset, OPTIONAL, .words = preset_words,
        .doc = "The software that it is: keys that are not given come from models/service/presets/NAME.json, each with its source; "
               "null takes one of "
               "them away. 'aguanta explain NAME' lists them, docs/presets.md all."),
    KEY("replicas", INTEGER, service_config, replicas_by_region, DEFAULT(1), RANGE(1, 5000), .target = "platform.regions",
        .doc = "Containers at the start. {\"us\": 3, \"eu\": 2} says how many in each region: a replica stays in its own. A "
               "database's "
               "first replica takes the writes, all take reads."),
    KEY("runtime", WORD, service_config, runtime, DEFAULT("event-loop"), .words = runtime_words,
        .doc = "event-loop: a request occupies a thread only while it computes; threads: from acceptance to answer; gil: as "
               "threads, but one thread of a process computes at a time."),
    KEY("threads", LIMIT, service_config, threads, DEFAULT(0), RANGE(0, FIELD_UNLIMITED),
        .doc = "Threads of one process that can run at once; 0: 40 with runtime gil, else 1 for app, cache and queue, 4 for proxy, "
               "151 for database.",
        .source = "Node.js and Redis: one thread; MySQL max_connections 151; Nginx: a worker a core; AnyIO: 40 threads"),
    KEY("processes", RECORD, service_config, processes, .record = &processes_record,
        .doc = "Processes in one replica, each with a queue of its own; a number is their count."),
    KEY("workers", INTEGER, service_config, workers, DEFAULT(4), RANGE(1, 1e6),
        .doc = "Threads next to each event loop, for steps with \"on\": \"workers\".", .source = "libuv: UV_THREADPOOL_SIZE 4"),
    KEY("warm_up", RECORD, service_config, warm_up, OPTIONAL, .record = &warm_up_record,
        .doc = "A new process computes slowly at first; those that are up at the start of the run are warm."),
    KEY("gc", RECORD, service_config, gc, OPTIONAL, .record = &gc_record,
        .doc = "Garbage collection that stops a process now and then; absent: never."),
    ADDED_KEY("wake"),
    KEY("memory", RECORD, service_config, memory, OPTIONAL, .record = &memory_record,
        .doc = "What one replica has resident; absent: memory is not modelled for it."),
    KEY("shifts", LIST, service_config, shifts, OPTIONAL, .record = &shift_record,
        .doc = "Numbers of threads that change over time, as staff does; before the first, \"threads\" holds."),
    KEY("backlog", LIMIT, service_config, backlog, DEFAULT(511), RANGE(0, FIELD_UNLIMITED),
        .doc = "New requests that may wait for one replica (with processes: for one of them); one more is rejected.",
        .source = "Node.js and Nginx listen backlog 511"),
    KEY("balance", RECORD, service_config, balance, .record = &balance_record,
        .doc = "How callers choose among the replicas in rotation."),
    KEY("restart", WORD, service_config, restart, DEFAULT("always"), .words = restart_words,
        .doc = "Whether the orchestrator restarts a crashed container."),
    KEY("quorum", INTEGER, service_config, quorum, DEFAULT(1), RANGE(1, 5000),
        .doc = "Replicas that must be up for any of them to serve."),
    KEY("resources", RECORD, service_config, resources, .record = &resources_record, .doc = "CPU and memory of one replica."),
    ADDED_KEY("pools"),
    KEY("autoscale", RECORD, service_config, autoscale, .record = &autoscale_record,
        .doc = "Changes the number of replicas with the load."),
    KEY("start", DISTRIBUTION, service_config, start, DEFAULT("2s"), .doc = "From the start of the process until it serves.",
        .source = "Node/Express 0.3 to 2 s, an estimate"),
    KEY("place", REFERENCES, service_config, place, OPTIONAL, .target = "platform.nodes",
        .doc = "The node groups that it runs on; absent: any group that no service is placed on."),
    ADDED_KEY("image"),
    ADDED_KEY("probes"),
    ADDED_KEY("node_selector"),
    ADDED_KEY("tolerates"),
    ADDED_KEY("spread"),
    ADDED_KEY("update"),
    ADDED_KEY("budget"),
    KEY("connect_timeout", DURATION, service_config, connect_timeout, DEFAULT("60s"), RANGE(0, FIELD_YEAR),
        .doc = "How long a caller waits for a replica whose node is gone.", .source = "nginx proxy_connect_timeout 60 s"),
    KEY("weight", NUMBER, service_config, weight, DEFAULT(1), RANGE(0.001, 1000),
        .doc = "Share of a contended node's CPU relative to the other containers.", .source = "cgroup default: equal"),
    KEY("latency", DISTRIBUTION, service_config, latency, DEFAULT("0s"), .doc = "External: time until its answer."),
    KEY("failure", RATIO, service_config, failure, DEFAULT(0), RANGE(0, 1), .doc = "External: share of calls that fail."),
    KEY("discipline", WORD, service_config, discipline, DEFAULT("fifo"), .words = discipline_words,
        .doc = "In which order waiting requests get a thread: fifo: in order of arrival; priority: by the \"priority\" of their "
               "source and endpoint, higher first, in order of arrival among equals. No request is interrupted."),
    KEY("queue_deadline", DURATION, service_config, queue_deadline, DEFAULT("never"), RANGE(0, FIELD_YEAR),
        .doc = "A newcomer that has waited longer than this when its turn comes is dropped at once (outcome shed)."),
    KEY("codel", RECORD, service_config, codel, OPTIONAL, .record = &codel_record,
        .doc = "Drops newcomers while waits stand above a target (outcome shed); absent: drops none."),
    ADDED_KEY("database"),
    ADDED_KEY("connections"),
    KEY("scalability", RECORD, service_config, scalability, OPTIONAL, .record = &scalability_record,
        .doc = "What requests at work at the same time cost each other; absent: nothing."),
    KEY("concurrency", LIST, service_config, concurrency, OPTIONAL, .record = &concurrency_record,
        .doc = "The same as measured: how much longer, or shorter, a computation takes with so many requests in flight on the "
               "replica; "
               "absent: as long as ever."),
    ADDED_KEY("pooler"),
    ADDED_KEY("limit"),
    ADDED_KEY("cache"),
    ADDED_KEY("shards"),
    ADDED_KEY("replication"),
    ADDED_KEY("backup"),
    {0}};
static const struct additions added = {parts_service_keys, offsetof(struct service_config, parts)};
const struct record service_record = {.added = &added,
                                      .name = "service",
                                      .size = sizeof(struct service_config),
                                      .fields = service_fields,
                                      .doc = "Something that runs in containers on nodes, or an external service."};

uint32_t service_capacity(const struct service_config *s) {
  if (!service_runs(s)) return 0;
  int64_t most = s->autoscale.max > s->replicas ? s->autoscale.max : s->replicas;
  if (s->by_hand > most) most = s->by_hand;
  return (uint32_t)(s->autoscale.max ? 2 * most : most) + s->spare;
}
