#include "sim/import/compose_file.h"
#include "sim/import/build.h"
#include "sim/json/source_file.h"
#include "sim/json/yaml.h"
#include <string.h>

enum { FILES_DEEP = 16, FILES_READ = 64, INCLUDES = 1000 };

struct reading {
  struct import *im;
  const struct compose_variables *variables;
  const char *followed[FILES_DEEP]; /* "file: service" of `extends` on the way, and included files */
  int depth;
  struct {
    const char *path;
    struct json_value *root;
  } read[FILES_READ];
  int read_count, includes;
};

/* --- merging ------------------------------------------------------------------------------------------------------------------ */

static bool is_among(const char *const *words, const char *word) {
  while (*words && strcmp(*words, word) != 0) words++;
  return *words != NULL;
}

/* "8080" of "127.0.0.1:8080:80", what a volume or device is mounted at: entries with the same key replace each other. */
static const char *entry_key(struct arena *arena, const char *list, const struct json_value *v) {
  const char *text = json_scalar(v);
  if (!strcmp(list, "volumes") && v->type == JSON_OBJECT) return json_scalar(json_member(v, "target"));
  if (!text || (strcmp(list, "volumes") && strcmp(list, "devices"))) return text;
  const char *colon = strchr(text, ':');
  if (!colon) return text;
  return arena_format(arena, "%.*s", (int)strcspn(colon + 1, ":"), colon + 1);
}

static struct json_value *join_lists(struct arena *arena, const char *name, const struct json_value *a,
                                     const struct json_value *b) {
  struct json_value *list = json_renamed(arena, b, name);
  list->first = list->last = NULL, list->count = 0;
  for (const struct json_value *v = a->first; v; v = v->next) {
    const char *key = entry_key(arena, name, v);
    bool replaced = false;
    for (const struct json_value *w = b->first; w && key; w = w->next) {
      const char *other = entry_key(arena, name, w);
      replaced = replaced || (other && !strcmp(key, other));
    }
    if (!replaced) json_append(list, json_renamed(arena, v, NULL));
  }
  for (const struct json_value *v = b->first; v; v = v->next) json_append(list, json_renamed(arena, v, NULL));
  return list;
}

/* What may be a list of names or NAME=value, or an object: always an object. */
static const struct json_value *as_object(struct arena *arena, const struct json_value *v) {
  if (v->type != JSON_LIST) return v;
  struct json_value *object = json_object_at(arena, v);
  for (const struct json_value *m = v->first; m; m = m->next) {
    const char *text = json_scalar(m), *equals = text ? strchr(text, '=') : NULL;
    if (!text) continue;
    struct json_value *entry = build_text(arena, object, equals ? arena_format(arena, "%.*s", (int)(equals - text), text) : text,
                                          equals ? equals + 1 : "");
    entry->position = entry->name_position = m->position;
    if (!equals) entry->type = JSON_NULL;
  }
  return object;
}

static struct json_value *merged(struct arena *arena, const char *name, const struct json_value *a, const struct json_value *b) {
  static const char *const maps[] = {"environment", "labels", "depends_on", "networks", "extra_hosts", "args", "sysctls", NULL},
                           *const replaced[] = {"command", "entrypoint", "test", NULL};
  if (name && is_among(maps, name)) a = as_object(arena, a), b = as_object(arena, b);
  if (b->replaces || a->type != b->type || (name && is_among(replaced, name))) return json_renamed(arena, b, name);
  if (b->type == JSON_LIST) return join_lists(arena, name, a, b);
  if (b->type != JSON_OBJECT) return json_renamed(arena, b, name);
  struct json_value *object = json_object_at(arena, b);
  object->name = name;
  for (const struct json_value *v = a->first; v; v = v->next) {
    const struct json_value *w = json_member(b, v->name);
    json_append(object, w ? merged(arena, v->name, v, w) : json_renamed(arena, v, v->name));
  }
  for (const struct json_value *w = b->first; w; w = w->next)
    if (!json_member(a, w->name)) json_append(object, json_renamed(arena, w, w->name));
  json_sort(arena, object);
  return object;
}

/* --- one file ----------------------------------------------------------------------------------------------------------------- */

static struct json_value *refuse(struct reading *r, const struct position *at, const char *text) {
  diagnostic_add(r->im->diagnostics, at, "%s", text);
  return NULL;
}

static struct json_value *read_one(struct reading *r, const char *path) {
  struct import *im = r->im;
  const struct source_text *source = source_read_file(im->arena, im->diagnostics, path, JSON_FILE_LIMIT);
  if (!source) return NULL;
  struct position whole = {source, 0, 0};
  struct json_value *list = import_documents(im, source);
  if (!list) return NULL;
  struct json_value *root = list->first;
  if (!root) return refuse(r, &whole, "is empty: expected keys such as \"services:\"");
  if (root->next) return refuse(r, &root->next->position, "a second document: a Compose file is one");
  if (root->type != JSON_OBJECT) return refuse(r, &whole, "is not a Compose file: it is no object");
  if (json_member(root, "apiVersion") && json_member(root, "kind"))
    return refuse(r, &root->position, "is a Kubernetes manifest and not a Compose file: aguanta import k8s");
  if (json_member(root, "aguanta")) return refuse(r, &root->position, "is a scenario already, and not a Compose file");
  compose_fill_in(im, r->variables, root);
  return root;
}

/* Many services may extend those of one file. */
static struct json_value *read_once(struct reading *r, const char *path) {
  for (int i = 0; i < r->read_count; i++)
    if (!strcmp(r->read[i].path, path)) return r->read[i].root;
  struct json_value *root = read_one(r, path);
  if (r->read_count < FILES_READ) r->read[r->read_count].path = path, r->read[r->read_count++].root = root;
  return root;
}

/* --- extends and include ------------------------------------------------------------------------------------------------------ */

static bool enter(struct reading *r, const char *what, const struct position *at) {
  for (int i = 0; i < r->depth; i++)
    if (!strcmp(r->followed[i], what)) return refuse(r, at, arena_format(r->im->arena, "in a circle: %s again", what)) != NULL;
  if (r->depth == FILES_DEEP) return refuse(r, at, "more than 16 files or services after each other") != NULL;
  r->followed[r->depth++] = what;
  return true;
}

static const struct json_value *extended(struct reading *r, const struct json_value *services, const struct json_value *service,
                                         const char *path);

/* The service that `extends` names, from this file or another one, with what it extends itself. */
static const struct json_value *base_of(struct reading *r, const struct json_value *services, const struct json_value *extends,
                                        const char *path) {
  struct arena *arena = r->im->arena;
  const char *name = json_scalar(extends), *file = NULL;
  if (!name) name = json_scalar(json_member(extends, "service")), file = json_scalar(json_member(extends, "file"));
  if (!name) return refuse(r, json_position(extends), "\"extends\" names a service: {file: common.yaml, service: web}");
  const char *from = file ? source_beside(arena, NULL, path, file) : path;
  if (file && !source_named(r->im->diagnostics, json_position(extends), from)) return NULL;
  if (file) {
    const struct json_value *root = read_once(r, from);
    if (!root) return NULL;
    services = json_member(root, "services");
  }
  const struct json_value *base = json_member(services, name);
  if (!base)
    return refuse(r, json_position(extends),
                  arena_format(arena, "\"extends\" names the service \"%s\", which is not in %s", name, from));
  if (!enter(r, arena_format(arena, "%s: %s", from, name), json_position(extends))) return NULL;
  base = extended(r, services, base, from);
  r->depth--;
  return base;
}

static const struct json_value *extended(struct reading *r, const struct json_value *services, const struct json_value *service,
                                         const char *path) {
  const struct json_value *extends = json_member(service, "extends");
  if (!extends || extends->type == JSON_NULL) return service;
  const struct json_value *base = base_of(r, services, extends, path);
  return base ? merged(r->im->arena, service->name, base, service) : service;
}

static struct json_value *with_includes(struct reading *r, struct json_value *root, const char *path);

static struct json_value *include_file(struct reading *r, struct json_value *root, const struct json_value *name,
                                       const char *path) {
  const char *file = json_scalar(name) ? source_beside(r->im->arena, NULL, path, json_scalar(name)) : NULL;
  if (!file) {
    diagnostic_add(r->im->diagnostics, json_position(name), "\"include\" takes names of files");
    return root;
  }
  if (r->includes++ == INCLUDES)
    diagnostic_add(r->im->diagnostics, json_position(name), "more than %d files are included", INCLUDES);
  if (r->includes > INCLUDES || !source_named(r->im->diagnostics, json_position(name), file) ||
      !enter(r, file, json_position(name)))
    return root;
  struct json_value *other = read_once(r, file);
  if (other) other = with_includes(r, other, file);
  r->depth--;
  return other ? merged(r->im->arena, NULL, other, root) : root;
}

/* A name, or an object whose "path" is one or a list of them. */
static struct json_value *included(struct reading *r, struct json_value *root, const struct json_value *what, const char *path) {
  const struct json_value *paths = what->type == JSON_OBJECT ? json_member(what, "path") : what;
  for (const struct json_value *v = what->type == JSON_OBJECT ? what->first : NULL; v; v = v->next)
    if (v != paths) import_note(r->im, IMPORT_IGNORED, &v->name_position, "include.%s: only \"path\" is taken", v->name);
  if (!paths || paths->type != JSON_LIST) return include_file(r, root, paths ? paths : what, path);
  for (const struct json_value *v = paths->first; v; v = v->next) root = include_file(r, root, v, path);
  return root;
}

/* The file with what it includes and what its services extend. */
static struct json_value *with_includes(struct reading *r, struct json_value *root, const char *path) {
  const struct json_value *services = json_member(root, "services"), *include = json_member(root, "include");
  if (services && services->type == JSON_OBJECT) {
    struct json_value *all = json_object_at(r->im->arena, services);
    all->name = "services";
    for (const struct json_value *v = services->first; v; v = v->next)
      json_append(all, json_renamed(r->im->arena, extended(r, services, v, path), v->name));
    struct json_value *with = json_object_at(r->im->arena, root);
    for (const struct json_value *v = root->first; v; v = v->next)
      json_append(with, v == services ? all : json_renamed(r->im->arena, v, v->name));
    root = with;
  }
  if (include && include->type != JSON_LIST) return included(r, root, include, path);
  for (const struct json_value *v = include ? include->first : NULL; v; v = v->next) root = included(r, root, v, path);
  return root;
}

struct json_value *compose_read(struct import *im, const char *const *files, uint32_t count) {
  struct reading r = {.im = im, .variables = compose_variables_read(im, files[0])};
  struct json_value *project = NULL;
  for (uint32_t i = 0; i < count; i++) {
    struct json_value *root = read_one(&r, files[i]);
    if (!root) return NULL;
    root = with_includes(&r, root, files[i]);
    project = project ? merged(im->arena, NULL, project, root) : root;
  }
  return diagnostics_errors(im->diagnostics) ? NULL : project;
}
