#include "sim/scenario/unit_names.h"
#include "sim/engine/arena.h"
#include "sim/engine/sim_time.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct unit_name time_units[] = {{"y", SIM_YEAR, "y|yr|yrs|year|years"},
                                              {"w", 7 * SIM_DAY, "w|wk|wks|week|weeks"},
                                              {"d", SIM_DAY, "d|day|days"},
                                              {"h", SIM_HOUR, "h|hr|hrs|hour|hours"},
                                              {"m", SIM_MINUTE, "min|mins|minute|minutes"},
                                              {"s", SIM_S, "s|sec|secs|second|seconds"},
                                              {"ms", SIM_MS, "ms|msec|msecs|milli|millis|millisecond|milliseconds"},
                                              {"us", SIM_US, "us|µs|μs|usec|usecs|microsecond|microseconds"},
                                              {"ns", 1, "ns|nsec|nsecs|nanosecond|nanoseconds"},
                                              {0}};

static const struct unit_name byte_units[] = {{"Ti", 1LL << 40, "ti|tib|tebibyte|tebibytes"},
                                              {"Gi", 1LL << 30, "gi|gib|gibibyte|gibibytes"},
                                              {"Mi", 1LL << 20, "mi|mib|mebibyte|mebibytes"},
                                              {"Ki", 1LL << 10, "ki|kib|kibibyte|kibibytes"},
                                              {"T", 1000000000000, "terabyte|terabytes"},
                                              {"G", 1000000000, "gigabyte|gigabytes"},
                                              {"M", 1000000, "megabyte|megabytes"},
                                              {"k", 1000, "kilobyte|kilobytes"},
                                              {"TB", 1000000000000, NULL},
                                              {"GB", 1000000000, NULL},
                                              {"MB", 1000000, NULL},
                                              {"KB", 1000, NULL},
                                              {"kB", 1000, NULL},
                                              {"B", 1, "byte|bytes"},
                                              {0}};

static const struct unit_name bandwidth_units[] = {{"Gbit/s", 1000000000, "gbit/s|gbits/s|gbps|gbit|gbits"},
                                                   {"Mbit/s", 1000000, "mbit/s|mbits/s|mbps|mbit|mbits"},
                                                   {"kbit/s", 1000, "kbit/s|kbits/s|kbps|kbit|kbits"},
                                                   {"bit/s", 1, "bit/s|bits/s|bps"},
                                                   {"GB/s", 8000000000, NULL},
                                                   {"MB/s", 8000000, NULL},
                                                   {"kB/s", 8000, NULL},
                                                   {0}};

static const struct unit_name cpu_units[] = {
    {"m", 1, "mcpu|millicpu|millicpus|millicore|millicores"}, {"", 1000, "core|cores|cpu|cpus|vcpu|vcpus"}, {0}};

static const struct unit_name rate_units[] = {{"s", 1, "s|sec|second"},
                                              {"min", 60, "m|minute"},
                                              {"h", 3600, "h|hr|hour"},
                                              {"day", 86400, "d"},
                                              {"week", 604800, "w|wk"},
                                              {"year", 31536000, "y|yr"},
                                              {0}};

/* A new one is one row here; what it means is up to the bill. */
static const struct unit_name price_units[] = {
    {"month", 1, "mo|mon|mth|months"},
    {"h", 1, "h|hr|hour"},
    {"day", 1, "d"},
    {"year", 1, "y|yr|annum"},
    {"s", 1, "sec|second"},
    {"GB", 1, NULL},
    {"TB", 1, NULL},
    {"GiB", 1, NULL},
    {"TiB", 1, NULL},
    {"GB-month", 1, "gb-mo|gb/month|gb/mo|gb per month"},
    {"GiB-month", 1, "gib-mo|gib/month|gib/mo|gib per month"},
    {"GB-h", 1, "gb-hour|gb/hour|gb/h|gb hour|gb per hour"},
    {"GB-s", 1, "gb-second|gb-sec|gb/second|gb/sec|gb/s|gb second|gb per second"},
    {"vCPU-month", 1, "vcpu-mo|vcpu/month|vcpu/mo|vcpu per month"},
    {"vCPU-h", 1, "vcpu-hour|vcpu/hour|vcpu/h|vcpu hour|vcpu per hour"},
    {"vCPU-s", 1, "vcpu-second|vcpu-sec|vcpu/second|vcpu/sec|vcpu/s|vcpu second|vcpu per second"},
    {"LCU-h", 1, "lcu-hour|lcu/hour|lcu/h|lcu hour|lcu per hour"},
    {"million", 1, "million requests|million calls|1m requests|m requests|m calls"},
    {"request", 1, "req|order|call"},
    {"user", 1, "user-month|user/month|user/mo|user per month"},
    {"host", 1, "host-month|host/month|host/mo|host per month"},
    {"seat", 1, "seat-month|seat/month|seat/mo|seat per month"},
    {"min", 1, "minute"},
    {0}};

static const struct unit_name *const families[] = {
    [FAMILY_TIME] = time_units, [FAMILY_BYTES] = byte_units, [FAMILY_BANDWIDTH] = bandwidth_units,
    [FAMILY_CPU] = cpu_units,   [FAMILY_RATE] = rate_units,  [FAMILY_PRICE] = price_units};

/* Whether the word is one of those between the bars. */
static bool is_among(const char *list, const char *word, size_t length) {
  for (const char *p = list; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
    if (strcspn(p, "|") == length && !strncasecmp(p, word, length)) return true;
  return false;
}

const struct unit_name *unit_named(enum unit_family family, const char *word, size_t length) {
  for (const struct unit_name *u = families[family]; u->name; u++)
    if (strlen(u->name) == length && !strncmp(u->name, word, length)) return u;
  for (const struct unit_name *u = families[family]; length && u->name; u++) {
    bool folds = family == FAMILY_PRICE && strlen(u->name) == length && !strncasecmp(u->name, word, length);
    if (folds || is_among(u->spellings, word, length)) return u;
  }
  return NULL;
}

char *unit_alternatives(struct arena *arena, enum unit_family family) {
  char *text = arena_text(arena, "");
  for (const struct unit_name *u = families[family]; u->name; u++)
    text = arena_format(arena, "%s%s%s%s%s", text, *text ? "|" : "", u->name, u->spellings && *u->name ? "|" : "",
                        u->spellings ? u->spellings : "");
  return text;
}

static const struct {
  const char *code, *spellings;
} currencies[] = {{"USD", "usd|$|us$|dollar|dollars"},
                  {"EUR", "eur|€|euro|euros"},
                  {"GBP", "gbp|£"},
                  {"CHF", "chf|sfr"},
                  {"INR", "inr|₹"},
                  {"BRL", "brl|r$"},
                  {"JPY", "jpy"},
                  {"CNY", "cny|rmb"},
                  {"CAD", "cad|ca$"},
                  {"AUD", "aud|a$"},
                  {"MXN", "mxn"},
                  {"PLN", "pln"},
                  {"SEK", "sek"},
                  {"NOK", "nok"},
                  {"DKK", "dkk"},
                  {"CZK", "czk"},
                  {"HUF", "huf"}};

const char *currency_code(struct arena *arena, const char *word, size_t length) {
  bool capitals = length == 3;
  for (size_t i = 0; i < 3 && capitals; i++) capitals = word[i] >= 'A' && word[i] <= 'Z';
  if (capitals) return arena_format(arena, "%.3s", word);
  for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++)
    if (is_among(currencies[i].spellings, word, length)) return currencies[i].code;
  return NULL;
}

/* Bytes of the white space that begins here: ASCII, no-break space, thin and narrow no-break space. */
static size_t space_length(const char *p) {
  if (*p == ' ' || *p == '\t') return 1;
  if (!strncmp(p, "\xC2\xA0", 2)) return 2;
  return !strncmp(p, "\xE2\x80\x89", 3) || !strncmp(p, "\xE2\x80\xAF", 3) ? 3 : 0;
}

const char *unit_skip_space(const char *p) {
  for (size_t length; (length = space_length(p));) p += length;
  return p;
}

const char *unit_trimmed(struct arena *arena, const char *text) {
  const char *begin = unit_skip_space(text), *end = begin;
  for (const char *p = begin; *p;) {
    size_t length = space_length(p);
    p += length ? length : 1;
    if (!length) end = p;
  }
  return begin == text && !*end ? text : arena_format(arena, "%.*s", (int)(end - begin), begin);
}

static const char counted[] =
    "r|req|reqs|request|requests|hit|hits|call|calls|query|queries|op|ops|user|users|client|clients|customer|customers|visit|"
    "visits|"
    "visitor|visitors|order|orders|job|jobs|message|messages|msg|msgs|session|sessions|event|events|transaction|transactions|"
    "arrival|arrivals|page|pages|view|views|pageview|pageviews|write|writes|read|reads|connection|connections";

const char *unit_per(const char *p) {
  p = unit_skip_space(p);
  size_t length = 0;
  while (isalpha((unsigned char)p[length])) length++;
  if (length && is_among(counted, p, length)) p = unit_skip_space(p + length);
  if (*p == '/') return unit_skip_space(p + 1);
  return !strncmp(p, "per ", 4) ? unit_skip_space(p + 4) : NULL;
}
