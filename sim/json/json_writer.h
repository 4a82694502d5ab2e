/* Writing JSON: keys and values in the order of the calls; commas and indentation follow.
 *
 * The two outer levels are broken into lines, and what is deeper stays on its line: one record, one line. json_open_line keeps a
 * list or object of an outer level on its line too; json_line begins a line where there would be none.
 *
 *     struct json_writer w = json_writer(file, 0);
 *     json_open(&w, '{');
 *     json_add_count(&w, "aguanta_result", 1);
 *     json_close(&w, '}');
 */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H
#include "sim/json/json_print.h"

/* Knows only where commas and line breaks go. */
struct json_writer {
  FILE *file;
  int depth;
  int line;   /* the next item begins a line with this indentation; 0: it does what its level does */
  bool first; /* nothing is written yet in the innermost list or object */
};

/* Depth 0 is outside of everything; depths beyond 2 stay on one line. */
struct json_writer json_writer(FILE *, int depth);

/* What comes before a value of a list, and before one of an object with its name. */
void json_item(struct json_writer *);
void json_key(struct json_writer *, const char *name);
void json_open(struct json_writer *, char bracket);
void json_close(struct json_writer *, char bracket);
void json_open_line(struct json_writer *, char bracket);
void json_close_line(struct json_writer *, char bracket);
void json_line(struct json_writer *, int indentation);

void json_add_text(struct json_writer *, const char *name, const char *text); /* null: null */
void json_add_number(struct json_writer *, const char *name, double);
void json_add_count(struct json_writer *, const char *name, uint64_t);
void json_add_flag(struct json_writer *, const char *name, bool);
void json_add_null(struct json_writer *, const char *name);
void json_add_pair(struct json_writer *, const char *name, double low, double high);
void json_add_numbers(struct json_writer *, const char *name, const double *, uint32_t count);
void json_add_texts(struct json_writer *, const char *name, const char *const *, uint32_t count);

/* A list of objects, each written by `write`, which is given its number. */
void json_add_records(struct json_writer *, const char *name, const void *of, uint32_t count,
                      void (*write)(struct json_writer *, const void *of, uint32_t i));

#endif
