#include "models/replication/shard.h"
#include "models/jobs/job_queue.h"
#include "models/keys/keyspace.h"
#include "models/replication/replication.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include "models/request/operation.h"
#include <string.h>

/* --- what fits --------------------------------------------------------------------------------------------------------------- */

static const char *service_error(const struct service_config *s, const char **key) {
  const struct shards_config *c = service_shards(s);
  *key = NULL;
  if ((s->kind != SERVICE_DATABASE && s->kind != SERVICE_CACHE) || s->embedded)
    return "only a database with a server and a cache have shards";
  if (s->autoscale.max) return "the number of its replicas changes (autoscale): nothing would say which shard a new one belongs to";
  *key = "count";
  if (s->replicas % c->count)
    return "its replicas cannot be dealt evenly over the shards: make \"replicas\" a multiple of \"count\"";
  *key = "by";
  if (s->kind == SERVICE_DATABASE && c->by < 0)
    return "a database needs to know by which keyspace its rows are divided: give \"by\"";
  *key = "failover";
  if (c->failover.kind && replication_is_on(service_replication(s)))
    return "its \"replication\" says who takes over, and when: give its \"failover\" instead";
  if (c->failover.kind && s->replicas == c->count) return "each shard has one replica: there is none to take over";
  return NULL;
}

static const char *balance_error(struct arena *arena, const struct service_config *s) {
  const struct balancer *policy = s->balance.policy;
  if (policy->by_item)
    return arena_format(arena, "the shards say already where an item is kept: leave out \"%s\"", policy->member.word);
  if (policy->by_weight || s->balance.per == PER_CONNECTION)
    return "with \"shards\" it balances neither by weight nor by connection";
  return NULL;
}

static void declare(struct model *m, const struct service_config *s, struct shards_config *c) {
  c->uncovered = meter_declare(m, s->name, "uncovered", METER_LEVEL, "Shards whose primary does not serve.");
  if (c->failover.kind) c->failovers = meter_declare(m, s->name, "failovers", METER_COUNT, "Replicas that took over a shard.");
  for (uint32_t i = 0; c->count <= SHARDS_METERED && i < c->count; i++)
    c->requests[i] = meter_declare(m, s->name, arena_format(m->arena, "shard%u", i), METER_COUNT, "Requests sent to this shard.");
}

void shards_link(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < m->services.count; i++) {
    struct service_config *s = (struct service_config *)m->services.items + i;
    if (!shards_are_on(service_shards(s))) continue;
    const char *key, *wrong = service_error(s, &key);
    if (wrong) link_error(l, arena_format(l->arena, "services.%s.shards", s->name), key, "%s", wrong);
    if (!wrong && (wrong = balance_error(m->arena, s)))
      link_error(l, arena_format(l->arena, "services.%s.balance", s->name), NULL, "%s", wrong);
    service_shards(s)->replicas = (uint32_t)(s->replicas / service_shards(s)->count);
    if (!wrong) declare(m, s, service_shards(s));
    for (uint32_t e = 0; e < m->endpoints.count; e++)
      if (model_endpoint(m, e)->entry == (int32_t)i)
        link_error(l, arena_format(l->arena, "endpoints.%s", model_endpoint(m, e)->name), "entry",
                   "\"%s\" has shards, which clients know nothing of: let one of your services ask it", s->name);
    for (uint32_t q = 0; q < model_queues(m)->count; q++)
      if (model_queue(m, q)->at == (int32_t)i)
        link_error(l, arena_format(l->arena, "queues.%s", model_queue(m, q)->name), "at",
                   "\"%s\" has shards: a job queue is one thing, put it where there are none", s->name);
  }
}

/* --- compiling --------------------------------------------------------------------------------------------------------------- */

void shard_compile(struct compiler *c, struct instruction *enter) {
  const struct service_config *s = model_service(c->model, (uint32_t)enter->service);
  enter->shard = SHARD_OF_ITEM;
  if (!shards_are_on(service_shards(s))) return;
  enter->shard = c->shard;
  enter->keyspace = (int16_t)(c->shard_keys >= 0 ? c->shard_keys : service_shards(s)->by);
  if (c->shard == SHARD_OF_ITEM && enter->keyspace < 0)
    compile_error(c, "\"%s\" has shards, and nothing says which one is meant: give its \"shards\" a \"by\", or the step a \"key\"",
                  s->name);
}

int16_t shard_of_name(const struct shards_config *c, const char *name) {
  if (!shards_are_on(c)) return SHARD_OF_ITEM;
  return (int16_t)shard_of_slot(c, (uint32_t)(stream_mix(stream_entity(name, 0)) % SHARD_SLOTS));
}

/* --- how much falls where ---------------------------------------------------------------------------------------------------- */

/* By slot. Exact for the most popular items; what lies beyond falls on all slots alike. */
static void add_masses(const struct keyspace_config *k, double *mass) {
  uint32_t exact = k->of < KEYSPACE_TABLE ? (uint32_t)k->of : KEYSPACE_TABLE;
  double first = keyspace_probability(k, 0), sum = 0;
  for (uint32_t item = 0; item < exact; item++) {
    double p = k->zipf > 0 ? first * real_pow((double)item + 1, -k->zipf) : first;
    mass[shard_slot(k, item)] += p, sum += p;
  }
  double rest = (int64_t)exact < k->of ? (1 - sum) / SHARD_SLOTS : 0, scale = rest > 0 ? 1 : 1 / sum;
  for (uint32_t slot = 0; slot < SHARD_SLOTS; slot++) mass[slot] = (mass[slot] + rest) * scale;
}

static bool divided_at(const struct model *m, uint32_t slot) {
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct shards_config *c = service_shards(model_service(m, i));
    if (shards_are_on(c) && (!slot || shard_of_slot(c, slot) != shard_of_slot(c, slot - 1))) return true;
  }
  return false;
}

static struct shard_cells cells_of(const struct model *m, uint32_t keyspace) {
  double *mass = arena_new_array(m->arena, double, SHARD_SLOTS);
  add_masses(model_keyspace(m, keyspace), mass);
  struct shard_cells cells = {0};
  for (uint32_t slot = 0; slot < SHARD_SLOTS; slot++) cells.count += divided_at(m, slot);
  cells.slot = arena_new_array(m->arena, uint16_t, cells.count), cells.mass = arena_new_array(m->arena, double, cells.count);
  for (uint32_t slot = 0, n = 0; slot < SHARD_SLOTS; slot++) {
    if (divided_at(m, slot)) cells.slot[n++] = (uint16_t)slot;
    cells.mass[n - 1] += mass[slot];
  }
  return cells;
}

void shard_shares(const struct model *m, const struct instruction *enter, double *shares) {
  const struct shards_config *c = service_shards(model_service(m, (uint32_t)enter->service));
  memset(shares, 0, (size_t)c->count * sizeof *shares);
  if (enter->shard != SHARD_OF_ITEM) {
    shares[enter->shard] = 1;
    return;
  }
  const struct shard_cells *cells = &m->shard_cells[enter->keyspace];
  for (uint32_t i = 0; i < cells->count; i++) shares[shard_of_slot(c, cells->slot[i])] += cells->mass[i];
}

static bool divides(const struct model *m, uint32_t keyspace) {
  for (uint32_t e = 0; e < m->program_count; e++)
    for (uint32_t i = 0; i < m->programs[e].count; i++) {
      const struct instruction *in = &m->programs[e].instructions[i];
      if (in->operation->enters && in->keyspace == (int16_t)keyspace) return true;
    }
  return false;
}

/* Twice the mean is worth a word. */
static void report_hot_shard(struct linker *l, const struct service_config *s, uint32_t index) {
  struct instruction enter = {.service = (int32_t)index, .shard = SHARD_OF_ITEM, .keyspace = (int16_t)service_shards(s)->by};
  double shares[SHARD_COUNT_MOST];
  uint32_t hottest = 0;
  if (service_shards(s)->by < 0 || !divides(l->model, (uint32_t)service_shards(s)->by)) return;
  shard_shares(l->model, &enter, shares);
  for (uint32_t i = 1; i < service_shards(s)->count; i++)
    if (shares[i] > shares[hottest]) hottest = i;
  double times = shares[hottest] * (double)service_shards(s)->count;
  if (times >= 2)
    link_warn(l, arena_format(l->arena, "services.%s.shards", s->name), "count", "shard-hot",
              "shard %u gets %.1f%% of what is asked, %.1f times the mean: \"%s\" has items too popular to be divided evenly",
              hottest, 100 * shares[hottest], times, model_keyspace(l->model, (uint32_t)service_shards(s)->by)->name);
}

void shards_link_cells(struct linker *l) {
  struct model *m = l->model;
  bool any = false;
  for (uint32_t i = 0; i < m->services.count; i++) any |= shards_are_on(service_shards(model_service(m, i)));
  if (!any) return;
  m->shard_cells = arena_new_array(m->arena, struct shard_cells, model_keyspaces(m)->count + 1);
  for (uint32_t k = 0; k < model_keyspaces(m)->count; k++)
    if (divides(m, k)) m->shard_cells[k] = cells_of(m, k);
  for (uint32_t i = 0; i < m->services.count; i++)
    if (shards_are_on(service_shards(model_service(m, i)))) report_hot_shard(l, model_service(m, i), i);
}

/* --- keys of a scenario ------------------------------------------------------------------------------------------------------ */

static const struct field fields[] = {
    KEY("count", INTEGER, shards_config, count, RANGE(1, SHARD_COUNT_MOST),
        .doc = "Shards. The replicas are dealt over them evenly, neighbours together; the first of each is its primary."),
    KEY("by", REFERENCE, shards_config, by, OPTIONAL, .target = "keys",
        .doc = "The keyspace whose item decides to which shard a request goes. At a cache the \"key\" of a step comes before it."),
    KEY("failover", DISTRIBUTION, shards_config, failover, OPTIONAL,
        .doc = "From the death of a shard's primary until a replica of the shard takes over; absent: none does.",
        .source = "Redis Cluster: node time-out 15 s, then 0.5 to 1 s for the vote: 16 to 18 s"),
    KEY("full_coverage", FLAG, shards_config, full_coverage, DEFAULT(false),
        .doc = "Whether the whole service refuses while a shard is known to be without a primary.",
        .source = "Redis: cluster-require-full-coverage, yes by default in Redis itself; false: managed services, and databases"),
    KEY("detect", DURATION, shards_config, detect, DEFAULT("15s"), RANGE(0, FIELD_YEAR),
        .doc = "With full_coverage: from the death of a primary until the others know of it.",
        .source = "Redis: cluster-node-timeout 15 s"),
    {0}};
const struct record shards_record = {.name = "shards",
                                     .size = sizeof(struct shards_config),
                                     .fields = fields,
                                     .doc = "The data of a service divided by key over groups of its replicas.",
                                     .shorthand = "count"};

static const struct field keys[] = {
    ONLY_KEY(
        "shards", RECORD, OPTIONAL, .record = &shards_record,
        .doc = "Databases and caches: the data are divided by key; a number is the count of shards. Absent: each replica has all."),
    {0}};
const struct record shards_keys_record = {.name = "shards of a service", .size = sizeof(struct shards_config), .fields = keys};
