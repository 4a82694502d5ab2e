/* The lowest of several curves against lines worked by hand. */
#include "sim/stats/envelope.h"
#include "tests/suite.h"
#include <math.h>

static const struct curve_point rising[] = {{10, 50, 40, 60}, {110, 150, 140, 160}},
                                flat[] = {{10, 100, 100, 100}, {110, 100, 100, 100}},
                                steps[] = {{10, 40, 40, 40}, {50, 40, 40, 40}, {50.001, 80, 80, 80}, {110, 80, 80, 80}},
                                gap[] = {{10, 5, 5, 5}, {20, 5, 5, 5}, {30, NAN, NAN, NAN}, {40, 5, 5, 5}, {110, 5, 5, 5}};

static struct curve curve_of(const struct curve_point *points, uint32_t count) {
  return (struct curve){points, count, INFINITY, INFINITY, INFINITY};
}

static void is(const struct envelope_range *r, double from, double to, int32_t lowest, enum envelope_why why, double low,
               double high) {
  test_check(fabs(r->from - from) < 1e-6 && fabs(r->to - to) < 1e-6 && r->lowest == lowest && r->why == why, "%g to %g: %d, %d",
             r->from, r->to, r->lowest, r->why);
  test_check((isnan(low) ? isnan(r->low) : fabs(r->low - low) < 1e-6) &&
                 (isnan(high) ? isnan(r->high) : fabs(r->high - high) < 1e-6),
             "[%g, %g]", r->low, r->high);
}

/* 40 and 1 for each against 100: equal at 60. The first is known to 10: its ends are 100 at 50 and at 70. The second one ends at 100,
 * between 90 and 105; then the first is there again. */
static void test_crossing(void) {
  struct arena *arena = arena_new();
  struct curve curves[] = {curve_of(rising, 2), curve_of(flat, 2)};
  struct envelope_range *r;
  uint32_t n = envelope_ranges(arena, curves, 2, &r);
  test_check(n == 2, "%u", n);
  is(&r[0], 10, 60, 0, ENVELOPE_CROSSES, 50, 70), is(&r[1], 60, 110, 1, ENVELOPE_LAST, 110, 110);
  curves[1].until = 100, curves[1].until_low = 90, curves[1].until_high = 105;
  n = envelope_ranges(arena, curves, 2, &r);
  test_check(n == 3, "%u", n);
  is(&r[1], 60, 100, 1, ENVELOPE_ENDS, 90, 105), is(&r[2], 100, 110, 0, ENVELOPE_LAST, 110, 110);
  curves[0].until = 80;
  n = envelope_ranges(arena, curves, 2, &r);
  test_check(n == 3, "%u", n);
  is(&r[2], 100, 110, -1, ENVELOPE_LAST, 110, 110);
  arena_free(arena);
}

/* A band whose upper end is 120 where the second is 100 is nowhere certainly below it: no lower end. Its lower end is 100 at 110. */
static void test_uncertain(void) {
  static const struct curve_point wide[] = {{10, 50, 0, 120}, {110, 150, 100, 220}};
  struct arena *arena = arena_new();
  struct curve curves[] = {curve_of(wide, 2), curve_of(flat, 2)};
  struct envelope_range *r;
  uint32_t n = envelope_ranges(arena, curves, 2, &r);
  test_check(n == 2, "%u", n);
  is(&r[0], 10, 60, 0, ENVELOPE_CROSSES, NAN, 110);
  arena_free(arena);
}

/* Steps of 40 to 50, then 80; the rising line is 90 at 50: the steps are lower throughout but for their beginning, where they are 40
 * against 50. A gap counts for nobody. */
static void test_steps_and_gaps(void) {
  struct arena *arena = arena_new();
  struct curve curves[] = {curve_of(steps, 4), curve_of(rising, 2), curve_of(gap, 5)};
  struct envelope_range *r;
  uint32_t n = envelope_ranges(arena, curves, 3, &r);
  test_check(n == 3, "%u", n);
  is(&r[0], 10, 20, 2, ENVELOPE_UNKNOWN, 20, 20), is(&r[1], 20, 40, 0, ENVELOPE_UNKNOWN, 40, 40);
  is(&r[2], 40, 110, 2, ENVELOPE_LAST, 110, 110);
  test_check(envelope_lowest(curves, 2, 45) == 0 && envelope_lowest(curves, 2, 200) == -1, "lowest");
  arena_free(arena);
}

static const struct test_case cases[] = {
    {"crossing", test_crossing}, {"uncertain", test_uncertain}, {"steps and gaps", test_steps_and_gaps}, {0}};
const struct test_suite suite_envelope = {"envelope", cases};
