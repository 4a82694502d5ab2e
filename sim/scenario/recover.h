/* Errors of later stages in the same round: what a stage blamed is left out of a copy of the tree, and the copy is read on.
 *
 * A scenario is bound, then linked, then its claims are read, and each stage needs what the last made. So that an unknown key,
 * a phase that ends too late and a misspelt claim are told at once, the file is read again without what was wrong. What only
 * follows from that is not told: what the binder says then, errors in the same entry of the file, and those about something that
 * was left out, refers to it or is referred to by it. Where this cannot be known an error waits for the next round. A tree
 * that lacks something is never run.
 *
 *     struct recovery r = recovery_of(arena, &scenario_record, root);
 *     const struct json_value *rest = root;
 *     while ((rest = recovery_without(&r, rest, found))) {
 *       found = errors of reading `rest`, the binder's first;
 *       recovery_tell(&r, told, found, those_of_the_binder);
 *     }
 */
#ifndef RECOVER_H
#define RECOVER_H
#include "sim/describe/field.h"
#include "sim/json/json_node.h"
#include <stdbool.h>

enum { RECOVERY_PLACES = 200 };

struct recovery_place {
  const struct json_value **chain; /* what was left out is the last, before it stands what is around it, the root first */
  uint32_t length;
  const struct json_value *entry; /* what it is in: services.web, run.phases.late, run.window */
};

struct recovery {
  struct arena *arena;
  const struct record *record;   /* of the root */
  const struct json_value *root; /* as it was read */
  struct recovery_place places[RECOVERY_PLACES];
  uint32_t count;
};

struct recovery recovery_of(struct arena *, const struct record *, const struct json_value *root);
/* What was left last time (at first the root) without what the errors blame. Null: no errors, too many, or one
 * without a place. */
struct json_value *recovery_without(struct recovery *, const struct json_value *rest, const struct diagnostics *);
/* Adds the errors of `found` that stand by themselves; the first `bound` of them are the binder's. */
void recovery_tell(const struct recovery *, struct diagnostics *, const struct diagnostics *found, uint32_t bound);

#endif
