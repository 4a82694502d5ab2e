#include "models/database/disk.h"
#include "models/core/link.h"
#include "models/database/database.h"
#include "models/core/part.h"
#include "models/platform/nodes.h"
#include "models/request/draws.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/core/meter.h"
#include "models/request/line.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include "models/platform/placement.h"
#include <assert.h>

/* From one miss to the next is a geometric number of pages: as many draws as misses. */
static bool disk_miss(struct world *w, struct request *r, const struct instruction *in) {
  (void)w;
  double hit = 1 - in->probability, pages = in->scale;
  request_disk(w, r)->reads = 0;
  if (hit <= 0) {
    request_disk(w, r)->reads = (uint32_t)pages;
    return true;
  }
  struct stream draws = stream_at(r->key, (uint64_t)DRAW_MISSES + in->draw);
  double log_hit = real_log(hit);
  for (double at = 0;; request_disk(w, r)->reads++) {
    double u = stream_uniform(&draws);
    at += u > 0 ? (double)(uint64_t)(real_log(u) / log_hit) + 1 : pages + 1;
    if (at > pages) return true;
  }
}

static void miss_asks(const struct walk *w, const struct instruction *in, double weight) {
  double mean_s = in->demand.mean * 1e-9;
  w->sums->disk_s[in->service] += weight * in->scale * in->probability * mean_s;
  walk_passes(w, weight * in->scale * in->probability * mean_s);
}
const struct operation operation_miss = {.name = "miss", .run = disk_miss, .ask = miss_asks};

/* The read that the instruction is at: its number keys its draw, whoever waits. */
static void start(struct world *w, struct disk *d, struct request *r, const struct instruction *in) {
  struct stream draws = stream_at(r->key, draw_in_band(BAND_DISK_READ, in->draw, request_disk(w, r)->reads));
  request_parks(r, in->cell, world_now(w));
  timer_heap_push(world_disks(w)->reads, world_after(w, distribution_sample_time(&d->config->latency, &draws)), r->id);
}

static void waited(struct world *w, const struct instruction *in, sim_time wait) {
  meter_time(w, service_database(model_service(w->model, (uint32_t)in->service))->disk_wait, wait);
}

/* Runs again after each read. */
static bool disk_read(struct world *w, struct request *r, const struct instruction *in) {
  uint32_t node = w->containers[r->frames[r->depth - 1].container].node;
  assert(node < w->node_count);
  struct disk *d = &world_disks(w)->of_node[node];
  if (!request_disk(w, r)->reads || !d->config) return true;
  request_disk(w, r)->reads--, r->pc--;
  request_disk(w, r)->disk = node;
  d->asked++;
  if (d->busy < (uint64_t)d->config->parallel) {
    d->busy++;
    waited(w, in, 0);
    start(w, d, r, in);
  } else
    line_join(w, &d->line, r, &wait_disk, in->cell);
  return false;
}
const struct operation operation_disk_read = {.name = "disk read", .run = disk_read};

static void ended(void *world, uint32_t id) {
  struct world *w = world;
  struct disk *d = &world_disks(w)->of_node[request_disk(w, world_request(w, id))->disk];
  d->done++;
  assert(d->busy > 0 && d->busy <= (uint64_t)d->config->parallel);
  struct request *next = d->line.queue.count ? world_request(w, d->line.queue.head) : NULL;
  if (next) {
    const struct instruction *in = &w->model->programs[next->endpoint].instructions[next->pc];
    waited(w, in, world_now(w) - next->since);
    line_call(w, &d->line);
    start(w, d, next, in);
  } else
    d->busy--;
  request_wakes(w, id);
}

void disk_leave_line(struct world *w, struct request *r) {
  struct disk *d = &world_disks(w)->of_node[request_disk(w, r)->disk];
  line_leave(w, &d->line, r);
  r->waiting = &wait_disk;
  d->abandoned++;
}

const struct wait wait_disk = {.name = "disk", .line = true, .leave = disk_leave_line};

static void plug_in(struct world *w, const struct node *n) {
  if (nodes_disk(n->group)->latency.kind) world_disks(w)->of_node[n->index].config = nodes_disk(n->group);
}

static void disks_start(struct world *w) {
  world_disks(w)->of_node = arena_new_array(w->arena, struct disk, w->node_room + 1);
  world_disks(w)->reads = timer_heap_new(w->calendar, ended, w);
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n)) plug_in(w, n);
}

static void disks_join(struct world *w, const struct node *n) {
  world_disks(w)->of_node = nodes_grown(w, n, world_disks(w)->of_node, sizeof(struct disk));
  plug_in(w, n);
}

static void disks_stop(struct world *w) { timer_heap_free(world_disks(w)->reads); }

/* --- configuration ----------------------------------------------------------------------------------------------------------- */

const struct disk_config *disk_of(const struct model *m, const struct service_config *s) {
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) {
    const struct node_group *g = model_nodes(m, i);
    if (placement_has_group(s, i)) return nodes_disk(g)->latency.kind ? nodes_disk(g) : NULL;
  }
  return NULL;
}

const char *disk_link(struct disk_config *c) {
  if (c->iops > 0 && c->latency.kind) return "give \"iops\" or \"latency\": the one follows from the other";
  if (c->iops > 0) c->latency = distribution_constant((double)c->parallel / c->iops * 1e9);
  return NULL;
}

static const struct field fields[] = {
    KEY("latency", DISTRIBUTION, disk_config, latency, OPTIONAL,
        .doc = "Time of one random page read, without waiting; absent, and no \"iops\": reads take no time.",
        .source = "HDD 5 to 20 ms, SATA SSD 0.5 to 2 ms, NVMe 0.05 to 0.2 ms, cloud block storage 0.5 to 3 ms"),
    KEY("iops", NUMBER, disk_config, iops, OPTIONAL, RANGE(1, 1e9),
        .doc = "Instead: reads a second with all places busy; each then takes parallel / iops."),
    KEY("parallel", INTEGER, disk_config, parallel, DEFAULT(1), RANGE(1, 100000), .doc = "Reads that it serves at once.",
        .source = "HDD 1, SATA SSD up to 32, NVMe more"),
    {0}};
const struct record disk_record = {
    .name = "disk", .size = sizeof(struct disk_config), .fields = fields, .doc = "The disk of each node."};

static void link_disks(struct linker *l, enum link_stage stage) {
  for (uint32_t i = 0; stage == LINK_FIRST && i < l->model->platform.nodes.count; i++) {
    struct node_group *g = (struct node_group *)l->model->platform.nodes.items + i;
    const char *wrong = disk_link(nodes_disk(g));
    if (wrong) link_error(l, arena_format(l->arena, "platform.nodes.%s", g->name), "disk", "%s", wrong);
  }
}

static const struct field node_keys[] = {
    ONLY_KEY("disk", RECORD, .record = &disk_record,
             .doc = "The disk of each node, from which databases read what they do not find in memory."),
    {0}};
static const struct record disk_keys_record = {
    .name = "disk of a node group", .size = sizeof(struct disk_config), .fields = node_keys};

const struct part part_disks = {.name = "disks",
                                .room.request = sizeof(struct disk_of_request),
                                .keys.nodes = &disk_keys_record,
                                .link = link_disks,
                                .requests = true,
                                .room.world = sizeof(struct disks),
                                .start = disks_start,
                                .joins = disks_join,
                                .stop = disks_stop,
                                .load = &disks_load};
