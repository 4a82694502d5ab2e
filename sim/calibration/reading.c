#include "sim/calibration/reading_inner.h"
#include "sim/engine/arena.h"
#include "sim/json/source_file.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define READER(name) extern const struct reader_kind reader_##name;
#include "sim/calibration/readers.h"
#undef READER
#define READER(name) &reader_##name,
const struct reader_kind *const reader_kinds[] = {
#include "sim/calibration/readers.h"
    NULL};
#undef READER

static const size_t FILE_LIMIT = (size_t)2 << 30;
enum { FILES_MOST = 16 };

const char *measured_kinds(struct arena *arena) {
  const char *text = "";
  for (const struct reader_kind *const *k = reader_kinds; *k; k++)
    text = arena_format(arena, "%s%s%s", text, *text ? ", " : "", (*k)->name);
  return text;
}

const char *measured_kind_name(uint32_t i) { return reader_kinds[i] ? reader_kinds[i]->name : NULL; }
const char *measured_kind_doc(uint32_t i) { return reader_kinds[i]->doc; }

/* --- lists -------------------------------------------------------------------------------------------------------------------- */

double measured_amount_of(const struct measured_list *l, const char *name) {
  for (uint32_t i = 0; i < l->count; i++)
    if (!strcmp(l->items[i].name, name)) return l->items[i].amount;
  return NAN;
}

void measured_add(struct measured_list *l, const char *name, double amount) {
  for (uint32_t i = 0; i < l->count; i++)
    if (!strcmp(l->items[i].name, name)) {
      l->items[i].amount += amount;
      return;
    }
  if (l->count < MEASURED_NAMES) l->items[l->count++] = (struct measured_amount){name, amount};
}

void latency_put(struct measured_latency *l, double share, double seconds) {
  if (l->count == MEASURED_SHARES || !isfinite(seconds)) return;
  uint32_t i = l->count++;
  for (; i > 0 && l->share[i - 1] > share; i--) l->share[i] = l->share[i - 1], l->seconds[i] = l->seconds[i - 1];
  l->share[i] = share, l->seconds[i] = seconds;
}

/* Room for one more of a list that grows by halves. */
static void *grown(struct arena *arena, void *items, size_t size, uint32_t count, uint32_t *room) {
  if (count < *room) return items;
  *room = *room ? 2 * *room : 16;
  void *more = arena_alloc_array(arena, size, *room);
  if (count) memcpy(more, items, size * count);
  return more;
}

struct measured_window *reading_window(struct reading *r) {
  r->windows = grown(r->arena, r->windows, sizeof *r->windows, r->window_count, &r->window_room);
  struct measured_window *w = &r->windows[r->window_count++];
  *w = (struct measured_window){.from = r->source->name, .at = {r->source, 0, 0}, .seconds = NAN, .users = NAN, .requests = NAN};
  w->busy = w->hit_rate = NAN;
  w->latency = (struct measured_latency){.n = NAN, .mean = NAN, .sd = NAN};
  return w;
}

struct series *reading_series(struct reading *r, enum series_of of, const char *name) {
  for (uint32_t i = 0; i < r->series_count; i++)
    if (r->series[i].of == of && !strcmp(r->series[i].name, name)) return &r->series[i];
  if (r->series_count == SERIES_MOST) return &r->series[SERIES_MOST - 1];
  r->series = grown(r->arena, r->series, sizeof *r->series, r->series_count, &r->series_room);
  struct series *s = &r->series[r->series_count++];
  *s = (struct series){.of = of, .name = arena_text(r->arena, name)};
  return s;
}

void series_put(struct reading *r, struct series *s, double at_s, double value, struct position at) {
  uint32_t room = s->room;
  s->at_s = grown(r->arena, s->at_s, sizeof *s->at_s, s->count, &s->room);
  s->room = room, s->value = grown(r->arena, s->value, sizeof *s->value, s->count, &s->room);
  s->room = room, s->at = grown(r->arena, s->at, sizeof *s->at, s->count, &s->room);
  s->at_s[s->count] = at_s, s->value[s->count] = value, s->at[s->count++] = at;
}

struct measured_statement *reading_statement(struct reading *r) {
  r->statements = grown(r->arena, r->statements, sizeof *r->statements, r->statement_count, &r->statement_room);
  struct measured_statement *s = &r->statements[r->statement_count++];
  *s = (struct measured_statement){.at = {r->source, 0, 0}, .calls = NAN, .mean_s = NAN, .sd_s = NAN};
  return s;
}

/* --- text --------------------------------------------------------------------------------------------------------------------- */

struct position reading_position(const struct reading *r, const char *at, size_t length) {
  return (struct position){r->source, (uint32_t)(at - r->source->text), (uint32_t)(length ? length : 1)};
}

void reading_error(struct reading *r, const char *at, size_t length, const char *format, ...) {
  char words[600];
  va_list list;
  va_start(list, format);
  vsnprintf(words, sizeof words, format, list);
  va_end(list);
  struct position p = at ? reading_position(r, at, length) : (struct position){r->source, 0, 0};
  diagnostic_add(r->diagnostics, &p, "%s", words);
}

bool line_next(const struct reading *r, struct line *l) {
  const char *end = r->source->text + r->source->length;
  const char *from = l->text ? l->end : r->source->text;
  if (l->text && from < end && *from == '\r') from++;
  if (l->text && from < end) from++;
  if (from >= end) return false;
  const char *stop = memchr(from, '\n', (size_t)(end - from));
  l->torn = !stop;
  l->text = from, l->end = stop ? stop : end, l->number++;
  if (l->end > l->text && l->end[-1] == '\r') l->end--;
  return true;
}

/* Decimal numbers as tools write them; strtod would also take words and hexadecimals, and is slower. */
double number_at(const char *text, const char *end, const char **rest) {
  static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const char *at = text;
  bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  uint64_t whole = 0;
  int digits = 0, decimals = 0;
  for (; at < end && *at >= '0' && *at <= '9' && digits < 19; at++, digits++) whole = 10 * whole + (uint64_t)(*at - '0');
  if (at + 1 < end + 1 && at < end && *at == '.')
    for (at++; at < end && *at >= '0' && *at <= '9'; at++)
      if (digits < 18 && decimals < 15) whole = 10 * whole + (uint64_t)(*at - '0'), digits++, decimals++;
  *rest = text;
  if (!digits) return NAN;
  double value = (double)whole / tens[decimals];
  if (at < end && (*at == 'e' || *at == 'E')) {
    char *after;
    long power = strtol(at + 1, &after, 10);
    if (after > at + 1 && after <= end) value *= pow(10, (double)power), at = after;
  }
  *rest = at;
  return negative ? -value : value;
}

/* --- one file ----------------------------------------------------------------------------------------------------------------- */

static const struct reader_kind *kind_named(const char *word, size_t length) {
  for (const struct reader_kind *const *k = reader_kinds; *k; k++)
    if (strlen((*k)->name) == length && !strncmp((*k)->name, word, length)) return *k;
  return NULL;
}

/* One JSON text, and not one a line as logs are written. */
static bool is_one_json(const struct reading *r) {
  struct line l = {0};
  while (line_next(r, &l) && l.text == l.end) {}
  const char *at = l.text;
  while (at && at < l.end && (*at == ' ' || *at == '\t')) at++;
  if (!at || at == l.end || (*at != '{' && *at != '[')) return false;
  bool whole = l.end > at + 1 && l.end[-1] == '}' && *at == '{';
  return !(whole && line_next(r, &l) && l.text < l.end && *l.text == '{');
}

static void read_tree(struct reading *r, bool asked) {
  if (!is_one_json(r)) {
    if (asked) reading_error(r, NULL, 0, "is not one JSON text, as the output of %s is", r->kind);
    return;
  }
  r->tree = json_read_text(r->arena, r->diagnostics, r->source->name, r->source->text, r->source->length);
}

static const struct reader_kind *recognise(struct reading *r) {
  for (const struct reader_kind *const *k = reader_kinds; *k; k++)
    if ((!(*k)->json || r->tree) && (*k)->knows(r)) return *k;
  return NULL;
}

static bool read_one(struct reading *r, const char *word, size_t length) {
  r->idle = length == 4 && !memcmp(word, "idle", 4);
  if (r->idle) return true;
  const char *colon = memchr(word, ':', length);
  const struct reader_kind *kind = colon ? kind_named(word, (size_t)(colon - word)) : NULL;
  const char *path =
      arena_format(r->arena, "%.*s", (int)(kind ? word + length - colon - 1 : (long)length), kind ? colon + 1 : word);
  uint32_t before = diagnostics_errors(r->diagnostics);
  r->source = source_read_file(r->arena, r->diagnostics, path, FILE_LIMIT);
  if (!r->source) return false;
  r->kind = kind ? kind->name : NULL;
  if (kind ? kind->json : is_one_json(r)) read_tree(r, kind != NULL);
  if (diagnostics_errors(r->diagnostics) > before) return false;
  if (!kind) kind = recognise(r);
  if (!kind) {
    reading_error(r, NULL, 0, "%s; known are %s: say which it is, as in --from wrk:FILE",
                  r->source->length ? "is not recognised as the output of any tool" : "is empty", measured_kinds(r->arena));
    return false;
  }
  r->kind = kind->name;
  kind->read(r);
  return diagnostics_errors(r->diagnostics) == before;
}

/* --- groups ------------------------------------------------------------------------------------------------------------------- */

static bool read_group(struct measured *m, const struct reading *with, const char *from) {
  struct arena *arena = with->arena;
  struct reading *readings = arena_new_array(arena, struct reading, FILES_MOST);
  uint32_t count = 0;
  bool good = true;
  for (const char *at = from; *at && count < FILES_MOST;) {
    size_t length = strcspn(at, ",");
    struct reading *r = &readings[count++];
    *r = *with;
    good &= read_one(r, at, length);
    if (r->source) m->files[m->file_count++] = r->source->name;
    at += length + (at[length] == ',');
  }
  return good && reading_join(m, arena, with->diagnostics, readings, count, from);
}

struct measured *measured_read(struct arena *arena, struct diagnostics *d, const char *const *froms, uint32_t count,
                               const char *const *maps, uint32_t map_count) {
  struct reading with = {.arena = arena, .diagnostics = d, .maps = maps, .map_count = map_count};
  struct measured *m = arena_alloc(arena, sizeof *m);
  m->files = arena_new_array(arena, const char *, (size_t)FILES_MOST *(count + 1));
  bool good = true;
  for (uint32_t i = 0; i < count; i++) good &= read_group(m, &with, froms[i]);
  return good && !diagnostics_errors(d) ? m : NULL;
}
