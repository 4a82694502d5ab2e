#include "sim/engine/zipf.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <stdlib.h>

/* All numbers have columns up to ALONE; of more of them the first HEAD. Groups are an octave's 1 / PER_OCTAVE wide. */
enum { ALONE = 1 << 14, HEAD = 1 << 12, PER_OCTAVE = 32, GROUPS_MOST = 21 * PER_OCTAVE };

/* Sum of k^-s from a to b - 1, for a large a. */
static double mass(double a, double b, double s) {
  assert(a > 0 && b > a);
  double length = real_log(b / a), at_a = real_pow(a, -s), at_b = real_pow(b, -s);
  double area = a * at_a * length * real_exp_slope((1 - s) * length);
  return area + (at_a - at_b) / 2 + s * (at_a / a - at_b / b) / 12;
}

static uint32_t cut_into_groups(struct zipf_group *groups, uint32_t from, uint32_t n, double s) {
  double step = real_exp(real_log(2) / PER_OCTAVE);
  uint32_t count = 0;
  for (uint64_t first = from; first <= n; count++) {
    uint64_t end = (uint64_t)((double)first * step);
    if (end > (uint64_t)n + 1) end = (uint64_t)n + 1;
    double least = real_pow((double)first / (double)(end - 1), s);
    assert(end > first && count < GROUPS_MOST);
    groups[count] = (struct zipf_group){(uint32_t)first, (uint32_t)(end - first), (uint32_t)(least * 0x1.fffffp31)};
    first = end;
  }
  return count;
}

const struct zipf *zipf_new(struct arena *arena, uint32_t n, double s) {
  assert(n > 0 && s >= 0);
  struct zipf *z = arena_new_array(arena, struct zipf, 1);
  struct zipf_group *groups = arena_new_array(arena, struct zipf_group, GROUPS_MOST);
  *z = (struct zipf){.n = n, .s = s, .head = n <= ALONE ? n : HEAD, .groups = groups};
  uint32_t columns = z->head + cut_into_groups(groups, z->head + 1, n, s);
  double *weights = allocate(columns * sizeof *weights);
  for (uint32_t i = 0; i < columns; i++) {
    const struct zipf_group *g = i < z->head ? NULL : &groups[i - z->head];
    weights[i] = g ? mass(g->first, (double)g->first + g->width, s) : real_pow((double)i + 1, -s);
    z->total += weights[i];
  }
  z->columns = alias_new(arena, weights, columns);
  free(weights);
  return z;
}

double zipf_probability(const struct zipf *z, uint32_t k) { return real_pow((double)k, -z->s) / z->total; }

uint32_t zipf_in_group(const struct zipf *z, const struct zipf_group *g, struct stream *draws) {
  for (;;) {
    unsigned __int128 scaled =
        (unsigned __int128)stream_bits(draws) * g->width; /* whole part: which; fraction: whether it is kept */
    uint32_t k = g->first + (uint32_t)(scaled >> 64), place = (uint32_t)(scaled >> 32);
    if (__builtin_expect(place < g->sure, 1)) return k;
    if (place * 0x1p-32 < real_pow((double)g->first / k, z->s)) return k;
  }
}
