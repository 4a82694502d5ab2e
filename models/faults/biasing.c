#include "models/faults/biasing.h"
#include "models/core/world.h"
#include "models/faults/lives_inner.h"
#include "models/faults/law.h"
#include "models/replication/replication.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

struct bias {
  bool begun, shortens; /* something is broken; lives are shortened */
  double life;          /* ns: no life is longer while they are */
  double ratio;         /* L */
  double growth;        /* of its logarithm, in 1/ns: over lives that are up and shortened */
  double exponent;      /* of what has grown in this cycle */
  double weighed;       /* ns: integral of L that was not asked for yet */
  sim_time since;
  uint32_t lives;
  uint32_t *homes; /* node of each container at the start */
  slot_id enough;  /* the exponent comes to its bound */
};

static struct bias *bias_of(const struct world *w) { return world_faults(w)->bias; }

/* --- where it is right -------------------------------------------------------------------------------------------------------- */

static bool forgets(const struct model *m, const struct fault_config *f) {
  if (f->kind->goes_on || f->at.count || f->crew >= 0 || fault_needs_person(m, f) || (f->law && f->law != &law_exponential) ||
      f->again)
    return false;
  return !m->platform.kind->relocates || !f->kind->reach(m, f).groups.count;
}

bool bias_possible(const struct model *m) {
  bool any = false;
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    const struct fault_config *f = model_fault_at(m, i);
    if (!forgets(m, f) || f->kind->reach(m, f).zones) return false;
    any |= f->law != NULL;
  }
  return any && !model_regions(m) && !replications_follow_the_clock(m);
}

/* --- the ratio ---------------------------------------------------------------------------------------------------------------- */

static double hazard(const struct fault_process *f) { return 1 / (double)f->config->mtbf; }

static double shortened(const struct bias *b, const struct fault_process *f) { return fmax(hazard(f), 1 / b->life); }

static void advance(struct world *w) {
  struct bias *b = bias_of(w);
  double passed = (double)(world_now(w) - b->since), grown = b->growth * passed;
  b->weighed += grown > 1e-9 ? b->ratio * expm1(grown) / b->growth : b->ratio * passed;
  b->ratio *= exp(grown);
  b->exponent += grown;
  b->since = world_now(w);
}

double bias_passed(struct world *w) {
  struct bias *b = bias_of(w);
  advance(w);
  double weighed = b->weighed;
  b->weighed = 0;
  return weighed;
}

static void foresee_enough(struct world *w) {
  struct bias *b = bias_of(w);
  double left = (BIAS_MOST - b->exponent) / b->growth;
  calendar_clear(w->calendar, b->enough);
  if (b->shortens && b->growth > 0 && left < 9e18) calendar_set(w->calendar, b->enough, world_now(w) + (sim_time)left);
}

static void grows(struct world *w, double more) {
  struct bias *b = bias_of(w);
  b->growth = fmax(0, b->growth + more);
  foresee_enough(w);
}

/* --- lives -------------------------------------------------------------------------------------------------------------------- */

static bool shortens(const struct fault_process *f) {
  const struct bias *b = bias_of(f->world);
  return b && b->shortens && f->config->law == &law_exponential;
}

double bias_life(const struct fault_process *f) {
  return shortens(f) ? 1 / shortened(bias_of(f->world), f) : (double)f->config->mtbf;
}

void bias_strikes(struct fault_process *f) {
  if (!shortens(f)) return;
  struct bias *b = bias_of(f->world);
  advance(f->world);
  b->ratio *= hazard(f) / shortened(b, f);
  grows(f->world, hazard(f) - shortened(b, f));
}

void bias_lives(struct fault_process *f) {
  if (!shortens(f)) return;
  advance(f->world);
  grows(f->world, shortened(bias_of(f->world), f) - hazard(f));
}

/* Lives that are up begin again: exponential ones may at any time. */
static void redraw(struct world *w) {
  struct bias *b = bias_of(w);
  b->growth = 0;
  for (uint32_t i = 0; i < world_faults(w)->count; i++) {
    struct fault_process *f = world_faults(w)->processes[i];
    if (!f->lives || f->broken || f->config->law != &law_exponential) continue;
    calendar_clear(w->calendar, f->slot);
    if (b->shortens) b->growth += shortened(b, f) - hazard(f);
    fault_lives(f);
  }
  foresee_enough(w);
}

/* --- cycles ------------------------------------------------------------------------------------------------------------------- */

static bool as_at_the_start(const struct world *w) {
  for (uint32_t i = 0; i < world_faults(w)->count; i++)
    if (world_faults(w)->processes[i]->broken) return false;
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    if (c->node != bias_of(w)->homes[i] || (c->node != NONE && (c->state != CONTAINER_UP || !(c->in_rotation || c->withheld))))
      return false;
  }
  return true;
}

static void begins(struct world *w) {
  struct bias *b = bias_of(w);
  const struct fault_config *first = world_faults(w)->struck->config;
  double outage = first->kind->outage_s(w->model, first) * 1e9;
  b->begun = b->shortens = true;
  b->exponent = 0;
  b->life = 2 * b->lives * fmax(outage, 1);
  redraw(w);
}

static void ends(struct world *w) {
  struct bias *b = bias_of(w);
  bool shortened = b->shortens;
  b->begun = b->shortens = false;
  b->ratio = 1;
  if (shortened) redraw(w);
}

void bias_follows(struct world *w, bool served) {
  struct bias *b = bias_of(w);
  if (!b) return;
  bool usual = served && as_at_the_start(w);
  advance(w);
  if (!b->begun && !usual)
    begins(w);
  else if (b->begun && usual)
    ends(w);
}

/* Handler of `enough`. */
static void is_enough(void *world, uint32_t argument) {
  (void)argument;
  struct world *w = world;
  advance(w);
  bias_of(w)->shortens = false;
  redraw(w);
}

void bias_open(struct world *w) {
  if (!w->model->run.biased) return;
  struct bias *b = world_faults(w)->bias = arena_new_array(w->arena, struct bias, 1);
  b->ratio = 1;
  b->homes = arena_new_array(w->arena, uint32_t, w->container_count + 1);
  b->enough = calendar_slot(w->calendar, is_enough, w, 0);
  for (uint32_t i = 0; i < w->container_count; i++) b->homes[i] = w->containers[i].node;
  for (uint32_t i = 0; i < world_faults(w)->count; i++) b->lives += world_faults(w)->processes[i]->lives;
}
