#include "models/network/network.h"
#include "models/network/regions.h"
#include "models/network/request_place.h"
#include "models/platform/nodes.h"
#include "sim/engine/arena.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/request/line.h"
#include "sim/describe/field.h"
#include "sim/engine/distribution.h"
#include "sim/engine/lane.h"
#include "sim/engine/timer_heap.h"
#include <string.h>

static const struct field network_fields[] = {
    KEY("between_nodes", DURATION, network_config, between_nodes, DEFAULT("0.25ms"), RANGE(0, 1e10),
        .doc = "One way between two nodes, of one zone where there are several; inside a node it takes no time.",
        .source = "half of a round trip of 0.5 ms: measured means are 0.25 ms within a zone and 0.7 ms between zones"),
    KEY("between_zones", DURATION, network_config, between_zones, DEFAULT("0.35ms"), RANGE(0, 1e10),
        .doc = "One way between two zones of a region.",
        .source =
            "half of a round trip of 0.7 ms, an estimate: measured are 0.25 ms within a zone to 3.4 ms between the worst pair"),
    KEY("round_trip", MAP, network_config, round_trip, OPTIONAL, .record = &round_trip_record,
        .doc = "There and back between two regions: {\"us-eu\": \"75ms\"}. Pairs that are not given are taken from a table of "
               "AWS regions.",
        .source = "averages between AWS regions until April 2017, acomputerscientistlearnsaws.blogspot.com"),
    {0}};
const struct record network_record = {
    .name = "network", .size = sizeof(struct network_config), .fields = network_fields, .doc = "Delays inside the cluster."};

/* --- ways -------------------------------------------------------------------------------------------------------------------- */

static sim_time between_zones(const struct model *m, uint32_t a, uint32_t b) {
  const struct network_config *n = &m->platform.network;
  if (a == b) return n->between_nodes;
  const struct regions *all = &m->platform.regions;
  uint32_t from = regions_of_zone(all, a), to = regions_of_zone(all, b);
  return from == to ? n->between_zones : regions_round_trip(all, from, to) / 2;
}

/* In the mean over nodes of both groups, which are dealt over their zones alike. */
static double between_groups(const struct model *m, const struct node_group *a, const struct node_group *b) {
  double sum = 0;
  assert(a->zone_count && b->zone_count);
  for (uint32_t i = 0; i < a->zone_count; i++)
    for (uint32_t k = 0; k < b->zone_count; k++) sum += (double)between_zones(m, a->first_zone + i, b->first_zone + k);
  return sum / (a->zone_count * b->zone_count);
}

/* Of one group, or of all: by their machines. */
static double group_share(const struct model *m, int32_t wanted, uint32_t group) {
  if (wanted >= 0) return (uint32_t)wanted == group;
  return (double)model_nodes(m, group)->count / m->node_count;
}

sim_time network_way_apart(const struct model *m, int32_t from, int32_t to) {
  double mean = 0;
  if (!model_regions(m)) return m->platform.network.between_nodes; /* one delay, whichever groups */
  for (uint32_t a = 0; a < m->platform.nodes.count; a++)
    for (uint32_t b = 0; b < m->platform.nodes.count; b++) {
      double share = group_share(m, from, a) * group_share(m, to, b);
      if (share > 0) mean += share * between_groups(m, model_nodes(m, a), model_nodes(m, b));
    }
  return (sim_time)(mean + 0.5);
}

static uint32_t link_between(const struct cuts *c, uint32_t a, uint32_t b) {
  assert(a != b && a < c->regions && b < c->regions);
  return a < b ? a * c->regions + b : b * c->regions + a;
}

/* With what slows the link. */
static sim_time way_now(const struct world *w, const struct network *n, uint32_t a, uint32_t b) {
  sim_time plain = between_zones(w->model, a, b);
  const struct regions *all = &w->model->platform.regions;
  uint32_t from = regions_of_zone(all, a), to = regions_of_zone(all, b);
  if (from == to || !n || !n->slow || !n->slow->now) return plain;
  const struct slow_link *s = &n->slow->links[link_between(n->cuts, from, to)];
  return distribution_as_time((double)plain * s->times) + s->delay;
}

sim_time network_way(const struct world *w, uint32_t from, uint32_t to) {
  if (from == to) return 0;
  if (from == NETWORK_ELSEWHERE || to == NETWORK_ELSEWHERE || !model_regions(w->model))
    return w->model->platform.network.between_nodes;
  assert(from < w->node_count && to < w->node_count);
  return way_now(w, world_network(w), (uint32_t)w->nodes[from].zone, (uint32_t)w->nodes[to].zone);
}

/* --- cuts --------------------------------------------------------------------------------------------------------------------- */

/* Linux: 15 repetitions, the first after 200 ms, the intervals doubled up to 120 s. */
static const sim_time FIRST_REPETITION = 200 * SIM_MS, LONGEST_INTERVAL = 120 * SIM_S, GIVES_UP = 924600 * SIM_MS;

sim_time network_sent_again(sim_time waited) {
  sim_time at = FIRST_REPETITION, interval = FIRST_REPETITION;
  while (at < waited) {
    interval = 2 * interval < LONGEST_INTERVAL ? 2 * interval : LONGEST_INTERVAL;
    at += interval;
  }
  return at;
}

bool network_reachable(const struct world *w, int32_t region, int32_t other) {
  const struct network *n = world_network(w);
  if (region == other || region < 0 || other < 0 || !network_has_cuts(n)) return true;
  return !n->cuts->links[link_between(n->cuts, (uint32_t)region, (uint32_t)other)].cuts;
}

static int32_t region_of(const struct world *w, uint32_t node) { return node == NETWORK_ELSEWHERE ? -1 : w->nodes[node].region; }

bool network_nodes_reach(const struct world *w, uint32_t from, uint32_t to) {
  return network_reachable(w, region_of(w, from), region_of(w, to));
}

static struct severed *link_awaited(const struct world *w, const struct request *r) {
  return &world_network(w)->cuts->links[request_place(w, r)->link];
}

static void leaves(struct world *w, struct request *r) { line_leave(w, &link_awaited(w, r)->answers, r); }

static const struct wait wait_cut = {.name = "cut", .early = true, .leave = leaves};

static void gives_up(void *world, uint32_t id) {
  line_gives_up(world, &link_awaited(world, world_request(world, id))->answers, id, OUTCOME_UNREACHABLE);
}

void network_holds_up(struct world *w, struct request *r, int32_t from, int32_t to, uint16_t cell) {
  uint32_t link = link_between(world_network(w)->cuts, (uint32_t)from, (uint32_t)to);
  assert(!network_reachable(w, from, to));
  request_place(w, r)->link = (int16_t)link;
  line_join(w, &world_network(w)->cuts->links[link].answers, r, &wait_cut, cell);
}

/* The answers arrive with their next repetitions, one way later. */
static void deliver(struct world *w, struct severed *s, sim_time way) {
  for (struct request *r; s->answers.queue.count;) {
    sim_time sent = world_request(w, s->answers.queue.head)->since;
    r = line_call(w, &s->answers);
    r->waiting = &wait_elsewhere;
    timer_heap_push(w->sleepers, sent + network_sent_again(world_now(w) - sent) + way, r->id);
  }
}

/* --- links ------------------------------------------------------------------------------------------------------------------- */

void network_cut(struct world *w, uint32_t region, uint32_t other) {
  struct cuts *c = world_network(w)->cuts;
  if (c->links[link_between(c, region, other)].cuts++) return;
  c->now++, w->impaired++;
  parts_severed(w, region, other, true);
  parts_changed(w);
}

void network_heal(struct world *w, uint32_t region, uint32_t other) {
  struct cuts *c = world_network(w)->cuts;
  struct severed *s = &c->links[link_between(c, region, other)];
  assert(s->cuts && c->now);
  if (--s->cuts) return;
  c->now--, w->impaired--;
  const struct regions *all = &w->model->platform.regions;
  deliver(w, s, way_now(w, world_network(w), regions_at(all, region)->first_zone, regions_at(all, other)->first_zone));
  parts_severed(w, region, other, false);
  parts_changed(w);
}

/* --- slow links -------------------------------------------------------------------------------------------------------------- */

static struct slowness *slowness_of(struct world *w) {
  struct network *n = world_part(w, PART_network);
  if (n->slow) return n->slow;
  struct slowness *s = n->slow = arena_new_array(w->arena, struct slowness, 1);
  uint32_t links = n->cuts->regions * n->cuts->regions, ways = n->zones * n->zones;
  s->reasons = arena_new_array(w->arena, uint32_t, links);
  s->links = arena_new_array(w->arena, struct slow_link, links);
  s->plain = arena_new_array(w->arena, struct lane *, ways);
  for (uint32_t i = 0; i < links; i++) s->links[i].times = 1;
  memcpy(s->plain, n->between, ways * sizeof *s->plain);
  return s;
}

static struct lane *made_for(struct world *w, struct slowness *s, sim_time delay) {
  for (uint32_t i = 0; i < s->made_count; i++)
    if (s->delays[i] == delay) return s->made[i];
  if (s->made_count == s->room) {
    uint32_t room = s->room ? 2 * s->room : 8;
    struct lane **made = arena_new_array(w->arena, struct lane *, room);
    sim_time *delays = arena_new_array(w->arena, sim_time, room);
    if (s->made_count)
      memcpy(made, s->made, s->made_count * sizeof *made), memcpy(delays, s->delays, s->made_count * sizeof *delays);
    s->made = made, s->delays = delays, s->room = room;
  }
  s->delays[s->made_count] = delay;
  return s->made[s->made_count++] = lane_new(w->calendar, delay, request_wakes, w);
}

/* Lanes of the ways between two regions, in both directions. */
static void set_lanes(struct world *w, uint32_t region, uint32_t other) {
  struct network *n = world_part(w, PART_network);
  const struct regions *all = &w->model->platform.regions;
  const struct region_config *a = regions_at(all, region), *b = regions_at(all, other);
  bool slow = n->slow->reasons[link_between(n->cuts, region, other)] > 0;
  for (uint32_t i = a->first_zone; i < a->first_zone + a->zone_count; i++)
    for (uint32_t k = b->first_zone; k < b->first_zone + b->zone_count; k++) {
      sim_time way = way_now(w, n, i, k);
      struct lane *there = slow && way > 0 ? made_for(w, n->slow, way) : n->slow->plain[i * n->zones + k];
      n->between[i * n->zones + k] = n->between[k * n->zones + i] = there;
    }
}

void network_slows(struct world *w, uint32_t region, uint32_t other, struct slow_link by) {
  struct slowness *s = slowness_of(w);
  uint32_t link = link_between(world_network(w)->cuts, region, other);
  s->links[link].times *= by.times, s->links[link].delay += by.delay;
  s->now += !s->reasons[link]++;
  set_lanes(w, region, other);
  parts_changed(w);
}

void network_recovers(struct world *w, uint32_t region, uint32_t other, struct slow_link by) {
  struct slowness *s = slowness_of(w);
  uint32_t link = link_between(world_network(w)->cuts, region, other);
  assert(s->reasons[link] && s->now);
  s->links[link].times /= by.times, s->links[link].delay -= by.delay;
  if (!--s->reasons[link]) s->now--, s->links[link] = (struct slow_link){1, 0};
  set_lanes(w, region, other);
  parts_changed(w);
}

static void open_cuts(struct world *w, struct network *n) {
  struct cuts *c = n->cuts = arena_new_array(w->arena, struct cuts, 1);
  c->regions = model_regions(w->model);
  c->links = arena_new_array(w->arena, struct severed, (size_t)c->regions * c->regions);
  for (uint32_t a = 0; a < c->regions; a++)
    for (uint32_t b = a + 1; b < c->regions; b++)
      c->links[link_between(c, a, b)].answers.patience = lane_new(w->calendar, GIVES_UP, gives_up, w);
}

static void close_cuts(struct network *n) {
  if (!n->cuts) return;
  for (uint32_t i = 0; i < n->cuts->regions * n->cuts->regions; i++) lane_free(n->cuts->links[i].answers.patience);
}

/* --- the life of a world ----------------------------------------------------------------------------------------------------- */

static bool takes_time(const struct model *m) {
  const struct network_config *n = &m->platform.network;
  return n->between_nodes > 0 || (model_regions(m) && n->between_zones > 0) || model_regions(m) > 1;
}

static struct network *ways_of(const struct world *w) { return world_part(w, PART_network); }

/* The lane of the delay: pairs of zones that are as far apart share it. */
static struct lane *lane_of(struct world *w, const struct network *n, uint32_t until, sim_time delay) {
  for (uint32_t i = 0; i < until; i++)
    if (n->between[i] && between_zones(w->model, i / n->zones, i % n->zones) == delay) return n->between[i];
  return delay > 0 ? lane_new(w->calendar, delay, request_wakes, w) : NULL;
}

static void open_places(struct world *w, struct network *n) {
  n->zones = w->model->platform.regions.zone_count;
  n->between = arena_new_array(w->arena, struct lane *, (size_t)n->zones * n->zones);
  for (uint32_t i = 0; i < n->zones * n->zones; i++)
    n->between[i] = lane_of(w, n, i, between_zones(w->model, i / n->zones, i % n->zones));
}

static void network_open(struct world *w) {
  struct network *n = ways_of(w);
  sim_time delay = w->model->platform.network.between_nodes;
  if (delay > 0) n->between_nodes = lane_new(w->calendar, delay, request_wakes, w);
  if (model_regions(w->model)) open_places(w, n);
  if (model_regions(w->model) > 1) open_cuts(w, n);
}

static void network_start(struct world *w) {
  struct network *n = ways_of(w);
  if (!n->zones) return;
  n->zone_of = arena_new_array(w->arena, uint32_t, w->node_room);
  for (uint32_t i = 0; i < w->node_count; i++) n->zone_of[i] = (uint32_t)w->nodes[i].zone;
}

static void network_joins(struct world *w, const struct node *joined) {
  struct network *n = ways_of(w);
  if (!n->zones) return;
  n->zone_of = nodes_grown(w, joined, n->zone_of, sizeof *n->zone_of);
  n->zone_of[joined->index] = (uint32_t)joined->zone;
}

static void close_slowness(struct network *n) {
  if (!n->slow) return;
  memcpy(n->between, n->slow->plain, (size_t)n->zones * n->zones * sizeof *n->between);
  for (uint32_t i = 0; i < n->slow->made_count; i++) lane_free(n->slow->made[i]);
}

static void network_stop(struct world *w) {
  struct network *n = ways_of(w);
  close_slowness(n);
  for (uint32_t i = 0; i < n->zones * n->zones; i++) {
    for (uint32_t k = i + 1; k < n->zones * n->zones; k++)
      if (n->between[k] == n->between[i]) n->between[k] = NULL;
    lane_free(n->between[i]);
  }
  lane_free(n->between_nodes);
  close_cuts(n);
}

const struct part part_network = {.name = "network",
                                  .used = takes_time,
                                  .room.world = sizeof(struct network),
                                  .open = network_open,
                                  .start = network_start,
                                  .joins = network_joins,
                                  .stop = network_stop};
