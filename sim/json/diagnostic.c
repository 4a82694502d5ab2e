#include "sim/json/diagnostic.h"
#include "sim/engine/arena.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  LINE_SHOWN = 120,   /* bytes of a source line: a minified file is one line of megabytes */
  MESSAGE_LIMIT = 800 /* bytes: a message may quote a string of the file */
};

struct diagnostic {
  struct position position; /* source null: nowhere */
  const char *warning;      /* its id; null for an error */
  const char *message;
  uint32_t sequence;
};

struct diagnostics {
  struct arena *arena;
  struct diagnostic *items;
  uint32_t count, room;
  uint32_t errors, warnings;
  uint32_t sources;
  const char *root;
  struct diagnostics_file *files;
  uint32_t file_count, file_room;
};

struct diagnostics *diagnostics_new(struct arena *arena) {
  struct diagnostics *d = arena_alloc(arena, sizeof *d);
  d->arena = arena;
  return d;
}

const struct source_text *diagnostics_source(struct diagnostics *d, const char *name, const char *text, size_t length) {
  struct source_text *source = arena_alloc(d->arena, sizeof *source);
  *source = (struct source_text){arena_text(d->arena, name), text, length, d->sources++, false};
  return source;
}

const struct source_text *diagnostics_option(struct diagnostics *d, const char *name) {
  struct source_text *source = arena_alloc(d->arena, sizeof *source);
  *source = (struct source_text){arena_text(d->arena, name), "", 0, d->sources++, true};
  return source;
}

bool diagnostics_has_file(const struct diagnostics *d, struct diagnostics_file file) {
  for (uint32_t i = 0; i < d->file_count; i++)
    if (d->files[i].device == file.device && d->files[i].number == file.number) return true;
  return false;
}

void diagnostics_note_file(struct diagnostics *d, struct diagnostics_file file) {
  if (diagnostics_has_file(d, file)) return;
  if (d->file_count == d->file_room) {
    d->file_room = d->file_room ? 2 * d->file_room : 8;
    struct diagnostics_file *more = arena_alloc(d->arena, d->file_room * sizeof *more);
    if (d->file_count) memcpy(more, d->files, d->file_count * sizeof *more);
    d->files = more;
  }
  d->files[d->file_count++] = file;
}

void diagnostics_confine(struct diagnostics *d, const char *root) { d->root = arena_text(d->arena, root); }
const char *diagnostics_root(const struct diagnostics *d) { return d->root; }

bool diagnostics_full(const struct diagnostics *d) { return d->count == DIAGNOSTICS_KEPT; }

static bool same_place(const struct position *a, const struct position *b) {
  return a->source == b->source && a->offset == b->offset && a->length == b->length;
}

static bool already_there(const struct diagnostics *d, const struct diagnostic *item) {
  /* Repeats come from reading the same value twice in a row, so looking back a little finds them. */
  uint32_t from = d->count > 100 ? d->count - 100 : 0;
  for (uint32_t i = from; i < d->count; i++)
    if (same_place(&d->items[i].position, &item->position) && !strcmp(d->items[i].message, item->message)) return true;
  return false;
}

static void keep(struct diagnostics *d, struct diagnostic item) {
  if (already_there(d, &item)) return;
  if (item.warning)
    d->warnings++;
  else
    d->errors++;
  if (d->count == DIAGNOSTICS_KEPT) return;
  if (d->count == d->room) {
    d->room = d->room ? 2 * d->room : 16;
    struct diagnostic *more = arena_alloc(d->arena, d->room * sizeof *more);
    if (d->count) memcpy(more, d->items, d->count * sizeof *more);
    d->items = more;
  }
  item.sequence = d->count;
  d->items[d->count++] = item;
}

static const char *format_text(struct arena *arena, const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  char *text = arena_alloc(arena, (size_t)length + sizeof "...");
  vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  if (length <= MESSAGE_LIMIT) return text;
  size_t end = MESSAGE_LIMIT;
  while (((unsigned char)text[end] & 0xC0) == 0x80) end--;
  memcpy(text + end, "...", 4);
  return text;
}

void diagnostic_add(struct diagnostics *d, const struct position *position, const char *format, ...) {
  if (diagnostics_full(d)) {
    d->errors++;
    return;
  }
  va_list arguments;
  va_start(arguments, format);
  struct diagnostic item = {.message = format_text(d->arena, format, arguments)};
  va_end(arguments);
  if (position) item.position = *position;
  keep(d, item);
}

void diagnostic_warn(struct diagnostics *d, const struct position *position, const char *id, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  struct diagnostic item = {.message = format_text(d->arena, format, arguments), .warning = arena_text(d->arena, id)};
  va_end(arguments);
  if (position) item.position = *position;
  keep(d, item);
}

uint32_t diagnostics_errors(const struct diagnostics *d) { return d->errors; }
uint32_t diagnostics_warnings(const struct diagnostics *d) { return d->warnings; }

static const struct diagnostic *error_at(const struct diagnostics *d, uint32_t i) {
  for (uint32_t k = 0; k < d->count; k++)
    if (!d->items[k].warning && !i--) return &d->items[k];
  return NULL;
}

const struct position *diagnostics_error_place(const struct diagnostics *d, uint32_t i) { return &error_at(d, i)->position; }
const char *diagnostics_error_text(const struct diagnostics *d, uint32_t i) { return error_at(d, i)->message; }

/* Length of the UTF-8 character at p, or 0 when the bytes are none. */
static size_t character_length(const unsigned char *p, const unsigned char *end) {
  size_t length = *p < 0x80 ? 1 : *p >= 0xF0 && *p < 0xF5 ? 4 : *p >= 0xE0 && *p < 0xF0 ? 3 : *p >= 0xC2 && *p < 0xE0 ? 2 : 0;
  if (length > (size_t)(end - p)) return 0;
  for (size_t i = 1; i < length; i++)
    if ((p[i] & 0xC0) != 0x80) return 0;
  return length;
}

static uint32_t characters(const char *text, size_t length) {
  const unsigned char *p = (const unsigned char *)text, *end = p + length;
  uint32_t count = 0;
  for (; p < end; count++) {
    size_t step = character_length(p, end);
    p += step ? step : 1;
  }
  return count;
}

static const char *line_begin(const struct source_text *source, uint32_t offset) {
  const char *p = source->text + offset;
  while (p > source->text && p[-1] != '\n') p--;
  return p;
}

void position_locate(const struct position *position, uint32_t *line, uint32_t *column) {
  const struct source_text *source = position->source;
  *line = 1;
  const char *end = source->text + position->offset;
  for (const char *p = source->text; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++) ++*line;
  const char *begin = line_begin(source, position->offset);
  *column = 1 + characters(begin, (size_t)(end - begin));
}

static bool whole_source(const struct position *position) { return position->source->is_option || position->length == 0; }

char *position_print(struct arena *arena, const struct position *position) {
  if (!position || !position->source) return arena_text(arena, "");
  if (whole_source(position)) return arena_text(arena, position->source->name);
  uint32_t line, column;
  position_locate(position, &line, &column);
  return arena_format(arena, "%s:%u:%u", position->source->name, line, column);
}

/* The part of a line that is shown: all of it, or a window that begins a little before the place. */
struct excerpt {
  const char *begin, *end;
  bool cut_before, cut_after;
};

static struct excerpt line_excerpt(const struct position *position) {
  const struct source_text *source = position->source;
  const char *place = source->text + position->offset, *end = source->text + source->length;
  struct excerpt e = {.begin = line_begin(source, position->offset)};
  const char *newline = memchr(place, '\n', (size_t)(end - place));
  e.end = newline ? newline : end;
  if (e.end > e.begin && e.end[-1] == '\r') e.end--;
  if (place > e.end) place = e.end;
  if (e.end - e.begin <= LINE_SHOWN) return e;
  if (place - e.begin > LINE_SHOWN / 2) {
    e.begin = place - LINE_SHOWN / 3;
    while (((unsigned char)*e.begin & 0xC0) == 0x80 && e.begin < place) e.begin++;
    e.cut_before = true;
  }
  if (e.end - e.begin > LINE_SHOWN) {
    e.end = e.begin + LINE_SHOWN;
    while (((unsigned char)*e.end & 0xC0) == 0x80 && e.end > place) e.end--;
    e.cut_after = true;
  }
  return e;
}

static void put_source_line(FILE *out, const struct position *position, uint32_t line) {
  struct excerpt e = line_excerpt(position);
  const char *dots = e.cut_before ? "..." : "", *place = position->source->text + position->offset;
  if (place > e.end) place = e.end;
  fprintf(out, "%5u | %s", line, dots);
  safe_put_part(out, e.begin, (size_t)(e.end - e.begin), true);
  fprintf(out, "%s\n%5s | %*s", e.cut_after ? "..." : "", "", (int)strlen(dots), "");
  for (const char *p = e.begin; p < place;) {
    size_t step = character_length((const unsigned char *)p, (const unsigned char *)place);
    fputc(*p == '\t' ? '\t' : ' ', out);
    p += step ? step : 1;
  }
  size_t width = position->length;
  if (width > (size_t)(e.end - place)) width = (size_t)(e.end - place);
  fputc('^', out);
  for (uint32_t i = characters(place, width); i > 1; i--) fputc('~', out);
  fputc('\n', out);
}

static void put_diagnostic(FILE *out, struct arena *arena, const struct diagnostic *item) {
  const char *place = position_print(arena, &item->position);
  safe_put(out, place);
  fprintf(out, "%s%s: ", *place ? ": " : "", item->warning ? "warning" : "error");
  safe_put(out, item->message);
  if (item->warning) fprintf(out, " [%s]", item->warning);
  fputc('\n', out);
  if (!item->position.source || whole_source(&item->position)) return;
  uint32_t line, column;
  position_locate(&item->position, &line, &column);
  put_source_line(out, &item->position, line);
}

static int compare_places(const void *a, const void *b) {
  const struct diagnostic *x = *(const struct diagnostic *const *)a, *y = *(const struct diagnostic *const *)b;
  uint32_t order_x = x->position.source ? x->position.source->order + 1 : 0;
  uint32_t order_y = y->position.source ? y->position.source->order + 1 : 0;
  if (order_x != order_y) return order_x < order_y ? -1 : 1;
  if (x->position.offset != y->position.offset) return x->position.offset < y->position.offset ? -1 : 1;
  return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

char *diagnostics_render(const struct diagnostics *d, struct arena *arena) {
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  const struct diagnostic **order = arena_alloc(arena, (d->count + 1) * sizeof *order);
  for (uint32_t i = 0; i < d->count; i++) order[i] = &d->items[i];
  qsort(order, d->count, sizeof *order, compare_places);
  uint32_t errors = 0, warnings = 0;
  for (uint32_t i = 0; i < d->count; i++)
    if ((order[i]->warning ? warnings++ : errors++) < DIAGNOSTICS_SHOWN) put_diagnostic(out, arena, order[i]);
  if (d->warnings > DIAGNOSTICS_SHOWN) fprintf(out, "%u more warnings\n", d->warnings - DIAGNOSTICS_SHOWN);
  if (d->errors > DIAGNOSTICS_SHOWN)
    fprintf(out, "%u more error%s\n", d->errors - DIAGNOSTICS_SHOWN, d->errors == DIAGNOSTICS_SHOWN + 1 ? "" : "s");
  fclose(out);
  char *text = arena_text(arena, memory);
  free(memory);
  return text;
}

enum { NAME_COMPARED = 64 };

static int smallest(int a, int b) { return a < b ? a : b; }

/* Optimal string alignment (Damerau 1964 without repeated edits), three rows of the table at a time. */
static int name_distance(const char *a, size_t m, const char *b, size_t n) {
  int rows[3][NAME_COMPARED + 1];
  int *before = rows[0], *last = rows[1], *row = rows[2];
  for (size_t j = 0; j <= n; j++) last[j] = (int)j;
  for (size_t i = 1; i <= m; i++) {
    row[0] = (int)i;
    for (size_t j = 1; j <= n; j++) {
      int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
      row[j] = smallest(smallest(last[j] + 1, row[j - 1] + 1), last[j - 1] + (x != y));
      bool swapped = i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) && y == tolower((unsigned char)a[i - 2]);
      if (swapped) row[j] = smallest(row[j], before[j - 2] + 1);
    }
    int *reused = before;
    before = last;
    last = row;
    row = reused;
  }
  return last[n];
}

const char *nearest_name(const char *word, const char *const *names, size_t count) {
  const char *best = NULL;
  size_t length = strlen(word);
  if (length == 0 || length > NAME_COMPARED) return NULL;
  int allowed = length < 3 ? 1 : smallest((int)(length + 2) / 3, 4), distance = allowed + 1;
  for (size_t i = 0; i < count; i++) {
    size_t other = strlen(names[i]);
    if (other == 0 || other > NAME_COMPARED || other > length + 4 || length > other + 4) continue;
    int d = name_distance(word, length, names[i], other);
    if (d >= distance || d >= (int)other) continue;
    distance = d;
    best = names[i];
  }
  return best;
}
