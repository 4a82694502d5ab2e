/* On sale: everybody at the published second.
 *
 * Of F fans the share w waits before T, the share b comes again later, the others arrive in a surge: the rate rises in a straight
 * line to the peak within `ramp`, then halves every half_life,
 *     surge(s) = peak s / ramp for s < ramp, then peak 2^(-(s - ramp) / half_life), s = t - T, of mass peak (ramp / 2 + half_life /
 *     ln 2).
 * The second bump is a surge of its own. Those who wait come evenly over `early`. Without `poll` each sends its request when it
 * comes: w F / early per second. With it each asks every `poll` for whether the sale is open: w F / poll times the share that is
 * there, a straight line up to T, on top of the F requests; and its request falls, evenly, within the `poll` after T. */
#include "models/traffic/profile/profile_kinds.h"
#include "sim/engine/real.h"

struct surge {
  sim_time at, ramp, half_life;
  double peak;
};

struct second_bump {
  double share;
  sim_time after, ramp, half_life;
};

struct on_sale_profile {
  sim_time at, half_life, ramp, early, poll; /* poll 0: they do not poll */
  double fans, peak;                         /* either is given; the other follows */
  double waiting;
  struct second_bump bump;
  struct surge surge, again;
};

/* --- a surge --------------------------------------------------------------------------------------------------------------- */

static double surge_rate(const struct surge *s, sim_time t) {
  if (t < s->at) return 0;
  if (t < s->at + s->ramp) return s->peak * ((double)(t - s->at) / (double)s->ramp);
  return s->peak * real_exp(-0.69314718055994531 * (double)(t - s->at - s->ramp) / (double)s->half_life);
}
static double surge_bound(const struct surge *s, sim_time from, sim_time to) {
  sim_time top = s->at + s->ramp;
  return to <= s->at ? 0 : to <= top ? surge_rate(s, to) : surge_rate(s, profile_later(from, top));
}
static double surge_floor(const struct surge *s, sim_time from, sim_time to) {
  if (from < s->at) return 0;
  double a = surge_rate(s, from), b = surge_rate(s, to);
  return a < b ? a : b;
}
static double life_s(sim_time half_life) { return (double)half_life * 1e-9 / 0.69314718055994531; }

static double surge_expected(const struct surge *s, sim_time from, sim_time to) {
  sim_time top = s->at + s->ramp, a = profile_later(from, s->at), b = profile_earlier(to, top);
  double rising = b > a ? (surge_rate(s, a) + s->peak * ((double)(b - s->at) / (double)s->ramp)) / 2 * profile_seconds(a, b) : 0;
  if (to <= top) return rising;
  return rising + (surge_rate(s, profile_later(from, top)) - surge_rate(s, to)) * life_s(s->half_life);
}
static double surge_mass(const struct surge *s) { return s->peak * ((double)s->ramp * 1e-9 / 2 + life_s(s->half_life)); }

/* --- those who wait: a line before T, or constant over a while ---------------------------------------------------------------- */

static double waiting_fans(const struct on_sale_profile *s) { return s->waiting * s->fans; }
static sim_time doors(const struct on_sale_profile *s) { return s->at - s->early; }

static double waiting_rate(const struct on_sale_profile *s, sim_time t) {
  if (t < doors(s) || t >= s->at + s->poll) return 0;
  if (!s->poll) return waiting_fans(s) / profile_seconds(0, s->early);
  double full = waiting_fans(s) / profile_seconds(0, s->poll);
  return t >= s->at ? full : full * ((double)(t - doors(s)) / (double)s->early);
}
/* It rises as long as it lasts. */
static double waiting_bound(const struct on_sale_profile *s, sim_time from, sim_time to) {
  sim_time end = s->at + s->poll;
  return to <= doors(s) || from >= end ? 0 : waiting_rate(s, to < end ? to : end - 1);
}
static double waiting_floor(const struct on_sale_profile *s, sim_time from, sim_time to) {
  return to > s->at + s->poll ? 0 : waiting_rate(s, from);
}
static double waiting_expected(const struct on_sale_profile *s, sim_time from, sim_time to) {
  sim_time a = profile_later(from, doors(s)), b = profile_earlier(to, s->at);
  double before = 0, after = 0;
  if (b > a && !s->poll) before = waiting_fans(s) * (double)(b - a) / (double)s->early;
  if (b > a && s->poll)
    before = waiting_fans(s) / profile_seconds(0, s->poll) * ((double)(a - doors(s)) + (double)(b - doors(s))) / 2 /
             (double)s->early * profile_seconds(a, b);
  a = profile_later(from, s->at), b = profile_earlier(to, s->at + s->poll);
  if (b > a) after = waiting_fans(s) * (double)(b - a) / (double)s->poll;
  return before + after;
}

/* --- the sale -------------------------------------------------------------------------------------------------------------- */

static double on_sale_rate(const void *self, sim_time t) {
  const struct on_sale_profile *s = self;
  double rate = surge_rate(&s->surge, t);
  if (s->waiting > 0) rate += waiting_rate(s, t);
  return s->bump.share > 0 ? rate + surge_rate(&s->again, t) : rate;
}
static double on_sale_bound(const void *self, sim_time from, sim_time to) {
  const struct on_sale_profile *s = self;
  double bound = surge_bound(&s->surge, from, to);
  if (s->waiting > 0) bound += waiting_bound(s, from, to);
  return s->bump.share > 0 ? bound + surge_bound(&s->again, from, to) : bound;
}
static double on_sale_floor(const void *self, sim_time from, sim_time to) {
  const struct on_sale_profile *s = self;
  double least = surge_floor(&s->surge, from, to);
  if (s->waiting > 0) least += waiting_floor(s, from, to);
  return s->bump.share > 0 ? least + surge_floor(&s->again, from, to) : least;
}
static double on_sale_expected(const void *self, sim_time from, sim_time to) {
  const struct on_sale_profile *s = self;
  double due = surge_expected(&s->surge, from, to);
  if (s->waiting > 0) due += waiting_expected(s, from, to);
  return s->bump.share > 0 ? due + surge_expected(&s->again, from, to) : due;
}

static const char *on_sale_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  (void)arena, (void)start_of_day;
  struct on_sale_profile *s = self;
  double rest = 1 - s->waiting - s->bump.share;
  if ((s->fans > 0) == (s->peak > 0)) return "needs either \"fans\" or \"peak\"";
  if (rest <= 0) return "\"waiting\" and the second bump leave no requests for the surge: the rate would be negative or zero";
  if (s->waiting > 0 && s->early > s->at)
    return "\"early\" reaches back before the start of the run: let the sale open later, or those who wait come later";
  if (!s->waiting && s->poll) return "\"poll\" is what those do who wait: give \"waiting\", their share";
  if (s->bump.share > 0 && !s->bump.after) return "the second bump needs \"after\": how long after the opening it begins";
  s->surge = (struct surge){s->at, s->ramp, s->half_life, 1};
  s->again = (struct surge){s->at + s->bump.after, s->bump.ramp, s->bump.half_life, 1};
  double mass = surge_mass(&s->surge);
  if (s->fans > 0)
    s->peak = rest * s->fans / mass;
  else
    s->fans = s->peak * mass / rest;
  s->surge.peak = s->peak;
  if (s->bump.share > 0) s->again.peak = s->bump.share * s->fans / surge_mass(&s->again);
  return NULL;
}

static const struct field bump_fields[] = {
    KEY("share", RATIO, second_bump, share, DEFAULT(0), RANGE(0, 1), .doc = "Share of the fans' requests that come in it."),
    KEY("after", DURATION, second_bump, after, DEFAULT("20m"), RANGE(0, FIELD_YEAR), .doc = "From the opening to its beginning."),
    KEY("ramp", DURATION, second_bump, ramp, DEFAULT("30s"), RANGE(0, FIELD_YEAR), .doc = "Time in which it rises to its peak."),
    KEY("half_life", DURATION, second_bump, half_life, DEFAULT("5m"), RANGE(1, FIELD_YEAR),
        .doc = "Time in which its rate halves."),
    {0}};
static const struct record bump_record = {
    .name = "second bump",
    .size = sizeof(struct second_bump),
    .fields = bump_fields,
    .doc = "Word spreads that it is sold out, or that there are more tickets, and people come again.",
    .shorthand = "share"};

static const struct field on_sale_fields[] = {
    KEY("at", DURATION, on_sale_profile, at, RANGE(0, FIELD_LONGEST), .doc = "When the sale opens, from the start of the run."),
    KEY("fans", NUMBER, on_sale_profile, fans, OPTIONAL, RANGE(1, 1e10),
        .doc = "Requests that the sale brings in all, without polling; gives the peak."),
    KEY("peak", RATE, on_sale_profile, peak, OPTIONAL, RANGE(0, 1e9),
        .doc = "Highest rate of the surge, without those who waited; gives the number of fans."),
    KEY("half_life", DURATION, on_sale_profile, half_life, DEFAULT("5m"), RANGE(1, FIELD_LONGEST),
        .doc = "Time in which the rate halves.", .source = "5 to 10 minutes, an estimate; no published curve was found"),
    KEY("ramp", DURATION, on_sale_profile, ramp, DEFAULT("0s"), RANGE(0, FIELD_YEAR),
        .doc = "Time in which the rate rises to the peak."),
    KEY("waiting", RATIO, on_sale_profile, waiting, DEFAULT(0), RANGE(0, 1),
        .doc = "Share of the fans that is there before the sale opens; 20% to 30% is an estimate."),
    KEY("early", DURATION, on_sale_profile, early, DEFAULT("10m"), RANGE(1, FIELD_YEAR),
        .doc = "Those who wait come evenly over this time before the sale opens."),
    KEY("poll", DURATION, on_sale_profile, poll, OPTIONAL, RANGE(1, FIELD_YEAR),
        .doc = "Those who wait ask again and again, this long between two requests, and get in within this time after the opening; "
               "absent: one request each, when they come."),
    KEY("second", RECORD, on_sale_profile, bump, .record = &bump_record, .doc = "A second bump."),
    {0}};
static const struct record on_sale_record = {
    .name = "on_sale profile",
    .size = sizeof(struct on_sale_profile),
    .fields = on_sale_fields,
    .doc = "A sale that opens at a published second: people who wait, a surge, decay, a second bump."};
static const struct profile_kind on_sale_kind = {on_sale_rate,     on_sale_bound,   on_sale_floor,
                                                 on_sale_expected, on_sale_prepare, NULL};
const struct alternative profile_on_sale = {"on_sale", false, &on_sale_record, &on_sale_kind};
