#include "models/faults/ailing.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/targets.h"
#include <math.h>

static bool is_entry(const struct model *m, uint32_t service) {
  for (uint32_t i = 0; i < m->endpoints.count; i++)
    if (model_endpoint(m, i)->entry == (int32_t)service) return true;
  return false;
}

uint32_t ailing_service(const struct model *m, const struct fault_config *f, uint32_t n) {
  if (f->services.count) return n < f->services.count ? (uint32_t)f->services.reference[n] : NONE;
  if (f->service >= 0) return n ? NONE : (uint32_t)f->service;
  for (uint32_t i = 0; i < m->services.count; i++)
    if (is_entry(m, i) && !n--) return i;
  return NONE;
}

void ailing_marks(struct linker *l, const struct fault_config *f) {
  for (uint32_t n = 0, i; (i = ailing_service(l->model, f, n)) != NONE; n++)
    ((struct service_config *)l->model->services.items + i)->may_ail = true;
}

struct fault_reach ailing_reach(const struct model *m, const struct fault_config *f) {
  (void)m, (void)f;
  return (struct fault_reach){0};
}

uint32_t ailing_target_after(const struct world *w, const struct fault_config *f, uint32_t target) {
  return target == NONE ? (uint32_t)(f - model_fault_at(w->model, 0)) : NONE;
}

void ailing_begins(struct world *w, const struct fault_config *f, uint32_t target, struct affliction is) {
  for (uint32_t n = 0; (is.service = ailing_service(w->model, f, n)) != NONE; n++) affliction_begins(w, target, &is);
}

void ailing_ends(struct world *w, uint32_t target) {
  const struct fault_config *f = model_fault_at(w->model, target);
  for (uint32_t n = 0, i; (i = ailing_service(w->model, f, n)) != NONE; n++) affliction_ends(w, target, i);
}

void ailing_check(struct linker *l, const struct fault_config *f, const char *path) {
  repair_link(l, f, path);
  if (f->service >= 0 && f->services.count && f->services.reference != &f->service)
    link_error(l, path, "service", "\"service\" next to \"services\": a fault has one of them");
}

double ailing_errors(const struct fault_config *f) {
  if (!isnan(f->errors)) return f->errors;
  return f->slower > 1 ? 0 : 1;
}
