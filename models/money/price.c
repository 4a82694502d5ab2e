#include "models/money/price.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/model.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>
#include <string.h>

static const struct field item_fields[] = {
    KEY("price", MONEY, price_item, price, .doc = "Such as \"24 USD/month\", \"0.0104 USD/h\", \"0.09 USD/GB\"."),
    KEY("source", TEXT, price_item, source, OPTIONAL, .doc = "Where the price was read."),
    KEY("date", TEXT, price_item, date, OPTIONAL,
        .doc = "When it applied. If a price has no source or no date, the bill is a draft, and a note names the price."),
    {0}};
static const struct record item_record = {
    .name = "price item", .size = sizeof(struct price_item), .fields = item_fields, .doc = "One price, with its source and date."};

static const struct field list_fields[] = {KEY("title", TEXT, price_list, title, DEFAULT(""), .doc = "What the list is."),
                                           KEY("items", MAP, price_list, items, .record = &item_record, .doc = "Prices by name."),
                                           {0}};
const struct record price_list_record = {
    .name = "price list", .size = sizeof(struct price_list), .fields = list_fields, .doc = "A file of prices."};

static const struct field charge_fields[] = {
    KEY("price", TEXT, charge_config, price, .doc = "Its item in the price list."),
    KEY("quantity", NUMBER, charge_config, quantity, DEFAULT(1), RANGE(0, 1e9), .doc = "How many, or how many GB, a month."),
    {0}};
static const struct record charge_record = {.name = "charge",
                                            .size = sizeof(struct charge_config),
                                            .fields = charge_fields,
                                            .doc = "Something that costs money and is not a node."};

static const struct field bill_fields[] = {
    KEY("charges", MAP, bill_config, charges, OPTIONAL, .record = &charge_record, .doc = "Charges by name."),
    KEY("egress", TEXT, bill_config, egress, OPTIONAL,
        .doc = "Price item per GB that the origin sends, to clients or to a CDN; absent: not charged."),
    KEY("egress_free_gb", NUMBER, bill_config, egress_free_gb, DEFAULT(0), RANGE(0, 1e12), .doc = "GB a month that cost nothing."),
    KEY("cdn", TEXT, bill_config, cdn, OPTIONAL, .doc = "Price item per GB that a CDN sends to clients; absent: not charged."),
    {0}};
const struct record bill_record = {
    .name = "bill", .size = sizeof(struct bill_config), .fields = bill_fields, .doc = "What costs money in addition to the nodes."};

const struct price_item *price_named(const struct price_list *list, const char *name) {
  const struct price_item *items = list->items.items;
  for (uint32_t i = 0; name && i < list->items.count; i++)
    if (!strcmp(items[i].name, name)) return &items[i];
  return NULL;
}

double price_monthly(const struct money_value *price) {
  if (!strcmp(price->per, "month")) return price->amount;
  if (!strcmp(price->per, "h")) return price->amount * 730;
  if (!strcmp(price->per, "day")) return price->amount * 730 / 24;
  if (!strcmp(price->per, "year")) return price->amount / 12;
  return NAN;
}

double price_per_gb(const struct money_value *price) {
  if (!strcmp(price->per, "GB")) return price->amount;
  return strcmp(price->per, "TB") ? NAN : price->amount / 1000;
}

double price_of_charge(const struct money_value *price) {
  double monthly = price_monthly(price);
  return isnan(monthly) ? price_per_gb(price) : monthly;
}

static void add_row(struct bill_row *rows, uint32_t *count, const struct price_list *list, const char *item, const char *price,
                    const char *unit, double quantity) {
  const struct price_item *from = price_named(list, price);
  assert(quantity >= 0 || isnan(quantity));
  double each = from ? price_of_charge(&from->price) : NAN;
  rows[(*count)++] = (struct bill_row){item, price, unit, from, quantity, each, each * quantity};
}

static double gb_a_month(double bytes_per_s) { return bytes_per_s * 730 * 3600 / 1e9; }

static void add_per_gb(struct bill_row *rows, uint32_t *count, const char *item, const char *price, const struct price_item *from,
                       double gb) {
  double each = from ? price_per_gb(&from->price) : NAN;
  if (from) rows[(*count)++] = (struct bill_row){item, price, "GB", from, gb, each, gb * each};
}

static const char *unit_of(const struct price_list *list, const char *price) {
  const struct price_item *from = price_named(list, price);
  return from && isnan(price_monthly(&from->price)) ? "GB" : "";
}

uint32_t bill_compute(const struct model *m, const struct bill_use *use, struct arena *arena, struct bill_row **out) {
  const struct bill_config *b = model_bill(m);
  struct bill_row *rows = *out = arena_new_array(arena, struct bill_row, m->platform.nodes.count + b->charges.count + 3);
  uint32_t count = 0;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) {
    const struct node_group *g = model_nodes(m, i);
    if (g->price) add_row(rows, &count, &b->prices, g->name, g->price, use->nodes[i] == 1 ? "node" : "nodes", use->nodes[i]);
  }
  const struct charge_config *charges = b->charges.items;
  for (uint32_t i = 0; i < b->charges.count; i++)
    add_row(rows, &count, &b->prices, charges[i].name, charges[i].price, unit_of(&b->prices, charges[i].price),
            charges[i].quantity);
  double gb = fmax(0, gb_a_month(use->per_s.origin) - b->egress_free_gb);
  const char *item = b->egress_free_gb > 0 ? arena_format(arena, "egress above %g GB", b->egress_free_gb) : "egress";
  add_per_gb(rows, &count, item, b->egress, price_named(&b->prices, b->egress), gb);
  add_per_gb(rows, &count, "CDN egress", b->cdn, price_named(&b->prices, b->cdn), gb_a_month(use->per_s.cdn));
  return count;
}

static const struct field root_keys[] = {
    ONLY_KEY("bill", RECORD, .record = &bill_record, .doc = "What costs money in addition to the nodes."), {0}};
const struct record bill_root_record = {.name = "bill of a scenario", .size = sizeof(struct bill_config), .fields = root_keys};
/* What a price may be per, by the key that names it. */
enum price_use { PRICE_BY_TIME, PRICE_BY_GB, PRICE_OF_A_CHARGE };

static const struct {
  double (*price)(const struct money_value *);
  const char *units;
} price_uses[] = {[PRICE_BY_TIME] = {price_monthly, "hour, day, month or year"},
                  [PRICE_BY_GB] = {price_per_gb, "GB or TB"},
                  [PRICE_OF_A_CHARGE] = {price_of_charge, "hour, day, month, year, GB or TB"}};

static void check_price(struct linker *l, const char *path, const char *key, const char *name, enum price_use use) {
  const struct price_list *list = &model_bill(l->model)->prices;
  const struct price_item *item = price_named(list, name);
  if (!name) return;
  if (!list->items.count)
    link_error(l, path, key, "has the price \"%s\", but the scenario names no price list: add \"prices\": \"file.json\"", name);
  else if (!item)
    link_error(l, path, key, "the price list has no item \"%s\"", name);
  else if (isnan(price_uses[use].price(&item->price)))
    link_error(l, path, key, "the price \"%s\" is %s%s, not per %s", name, *item->price.per ? "per " : "an amount", item->price.per,
               price_uses[use].units);
}

static void link_money(struct linker *l, enum link_stage stage) {
  const struct model *m = l->model;
  if (stage != LINK_LAST) return;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    check_price(l, arena_format(l->arena, "platform.nodes.%s", model_nodes(m, i)->name), "price", model_nodes(m, i)->price,
                PRICE_BY_TIME);
  const struct charge_config *charges = model_bill(m)->charges.items;
  for (uint32_t i = 0; i < model_bill(m)->charges.count; i++)
    check_price(l, arena_format(l->arena, "bill.charges.%s", charges[i].name), "price", charges[i].price, PRICE_OF_A_CHARGE);
  check_price(l, "bill.egress", NULL, model_bill(m)->egress, PRICE_BY_GB);
  check_price(l, "bill.cdn", NULL, model_bill(m)->cdn, PRICE_BY_GB);
}

const struct part part_bill = {.name = "bill", .link = link_money, .keys.root = &bill_root_record};
