/* Keys of the bill, and what they refer to. */
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/money/bill.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <string.h>

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static const struct field charge_fields[] = {
    KEY("price", TEXT, charge_config, price, .doc = "Its item in the price list."),
    KEY("quantity", NUMBER, charge_config, quantity, DEFAULT(1), RANGE(0, 1e12),
        .doc =
            "How many: of a price per time how many such things, of others GB, GB-months, vCPUs, LCUs, millions of requests, seats "
            "or users a month."),
    KEY("hours", NUMBER, charge_config, hours, DEFAULT(730), RANGE(0, 1e9),
        .doc = "Of a price per time: hours a month for each of the quantity, such as those of an engineer; all of the month unless "
               "told otherwise."),
    KEY("of", TEXT, charge_config, of, OPTIONAL,
        .doc =
            "What is measured and multiplied by the quantity: \"requests\" or an endpoint (those answered, in millions); \"sent\", "
            "\"received\" or \"processed\" (both: GB between clients and the origin); \"users\" (of the bill, and growing with "
            "them); or \"lcu\" (capacity units of a balancer, the larger of 25 new connections a second and 1 GB an hour)."),
    KEY("connection_requests", NUMBER, charge_config, connection_requests, DEFAULT(1), RANGE(1, 1e9),
        .doc = "Of \"lcu\": requests that one connection of a client carries."),
    KEY("credit", FLAG, charge_config, credit, DEFAULT(false),
        .doc = "A plan whose price is credit for what is used: pods, egress and charges \"of\" what is measured cost nothing up to "
               "it."),
    {0}};
static const struct record charge_record = {.name = "charge",
                                            .size = sizeof(struct charge_config),
                                            .fields = charge_fields,
                                            .doc = "Something that costs money, or brings it in, and is not a node."};

static const char *const pods_by[] = {[PODS_BY_REQUESTS] = "requests", [PODS_BY_LIMITS] = "limits", NULL};
static const struct field pods_fields[] = {
    KEY("vcpu", TEXT, pods_config, vcpu, OPTIONAL, .doc = "Price item per vCPU-s, vCPU-h or vCPU-month."),
    KEY("memory", TEXT, pods_config, memory, OPTIONAL, .doc = "Price item per GB-s, GB-h or GB-month."),
    KEY("by", WORD, pods_config, by, DEFAULT("requests"), .words = pods_by,
        .doc = "Which amounts of a pod's resources are paid for: its requests or its limits."),
    KEY("services", REFERENCES, pods_config, services, DEFAULT("all"), .target = "services", .automatic = "all",
        .doc = "Whose pods; all: of every service that runs on the platform."),
    {0}};
static const struct record pods_record = {.name = "pods on the bill",
                                          .size = sizeof(struct pods_config),
                                          .fields = pods_fields,
                                          .doc = "Pods that are paid for while they stand on a node, from before they start until "
                                                 "they have ended."};

static const struct field storage_fields[] = {
    KEY("price", TEXT, storage_config, price, .doc = "Price item per GB-month."),
    KEY("size", BYTES, storage_config, size, RANGE(0, 1e18), .doc = "Of each."),
    KEY("growth", BYTES, storage_config, growth, DEFAULT("0B"), RANGE(0, 1e18),
        .doc = "By which it grows a month, from \"month\" of the bill on; the bill takes the mean over the month."),
    KEY("of", REFERENCE, storage_config, of, OPTIONAL, .target = "services",
        .doc = "Each replica of this service has one, its standbys included; absent: there is one."),
    KEY("snapshots", INTEGER, storage_config, snapshots, DEFAULT(0), RANGE(0, 1e6),
        .doc = "How many are kept: the first is as large as the volume, each further one holds what has changed."),
    KEY("changes", RATIO, storage_config, changes, DEFAULT("5%"), RANGE(0, 1),
        .doc = "Share of the volume that changes from one snapshot to the next.", .assumed = true,
        .source = "an estimate: measure it"),
    KEY("snapshot_price", TEXT, storage_config, snapshot_price, OPTIONAL, .doc = "Of snapshots; absent: that of the volume."),
    KEY("backups", INTEGER, storage_config, backups, DEFAULT(0), RANGE(0, 1e6), .doc = "How many full copies are kept elsewhere."),
    KEY("backup_price", TEXT, storage_config, backup_price, OPTIONAL, .doc = "Of backups; absent: that of the volume."),
    {0}};
static const struct record storage_record = {.name = "storage",
                                             .size = sizeof(struct storage_config),
                                             .fields = storage_fields,
                                             .doc = "Volumes, their snapshots and backups."};

static const struct field bill_fields[] = {
    KEY("charges", MAP, bill_config, charges, OPTIONAL, .record = &charge_record, .doc = "Charges by name."),
    KEY("pods", RECORD, bill_config, pods, OPTIONAL, .record = &pods_record, .apart = true,
        .doc = "Pods with a price of their own, next to that of nodes or instead of it."),
    KEY("storage", MAP, bill_config, storage, OPTIONAL, .record = &storage_record, .doc = "Data that lie somewhere, by name."),
    KEY("month", NUMBER, bill_config, month, DEFAULT(0), RANGE(0, 1200),
        .doc = "Which month the bill is of, counted from when the sizes of \"storage\" were stated."),
    KEY("egress", TEXT, bill_config, egress, OPTIONAL,
        .doc = "Price item per GB that the origin sends, to clients or to a CDN; absent: not charged."),
    KEY("egress_free_gb", NUMBER, bill_config, egress_free_gb, DEFAULT(0), RANGE(0, 1e12), .doc = "GB a month that cost nothing."),
    KEY("cdn", TEXT, bill_config, cdn, OPTIONAL, .doc = "Price item per GB that a CDN sends to clients; absent: not charged."),
    KEY("between_zones", TEXT, bill_config, between_zones, OPTIONAL,
        .doc = "Price item per GB that goes from one zone of a region to another one: requests and responses of calls and queries "
               "that "
               "have bytes. Where both directions of a way are charged give the sum of both."),
    KEY("between_regions", TEXT, bill_config, between_regions, OPTIONAL, .doc = "Likewise from one region to another one."),
    KEY("revenue", MAP, bill_config, revenue, OPTIONAL, .record = &charge_record,
        .doc = "What comes in, by name: {\"premium\": {\"price\": \"subscription\", \"quantity\": 1000}}. Gives revenue, margin "
               "and profit."),
    KEY("users", NUMBER, bill_config, users, OPTIONAL, RANGE(1, 1e12), .doc = "Among how many the bill is divided: cost per user."),
    KEY("order", REFERENCE, bill_config, order, OPTIONAL, .target = "endpoints",
        .doc = "The endpoint whose answers are orders: cost per order."),
    KEY("hour_down", TEXT, bill_config, hour_down, OPTIONAL,
        .doc = "Price item per hour in which nothing is served. With years of faults it prices their downtime."),
    {0}};
const struct record bill_record = {
    .name = "bill", .size = sizeof(struct bill_config), .fields = bill_fields, .doc = "What costs money in addition to the nodes."};

static const struct field root_keys[] = {
    ONLY_KEY("bill", RECORD, .record = &bill_record, .doc = "What costs money in addition to the nodes."), {0}};
const struct record bill_root_record = {.name = "bill of a scenario", .size = sizeof(struct bill_config), .fields = root_keys};

static const struct field service_keys[] = {
    KEY("price", TEXT, service_money, price, OPTIONAL,
        .doc =
            "Price item per time of each replica, standbys and replicas that only read included: a managed database, a container "
            "that is rented. It is paid for while the replica stands on a node."),
    {0}};
static const struct record service_keys_record = {
    .name = "bill of a service", .size = sizeof(struct service_money), .fields = service_keys};

/* --- what stands on nodes ----------------------------------------------------------------------------------------------------- */

static struct resource_amounts paid_for(const struct model *m, const struct service_config *s) {
  const struct resources_config *r = &s->resources;
  bool limits = model_bill(m)->pods->by == PODS_BY_LIMITS;
  return limits ? (struct resource_amounts){r->limits.cpu, r->limits.memory} : r->requests;
}

static void bill_placed(struct world *w, const struct container *c, bool stands) {
  const struct service_money *money = service_money(model_service(w->model, c->service));
  int64_t sign = stands ? 1 : -1;
  if (!money->counted) return;
  meter_change(w, money->pods, sign);
  if (!money->by_resources) return;
  struct resource_amounts r = paid_for(w->model, container_config(c));
  meter_change(w, money->millicores, sign * r.cpu);
  meter_change(w, money->bytes, sign * r.memory);
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

#define MEASURE(of) (1u << (of))
#define ANY_MEASURE (~MEASURE(PRICE_AMOUNT))

/* "hour, day, month or year, GB or TB" */
static const char *units_of(struct arena *arena, uint32_t allowed) {
  const char *text = "";
  for (uint32_t of = PRICE_TIME; of <= PRICE_HOSTS; of++)
    if (allowed & MEASURE(of)) text = arena_format(arena, "%s%s%s", text, *text ? ", " : "", price_units_of((enum price_of)of));
  return text;
}

/* allowed: what the price may be per, by the key that names it. */
static void check_price(struct linker *l, const char *path, const char *key, const char *name, uint32_t allowed) {
  const struct price_list *list = &model_bill(l->model)->prices;
  const struct price_item *item = price_named(list, name);
  if (!name) return;
  if (!item && strpbrk(name, "0123456789") && strspn(name, "0123456789., $€£") > 0)
    link_error(l, path, key, "the price \"%s\" needs a currency and what it is per, such as \"40 USD/month\"", name);
  else if (!list->items.count)
    link_error(
        l, path, key,
        "has the price \"%s\", but the scenario names no price list: write the price itself, such as \"40 USD/month\", or add "
        "\"prices\": \"file.json\"",
        name);
  else if (!item)
    link_error(l, path, key, "the price list has no item \"%s\"", name);
  else if (allowed == ANY_MEASURE && price_item_of(item) == PRICE_AMOUNT)
    link_error(l, path, key, "the price \"%s\" is an amount: say in the price list what it is per, such as /month or /GB", name);
  else if (!(allowed & MEASURE(price_item_of(item))))
    link_error(l, path, key, "the price \"%s\" is %s%s, not per %s", name, *item->price.per ? "per " : "an amount", item->price.per,
               units_of(l->arena, allowed));
}

static int32_t endpoint_named(const struct model *m, const char *name) {
  for (uint32_t i = 0; i < m->endpoints.count; i++)
    if (!strcmp(model_endpoint(m, i)->name, name)) return (int32_t)i;
  return -1;
}

static const struct {
  const char *word;
  enum charge_of of;
  enum price_of measure;
} measured[] = {{"users", CHARGE_USERS, PRICE_USERS},         {"requests", CHARGE_REQUESTS, PRICE_REQUESTS},
                {"sent", CHARGE_SENT, PRICE_BYTES},           {"received", CHARGE_RECEIVED, PRICE_BYTES},
                {"processed", CHARGE_PROCESSED, PRICE_BYTES}, {"lcu", CHARGE_LCU, PRICE_LCU}};

/* What is measured; returns what its price may be per. */
static uint32_t link_measured(struct linker *l, const char *path, struct charge_config *c) {
  c->endpoint = -1;
  if (!c->of) return ANY_MEASURE;
  c->endpoint = endpoint_named(l->model, c->of);
  for (size_t i = 0; c->endpoint < 0 && i < sizeof measured / sizeof *measured; i++)
    if (!strcmp(measured[i].word, c->of)) {
      c->measured = measured[i].of;
      return MEASURE(measured[i].measure);
    }
  if (c->endpoint < 0)
    link_error(l, path, "of", "is \"%s\"; it may be requests, users, sent, received, processed, lcu, or an endpoint", c->of);
  c->measured = CHARGE_REQUESTS;
  return MEASURE(PRICE_REQUESTS);
}

static void link_charges(struct linker *l, const char *key, const struct config_list *list) {
  struct charge_config *charges = list->items;
  for (uint32_t i = 0; i < list->count; i++) {
    const char *path = arena_format(l->arena, "bill.%s.%s", key, charges[i].name);
    uint32_t allowed = link_measured(l, path, &charges[i]);
    check_price(l, path, "price", charges[i].price, allowed);
    if (charges[i].credit && !strcmp(key, "revenue"))
      link_error(l, path, "credit", "belongs to a plan that is paid, among bill.charges");
    if (charges[i].measured == CHARGE_USERS && !(bill_users(l->model) > 0))
      link_error(l, path, "of", "is users, but nothing says how many there are: give \"users\" in \"bill\"");
    const struct price_item *item = price_named(&model_bill(l->model)->prices, charges[i].price);
    if (item && price_item_of(item) != PRICE_TIME && charges[i].hours != HOURS_A_MONTH)
      link_error(l, path, "hours", "belongs to a price per time, and \"%s\" is per %s", item->name, item->price.per);
  }
}

static bool is_among(const struct references *r, uint32_t service) {
  bool found = r->all;
  for (uint32_t i = 0; i < r->count; i++) found |= r->reference[i] == (int32_t)service;
  return found;
}

static bool stored_of(const struct bill_config *b, uint32_t service) {
  const struct storage_config *all = b->storage.items;
  for (uint32_t i = 0; i < b->storage.count; i++)
    if (all[i].of == (int32_t)service) return true;
  return false;
}

/* Unknown is never 0: a pod that is paid for says what it reserves. */
static void check_resources(struct linker *l, const struct service_config *s, const char *path) {
  const struct pods_config *p = model_bill(l->model)->pods;
  bool limits = p->by == PODS_BY_LIMITS;
  struct resource_amounts r = paid_for(l->model, s);
  bool no_cpu = p->vcpu && (!r.cpu || r.cpu == INT64_MAX), no_memory = p->memory && (!r.memory || r.memory == INT64_MAX);
  if (no_cpu || no_memory)
    link_error(l, path, "resources",
               "its pods are paid for by the %s of \"%s\", and it has none of %s: give resources.%s, or say in "
               "bill.pods.services which services are paid for",
               limits ? "limits" : "requests", s->name,
               no_cpu && no_memory ? "cpu and memory"
               : no_cpu            ? "cpu"
                                   : "memory",
               limits ? "limits" : "requests");
}

/* The defaults of requests stand for no measurement: a bill that rests on them says so. */
static void warn_of_defaults(struct linker *l, const struct service_config *s, const char *path) {
  enum { DEFAULT_MILLICORES = 100, DEFAULT_BYTES = 128 << 20 };
  const struct pods_config *p = model_bill(l->model)->pods;
  struct resource_amounts r = paid_for(l->model, s);
  bool cpu = p->vcpu && r.cpu == DEFAULT_MILLICORES, memory = p->memory && r.memory == DEFAULT_BYTES;
  if (p->by == PODS_BY_REQUESTS && (cpu || memory))
    link_warn(l, path, "resources", "paid-by-default-requests",
              "its pods are paid for by %s%s%s, which are the defaults: give what they reserve in resources.requests",
              cpu ? "100m of CPU" : "", cpu && memory ? " and " : "", memory ? "128Mi of memory" : "");
}

static void link_service(struct linker *l, uint32_t i) {
  const struct bill_config *b = model_bill(l->model);
  const struct service_config *s = model_service(l->model, i);
  const char *path = arena_format(l->arena, "services.%s", s->name);
  struct service_money *money = service_money(s);
  bool chosen = b->pods && is_among(&b->pods->services, i);
  if (!service_runs(s)) {
    if (money->price || (chosen && !b->pods->services.all) || stored_of(b, i))
      link_error(l, path, "price", "\"%s\" has no replicas on the platform: give what it costs among bill.charges", s->name);
    return;
  }
  check_price(l, path, "price", money->price, MEASURE(PRICE_TIME));
  money->by_resources = chosen && (b->pods->vcpu || b->pods->memory);
  money->counted = money->price || money->by_resources || stored_of(b, i);
  if (money->counted)
    money->pods = meter_declare(l->model, s->name, "pods", METER_LEVEL, "Replicas on nodes, whatever they do there.");
  if (!money->by_resources) return;
  check_resources(l, s, path);
  warn_of_defaults(l, s, path);
  money->millicores = meter_declare(l->model, s->name, "reserved_millicores", METER_LEVEL, "CPU that its pods are paid for.");
  money->bytes = meter_declare(l->model, s->name, "reserved_bytes", METER_LEVEL, "Memory that its pods are paid for.");
}

static void link_storage(struct linker *l) {
  const struct storage_config *all = model_bill(l->model)->storage.items;
  for (uint32_t i = 0; i < model_bill(l->model)->storage.count; i++) {
    const char *path = arena_format(l->arena, "bill.storage.%s", all[i].name);
    check_price(l, path, "price", all[i].price, MEASURE(PRICE_STORED));
    check_price(l, path, "snapshot_price", all[i].snapshot_price, MEASURE(PRICE_STORED));
    check_price(l, path, "backup_price", all[i].backup_price, MEASURE(PRICE_STORED));
  }
}

static void link_pods(struct linker *l) {
  const struct pods_config *p = model_bill(l->model)->pods;
  if (!p) return;
  if (!p->vcpu && !p->memory) link_error(l, "bill", "pods", "needs the price of a \"vcpu\", of \"memory\", or both");
  check_price(l, "bill.pods", "vcpu", p->vcpu, MEASURE(PRICE_CPU));
  check_price(l, "bill.pods", "memory", p->memory, MEASURE(PRICE_STORED));
}

static void link_money(struct linker *l, enum link_stage stage) {
  const struct model *m = l->model;
  const struct bill_config *b = model_bill(m);
  if (stage == LINK_FIRST) l->model->counts_ways = b->between_zones || b->between_regions;
  if (stage == LINK_JOINED)
    for (uint32_t i = 0; i < m->services.count; i++) link_service(l, i);
  if (stage != LINK_LAST) return;
  link_pods(l);
  link_storage(l);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    check_price(l, arena_format(l->arena, "platform.nodes.%s", model_nodes(m, i)->name), "price", model_nodes(m, i)->price,
                MEASURE(PRICE_TIME));
  link_charges(l, "charges", &b->charges);
  link_charges(l, "revenue", &b->revenue);
  check_price(l, "bill.egress", NULL, b->egress, MEASURE(PRICE_BYTES));
  check_price(l, "bill.cdn", NULL, b->cdn, MEASURE(PRICE_BYTES));
  check_price(l, "bill.between_zones", NULL, b->between_zones, MEASURE(PRICE_BYTES));
  check_price(l, "bill.between_regions", NULL, b->between_regions, MEASURE(PRICE_BYTES));
  if (m->counts_ways && !model_regions(m))
    link_error(l, "bill", b->between_zones ? "between_zones" : "between_regions",
               "the scenario has no places between which bytes could go: give platform.regions");
  check_price(l, "bill.hour_down", NULL, b->hour_down, MEASURE(PRICE_TIME));
}

const struct part part_bill = {.name = "bill",
                               .link = link_money,
                               .placed = bill_placed,
                               .keys = {.root = &bill_root_record, .service = &service_keys_record}};
