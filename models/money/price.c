#include "models/money/price.h"
#include "sim/engine/arena.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static const struct field tier_fields[] = {
    KEY("up_to", TEXT, price_tier, up_to, OPTIONAL,
        .doc = "Where the tier ends, counted from the beginning of the month's quantity: \"10TB\", \"10 million\". Absent: no end. "
               "What goes beyond the end of the last tier has no known price, and the bill none either."),
    KEY("price", MONEY, price_tier, price, .doc = "Of what lies in the tier."),
    {0}};
static const struct record tier_record = {.name = "tier",
                                          .size = sizeof(struct price_tier),
                                          .fields = tier_fields,
                                          .doc = "The price of a part of the quantity, in order."};

static const char *const kinds[] = {[KIND_LIST] = "list",       [KIND_PROMOTIONAL] = "promotional",
                                    [KIND_RENEWAL] = "renewal", [KIND_RESERVED] = "reserved",
                                    [KIND_SPOT] = "spot",       NULL};

static const struct field item_fields[] = {
    KEY("price", MONEY, price_item, price, OPTIONAL, .one_of = true,
        .doc = "Such as \"24 USD/month\", \"0.0104 USD/h\", \"0.09 USD/GB\", or {\"low\": ..., \"typical\": ..., \"high\": ...} of "
               "such."),
    KEY("tiers", LIST, price_item, tiers, OPTIONAL, .one_of = true, .record = &tier_record, .doc = "Prices by how much it is."),
    KEY("free", TEXT, price_item, free, OPTIONAL,
        .doc = "What costs nothing each month, such as \"100GB\": the beginning of the quantity, and of the first tier."),
    KEY("kind", WORD, price_item, kind, DEFAULT("list"), .words = kinds,
        .doc = "What the price is: list, promotional (for the first \"months\", then \"renewal\"), renewal, reserved or spot."),
    KEY("months", INTEGER, price_item, months, OPTIONAL, RANGE(1, 1200),
        .doc = "How long a promotional price holds. The bill is of the months after these; the first month stands next to it."),
    KEY("renewal", MONEY, price_item, renewal, OPTIONAL, .doc = "What comes after the months of a promotional price."),
    KEY("source", TEXT, price_item, source, OPTIONAL, .doc = "Where the price was read."),
    KEY("date", TEXT, price_item, date, OPTIONAL,
        .doc = "When it applied. If a price has no source or no date, the bill is a draft, and a note names the price."),
    KEY("confidence", TEXT, price_item, confidence, OPTIONAL, .doc = "How well it is known, such as \"copy of a list\"."),
    KEY("note", TEXT, price_item, note, OPTIONAL, .doc = "What else a reader should know: what is included, what is left out."),
    {0}};
const struct record price_item_record = {
    .name = "price item", .size = sizeof(struct price_item), .fields = item_fields, .doc = "One price, with its source and date."};

static const struct field rate_fields[] = {
    KEY("rate", TEXT, currency_rate, rate, .doc = "\"18 MXN = 1 USD\", \"1.08 USD per EUR\"."),
    KEY("source", TEXT, currency_rate, source, OPTIONAL, .doc = "Where the rate was read."),
    KEY("date", TEXT, currency_rate, date, .doc = "Of the rate."),
    {0}};
static const struct record rate_record = {.name = "rate",
                                          .size = sizeof(struct currency_rate),
                                          .fields = rate_fields,
                                          .doc = "What another currency is worth.",
                                          .shorthand = NULL};

static const struct field list_fields[] = {
    KEY("title", TEXT, price_list, title, DEFAULT(""), .doc = "What the list is."),
    KEY("currency", TEXT, price_list, currency, OPTIONAL,
        .doc = "Of the bill, such as \"USD\"; absent: that of the first item. Items in others need a rate."),
    KEY("rates", MAP, price_list, rates, OPTIONAL, .record = &rate_record, .doc = "By currency, such as \"EUR\"."),
    KEY("items", MAP, price_list, items, .record = &price_item_record, .doc = "Prices by name."),
    {0}};
const struct record price_list_record = {
    .name = "price list", .size = sizeof(struct price_list), .fields = list_fields, .doc = "A file of prices."};

/* --- rates ------------------------------------------------------------------------------------------------------------------- */

/* A number and a currency of three letters, past them; 1 where no number stands. */
static bool take_money(const char **p, double *amount, char code[4]) {
  while (isspace((unsigned char)**p)) (*p)++;
  char *end = (char *)(uintptr_t)*p;
  *amount = isdigit((unsigned char)**p) ? strtod(*p, &end) : 1;
  while (isspace((unsigned char)*end)) end++;
  int letters = 0;
  while (letters < 4 && isalpha((unsigned char)end[letters])) letters++;
  if (letters != 3 || !(*amount > 0) || isinf(*amount)) return false;
  for (int i = 0; i < 3; i++) code[i] = (char)toupper((unsigned char)end[i]);
  code[3] = 0;
  *p = end + 3;
  return true;
}

/* "18 MXN = 1 USD", "18 MXN/USD", "18 MXN per USD": what one of the second is in the first. */
static bool parse_rate(const char *text, double *times, char first[4], char second[4]) {
  double a, b;
  if (!take_money(&text, &a, first)) return false;
  while (isspace((unsigned char)*text)) text++;
  if (*text == '=' || *text == '/')
    text++;
  else if (!strncmp(text, "per ", 4))
    text += 4;
  else
    return false;
  if (!take_money(&text, &b, second) || *text || !strcmp(first, second)) return false;
  *times = a / b;
  return true;
}

static void settle_rate(const struct price_list *list, struct currency_rate *r, struct arena *arena,
                        const struct price_report *report) {
  double times;
  char first[4], second[4];
  r->worth = NAN;
  if (!r->rate) return; /* the binder has said so */
  if (!parse_rate(r->rate, &times, first, second)) {
    report->wrong(
        report->context, &r->rate,
        arena_format(arena, "\"rate\" must be two amounts such as \"18 %s = 1 %s\", not \"%s\"", r->name, list->currency, r->rate));
    return;
  }
  if (!strcmp(first, r->name) && !strcmp(second, list->currency))
    r->worth = 1 / times;
  else if (!strcmp(second, r->name) && !strcmp(first, list->currency))
    r->worth = times;
  else
    report->wrong(report->context, &r->rate,
                  arena_format(arena, "\"rate\" of %s must be between %s and %s, the currency of the list, not \"%s\"", r->name,
                               r->name, list->currency, r->rate));
}

double price_list_worth(const struct price_list *list, const char *currency) {
  if (!list->currency || !strcmp(list->currency, currency)) return 1;
  const struct currency_rate *rates = list->rates.items;
  for (uint32_t i = 0; i < list->rates.count; i++)
    if (!strcmp(rates[i].name, currency)) return rates[i].worth;
  return NAN;
}

static bool has_rate(const struct price_list *list, const char *currency) {
  const struct currency_rate *rates = list->rates.items;
  for (uint32_t i = 0; i < list->rates.count; i++)
    if (!strcmp(rates[i].name, currency)) return true;
  return false;
}

/* --- settling ---------------------------------------------------------------------------------------------------------------- */

struct settling {
  struct price_list *list;
  struct arena *arena;
  const struct price_report *report;
};

static void convert(const struct settling *s, struct price_item *item, struct money_value *price, const char *key) {
  if (!price->currency[0]) return;
  double worth = price_list_worth(s->list, price->currency);
  if (isnan(worth)) {
    if (!has_rate(s->list, price->currency)) /* else the rate itself is wrong */
      s->report->wrong(s->report->context, price,
                       arena_format(s->arena,
                                    "\"%s\" is in %s and the list in %s: give \"rates\": { \"%s\": { \"rate\": \"... %s = 1 %s\", "
                                    "\"date\": ... } }",
                                    key, price->currency, s->list->currency, price->currency, price->currency, s->list->currency));
    return;
  }
  const struct currency_rate *rates = s->list->rates.items;
  for (uint32_t i = 0; i < s->list->rates.count; i++)
    if (!strcmp(rates[i].name, price->currency)) item->converted = &rates[i];
  price->amount *= worth, price->low *= worth, price->high *= worth;
  memcpy(price->currency, s->list->currency, 3);
}

static void wrong_quantity(const struct settling *s, const void *at, const char *key, const char *text, const char *per) {
  s->report->wrong(s->report->context, at,
                   arena_format(s->arena, "\"%s\" must be a quantity of what the price is per (%s), such as \"%s\", not \"%s\"",
                                key, *per ? per : "nothing", quantity_example(per), text));
}

static void settle_tier(const struct settling *s, struct price_item *item, uint32_t i, double *end) {
  struct price_tier *all = item->tiers.items, *t = &all[i];
  convert(s, item, &t->price, "price");
  t->end = INFINITY;
  if (!t->price.currency[0] || !all[0].price.currency[0]) return; /* the binder has said so */
  if (price_of(&t->price) != price_of(&all[0].price)) {
    s->report->wrong(s->report->context, &t->price,
                     arena_format(s->arena, "\"price\" is per %s, but that of the first tier is per %s: tiers have one measure",
                                  t->price.per, all[0].price.per));
    return;
  }
  if (!t->up_to && i + 1 < item->tiers.count)
    s->report->wrong(s->report->context, &t->price,
                     "this tier has no \"up_to\" but is not the last one: tiers behind it would overlap with it");
  if (!t->up_to) return;
  if (!quantity_in_base(t->up_to, t->price.per, &t->end)) {
    wrong_quantity(s, &t->up_to, "up_to", t->up_to, t->price.per);
    return;
  }
  if (t->end <= *end)
    s->report->wrong(s->report->context, &t->up_to,
                     arena_format(s->arena,
                                  "\"up_to\" is \"%s\", which is not more than the end of the tier before it: tiers stand in "
                                  "order and do not overlap",
                                  t->up_to));
  *end = t->end;
}

static void settle_promotion(const struct settling *s, struct price_item *item) {
  bool promotional = item->kind == KIND_PROMOTIONAL;
  convert(s, item, &item->renewal, "renewal");
  if (promotional && (!item->months || !item->renewal.currency[0]))
    s->report->wrong(
        s->report->context, &item->kind,
        "a promotional price needs \"months\", how long it holds, and \"renewal\", what it is then: the bill is of the "
        "time after it");
  if (!promotional && (item->months || item->renewal.currency[0]))
    s->report->wrong(s->report->context, item->months ? (const void *)&item->months : (const void *)&item->renewal,
                     "\"months\" and \"renewal\" belong to a price of \"kind\": \"promotional\"");
  if (promotional && item->renewal.currency[0] && item->price.currency[0] && price_of(&item->renewal) != price_of(&item->price))
    s->report->wrong(s->report->context, &item->renewal,
                     arena_format(s->arena, "\"renewal\" is per %s, but the price is per %s", item->renewal.per, item->price.per));
}

static void settle_item(const struct settling *s, struct price_item *item) {
  double end = 0;
  struct price_tier *tiers = item->tiers.items;
  const char *currency = tiers ? tiers[0].price.currency : item->price.currency;
  if (item->free && *currency && !quantity_in_base(item->free, tiers ? tiers[0].price.per : item->price.per, &item->free_base))
    wrong_quantity(s, &item->free, "free", item->free, tiers ? tiers[0].price.per : item->price.per);
  for (uint32_t i = 0; i < item->tiers.count; i++) settle_tier(s, item, i, &end);
  if (item->tiers.count)
    item->price = tiers[0].price;
  else
    convert(s, item, &item->price, "price");
  settle_promotion(s, item);
}

/* Of the first item that has one: the price of another may be none at all, which the binder has said. */
static const char *first_currency(const struct price_list *list) {
  const struct price_item *items = list->items.items;
  for (uint32_t i = 0; i < list->items.count; i++) {
    const struct price_tier *tiers = items[i].tiers.items;
    const char *currency = items[i].tiers.count ? tiers[0].price.currency : items[i].price.currency;
    if (*currency) return currency;
  }
  return "";
}

void price_list_settle(struct price_list *list, struct arena *arena, const struct price_report *report) {
  struct settling s = {list, arena, report};
  if (list->currency && (strlen(list->currency) != 3 || !isupper((unsigned char)list->currency[0]))) {
    report->wrong(report->context, &list->currency,
                  arena_format(arena, "\"currency\" must be three letters such as \"USD\", not \"%s\"", list->currency));
    return;
  }
  if (!list->currency) list->currency = arena_text(arena, first_currency(list));
  struct currency_rate *rates = list->rates.items;
  for (uint32_t i = 0; i < list->rates.count; i++) settle_rate(list, &rates[i], arena, report);
  struct price_item *items = list->items.items;
  for (uint32_t i = 0; i < list->items.count; i++) settle_item(&s, &items[i]);
}

/* --- costs ------------------------------------------------------------------------------------------------------------------- */

const struct price_item *price_named(const struct price_list *list, const char *name) {
  const struct price_item *items = list->items.items;
  for (uint32_t i = 0; name && i < list->items.count; i++)
    if (!strcmp(items[i].name, name)) return &items[i];
  return NULL;
}

enum price_of price_item_of(const struct price_item *item) { return price_of(&item->price); }

static double at_end(const struct money_value *price, enum price_end end) {
  struct money_value p = *price;
  p.amount = end == PRICE_LOW ? p.low : end == PRICE_HIGH ? p.high : p.amount;
  return price_in_base(&p);
}

static double tiered(const struct price_item *item, enum price_end end, double quantity) {
  const struct price_tier *tiers = item->tiers.items;
  double sum = 0, from = 0;
  for (uint32_t i = 0; i < item->tiers.count && quantity > from; i++) {
    double begin = fmax(from, item->free_base), to = fmin(quantity, tiers[i].end);
    if (to > begin) sum += (to - begin) * at_end(&tiers[i].price, end);
    from = tiers[i].end;
  }
  return quantity > from ? NAN : sum;
}

static double plain(const struct price_item *item, const struct money_value *price, enum price_end end, double quantity) {
  return fmax(0, quantity - item->free_base) * at_end(price, end);
}

double price_first_cost(const struct price_item *item, enum price_end end, double quantity) {
  return item->tiers.count ? tiered(item, end, quantity) : plain(item, &item->price, end, quantity);
}

double price_cost(const struct price_item *item, enum price_end end, double quantity) {
  return item->kind == KIND_PROMOTIONAL ? plain(item, &item->renewal, end, quantity) : price_first_cost(item, end, quantity);
}

double price_each(const struct price_item *item, enum price_end end) {
  return at_end(item->kind == KIND_PROMOTIONAL ? &item->renewal : &item->price, end);
}

static bool is_range(const struct money_value *price) { return price->low < price->high; }

bool price_has_range(const struct price_item *item) {
  const struct price_tier *tiers = item->tiers.items;
  bool any = is_range(item->kind == KIND_PROMOTIONAL ? &item->renewal : &item->price);
  for (uint32_t i = 0; i < item->tiers.count; i++) any |= is_range(&tiers[i].price);
  return any;
}

bool price_list_has_ranges(const struct price_list *list) {
  const struct price_item *items = list->items.items;
  for (uint32_t i = 0; i < list->items.count; i++)
    if (price_has_range(&items[i])) return true;
  return false;
}
