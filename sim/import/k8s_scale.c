#include "sim/import/build.h"
#include "sim/import/k8s_inner.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* --- roll-outs ---------------------------------------------------------------------------------------------------------------- */

static void copy(struct manifests *m, struct json_value *into, const char *ours, const struct json_value *of, const char *theirs,
                 const char *unit) {
  const char *text = json_scalar(json_member(of, theirs));
  if (!text) return;
  if (*unit)
    build_text(m->im->arena, into, ours, arena_format(m->im->arena, "%s%s", text, unit));
  else
    build_scalar(m->im->arena, into, ours, text);
}

void k8s_rollout(struct manifests *m, struct k8s_object *o) {
  struct arena *arena = m->im->arena;
  bool stateful = !strcmp(o->kind, "StatefulSet");
  const struct json_value *strategy = json_member(o->spec, stateful ? "updateStrategy" : "strategy"),
                          *rolling = json_member(strategy, "rollingUpdate");
  const char *type = json_scalar(json_member(strategy, "type"));
  struct json_value *update = build_object(arena, NULL, "update");
  if (stateful) {
    build_text(arena, update, "kind", "ordered");
    copy(m, update, "partition", rolling, "partition", "");
  } else if (type && !strcmp(type, "Recreate")) {
    build_text(arena, update, "kind", "recreate");
  } else if (rolling) {
    build_text(arena, update, "kind", "rolling");
    copy(m, update, "surge", rolling, "maxSurge", "");
    copy(m, update, "unavailable", rolling, "maxUnavailable", "");
  }
  copy(m, update, "min_ready", o->spec, "minReadySeconds", "s");
  copy(m, update, "deadline", o->spec, "progressDeadlineSeconds", "s");
  if (strategy) k8s_used(m, o, stateful ? "updateStrategy" : "strategy");
  if (update->first) json_append(o->w->service, update);
}

/* --- autoscalers -------------------------------------------------------------------------------------------------------------- */

static void put_target(struct manifests *m, struct json_value *metrics, const char *name, const struct json_value *target,
                       const struct json_value *at) {
  const char *utilization = json_scalar(json_member(target, "averageUtilization")),
             *average = json_scalar(json_member(target, "averageValue"));
  bool known = !strcmp(name, "cpu") || !strcmp(name, "memory");
  struct arena *arena = m->im->arena;
  if (known && utilization)
    build_text(arena, build_object(arena, metrics, NULL), name, arena_format(arena, "%s%%", utilization));
  else if (known && average)
    build_scalar(arena, build_object(arena, metrics, NULL), arena_format(arena, "%s_average", name), average);
  else
    import_note(m->im, IMPORT_IGNORED, &at->position, "a metric of the autoscaler: only cpu and memory are in the files");
}

static void put_metric(struct manifests *m, struct json_value *metrics, const struct json_value *v) {
  const struct json_value *of = json_member(v, "resource");
  if (!of) of = json_member(v, "containerResource");
  const char *name = json_scalar(json_member(of, "name"));
  put_target(m, metrics, name ? name : "", json_member(of, "target"), v);
}

static const char *lower(struct arena *arena, const char *text) {
  char *copied = arena_text(arena, text);
  for (char *p = copied; *p; p++) *p = (char)tolower((unsigned char)*p);
  return copied;
}

static void put_rules(struct manifests *m, struct json_value *behavior, const char *ours, const struct json_value *rules) {
  struct arena *arena = m->im->arena;
  if (!rules) return;
  struct json_value *into = build_object(arena, behavior, ours);
  copy(m, into, "window", rules, "stabilizationWindowSeconds", "s");
  const char *select = json_scalar(json_member(rules, "selectPolicy"));
  if (select) build_text(arena, into, "select", lower(arena, select));
  const struct json_value *policies = json_member(rules, "policies");
  struct json_value *list = json_first(policies) ? build_list(arena, into, "policies") : NULL;
  for (const struct json_value *v = json_first(policies); v; v = json_next(v)) {
    const char *type = json_scalar(json_member(v, "type"));
    struct json_value *policy = build_object(arena, list, NULL);
    copy(m, policy, type && !strcmp(type, "Pods") ? "pods" : "percent", v, "value", "");
    copy(m, policy, "period", v, "periodSeconds", "s");
  }
}

static uint32_t whole(const struct json_value *v, uint32_t otherwise) {
  double number = json_number(v);
  return json_type(v) == JSON_NUMBER && number >= 1 && number <= 5000 ? (uint32_t)number : otherwise;
}

static const struct position *place_of(const struct k8s_object *o) {
  const struct json_value *name = json_member(json_member(o->value, "metadata"), "name");
  return name ? &name->position : &o->value->position;
}

static struct k8s_object *target_of(struct manifests *m, const struct k8s_object *o, const struct json_value *reference) {
  const char *kind = json_scalar(json_member(reference, "kind")), *name = json_scalar(json_member(reference, "name"));
  struct k8s_object *target = name ? k8s_named(m, kind, name, o->space) : NULL;
  if (target && target->w) return target;
  import_note(m->im, IMPORT_IGNORED, place_of(o), "%s %s: its target %s is not in the files", o->kind, o->name, name ? name : "");
  return NULL;
}

void k8s_autoscaler(struct manifests *m, const struct k8s_object *o) {
  struct arena *arena = m->im->arena;
  struct k8s_object *target = target_of(m, o, json_member(o->spec, "scaleTargetRef"));
  if (!target) return;
  uint32_t least = whole(json_member(o->spec, "minReplicas"), 1), most = whole(json_member(o->spec, "maxReplicas"), least);
  struct json_value *scale = build_object(arena, NULL, "autoscale"), *metrics = build_list(arena, NULL, "metrics");
  build_scalar(arena, scale, "min", arena_format(arena, "%u", least));
  build_scalar(arena, scale, "max", arena_format(arena, "%u", most));
  for (const struct json_value *v = json_first(json_member(o->spec, "metrics")); v; v = json_next(v)) put_metric(m, metrics, v);
  if (!metrics->first && json_first(json_member(o->spec, "metrics"))) {
    if (target->replicas < least) target->replicas = least;
    target->most = target->replicas;
    import_note(m->im, IMPORT_ASSUMED, place_of(o), "%s %s: %s stays at %u replicas: what it scales on is not in the files",
                o->kind, o->name, target->w->name, target->replicas);
    return;
  }
  json_append(target->w->service, scale);
  const char *v1 = json_scalar(json_member(o->spec, "targetCPUUtilizationPercentage"));
  if (v1) build_text(arena, scale, "cpu", arena_format(arena, "%s%%", v1));
  if (metrics->first) json_append(scale, metrics);
  const struct json_value *behavior = json_member(o->spec, "behavior");
  if (behavior && behavior->type == JSON_OBJECT) {
    struct json_value *into = build_object(arena, scale, "behavior");
    put_rules(m, into, "scale_up", json_member(behavior, "scaleUp"));
    put_rules(m, into, "scale_down", json_member(behavior, "scaleDown"));
  }
  if (target->replicas < least) target->replicas = least;
  if (target->replicas > most) target->replicas = most;
  if (target->most < most) target->most = most;
  import_note(m->im, IMPORT_USED, place_of(o), "%s %s: %s.autoscale, %u to %u replicas", o->kind, o->name, target->w->name, least,
              most);
}

/* --- budgets ------------------------------------------------------------------------------------------------------------------ */

void k8s_budget(struct manifests *m, const struct k8s_object *o) {
  const struct json_value *selector = json_member(json_member(o->spec, "selector"), "matchLabels");
  bool used = false;
  for (uint32_t i = 0; i < m->count; i++) {
    struct k8s_object *p = &m->items[i];
    if (!p->w || strcmp(p->space, o->space) || !k8s_selects(selector, p->labels) || json_member(p->w->service, "budget")) continue;
    struct json_value *budget = build_object(m->im->arena, p->w->service, "budget");
    copy(m, budget, "min_available", o->spec, "minAvailable", "");
    copy(m, budget, "unavailable", o->spec, "maxUnavailable", "");
    import_note(m->im, IMPORT_USED, place_of(o), "%s %s: %s.budget", o->kind, o->name, p->w->name);
    used = true;
  }
  if (!used) import_note(m->im, IMPORT_IGNORED, place_of(o), "%s %s: it selects nothing in the files", o->kind, o->name);
}

/* --- where requests come in --------------------------------------------------------------------------------------------------- */

static struct k8s_object *behind(struct manifests *m, const struct k8s_object *service) {
  const struct json_value *selector = json_member(service->spec, "selector");
  for (uint32_t i = 0; i < m->count; i++)
    if (m->items[i].w && !strcmp(m->items[i].space, service->space) && k8s_selects(selector, m->items[i].labels))
      return &m->items[i];
  return NULL;
}

void k8s_service(struct manifests *m, const struct k8s_object *o) {
  struct k8s_object *target = behind(m, o);
  const char *type = json_scalar(json_member(o->spec, "type"));
  if (!target) {
    const char *external = json_scalar(json_member(o->spec, "externalName"));
    import_note(m->im, IMPORT_IGNORED, place_of(o), "Service %s: %s%s", o->name,
                external ? "it leads out of the cluster, to " : "it selects nothing in the files", external ? external : "");
    return;
  }
  stack_alias(&m->stack, o->name, target->w);
  bool entry = type && (!strcmp(type, "LoadBalancer") || !strcmp(type, "NodePort"));
  if (entry) target->w->entry = true;
  import_note(m->im, IMPORT_USED, place_of(o), "Service %s: a name of %s%s", o->name, target->w->name,
              entry ? ", and an entry" : "");
}

/* Names of services anywhere in the object: {service: {name}}, backendRefs: [{name}], services: [{name}], serviceName. */
static void find_backends(struct manifests *m, const struct k8s_object *o, struct workload *ingress, const struct json_value *v,
                          const char *key) {
  static const char *const keys[] = {"service", "backendRefs", "services"};
  const char *name = json_scalar(json_member(v, "name"));
  bool backend = false;
  for (int i = 0; i < 3; i++) backend = backend || (key && !strcmp(key, keys[i]));
  if (json_type(v) == JSON_OBJECT && !name) name = json_scalar(json_member(v, "serviceName")), backend = backend || name;
  const struct k8s_object *service = backend && name ? k8s_named(m, "Service", name, o->space) : NULL;
  struct k8s_object *target = service ? behind(m, service) : NULL;
  if (target) stack_call(&m->stack, ingress, target->w);
  if (backend && name && !target)
    import_note(m->im, IMPORT_IGNORED, &v->position, "%s %s: the Service %.80s is not in the files", o->kind, o->name, name);
  for (const struct json_value *c = json_first(v); c; c = json_next(c)) find_backends(m, o, ingress, c, c->name ? c->name : key);
}

/* The controller of ingresses is in no manifest of an application. */
void k8s_entries(struct manifests *m) {
  struct workload *ingress = NULL;
  for (uint32_t i = 0; i < m->count; i++) {
    struct k8s_object *o = &m->items[i];
    if (strcmp(o->kind, "Ingress") && strcmp(o->kind, "HTTPRoute") && strcmp(o->kind, "IngressRoute")) continue;
    for (uint32_t k = 0; k < m->stack.count && !ingress; k++)
      if (m->stack.items[k].role == ROLE_PROXY && m->stack.items[k].entry) ingress = &m->stack.items[k];
    if (!ingress) {
      const char *name = stack_named(&m->stack, "ingress") ? "ingress-controller" : "ingress";
      ingress = stack_add(&m->stack, name, place_of(o));
      ingress->role = ROLE_PROXY, ingress->entry = true;
      ingress->image = "nginx";
      image_settle(&m->stack, ingress);
      build_assumed(m->im->arena, ingress->service, "replicas", "2", NULL, NULL, "the controller of ingresses is in no such file");
      ingress->cpu = 0.2, ingress->memory = 0x1p28, ingress->largest_cpu = 0.1, ingress->largest_memory = 0x1p27;
      import_note(m->im, IMPORT_ASSUMED, place_of(o), "%s: two replicas of NGINX; the controller is in no manifest here", name);
    }
    find_backends(m, o, ingress, o->spec, NULL);
    import_note(m->im, IMPORT_USED, place_of(o), "%s %s: the entry", o->kind, o->name);
  }
}
