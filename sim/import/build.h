/* Making the tree of a scenario: each function appends to an object (with its key) or to a list (key null) and returns
 * what is new. */
#ifndef BUILD_H
#define BUILD_H
#include "sim/engine/arena.h"
#include "sim/json/json_node.h"

struct json_value *build_object(struct arena *, struct json_value *parent, const char *key);
struct json_value *build_list(struct arena *, struct json_value *parent, const char *key);
/* A number where the text is one, else a text. */
struct json_value *build_scalar(struct arena *, struct json_value *parent, const char *key, const char *text);
struct json_value *build_text(struct arena *, struct json_value *parent, const char *key, const char *text);
/* "512Mi" where it is a whole number of MiB, else bytes. */
struct json_value *build_bytes(struct arena *, struct json_value *parent, const char *key, double bytes);
struct json_value *build_flag(struct arena *, struct json_value *parent, const char *key, bool);
/* {"value": ..., "source": "assumed: why", "range": [low, high]}; low null: without a range. */
struct json_value *build_assumed(struct arena *, struct json_value *parent, const char *key, const char *value, const char *low,
                                 const char *high, const char *why);
/* The same of a lognormal law with the coefficient of variation 1. */
struct json_value *build_assumed_law(struct arena *, struct json_value *parent, const char *key, const char *mean, const char *low,
                                     const char *high, const char *why);
/* The member, made if it is not there. */
struct json_value *build_under(struct arena *, struct json_value *parent, const char *key);
/* Takes a tree that was made elsewhere. */
struct json_value *build_take(struct arena *, struct json_value *parent, const char *key, const struct json_value *);

#endif
