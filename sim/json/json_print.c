#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *json_print_number(struct arena *arena, double value) {
  if (!isfinite(value)) return arena_text(arena, "null");
  if (value == 0) return arena_text(arena, "0");
  if (value == floor(value) && fabs(value) < 9007199254740992.0) return arena_format(arena, "%.0f", value);
  char text[40];
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  return arena_text(arena, text);
}

/* What text for people may not hold is escaped: the same text, and harmless on a terminal. */
static void put_escape(FILE *out, unsigned code) {
  if (code > 0xFFFF)
    fprintf(out, "\\u%04x\\u%04x", 0xD7C0 + (code >> 10), 0xDC00 + (code & 0x3FF));
  else
    fprintf(out, "\\u%04x", code);
}

static void put_text(FILE *out, const char *text) {
  static const char escaped[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
  fputc('"', out);
  for (const char *p = text; *p;) {
    const char *escape = strchr(escaped, *p);
    unsigned code = 0;
    int length = text_character((const unsigned char *)p, &code);
    if (escape)
      fprintf(out, "\\%c", letter[escape - escaped]);
    else if (!length)
      fputs("\xEF\xBF\xBD", out);
    else if (text_unsafe(code))
      put_escape(out, code);
    else
      fwrite(p, 1, (size_t)length, out);
    p += length ? length : 1;
  }
  fputc('"', out);
}

static void new_line(FILE *out, int level) { fprintf(out, "\n%*s", 2 * level, ""); }

static bool is_plain(const struct json_value *v) { return json_type(v) != JSON_OBJECT && json_type(v) != JSON_LIST; }

static bool all_plain(const struct json_value *list) {
  for (const struct json_value *v = json_first(list); v; v = json_next(v))
    if (!is_plain(v)) return false;
  return true;
}

static void put_value(FILE *out, struct arena *arena, const struct json_value *v, int level);

/* level below 0: everything on one line. */
static void put_container(FILE *out, struct arena *arena, const struct json_value *v, int level) {
  bool object = json_type(v) == JSON_OBJECT, flat = level < 0 || (!object && all_plain(v));
  fputc(object ? '{' : '[', out);
  for (const struct json_value *child = json_first(v); child; child = json_next(child)) {
    if (child != json_first(v)) fputs(flat ? ", " : ",", out);
    if (!flat) new_line(out, level + 1);
    if (object) {
      put_text(out, json_name(child));
      fputs(": ", out);
    }
    put_value(out, arena, child, flat ? -1 : level + 1);
  }
  if (!flat && json_first(v)) new_line(out, level);
  fputc(object ? '}' : ']', out);
}

static void put_value(FILE *out, struct arena *arena, const struct json_value *v, int level) {
  switch (json_type(v)) {
  case JSON_NULL:
    fputs("null", out);
    break;
  case JSON_FLAG:
    fputs(json_flag(v) ? "true" : "false", out);
    break;
  case JSON_NUMBER:
    fputs(json_print_number(arena, json_number(v)), out);
    break;
  case JSON_TEXT:
    put_text(out, json_text(v));
    break;
  default:
    put_container(out, arena, v, level);
  }
}

static char *print_at(struct arena *arena, const struct json_value *v, int level) {
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  put_value(out, arena, v, level);
  fclose(out);
  char *text = arena_text(arena, memory);
  free(memory);
  return text;
}

char *json_print(struct arena *arena, const struct json_value *v) { return print_at(arena, v, 0); }
char *json_print_line(struct arena *arena, const struct json_value *v) { return print_at(arena, v, -1); }

char *json_quote(struct arena *arena, const char *text) {
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  put_text(out, text);
  fclose(out);
  char *quoted = arena_text(arena, memory);
  free(memory);
  return quoted;
}
