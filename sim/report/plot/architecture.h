/* What a scenario says is there: regions, groups of nodes, services on them, and which of them call which. Read from the resolved
 * tree of a result, or of a scenario whose parents are merged; nothing is run. Private to sim/report/plot. */
#ifndef ARCHITECTURE_H
#define ARCHITECTURE_H
#include "sim/report/result_file.h"
#include <stdint.h>

enum { SERVICES = 40, GROUPS = 24, REGIONS = 8, WAYS = 160, ARCHITECTURE_TEXT = 120 };

struct architecture_group {
  const char *name, *region;     /* region: null: none */
  char words[ARCHITECTURE_TEXT]; /* "3 x 4 cores, 8Gi" */
  double count;
};

struct architecture_service {
  const char *name, *kind;
  char words[ARCHITECTURE_TEXT];       /* "app, 3 replicas", of all regions */
  double replicas, in_region[REGIONS]; /* NaN: not said by region */
  uint64_t groups;                     /* bits; none: it is outside */
  int rank;                            /* how many calls lie between it and the clients */
};

/* From clients (-1) or a service to a service. */
struct architecture_way {
  int from, to;
  char verb[60]; /* "queries, pool of 10" */
  char endpoints[ARCHITECTURE_TEXT];
  int endpoint_count;
};

struct architecture {
  int service_count, group_count, region_count, way_count, ranks, endpoints;
  struct architecture_service service[SERVICES];
  struct architecture_group group[GROUPS];
  struct {
    const char *name, *at;
  } region[REGIONS];
  struct architecture_way way[WAYS];
  char round_trips[300]; /* "us-eu 75ms" */
  bool cut;              /* something had no room */
};

/* Null when read; else why not. */
const char *architecture_read(struct architecture *, const struct json_value *resolved);

#endif
