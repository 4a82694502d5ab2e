#include "sim/study/biased_years.h"
#include "models/faults/biasing.h"
#include "models/faults/fault.h"
#include "sim/measure/biased.h"
#include "sim/study/replicate.h"
#include "sim/study/study_inner.h"
#include <math.h>

enum { FIRST_LOOK = 20, FAULTS_IN_PIECE = 2000, LONGEST_PIECE = 250 };

/* As many years as have enough first faults to be a sample of their own. */
static int64_t years_in_piece(double faults_a_year) {
  double years = ceil(FAULTS_IN_PIECE / fmax(faults_a_year, 1e-9));
  return years < LONGEST_PIECE ? (int64_t)fmax(1, years) : LONGEST_PIECE;
}

static uint32_t pieces_at_most(double faults_a_year, int64_t years) {
  double most = BIASED_FAULTS / fmax(faults_a_year * (double)years, 1);
  return most < 1e5 ? (uint32_t)fmax(FIRST_LOOK, most) : 100000;
}

static void seen(void *evidence, uint32_t piece, const struct view *v) { biased_take(evidence, piece, v); }

/* Until there are n. False when interrupted. */
static bool extend(struct study *s, const struct model *biased, uint32_t n) {
  struct evidence *ev = &s->evidence;
  struct half *half = &ev->biased.half;
  biased_make_room(ev, n);
  struct replication_plan plan = {.model = biased,
                                  .seed = biased->run.seed,
                                  .mode = WORLD_AVAILABILITY,
                                  .jobs = s->options.jobs,
                                  .interrupted = s->options.interrupted,
                                  .seen = seen,
                                  .context = ev};
  half->done = replicate(&plan, half->sum, half->done, n);
  return half->done == n;
}

struct model biased_model(const struct study *s) {
  struct model biased = s->evidence.model;
  biased.run.biased = true;
  biased.run.years_per_replication = years_in_piece(fault_strikes_a_year(&biased));
  return biased;
}

bool biased_years_run(struct study *s) {
  struct evidence *ev = &s->evidence;
  if (!ev->faults.done || !bias_possible(&ev->model) || biased_doubt(ev) <= BIASED_DOUBT) return true;
  struct model biased = biased_model(s);
  double faults_a_year = fault_strikes_a_year(&ev->model);
  ev->biased.half.sum = view_new(&biased, false);
  uint32_t most = pieces_at_most(faults_a_year, biased.run.years_per_replication);
  for (uint32_t n = FIRST_LOOK;; n = 2 * n < most ? 2 * n : most) {
    if (!extend(s, &biased, n)) return false;
    if (n >= most || biased_doubt(ev) <= BIASED_DOUBT) return true;
  }
}
