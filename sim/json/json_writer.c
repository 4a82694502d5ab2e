#include "sim/json/json_writer.h"
#include <assert.h>
#include <inttypes.h>
#include <math.h>

enum { BROKEN = 2, ONE_LINE = 1000 }; /* levels that are broken into lines; what a level that is not adds to the depth */

struct json_writer json_writer(FILE *file, int depth) {
  return (struct json_writer){.file = file, .depth = depth, .first = true};
}

void json_item(struct json_writer *w) {
  if (!w->first) fputc(',', w->file);
  if (w->line || w->depth <= BROKEN)
    fprintf(w->file, "\n%*s", w->line ? w->line : 2 * w->depth, "");
  else if (!w->first)
    fputc(' ', w->file);
  w->first = false;
  w->line = 0;
}

void json_line(struct json_writer *w, int indentation) { w->line = indentation; }

void json_key(struct json_writer *w, const char *name) {
  json_item(w);
  fprintf(w->file, "\"%s\": ", name);
}

void json_open(struct json_writer *w, char bracket) {
  fputc(bracket, w->file);
  w->depth++;
  w->first = true;
}

void json_close(struct json_writer *w, char bracket) {
  assert(w->depth > 0);
  w->depth--;
  if (!w->first && w->depth < BROKEN) fprintf(w->file, "\n%*s", 2 * w->depth, "");
  fputc(bracket, w->file);
  w->first = false;
}

void json_open_line(struct json_writer *w, char bracket) {
  json_open(w, bracket);
  w->depth += ONE_LINE;
}

void json_close_line(struct json_writer *w, char bracket) {
  assert(w->depth > ONE_LINE); /* opened by json_open_line */
  fputc(bracket, w->file);
  w->depth -= ONE_LINE + 1;
  w->first = false;
}

void json_add_text(struct json_writer *w, const char *name, const char *text) {
  json_key(w, name);
  json_put_text(w->file, text);
}

void json_add_number(struct json_writer *w, const char *name, double value) {
  json_key(w, name);
  json_put_number(w->file, value);
}

void json_add_count(struct json_writer *w, const char *name, uint64_t count) {
  json_key(w, name);
  fprintf(w->file, "%" PRIu64, count);
}

void json_add_flag(struct json_writer *w, const char *name, bool flag) {
  json_key(w, name);
  fputs(flag ? "true" : "false", w->file);
}

void json_add_null(struct json_writer *w, const char *name) {
  json_key(w, name);
  fputs("null", w->file);
}

void json_add_numbers(struct json_writer *w, const char *name, const double *values, uint32_t count) {
  json_key(w, name);
  fputc('[', w->file);
  for (uint32_t i = 0; i < count; i++) {
    fputs(i ? ", " : "", w->file);
    json_put_number(w->file, values ? values[i] : NAN);
  }
  fputc(']', w->file);
}

void json_add_pair(struct json_writer *w, const char *name, double low, double high) {
  json_add_numbers(w, name, (double[]){low, high}, 2);
}

void json_add_texts(struct json_writer *w, const char *name, const char *const *texts, uint32_t count) {
  json_key(w, name);
  json_open(w, '[');
  for (uint32_t i = 0; i < count; i++) {
    json_item(w);
    json_put_text(w->file, texts[i]);
  }
  json_close(w, ']');
}

void json_add_records(struct json_writer *w, const char *name, const void *of, uint32_t count,
                      void (*write)(struct json_writer *, const void *of, uint32_t i)) {
  json_key(w, name);
  json_open(w, '[');
  for (uint32_t i = 0; i < count; i++) {
    json_item(w);
    json_open(w, '{');
    write(w, of, i);
    json_close(w, '}');
  }
  json_close(w, ']');
}
