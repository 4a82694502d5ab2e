#include "sim/engine/allocate.h"
#include "sim/import/build.h"
#include "sim/import/log_counts.h"
#include "sim/import/stack.h"
#include "sim/json/safe_text.h"
#include "sim/json/source_file.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 20, LINE_MOST = 1 << 16, ENDPOINTS = 12, SHOWN = 5 };

/* --- lines -------------------------------------------------------------------------------------------------------------------- */

struct lines {
  struct import *im;
  const struct source_text *source;
  struct log_counts *counts;
  uint64_t number, good, bad;
};

static void bad_line(struct lines *l, const char *why) {
  struct position whole = {l->source, 0, 0};
  if (l->bad++ < SHOWN)
    import_note(l->im, IMPORT_IGNORED, &whole, "%.200s:%llu: %s", l->source->name, (unsigned long long)l->number, why);
}

static void take_line(struct lines *l, const char *text, const char *end) {
  struct log_request request;
  l->number++;
  if (end > text && end[-1] == '\r') end--;
  if (text == end) return;
  const char *wrong = end - text > LINE_MOST ? "is longer than 64 KiB" : log_request_read(text, end, &request);
  if (wrong) {
    bad_line(l, wrong);
    return;
  }
  l->good++;
  log_counts_add(l->counts, &request, l->counts->any ? l->counts->zone : log_request_zone(text, end));
}

/* Piece by piece: a log may be larger than the memory. What is left of a line goes before the next piece. */
static bool take_file(struct lines *l, FILE *file) {
  char *room = arena_alloc(l->im->arena, PIECE + LINE_MOST + 2);
  size_t kept = 0;
  bool skipping = false;
  for (size_t got; (got = fread(room + kept, 1, PIECE, file)) > 0;) {
    char *at = room, *end = room + kept + got;
    for (char *newline; (newline = memchr(at, '\n', (size_t)(end - at))); at = newline + 1) {
      if (!skipping) take_line(l, at, newline);
      skipping = false;
    }
    kept = (size_t)(end - at);
    if (kept > LINE_MOST) {
      if (!skipping) l->number++, bad_line(l, "is longer than 64 KiB");
      skipping = true, kept = 0;
    }
    memmove(room, at, kept);
  }
  if (kept && !skipping) take_line(l, room, room + kept);
  return !ferror(file);
}

static bool refuse(struct lines *l, const char *why) {
  struct position whole = {l->source, 0, 0};
  diagnostic_add(l->im->diagnostics, &whole, "%s", why);
  return false;
}

static bool read_log(struct import *im, struct log_counts *counts, const char *path) {
  struct lines l = {im, diagnostics_source(im->diagnostics, path, "", 0), counts, 0, 0, 0};
  size_t size;
  const char *wrong = source_outside(im->diagnostics, path);
  bool pipe = !strcmp(path, "/dev/stdin");
  FILE *file = wrong ? NULL : pipe ? stdin : source_open(path, &size, &wrong);
  if (!file) return refuse(&l, arena_format(im->arena, "cannot be read: %s", wrong));
  int first = getc(file);
  bool packed = first == 0x1F;
  if (first != EOF) ungetc(first, file);
  bool good = packed || take_file(&l, file);
  const char *problem = good ? "" : strerror(errno);
  if (!pipe) fclose(file);
  if (packed) return refuse(&l, "is packed: `zcat FILE | aguanta import log -` reads it");
  if (!good) return refuse(&l, arena_format(im->arena, "cannot be read: %s", problem));
  if (l.bad > SHOWN)
    import_note(im, IMPORT_IGNORED, &(struct position){l.source, 0, 0}, "%.200s: %llu lines in all are not requests", path,
                (unsigned long long)l.bad);
  if (!l.good || l.bad > l.good)
    return refuse(&l, l.number ? "is no log: most of its lines are no requests of nginx, Apache, Traefik or Caddy" : "is empty");
  import_note(im, IMPORT_USED, NULL, "%.200s: %llu requests in %llu lines", path, (unsigned long long)l.good,
              (unsigned long long)l.number);
  return true;
}

/* --- the scenario ------------------------------------------------------------------------------------------------------------- */

/* Busiest first; equal ones by name, so that the order is that of no table. */
static int compare_routes(const void *a, const void *b) {
  const struct route *x = a, *y = b;
  return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->name, y->name);
}

static const char *day_text(struct arena *arena, sim_time at) {
  int64_t days = at / SIM_DAY, era, year, month, day; /* H. Hinnant's days_from_civil, backwards */
  days += 719468, era = days / 146097;
  int64_t of_era = days - era * 146097, years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * years + years / 4 - years / 100), shifted = (5 * of_year + 2) / 153;
  day = of_year - (153 * shifted + 2) / 5 + 1, month = shifted < 10 ? shifted + 3 : shifted - 9;
  year = years + era * 400 + (month <= 2);
  return arena_format(arena, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
}

static const char *rate_text(struct arena *arena, double per_s) { return arena_format(arena, "%.3g/s", per_s); }

enum { COVERED = 300 }; /* seconds of an hour of the day that say something of it */

/* Mean rates by hour of the day; returns the busiest hour. */
static int rates_by_hour(const struct log_counts *c, double *rates, int *known) {
  int busiest = 0;
  *known = 0;
  for (int hour = 0; hour < 24; hour++) {
    double covered;
    uint64_t count = log_counts_hour(c, hour, &covered);
    rates[hour] = covered >= COVERED ? (double)count / covered : 0;
    *known += covered >= COVERED;
    if (rates[hour] > rates[busiest]) busiest = hour;
  }
  return busiest;
}

/* By the hours of the day where the log has several, else the mean. Returns the hour at which a run begins: the busiest. */
static int put_rate(struct import *im, const struct log_counts *c, struct json_value *users, const char *source) {
  double rates[24], span = fmax((double)(c->last - c->first) / SIM_S, 1);
  int known, busiest = rates_by_hour(c, rates, &known);
  struct json_value *rate = build_object(im->arena, users, "rate");
  if (known < 2) {
    const char *mean = rate_text(im->arena, (double)c->requests / span);
    build_text(im->arena, rate, "value", mean);
    import_note(im, IMPORT_USED, NULL, "traffic.users.rate: %s, the mean of %.3g %s", mean, span < 120 ? span : span / 60,
                span < 120 ? "s" : "min");
    busiest = (int)((c->first + c->zone) / SIM_HOUR % 24);
  } else {
    struct json_value *hours = build_list(im->arena, build_object(im->arena, rate, "value"), "hours");
    for (int hour = 0; hour < 24; hour++) build_text(im->arena, hours, NULL, rate_text(im->arena, rates[hour]));
    import_note(im, IMPORT_USED, NULL,
                "traffic.users.rate: by hour; the busiest, %02d:00, has %s in the mean of its days, the busiest of all %s", busiest,
                rate_text(im->arena, rates[busiest]),
                rate_text(im->arena, fmax((double)log_counts_most(c) / 3600, rates[busiest])));
    if (known < 24)
      import_note(im, IMPORT_ASSUMED, NULL, "traffic.users.rate: 0 in the %d hours of the day that the log does not reach",
                  24 - known);
  }
  build_text(im->arena, rate, "source", source);
  return busiest;
}

static void put_endpoint(struct import *im, struct json_value *endpoints, struct json_value *mix, const char *name,
                         const struct route *r, const struct json_value *steps, const char *source) {
  struct arena *arena = im->arena;
  struct json_value *e = build_object(arena, endpoints, name);
  build_text(arena, e, "entry", "app");
  if (r->sized && r->bytes >= 1) {
    struct json_value *response = build_object(arena, e, "response");
    build_text(arena, response, "value", arena_format(arena, "%.0fB", r->bytes / (double)r->sized));
    build_text(arena, response, "source", source);
  }
  build_take(arena, e, "steps", steps);
  build_scalar(arena, mix, name, arena_format(arena, "%llu", (unsigned long long)r->count));
  const char *times = r->timed ? arena_format(arena, ", took %.3g ms (p50), %.3g ms (p95)", 1e3 * log_counts_speed(r, 0.5),
                                              1e3 * log_counts_speed(r, 0.95))
                               : "";
  const char *failed =
      r->failed ? arena_format(arena, ", %.2g%% of them failed (5xx)", 100.0 * (double)r->failed / (double)r->count) : "";
  import_note(im, IMPORT_USED, NULL, "%s: %llu requests%s%s", name, (unsigned long long)r->count, times, failed);
}

static void put_endpoints(struct import *im, struct log_counts *c, struct json_value *endpoints, struct json_value *mix,
                          const struct json_value *steps, const char *source) {
  struct route rest = c->routes[ROUTES];
  qsort(c->routes, c->route_count, sizeof *c->routes, compare_routes);
  for (uint32_t i = 0; i < c->route_count; i++) {
    const struct route *r = &c->routes[i];
    if (i < ENDPOINTS && (i < 1 || r->count * 1000 >= c->requests)) {
      put_endpoint(im, endpoints, mix, r->name, r, steps, source);
      continue;
    }
    rest.count += r->count, rest.failed += r->failed, rest.bytes += r->bytes, rest.sized += r->sized;
  }
  rest.timed = 0;
  if (rest.count)
    put_endpoint(im, endpoints, mix, json_member(endpoints, "other") ? "other-routes" : "other", &rest, steps, source);
}

static void note_sessions(struct import *im, const struct log_counts *c) {
  if (!c->sessions) return;
  import_note(im, IMPORT_USED, NULL, "sessions: %llu of %s%u clients (addresses), %.3g requests each, %.3g s between two",
              (unsigned long long)c->sessions, c->client_count == CLIENTS ? "at least " : "", c->client_count,
              (double)c->in_sessions / (double)c->sessions, c->thinks ? c->think_s / (double)c->thinks : 0.0);
  if (c->failed)
    import_note(im, IMPORT_USED, NULL, "failed: %.2g%% of all requests (5xx)", 100.0 * (double)c->failed / (double)c->requests);
  if (c->out_of_range)
    import_note(im, IMPORT_IGNORED, NULL, "%llu requests of a time far from the others", (unsigned long long)c->out_of_range);
}

static void replace(struct json_value *root, const char *key, struct json_value *with) {
  struct json_value *v = root->first;
  with->name = key;
  root->first = root->last = NULL, root->count = 0;
  for (struct json_value *next; v; v = next) {
    next = v->next;
    json_append(root, strcmp(v->name, key) ? v : with);
  }
}

static struct json_value *scenario_of(struct import *im, struct log_counts *c, const char *file) {
  struct arena *arena = im->arena;
  const char *slash = strrchr(file, '/'), *from = day_text(arena, c->first + c->zone), *to = day_text(arena, c->last + c->zone);
  struct stack stack = {.im = im, .platform = "compose", .name = "log", .logged = true};
  stack.title = arena_format(arena, "Imported from %s", slash ? slash + 1 : file);
  struct workload *app = stack_add(&stack, "app", NULL);
  app->entry = true;
  image_settle(&stack, app);
  struct json_value *root = stack_scenario(&stack);
  const struct json_value *steps = json_member(json_first(json_member(root, "endpoints")), "steps");
  const char *source =
      arena_format(arena, "%s, %s%s%s", slash ? slash + 1 : file, from, strcmp(from, to) ? " to " : "", strcmp(from, to) ? to : "");
  struct json_value *traffic = build_object(arena, NULL, NULL), *users = build_object(arena, traffic, "users"),
                    *endpoints = build_object(arena, NULL, NULL), *run = build_object(arena, NULL, NULL),
                    *claims = build_list(arena, NULL, NULL);
  build_text(arena, users, "kind", "open");
  int busiest = put_rate(im, c, users, source);
  struct json_value *mix = build_object(arena, users, "mix");
  put_endpoints(im, c, endpoints, mix, steps, source);
  build_assumed(arena, users, "timeout", "10s", "5s", "60s", "users give up");
  note_sessions(im, c);
  build_text(arena, run, "start", arena_format(arena, "%02d:00", busiest));
  build_text(arena, run, "warmup", "1m"), build_text(arena, run, "window", "10m");
  build_text(arena, build_object(arena, claims, NULL), "require", "error_rate(all) < 1%");
  replace(root, "traffic", traffic), replace(root, "endpoints", endpoints), replace(root, "run", run),
      replace(root, "claims", claims);
  return root;
}

struct json_value *import_log(struct import *im, const char *const *files, uint32_t count) {
  struct log_counts *counts = arena_alloc(im->arena, sizeof *counts);
  log_counts_begin(counts, im->arena);
  bool good = true;
  for (uint32_t i = 0; i < count; i++) good = read_log(im, counts, files[i]) && good;
  if (!good) return NULL;
  if (counts->requests) return scenario_of(im, counts, files[0]);
  diagnostic_add(im->diagnostics, NULL, "no request of the log can be counted");
  return NULL;
}
