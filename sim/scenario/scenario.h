/* A scenario: one file and its parents, read, checked and linked into a model, with its claims.
 *
 * Everything that is wrong is found before anything runs and reported at once, without what only follows from it
 * (recover.h). Read-only afterwards: all replications share it.
 *
 *     struct diagnostics *diagnostics = diagnostics_new(arena);
 *     struct scenario *s = scenario_read(arena, diagnostics, "scenarios/web.json", sets, set_count);
 *     if (!s) fputs(diagnostics_render(diagnostics, arena), stderr);
 */
#ifndef SCENARIO_H
#define SCENARIO_H
#include "models/core/model.h"
#include "sim/scenario/bind.h"
#include "sim/scenario/claim.h"

struct scenario {
  int64_t version;
  const char *name, *title, *description, *schema;
  struct config_list price_files; /* struct price_file (sim/scenario/price_lists.h) */
  struct model model;
  struct config_list claims; /* struct claim */
  struct watch *watches;     /* by trigger: what it watches over months of growth */
  /* Of the file. */
  const char *file;
  const struct json_value *tree;
  const char *resolved;      /* the merged tree as JSON */
  uint64_t hash;             /* of the resolved tree, the tables that it names and the price list */
  const char *assumed_loops; /* a note: of apps nothing says what runs them; null: of none */
  const struct assumption *assumptions;
  uint32_t assumption_count;
  struct arena *arena;
};

extern const struct record scenario_record;

/* One --set or --vary assignment; option: how messages call it. */
struct scenario_override {
  const char *option, *path, *value; /* option null: assignment "path=value" is in path */
};

/* Null when anything is wrong; the diagnostics say what. */
struct scenario *scenario_read(struct arena *, struct diagnostics *, const char *path, const struct scenario_override *,
                               uint32_t count);
/* Reads a scenario from a text; `name` also says where its parents and its price list are. */
struct scenario *scenario_read_text(struct arena *, struct diagnostics *, const char *name, const char *text,
                                    const struct scenario_override *, uint32_t count);

/* What a study judges, in this order: the claims (struct claim), then the requirement that every scenario has, `settles`. */
struct config_list scenario_judged(struct arena *, const struct scenario *);

#endif
