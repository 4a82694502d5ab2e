/* Access logs: when requests ended, what they asked for, how they were answered and how long that took.
 *
 *     203.0.113.9 - - [10/Oct/2025:13:55:36 +0200] "GET /event/7 HTTP/1.1" 200 2326 "-" "curl" 0.012      nginx: $request_time
 *     203.0.113.9 - - [10/Oct/2025:13:55:36 +0200] "GET /event/7 HTTP/1.1" 200 2326 12044                 Apache: %D
 *     {"time": "2025-10-10T13:55:36+02:00", "uri": "/event/7", "status": 200, "request_time": 0.012}      one object a line
 *
 * The last word of a line is the time that it took: with a point in seconds, without in microseconds; rt=0.012 anywhere, too. A log
 * without times counts requests, which is enough next to CPU clocks. Of paths the query is cut off, and parts that are numbers are
 * one: the names are few. */
#include "models/traffic/log.h"
#include "sim/calibration/reading_inner.h"
#include "sim/engine/arena.h"
#include "sim/engine/fnv.h"
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

enum { TABLE = 4096, NAMES_MOST = MEASURED_NAMES - 4, NAME_LENGTH = 120, ERRORS_MOST = 20 };
static const double BACKWARDS_S = 2;

struct log_entry {
  double at_s, took_s; /* took: -1 when the line has none */
  const char *path;
  uint32_t path_length;
  double status;
};

struct log_names {
  const char **names;
  int32_t slots[TABLE]; /* index + 1 */
  uint32_t count;
};

/* --- one line of words -------------------------------------------------------------------------------------------------------- */

/* Where the last word outside of quotes begins. */
static const char *last_word(const char *text, const char *end) {
  const char *at = end;
  while (at > text && at[-1] != ' ' && at[-1] != '"') at--;
  return at;
}

static double took_of(const char *from, const char *end) {
  const char *mark = memmem(from, (size_t)(end - from), "rt=", 3), *rest;
  const char *word = mark ? mark + 3 : last_word(from, end);
  double x = number_at(word, end, &rest);
  if (isnan(x) || (!mark && rest != end) || x < 0) return -1;
  return memchr(word, '.', (size_t)(rest - word)) ? x : x / 1e6;
}

static const char *take_words(const struct line *l, struct log_entry *e) {
  struct log_line parts;
  const char *wrong = log_read_line(l->text, l->end, &parts), *rest;
  if (wrong) return wrong;
  e->at_s = (double)parts.at / 1e9, e->path = parts.path, e->path_length = parts.path_length;
  const char *quote = parts.path ? memchr(parts.path, '"', (size_t)(l->end - parts.path)) : NULL;
  if (!quote) {
    if (parts.path && memchr(l->text, '"', (size_t)(l->end - l->text))) return "its request has no closing quote: the line is torn";
    e->status = 200, e->took_s = parts.client ? took_of(parts.client + parts.client_length, l->end) : -1;
    return NULL;
  }
  const char *after = quote + 1;
  while (after < l->end && *after == ' ') after++;
  e->status = number_at(after, l->end, &rest);
  if (isnan(e->status) || e->status < 100 || e->status > 599)
    return "has no status behind its request: the line is torn, or a column is missing";
  while (rest < l->end && *rest == ' ') rest++;
  while (rest < l->end && *rest != ' ') rest++; /* the bytes */
  e->took_s = rest < l->end ? took_of(rest, l->end) : -1;
  return NULL;
}

/* --- one line of JSON --------------------------------------------------------------------------------------------------------- */

enum json_key { KEY_TIME, KEY_PATH, KEY_REQUEST, KEY_STATUS, KEY_SECONDS, KEY_MS, KEY_US, KEY_NS, KEYS };
static const struct {
  const char *name;
  enum json_key key;
} keys[] = {{"time", KEY_TIME},
            {"timestamp", KEY_TIME},
            {"@timestamp", KEY_TIME},
            {"ts", KEY_TIME},
            {"time_iso8601", KEY_TIME},
            {"time_local", KEY_TIME},
            {"msec", KEY_TIME},
            {"uri", KEY_PATH},
            {"request_uri", KEY_PATH},
            {"path", KEY_PATH},
            {"url", KEY_PATH},
            {"route", KEY_PATH},
            {"RequestPath", KEY_PATH},
            {"request", KEY_REQUEST},
            {"status", KEY_STATUS},
            {"status_code", KEY_STATUS},
            {"statusCode", KEY_STATUS},
            {"code", KEY_STATUS},
            {"OriginStatus", KEY_STATUS},
            {"request_time", KEY_SECONDS},
            {"duration", KEY_SECONDS},
            {"response_time", KEY_SECONDS},
            {"latency", KEY_SECONDS},
            {"duration_s", KEY_SECONDS},
            {"duration_ms", KEY_MS},
            {"responseTime", KEY_MS},
            {"response_time_ms", KEY_MS},
            {"latency_ms", KEY_MS},
            {"elapsed_ms", KEY_MS},
            {"duration_us", KEY_US},
            {"Duration", KEY_NS},
            {"duration_ns", KEY_NS}};

struct span {
  const char *text, *end; /* text null: not there */
};

static const char *string_end(const char *at, const char *end) {
  while (at < end && *at != '"') at += *at == '\\' ? 2 : 1;
  return at < end ? at : NULL;
}

static void keep(struct span *found, const char *name, size_t length, struct span value) {
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (strlen(keys[i].name) == length && !memcmp(keys[i].name, name, length) && !found[keys[i].key].text)
      found[keys[i].key] = value;
}

/* All members at any depth; false: the line is torn. */
static bool scan(const struct line *l, struct span *found) {
  int depth = 0;
  const char *at = l->text;
  while (at < l->end) {
    depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
    if (*at != '"') {
      at++;
      continue;
    }
    const char *name = at + 1, *stop = string_end(name, l->end);
    if (!stop) return false;
    for (at = stop + 1; at < l->end && *at == ' '; at++) {}
    if (at == l->end || *at != ':') continue;
    for (at++; at < l->end && *at == ' '; at++) {}
    struct span value = {at, at};
    if (at < l->end && *at == '"') {
      value.text = at + 1, value.end = string_end(at + 1, l->end);
      if (!value.end) return false;
      at = value.end + 1;
    } else if (at < l->end && *at != '{' && *at != '[') {
      while (at < l->end && *at != ',' && *at != '}' && *at != ' ') at++;
      value.end = at;
    } else
      continue;
    keep(found, name, (size_t)(stop - name), value);
  }
  return depth == 0;
}

static double time_of(struct span s) {
  const char *rest;
  double number = number_at(s.text, s.end, &rest);
  if (!isnan(number) && rest == s.end) return number > 1e11 ? number / 1e3 : number;
  char bracketed[120];
  struct log_line parts;
  int length =
      snprintf(bracketed, sizeof bracketed, "- [%.*s] \"GET / H\"", (int)(s.end - s.text < 60 ? s.end - s.text : 60), s.text);
  if (!log_read_line(s.text, s.end, &parts)) return (double)parts.at / 1e9;
  return log_read_line(bracketed, bracketed + length, &parts) ? NAN : (double)parts.at / 1e9;
}

static double json_took(const struct span *found) {
  static const double factors[KEYS] = {[KEY_SECONDS] = 1, [KEY_MS] = 1e-3, [KEY_US] = 1e-6, [KEY_NS] = 1e-9};
  const char *rest;
  for (int k = KEY_SECONDS; k < KEYS; k++) {
    if (!found[k].text) continue;
    double x = number_at(found[k].text, found[k].end, &rest);
    size_t unit = (size_t)(found[k].end - rest);
    if (unit == 2 && !memcmp(rest, "ms", 2)) return x * 1e-3;
    if (!isnan(x) && x >= 0 && (!unit || (unit == 1 && *rest == 's'))) return x * factors[k];
  }
  return -1;
}

static const char *take_json(const struct line *l, struct log_entry *e) {
  struct span found[KEYS] = {{NULL, NULL}};
  const char *rest;
  if (!scan(l, found)) return "its object is not closed: the line is torn";
  if (!found[KEY_TIME].text) return "has no \"time\" (or timestamp, ts, time_iso8601, msec)";
  e->at_s = time_of(found[KEY_TIME]);
  if (isnan(e->at_s)) return "its time is neither a number nor like 2025-10-10T11:55:36Z";
  struct span path = found[KEY_PATH];
  if (!path.text && found[KEY_REQUEST].text) {
    path = found[KEY_REQUEST];
    const char *blank = memchr(path.text, ' ', (size_t)(path.end - path.text));
    if (blank) path.text = blank + 1;
  }
  e->path = path.text;
  for (e->path_length = 0; path.text && path.text + e->path_length < path.end; e->path_length++)
    if (path.text[e->path_length] == '?' || path.text[e->path_length] == ' ') break;
  e->status = found[KEY_STATUS].text ? number_at(found[KEY_STATUS].text, found[KEY_STATUS].end, &rest) : 200;
  e->took_s = json_took(found);
  return NULL;
}

/* --- names -------------------------------------------------------------------------------------------------------------------- */

static bool is_number_part(const char *at, size_t length) {
  size_t digits = 0, hex = 0;
  for (size_t i = 0; i < length; i++) {
    digits += at[i] >= '0' && at[i] <= '9';
    hex += (at[i] >= '0' && at[i] <= '9') || (at[i] >= 'a' && at[i] <= 'f') || at[i] == '-';
  }
  return length && (digits == length || (hex == length && digits && length >= 8));
}

/* "/event/7/seats": "/event/" and a star and "/seats". A path that the user has given a name is what its map says. */
static size_t shortened(const struct reading *r, const struct log_entry *e, char *out) {
  size_t longest = 0, used = 0;
  for (uint32_t i = 0; i < r->map_count; i++) {
    const char *equals = strrchr(r->maps[i], '=');
    size_t length = equals ? (size_t)(equals - r->maps[i]) : 0;
    if (length > longest && length <= e->path_length && length < NAME_LENGTH && !memcmp(r->maps[i], e->path, length))
      longest = length, memcpy(out, r->maps[i], length);
  }
  if (longest) return longest;
  for (uint32_t i = 0; i < e->path_length && used < NAME_LENGTH - 2;) {
    const char *slash = memchr(e->path + i, '/', e->path_length - i);
    size_t part = slash ? (size_t)(slash - e->path) - i : e->path_length - i;
    if (is_number_part(e->path + i, part))
      out[used++] = '*';
    else
      for (size_t k = 0; k < part && used < NAME_LENGTH - 2; k++) out[used++] = e->path[i + k];
    i += (uint32_t)part;
    if (slash) out[used++] = '/', i++;
  }
  return used;
}

static int32_t name_index(const struct reading *r, struct log_names *n, const struct log_entry *e) {
  char text[NAME_LENGTH];
  size_t length = e->path ? shortened(r, e, text) : 0;
  if (!length) text[0] = '/', length = 1;
  uint32_t slot = (uint32_t)(fnv_bytes(FNV_START, text, length) >> 20) % TABLE;
  for (; n->slots[slot]; slot = (slot + 1) % TABLE) {
    const char *there = n->names[n->slots[slot] - 1];
    if (!strncmp(there, text, length) && !there[length]) return n->slots[slot] - 1;
  }
  if (n->count == NAMES_MOST) memcpy(text, "/(other)", length = 8);
  if (n->count > NAMES_MOST) return (int32_t)NAMES_MOST;
  n->names[n->count] = arena_format(r->arena, "%.*s", (int)length, text);
  n->slots[slot] = (int32_t)++n->count;
  return (int32_t)n->count - 1;
}

/* --- all ---------------------------------------------------------------------------------------------------------------------- */

static bool first_line(const struct reading *r, struct line *l) {
  *l = (struct line){0};
  while (line_next(r, l))
    if (l->end > l->text) return true;
  return false;
}

static bool knows(const struct reading *r) {
  struct line l;
  struct log_entry e = {0};
  struct span found[KEYS] = {{NULL, NULL}};
  if (!first_line(r, &l)) return false;
  if (*l.text == '{')
    return scan(&l, found) && found[KEY_TIME].text && (found[KEY_PATH].text || found[KEY_REQUEST].text || found[KEY_STATUS].text);
  return !take_words(&l, &e);
}

static uint32_t lines_of(const struct source_text *s) {
  uint32_t count = 1;
  for (const char *at = s->text; (at = memchr(at, '\n', (size_t)(s->text + s->length - at))); at++) count++;
  return count;
}

static bool usual(double took, double first) { return (took < 0) == (first < 0); }

static void read(struct reading *r) {
  uint32_t lines = lines_of(r->source), errors = 0;
  struct measured_log *log = &r->log;
  struct log_names *n = arena_alloc(r->arena, sizeof *n);
  n->names = arena_new_array(r->arena, const char *, NAMES_MOST + 1);
  log->at_s = arena_new_array(r->arena, double, lines), log->took_s = arena_new_array(r->arena, float, lines);
  log->name = arena_new_array(r->arena, int32_t, lines), log->failed = arena_new_array(r->arena, uint8_t, lines);
  struct line l = {0};
  double last = -INFINITY, first_took = NAN;
  bool json = first_line(r, &l) && *l.text == '{', whole_ms = true;
  l = (struct line){0};
  while (errors < ERRORS_MOST && line_next(r, &l)) {
    struct log_entry e = {.took_s = -1};
    if (l.end == l.text) continue;
    const char *wrong = json ? take_json(&l, &e) : take_words(&l, &e);
    if (isnan(first_took)) first_took = e.took_s;
    if (!wrong && e.at_s < last - BACKWARDS_S)
      wrong = arena_format(r->arena,
                           "its time is %.3g s before that of the line above: two clocks, or two logs in one; sort it by time",
                           last - e.at_s);
    if (!wrong && !usual(e.took_s, first_took))
      wrong = first_took < 0 ? "has a time that it took, and the first line has none"
                             : "has no time that it took at its end, and the first line has one";
    if (wrong)
      errors++, reading_error(r, l.text, (size_t)(l.end - l.text < 60 ? l.end - l.text : 60), "line %u: %s", l.number, wrong);
    if (wrong) continue;
    last = fmax(last, e.at_s);
    if (!log->count) log->at = reading_position(r, l.text, 1);
    double ms = e.took_s * 1e3;
    whole_ms &= fabs(ms - round(ms)) < 1e-6;
    log->at_s[log->count] = last, log->took_s[log->count] = (float)e.took_s, log->name[log->count] = name_index(r, n, &e);
    log->failed[log->count++] = e.status >= 499 || e.status == 429 || e.status == 408;
  }
  log->names = n->names, log->name_count = n->count, log->resolution_s = whole_ms ? 1e-3 : 1e-6;
  if (!log->count && !errors) reading_error(r, NULL, 0, "has no lines");
}

const struct reader_kind reader_log = {"log", "access logs of nginx ($request_time) and Apache (%D), or with a JSON object a line",
                                       false, knows, read};
