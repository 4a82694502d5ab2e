/* Keys of the bill, and what they refer to. */
#include "models/core/link.h"
#include "models/core/part.h"
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
            "What is measured and multiplied by the quantity: \"requests\" or an endpoint (those answered, in millions), \"sent\", "
            "\"received\" or \"processed\" (both: GB between clients and the origin), or \"lcu\" (capacity units of a balancer, "
            "the "
            "larger of 25 new connections a second and 1 GB an hour)."),
    KEY("connection_requests", NUMBER, charge_config, connection_requests, DEFAULT(1), RANGE(1, 1e9),
        .doc = "Of \"lcu\": requests that one connection of a client carries."),
    {0}};
static const struct record charge_record = {.name = "charge",
                                            .size = sizeof(struct charge_config),
                                            .fields = charge_fields,
                                            .doc = "Something that costs money, or brings it in, and is not a node."};

static const struct field bill_fields[] = {
    KEY("charges", MAP, bill_config, charges, OPTIONAL, .record = &charge_record, .doc = "Charges by name."),
    KEY("egress", TEXT, bill_config, egress, OPTIONAL,
        .doc = "Price item per GB that the origin sends, to clients or to a CDN; absent: not charged."),
    KEY("egress_free_gb", NUMBER, bill_config, egress_free_gb, DEFAULT(0), RANGE(0, 1e12), .doc = "GB a month that cost nothing."),
    KEY("cdn", TEXT, bill_config, cdn, OPTIONAL, .doc = "Price item per GB that a CDN sends to clients; absent: not charged."),
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

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

#define MEASURE(of) (1u << (of))
#define ANY_MEASURE (~MEASURE(PRICE_AMOUNT))

/* "hour, day, month or year, GB or TB" */
static const char *units_of(struct arena *arena, uint32_t allowed) {
  if (allowed == ANY_MEASURE) return "something";
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
  if (!list->items.count)
    link_error(l, path, key, "has the price \"%s\", but the scenario names no price list: add \"prices\": \"file.json\"", name);
  else if (!item)
    link_error(l, path, key, "the price list has no item \"%s\"", name);
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
} measured[] = {{"requests", CHARGE_REQUESTS, PRICE_REQUESTS},
                {"sent", CHARGE_SENT, PRICE_BYTES},
                {"received", CHARGE_RECEIVED, PRICE_BYTES},
                {"processed", CHARGE_PROCESSED, PRICE_BYTES},
                {"lcu", CHARGE_LCU, PRICE_LCU}};

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
    link_error(l, path, "of", "is \"%s\"; it may be requests, sent, received, processed, lcu, or an endpoint", c->of);
  c->measured = CHARGE_REQUESTS;
  return MEASURE(PRICE_REQUESTS);
}

static void link_charges(struct linker *l, const char *key, const struct config_list *list) {
  struct charge_config *charges = list->items;
  for (uint32_t i = 0; i < list->count; i++) {
    const char *path = arena_format(l->arena, "bill.%s.%s", key, charges[i].name);
    uint32_t allowed = link_measured(l, path, &charges[i]);
    check_price(l, path, "price", charges[i].price, allowed);
    const struct price_item *item = price_named(&model_bill(l->model)->prices, charges[i].price);
    if (item && price_item_of(item) != PRICE_TIME && charges[i].hours != HOURS_A_MONTH)
      link_error(l, path, "hours", "belongs to a price per time, and \"%s\" is per %s", item->name, item->price.per);
  }
}

static void link_money(struct linker *l, enum link_stage stage) {
  const struct model *m = l->model;
  const struct bill_config *b = model_bill(m);
  if (stage != LINK_LAST) return;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    check_price(l, arena_format(l->arena, "platform.nodes.%s", model_nodes(m, i)->name), "price", model_nodes(m, i)->price,
                MEASURE(PRICE_TIME));
  link_charges(l, "charges", &b->charges);
  link_charges(l, "revenue", &b->revenue);
  check_price(l, "bill.egress", NULL, b->egress, MEASURE(PRICE_BYTES));
  check_price(l, "bill.cdn", NULL, b->cdn, MEASURE(PRICE_BYTES));
  check_price(l, "bill.hour_down", NULL, b->hour_down, MEASURE(PRICE_TIME));
}

const struct part part_bill = {.name = "bill", .link = link_money, .keys.root = &bill_root_record};
