/* Toll gates: a part that no program has but the one of the suite `walls`. It shows what a mechanism costs: this file, and its name
 * in the Makefile (WALLS).
 *
 * A gate stands in front of the services that name it in "toll". A request that enters one of them takes a lane, or waits in line
 * while all are taken; it pays, and keeps the lane until it ends, however that is. It takes one lane of a gate no matter how often
 * it comes by, and pays each time; a child of it is a request of its own.
 *
 *     "tolls": { "gate": { "lanes": 3, "payment": { "exponential": "2s" }, "patience": "1min" } }
 *     "services": { "a": { "kind": "app", "toll": "gate" } }
 *
 * Invariants, audited: lanes in use are those that living requests hold, and no more than there are; no request waits while a lane
 * is free. */
#include "models/core/audit.h"
#include "models/core/link.h"
#include "models/core/load_sheet.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/request/draws.h"
#include "models/request/line.h"
#include "models/request/operation.h"
#include "models/request/walk.h"
#include "sim/engine/arena.h"
#include <assert.h>

enum { TOLLS_MOST = 32 }; /* a request has a bit for each */

struct toll_config {
  const char *name;
  int64_t lanes, leaks;
  struct distribution payment;
  sim_time patience;
  uint32_t paid, in_use, waiting, wait; /* meters */
};

struct gate {
  const struct toll_config *config;
  struct line line;
  int64_t in_use, leaked;
};

struct tolls {
  struct gate *gates;
};

/* Of a request. */
struct passes {
  uint32_t held; /* mask of the gates whose lanes it holds */
};

extern const struct part part_toll;
static const struct wait wait_toll;

static struct config_list *model_tolls(const struct model *m) { return model_part(m, PART_toll); }
static struct tolls *world_tolls(const struct world *w) { return world_part(w, PART_toll); }
static struct passes *request_passes(const struct world *w, const struct request *r) { return request_part(w, r, PART_toll); }
static int32_t service_toll(const struct service_config *s) { return *(const int32_t *)service_part(s, PART_toll); }
static int32_t toll_of(const struct model *m, const struct instruction *in) {
  return service_toll(model_service(m, (uint32_t)in->service));
}

/* --- keys --------------------------------------------------------------------------------------------------------------------- */

static const struct field toll_fields[] = {
    KEY("lanes", INTEGER, toll_config, lanes, RANGE(1, 1e6), .doc = "Requests that may have passed the gate and not ended yet."),
    KEY("payment", DISTRIBUTION, toll_config, payment, .doc = "Time that a request takes to pay, in its lane."),
    KEY("patience", DURATION, toll_config, patience, DEFAULT("never"), RANGE(1, FIELD_YEAR),
        .doc = "Time after which a request that waits for a lane turns back; it ends as limited."),
    KEY("leaks", INTEGER, toll_config, leaks, DEFAULT(0), RANGE(0, 1e6),
        .doc = "Requests that end without freeing their lane, for a test of the audit."),
    {0}};
static const struct record toll_record = {.name = "toll",
                                          .size = sizeof(struct toll_config),
                                          .fields = toll_fields,
                                          .doc = "A gate with lanes, at which requests pay before they enter."};

static const struct field root_keys[] = {ONLY_KEY("tolls", MAP, OPTIONAL, .record = &toll_record, .doc = "Toll gates, by name."),
                                         {0}};
static const struct record root_keys_record = {
    .name = "tolls of a scenario", .size = sizeof(struct config_list), .fields = root_keys};

static const struct field service_keys[] = {
    ONLY_KEY("toll", REFERENCE, OPTIONAL, .target = "tolls", .doc = "The gate that requests pass to enter the service."), {0}};
static const struct record service_keys_record = {.name = "toll of a service", .size = sizeof(int32_t), .fields = service_keys};

static void declare_meters(struct model *m, struct toll_config *c) {
  c->paid = meter_declare(m, c->name, "paid", METER_COUNT, "Requests that began to pay.");
  c->in_use = meter_declare(m, c->name, "in_use", METER_LEVEL, "Lanes in use.");
  c->waiting = meter_declare(m, c->name, "waiting", METER_LEVEL, "Requests that wait for a lane.");
  c->wait = meter_declare(m, c->name, "wait", METER_TIME, "Waiting for a lane, by requests that got one.");
  meter_is_queue(m, c->waiting);
}

static void link_tolls(struct linker *l, enum link_stage stage) {
  struct config_list *tolls = model_tolls(l->model);
  if (stage != LINK_STEPS) return;
  if (tolls->count > TOLLS_MOST) link_error(l, "tolls", NULL, "there are %u gates, and at most %d", tolls->count, TOLLS_MOST);
  for (uint32_t i = 0; i < tolls->count; i++) declare_meters(l->model, (struct toll_config *)tolls->items + i);
}

static void check_service(struct linker *l, struct service_config *s, const char *path) {
  if (service_toll(s) >= 0 && s->kind == SERVICE_EXTERNAL)
    link_error(l, path, "toll", "an external service has no gate of ours: requests do not enter it");
}

/* --- lanes -------------------------------------------------------------------------------------------------------------------- */

/* The gate that the request stands at. */
static struct gate *gate_at(const struct world *w, const struct request *r) {
  return &world_tolls(w)->gates[toll_of(w->model, &w->model->programs[r->endpoint].instructions[r->pc - 1])];
}

static void show_line(struct world *w, const struct gate *g) { meter_set(w, g->config->waiting, g->line.queue.count); }

static void take_lane(struct world *w, struct gate *g, struct request *r, sim_time waited) {
  assert(g->in_use < g->config->lanes && waited >= 0);
  meter_set(w, g->config->in_use, ++g->in_use);
  meter_time(w, g->config->wait, waited);
  request_passes(w, r)->held |= UINT32_C(1) << (g - world_tolls(w)->gates);
  request_holds(r, PART_toll);
}

/* The lane goes to the first in line. */
static void free_lane(struct world *w, struct gate *g) {
  if (g->leaked < g->config->leaks) {
    g->leaked++;
    return;
  }
  assert(g->in_use > 0);
  meter_set(w, g->config->in_use, --g->in_use);
  if (!g->line.queue.count) return;
  sim_time since = world_request(w, g->line.queue.head)->since;
  struct request *next = line_call(w, &g->line);
  show_line(w, g);
  take_lane(w, g, next, world_now(w) - since);
  request_wake_soon(w, next);
}

static void free_lanes(struct world *w, struct request *r) {
  for (uint32_t *held = &request_passes(w, r)->held; *held; *held &= *held - 1)
    free_lane(w, &world_tolls(w)->gates[__builtin_ctz(*held)]);
}

static bool arrive(struct world *w, struct request *r, const struct instruction *in) {
  struct gate *g = gate_at(w, r);
  if (request_passes(w, r)->held >> (g - world_tolls(w)->gates) & 1) return true;
  if (g->in_use < g->config->lanes) {
    take_lane(w, g, r, 0);
    return true;
  }
  line_join(w, &g->line, r, &wait_toll, in->cell);
  show_line(w, g);
  return false;
}

static void leave_line(struct world *w, struct request *r) {
  struct gate *g = gate_at(w, r);
  line_leave(w, &g->line, r);
  show_line(w, g);
}
static const struct wait wait_toll = {.name = "toll", .queue = true, .early = true, .leave = leave_line};

static void turn_back(void *world, uint32_t id) {
  struct world *w = world;
  struct gate *g = gate_at(w, world_request(w, id));
  line_gives_up(w, &g->line, id, OUTCOME_LIMITED);
  show_line(w, g);
}

static bool pay(struct world *w, struct request *r, const struct instruction *in) {
  meter_count(w, gate_at(w, r)->config->paid);
  sim_time payment = distribution_time_at(&in->demand, r->key, draw_of_part(PART_toll, 0, in->draw, 0));
  if (!payment) return true;
  request_parks(r, in->cell, world_now(w));
  timer_heap_push(w->sleepers, world_after(w, payment), r->id);
  return false;
}

/* --- without requests --------------------------------------------------------------------------------------------------------- */

static void hold_lane(struct walk *w, const struct instruction *in, double weight) {
  (void)weight;
  w->held[PART_toll] |= UINT64_C(1) << toll_of(w->sums->model, in);
}

static const struct operation operation_arrive = {.name = "toll", .run = arrive, .hold = hold_lane};
static const struct operation operation_pay = {.name = "pay a toll", .run = pay, .ask = walk_waits};

static void compile(struct compiler *c, struct instruction *enter) {
  int32_t toll = toll_of(c->model, enter);
  if (toll < 0) return;
  struct instruction *in = compile_emit_quietly(c, &operation_arrive);
  in->service = enter->service, in->cell = compile_cell(c, enter->service, TIME_PERMIT);
  in = compile_emit_quietly(c, &operation_pay);
  in->service = enter->service, in->cell = compile_cell(c, enter->service, TIME_DELAY);
  in->demand = ((const struct toll_config *)model_tolls(c->model)->items)[toll].payment;
}

static void make_sums(struct demand_sums *d, struct arena *arena) {
  d->parts[PART_toll] = arena_new_array(arena, double, model_tolls(d->model)->count + 1);
}

static void pass_time(const struct walk *w, double weighted_s) {
  double *lane_s = w->sums->parts[PART_toll];
  for (uint64_t held = w->held[PART_toll]; held; held &= held - 1) lane_s[__builtin_ctzll(held)] += weighted_s;
}

static void add_loads(const struct model *m, struct load_sheet *l) {
  const struct toll_config *tolls = model_tolls(m)->items;
  const double *lane_s = l->sums->parts[PART_toll];
  for (uint32_t i = 0; i < model_tolls(m)->count; i++)
    load_add(l, &(struct load){.kind = LOAD_PERMITS,
                               .owner = LOAD_OF_ALL,
                               .index = i,
                               .name = arena_format(l->arena, "%s lanes", tolls[i].name),
                               .demand_s = lane_s[i],
                               .capacity = (double)tolls[i].lanes,
                               .metered = true,
                               .meter = tolls[i].in_use});
}
static const struct load_part toll_load = {.loads = add_loads};

/* --- the life of a world ------------------------------------------------------------------------------------------------------ */

static bool used(const struct model *m) { return model_tolls(m)->count > 0; }

static void open_gates(struct world *w) {
  const struct config_list *tolls = model_tolls(w->model);
  world_tolls(w)->gates = arena_new_array(w->arena, struct gate, tolls->count);
  for (uint32_t i = 0; i < tolls->count; i++) {
    struct gate *g = &world_tolls(w)->gates[i];
    g->config = (const struct toll_config *)tolls->items + i;
    if (g->config->patience != SIM_NEVER) g->line.patience = lane_new(w->calendar, g->config->patience, turn_back, w);
  }
}

static void close_gates(struct world *w) {
  for (uint32_t i = 0; i < model_tolls(w->model)->count; i++) lane_free(world_tolls(w)->gates[i].line.patience);
}

/* As the living requests know it: lanes held and requests in line, by gate. */
static void count(const struct world *w, int64_t *held, int64_t *waiting) {
  const struct tolls *t = world_tolls(w);
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (r->live && r->waiting == &wait_toll) waiting[gate_at(w, r) - t->gates]++;
    for (uint32_t lanes = r->live ? request_passes(w, r)->held : 0; lanes; lanes &= lanes - 1) held[__builtin_ctz(lanes)]++;
  }
}

static void audit(const struct audit *a) {
  int64_t held[TOLLS_MOST] = {0}, waiting[TOLLS_MOST] = {0};
  count(a->world, held, waiting);
  for (uint32_t i = 0; i < model_tolls(a->world->model)->count; i++) {
    const struct gate *g = &world_tolls(a->world)->gates[i];
    const char *name = g->config->name;
    if (g->in_use != held[i] || g->line.queue.count != waiting[i])
      audit_broken(a, "toll %s: %lld lanes held and %lld requests in line, %lld and %u counted", name, (long long)held[i],
                   (long long)waiting[i], (long long)g->in_use, g->line.queue.count);
    if (g->in_use > g->config->lanes || (g->line.queue.count && held[i] < g->config->lanes))
      audit_broken(a, "toll %s: %u requests wait, and of %lld lanes %lld are held", name, g->line.queue.count,
                   (long long)g->config->lanes, (long long)held[i]);
  }
}

const struct part part_toll = {.name = "toll",
                               .keys = {.root = &root_keys_record, .service = &service_keys_record},
                               .requests = true,
                               .used = used,
                               .room = {.world = sizeof(struct tolls), .request = sizeof(struct passes)},
                               .link = link_tolls,
                               .service = check_service,
                               .enters = compile,
                               .sums = make_sums,
                               .passes = pass_time,
                               .open = open_gates,
                               .stop = close_gates,
                               .ends = free_lanes,
                               .forget = free_lanes,
                               .audit = audit,
                               .load = &toll_load};
