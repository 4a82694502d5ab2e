/* What was probably meant by a claim that cannot be read, as a whole line put right.
 *
 * Guesses are cheap, since each is read like any claim: of all ways to write the words in this language the first that can be
 * read is shown, and what cannot be read is never suggested. */
#include "sim/scenario/claim_hint.h"
#include "models/faults/fault.h"
#include "models/core/model.h"
#include "sim/engine/arena.h"
#include "sim/scenario/claim.h"
#include "sim/scenario/claim_words.h"
#include "sim/json/diagnostic.h"
#include "sim/scenario/unit_names.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MOST = 300, WORDS_MOST = 200 }; /* of a large scenario the first: a hint, not a service */

struct guesser {
  struct arena *arena;
  const struct model *model;
  const char **names; /* of all that a claim can be of */
  uint32_t count;
  /* The measure as written: head(core suffix), and the aggregate and quantity that the head stands for. */
  const char *core, *suffix, *aggregate, *quantity, *argument;
};

static char *cut(struct guesser *g, const char *from, const char *to) {
  return arena_text(g->arena, unit_trimmed(g->arena, arena_format(g->arena, "%.*s", (int)(to - from), from)));
}

static void add_names(struct guesser *g, const struct config_list *list, size_t size) {
  for (uint32_t i = 0; i < list->count && g->count < NAMES_MOST; i++)
    g->names[g->count++] = *(const char *const *)((const char *)list->items + i * size);
}

static void list_names(struct guesser *g) {
  const struct model *m = g->model;
  g->names = arena_alloc(g->arena, NAMES_MOST * sizeof *g->names);
  g->names[g->count++] = "all";
  add_names(g, &m->endpoints, sizeof(struct endpoint_config));
  add_names(g, &m->services, sizeof(struct service_config));
  add_names(g, &m->platform.nodes, sizeof(struct node_group));
  add_names(g, model_faults(m), sizeof(struct fault_config));
  for (uint32_t i = 0; i < m->meter_count && g->count < NAMES_MOST; i++) {
    bool again = i && !strcmp(m->meters[i].thing, m->meters[i - 1].thing);
    if (!again) g->names[g->count++] = m->meters[i].thing;
  }
}

static bool is_name(const struct guesser *g, const char *word) {
  for (uint32_t i = 0; i < g->count; i++)
    if (!strcmp(g->names[i], word)) return true;
  return false;
}

/* The measure if it can be read, else null. */
static const char *try_measure(struct guesser *g, const char *name, const char *quantity) {
  struct measure unused;
  const char *space = *g->suffix && *g->suffix != '{' ? " " : "", *rest;
  const char *text = arena_format(g->arena, "%s(%s%s%s%s)", g->aggregate, name, quantity, space, g->suffix);
  return measure_parse(g->arena, g->model, text, &unused, &rest) ? NULL : text;
}

static bool is_percentile(const char *word) {
  if ((*word | 32) != 'p' || !isdigit((unsigned char)word[1])) return false;
  char *end;
  double percent = strtod(word + 1, &end);
  return percent > 0 && percent < 100 && !*end;
}

/* The word of a measure that is spelt most like it; null when none is. */
static const char *nearest_word(const char *head) {
  const char *words[WORDS_MOST];
  uint32_t count = 0;
  const struct measure_kind *kind;
  for (uint32_t i = 0; (kind = measure_kind_at(i)) && count < WORDS_MOST; i++)
    if (kind->word && !kind->percentage && measure_kind_of_word(kind->word) == kind) words[count++] = kind->word;
  return nearest_name(head, words, count);
}

/* Sets the aggregate and what goes with it; false when the word says nothing. */
static bool read_head(struct guesser *g, const char *head) {
  const struct claim_word *word = claim_word_named(head, strlen(head));
  if (is_percentile(head)) {
    g->aggregate = arena_format(g->arena, "p%s", head + 1);
    g->quantity = ".latency";
    return true;
  }
  const char *near = word ? NULL : nearest_word(head);
  if (near) word = claim_word_named(near, strlen(near));
  g->aggregate = word ? word->aggregate : near;
  g->quantity = word ? word->quantity : "";
  g->argument = word ? word->argument : NULL;
  return g->aggregate != NULL;
}

/* "95, page.latency" of percentile(95, page.latency). */
static void take_percent(struct guesser *g) {
  char *end;
  double percent = strtod(g->core, &end);
  if (end == g->core || *end != ',' || strcmp(g->quantity, ".latency") != 0 || !(percent > 0 && percent < 100)) return;
  g->aggregate = arena_format(g->arena, "p%g", percent < 1 ? 100 * percent : percent);
  g->core = unit_skip_space(end + 1);
}

static const char *nearest_quantity(struct guesser *g, const char *name, const char *word) {
  const char *names[WORDS_MOST];
  uint32_t count = claim_quantities(names, WORDS_MOST);
  for (uint32_t i = 0; i < g->model->meter_count && count < WORDS_MOST; i++)
    if (!strcmp(g->model->meters[i].thing, name)) names[count++] = g->model->meters[i].name;
  return nearest_name(word, names, count);
}

/* What stands in the parentheses is a name, perhaps misspelt, and perhaps a quantity behind a dot. */
static const char *guess_named(struct guesser *g) {
  const char *dot = strrchr(g->core, '.'), *found = NULL, *name = is_name(g, g->core) ? g->core : NULL;
  if (!name) name = nearest_name(g->core, g->names, g->count);
  if (name && (found = try_measure(g, name, g->quantity))) return found;
  if (name && (found = try_measure(g, name, ""))) return found;
  if (!dot) return NULL;
  const char *before = cut(g, g->core, dot), *known = claim_quantity_named(dot + 1);
  if (!is_name(g, before)) before = nearest_name(before, g->names, g->count);
  if (!before) return NULL;
  const char *near = nearest_quantity(g, before, dot + 1);
  if ((found = try_measure(g, before, arena_format(g->arena, ".%s", dot + 1)))) return found;
  if (near && (found = try_measure(g, before, arena_format(g->arena, ".%s", near)))) return found;
  if (known && (found = try_measure(g, before, arena_format(g->arena, ".%s", known)))) return found;
  if ((found = try_measure(g, before, g->quantity))) return found;
  return try_measure(g, before, "");
}

/* Nothing in the parentheses says of what. */
static const char *guess_unnamed(struct guesser *g) {
  const char *found = g->argument ? try_measure(g, g->argument, "") : NULL;
  for (uint32_t i = 0; !found && i < g->count && i < 50; i++) found = try_measure(g, g->names[i], g->quantity);
  return found;
}

static const char *guess(struct guesser *g, const char *head, const char *inside) {
  size_t length = strcspn(inside, "{<>");
  g->core = cut(g, inside, inside + length);
  g->suffix = inside + length;
  g->argument = NULL;
  if (!read_head(g, head)) return NULL;
  take_percent(g);
  const char *found = *g->core ? try_measure(g, g->core, "") : NULL;
  if (!found && *g->core) found = guess_named(g);
  bool general = !*g->core || claim_word_named(g->core, strlen(g->core)) || g->argument;
  return found || !general ? found : guess_unnamed(g);
}

/* "page.p95", "page.latency", "p95.latency", "p95 page.latency", "availability". */
static const char *guess_bare(struct guesser *g, const char *text) {
  size_t space = strcspn(text, " ");
  if (text[space]) return guess(g, cut(g, text, text + space), unit_skip_space(text + space));
  const char *first = strchr(text, '.'), *last = strrchr(text, '.'), *found = NULL;
  if (last && is_name(g, cut(g, text, last))) found = guess(g, last + 1, cut(g, text, last));
  if (!found && is_name(g, text)) found = guess(g, "latency", text);
  if (!found && first) found = guess(g, cut(g, text, first), first + 1);
  return found ? found : guess(g, text, "");
}

/* --- the line ------------------------------------------------------------------------------------------------------------- */

/* A claim in two parts: what is measured, and the comparison with all that is around it. */
struct claim_line {
  const char *measure, *rest;
};

/* Where what is measured ends in a text without parentheses. */
static const char *end_of_bare(const char *text) {
  static const char *const marks[] = {"<",     ">",        "=",    "≤",       "≥",       " in ",    " over ",
                                      " for ", " during ", " is ", " below ", " under ", " above ", " at "};
  const char *end = text + strlen(text);
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    const char *at = strstr(text, marks[i]);
    if (at && at < end) end = at;
  }
  return end;
}

/* Returns the measure put right, or as it is if it can be read; null when there is no guess. */
static struct claim_line read_line(struct guesser *g, const char *text) {
  const char *open = strchr(text, '('), *close = open ? strchr(open, ')') : NULL, *end = end_of_bare(text), *rest;
  struct measure unused;
  if (!close || open > end) return (struct claim_line){guess_bare(g, cut(g, text, end)), unit_skip_space(end)};
  struct claim_line line = {cut(g, text, close + 1), unit_skip_space(close + 1)};
  if (!measure_parse(g->arena, g->model, line.measure, &unused, &rest)) return line;
  const char *head = cut(g, text, open), *inside = cut(g, open + 1, close), *comparison = strpbrk(inside, "<>");
  line.measure = guess(g, head, inside);
  if (line.measure || !comparison) return line;
  line.measure = guess(g, head, cut(g, inside, comparison)); /* p95(page.latency < 1s) */
  line.rest = arena_format(g->arena, "%s%s", comparison, line.rest);
  return line;
}

static const char *try_line(struct guesser *g, const char *text) {
  struct claim claim = {.expression = text};
  return claim_parse(g->arena, g->model, &claim) ? NULL : text;
}

/* The text without the part from `from` to `to`, and that part without its ends. */
static const char *moved(struct guesser *g, const struct claim_line *l, const char *from, const char *to, bool before) {
  const char *part = cut(g, from, to), *left = cut(g, l->rest, from), *right = unit_trimmed(g->arena, to);
  const char *around = arena_format(g->arena, "%s%s%s", left, *left && *right ? " " : "", right);
  return before ? try_line(g, arena_format(g->arena, "%s %s %s", l->measure, part, around))
                : try_line(g, arena_format(g->arena, "%s %s %s", l->measure, around, part));
}

/* "< 1s over peak(1h)" and "for 95% < 1h" are the wrong way round. */
static const char *guess_order(struct guesser *g, const struct claim_line *l) {
  const char *over = strstr(l->rest, "over "), *share = strstr(l->rest, "for "), *during = strstr(l->rest, "during ");
  if (over && over > l->rest) return moved(g, l, over, share > over ? share : over + strlen(over), true);
  if (share == l->rest) return moved(g, l, share, share + 4 + strcspn(share + 4, " <>="), false);
  if (!during) return NULL;
  struct claim_line again = {l->measure, arena_format(g->arena, "%.*sover %s", (int)(during - l->rest), l->rest, during + 7)};
  const char *found = try_line(g, arena_format(g->arena, "%s %s", again.measure, again.rest));
  return found ? found : guess_order(g, &again);
}

static const char *guess_operator(struct guesser *g, const struct claim_line *l) {
  size_t length, window = !strncmp(l->rest, "over ", 5) ? 5 + strcspn(l->rest + 5, " ") : 0;
  const char *at = unit_skip_space(l->rest + window), *operator= claim_operator_words(at, &length);
  if (!operator) return NULL;
  return try_line(g, arena_format(g->arena, "%s %.*s%s%s %s", l->measure, (int)window, l->rest, window ? " " : "", operator,
                                  unit_skip_space(at + length)));
}

/* "1s > p95(page.latency)". */
static const char *guess_reversed(struct guesser *g, const char *text) {
  static const char *const operators[][2] = {{"<=", ">="}, {">=", "<="}, {"<", ">"}, {">", "<"}};
  for (size_t i = 0; isdigit((unsigned char)*text) && i < 4; i++) {
    const char *at = strstr(text, operators[i][0]);
    if (!at) continue;
    struct claim_line line = read_line(g, unit_skip_space(at + strlen(operators[i][0])));
    if (!line.measure || *line.rest) return NULL;
    return try_line(g, arena_format(g->arena, "%s %s %s", line.measure, operators[i][1], cut(g, text, at)));
  }
  return NULL;
}

static const char *guess_claim(struct guesser *g, const char *text) {
  const char *found = guess_reversed(g, text);
  if (found) return found;
  struct claim_line line = read_line(g, text);
  if (!line.measure) return NULL;
  const char *joined = arena_format(g->arena, "%s%s%s", line.measure, *line.rest ? " " : "", line.rest);
  if ((found = try_line(g, joined)) || (found = guess_order(g, &line)) || (found = guess_operator(g, &line))) return found;
  return strcmp(joined, text) ? joined : NULL;
}

/* One hint a message: lists and examples make room for it. */
static const char *with_hint(struct arena *arena, const char *wrong, const char *meant) {
  if (!meant) return wrong;
  const char *list = strstr(wrong, "; "), *example = strstr(wrong, ", such as ");
  size_t length = list ? (size_t)(list - wrong) : strlen(wrong);
  if (example && (size_t)(example - wrong) < length) length = (size_t)(example - wrong);
  return arena_format(arena, "%.*s; did you mean \"%s\"?", (int)length, wrong, meant);
}

const char *claim_with_hint(struct arena *arena, const struct model *model, const char *text, const char *wrong) {
  struct guesser g = {.arena = arena, .model = model};
  list_names(&g);
  return with_hint(arena, wrong, guess_claim(&g, unit_trimmed(arena, text)));
}

const char *measure_with_hint(struct arena *arena, const struct model *model, const char *text, const char *wrong) {
  struct guesser g = {.arena = arena, .model = model};
  list_names(&g);
  struct claim_line line = read_line(&g, unit_trimmed(arena, text));
  const char *meant = line.measure ? arena_format(arena, "%s%s%s", line.measure, *line.rest ? " " : "", line.rest) : NULL;
  return with_hint(arena, wrong, meant && strcmp(meant, text) ? meant : NULL);
}
