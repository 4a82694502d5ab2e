/* From a JSON tree to plain structs, by tables of fields (sim/describe/field.h).
 *
 * The binder fills a struct key by key: given values are converted and checked, absent ones come from the field's
 * fallback through the same code, and everything that is wrong is added to the diagnostics with its position. It never
 * stops at the first error. What holds for every record:
 *   - keys that begin with x- are ignored, "$schema" too at the root; any other unknown key is an error with the nearest;
 *   - any value may be wrapped as {"value": X, "source": "...", "range": [lo, hi]}, and an object may hold a text "source"
 *     unless its record has a field of that name: both are recorded as assumptions;
 *   - a value that is no object sets the field that `record.shorthand` names; of a choice without shorthand_key, a bare
 *     string that names a nested kind means that kind with its defaults;
 *   - a table is a CSV file next to the file that names it (an option: next to the scenario); its errors are reported at
 *     their line;
 *   - the word of a family selects a member; keys that only other members have are errors;
 *   - names in maps are 1 to 63 of A-Z a-z 0-9 _ . -;
 *   - references are indices into the map at `.target` of the root, in the order of its keys (x- keys do not count).
 * Ranges: `low` = `high` = 0 is no range, except that ratios then are 0..1; `high` = 0 above a `low` of 0 or more is no upper
 * bound, as are INFINITY, SIM_NEVER and INT64_MAX. "never" is a duration only if the fallback is "never" or `high` is such a
 * bound. "unlimited" is outside every range and always allowed for CPU and limits. The range of a distribution is its mean's.
 *
 *     struct binder binder = binder_new(arena, diagnostics, root);
 *     struct scenario *s = arena_alloc(arena, sizeof *s);
 *     if (!bind_record(&binder, &scenario_record, root, s)) fputs(diagnostics_render(diagnostics, arena), stderr);
 */
#ifndef BIND_H
#define BIND_H
#include "sim/describe/field.h"
#include "sim/json/json.h"

/* A value that the user marked as resting on something. Texts can be given to --set again. */
struct assumption {
  const char *path;       /* services.backend.memory */
  const char *value;      /* 4ms, 0.5, {"exponential": "8s"}; null for an object that only carries a source */
  const char *source;     /* null when none was given */
  const char *low, *high; /* null without a range; of a distribution its law with another mean */
  struct position position;
};

/* A default that was used. */
struct default_value {
  const char *path;
  const char *value;  /* JSON */
  const char *source; /* of the field; null when it needs none */
};

struct bind_given; /* address -> value, private */

struct binder {
  struct arena *arena;
  struct diagnostics *diagnostics;
  const struct json_value *root;
  struct assumption *assumptions;
  uint32_t assumption_count, assumption_room;
  struct default_value *defaults;
  uint32_t default_count, default_room;
  struct bind_given *given, *fallbacks; /* fallbacks: of the rows whose default was used */
  uint64_t tables_hash;                 /* of the contents of all tables read, in their order */
  uint32_t table_count;
  const char *path;   /* of the value that is being read; "" at the root */
  bool in_default;    /* reading a fallback: nothing is recorded as given */
  uint32_t misplaced; /* errors about keys of other members of a family: the structs are as if these keys were not there */
};

struct binder binder_new(struct arena *, struct diagnostics *, const struct json_value *root);
/* What another file states in addition to this one. */
void bind_assumption_add(struct binder *, struct assumption);

/* Reads a value into the struct of a record, which is zeroed first. Returns whether it added no error, apart from misplaced keys:
 * with those alone the struct can still be linked, so that all errors are reported together. After other errors it is safe to walk:
 * faulty fields are zero (references -1), lists hold the entries that there are. */
bool bind_record(struct binder *, const struct record *, const struct json_value *, void *out);

/* Whether the member of a bound struct at this address was in the scenario (and not a default or absent). */
bool bind_was_given(const struct binder *, const void *address);
/* The value that filled it, so that whoever links can point at it: diagnostic_add(d, json_position(bind_value_of(b, &x->y)), ...).
 * For an entry of a map: the address of the entry. Null for a default: json_position(null) is then null, which is allowed. */
const struct json_value *bind_value_of(const struct binder *, const void *address);

#endif
