#include "sim/json/yaml.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/json/yaml_inner.h"
#include <string.h>
#include <yaml.h>

struct anchor {
  const char *name;
  const struct json_value *value;
  uint64_t size; /* values in it, with what aliases added */
  int height;    /* lists and objects inside each other */
};

struct reader {
  struct arena *arena;
  struct diagnostics *diagnostics;
  const struct source_text *source;
  yaml_parser_t parser;
  bool loose;
  size_t skipped;            /* a byte order mark, which libyaml does not see */
  size_t characters, offset; /* where the last mark was: libyaml counts characters, positions count bytes */
  int depth, deepest;        /* deepest: of the value that is read */
  uint64_t values, expanded;
  struct anchor *anchors;
  uint32_t anchor_count;
};

/* --- positions ---------------------------------------------------------------------------------------------------------------- */

static bool continues(const struct reader *r, size_t at) {
  return at < r->source->length && ((unsigned char)r->source->text[at] & 0xC0) == 0x80;
}

/* Marks come in order, so the way from the last one is short. */
static size_t offset_of(struct reader *r, size_t characters) {
  for (; r->characters < characters && r->offset < r->source->length; r->characters++) {
    r->offset++;
    while (continues(r, r->offset)) r->offset++;
  }
  for (; r->characters > characters; r->characters--) {
    r->offset--;
    while (continues(r, r->offset)) r->offset--;
  }
  return r->offset;
}

static struct position stretch(struct reader *r, yaml_mark_t from, yaml_mark_t to) {
  size_t begin = offset_of(r, from.index), end = offset_of(r, to.index);
  return (struct position){r->source, (uint32_t)begin, end > begin ? (uint32_t)(end - begin) : 1};
}

static struct position place(struct reader *r, yaml_mark_t at) { return stretch(r, at, at); }

/* --- errors ------------------------------------------------------------------------------------------------------------------- */

/* Of bytes that are no text: libyaml says where they stand in bytes. */
static void bad_bytes(struct reader *r) {
  size_t at = r->parser.problem_offset + r->skipped;
  if (at > r->source->length) at = r->source->length;
  if (at && at == r->source->length) at--;
  unsigned char byte = (unsigned char)r->source->text[at];
  struct position position = {r->source, (uint32_t)at, 1};
  if (byte < 0x80)
    diagnostic_add(r->diagnostics, &position, byte ? "a raw control character: 0x%02X" : "a zero byte in the file", byte);
  else
    diagnostic_add(r->diagnostics, &position, "not valid UTF-8: byte 0x%02X", byte);
}

/* Whether the text begins like YAML or JSON: of a file that is something else nothing is shown. */
static bool may_be_shown(struct reader *r) {
  const char *p = r->source->text + strspn(r->source->text, " \t\r\n");
  return strchr("{[\"'-%&", *p) || !strncmp(p, "\xEF\xBB\xBF", 3) || yaml_first_key(r->arena, p);
}

static void syntax_error(struct reader *r) {
  yaml_parser_t *p = &r->parser;
  if (p->error == YAML_MEMORY_ERROR) out_of_memory(0);
  if (p->error == YAML_READER_ERROR) {
    bad_bytes(r);
    return;
  }
  const char *problem = p->problem ? p->problem : "it cannot be read";
  bool at_context = p->context && yaml_problem_at_context(problem);
  struct position position = place(r, at_context ? p->context_mark : p->problem_mark);
  char at = position.offset < r->source->length ? r->source->text[position.offset] : 0;
  const char *message = yaml_problem(r->arena, p->context, problem, at);
  if (!may_be_shown(r)) position.length = 0;
  diagnostic_add(r->diagnostics, &position, "%s%s", position.length ? "" : "is not YAML: ", message);
}

static bool next_event(struct reader *r, yaml_event_t *event) {
  if (yaml_parser_parse(&r->parser, event)) return true;
  syntax_error(r);
  return false;
}

/* Something that a scenario may not have. It is understood all the same, so that no other error follows from it. */
static void not_read(struct reader *r, const yaml_event_t *e, const char *what, const char *instead) {
  struct position position = place(r, e->start_mark);
  diagnostic_add(r->diagnostics, &position, "%s not read in scenarios: %s", what, instead);
}

static void check_decorations(struct reader *r, const yaml_event_t *e, const yaml_char_t *anchor, const yaml_char_t *tag) {
  if (r->loose) return;
  if (anchor) not_read(r, e, "anchors and aliases are", "write the value out, or put it into a file that this one `extends`");
  if (tag && strcmp((const char *)tag, "!") != 0) not_read(r, e, "tags are", "a value has the type of its key");
}

/* --- values ------------------------------------------------------------------------------------------------------------------- */

static struct json_value *read_value(struct reader *r, yaml_event_t *event);

static const char *scalar_text(struct reader *r, const yaml_event_t *e) {
  const char *text = (const char *)e->data.scalar.value;
  size_t length = e->data.scalar.length;
  struct position position = place(r, e->start_mark);
  if (strlen(text) != length) diagnostic_add(r->diagnostics, &position, "\\0 is not allowed: it would end the string");
  if (length > JSON_STRING_LIMIT)
    diagnostic_add(r->diagnostics, &position, "a string of %zu bytes: at most %d are allowed", length, JSON_STRING_LIMIT);
  return arena_text(r->arena, text);
}

static bool has_tag(const yaml_event_t *e, const char *tag) {
  return e->data.scalar.tag && !strcmp((const char *)e->data.scalar.tag, tag);
}

static struct json_value *read_scalar(struct reader *r, const yaml_event_t *e) {
  struct json_value *v = json_new(r->arena, JSON_TEXT);
  v->text = scalar_text(r, e);
  v->position = v->name_position = stretch(r, e->start_mark, e->end_mark);
  v->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !has_tag(e, YAML_STR_TAG);
  if (v->plain) yaml_take_type(v, r->loose);
  if (has_tag(e, "!reset")) v->type = JSON_NULL;
  return v;
}

static const struct anchor *anchor_named(const struct reader *r, const char *name) {
  for (uint32_t i = r->anchor_count; i-- > 0;)
    if (!strcmp(r->anchors[i].name, name)) return &r->anchors[i];
  return NULL;
}

/* Counts before it copies: a bomb is refused at its first level too many. */
static struct json_value *read_alias(struct reader *r, const yaml_event_t *e) {
  struct position position = stretch(r, e->start_mark, e->end_mark);
  const char *name = (const char *)e->data.alias.anchor;
  check_decorations(r, e, e->data.alias.anchor, NULL);
  const struct anchor *a = anchor_named(r, name);
  if (!a) {
    diagnostic_add(r->diagnostics, &position, "there is no anchor &%s before this alias", name);
    return NULL;
  }
  r->expanded += a->size;
  r->values += a->size;
  if (r->depth + a->height > r->deepest) r->deepest = r->depth + a->height;
  if (r->expanded > YAML_EXPANDED_LIMIT)
    diagnostic_add(r->diagnostics, &position, "aliases add more than %d values to the file", YAML_EXPANDED_LIMIT);
  else if (r->deepest > JSON_DEPTH_LIMIT)
    diagnostic_add(r->diagnostics, &position, "nested deeper than %d levels", JSON_DEPTH_LIMIT);
  else {
    struct json_value *copy = json_renamed(r->arena, a->value, NULL);
    copy->position = position;
    return copy;
  }
  return NULL;
}

static bool note_anchor(struct reader *r, const char *name, const struct json_value *v, uint64_t size, int height) {
  if (r->anchor_count == YAML_ANCHOR_LIMIT) {
    diagnostic_add(r->diagnostics, &v->position, "more than %d anchors", YAML_ANCHOR_LIMIT);
    return false;
  }
  if (!r->anchors) r->anchors = arena_alloc(r->arena, YAML_ANCHOR_LIMIT * sizeof *r->anchors);
  r->anchors[r->anchor_count++] = (struct anchor){name, v, size, height};
  return true;
}

/* The key of a member: a text, however it is written. */
static const char *read_key(struct reader *r, const yaml_event_t *e, struct position *at) {
  *at = stretch(r, e->start_mark, e->end_mark);
  if (e->type == YAML_SCALAR_EVENT) {
    check_decorations(r, e, e->data.scalar.anchor, e->data.scalar.tag);
    return scalar_text(r, e);
  }
  diagnostic_add(r->diagnostics, at, "a key must be a word, not %s",
                 e->type == YAML_ALIAS_EVENT            ? "an alias"
                 : e->type == YAML_SEQUENCE_START_EVENT ? "a list"
                                                        : "an object");
  return NULL;
}

static bool read_member(struct reader *r, struct json_value *object, const yaml_event_t *key) {
  struct position at;
  yaml_event_t event;
  const char *name = read_key(r, key, &at);
  if (!name || !next_event(r, &event)) return false;
  bool empty = event.type == YAML_SCALAR_EVENT && event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !event.data.scalar.length;
  struct json_value *v = read_value(r, &event);
  if (!v) return false;
  v->name = name, v->name_position = at;
  if (empty) v->position = at;
  if (empty && !r->loose)
    diagnostic_add(r->diagnostics, &at, "\"%s\" has no value: write {} for one with nothing but defaults, or null to delete it",
                   name);
  else
    json_append(object, v);
  return true;
}

static bool read_members(struct reader *r, struct json_value *object) {
  for (yaml_event_t event; next_event(r, &event);) {
    bool end = event.type == YAML_MAPPING_END_EVENT, good = end || read_member(r, object, &event);
    yaml_event_delete(&event);
    if (end || !good) return good;
  }
  return false;
}

static bool read_elements(struct reader *r, struct json_value *list) {
  for (yaml_event_t event; next_event(r, &event);) {
    if (event.type == YAML_SEQUENCE_END_EVENT) return yaml_event_delete(&event), true;
    struct json_value *v = read_value(r, &event);
    if (!v) return false;
    json_append(list, v);
  }
  return false;
}

/* --- merge keys --------------------------------------------------------------------------------------------------------------- */

static bool take_members(struct reader *r, struct json_value *into, const struct json_value *from, const struct position *at) {
  if (from->type != JSON_OBJECT) {
    diagnostic_add(r->diagnostics, at, "\"<<\" takes an object or a list of objects, not %s", json_type_name(from));
    return false;
  }
  for (const struct json_value *m = from->first; m; m = m->next) {
    if (json_member(into, m->name)) continue;
    if (++r->expanded > YAML_EXPANDED_LIMIT) {
      diagnostic_add(r->diagnostics, at, "merge keys add more than %d values to the file", YAML_EXPANDED_LIMIT);
      return false;
    }
    json_append(into, json_renamed(r->arena, m, m->name));
  }
  return true;
}

/* The object's own keys go before those that it merges, and of these the first that has a key. */
static bool merge_members(struct reader *r, struct json_value *object) {
  const struct json_value *merge = json_member(object, "<<");
  if (!merge) return true;
  if (!r->loose)
    diagnostic_add(r->diagnostics, &merge->name_position,
                   "merge keys are not read in scenarios: write the keys out, or put them into a file that this one `extends`");
  struct json_value *child = object->first;
  object->first = object->last = NULL, object->count = 0;
  for (struct json_value *next; child; child = next) {
    next = child->next;
    if (child != merge) json_append(object, child);
  }
  bool good = merge->type != JSON_LIST ? take_members(r, object, merge, &merge->position) : true;
  for (const struct json_value *m = merge->type == JSON_LIST ? merge->first : NULL; m && good; m = m->next)
    good = take_members(r, object, m, &m->position);
  json_sort(r->arena, object);
  return good;
}

/* --- lists and objects -------------------------------------------------------------------------------------------------------- */

static struct json_value *read_container(struct reader *r, const yaml_event_t *e) {
  bool object = e->type == YAML_MAPPING_START_EVENT;
  struct json_value *v = json_new(r->arena, object ? JSON_OBJECT : JSON_LIST);
  v->position = v->name_position = place(r, e->start_mark);
  v->plain = true;
  if (r->depth == JSON_DEPTH_LIMIT) {
    diagnostic_add(r->diagnostics, &v->position, "nested deeper than %d levels", JSON_DEPTH_LIMIT);
    return NULL;
  }
  if (++r->depth > r->deepest) r->deepest = r->depth;
  bool good = object ? read_members(r, v) : read_elements(r, v);
  r->depth--;
  if (!good) return NULL;
  if (object) json_drop_duplicates(r->arena, r->diagnostics, v);
  return !object || merge_members(r, v) ? v : NULL;
}

static const yaml_char_t *anchor_of(const yaml_event_t *e, const yaml_char_t **tag) {
  *tag = e->type == YAML_SCALAR_EVENT           ? e->data.scalar.tag
         : e->type == YAML_SEQUENCE_START_EVENT ? e->data.sequence_start.tag
         : e->type == YAML_MAPPING_START_EVENT  ? e->data.mapping_start.tag
                                                : NULL;
  return e->type == YAML_SCALAR_EVENT           ? e->data.scalar.anchor
         : e->type == YAML_SEQUENCE_START_EVENT ? e->data.sequence_start.anchor
         : e->type == YAML_MAPPING_START_EVENT  ? e->data.mapping_start.anchor
                                                : NULL;
}

/* The value that the event begins; the event is spent. Null after an error that ends the reading. */
static struct json_value *read_value(struct reader *r, yaml_event_t *e) {
  const yaml_char_t *tag, *anchor = anchor_of(e, &tag);
  check_decorations(r, e, anchor, tag);
  const char *name = anchor ? arena_text(r->arena, (const char *)anchor) : NULL;
  bool replaces = tag && !strcmp((const char *)tag, "!override");
  uint64_t before = r->values++;
  int outer = r->deepest;
  r->deepest = r->depth;
  struct json_value *v = e->type == YAML_ALIAS_EVENT    ? read_alias(r, e)
                         : e->type == YAML_SCALAR_EVENT ? read_scalar(r, e)
                                                        : read_container(r, e);
  yaml_event_delete(e);
  if (v) v->replaces = replaces;
  if (v && name && !note_anchor(r, name, v, r->values - before, r->deepest - r->depth)) v = NULL;
  if (outer > r->deepest) r->deepest = outer;
  return v;
}

/* --- documents ---------------------------------------------------------------------------------------------------------------- */

/* The next document, or null: at the end, where `done` is set, or after an error. */
static struct json_value *read_document(struct reader *r, bool *done) {
  yaml_event_t event;
  struct json_value *v = NULL;
  do { /* the beginning of the stream, the end of the document before */
    if (!next_event(r, &event)) return NULL;
    *done = event.type == YAML_STREAM_END_EVENT;
    bool begins = event.type == YAML_DOCUMENT_START_EVENT;
    struct position at = place(r, event.start_mark);
    yaml_event_delete(&event);
    if (!begins) continue;
    r->anchor_count = 0;
    if (next_event(r, &event)) v = read_value(r, &event);
    if (v && v->type == JSON_NULL && v->plain && !*v->text) v->position = at;
    return v;
  } while (!*done);
  return NULL;
}

static void begin(struct reader *r, struct arena *arena, struct diagnostics *d, const struct source_text *source, bool loose) {
  *r = (struct reader){.arena = arena, .diagnostics = d, .source = source, .loose = loose};
  if (!yaml_parser_initialize(&r->parser)) out_of_memory(0);
  yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
  r->offset = !strncmp(source->text, "\xEF\xBB\xBF", 3) ? 3 : 0; /* a byte order mark is no column */
  yaml_parser_set_input_string(&r->parser, (const unsigned char *)source->text + r->offset, source->length - r->offset);
  r->skipped = r->offset;
}

static bool is_shown_type(struct reader *r, const struct json_value *root) {
  struct position whole = {r->source, 0, 0};
  if (root->type == JSON_OBJECT || root->type == JSON_LIST) return true;
  if (root->type == JSON_NULL)
    diagnostic_add(r->diagnostics, &whole, "is empty: expected keys such as \"services:\"");
  else
    diagnostic_add(r->diagnostics, &whole, "is not a YAML object: it holds %s", json_type_name(root));
  return false;
}

struct json_value *yaml_read(struct arena *arena, struct diagnostics *d, const struct source_text *source) {
  struct reader r;
  struct position whole = {source, 0, 0};
  const char *guess = yaml_foreign_guess(arena, source);
  if (*guess) {
    diagnostic_add(d, &whole, "is not a scenario%s", guess);
    return NULL;
  }
  begin(&r, arena, d, source, false);
  bool done = false, end = false;
  uint32_t before = diagnostics_errors(d);
  struct json_value *root = read_document(&r, &done);
  if (!root && diagnostics_errors(d) == before) diagnostic_add(d, &whole, "is empty: expected keys such as \"services:\"");
  if (root && !is_shown_type(&r, root)) root = NULL;
  struct json_value *second = root ? read_document(&r, &end) : NULL;
  if (second) diagnostic_add(d, &second->position, "a second document: a scenario is one");
  yaml_parser_delete(&r.parser);
  return root && (end || second) ? root : NULL;
}

struct json_value *yaml_read_foreign(struct arena *arena, struct diagnostics *d, const struct source_text *source) {
  struct reader r;
  begin(&r, arena, d, source, true);
  struct json_value *list = json_new(arena, JSON_LIST);
  list->position = list->name_position = (struct position){source, 0, 0};
  bool done = false;
  for (struct json_value *v; (v = read_document(&r, &done));)
    if (v->type != JSON_NULL) json_append(list, v);
  yaml_parser_delete(&r.parser);
  return done ? list : NULL;
}
