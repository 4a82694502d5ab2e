#include "models/core/load_sheet.h"
#include "models/core/model.h"
#include "models/core/part.h"
#include "models/service/locality.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- demand ------------------------------------------------------------------------------------------------------------------ */

const struct hosts *load_hosts(const struct model *m, struct arena *arena) {
  struct hosts *hosts = arena_new_array(arena, struct hosts, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count; i++) hosts[i] = hosts_of(m, model_service(m, i), arena);
  return hosts;
}

struct demand_sums load_demand(const struct model *m, struct arena *arena) {
  const struct hosts *hosts = load_hosts(m, arena);
  double *speed = arena_new_array(arena, double, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count; i++) speed[i] = hosts[i].speed;
  return demand_sums_new(m, speed, arena);
}

/* Calls a hook of the parts that have it, in the order of the list of parts. */
#define EACH(hook, ...)                                                                                                            \
  for (uint32_t i = 0; part_numbered(i); i++)                                                                                      \
    if (part_numbered(i)->load && part_numbered(i)->load->hook) part_numbered(i)->load->hook(__VA_ARGS__)

static const struct demand_sums *sums_of(const struct model *m, const struct load_region *in, int asking, struct arena *arena) {
  struct demand_sums *d = arena_new_array(arena, struct demand_sums, 1);
  *d = load_demand(m, arena);
  d->region = in->region;
  EACH(prepare, m, d, arena);
  for (uint32_t e = 0; asking & ASKING_TRAFFIC && e < m->endpoints.count; e++) program_demand(&m->programs[e], in->shares[e], d);
  EACH(asks, m, d, asking, arena);
  EACH(weighs, m, d);
  return d;
}

/* --- rows -------------------------------------------------------------------------------------------------------------------- */

void load_add(struct load_sheet *l, const struct load *row) {
  if (!(row->demand_s > 0) || isinf(row->capacity)) return;
  assert(row->name && row->capacity >= 0 && row->kind <= LOAD_BANDWIDTH);
  if (l->count == l->room) {
    struct load *more = arena_new_array(l->arena, struct load, l->room = l->room ? 2 * l->room : 16);
    if (l->count) memcpy(more, l->rows, l->count * sizeof *more);
    l->rows = more;
  }
  l->rows[l->count] = *row;
  l->rows[l->count].sequence = l->count;
  bool computes = row->kind == LOAD_COMPUTING || row->kind == LOAD_CONNECTIONS;
  if (computes && row->owner == LOAD_OF_SERVICE)
    l->rows[l->count].divided = load_is_divided(model_service(l->sums->model, row->index));
  l->count++;
}

const char *load_times(const struct load_sheet *l, const struct service_config *s, double replicas) {
  double most = (double)service_most_called(s);
  if (l->region >= 0 && load_is_divided(s))
    return arena_format(l->arena, "%s in %s", replicas > 1 ? arena_format(l->arena, " x %g", replicas) : "",
                        regions_at(&l->sums->model->platform.regions, (uint32_t)l->region)->name);
  if (most <= 1) return "";
  if (replicas < most) return arena_format(l->arena, " x %g of %g", replicas, most);
  return arena_format(l->arena, " x %g%s", replicas, s->autoscale.max ? " at most" : "");
}

static int compare(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

static bool by_service(const struct load *r) { return r->kind >= LOAD_COPIES && r->kind <= LOAD_CONNECTIONS; }

static int by_place(const void *one, const void *other) {
  const struct load *a = one, *b = other;
  int order = compare(by_service(a) ? LOAD_COPIES : a->kind, by_service(b) ? LOAD_COPIES : b->kind);
  if (!order && by_service(a)) order = compare(a->index, b->index);
  if (!order) order = compare(a->kind, b->kind);
  return order ? order : compare(a->sequence, b->sequence);
}

bool load_is_divided(const struct service_config *s) {
  bool near = service_preference(s) != PREFER_NONE && !service_spills(s);
  return s->replicas_by_region.count > 1 && near && s->kind != SERVICE_DATABASE;
}

double load_replicas_in(const struct service_config *s, uint32_t region) {
  double sum = 0;
  for (uint32_t i = 0; i < s->replicas_by_region.count; i++)
    if (s->replicas_by_region.reference[i] == (int32_t)region) sum += (double)s->replicas_by_region.part[i];
  return sum;
}

static const struct hosts *hosts_there(const struct model *m, int32_t region, struct arena *arena) {
  struct hosts *hosts = arena_new_array(arena, struct hosts, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count; i++)
    hosts[i] = hosts_in(m, model_service(m, i), load_is_divided(model_service(m, i)) ? region : -1, arena);
  return hosts;
}

struct load_sheet load_sheet_in(const struct model *m, const struct load_region *in, int asking, struct arena *arena) {
  struct load_sheet l = {.sums = sums_of(m, in, asking, arena),
                         .region = in->region,
                         .hosts = hosts_there(m, in->region, arena),
                         .replicas = in->replicas,
                         .arena = arena};
  EACH(loads, m, &l);
  if (l.count) qsort(l.rows, l.count, sizeof *l.rows, by_place);
  return l;
}

struct load_sheet load_sheet_of(const struct model *m, const double *replicas, int asking, struct arena *arena) {
  return load_sheet_in(m, &(struct load_region){-1, m->endpoint_share, replicas}, asking, arena);
}
