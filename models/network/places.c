/* Places of a scenario: what it says of regions, zones and round trips is put together and checked; requests know theirs. */
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/network/pairs.h"
#include "models/network/regions.h"
#include "models/network/request_place.h"
#include "sim/engine/arena.h"
#include <string.h>

/* --- round trips ------------------------------------------------------------------------------------------------------------- */

/* "us-east-1-eu-west-1": names have hyphens too, so each is tried. Returns how many pairs it may mean. */
int pairs_named(const struct regions *all, const char *name, uint32_t pair[2]) {
  int count = 0;
  for (const char *hyphen = strchr(name, '-'); hyphen; hyphen = strchr(hyphen + 1, '-')) {
    int32_t a = regions_named(all, name, (size_t)(hyphen - name)), b = regions_named(all, hyphen + 1, strlen(hyphen + 1));
    if (a < 0 || b < 0 || a == b) continue;
    pair[0] = (uint32_t)a, pair[1] = (uint32_t)b;
    count++;
  }
  return count;
}

static sim_time *time_between(const struct regions *all, uint32_t from, uint32_t to) {
  return &all->round_trip[from * all->list.count + to];
}

static void link_given(struct linker *l, const struct regions *all) {
  static const char path[] = "platform.network.round_trip";
  const struct config_list *given = &l->model->platform.network.round_trip;
  for (uint32_t i = 0; i < given->count; i++) {
    const struct round_trip_config *t = (const struct round_trip_config *)given->items + i;
    uint32_t pair[2];
    int meanings = pairs_named(all, t->name, pair);
    if (meanings != 1) {
      link_error(l, path, t->name, "\"%s\" %s; the regions are: %s", t->name,
                 meanings ? "may mean several pairs of regions: rename one" : "does not name two regions as in \"us-eu\"",
                 regions_listed(all, l->arena));
      continue;
    }
    sim_time *there = time_between(all, pair[0], pair[1]), *back = time_between(all, pair[1], pair[0]);
    if (*there >= 0) link_error(l, path, t->name, "is given twice: the way back takes as long");
    *there = *back = t->time;
  }
}

static const char *row_of(const struct region_config *r) { return r->at ? r->at : r->name; }

static void report_hole(struct linker *l, const char *from, const char *to) {
  link_error(l, "platform.network", "round_trip",
             "no round trip is known between \"%s\" and \"%s\": give it as \"%s-%s\", or say in \"at\" of both regions which cloud "
             "regions they are, of: %s",
             from, to, from, to, regions_table_listed(l->arena));
}

/* Pairs that the scenario does not give. */
static void link_from_table(struct linker *l, const struct regions *all) {
  const char *taken = "";
  for (uint32_t a = 0; a < all->list.count; a++)
    for (uint32_t b = a + 1; b < all->list.count; b++) {
      const struct region_config *from = regions_at(all, a), *to = regions_at(all, b);
      sim_time *there = time_between(all, a, b);
      if (*there >= 0) continue;
      double ms = regions_table_ms(row_of(from), row_of(to));
      if (!(ms > 0)) report_hole(l, from->name, to->name);
      *there = *time_between(all, b, a) = (sim_time)(ms * (double)SIM_MS + 0.5);
      taken = arena_format(l->arena, "%s%s%s-%s %.4gms", taken, *taken ? ", " : "", from->name, to->name, ms);
    }
  if (!*taken || l->failed) return;
  link_warn(l, "platform.network", "round_trip", "round-trips-of-2017",
            "these round trips are averages between AWS regions measured until April 2017, today 5 to 15%% shorter: %s; give those "
            "that you measure",
            taken);
}

/* --- zones ------------------------------------------------------------------------------------------------------------------- */

static void check_zones(struct linker *l, const struct region_config *r, const char *path) {
  const struct zone_config *zones = r->zones.items;
  for (uint32_t k = 0; k < r->zones.count; k++)
    if (region_zone(r, zones[k].name) != (int32_t)(r->first_zone + k))
      link_error(l, path, "zones", "has two zones \"%s\"", zones[k].name);
  if (r->at && !regions_table_knows(r->at))
    link_warn(l, path, "at", "unknown-cloud-region", "the table of round trips has no region \"%s\"; it has: %s", r->at,
              regions_table_listed(l->arena));
}

static void number_zones(struct linker *l, struct regions *all) {
  for (uint32_t i = 0; i < all->list.count; i++) {
    struct region_config *r = (struct region_config *)all->list.items + i;
    r->first_zone = all->zone_count, r->zone_count = r->zones.count ? r->zones.count : 1;
    all->zone_count += r->zone_count;
    check_zones(l, r, arena_format(l->arena, "platform.regions.%s", r->name));
  }
  if (all->list.count > REGIONS_MOST || all->zone_count > ZONES_MOST)
    link_error(l, "platform", "regions", "there are %u regions and %u zones; at most %d and %d are possible", all->list.count,
               all->zone_count, REGIONS_MOST, ZONES_MOST);
}

static void place_group(struct linker *l, struct node_group *g) {
  const struct regions *all = &l->model->platform.regions;
  const char *path = arena_format(l->arena, "platform.nodes.%s", g->name);
  g->first_zone = 0, g->zone_count = 1;
  if (g->region < 0 && g->zone) link_error(l, path, "zone", "needs a \"region\" that has the zone");
  if (g->region < 0 && all->list.count)
    link_error(l, path, NULL, "needs a \"region\", as the scenario has some: %s", regions_listed(all, l->arena));
  if (g->region < 0) return;
  const struct region_config *r = regions_at(all, (uint32_t)g->region);
  g->first_zone = r->first_zone, g->zone_count = r->zone_count;
  int32_t zone = g->zone ? region_zone(r, g->zone) : -1;
  if (g->zone && zone < 0)
    link_error(l, path, "zone", "region \"%s\" has no zone \"%s\"; it has: %s", r->name, g->zone, zones_listed(r, l->arena));
  if (zone >= 0) g->first_zone = (uint32_t)zone, g->zone_count = 1;
}

static void link_places(struct linker *l, enum link_stage stage) {
  if (stage != LINK_FIRST) return;
  struct model *m = l->model;
  struct regions *all = &m->platform.regions;
  uint32_t pairs = all->list.count * all->list.count;
  number_zones(l, all);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) place_group(l, (struct node_group *)m->platform.nodes.items + i);
  all->round_trip = arena_new_array(l->arena, sim_time, (size_t)pairs + 1);
  for (uint32_t i = 0; i < pairs; i++) all->round_trip[i] = -1;
  link_given(l, all);
  if (!l->failed) link_from_table(l, all);
}

/* --- requests ---------------------------------------------------------------------------------------------------------------- */

static bool has_places(const struct model *m) { return model_regions(m) > 0; }

static void place_of_child(const struct world *w, struct request *child, const struct request *caller) {
  *request_place(w, child) = *request_place(w, caller);
}

static const struct request_place nowhere = {-1, -1, -1};
const struct part part_places = {.name = "places",
                                 .link = link_places,
                                 .used = has_places,
                                 .room.request = sizeof(struct request_place),
                                 .request = &nowhere,
                                 .child_begins = place_of_child};
