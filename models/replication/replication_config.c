#include "models/replication/replication.h"
#include "models/volume/volume.h"
#include "models/traffic/offered.h"
#include "models/traffic/source.h"
#include "models/replication/shard.h"
#include "models/core/meter.h"
#include "models/core/model.h"
#include "sim/engine/arena.h"
#include "models/request/operation.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/network/network.h"
#include "models/platform/placement.h"
#include <stdlib.h>
#include <string.h>

static const char *const mode_words[] = {"asynchronous", "semi-synchronous", "synchronous", "synchronous-apply", NULL};

/* Where a manager looks after the replicas. */
#define DROP_AFTER (5 * SIM_S)

static const char *const reads_words[] = {"any", "local", NULL};

static const struct field role_fields[] = {KEY("name", TEXT, replica_role, name, .doc = "What queries say in \"on\"."), {0}};
static const struct record role_record = {.name = "role",
                                          .size = sizeof(struct replica_role),
                                          .fields = role_fields,
                                          .doc = "What a replica is for.",
                                          .shorthand = "name"};

static const struct field backup_fields[] = {KEY("every", DURATION, backup_config, every, RANGE(1e9, 3.1536e17),
                                                 .doc = "Time from one backup to the next: the most that can be lost."),
                                             KEY("restore", DISTRIBUTION, backup_config, restore,
                                                 .doc = "How much longer the database takes to start on an empty disk.",
                                                 .source = "size / 50 to 150 MB/s, and the replay"),
                                             {0}};
const struct record backup_record = {.name = "backup",
                                     .size = sizeof(struct backup_config),
                                     .fields = backup_fields,
                                     .doc = "A lost machine takes its disk with it; what is left is the last backup.",
                                     .shorthand = "every"};

static const struct field fields[] = {
    KEY("mode", WORD, replication_config, mode, DEFAULT("asynchronous"), .words = mode_words,
        .doc = "Whether a commit waits for replicas: not at all; until they have received it, but for \"ack_wait\" at most; until "
               "they have flushed it; until reads there see it, both until lost replicas are dropped (\"drop_after\")."),
    KEY("workers", INTEGER, replication_config, workers, DEFAULT(4), RANGE(1, REPLICATION_WORKERS),
        .doc = "Writes that one replica applies at once; they become visible in their order.",
        .source = "MySQL replica_parallel_workers 4 since 8.0.27, 1 before; PostgreSQL replays with one process"),
    KEY("apply", DISTRIBUTION, replication_config, apply, OPTIONAL,
        .doc = "CPU time of applying one write on a reference core of the replica; absent: as much as the write took."),
    KEY("ship", DISTRIBUTION, replication_config, ship, OPTIONAL,
        .doc = "From the commit until a replica has received it, if nothing is ahead of it; absent: one way between their nodes."),
    KEY("flush", DISTRIBUTION, replication_config, flush, DEFAULT("0.1ms"),
        .doc = "Synchronous: a replica's disk, before it acknowledges.", .source = "NVMe 0.05 to 0.2 ms"),
    KEY("acks", INTEGER, replication_config, acks, DEFAULT(1), RANGE(1, 5000),
        .doc = "Replicas whose acknowledgement a commit waits for."),
    KEY("ack_wait", DURATION, replication_config, ack_wait, DEFAULT("10s"), RANGE(1, FIELD_YEAR),
        .doc = "Semi-synchronous: time after which commits no longer wait, until the replicas have caught up.",
        .source = "MySQL rpl_semi_sync_source_timeout 10 s"),
    KEY("drop_after", DURATION, replication_config, drop_after, OPTIONAL, RANGE(1, FIELD_UNLIMITED),
        .doc = "Synchronous: replicas lost for this long are left out, and commits no longer wait for them, until they have caught "
               "up; they are not promoted meanwhile. never: commits wait until they are back. Absent: 5s with \"failover\", else "
               "never.",
        .source = "Galera evs.suspect_timeout 5 s; DRBD timeout 6 s; Patroni synchronous_mode: the next look, every 10 s; "
                  "PostgreSQL on its own waits for ever"),
    KEY("max_lag", DURATION, replication_config, max_lag, DEFAULT("never"), RANGE(0, FIELD_YEAR),
        .doc = "A replica further behind than this gets no reads until it has caught up; never: it gets them."),
    KEY("after_write", DURATION, replication_config, after_write, DEFAULT("0s"), RANGE(0, FIELD_YEAR),
        .doc = "How long after a write its client reads at the primary, whatever \"on\" says."),
    KEY("max_standby_streaming_delay", DURATION, replication_config, max_standby_streaming_delay, OPTIONAL,
        RANGE(1, FIELD_UNLIMITED),
        .doc = "How long after its receipt a write waits for reads in progress on the replica that conflict with it; then they are "
               "cancelled (recovery_conflict). Absent: no write waits for reads, as in MySQL.",
        .source = "PostgreSQL: 30 s; its 0 is \"1ns\" and its -1 \"never\""),
    KEY("conflicts", RATIO, replication_config, conflicts, DEFAULT("1%"), RANGE(0, 1),
        .doc = "With \"max_standby_streaming_delay\": share of the writes that conflict with reads: they clean up old row versions "
               "or alter a table.",
        .source = "an assumption; with PostgreSQL's hot_standby_feedback near 0"),
    KEY("primary", REFERENCE, replication_config, primary, OPTIONAL, .target = "platform.regions",
        .doc = "The region of the first primary: its first replica there. Absent: the first replica, wherever it is."),
    KEY("reads", WORD, replication_config, reads, DEFAULT("any"), .words = reads_words,
        .doc =
            "any: reads go to any replica that \"on\" and \"max_lag\" allow; local: to one of them in the caller's region while it "
            "has one in rotation."),
    KEY("roles", LIST, replication_config, roles, OPTIONAL, .record = &role_record,
        .doc = "What the first, second, ... replica is for; queries name it in \"on\". Several may have the same role."),
    KEY("failover", RECORD, replication_config, failover, OPTIONAL, .record = &failover_record,
        .doc = "Absent: no replica is promoted; writes fail until the primary is back."),
    {0}};
const struct record replication_record = {.name = "replication",
                                          .size = sizeof(struct replication_config),
                                          .fields = fields,
                                          .doc = "How writes get from a database's primary, its first replica, to the others."};

int32_t replication_role(const struct replication_config *c, const char *name) {
  const struct replica_role *roles = c->roles.items;
  for (uint32_t i = 0; i < c->roles.count; i++)
    if (!strcmp(roles[i].name, name)) return (int32_t)i;
  return -1;
}

double replication_commit_s(const struct model *m, const struct service_config *s) {
  const struct replication_config *c = service_replication(s);
  if (c->mode == REPLICATION_ASYNCHRONOUS) return 0;
  double way = c->ack_way ? (double)c->ack_way : (double)placement_way(m, s, s), ns = (c->ship.kind ? c->ship.mean : way) + way;
  double more = c->mode == REPLICATION_SYNCHRONOUS ? c->flush.mean : c->mode == REPLICATION_SYNCHRONOUS_APPLY ? c->apply.mean : 0;
  return 1e-9 * (ns + more);
}

static void declare_failover(struct model *m, const char *name, struct failover_config *f) {
  if (failover_is_on(f) && failover_counts_phases(f)) {
    f->detect_time =
        meter_declare(m, name, "detect", METER_TIME, "From the loss of the primary until it is noticed, each promotion.");
    f->decide_time = meter_declare(m, name, "decide", METER_TIME,
                                   "From then until it is decided to promote a replica: diagnosis, missing votes.");
    f->promote_time = meter_declare(m, name, "promote", METER_TIME, "From then until the promoted replica takes writes.");
  }
  if (f->split_brain) f->two_primaries = meter_declare(m, name, "two_primaries", METER_LEVEL, "1 while two primaries take writes.");
}

static void declare_meters(struct model *m, struct service_config *s) {
  struct replication_config *c = service_replication(s);
  const char *name = s->name;
  c->lost_writes = meter_declare(m, name, "lost_writes", METER_COUNT, "Writes that were confirmed to clients and are lost.");
  c->rpo = meter_declare(m, name, "rpo", METER_TIME, "Age of the oldest lost write when the primary died, of every death.");
  if (!replication_is_on(c)) return;
  c->lag = meter_declare(m, name, "lag", METER_TIME, "From a commit until a replica has applied it, for every replica.");
  c->behind = meter_declare(m, name, "behind", METER_LEVEL, "Writes that the replica furthest behind has not applied.");
  meter_is_queue(m, c->behind);
  c->reads_after_write = meter_declare(m, name, "reads_after_write", METER_COUNT, "Reads by a client that has written here.");
  c->stale_reads = meter_declare(m, name, "stale_reads", METER_COUNT, "Of these, reads that did not see what their client wrote.");
  c->read_age = meter_declare(m, name, "read_age", METER_TIME, "How far behind the replica was, of every read at one.");
  if (replication_waits_for_reads(c)) {
    c->cancelled_reads =
        meter_declare(m, name, "cancelled_reads", METER_COUNT, "Reads that held up a replica's replay for too long.");
    c->replay_wait = meter_declare(m, name, "replay_wait", METER_TIME, "How long replay waited for reads, each time.");
  }
  if (c->mode == REPLICATION_SEMI_SYNCHRONOUS || (replication_is_synchronous(c) && c->drop_after != SIM_NEVER))
    c->degraded = meter_declare(m, name, "degraded", METER_COUNT, "Times that commits stopped waiting for replicas.");
  declare_failover(m, name, &c->failover);
  if (failover_is_on(&c->failover)) c->failovers = meter_declare(m, name, "failovers", METER_COUNT, "Promotions of a replica.");
}

static const char *wrong_replication(const struct model *m, const struct service_config *s, const char **key) {
  const struct replication_config *c = service_replication(s);
  *key = "replication";
  if (s->kind != SERVICE_DATABASE) return "is not of kind database: it has no log to replicate";
  if (s->autoscale.max) return "a replicated database cannot be scaled: its replicas would have to be copied first";
  int64_t copies = service_copies(s);
  if (shards_are_on(service_shards(s)) && copies < 2)
    return "its shards have no replica that could get the log: give \"replicas\" of twice the shards or more";
  if (copies < 2) return "has no replica that could get its log: give \"replicas\" of 2 or more";
  if (c->mode != REPLICATION_ASYNCHRONOUS && c->acks >= copies)
    return arena_format(m->arena, "commits would wait for %lld replicas next to the primary, and there are %lld",
                        (long long)c->acks, (long long)copies - 1);
  if (c->drop_after && !replication_is_synchronous(c))
    return "\"drop_after\" does nothing here: only synchronous commits wait for replicas that are lost";
  if (c->primary >= 0 && !model_regions(m)) return "\"primary\" is a region, and the scenario has none";
  if (c->reads == READS_LOCAL && !model_regions(m))
    return "\"reads\": \"local\" needs \"platform.regions\": without them all replicas are in one place";
  if (c->failover.split_brain && replication_is_synchronous(c) && c->drop_after == SIM_NEVER)
    return "\"split_brain\" does nothing here: the old primary would wait for its lost replicas for ever, and confirm nothing";
  if (c->failover.split_brain && shards_are_on(service_shards(s))) return "\"split_brain\" with \"shards\" is not modelled";
  if (c->roles.count >= copies)
    return arena_format(m->arena, "names %u roles, and next to the primary there are %lld replicas", c->roles.count,
                        (long long)copies - 1);
  const struct replica_role *roles = c->roles.items;
  for (uint32_t i = 0; i < c->roles.count; i++)
    if (!strcmp(roles[i].name, "any") || !strcmp(roles[i].name, "primary") || !strcmp(roles[i].name, "replicas"))
      return arena_format(m->arena, "a role \"%s\" means something else in \"on\"", roles[i].name);
  return NULL;
}

const char *replication_link(struct model *m, struct service_config *s, const char **key) {
  struct replication_config *c = service_replication(s);
  const char *wrong = replication_is_on(c) ? wrong_replication(m, s, key) : NULL;
  if (wrong) return wrong;
  service_volume(s)->lost_if_mute = service_backup(s)->every > 0;
  *key = "backup";
  if (service_backup(s)->every && s->kind != SERVICE_DATABASE) return "is not of kind database: nothing in it is worth a backup";
  if (!replication_is_on(c) && !service_backup(s)->every) return NULL;
  c->role_first = m->role_count;
  m->role_count += c->roles.count;
  if (!c->drop_after) c->drop_after = failover_is_on(&c->failover) ? DROP_AFTER : SIM_NEVER;
  declare_meters(m, s);
  return NULL;
}

static int later(const void *a, const void *b) {
  sim_time x = *(const sim_time *)a, y = *(const sim_time *)b;
  return (x > y) - (x < y);
}

/* One way to the last of the replicas that a commit waits for. */
static sim_time ack_way(const struct world *w, const struct replication *p, struct arena *arena) {
  sim_time *ways = arena_new_array(arena, sim_time, p->count);
  uint32_t count = 0, home = w->containers[*p->primary].node;
  for (uint32_t i = 0; i < p->count; i++) {
    uint32_t there = w->containers[p->first + i].node;
    if (there != NONE && home != NONE && p->first + i != *p->primary) ways[count++] = network_way(w, home, there);
  }
  qsort(ways, count, sizeof *ways, later);
  return count >= p->config->acks ? ways[p->config->acks - 1] : 0;
}

void replication_link_placed(struct linker *l, struct service_config *s, uint32_t index) {
  struct replication_config *c = service_replication(s);
  const struct world *w = l->trial;
  if (!replication_is_on(c) || !model_regions(l->model)) return;
  for (uint32_t k = 0; k < replications_of(&w->services[index]); k++) {
    const struct replication *p = &w->services[index].replication[k];
    sim_time way = ack_way(w, p, l->arena);
    c->ack_way = way > c->ack_way ? way : c->ack_way;
    if (!k) s->primary_region = container_region(w, &w->containers[*p->primary]);
    if (c->primary >= 0 && container_region(w, &w->containers[*p->primary]) != c->primary) {
      link_error(l, arena_format(l->arena, "services.%s.replication", s->name), "primary",
                 "no replica of \"%s\" is in region \"%s\"%s", s->name, model_region(l->model, (uint32_t)c->primary)->name,
                 k ? ", of each shard" : "");
      return;
    }
  }
}

/* --- what workers run, and how much there is for them ------------------------------------------------------------------------- */

static bool worker_is_done(struct world *w, struct request *r, const struct instruction *in) {
  replication_applied(w, r, in);
  return false;
}

static const struct operation operation_worker_done = {.name = "end of a worker", .run = worker_is_done, .ends = true};

static void compile_worker(struct program *p, int32_t service, struct arena *arena) {
  p->instructions = arena_new_array(arena, struct instruction, 2);
  p->count = 2, p->cell_count = 2, p->end = 1, p->network_cell = -1, p->unheld = -1;
  p->cells[0] = (struct cell){service, TIME_QUEUE}, p->cells[1] = (struct cell){service, TIME_SERVICE};
  p->instructions[0] = (struct instruction){.operation = &operation_compute, .service = service, .cell = 0, .second_cell = 1};
  p->instructions[1] = (struct instruction){.operation = &operation_worker_done, .service = service, .run = worker_is_done};
}

/* Writes of the database per second, in the mean: by shard. */
static double *writes_per_s(const struct model *m, uint32_t service, double seconds, struct arena *arena) {
  double *speed = arena_new_array(arena, double, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count; i++) speed[i] = 1;
  struct demand_sums d = demand_sums_new(m, speed, arena);
  for (uint32_t i = 0; i < m->endpoints.count; i++) program_demand(&m->programs[i], model_endpoint_share(m, i), &d);
  double *writes = d.shard_writes[service] ? d.shard_writes[service] : &d.writes[service];
  uint32_t shards = d.shard_writes[service] ? (uint32_t)service_shards(model_service(m, service))->count : 1;
  for (uint32_t i = 0; i < shards; i++) writes[i] = seconds > 0 ? writes[i] * model_requests(m) / seconds : 0;
  return writes;
}

/* By endpoint: share of its requests whose clients wait long enough. A commit waits for all of `ack_wait`; a lost replica is
 * dropped `drop_after` its loss, so that is the longest that a commit waits. */
static double *patient(const struct model *m, const struct replication_config *c, struct arena *arena) {
  sim_time wait = replication_is_synchronous(c) ? c->drop_after - 1 : c->ack_wait;
  double *share = arena_new_array(arena, double, m->endpoints.count + 1);
  for (uint32_t e = 0; e < m->endpoints.count; e++) {
    double all = 0;
    for (uint32_t i = 0; i < model_sources(m)->count; i++) {
      double mine = model_source_share(m, i, e);
      all += mine, share[e] += model_source(m, i)->timeout > wait ? mine : 0;
    }
    share[e] = all > 0 ? share[e] / all : 1;
  }
  return share;
}

void replication_link_programs(struct model *m, struct arena *arena) {
  double seconds = sim_seconds(m->run.warmup) + sim_seconds(m->run.window);
  for (uint32_t i = 0; i < m->services.count; i++) {
    struct service_config *s = (struct service_config *)m->services.items + i;
    if (!replication_is_on(service_replication(s))) continue;
    service_replication(s)->apply_program = m->program_count++;
    service_replication(s)->patient = patient(m, service_replication(s), arena);
    compile_worker(&m->programs[service_replication(s)->apply_program], (int32_t)i, arena);
    service_replication(s)->writes_per_s = writes_per_s(m, i, seconds, arena);
  }
}

static const struct field keys[] = {
    KEY("replication", RECORD, replication_keys, replication, OPTIONAL, .record = &replication_record,
        .doc = "Database: how writes get from its first replica to the others; absent: they are everywhere at once."),
    KEY("backup", RECORD, replication_keys, backup, OPTIONAL, .record = &backup_record,
        .doc = "Database: what is left when its data are lost (\"volume\", \"disk\" of a fault); absent: nothing is."),
    {0}};
const struct record replication_keys_record = {
    .name = "replication of a service", .size = sizeof(struct replication_keys), .fields = keys};
