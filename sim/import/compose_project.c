#include "sim/import/build.h"
#include "sim/import/compose_file.h"
#include "sim/import/compose_inner.h"
#include <stdlib.h>
#include <string.h>

/* --- deploy ------------------------------------------------------------------------------------------------------------------- */

/* Keys that mean something to Swarm only. */
bool compose_is_swarm(const struct json_value *services) {
  static const char *const keys[] = {"update_config", "rollback_config", "placement", "endpoint_mode", "mode"};
  for (const struct json_value *v = json_first(services); v; v = json_next(v))
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
      if (json_member(json_member(v, "deploy"), keys[i])) return true;
  return false;
}

static void take_update(struct converting *c, const struct json_value *v) {
  static const struct {
    const char *theirs, *ours;
  } rows[] = {{"parallelism", "parallelism"},
              {"order", "order"},
              {"delay", "delay"},
              {"monitor", "monitor"},
              {"failure_action", "on_failure"}};
  struct json_value *update = build_under(c->im->arena, c->w->service, "update");
  build_text(c->im->arena, update, "kind", "tasks");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *text = json_scalar(json_member(v, rows[i].theirs));
    if (text) build_scalar(c->im->arena, update, rows[i].ours, text);
  }
  const struct json_value *ratio = json_member(v, "max_failure_ratio");
  if (ratio && json_scalar(ratio)) build_scalar(c->im->arena, update, "max_failure", json_scalar(ratio));
}

/* "node.labels.disk == ssd" */
static void take_constraint(struct converting *c, const struct json_value *v) {
  const char *text = json_scalar(v);
  static const char prefix[] = "node.labels.";
  const char *equals = text ? strstr(text, "==") : NULL;
  if (!equals || strncmp(text, prefix, sizeof prefix - 1) != 0) {
    import_note(c->im, IMPORT_IGNORED, &v->position, "%s.placement: the constraint \"%.60s\"", c->w->name, text ? text : "");
    return;
  }
  const char *name = text + sizeof prefix - 1, *value = equals + 2 + strspn(equals + 2, " ");
  struct json_value *labels = build_under(c->im->arena, c->w->service, "node_selector");
  build_text(c->im->arena, labels, arena_format(c->im->arena, "%.*s", (int)strcspn(name, " ="), name), value);
  c->w->selector = labels;
}

static void take_placement(struct converting *c, const struct json_value *v) {
  for (const struct json_value *m = json_first(v); m; m = json_next(m)) {
    if (!strcmp(json_name(m) ? json_name(m) : "", "constraints") && m->type == JSON_LIST)
      for (const struct json_value *one = m->first; one; one = one->next) take_constraint(c, one);
    else
      import_note(c->im, IMPORT_IGNORED, &m->name_position, "%s.placement.%s: replicas spread over nodes anyway", c->w->name,
                  m->name);
  }
}

static void take_policy(struct converting *c, const struct json_value *v) {
  const char *condition = json_scalar(json_member(v, "condition"));
  const struct json_value *attempts = json_member(v, "max_attempts");
  c->restarts = !condition || strcmp(condition, "none") != 0;
  c->restart_said = c->policy_said = true;
  if (attempts && c->restarts) compose_attempts(c, attempts);
  if (!c->restarts && c->swarm) build_text(c->im->arena, c->w->service, "restart", "no");
}

static void take_mode(struct converting *c, const struct json_value *v) {
  const char *mode = json_scalar(v);
  if (mode && !strcmp(mode, "global"))
    import_note(c->im, IMPORT_ASSUMED, &v->position, "%s.deploy.mode: global is taken as one replica", c->w->name);
}

void compose_deploy(struct converting *c, const struct json_value *deploy) {
  for (const struct json_value *v = json_first(deploy); v; v = json_next(v)) {
    const char *key = json_name(v);
    if (!key) return;
    if (!strcmp(key, "replicas"))
      compose_replicas(c, v);
    else if (!strcmp(key, "resources"))
      compose_resources(c, v);
    else if (!strcmp(key, "update_config"))
      take_update(c, v);
    else if (!strcmp(key, "placement"))
      take_placement(c, v);
    else if (!strcmp(key, "restart_policy"))
      take_policy(c, v);
    else if (!strcmp(key, "mode"))
      take_mode(c, v);
    else if (strncmp(key, "x-", 2))
      import_note(c->im, IMPORT_IGNORED, &v->name_position, "%s.deploy.%s: it has no counterpart", c->w->name, key);
  }
}

/* --- the project -------------------------------------------------------------------------------------------------------------- */

static bool has_profile(const struct import *im, const struct json_value *service) {
  const struct json_value *profiles = json_member(service, "profiles");
  if (!profiles || !profiles->first) return true;
  for (const struct json_value *v = profiles->first; v; v = v->next)
    for (uint32_t i = 0; i < im->profile_count; i++)
      if (json_scalar(v) && (!strcmp(json_scalar(v), im->profiles[i]) || !strcmp(im->profiles[i], "*"))) return true;
  return false;
}

/* Services that another one waits for until they are done: migrations, no servers. */
static struct json_value *done_once(struct arena *arena, const struct json_value *services) {
  struct json_value *names = build_object(arena, NULL, NULL);
  for (const struct json_value *v = services->first; v; v = v->next)
    for (const struct json_value *d = json_first(json_member(v, "depends_on")); d; d = d->next) {
      const char *condition = json_scalar(json_member(d, "condition"));
      if (condition && d->name && !strcmp(condition, "service_completed_successfully")) build_flag(arena, names, d->name, true);
    }
  json_sort(arena, names);
  return names;
}

/* Of its `scale`, else of `deploy`. */
static bool has_no_replicas(const struct json_value *service) {
  const struct json_value *count = json_member(service, "scale");
  if (!count) count = json_member(json_member(service, "deploy"), "replicas");
  return json_type(count) == JSON_NUMBER && json_number(count) == 0;
}

static bool is_taken(struct import *im, const struct json_value *once, const struct json_value *v) {
  const char *why = NULL;
  if (v->type != JSON_OBJECT)
    diagnostic_add(im->diagnostics, &v->name_position, "service \"%s\" must be an object", v->name);
  else if (!import_is_name(v->name))
    diagnostic_add(im->diagnostics, &v->name_position, "the name \"%.80s\" must be 1 to 63 of the characters A-Z a-z 0-9 _ . -",
                   v->name);
  else if (!has_profile(im, v))
    why = "its profile is not asked for: --profile";
  else if (json_member(once, v->name))
    why = "it runs once, before others start";
  else if (has_no_replicas(v))
    why = "it has 0 replicas";
  else
    return true;
  if (why) import_note(im, IMPORT_IGNORED, &v->name_position, "%s: %s", v->name, why);
  return false;
}

static void note_rest(struct import *im, const struct json_value *project) {
  static const struct {
    const char *key, *why;
  } rows[] = {{"networks", "all services reach each other"},
              {"configs", "they change no speed"},
              {"secrets", "they change no speed"},
              {"services", NULL},
              {"volumes", NULL},
              {"name", NULL},
              {"version", NULL},
              {"include", NULL}};
  for (const struct json_value *v = project->first; v; v = v->next) {
    const char *why = "no key of a Compose file that aguanta knows";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
      if (!strcmp(rows[i].key, v->name)) why = rows[i].why;
    if (why && strncmp(v->name, "x-", 2)) import_note(im, IMPORT_IGNORED, &v->name_position, "%s: %s", v->name, why);
  }
}

/* The folder, as Compose names a project; of a file in this one its own name. */
static const char *project_name(struct import *im, const struct json_value *project, const char *file) {
  const char *name = json_scalar(json_member(project, "name")), *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
  if (name && import_is_name(name)) return name;
  const char *folder = slash;
  while (folder && folder > file && folder[-1] != '/') folder--;
  name = slash && strcmp(file, "/dev/stdin") ? arena_format(im->arena, "%.*s", (int)(slash - folder), folder) : "";
  if (!import_is_name(name) || *name == '.') name = arena_format(im->arena, "%.*s", (int)strcspn(base, "."), base);
  return import_is_name(name) ? name : "imported";
}

struct json_value *import_compose(struct import *im, const char *const *files, uint32_t count) {
  struct json_value *project = compose_read(im, files, count);
  const struct json_value *services = json_member(project, "services");
  if (!project) return NULL;
  if (!services || services->type != JSON_OBJECT) {
    diagnostic_add(im->diagnostics, &project->position, "is not a Compose file: it has no \"services\"");
    return NULL;
  }
  struct stack stack = {.im = im, .platform = compose_is_swarm(services) ? "swarm" : "compose"};
  stack.name = project_name(im, project, files[0]);
  const char *slash = strrchr(files[0], '/');
  stack.title = arena_format(im->arena, "Imported from %s", slash ? slash + 1 : files[0]);
  struct converting *all = arena_alloc_array(im->arena, sizeof *all, json_count(services) + 1);
  const struct json_value *once = done_once(im->arena, services);
  uint32_t taken = 0;
  for (const struct json_value *v = services->first; v; v = v->next) {
    if (!is_taken(im, once, v)) continue;
    struct converting *c = &all[taken++];
    *c = (struct converting){.im = im, .stack = &stack, .file = files[0], .swarm = !strcmp(stack.platform, "swarm")};
    c->w = stack_add(&stack, v->name, &v->name_position);
    compose_service(c, v);
    c->w->cpu = c->cpu * c->replicas, c->w->memory = c->memory * c->replicas;
    c->w->largest_cpu = c->cpu, c->w->largest_memory = c->memory;
  }
  for (uint32_t i = 0; i < taken; i++) compose_calls(&all[i]);
  for (uint32_t i = taken; i < stack.count; i++) image_settle(&stack, &stack.items[i]); /* what is elsewhere */
  note_rest(im, project);
  return diagnostics_errors(im->diagnostics) ? NULL : stack_scenario(&stack);
}
