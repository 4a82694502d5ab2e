#include "models/network/regions.h"
#include "sim/engine/arena.h"
#include <string.h>

static const struct field zone_fields[] = {KEY("name", TEXT, zone_config, name, .doc = "What node groups and spreads say."), {0}};
static const struct record zone_record = {
    .name = "zone", .size = sizeof(struct zone_config), .fields = zone_fields, .doc = "A zone.", .shorthand = "name"};

static const struct field region_fields[] = {
    KEY("zones", LIST, region_config, zones, OPTIONAL, .record = &zone_record,
        .doc = "Its zones, which fail apart: [\"us-a\", \"us-b\"]. Absent: it is one zone."),
    KEY("at", TEXT, region_config, at, OPTIONAL,
        .doc = "The cloud region that it stands for, such as \"us-east-1\": round trips that the scenario does not give are taken "
               "from a table by it. Absent: the region's own name is looked up."),
    {0}};
const struct record region_record = {.name = "region",
                                     .size = sizeof(struct region_config),
                                     .fields = region_fields,
                                     .doc = "A place on earth that nodes and clients are in."};

static const struct field round_trip_fields[] = {
    KEY("time", DURATION, round_trip_config, time, RANGE(0, 1e11), .doc = "There and back."), {0}};
const struct record round_trip_record = {.name = "round trip",
                                         .size = sizeof(struct round_trip_config),
                                         .fields = round_trip_fields,
                                         .doc = "A way between two regions and back.",
                                         .shorthand = "time"};

int32_t regions_named(const struct regions *r, const char *name, size_t length) {
  for (uint32_t i = 0; i < r->list.count; i++)
    if (strlen(regions_at(r, i)->name) == length && !strncmp(regions_at(r, i)->name, name, length)) return (int32_t)i;
  return -1;
}

uint32_t regions_of_zone(const struct regions *r, uint32_t zone) {
  uint32_t i = 0;
  while (zone >= regions_at(r, i)->first_zone + regions_at(r, i)->zone_count) i++;
  return i;
}

int32_t region_zone(const struct region_config *r, const char *name) {
  const struct zone_config *zones = r->zones.items;
  for (uint32_t i = 0; i < r->zones.count; i++)
    if (!strcmp(zones[i].name, name)) return (int32_t)(r->first_zone + i);
  return -1;
}

static const char *listed(const char *text, const char *name, struct arena *arena) {
  return arena_format(arena, "%s%s%s", text, *text ? ", " : "", name);
}

const char *regions_listed(const struct regions *r, struct arena *arena) {
  const char *text = "";
  for (uint32_t i = 0; i < r->list.count; i++) text = listed(text, regions_at(r, i)->name, arena);
  return text;
}

const char *zones_listed(const struct region_config *r, struct arena *arena) {
  const struct zone_config *zones = r->zones.items;
  const char *text = "";
  for (uint32_t i = 0; i < r->zones.count; i++) text = listed(text, zones[i].name, arena);
  return r->zones.count ? text : "none";
}

/* --- the table --------------------------------------------------------------------------------------------------------------- */

/* Averages measured until April 2017, in milliseconds (acomputerscientistlearnsaws.blogspot.com, April 2017); where the source has
 * both directions, their mean. Today they are 5 to 15% shorter. */
enum { TABLE = 8 };

static const char *const table_names[TABLE] = {"us-east-1",      "us-west-2",      "eu-west-1",      "eu-central-1",
                                               "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "sa-east-1"};

/* By row, in the order of their names; 0: the source lacks the pair. */
static const double table_ms[TABLE][TABLE] = {{0, 88, 80.5, 89, 145, 217, 230, 120},    {88, 0, 137, 160, 89, 161, 162, 183},
                                              {80.5, 137, 0, 19.6, 212, 239, 310, 191}, {89, 160, 19.6, 0, 237, 326, 324, 195},
                                              {145, 89, 212, 237, 0, 74, 104, 257},     {217, 161, 239, 326, 74, 0, 175, 328},
                                              {230, 162, 310, 324, 104, 175, 0, 0},     {120, 183, 191, 195, 257, 328, 0, 0}};

static int32_t row(const char *name) {
  for (int32_t i = 0; i < TABLE; i++)
    if (!strcmp(table_names[i], name)) return i;
  return -1;
}

bool regions_table_knows(const char *name) { return row(name) >= 0; }

double regions_table_ms(const char *from, const char *to) {
  int32_t a = row(from), b = row(to);
  return a < 0 || b < 0 ? 0 : table_ms[a][b];
}

const char *regions_table_listed(struct arena *arena) {
  const char *text = "";
  for (uint32_t i = 0; i < TABLE; i++) text = listed(text, table_names[i], arena);
  return text;
}
