#include "models/platform/orchestrator/orchestrators.h"
#include "sim/engine/arena.h"

#define ORCHESTRATOR_ADDRESS(name) &orchestrator_##name,
static const struct orchestrator *const orchestrators[] = {ORCHESTRATORS(ORCHESTRATOR_ADDRESS) NULL};

#define ORCHESTRATOR_MEMBER(name) &orchestrator_##name.member,
static const struct member *const members[] = {ORCHESTRATORS(ORCHESTRATOR_MEMBER) NULL};
static const struct family family = {.members = members, .overlaid = true, .last = true};

const char *orchestrators_that_scale(struct arena *arena) {
  const char *words = "";
  for (const struct orchestrator *const *o = orchestrators; *o; o++)
    if ((*o)->resize) words = arena_format(arena, "%s%s%s", words, *words ? " or " : "", (*o)->member.word);
  return words;
}

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
static const struct record node_record = {
    .name = "node group", .size = sizeof(struct node_group), .fields = node_fields, .doc = "Equal machines."};
#undef AT

#define AT(member) offsetof(struct platform_config, member)
static const struct field platform_fields[] = {
    {.name = "kind",
     .kind = FIELD_MEMBER,
     .offset = AT(kind),
     .family = &family,
     .doc = "What keeps the services running. The delays of those that are not chosen may be given too, and mean nothing."},
    {.name = "nodes", .kind = FIELD_MAP, .offset = AT(nodes), .record = &node_record, .doc = "The machines, by group."},
    {.name = "network", .kind = FIELD_RECORD, .offset = AT(network), .record = &network_record, .doc = "Delays between nodes."},
    {0}};
const struct record platform_record = {.name = "platform",
                                       .size = sizeof(struct platform_config),
                                       .fields = platform_fields,
                                       .doc = "The machines and what runs services on them."};
