#include "models/platform/orchestrator/orchestrators.h"
#include "models/platform/platform.h"
#include "sim/engine/arena.h"

#define ORCHESTRATOR_ADDRESS(name) &orchestrator_##name,
static const struct orchestrator *const orchestrators[] = {ORCHESTRATORS(ORCHESTRATOR_ADDRESS) NULL};

#define ORCHESTRATOR_MEMBER(name) &orchestrator_##name.member,
static const struct member *const members[] = {ORCHESTRATORS(ORCHESTRATOR_MEMBER) NULL};
static const struct family family = {.members = members, .overlaid = true, .last = true};

static const char *words_of(struct arena *arena, bool (*counts)(const struct orchestrator *)) {
  const char *words = "";
  for (const struct orchestrator *const *o = orchestrators; *o; o++)
    if (counts(*o)) words = arena_format(arena, "%s%s%s", words, *words ? " or " : "", (*o)->member.word);
  return words;
}

static bool scales(const struct orchestrator *o) { return o->resize != NULL; }
static bool has_managers(const struct orchestrator *o) { return o->managers; }

const char *orchestrators_that_scale(struct arena *arena) { return words_of(arena, scales); }
const char *orchestrators_with_managers(struct arena *arena) { return words_of(arena, has_managers); }

static const char *const role_words[] = {"any", "manager", "worker", NULL};

static const struct field node_fields[] = {
    KEY("count", INTEGER, node_group, count, DEFAULT(1), RANGE(1, 10000), .doc = "Nodes of this kind."),
    KEY("cpu", CPU, node_group, cpu, RANGE(1, FIELD_UNLIMITED), .doc = "Cores of one node."),
    KEY("memory", BYTES, node_group, memory, DEFAULT("8Gi"), RANGE(0, 1e15),
        .doc = "Memory of one node. Resource requests are set aside in it; when resident memory exceeds it, the largest replica is "
               "killed."),
    KEY("speed", NUMBER, node_group, speed, DEFAULT(1), RANGE(0.01, 100),
        .doc = "Speed of its cores relative to the reference core of the demands."),
    KEY("smt", NUMBER, node_group, smt, DEFAULT(1), RANGE(0.01, 1),
        .doc = "Below 1: cpu counts hardware threads, two a core, and the second thread of a busy core adds this much of a core.",
        .source = "gains of 20 to 30% are usual for server work, an estimate"),
    KEY("role", WORDS, node_group, role, DEFAULT("any"), .words = role_words,
        .doc =
            "Of a swarm. manager: a swarm needs most of its managers to act; runs only what is placed on it (drained). "
            "[\"manager\", \"worker\"]: a manager that runs services too, as managers do unless they are drained. any: a worker."),
    KEY("region", REFERENCE, node_group, region, OPTIONAL, .target = "platform.regions",
        .doc = "The region that its nodes are in; needed where there are regions."),
    KEY("zone", TEXT, node_group, zone, OPTIONAL,
        .doc = "The zone of the region; absent: its nodes are dealt over the region's zones in turn."),
    KEY("price", TEXT, node_group, price, OPTIONAL,
        .doc = "Its item in the price list, or the price itself, such as \"48 USD/month\"."),
    ADDED_KEY("labels"),
    ADDED_KEY("taints"),
    ADDED_KEY("reserved"),
    ADDED_KEY("pods"),
    ADDED_KEY("scheduler"),
    ADDED_KEY("idle"),
    ADDED_KEY("disk"),
    ADDED_KEY("pull"),
    ADDED_KEY("autoscale"),
    ADDED_KEY("spot"),
    {0}};
static const struct additions node_added = {parts_nodes_keys, offsetof(struct node_group, parts)};
static const struct record node_record = {
    .added = &node_added, .name = "node group", .size = sizeof(struct node_group), .fields = node_fields, .doc = "Equal machines."};

static const struct field platform_fields[] = {
    KEY("kind", MEMBER, platform_config, kind, .family = &family,
        .doc = "What keeps the services running. The delays of kinds that are not chosen may be given too, and have no effect."),
    KEY("regions", MAP, platform_config, regions.list, OPTIONAL, .record = &region_record,
        .doc = "Places on earth, by name. Absent: there are none, and every way between nodes takes one time."),
    KEY("nodes", MAP, platform_config, nodes, .record = &node_record, .doc = "The machines, by group."),
    KEY("network", RECORD, platform_config, network, .record = &network_record, .doc = "Delays between nodes."),
    {0}};
const struct record platform_record = {.name = "platform",
                                       .size = sizeof(struct platform_config),
                                       .fields = platform_fields,
                                       .doc = "The machines and what runs services on them."};
