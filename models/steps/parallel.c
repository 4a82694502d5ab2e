#include "models/steps/parallel.h"
#include "models/request/child.h"
#include "models/request/operation.h"
#include "models/steps/steps.h"
#include "models/request/walk.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct branch_config {
  int64_t copies;
  struct config_list steps;
};

struct parallel_step {
  struct config_list parallel; /* struct branch_config */
  int64_t need;
  bool cancel;
};

/* --- running --------------------------------------------------------------------------------------------------------------- */

static uint64_t copy_key(const struct request *r, const struct fork *f, uint32_t branch, uint32_t copy) {
  return copy ? stream_key(r->key, PURPOSE_BRANCH, f->number, (uint64_t)branch << 32 | copy) : r->key;
}

/* They begin behind what is happening now, one after the other: a branch that takes no time must not end before the next begins. */
static bool begin(struct world *w, struct request *r, const struct instruction *in, uint32_t branch, uint32_t copy) {
  struct request *child = child_new(w, r, copy_key(r, in->fork, branch, copy), in->fork->branches[branch].at);
  if (!child) return false;
  child->wait_cell = in->fork->cell;
  request_wake_soon(w, child);
  return true;
}

static bool fork_all(struct world *w, struct request *r, const struct instruction *in) {
  const struct fork *f = in->fork;
  if (r->call_outcome != OUTCOME_COMPLETED) {
    enum outcome outcome = (enum outcome)r->call_outcome;
    r->call_outcome = OUTCOME_COMPLETED;
    request_fail(w, r, outcome);
    return false;
  }
  request_parks(r, f->cell, world_now(w)), r->needed = f->needed;
  assert(r->child == NONE && f->needed && f->needed <= f->children);
  for (uint32_t i = 0; i < f->count; i++)
    for (uint32_t k = 0; k < f->branches[i].copies; k++)
      if (!begin(w, r, in, i, k)) return false;
  container_forks(w, r);
  return false;
}

static uint32_t children_of(const struct world *w, const struct request *r) {
  uint32_t count = 0;
  for (uint32_t id = r->child; id != NONE; id = world_request(w, id)->sibling) count++;
  return count;
}

static void abandon_rest(struct world *w, struct request *r, const struct fork *f) {
  while (r->child != NONE) child_abandon(w, world_request(w, r->child), f->cancel);
}

static bool join(struct world *w, struct request *a, const struct instruction *in) {
  (void)in;
  struct request *caller = a->caller == NONE ? NULL : child_ends(w, a, OUTCOME_COMPLETED);
  bool last = caller && !--caller->needed;
  if (last) child_gives_times(w, caller, a);
  request_forget(w, a);
  if (!last) return false;
  const struct fork *f = child_waits_at(w, caller)->fork;
  abandon_rest(w, caller, f);
  assert(caller->child == NONE);
  caller->pc = f->after;
  caller->waiting = NULL, caller->fresh = false, caller->since = world_now(w);
  request_resume(w, caller);
  return false;
}

static uint8_t join_turns(const uint8_t *computes, const struct instruction *in, uint32_t at) {
  (void)at;
  return computes[in->fork->after];
}
static const struct operation operation_join = {.name = "join", .run = join, .turns = join_turns};

/* --- walking ----------------------------------------------------------------------------------------------------------------- */

static double fork_share(struct passage *p, const struct instruction *in) {
  const struct fork *f = in->fork;
  double success[FORK_MOST];
  for (uint32_t i = 0; i < f->count; i++) success[i] = passage_share(p, p->program, f->branches[i].at, f->branches[i].end);
  return fork_success(f, success);
}

static double fork_through(struct passage *p, const struct instruction *in) {
  double share = fork_share(p, in);
  p->at = in->fork->after;
  return share;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* All branches ask; for whoever is held meanwhile the k-th shortest of their means passes: at light load nearly right, below it for
 * branches that vary much. */
static double fork_onward(struct walk *w, const struct instruction *in, double weight) {
  const struct fork *f = in->fork;
  double passed_s[FORK_MOST] = {0};
  uint32_t child = 0;
  for (uint32_t i = 0; i < f->count; i++) {
    const struct branch *b = &f->branches[i];
    walk_on(walk_beside(w, &passed_s[child]), b->at, b->end, weight * b->copies);
    passed_s[child] /= b->copies;
    for (uint32_t k = 1; k < b->copies; k++) passed_s[child + k] = passed_s[child];
    child += b->copies;
  }
  assert(child == f->children && f->needed <= child);
  qsort(passed_s, child, sizeof *passed_s, by_value);
  walk_passes(w, passed_s[f->needed - 1]);
  w->at = f->after;
  struct passage outside = passage_outside;
  outside.program = w->program;
  return weight * fork_share(&outside, in);
}

static uint8_t fork_turns(const uint8_t *computes, const struct instruction *in, uint32_t at) {
  (void)at;
  uint8_t all = 0;
  for (uint32_t i = 0; i < in->fork->count; i++) all |= computes[in->fork->branches[i].at];
  return all;
}
static void cancel_branches(struct world *w, struct request *r) {
  while (r->child != NONE) child_abandon(w, world_request(w, r->child), true);
  request_wake_soon(w, r);
}

static const struct operation operation_fork = {.child_fails = branch_fails,
                                                .cancels = cancel_branches,
                                                .name = "fork",
                                                .run = fork_all,
                                                .onward = fork_onward,
                                                .through = fork_through,
                                                .turns = fork_turns};

void branch_fails(struct world *w, struct request *a, enum outcome outcome) {
  struct request *caller = child_ends(w, a, outcome);
  if (children_of(w, caller) >= caller->needed) return;
  child_gives_times(w, caller, a);
  abandon_rest(w, caller, child_waits_at(w, caller)->fork);
  child_failed(w, caller, outcome);
}

double fork_success(const struct fork *f, const double *success) {
  double at_least[FORK_MOST + 1] = {
      1}; /* of the branches so far: probability of exactly k successes; the last: of needed and more */
  uint32_t seen = 0;
  for (uint32_t i = 0; i < f->count; i++)
    for (uint32_t copy = 0; copy < f->branches[i].copies; copy++, seen++)
      for (uint32_t k = (seen + 1 < f->needed ? seen + 1 : f->needed) + 1; k-- > 0;)
        at_least[k] = at_least[k] * (k == f->needed ? 1 : 1 - success[i]) + (k ? at_least[k - 1] * success[i] : 0);
  assert(seen == f->children);
  return at_least[f->needed];
}

/* --- compiling ------------------------------------------------------------------------------------------------------------- */

typedef void compile_branch(struct compiler *, const void *config, uint32_t number);

static void compile_fork(struct compiler *c, struct fork *f, struct branch *b, compile_branch *branch, const void *config) {
  f->cell = compile_cell(c, compile_service(c), TIME_DELAY);
  f->number = c->forks++;
  c->program->forks = true;
  compile_emit(c, &operation_fork)->fork = f;
  c->draws--;
  c->guarded++;
  for (uint32_t i = 0; i < f->count; i++) {
    b[i].at = (uint16_t)c->program->count;
    branch(c, config, i);
    b[i].end = (uint16_t)c->program->count;
    compile_emit(c, &operation_join)->fork = f;
    c->draws--;
  }
  c->guarded--;
  f->after = (uint16_t)c->program->count;
}

static void compile_configured(struct compiler *c, const void *branches, uint32_t number) {
  compile_steps(c, &((const struct branch_config *)branches)[number].steps);
}

void compile_parallel(struct compiler *c, uint32_t branches, compile_branch *branch, const void *config) {
  struct fork *f = arena_new_array(c->arena, struct fork, 1);
  struct branch *b = arena_new_array(c->arena, struct branch, branches);
  for (uint32_t i = 0; i < branches; i++) b[i].copies = 1;
  f->branches = b, f->count = f->children = f->needed = branches;
  compile_fork(c, f, b, branch, config);
}

static void check(struct compiler *c, const struct parallel_step *s, const struct fork *f) {
  if (c->transaction >= 0 && c->transaction_depth == c->depth)
    compile_error(c, "branches would share one connection: put the \"parallel\" step before or after the transaction with \"%s\"",
                  model_service(c->model, (uint32_t)c->transaction)->name);
  if (!f->count) compile_error(c, "a \"parallel\" step needs branches");
  if (f->children > FORK_MOST) compile_error(c, "a \"parallel\" step has more than %d branches and copies", FORK_MOST);
  if (s->need != INT64_MAX && (uint64_t)s->need > f->children)
    compile_error(c, "a \"parallel\" step needs %lld of %u branches", (long long)s->need, f->children);
}

static void compile(struct compiler *c, const void *config) {
  const struct parallel_step *s = config;
  const struct branch_config *branches = s->parallel.items;
  struct fork *f = arena_new_array(c->arena, struct fork, 1);
  struct branch *b = arena_new_array(c->arena, struct branch, s->parallel.count + 1);
  f->branches = b, f->count = s->parallel.count, f->cancel = s->cancel;
  for (uint32_t i = 0; i < f->count; i++) b[i].copies = (uint32_t)branches[i].copies, f->children += (uint32_t)branches[i].copies;
  check(c, s, f);
  f->needed = s->need == INT64_MAX ? f->children : (uint32_t)s->need;
  compile_fork(c, f, b, compile_configured, branches);
}

static const struct field branch_fields[] = {
    KEY("copies", INTEGER, branch_config, copies, DEFAULT(1), RANGE(1, FORK_MOST),
        .doc = "This many copies of the branch run at the same time, each with demands of its own: a question to all shards."),
    KEY("steps", CHOICES, branch_config, steps, .choices = &step_choices, .doc = "What the branch does, in order."),
    {0}};
static const struct record branch_record = {.name = "branch",
                                            .size = sizeof(struct branch_config),
                                            .fields = branch_fields,
                                            .doc = "Steps that run at the same time as those of the other branches."};

static const struct field fields[] = {
    KEY("parallel", LIST, parallel_step, parallel, .record = &branch_record,
        .doc = "Branches that begin at the same time, on the replica that runs the step."),
    KEY("need", LIMIT, parallel_step, need, DEFAULT("unlimited"), RANGE(1, FORK_MOST),
        .doc = "Goes on when this many branches (copies counted) have succeeded; unlimited: all of them."),
    KEY("cancel", FLAG, parallel_step, cancel, DEFAULT(false),
        .doc =
            "Whether branches that are no longer needed are cancelled: they then end at their next step; else their work goes on."),
    {0}};
static const struct record record = {.name = "parallel step",
                                     .size = sizeof(struct parallel_step),
                                     .fields = fields,
                                     .doc = "Does several things at the same time and waits for all or some of them."};
static const struct step_kind kind = {compile};
const struct alternative step_parallel = {"parallel", true, &record, &kind};
