#include "sim/import/build.h"
#include "sim/import/compose_file.h"
#include "sim/json/source_file.h"
#include "sim/json/yaml.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct compose_variables {
  const struct json_value *file; /* of .env; null: there is none */
  struct json_value *missing;    /* names that are not set */
  size_t *filled;                /* bytes of all texts with variables: one line of .env may stand in 10^6 places */
};

enum { NESTED = 16, LONGEST = JSON_STRING_LIMIT, FILLED_MOST = 32 << 20, MISSING = 200 };

/* --- .env --------------------------------------------------------------------------------------------------------------------- */

/* NAME=value, export NAME=value, NAME="value"; what is after " #" is a comment where there are no quotes. */
static void env_line(struct arena *arena, struct json_value *into, char *line) {
  line += strspn(line, " \t");
  if (!strncmp(line, "export ", 7)) line += 7;
  char *equals = strchr(line, '=');
  if (*line == '#' || !equals || equals == line) return;
  *equals = 0;
  for (char *end = equals; end > line && strchr(" \t", end[-1]);) *--end = 0;
  char *value = equals + 1 + strspn(equals + 1, " \t"), quote = *value;
  if (quote == '"' || quote == '\'') {
    value++;
    value[strcspn(value, quote == '"' ? "\"" : "'")] = 0;
  } else {
    char *comment = strstr(value, " #");
    if (comment) *comment = 0;
    for (char *end = value + strlen(value); end > value && strchr(" \t\r", end[-1]);) *--end = 0;
  }
  for (struct json_value *v = into->first; v; v = v->next)
    if (!strcmp(v->name, line)) {
      v->text = arena_text(arena, value);
      return;
    }
  build_text(arena, into, line, value);
}

struct json_value *compose_env_file(struct import *im, const char *path) {
  if (access(path, R_OK)) return NULL;
  const struct source_text *source = source_read_file(im->arena, im->diagnostics, path, 1 << 20);
  if (!source) return NULL;
  struct json_value *into = build_object(im->arena, NULL, NULL);
  char *text = arena_text(im->arena, source->text);
  for (char *line = text, *end; line && *line && json_count(into) < 2000; line = end) {
    end = strchr(line, '\n');
    if (end) *end++ = 0;
    env_line(im->arena, into, line);
  }
  return into;
}

struct compose_variables *compose_variables_read(struct import *im, const char *beside) {
  struct compose_variables *v = arena_alloc(im->arena, sizeof *v);
  v->filled = arena_alloc(im->arena, sizeof *v->filled);
  v->missing = build_object(im->arena, NULL, NULL);
  v->file = compose_env_file(im, source_beside(im->arena, NULL, beside, ".env"));
  return v;
}

static const char *variable(const struct compose_variables *v, const char *name) {
  const char *value = getenv(name);
  return value ? value : json_text(json_member(v->file, name));
}

/* --- ${...} ------------------------------------------------------------------------------------------------------------------- */

struct filling {
  struct import *im;
  const struct compose_variables *variables;
  struct position at;
  char out[LONGEST + 1];
  size_t length;
  bool failed;
};

static void put(struct filling *f, const char *text, size_t length) {
  if (f->length + length > LONGEST) {
    if (!f->failed) diagnostic_add(f->im->diagnostics, &f->at, "variables make it longer than %d bytes", LONGEST);
    f->failed = true;
    return;
  }
  memcpy(f->out + f->length, text, length);
  f->length += length;
}

static void fill(struct filling *f, const char *text, size_t length, int depth);

static size_t name_length(const char *text, size_t length) {
  size_t n = 0;
  while (n < length &&
         (text[n] == '_' || (text[n] >= '0' && text[n] <= '9' && n) || ((text[n] | 32) >= 'a' && (text[n] | 32) <= 'z')))
    n++;
  return n;
}

/* Where the brace is closed that is open at `text`; the length when it is not. */
static size_t closing(const char *text, size_t length) {
  int depth = 1;
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '{' && i && text[i - 1] == '$') depth++;
    if (text[i] == '}' && !--depth) return i;
  }
  return length;
}

/* Where it is first: a name may be in 10^6 places. */
static void not_set(struct filling *f, const char *name) {
  struct json_value *missing = f->variables->missing;
  for (const struct json_value *v = missing->first; v; v = v->next)
    if (!strcmp(v->name, name)) return;
  if (json_count(missing) > MISSING) return;
  build_flag(f->im->arena, missing, name, true);
  if (json_count(missing) > MISSING) {
    import_note(f->im, IMPORT_ASSUMED, &f->at, "more than %d variables are not set, and empty", MISSING);
    return;
  }
  import_note(f->im, IMPORT_ASSUMED, &f->at, "${%s} is empty: it is not set, here or in .env, and has no default", name);
}

/* What is between the braces: NAME, NAME:-other, NAME-other, NAME:?why, NAME?why, NAME:+other, NAME+other. */
static void fill_braces(struct filling *f, const char *text, size_t length, int depth) {
  size_t n = name_length(text, length);
  const char *name = arena_format(f->im->arena, "%.*s", (int)n, text), *value = variable(f->variables, name);
  bool colon = n < length && text[n] == ':';
  size_t at = n + colon;
  char kind = at < length ? text[at] : 0;
  const char *other = text + at + 1;
  size_t rest = at < length ? length - at - 1 : 0;
  bool set = value && (!colon || *value);
  if (!n || (at < length && !strchr("-?+", kind)) || (colon && !kind)) {
    diagnostic_add(f->im->diagnostics, &f->at, "\"${%.*s}\" is no variable: ${NAME}, ${NAME:-default}, ${NAME:?message} are",
                   (int)(length < 60 ? length : 60), text);
    f->failed = true;
  } else if (kind == '+') {
    if (set) fill(f, other, rest, depth + 1);
  } else if (set || (!kind && value)) {
    put(f, value, strlen(value));
  } else if (kind == '-') {
    fill(f, other, rest, depth + 1);
  } else if (kind == '?') {
    diagnostic_add(f->im->diagnostics, &f->at, "${%s} has to be set, in the environment or in .env%s%.*s", name, rest ? ": " : "",
                   (int)(rest < 200 ? rest : 200), other);
    f->failed = true;
  } else {
    not_set(f, name);
  }
}

static void fill(struct filling *f, const char *text, size_t length, int depth) {
  if (depth > NESTED) {
    if (!f->failed) diagnostic_add(f->im->diagnostics, &f->at, "variables nested deeper than %d levels", NESTED);
    f->failed = true;
  }
  for (size_t i = 0; i < length && !f->failed;) {
    const char *dollar = memchr(text + i, '$', length - i);
    size_t plain = dollar ? (size_t)(dollar - text) - i : length - i;
    put(f, text + i, plain);
    i += plain;
    if (!dollar) return;
    size_t left = length - i - 1, n = name_length(text + i + 1, left);
    if (left && text[i + 1] == '$') {
      put(f, "$", 1), i += 2;
    } else if (left && text[i + 1] == '{') {
      size_t inner = closing(text + i + 2, left - 1);
      fill_braces(f, text + i + 2, inner, depth);
      i += inner + 3;
    } else if (n) {
      fill_braces(f, text + i + 1, n, depth);
      i += n + 1;
    } else {
      put(f, "$", 1), i++;
    }
  }
}

static void fill_text(struct import *im, const struct compose_variables *variables, struct json_value *v) {
  struct filling f;
  f.im = im, f.variables = variables, f.at = v->position, f.length = 0, f.failed = false;
  if (*variables->filled > FILLED_MOST) return;
  fill(&f, v->text, strlen(v->text), 0);
  f.out[f.length] = 0;
  *variables->filled += f.length;
  if (*variables->filled > FILLED_MOST)
    diagnostic_add(im->diagnostics, &f.at, "variables make the files longer than %d MiB", FILLED_MOST >> 20);
  v->text = arena_text(im->arena, f.out);
  if (v->plain) yaml_take_type(v, true);
  if (v->type == JSON_NULL && !*v->text) v->type = JSON_TEXT;
}

void compose_fill_in(struct import *im, const struct compose_variables *variables, struct json_value *v) {
  if (v->type == JSON_TEXT && !v->filled && strchr(v->text, '$')) fill_text(im, variables, v);
  v->filled = true;
  for (struct json_value *m = v->first; m; m = m->next) compose_fill_in(im, variables, m);
}
