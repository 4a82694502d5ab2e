#include "sim/json/json_print.h"
#include "sim/json/yaml.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include <stdlib.h>
#include <string.h>

enum { LINE_MOST = 120 };

static bool is_container(const struct json_value *v) { return v->type == JSON_OBJECT || v->type == JSON_LIST; }

/* Whether a text is the same without quotes: in doubt it is not. */
static bool is_plain_text(struct arena *arena, const char *text, bool flow) {
  static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./";
  static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./ +-%<>=()@~;$*";
  static const char *const flags[] = {"yes", "no", "on", "off", "y", "n"}; /* of YAML 1.1 */
  if (!*text || !strchr(first, *text)) return false;
  if (*text >= '0' && *text <= '9' && strchr(text, ':')) return false; /* 14:00 is a number there */
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
    if (!strcasecmp(text, flags[i])) return false;
  size_t length = strspn(text, safe);
  for (; text[length]; length += 1 + strspn(text + length + 1, safe)) {
    char c = text[length], next = text[length + 1];
    if (c == ',' && !flow) continue;
    if (c == ':' && next && next != ' ' && !flow) continue;
    return false;
  }
  if (text[length - 1] == ' ') return false;
  struct json_value v = {.text = arena_text(arena, text)};
  yaml_take_type(&v, true);
  return v.type == JSON_TEXT;
}

static void put_text(FILE *out, struct arena *arena, const char *text, bool flow) {
  if (is_plain_text(arena, text, flow))
    fputs(text, out);
  else
    json_put_text(out, text);
}

static void put_flow(FILE *out, struct arena *arena, const struct json_value *v);

static void put_scalar(FILE *out, struct arena *arena, const struct json_value *v, bool flow) {
  if (v->type == JSON_TEXT)
    put_text(out, arena, v->text, flow);
  else if (v->type == JSON_NUMBER)
    json_put_number(out, v->number);
  else
    fputs(v->type == JSON_NULL ? "null" : v->flag ? "true" : "false", out);
}

static void put_flow(FILE *out, struct arena *arena, const struct json_value *v) {
  if (!is_container(v)) {
    put_scalar(out, arena, v, true);
    return;
  }
  bool object = v->type == JSON_OBJECT;
  fputc(object ? '{' : '[', out);
  for (const struct json_value *m = v->first; m; m = m->next) {
    fputs(m == v->first ? "" : ", ", out);
    if (object) put_text(out, arena, m->name, true), fputs(": ", out);
    put_flow(out, arena, m);
  }
  fputc(object ? '}' : ']', out);
}

/* The value on one line, or null when that is too long. */
static const char *on_one_line(struct arena *arena, const struct json_value *v, int room) {
  if (!v->first) return v->type == JSON_OBJECT ? "{}" : "[]";
  for (const struct json_value *m = v->first; m; m = m->next) /* only leaves, and leaves of leaves */
    for (const struct json_value *n = is_container(m) ? m->first : NULL; n; n = n->next)
      if (is_container(n) && n->first && is_container(n->first)) return NULL;
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  put_flow(out, arena, v);
  fclose(out);
  const char *text = (int)size <= room ? arena_text(arena, memory) : NULL;
  free(memory);
  return text;
}

static void put_block(FILE *out, struct arena *arena, const struct json_value *v, int level, bool begun);

/* What follows a key or a dash. */
static void put_value(FILE *out, struct arena *arena, const struct json_value *v, int level, int used, bool dash) {
  const char *line = is_container(v) && level > 0 ? on_one_line(arena, v, LINE_MOST - 2 * level - used) : NULL;
  if (!is_container(v)) {
    fputc(' ', out), put_scalar(out, arena, v, false), fputc('\n', out);
  } else if (line) {
    fprintf(out, " %s\n", line);
  } else if (!v->first) {
    fputs(v->type == JSON_OBJECT ? " {}\n" : " []\n", out);
  } else {
    fputs(dash ? " " : "\n", out);
    put_block(out, arena, v, level + 1, dash);
  }
}

/* begun: its first line has its indentation already. */
static void put_block(FILE *out, struct arena *arena, const struct json_value *v, int level, bool begun) {
  for (const struct json_value *m = v->first; m; m = m->next) {
    if (level == 0 && m != v->first && is_container(m)) fputc('\n', out);
    fprintf(out, "%*s", begun && m == v->first ? 0 : 2 * level, "");
    if (v->type == JSON_OBJECT) put_text(out, arena, m->name, false), fputc(':', out);
    if (v->type == JSON_LIST) fputc('-', out);
    put_value(out, arena, m, level, m->name ? (int)strlen(m->name) + 2 : 2, v->type == JSON_LIST);
  }
}

char *yaml_print(struct arena *arena, const struct json_value *root, const char *head) {
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  for (const char *line = head; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
    fprintf(out, "# %.*s\n", (int)strcspn(line, "\n"), line);
  put_block(out, arena, root, 0, false);
  fclose(out);
  char *text = arena_text(arena, memory);
  free(memory);
  return text;
}
