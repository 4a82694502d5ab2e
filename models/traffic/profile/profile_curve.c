#include "models/traffic/profile/profile_curve.h"
#include "sim/engine/arena.h"
#include <assert.h>

/* Time from the curve's beginning, folded into one period if it repeats; cycle: how many periods came before. */
struct instant {
  sim_time within;
  int64_t cycle;
};

static sim_time length_of(const struct profile_curve *c) {
  return c->width ? c->width * (sim_time)c->count : c->ends[c->count - 1];
}

static sim_time start_of(const struct profile_curve *c, uint32_t piece) {
  return c->width ? c->width * (sim_time)piece : piece ? c->ends[piece - 1] : 0;
}

static struct instant fold(const struct profile_curve *c, sim_time t) {
  struct instant i = {t - c->begins, 0};
  sim_time length = length_of(c);
  if (!c->repeats || (i.within >= 0 && i.within < length)) return i;
  i.cycle = i.within / length - (i.within % length < 0);
  i.within -= i.cycle * length;
  return i;
}

/* The piece that holds an instant of [0, length). */
static uint32_t piece_at(const struct profile_curve *c, sim_time within) {
  assert(within >= 0 && within < length_of(c));
  if (c->width) return (uint32_t)(within / c->width);
  uint32_t low = 0, high = c->count - 1;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (c->ends[middle] <= within)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static double rate_in(const struct profile_curve *c, uint32_t piece, sim_time within) {
  assert(piece < c->count);
  double a = c->first[piece], b = c->last[piece];
  if (a == b) return a;
  sim_time from = start_of(c, piece), to = start_of(c, piece + 1);
  return a + (b - a) * ((double)(within - from) / (double)(to - from));
}

double profile_curve_rate(const struct profile_curve *c, sim_time t) {
  struct instant i = fold(c, t);
  return i.within < 0 || i.within >= length_of(c) ? 0 : rate_in(c, piece_at(c, i.within), i.within);
}

/* The highest or lowest rate of [from, to) within one period: at the ends of the pieces, cut to the interval. */
static double extreme(const struct profile_curve *c, sim_time from, sim_time to, double found, bool high) {
  for (uint32_t i = piece_at(c, from); i < c->count && start_of(c, i) < to; i++) {
    sim_time end = start_of(c, i + 1);
    double a = start_of(c, i) < from ? rate_in(c, i, from) : c->first[i], b = end > to ? rate_in(c, i, to) : c->last[i];
    double both = high ? (a > b ? a : b) : (a < b ? a : b);
    if (high ? both > found : both < found) found = both;
  }
  return found;
}

static double over(const struct profile_curve *c, sim_time from, sim_time to, bool high) {
  struct instant i = fold(c, from);
  assert(to >= from);
  sim_time length = length_of(c), end = i.within + (to - from);
  double none = high ? 0 : c->most;
  if (c->repeats && to - from >= length) return high ? c->most : c->least;
  if (!c->repeats) {
    bool outside = i.within < 0 || end > length;
    if (end <= 0 || i.within >= length) return 0;
    if (outside && !high) return 0;
    return extreme(c, i.within < 0 ? 0 : i.within, end < length ? end : length, none, high);
  }
  if (end <= length) return extreme(c, i.within, end, none, high);
  return extreme(c, 0, end - length, extreme(c, i.within, length, none, high), high);
}

double profile_curve_bound(const struct profile_curve *c, sim_time from, sim_time to) { return over(c, from, to, true); }
double profile_curve_floor(const struct profile_curve *c, sim_time from, sim_time to) { return over(c, from, to, false); }

/* Arrivals from the curve's beginning to an instant. */
static double up_to(const struct profile_curve *c, sim_time t) {
  struct instant i = fold(c, t);
  double whole = c->before[c->count];
  if (i.within <= 0 && !c->repeats) return 0;
  if (i.within >= length_of(c)) return whole;
  uint32_t piece = piece_at(c, i.within);
  double part = (c->first[piece] + rate_in(c, piece, i.within)) / 2 * (double)(i.within - start_of(c, piece)) * 1e-9;
  return (double)i.cycle * whole + c->before[piece] + part;
}

double profile_curve_expected(const struct profile_curve *c, sim_time from, sim_time to) {
  double due = up_to(c, to) - up_to(c, from);
  return due > 0 ? due : 0; /* rounding */
}

void profile_curve_finish(struct profile_curve *c, struct arena *arena) {
  c->before = arena_new_array(arena, double, c->count + 1);
  c->most = c->least = c->first[0];
  for (uint32_t i = 0; i < c->count; i++) {
    double a = c->first[i], b = c->last[i], width_s = (double)(start_of(c, i + 1) - start_of(c, i)) * 1e-9;
    c->before[i + 1] = c->before[i] + (a + b) / 2 * width_s;
    if (a > c->most) c->most = a;
    if (b > c->most) c->most = b;
    if (a < c->least) c->least = a;
    if (b < c->least) c->least = b;
  }
}

void profile_curve_of_cycle(struct profile_curve *c, struct arena *arena, uint32_t count, const double *rates, sim_time width,
                            sim_time begins, bool lines) {
  *c = (struct profile_curve){.count = count, .begins = begins + (lines ? width / 2 : 0), .width = width, .repeats = true};
  c->first = arena_new_array(arena, double, count);
  c->last = lines ? arena_new_array(arena, double, count) : c->first;
  for (uint32_t i = 0; i < count; i++) {
    c->first[i] = rates[i];
    if (lines) c->last[i] = rates[(i + 1) % count];
  }
  profile_curve_finish(c, arena);
}
