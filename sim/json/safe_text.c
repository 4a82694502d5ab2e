#include "sim/json/safe_text.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD"

int text_character(const unsigned char *c, unsigned *code) {
  int length = *c < 0x80 ? 1 : *c < 0xC2 ? 0 : *c < 0xE0 ? 2 : *c < 0xF0 ? 3 : *c < 0xF5 ? 4 : 0;
  if (length == 0) return 0;
  *code = length == 1 ? *c : *c & (0x7Fu >> length);
  for (int i = 1; i < length; i++) {
    if ((c[i] & 0xC0) != 0x80) return 0;
    *code = *code << 6 | (c[i] & 0x3F);
  }
  if ((length == 3 && *code < 0x800) || (length == 4 && (*code < 0x10000 || *code > 0x10FFFF))) return 0;
  return *code >= 0xD800 && *code <= 0xDFFF ? 0 : length;
}

/* Unicode 15: Cc, Zl, Zp, Bidi_Control, what has no width, tags, noncharacters. */
bool text_unsafe(unsigned code) {
  static const unsigned ranges[][2] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0x61C, 0x61C},     {0x180E, 0x180E},
                                       {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},   {0xFEFF, 0xFEFF},
                                       {0xFFF9, 0xFFFB}, {0xFDD0, 0xFDEF}, {0xE0000, 0xE007F}, {0x110000, 0xFFFFFFFF}};
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (code >= ranges[i][0] && code <= ranges[i][1]) return true;
  return (code & 0xFFFE) == 0xFFFE;
}

static bool blank(unsigned code) { return code == '\t' || code == '\n' || code == '\r'; }

/* The character at `c`; beyond the end there is nothing to look at. */
static size_t step(const char *c, const char *end, unsigned *code) {
  char room[5] = "";
  size_t left = (size_t)(end - c);
  memcpy(room, c, left < 4 ? left : 4);
  int length = text_character((const unsigned char *)room, code);
  return (size_t)length > left ? 0 : (size_t)length;
}

void safe_put_part(FILE *file, const char *text, size_t length, bool tabs) {
  const char *end = text + length;
  for (size_t n; text < end; text += n ? n : 1) {
    unsigned code = 0;
    n = step(text, end, &code);
    if (n && blank(code))
      fputc(tabs && code == '\t' ? '\t' : ' ', file);
    else if (!n || text_unsafe(code))
      fputs(REPLACEMENT, file);
    else
      fwrite(text, 1, n, file);
  }
}

void safe_put(FILE *file, const char *text) {
  if (text) safe_put_part(file, text, strlen(text), false);
}

static bool is_safe(const char *text) {
  const char *end = text + strlen(text);
  for (size_t n; text < end; text += n) {
    unsigned code = 0;
    n = step(text, end, &code);
    if (!n || text_unsafe(code)) return false;
  }
  return true;
}

const char *safe_text(struct arena *arena, const char *text) {
  if (!text || is_safe(text)) return text;
  size_t length = strlen(text), used = 0;
  char *out = arena_alloc(arena, 3 * length + 1); /* U+FFFD takes three bytes, and replaces one or more */
  const char *end = text + length;
  for (size_t n; text < end; text += n ? n : 1) {
    unsigned code = 0;
    n = step(text, end, &code);
    bool kept = n && !text_unsafe(code);
    const char *put = kept ? text : n && blank(code) ? " " : REPLACEMENT;
    size_t size = kept ? n : strlen(put);
    memcpy(out + used, put, size);
    used += size;
  }
  return out;
}

/* Bytes that no UTF-8 has: one of them stands for the line breaks of the format while it is filled in. */
static const char marks[] = "\xFF\xFE\xFD\xFC\xFB\xFA\xF9\xF8";

static char *formatted(const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  char *text = allocate(length < 0 ? 1 : (size_t)length + 1);
  *text = 0;
  if (length >= 0) vsnprintf(text, (size_t)length + 1, format, arguments);
  return text;
}

static size_t count_of(const char *text, char byte) {
  size_t count = 0;
  for (; *text; text++) count += *text == byte;
  return count;
}

/* The text with `mark` for each line break of the format; null when an argument holds the mark too. The caller frees it. */
static char *filled(const char *format, va_list arguments, char mark) {
  char *marked = allocate_text(format);
  size_t breaks = count_of(format, '\n');
  for (char *c = marked; *c; c++)
    if (*c == '\n') *c = mark;
  char *text = formatted(marked, arguments);
  free(marked);
  if (count_of(text, mark) == breaks) return text;
  free(text);
  return NULL;
}

void safe_print(FILE *file, const char *format, ...) {
  char *text = NULL;
  size_t which = 0;
  for (; !text && marks[which]; which += !text) {
    va_list arguments;
    va_start(arguments, format);
    text = filled(format, arguments, marks[which]);
    va_end(arguments);
  }
  if (!text) { /* every mark is used: one line, then */
    va_list arguments;
    va_start(arguments, format);
    text = formatted(format, arguments);
    va_end(arguments);
    flockfile(file); /* threads report too: a line is whole */
    safe_put(file, text), fputc('\n', file);
    funlockfile(file);
    free(text);
    return;
  }
  flockfile(file);
  for (const char *line = text; *line;) {
    size_t length = strcspn(line, (const char[]){marks[which], 0});
    safe_put_part(file, line, length, false);
    line += length;
    if (*line) fputc('\n', file), line++;
  }
  funlockfile(file);
  free(text);
}
