/* What is wrong with the user's input, collected and shown like a compiler's messages.
 *
 * Nothing in this folder prints or exits: every error is added to one collector, so that a file's errors are reported
 * together. A position is a stretch of bytes in a source text; line and column are worked out only when it is shown.
 * Columns count Unicode characters from 1, a tab is one column, a byte that is not UTF-8 is one character. The caret line
 * repeats the tabs of the source line, so it stays aligned whatever the width of a tab.
 *
 * Everything is allocated in the arena given to diagnostics_new and lives as long as that.
 *
 *     struct diagnostics *diagnostics = diagnostics_new(arena);
 *     const struct source_text *file = diagnostics_source(diagnostics, "web.json", text, length);
 *     diagnostic_add(diagnostics, &(struct position){file, 412, 9}, "unknown key \"%s\"", name);
 *     if (diagnostics_errors(diagnostics)) fputs(diagnostics_render(diagnostics, arena), stderr);
 *
 *     web.json:23:7: error: unknown key "replica"
 *        23 |       "replica": 3,
 *           |       ^~~~~~~~~
 */
#ifndef DIAGNOSTIC_H
#define DIAGNOSTIC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct diagnostics;

/* A text that values come from: a file, or an option such as `--set a.b=3` (then lines and columns say nothing). */
struct source_text {
  const char *name;
  const char *text;
  size_t length;
  uint32_t order; /* messages are shown in the order in which their sources were registered */
  bool is_option;
};

/* Bytes of a source text. `length` 0 means the source as a whole: the message then has no line. */
struct position {
  const struct source_text *source;
  uint32_t offset;
  uint32_t length;
};

enum {
  DIAGNOSTICS_SHOWN = 20, /* errors in diagnostics_render; the rest is a count */
  DIAGNOSTICS_KEPT = 1000 /* beyond this only counted */
};

struct diagnostics *diagnostics_new(struct arena *);

/* Registers a text; the name is copied, the text is not and must live as long as the diagnostics. */
const struct source_text *diagnostics_source(struct diagnostics *, const char *name, const char *text, size_t length);
/* Registers an option of the command line, named as the user typed it. */
const struct source_text *diagnostics_option(struct diagnostics *, const char *name);

/* Files that were read on behalf of these diagnostics, by device and number. */
struct diagnostics_file {
  uint64_t device, number;
};
void diagnostics_note_file(struct diagnostics *, struct diagnostics_file);
bool diagnostics_has_file(const struct diagnostics *, struct diagnostics_file);

/* Confines the reading of files (source_file.h) to a folder: its real path. */
void diagnostics_confine(struct diagnostics *, const char *root);
const char *diagnostics_root(const struct diagnostics *); /* null: anywhere */

/* Adds an error; a null position means no place in any text. The same message at the same place is kept once. */
void diagnostic_add(struct diagnostics *, const struct position *, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Adds a warning with the id by which it can be silenced or looked up. */
void diagnostic_warn(struct diagnostics *, const struct position *, const char *id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Whether another error would only be counted: then its words are not worth the work. */
bool diagnostics_full(const struct diagnostics *);

uint32_t diagnostics_errors(const struct diagnostics *);
uint32_t diagnostics_warnings(const struct diagnostics *);
/* Of error i, of those that are kept, in the order in which they came: its place (source null: none) and its words. */
const struct position *diagnostics_error_place(const struct diagnostics *, uint32_t i);
const char *diagnostics_error_text(const struct diagnostics *, uint32_t i);

/* All messages in file order, at most DIAGNOSTICS_SHOWN errors and as many warnings; "" when there are none. Text of the
 * user is shown with control characters and bytes that are not UTF-8 replaced, so it cannot drive a terminal. */
char *diagnostics_render(const struct diagnostics *, struct arena *);

/* One line `web.json:23:7`, or the option as typed, or "" for null. */
char *position_print(struct arena *, const struct position *);
/* Line and column from 1. */
void position_locate(const struct position *, uint32_t *line, uint32_t *column);

/* The name closest to `word` by Damerau-Levenshtein distance (optimal string alignment, letters without case), or null
 * when none is within a third of its length. Of equally close names the first wins. */
const char *nearest_name(const char *word, const char *const *names, size_t count);

#endif
