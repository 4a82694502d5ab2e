/* A scenario from files of other programs: what was used of them, what had to be assumed, what was ignored.
 *
 * An importer fills a stack (stack.h) and notes what it did with each key; the stack becomes the tree of a scenario, in which every
 * value that is in no file has a source that begins with "assumed" and a range. What cannot be imported is an error of the
 * diagnostics.
 *
 *     struct import *im = import_new(arena, diagnostics);
 *     struct json_value *scenario = import_compose(im, files, count);   null after errors
 *     text = import_account(im);  yaml_print(arena, scenario) or json_print(arena, scenario) */
#ifndef IMPORT_H
#define IMPORT_H
#include "sim/engine/arena.h"
#include "sim/json/diagnostic.h"
#include "sim/json/json_node.h"

enum import_note_kind { IMPORT_USED, IMPORT_ASSUMED, IMPORT_IGNORED, IMPORT_NOTE_KINDS };

struct import_note {
  enum import_note_kind kind;
  struct position at; /* source null: nowhere */
  const char *text;
};

struct import {
  struct arena *arena;
  struct diagnostics *diagnostics;
  const char *const *profiles; /* of Compose */
  uint32_t profile_count;
  struct import_note *notes;
  uint32_t note_count, note_room;
};

struct import *import_new(struct arena *, struct diagnostics *);
void import_note(struct import *, enum import_note_kind, const struct position *, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
uint32_t import_notes(const struct import *, enum import_note_kind);
/* All notes by kind, each with its line. `verbose`: all lines, otherwise the first of many. */
char *import_account(const struct import *, bool verbose);

/* The documents of a YAML (or JSON) file of another program; null after an error. A template that is not rendered is refused with
 * the command that renders it. */
struct json_value *import_documents(struct import *, const struct source_text *);

/* Whether a scenario can have the name. */
bool import_is_name(const char *);
/* The words of a list behind those of `text` (null: none), separated by spaces; the first 200 bytes of each. */
const char *import_words(struct arena *, const char *text, const struct json_value *list);

struct json_value *import_compose(struct import *, const char *const *files, uint32_t count);
struct json_value *import_k8s(struct import *, const char *const *files, uint32_t count);
struct json_value *import_log(struct import *, const char *const *files, uint32_t count);

#endif
