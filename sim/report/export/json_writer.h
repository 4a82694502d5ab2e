/* Writing JSON: keys and values in the order of the calls, commas and indentation by themselves.
 *
 * For the files of this folder that write a JSON format, and no others: hence the short names. The two outer levels are broken
 * into lines, what is deeper stays on its line: one record, one line.
 *
 *     struct writer w = {file, 0, true};
 *     open_with(&w, '{');
 *     put_count(&w, "aguanta_result", 1);
 *     close_with(&w, '}');
 */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H
#include "sim/report/format.h"
#include "sim/json/safe_text.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A writer that knows only where commas go; keys and values are written in the order of the calls. */
struct writer {
  FILE *file;
  int depth;
  bool first; /* nothing written yet in the innermost list or object */
};

static inline void next_item(struct writer *w) {
  fputs(w->first ? "" : ",", w->file);
  if (w->depth <= 2)
    fprintf(w->file, "\n%*s", 2 * w->depth, ""); /* deeper ones stay on the line: one record, one line */
  else if (!w->first)
    fputc(' ', w->file);
  w->first = false;
}

/* Bytes that are not UTF-8 become U+FFFD, because a result must always be JSON. */
static inline void write_text(FILE *file, const char *text) {
  if (!text) {
    fputs("null", file);
    return;
  }
  fputc('"', file);
  for (const unsigned char *c = (const unsigned char *)text; *c;) {
    unsigned code = 0;
    int length = text_character(c, &code);
    if (length == 0)
      fputs("\\ufffd", file);
    else if (code == '"' || code == '\\')
      fprintf(file, "\\%c", (int)code);
    else if (text_unsafe(code) && code <= 0xFFFF)
      fprintf(file, "\\u%04x", code); /* the same text, and harmless on a terminal */
    else if (text_unsafe(code))
      fprintf(file, "\\u%04x\\u%04x", 0xD7C0 + (code >> 10), 0xDC00 + (code & 0x3FF));
    else
      fwrite(c, 1, (size_t)length, file);
    c += length ? length : 1;
  }
  fputc('"', file);
}

/* The shortest of three precisions that reads back as the same double. */
static inline void write_number(FILE *file, double value) {
  char text[40];
  if (!isfinite(value)) {
    fputs("null", file);
    return;
  }
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  fputs(text, file);
}

static inline void key(struct writer *w, const char *name) {
  next_item(w);
  fprintf(w->file, "\"%s\": ", name);
}

static inline void open_with(struct writer *w, char bracket) {
  fputc(bracket, w->file);
  w->depth++, w->first = true;
}

static inline void close_with(struct writer *w, char bracket) {
  w->depth--;
  if (!w->first && w->depth < 2) fprintf(w->file, "\n%*s", 2 * w->depth, "");
  fputc(bracket, w->file);
  w->first = false;
}

static inline void put_text(struct writer *w, const char *name, const char *text) { key(w, name), write_text(w->file, text); }
static inline void put_number(struct writer *w, const char *name, double value) { key(w, name), write_number(w->file, value); }
static inline void put_count(struct writer *w, const char *name, uint64_t count) {
  key(w, name), fprintf(w->file, "%" PRIu64, count);
}
static inline void put_flag(struct writer *w, const char *name, bool flag) {
  key(w, name), fputs(flag ? "true" : "false", w->file);
}

static inline void put_numbers(struct writer *w, const char *name, const double *values, uint32_t count) {
  key(w, name);
  fputc('[', w->file);
  for (uint32_t i = 0; i < count; i++) {
    fputs(i ? ", " : "", w->file);
    write_number(w->file, values ? values[i] : NAN);
  }
  fputc(']', w->file);
}

static inline void put_texts(struct writer *w, const char *name, const char *const *texts, uint32_t count) {
  key(w, name);
  open_with(w, '[');
  for (uint32_t i = 0; i < count; i++) next_item(w), write_text(w->file, texts[i]);
  close_with(w, ']');
}

/* value, ci95 and n; the interval of an exact value is the value. */
static inline void put_estimate(struct writer *w, const struct estimate *e) {
  put_number(w, "value", e->value);
  put_numbers(w, "ci95", e->exact ? (double[]){e->value, e->value} : (double[]){e->low, e->high}, 2);
  put_count(w, "n", e->n);
}

static inline void put_named_estimate(struct writer *w, const char *name, const struct estimate *e) {
  key(w, name);
  open_with(w, '{');
  put_estimate(w, e);
  close_with(w, '}');
}

static inline void put_label(struct writer *w, const char *label, const char *value) {
  key(w, "labels");
  fputc('{', w->file);
  if (label) write_text(w->file, label), fputs(": ", w->file), write_text(w->file, value);
  fputc('}', w->file);
}

#endif
