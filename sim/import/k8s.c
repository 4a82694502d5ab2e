#include "sim/import/k8s_inner.h"
#include "sim/import/build.h"
#include "sim/json/source_file.h"
#include <math.h>
#include <string.h>

enum { OBJECTS = 10000 };

/* --- kinds -------------------------------------------------------------------------------------------------------------------- */

enum duty { RUNS, SERVES, SCALES, BUDGETS, ENTERS, HOLDS, IGNORED };

static const struct kind_row {
  const char *name;
  enum duty duty;
  const char *why; /* it is ignored, or what it holds */
} kind_rows[] = {{"Deployment", RUNS, NULL},
                 {"StatefulSet", RUNS, NULL},
                 {"DaemonSet", RUNS, NULL},
                 {"Rollout", RUNS, NULL},
                 {"Pod", RUNS, NULL},
                 {"Service", SERVES, NULL},
                 {"HorizontalPodAutoscaler", SCALES, NULL},
                 {"PodDisruptionBudget", BUDGETS, NULL},
                 {"Ingress", ENTERS, NULL},
                 {"HTTPRoute", ENTERS, NULL},
                 {"IngressRoute", ENTERS, NULL},
                 {"ConfigMap", HOLDS, "the addresses in it, where a pod names it"},
                 {"PersistentVolumeClaim", HOLDS, "a network volume of the pods that claim it"},
                 {"Namespace", HOLDS, "the name of the scenario"},
                 {"ReplicaSet", IGNORED, "its Deployment says it"},
                 {"EndpointSlice", IGNORED, "its Service says it"},
                 {"Endpoints", IGNORED, "its Service says it"},
                 {"Job", IGNORED, "it runs once"},
                 {"CronJob", IGNORED, "it runs by the clock: a queue with a \"schedule\" would say it"},
                 {"Secret", IGNORED, "it is not read"},
                 {"ServiceAccount", IGNORED, "it changes no speed"},
                 {"Role", IGNORED, "it changes no speed"},
                 {"RoleBinding", IGNORED, "it changes no speed"},
                 {"ClusterRole", IGNORED, "it changes no speed"},
                 {"ClusterRoleBinding", IGNORED, "it changes no speed"},
                 {"NetworkPolicy", IGNORED, "all services reach each other"},
                 {"PersistentVolume", IGNORED, "its claim says it"},
                 {"StorageClass", IGNORED, "disks are said at \"platform.nodes\""},
                 {"ServiceMonitor", IGNORED, "it changes no speed"},
                 {"PodMonitor", IGNORED, "it changes no speed"},
                 {"PrometheusRule", IGNORED, "it changes no speed"},
                 {"Certificate", IGNORED, "a fault of kind \"certificate\" would say it"},
                 {"ScaledObject", IGNORED, "\"autoscale\" with a \"queue\" would say it"},
                 {"ResourceQuota", IGNORED, "quotas of a namespace are not modelled"},
                 {"LimitRange", IGNORED, "defaults of a namespace are not taken"},
                 {"Node", IGNORED, "machines are said at \"platform.nodes\""},
                 {"Event", IGNORED, "it says what has happened"},
                 {0}};

static const struct kind_row *row_of(const char *kind) {
  const struct kind_row *r = kind_rows;
  while (r->name && strcmp(r->name, kind) != 0) r++;
  return r->name ? r : NULL;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

void k8s_used(struct manifests *m, struct k8s_object *o, const char *key) {
  o->used = arena_format(m->im->arena, "%s%s%s", o->used ? o->used : "", o->used ? ", " : "", key);
}

struct k8s_object *k8s_named(struct manifests *m, const char *kind, const char *name, const char *space) {
  for (uint32_t i = 0; i < m->count; i++)
    if ((!kind || !strcmp(m->items[i].kind, kind)) && !strcmp(m->items[i].name, name) &&
        (!space || !strcmp(m->items[i].space, space)))
      return &m->items[i];
  return NULL;
}

bool k8s_selects(const struct json_value *selector, const struct json_value *labels) {
  if (!selector || !selector->first || !labels) return false;
  for (const struct json_value *v = selector->first; v; v = v->next) {
    const char *a = json_scalar(v), *b = json_scalar(json_member(labels, v->name));
    if (!a || !b || strcmp(a, b) != 0) return false;
  }
  return true;
}

static bool refuse(struct manifests *m, const struct json_value *v, const char *text) {
  diagnostic_add(m->im->diagnostics, &v->position, "%s", text);
  return false;
}

static const char *text_at(const struct json_value *v, const char *a, const char *b) {
  const char *text = json_scalar(json_member(json_member(v, a), b));
  return text ? text : "";
}

/* What renders manifests, and is none itself. */
static bool is_source(struct manifests *m, const struct json_value *v, const char *kind) {
  if (!strcmp(kind, "Kustomization") || json_member(v, "kustomize"))
    return !refuse(m, v, "a kustomization is not rendered: `kubectl kustomize DIR | aguanta import k8s -` imports what it makes");
  if (!strncmp(kind, "HelmRelease", 11) || !strcmp(kind, "HelmChart"))
    return !refuse(m, v, "a release of Helm is not rendered: `helm template CHART | aguanta import k8s -` imports what it makes");
  if (!*kind && json_member(v, "apiVersion") && json_member(v, "version"))
    return !refuse(m, v, "a chart of Helm is not rendered: `helm template CHART | aguanta import k8s -` imports what it makes");
  return false;
}

static bool take_object(struct manifests *m, const struct json_value *v, int depth);

static bool take_list(struct manifests *m, const struct json_value *items, int depth) {
  for (const struct json_value *v = json_first(items); v; v = json_next(v))
    if (!take_object(m, v, depth + 1)) return false;
  return true;
}

static bool take_object(struct manifests *m, const struct json_value *v, int depth) {
  const char *kind = json_scalar(json_member(v, "kind")), *name = text_at(v, "metadata", "name");
  const struct json_value *items = json_member(v, "items");
  if (v->type != JSON_OBJECT) return refuse(m, v, "a manifest must be an object with \"apiVersion\", \"kind\" and \"metadata\"");
  if (is_source(m, v, kind ? kind : "")) return false;
  if (items && items->type == JSON_LIST && depth < 4) return take_list(m, items, depth);
  if (!kind && json_member(v, "services")) return refuse(m, v, "is a Compose file and no manifest: aguanta import compose");
  if (!kind) return refuse(m, v, "is no manifest: it has no \"kind\"");
  if (m->count == OBJECTS) return refuse(m, v, "more than 10000 objects");
  if (!m->items) m->items = arena_alloc_array(m->im->arena, sizeof *m->items, OBJECTS);
  struct k8s_object *o = &m->items[m->count++];
  *o = (struct k8s_object){
      .kind = kind, .name = name, .space = text_at(v, "metadata", "namespace"), .value = v, .spec = json_member(v, "spec")};
  return true;
}

static bool read_file(struct manifests *m, const char *path) {
  const struct source_text *source = source_read_file(m->im->arena, m->im->diagnostics, path, JSON_FILE_LIMIT);
  const struct json_value *list = source ? import_documents(m->im, source) : NULL;
  if (!list) return false;
  struct position whole = {source, 0, 0};
  if (!list->first) diagnostic_add(m->im->diagnostics, &whole, "is empty: expected manifests");
  return take_list(m, list, 0);
}

/* --- workloads ---------------------------------------------------------------------------------------------------------------- */

static bool is_owned(const struct k8s_object *o) {
  return json_first(json_member(json_member(o->value, "metadata"), "ownerReferences")) != NULL;
}

static const struct json_value *name_at(const struct k8s_object *o) {
  const struct json_value *name = json_member(json_member(o->value, "metadata"), "name");
  return name ? name : o->value;
}

static void add_workload(struct manifests *m, struct k8s_object *o) {
  struct import *im = m->im;
  const struct json_value *at = name_at(o), *count = json_member(o->spec, "replicas");
  bool pod = !strcmp(o->kind, "Pod");
  const char *name = o->name;
  if (stack_named(&m->stack, name)) name = arena_format(im->arena, "%s-%s", o->name, *o->space ? o->space : o->kind);
  if (!import_is_name(name) || stack_named(&m->stack, name)) {
    diagnostic_add(im->diagnostics, &at->position,
                   "%s: the name \"%.80s\" is not one that can be taken: 1 to 63 of A-Z a-z 0-9 _ . -, once", o->kind, name);
    return;
  }
  double replicas = count ? json_number(count) : 1;
  if (count && (json_type(count) != JSON_NUMBER || replicas != floor(replicas) || replicas < 0 || replicas > 5000)) {
    diagnostic_add(im->diagnostics, &count->position, "\"replicas\" of %s must be a whole number up to 5000", name);
    return;
  }
  if (count && replicas == 0) {
    import_note(im, IMPORT_IGNORED, &count->position, "%s %s: it has 0 replicas", o->kind, name);
    return;
  }
  if (count) k8s_used(m, o, "replicas");
  o->replicas = o->most = (uint32_t)replicas;
  o->w = stack_add(&m->stack, name, &at->position);
  const struct json_value *template = json_member(o->spec, "template");
  o->labels = json_member(json_member(pod ? o->value : template, "metadata"), "labels");
  if (!strcmp(o->kind, "DaemonSet"))
    import_note(im, IMPORT_ASSUMED, &at->position, "%s: one replica; a DaemonSet has one on each node", name);
  k8s_rollout(m, o);
  k8s_pod(m, o, pod ? o->spec : json_member(template, "spec"));
}

static void add_replicas(struct manifests *m, struct k8s_object *o) {
  if (!o->w) return;
  if (o->replicas != 1) build_scalar(m->im->arena, o->w->service, "replicas", arena_format(m->im->arena, "%u", o->replicas));
  o->w->cpu = o->cpu * o->most, o->w->memory = o->memory * o->most;
  o->w->largest_cpu = o->cpu, o->w->largest_memory = o->memory;
  import_note(m->im, IMPORT_USED, &name_at(o)->position, "%s %s: %s", o->kind, o->name, o->used ? o->used : "image");
}

static void note_ignored(struct manifests *m, const struct k8s_object *o, const char *why) {
  import_note(m->im, IMPORT_IGNORED, &name_at(o)->position, "%s%s%s: %s", o->kind, *o->name ? " " : "", o->name, why);
}

static void take_workloads(struct manifests *m) {
  for (uint32_t i = 0; i < m->count; i++) {
    struct k8s_object *o = &m->items[i];
    const struct kind_row *row = row_of(o->kind);
    if (!row)
      note_ignored(m, o, "a kind that aguanta does not know");
    else if (row->duty == IGNORED)
      note_ignored(m, o, row->why);
    else if (row->duty == RUNS && is_owned(o))
      note_ignored(m, o, "its owner says it");
    else if (row->duty == RUNS)
      add_workload(m, o);
    else if (row->duty == HOLDS)
      import_note(m->im, IMPORT_USED, &name_at(o)->position, "%s %s: %s", o->kind, o->name, row->why);
  }
}

static void take_rest(struct manifests *m) {
  for (uint32_t i = 0; i < m->count; i++) {
    const struct kind_row *row = row_of(m->items[i].kind);
    if (row && row->duty == SERVES) k8s_service(m, &m->items[i]);
    if (row && row->duty == SCALES) k8s_autoscaler(m, &m->items[i]);
    if (row && row->duty == BUDGETS) k8s_budget(m, &m->items[i]);
  }
  k8s_entries(m);
}

struct json_value *import_k8s(struct import *im, const char *const *files, uint32_t count) {
  struct manifests m = {.im = im, .stack = {.im = im, .platform = "kubernetes", .name = "imported"}};
  const char *slash = strrchr(files[0], '/');
  m.stack.title = arena_format(im->arena, "Imported from %s%s", slash ? slash + 1 : files[0], count > 1 ? " and others" : "");
  for (uint32_t i = 0; i < count; i++)
    if (!read_file(&m, files[i])) return NULL;
  take_workloads(&m);
  for (uint32_t i = 0; i < m.count && !strcmp(m.stack.name, "imported"); i++)
    if (m.items[i].w && import_is_name(m.items[i].space)) m.stack.name = m.items[i].space;
  take_rest(&m);
  uint32_t known = m.stack.count;
  for (uint32_t i = 0; i < m.count; i++)
    if (m.items[i].w) k8s_calls(&m, &m.items[i]);
  for (uint32_t i = known; i < m.stack.count; i++) image_settle(&m.stack, &m.stack.items[i]); /* what is elsewhere */
  for (uint32_t i = 0; i < m.count; i++) add_replicas(&m, &m.items[i]);
  if (diagnostics_errors(im->diagnostics)) return NULL;
  return stack_scenario(&m.stack);
}
