/* Figures in tables, as people write them. */
#include "sim/document/stated.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

struct found_case {
  enum unit unit;
  const char *text;
  double low, high; /* in base units, of the last digit half a count; 0, 0: there is none */
};

static const struct found_case cases[] = {
    {UNIT_SECONDS, "85 ms", 0.0845, 0.0855},
    {UNIT_SECONDS, "85ms", 0.0845, 0.0855},
    {UNIT_SECONDS, "p95 85 ms", 0.0845, 0.0855},
    {UNIT_SECONDS, "v2: 1.50 s", 1.495, 1.505},
    {UNIT_SECONDS, "100 requests in 85 ms", 0.0845, 0.0855},
    {UNIT_SECONDS, "2 h 30 min", 8970, 9030}, /* 9,000 s, half a minute of the last unit */
    {UNIT_SECONDS, "1,500 ms [1,400, 1,600]", 1.4995, 1.5005},
    {UNIT_SECONDS, "< 2 min", -INFINITY, 150},
    {UNIT_SECONDS, "at least 3 s", 2.5, INFINITY},
    {UNIT_SECONDS, "100 to 200 ms", 0.0995, 0.2005},
    {UNIT_SECONDS, "100ms..200ms", 0.0995, 0.2005},
    {UNIT_SECONDS, "15-30 min", 870, 1830},
    {UNIT_SECONDS, "150 \xC2\xB5s", 149.5e-6, 150.5e-6},
    {UNIT_SECONDS, "85", 0, 0},
    {UNIT_SECONDS, "none", 0, 0},
    {UNIT_SECONDS, "", 0, 0},
    {UNIT_RATIO, "99.99%", 0.99985, 0.99995},
    {UNIT_RATIO, "85 %", 0.845, 0.855},
    {UNIT_RATIO, "85 ms", 0, 0},
    {UNIT_PER_SECOND, "500/s", 499.5, 500.5},
    {UNIT_PER_SECOND, "500 requests/s", 499.5, 500.5},
    {UNIT_PER_SECOND, "1,000 to 3,000/s", 999.5, 3000.5},
    {UNIT_PER_SECOND, "120 requests per minute", 119.5 / 60, 120.5 / 60},
    {UNIT_PER_SECOND, "8 Mbit/s", 937500, 1062500}, /* 1 MB/s, half a Mbit/s are 62.5 kB/s */
    {UNIT_PER_SECOND, "1 MB/s", 500000, 1500000},
    {UNIT_BYTES, "512 MiB", 536346624, 537395200}, /* 512 x 1,048,576, half a MiB are 524,288 */
    {UNIT_BYTES, "2.3 GB", 2.25e9, 2.35e9},
    {UNIT_CURRENCY, "$74", 73.5, 74.5},
    {UNIT_CURRENCY, "74.00 USD", 73.995, 74.005},
    {UNIT_CURRENCY, "74 USD/month", 73.5, 74.5},
    {UNIT_CURRENCY, "$60 - $160", 59.5, 160.5},
    {UNIT_CURRENCY, "74", 0, 0},
    {UNIT_COUNT, "12,500 orders", 12499.5, 12500.5},
    {UNIT_COUNT, "8 pods", 7.5, 8.5},
    {UNIT_COUNT, "10k", 9500, 10500},
    {UNIT_NONE, "0.25", 0.245, 0.255},
};

static bool near(double a, double b) { return a == b || fabs(a - b) <= 1e-9 * fabs(b); }

static void test_found(void) {
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct found_case *c = &cases[i];
    struct stated_figure f = {0};
    bool wanted = c->low != 0 || c->high != 0, found = stated_find(c->unit, c->text, &f);
    test_check(found == wanted, "\"%s\": %s", c->text, found ? "found" : "not found");
    if (!found || !wanted) continue;
    test_check(near(f.low, c->low) && near(f.high, c->high), "\"%s\": %.12g to %.12g, not %.12g to %.12g", c->text, f.low, f.high,
               c->low, c->high);
  }
}

/* 85 ms against estimates: [84, 86] has it; 85.4 alone rounds to it, 85.6 does not; within 5% it is up to 85.5 + 4.25 ms. */
static void test_agrees(void) {
  static const struct {
    const char *text;
    double value, low, high, within;
    bool agrees;
  } rows[] = {{"85 ms", 0.0842, 0.084, 0.086, 0, true},   {"85 ms", 0.0854, NAN, NAN, 0, true},
              {"85 ms", 0.0856, NAN, NAN, 0, false},      {"85 ms", 0.090, 0.0856, 0.095, 0, false},
              {"85 ms", 0.0895, NAN, NAN, 0.05, true},    {"85 ms", 0.0899, NAN, NAN, 0.05, false},
              {"< 85 ms", 0.001, NAN, NAN, 0, true},      {"< 85 ms", 0.2, 0.19, 0.21, 0, false},
              {"80 to 90 ms", 0.0801, NAN, NAN, 0, true}, {"80 to 90 ms", 0.0912, NAN, NAN, 0, false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct stated_figure f;
    struct estimate e = {.value = rows[i].value, .low = rows[i].low, .high = rows[i].high};
    bool agrees = stated_find(UNIT_SECONDS, rows[i].text, &f) && stated_agrees(&f, &e, rows[i].within);
    test_check(agrees == rows[i].agrees, "%s against %g", rows[i].text, rows[i].value);
  }
}

static const struct test_case all[] = {{"found", test_found}, {"agrees", test_agrees}, {NULL, NULL}};
const struct test_suite suite_stated = {"stated", all};
