#include "models/faults/faults.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/faults/crew.h"
#include "models/faults/lives_inner.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/law.h"
#include "models/faults/targets.h"
#include "models/people/people.h"
#include "sim/engine/arena.h"
#include <math.h>

#define FAULT_MEMBER(name) &fault_##name.member,
static const struct member *const members[] = {FAULTS(FAULT_MEMBER) NULL};
static const struct family family = {.members = members, .last = true};

const char *const fault_disk_words[] = {"auto", "kept", "lost", NULL};

static const char *const by_words[] = {"itself", "person", NULL};
static const struct field time_fields[] = {
    ONLY_KEY("at", DURATION, RANGE(0, FIELD_UNLIMITED), .doc = "Time since the start of the run."), {0}};
const struct record fault_time_record = {.name = "time of a drill",
                                         .size = sizeof(sim_time),
                                         .fields = time_fields,
                                         .doc = "Written as the bare time.",
                                         .shorthand = "at"};

static const struct field fields[] = {
    KEY("kind", MEMBER, fault_config, kind, .family = &family, .doc = "What breaks."),
    KEY("mtbf", DURATION, fault_config, mtbf, DEFAULT("never"), RANGE(1e6, FIELD_UNLIMITED),
        .doc = "Mean time between a repair and the next fault of one node, replica, place or link, exponential."),
    KEY("uptime", DISTRIBUTION, fault_config, uptime, OPTIONAL,
        .doc = "Instead of \"mtbf\": the distribution of that time. At the start each node or replica is somewhere within that "
               "time, each at a point of its own."),
    KEY("by_hour", RECORD, fault_config, by_hour, OPTIONAL, .record = &by_hour_record, .apart = true,
        .doc = "With \"mtbf\": at which hours of the day it strikes more often; \"mtbf\" stays the mean."),
    KEY("again", RECORD, fault_config, again, OPTIONAL, .record = &again_record, .apart = true,
        .doc = "With \"mtbf\": for a while after a failure the next one of the same target is likelier."),
    KEY("every", CALENDAR, fault_config, every, OPTIONAL,
        .doc =
            "Instead of \"mtbf\": at certain times. A period such as \"30d\" begins at a random moment, of each target its own. A "
            "run begins on a Monday, the 1st of January (`run.weekday`); a year has 365 days."),
    KEY("probability", RATIO, fault_config, probability, DEFAULT(1),
        .doc = "With \"every\": that an event of the calendar strikes."),
    KEY("at", LIST, fault_config, at, OPTIONAL, .record = &fault_time_record, .lone = true,
        .doc = "A drill: the first node or replica breaks at this time, or at each of these."),
    KEY("planned", FLAG, fault_config, planned, DEFAULT(false),
        .doc = "Whether it is maintenance that was announced: its outages are counted apart."),
    KEY("count", INTEGER, fault_config, count, OPTIONAL, RANGE(1, 1000000),
        .doc = "A strike takes this many targets at once, drawn among all that are there; \"mtbf\" is that of the strike. Absent: "
               "each target breaks on its own."),
    KEY("share", RATIO, fault_config, share, OPTIONAL, RANGE(0, 1), .open_range_low = true,
        .doc = "Instead of \"count\": this share of the targets, rounded up."),
    KEY("detect", DISTRIBUTION, fault_config, detect, OPTIONAL,
        .doc = "How long it takes until a repair is asked for. Absent: none."),
    KEY("by", WORD, fault_config, by, DEFAULT("itself"), .words = by_words,
        .doc = "What repairs it. person: an engineer acknowledges, diagnoses and acts first, as \"people\" says; then \"repair\", "
               "where it is given, is the time of the machine."),
    KEY("crew", REFERENCE, fault_config, crew, OPTIONAL, .target = "crews",
        .doc = "The crew that repairs it; absent: a repair waits for nothing."),
    {0}};
const struct record fault_record = {
    .name = "fault", .size = sizeof(struct fault_config), .fields = fields, .doc = "Something that breaks."};

static sim_time drill_at(const struct fault_config *f, uint32_t i) { return ((const sim_time *)f->at.items)[i]; }

static bool is_drilled(const struct fault_config *f) {
  for (uint32_t i = 0; i < f->at.count; i++)
    if (drill_at(f, i) != SIM_NEVER) return true;
  return false;
}

bool fault_repeats(const struct fault_config *f) { return f->law != NULL; }

/* Nothing is wrong with what it strikes. */
static bool link_kind(struct linker *l, const struct fault_config *f, const char *path) {
  bool failed = l->failed;
  l->failed = false;
  f->kind->link(l, f, path);
  bool good = !l->failed;
  l->failed |= failed;
  return good;
}

/* Of a fault for which the scenario gives no time at which it happens: what is typical of the kind, if that is known. */
static void assume_typical(const struct model *m, struct fault_config *f) {
  const struct fault_typical *t = &f->kind->typical;
  if (law_of(f) || f->at.count || !(t->mtbf_days > 0)) return;
  f->mtbf_assumed = true, f->uptime = distribution_exponential(t->mtbf_days * (double)SIM_DAY); /* may be more than a time holds */
  if (f->repair.kind || fault_needs_person(m, f) || !(t->median_min > 0)) return;
  f->repair_assumed = true;
  f->repair = distribution_lognormal(t->median_min * 60e9, t->p95_min * 60e9);
}

const char *fault_assumed(const struct model *m, uint32_t n, bool repair, const char **source, struct arena *arena) {
  const struct fault_config *f = model_fault_at(m, n);
  const struct fault_typical *t = &f->kind->typical;
  *source = repair ? t->repair_source : t->mtbf_source;
  if (repair)
    return f->repair_assumed ? arena_format(arena, "median %.3g h, 95%% within %.3g h", t->median_min / 60, t->p95_min / 60) : NULL;
  if (!f->mtbf_assumed) return NULL;
  bool long_time = t->mtbf_days >= 365;
  return arena_format(arena, "%.3g%s", long_time ? t->mtbf_days / 365 : t->mtbf_days, long_time ? "y" : "d");
}

static const char *path_of(struct linker *l, const struct fault_config *f) {
  return arena_format(l->arena, "%s.%s", f->kind->root ? f->kind->root : "faults", f->name);
}

static void link_fault(struct linker *l, struct fault_config *f) {
  const char *path = path_of(l, f);
  targets_settle(l->model, f);
  assume_typical(l->model, f);
  bool good = link_kind(l, f, path);
  law_link(l, f, path);
  if (!fault_repeats(f) && !is_drilled(f))
    link_error(l, path, NULL, "never happens: give %s\"every\" or \"at\"", f->release ? "\"rate\", " : "\"mtbf\", \"uptime\", ");
  repair_check(l, f, path);
  if (good && fault_draws(f)) pool_check(l, f, path);
}

void faults_link(struct linker *l) {
  struct fault_config *all = model_faults(l->model)->items;
  for (uint32_t i = 0; i < model_faults(l->model)->count; i++) link_fault(l, &all[i]);
}

static bool is_named(const struct references *names, uint32_t index) {
  for (uint32_t i = 0; i < names->count; i++)
    if (names->reference[i] == (int32_t)index) return true;
  return false;
}

/* Every key of the timing is named here. */
void fault_only_at(struct fault_config *f, sim_time *at) {
  f->mtbf = SIM_NEVER;
  f->uptime = (struct distribution){0};
  f->every = (struct calendar_rule){0};
  f->by_hour = NULL, f->again = NULL, f->law = NULL;
  f->at = (struct config_list){at, at ? 1 : 0};
}

bool fault_takes_group(const struct model *m, const struct fault_config *f, uint32_t group) {
  struct fault_reach lost = f->kind->reach(m, f);
  return is_named(&lost.groups, group);
}

bool fault_takes_nodes(const struct model *m, const struct fault_config *f, uint32_t group) {
  struct fault_reach lost = f->kind->reach(m, f);
  const struct node_group *g = model_nodes(m, group);
  return is_named(&lost.groups, group) ||
         (g->first_zone < lost.first_zone + lost.zones && lost.first_zone < g->first_zone + g->zone_count);
}

bool fault_takes_service(const struct model *m, const struct fault_config *f, uint32_t service) {
  struct fault_reach lost = f->kind->reach(m, f);
  return is_named(&lost.services, service);
}

double fault_of_one(const struct model *m, const struct fault_config *f) {
  (void)m, (void)f;
  return 1;
}

uint32_t fault_of_one_number(const struct world *w, const struct fault_config *f, uint32_t target) {
  (void)w, (void)f, (void)target;
  return 0;
}

/* --- the part ---------------------------------------------------------------------------------------------------------------- */

/* Targets broken in a nanosecond. */
static double strike_rate(const struct model *m, const struct fault_config *f) {
  double targets = f->kind->count(m, f);
  if (!f->law) return 0;
  return (fault_draws(f) ? pool_takes(f, (uint32_t)targets) : targets) / fmax(f->law->mean(f), 1);
}

double fault_strikes_a_year(const struct model *m) {
  double strikes = 0;
  for (uint32_t i = 0; i < model_faults(m)->count; i++) strikes += strike_rate(m, model_fault_at(m, i)) * (double)SIM_YEAR;
  return strikes;
}

/* An estimate before anything runs: a slip of a unit must not cost a night. */
static void check_work(struct linker *l) {
  const struct model *m = l->model;
  double faults = fault_strikes_a_year(m) * (double)m->run.years;
  if (faults > 2e7) link_error(l, "run", "years", "would play about %.2g faults; the limit is 2e7", faults);
}

/* The answer is right all the same. */
static void warn_of_long_repairs(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    const struct fault_config *f = model_fault_at(m, i);
    double repair = f->kind->repair && f->law ? f->kind->outage_s(m, f) : 0, apart = f->law ? f->law->mean(f) * 1e-9 : 0;
    if (repair > apart)
      link_warn(l, path_of(l, f), NULL, "repair-longer",
                "takes longer to repair (%.3g h) than until it strikes again (%.3g h): a target is broken most of the time",
                repair / 3600, apart / 3600);
  }
}

static void mark_ailing(struct linker *l) {
  for (uint32_t i = 0; i < model_faults(l->model)->count; i++) {
    const struct fault_config *f = model_fault_at(l->model, i);
    if (f->kind->marks) f->kind->marks(l, f);
  }
}

static void link_faults(struct linker *l, enum link_stage stage) {
  if (stage == LINK_FIRST) mark_ailing(l);
  if (stage == LINK_RUN) faults_link(l);
  if (stage == LINK_WORK) check_work(l), warn_of_long_repairs(l);
}

static enum steadiness steadiness_of(const struct model *m, const struct fault_config *f) {
  if (is_drilled(f) || (f->law == &law_calendar && !f->every.period_ns)) return TIMED;
  if (people_follow_the_clock(m) && fault_needs_person(m, f)) return TIMED;
  return f->law == &law_hours ? DAILY : STEADY;
}

static enum steadiness faults_steadiness(const struct model *m) {
  enum steadiness least = STEADY;
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    enum steadiness s = steadiness_of(m, model_fault_at(m, i));
    if (s > least) least = s;
  }
  return least;
}

const struct part part_faults = {.name = "faults",
                                 .link = link_faults,
                                 .steadiness = faults_steadiness,
                                 .keys.root = &faults_root_record,
                                 .room.world = sizeof(struct faults),
                                 .start = faults_start,
                                 .serves = faults_wake,
                                 .joins = faults_join};

static const struct field root_keys[] = {ONLY_KEY("faults", MAP, OPTIONAL, .record = &fault_record, .doc = "What breaks, by name."),
                                         {0}};
const struct record faults_root_record = {.name = "faults of a scenario", .size = sizeof(struct config_list), .fields = root_keys};
