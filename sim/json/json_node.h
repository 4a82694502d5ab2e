/* The node behind json.h, for code that builds trees: json.c reads them, merge.c changes them. Other code uses json.h. */
#ifndef JSON_NODE_H
#define JSON_NODE_H
#include "sim/json/json.h"

struct json_value {
  enum json_type type;
  enum json_origin origin;
  bool flag;     /* of a null: json_taken_away */
  bool plain;    /* of YAML, without quotes: its type is that of its form until its field says otherwise, its text as written */
  bool replaces; /* of YAML, with the tag !override */
  bool filled;   /* of Compose: its variables are put in; aliases share their values */
  double number;
  const char *text; /* of a string; of a number as written */
  const char *name;
  struct position position, name_position;
  struct json_value *first, *last, *next;
  uint32_t count;
  struct json_value **sorted; /* the members by name, to find one among many; null: not sorted, or changed since */
};

/* Sorts the members of a large object, once it is complete. Equal names stand in the order of the text. */
void json_sort(struct arena *, struct json_value *object);
void json_append(struct json_value *parent, struct json_value *child);
struct json_value *json_new(struct arena *, enum json_type);
/* The first of equal keys counts; the others are reported and dropped. */
void json_drop_duplicates(struct arena *, struct diagnostics *, struct json_value *object);
/* Marks a tree as coming from an option or a default: all of it then stands at that source. */
void json_stamp(struct json_value *, const struct source_text *, enum json_origin);
/* Marks where a tree comes from, and leaves its positions. */
void json_stamp_origin(struct json_value *, enum json_origin);
/* A value of its own under another key; its children are shared. */
struct json_value *json_renamed(struct arena *, const struct json_value *, const char *name);
/* An object that stands where `at` stands. */
struct json_value *json_object_at(struct arena *, const struct json_value *at);

#endif
