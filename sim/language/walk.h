/* Every key of the language once, in the order of the tables: what `explain` searches, and what its tests go through.
 *
 * A record is walked where it is met first; the path to it has NAME for the name of an entry, and nothing for the index of a list:
 * services.NAME.autoscale.min, endpoints.NAME.steps.call.timeout. A key that several members of a family have is met once with
 * each.
 *
 *     language_walk(arena, &scenario_record, visit, context); */
#ifndef LANGUAGE_WALK_H
#define LANGUAGE_WALK_H
#include "sim/describe/field.h"

struct arena;

struct language_key {
  const char *path;
  const struct field *field;        /* null: of an alternative */
  const struct alternative *kind;   /* one of several kinds: a step, a profile */
  const struct choice_set *choices; /* of the alternative */
  const struct record *record;      /* of the field */
  const struct field *family;       /* of a member's key: the field whose word selects the member */
  const struct member *member;      /* null: every record of this kind has it */
};

void language_walk(struct arena *, const struct record *root, void (*visit)(void *, const struct language_key *), void *context);

#endif
