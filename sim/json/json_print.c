#include "sim/engine/arena.h"
#include "sim/json/json_print.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The shortest of three precisions that reads back as the same double: fewer digits than 15 are those with zeros behind, left
 * out. */
void json_put_number(FILE *out, double value) {
  char text[40] = "null";
  if (value == 0)
    strcpy(text, "0");
  else if (isfinite(value) && value == floor(value) && fabs(value) < 9007199254740992.0)
    snprintf(text, sizeof text, "%.0f", value);
  else
    for (int digits = 15; isfinite(value) && digits <= 17; digits++) {
      snprintf(text, sizeof text, "%.*g", digits, value);
      if (strtod(text, NULL) == value) break;
    }
  fputs(text, out);
}

/* What text for people may not hold is escaped: the same text, and harmless on a terminal. */
static void put_escape(FILE *out, unsigned code) {
  if (code > 0xFFFF)
    fprintf(out, "\\u%04x\\u%04x", 0xD7C0 + (code >> 10), 0xDC00 + (code & 0x3FF));
  else
    fprintf(out, "\\u%04x", code);
}

void json_put_text(FILE *out, const char *text) {
  if (!text) {
    fputs("null", out);
    return;
  }
  static const char escaped[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
  fputc('"', out);
  for (const char *p = text; *p;) {
    const char *escape = strchr(escaped, *p);
    unsigned code = 0;
    int length = text_character((const unsigned char *)p, &code);
    if (escape)
      fprintf(out, "\\%c", letter[escape - escaped]);
    else if (!length)
      fputs("\\ufffd", out);
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

static void put_value(FILE *out, const struct json_value *v, int level);

/* level below 0: everything on one line. */
static void put_container(FILE *out, const struct json_value *v, int level) {
  bool object = json_type(v) == JSON_OBJECT, flat = level < 0 || (!object && all_plain(v));
  fputc(object ? '{' : '[', out);
  for (const struct json_value *child = json_first(v); child; child = json_next(child)) {
    if (child != json_first(v)) fputs(flat ? ", " : ",", out);
    if (!flat) new_line(out, level + 1);
    if (object) {
      json_put_text(out, json_name(child));
      fputs(": ", out);
    }
    put_value(out, child, flat ? -1 : level + 1);
  }
  if (!flat && json_first(v)) new_line(out, level);
  fputc(object ? '}' : ']', out);
}

static void put_value(FILE *out, const struct json_value *v, int level) {
  switch (json_type(v)) {
  case JSON_NULL:
    fputs("null", out);
    break;
  case JSON_FLAG:
    fputs(json_flag(v) ? "true" : "false", out);
    break;
  case JSON_NUMBER:
    json_put_number(out, json_number(v));
    break;
  case JSON_TEXT:
    json_put_text(out, json_text(v));
    break;
  default:
    put_container(out, v, level);
  }
}

/* What is written to a stream as a text in the arena. */
struct printed {
  FILE *out;
  char *memory;
  size_t size;
};

static void begin(struct printed *p) { p->out = allocate_stream(&p->memory, &p->size); }

static char *end(struct printed *p, struct arena *arena) {
  fclose(p->out);
  char *text = arena_text(arena, p->memory);
  free(p->memory);
  return text;
}

static char *print_at(struct arena *arena, const struct json_value *v, int level) {
  struct printed p;
  begin(&p);
  put_value(p.out, v, level);
  return end(&p, arena);
}

char *json_print(struct arena *arena, const struct json_value *v) { return print_at(arena, v, 0); }
char *json_print_line(struct arena *arena, const struct json_value *v) { return print_at(arena, v, -1); }

char *json_quote(struct arena *arena, const char *text) {
  struct printed p;
  begin(&p);
  json_put_text(p.out, text);
  return end(&p, arena);
}

char *json_print_number(struct arena *arena, double value) {
  struct printed p;
  begin(&p);
  json_put_number(p.out, value);
  return end(&p, arena);
}
