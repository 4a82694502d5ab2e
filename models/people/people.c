#include "models/people/people.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/wall_clock.h"
#include <math.h>
#include <string.h>

static const struct person_times *times_of(const struct people_config *p, enum person_step step) {
  const struct person_times *const all[PERSON_STEPS] = {&p->acknowledge, &p->diagnose, &p->act};
  return all[step];
}

static const struct distribution *at_night(const struct person_times *t) { return t->night.kind ? &t->night : &t->day; }
static const struct distribution *at_weekends(const struct person_times *t) { return t->weekend.kind ? &t->weekend : at_night(t); }

static bool is_day(const struct people_config *p, sim_time since_midnight) {
  bool behind = since_midnight >= p->day_begins, before = since_midnight < p->day_ends;
  return p->day_begins <= p->day_ends ? behind && before : behind || before;
}

static const struct distribution *in_force(const struct model *m, enum person_step step, sim_time at) {
  const struct people_config *p = model_people(m);
  const struct person_times *t = times_of(p, step);
  sim_time wall = wall_time(m, at);
  if (wall_weekday(m, wall / SIM_DAY) >= 5) return at_weekends(t);
  return is_day(p, wall_since_midnight(wall)) ? &t->day : at_night(t);
}

sim_time people_take(const struct model *m, enum person_step step, sim_time at, struct stream *draws) {
  return distribution_sample_time(in_force(m, step, at), draws);
}

/* --- in the mean ------------------------------------------------------------------------------------------------------------- */

/* Shares of the time that are working days, nights of working days, and weekends. */
struct shares {
  double day, night, weekend;
};

static struct shares shares_of(const struct people_config *p) {
  double hours = (double)(p->day_ends - p->day_begins) / (double)SIM_DAY;
  if (hours < 0) hours += 1;
  return (struct shares){hours * 5 / 7, (1 - hours) * 5 / 7, 2. / 7};
}

static double second_moment(const struct distribution *d) { return d->mean * d->mean * (1 + d->scv); }

double people_mean_s(const struct model *m) {
  const struct people_config *p = model_people(m);
  struct shares s = shares_of(p);
  double sum = 0;
  for (enum person_step i = 0; i < PERSON_STEPS; i++) {
    const struct person_times *t = times_of(p, i);
    sum += s.day * t->day.mean + s.night * at_night(t)->mean + s.weekend * at_weekends(t)->mean;
  }
  return sum * 1e-9;
}

double people_scv(const struct model *m) {
  const struct people_config *p = model_people(m);
  struct shares s = shares_of(p);
  double sum = 0, variance = 0;
  for (enum person_step i = 0; i < PERSON_STEPS; i++) {
    const struct person_times *t = times_of(p, i);
    double mean = s.day * t->day.mean + s.night * at_night(t)->mean + s.weekend * at_weekends(t)->mean;
    double square =
        s.day * second_moment(&t->day) + s.night * second_moment(at_night(t)) + s.weekend * second_moment(at_weekends(t));
    sum += mean, variance += square - mean * mean;
  }
  return sum > 0 ? variance / (sum * sum) : 0;
}

double people_longest_s(const struct model *m) {
  double sum = 0;
  for (enum person_step i = 0; i < PERSON_STEPS; i++) {
    const struct person_times *t = times_of(model_people(m), i);
    sum += fmax(t->day.mean, fmax(at_night(t)->mean, at_weekends(t)->mean));
  }
  return sum * 1e-9;
}

bool people_follow_the_clock(const struct model *m) {
  const struct people_config *p = model_people(m);
  for (enum person_step i = 0; p && i < PERSON_STEPS; i++)
    if (times_of(p, i)->night.kind || times_of(p, i)->weekend.kind) return true;
  return false;
}

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static const struct field times_fields[] = {
    KEY("day", DISTRIBUTION, person_times, day, .doc = "On a working day."),
    KEY("night", DISTRIBUTION, person_times, night, OPTIONAL, .doc = "In the night of a working day. Absent: as by day."),
    KEY("weekend", DISTRIBUTION, person_times, weekend, OPTIONAL, .doc = "On Saturday and Sunday. Absent: as at night."),
    {0}};
static const struct record times_record = {.name = "times of a person",
                                           .size = sizeof(struct person_times),
                                           .fields = times_fields,
                                           .doc = "How long a step takes, by the hour at which it begins.",
                                           .shorthand = "day"};

static const struct field people_fields[] = {
    KEY("acknowledge", RECORD, people_config, acknowledge,
        .fallback = "{\"day\": {\"uniform\": {\"low\": \"5min\", \"high\": \"15min\"}}, "
                    "\"night\": {\"uniform\": {\"low\": \"1h\", \"high\": \"8h\"}}}",
        .record = &times_record, .doc = "From the page until a person looks.", .assumed = true,
        .source = "assumed: an estimate for the only engineer of a small team; a paged rota takes about 5 min (recalled from "
                  "Google's SRE book, chapter 11)"),
    KEY("diagnose", RECORD, people_config, diagnose,
        .fallback = "{\"day\": {\"uniform\": {\"low\": \"10min\", \"high\": \"30min\"}}}", .record = &times_record,
        .doc = "From then until it is clear what to do.", .assumed = true, .source = "assumed: an estimate"),
    KEY("act", RECORD, people_config, act, .fallback = "{\"day\": {\"uniform\": {\"low\": \"2min\", \"high\": \"10min\"}}}",
        .record = &times_record, .doc = "From then until it is done, or until the machine has what it needs for \"repair\".",
        .assumed = true, .source = "assumed: an estimate of what a rollback takes"),
    KEY("day_begins", CLOCK, people_config, day_begins, DEFAULT("08:00"), .doc = "When a night ends."),
    KEY("day_ends", CLOCK, people_config, day_ends, DEFAULT("20:00"), .doc = "When a night begins."),
    {0}};
static const struct record people_record = {.name = "people",
                                            .size = sizeof(struct people_config),
                                            .fields = people_fields,
                                            .doc = "The engineers on call, who repair what no machine does."};
static const struct field root_keys[] = {KEY("people", RECORD, people, config, OPTIONAL, .record = &people_record, .apart = true,
                                             .doc = "Who repairs faults with \"by\": \"person\", and how long that takes."),
                                         {0}};
const struct record people_root_record = {.name = "people of a scenario", .size = sizeof(struct people), .fields = root_keys};

static void link_people(struct linker *l, enum link_stage stage) {
  const struct people_config *p = stage == LINK_FIRST ? model_people(l->model) : NULL;
  if (p && p->day_begins == p->day_ends)
    link_error(l, "people", "day_ends", "the day ends when it begins: give other hours, or no \"night\" where there is none");
}

const struct part part_people = {.name = "people", .link = link_people, .keys.root = &people_root_record};
