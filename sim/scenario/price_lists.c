#include "sim/scenario/price_lists.h"
#include "models/money/bill.h"
#include "models/money/known_prices.h"
#include "sim/engine/arena.h"
#include "sim/engine/fnv.h"
#include "sim/json/json_node.h"
#include "sim/json/json_print.h"
#include "sim/json/source_file.h"
#include "sim/scenario/merge.h"
#include "sim/scenario/plain.h"
#include "sim/scenario/unit.h"
#include <string.h>

static const struct field file_fields[] = {
    KEY("file", TEXT, price_file, file, .doc = "Relative to this file, or the name of a list that the program has."), {0}};
const struct record price_file_record = {.name = "price list",
                                         .size = sizeof(struct price_file),
                                         .fields = file_fields,
                                         .doc = "A file of prices.",
                                         .shorthand = "file"};

struct reading {
  struct arena *arena;
  struct diagnostics *diagnostics;
  struct binder *scenario;
};

/* --- overrides --------------------------------------------------------------------------------------------------------------- */

/* What lies behind "prices." is in the price lists; null when the path is not. */
#define PRICES "prices."
static const char *path_in_prices(const struct scenario_override *o) {
  return o->option && !strncmp(o->path, PRICES, strlen(PRICES)) ? o->path + strlen(PRICES) : NULL;
}

bool price_lists_have(const struct scenario_override *o) { return path_in_prices(o) != NULL; }

static void override(struct reading *r, struct json_value *list, const struct scenario_override *o, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (path_in_prices(&o[i]))
      merge_override_as(r->arena, r->diagnostics, &price_list_record, list, o[i].option, path_in_prices(&o[i]), o[i].value);
}

/* --- low, typical, high ------------------------------------------------------------------------------------------------------ */

static struct json_value *member(const struct json_value *object, const char *name) {
  return (struct json_value *)(uintptr_t)json_member(object, name);
}

/* The object becomes {"value": typical, "range": [low, high]}, where it stands. */
static void fold_ends(struct reading *r, struct json_value *v) {
  static const char *const words[] = {"low", "typical", "high"};
  struct json_value *ends[3];
  for (int i = 0; i < 3; i++) {
    ends[i] = member(v, words[i]);
    if (ends[i]) continue;
    diagnostic_add(r->diagnostics, json_position(v), "a price with ends needs \"low\", \"typical\" and \"high\"; \"%s\" is missing",
                   words[i]);
    return;
  }
  struct json_value *range = json_new(r->arena, JSON_LIST), *kept = json_object_at(r->arena, v);
  range->origin = v->origin, range->position = ends[0]->position, range->name_position = ends[0]->name_position;
  range->name = "range";
  json_append(kept, json_renamed(r->arena, ends[1], "value"));
  json_append(range, json_renamed(r->arena, ends[0], NULL));
  json_append(range, json_renamed(r->arena, ends[2], NULL));
  json_append(kept, range);
  for (const struct json_value *m = json_first(v); m; m = json_next(m))
    if (m != ends[0] && m != ends[1] && m != ends[2]) json_append(kept, json_renamed(r->arena, m, json_name(m)));
  v->first = kept->first, v->last = kept->last, v->count = kept->count, v->sorted = NULL;
}

static bool has_ends(const struct json_value *v) {
  return json_type(v) == JSON_OBJECT && (json_member(v, "typical") || (json_member(v, "low") && json_member(v, "high")));
}

static void fold_all(struct reading *r, struct json_value *list) {
  struct json_value *items = member(list, "items");
  for (struct json_value *item = items ? items->first : NULL; item; item = item->next) {
    if (json_type(item) != JSON_OBJECT) continue;
    for (struct json_value *v = item->first; v; v = v->next) {
      if (has_ends(v)) fold_ends(r, v);
      for (struct json_value *tier = json_type(v) == JSON_LIST ? v->first : NULL; tier; tier = tier->next)
        if (json_type(tier) == JSON_OBJECT && member(tier, "price") && has_ends(member(tier, "price")))
          fold_ends(r, member(tier, "price"));
    }
  }
}

/* --- one list out of several ------------------------------------------------------------------------------------------------- */

/* A name alone may be that of a list of the program; else it is a file. */
static struct json_value *read_known(struct reading *r, const struct known_prices *known) {
  return json_read_text(r->arena, r->diagnostics, arena_format(r->arena, "price list %s", known->name), known->text,
                        strlen(known->text));
}

static struct json_value *read_file(struct reading *r, const struct position *at, const char *path) {
  if (!path || !source_named(r->diagnostics, at, path)) return NULL;
  return json_read_named(r->arena, r->diagnostics, at, path, &(struct json_kind){"a price list", merge_knows, &price_list_record});
}

static struct json_value *read_one(struct reading *r, const struct scenario *s, const struct price_file *f) {
  const struct json_value *named = bind_value_of(r->scenario, &f->file);
  const struct position *at = named ? json_position(named) : NULL;
  const struct known_prices *known = f->file ? known_prices_named(f->file) : NULL;
  const char *path = f->file ? source_beside(r->arena, at, s->file, f->file) : NULL;
  struct json_value *list = known ? read_known(r, known) : read_file(r, at, path);
  if (list) plain_take_types(place_of_record(&price_list_record), list);
  if (list) fold_all(r, list);
  return list;
}

/* The entries of one map go into that of the first list. An item stands in one list only; a rate may be repeated. */
static void join(struct reading *r, struct json_value *all, const struct json_value *more, const char *key, bool once) {
  struct json_value *into = member(all, key);
  const struct json_value *from = json_member(more, key);
  if (!from || json_type(from) != JSON_OBJECT) return;
  if (!into) {
    json_append(all, json_renamed(r->arena, from, key));
    return;
  }
  for (const struct json_value *v = json_first(from); v && json_type(into) == JSON_OBJECT; v = json_next(v)) {
    if (!json_member(into, json_name(v)))
      json_append(into, json_renamed(r->arena, v, json_name(v)));
    else if (once)
      diagnostic_add(r->diagnostics, json_name_position(v),
                     "the item \"%s\" is in another price list of the scenario too: rename one", json_name(v));
  }
  into->sorted = NULL;
}

static struct json_value *read_all(struct reading *r, struct scenario *s) {
  struct json_value *all = NULL;
  const struct price_file *files = s->price_files.items;
  for (uint32_t i = 0; i < s->price_files.count; i++) {
    struct json_value *list = read_one(r, s, &files[i]);
    if (!list) return NULL;
    if (all) join(r, all, list, "rates", false), join(r, all, list, "items", true);
    if (!all) all = list;
  }
  return all;
}

/* --- prices that stand in the scenario ------------------------------------------------------------------------------------- */

/* "48 USD/month", "$48/mo", "48 EUR per month": no item of a list may have such a name. */
static bool is_price(struct arena *arena, const char *text) {
  struct money_value money;
  return !unit_parse_money(arena, text, &money) && *money.per;
}

/* Those of the tree, each once; source: of the value that it stands in. */
static void collect_prices(struct json_value *found, struct arena *arena, const struct json_value *v,
                           const struct json_value *source) {
  if (json_type(v) == JSON_TEXT && is_price(arena, json_text(v)) && !json_member(found, json_text(v))) {
    struct json_value *item = json_object_at(arena, v);
    item->name = json_text(v), item->name_position = v->position;
    json_append(item, json_renamed(arena, v, "price"));
    if (source) json_append(item, json_renamed(arena, source, "source"));
    json_append(found, item);
  }
  if (json_type(v) != JSON_OBJECT && json_type(v) != JSON_LIST) return;
  const struct json_value *stated = json_type(v) == JSON_OBJECT && json_member(v, "value") ? json_member(v, "source") : NULL;
  for (const struct json_value *m = json_first(v); m; m = json_next(m)) collect_prices(found, arena, m, stated);
}

/* Behind the items of the lists. */
static void add_stated(struct arena *arena, struct binder *scenario, struct price_list *prices) {
  static const char *const where[] = {"platform", "bill"};
  struct json_value *found = json_new(arena, JSON_OBJECT);
  for (size_t i = 0; i < sizeof where / sizeof *where; i++) {
    const struct json_value *v = json_member(scenario->root, where[i]);
    if (v) collect_prices(found, arena, v, NULL);
  }
  if (!found->count) return;
  struct price_item *items = arena_new_array(arena, struct price_item, prices->items.count + found->count);
  if (prices->items.count) memcpy(items, prices->items.items, prices->items.count * sizeof *items);
  for (const struct json_value *v = json_first(found); v; v = json_next(v)) {
    struct price_item *item = &items[prices->items.count++];
    bind_record(scenario, &price_item_record, v, item);
    item->name = json_name(v);
  }
  prices->items.items = items;
}

/* --- errors and ranges ------------------------------------------------------------------------------------------------------- */

struct settling {
  struct diagnostics *diagnostics;
  const struct binder *binder, *scenario;
};

static void wrong(void *context, const void *at, const char *message) {
  const struct settling *s = context;
  const struct json_value *value = bind_value_of(s->binder, at);
  if (!value) value = bind_value_of(s->scenario, at);
  diagnostic_add(s->diagnostics, value ? json_position(value) : NULL, "%s", message);
}

/* Values of the price lists that have a range; the source of a price is said with the price. */
static void add_ranges(struct reading *r, const struct binder *prices) {
  for (uint32_t i = 0; i < prices->assumption_count; i++) {
    struct assumption item = prices->assumptions[i];
    item.path = arena_format(r->arena, PRICES "%s", item.path);
    if (item.low) bind_assumption_add(r->scenario, item);
  }
}

void price_lists_read(struct scenario *s, struct arena *arena, struct diagnostics *diagnostics, struct binder *scenario,
                      const struct scenario_override *overrides, uint32_t count) {
  struct reading r = {arena, diagnostics, scenario};
  struct json_value *list = read_all(&r, s);
  if (list) override(&r, list, overrides, count);
  struct binder binder = binder_new(arena, diagnostics, list);
  struct price_list *prices = &model_bill(&s->model)->prices;
  if (list) bind_record(&binder, &price_list_record, list, prices);
  add_stated(arena, scenario, prices);
  if (!prices->items.count) return;
  struct settling settling = {diagnostics, &binder, scenario};
  price_list_settle(prices, arena, &(struct price_report){wrong, &settling});
  add_ranges(&r, &binder);
  if (list) s->hash = fnv_text(s->hash, json_print(arena, list));
}
