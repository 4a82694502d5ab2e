/* The course of a repair: it is noticed, waits for a crew, a person does what is theirs, and then the machine what is its.
 *
 *     strike --detect--> noticed --crew is free--> begins --person: acknowledge, diagnose, act--> --repair--> repaired
 *
 * All of it is drawn when the repair begins. Where there is nothing but the machine's part it is one event in the calendar; each
 * stage of a person is another, so that those who follow the stages learn of them. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/crew.h"
#include "models/faults/lives_inner.h"
#include "models/people/people.h"

bool fault_needs_person(const struct model *m, const struct fault_config *f) {
  return f->by == BY_PERSON || (f->crew >= 0 && model_crew(m, f->crew)->by == BY_PERSON);
}

static sim_time after(sim_time at, sim_time delay) { return delay < SIM_NEVER - 1 - at ? at + delay : SIM_NEVER - 1; }

static sim_time draw(struct fault_process *f, const struct distribution *d) {
  return d->kind ? distribution_sample_time(d, &f->draws) : 0;
}

static sim_time person_done(struct fault_process *f, enum person_step step, sim_time at) {
  return after(at, people_take(f->world->model, step, at, &f->draws));
}

/* The end of the stage that it is in. */
static sim_time next_stage(const struct repair_course *c, sim_time now) {
  const sim_time stages[] = {c->begun, c->acknowledged, c->diagnosed, c->acted};
  for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
    if (stages[i] > now) return stages[i];
  return c->ends;
}

static void begins(struct fault_process *f, sim_time at) {
  struct repair_course *c = &f->course;
  c->begun = c->acknowledged = c->diagnosed = c->acted = at;
  if (fault_needs_person(f->world->model, f->config)) {
    c->acknowledged = person_done(f, PERSON_ACKNOWLEDGES, at);
    c->diagnosed = person_done(f, PERSON_DIAGNOSES, c->acknowledged);
    c->acted = person_done(f, PERSON_ACTS, c->diagnosed);
  }
  c->ends = after(c->acted, draw(f, &f->config->repair));
  fault_arm(f, next_stage(c, world_now(f->world)));
}

static void asks_crew(struct fault_process *f) {
  if (crew_takes(world_crew(f->world, f->config->crew), f)) begins(f, world_now(f->world));
}

void repair_asked(struct fault_process *f) {
  sim_time now = world_now(f->world), noticed = after(now, draw(f, &f->config->detect));
  f->course = (struct repair_course){.struck = now, .noticed = noticed, .begun = SIM_NEVER, .ends = SIM_NEVER};
  if (f->config->crew < 0)
    begins(f, noticed);
  else if (noticed > now)
    fault_arm(f, noticed);
  else
    asks_crew(f);
}

bool repair_goes_on(struct fault_process *f) {
  if (f->course.begun == SIM_NEVER) return asks_crew(f), false;
  if (world_now(f->world) < f->course.ends) return fault_arm(f, next_stage(&f->course, world_now(f->world))), false;
  struct fault_process *next = f->config->crew < 0 ? NULL : crew_leaves(world_crew(f->world, f->config->crew));
  if (next) begins(next, world_now(f->world));
  return true;
}

enum fault_phase fault_phase(const struct fault_process *f) {
  const struct repair_course *c = &f->course;
  sim_time now = world_now(f->world);
  if (!f->broken) return FAULT_STANDS;
  if (now < c->noticed) return FAULT_UNNOTICED;
  if (c->begun == SIM_NEVER) return FAULT_AWAITS_CREW;
  if (now < c->acknowledged) return FAULT_UNACKNOWLEDGED;
  if (now < c->diagnosed) return FAULT_DIAGNOSING;
  return now < c->acted ? FAULT_ACTING : FAULT_REPAIRING;
}

/* --- in the mean ------------------------------------------------------------------------------------------------------------- */

double fault_until_repair(const struct model *m, const struct fault_config *f) {
  return (f->repair.mean + f->detect.mean) * 1e-9 + (fault_needs_person(m, f) ? people_longest_s(m) : 0);
}

double fault_repair_scv(const struct model *m, const struct fault_config *f) {
  double machine = f->repair.mean * 1e-9, seen = f->detect.mean * 1e-9, person = fault_needs_person(m, f) ? people_mean_s(m) : 0;
  double variance = machine * machine * f->repair.scv + seen * seen * f->detect.scv;
  if (person > 0) variance += person * person * people_scv(m);
  double all = machine + seen + person;
  return all > 0 ? variance / (all * all) : 0;
}

/* --- checks ------------------------------------------------------------------------------------------------------------------ */

static void needs_no_repair(struct linker *l, const struct fault_config *f, const char *path) {
  const char *key = f->crew >= 0 ? "crew" : f->by == BY_PERSON ? "by" : f->detect.kind ? "detect" : NULL;
  if (key && f->kind->goes_on)
    link_error(l, path, key, "a fault of kind %s takes its own course, and is not repaired: no \"%s\"", f->kind->member.word, key);
  else if (key)
    link_error(l, path, key, "what a fault of kind %s breaks is not repaired, but started again by its orchestrator: no \"%s\"",
               f->kind->member.word, key);
}

void repair_check(struct linker *l, const struct fault_config *f, const char *path) {
  if (!f->kind->repair)
    needs_no_repair(l, f, path);
  else if (fault_needs_person(l->model, f) && !people_are_there(l->model))
    link_error(l, path, f->by == BY_PERSON ? "by" : "crew",
               "is repaired by a person, and \"people\" does not say how long that takes: give \"people\": {} for its defaults");
}
