#include "models/compute/service.h"
#include "models/compute/balancer.h"

static const char *const kind_words[] = {"app", "proxy", "database", "cache", "external", NULL};
static const char *const runtime_words[] = {"event-loop", "threads", NULL};
static const char *const restart_words[] = {"always", "no", NULL};

#define AT(member) offsetof(struct resource_amounts, member)
static const struct field request_fields[] = {
    {.name = "cpu", .kind = FIELD_CPU, .offset = AT(cpu), .fallback = "\"100m\"", .low = 0, .high = 1e6,
     .doc = "Set aside by the scheduler; the base of the autoscaler's utilisation."},
    {.name = "memory", .kind = FIELD_BYTES, .offset = AT(memory), .fallback = "\"128Mi\"", .low = 0, .high = 1e15,
     .doc = "Set aside by the scheduler."},
    {0}};
static const struct field limit_fields[] = {
    {.name = "cpu", .kind = FIELD_CPU, .offset = AT(cpu), .fallback = "\"unlimited\"", .low = 1, .high = 9.3e18,
     .doc = "The container never gets more (a fluid limit: CFS quota periods are not modelled yet)."},
    {.name = "memory", .kind = FIELD_BYTES, .offset = AT(memory), .optional = true, .low = 0, .high = 1e15,
     .doc = "Read and kept; memory does not act in the simulation yet."},
    {0}};
#undef AT
static const struct record requests_record = {"resource requests", sizeof(struct resource_amounts), request_fields,
                                              "What the scheduler sets aside for one replica.", NULL};
static const struct record limits_record = {"resource limits", sizeof(struct resource_amounts), limit_fields,
                                            "What one replica may use at most.", NULL};

#define AT(member) offsetof(struct resources_config, member)
static const struct field resources_fields[] = {
    {.name = "requests", .kind = FIELD_RECORD, .offset = AT(requests), .record = &requests_record, .doc = "Set aside for one replica."},
    {.name = "limits", .kind = FIELD_RECORD, .offset = AT(limits), .record = &limits_record, .doc = "Upper bounds for one replica."},
    {0}};
#undef AT
static const struct record resources_record = {"resources", sizeof(struct resources_config), resources_fields,
                                               "CPU and memory of one replica, in Kubernetes' words.", NULL};

#define AT(member) offsetof(struct pool_config, member)
static const struct field pool_fields[] = {
    {.name = "max", .kind = FIELD_LIMIT, .offset = AT(max), .fallback = "10", .low = 1, .high = 9.3e18,
     .doc = "Connections that one replica may hold open.", .source = "mysql2 and node-postgres: 10"},
    {.name = "wait", .kind = FIELD_DURATION, .offset = AT(wait), .fallback = "\"never\"", .low = 0, .high = 9.3e18,
     .doc = "How long a request waits for a free connection before it fails; never: without limit.",
     .source = "mysql2 queues without limit of number or time"},
    {0}};
#undef AT
static const struct record pool_record = {"pool", sizeof(struct pool_config), pool_fields,
                                          "Connections from each replica of a service to a database.", NULL};

#define AT(member) offsetof(struct autoscale_config, member)
static const struct field autoscale_fields[] = {
    {.name = "min", .kind = FIELD_INTEGER, .offset = AT(min), .fallback = "1", .low = 1, .high = 5000, .doc = "Fewest replicas."},
    {.name = "max", .kind = FIELD_INTEGER, .offset = AT(max), .fallback = "0", .low = 0, .high = 5000,
     .doc = "Most replicas; 0: no autoscaler."},
    {.name = "cpu", .kind = FIELD_RATIO, .offset = AT(cpu), .fallback = "\"80%\"", .low = 0.01, .high = 10,
     .doc = "Target of the mean CPU use, as a share of the CPU request.", .source = "Kubernetes HPA default"},
    {.name = "behavior", .kind = FIELD_FLAG, .offset = AT(behavior), .fallback = "false",
     .doc = "Whether spec.behavior is present: its default policies then limit the change per period."},
    {0}};
#undef AT
static const struct record autoscale_record = {"autoscale", sizeof(struct autoscale_config), autoscale_fields,
                                               "Kubernetes' Horizontal Pod Autoscaler on CPU (kubernetes only).", NULL};

#define AT(member) offsetof(struct service_config, member)
static const struct field service_fields[] = {
    {.name = "kind", .kind = FIELD_WORD, .offset = AT(kind), .words = kind_words, .doc = "What it is; sets the defaults of runtime and threads."},
    {.name = "replicas", .kind = FIELD_INTEGER, .offset = AT(replicas), .fallback = "1", .low = 1, .high = 5000,
     .doc = "Containers at the start. A database's first replica takes the writes, all take reads."},
    {.name = "runtime", .kind = FIELD_WORD, .offset = AT(runtime), .words = runtime_words, .fallback = "\"event-loop\"",
     .doc = "event-loop: a request occupies a thread only while it computes; threads: from acceptance to answer."},
    {.name = "threads", .kind = FIELD_LIMIT, .offset = AT(threads), .fallback = "0", .low = 0, .high = 9.3e18,
     .doc = "Threads of one replica that can run at once; 0: 1 for app and cache, 4 for proxy, 151 for database.",
     .source = "Node.js and Redis: one thread; MySQL max_connections 151; Nginx: a worker a core"},
    {.name = "backlog", .kind = FIELD_LIMIT, .offset = AT(backlog), .fallback = "511", .low = 0, .high = 9.3e18,
     .doc = "New requests that may wait for one replica; one more is rejected.", .source = "Node.js and Nginx listen backlog 511"},
    {.name = "balance", .kind = FIELD_WORD, .offset = AT(balance), .words = balancer_words, .fallback = "\"round-robin\"",
     .doc = "How callers choose among the replicas in rotation."},
    {.name = "restart", .kind = FIELD_WORD, .offset = AT(restart), .words = restart_words, .fallback = "\"always\"",
     .doc = "Whether the orchestrator restarts a crashed container."},
    {.name = "quorum", .kind = FIELD_INTEGER, .offset = AT(quorum), .fallback = "1", .low = 1, .high = 5000,
     .doc = "Replicas that must be up for any of them to serve."},
    {.name = "resources", .kind = FIELD_RECORD, .offset = AT(resources), .record = &resources_record, .doc = "CPU and memory of one replica."},
    {.name = "pools", .kind = FIELD_REFERENCE_MAP, .offset = AT(pools), .record = &pool_record, .target = "services", .optional = true,
     .doc = "Connection pools by the database that they lead to; without one, queries need no connection."},
    {.name = "autoscale", .kind = FIELD_RECORD, .offset = AT(autoscale), .record = &autoscale_record, .doc = "Changes the number of replicas with the load."},
    {.name = "start", .kind = FIELD_DISTRIBUTION, .offset = AT(start), .fallback = "\"2s\"",
     .doc = "From the start of the process until it serves.", .source = "Node/Express 0.3 to 2 s, an estimate"},
    {.name = "place", .kind = FIELD_REFERENCE, .offset = AT(place), .target = "platform.nodes", .optional = true,
     .doc = "The node group that it runs on; absent: any group that no service is placed on."},
    {.name = "connect_timeout", .kind = FIELD_DURATION, .offset = AT(connect_timeout), .fallback = "\"60s\"", .low = 0, .high = 9.3e18,
     .doc = "How long a caller waits for a replica whose node is gone.", .source = "nginx proxy_connect_timeout 60 s"},
    {.name = "weight", .kind = FIELD_NUMBER, .offset = AT(weight), .fallback = "1", .low = 0.001, .high = 1000,
     .doc = "Share of a contended node's CPU relative to the other containers.", .source = "cgroup default: equal"},
    {.name = "latency", .kind = FIELD_DISTRIBUTION, .offset = AT(latency), .fallback = "\"0s\"", .doc = "External: time until its answer."},
    {.name = "failure", .kind = FIELD_RATIO, .offset = AT(failure), .fallback = "0", .low = 0, .high = 1, .doc = "External: share of calls that fail."},
    {0}};
#undef AT
const struct record service_record = {"service", sizeof(struct service_config), service_fields,
                                      "Something that runs in containers on nodes, or an external service.", NULL};

uint32_t service_capacity(const struct service_config *s) {
  if (s->kind == SERVICE_EXTERNAL) return 0;
  int64_t most = s->autoscale.max > s->replicas ? s->autoscale.max : s->replicas;
  return (uint32_t)(s->autoscale.max ? 2 * most : most);
}
