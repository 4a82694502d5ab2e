#include "sim/study/carried.h"
#include "models/availability/carrying.h"
#include "sim/engine/allocate.h"
#include "models/faults/biasing.h"
#include "sim/study/biased_years.h"
#include "sim/study/replicate.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

void carried_open(struct study *s) {
  s->carrying = carrying_new(&s->evidence.model);
  s->evidence.model.parts[PART_carrying] = s->carrying;
}

void carried_close(struct study *s) {
  carrying_free(s->carrying);
  s->carrying = NULL;
  s->evidence.model.parts[PART_carrying] = NULL;
}

/* --- tasks over threads ------------------------------------------------------------------------------------------------------ */

struct tasks {
  void (*task)(void *of, uint32_t i);
  void *of;
  uint32_t count;
  atomic_uint next;
};

static void *work(void *tasks) {
  struct tasks *t = tasks;
  for (uint32_t i; (i = atomic_fetch_add(&t->next, 1)) < t->count;) t->task(t->of, i);
  return NULL;
}

static void in_parallel(void *study, void (*task)(void *of, uint32_t i), void *of, uint32_t count) {
  uint32_t jobs = ((struct study *)study)->options.jobs;
  struct tasks t = {.task = task, .of = of, .count = count};
  pthread_t *threads = allocate_zeroed(jobs, sizeof *threads);
  uint32_t started = 1; /* this thread works too */
  while (started < jobs && started < count && !pthread_create(&threads[started], NULL, work, &t)) started++;
  work(&t);
  for (uint32_t i = 1; i < started; i++) pthread_join(threads[i], NULL);
  free(threads);
}

/* --- finding it -------------------------------------------------------------------------------------------------------------- */

/* The states of the first years, all faults as they are or second ones likelier. */
static bool see(const struct study *s, const struct model *m, bool biased) {
  struct view *seen = view_new(m, false);
  struct replication_plan plan = {
      .model = m, .seed = m->run.seed, .mode = WORLD_AVAILABILITY, .jobs = s->options.jobs, .interrupted = s->options.interrupted};
  bool good = true;
  for (uint32_t done = 0, until = biased ? PIECES_LEAST : 1; good && done < PIECES_LEAST;) {
    good = replicate(&plan, seen, done, until) == until;
    if (!biased && carrying_seen_enough(s->carrying)) break;
    done = until, until = 2 * done < PIECES_LEAST ? 2 * done : PIECES_LEAST;
  }
  view_free(seen);
  return good;
}

bool carried_find(struct study *s) {
  if (!s->carrying || s->carried) return true;
  s->carried = see(s, &s->evidence.model, false);
  if (s->carried && carrying_found(s->carrying) && bias_possible(&s->evidence.model)) {
    struct model biased = biased_model(s);
    s->carried = see(s, &biased, true);
  }
  if (s->carried) carrying_solve(s->carrying, in_parallel, s);
  return s->carried;
}
