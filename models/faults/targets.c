#include "models/faults/targets.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/lives_inner.h"
#include "models/platform/nodes.h"

enum { NUMBERS_OF_ONE = 1 << 20 }; /* of the targets of one name, more than there can be */

static bool has_processes(const struct model *m, int32_t service) {
  const struct service_config *s = model_service(m, (uint32_t)service);
  return s->kind != SERVICE_EXTERNAL && !s->embedded;
}

static void leave_out_others(const struct model *m, struct references *all) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < all->count; i++)
    if (has_processes(m, all->reference[i])) all->reference[kept++] = all->reference[i];
  all->count = kept;
}

void targets_settle(const struct model *m, struct fault_config *f) {
  if (f->services.all) leave_out_others(m, &f->services);
  if (!f->services.count && f->service >= 0) f->services = (struct references){.count = 1, .reference = &f->service};
}

/* --- replicas ---------------------------------------------------------------------------------------------------------------- */

void replicas_link(struct linker *l, const struct fault_config *f, const char *path, const char *what) {
  const char *kind = f->kind->member.word;
  if (f->service >= 0 && f->services.reference != &f->service)
    link_error(l, path, "service", "\"service\" next to \"services\": a fault has one of them");
  if (!f->services.count) link_error(l, path, NULL, "a fault of kind %s needs a \"service\"", kind);
  for (uint32_t i = 0; i < f->services.count; i++) {
    const struct service_config *s = model_service(l->model, (uint32_t)f->services.reference[i]);
    if (s->kind == SERVICE_EXTERNAL)
      link_error(l, path, NULL, "the processes of an external service are not modelled: none can %s", what);
    else if (s->embedded)
      link_error(l, path, NULL, "SQLite is a file and has no process that could %s: its callers have", what);
  }
}

struct fault_reach replicas_reach(const struct model *m, const struct fault_config *f) {
  (void)m;
  return (struct fault_reach){.services = f->services};
}

double replicas_count(const struct model *m, const struct fault_config *f) {
  double count = 0;
  for (uint32_t i = 0; i < f->services.count; i++)
    count += (double)service_capacity(model_service(m, (uint32_t)f->services.reference[i]));
  return count;
}

static uint32_t place_of(const struct references *names, uint32_t index) {
  uint32_t i = 0;
  while (i < names->count && (uint32_t)names->reference[i] != index) i++;
  return i;
}

uint32_t replicas_after(const struct world *w, const struct fault_config *f, uint32_t target) {
  uint32_t at = target == NONE ? 0 : place_of(&f->services, w->containers[target].service);
  for (; at < f->services.count; at++, target = NONE) {
    const struct service *s = &w->services[f->services.reference[at]];
    uint32_t next = target == NONE ? s->first : target + 1;
    if (next < s->first + s->capacity) return next;
  }
  return NONE;
}

uint32_t replicas_number(const struct world *w, const struct fault_config *f, uint32_t target) {
  uint32_t service = w->containers[target].service;
  return target - w->services[service].first + place_of(&f->services, service) * NUMBERS_OF_ONE;
}

bool replicas_stand(const struct world *w, uint32_t target) { return w->containers[target].state == CONTAINER_UP; }

bool replicas_exist(const struct world *w, uint32_t target) { return w->containers[target].state != CONTAINER_UNUSED; }

/* --- machines ---------------------------------------------------------------------------------------------------------------- */

void machines_link(struct linker *l, const struct fault_config *f, const char *path) {
  const char *kind = f->kind->member.word;
  if (!f->nodes.count) link_error(l, path, NULL, "a fault of kind %s needs \"nodes\": the group that breaks", kind);
}

void repair_link(struct linker *l, const struct fault_config *f, const char *path) {
  if (!f->repair.kind && !fault_needs_person(l->model, f))
    link_error(l, path, NULL, "a fault of kind %s needs a \"repair\" time", f->kind->member.word);
}

struct fault_reach machines_reach(const struct model *m, const struct fault_config *f) {
  (void)m;
  return (struct fault_reach){.groups = f->nodes};
}

double machines_count(const struct model *m, const struct fault_config *f) {
  double count = 0;
  for (uint32_t i = 0; i < f->nodes.count; i++) count += (double)model_nodes(m, (uint32_t)f->nodes.reference[i])->count;
  return count;
}

static bool is_among(const struct references *names, uint32_t index) { return place_of(names, index) < names->count; }

uint32_t machines_after(const struct world *w, const struct fault_config *f, uint32_t target) {
  for (target = target == NONE ? 0 : target + 1; target < w->node_count; target++)
    if (is_among(&f->nodes, w->nodes[target].group_index)) return target;
  return NONE;
}

uint32_t machines_number(const struct world *w, const struct fault_config *f, uint32_t target) {
  return w->nodes[target].number + place_of(&f->nodes, w->nodes[target].group_index) * NUMBERS_OF_ONE;
}

bool machines_stand(const struct world *w, uint32_t target) { return w->nodes[target].membership != NODE_AWAY; }
