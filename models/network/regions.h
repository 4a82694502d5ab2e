/* Places: regions and their zones.
 *
 * A region is a data centre or several close to each other; its zones fail apart. Each node group is in one region, and in one zone
 * of it or dealt over all of them in turn, as cloud providers do. Between two places a way takes what models/network/network.h
 * says. A scenario without regions has no places: one delay holds between any two nodes.
 *
 * Round trips between regions that the scenario does not give are those of a table of AWS regions, by the region's name or by what
 * it says in "at"; the answer says that, and from when the table is.
 *
 *     "regions": {"us": {"at": "us-east-1", "zones": ["us-a", "us-b"]}, "eu": {"at": "eu-west-1"}}
 *     for (uint32_t i = 0; i < model_regions(m); i++) name = model_region(m, i)->name;
 *     int32_t here = container_region(world, c);           (-1: it is on no node, or there are no places)
 *     sim_time there_and_back = regions_round_trip(&m->platform.regions, us, eu);
 *
 * Invariant after linking: round trips are symmetrical, and 0 only from a region to itself or where the scenario says so. */
#ifndef REGIONS_H
#define REGIONS_H
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"
#include <assert.h>
#include <stdint.h>

struct arena;

/* At most this many regions, and zones over all of them: pairs of them have a way each. */
enum { REGIONS_MOST = 64, ZONES_MOST = 256 };

/* A region, and a zone of it by its number over all; -1: anywhere. */
struct site {
  int32_t region, zone;
};
#define SITE_ANY ((struct site){-1, -1})

struct zone_config {
  const char *name;
};

struct region_config {
  const char *name;
  const char *at;           /* its row in the table of round trips, or null: its name */
  struct config_list zones; /* struct zone_config; none: it is one zone without a name */
  /* Derived while linking. */
  uint32_t first_zone, zone_count; /* numbers over all regions; at least one each */
};

/* There and back between two regions, "us-eu". */
struct round_trip_config {
  const char *name;
  sim_time time;
};

extern const struct record region_record, round_trip_record;

struct regions {
  struct config_list list; /* struct region_config */
  /* Derived while linking. */
  uint32_t zone_count;  /* of all regions */
  sim_time *round_trip; /* by two regions */
};

static inline const struct region_config *regions_at(const struct regions *r, uint32_t i) {
  assert(i < r->list.count);
  return (const struct region_config *)r->list.items + i;
}
static inline sim_time regions_round_trip(const struct regions *r, uint32_t from, uint32_t to) {
  assert(from < r->list.count && to < r->list.count);
  return from == to ? 0 : r->round_trip[from * r->list.count + to];
}

/* The region with this name, of `length` letters; -1: there is none. */
int32_t regions_named(const struct regions *, const char *name, size_t length);
/* The region of a zone, by its number over all. */
uint32_t regions_of_zone(const struct regions *, uint32_t zone);
/* Of the region's zones the one with this name, as a number over all zones; -1: there is none. */
int32_t region_zone(const struct region_config *, const char *name);
/* For messages: "a, b, c". */
const char *regions_listed(const struct regions *, struct arena *);
const char *zones_listed(const struct region_config *, struct arena *);

/* Milliseconds there and back between two rows of the table; 0 when it lacks the pair. */
double regions_table_ms(const char *from, const char *to);
bool regions_table_knows(const char *name);
/* For messages: its rows. */
const char *regions_table_listed(struct arena *);

#endif
