/* Whether the scenarios of a comparison met the same customers. Draws are found by the seed, the source and the number of the
 * request, so that two scenarios have the same customers where their seed and their sources are the same to the letter, and their
 * endpoints have the same names; what an endpoint does is what is compared. The seed is common to all of a comparison. */
#include "sim/engine/arena.h"
#include "sim/json/json_print.h"
#include "sim/questions/compare_inner.h"
#include <string.h>

static const char *text_of(struct arena *arena, const struct json_value *v) { return v ? json_print_line(arena, v) : ""; }

/* The first member that one of them lacks, or has other than the other; null when there is none. */
static const char *first_other(struct arena *arena, const struct json_value *a, const struct json_value *b, bool names_only) {
  for (const struct json_value *v = json_first(a); v; v = json_next(v)) {
    const struct json_value *other = json_member(b, json_name(v));
    if (!other || (!names_only && strcmp(text_of(arena, v), text_of(arena, other)))) return json_name(v);
  }
  for (const struct json_value *v = json_first(b); v; v = json_next(v))
    if (!json_member(a, json_name(v))) return json_name(v);
  return NULL;
}

const char *compare_customers(const struct compare *c) {
  const struct json_value *base = c->scenarios[0].tree;
  for (uint32_t i = 1; i < c->count; i++) {
    const struct json_value *tree = c->scenarios[i].tree;
    const char *file = c->scenarios[i].file;
    const char *source = first_other(c->arena, json_member(base, "traffic"), json_member(tree, "traffic"), false);
    if (source) return arena_format(c->arena, "the source \"%s\" of %s is not that of the base", source, file);
    const char *endpoint = first_other(c->arena, json_member(base, "endpoints"), json_member(tree, "endpoints"), true);
    if (endpoint) return arena_format(c->arena, "%s and the base do not both have the endpoint \"%s\"", file, endpoint);
  }
  return NULL;
}
