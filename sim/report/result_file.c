#include "sim/report/result_file.h"
#include "sim/json/json_print.h"
#include "sim/json/source_file.h"
#include "sim/report/format.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool fail(char **error, const char *path, const char *text) {
  *error = allocate_format("%s: %s", path, text);
  return false;
}

bool result_file_read(struct arena *arena, const char *path, struct result_file *out, char **error) {
  return result_file_read_of(arena, "result", path, out, error);
}

/* A sweep's answer has an object a line, which begins with the number or the values of its point. */
static bool is_lines(const struct source_text *source) {
  static const char *const firsts[] = {"{\"point\":", "{\"set\":"};
  for (int i = 0; i < 2; i++)
    if (source->length > strlen(firsts[i]) && !memcmp(source->text, firsts[i], strlen(firsts[i]))) return true;
  return false;
}

/* The lines of a sweep's answer as one document: {"aguanta_sweep": 1, "points": [...]}. */
static const struct json_value *read_lines(struct arena *arena, struct diagnostics *diagnostics, const struct source_text *source,
                                           const char *path) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = allocate_stream(&text, &length);
  fputs("{\"aguanta_sweep\": 1, \"points\": [", out);
  for (size_t i = 0; i < source->length; i++)
    fputs(source->text[i] == '\n' && i + 1 < source->length ? "," : (const char[]){source->text[i], 0}, out);
  fputs("]}", out);
  fclose(out);
  const struct json_value *root = json_read_text(arena, diagnostics, path, text, length);
  free(text);
  return root;
}

/* What a command writes, and how one gets it. */
static const struct {
  const char *answer, *command;
} answers[] = {{"result", "aguanta run FILE --export F.json"},
               {"sweep", "aguanta sweep FILE --vary PATH=A,B,C --export F.ndjson"},
               {"capacity", "aguanta capacity FILE --vary PATH=LO..HI --export F.json"},
               {"sensitivity", "aguanta sensitivity FILE --export F.json"},
               {"drill", "aguanta drill FILE --export F.json"},
               {"growth", "aguanta growth FILE --export F.json"},
               {"costs", "aguanta growth FILE FILE --export F.json"},
               {"compare", "aguanta compare A B --export F.json"},
               {"check", "aguanta check A B --export F.json"},
               {"scenario", NULL}};
enum { ANSWERS = sizeof answers / sizeof *answers };

/* Its mark: "aguanta_growth": 1. A scenario has "aguanta": 1, or leaves that to its parent. */
static int answer_of(const struct json_value *root) {
  char mark[40];
  for (int i = 0; i < ANSWERS; i++) {
    snprintf(mark, sizeof mark, "aguanta_%s", answers[i].answer);
    if (json_number(json_member(root, mark)) == 1) return i;
  }
  bool scenario = json_number(json_member(root, "aguanta")) == 1 || json_text(json_member(root, "extends"));
  return scenario ? ANSWERS - 1 : -1;
}

struct result_file result_file_of(const struct json_value *root, const char *path) {
  const struct json_value *scenario = json_member(root, "scenario");
  int seen = answer_of(root);
  struct result_file out = {root,
                            path,
                            result_text(scenario, "name"),
                            result_text(scenario, "title"),
                            result_text(json_member(root, "bill"), "currency"),
                            seen < 0 ? "" : answers[seen].answer};
  if (!*out.title) out.title = out.name;
  return out;
}

/* Words between spaces. */
static bool is_among(const char *wanted, const char *word) {
  size_t length = strlen(word);
  for (const char *at = wanted; (at = strstr(at, word)); at += length)
    if ((at == wanted || at[-1] == ' ') && (at[length] == ' ' || !at[length])) return true;
  return false;
}

bool result_is(const struct result_file *file, const char *kinds) { return *file->answer && is_among(kinds, file->answer); }

const char *result_commands(struct arena *arena, const char *wanted) {
  const char *text = "";
  for (int i = 0; i < ANSWERS; i++)
    if (answers[i].command && is_among(wanted, answers[i].answer))
      text = arena_format(arena, "%s%s`%s`", text, *text ? " or " : "", answers[i].command);
  return text;
}

/* The second word of the command. */
static const char *command_word(struct arena *arena, int i) {
  if (!answers[i].command) return answers[i].answer;
  const char *word = strchr(answers[i].command, ' ') + 1;
  return arena_format(arena, "%.*s", (int)strcspn(word, " "), word);
}

static bool complain(struct arena *arena, const char *wanted, int seen, const char *path, char **error) {
  const char *commands = "", *marks = "", *this = "";
  for (int i = 0; i < ANSWERS; i++)
    if (answers[i].command && is_among(wanted, answers[i].answer)) {
      commands = arena_format(arena, "%s%s%s", commands, *commands ? " or " : "", command_word(arena, i));
      marks = arena_format(arena, "%s%s\"aguanta_%s\": 1", marks, *marks ? " or " : "", answers[i].answer);
    }
  if (seen >= 0 && answers[seen].command) this = arena_format(arena, "; this is one of aguanta %s", command_word(arena, seen));
  return fail(error, path,
              arena_format(arena, "not a result of aguanta %s (no %s)%s; write one with %s%s", commands, marks,
                           is_among(wanted, "scenario") ? " and no scenario" : "", result_commands(arena, wanted), this));
}

static const struct json_value *read_any(struct arena *arena, struct diagnostics *diagnostics, const char *path) {
  const struct source_text *source = source_read_file(arena, diagnostics, path, JSON_FILE_LIMIT);
  if (!source) return NULL;
  return is_lines(source) ? read_lines(arena, diagnostics, source, path)
                          : json_read_text(arena, diagnostics, path, source->text, source->length);
}

bool result_file_read_of(struct arena *arena, const char *wanted, const char *path, struct result_file *out, char **error) {
  struct diagnostics *diagnostics = diagnostics_new(arena);
  *error = NULL;
  const struct json_value *root = read_any(arena, diagnostics, path);
  if (diagnostics_errors(diagnostics)) {
    *error = allocate_text(diagnostics_render(diagnostics, arena));
    (*error)[strcspn(*error, "\n")] = 0; /* one line: the file is ours, not the user's to mend */
    return false;
  }
  int seen = answer_of(root);
  if (seen < 0 || !is_among(wanted, answers[seen].answer)) return complain(arena, wanted, seen, path, error);
  *out = result_file_of(root, arena_text(arena, path));
  return true;
}

double result_number(const struct json_value *object, const char *key) {
  const struct json_value *value = json_member(object, key);
  return json_type(value) == JSON_NUMBER ? json_number(value) : NAN;
}

const char *result_text(const struct json_value *object, const char *key) {
  const char *text = json_text(json_member(object, key));
  return text ? text : "";
}

static double number_or_nan(const struct json_value *value) { return json_type(value) == JSON_NUMBER ? json_number(value) : NAN; }

struct result_estimate result_estimate(const struct json_value *object) {
  const struct json_value *low = json_first(json_member(object, "ci95"));
  return (struct result_estimate){result_number(object, "value"), number_or_nan(low), number_or_nan(json_next(low))};
}

struct estimate result_value(const struct json_value *object) {
  struct result_estimate e = result_estimate(object);
  double n = result_number(object, "n");
  return (struct estimate){e.value, e.low, e.high, n >= 0 && n < 1e18 ? (uint64_t)n : 0, e.low == e.value && e.high == e.value};
}

enum unit result_unit(const char *word) {
  for (enum unit u = UNIT_NONE; u <= UNIT_COUNT; u++)
    if (!strcmp(format_unit_word(u, NULL), word)) return u;
  return UNIT_CURRENCY; /* machine formats name the currency itself */
}

const struct json_value *result_metric(const struct result_file *file, const char *name, const char *aggregate) {
  for (const struct json_value *m = json_first(json_member(file->root, "metrics")); m; m = json_next(m))
    if (!strcmp(result_text(m, "metric"), name) && !strcmp(result_text(m, "agg"), aggregate) &&
        json_count(json_member(m, "labels")) == 0)
      return m;
  return NULL;
}

bool result_has_endpoint(const struct result_file *file, const char *endpoint) {
  for (const struct json_value *e = json_first(json_member(file->root, "endpoints")); e; e = json_next(e))
    if (json_text(e) && !strcmp(json_text(e), endpoint)) return true;
  for (const struct json_value *s = json_first(json_member(file->root, "series")); s && strchr(endpoint, '{'); s = json_next(s))
    if (!strcmp(result_text(json_member(s, "labels"), "of"), endpoint)) return true;
  return false;
}

enum claim_kind result_claim_kind(const struct json_value *claim) {
  const char *kind = result_text(claim, "kind");
  if (!strcmp(kind, "statement")) return CLAIM_STATEMENT;
  return !strcmp(kind, "info") || !strcmp(result_text(claim, "severity"), "info") ? CLAIM_INFO : CLAIM_REQUIREMENT;
}

/* The last of the words in `order` that a claim of the kind has; the first stands for none. */
static const char *worst_verdict(const struct result_file *file, enum claim_kind kind, const char *const *order, int count) {
  int worst = 0;
  for (const struct json_value *c = json_first(json_member(file->root, "claims")); c; c = json_next(c)) {
    if (result_claim_kind(c) != kind || !strcmp(result_text(c, "severity"), "should")) continue;
    for (int i = worst + 1; i < count; i++)
      if (!strcmp(order[i], result_text(c, "verdict"))) worst = i;
  }
  return order[worst];
}

const char *result_verdict(const struct result_file *file) {
  static const char *const order[] = {"NONE", "PASS", "NO DATA", "UNDECIDED", "FAIL"};
  return worst_verdict(file, CLAIM_REQUIREMENT, order, 5);
}

const char *result_statements_verdict(const struct result_file *file) {
  static const char *const order[] = {"", "CONFIRMED", "BETTER", "NO DATA", "UNDECIDED", "CONTRADICTED"};
  return worst_verdict(file, CLAIM_STATEMENT, order, 6);
}

bool claim_limit(const struct json_value *claim, struct claim_limit *out) {
  const struct json_value *low = json_first(json_member(claim, "limit")), *high = json_next(low);
  *out = (struct claim_limit){json_type(low) == JSON_NUMBER ? json_number(low) : -INFINITY,
                              json_type(high) == JSON_NUMBER ? json_number(high) : INFINITY};
  return json_type(low) == JSON_NUMBER || json_type(high) == JSON_NUMBER;
}

static const struct json_value *resolved(const struct result_file *file, const char *key) {
  return json_member(json_member(file->root, "scenario_resolved"), key);
}

static bool same_names(const struct json_value *a, const struct json_value *b) {
  if (json_count(a) != json_count(b)) return false;
  for (const struct json_value *v = json_first(a); v; v = json_next(v))
    if (!json_member(b, json_name(v))) return false;
  return true;
}

bool result_same_customers(struct arena *arena, const struct result_file *files, uint32_t count) {
  const struct json_value *sources = resolved(files, "traffic");
  for (uint32_t i = 1; i < count; i++) {
    const struct json_value *others = resolved(&files[i], "traffic");
    if (!sources || !others || strcmp(json_print_line(arena, sources), json_print_line(arena, others))) return false;
    if (strcmp(result_text(files->root, "seed"), result_text(files[i].root, "seed"))) return false;
    if (!same_names(resolved(files, "endpoints"), resolved(&files[i], "endpoints"))) return false;
  }
  return true;
}
