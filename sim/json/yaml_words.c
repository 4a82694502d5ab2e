#include "sim/json/yaml_inner.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- types of plain scalars --------------------------------------------------------------------------------------------------- */

static const char *digits(const char *p) {
  while (*p >= '0' && *p <= '9') p++;
  return p;
}

/* A number by JSON's grammar. */
static bool is_number(const char *text) {
  const char *p = text + (*text == '-'), *first = p;
  p = digits(p);
  if (p == first || (*first == '0' && p - first > 1)) return false;
  if (*p == '.') {
    const char *fraction = ++p;
    p = digits(p);
    if (p == fraction) return false;
  }
  if (*p == 'e' || *p == 'E') {
    p += p[1] == '+' || p[1] == '-' ? 2 : 1;
    const char *exponent = p;
    p = digits(p);
    if (p == exponent) return false;
  }
  return !*p && p - text <= JSON_NUMBER_LIMIT;
}

/* Whether a double keeps the number. */
static bool kept(const char *text, double value) {
  if (!isfinite(value)) return false;
  if (value == 0) return strcspn(text, "123456789") >= strcspn(text, "eE");
  return strpbrk(text, ".eE") || fabs(value) < 9007199254740992.0;
}

static bool is_word(const char *text, const char *word, bool loose) {
  if (!strcmp(text, word)) return true;
  if (!loose || strcasecmp(text, word) != 0) return false;
  bool capital = *text >= 'A' && *text <= 'Z', second = text[1] >= 'A' && text[1] <= 'Z';
  return capital && (second || !strcmp(text + 1, word + 1));
}

void yaml_take_type(struct json_value *v, bool loose) {
  const char *text = v->text;
  v->type = JSON_TEXT;
  if (!*text || !strcmp(text, "~") || is_word(text, "null", loose)) {
    v->type = JSON_NULL;
  } else if (is_word(text, "true", loose) || is_word(text, "false", loose)) {
    v->type = JSON_FLAG;
    v->flag = (*text | 32) == 't';
  } else if (is_number(text)) {
    double value = strtod(text, NULL);
    if (kept(text, value)) v->type = JSON_NUMBER, v->number = value;
  }
}

/* --- words for errors --------------------------------------------------------------------------------------------------------- */

static const struct problem {
  const char *begins; /* libyaml's words */
  const char *says;
  bool at_context;
} problems[] = {
    {"mapping values are not allowed",
     "a ':' that does not fit here: a text with ': ' in it stands in quotes, and keys of one object "
     "have the same indentation",
     false},
    {"could not find expected ':'", "expected ':' after this key, or the indentation is wrong", true},
    {"did not find expected key", "expected a key: is it indented like the other keys of its object?", false},
    {"did not find expected '-' indicator", "expected '-' of the next element: is it indented like the others?", false},
    {"block sequence entries are not allowed", "a list cannot begin here: its first '-' stands on a line of its own", false},
    {"block mapping entries are not allowed", "an object cannot begin here", false},
    {"found unexpected end of stream", "this string is never closed", true},
    {"found unexpected document indicator", "this string is never closed", true},
    {"found unknown escape character", "unknown escape in \"double quotes\": write \\\\ for a backslash, or 'single quotes'",
     false},
    {"did not find expected hexdecimal number", "the escape needs hexadecimal digits", false},
    {"found invalid Unicode character escape code", "half of a surrogate pair: it stands for no character", false},
    {"found a tab character", "a tab: YAML is indented with spaces", false},
    {"did not find expected ',' or ']'", "expected ',' or ']'", false},
    {"did not find expected ',' or '}'", "expected ',' or '}'", false},
    {"did not find expected <document start>", "something follows after the end of the value", false},
    {"did not find expected node content", "a value is missing here", false},
    {"found incompatible YAML document", "a version of YAML that is not known: leave the %YAML line out", false},
    {"found undefined tag handle", "tags are not read", false},
    {0}};

static const struct problem *problem_named(const char *problem) {
  const struct problem *p = problems;
  while (p->begins && strncmp(problem, p->begins, strlen(p->begins)) != 0) p++;
  return p->begins ? p : NULL;
}

bool yaml_problem_at_context(const char *problem) {
  const struct problem *p = problem_named(problem);
  return p && p->at_context;
}

const char *yaml_problem(struct arena *arena, const char *context, const char *problem, char at) {
  const struct problem *p = problem_named(problem);
  if (p) return p->says;
  if (strncmp(problem, "found character that cannot start", 33) != 0)
    return arena_format(arena, "is not YAML: %s%s%s", problem, context ? " " : "", context ? context : "");
  if (at == '\t') return "a tab: YAML is indented with spaces";
  return arena_format(arena, "a value that begins with %c must stand in quotes", at);
}

/* --- what a text is ----------------------------------------------------------------------------------------------------------- */

#define WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

const char *yaml_first_key(struct arena *arena, const char *text) {
  for (; *text == '#' || *text == '\n' || *text == '\r' || !strncmp(text, "---", 3); text++) {
    text += strcspn(text, "\n");
    if (!*text) return NULL;
  }
  size_t length = strspn(text, WORD ".");
  bool key = length && text[length] == ':' && (!text[length + 1] || strchr(" \n\r", text[length + 1]));
  return key ? arena_format(arena, "%.*s", (int)length, text) : NULL;
}

static bool ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && !strcmp(text + n - m, end);
}

bool yaml_is_meant(const struct source_text *source) {
  if (source->is_option || !strncmp(source->name, "--", 2)) return false; /* --set prices=mine.yaml */
  if (ends_with(source->name, ".yaml") || ends_with(source->name, ".yml")) return true;
  if (strcmp(source->name, "/dev/stdin") != 0) return false;
  struct arena *arena = arena_new();
  bool key = yaml_first_key(arena, source->text) != NULL;
  arena_free(arena);
  return key;
}

/* What follows the line; null: it is the last. */
static const char *next_line(const char *line) {
  const char *end = strchr(line, '\n');
  return end ? end + 1 : NULL;
}

/* Whether a line of the text begins with one of the words and a colon, after `indented` spaces at least. */
static bool has_line(const char *text, bool indented, const char *const *words) {
  for (const char *line = text; line; line = next_line(line)) {
    size_t space = strspn(line, " ");
    if ((space > 0) != indented) continue;
    for (int i = 0; words[i]; i++) {
      size_t length = strlen(words[i]);
      if (!strncmp(line + space, words[i], length) && line[space + length] == ':') return true;
    }
  }
  return false;
}

const char *yaml_foreign_guess(struct arena *arena, const struct source_text *source) {
  static const char *const ours[] = {"aguanta", "aguanta_study", "endpoints", "traffic", "\"aguanta\"", NULL};
  static const char *const version[] = {"apiVersion", NULL}, *const services[] = {"services", "version", NULL},
                           *const built[] = {"image", "build", NULL};
  if (has_line(source->text, false, ours)) return "";
  const char *file = strcmp(source->name, "/dev/stdin") ? source->name : "-";
  if (has_line(source->text, false, version))
    return arena_format(arena, " (a Kubernetes manifest? `aguanta import k8s %s` makes a scenario of it)", file);
  if (has_line(source->text, false, services) && has_line(source->text, true, built))
    return arena_format(arena, " (a Compose file? `aguanta import compose %s` makes a scenario of it)", file);
  return "";
}
