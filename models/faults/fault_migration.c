#include "models/faults/migration.h"
#include "models/availability/outage.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/database/database.h"
#include "models/faults/ailing.h"
#include "models/faults/faults.h"
#include "sim/engine/arena.h"
#include <math.h>

enum stage { STAGE_DUMP, STAGE_TRANSFER, STAGE_RESTORE, STAGE_VERIFY, STAGE_CUT_OVER, STAGE_ROLLBACK, STAGES };

static const enum outage_phase phases[STAGES] = {PHASE_DUMP,   PHASE_TRANSFER, PHASE_RESTORE,
                                                 PHASE_VERIFY, PHASE_CUT_OVER, PHASE_ROLLBACK};

struct migration {
  struct world *world;
  const struct fault_config *config;
  uint32_t fault;
  bool runs, retries; /* a try is under way; one has failed and the next will come */
  bool ails;
  enum stage stage;
  sim_time begun;
  struct stream draws;
  slot_id next;
};

/* --- how long ---------------------------------------------------------------------------------------------------------------- */

static double seconds_at(int64_t bits_per_s, int64_t bytes) {
  return bits_per_s == INT64_MAX ? 0 : 8. * (double)bytes / (double)bits_per_s;
}

static enum stage slowest(const double *s) {
  enum stage most = STAGE_DUMP;
  for (int i = STAGE_TRANSFER; i <= STAGE_RESTORE; i++)
    if (s[i] > s[most]) most = (enum stage)i;
  return most;
}

/* Of a stage that copies or reads; of overlapping ones the slowest takes all the time. */
static double copying_s(const struct migration_config *c, enum stage stage) {
  double s[STAGES] = {[STAGE_DUMP] = seconds_at(c->dump, c->data),
                      [STAGE_TRANSFER] = seconds_at(c->transfer, c->data),
                      [STAGE_RESTORE] = seconds_at(c->restore, c->data),
                      [STAGE_VERIFY] = seconds_at(c->verify_rate, c->data)};
  return c->piped && stage <= STAGE_RESTORE && stage != slowest(s) ? 0 : s[stage];
}

static const struct distribution *stated(const struct migration_config *c, enum stage stage) {
  static const struct distribution nothing = {0};
  if (stage == STAGE_VERIFY) return &c->verify;
  if (stage == STAGE_CUT_OVER || (stage == STAGE_ROLLBACK && !c->rollback.kind)) return &c->cut_over;
  return stage == STAGE_ROLLBACK ? &c->rollback : &nothing;
}

static sim_time lasts(struct migration *g) {
  const struct migration_config *c = &g->config->migration;
  const struct distribution *d = stated(c, g->stage);
  sim_time copying = (sim_time)fmin(copying_s(c, g->stage) * 1e9, 1e18);
  return copying + (d->kind ? distribution_sample_time(d, &g->draws) : 0);
}

/* Of a try that succeeds, in the mean. */
static double outage_s(const struct model *m, const struct fault_config *f) {
  (void)m;
  double sum = 0;
  for (enum stage stage = STAGE_DUMP; stage <= STAGE_CUT_OVER; stage++)
    sum += copying_s(&f->migration, stage) + stated(&f->migration, stage)->mean * 1e-9;
  return sum;
}

/* --- at work ----------------------------------------------------------------------------------------------------------------- */

static struct affliction affliction_of(const struct fault_config *f, enum stage stage) {
  struct affliction is = {.outcome = OUTCOME_NO_BACKEND, .slower = 1};
  int32_t stops = stage == STAGE_CUT_OVER ? STOPS_ALL : f->migration.stops;
  bool copies = stage <= STAGE_RESTORE && (stage == STAGE_DUMP || f->migration.piped);
  is.fails = stops != STOPS_AT_CUT_OVER;
  if (stops == STOPS_WRITES) is.writes = true, is.outcome = OUTCOME_ERROR;
  if (copies && stops != STOPS_ALL) is.slower = f->slower;
  return is;
}

static void ails_no_more(struct migration *g) {
  if (g->ails) ailing_ends(g->world, g->fault);
  g->ails = false;
}

static void follow_stage(struct migration *g) {
  struct affliction is = affliction_of(g->config, g->stage);
  ails_no_more(g);
  g->ails = is.fails > 0 || is.slower > 1;
  if (g->ails) ailing_begins(g->world, g->config, g->fault, is);
  parts_staged(g->world);
}

static void enter(struct migration *g, enum stage stage) {
  g->stage = stage;
  follow_stage(g);
  calendar_set(g->world->calendar, g->next, world_after(g->world, lasts(g)));
}

static void begins(struct migration *g) {
  g->runs = true, g->retries = false, g->begun = world_now(g->world);
  meter_count(g->world, g->config->migration.tries);
  outage_holds(g->world, g->fault);
  enter(g, STAGE_DUMP);
}

static void ends(struct migration *g) {
  struct world *w = g->world;
  const struct migration_config *c = &g->config->migration;
  g->runs = false, g->retries = g->stage == STAGE_ROLLBACK;
  ails_no_more(g);
  meter_time(w, c->took, world_now(w) - g->begun);
  outage_lets_go(w, g->fault);
  parts_changed(w);
  if (g->retries) calendar_set(w->calendar, g->next, world_after(w, distribution_sample_time(&c->retry, &g->draws)));
}

static void is_verified(struct migration *g) {
  const struct migration_config *c = &g->config->migration;
  bool failed = c->fails > 0 && stream_uniform(&g->draws) < c->fails;
  if (failed) meter_count(g->world, c->failed);
  enter(g, failed ? STAGE_ROLLBACK : STAGE_CUT_OVER);
}

/* Handler: a stage is over, or it is time for the next try. */
static void continues(void *migration, uint32_t unused) {
  (void)unused;
  struct migration *g = migration;
  if (g->retries)
    outage_fault(g->world, g->fault), begins(g);
  else if (g->stage >= STAGE_CUT_OVER)
    ends(g);
  else if (g->stage == STAGE_VERIFY)
    is_verified(g);
  else
    enter(g, (enum stage)(g->stage + 1));
}

static struct migration *migration_of(struct world *w, uint32_t fault) {
  struct migration *g = world_faults(w)->kept[fault];
  if (g) return g;
  g = world_faults(w)->kept[fault] = arena_new_array(w->arena, struct migration, 1);
  *g = (struct migration){.world = w, .config = model_fault_at(w->model, fault), .fault = fault};
  g->draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_MIGRATION, stream_entity(g->config->name, 0)));
  g->next = calendar_slot(w->calendar, continues, g, 0);
  return g;
}

static bool stands(const struct world *w, uint32_t fault) {
  const struct migration *g = world_faults(w)->kept[fault];
  return !g || !(g->runs || g->retries);
}

static void strike(struct world *w, const struct fault_config *f, uint32_t fault) {
  if (stands(w, fault))
    begins(migration_of(w, fault));
  else
    meter_count(w, f->migration.left_out);
}

static enum outage_phase waits_for(const struct world *w, uint32_t fault) {
  const struct migration *g = world_faults(w)->kept[fault];
  return g && g->runs ? phases[g->stage] : PHASE_REPAIR;
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

static void declare(struct model *m, const char *name, struct migration_config *c) {
  c->took =
      meter_declare(m, name, "took", METER_TIME, "From the beginning of a try until its database, the new or the old, serves.");
  c->tries = meter_declare(m, name, "tries", METER_COUNT, "Tries that were begun.");
  c->failed = meter_declare(m, name, "failed", METER_COUNT, "Tries whose verification failed.");
  c->left_out = meter_declare(m, name, "left_out", METER_COUNT, "Times at which the last migration was not over, and none began.");
}

static void check_service(struct linker *l, const struct service_config *s, const char *path) {
  if (s->kind != SERVICE_DATABASE)
    link_error(l, path, "service", "\"%s\" is not of kind database: it keeps no data to move", s->name);
  else if (s->replicas_by_region.count > 1)
    link_error(l, path, "service",
               "\"%s\" has replicas in several regions, and how the data reach each of them is not modelled: migrate it as a "
               "fault of kind maintenance, whose length you work out",
               s->name);
}

static void check_length(struct linker *l, const struct service_config *s, const struct migration_config *c, const char *path) {
  if (!c->data && s->kind == SERVICE_DATABASE)
    link_error(l, path, NULL, "needs \"data\", how much is moved: \"%s\" does not say how much it holds (database.data)", s->name);
  if (c->fails > 0 && !c->verify.kind && c->verify_rate == INT64_MAX)
    link_error(l, path, "fails", "is of a verification: give \"verify\" or \"verify_rate\", how long that takes");
  if (c->fails >= 1) link_error(l, path, "fails", "no try would ever succeed: less than 1");
}

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  struct fault_config *own = (struct fault_config *)(uintptr_t)f;
  struct migration_config *c = &own->migration;
  const struct service_config *s = f->service < 0 ? NULL : model_service(l->model, (uint32_t)f->service);
  own->planned = true;
  if (!s) {
    link_error(l, path, NULL, "a fault of kind migration needs a \"service\": the database whose data are moved");
    return;
  }
  if (!c->data && s->kind == SERVICE_DATABASE) c->data = service_database(s)->data;
  check_service(l, s, path);
  check_length(l, s, c, path);
  declare(l->model, f->name, c);
}

static const char *const stops_words[] = {"all", "writes", "cut-over", NULL};
#define COPYING "bytes a second, of the whole database"
static const struct field keys[] = {
    KEY("service", REFERENCE, fault_config, service, OPTIONAL, .target = "services", .doc = "The database whose data are moved."),
    KEY("data", BYTES, fault_config, migration.data, OPTIONAL, RANGE(1, 1e18),
        .doc = "How much is moved. Absent: the \"data\" of its \"database\"."),
    KEY("dump", BANDWIDTH, fault_config, migration.dump, DEFAULT("50MB/s"), RANGE(1, FIELD_UNLIMITED),
        .doc = "How fast it is dumped, " COPYING ".", .source = "50 to 150 MB/s, an estimate: measure it", .assumed = true),
    KEY("transfer", BANDWIDTH, fault_config, migration.transfer, DEFAULT("unlimited"), RANGE(1, FIELD_UNLIMITED),
        .doc = "How fast the dump gets to the new machine; unlimited: it takes no time."),
    KEY("restore", BANDWIDTH, fault_config, migration.restore, DEFAULT("50MB/s"), RANGE(1, FIELD_UNLIMITED),
        .doc = "How fast it is restored, " COPYING ", with its indexes.", .source = "50 to 150 MB/s, an estimate: measure it",
        .assumed = true),
    KEY("piped", FLAG, fault_config, migration.piped, DEFAULT(false),
        .doc = "Whether dump, transfer and restore overlap, as in a pipe: the slowest says how long they take. Else one begins "
               "when the one before it has ended."),
    KEY("verify", DISTRIBUTION, fault_config, migration.verify, OPTIONAL,
        .doc = "How long it is verified before the cut-over. Absent: no longer than \"verify_rate\" says."),
    KEY("verify_rate", BANDWIDTH, fault_config, migration.verify_rate, DEFAULT("unlimited"), RANGE(1, FIELD_UNLIMITED),
        .doc = "How fast the data are read to verify them, in addition to \"verify\"; unlimited: it takes no time."),
    KEY("cut_over", DISTRIBUTION, fault_config, migration.cut_over, DEFAULT("5min"),
        .doc = "How long it takes to send all callers to the new database. Nothing is served meanwhile.", .source = "an estimate",
        .assumed = true),
    KEY("stops", WORD, fault_config, migration.stops, DEFAULT("all"), .words = stops_words,
        .doc = "What is not served from the dump to the cut-over. all: nothing of the database is; writes: it is read only; "
               "cut-over: all is served, because the new database follows the old one, and \"cut_over\" is the outage."),
    KEY("slower", NUMBER, fault_config, slower, DEFAULT(1), RANGE(1, 1e6),
        .doc = "The computations of the database take this many times as long while it is dumped and still serves."),
    KEY("fails", RATIO, fault_config, migration.fails, DEFAULT(0), RANGE(0, 1),
        .doc =
            "Probability that a verification fails: then the old database serves again, and the next try comes after \"retry\"."),
    KEY("rollback", DISTRIBUTION, fault_config, migration.rollback, OPTIONAL,
        .doc = "How long it takes after a verification that fails until the old database serves again. Absent: as \"cut_over\"."),
    KEY("retry", DISTRIBUTION, fault_config, migration.retry, DEFAULT("1d"),
        .doc = "From the end of a try that failed until the next one begins.", .source = "the next night, an estimate",
        .assumed = true),
    {0}};
const struct fault_kind fault_migration = {
    .member = {.word = "migration",
               .doc = "The data of a database are dumped, restored elsewhere, verified and cut over. Counts as planned.",
               .keys = keys},
    .goes_on = true,
    .covers = COVERS_MAINTENANCE,
    .marks = ailing_marks,
    .link = link,
    .reach = ailing_reach,
    .count = fault_of_one,
    .outage_s = outage_s,
    .target_after = ailing_target_after,
    .number = fault_of_one_number,
    .stands = stands,
    .strike = strike,
    .waits_for = waits_for};
