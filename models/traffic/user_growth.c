#include "models/traffic/user_growth.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/traffic/profile/profile_users.h"
#include "models/traffic/source.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MONTHS_DEFAULT = 24, MONTHS_MOST = 1200 };

/* --- the path ----------------------------------------------------------------------------------------------------------------- */

static bool has_curve(const struct user_growth *g) { return g->curve.ceiling > 0; }

/* A scenario without the key has zeros, one without `monthly` in it no number. */
bool user_growth_given(const struct user_growth *g) { return g->monthly > 0 || g->users.count || has_curve(g); }

static double on_curve(const struct growth_curve *c, double month) {
  return c->ceiling / (1 + (c->ceiling / c->start - 1) * real_exp(-c->steepness * month));
}

static double in_table(const struct user_growth *g, double month) {
  const double *users = g->users.weight;
  uint32_t last = g->users.count - 1, i = 0;
  while (i < last && g->month[i + 1] < month) i++;
  if (i == last || month <= g->month[0]) return users[month <= g->month[0] ? 0 : last];
  double share = (month - g->month[i]) / (g->month[i + 1] - g->month[i]);
  return users[i] + fmin(1, share) * (users[i + 1] - users[i]);
}

/* Users, or where only a percentage is known their number over today's. */
static double path(const struct user_growth *g, double month) {
  if (g->users.count) return in_table(g, month);
  if (has_curve(g)) return on_curve(&g->curve, month);
  return !(g->monthly > 0) ? 1 : real_exp(real_log(1 + g->monthly) * month);
}

double user_growth_factor(const struct user_growth *g, double month) {
  bool absolute = g->users.count || has_curve(g);
  return path(g, month) / (!absolute ? 1 : isnan(g->today) ? path(g, 0) : g->today);
}

double user_growth_users(const struct user_growth *g, double month) {
  return g->users.count || has_curve(g) ? path(g, month) : g->today * path(g, month);
}

/* --- who grows ---------------------------------------------------------------------------------------------------------------- */

static bool can_grow(const struct source_config *s) { return s->kind->closed ? s->population > 0 : s->rate.kind != NULL; }

static double stated_by(const struct choice *rate) {
  const struct users_profile *u = profile_users_of(rate);
  if (u) return u->registered > 0 ? u->registered : u->daily > 0 ? u->daily : u->concurrent;
  const struct choice *part;
  double sum = 0;
  for (uint32_t i = 0; (part = profile_part(rate, i)); i++) sum += stated_by(part);
  return sum;
}

static double users_of(const struct source_config *s) { return s->kind->closed ? (double)s->population : stated_by(&s->rate); }

static bool is_named(const struct user_growth *g, uint32_t source) {
  for (uint32_t i = 0; i < g->of.count; i++)
    if (g->of.reference[i] == (int32_t)source) return true;
  return !g->of.count;
}

static void choose_sources(struct linker *l, struct user_growth *g) {
  const struct config_list *sources = model_sources(l->model);
  double users = 0;
  g->grows = arena_new_array(l->arena, bool, sources->count + 1);
  for (uint32_t i = 0; i < sources->count; i++) {
    const struct source_config *s = model_source(l->model, i);
    if (!is_named(g, i)) continue;
    if (can_grow(s))
      g->grows[i] = true, g->count++, users += users_of(s);
    else if (g->of.count)
      link_error(l, "growth", "of", "\"of\" names \"%s\", which has no users that could grow: a source of kind %s", s->name,
                 s->kind->member.word);
  }
  g->today = users > 0 ? users : NAN;
}

/* --- what is wrong ------------------------------------------------------------------------------------------------------------ */

static void read_months(struct linker *l, struct user_growth *g) {
  g->month = arena_new_array(l->arena, double, g->users.count + 1);
  for (uint32_t i = 0; i < g->users.count; i++) {
    char *end;
    g->month[i] = strtod(g->users.name[i], &end);
    if (*end || !(g->month[i] >= 0) || g->month[i] > MONTHS_MOST) {
      link_error(l, "growth", "users",
                 "\"users\" has the month \"%s\": months are numbers from 0 to %d, such as { \"0\": 10000, \"12\": 25000 }",
                 g->users.name[i], MONTHS_MOST);
      return;
    }
    if (!(g->users.weight[i] > 0)) link_error(l, "growth", "users", "\"users\" has no users in month %s", g->users.name[i]);
    if (i && g->month[i] <= g->month[i - 1])
      link_error(l, "growth", "users", "\"users\" is not in order: month %s stands behind month %s", g->users.name[i],
                 g->users.name[i - 1]);
  }
}

static void check_table(struct linker *l, const struct user_growth *g) {
  if (g->month[0] > 0)
    link_error(l, "growth", "users", "\"users\" begins in month %g: say how many users there are today, in month \"0\"",
               g->month[0]);
  double last = g->month[g->users.count - 1];
  if (g->months > last)
    link_error(l, "growth", "months", "\"months\" is more than the table of users has: it ends in month %g", last);
  if (g->after > last) link_error(l, "growth", "after", "\"after\" is more than the table of users has: it ends in month %g", last);
}

static void solve_curve(struct linker *l, struct growth_curve *c, double today) {
  if (!(c->start > 0)) c->start = today;
  if (!(c->start > 0))
    link_error(l, "growth.curve", "start", "\"start\" is missing: no source says how many users there are today");
  else if (c->start >= c->ceiling)
    link_error(l, "growth.curve", "ceiling", "\"ceiling\" must be more than the %.0f users at the start", c->start);
  else if (!(c->midpoint > 0) == !(c->steepness > 0))
    link_error(l, "growth.curve", NULL, "needs one of \"midpoint\" and \"steepness\"");
  else if (c->midpoint > 0 && 2 * c->start >= c->ceiling)
    link_error(l, "growth.curve", "midpoint",
               "\"midpoint\" has passed: half of the ceiling is there at the start; give \"steepness\"");
  else if (c->midpoint > 0)
    c->steepness = real_log(c->ceiling / c->start - 1) / c->midpoint;
}

static bool says_one(struct linker *l, const struct user_growth *g) {
  int given = (g->monthly > 0) + (g->users.count > 0) + has_curve(g);
  if (given > 1)
    link_error(l, "growth", NULL, "says in %d ways how users grow: keep one of \"monthly\", \"users\" and \"curve\"", given);
  if (!given && (g->after > 0 || g->months > 0 || g->of.count))
    link_error(l, "growth", NULL,
               "does not say how users grow: give \"monthly\", such as \"6%%\", a table of \"users\" or a \"curve\"");
  return given == 1;
}

/* --- the load of the month ---------------------------------------------------------------------------------------------------- */

static void grow(struct linker *l, const struct user_growth *g) {
  double factor = user_growth_factor(g, g->after);
  for (uint32_t i = 0; factor != 1 && i < model_sources(l->model)->count; i++) {
    struct source_config *s = (struct source_config *)model_sources(l->model)->items + i;
    if (!g->grows[i]) continue;
    if (s->kind->closed)
      s->population = (int64_t)fmax(1, rint(factor * (double)s->population));
    else
      s->rate = profile_scaled(s->rate, factor, l->arena);
  }
}

/* Where nothing is said here, sources whose rate grows by a profile are those that grow, and as it says. */
static void take_profile(struct linker *l, struct user_growth *g) {
  for (uint32_t i = 0; i < model_sources(l->model)->count; i++) {
    const struct choice *rate = &model_source(l->model, i)->rate;
    double monthly = rate->kind ? profile_monthly(rate) : NAN;
    if (!(monthly > 0)) continue;
    if (!(g->monthly > 0)) g->monthly = monthly;
    g->by_rate = true;
    if (monthly != g->monthly) link_error(l, "growth", NULL, "is missing: the rates of the sources grow differently");
  }
}

static void check_stated(struct linker *l, const struct user_growth *g) {
  const struct stated_cost *all = g->stated_costs.items;
  for (uint32_t i = 0; i < g->stated_costs.count; i++) {
    const struct stated_cost *c = &all[i];
    const char *path = arena_format(l->arena, "growth.stated.%s", c->name);
    bool monthly = !*c->cost.per || !strcmp(c->cost.per, "month");
    if (c->from > c->users) link_error(l, path, "from", "is more than \"users\": a range of users begins with \"from\"");
    if (!monthly || (*c->cost_to.currency && strcmp(c->cost.per, c->cost_to.per)))
      link_error(l, path, monthly ? "cost_to" : "cost", "must be of a month, as the bill is: \"80 USD/month\"");
    if (*c->cost_to.currency && strcmp(c->cost.currency, c->cost_to.currency))
      link_error(l, path, "cost_to", "is in another currency than \"cost\"");
    else if (*c->cost_to.currency && c->cost_to.amount < c->cost.amount)
      link_error(l, path, "cost_to", "is less than \"cost\"");
  }
}

static void link_growth(struct linker *l, enum link_stage stage) {
  struct user_growth *g = (struct user_growth *)model_user_growth(l->model);
  if (stage != LINK_FIRST) return;
  l->at = NULL;
  check_stated(l, g);
  if (!user_growth_given(g)) take_profile(l, g);
  if (!says_one(l, g)) return;
  choose_sources(l, g);
  if (!g->count) {
    link_error(l, "growth", NULL, "has no source of users: none of \"traffic\" is open with a rate, of sessions, or closed");
    return;
  }
  if (g->users.count) read_months(l, g);
  if (g->users.count && !l->failed) check_table(l, g);
  if (has_curve(g)) solve_curve(l, &g->curve, g->today);
  if (!(g->months > 0)) g->months = g->users.count && !l->failed ? g->month[g->users.count - 1] : MONTHS_DEFAULT;
  if (!l->failed) grow(l, g);
}

static const struct field curve_fields[] = {
    KEY("start", NUMBER, growth_curve, start, OPTIONAL, RANGE(1, 1e10), .doc = "Users today; absent: as the sources say."),
    KEY("ceiling", NUMBER, growth_curve, ceiling, RANGE(1, 1e10), .doc = "Users that there are in the end."),
    KEY("midpoint", NUMBER, growth_curve, midpoint, OPTIONAL, RANGE(0.1, 1200), .doc = "Month with half as many."),
    KEY("steepness", NUMBER, growth_curve, steepness, OPTIONAL, RANGE(0.0001, 10),
        .doc = "Instead: growth a month at the beginning, far below the ceiling, as e^steepness."),
    {0}};
static const struct record curve_record = {.name = "growth curve",
                                           .size = sizeof(struct growth_curve),
                                           .fields = curve_fields,
                                           .doc = "Growth that slows down: the logistic curve."};
static const struct field stated_fields[] = {
    KEY("users", NUMBER, stated_cost, users, RANGE(1, 1e12), .doc = "With how many users, or up to how many."),
    KEY("from", NUMBER, stated_cost, from, OPTIONAL, RANGE(0, 1e12), .doc = "Of a range of users: where it begins."),
    KEY("cost", MONEY, stated_cost, cost, .doc = "What it is said to cost a month, or the least that it is said to cost."),
    KEY("cost_to", MONEY, stated_cost, cost_to, OPTIONAL, .doc = "Of a range: the most."),
    KEY("source", TEXT, stated_cost, source, OPTIONAL, .doc = "Where that is said, such as \"D-9\"."),
    {0}};
static const struct record stated_record = {.name = "stated cost",
                                            .size = sizeof(struct stated_cost),
                                            .fields = stated_fields,
                                            .doc =
                                                "What a document says this architecture costs: set against the bill by `growth`."};
static const struct field growth_fields[] = {
    KEY("of", REFERENCES, user_growth, of, OPTIONAL, .target = "traffic",
        .doc = "Sources whose users grow; absent: all that are open, of sessions or closed."),
    KEY("monthly", RATIO, user_growth, monthly, OPTIONAL, RANGE(0, 100), .open_range_low = true,
        .doc = "Growth a month, such as \"6%\"."),
    KEY("users", WEIGHTS, user_growth, users, OPTIONAL,
        .doc = "Instead: months and users, such as { \"0\": 10000, \"12\": 25000 }; straight lines between them."),
    KEY("curve", RECORD, user_growth, curve, OPTIONAL, .record = &curve_record, .doc = "Instead: an S-curve."),
    KEY("months", NUMBER, user_growth, months, OPTIONAL, RANGE(1, 120),
        .doc = "How far `aguanta growth` looks; absent: 24, or to the end of the table."),
    KEY("after", NUMBER, user_growth, after, DEFAULT(0), RANGE(0, 1200), .doc = "Months that have passed when the run begins."),
    KEY("stated", MAP, user_growth, stated_costs, OPTIONAL, .record = &stated_record,
        .doc = "What a document says this costs, by name: { \"two-vps\": { \"users\": 30000, \"cost\": \"80 USD/month\", "
               "\"source\": \"D-9\" } }. `growth` sets it against the bill, and pictures have it as a point."),
    KEY("lead", DURATION, user_growth, lead, DEFAULT("30d"), RANGE(0, FIELD_LONGEST), .assumed = true,
        .doc = "How long before it is needed the next step must be ordered."),
    {0}};
static const struct record growth_record = {
    .name = "growth", .size = sizeof(struct user_growth), .fields = growth_fields, .doc = "How the users grow."};
static const struct field root_keys[] = {
    ONLY_KEY("growth", RECORD, OPTIONAL, .record = &growth_record, .doc = "How the users grow, month by month."), {0}};
const struct record user_growth_root_record = {
    .name = "growth of a scenario", .size = sizeof(struct user_growth), .fields = root_keys};

const struct part part_user_growth = {.name = "user_growth", .keys.root = &user_growth_root_record, .link = link_growth};
