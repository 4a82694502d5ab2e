#include "sim/json/json.h"
#include "sim/engine/arena.h"
#include "sim/json/json_node.h"
#include "sim/json/json_scan.h"
#include "sim/json/source_file.h"
#include "sim/json/yaml.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_value *json_new(struct arena *arena, enum json_type type) {
  struct json_value *v = arena_alloc(arena, sizeof *v);
  v->type = type;
  return v;
}

void json_append(struct json_value *parent, struct json_value *child) {
  child->next = NULL;
  if (parent->last)
    parent->last->next = child;
  else
    parent->first = child;
  parent->last = child;
  parent->count++;
  parent->sorted = NULL;
}

static int compare_names(const void *a, const void *b) {
  const struct json_value *x = *(struct json_value *const *)a, *y = *(struct json_value *const *)b;
  int order = strcmp(x->name, y->name);
  return order ? order : x->name_position.offset < y->name_position.offset ? -1 : 1;
}

enum { MANY = 16 };

void json_sort(struct arena *arena, struct json_value *object) {
  if (object->type != JSON_OBJECT || object->count < 2) return;
  struct json_value **sorted = arena_alloc(arena, object->count * sizeof *sorted);
  uint32_t count = 0;
  for (struct json_value *v = object->first; v; v = v->next) sorted[count++] = v;
  qsort(sorted, count, sizeof *sorted, compare_names);
  object->sorted = sorted;
}

void json_stamp(struct json_value *v, const struct source_text *source, enum json_origin origin) {
  v->origin = origin;
  v->position = v->name_position = (struct position){source, 0, 0};
  for (struct json_value *child = v->first; child; child = child->next) json_stamp(child, source, origin);
}

void json_stamp_origin(struct json_value *v, enum json_origin origin) {
  v->origin = origin;
  for (struct json_value *child = v->first; child; child = child->next) json_stamp_origin(child, origin);
}

struct json_value *json_renamed(struct arena *arena, const struct json_value *v, const char *name) {
  struct json_value *copy = json_new(arena, v->type);
  *copy = *v;
  copy->name = name;
  copy->next = NULL;
  return copy;
}

struct json_value *json_object_at(struct arena *arena, const struct json_value *at) {
  struct json_value *object = json_new(arena, JSON_OBJECT);
  object->origin = at->origin;
  object->position = at->position;
  object->name_position = at->name_position;
  object->name = at->name;
  return object;
}

struct reader {
  struct arena *arena;
  struct diagnostics *diagnostics;
  const struct source_text *source;
  struct json_scan scan;
  uint32_t next; /* mark of the value that is copied next */
};

/* Finding a line reads the file from its beginning: not for each of 10^5 duplicates. */
static void duplicate_key(struct arena *arena, struct diagnostics *d, const struct json_value *kept,
                          const struct json_value *again) {
  uint32_t line = 0, column;
  bool shown = diagnostics_errors(d) < 10 * DIAGNOSTICS_SHOWN;
  if (shown) position_locate(&kept->name_position, &line, &column);
  const char *first = shown ? arena_format(arena, ": first given on line %u", line) : "";
  diagnostic_add(d, &again->name_position, "duplicate key \"%s\"%s", kept->name, first);
}

/* Sorted, because an object may have 10^5 keys. */
void json_drop_duplicates(struct arena *arena, struct diagnostics *d, struct json_value *object) {
  if (object->count < 2) return;
  json_sort(arena, object);
  struct json_value **sorted = object->sorted;
  uint32_t count = object->count;
  bool dropped = false;
  const struct json_value *kept = sorted[0];
  for (uint32_t i = 1; i < count; i++) {
    if (strcmp(sorted[i]->name, kept->name) != 0) {
      kept = sorted[i];
      continue;
    }
    duplicate_key(arena, d, kept, sorted[i]);
    sorted[i]->name = NULL;
    dropped = true;
  }
  if (!dropped) return;
  struct json_value *v = object->first;
  object->first = object->last = NULL;
  object->count = 0;
  for (struct json_value *next; v; v = next) {
    next = v->next;
    if (v->name) json_append(object, v);
  }
  json_sort(arena, object);
}

static enum json_type type_of(const cJSON *node) {
  if (cJSON_IsBool(node)) return JSON_FLAG;
  if (cJSON_IsNumber(node)) return JSON_NUMBER;
  if (cJSON_IsString(node)) return JSON_TEXT;
  if (cJSON_IsArray(node)) return JSON_LIST;
  if (cJSON_IsObject(node)) return JSON_OBJECT;
  return JSON_NULL;
}

/* Copies a node with its position. cJSON's order is the order of the text, so marks are taken one after the other. */
static struct json_value *copy_node(struct reader *r, const cJSON *node) {
  struct json_value *v = json_new(r->arena, type_of(node));
  const struct json_mark *mark = &r->scan.marks[r->next++];
  v->position = (struct position){r->source, mark->offset, mark->length};
  v->name_position = v->position;
  if (mark->name_length) {
    v->name_position = (struct position){r->source, mark->name_offset, mark->name_length};
    v->name = arena_text(r->arena, node->string);
  }
  v->flag = cJSON_IsTrue(node);
  if (v->type == JSON_TEXT) v->text = arena_text(r->arena, node->valuestring);
  if (v->type == JSON_NUMBER) {
    v->text = arena_format(r->arena, "%.*s", (int)mark->length, r->source->text + mark->offset);
    v->number = node->valuedouble;
  }
  for (const cJSON *child = node->child; child; child = child->next) json_append(v, copy_node(r, child));
  if (v->type == JSON_OBJECT) json_drop_duplicates(r->arena, r->diagnostics, v);
  return v;
}

static bool ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && !strcmp(text + n - m, end);
}

/* What is clearly something else, such as a file of the system that was named by mistake or by malice, is not shown in excerpts. */
static bool may_be_json(struct arena *arena, const struct source_text *source) {
  const char *p = source->text, *end = p + source->length;
  while (p < end && strchr(" \t\r\n", *p)) p++;
  static const char *const words[] = {"true", "false", "null"};
  for (int i = 0; i < 3; i++)
    if ((size_t)(end - p) >= strlen(words[i]) && !memcmp(p, words[i], strlen(words[i]))) return true;
  return p == end || source->is_option || yaml_first_key(arena, p) || (*p && strchr("{[\"/-0123456789'", *p)) ||
         (unsigned char)*p == 0xEF;
}

/* The text must live in the arena and end with a zero byte. */
static struct json_value *read_source(struct arena *arena, struct diagnostics *d, const struct source_text *source) {
  if (yaml_is_meant(source)) return yaml_read(arena, d, source);
  if (!may_be_json(arena, source)) {
    struct position whole = {source, 0, 0};
    diagnostic_add(d, &whole, "is not JSON: it begins with none of { [ \" and the like");
    return NULL;
  }
  struct reader r = {.arena = arena, .diagnostics = d, .source = source};
  if (!json_scan_text(arena, d, source, ends_with(source->name, ".jsonc"), &r.scan)) return NULL;
  cJSON *tree = cJSON_ParseWithLength(r.scan.plain, source->length + 1);
  if (!tree) out_of_memory(0); /* the scan has found no error */
  assert(tree);                /* the scan is stricter than cJSON */
  struct json_value *root = copy_node(&r, tree);
  assert(r.next == r.scan.count);
  cJSON_Delete(tree);
  return root;
}

static bool mostly_known(const struct json_value *root, const struct json_kind *kind) {
  uint32_t count = 0;
  if (json_type(root) != JSON_OBJECT) return false;
  for (const struct json_value *m = json_first(root); m; m = json_next(m)) count += kind->known(kind->context, json_name(m));
  return 2 * count > json_count(root);
}

/* Nothing of the text: only where it stops being JSON. */
static void not_ours(struct diagnostics *d, const struct position *at, const char *path, const struct json_kind *kind,
                     const struct json_value *root, const struct diagnostics *unheard) {
  struct arena *arena = arena_new();
  const char *place = root ? "" : diagnostics_render(unheard, arena) + strlen(path);
  int length = (int)strcspn(place, " "); /* ":3:7:", or ":" where it has no place */
  if (root && json_type(root) != JSON_OBJECT)
    diagnostic_add(d, at, "%s holds %s and not an object", path, json_type_name(root));
  else if (root)
    diagnostic_add(d, at, "%s is not %s: most of its keys are unknown", path, kind->called);
  else
    diagnostic_add(d, at, "%s is not %s: it is not JSON%s%.*s", path, kind->called, length > 2 ? " from " : "",
                   length > 2 ? length - 2 : 0, length > 2 ? place + 1 : "");
  arena_free(arena);
}

/* Whether "aguanta" is among its words: in JSON in quotes, in YAML a key of the outermost level too. */
static bool names_us(const struct source_text *source) {
  static const char word[] = "\"aguanta\"", key[] = "\naguanta:";
  bool quoted = memmem(source->text, source->length, word, sizeof word - 1);
  return quoted || !strncmp(source->text, key + 1, sizeof key - 2) || memmem(source->text, source->length, key, sizeof key - 1);
}

struct json_value *json_read_named(struct arena *arena, struct diagnostics *d, const struct position *at, const char *path,
                                   const struct json_kind *kind) {
  const struct source_text *source = source_read_file(arena, d, path, JSON_FILE_LIMIT);
  if (!source) return NULL;
  struct diagnostics *unheard = diagnostics_new(arena);
  struct json_value *root = read_source(arena, unheard, source);
  bool ours = mostly_known(root, kind) || names_us(source);
  if (ours && diagnostics_errors(unheard)) return read_source(arena, d, source);
  if (!ours) not_ours(d, at, path, kind, root, unheard);
  return ours ? root : NULL;
}

struct json_value *json_read_text(struct arena *arena, struct diagnostics *d, const char *name, const char *text, size_t length) {
  if (source_too_large(d, name, length, JSON_FILE_LIMIT)) return NULL;
  char *copy = arena_alloc(arena, length + 1);
  memcpy(copy, text, length);
  return read_source(arena, d, diagnostics_source(d, name, copy, length));
}

struct json_value *json_read_file(struct arena *arena, struct diagnostics *d, const char *path) {
  const struct source_text *source = source_read_file(arena, d, path, JSON_FILE_LIMIT);
  return source ? read_source(arena, d, source) : NULL;
}

enum json_type json_type(const struct json_value *v) { return v ? v->type : JSON_NULL; }

const char *json_type_name(const struct json_value *v) {
  static const char *const names[] = {[JSON_NULL] = "null",
                                      [JSON_NUMBER] = "a number",
                                      [JSON_TEXT] = "a string",
                                      [JSON_LIST] = "a list",
                                      [JSON_OBJECT] = "an object"};
  return json_type(v) == JSON_FLAG ? (v->flag ? "true" : "false") : names[json_type(v)];
}

bool json_is_plain(const struct json_value *v) { return v && v->plain; }
const char *json_scalar(const struct json_value *v) {
  return v && (v->type == JSON_TEXT || v->type == JSON_NUMBER || v->plain) ? v->text : NULL;
}
bool json_flag(const struct json_value *v) { return v && v->flag; }
double json_number(const struct json_value *v) { return v ? v->number : 0; }
const char *json_text(const struct json_value *v) { return json_type(v) == JSON_TEXT ? v->text : NULL; }
const char *json_raw_number_text(const struct json_value *v) { return json_type(v) == JSON_NUMBER ? v->text : NULL; }

static const struct json_value *find_sorted(const struct json_value *object, const char *name) {
  uint32_t low = 0, high = object->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    int order = strcmp(object->sorted[middle]->name, name);
    if (!order) return object->sorted[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

const struct json_value *json_member(const struct json_value *object, const char *name) {
  if (json_type(object) != JSON_OBJECT) return NULL;
  if (object->sorted && object->count > MANY) return find_sorted(object, name);
  for (const struct json_value *v = object->first; v; v = v->next)
    if (!strcmp(v->name, name)) return v;
  return NULL;
}

const struct json_value *json_first(const struct json_value *v) { return v ? v->first : NULL; }
const struct json_value *json_next(const struct json_value *v) { return v ? v->next : NULL; }
const char *json_name(const struct json_value *v) { return v ? v->name : NULL; }
uint32_t json_count(const struct json_value *v) { return v ? v->count : 0; }
const struct position *json_position(const struct json_value *v) { return v ? &v->position : NULL; }
const struct position *json_name_position(const struct json_value *v) { return v ? &v->name_position : NULL; }
bool json_taken_away(const struct json_value *v) { return v && v->type == JSON_NULL && v->flag; }
enum json_origin json_origin(const struct json_value *v) { return v ? v->origin : JSON_FROM_DEFAULT; }

char *json_source(struct arena *arena, const struct json_value *v) {
  if (!v || !v->position.source) return arena_text(arena, "default");
  if (v->position.source->is_option || v->position.length == 0) return arena_text(arena, v->position.source->name);
  uint32_t line, column;
  position_locate(&v->position, &line, &column);
  return arena_format(arena, "%s:%u", v->position.source->name, line);
}

const char *json_called(const struct json_value *v) {
  const struct json_value *inner = json_member(v, "value");
  const char *name = json_text(json_member(v, "name"));
  return name ? name : json_text(json_member(inner, "name"));
}

/* The element of a list whose name begins `path`: its "name". */
static const struct json_value *element_called(const struct json_value *list, const char *path, size_t length) {
  for (const struct json_value *v = list->first; v; v = v->next) {
    const char *name = json_called(v);
    if (name && length && strlen(name) == length && !strncmp(name, path, length)) return v;
  }
  return NULL;
}

/* The element of a list at the index that begins `path`, or of that name. */
static const struct json_value *element_at(const struct json_value *list, const char *path, size_t *used) {
  *used = strcspn(path, ".");
  if (strspn(path, "0123456789") != *used) return element_called(list, path, *used);
  char *end;
  unsigned long index = *path >= '0' && *path <= '9' ? strtoul(path, &end, 10) : (end = (char *)path, list->count);
  *used = (size_t)(end - path);
  const struct json_value *v = list->first;
  for (unsigned long i = 0; v && i < index; i++) v = v->next;
  return path[*used] == 0 || path[*used] == '.' ? v : NULL;
}

/* The member with the longest key that begins `path` and is followed by a dot or the end. */
static const struct json_value *member_at(const struct json_value *object, const char *path, size_t *used) {
  const struct json_value *best = NULL;
  *used = 0;
  for (const struct json_value *v = object->first; v; v = v->next) {
    size_t length = strlen(v->name);
    bool fits = length && !strncmp(v->name, path, length) && (path[length] == 0 || path[length] == '.');
    if (!fits || length <= *used) continue;
    *used = length;
    best = v;
  }
  return best;
}

const struct json_value *json_resolve_path(const struct json_value *root, const char *path) {
  const struct json_value *v = root;
  for (size_t used = 0; v && *path; path += used + (path[used] == '.')) {
    if (v->type != JSON_OBJECT && v->type != JSON_LIST) return NULL;
    v = v->type == JSON_LIST ? element_at(v, path, &used) : member_at(v, path, &used);
  }
  return v;
}
