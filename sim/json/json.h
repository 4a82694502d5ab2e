/* JSON read strictly, as a tree in which every value knows where it came from.
 *
 * cJSON 1.7.15 accepts much that is not JSON (see docs/scenario.md) and knows no positions. So a strict scan by RFC 8259
 * comes first, finds positions and diagnostics, and only a text that it has passed goes to cJSON, which decodes it. The result
 * is copied into the arena: no cJSON node survives, and cJSON.h is included by json.c only.
 *
 * A file whose name ends in `.yaml` or `.yml` is read by yaml.h, into the same tree; one that ends in `.jsonc` may also hold
 * comments. Errors of syntax stop at the first; errors of meaning (a duplicate key, a number too large) accumulate and the tree is
 * still returned, so that its reader finds the rest. Whether a file is good is thus asked of the diagnostics, not of the returned
 * pointer.
 *
 *     const struct json_value *root = json_read_file(arena, diagnostics, "scenarios/web.json");
 *     for (const struct json_value *v = json_first(json_member(root, "services")); v; v = json_next(v))
 *       printf("%s comes from %s\n", json_name(v), json_source(arena, v));
 *
 * All functions take null as a value and answer null, 0 or JSON_NULL, so lookups can be nested as above. */
#ifndef JSON_H
#define JSON_H
#include "sim/json/diagnostic.h"

struct json_value;

enum json_type { JSON_NULL, JSON_FLAG, JSON_NUMBER, JSON_TEXT, JSON_LIST, JSON_OBJECT };

enum json_origin {
  JSON_FROM_FILE,
  JSON_FROM_PARENT, /* a file that the scenario extends */
  JSON_FROM_PRESET, /* the preset of a service */
  JSON_FROM_OPTION, /* --set */
  JSON_FROM_DEFAULT /* a field's fallback */
};

enum {
  JSON_FILE_LIMIT = 8 << 20,    /* bytes */
  JSON_DEPTH_LIMIT = 64,        /* nested lists and objects */
  JSON_STRING_LIMIT = 64 << 10, /* bytes between the quotes */
  JSON_NUMBER_LIMIT = 60        /* characters; cJSON's own buffer ends at 63 */
};

/* Null when nothing could be read (then there is an error). */
struct json_value *json_read_file(struct arena *, struct diagnostics *, const char *path);
/* What a file that is named by another one has to be. */
struct json_kind {
  const char *called; /* "a price list" */
  bool (*known)(const void *context, const char *key);
  const void *context;
};
/* A file that another one names at a position. It may be any file of the machine, so nothing of its text is shown unless it is
 * meant for us: most keys of its object are known, or "aguanta" is among its words. Otherwise one error at the position says so. */
struct json_value *json_read_named(struct arena *, struct diagnostics *, const struct position *at, const char *path,
                                   const struct json_kind *);
/* The text is copied. The name is for messages; its ending says in which language the text is. */
struct json_value *json_read_text(struct arena *, struct diagnostics *, const char *name, const char *text, size_t length);

enum json_type json_type(const struct json_value *);
const char *json_type_name(const struct json_value *); /* "a string", "an object", "true", for messages */
bool json_flag(const struct json_value *);
double json_number(const struct json_value *);
const char *json_text(const struct json_value *);            /* null unless it is a string */
const char *json_raw_number_text(const struct json_value *); /* as written: "0.10"; null unless it is a number */
bool json_is_plain(const struct json_value *);               /* of YAML, without quotes */
const char *json_scalar(const struct json_value *); /* the text of a string, a number or a plain word, as written; else null */

/* A null that stands for a key which was taken away, and which nothing may fill again. */
bool json_taken_away(const struct json_value *);

/* Keys are compared exactly, with case. */
const struct json_value *json_member(const struct json_value *object, const char *name);
const struct json_value *json_first(const struct json_value *list_or_object);
const struct json_value *json_next(const struct json_value *);
const char *json_name(const struct json_value *); /* its key; null in a list */
uint32_t json_count(const struct json_value *);

/* Where the value stands (of an object or list: its opening bracket), and where its key stands (in a list: as the value). */
const struct position *json_position(const struct json_value *);
const struct position *json_name_position(const struct json_value *);
enum json_origin json_origin(const struct json_value *);
/* "scenarios/web.json:23", "parts/platform.json:5", "--set services.x.replicas=3". */
char *json_source(struct arena *, const struct json_value *);

/* The "name" of an element of a list, which a path accepts for its index, also that of {"value": element}; null: none. */
const char *json_called(const struct json_value *element);
/* The value that a dotted path names, such as services.backend.replicas or claims.0; null when there is none. Keys that
 * hold dots themselves are found: the longest key that fits wins. */
const struct json_value *json_resolve_path(const struct json_value *root, const char *path);

#endif
