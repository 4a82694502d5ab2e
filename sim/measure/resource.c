#include "sim/measure/resource.h"
#include "models/jobs/job_queue.h"
#include "sim/measure/autoscaled.h"
#include "models/autoscaling/autoscaler.h"
#include "models/platform/platform.h"
#include "models/core/load_sheet.h"
#include "models/traffic/whereabouts.h"
#include "models/traffic/offered.h"
#include "models/core/model.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <string.h>

static double demand_in(const struct load_sheet *l, const struct load *row) {
  for (uint32_t i = 0; i < l->count; i++)
    if (l->rows[i].owner == row->owner && l->rows[i].index == row->index && !strcmp(l->rows[i].name, row->name))
      return l->rows[i].demand_s;
  return 0;
}

/* What traffic and the clock ask together: all rows, the demand of a request, what the clock asks at any load, and by service of
 * the CPU. */
struct asked {
  struct load_sheet all;
  double *demand_s, *constant; /* by row */
  const double *cpu_s, *cpu_constant;
};

static struct asked asked_of(const struct model *m, const double *replicas, struct arena *arena) {
  bool clock = job_queues_scheduled(m);
  struct asked a = {.all = load_sheet_of(m, replicas, ASKING_TRAFFIC | (clock ? ASKING_CLOCK : 0), arena)};
  a.cpu_s = a.all.sums->cpu_s;
  a.demand_s = arena_new_array(arena, double, a.all.count + 1);
  a.constant = arena_new_array(arena, double, a.all.count + 1);
  for (uint32_t i = 0; i < a.all.count; i++) a.demand_s[i] = a.all.rows[i].demand_s;
  if (!clock) return a;
  struct load_sheet by_traffic = load_sheet_of(m, replicas, ASKING_TRAFFIC, arena),
                    by_clock = load_sheet_of(m, replicas, ASKING_CLOCK, arena);
  for (uint32_t i = 0; i < a.all.count; i++)
    a.demand_s[i] = demand_in(&by_traffic, &a.all.rows[i]), a.constant[i] = demand_in(&by_clock, &a.all.rows[i]);
  a.cpu_s = by_traffic.sums->cpu_s;
  a.cpu_constant = by_clock.sums->cpu_s;
  return a;
}

static struct hpa_config controller_of(const struct model *m, uint32_t service) {
  return autoscale_controller(model_service(m, service), m->platform.kind->scaling(m->platform.settings));
}

/* Of what is asked of single replicas, how many the autoscaler gives. */
static double given(const struct model *m, uint32_t service, const struct asked *one, struct arena *arena) {
  struct autoscaled_resource *own = arena_new_array(arena, struct autoscaled_resource, one->all.count + 1);
  double speed = one->all.hosts[service].speed;
  struct autoscaled_load load = {controller_of(m, service).params,
                                 autoscale_counts_jobs(m, &model_service(m, service)->autoscale),
                                 m->run.stationary,
                                 one->cpu_s[service] / speed,
                                 one->cpu_constant ? one->cpu_constant[service] / speed : 0,
                                 0,
                                 own};
  for (uint32_t i = 0; i < one->all.count; i++) {
    const struct load *row = &one->all.rows[i];
    if (row->owner == LOAD_OF_SERVICE && row->index == service)
      own[load.count++] = (struct autoscaled_resource){one->demand_s[i], one->constant[i], row->capacity};
  }
  return autoscaled_replicas(model_service(m, service), &load);
}

/* By service: how many there are when their first resource is full. */
static const double *replicas_given(const struct model *m, struct arena *arena) {
  double *replicas = arena_new_array(arena, double, m->services.count + 1),
         *single = arena_new_array(arena, double, m->services.count + 1);
  bool scaled = false;
  for (uint32_t i = 0; i < m->services.count; i++) {
    bool this = model_service(m, i)->autoscale.max > 0;
    replicas[i] = single[i] = (double)service_most_called(model_service(m, i));
    if (this) single[i] = 1;
    scaled |= this;
  }
  if (!scaled) return replicas;
  struct asked one = asked_of(m, single, arena);
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->autoscale.max > 0) replicas[i] = given(m, i, &one, arena);
  return replicas;
}

static const char *why_fewer(const struct service_config *s, double replicas, struct arena *arena) {
  double most = (double)service_most_called(s);
  if (!s->autoscale.max || replicas >= most) return NULL;
  if (replicas >= (double)s->autoscale.room)
    return arena_format(arena, "%s: the nodes have room for %g replicas", s->name, replicas);
  if (isnan(autoscale_cpu_target(&s->autoscale)))
    return arena_format(
        arena,
        "%s: its autoscaler does not look at CPU, and how many of its %g replicas at most it gives is not worked out "
        "here: counted with %g",
        s->name, most, replicas);
  return arena_format(arena,
                      "%s: the autoscaler stays at %g of at most %g replicas: full, they use too little CPU to be given more",
                      s->name, replicas, most);
}

/* What no request waits for: it has its demand from jobs alone. */
static void mark_background(const struct model *m, const double *replicas, const struct load_sheet *all, struct resource *out,
                            struct arena *arena) {
  if (!model_queues(m)->count) return;
  struct load_sheet waited = load_sheet_of(m, replicas, ASKING_TRAFFIC | ASKING_WAITED, arena);
  for (uint32_t i = 0; i < all->count; i++)
    if (!(demand_in(&waited, &all->rows[i]) > 0)) out[i].grows = "jobs";
}

static enum subject subject_of(const struct load *row) {
  static const enum subject subjects[] = {
      [LOAD_OF_ALL] = SUBJECT_ALL, [LOAD_OF_SERVICE] = SUBJECT_SERVICE, [LOAD_OF_NODES] = SUBJECT_NODES};
  return subjects[row->owner];
}

static struct resource resource_of(const struct load *row, double demand_s, double constant) {
  return (struct resource){.name = row->name,
                           .subject = subject_of(row),
                           .index = row->index,
                           .part = row->part,
                           .demand_s = demand_s,
                           .constant = constant,
                           .capacity = row->capacity,
                           .meter = row->metered ? (int32_t)row->meter : -1,
                           .remark = row->remark};
}

/* --- by region ---------------------------------------------------------------------------------------------------------------- */

static bool any_is_divided(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (load_is_divided(model_service(m, i))) return true;
  return false;
}

static struct load_sheet sheet_of_region(const struct model *m, int32_t region, const double *replicas, struct arena *arena) {
  double *shares = arena_new_array(arena, double, m->endpoints.count + 1),
         *there = arena_new_array(arena, double, m->services.count + 1);
  for (uint32_t e = 0; e < m->endpoints.count; e++)
    for (uint32_t s = 0; s < model_sources(m)->count; s++)
      shares[e] += model_source_share(m, s, e) * whereabouts_planned(m, s, e, (uint32_t)region);
  for (uint32_t i = 0; i < m->services.count; i++)
    there[i] = load_is_divided(model_service(m, i)) ? load_replicas_in(model_service(m, i), (uint32_t)region) : replicas[i];
  return load_sheet_in(m, &(struct load_region){region, shares, there}, ASKING_TRAFFIC, arena);
}

/* Of a service the use is measured as a whole only. */
static struct resource resource_there(const struct load *row) {
  struct resource r = resource_of(row, row->demand_s, 0);
  if (row->owner == LOAD_OF_SERVICE) r.part = NULL;
  return r;
}

static uint32_t add_divided(const struct load_sheet *from, enum load_kind kind, struct resource *rows, uint32_t count) {
  for (uint32_t i = 0; i < from->count; i++)
    if (from->rows[i].divided && from->rows[i].kind == kind) rows[count++] = resource_there(&from->rows[i]);
  return count;
}

/* In the place of rows of all regions together: those of each, as one may be full while another has room. */
static uint32_t divide(const struct model *m, const double *replicas, const struct load_sheet *all, struct resource **out,
                       struct arena *arena) {
  static const enum load_kind kinds[] = {LOAD_COMPUTING, LOAD_CONNECTIONS, LOAD_CORES};
  uint32_t regions = model_regions(m), count = 0;
  struct resource *rows = arena_new_array(arena, struct resource, (size_t)all->count * (regions + 1) + 1);
  for (uint32_t i = 0; i < all->count; i++)
    if (!all->rows[i].divided) rows[count++] = (*out)[i];
  for (uint32_t k = 0; k < regions; k++) {
    struct load_sheet there = sheet_of_region(m, (int32_t)k, replicas, arena);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) count = add_divided(&there, kinds[i], rows, count);
  }
  *out = rows;
  return count;
}

uint32_t resources_of(const struct model *m, struct arena *arena, struct resource **out) {
  const double *replicas = replicas_given(m, arena);
  struct asked a = asked_of(m, replicas, arena);
  struct resource *all = *out = arena_new_array(arena, struct resource, a.all.count + 1);
  for (uint32_t i = 0; i < a.all.count; i++) {
    const struct load *row = &a.all.rows[i];
    all[i] = resource_of(row, a.demand_s[i], a.constant[i]);
    const char *fewer = row->owner == LOAD_OF_SERVICE ? why_fewer(model_service(m, row->index), replicas[row->index], arena) : NULL;
    if (fewer) all[i].remark = fewer;
  }
  mark_background(m, replicas, &a.all, all, arena);
  /* Jobs that the clock publishes belong to no region: with them the rows stay. */
  return any_is_divided(m) && !a.cpu_constant ? divide(m, replicas, &a.all, out, arena) : a.all.count;
}
