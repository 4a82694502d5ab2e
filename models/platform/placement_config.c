/* What a scenario says of placement: keys of services and node groups, what follows from them, and what is wrong. */
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/platform/placement.h"
#include "models/platform/placement_inner.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <string.h>

struct placement_config *service_placement(const struct service_config *s) {
  return service_part(s, PART_placement);
}

struct offer_config *nodes_offer(const struct node_group *g) {
  return nodes_part(g, PART_placement);
}

/* --- what follows ------------------------------------------------------------------------------------------------------------- */

bool placement_has_group(const struct service_config *s, uint32_t group) { return service_placement(s)->groups[group]; }

int64_t placement_nodes(const struct model *m, const struct service_config *s, uint32_t group) {
  const struct node_group *g = model_nodes(m, group);
  int32_t zone = service_placement(s)->zone;
  if (!placement_has_group(s, group)) return 0;
  if (zone < 0 || g->zone_count == 1) return g->count;
  int64_t before = (int64_t)zone - g->first_zone; /* zones in front of it get their node first */
  return (g->count + g->zone_count - 1 - before) / g->zone_count;
}

static bool meets(const struct model *m, const struct service_config *a, const struct service_config *b) {
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (placement_has_group(a, i) && placement_has_group(b, i)) return true;
  return false;
}

bool placement_within(const struct model *m, const struct service_config *a, const struct service_config *b) {
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (placement_has_group(a, i) && !placement_has_group(b, i)) return false;
  return true;
}

static int64_t all_nodes(const struct model *m, const struct service_config *s) {
  int64_t sum = 0;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) sum += placement_nodes(m, s, i);
  return sum;
}

/* Replicas of both may be on one node of the two groups, which are in one region. */
static bool may_share(const struct model *m, const struct service_config *a, const struct service_config *b, uint32_t i,
                      uint32_t k) {
  if (model_nodes(m, i)->region != model_nodes(m, k)->region) return false;
  return placement_has_group(a, k) || placement_has_group(b, i);
}

/* Of all its nodes, or of those in the region. */
static int64_t nodes_in(const struct model *m, const struct service_config *s, uint32_t group, int32_t region) {
  return region < 0 || model_nodes(m, group)->region == region ? placement_nodes(m, s, group) : 0;
}

static double share_of_nodes(const struct model *m, const struct service_config *s, uint32_t group, int32_t region) {
  double all = 0;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) all += (double)nodes_in(m, s, i, region);
  return all > 0 ? (double)nodes_in(m, s, group, region) / all : share_of_nodes(m, s, group, -1);
}

/* from: the region of the first, where it has nodes; -1: anywhere. shared: what may be on one node takes no time. The second is
 * where its calls go: in a region, in the caller's, or anywhere. */
static sim_time mean_way(const struct model *m, const struct service_config *a, const struct service_config *b, bool shared,
                         enum hop_to where, int32_t from) {
  double mean = 0;
  if (!all_nodes(m, a) || !all_nodes(m, b)) return network_way_apart(m, -1, -1);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    for (uint32_t k = 0; k < m->platform.nodes.count; k++) {
      int32_t region = where == HOP_TO_PRIMARY ? b->primary_region : where == HOP_NEAR ? model_nodes(m, i)->region : -1;
      double share = share_of_nodes(m, a, i, from) * share_of_nodes(m, b, k, region);
      if (!(share > 0) || (shared && may_share(m, a, b, i, k))) continue;
      mean += share * (double)network_way_apart(m, (int32_t)i, (int32_t)k);
    }
  return (sim_time)(mean + 0.5);
}

sim_time placement_way(const struct model *m, const struct service_config *a, const struct service_config *b) {
  return model_regions(m) ? mean_way(m, a, b, false, HOP_ANYWHERE, -1) : network_way_apart(m, -1, -1);
}

sim_time placement_hop(const struct model *m, const struct service_config *a, const struct service_config *b, enum hop_to where,
                       int32_t region) {
  if (model_regions(m)) return mean_way(m, a, b, true, where, region);
  return meets(m, a, b) ? 0 : network_way_apart(m, -1, -1);
}

struct allocatable placement_allocatable(const struct node_group *g) {
  const struct offer_config *o = nodes_offer(g);
  return (struct allocatable){.cpu = g->cpu == INT64_MAX ? INT64_MAX : g->cpu - o->reserved.cpu,
                              .memory = g->memory - o->reserved.memory};
}

int64_t placement_fits(const struct node_group *g, const struct service_config *s) {
  const struct resource_amounts *r = &s->resources.requests;
  struct allocatable all = placement_allocatable(g);
  int64_t each = nodes_offer(g)->pods;
  if (r->cpu && all.cpu != INT64_MAX && all.cpu / r->cpu < each) each = all.cpu / r->cpu;
  if (r->memory && all.memory / r->memory < each) each = all.memory / r->memory;
  return each;
}

/* --- linking: node groups ----------------------------------------------------------------------------------------------------- */

static void link_role(struct linker *l, struct node_group *g, const char *path) {
  bool manages = g->role & NODE_MANAGES;
  if ((g->role & NODE_OF_ANY_ROLE) && g->role != NODE_OF_ANY_ROLE)
    link_error(l, path, "role", "\"any\" stands alone: it is a worker of a cluster whose managers are not modelled");
  if (manages && !l->model->platform.kind->managers)
    link_error(l, path, "role", "only a platform of kind %s has manager nodes: leave \"role\" out",
               orchestrators_with_managers(l->arena));
}

static void link_offer(struct linker *l, struct node_group *g, const char *path) {
  struct offer_config *o = nodes_offer(g);
  if (!o->pods) o->pods = l->model->platform.kind->pods ? l->model->platform.kind->pods : INT64_MAX;
  if (g->cpu != INT64_MAX && o->reserved.cpu >= g->cpu)
    link_error(l, path, "reserved", "reserves all CPU of a node: nothing is left for replicas");
  if (o->reserved.memory >= g->memory && o->reserved.memory)
    link_error(l, path, "reserved", "reserves all memory of a node: nothing is left for replicas");
  const struct label_config *labels = o->labels.items;
  for (uint32_t i = 0; i < o->labels.count; i++)
    if (!strcmp(labels[i].name, "region") || !strcmp(labels[i].name, "zone"))
      link_error(l, path, "labels", "\"%s\" is a key of the group itself, and no label", labels[i].name);
}

/* What a service is placed on keeps all others away. */
static void dedicate(struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct references *place = &model_service(m, i)->place;
    for (uint32_t k = 0; k < place->count; k++)
      ((struct node_group *)m->platform.nodes.items)[place->reference[k]].dedicated = true;
  }
}

/* --- linking: services -------------------------------------------------------------------------------------------------------- */

static bool is_placed_on(const struct service_config *s, uint32_t group) {
  for (uint32_t k = 0; k < s->place.count; k++)
    if (s->place.reference[k] == (int32_t)group) return true;
  return false;
}

static bool has_label(const struct node_group *g, const struct label_config *wanted) {
  const struct config_list *labels = &nodes_offer(g)->labels;
  for (uint32_t i = 0; i < labels->count; i++) {
    const struct label_config *l = (const struct label_config *)labels->items + i;
    if (!strcmp(l->name, wanted->name) && !strcmp(l->value, wanted->value)) return true;
  }
  return false;
}

static bool is_name(const struct label_config *wanted, const char *name) { return !strcmp(wanted->name, name); }

/* Of some of its nodes: a zone may have only a part of them. */
static bool matches(const struct model *m, const struct node_group *g, const struct label_config *wanted) {
  if (!is_name(wanted, "region") && !is_name(wanted, "zone")) return has_label(g, wanted);
  if (g->region < 0) return false;
  const struct region_config *r = model_region(m, (uint32_t)g->region);
  if (is_name(wanted, "region")) return !strcmp(r->name, wanted->value);
  int32_t zone = region_zone(r, wanted->value);
  if (zone < (int32_t)g->first_zone || zone >= (int32_t)(g->first_zone + g->zone_count)) return false;
  return zone - (int32_t)g->first_zone < g->count;
}

static bool selected(const struct model *m, const struct service_config *s, const struct node_group *g) {
  const struct config_list *selector = &service_placement(s)->node_selector;
  for (uint32_t i = 0; i < selector->count; i++)
    if (!matches(m, g, (const struct label_config *)selector->items + i)) return false;
  return true;
}

static bool tolerated(const struct service_config *s, const struct node_group *g) {
  const struct config_list *taints = &nodes_offer(g)->taints, *tolerates = &service_placement(s)->tolerates;
  for (uint32_t i = 0; i < taints->count; i++) {
    const char *taint = ((const struct taint_config *)taints->items)[i].name;
    bool bears = false;
    for (uint32_t k = 0; k < tolerates->count; k++)
      bears |= !strcmp(taint, ((const struct taint_config *)tolerates->items)[k].name);
    if (!bears) return false;
  }
  return true;
}

/* Before selectors and taints. */
static bool open_to(const struct model *m, const struct service_config *s, uint32_t group) {
  const struct node_group *g = model_nodes(m, group);
  return s->place.count ? is_placed_on(s, group) : !g->dedicated && node_group_works(g);
}

static void find_groups(struct linker *l, struct service_config *s) {
  struct model *m = l->model;
  struct placement_config *p = service_placement(s);
  p->groups = arena_new_array(l->arena, bool, m->platform.nodes.count + 1);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    p->groups[i] = open_to(m, s, i) && selected(m, s, model_nodes(m, i)) && tolerated(s, model_nodes(m, i));
  p->zone = -1;
  const struct label_config *selector = p->node_selector.items;
  for (uint32_t i = 0; i < p->node_selector.count && m->platform.regions.list.count; i++)
    for (uint32_t r = 0; r < model_regions(m) && is_name(&selector[i], "zone"); r++) {
      int32_t zone = region_zone(model_region(m, r), selector[i].value);
      if (zone >= 0 && p->zone < 0) p->zone = zone;
    }
}

/* --- what is wrong ------------------------------------------------------------------------------------------------------------ */

struct list {
  struct arena *arena;
  const char *text;
  uint32_t count;
};

static void list_add(struct list *out, const char *word) {
  size_t length = strlen(word);
  for (const char *at = out->text; (at = strstr(at, word)); at++) /* listed already? */
    if ((at == out->text || at[-1] == ' ') && (at[length] == ',' || !at[length])) return;
  out->text = arena_format(out->arena, "%s%s%s", out->text, out->count++ ? ", " : "", word);
}

/* Values that groups have for a label, or, without one, the names of labels. */
static struct list labels_listed(struct linker *l, const char *name) {
  struct list out = {l->arena, "", 0};
  for (uint32_t i = 0; i < l->model->platform.nodes.count; i++) {
    const struct config_list *labels = &nodes_offer(model_nodes(l->model, i))->labels;
    for (uint32_t k = 0; k < labels->count; k++) {
      const struct label_config *label = (const struct label_config *)labels->items + k;
      if (!name || !strcmp(name, label->name)) list_add(&out, name ? label->value : label->name);
    }
  }
  return out;
}

static struct list zones_of_all(struct linker *l) {
  struct list out = {l->arena, "", 0};
  for (uint32_t r = 0; r < model_regions(l->model); r++) {
    const struct region_config *region = model_region(l->model, r);
    for (uint32_t k = 0; k < region->zones.count; k++) list_add(&out, ((const struct zone_config *)region->zones.items)[k].name);
  }
  return out;
}

static struct list taints_listed(struct linker *l) {
  struct list out = {l->arena, "", 0};
  for (uint32_t i = 0; i < l->model->platform.nodes.count; i++) {
    const struct config_list *taints = &nodes_offer(model_nodes(l->model, i))->taints;
    for (uint32_t k = 0; k < taints->count; k++) list_add(&out, ((const struct taint_config *)taints->items)[k].name);
  }
  return out;
}

static bool matches_some(const struct model *m, const struct label_config *wanted) {
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (matches(m, model_nodes(m, i), wanted)) return true;
  return false;
}

/* A single label of a selector that no node has. */
static void report_label(struct linker *l, const struct label_config *wanted, const char *path) {
  bool place = is_name(wanted, "region") || is_name(wanted, "zone");
  struct list there = is_name(wanted, "region") ? (struct list){l->arena, regions_listed(&l->model->platform.regions, l->arena), 1}
                      : place                   ? zones_of_all(l)
                                                : labels_listed(l, wanted->name);
  if (place && !model_regions(l->model))
    link_error(l, path, wanted->name, "the scenario has no \"platform.regions\"");
  else if (place)
    link_error(l, path, wanted->name, "no node is in %s \"%s\"; there are: %s", wanted->name, wanted->value, there.text);
  else if (there.count)
    link_error(l, path, wanted->name, "no node group has \"%s\" as its label \"%s\"; there are: %s", wanted->value, wanted->name,
               there.text);
  else {
    struct list names = labels_listed(l, NULL);
    link_error(l, path, wanted->name, "no node group has a label \"%s\"; labels are region, zone%s%s", wanted->name,
               names.count ? ", " : "", names.text);
  }
}

static bool check_labels(struct linker *l, const struct service_config *s, const char *path) {
  const struct config_list *selector = &service_placement(s)->node_selector;
  bool good = true;
  for (uint32_t i = 0; i < selector->count; i++) {
    const struct label_config *wanted = (const struct label_config *)selector->items + i;
    if (matches_some(l->model, wanted)) continue;
    report_label(l, wanted, arena_format(l->arena, "%s.node_selector", path));
    good = false;
  }
  return good;
}

static void check_tolerated(struct linker *l, const struct service_config *s, const char *path) {
  const struct config_list *tolerates = &service_placement(s)->tolerates;
  for (uint32_t i = 0; i < tolerates->count; i++) {
    const char *name = ((const struct taint_config *)tolerates->items)[i].name;
    struct list there = taints_listed(l);
    uint32_t known = there.count;
    list_add(&there, name);
    if (there.count == known) continue;
    link_warn(l, path, "tolerates", "unknown-taint", "no node group has the taint \"%s\"%s%s", name, known ? "; there are: " : "",
              taints_listed(l).text);
  }
}

/* Groups that are open to the service, and those of them that its selector keeps. */
static bool check_groups(struct linker *l, const struct service_config *s, const char *path) {
  const struct model *m = l->model;
  struct list open = {l->arena, "", 0}, kept = {l->arena, "", 0};
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) {
    if (placement_has_group(s, i)) return true;
    if (!open_to(m, s, i)) continue;
    list_add(&open, model_nodes(m, i)->name);
    if (selected(m, s, model_nodes(m, i))) list_add(&kept, model_nodes(m, i)->name);
  }
  bool selects = service_placement(s)->node_selector.count;
  if (kept.count)
    link_error(l, path, "tolerates", "every node group that it may run on has a taint that it does not tolerate: %s", kept.text);
  else if (open.count && selects)
    link_error(l, path, "node_selector", "matches none of the node groups that it may run on: %s", open.text);
  return false;
}

static bool may_be_in(const struct model *m, const struct service_config *s, int32_t region) {
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (placement_nodes(m, s, i) && model_nodes(m, i)->region == region) return true;
  return false;
}

/* Replicas by region. */
static void check_regions(struct linker *l, const struct service_config *s, const char *path) {
  const struct split *by_region = &s->replicas_by_region;
  for (uint32_t i = 0; i < by_region->count; i++) {
    if (!by_region->part[i] || may_be_in(l->model, s, by_region->reference[i])) continue;
    const char *name = model_region(l->model, (uint32_t)by_region->reference[i])->name;
    link_error(l, arena_format(l->arena, "%s.replicas", path), name, "no node that it may run on is in region \"%s\"", name);
  }
  if (by_region->count && s->autoscale.max)
    link_error(l, path, "autoscale",
               "its replicas are given by region, and each region's cluster would have an autoscaler of its own: give each region "
               "a service with a \"node_selector\"");
  if (by_region->count && service_placement(s)->spread.skew && service_placement(s)->spread.over == SPREAD_REGION)
    link_error(l, path, "spread", "its replicas are given by region: they can spread over zones and nodes of it");
}

/* Without a number for each region its replicas are one cluster's over all of them. */
static void warn_of_one_cluster(struct linker *l, const struct service_config *s, const char *path) {
  struct list regions = {l->arena, "", 0};
  if (s->replicas_by_region.count || !service_runs(s) || !l->model->platform.kind->relocates) return;
  for (uint32_t i = 0; i < model_regions(l->model); i++)
    if (may_be_in(l->model, s, (int32_t)i)) list_add(&regions, model_region(l->model, i)->name);
  if (regions.count < 2) return;
  link_warn(
      l, path, "replicas", "one-cluster",
      "may run in several regions (%s), and moves from a lost one to the others as within one cluster; where each region is a "
      "cluster of its own, say how many are in each: {\"%s\": ...}",
      regions.text, model_region(l->model, 0)->name);
}

static void check_spread(struct linker *l, const struct service_config *s, const char *path) {
  const struct spread_config *spread = &service_placement(s)->spread;
  if (spread->skew && spread->over != SPREAD_NODE && !model_regions(l->model))
    link_error(l, path, "spread", "the scenario has no \"platform.regions\": its replicas can spread over nodes only");
}

static void link_service(struct linker *l, struct service_config *s) {
  const char *path = arena_format(l->arena, "services.%s", s->name);
  find_groups(l, s);
  check_tolerated(l, s, path);
  if (check_labels(l, s, path) && s->kind != SERVICE_EXTERNAL && check_groups(l, s, path)) check_regions(l, s, path);
  check_spread(l, s, path);
  warn_of_one_cluster(l, s, path);
}

static void link_placement(struct linker *l, enum link_stage stage) {
  if (stage != LINK_FIRST) return;
  struct model *m = l->model;
  dedicate(m);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) {
    struct node_group *g = (struct node_group *)m->platform.nodes.items + i;
    const char *path = arena_format(l->arena, "platform.nodes.%s", g->name);
    link_role(l, g, path);
    link_offer(l, g, path);
  }
  for (uint32_t i = 0; i < m->services.count; i++) link_service(l, (struct service_config *)m->services.items + i);
}

/* --- keys --------------------------------------------------------------------------------------------------------------------- */

static const struct field label_fields[] = {KEY("value", TEXT, label_config, value, .doc = "Its value."), {0}};
static const struct record label_record = {
    .name = "label", .size = sizeof(struct label_config), .fields = label_fields, .shorthand = "value", .doc = "A label by name."};

static const struct field taint_fields[] = {KEY("name", TEXT, taint_config, name, .doc = "Its name."), {0}};
static const struct record taint_record = {
    .name = "taint", .size = sizeof(struct taint_config), .fields = taint_fields, .shorthand = "name", .doc = "A taint."};

static const char *const over_words[] = {"node", "zone", "region", NULL};
static const struct field spread_fields[] = {
    KEY("over", WORD, spread_config, over, .words = over_words, .doc = "What the replicas spread over."),
    KEY("hard", FLAG, spread_config, hard, DEFAULT(false),
        .doc = "true: a replica that would break the spread waits (DoNotSchedule); false: it goes where it breaks it least "
               "(ScheduleAnyway).",
        .source = "ScheduleAnyway: the kind of the scheduler's built-in constraints"),
    KEY("skew", INTEGER, spread_config, skew, DEFAULT(1), RANGE(1, 5000),
        .doc = "By how many replicas a node, zone or region may be above the emptiest one (maxSkew).",
        .source = "the least that Kubernetes allows"),
    {0}};
static const struct record spread_record = {.name = "spread",
                                            .size = sizeof(struct spread_config),
                                            .fields = spread_fields,
                                            .shorthand = "over",
                                            .doc = "How replicas spread, as Kubernetes' topologySpreadConstraints."};

static const struct field service_fields[] = {
    KEY("node_selector", MAP, placement_config, node_selector, OPTIONAL, .record = &label_record,
        .doc = "Labels of the nodes that it runs on, of those that it may run on without them: {\"disk\": \"ssd\"}. \"region\" and "
               "\"zone\" are labels too."),
    KEY("tolerates", LIST, placement_config, tolerates, OPTIONAL, .record = &taint_record,
        .doc = "Taints of nodes that do not keep it away."),
    KEY("spread", RECORD, placement_config, spread, OPTIONAL, .record = &spread_record,
        .doc = "How its replicas spread; absent: over the nodes with the fewest of them."),
    {0}};
static const struct record service_keys = {
    .name = "placement of a service", .size = sizeof(struct placement_config), .fields = service_fields};

static const struct field reserved_fields[] = {
    KEY("cpu", CPU, allocatable, cpu, DEFAULT(0), RANGE(0, 1e9), .doc = "Cores."),
    KEY("memory", BYTES, allocatable, memory, DEFAULT("0Mi"), RANGE(0, 1e15), .doc = "Memory."),
    {0}};
static const struct record reserved_record = {.name = "reserved",
                                              .size = sizeof(struct allocatable),
                                              .fields = reserved_fields,
                                              .doc = "What a node keeps for its system: requests of replicas fit the rest."};

static const struct field nodes_fields[] = {
    KEY("labels", MAP, offer_config, labels, OPTIONAL, .record = &label_record,
        .doc = "Labels of its nodes, for the \"node_selector\" of services: {\"disk\": \"ssd\"}."),
    KEY("taints", LIST, offer_config, taints, OPTIONAL, .record = &taint_record,
        .doc = "Names of taints: only services that tolerate them all run here (NoSchedule)."),
    KEY("reserved", RECORD, offer_config, reserved, .record = &reserved_record,
        .doc = "What one node keeps for its system. The bill and the saturation table are of whole machines."),
    KEY("pods", LIMIT, offer_config, pods, OPTIONAL, RANGE(1, FIELD_UNLIMITED),
        .doc = "Most replicas on one node; absent: 110 on Kubernetes, unlimited elsewhere.", .source = "kubelet maxPods 110"),
    {0}};
static const struct record nodes_keys = {
    .name = "offer of a node group", .size = sizeof(struct offer_config), .fields = nodes_fields};

const struct part part_placement = {.name = "placement",
                                    .keys = {.service = &service_keys, .nodes = &nodes_keys},
                                    .link = link_placement,
                                    .room.world = sizeof(struct domain_counts),
                                    .open = placement_open,
                                    .joins = placement_joins};
