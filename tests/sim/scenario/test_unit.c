/* Every unit, in the forms that people write and the forms that are refused, with the exact words. */
#include "sim/scenario/unit.h"
#include "sim/scenario/unit_print.h"
#include "sim/engine/arena.h"
#include "sim/engine/sim_time.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

struct whole_case {
  const char *text;
  int64_t value;
  const char *printed; /* null: as the text */
};

struct real_case {
  const char *text;
  double value;
  const char *printed;
};

struct bad_case {
  const char *text;
  const char *message;
};

typedef const char *(*parse_whole)(struct arena *, const char *, int64_t *);
typedef char *(*print_whole)(struct arena *, int64_t);
typedef const char *(*parse_real)(struct arena *, const char *, double *);
typedef char *(*print_real)(struct arena *, double);

static void check_whole(const struct whole_case *cases, parse_whole parse, print_whole print) {
  struct arena *arena = arena_new();
  for (const struct whole_case *c = cases; c->text; c++) {
    int64_t value = -1;
    const char *wrong = parse(arena, c->text, &value), *expected = c->printed ? c->printed : c->text;
    test_check(!wrong && value == c->value, "%s is %lld (%s)", c->text, (long long)value, wrong ? wrong : "no error");
    test_check(!strcmp(print(arena, c->value), expected), "%s is printed %s", c->text, print(arena, c->value));
  }
  arena_free(arena);
}

static void check_real(const struct real_case *cases, parse_real parse, print_real print) {
  struct arena *arena = arena_new();
  for (const struct real_case *c = cases; c->text; c++) {
    double value = -1;
    const char *wrong = parse(arena, c->text, &value), *expected = c->printed ? c->printed : c->text;
    test_check(!wrong && value == c->value, "%s is %.17g (%s)", c->text, value, wrong ? wrong : "no error");
    test_check(!strcmp(print(arena, c->value), expected), "%s is printed %s", c->text, print(arena, c->value));
  }
  arena_free(arena);
}

static void check_bad_whole(const struct bad_case *cases, parse_whole parse) {
  struct arena *arena = arena_new();
  for (const struct bad_case *c = cases; c->text; c++) {
    int64_t value;
    const char *wrong = parse(arena, c->text, &value);
    test_check(wrong && !strcmp(wrong, c->message), "\"%s\": %s", c->text, wrong ? wrong : "accepted");
  }
  arena_free(arena);
}

static void check_bad_real(const struct bad_case *cases, parse_real parse) {
  struct arena *arena = arena_new();
  for (const struct bad_case *c = cases; c->text; c++) {
    double value;
    const char *wrong = parse(arena, c->text, &value);
    test_check(wrong && !strcmp(wrong, c->message), "\"%s\": %s", c->text, wrong ? wrong : "accepted");
  }
  arena_free(arena);
}

static void test_durations(void) {
  static const struct whole_case good[] = {
      {"250ms", 250 * SIM_MS, NULL},
      {"2h30m", 150 * SIM_MINUTE, NULL},
      {"1.5s", 1500 * SIM_MS, NULL},
      {"0.1s", 100 * SIM_MS, "100ms"},
      {"0.3s", 300 * SIM_MS, "300ms"},
      {"90min", 90 * SIM_MINUTE, "1h30m"},
      {"300 ms", 300 * SIM_MS, "300ms"},
      {" 2h 30m ", 150 * SIM_MINUTE, "2h30m"},
      {"2 hours 30 minutes", 150 * SIM_MINUTE, "2h30m"},
      {"1.5 h", 90 * SIM_MINUTE, "1h30m"},
      {"5sec", 5 * SIM_S, "5s"},
      {"5 Secs", 5 * SIM_S, "5s"},
      {"5S", 5 * SIM_S, "5s"},
      {"10 mins", 10 * SIM_MINUTE, "10m"},
      {"2hrs", 2 * SIM_HOUR, "2h"},
      {"7 days", 7 * SIM_DAY, "7d"},
      {"20\xC2\xA0ms", 20 * SIM_MS, "20ms"},
      {"20 msec", 20 * SIM_MS, "20ms"},
      {"1w", 7 * SIM_DAY, "7d"},
      {"1y", SIM_YEAR, NULL},
      {"1y2d3h4m5.5s", SIM_YEAR + 2 * SIM_DAY + 3 * SIM_HOUR + 4 * SIM_MINUTE + 5500 * SIM_MS, NULL},
      {"1.234567ms", 1234567, NULL},
      {"12us", 12000, NULL},
      {"12µs", 12000, "12us"},
      {"7ns", 7, NULL},
      {"0s", 0, NULL},
      {"0ms", 0, "0s"},
      {"292y", 292 * SIM_YEAR, NULL},
      {"never", SIM_NEVER, NULL},
      {0}};
  check_whole(good, unit_parse_duration, unit_print_duration);
}

static void test_bad_durations(void) {
  static const struct bad_case bad[] = {
      {"250", "needs a unit: write \"250ms\" or \"250s\", not 250"},
      {"1.5", "needs a unit: write \"1.5ms\" or \"1.5s\", not 1.5"},
      {"", "must be a duration such as \"250ms\" or \"2h30m\", not \"\""},
      {"ms", "must be a duration such as \"250ms\" or \"2h30m\", not \"ms\""},
      {"-5s", "must not be negative: \"-5s\""},
      {"5 fortnights",
       "has no unit of time in \"5 fortnights\": write ns, us, ms, s, m, h, d, w or y, such as \"250ms\" or \"2h30m\""},
      {"5M", "in \"5M\" has the unit M: minutes are m, and a month has no fixed length: write days, such as \"30d\""},
      {"3 months",
       "in \"3 months\" has the unit months: minutes are m, and a month has no fixed length: write days, such as \"30d\""},
      {"forever", "must be a duration, and one without end is \"never\", not \"forever\""},
      {"1,5s", "must be written with a decimal point and without separators, such as 1500 or 1.5, not \"1,5s\""},
      {"1e3ms", "must be written without an exponent, not \"1e3ms\""},
      {"1h30", "has no unit of time in \"1h30\": write ns, us, ms, s, m, h, d, w or y, such as \"250ms\" or \"2h30m\""},
      {".5s", "must begin with a digit: write \"0.5s\", not \".5s\""},
      {"30m2h", "must go from large to small units, such as \"2h30m\", not \"30m2h\""},
      {"1s1s", "must go from large to small units, such as \"2h30m\", not \"1s1s\""},
      {"1.5ns", "is finer than a nanosecond: \"1.5ns\""},
      {"293y", "is too large: \"293y\" is more than 292 years"},
      {"292y365d", "is too large: \"292y365d\" is more than 292 years"},
      {"999999999999999999y", "is too large: \"999999999999999999y\" is more than 292 years"},
      {"9999999999999999999s", "must be a duration such as \"250ms\" or \"2h30m\", not \"9999999999999999999s\""},
      {0}};
  check_bad_whole(bad, unit_parse_duration);
}

static void test_sizes(void) {
  static const struct whole_case good[] = {{"512Mi", 512LL << 20, NULL},
                                           {"1.5Gi", 1536LL << 20, "1536Mi"},
                                           {"8GB", 8000000000LL, "8G"},
                                           {"8G", 8000000000LL, NULL},
                                           {"64Ki", 65536, NULL},
                                           {"160GiB", 160LL << 30, "160Gi"},
                                           {"2Ti", 2LL << 40, NULL},
                                           {"1T", 1000000000000LL, NULL},
                                           {"10kB", 10000, "10k"},
                                           {"10KB", 10000, "10k"},
                                           {"4 GB", 4000000000LL, "4G"},
                                           {"4 GiB", 4LL << 30, "4Gi"},
                                           {"512 mib", 512LL << 20, "512Mi"},
                                           {"2 megabytes", 2000000, "2M"},
                                           {"100 bytes", 100, "100B"},
                                           {"123B", 123, NULL},
                                           {"0B", 0, NULL},
                                           {0}};
  static const struct bad_case bad[] = {
      {"512", "needs a unit: write \"512Mi\" or \"512MB\", not 512"},
      {"400m", "in \"400m\" has the unit m, which is a thousandth of a byte: write \"400Mi\" or \"400M\""},
      {"8gb", "in \"8gb\" has the unit gb: write \"8GB\" for powers of 1000 or \"8Gi\" for powers of 1024"},
      {"8 g", "in \"8 g\" has the unit g: write \"8GB\" for powers of 1000 or \"8Gi\" for powers of 1024"},
      {"1.5Gb", "in \"1.5Gb\" has the unit Gb: write \"1.5GB\" for powers of 1000 or \"1.5Gi\" for powers of 1024"},
      {"8K", "in \"8K\" has the unit K: write \"8kB\" for powers of 1000 or \"8Ki\" for powers of 1024"},
      {"8 boxes", "has no unit of size in \"8 boxes\": write Ki, Mi, Gi, Ti, k, M, G, T or B, such as \"512Mi\""},
      {"1,024Mi", "must be written with a decimal point and without separators, such as 1500 or 1.5, not \"1,024Mi\""},
      {"lots", "must be a size such as \"512Mi\" or \"8GB\", not \"lots\""},
      {"0.3B", "is finer than a byte: \"0.3B\""},
      {"99999999Ti", "is too large: \"99999999Ti\" is more than 8 EiB"},
      {0}};
  check_whole(good, unit_parse_bytes, unit_print_bytes);
  check_bad_whole(bad, unit_parse_bytes);
}

static void test_bandwidth(void) {
  static const struct whole_case good[] = {{"20Mbit/s", 20000000, NULL},
                                           {"1.5Gbit/s", 1500000000, NULL},
                                           {"64kbit/s", 64000, NULL},
                                           {"300bit/s", 300, NULL},
                                           {"1500kbit/s", 1500000, "1.5Mbit/s"},
                                           {"20 Mbps", 20000000, "20Mbit/s"},
                                           {"1Gbit", 1000000000, "1Gbit/s"},
                                           {"unlimited", INT64_MAX, NULL},
                                           {"20MB/s", 160000000, "160Mbit/s"},
                                           {"1.5GB/s", 12000000000, "12Gbit/s"},
                                           {"8 kB/s", 64000, "64kbit/s"},
                                           {0}};
  static const struct bad_case bad[] = {
      {"20", "needs a unit: write \"20Mbit/s\" or \"20kbit/s\", not 20"},
      {"20MB",
       "has no unit of bandwidth in \"20MB\": write bit/s, kbit/s, Mbit/s or Gbit/s, such as \"20Mbit/s\"; a byte is 8 bits"},
      {"20mb/s", "has no unit of bandwidth in \"20mb/s\": write bit/s, kbit/s, Mbit/s or Gbit/s, such as \"20Mbit/s\""},
      {"fast", "must be a bandwidth such as \"20Mbit/s\" or \"unlimited\", not \"fast\""},
      {"0.5bit/s", "is finer than a bit a second: \"0.5bit/s\""},
      {0}};
  check_whole(good, unit_parse_bandwidth, unit_print_bandwidth);
  check_bad_whole(bad, unit_parse_bandwidth);
}

static void test_cpu(void) {
  static const struct whole_case good[] = {{"500m", 500, NULL},
                                           {"4", 4000, NULL},
                                           {"0.5", 500, "500m"},
                                           {"1500m", 1500, NULL},
                                           {"unlimited", INT64_MAX, NULL},
                                           {"2 cores", 2000, "2"},
                                           {"1 vCPU", 1000, "1"},
                                           {"250 m", 250, "250m"},
                                           {"250 millicores", 250, "250m"},
                                           {0}};
  static const struct bad_case bad[] = {{"2 GHz", "must be an amount of CPU such as \"500m\", 4 or \"unlimited\", not \"2 GHz\""},
                                        {"-1", "must not be negative: \"-1\""},
                                        {"0.0001", "is finer than a thousandth of a core: \"0.0001\""},
                                        {0}};
  check_whole(good, unit_parse_cpu, unit_print_cpu);
  check_bad_whole(bad, unit_parse_cpu);
}

static void test_quotas(void) {
  static const struct {
    const char *text;
    int64_t count, per_ns;
  } good[] = {{"100/min", 100, 60 * SIM_S},
              {"10/15min", 10, 900 * SIM_S},
              {"5/15m", 5, 900 * SIM_S},
              {"6/5s", 6, 5 * SIM_S},
              {"1/1h30m", 1, 5400 * SIM_S},
              {"3/day", 3, SIM_DAY},
              {"3 per week", 3, 7 * SIM_DAY},
              {"100 req/min", 100, 60 * SIM_S},
              {"10 requests per 15 minutes", 10, 900 * SIM_S},
              {"10r/s", 10, SIM_S},
              {"10rpm", 10, 60 * SIM_S},
              {"2/year", 2, SIM_YEAR},
              {"1000000/ms", 1000000, SIM_MS},
              {"0/s", 0, SIM_S},
              {"999999999999/1.5us", 999999999999, 1500}};
  static const char *const bad[][2] = {
      {"100", "needs a unit: write \"100/s\" or \"100/min\", not 100"},
      {"1.5/s", "counts whole requests: write \"3/2s\" for 1.5 a second, not \"1.5/s\""},
      {"10/15", "must be a number per time such as \"100/min\" or \"10/15min\", not \"10/15\""},
      {"10/never", "must be a number per time such as \"100/min\" or \"10/15min\", not \"10/never\""},
      {"10/", "must be a number per time such as \"100/min\" or \"10/15min\", not \"10/\""},
      {"/s", "must be a number per time such as \"100/min\" or \"10/15min\", not \"/s\""},
      {"1k/s", "must be a number per time such as \"100/min\" or \"10/15min\", not \"1k/s\""},
      {"-5/s", "must not be negative: \"-5/s\""}};
  struct arena *arena = arena_new();
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    struct quota q = {0};
    const char *wrong = unit_parse_quota(arena, good[i].text, &q);
    test_check(!wrong && q.count == good[i].count && q.per_ns == good[i].per_ns, "%s: %lld in %lld ns%s", good[i].text,
               (long long)q.count, (long long)q.per_ns, wrong ? wrong : "");
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct quota q = {0};
    const char *wrong = unit_parse_quota(arena, bad[i][0], &q);
    test_check(wrong && !strcmp(wrong, bad[i][1]), "%s: %s", bad[i][0], wrong ? wrong : "is taken");
  }
  arena_free(arena);
}

static void test_rates(void) {
  static const struct real_case good[] = {{"120/s", 120, NULL},
                                          {"40/min", 40.0 / 60, NULL},
                                          {"5/h", 5.0 / 3600, NULL},
                                          {"10/day", 10.0 / 86400, NULL},
                                          {"2/year", 2.0 / 31536000, NULL},
                                          {"0.5/s", 0.5, NULL},
                                          {"120 rps", 120, "120/s"},
                                          {"120qps", 120, "120/s"},
                                          {"120/sec", 120, "120/s"},
                                          {"120 req/s", 120, "120/s"},
                                          {"120 requests per second", 120, "120/s"},
                                          {"10 per minute", 10.0 / 60, "10/min"},
                                          {"60 rpm", 1, "1/s"},
                                          {"1.5k/s", 1500, "1500/s"},
                                          {"10k rps", 10000, "10000/s"},
                                          {"864M/day", 10000, "10000/s"},
                                          {"0/s", 0, NULL},
                                          {"86400/day", 1, "1/s"},
                                          {"1000000/s", 1e6, NULL},
                                          {0}};
  static const struct bad_case bad[] = {
      {"120", "needs a unit: write \"120/s\" or \"120/min\", not 120"},
      {"120 apples", "has no unit of rate in \"120 apples\": write /s, /min, /h, /day or /year, such as \"120/s\""},
      {"2M/month", "is per month in \"2M/month\", which has no fixed length: write /day or /year"},
      {".5/s", "must begin with a digit: write \"0.5/s\", not \".5/s\""},
      {"120/", "has no unit of rate in \"120/\": write /s, /min, /h, /day or /year, such as \"120/s\""},
      {"many/s", "must be a rate such as \"120/s\" or \"40/min\", not \"many/s\""},
      {0}};
  check_real(good, unit_parse_rate, unit_print_rate);
  check_bad_real(bad, unit_parse_rate);
}

static void test_ratios(void) {
  static const struct real_case good[] = {{"99.95%", 0.9995, NULL},
                                          {"0.5", 0.5, "50%"},
                                          {"100%", 1, NULL},
                                          {"0%", 0, NULL},
                                          {"1.5%", 0.015, NULL},
                                          {"0.1%", 0.001, NULL},
                                          {"99.999%", 0.99999, NULL},
                                          {"50 %", 0.5, "50%"},
                                          {"99.9 percent", 0.999, "99.9%"},
                                          {0}};
  static const struct bad_case bad[] = {{"50 permille", "must be a ratio such as \"99.95%\" or 0.5, not \"50 permille\""},
                                        {"%", "must be a ratio such as \"99.95%\" or 0.5, not \"%\""},
                                        {"half", "must be a ratio such as \"99.95%\" or 0.5, not \"half\""},
                                        {0}};
  check_real(good, unit_parse_ratio, unit_print_ratio);
  check_bad_real(bad, unit_parse_ratio);
}

static void test_clock_and_limit(void) {
  static const struct whole_case clocks[] = {{"20:00", 20 * SIM_HOUR, NULL},
                                             {"10:00:30", 10 * SIM_HOUR + 30 * SIM_S, NULL},
                                             {"00:00:00", 0, "00:00"},
                                             {"8:00", 8 * SIM_HOUR, "08:00"},
                                             {0}};
  static const struct bad_case bad_clocks[] = {
      {"24:00", "must be a time of day such as \"20:00\" or \"10:00:30\", not \"24:00\""},
      {"8:5", "must be a time of day such as \"20:00\" or \"10:00:30\", not \"8:5\""},
      {"20:60", "must be a time of day such as \"20:00\" or \"10:00:30\", not \"20:60\""},
      {"20:00:30:1", "must be a time of day such as \"20:00\" or \"10:00:30\", not \"20:00:30:1\""},
      {"20", "must be a time of day such as \"20:00\" or \"10:00:30\", not \"20\""},
      {0}};
  static const struct whole_case limits[] = {{"511", 511, NULL}, {"unlimited", INT64_MAX, NULL}, {"0", 0, NULL}, {0}};
  static const struct bad_case bad_limits[] = {{"1.5", "must be a limit such as 511 or \"unlimited\", not \"1.5\""},
                                               {"no", "must be a limit such as 511 or \"unlimited\", not \"no\""},
                                               {0}};
  check_whole(clocks, unit_parse_clock, unit_print_clock);
  check_bad_whole(bad_clocks, unit_parse_clock);
  check_whole(limits, unit_parse_limit, unit_print_limit);
  check_bad_whole(bad_limits, unit_parse_limit);
}

static void test_money(void) {
  static const struct {
    const char *text;
    double amount;
    const char *currency, *per, *printed; /* null: as the text */
  } good[] = {{"40 USD/month", 40, "USD", "month", NULL},
              {"0.0104 USD/h", 0.0104, "USD", "h", NULL},
              {"0.09 USD/GB", 0.09, "USD", "GB", NULL},
              {"120 USD/year", 120, "USD", "year", NULL},
              {"0.1 USD/GB-month", 0.1, "USD", "GB-month", NULL},
              {"12 EUR", 12, "EUR", "", NULL},
              {"0.03 EUR/hour", 0.03, "EUR", "h", "0.03 EUR/h"},
              {"25 EUR/mo", 25, "EUR", "month", "25 EUR/month"},
              {"25 €/month", 25, "EUR", "month", "25 EUR/month"},
              {"1 EUR/TB", 1, "EUR", "TB", NULL},
              {"$40/month", 40, "USD", "month", "40 USD/month"},
              {"€5", 5, "EUR", "", "5 EUR"},
              {"5€", 5, "EUR", "", "5 EUR"},
              {"£3.50/yr", 3.5, "GBP", "year", "3.5 GBP/year"},
              {"US$ 9 per month", 9, "USD", "month", "9 USD/month"},
              {"USD 5", 5, "USD", "", "5 USD"},
              {"40 usd/month", 40, "USD", "month", "40 USD/month"},
              {"30EUR", 30, "EUR", "", "30 EUR"},
              {"0.09 USD / gb", 0.09, "USD", "GB", "0.09 USD/GB"},
              {"0.08 USD/GB/month", 0.08, "USD", "GB-month", "0.08 USD/GB-month"}};
  struct arena *arena = arena_new();
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    struct money_value money;
    const char *wrong = unit_parse_money(arena, good[i].text, &money);
    bool same =
        !wrong && money.amount == good[i].amount && !strcmp(money.currency, good[i].currency) && !strcmp(money.per, good[i].per);
    test_check(same, "%s: %s", good[i].text, wrong ? wrong : "another value");
    const char *printed = good[i].printed ? good[i].printed : good[i].text;
    if (!wrong) test_check(!strcmp(unit_print_money(arena, money), printed), "printed %s", unit_print_money(arena, money));
  }
  static const struct bad_case bad[] = {
      {"40", "needs a currency: write \"40 USD/month\" or \"40 USD/h\", not 40"},
      {"40/month", "must be an amount of money such as \"40 USD/month\" or \"0.09 USD/GB\", not \"40/month\""},
      {"40 per month", "must be an amount of money such as \"40 USD/month\" or \"0.09 USD/GB\", not \"40 per month\""},
      {"¥500/month", "in \"¥500/month\" has a sign of two currencies: write JPY or CNY"},
      {"1,000 USD", "must be written with a decimal point and without separators, such as 1500 or 1.5, not \"1,000 USD\""},
      {"25 EUR monthly", "must be an amount of money such as \"40 USD/month\" or \"0.09 USD/GB\", not \"25 EUR monthly\""},
      {"40 USD/fortnight", "in \"40 USD/fortnight\" is per \"fortnight\": write /month, /h, /day, /year, /s, /GB, /TB, /GB-month, "
                           "/GB-s, /vCPU-s, /LCU-h, /million, /seat, such as "
                           "\"40 USD/month\""},
      {0}};
  for (const struct bad_case *c = bad; c->text; c++) {
    struct money_value money;
    const char *wrong = unit_parse_money(arena, c->text, &money);
    test_check(wrong && !strcmp(wrong, c->message), "\"%s\": %s", c->text, wrong ? wrong : "accepted");
  }
  arena_free(arena);
}

/* Printing loses nothing: what is printed parses back to the same value. */
static void test_round_trips(void) {
  struct arena *arena = arena_new();
  uint64_t x = 88172645463325252u;
  int bad = 0;
  for (int i = 0; i < 2000; i++) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    int64_t whole = (int64_t)(x >> (1 + i % 60)), back = -1;
    const char *text = unit_print_duration(arena, whole), *wrong = unit_parse_duration(arena, text, &back);
    if (wrong || back != whole) bad += !test_check(false, "%s: %lld is not %lld", text, (long long)back, (long long)whole);
    text = unit_print_bytes(arena, whole), wrong = unit_parse_bytes(arena, text, &back);
    if ((wrong || back != whole) && whole < 1000000000000000000)
      bad += !test_check(false, "%s: %lld is not %lld", text, (long long)back, (long long)whole);
    double rate = (double)(x >> 20) / 1e9, again = -1;
    text = unit_print_rate(arena, rate), wrong = unit_parse_rate(arena, text, &again);
    if (wrong || again != rate) bad += !test_check(false, "%s: %.17g is not %.17g (%s)", text, again, rate, wrong ? wrong : "");
    double ratio = (double)(x >> 11) / 9007199254740992.0;
    text = unit_print_ratio(arena, ratio), wrong = unit_parse_ratio(arena, text, &again);
    if (wrong || again != ratio) bad += !test_check(false, "%s: %.17g is not %.17g (%s)", text, again, ratio, wrong ? wrong : "");
  }
  test_check(bad == 0, "%d of 2000 values are not printed exactly", bad);
  arena_free(arena);
}

static const struct test_case cases[] = {{"durations", test_durations},
                                         {"bad_durations", test_bad_durations},
                                         {"sizes", test_sizes},
                                         {"bandwidth", test_bandwidth},
                                         {"cpu", test_cpu},
                                         {"quotas", test_quotas},
                                         {"rates", test_rates},
                                         {"ratios", test_ratios},
                                         {"clock_and_limit", test_clock_and_limit},
                                         {"money", test_money},
                                         {"round_trips", test_round_trips},
                                         {0}};
const struct test_suite suite_unit = {"unit", cases};
