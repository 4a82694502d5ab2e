#include "sim/document/answers.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/json/json_writer.h"
#include "sim/json/source_file.h"
#include "sim/store/output.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct stored_answer {
  const char *scenario;
  uint64_t key;
  const struct results *results;
  bool used;
};

struct answers {
  struct arena *arena;
  struct stored_answer *items;
  uint32_t count, room;
  const char *text; /* of the file that was read; null: there was none */
};

/* Words of the file by number. */
static const char *const
    kinds[] = {[CLAIM_REQUIREMENT] = "require", [CLAIM_STATEMENT] = "stated", [CLAIM_INFO] = "show"},
    *const severities[] = {[SEVERITY_MUST] = "must", [SEVERITY_SHOULD] = "should"},
    *const verdicts[] = {[VERDICT_PASS] = "pass",
                         [VERDICT_FAIL] = "fail",
                         [VERDICT_UNDECIDED] = "undecided",
                         [VERDICT_NO_DATA] = "no data",
                         [VERDICT_CONFIRMED] = "confirmed",
                         [VERDICT_BETTER] = "better",
                         [VERDICT_CONTRADICTED] = "contradicted",
                         [VERDICT_NONE] = "none"},
    *const units[] = {[UNIT_NONE] = "number",      [UNIT_SECONDS] = "s",         [UNIT_BYTES] = "bytes", [UNIT_RATIO] = "ratio",
                      [UNIT_PER_SECOND] = "per_s", [UNIT_CURRENCY] = "currency", [UNIT_COUNT] = "count"};

#define WORDS(list) list, sizeof list / sizeof *list

const char *answers_path(struct arena *arena, const char *page) {
  size_t length = strlen(page);
  if (length > 3 && !strcmp(page + length - 3, ".md")) length -= 3;
  return arena_format(arena, "%.*s.answers.json", (int)length, page);
}

static struct stored_answer *find(const struct answers *a, const char *scenario) {
  for (uint32_t i = 0; i < a->count; i++)
    if (!strcmp(a->items[i].scenario, scenario)) return &a->items[i];
  return NULL;
}

const struct results *answers_find(const struct answers *a, const char *scenario, uint64_t key) {
  struct stored_answer *s = find(a, scenario);
  if (!s || s->key != key) return NULL;
  s->used = true;
  return s->results;
}

static const char *copy_text(struct arena *arena, const char *text) { return text ? arena_text(arena, text) : NULL; }

static const struct results *copy_of(struct arena *arena, const struct results *r) {
  struct results *copy = arena_alloc(arena, sizeof *copy);
  struct claim_result *claims = arena_new_array(arena, struct claim_result, r->claim_count + 1);
  *copy = (struct results){.scenario_name = copy_text(arena, r->scenario_name),
                           .scenario_file = copy_text(arena, r->scenario_file),
                           .replications = r->replications,
                           .requests = r->requests,
                           .claim_count = r->claim_count,
                           .claims = claims};
  copy->bill.currency = copy_text(arena, r->bill.currency);
  for (uint32_t i = 0; i < r->claim_count; i++) {
    const struct claim_result *c = &r->claims[i];
    claims[i] = *c;
    claims[i].id = copy_text(arena, c->id), claims[i].expression = copy_text(arena, c->expression);
    claims[i].source = copy_text(arena, c->source), claims[i].reason = copy_text(arena, c->reason);
    claims[i].note = claims[i].leaves_out = claims[i].judged = NULL;
  }
  return copy;
}

const struct results *answers_put(struct answers *a, const char *scenario, uint64_t key, const struct results *r) {
  struct stored_answer *s = find(a, scenario);
  if (!s && a->count == a->room) {
    struct stored_answer *more = arena_new_array(a->arena, struct stored_answer, a->room = 2 * a->room + 16);
    if (a->count) memcpy(more, a->items, a->count * sizeof *more);
    a->items = more;
  }
  if (!s) s = &a->items[a->count++];
  *s = (struct stored_answer){arena_text(a->arena, scenario), key, copy_of(a->arena, r), true};
  return s->results;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------ */

static void add_value(struct json_writer *w, const char *name, double value) {
  if (isinf(value))
    json_add_text(w, name, value > 0 ? "unbounded" : "-unbounded");
  else
    json_add_number(w, name, value);
}

static void write_claim(struct json_writer *w, const char *scenario, const struct claim_result *c) {
  json_item(w);
  json_open(w, '{');
  json_add_text(w, "scenario", scenario);
  json_add_text(w, "id", c->id);
  json_add_text(w, "expr", c->expression);
  if (c->source) json_add_text(w, "source", c->source);
  json_add_text(w, "kind", kinds[c->kind]);
  json_add_text(w, "severity", severities[c->severity]);
  json_add_text(w, "verdict", verdicts[c->verdict]);
  add_value(w, "value", c->estimate.value);
  add_value(w, "low", c->estimate.low);
  add_value(w, "high", c->estimate.high);
  json_add_text(w, "unit", units[c->unit]);
  if (c->estimate.exact) json_add_flag(w, "exact", true);
  json_add_count(w, "n", c->estimate.n);
  add_value(w, "least", c->low);
  add_value(w, "most", c->high);
  if (c->reason) json_add_text(w, "reason", c->reason);
  if (c->implicit) json_add_flag(w, "implicit", true);
  json_close(w, '}');
}

static void write_scenario(struct json_writer *w, const struct stored_answer *s) {
  char key[20];
  snprintf(key, sizeof key, "%016" PRIx64, s->key);
  json_item(w);
  json_open(w, '{');
  json_add_text(w, "scenario", s->scenario);
  json_add_text(w, "key", key);
  json_add_text(w, "name", s->results->scenario_name);
  json_add_count(w, "replications", s->results->replications);
  json_add_count(w, "requests", s->results->requests);
  json_add_text(w, "currency", s->results->bill.currency);
  json_close(w, '}');
}

static void write_all(FILE *file, const struct answers *a, bool all) {
  struct json_writer w = json_writer(file, 0);
  json_open(&w, '{');
  json_add_count(&w, "aguanta_answers", 1);
  json_key(&w, "scenarios");
  json_open(&w, '[');
  for (uint32_t i = 0; i < a->count; i++)
    if (all || a->items[i].used) write_scenario(&w, &a->items[i]);
  json_close(&w, ']');
  json_key(&w, "claims");
  json_open(&w, '[');
  for (uint32_t i = 0; i < a->count; i++)
    for (uint32_t k = 0; (all || a->items[i].used) && k < a->items[i].results->claim_count; k++)
      write_claim(&w, a->items[i].scenario, &a->items[i].results->claims[k]);
  json_close(&w, ']');
  json_close(&w, '}');
  fputc('\n', file);
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const struct stored_answer *)a)->scenario, ((const struct stored_answer *)b)->scenario);
}

bool answers_write(const struct answers *a, const char *path, bool all, char **error) {
  char *text;
  size_t length;
  if (a->count) qsort(a->items, a->count, sizeof *a->items, by_name);
  FILE *file = allocate_stream(&text, &length);
  write_all(file, a, all);
  fclose(file);
  bool same = a->text && !strcmp(a->text, text), written = same || output_write(path, text, length, error);
  free(text);
  return written;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

struct taking {
  struct arena *arena;
  bool good;
};

static double take_value(struct taking *t, const struct json_value *of, const char *name) {
  const struct json_value *v = json_member(of, name);
  const char *text = json_text(v);
  if (text) return *text == '-' ? -INFINITY : INFINITY;
  if (json_type(v) == JSON_NUMBER) return json_number(v);
  t->good &= v != NULL;
  return NAN;
}

static int take_word(struct taking *t, const struct json_value *of, const char *name, const char *const *words, size_t count) {
  const char *text = json_text(json_member(of, name));
  for (size_t i = 0; text && i < count; i++)
    if (!strcmp(words[i], text)) return (int)i;
  t->good = false;
  return 0;
}

static const char *take_text(struct taking *t, const struct json_value *of, const char *name, bool needed) {
  const char *text = json_text(json_member(of, name));
  t->good &= text || !needed;
  return text;
}

static struct claim_result take_claim(struct taking *t, const struct json_value *v) {
  struct claim_result c = {.id = take_text(t, v, "id", true),
                           .expression = take_text(t, v, "expr", true),
                           .source = take_text(t, v, "source", false),
                           .reason = take_text(t, v, "reason", false),
                           .kind = (enum claim_kind)take_word(t, v, "kind", WORDS(kinds)),
                           .severity = (enum severity)take_word(t, v, "severity", WORDS(severities)),
                           .verdict = (enum verdict)take_word(t, v, "verdict", WORDS(verdicts)),
                           .unit = (enum unit)take_word(t, v, "unit", WORDS(units)),
                           .low = take_value(t, v, "least"),
                           .high = take_value(t, v, "most"),
                           .implicit = json_flag(json_member(v, "implicit"))};
  double n = json_number(json_member(v, "n"));
  c.estimate = (struct estimate){take_value(t, v, "value"), take_value(t, v, "low"), take_value(t, v, "high"),
                                 n >= 0 && n < 1e18 ? (uint64_t)n : 0, json_flag(json_member(v, "exact"))};
  return c;
}

static void take_claims(struct taking *t, struct results *r, const char *scenario, const struct json_value *claims) {
  struct claim_result *all = arena_new_array(t->arena, struct claim_result, json_count(claims) + 1);
  for (const struct json_value *v = json_first(claims); v; v = json_next(v)) {
    const char *of = take_text(t, v, "scenario", true);
    if (of && !strcmp(of, scenario)) all[r->claim_count++] = take_claim(t, v);
  }
  r->claims = all;
}

static void take_scenario(struct taking *t, struct answers *a, const struct json_value *v, const struct json_value *claims) {
  struct results *r = arena_alloc(t->arena, sizeof *r);
  const char *scenario = take_text(t, v, "scenario", true), *key = take_text(t, v, "key", true);
  double replications = json_number(json_member(v, "replications")), requests = json_number(json_member(v, "requests"));
  if (!scenario || !key || !(replications >= 0 && replications < 4e9) || !(requests >= 0 && requests < 1e18)) t->good = false;
  if (!t->good) return;
  *r = (struct results){.scenario_name = take_text(t, v, "name", false),
                        .scenario_file = scenario,
                        .replications = (uint32_t)replications,
                        .requests = (uint64_t)requests};
  r->bill.currency = take_text(t, v, "currency", false);
  take_claims(t, r, scenario, claims);
  if (!t->good) return;
  answers_put(a, scenario, strtoull(key, NULL, 16), r);
  a->items[a->count - 1].used = false;
}

struct answers *answers_read(struct arena *arena, const char *path, bool *damaged) {
  struct answers *a = arena_alloc(arena, sizeof *a);
  *a = (struct answers){.arena = arena};
  *damaged = false;
  if (access(path, F_OK)) return a;
  struct diagnostics *unreported = diagnostics_new(arena);
  const struct source_text *source = source_read_file(arena, unreported, path, JSON_FILE_LIMIT);
  const struct json_value *root = source ? json_read_text(arena, unreported, path, source->text, source->length) : NULL;
  struct taking t = {arena, !diagnostics_errors(unreported) && json_number(json_member(root, "aguanta_answers")) == 1};
  const struct json_value *all = json_member(root, "scenarios"), *claims = json_member(root, "claims");
  for (const struct json_value *v = json_first(all); v && t.good; v = json_next(v)) take_scenario(&t, a, v, claims);
  if (!t.good) *a = (struct answers){.arena = arena};
  *damaged = !t.good;
  a->text = source ? source->text : NULL;
  return a;
}
