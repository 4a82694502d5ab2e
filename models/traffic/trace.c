#include "models/traffic/trace.h"
#include "models/traffic/source.h"
#include "sim/engine/fnv.h"
#include "models/traffic/log.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { AT_S, ENDPOINT, CLIENT, DEMAND };
const char *const trace_demand_words[] = {"none", "demand_us", "demand2_us", "demand3_us", "demand4_us", NULL};
const struct table_column trace_columns[] = {
    [AT_S] = {.name = "at_s", .low = 0, .high = 9e9, .order = ORDER_NOT_FALLING, .doc = "Seconds from the start of the run."},
    [ENDPOINT] = {.name = "endpoint", .target = "endpoints", .optional = true, .doc = "What is asked for; absent: by the mix."},
    [CLIENT] = {.name = "client", .optional = true, .low = 0, .high = 4e9, .doc = "A number for the client that asks."},
    [DEMAND] = {.name = "demand_us", .optional = true, .low = 0, .high = 9e12, .doc = "CPU time of a step that names the column."},
    {.name = "demand2_us", .optional = true, .low = 0, .high = 9e12, .doc = "The same of another step."},
    {.name = "demand3_us", .optional = true, .low = 0, .high = 9e12, .doc = "The same of another step."},
    {.name = "demand4_us", .optional = true, .low = 0, .high = 9e12, .doc = "The same of another step."},
    {0}};

static const struct field path_fields[] = {
    KEY("prefix", TEXT, trace_path, prefix, .doc = "How the path begins; the longest that fits counts."),
    KEY("endpoint", REFERENCE, trace_path, endpoint, .target = "endpoints", .doc = "The endpoint that it stands for."),
    {0}};
const struct record trace_path_record = {.name = "trace path",
                                         .size = sizeof(struct trace_path),
                                         .fields = path_fields,
                                         .doc = "Which endpoint the paths of a log mean."};

/* --- reading ----------------------------------------------------------------------------------------------------------------- */

/* Time of the trace as time of the run. */
static sim_time at_speed(double ns, double speed) { return (sim_time)(ns / speed + 0.5); }

static void read_table(struct trace_config *t, struct arena *arena) {
  struct trace_arrival *out = arena_new_array(arena, struct trace_arrival, t->file.rows);
  for (uint32_t i = 0; i < t->file.rows; i++) {
    out[i].at = at_speed(t->file.numbers[AT_S][i] * 1e9, t->speed);
    out[i].endpoint = t->file.names[ENDPOINT] ? t->file.names[ENDPOINT][i] : -1;
    out[i].client = t->file.numbers[CLIENT] ? (uint32_t)t->file.numbers[CLIENT][i] : NONE;
  }
  t->arrivals = out, t->count = t->file.rows;
  for (uint32_t k = 0; k < TRACE_DEMANDS; k++) t->demands |= t->file.numbers[DEMAND + k] != NULL;
}

/* Clients of a log by their words: a hash table of lines, open addressing, twice as large as there are lines. */
struct trace_clients {
  const char **words;
  uint32_t *lengths, *numbers, mask, count;
};

static uint32_t client_number(struct trace_clients *c, const char *word, uint32_t length) {
  uint32_t place = (uint32_t)(fnv_bytes(FNV_START, word, length) >> 20) & c->mask;
  for (; c->words[place]; place = (place + 1) & c->mask)
    if (c->lengths[place] == length && !memcmp(c->words[place], word, length)) return c->numbers[place];
  c->words[place] = word, c->lengths[place] = length;
  return c->numbers[place] = c->count++;
}

static struct trace_clients clients_new(uint32_t lines) {
  struct trace_clients c = {.mask = 1};
  while (c.mask < 2 * (uint64_t)lines) c.mask = 2 * c.mask + 1;
  c.words = allocate_zeroed((size_t)c.mask + 1, sizeof *c.words);
  c.lengths = allocate_zeroed((size_t)c.mask + 1, sizeof *c.lengths),
  c.numbers = allocate_zeroed((size_t)c.mask + 1, sizeof *c.numbers);
  return c;
}

static void clients_free(struct trace_clients *c) {
  free(c->words);
  free(c->lengths);
  free(c->numbers);
}

static const struct trace_path *path_of(const struct trace_config *t, const char *path, uint32_t length) {
  const struct trace_path *paths = t->paths.items, *best = NULL;
  for (uint32_t i = 0; i < t->paths.count; i++) {
    size_t prefix = strlen(paths[i].prefix);
    if (prefix > length || memcmp(paths[i].prefix, path, prefix) != 0) continue;
    if (!best || prefix > strlen(best->prefix)) best = &paths[i];
  }
  return best;
}

struct log_reader {
  struct trace_config *trace;
  struct arena *arena;
  struct trace_clients clients;
  sim_time first, last; /* of the log */
};

static const char *read_line(struct log_reader *r, const char *text, const char *end, struct trace_arrival *out, bool first) {
  const struct trace_config *t = r->trace;
  struct log_line line;
  const char *wrong = log_read_line(text, end, &line);
  if (wrong) return wrong;
  if (first) r->first = r->last = line.at;
  if (line.at < r->last)
    return arena_format(r->arena, "its time is %.9gs before that of the line above: sort the file by time",
                        sim_seconds(r->last - line.at));
  r->last = line.at;
  const struct trace_path *path = line.path && t->paths.count ? path_of(t, line.path, line.path_length) : NULL;
  if (t->paths.count && !line.path) return "has no path after its time";
  if (t->paths.count && !path)
    return arena_format(r->arena, "no prefix of \"paths\" fits \"%.*s\"", (int)(line.path_length < 60 ? line.path_length : 60),
                        line.path);
  out->at = at_speed((double)(line.at - r->first), t->speed);
  out->endpoint = path ? path->endpoint : -1;
  out->client = line.client ? client_number(&r->clients, line.client, line.client_length) : NONE;
  return NULL;
}

static uint32_t lines_of(const struct text_file *f) {
  uint32_t count = 1;
  for (size_t i = 0; i < f->length; i++) count += f->text[i] == '\n';
  return count;
}

static const char *read_log(struct trace_config *t, struct arena *arena) {
  uint32_t lines = lines_of(&t->log), number = 1;
  struct trace_arrival *out = arena_new_array(arena, struct trace_arrival, lines);
  struct log_reader r = {.trace = t, .arena = arena, .clients = clients_new(lines)};
  const char *wrong = NULL, *end = t->log.text + t->log.length;
  for (const char *at = t->log.text; at < end && !wrong; number++) {
    const char *stop = memchr(at, '\n', (size_t)(end - at)), *after = stop ? stop + 1 : end;
    if (!stop) stop = end;
    if (stop > at && stop[-1] == '\r') stop--;
    if (stop > at) {
      wrong = read_line(&r, at, stop, &out[t->count], t->count == 0);
      if (wrong) wrong = arena_format(arena, "%s:%u: %s", t->log.file, number, wrong);
      t->count++;
    }
    at = after;
  }
  clients_free(&r.clients);
  t->arrivals = out;
  if (!wrong && !t->count) return arena_format(arena, "%s is empty: it has no arrivals", t->log.file);
  return wrong;
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

/* The mix that the trace has, in order of first appearance. */
static struct weights mix_of(const struct trace_config *t, struct arena *arena) {
  int32_t most = 0;
  for (uint32_t i = 0; i < t->count; i++) most = t->arrivals[i].endpoint > most ? t->arrivals[i].endpoint : most;
  struct weights mix = {.reference = arena_new_array(arena, int32_t, (size_t)most + 1),
                        .weight = arena_new_array(arena, double, (size_t)most + 1)};
  uint32_t *place = arena_new_array(arena, uint32_t, (size_t)most + 1); /* in the mix, less one */
  for (uint32_t i = 0; i < t->count; i++) {
    int32_t endpoint = t->arrivals[i].endpoint;
    if (!place[endpoint]) mix.reference[mix.count] = endpoint, place[endpoint] = ++mix.count;
    mix.weight[place[endpoint] - 1]++;
  }
  return mix;
}

static const char *check_spread(const struct trace_config *t, struct arena *arena) {
  for (uint32_t i = 1; i < t->count && t->spread > 0; i++) {
    sim_time pause = t->arrivals[i].at - t->arrivals[i - 1].at;
    if (pause > 0 && pause < t->spread)
      return arena_format(arena, "arrivals %u and %u are only %.9gs apart: spread over %.9gs they would not stay in order", i,
                          i + 1, sim_seconds(pause), sim_seconds(t->spread));
  }
  return NULL;
}

static const char *check_repeat(const struct trace_config *t, struct arena *arena) {
  sim_time lasts = t->arrivals[t->count - 1].at + t->spread;
  if (t->repeat >= lasts) return NULL;
  return arena_format(arena, "the trace lasts %.9gs, longer than the %.9gs after which it starts again", sim_seconds(lasts),
                      sim_seconds(t->repeat));
}

const char *trace_link(struct source_config *s, struct arena *arena, const char **key) {
  struct trace_config *t = &s->trace;
  *key = NULL;
  if (!t->file.file == !t->log.file) return "a trace needs a \"file\" (a table of times) or a \"log\", one of them";
  *key = "paths";
  if (t->paths.count && t->file.file) return "means the paths of a \"log\"; a \"file\" has a column \"endpoint\"";
  *key = t->file.file ? "file" : "log";
  const char *wrong = NULL;
  if (t->file.file)
    read_table(t, arena);
  else
    wrong = read_log(t, arena);
  if (wrong) return wrong;
  *key = "mix";
  bool named = t->arrivals[0].endpoint >= 0;
  if (named && s->mix.count) return "the trace itself says which endpoints are asked for: leave \"mix\" out";
  if (named) s->mix = mix_of(t, arena);
  if (!named && !s->mix.count) return "the trace does not say which endpoints are asked for: give a \"mix\"";
  *key = "spread";
  if ((wrong = check_spread(t, arena))) return wrong;
  *key = "repeat";
  return check_repeat(t, arena);
}

/* Arrivals of one round before the time. */
static uint32_t arrivals_before(const struct trace_config *t, sim_time at) {
  uint32_t low = 0, high = t->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (t->arrivals[middle].at < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static double arrivals_until(const struct trace_config *t, sim_time at) {
  if (at <= 0) return 0;
  if (t->repeat == SIM_NEVER) return arrivals_before(t, at);
  return (double)(at / t->repeat) * t->count + arrivals_before(t, at % t->repeat);
}

double trace_expected(const struct trace_config *t, sim_time from, sim_time to) {
  return t->scale * (arrivals_until(t, to) - arrivals_until(t, from));
}

/* --- demands ----------------------------------------------------------------------------------------------------------------- */

static uint32_t place_of(const struct trace_rows *t, uint64_t subject) {
  uint32_t place = (uint32_t)stream_mix(subject) & t->mask;
  while (t->rows[place] && t->subjects[place] != subject) place = (place + 1) & t->mask;
  return place;
}

static void rows_open(struct trace_rows *t, uint32_t mask, struct arena *arena) {
  *t = (struct trace_rows){.mask = mask,
                           .subjects = arena_new_array(arena, uint64_t, (size_t)mask + 1),
                           .rows = arena_new_array(arena, uint32_t, (size_t)mask + 1)};
}

static void note_row(struct source *s, uint64_t n, uint32_t row) {
  struct trace_rows *t = &s->replay.rows;
  if (t->count >= t->mask / 2) {
    struct trace_rows old = *t;
    rows_open(t, 2 * old.mask + 1, s->world->arena);
    t->count = old.count;
    for (uint32_t i = 0; i <= old.mask; i++) {
      if (!old.rows[i]) continue;
      uint32_t place = place_of(t, old.subjects[i]);
      t->subjects[place] = old.subjects[i], t->rows[place] = old.rows[i];
    }
  }
  uint64_t subject = source_key(s, n);
  uint32_t place = place_of(t, subject);
  t->count += !t->rows[place];
  t->subjects[place] = subject, t->rows[place] = row + 1;
}

bool trace_demand(const struct source *s, uint64_t subject, uint32_t column, sim_time *out) {
  const double *us = s->config->trace.file.numbers[DEMAND + column];
  if (!us || !s->replay.rows.mask) return false;
  uint32_t row = s->replay.rows.rows[place_of(&s->replay.rows, subject)];
  if (row) *out = distribution_as_time(us[row - 1] * 1e3);
  return row > 0;
}

double trace_mean_demand(const struct trace_config *t, uint32_t column, int32_t endpoint) {
  const double *us = t->file.numbers[DEMAND + column];
  double sum = 0, count = 0;
  if (!us) return -1;
  for (uint32_t i = 0; i < t->count; i++)
    if (t->arrivals[i].endpoint < 0 || t->arrivals[i].endpoint == endpoint) sum += us[i] * 1e3, count++;
  return count > 0 ? sum / count : 0;
}

/* --- running ----------------------------------------------------------------------------------------------------------------- */

static struct stream draws_of(const struct source *s) {
  const struct replay *r = &s->replay;
  return stream_at(stream_mix(r->key + r->round), r->next);
}

static uint32_t group_from(const struct trace_config *t, uint32_t first) {
  uint32_t count = 1;
  while (first + count < t->count && t->arrivals[first + count].at == t->arrivals[first].at) count++;
  return count;
}

/* The least of as many uniform draws on the rest of the spread as are left: one after the other they are in order. */
static sim_time within_spread(struct source *s) {
  struct replay *r = &s->replay;
  struct stream draws = draws_of(s);
  stream_bits(&draws); /* the scale's */
  r->place += (1 - r->place) * (1 - real_pow(stream_uniform(&draws), 1.0 / r->group));
  return (sim_time)(r->place * (double)s->config->trace.spread);
}

/* When the next arrival comes, SIM_NEVER after the last. */
static sim_time next_time(struct source *s) {
  const struct trace_config *t = &s->config->trace;
  struct replay *r = &s->replay;
  if (r->next == t->count) {
    if (t->repeat >= SIM_NEVER - 1 - r->began) return SIM_NEVER;
    r->next = 0, r->round++, r->began += t->repeat;
  }
  if (!r->group) r->group = group_from(t, r->next), r->place = 0;
  sim_time at = r->began + t->arrivals[r->next].at + (t->spread ? within_spread(s) : 0);
  return at < s->world->horizon ? at : SIM_NEVER;
}

static uint32_t copies(struct source *s) {
  double scale = s->config->trace.scale;
  uint32_t whole = (uint32_t)scale;
  if (scale == whole) return whole;
  struct stream draws = draws_of(s);
  return whole + (stream_uniform(&draws) < scale - whole);
}

static void arrives(void *source, uint32_t argument) {
  (void)argument;
  struct source *s = source;
  struct replay *r = &s->replay;
  const struct trace_arrival *a = &s->config->trace.arrivals[r->next];
  assert(r->next < s->config->trace.count && r->group > 0);
  uint32_t count = copies(s);
  for (uint32_t i = 0; s->config->trace.demands && i < count; i++) note_row(s, r->sent + i, r->next);
  r->next++, r->group--;
  calendar_set(s->world->calendar, r->slot, next_time(s));
  while (count--) source_send_to(s, r->sent++, a->client, a->endpoint);
}

void trace_start(struct source *s) {
  struct world *w = s->world;
  if (s->config->trace.demands) rows_open(&s->replay.rows, 1023, w->arena);
  s->replay.key = stream_key(w->seed, w->replication, PURPOSE_REPLAY, stream_entity(s->config->name, 0));
  s->replay.slot = calendar_slot(w->calendar, arrives, s, 0);
  calendar_set(w->calendar, s->replay.slot, next_time(s));
}
