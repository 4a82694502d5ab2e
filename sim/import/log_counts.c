#include "sim/import/log_counts.h"
#include "sim/engine/fnv.h"
#include <math.h>
#include <string.h>

enum { PLACES = 4 * ROUTES, CLIENT_PLACES = 2 * CLIENTS, NAME_MOST = 48, SESSION_GAP = 1800 };

void log_counts_begin(struct log_counts *c, struct arena *arena) {
  *c = (struct log_counts){.arena = arena};
  c->hours = arena_alloc_array(arena, sizeof *c->hours, HOURS);
  c->routes = arena_alloc_array(arena, sizeof *c->routes, ROUTES + 1);
  c->route_places = arena_alloc_array(arena, sizeof *c->route_places, PLACES);
  c->clients = arena_alloc_array(arena, sizeof *c->clients, CLIENT_PLACES);
}

/* --- routes ------------------------------------------------------------------------------------------------------------------- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }

/* A number, a UUID, a hash: what names a thing and not a page. */
static bool is_id(const char *text, size_t length) {
  size_t digits = 0, hex = 0;
  for (size_t i = 0; i < length; i++) {
    digits += is_digit(text[i]);
    hex += is_digit(text[i]) || text[i] == '-' || ((text[i] | 32) >= 'a' && (text[i] | 32) <= 'f');
  }
  return length && (digits == length || (digits && hex == length && length >= 8) || (digits >= 4 && length >= 16));
}

static bool is_static(const char *path, size_t length) {
  static const char *const ends[] = {"css",  "js",  "mjs",  "map",   "png", "jpg", "jpeg", "gif", "svg", "webp",
                                     "avif", "ico", "woff", "woff2", "ttf", "mp4", "webm", "txt", "xml", "wasm"};
  const char *dot = memrchr(path, '.', length);
  size_t left = dot ? (size_t)(path + length - dot - 1) : 0;
  for (size_t i = 0; left && i < sizeof ends / sizeof *ends; i++)
    if (strlen(ends[i]) == left && !strncasecmp(ends[i], dot + 1, left)) return true;
  return false;
}

struct name {
  char text[NAME_MOST + 1];
  size_t length;
};

static void put(struct name *n, const char *text, size_t length) {
  if (n->length && n->text[n->length - 1] != '-' && n->length < NAME_MOST) n->text[n->length++] = '-';
  for (size_t i = 0; i < length && n->length < NAME_MOST; i++) {
    char c = text[i];
    bool good = is_digit(c) || is_letter(c) || c == '_' || c == '.';
    if (good || (n->length && n->text[n->length - 1] != '-'))
      n->text[n->length++] = good ? (c >= 'A' && c <= 'Z' ? (char)(c | 32) : c) : '-';
  }
}

/* get-orders-id, static, get-home */
static void name_route(const struct log_request *q, struct name *n) {
  n->length = 0;
  if (is_static(q->path, q->path_length)) {
    put(n, "static", 6);
    return;
  }
  put(n, q->method_length ? q->method : "get", q->method_length ? (q->method_length < 10 ? q->method_length : 10) : 3);
  if (!n->length) put(n, "unknown", 7); /* a method without a letter */
  int parts = 0;
  for (size_t i = 0; i < q->path_length && parts < 4;) {
    while (i < q->path_length && q->path[i] == '/') i++;
    const char *part = q->path + i, *slash = memchr(part, '/', q->path_length - i);
    size_t length = slash ? (size_t)(slash - part) : q->path_length - i;
    if (length && is_id(part, length))
      put(n, "id", 2), parts++;
    else if (length)
      put(n, part, length < 24 ? length : 24), parts++;
    i += length;
  }
  if (!parts) put(n, "home", 4);
  while (n->length && n->text[n->length - 1] == '-') n->length--;
}

static struct route *route_of(struct log_counts *c, const struct log_request *q) {
  struct name n;
  name_route(q, &n);
  uint64_t hash = fnv_bytes(FNV_START, n.text, n.length);
  uint32_t place = (uint32_t)(hash ^ hash >> 32) % PLACES;
  for (; c->route_places[place]; place = (place + 1) % PLACES) {
    struct route *r = &c->routes[c->route_places[place] - 1];
    if (!strncmp(r->name, n.text, n.length) && !r->name[n.length]) return r;
  }
  if (c->route_count == ROUTES) {
    c->more_routes++;
    return &c->routes[ROUTES];
  }
  struct route *r = &c->routes[c->route_count++];
  r->name = arena_format(c->arena, "%.*s", (int)n.length, n.text);
  c->route_places[place] = c->route_count;
  return r;
}

/* --- sessions ----------------------------------------------------------------------------------------------------------------- */

static void add_client(struct log_counts *c, const struct log_request *q) {
  uint64_t hash = fnv_bytes(FNV_START, q->client, q->client_length) | 1;
  int64_t now = q->at / SIM_S;
  uint32_t place = (uint32_t)((hash ^ hash >> 32) % CLIENT_PLACES);
  while (c->clients[place].hash && c->clients[place].hash != hash) place = (place + 1) % CLIENT_PLACES;
  struct seen_client *seen = &c->clients[place];
  if (!seen->hash && c->client_count == CLIENTS) return;
  bool same = seen->hash && now - seen->last <= SESSION_GAP;
  if (!seen->hash) seen->hash = hash, c->client_count++;
  c->sessions += !same, c->in_sessions++;
  if (same && now > seen->last) c->think_s += (double)(now - seen->last), c->thinks++;
  if (!same || now > seen->last) seen->last = now;
}

/* --- adding up ---------------------------------------------------------------------------------------------------------------- */

static void add_speed(struct log_counts *c, struct route *r, double seconds) {
  if (!r->speeds) r->speeds = arena_alloc_array(c->arena, sizeof *r->speeds, SPEEDS);
  double step = seconds > 1e-5 ? log2(seconds / 1e-5) * 8 : 0;
  r->speeds[step < SPEEDS - 1 ? (int)step : SPEEDS - 1]++, r->timed++;
}

void log_counts_add(struct log_counts *c, const struct log_request *q, sim_time zone) {
  if (!c->any) {
    c->any = true, c->zone = zone, c->first = c->last = q->at;
    c->begin = (q->at + zone) / SIM_DAY * SIM_DAY - 7 * SIM_DAY; /* a week for lines that are out of order, and older files */
  }
  int64_t hour = (q->at + c->zone - c->begin) / SIM_HOUR;
  if (q->at + c->zone < c->begin || hour >= HOURS) {
    c->out_of_range++;
    return;
  }
  if (q->at < c->first) c->first = q->at;
  if (q->at > c->last) c->last = q->at;
  struct route *r = route_of(c, q);
  c->requests++, c->hours[hour]++, r->count++;
  if (q->status >= 500) c->failed++, r->failed++;
  if (q->bytes >= 0 && q->bytes < 1e15) r->bytes += q->bytes, r->sized++;
  if (q->seconds >= 0 && q->seconds < 1e5) add_speed(c, r, q->seconds);
  bool known = q->client_length > 1 || (q->client_length == 1 && *q->client != '-');
  if (known && strcmp(r->name ? r->name : "", "static") != 0) add_client(c, q);
}

uint64_t log_counts_hour(const struct log_counts *c, int hour, double *covered_s) {
  uint64_t sum = 0;
  sim_time first = c->first + c->zone - c->begin, last = c->last + c->zone - c->begin + SIM_S;
  *covered_s = 0;
  for (sim_time h = first / SIM_HOUR; h <= last / SIM_HOUR && h < HOURS; h++) {
    if (h % 24 != hour) continue;
    sim_time from = h * SIM_HOUR > first ? h * SIM_HOUR : first, to = (h + 1) * SIM_HOUR < last ? (h + 1) * SIM_HOUR : last;
    sum += c->hours[h], *covered_s += (double)(to - from) / SIM_S;
  }
  return sum;
}

uint64_t log_counts_most(const struct log_counts *c) {
  uint64_t most = 0;
  for (int h = 0; h < HOURS; h++)
    if (c->hours[h] > most) most = c->hours[h];
  return most;
}

double log_counts_speed(const struct route *r, double share) {
  uint64_t seen = 0;
  for (int i = 0; r->timed && i < SPEEDS; i++) {
    seen += r->speeds[i];
    if ((double)seen >= share * (double)r->timed) return 1e-5 * exp2((i + 0.5) / 8);
  }
  return NAN;
}
