#include "models/release/release.h"
#include "models/availability/outage.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/faults/ailing.h"
#include "models/faults/crew.h"
#include "models/faults/keys_of_loss.h"
#include "models/release/rollout.h"
#include "models/release/split.h"
#include "models/release/strategies.h"
#include "models/service/probe.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <string.h>

/* --- at work: a release is a fault ------------------------------------------------------------------------------------------- */

static const struct release_config *release_of(const struct world *w, uint32_t fault) {
  return model_fault_at(w->model, fault)->release;
}

static uint32_t index_of(const struct world *w, const struct release_config *r) {
  return (uint32_t)(r - model_release(w->model, 0));
}

static struct rollout *rollout_of(const struct world *w, const struct release_config *r, uint32_t i) {
  return &world_releases(w)->of[r->services.reference[i]];
}

/* One that finds the last one of a service under way, or not taken back yet, is left out. */
static bool stands(const struct world *w, uint32_t fault) {
  const struct release_config *r = release_of(w, fault);
  for (uint32_t i = 0; i < r->services.count; i++)
    if (rollout_of(w, r, i)->active || rollout_of(w, r, i)->bad) return false;
  return true;
}

static void strike(struct world *w, const struct fault_config *f, uint32_t fault) {
  const struct release_config *r = f->release;
  if (!stands(w, fault)) {
    meter_count(w, r->left_out_meter);
    return;
  }
  struct release_state *state = &world_releases(w)->each[index_of(w, r)];
  double drawn = stream_uniform(&state->draws);
  state->bad = r->bad && drawn < r->bad->probability;
  if (state->bad) meter_count(w, r->bad_meter);
  outage_holds(w, fault);
  for (uint32_t i = 0; i < r->services.count; i++)
    rollout_begins(rollout_of(w, r, i), r, state->bad ? r->bad_ones[i] : r->good[i], state->bad);
}

/* A bad one is taken back, unless its strategy has done so. */
static void repair(struct world *w, uint32_t fault) {
  const struct release_config *r = release_of(w, fault);
  struct release_state *state = &world_releases(w)->each[index_of(w, r)];
  if (!state->bad) return;
  state->bad = false;
  for (uint32_t i = 0; i < r->services.count; i++) {
    struct rollout *o = rollout_of(w, r, i);
    if (o->release == r && o->bad && !o->back) rollout_back(o);
  }
}

void release_ended(struct world *w, const struct release_config *r) {
  for (uint32_t i = 0; i < r->services.count; i++) {
    const struct rollout *o = rollout_of(w, r, i);
    if (o->release == r && (o->active || o->bad)) return;
  }
  outage_lets_go(w, r->number);
  parts_changed(w);
}

static void nothing_to_link(struct linker *l, const struct fault_config *f, const char *path) { (void)l, (void)f, (void)path; }

static const struct fault_kind release_kind = {.member = {.word = "release"},
                                               .root = "releases",
                                               .covers = COVERS_RELEASES,
                                               .goes_on = true,
                                               .link = nothing_to_link,
                                               .reach = ailing_reach,
                                               .count = fault_of_one,
                                               .outage_s = fault_until_repair,
                                               .target_after = ailing_target_after,
                                               .number = fault_of_one_number,
                                               .stands = stands,
                                               .strike = strike,
                                               .repair = repair};

/* --- versions ---------------------------------------------------------------------------------------------------------------- */

static bool is_asked(const struct model *m, const struct service_config *s) {
  if (m->platform.kind->updates == UPDATES_BY_PODS) return true; /* a pod has a readiness probe, stated or not */
  return service_probed(s, PROBE_STARTUP) || service_probed(s, PROBE_READINESS) || service_probed(s, PROBE_LIVENESS);
}

/* Few enough bits that sums of such shares are the same in any order. */
static double rounded(double share) { return floor(share * 0x1p40 + 0.5) * 0x1p-40; }

static struct service_config *copy_of(struct linker *l, const struct service_config *s, const struct release_config *r) {
  struct service_config *v = arena_alloc(l->arena, sizeof *v);
  *v = *s;
  v->traits = (struct version_traits){.slower_by = r->slower - 1, .errors = rounded(r->errors), .failed = r->failed_meter};
  if (r->start.kind) v->start = r->start;
  if (r->memory >= 0 && s->memory.base) v->memory.base = r->memory;
  if (r->leak >= 0 && s->memory.base) v->memory.leak = r->leak;
  return v;
}

static void spoil(const struct model *m, struct service_config *v, const struct bad_config *bad) {
  struct version_traits *t = &v->traits;
  switch ((enum bad_kind)bad->kind) {
  case BAD_ERRORS:
    t->errors = rounded(1 - (1 - t->errors) * (1 - bad->errors));
    break;
  case BAD_SLOW:
    t->slower_by = (1 + t->slower_by) * bad->slower - 1;
    break;
  case BAD_LEAK:
    v->memory.leak = bad->leak;
    break;
  case BAD_NEVER_READY: /* where nothing asks, it is sent requests that it refuses */
    t->never_ready = is_asked(m, v);
    if (!t->never_ready) t->errors = 1;
    break;
  case BAD_NEVER_STARTS:
    t->never_starts = true;
    break;
  }
}

static void make_versions(struct linker *l, struct release_config *r) {
  r->good = arena_new_array(l->arena, const struct service_config *, r->services.count);
  if (r->bad) r->bad_ones = arena_new_array(l->arena, const struct service_config *, r->services.count);
  for (uint32_t i = 0; i < r->services.count; i++) {
    const struct service_config *s = model_service(l->model, (uint32_t)r->services.reference[i]);
    r->good[i] = copy_of(l, s, r);
    if (!r->bad) continue;
    struct service_config *v = copy_of(l, s, r);
    spoil(l->model, v, r->bad);
    r->bad_ones[i] = v;
  }
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

static void check_service(struct linker *l, const struct release_config *r, const struct service_config *s, const char *path) {
  if (s->kind == SERVICE_EXTERNAL)
    link_error(l, path, "services",
               "\"%s\" is external, and its releases are not yours: a fault of kind dependency is one that fails", s->name);
  else if (!service_runs(s))
    link_error(l, path, "services", "\"%s\" is a file and has no processes: release the service that opens it", s->name);
  bool leaks = r->leak > 0 || r->memory >= 0 || (r->bad && r->bad->kind == BAD_LEAK);
  if (leaks && !s->memory.base)
    link_error(l, path, "services", "\"%s\" has no \"memory\": a version of it cannot take more of it", s->name);
}

static void check_bad(struct linker *l, const struct release_config *r, const char *path) {
  const struct bad_config *bad = r->bad;
  const char *at = arena_format(l->arena, "%s.bad", path);
  if (bad->kind == BAD_SLOW && !(bad->slower > 1))
    link_error(l, at, "slower", "a release that is slow needs \"slower\": more than 1");
  if (bad->kind == BAD_LEAK && !bad->leak) link_error(l, at, "leak", "a release that leaks needs \"leak\": bytes a request");
}

static void add_fault(struct linker *l, struct release_config *r) {
  struct config_list *faults = model_faults(l->model);
  const char *path = arena_format(l->arena, "releases.%s", r->name);
  for (uint32_t i = 0; i < faults->count; i++)
    if (!strcmp(model_fault_at(l->model, i)->name, r->name))
      link_error(l, path, NULL, "a fault has the same name, and claims would not know which of them is meant");
  struct fault_config *more = arena_new_array(l->arena, struct fault_config, faults->count + 1);
  if (faults->count) memcpy(more, faults->items, faults->count * sizeof *more);
  r->number = faults->count;
  faults->items = more, faults->count++;
  struct fault_config *f = &r->fault;
  f->name = r->name, f->kind = &release_kind, f->release = r;
  f->service = f->region = -1, f->errors = f->share = NAN, f->slower = f->times = f->probability = 1;
  f->mtbf = r->rate > 0 ? (sim_time)fmin(1e9 / r->rate, 9e18) : SIM_NEVER;
  if (!r->bad) f->detect = f->repair = distribution_constant(0), f->by = BY_ITSELF, f->crew = -1;
  more[r->number] = *f;
}

static void declare(struct model *m, struct release_config *r) {
  r->took_meter = meter_declare(m, r->name, "took", METER_TIME, "From the beginning of a roll-out until it is done or taken back.");
  r->bad_meter = meter_declare(m, r->name, "bad", METER_COUNT, "Releases that were bad.");
  r->back_meter = meter_declare(m, r->name, "rolled_back", METER_COUNT, "Roll-outs that were taken back.");
  r->stuck_meter = meter_declare(m, r->name, "stuck", METER_COUNT, "Roll-outs without progress until their deadline.");
  r->false_meter = meter_declare(m, r->name, "false_aborts", METER_COUNT, "Good releases that a canary took back.");
  r->missed_meter = meter_declare(m, r->name, "missed", METER_COUNT, "Bad releases that a canary let through.");
  r->left_out_meter =
      meter_declare(m, r->name, "left_out", METER_COUNT,
                    "Times at which the last release was under way, or bad and not taken back yet, and none began.");
  r->failed_meter = meter_declare(m, r->name, "hit", METER_COUNT, "Requests that failed because of the version that they met.");
}

static void link_first(struct linker *l) {
  struct config_list *all = model_part(l->model, PART_releases);
  for (uint32_t i = 0; i < all->count; i++) {
    struct release_config *r = (struct release_config *)all->items + i;
    const char *path = arena_format(l->arena, "releases.%s", r->name);
    if (!r->services.count) link_error(l, path, "services", "names no service that could be released");
    for (uint32_t k = 0; k < r->services.count; k++)
      check_service(l, r, model_service(l->model, (uint32_t)r->services.reference[k]), path);
    if (r->bad) check_bad(l, r, path);
    add_fault(l, r);
    declare(l->model, r);
  }
  update_settle(l);
}

/* In years no request is played, and of a database it is only looked at whether a replica serves: that is the good side. */
static void warn_of_years(struct linker *l, const struct release_config *r) {
  if (!l->model->run.years || l->failed) return;
  const char *path = arena_format(l->arena, "releases.%s", r->name);
  for (uint32_t i = 0; i < r->services.count; i++) {
    const struct service_config *s = model_service(l->model, (uint32_t)r->services.reference[i]);
    bool fails = r->good[i]->traits.errors > 0 || (r->bad && r->bad_ones[i]->traits.errors > 0);
    if (fails && s->kind == SERVICE_DATABASE)
      link_warn(
          l, path, NULL, "release-unseen",
          "the share of calls that a version of the database \"%s\" fails is not seen in the years of \"run.years\": what it costs "
          "is in the run with requests only",
          s->name);
  }
}

static void link_releases(struct linker *l, enum link_stage stage) {
  if (stage == LINK_FIRST) link_first(l);
  if (stage == LINK_LAST && !l->failed && model_releases(l->model)->count) update_count_calls(l->model);
  struct config_list *all = model_part(l->model, PART_releases);
  for (uint32_t i = 0; i < all->count && stage == LINK_LAST && !l->failed; i++) {
    make_versions(l, (struct release_config *)all->items + i);
    warn_of_years(l, (struct release_config *)all->items + i);
  }
}

static bool used(const struct model *m) { return model_releases(m)->count > 0; }

static void releases_open(struct world *w) {
  struct releases *all = world_releases(w);
  all->of = arena_new_array(w->arena, struct rollout, w->model->services.count + 1);
  all->each = arena_new_array(w->arena, struct release_state, model_releases(w->model)->count + 1);
  rollouts_open(w);
  splits_open(w);
  for (uint32_t i = 0; i < model_releases(w->model)->count; i++)
    all->each[i].draws =
        stream_open(stream_key(w->seed, w->replication, PURPOSE_RELEASE, stream_entity(model_release(w->model, i)->name, 0)));
}

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static const char *const bad_words[] = {"errors", "slow", "leak", "never-ready", "never-starts", NULL};
static const struct field bad_fields[] = {
    KEY("probability", RATIO, bad_config, probability, RANGE(0, 1), .doc = "That a release is bad."),
    KEY("kind", WORD, bad_config, kind, DEFAULT("errors"), .words = bad_words,
        .doc =
            "What is wrong with it. errors: a share of its calls fails at once; slow: its computations take longer; leak: it keeps "
            "memory of each request; never-ready: its process starts for ever; never-starts: its process ends at once."),
    KEY("errors", RATIO, bad_config, errors, DEFAULT("100%"), RANGE(0, 1),
        .doc = "Of kind errors: the share of its calls that fails."),
    KEY("slower", NUMBER, bad_config, slower, DEFAULT(1), RANGE(1, 1e6),
        .doc = "Of kind slow: how many times as long its computations take."),
    KEY("leak", BYTES, bad_config, leak, DEFAULT("0B"), RANGE(0, 1e15),
        .doc = "Of kind leak: bytes that it keeps of each request."),
    {0}};
static const struct record bad_record = {.name = "bad release",
                                         .size = sizeof(struct bad_config),
                                         .fields = bad_fields,
                                         .doc = "How often a release is bad, and in which way."};

static const char *const by_words[] = {"itself", "person", NULL};
static const struct field fields[] = {
    KEY("services", REFERENCES, release_config, services, .target = "services",
        .doc = "The service that is brought out anew, or several at once."),
    KEY("every", CALENDAR, release_config, fault.every, OPTIONAL,
        .doc = "When: \"7d\", \"Tuesday 10:00\", \"weekdays 15:00\". A period begins at a random moment."),
    KEY("rate", RATE, release_config, rate, DEFAULT("0/s"), RANGE(0, 1),
        .doc = "Instead of \"every\": at random, so often in the mean: \"2/week\"."),
    KEY("at", LIST, release_config, fault.at, OPTIONAL, .record = &fault_time_record, .lone = true,
        .doc = "At this time of the run, or at each of these."),
    KEY("slower", NUMBER, release_config, slower, DEFAULT(1), RANGE(0.001, 1e6),
        .doc = "How many times as long the computations of the new version take."),
    KEY("errors", RATIO, release_config, errors, DEFAULT(0), RANGE(0, 1),
        .doc = "Share of the calls of the new version that fails."),
    KEY("start", DISTRIBUTION, release_config, start, OPTIONAL, .doc = "How long its processes take to start; absent: as before."),
    KEY("memory", BYTES, release_config, memory, DEFAULT("auto"), RANGE(0, 1e15), .automatic = "auto",
        .doc = "What one of its processes has resident (`memory.base`); auto: as before."),
    KEY("leak", BYTES, release_config, leak, DEFAULT("auto"), RANGE(0, 1e15), .automatic = "auto",
        .doc = "Bytes that it keeps of each request; auto: as before."),
    KEY("bad", RECORD, release_config, bad, OPTIONAL, .record = &bad_record, .apart = true,
        .doc = "How often a release is bad, and in which way; absent: never."),
    KEY("detect", DISTRIBUTION, release_config, fault.detect, DEFAULT("5min"),
        .doc = "How long a bad one is out before it is noticed, from the beginning of its roll-out.", .source = "an estimate",
        .assumed = true),
    KEY("by", WORD, release_config, fault.by, DEFAULT("itself"), .words = by_words,
        .doc = "Who takes a bad one back. person: an engineer acknowledges, diagnoses and acts first, as \"people\" says."),
    KEY("crew", REFERENCE, release_config, fault.crew, OPTIONAL, .target = "crews",
        .doc = "The crew that does it; absent: it waits for nobody."),
    KEY("rollback", DISTRIBUTION, release_config, fault.repair, DEFAULT("5min"),
        .doc = "From then until the roll-back begins, which is a roll-out itself.", .source = "2 to 10 min, an estimate",
        .assumed = true),
    KEY("planned", FLAG, release_config, fault.planned, DEFAULT(false),
        .doc = "Whether what it takes counts as planned maintenance, announced and apart."),
    {0}};
static const struct record release_record = {
    .name = "release", .size = sizeof(struct release_config), .fields = fields, .doc = "A new version of a service goes out."};
static const struct field root_fields[] = {
    ONLY_KEY("releases", MAP, OPTIONAL, .record = &release_record, .doc = "New versions of services, by name."), {0}};
static const struct record root_record = {
    .name = "releases of a scenario", .size = sizeof(struct config_list), .fields = root_fields};

const struct part part_releases = {.name = "releases",
                                   .used = used,
                                   .keys = {.root = &root_record, .service = &update_keys_record},
                                   .link = link_releases,
                                   .room.world = sizeof(struct releases),
                                   .open = releases_open,
                                   .changed = releases_look,
                                   .stops = rollout_stops,
                                   .audit = audit_releases};
