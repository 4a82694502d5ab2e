#include "sim/import/build.h"
#include "sim/import/k8s_inner.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- quantities --------------------------------------------------------------------------------------------------------------- */

/* 250m, 0.5, 512Mi, 1e9: NAN when it is none. */
static double quantity(const struct json_value *v) {
  static const struct {
    const char *suffix;
    double factor;
  } rows[] = {{"", 1},     {"m", 1e-3},    {"k", 1e3},     {"M", 1e6},     {"G", 1e9},
              {"T", 1e12}, {"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30}, {"Ti", 0x1p40}};
  const char *text = json_scalar(v);
  char *end;
  double value = text ? strtod(text, &end) : NAN;
  if (!text || end == text || !(value >= 0)) return NAN;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (!strcmp(rows[i].suffix, end)) return value * rows[i].factor;
  return NAN;
}

/* Rounded up, but 0.1 + 0.2 is 300m. */
static const char *cpu_text(struct arena *arena, double cores) {
  bool whole = cores == floor(cores);
  return arena_format(arena, whole ? "%.0f" : "%.0fm", whole ? cores : fmax(ceil(cores * 1000 - 1e-6), 1));
}

/* --- resources: those of all containers of the pod ---------------------------------------------------------------------------- */

struct sums {
  double request[2], limit[2]; /* of cpu, memory */
  bool requested[2], limited[2];
};

static double quantity_at(struct manifests *m, const struct json_value *of, const char *key) {
  const struct json_value *v = json_member(of, key);
  double value = v ? quantity(v) : NAN;
  if (v && isnan(value))
    diagnostic_add(m->im->diagnostics, &v->position, "\"%s\" must be a quantity such as 500m, 2 or 512Mi, not \"%.40s\"", key,
                   json_scalar(v) ? json_scalar(v) : json_type_name(v));
  return value;
}

/* A limit without a request is one too. The limit is that of the first container: what others may use is of no use to it. */
static void add_container(struct manifests *m, const struct json_value *container, struct sums *s, bool first) {
  static const char *const names[] = {"cpu", "memory"};
  const struct json_value *resources = json_member(container, "resources");
  for (int i = 0; i < 2; i++) {
    double request = quantity_at(m, json_member(resources, "requests"), names[i]),
           limit = quantity_at(m, json_member(resources, "limits"), names[i]);
    if (isnan(request)) request = limit;
    if (!isnan(request)) s->request[i] += request, s->requested[i] = true;
    if (first && !isnan(limit)) s->limit[i] = limit, s->limited[i] = true;
  }
}

static void put_resources(struct manifests *m, struct k8s_object *o, const struct sums *s) {
  struct arena *arena = m->im->arena;
  struct json_value *resources = build_object(arena, NULL, "resources"), *requests = build_object(arena, NULL, "requests"),
                    *limits = build_object(arena, NULL, "limits");
  double limit[2] = {s->limit[0], s->limit[1]};
  for (int i = 0; i < 2; i++)
    if (s->limited[i] && s->limit[i] > 0 && s->limit[i] < s->request[i]) {
      import_note(m->im, IMPORT_ASSUMED, &o->w->at,
                  "%s: its %s limit is that of all containers: they request more than the first may use", o->name,
                  i ? "memory" : "CPU");
      limit[i] = s->request[i];
    }
  o->cpu = s->requested[0] ? s->request[0] : 0.1, o->memory = s->requested[1] ? s->request[1] : 128 * 0x1p20;
  if (s->requested[0]) build_scalar(arena, requests, "cpu", cpu_text(arena, s->request[0]));
  if (s->requested[1]) build_bytes(arena, requests, "memory", s->request[1]);
  if (s->limited[0] && s->limit[0] > 0) build_scalar(arena, limits, "cpu", cpu_text(arena, limit[0]));
  if (s->limited[1] && s->limit[1] > 0) build_bytes(arena, limits, "memory", limit[1]);
  if (requests->first) json_append(resources, requests);
  if (limits->first) json_append(resources, limits);
  if (!resources->first) return;
  json_append(o->w->service, resources);
  k8s_used(m, o, "resources");
}

/* --- probes ------------------------------------------------------------------------------------------------------------------- */

static void seconds(struct manifests *m, struct json_value *into, const char *ours, const struct json_value *of,
                    const char *theirs) {
  const char *text = json_scalar(json_member(of, theirs));
  if (text) build_text(m->im->arena, into, ours, arena_format(m->im->arena, "%ss", text));
}

static void count(struct manifests *m, struct json_value *into, const char *ours, const struct json_value *of, const char *theirs) {
  const char *text = json_scalar(json_member(of, theirs));
  if (text) build_scalar(m->im->arena, into, ours, text);
}

static void put_probes(struct manifests *m, struct k8s_object *o, const struct json_value *container) {
  static const char *const names[][2] = {
      {"startupProbe", "startup"}, {"readinessProbe", "readiness"}, {"livenessProbe", "liveness"}};
  for (int i = 0; i < 3; i++) {
    const struct json_value *theirs = json_member(container, names[i][0]);
    if (!theirs) continue;
    struct json_value *probe = build_object(m->im->arena, build_under(m->im->arena, o->w->service, "probes"), names[i][1]);
    seconds(m, probe, "delay", theirs, "initialDelaySeconds");
    seconds(m, probe, "every", theirs, "periodSeconds");
    seconds(m, probe, "timeout", theirs, "timeoutSeconds");
    count(m, probe, "failures", theirs, "failureThreshold");
    if (i == 1) count(m, probe, "successes", theirs, "successThreshold");
    k8s_used(m, o, names[i][0]);
  }
}

/* --- where it may run --------------------------------------------------------------------------------------------------------- */

static void put_selector(struct manifests *m, struct k8s_object *o, const struct json_value *selector) {
  struct json_value *labels = build_object(m->im->arena, NULL, "node_selector");
  for (const struct json_value *v = json_first(selector); v; v = json_next(v)) {
    const char *slash = strrchr(v->name, '/'), *name = slash ? slash + 1 : v->name;
    if (!json_scalar(v) || !strcmp(name, "os") || !strcmp(name, "arch") || json_member(labels, name))
      continue; /* all nodes have it */
    build_text(m->im->arena, labels,
               !strcmp(name, "zone") || !strcmp(name, "region") ? arena_format(m->im->arena, "in-%s", name) : name, json_scalar(v));
  }
  if (!labels->first) return;
  json_append(o->w->service, labels);
  o->w->selector = labels;
  k8s_used(m, o, "nodeSelector");
}

static void put_spread(struct manifests *m, struct k8s_object *o, bool hard, const char *skew) {
  if (json_member(o->w->service, "spread")) return;
  struct json_value *spread = build_object(m->im->arena, o->w->service, "spread");
  build_text(m->im->arena, spread, "over", "node");
  build_flag(m->im->arena, spread, "hard", hard);
  if (skew) build_scalar(m->im->arena, spread, "skew", skew);
}

static bool is_host(const struct json_value *v) {
  const char *key = json_scalar(json_member(v, "topologyKey"));
  return key && !strcmp(key, "kubernetes.io/hostname");
}

static void put_topology(struct manifests *m, struct k8s_object *o, const struct json_value *constraints) {
  for (const struct json_value *v = json_first(constraints); v; v = json_next(v)) {
    const char *when = json_scalar(json_member(v, "whenUnsatisfiable")), *skew = json_scalar(json_member(v, "maxSkew"));
    if (is_host(v))
      put_spread(m, o, !when || !strcmp(when, "DoNotSchedule"), skew), k8s_used(m, o, "topologySpreadConstraints");
    else
      import_note(m->im, IMPORT_IGNORED, &v->position, "%s.topologySpreadConstraints: zones and regions are in no manifest",
                  o->name);
  }
}

/* Pods that keep away from each other: at most one on a node. */
static void put_affinity(struct manifests *m, struct k8s_object *o, const struct json_value *affinity) {
  const struct json_value *anti = json_member(affinity, "podAntiAffinity");
  const struct json_value *hard = json_first(json_member(anti, "requiredDuringSchedulingIgnoredDuringExecution")),
                          *soft = json_first(json_member(anti, "preferredDuringSchedulingIgnoredDuringExecution"));
  if (hard && is_host(hard))
    put_spread(m, o, true, NULL), k8s_used(m, o, "podAntiAffinity");
  else if (soft && is_host(json_member(soft, "podAffinityTerm")))
    put_spread(m, o, false, NULL), k8s_used(m, o, "podAntiAffinity");
  for (const struct json_value *v = json_first(affinity); v; v = json_next(v))
    if (strcmp(v->name, "podAntiAffinity") != 0)
      import_note(m->im, IMPORT_IGNORED, &v->name_position, "%s.affinity.%s: only nodeSelector is taken", o->name, v->name);
}

/* --- data --------------------------------------------------------------------------------------------------------------------- */

static void put_volume(struct manifests *m, struct k8s_object *o, const struct json_value *pod) {
  bool stateful = !strcmp(o->kind, "StatefulSet"), network = json_first(json_member(o->spec, "volumeClaimTemplates")) != NULL,
       local = false;
  for (const struct json_value *v = json_first(json_member(pod, "volumes")); v; v = json_next(v)) {
    network = network || json_member(v, "persistentVolumeClaim") || json_member(v, "ephemeral");
    local = local || json_member(v, "hostPath");
  }
  bool data = o->w->role == ROLE_DATABASE || o->w->role == ROLE_BROKER;
  if (!data && !network && !stateful) return;
  struct json_value *volume = build_object(m->im->arena, o->w->service, "volume");
  build_text(m->im->arena, volume, "kind", network ? "network" : local ? "local" : "none");
  build_text(m->im->arena, volume, "owner", stateful ? "statefulset" : "deployment");
  k8s_used(m, o, network ? "volume claims" : "volumes");
  if (data && !network && !local) import_note(m->im, IMPORT_USED, &o->w->at, "%s.volume: none; its data go with its pod", o->name);
}

/* --- the end of a pod --------------------------------------------------------------------------------------------------------- */

static void put_end(struct manifests *m, struct k8s_object *o, const struct json_value *pod, const struct json_value *container) {
  struct arena *arena = m->im->arena;
  const char *grace = json_scalar(json_member(pod, "terminationGracePeriodSeconds"));
  if (grace) build_text(arena, build_under(arena, o->w->service, "update"), "grace", arena_format(arena, "%ss", grace));
  if (grace) k8s_used(m, o, "terminationGracePeriodSeconds");
  const struct json_value *stop = json_member(json_member(container, "lifecycle"), "preStop");
  const char *sleep = json_scalar(json_member(json_member(stop, "sleep"), "seconds"));
  const char *words = import_words(arena, NULL, json_member(json_member(stop, "exec"), "command"));
  if (!sleep) sleep = command_option(arena, words, "sleep");
  if (sleep) build_text(arena, build_under(arena, o->w->service, "update"), "pre_stop", arena_format(arena, "%ss", sleep));
  if (sleep) k8s_used(m, o, "preStop");
  if (stop && !sleep) import_note(m->im, IMPORT_IGNORED, &stop->name_position, "%s.preStop: it does not sleep", o->name);
}

/* Controllers take "Always" alone; a pod of its own may have another. */
static void put_restart(struct manifests *m, struct k8s_object *o, const struct json_value *pod) {
  const char *policy = json_scalar(json_member(pod, "restartPolicy"));
  if (!policy || strcmp(policy, "Never") != 0) return;
  build_text(m->im->arena, o->w->service, "restart", "no");
  k8s_used(m, o, "restartPolicy");
}

/* --- the pod ------------------------------------------------------------------------------------------------------------------ */

static const char *words_of(struct arena *arena, const struct json_value *container) {
  const char *command = import_words(arena, NULL, json_member(container, "command"));
  return import_words(arena, command, json_member(container, "args"));
}

static const struct json_value *main_container(const struct json_value *containers) { return json_first(containers); }

static void note_ignored(struct manifests *m, const struct k8s_object *o, const struct json_value *of, const char *const *taken) {
  const char *text = "";
  const struct json_value *first = NULL;
  for (const struct json_value *v = json_first(of); v; v = json_next(v)) {
    bool known = false;
    for (int i = 0; taken[i]; i++) known = known || !strcmp(taken[i], v->name);
    if (known) continue;
    if (!first) first = v;
    text = arena_format(m->im->arena, "%s%s%.60s", text, *text ? ", " : "", v->name);
  }
  if (first)
    import_note(m->im, IMPORT_IGNORED, &first->name_position, "%s: %s: without a counterpart, or without effect on speed", o->name,
                text);
}

static const char *const pod_keys[] = {"containers",
                                       "nodeSelector",
                                       "topologySpreadConstraints",
                                       "affinity",
                                       "volumes",
                                       "terminationGracePeriodSeconds",
                                       "restartPolicy",
                                       NULL};
static const char *const container_keys[] = {
    "name",         "image",          "command",       "args",      "env",          "envFrom", "resources",
    "startupProbe", "readinessProbe", "livenessProbe", "lifecycle", "volumeMounts", "ports",   NULL};

static void hints(struct manifests *m, struct k8s_object *o, const struct json_value *container) {
  for (const struct json_value *v = json_first(json_member(container, "env")); v; v = json_next(v))
    if (json_scalar(json_member(v, "name"))) stack_hint(&m->stack, o->w, json_scalar(json_member(v, "name")));
}

void k8s_pod(struct manifests *m, struct k8s_object *o, const struct json_value *pod) {
  const struct json_value *containers = json_member(pod, "containers"), *main = main_container(containers);
  if (!main || main->type != JSON_OBJECT) {
    diagnostic_add(m->im->diagnostics, &o->w->at, "%s %s has no containers", o->kind, o->name);
    return;
  }
  struct sums sums = {0};
  for (const struct json_value *v = main; v; v = v->next) {
    add_container(m, v, &sums, v == main);
    if (v != main)
      import_note(m->im, IMPORT_IGNORED, &v->position, "%s: what its container \"%s\" does; its requests count", o->name,
                  json_scalar(json_member(v, "name")) ? json_scalar(json_member(v, "name")) : "");
  }
  o->w->image = json_scalar(json_member(main, "image"));
  o->w->command = words_of(m->im->arena, main);
  hints(m, o, main);
  k8s_used(m, o, "image");
  image_settle(&m->stack, o->w);
  if (!strcmp(o->kind, "DaemonSet") && o->w->role == ROLE_APP) o->w->role = ROLE_TOOL;
  put_resources(m, o, &sums);
  put_probes(m, o, main);
  put_end(m, o, pod, main);
  put_restart(m, o, pod);
  put_volume(m, o, pod);
  put_selector(m, o, json_member(pod, "nodeSelector"));
  put_topology(m, o, json_member(pod, "topologySpreadConstraints"));
  put_affinity(m, o, json_member(pod, "affinity"));
  note_ignored(m, o, pod, pod_keys);
  note_ignored(m, o, main, container_keys);
}

/* --- calls -------------------------------------------------------------------------------------------------------------------- */

static void mention_map(struct manifests *m, struct k8s_object *o, const char *name, const struct position *at) {
  const struct k8s_object *map = name ? k8s_named(m, "ConfigMap", name, o->space) : NULL;
  if (!map && name) import_note(m->im, IMPORT_IGNORED, at, "%s: the ConfigMap %.80s is not in the files", o->name, name);
  for (const struct json_value *v = map ? json_first(json_member(map->value, "data")) : NULL; v; v = json_next(v))
    if (json_scalar(v)) stack_mentions(&m->stack, o->w, v->name, json_scalar(v), &v->position);
}

static void mention_variable(struct manifests *m, struct k8s_object *o, const struct json_value *variable) {
  const char *key = json_scalar(json_member(variable, "name")), *value = json_scalar(json_member(variable, "value"));
  const struct json_value *from = json_member(json_member(variable, "valueFrom"), "configMapKeyRef");
  if (!key) return;
  if (from) {
    const char *name = json_scalar(json_member(from, "name")), *entry = json_scalar(json_member(from, "key"));
    const struct k8s_object *map = name ? k8s_named(m, "ConfigMap", name, o->space) : NULL;
    value = map && entry ? json_scalar(json_member(json_member(map->value, "data"), entry)) : NULL;
  }
  if (json_member(json_member(variable, "valueFrom"), "secretKeyRef"))
    import_note(m->im, IMPORT_IGNORED, &variable->position,
                "%s.env.%.80s: secrets are not read: add the call by hand if it names a database", o->name, key);
  if (value) stack_mentions(&m->stack, o->w, key, value, &variable->position);
}

void k8s_calls(struct manifests *m, struct k8s_object *o) {
  const struct json_value *template = json_member(json_member(o->spec, "template"), "spec"), *pod = template ? template : o->spec;
  const struct json_value *main = main_container(json_member(pod, "containers"));
  for (const struct json_value *v = json_first(json_member(main, "env")); v; v = json_next(v)) mention_variable(m, o, v);
  for (const struct json_value *v = json_first(json_member(main, "envFrom")); v; v = json_next(v))
    mention_map(m, o, json_scalar(json_member(json_member(v, "configMapRef"), "name")), &v->position);
  for (const struct json_value *v = json_first(json_member(pod, "volumes")); v; v = json_next(v))
    if (json_member(v, "configMap")) mention_map(m, o, json_scalar(json_member(json_member(v, "configMap"), "name")), &v->position);
  if (o->w->command) stack_mentions(&m->stack, o->w, "", o->w->command, &o->w->at);
}
