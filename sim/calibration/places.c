/* Where a scenario has its demands: a walk over the steps of its endpoints, as they are written. */
#include "sim/calibration/calibration_inner.h"
#include "sim/json/json_print.h"
#include "sim/scenario/unit.h"
#include <string.h>

static const struct json_value *bare(const struct json_value *v) {
  const struct json_value *inner = json_type(v) == JSON_OBJECT ? json_member(v, "value") : NULL;
  return inner ? inner : v;
}

static double number_or(const struct json_value *object, const char *key, double otherwise) {
  const struct json_value *v = bare(json_member(object, key));
  double ratio;
  struct arena *arena = arena_new();
  bool share = json_type(v) == JSON_TEXT && !unit_parse_ratio(arena, json_text(v), &ratio);
  arena_free(arena);
  return json_type(v) == JSON_NUMBER ? json_number(v) : share ? ratio : otherwise;
}

struct walk {
  struct calibration *c;
  const char *endpoint;
};

static void add(struct walk *w, const char *path, const char *service, const struct json_value *law, double visits, bool query) {
  struct calibration *c = w->c;
  if (!law || !service || visits == 0 || c->place_count == CALIBRATION_MOST) return;
  law = bare(law);
  c->places[c->place_count++] = (struct demand_place){path, service, w->endpoint, visits, law_mean_s(law), law, query};
}

static void walk_steps(struct walk *w, const struct json_value *steps, const char *path, const char *service, double visits);

static void walk_query(struct walk *w, const struct json_value *step, const char *path, double visits) {
  const char *database = json_text(bare(json_member(step, "query")));
  double reads = number_or(step, "reads", 0), writes = number_or(step, "writes", 0);
  bool apart = json_member(step, "write_demand") != NULL;
  add(w, arena_format(w->c->arena, "%s.demand", path), database, json_member(step, "demand"),
      visits * (reads + (apart ? 0 : writes)), true);
  if (apart)
    add(w, arena_format(w->c->arena, "%s.write_demand", path), database, json_member(step, "write_demand"), visits * writes, true);
}

static void walk_cached(struct walk *w, const struct json_value *step, const char *path, const char *service, double visits) {
  double hit = number_or(step, "hit", NAN);
  const struct json_value *fill = json_member(step, "fill");
  bool fills = !fill || json_flag(fill);
  double commands = fills ? 2 - hit : 1;
  add(w, arena_format(w->c->arena, "%s.demand", path), json_text(bare(json_member(step, "cached"))), json_member(step, "demand"),
      visits * commands, false);
  walk_steps(w, json_member(step, "miss"), arena_format(w->c->arena, "%s.miss", path), service, visits * (1 - hit));
}

static void walk_branches(struct walk *w, const struct json_value *list, const char *path, const char *service, double visits) {
  uint32_t i = 0;
  for (const struct json_value *b = json_first(list); b; b = json_next(b), i++)
    walk_steps(w, json_member(b, "steps"), arena_format(w->c->arena, "%s.parallel.%u.steps", path, i), service,
               visits * number_or(b, "copies", 1));
}

static void walk_step(struct walk *w, const struct json_value *step, const char *path, const char *service, double visits) {
  struct arena *arena = w->c->arena;
  if (json_member(step, "cpu")) add(w, arena_format(arena, "%s.cpu", path), service, json_member(step, "cpu"), visits, false);
  if (json_member(step, "query")) walk_query(w, step, path, visits);
  if (json_member(step, "cached")) walk_cached(w, step, path, service, visits);
  if (json_member(step, "command"))
    add(w, arena_format(arena, "%s.demand", path), json_text(bare(json_member(step, "command"))), json_member(step, "demand"),
        visits * number_or(step, "count", 1), false);
  if (json_member(step, "call"))
    walk_steps(w, json_member(step, "steps"), arena_format(arena, "%s.steps", path), json_text(bare(json_member(step, "call"))),
               visits);
  if (json_member(step, "transaction"))
    walk_steps(w, json_member(step, "steps"), arena_format(arena, "%s.steps", path), service, visits);
  if (json_member(step, "answer") && json_type(json_member(step, "answer")) == JSON_LIST)
    walk_steps(w, json_member(step, "answer"), arena_format(arena, "%s.answer", path), service, visits);
  if (json_member(step, "parallel")) walk_branches(w, json_member(step, "parallel"), path, service, visits);
}

static void walk_steps(struct walk *w, const struct json_value *steps, const char *path, const char *service, double visits) {
  uint32_t i = 0;
  for (const struct json_value *s = json_first(steps); s; s = json_next(s), i++)
    walk_step(w, s, arena_format(w->c->arena, "%s.%u", path, i), service, visits);
}

void places_find(struct calibration *c) {
  c->places = arena_new_array(c->arena, struct demand_place, CALIBRATION_MOST);
  for (const struct json_value *e = json_first(json_member(c->scenario->tree, "endpoints")); e; e = json_next(e)) {
    struct walk w = {c, json_name(e)};
    const char *entry = json_text(bare(json_member(e, "entry")));
    walk_steps(&w, json_member(e, "steps"), arena_format(c->arena, "endpoints.%s.steps", w.endpoint), entry, 1);
  }
}

/* --- machines ----------------------------------------------------------------------------------------------------------------- */

static const struct json_value *groups_of(const struct calibration *c) {
  return json_member(json_member(c->scenario->tree, "platform"), "nodes");
}

const char *place_group(const struct calibration *c, const char *service) {
  const struct json_value *s = json_member(json_member(c->scenario->tree, "services"), service), *groups = groups_of(c);
  const char *place = json_text(bare(json_member(s, "place")));
  if (place) return place;
  return json_count(groups) == 1 ? json_name(json_first(groups)) : NULL;
}

double group_number(const struct calibration *c, const char *group, const char *key, double otherwise) {
  return group ? number_or(json_member(groups_of(c), group), key, otherwise) : otherwise;
}
