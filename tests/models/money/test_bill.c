/* The bill beside sums worked by hand. */
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <math.h>

struct answer {
  struct child child;
  struct arena *arena;
  const struct json_value *bill, *claims;
};

static struct answer answer_from(struct child child) {
  struct answer a = {.child = child, .arena = arena_new()};
  const struct json_value *root = json_read_text(a.arena, diagnostics_new(a.arena), "the answer", child.out, child.out_length);
  test_check(root != NULL, "%d %s", child.status, child.err);
  a.bill = json_member(root, "bill"), a.claims = json_member(root, "claims");
  return a;
}
#define ANSWER(...) answer_from(AGUANTA("run", __VA_ARGS__, "--seed", "1", "--export", "-", "--format", "json"))

static void answer_free(struct answer *a) { arena_free(a->arena), child_free(&a->child); }

static double number(const struct json_value *object, const char *name) {
  const struct json_value *v = json_member(object, name);
  return v && json_type(v) == JSON_NUMBER ? json_number(v) : NAN;
}

static const struct json_value *line(const struct answer *a, const char *item) {
  for (const struct json_value *l = json_first(json_member(a->bill, "lines")); l; l = json_next(l))
    if (!strcmp(json_text(json_member(l, "item")), item)) return l;
  return NULL;
}

static void near(const char *what, double is, double wanted) {
  test_check(fabs(is - wanted) <= 1e-9 * fabs(wanted) + 1e-12, "%s: %.12g instead of %.12g", what, is, wanted);
}

static double claimed(const struct answer *a, const char *expression) {
  for (const struct json_value *c = json_first(a->claims); c; c = json_next(c))
    if (!strncmp(json_text(json_member(c, "expr")), expression, strlen(expression))) return number(c, "value");
  return NAN;
}

/* 0.062 USD/h x 730 h + 40 GB x 0.062 USD + about 20 GB x 0.114 USD: the claim of the file. */
static void test_charge_per_gb(void) {
  struct child c = AGUANTA("run", "tests/cli/money/nat-gateway.json");
  test_check(c.status == 0, "%d: %s%s", c.status, c.out, c.err);
  test_check(strstr(c.out, "40 GB       0.062          2.48") != NULL, "%s", c.out);
  child_free(&c);
}

/* Prices that stand in the scenario, without a list: 2 x 48 + 15; one that is written twice is one item; no date is known. */
static void test_stated_prices(void) {
  struct answer a = ANSWER("tests/cli/money/stated.json");
  near("the bill", number(a.bill, "monthly"), 2 * 48 + 15 + 15);
  test_check(
      strstr(a.child.out, "draft: the bill has prices without \\\"source\\\" or \\\"date\\\": 48 USD/month and 15.00 USD/month"),
      "%s", a.child.out);
  answer_free(&a);
  struct child c = AGUANTA("validate", "tests/cli/money/stated.json", "--set", "platform.nodes.box.price=48 EUR/month");
  test_check(c.status == 3 && strstr(c.err, "\"price\" is in USD and the list in EUR") && strstr(c.err, "stated.json:7:"), "%d %s",
             c.status, c.err);
  child_free(&c);
}

/* Worked before the first run. A month is 730 h = 2,628,000 s. */
static void test_items(void) {
  static const struct {
    const char *item;
    double monthly;
  } rows[] = {
      {"little-egress", 0},                        /* 5 of 100 GB that are free */
      {"some-egress", 500 * 0.09},                 /* 600 - 100 */
      {"much-egress", 9900 * 0.09 + 2000 * 0.085}, /* 10 TB end the first tier; free is its beginning: 1,061 */
      {"calls", 15 * 0.30},                        /* 25 - 10 million */
      {"vcpu", 2 * 0.00000772 * 2628000},          /* 40.58 */
      {"ram", 4 * 0.00000386 * 2628000},           /* 40.58 */
      {"lcu", 1.5 * 0.008 * 730},                  /* 8.76 */
      {"engineer", 10 * 50},                       /* hours, not all of the month */
      {"seats", 60},
      {"euros", 25 * 1.08}, /* 27 */
      {"promo", 2 * 29.99}, /* the renewal */
      {"between", 80},
      {"gib", 1000 * 0.01},  /* 1,073.74 GB are 1,000 GiB */
      {"tb", 3 * 10 * 1.08}, /* 3,000 GB at 10 EUR for a TB */
  };
  struct answer a = ANSWER("tests/cli/money/items.json");
  double sum = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    near(rows[i].item, number(line(&a, rows[i].item), "monthly"), rows[i].monthly);
    sum += rows[i].monthly;
  }
  near("the bill", number(a.bill, "monthly"), sum);
  near("low", number(a.bill, "monthly_low"), sum - 20);
  near("high", number(a.bill, "monthly_high"), sum + 20);
  near("the first month", number(a.bill, "first_month"), sum - 2 * 20);
  near("a claim", claimed(&a, "cost(month)"), sum);
  near("the low claim", claimed(&a, "cost_low(month)"), sum - 20);
  near("the high claim", claimed(&a, "cost_high(month)"), sum + 20);
  near("the first claim", claimed(&a, "cost_first(month)"), sum - 40);
  test_check(strstr(a.child.out, "converted at 1.08 USD per EUR (2026-01-05)") && !strstr(a.child.out, "18 MXN = 1 USD ("),
             "rates");
  answer_free(&a);
}

/* More than the last tier reaches has no price, and no part of the bill is passed off as all of it. */
static void test_beyond(void) {
  struct answer a = ANSWER("tests/cli/money/items.json", "--set", "bill.charges.much-egress.quantity=60000");
  test_check(isnan(number(a.bill, "monthly")) && isnan(claimed(&a, "cost(month)")), "a bill of what has no price");
  test_check(strstr(a.child.out, "the bill is unknown: there is more of much-egress") && a.child.status == 98, "%d %s",
             a.child.status, a.child.out);
  answer_free(&a);
}

/* D-13: 1,000 x 99 MXN / 18 = 5,500 USD; less 4 x 15 = 5,440, which is 98.909%. 1,080 MXN are the 60 USD. 10/s are 26.28 million
 * requests a month. */
static void test_margin(void) {
  struct answer a = ANSWER("tests/cli/money/margin.json");
  near("revenue", number(a.bill, "revenue"), 5500);
  near("profit", number(a.bill, "profit"), 5440);
  near("margin", number(a.bill, "margin"), 5440. / 5500);
  near("for each user", number(a.bill, "per_user"), 0.06);
  double each = number(a.bill, "per_1000_requests");
  test_check(fabs(each / (60 / 26280.) - 1) < 0.3, "for 1,000 requests %g", each);
  near("for each order", 1000 * number(a.bill, "per_order"), each);
  test_check(a.child.status == 0, "%d %s", a.child.status, a.child.out);
  answer_free(&a);
}

/* The same by its users, which grow by 6% a month: in month 12 they are 1,000 x 1.06^12 = 2,012.196, and bring 11,067.08 USD; storage of
 * 100 GB that grows by 10 GB has 225 GB then. */
static void test_growing(void) {
  struct answer a = ANSWER("tests/cli/money/growing.json", "--set", "growth.after=12"),
                now = ANSWER("tests/cli/money/growing.json");
  double users = 1000 * pow(1.06, 12);
  near("revenue in month 12", number(a.bill, "revenue"), users * 99 / 18);
  near("storage in month 12", number(line(&a, "data"), "quantity"), 100 + 12.5 * 10);
  near("for each user in month 12", number(a.bill, "per_user"), number(a.bill, "monthly") / users);
  near("revenue now", number(now.bill, "revenue"), 5500);
  near("storage now", number(line(&now, "data"), "quantity"), 105);
  answer_free(&a), answer_free(&now);
}

static const struct json_value *claim_on(const struct answer *a, const char *expression) {
  for (const struct json_value *c = json_first(a->claims); c; c = json_next(c))
    if (!strncmp(json_text(json_member(c, "expr")), expression, strlen(expression))) return c;
  return NULL;
}

static void interval(const struct answer *a, const char *expression, double low, double high) {
  const struct json_value *ends = json_member(claim_on(a, expression), "ci95");
  near(expression, json_number(json_first(ends)), low);
  near(expression, json_number(json_next(json_first(ends))), high);
}

/* Between 30 and 60 USD, 40 typical. */
static void test_claims_on_a_range(void) {
  static const struct {
    const char *claim, *verdict, *reason;
  } rows[] = {
      {"cost(month) <= 50 USD", "UNDECIDED", "the price of \"box\" decides: by it alone it is 30.00 USD to 60.00 USD"},
      {"cost(month) <= 60 USD", "PASS", NULL},
      {"cost(month) < 60 USD", "UNDECIDED", "the price of"},
      {"cost(month) < 30 USD", "FAIL", NULL},
      {"cost(month) in 35 USD..45 USD", "UNDECIDED", NULL},
      {"cost(month) in 61 USD..70 USD", "FAIL", NULL},
      {"cost_low(month) <= 50 USD", "PASS", NULL},
      {"cost_high(month) <= 50 USD", "FAIL", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char set[200];
    snprintf(set, sizeof set, "claims=[\"%s\"]", rows[i].claim);
    struct answer a = ANSWER("tests/cli/priced.json", "--set", set, "--reps", "2");
    const struct json_value *c = claim_on(&a, rows[i].claim), *reason = json_member(c, "reason");
    const char *verdict = json_text(json_member(c, "verdict")),
               *text = reason && json_type(reason) == JSON_TEXT ? json_text(reason) : "";
    test_check(!strcmp(verdict, rows[i].verdict), "%s: %s", rows[i].claim, verdict);
    test_check(!rows[i].reason || strstr(text, rows[i].reason), "%s: %s", rows[i].claim, text);
    answer_free(&a);
  }
}

/* Q-13's growth: hosting twice 50 to 100 (75), Redis 15 to 30 (22.5), monitoring 29 to 79 (54), CDN 20: 246.5, and 164 to 329. Hosting alone
 * is 196.5 to 296.5: it decides about 290, and no price alone about 310. */
static void test_which_price_decides(void) {
  static const char charges[] =
      "bill.charges={\"a\":{\"price\":\"growth-hosting\",\"quantity\":2},\"b\":{\"price\":\"growth-redis\"},"
      "\"c\":{\"price\":\"growth-monitoring\"},\"d\":{\"price\":\"growth-cdn\"}}";
  struct child c = AGUANTA("run", "tests/cli/money/documents.json", "--reps", "2", "--set", charges, "--set",
                           "claims=[\"cost(month) <= 290 USD\",\"cost(month) <= 310 USD\",\"cost(month) <= 329 USD\"]");
  test_check(strstr(c.out, "the price of \"growth-hosting\" decides: by it alone it is 196.50 USD\n                                "
                           " to 296.50 USD") != NULL,
             "%s", c.out);
  test_check(strstr(c.out, "no price decides it alone; that of \"growth-hosting\" matters most") != NULL, "%s", c.out);
  test_check(strstr(c.out, "PASS") && strstr(c.out, "2 undecided") && c.status == 98, "%d %s", c.status, c.out);
  child_free(&c);
}

/* Four nodes at 10 to 200 USD (15), 1,000 users at 90 to 108 MXN (99), 18 MXN a dollar: the bill is 40 to 800 (60), and 5,000 to 6,000 USD
 * (5,500) come in. Profit is 5,000 - 800 to 6,000 - 40, the margin 4,200 / 5,000 = 84% to 5,960 / 6,000 = 99.33%. */
static void test_ranges_of_a_margin(void) {
  struct answer a = ANSWER("tests/cli/money/ranges.json", "--reps", "2");
  interval(&a, "cost(month)", 40, 800);
  interval(&a, "profit(month)", 4200, 5960);
  interval(&a, "margin(month)", 0.84, 5960. / 6000);
  interval(&a, "revenue(month)", 5000, 6000);
  interval(&a, "cost_per_user(month)", 0.04, 0.8);
  near("the value is the typical one", claimed(&a, "margin(month)"), 5440. / 5500);
  answer_free(&a);
}

static double end_of(const struct answer *a, const char *expression, bool high) {
  const struct json_value *low = json_first(json_member(claim_on(a, expression), "ci95"));
  return json_number(high ? json_next(low) : low);
}

/* 10/s of 100 kB are 2,628 GB a month, give or take: at 0.01 to 0.40 USD the interval of the bill is from the lower end of that at low prices
 * to the upper end of that at high ones. Replications say nothing of prices: no more of them are run than the scenario asks for. */
#define LONGER "--set", "run.window=10min", "--set", "run.replications=5"
static void test_ranges_of_what_is_measured(void) {
  struct answer a = ANSWER("tests/cli/money/ranges.json", LONGER, "--set", "bill.egress=egress"),
                b = ANSWER("tests/cli/money/ranges.json", LONGER, "--set", "bill.egress=egress", "--set",
                           "claims=[\"cost(month) <= 1000 USD\"]");
  near("the lower end", end_of(&a, "cost(month)", false), end_of(&a, "cost_low(month)", false));
  near("the upper end", end_of(&a, "cost(month)", true), end_of(&a, "cost_high(month)", true));
  double low = 40 + 26.28, high = 800 + 1051.2;
  test_check(fabs(end_of(&a, "cost(month)", false) / low - 1) < 0.1 &&
                 end_of(&a, "cost_low(month)", false) < claimed(&a, "cost_low(month)"),
             "%g", end_of(&a, "cost(month)", false));
  test_check(fabs(end_of(&a, "cost(month)", true) / high - 1) < 0.1, "%g", end_of(&a, "cost(month)", true));
  test_check(strstr(a.child.out, "\"replications\": 5") && strstr(b.child.out, "\"replications\": 5"), "%.400s", b.child.out);
  test_check(strstr(b.child.out, "UNDECIDED") != NULL, "%.400s", b.child.out);
  answer_free(&a), answer_free(&b);
}

/* An hour down at 400 to 600 USD (500). */
static void test_range_of_downtime(void) {
  static const char set[] = "claims=[{\"show\":\"downtime_cost(year)\"}]";
  struct answer plain = ANSWER("tests/cli/money/downtime.json", "--set", set),
                a = ANSWER("tests/cli/money/downtime.json", "--set", set, "--set", "prices=ranges.prices.json", "--set",
                           "bill.charges=null");
  near("typical", claimed(&a, "downtime_cost(year)"), claimed(&plain, "downtime_cost(year)"));
  near("at 400", end_of(&a, "downtime_cost(year)", false), 0.8 * end_of(&plain, "downtime_cost(year)", false));
  near("at 600", end_of(&a, "downtime_cost(year)", true), 1.2 * end_of(&plain, "downtime_cost(year)", true));
  answer_free(&plain), answer_free(&a);
}

/* The lists of all providers at once. For each one item, worked by hand: AWS 0.192 x 730 = 140.16 and 0.115 x 100 GB = 11.50;
 * DigitalOcean 15; Hostinger 29.99 after the first month; Railway 1 vCPU 20.288 and 1 GB 10.144; Supabase 25; Vercel 2 x 20 and
 * (1,500 - 1,000) GB x 0.15 = 75; Cloudflare 25 and (12 - 10) x 0.30 = 0.60; Sentry 26. */
static void test_lists(void) {
  static const struct {
    const char *item;
    double monthly;
  } rows[] = {{"node", 140.16}, {"disk", 11.5}, {"postgres", 15},  {"vps", 29.99},     {"vcpu", 20.28816}, {"ram", 10.14408},
              {"supabase", 25}, {"vercel", 40}, {"vercel-gb", 75}, {"cloudflare", 25}, {"workers", 0.6},   {"sentry", 26}};
  struct answer a = ANSWER("tests/cli/money/lists.json");
  double sum = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    near(rows[i].item, number(line(&a, rows[i].item), "monthly"), rows[i].monthly);
    sum += rows[i].monthly;
  }
  near("the bill", number(a.bill, "monthly"), sum);
  answer_free(&a);
}

static void within(const char *what, double is, double low, double high) {
  test_check(is >= low && is <= high, "%s: %.9g is not within %.9g and %.9g", what, is, low, high);
}

/* The documents' cost tables. Q-11 20 + 24 + 15 + 15; Q-13 by phase, hosting and database, Redis, monitoring, CDN: 0 to 55, 164 to 329, 699
 * to 1,299; D's drawing 40 + 40 + 25 = 105 where D-9 says 120; D-9 40 a VPS; D-11 15 a node. */
static void test_documents(void) {
  static const struct {
    const char *called, *charges;
    double low, high;
  } rows[] = {
      {"Q-11", "{'a':{'price':'frontend'},'b':{'price':'backend'},'c':{'price':'postgres'},'d':{'price':'redis'}}", 74, 74},
      {"Q-13 MVP", "{'a':{'price':'mvp-hosting'},'b':{'price':'mvp-database'}}", 0, 55},
      {"Q-13 growth",
       "{'a':{'price':'growth-hosting','quantity':2},'b':{'price':'growth-redis'},'c':{'price':'growth-monitoring'},'d':{'price':'"
       "growth-"
       "cdn'}}",
       164, 329},
      {"Q-13 enterprise",
       "{'a':{'price':'enterprise-hosting','quantity':2},'b':{'price':'enterprise-monitoring'},'c':{'price':'enterprise-cdn'}}",
       699, 1299},
      {"D, phase 2", "{'a':{'price':'vps','quantity':2},'b':{'price':'vps-8'}}", 105, 105},
      {"D-9, 50,000 users", "{'a':{'price':'vps','quantity':3}}", 120, 120},
      {"D-9, 100,000 users", "{'a':{'price':'vps','quantity':6}}", 240, 240},
      {"D-11", "{'a':{'price':'node','quantity':4}}", 60, 60},
      {"D-11, two nodes", "{'a':{'price':'node','quantity':2}}", 30, 30},
      {"Q-10, Railway", "{'a':{'price':'railway'}}", 5, 50},
      {"Q-10, Vercel and Supabase", "{'a':{'price':'vercel-supabase'}}", 0, 25},
      {"Q-10, App Platform", "{'a':{'price':'app-platform'}}", 12, 40},
      {"Q-10, ECS and RDS", "{'a':{'price':'ecs-rds'}}", 30, 100},
      {"Q-10, a VPS", "{'a':{'price':'self-hosted'}}", 5, 20},
      {"Q-12", "{'a':{'price':'mvp-backend'},'b':{'price':'mvp-database'}}", 5, 45},
      {"D-10, 5,000 users", "{'a':{'price':'vps-d10'}}", 40, 40},
      {"D-10, 15,000 users", "{'a':{'price':'vps-d10','quantity':2}}", 80, 80},
      {"D-10, 40,000 users", "{'a':{'price':'vps-d10','quantity':3}}", 120, 120},
      {"D-10, 80,000 users, at least", "{'a':{'price':'vps-d10','quantity':4}}", 160, 160},
      {"D-10, 80,000 users, at most", "{'a':{'price':'vps-d10','quantity':5}}", 200, 200},
      {"D-12, EKS and D-11's nodes", "{'a':{'price':'eks-stated'},'b':{'price':'node','quantity':3}}", 117, 117},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char set[400];
    snprintf(set, sizeof set, "bill.charges=%s", rows[i].charges);
    for (char *c = set; *c; c++)
      if (*c == '\'') *c = '"';
    struct answer a = ANSWER("tests/cli/money/documents.json", "--set", set);
    near(rows[i].called, claimed(&a, "cost_low(month)"), rows[i].low);
    near(rows[i].called, claimed(&a, "cost_high(month)"), rows[i].high);
    answer_free(&a);
  }
}

/* At list prices of AWS: one zone is two m6i.large and one db.m5.large, 2 x 70.08 + 124.83, and a balancer 16.43: 281.41. A standby in
 * another zone adds 124.83: 1.44 times (Uptime Intelligence, 2022: 1.45). Both regions at work are twice that and 1 GB an hour of
 * replication in each direction at 0.02 USD: 2.10 (2.11). */
static void test_ratios(void) {
  struct answer one = ANSWER("tests/cli/money/regions.json"),
                zones = ANSWER("tests/cli/money/regions.json", "--set", "services.mysql.replicas=2", "--set",
                               "services.mysql.replication={\"mode\":\"asynchronous\"}"),
                regions = ANSWER("tests/cli/money/regions.json", "--set", "services.mysql.replicas=2", "--set",
                                 "services.mysql.replication={\"mode\":\"asynchronous\"}", "--set", "platform.nodes.web.count=4",
                                 "--set", "bill.charges.balancer.quantity=2", "--set", "bill.charges.replication.quantity=1460");
  double base = number(one.bill, "monthly");
  near("one zone", base, 2 * 70.08 + 124.83 + 16.425);
  within("zones", number(zones.bill, "monthly") / base, 1.44, 1.45);
  within("regions", number(regions.bill, "monthly") / base, 2.09, 2.12);
  answer_free(&one), answer_free(&zones), answer_free(&regions);
}

/* A pilot light is a database alone in the other region, fed with 1 GB an hour: 281.41 + 124.83 + 14.60, 1.50 times; with a balancer that
 * waits there 1.55 (Uptime Intelligence, 2022: 1.52). A standby in another zone that is a db.t3.medium until it is needed, and must be
 * made larger then, is 0.068 x 730 = 49.64: 1.18 times (1.15, with 15 min until it serves again). */
static void test_standby_ratios(void) {
#define REPLICA "--set", "services.mysql.replicas=2", "--set", "services.mysql.replication={\"mode\":\"asynchronous\"}"
#define FED     "--set", "bill.charges.replication.quantity=730"
  struct answer one = ANSWER("tests/cli/money/regions.json"), pilot = ANSWER("tests/cli/money/regions.json", REPLICA, FED),
                ready = ANSWER("tests/cli/money/regions.json", REPLICA, FED, "--set", "bill.charges.balancer.quantity=2"),
                small = ANSWER("tests/cli/money/regions.json", "--set", "bill.charges.standby={\"price\":\"db.t3.medium\"}");
  double base = number(one.bill, "monthly");
  near("a pilot light", number(pilot.bill, "monthly"), 281.415 + 124.83 + 14.6);
  within("a pilot light", number(pilot.bill, "monthly") / base, 1.49, 1.5);
  within("with a balancer", number(ready.bill, "monthly") / base, 1.55, 1.56);
  within("a small standby", number(small.bill, "monthly") / base, 1.17, 1.18);
  answer_free(&one), answer_free(&pilot), answer_free(&ready), answer_free(&small);
}

/* D-12 at the lists: three m6i.xlarge at 140.16 and a control plane of EKS at 0.10 x 730 = 73 are 493.48 USD, where the document says about 72
 * and the nodes; two droplets of 4 GB are the 48 of "from about 48", three with the highly available control plane 3 x 24 + 40 = 112. */
static void test_managed_kubernetes(void) {
  static const struct {
    const char *charges;
    double monthly;
  } rows[] = {
      {"bill.charges={\"plane\":{\"price\":\"eks-control-plane\"},\"nodes\":{\"price\":\"m6i.xlarge\",\"quantity\":3}}", 493.48},
      {"bill.charges={\"plane\":{\"price\":\"doks-control-plane\"},\"nodes\":{\"price\":\"droplet-4-2\",\"quantity\":2}}", 48},
      {"bill.charges={\"plane\":{\"price\":\"doks-ha\"},\"nodes\":{\"price\":\"droplet-4-2\",\"quantity\":3}}", 112}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct answer a = ANSWER("tests/cli/money/lists.json", "--set", rows[i].charges);
    near(rows[i].charges, claimed(&a, "cost(month)"), rows[i].monthly);
    answer_free(&a);
  }
}

/* AWS to the internet: 100 GB free, 0.09 to 10 TB, 0.085 to 50, 0.07 to 150, 0.05 beyond. 200 TB are 9,900 x 0.09 + 40,000 x 0.085 + 100,000 x
 * 0.07 + 50,000 x 0.05 = 891 + 3,400 + 7,000 + 2,500. */
static void test_egress_tiers(void) {
  static const double rows[][2] = {{50, 0}, {10000, 891}, {12000, 1061}, {50000, 4291}, {150000, 11291}, {200000, 13791}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char set[120];
    snprintf(set, sizeof set, "bill.charges={\"out\":{\"price\":\"egress\",\"quantity\":%.0f}}", rows[i][0]);
    struct answer a = ANSWER("tests/cli/money/lists.json", "--set", set);
    near(set, claimed(&a, "cost(month)"), rows[i][1]);
    answer_free(&a);
  }
}

static void roughly(const char *what, double is, double wanted) {
  test_check(fabs(is / wanted - 1) < 0.01, "%s: %.9g instead of about %.9g", what, is, wanted);
}

/* g gets and p puts a second are answered. A month has 2,628,000 s: g + 0.001 p MB are sent, 0.2 p MB received; 0.3 USD for a million
 * beyond ten of them, 10.8 USD for a TB, a cent for a GiB. 7.5 gets are 27 GB an hour, so about 29 LCUs with the rest; of messages of
 * 1 kB, which are 0.045 LCUs, a connection for each request is (g + p) / 25 = 0.4. */
static void test_uses(void) {
  struct answer a = ANSWER("tests/cli/money/uses.json"),
                b = ANSWER("tests/cli/money/uses.json", "--set", "endpoints.get.response=1kB", "--set",
                           "endpoints.put.request=1kB"),
                c = ANSWER("tests/cli/money/uses.json", "--set", "endpoints.get.response=1kB", "--set", "endpoints.put.request=1kB",
                           "--set", "bill.charges.balancer.connection_requests=5");
  double g = claimed(&a, "rate(get)"), p = claimed(&a, "rate(put)"), sent = 2628 * (g + 0.001 * p), received = 2628 * 0.2 * p;
  roughly("sent", number(line(&a, "sent"), "quantity"), sent);
  roughly("its price", number(line(&a, "sent"), "monthly"), sent * 0.0108);
  roughly("received", number(line(&a, "received"), "quantity"), received);
  roughly("processed", number(line(&a, "processed"), "monthly"), (sent + received) / 1.073741824 * 0.01);
  roughly("requests", number(line(&a, "all"), "monthly"), (2.628 * (g + p) - 10) * 0.3);
  near("puts are within what is free", number(line(&a, "puts"), "monthly"), 0);
  roughly("LCUs by bytes", number(line(&a, "balancer"), "quantity"), 3.6 * (g + 0.001 * p + 0.2 * p));
  roughly("their price", number(line(&a, "balancer"), "monthly"), 3.6 * (g + 0.201 * p) * 0.008 * 730);
  double all = claimed(&b, "rate(get)") + claimed(&b, "rate(put)");
  roughly("LCUs by connections", number(line(&b, "balancer"), "quantity"), all / 25);
  roughly("of five requests each", number(line(&c, "balancer"), "quantity"), all / 125);
  /* All time out, and are connections all the same: 10/s. */
  struct answer d =
      ANSWER("tests/cli/money/uses.json", "--set", "traffic.users.timeout=0.1ms", "--set", "endpoints.put.request=1kB");
  test_check(fabs(number(line(&d, "balancer"), "quantity") - 0.4) < 0.02, "%g LCUs", number(line(&d, "balancer"), "quantity"));
  answer_free(&a), answer_free(&b), answer_free(&c), answer_free(&d);
}

/* Four pods with limits of one core and 2 GB: 4 x 73 and 8 x 7.30. */
static void test_pods_by_limits(void) {
  struct answer a = ANSWER("tests/cli/money/blue-green.json", "--set", "releases=null", "--set", "bill.pods.by=limits", "--set",
                           "services.api.resources.limits={\"cpu\":\"1\",\"memory\":\"2GB\"}");
  near("CPU", number(line(&a, "api vCPU"), "monthly"), 292);
  near("memory", number(line(&a, "api memory"), "monthly"), 58.4);
  answer_free(&a);
}

/* Four pods of a tenth of a core and 100 MB: 0.4 x 20.28816 + 0.4 x 10.144 = 12.173 USD, less than the plan of 20: the bill is 20. With half a
 * core and 1 GB each 2 x 20.28816 + 4 x 10.14408 = 81.15: the plan is within it. */
static void test_credit(void) {
  struct answer little = ANSWER("tests/cli/money/credit.json"),
                much = ANSWER("tests/cli/money/credit.json", "--set",
                              "services.api.resources.requests={\"cpu\":\"500m\",\"memory\":\"1GB\"}");
  near("what was used", number(line(&little, "plan credit"), "monthly"), -0.4 * (20.28816 + 10.14408));
  near("the plan", number(little.bill, "monthly"), 20);
  near("its credit", number(line(&much, "plan credit"), "monthly"), -20);
  near("the use", number(much.bill, "monthly"), 2 * 20.28816 + 4 * 10.14408);
  answer_free(&little), answer_free(&much);
}

/* Bytes between zones and regions have a price, and copies of a database, its backups and messages of jobs carry none. */
static void test_bytes_that_are_missing(void) {
  struct answer plain = ANSWER("tests/cli/money/zones.json", "--set", "run.window=10s"),
                a = ANSWER("tests/cli/money/zones.json", "--set", "run.window=10s", "--set", "services.mysql.replicas=2", "--set",
                           "services.mysql.replication={\"mode\":\"asynchronous\"}", "--set",
                           "services.mysql.backup={\"every\":\"1h\",\"restore\":\"10min\"}");
  test_check(!strstr(plain.child.out, "carry no bytes"), "%s", plain.child.out);
  test_check(strstr(a.child.out,
                    "replication and backups carry no bytes here: what crosses between zones and regions costs more than is "
                    "shown") != NULL,
             "%.900s", a.child.out);
  answer_free(&plain), answer_free(&a);
}

/* Fifteen machines are taken in ten hours. At the notice the pod leaves, which takes at most the 20 s of what is inside, and with it the
 * machine leaves the cluster; another joins 90 s after the notice. So one is missing for 70 to 90 s each time: 3 - 15 x 80 / 36,000 = 2.967
 * machines, give or take as many as are taken. */
static void test_spot(void) {
  struct answer a = ANSWER("scenarios/ideas/spot.json", "--reps", "4", "--set", "prices=../../tests/cli/money/pods.prices.json",
                           "--set", "platform.nodes.worker.price=machine", "--set", "traffic.users.rate=0.2/s");
  within("machines", number(line(&a, "worker"), "quantity"), 2.955, 2.975);
  near("their price", number(line(&a, "worker"), "monthly"), 73 * number(line(&a, "worker"), "quantity"));
  answer_free(&a);
}

/* Four pods of half a core and 1 GB, of an hour that is measured. After a minute four more start; ready 10 to 15 s after that, they get the
 * calls, and 30 min later the old ones go: both sets stand for 1,811 to 1,820 s. So 4 + 4 x 1811/3600 = 6.0122 to 6.0222 pods in the
 * mean: at 73 USD a vCPU 219.45 to 219.81 instead of 146, and at 7.30 a GB 43.89 to 43.96 instead of 29.20. */
static void test_blue_green(void) {
  struct answer a = ANSWER("tests/cli/money/blue-green.json"),
                plain = ANSWER("tests/cli/money/blue-green.json", "--set", "releases=null");
  within("CPU of both sets", number(line(&a, "api vCPU"), "monthly"), 219.45, 219.81);
  within("memory of both sets", number(line(&a, "api memory"), "monthly"), 43.89, 43.96);
  near("CPU of one", number(line(&plain, "api vCPU"), "monthly"), 146);
  near("memory of one", number(line(&plain, "api memory"), "monthly"), 29.2);
  answer_free(&a), answer_free(&plain);
}

/* Two replicas at 0.24 x 730. Of month 3 the volume has 100 + 3.5 x 10 = 135 GB in the mean, and each replica has one; seven snapshots
 * are 1 + 6 x 5% of one; two backups cost a fifth. */
static void test_database(void) {
  struct answer a = ANSWER("tests/cli/money/database.json");
  near("replicas", number(line(&a, "mysql"), "monthly"), 350.4);
  near("volumes", number(line(&a, "data"), "monthly"), 2 * 135 * 0.10);
  near("snapshots", number(line(&a, "data snapshots"), "monthly"), 1.3 * 135 * 0.10);
  near("backups", number(line(&a, "data backups"), "monthly"), 2 * 135 * 0.02);
  near("the bill", number(a.bill, "monthly"), 400.35);
  answer_free(&a);
}

/* 6/s x 0.3 s are 1.8 cores for twelve hours: at half of 1.5 cores a pod 3 pods (2.4), one on a node; 1/s is one pod. So 12 x 1 + 12 x 3
 * = 48 node-hours; each of two machines joins some 2 min late and goes some 15 min late (5 min until the autoscaler believes it, 10 min
 * unneeded): 48.4. The replicas vary a little more than that with the arrivals. */
static void test_day(void) {
  struct answer a = ANSWER("tests/cli/money/day.json");
  within("node-hours", 24 * number(line(&a, "node"), "quantity"), 48.1, 48.9);
  near("their price", number(line(&a, "node"), "monthly"), 73 * number(line(&a, "node"), "quantity"));
  within("pod-hours", 24 / 1.5 * number(line(&a, "api vCPU"), "quantity"), 47.9, 48.6);
  answer_free(&a);
}

/* P-11. The node is lost every 30 days in the mean for an hour: 365 / 30 = 12.2 h a year without service, at 500 USD an hour 6,080 USD. */
static void test_downtime(void) {
  struct answer a = ANSWER("tests/cli/money/downtime.json");
  double down_s = claimed(&a, "downtime(year)"), cost = claimed(&a, "downtime_cost(year)");
  near("the price of downtime", cost, down_s / 3600 * 500);
  near("that of the answer", number(a.bill, "downtime_per_year"), cost);
  within("by hand", cost, 0.93 * 6083, 1.07 * 6083);
  const struct json_value *claim = json_next(json_first(a.claims)), *ends = json_member(claim, "ci95");
  double low = json_number(json_first(ends)), high = json_number(json_next(json_first(ends)));
  test_check(low < cost && cost < high && high - low < 0.2 * cost, "%g to %g around %g", low, high, cost);
  answer_free(&a);
}

/* A price between 60 and 100 moves the bill by 40. */
static void test_tornado(void) {
  struct child c = AGUANTA("sensitivity", "tests/cli/money/items.json", "--of", "cost(month)", "--reps", "2", "--seed", "1");
  test_check(strstr(c.out, "prices.items.between.price") && strstr(c.out, "60 USD/month") && strstr(c.out, "100 USD/month"),
             "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
}

static const struct test_case cases[] = {{"a charge per GB", test_charge_per_gb},
                                         {"prices that stand in the scenario", test_stated_prices},
                                         {"items", test_items},
                                         {"beyond the last tier", test_beyond},
                                         {"margin", test_margin},
                                         {"an hour down", test_downtime},
                                         {"a tornado", test_tornado},
                                         {"growing with its users", test_growing},
                                         {"claims on a range", test_claims_on_a_range},
                                         {"which price decides", test_which_price_decides},
                                         {"ranges of a margin", test_ranges_of_a_margin},
                                         {"ranges of what is measured", test_ranges_of_what_is_measured},
                                         {"a range of downtime", test_range_of_downtime},
                                         {"lists", test_lists},
                                         {"tables of the documents", test_documents},
                                         {"ratios of providers", test_ratios},
                                         {"ratios of standbys", test_standby_ratios},
                                         {"managed Kubernetes", test_managed_kubernetes},
                                         {"tiers of egress", test_egress_tiers},
                                         {"what is used", test_uses},
                                         {"pods by limits", test_pods_by_limits},
                                         {"credit of a plan", test_credit},
                                         {"spot machines", test_spot},
                                         {"bytes that are missing", test_bytes_that_are_missing},
                                         {"a blue-green release", test_blue_green},
                                         {"a managed database", test_database},
                                         {"a day with an autoscaler", test_day},
                                         {0}};
const struct test_suite suite_bill = {"bill", cases};
