#include "models/platform/platform.h"
#include <math.h>

/* A new orchestrator: one file, and a line in each of these two. */
const struct orchestrator *const orchestrators[] = {&orchestrator_static, &orchestrator_compose, &orchestrator_swarm,
                                                    &orchestrator_kubernetes};
const char *const orchestrator_words[] = {"static", "compose", "swarm", "kubernetes", NULL};

static const char *const role_words[] = {"any", "manager", NULL};

#define AT(member) offsetof(struct node_group, member)
static const struct field node_fields[] = {
    {.name = "count",
     .kind = FIELD_INTEGER,
     .offset = AT(count),
     .fallback = "1",
     .low = 1,
     .high = 10000,
     .doc = "Nodes of this kind."},
    {.name = "cpu", .kind = FIELD_CPU, .offset = AT(cpu), .low = 1, .high = 9.3e18, .doc = "Cores of one node."},
    {.name = "memory",
     .kind = FIELD_BYTES,
     .offset = AT(memory),
     .fallback = "\"8Gi\"",
     .low = 0,
     .high = 1e15,
     .doc = "Memory of one node. Resource requests are set aside in it; when what is resident passes it the largest replica is "
            "killed."},
    {.name = "speed",
     .kind = FIELD_NUMBER,
     .offset = AT(speed),
     .fallback = "1",
     .low = 0.01,
     .high = 100,
     .doc = "Speed of its cores relative to the reference core of the demands."},
    {.name = "smt",
     .kind = FIELD_NUMBER,
     .offset = AT(smt),
     .fallback = "1",
     .low = 0.01,
     .high = 1,
     .doc = "Below 1: cpu counts hardware threads, two a core, and the second thread of a busy core adds this much of a core.",
     .source = "gains of 20 to 30% are usual for server work, an estimate"},
    {.name = "role",
     .kind = FIELD_WORD,
     .offset = AT(role),
     .words = role_words,
     .fallback = "\"any\"",
     .doc = "manager: runs no services, but a swarm needs most of its managers to act."},
    {.name = "price", .kind = FIELD_TEXT, .offset = AT(price), .optional = true, .doc = "Its item in the price list."},
    {.name = "disk",
     .kind = FIELD_RECORD,
     .offset = AT(disk),
     .record = &disk_record,
     .doc = "The disk of each node, from which databases read what they do not find in memory."},
    {0}};
static const struct record node_record = {"node group", sizeof(struct node_group), node_fields, "Equal machines.", NULL};
#undef AT

#define AT(member) offsetof(struct compose_config, member)
#define TIMED(key, member, value, least, most, text, from)                                                                         \
  {                                                                                                                                \
    .name = key, .kind = FIELD_DURATION, .offset = AT(member), .fallback = "\"" value "\"", .low = least, .high = most,            \
    .doc = text, .source = from                                                                                                    \
  }
#define DURATION(key, member, value, text, from) TIMED(key, member, value, 0, 3.1536e16, text, from)
#define PERIOD(key, member, value, text, from)   TIMED(key, member, value, 1e9, 3.1536e16, text, from)
static const struct field compose_fields[] = {
    DURATION("restart_delay", restart_delay, "100ms", "Before the first restart; doubles each time.", "moby restartmanager"),
    DURATION("restart_cap", restart_cap, "1m", "Longest wait before a restart.", "moby restartmanager"),
    DURATION("restart_reset", restart_reset, "10s", "A run at least this long makes the wait start over.", "moby restartmanager"),
    {0}};
static const struct record compose_record = {"compose", sizeof(struct compose_config), compose_fields,
                                             "Delays of Docker's restart policy.", NULL};
#undef AT

#define AT(member) offsetof(struct swarm_config, member)
static const struct field swarm_fields[] = {
    TIMED("heartbeat", heartbeat, "5s", 1e8, 3.1536e16, "Period of a node's heartbeat.", "swarmkit dispatcher"),
    {.name = "missed",
     .kind = FIELD_INTEGER,
     .offset = AT(missed),
     .fallback = "3",
     .low = 1,
     .high = 100,
     .doc = "Heartbeats missed before a node counts as down.",
     .source = "swarmkit dispatcher"},
    DURATION("restart_delay", restart_delay, "5s", "Before a task that ended is replaced.", "swarmkit defaults"),
    DURATION("status_delay", status_delay, "100ms", "Until the managers know that a task ended.", "swarmkit dispatcher"),
    {0}};
static const struct record swarm_record = {"swarm", sizeof(struct swarm_config), swarm_fields, "Delays of Docker Swarm.", NULL};
#undef AT

#define AT(member) offsetof(struct kubernetes_config, member)
static const struct field kubernetes_fields[] = {
    DURATION("lease_renewal", lease_renewal, "10s", "Period in which a kubelet renews its lease.", "kubelet: 0.25 of 40 s"),
    DURATION("monitor_grace", monitor_grace, "50s", "Without a renewal for this long a node is unknown.",
             "node-monitor-grace-period; 40 s before about 1.32"),
    DURATION("monitor_period", monitor_period, "5s", "Period of that check.", "node lifecycle controller"),
    TIMED("eviction", eviction, "300s", 0, INFINITY, "From unknown until its pods are replaced; never: they wait for the node.",
          "default tolerations"),
    DURATION("readiness_period", readiness_period, "10s", "Period of the readiness probe; a pod is ready at its first success.",
             "probe defaults"),
    DURATION("endpoint_delay", endpoint_delay, "1s", "Until a change of endpoints has reached the nodes.",
             "1 to 2 s in a small cluster, an estimate"),
    DURATION("relist", relist, "1s", "Period in which a kubelet looks for ended containers.", "kubelet plegRelistPeriod"),
    DURATION("restart_base", restart_base, "10s",
             "Wait before the second restart in a row; doubles each time. The first is at once.", "kubelet backOffPeriod"),
    DURATION("restart_cap", restart_cap, "300s", "Longest wait before a restart.", "kubelet MaxContainerBackOff"),
    DURATION("restart_reset", restart_reset, "10m", "A run at least this long makes the wait start over.", "kubelet"),
    DURATION("termination_grace", termination_grace, "30s", "For a pod that is taken away to finish what it has.", "pod defaults"),
    PERIOD("metrics_resolution", metrics_resolution, "15s", "Window and period of the CPU metric.", "metrics-server manifests"),
    PERIOD("autoscaler_sync", autoscaler_sync, "15s", "Period of the autoscaler.", "HPA controller"),
    {0}};
static const struct record kubernetes_record = {"kubernetes", sizeof(struct kubernetes_config), kubernetes_fields,
                                                "Delays of Kubernetes.", NULL};
#undef AT
#undef PERIOD
#undef DURATION
#undef TIMED

#define AT(member) offsetof(struct platform_config, member)
static const struct field platform_fields[] = {
    {.name = "kind",
     .kind = FIELD_WORD,
     .offset = AT(kind),
     .words = orchestrator_words,
     .doc = "static: nobody moves replicas, routing follows health at once; compose: one server; swarm; kubernetes."},
    {.name = "nodes", .kind = FIELD_MAP, .offset = AT(nodes), .record = &node_record, .doc = "The machines, by group."},
    {.name = "network", .kind = FIELD_RECORD, .offset = AT(network), .record = &network_record, .doc = "Delays between nodes."},
    {.name = "compose", .kind = FIELD_RECORD, .offset = AT(compose), .record = &compose_record, .doc = "Delays of kind compose."},
    {.name = "swarm", .kind = FIELD_RECORD, .offset = AT(swarm), .record = &swarm_record, .doc = "Delays of kind swarm."},
    {.name = "kubernetes",
     .kind = FIELD_RECORD,
     .offset = AT(kubernetes),
     .record = &kubernetes_record,
     .doc = "Delays of kind kubernetes."},
    {0}};
const struct record platform_record = {"platform", sizeof(struct platform_config), platform_fields,
                                       "The machines and what runs services on them.", NULL};
