#include "sim/json/json_scan.h"
#include "sim/engine/arena.h"
#include "sim/json/yaml.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scanner {
  struct arena *arena;
  struct diagnostics *diagnostics;
  const struct source_text *source;
  const char *text;
  size_t length, at;
  bool comments;
  int depth;
  uint32_t room;
  struct json_scan *out;
};

static char peek(const struct scanner *s) { return s->at < s->length ? s->text[s->at] : 0; }
static bool at_end(const struct scanner *s) { return s->at >= s->length; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static struct position stretch(const struct scanner *s, size_t offset, size_t length) {
  return (struct position){s->source, (uint32_t)offset, (uint32_t)(length ? length : 1)};
}

/* An error of syntax; always false, so that callers can return it. */
static bool refuse(struct scanner *s, size_t offset, size_t length, const char *message) {
  struct position position = stretch(s, offset, length);
  diagnostic_add(s->diagnostics, &position, "%s", message);
  return false;
}

/* Expected something else: says what stands there instead. */
static bool refuse_here(struct scanner *s, const char *expected) {
  if (at_end(s)) {
    /* Point at the last character: after it there is nothing to show. */
    size_t last = s->length;
    while (last > 0 && strchr(" \t\r\n", s->text[last - 1])) last--;
    return refuse(s, last ? last - 1 : 0, 1, arena_format(s->arena, "the file ends here: expected %s", expected));
  }
  unsigned char c = (unsigned char)peek(s);
  const char *seen = c >= 0x20 && c < 0x7F ? arena_format(s->arena, "'%c'", c) : arena_format(s->arena, "byte 0x%02X", c);
  return refuse(s, s->at, 1, arena_format(s->arena, "expected %s, not %s", expected, seen));
}

static bool skip_comment(struct scanner *s) {
  size_t begin = s->at;
  if (!s->comments) return refuse(s, begin, 2, "a comment: they are allowed in files named .jsonc only");
  bool line = s->text[begin + 1] == '/';
  const char *from = s->text + begin + 2, *limit = s->text + s->length;
  const char *end = line ? memchr(from, '\n', (size_t)(limit - from)) : memmem(from, (size_t)(limit - from), "*/", 2);
  if (!end && !line) return refuse(s, begin, 2, "this comment is never closed");
  s->at = end ? (size_t)(end - s->text) + (line ? 0 : 2) : s->length;
  for (size_t i = begin; i < s->at; i++)
    if (s->out->plain[i] != '\n') s->out->plain[i] = ' ';
  return true;
}

static bool skip_space(struct scanner *s) {
  for (; !at_end(s); s->at++) {
    char c = peek(s), next = s->at + 1 < s->length ? s->text[s->at + 1] : 0;
    if (c == '/' && (next == '/' || next == '*')) {
      if (!skip_comment(s)) return false;
      s->at--;
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      return true;
    }
  }
  return true;
}

/* Length of a well-formed UTF-8 character (Unicode 15, table 3-7: no surrogates, no overlong forms), or 0. */
static size_t utf8_length(const unsigned char *p, size_t left) {
  if (p[0] < 0x80) return 1;
  size_t length = p[0] >= 0xC2 && p[0] <= 0xDF ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4 : 0;
  if (!length || left < length) return 0;
  for (size_t i = 1; i < length; i++)
    if ((p[i] & 0xC0) != 0x80) return 0;
  if (p[0] == 0xE0 && p[1] < 0xA0) return 0;
  if (p[0] == 0xED && p[1] > 0x9F) return 0;
  if (p[0] == 0xF0 && p[1] < 0x90) return 0;
  if (p[0] == 0xF4 && p[1] > 0x8F) return 0;
  return length;
}

static int hex4(const struct scanner *s, size_t at) {
  int value = 0;
  if (at + 4 > s->length) return -1;
  for (size_t i = at; i < at + 4; i++) {
    char c = s->text[i];
    int digit = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/* At \u: steps over one character of one or two escapes. cJSON refuses half a pair, so that is an error of syntax here. */
static bool scan_unicode_escape(struct scanner *s) {
  size_t begin = s->at;
  int unit = hex4(s, begin + 2);
  if (unit < 0) return refuse(s, begin, 2, "\\u needs four hexadecimal digits");
  s->at += 6;
  if (unit == 0) {
    struct position position = stretch(s, begin, 6);
    diagnostic_add(s->diagnostics, &position, "\\u0000 is not allowed: it would end the string");
  }
  if (unit < 0xD800 || unit > 0xDFFF) return true;
  bool pair = unit < 0xDC00 && s->at + 6 <= s->length && s->text[s->at] == '\\' && s->text[s->at + 1] == 'u';
  int low = pair ? hex4(s, s->at + 2) : -1;
  if (low < 0xDC00 || low > 0xDFFF) return refuse(s, begin, 6, "half of a surrogate pair: it stands for no character");
  s->at += 6;
  return true;
}

static bool scan_escape(struct scanner *s) {
  char c = s->at + 1 < s->length ? s->text[s->at + 1] : 0;
  if (c == 'u') return scan_unicode_escape(s);
  if (!c || !strchr("\"\\/bfnrt", c))
    return refuse(s, s->at, 2, "unknown escape: allowed are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
  s->at += 2;
  return true;
}

/* One character inside a string; errors of its bytes are reported and stepped over. */
static bool scan_character(struct scanner *s) {
  unsigned char c = (unsigned char)peek(s);
  if (c == '\\') return scan_escape(s);
  struct position position = stretch(s, s->at, 1);
  size_t step = utf8_length((const unsigned char *)s->text + s->at, s->length - s->at);
  if (c == 0) return refuse(s, s->at, 1, "a zero byte in a string");
  if (c < 0x20)
    diagnostic_add(s->diagnostics, &position, "a raw control character in a string: write \\%s",
                   c == '\t'   ? "t"
                   : c == '\r' ? "r"
                               : arena_format(s->arena, "u%04x", c));
  if (!step) diagnostic_add(s->diagnostics, &position, "not valid UTF-8: byte 0x%02X", c);
  s->at += step ? step : 1;
  return true;
}

static bool scan_string(struct scanner *s) {
  size_t begin = s->at++;
  while (peek(s) != '"') {
    if (at_end(s) || peek(s) == '\n') return refuse(s, begin, s->at - begin, "this string is never closed");
    if (!scan_character(s)) return false;
  }
  size_t size = s->at - begin - 1;
  s->at++;
  struct position position = stretch(s, begin, 1);
  if (size > JSON_STRING_LIMIT)
    diagnostic_add(s->diagnostics, &position, "a string of %zu bytes: at most %d are allowed", size, JSON_STRING_LIMIT);
  return true;
}

/* What a double would not keep: it reads the number and compares. */
static void check_number(struct scanner *s, size_t begin, const char *digits) {
  struct position position = stretch(s, begin, s->at - begin);
  double value = strtod(digits, NULL);
  bool whole = !strpbrk(digits, ".eE");
  if (isinf(value)) {
    diagnostic_add(s->diagnostics, &position, "%s is too large a number", digits);
  } else if (value == 0 && strcspn(digits, "123456789") < strcspn(digits, "eE")) {
    diagnostic_add(s->diagnostics, &position, "%s is too small a number: it would become 0", digits);
  } else if (whole && fabs(value) >= 9007199254740992.0) {
    if (strcmp(arena_format(s->arena, "%.0f", value), digits) != 0)
      diagnostic_add(s->diagnostics, &position, "%s is above 2^53 and would lose digits: write it as a string", digits);
  }
}

static void skip_digits(struct scanner *s) {
  while (is_digit(peek(s))) s->at++;
}

static bool scan_number(struct scanner *s) {
  size_t begin = s->at;
  if (peek(s) == '-') s->at++;
  size_t first = s->at;
  if (!is_digit(peek(s))) return refuse_here(s, "a digit");
  skip_digits(s);
  bool leading_zero = s->text[first] == '0' && s->at - first > 1;
  if (peek(s) == '.') {
    s->at++;
    if (!is_digit(peek(s))) return refuse_here(s, "a digit after the point");
    skip_digits(s);
  }
  if (peek(s) == 'e' || peek(s) == 'E') {
    s->at++;
    if (peek(s) == '+' || peek(s) == '-') s->at++;
    if (!is_digit(peek(s))) return refuse_here(s, "a digit of the exponent");
    skip_digits(s);
  }
  size_t length = s->at - begin;
  if (leading_zero) return refuse(s, begin, length, "a number must not begin with 0: leave the zero out");
  if (length > JSON_NUMBER_LIMIT)
    return refuse(s, begin, length,
                  arena_format(s->arena, "a number of %zu characters: at most %d are allowed", length, JSON_NUMBER_LIMIT));
  check_number(s, begin, arena_format(s->arena, "%.*s", (int)length, s->text + begin));
  return true;
}

static bool is_word(char c) { return is_digit(c) || c == '_' || c == '-' || ((c | 32) >= 'a' && (c | 32) <= 'z'); }

static bool scan_word(struct scanner *s) {
  static const char *const words[] = {"true", "false", "null"};
  size_t length = 0;
  while (s->at + length < s->length && is_word(s->text[s->at + length])) length++;
  for (size_t i = 0; i < 3; i++)
    if (length == strlen(words[i]) && !strncmp(s->text + s->at, words[i], length)) return s->at += length, true;
  if (!length) return refuse_here(s, "a value");
  const char *word = arena_format(s->arena, "%.*s", length > 40 ? 40 : (int)length, s->text + s->at);
  return refuse(s, s->at, length, arena_format(s->arena, "%s is no value: texts stand in \"double quotes\"", word));
}

static struct json_mark *new_mark(struct scanner *s) {
  struct json_scan *out = s->out;
  if (out->count == s->room) {
    s->room = s->room ? 2 * s->room : 8;
    struct json_mark *more = arena_alloc(s->arena, s->room * sizeof *more);
    if (out->count) memcpy(more, out->marks, out->count * sizeof *more);
    out->marks = more;
  }
  return &out->marks[out->count++];
}

static bool scan_value(struct scanner *s, struct json_mark name);

/* After an element: whether another one follows. */
static bool scan_separator(struct scanner *s, char close, bool *more) {
  if (!skip_space(s)) return false;
  *more = peek(s) == ',';
  if (!*more && peek(s) != close) return refuse_here(s, close == '}' ? "',' or '}'" : "',' or ']'");
  size_t comma = s->at++;
  if (!*more) return true;
  if (!skip_space(s)) return false;
  if (peek(s) == close && !at_end(s)) return refuse(s, comma, 1, "a comma after the last element");
  return true;
}

static bool scan_object(struct scanner *s) {
  s->at++;
  if (!skip_space(s)) return false;
  if (peek(s) == '}') return s->at++, true;
  for (bool more = true; more;) {
    struct json_mark name = {.name_offset = (uint32_t)s->at};
    if (peek(s) != '"') return refuse_here(s, "a key in double quotes");
    if (!scan_string(s)) return false;
    name.name_length = (uint32_t)(s->at - name.name_offset);
    if (!skip_space(s)) return false;
    if (peek(s) != ':') return refuse_here(s, "':' after the key");
    s->at++;
    if (!scan_value(s, name) || !scan_separator(s, '}', &more)) return false;
  }
  return true;
}

static bool scan_list(struct scanner *s) {
  s->at++;
  if (!skip_space(s)) return false;
  if (peek(s) == ']') return s->at++, true;
  for (bool more = true; more;)
    if (!scan_value(s, (struct json_mark){0}) || !scan_separator(s, ']', &more)) return false;
  return true;
}

static bool scan_value(struct scanner *s, struct json_mark mark) {
  if (!skip_space(s)) return false;
  char c = peek(s);
  bool nested = c == '{' || c == '[';
  if (nested && s->depth == JSON_DEPTH_LIMIT)
    return refuse(s, s->at, 1, arena_format(s->arena, "nested deeper than %d levels", JSON_DEPTH_LIMIT));
  mark.offset = (uint32_t)s->at;
  uint32_t index = s->out->count;
  *new_mark(s) = mark;
  s->depth += nested;
  bool good = c == '{'                  ? scan_object(s)
              : c == '['                ? scan_list(s)
              : c == '"'                ? scan_string(s)
              : c == '-' || is_digit(c) ? scan_number(s)
                                        : scan_word(s);
  s->depth -= nested;
  s->out->marks[index].length = nested ? 1 : (uint32_t)(s->at - mark.offset);
  return good;
}

/* Without its text: what is not a scenario is not shown. */
static bool refuse_yaml(struct scanner *s) {
  struct position whole = {s->source, 0, 0};
  const char *guess = yaml_foreign_guess(s->arena, s->source);
  diagnostic_add(s->diagnostics, &whole, "this is YAML%s", *guess ? guess : ": a scenario in YAML has a name that ends in .yaml");
  return false;
}

bool json_scan_text(struct arena *arena, struct diagnostics *d, const struct source_text *source, bool comments,
                    struct json_scan *out) {
  struct scanner s = {arena, d, source, source->text, source->length, 0, comments, 0, 0, out};
  *out = (struct json_scan){.plain = arena_alloc(arena, source->length + 1)};
  memcpy(out->plain, source->text, source->length);
  if (source->length >= 3 && !memcmp(source->text, "\xEF\xBB\xBF", 3))
    return refuse(&s, 0, 3, "begins with a byte order mark: save the file as UTF-8 without it");
  if (yaml_first_key(arena, source->text)) return refuse_yaml(&s);
  if (!skip_space(&s)) return false;
  struct position whole = {source, 0, 0};
  if (at_end(&s)) return diagnostic_add(d, &whole, "is empty: expected a value such as {}"), false;
  if (!scan_value(&s, (struct json_mark){0}) || !skip_space(&s)) return false;
  return at_end(&s) || refuse(&s, s.at, 1, "something follows after the end of the value");
}
