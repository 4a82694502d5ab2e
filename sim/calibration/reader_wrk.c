/* What wrk and wrk2 print: one closed run, in which each of the connections asks again as soon as it is answered.
 *
 *     Running 30s test @ http://127.0.0.1:8080/db
 *       2 threads and 32 connections
 *       Thread Stats   Avg      Stdev     Max   +/- Stdev
 *         Latency     3.23ms    0.89ms  25.92ms   93.69%
 *         Req/Sec     4.97k   412.10     5.60k    71.00%
 *       Latency Distribution
 *          50%    3.12ms
 *       296910 requests in 30.00s, 43.31MB read
 *       Non-2xx or 3xx responses: 12
 *     Requests/sec:   9897.00
 *
 * wrk2 keeps to a rate: then its latency counts from when a request was due, and it is no closed run. */
#include "sim/calibration/reading_inner.h"
#include "sim/engine/arena.h"
#include <string.h>

struct wrk {
  struct reading *r;
  struct measured_window *w;
  double threads, connections;
  double mean_rate, sd_rate; /* of a thread, per second */
  const char *rate_at;
  bool fixed_rate;
};

static bool knows(const struct reading *r) {
  return r->source->length > 9 && strstr(r->source->text, "Running ") && strstr(r->source->text, " test @ ");
}

static const char *skip(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t')) at++;
  return at;
}

static bool begins(const char *at, const char *end, const char *word) {
  size_t length = strlen(word);
  return (size_t)(end - at) >= length && !memcmp(at, word, length);
}

/* "635.91us", "1.20s", "5.60k": a number with what stands behind it as a factor; NaN: it is neither. */
static double quantity(const char *at, const char *end, const char **rest) {
  static const struct {
    const char *word;
    double factor;
  } units[] = {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}};
  double value = number_at(at, end, rest);
  for (size_t i = 0; !isnan(value) && i < sizeof units / sizeof *units; i++)
    if (begins(*rest, end, units[i].word)) {
      *rest += strlen(units[i].word);
      return value * units[i].factor;
    }
  return value;
}

static void read_address(struct wrk *k, const char *at, const char *end) {
  const char *mark = at;
  while (mark < end && *mark != '@') mark++;
  const char *slashes = mark;
  while (slashes + 2 < end && memcmp(slashes, "//", 2)) slashes++;
  const char *path = slashes + 2 < end ? memchr(slashes + 2, '/', (size_t)(end - slashes - 2)) : NULL;
  measured_add(&k->w->asked, path ? arena_format(k->r->arena, "%.*s", (int)(end - path), path) : "/", 0);
}

static void read_stats(struct wrk *k, const char *at, const char *end) {
  const char *rest, *word = at;
  bool latency = begins(at, end, "Latency");
  at = skip(at + strlen("Latency"), end);
  double mean = quantity(at, end, &rest);
  at = skip(rest, end);
  double sd = quantity(at, end, &rest);
  if (isnan(mean) || isnan(sd))
    reading_error(k->r, word, (size_t)(end - word), "has no average and deviation");
  else if (latency)
    k->w->latency.mean = mean, k->w->latency.sd = sd;
  else
    k->mean_rate = mean, k->sd_rate = sd, k->rate_at = word;
}

/* "50%    3.12ms", "99.900%    9.01ms". */
static void read_share(struct wrk *k, const char *at, const char *end) {
  const char *rest;
  double share = number_at(at, end, &rest);
  if (isnan(share) || rest == end || *rest != '%') return;
  double seconds = quantity(skip(rest + 1, end), end, &rest);
  if (isnan(seconds)) reading_error(k->r, at, (size_t)(end - at), "has no time behind its percentage");
  if (share < 100) latency_put(&k->w->latency, share / 100, seconds);
}

static void read_total(struct wrk *k, const char *at, const char *end) {
  const char *rest, *in;
  double n = number_at(at, end, &rest);
  rest = skip(rest, end);
  if (isnan(n) || !begins(rest, end, "requests in ")) return;
  double seconds = quantity(rest + strlen("requests in "), end, &in);
  if (isnan(seconds) || seconds <= 0) reading_error(k->r, at, (size_t)(end - at), "has no duration behind \"requests in\"");
  k->w->requests = n, k->w->seconds = seconds, k->w->at = reading_position(k->r, at, (size_t)(end - at));
}

static void read_failures(struct wrk *k, const char *at, const char *end) {
  const char *rest;
  if (begins(at, end, "Non-2xx")) {
    const char *colon = memchr(at, ':', (size_t)(end - at));
    double n = colon ? number_at(skip(colon + 1, end), end, &rest) : NAN;
    if (!isnan(n)) k->w->failed += n;
  }
  for (const char *p = at; begins(at, end, "Socket errors") && p < end; p++)
    if (p[-1] == ' ' && *p >= '0' && *p <= '9') k->w->failed += number_at(p, end, &rest), p = rest;
}

static void read_line(struct wrk *k, const struct line *l) {
  const char *at = skip(l->text, l->end), *rest;
  if (begins(at, l->end, "Running ")) read_address(k, at, l->end);
  if (begins(at, l->end, "Latency ") && !begins(at, l->end, "Latency D")) read_stats(k, at, l->end);
  if (begins(at, l->end, "Req/Sec")) read_stats(k, at, l->end);
  if (begins(at, l->end, "Detailed Percentile spectrum") || begins(at, l->end, "Thread calibration")) k->fixed_rate = true;
  double n = number_at(at, l->end, &rest);
  if (isnan(n)) {
    read_failures(k, at, l->end);
    return;
  }
  if (begins(skip(rest, l->end), l->end, "threads and ")) {
    k->threads = n;
    k->connections = number_at(skip(rest, l->end) + strlen("threads and "), l->end, &rest);
  }
  read_total(k, at, l->end);
  if (!k->fixed_rate || k->w->latency.count < 8) read_share(k, at, l->end);
}

/* wrk samples the rate of each thread every 100 ms: by chance alone its deviation is the root of ten times the rate. */
static void check_steady(struct wrk *k) {
  double chance = sqrt(10 * k->mean_rate);
  if (!(k->mean_rate > 0) || k->sd_rate < 0.4 * k->mean_rate || k->sd_rate < 3 * chance) return;
  reading_error(k->r, k->rate_at, 7,
                "the load was not steady: the rate of a thread was %.4g/s and deviated by %.4g/s; no fit is "
                "made of it. Warm up, then measure one load for at least 30 s",
                k->mean_rate, k->sd_rate);
}

static void read(struct reading *r) {
  struct wrk k = {.r = r, .w = reading_window(r), .connections = NAN, .mean_rate = NAN};
  struct line l = {0};
  while (line_next(r, &l)) read_line(&k, &l);
  if (isnan(k.w->requests))
    reading_error(r, NULL, 0, "has no line \"... requests in ...\": the output of wrk is torn, or the run was stopped");
  else if (isnan(k.connections))
    reading_error(r, NULL, 0, "has no line \"... threads and ... connections\"");
  if (isnan(k.w->requests) || isnan(k.connections)) return;
  if (!k.fixed_rate) k.w->users = k.connections;
  k.w->latency.n = k.w->requests;
  k.w->requests = fmax(0, k.w->requests - k.w->failed);
  if (k.w->asked.count) k.w->asked.items[0].amount = k.w->requests;
  check_steady(&k);
}

const struct reader_kind reader_wrk = {"wrk", "the text that wrk and wrk2 print, with --latency", false, knows, read};
