#include "sim/language/terms.h"
#include "sim/engine/arena.h"
#include "sim/engine/distribution.h"
#include "sim/json/json_node.h"
#include "sim/json/json_print.h"
#include "sim/language/example.h"
#include "sim/scenario/claim_words.h"
#include "sim/scenario/measure_kind.h"
#include <stdio.h>
#include <string.h>

typedef void visitor(void *, const struct term *);

/* --- measures ----------------------------------------------------------------------------------------------------------------- */

/* What people call it, behind its own word; p also by the percentiles that people ask for. */
static const char *words_of(struct arena *arena, const char *word) {
  const char *words = word;
  bool percentile = !strcmp(word, "p");
  if (percentile) words = "p95|p50|p75|p90|p99|p99.9|p99.99|percentile|quantile";
  for (const struct claim_word *w = claim_words; w->words; w++) {
    bool its = percentile ? w->aggregate[0] == 'p' && strchr("0123456789", w->aggregate[1]) : !strcmp(w->aggregate, word);
    if (its) words = arena_format(arena, "%s|%s", words, w->words);
  }
  return words;
}

static void each_measure(struct arena *arena, visitor *visit, void *context) {
  const struct measure_kind *k;
  for (uint32_t i = 0; (k = measure_kind_at(i)); i++) {
    const char *claim = measure_claim(arena, k);
    if (!claim) continue;
    bool first = measure_kind_of_word(k->word) == k; /* of several rows of a word the first has its words */
    visit(context, &(struct term){.words = first ? words_of(arena, k->word) : k->word,
                                  .kind = "measure",
                                  .text = measure_text(k->word),
                                  .title = claim,
                                  .example = measure_example(arena, k)});
  }
}

/* --- what parts count --------------------------------------------------------------------------------------------------------- */

static const char *claim_on(struct arena *arena, const struct meter_term *m) {
  static const char *const asked[] = {[METER_COUNT] = "count", [METER_LEVEL] = "max", [METER_TIME] = "mean"};
  static const char *const limits[] = {[METER_COUNT] = "< 100", [METER_LEVEL] = "< 100", [METER_TIME] = "< 5min"};
  return arena_format(arena, "%s(%s.%s) %s", asked[m->kind], m->thing, m->name, limits[m->kind]);
}

static const char *meter_example(struct arena *arena, const struct record *root, const struct meter_term *m, const char *claim) {
  struct json_value *tree = m->path ? example_of(arena, root, m->path, NULL) : json_new(arena, JSON_OBJECT);
  struct json_value *list = json_new(arena, JSON_LIST), *text = json_new(arena, JSON_TEXT);
  list->name = "claims", text->text = claim;
  json_append(list, text), json_append(tree, list);
  return json_print_line(arena, tree);
}

static void each_meter(struct arena *arena, visitor *visit, void *context) {
  static const char *const kinds[] = {
      [METER_COUNT] = "a count of a part", [METER_LEVEL] = "a level of a part", [METER_TIME] = "a time of a part"};
  for (const struct meter_term *m = meter_terms; m->name; m++) {
    const char *claim = claim_on(arena, m);
    visit(context, &(struct term){.words = m->name, .kind = kinds[m->kind], .text = m->text, .title = claim, .meter = m});
  }
}

const char *term_example(struct arena *arena, const struct record *root, const struct term *t) {
  return t->meter ? meter_example(arena, root, t->meter, claim_on(arena, t->meter)) : t->example ? t->example : "";
}

/* --- distributions ------------------------------------------------------------------------------------------------------------ */

static const char *distribution_value(const struct distribution_kind *k) {
  static const struct {
    const char *name, *value;
  } values[] = {{"uniform", "{\"low\": \"2ms\", \"high\": \"9ms\"}"},
                {"lognormal", "{\"mean\": \"8ms\", \"cv\": 1}"},
                {"erlang", "{\"shape\": 3, \"mean\": \"8ms\"}"},
                {"gamma", "{\"mean\": \"8ms\", \"cv\": 0.5}"},
                {"hyperexponential", "{\"mean\": \"8ms\", \"cv\": 2}"},
                {"weibull", "{\"shape\": 1.5, \"mean\": \"8ms\"}"},
                {"bounded_pareto", "{\"alpha\": 1.5, \"low\": \"1ms\", \"high\": \"1s\"}"},
                {"discrete", "{\"values\": [\"2ms\", \"40ms\"], \"weights\": [9, 1]}"},
                {"sum", "[\"2ms\", {\"exponential\": \"6ms\"}]"},
                {"grid", "{\"of\": [{\"exponential\": \"8ms\"}], \"up\": \"1ms\"}"}};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    if (!strcmp(values[i].name, k->name)) return values[i].value;
  return "\"8ms\""; /* the parameter with the star */
}

static void each_distribution(struct arena *arena, visitor *visit, void *context) {
  for (const struct distribution_kind *const *k = distribution_kinds; *k; k++) {
    const char *value = distribution_value(*k), *text = (*k)->doc ? (*k)->doc : "";
    for (int i = 0; i < DISTRIBUTION_PARAMETERS && (*k)->parameters[i].name; i++)
      text = arena_format(arena, "%s%s%s", text, i ? ", " : " Parameters: ", (*k)->parameters[i].name);
    visit(context, &(struct term){.words = arena_format(arena, "%s|distribution|distributions", (*k)->name),
                                  .kind = "distribution",
                                  .text = text,
                                  .title = arena_format(arena, "{\"%s\": ...}", (*k)->name),
                                  .example = arena_format(arena,
                                                          "{\"endpoints\": {\"page\": {\"entry\": \"api\", \"steps\": [{\"cpu\": "
                                                          "{\"%s\": %s}}]}}}",
                                                          (*k)->name, value)});
  }
}

void terms_each(struct arena *arena, visitor *visit, void *context) {
  each_measure(arena, visit, context);
  each_distribution(arena, visit, context);
  for (const struct term *t = unit_terms; t->words; t++) visit(context, t);
  for (const struct term *t = answer_terms; t->words; t++) visit(context, t);
  each_meter(arena, visit, context);
}
