#include "sim/scenario/scenario.h"
#include "models/autoscaling/trigger.h"
#include "sim/scenario/watch.h"
#include "models/faults/fault.h"
#include "models/traffic/source.h"
#include "sim/json/json.h"
#include "sim/engine/fnv.h"
#include "sim/json/json_print.h"
#include "sim/engine/arena.h"
#include "sim/scenario/claim_config.h"
#include "sim/scenario/claim_hint.h"
#include "sim/scenario/merge.h"
#include "sim/scenario/preset.h"
#include "sim/scenario/price_lists.h"
#include "sim/scenario/recover.h"
#include "sim/json/source_file.h"
#include <math.h>
#include <string.h>

static const struct field root_fields[] = {
    KEY("aguanta", INTEGER, scenario, version, RANGE(1, 1), .doc = "Version of this language."),
    KEY("name", TEXT, scenario, name, .doc = "Short name of the scenario."),
    KEY("title", TEXT, scenario, title, DEFAULT(""), .doc = "One line for reports."),
    KEY("description", TEXT, scenario, description, DEFAULT(""), .doc = "What it shows, for readers of the file."),
    ADDED_KEY("traffic"),
    ADDED_KEY("waiting_rooms"),
    KEY("endpoints", MAP, scenario, model.endpoints, .record = &endpoint_record, .doc = "Kinds of request, by name."),
    ADDED_KEY("limits"),
    ADDED_KEY("keys"),
    KEY("services", MAP, scenario, model.services, OPTIONAL, .record = &service_record, .doc = "What runs, by name."),
    ADDED_KEY("stock"),
    ADDED_KEY("queues"),
    KEY("platform", RECORD, scenario, model.platform, .record = &platform_record,
        .doc = "The machines, and what runs the services on them."),
    ADDED_KEY("dns"),
    ADDED_KEY("faults"),
    ADDED_KEY("bill"),
    KEY("prices", LIST, scenario, price_files, OPTIONAL, .record = &price_file_record, .lone = true,
        .doc = "Price list, or several, relative to this file: {\"title\": ..., \"items\": {name: {\"price\", \"source\", "
               "\"date\"}}}, or the name of one that the program has (scenarios/prices/NAME.json): aws, cloud-2026, cloudflare, "
               "digitalocean, hostinger, railway, sentry, supabase, vercel."),
    KEY("run", RECORD, scenario, model.run, .record = &run_record, .doc = "How long, how often, with which seed."),
    KEY("claims", LIST, scenario, claims, OPTIONAL, .record = &claim_record, .doc = "What is to be decided."),
    {0}};
static const struct additions added = {parts_root_keys, offsetof(struct scenario, model.parts)};
const struct record scenario_record = {.added = &added,
                                       .name = "scenario",
                                       .size = sizeof(struct scenario),
                                       .fields = root_fields,
                                       .doc = "A system, its customers, its faults, its prices, and what is claimed of it."};

struct reading {
  struct arena *arena;
  struct diagnostics *diagnostics;
  struct binder *binder;
  struct json_value *root;
};

/* An error or warning found while linking, at the member or key to blame if it was given, else at the value that its path names or
 * the nearest one above it. */
static void report_at_path(void *context, const char *path, const char *key, const void *at, const char *warning,
                           const char *message) {
  struct reading *r = context;
  if (!warning && diagnostics_full(r->diagnostics)) {
    diagnostic_add(r->diagnostics, NULL, "%s", message);
    return;
  }
  char *place = key ? arena_format(r->arena, "%s.%s", path, key) : arena_text(r->arena, path);
  const struct json_value *given = at ? bind_value_of(r->binder, at) : NULL;
  const struct json_value *value = given ? given : json_resolve_path(r->root, place);
  for (char *dot; !value && (dot = strrchr(place, '.')); value = json_resolve_path(r->root, place)) *dot = 0;
  const struct position *position = value ? json_name_position(value) : NULL;
  if (warning)
    diagnostic_warn(r->diagnostics, position, warning, "%s: %s", path, message);
  else
    diagnostic_add(r->diagnostics, position, "%s: %s", path, message);
}

static void resolve_claims(struct reading *r, struct scenario *s) {
  struct claim *claims = s->claims.items;
  for (uint32_t i = 0; i < s->claims.count; i++) claim_config_resolve(r->binder, &claims[i], i + 1);
}

static void link_claims(struct reading *r, struct scenario *s) {
  struct claim *claims = s->claims.items;
  for (uint32_t i = 0; i < s->claims.count; i++) {
    if (!claims[i].expression) continue;
    const char *wrong = claim_parse(r->arena, &s->model, &claims[i]);
    if (!wrong) measure_request(&claims[i].measure, &s->model);
    const struct position *at = claim_config_position(r->binder, &claims[i]);
    if (wrong && diagnostics_errors(r->diagnostics) < DIAGNOSTICS_SHOWN)
      wrong = claim_with_hint(r->arena, &s->model, claims[i].expression, wrong);
    if (wrong) diagnostic_add(r->diagnostics, at, "claim \"%s\" %s", claims[i].expression, wrong);
    if (!wrong && claims[i].measure.kind->over_faults && (!s->model.run.years || !model_faults(&s->model)->count))
      diagnostic_add(r->diagnostics, at, "claim \"%s\" needs an availability run: give \"run.years\" and \"faults\"",
                     claims[i].expression);
  }
}

static bool apply_overrides(struct reading *r, struct json_value *root, const struct scenario_override *o, uint32_t count) {
  bool good = true;
  for (uint32_t i = 0; i < count; i++)
    if (!price_lists_have(&o[i]))
      good &= o[i].option ? merge_override_as(r->arena, r->diagnostics, &scenario_record, root, o[i].option, o[i].path, o[i].value)
                          : merge_override(r->arena, r->diagnostics, &scenario_record, root, o[i].path);
  return good;
}

/* Triggers that act keep their own words for what they watch: what cannot be followed over months is no error there. */
static void link_watches(struct reading *r, struct scenario *s) {
  const struct trigger_config *t = model_triggers(&s->model)->items;
  uint32_t count = model_triggers(&s->model)->count;
  s->watches = arena_new_array(r->arena, struct watch, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    const char *key, *wrong = watch_of(r->arena, &s->model, &t[i], &s->watches[i], &key);
    const struct json_value *at = bind_value_of(r->binder, t[i].when ? &t[i].when : &t[i].rule);
    if (wrong && (t[i].when || t[i].rule))
      diagnostic_add(r->diagnostics, at ? json_position(at) : NULL, "triggers.%s: \"%s\" %s", t[i].name, key, wrong);
    if (wrong) s->watches[i].known = false, s->watches[i].why = wrong;
  }
}

/* Apps of which neither a key nor a preset says how they run requests run them on an event loop: an answer says so. */
static const char *assumed_loops(struct reading *r, const struct model *m) {
  enum { NAMED = 3 };
  const char *names = "";
  uint32_t count = 0;
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    if (s->kind != SERVICE_APP || bind_was_given(r->binder, &s->runtime)) continue;
    if (count++ < NAMED) names = arena_format(r->arena, "%s%s%s", names, *names ? ", " : "", s->name);
  }
  if (count > NAMED) names = arena_format(r->arena, "%s and %u others", names, count - NAMED);
  if (!count) return NULL;
  return arena_format(
      r->arena,
      "assumed: %s %s on an event loop, as Node does, for neither \"runtime\" nor \"preset\" says how; there are the "
      "presets %s",
      names, count > 1 ? "run" : "runs", preset_names(r->arena, "app"));
}

/* One reading, to the stage that fails. Errors of the binder are the first `bound` of the diagnostics. */
struct stages {
  struct scenario *scenario;
  uint32_t bound;
};

static struct stages read_stages(struct reading *r, const char *path, const struct scenario_override *overrides, uint32_t count,
                                 bool good) {
  struct binder *binder = r->binder;
  struct json_value *root = r->root;
  struct scenario *s = arena_alloc(r->arena, sizeof *s);
  good &= bind_record(binder, &scenario_record, root, s);
  s->file = arena_text(r->arena, path), s->tree = root, s->arena = r->arena;
  s->resolved = json_print(r->arena, root);
  s->hash = fnv_text(FNV_START, s->resolved);
  if (binder->table_count) s->hash = fnv_number(s->hash, binder->tables_hash);
  price_lists_read(s, r->arena, r->diagnostics, binder, overrides, count);
  resolve_claims(r, s);
  uint32_t bound = diagnostics_errors(r->diagnostics);
  if (good && bound == binder->misplaced) {
    /* Claims look into what was linked: those of half a model would crash or raise false alarms. */
    if (model_link(&s->model, r->arena, report_at_path, r)) link_claims(r, s), link_watches(r, s);
  }
  if (!diagnostics_errors(r->diagnostics)) s->assumed_loops = assumed_loops(r, &s->model);
  s->assumptions = binder->assumptions, s->assumption_count = binder->assumption_count;
  return (struct stages){s, bound};
}

enum { ROUNDS = 12 }; /* what refers to what was left out goes next, and what refers to that */

/* Of a scenario with errors: those that later stages find in the rest of it. */
static void read_the_rest(const struct reading *first, const char *path, const struct scenario_override *overrides,
                          uint32_t count) {
  struct recovery recovery = recovery_of(first->arena, &scenario_record, first->root);
  const struct diagnostics *found = first->diagnostics;
  struct json_value *rest = first->root;
  for (int i = 0; i < ROUNDS && (rest = recovery_without(&recovery, rest, found)); i++) {
    struct diagnostics *again = diagnostics_new(first->arena);
    if (diagnostics_root(first->diagnostics)) diagnostics_confine(again, diagnostics_root(first->diagnostics));
    struct binder binder = binder_new(first->arena, again, rest);
    struct reading r = {first->arena, again, &binder, rest};
    uint32_t bound = read_stages(&r, path, overrides, count, true).bound;
    recovery_tell(&recovery, first->diagnostics, again, bound);
    found = again;
  }
}

static struct scenario *read_tree(struct arena *arena, struct diagnostics *diagnostics, struct json_value *root, const char *path,
                                  const struct scenario_override *overrides, uint32_t count) {
  if (!root) return NULL;
  struct binder binder = binder_new(arena, diagnostics, root);
  struct reading r = {arena, diagnostics, &binder, root};
  bool good = apply_overrides(&r, root, overrides, count);
  preset_apply(arena, diagnostics, &scenario_record, root);
  struct scenario *s = read_stages(&r, path, overrides, count, good).scenario;
  if (!diagnostics_errors(diagnostics)) return s;
  read_the_rest(&r, path, overrides, count);
  return NULL;
}

struct scenario *scenario_read(struct arena *arena, struct diagnostics *diagnostics, const char *path,
                               const struct scenario_override *overrides, uint32_t count) {
  return read_tree(arena, diagnostics, merge_read(arena, diagnostics, &scenario_record, path), path, overrides, count);
}

struct scenario *scenario_read_text(struct arena *arena, struct diagnostics *diagnostics, const char *name, const char *text,
                                    const struct scenario_override *overrides, uint32_t count) {
  struct json_value *root = merge_read_text(arena, diagnostics, &scenario_record, name, text, strlen(text));
  return read_tree(arena, diagnostics, root, name, overrides, count);
}

/* Every scenario with requests has it: nothing that waits grows without end. */
static struct claim settles(void) {
  return (struct claim){
      .name = "settles",
      .expression = "settles",
      .note = "No queue of requests, jobs or sessions grows without end; run.settles false takes this requirement away.",
      .kind = CLAIM_REQUIREMENT,
      .severity = SEVERITY_MUST,
      .measure = {.kind = measure_kind_settles(), .subject = SUBJECT_ALL, .cause = -1, .region = -1},
      .comparison = COMPARE_LESS_EQUAL,
      .low = -INFINITY};
}

struct config_list scenario_judged(struct arena *arena, const struct scenario *s) {
  struct config_list judged = s->claims;
  if (!s->model.run.settles || !model_sources(&s->model)->count) return judged;
  struct claim *all = arena_new_array(arena, struct claim, s->claims.count + 1);
  if (s->claims.count) memcpy(all, s->claims.items, s->claims.count * sizeof *all);
  all[judged.count++] = settles();
  judged.items = all;
  return judged;
}
