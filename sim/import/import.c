#include "sim/import/import.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include "sim/json/yaml.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct import *import_new(struct arena *arena, struct diagnostics *diagnostics) {
  struct import *im = arena_alloc(arena, sizeof *im);
  im->arena = arena, im->diagnostics = diagnostics;
  return im;
}

void import_note(struct import *im, enum import_note_kind kind, const struct position *at, const char *format, ...) {
  char text[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (im->note_count == im->note_room) {
    im->note_room = im->note_room ? 2 * im->note_room : 64;
    struct import_note *more = arena_alloc(im->arena, im->note_room * sizeof *more);
    if (im->note_count) memcpy(more, im->notes, im->note_count * sizeof *more);
    im->notes = more;
  }
  im->notes[im->note_count++] =
      (struct import_note){kind, at ? *at : (struct position){0}, safe_text(im->arena, arena_text(im->arena, text))};
}

uint32_t import_notes(const struct import *im, enum import_note_kind kind) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < im->note_count; i++) count += im->notes[i].kind == kind;
  return count;
}

bool import_is_name(const char *name) {
  size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
  return length && length <= 63 && !name[length];
}

const char *import_words(struct arena *arena, const char *text, const struct json_value *list) {
  uint32_t count = 0;
  for (const struct json_value *v = json_first(list); v && count < 200; v = json_next(v), count++)
    text = arena_format(arena, "%s%s%.200s", text ? text : "", text ? " " : "", json_scalar(v) ? json_scalar(v) : "");
  return text;
}

/* --- files of others ---------------------------------------------------------------------------------------------------------- */

/* Where a template of Helm or the like begins: Docker's own {{.Node.Hostname}} in a value is none. */
static const char *template_at(const struct source_text *source, bool readable) {
  static const char *const marks[] = {"{{-",        "{{ .Values",  "{{.Values", "{{ .Release", "{{.Release", "{{ .Chart",
                                      "{{ include", "{{ template", "{{ if",     "{{ range",    "{{ $",       "{%"};
  const char *first = NULL;
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    const char *at = strstr(source->text, marks[i]);
    if (at && (!first || at < first)) first = at;
  }
  return first || readable ? first : strstr(source->text, "{{");
}

struct json_value *import_documents(struct import *im, const struct source_text *source) {
  struct diagnostics *unheard = diagnostics_new(im->arena);
  struct json_value *list = yaml_read_foreign(im->arena, unheard, source);
  bool readable = !diagnostics_errors(unheard);
  const char *template = template_at(source, readable);
  if (template) {
    struct position at = {source, (uint32_t)(template - source->text), 2};
    diagnostic_add(im->diagnostics, &at,
                   "a template that is not rendered: `helm template CHART | aguanta import k8s -` imports what it renders to (with "
                   "Kustomize: `kubectl kustomize DIR`, with Jinja or envsubst those)");
    return NULL;
  }
  return readable ? list : yaml_read_foreign(im->arena, im->diagnostics, source);
}

/* --- the account -------------------------------------------------------------------------------------------------------------- */

/* "compose.yaml:12", or as much space. */
static void put_place(FILE *out, struct arena *arena, const struct import_note *n) {
  const char *place = "";
  if (n->at.source && n->at.length) {
    uint32_t line, column;
    position_locate(&n->at, &line, &column);
    const char *slash = strrchr(n->at.source->name, '/');
    place = safe_text(arena, arena_format(arena, "%s:%u", slash ? slash + 1 : n->at.source->name, line));
  }
  fprintf(out, "  %s%s%s\n", place, *place ? ": " : "", n->text);
}

enum { SHOWN = 60 };

/* By kind, then in the order of the files; what stands nowhere comes last. */
static int compare_notes(const void *a, const void *b) {
  const struct import_note *x = *(const struct import_note *const *)a, *y = *(const struct import_note *const *)b;
  uint32_t source_x = x->at.source ? x->at.source->order : UINT32_MAX, source_y = y->at.source ? y->at.source->order : UINT32_MAX;
  if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
  if (source_x != source_y) return source_x < source_y ? -1 : 1;
  if (x->at.offset != y->at.offset) return x->at.offset < y->at.offset ? -1 : 1;
  return x < y ? -1 : x > y;
}

char *import_account(const struct import *im, bool verbose) {
  static const char *const heads[] = {"used", "assumed", "ignored"};
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  const struct import_note **order = arena_alloc_array(im->arena, sizeof *order, im->note_count + 1);
  for (uint32_t i = 0; i < im->note_count; i++) order[i] = &im->notes[i];
  qsort(order, im->note_count, sizeof *order, compare_notes);
  for (enum import_note_kind kind = IMPORT_USED; kind < IMPORT_NOTE_KINDS; kind++) {
    uint32_t count = import_notes(im, kind), shown = 0;
    if (!count) continue;
    fprintf(out, "%s (%u)\n", heads[kind], count);
    for (uint32_t i = 0; i < im->note_count; i++)
      if (order[i]->kind == kind && (verbose || shown++ < SHOWN)) put_place(out, im->arena, order[i]);
    if (!verbose && count > SHOWN) fprintf(out, "  and %u more: --verbose shows them\n", count - SHOWN);
  }
  fclose(out);
  char *text = arena_text(im->arena, memory);
  free(memory);
  return text;
}
