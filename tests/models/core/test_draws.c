/* Numbers of random draws: the bands overlap nowhere, what a mechanism draws from lies in its own band, and no two instructions of a
 * program that draw have the same number. */
#include "models/request/draws.h"
#include "models/request/operation.h"
#include "tests/model_fixture.h"

static void test_bands_are_apart(void) {
  for (const struct draw_band *a = draw_bands; a->name; a++) {
    test_check(a->first <= a->last, "%s ends before it begins", a->name);
    for (const struct draw_band *b = draw_bands; b < a; b++)
      test_check(a->first > b->last || b->first > a->last, "%s and %s overlap", a->name, b->name);
  }
}

static const struct draw_band *band_of(uint64_t number) {
  for (const struct draw_band *b = draw_bands; b->name; b++)
    if (number >= b->first && number <= b->last) return b;
  return NULL;
}

/* The least and the greatest number that each asks for. */
static void test_numbers_are_in_their_band(void) {
  enum { LAST = PROGRAM_INSTRUCTIONS - 1, POOLED = DRAW_POOLER_MOST << DRAW_POOLER_BIT | LAST };
  static const struct {
    const char *band;
    uint64_t least, most;
  } rows[] = {{"instructions", 1, LAST},
              {"external answers", DRAW_ANSWER + 1, DRAW_ANSWER + LAST},
              {"pages missed", DRAW_MISSES + 1, DRAW_MISSES + LAST},
              {"pooler", 1 << DRAW_POOLER_BIT, POOLED}};
  static const char *const counted[BANDS] = {NULL,    "patience", "disk reads",         "conflicts",
                                             "apply", "ship",     "flush of a replica", "version of a replica"};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct draw_band *a = band_of(rows[i].least), *b = band_of(rows[i].most);
    test_check(a && a == b && !strcmp(a->name, rows[i].band), "%s: in %s and %s", rows[i].band, a ? a->name : "none",
               b ? b->name : "none");
  }
  for (int i = 1; i < BANDS; i++) {
    const struct draw_band *a = band_of(draw_in_band(i, 0, 0)), *b = band_of(draw_in_band(i, POOLED, UINT32_MAX));
    test_check(a && a == b && !strcmp(a->name, counted[i]), "%s: in %s and %s", counted[i], a ? a->name : "none",
               b ? b->name : "none");
  }
  const struct draw_band *first = band_of(draw_of_part(0, 0, 0, 0)),
                         *last = band_of(draw_of_part(PARTS_MOST - 1, DRAWS_OF_A_PART - 1, POOLED, UINT32_MAX));
  test_check(first && first == last && !strcmp(first->name, "parts"), "draws of parts lie elsewhere");
  test_check(draw_of_part(1, 0, 1, 0) - draw_of_part(0, 2, 1, 0) == draw_of_part(0, 2, 1, 0) - draw_of_part(0, 1, 1, 0),
             "the bands of two parts do not follow each other");
  test_check(draw_in_band(BAND_DISK_READ, 3, 2) != draw_in_band(BAND_DISK_READ, 3, 1), "the second read draws as the first");
}

/* Queries and transactions of several trips through a pooler, replicas, a disk, an external service. */
#define SCENARIO                                                                                                                   \
  "{ 'aguanta': 1, 'name': 'd', 'traffic': { 'u': { 'kind': 'open', 'rate': '10/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { " \
  "'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' }, { 'transaction': 'd', 'steps': [ { 'query': 'd', "     \
  "'writes': 1, 'demand': '1ms' }, { 'cpu': '1ms' }, { 'query': 'd', 'reads': 1, 'demand': '1ms' } ] }, { 'external': 'x' }, { "   \
  "'query': 'd', 'reads': 2, 'demand': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'pools': { 'd': {} } }, 'b': { "         \
  "'kind': 'proxy', 'pooler': { 'database': 'd', 'mode': 'transaction' } }, 'd': { 'kind': 'database', 'replicas': 2, "            \
  "'replication': {} }, 'x': { 'kind': 'external', 'latency': '1ms', 'failure': 0.01 } }, 'platform': { 'kind': 'static', "        \
  "'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '10s' } }"

/* Those that enter, compute or wait may draw; to leave a service takes no draw. */
static bool may_draw(const struct instruction *in) {
  const struct operation *o = in->operation;
  return o->enters || o->computes || o->ask || (o->leaves && strcmp(o->name, "leave"));
}

static bool has_own_number(const struct program *p, uint32_t i) {
  return i == 0 || p->instructions[i].draw != p->instructions[i - 1].draw;
}

static void test_numbers_of_a_program(void) {
  struct fixture f = fixture_of(SCENARIO);
  const struct program *p = &f.scenario->model.programs[0];
  uint32_t pooled = 0;
  for (uint32_t i = 0; i < p->count; i++) {
    const struct instruction *in = &p->instructions[i];
    const struct draw_band *band = band_of(in->draw);
    bool pooler = !strcmp(band->name, "pooler");
    test_check(pooler || !strcmp(band->name, "instructions"), "instruction %u draws from %s", i, band->name);
    pooled += pooler;
    if (!may_draw(in) || !has_own_number(p, i)) continue;
    for (uint32_t k = 0; k < i; k++)
      test_check(!may_draw(&p->instructions[k]) || !has_own_number(p, k) || p->instructions[k].draw != in->draw,
                 "instructions %u (%s) and %u (%s) draw from %u", k, p->instructions[k].operation->name, i, in->operation->name,
                 in->draw);
  }
  test_check(pooled >= 4 * 3, "%u instructions of the pooler", pooled);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"bands are apart", test_bands_are_apart},
                                         {"numbers are in their band", test_numbers_are_in_their_band},
                                         {"numbers of a program", test_numbers_of_a_program},
                                         {NULL, NULL}};
const struct test_suite suite_draws = {"draws", cases};
