#include "models/database/database.h"
#include "models/database/disk.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "sim/engine/real.h"
#include <math.h>

double growth_factor(const struct growth_config *g) {
  if (!(g->rows > 0)) return 1;
  double times = g->rows / (double)g->partitions / g->measured_at;
  if (g->access == ACCESS_SCAN) return times;
  double factor = 1 + g->slope * real_log(times) / real_log(2);
  return factor > 0 ? factor : 0;
}

double database_hit(const struct database_config *c) {
  if (!c->buffer_pool || !c->data) return c->buffer_hit;
  return c->buffer_pool < c->data ? (double)c->buffer_pool / (double)c->data : 1;
}

void databases_declare(struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++) {
    struct service_config *s = (struct service_config *)m->services.items + i;
    s->embedded = s->kind == SERVICE_DATABASE && service_database(s)->engine == ENGINE_SQLITE;
  }
}

void database_link(struct linker *l, struct service_config *s, const char *path) {
  struct database_config *c = service_database(s);
  if (s->kind != SERVICE_DATABASE) {
    if (c->engine != ENGINE_SERVER || c->commit.latency.kind || c->commit.cpu.kind || c->hand_over.order ||
        hand_over_costs(&c->hand_over) || c->buffer_hit < 1 || c->buffer_pool || c->data)
      link_error(l, path, "database", "belongs to a service of kind database");
    return;
  }
  if (!c->buffer_pool != !c->data)
    link_error(l, path, "database", "\"buffer_pool\" and \"data\" say together how much is found in memory: give both or neither");
  if (c->engine == ENGINE_SQLITE && (s->autoscale.max || s->replicas > 1))
    link_error(l, path, "replicas", "SQLite is a file and has no replicas: its callers have");
  if (c->commit.latency.kind) {
    c->commits = meter_declare(l->model, s->name, "commits", METER_COUNT, "Commits of something written.");
    c->flushes = meter_declare(l->model, s->name, "flushes", METER_COUNT, "Flushes of the log; group commit: fewer than commits.");
  }
  if (database_hit(c) < 1)
    c->disk_wait = meter_declare(l->model, s->name, "disk_wait", METER_TIME, "Waiting for a disk that is busy, by page read.");
}

static const struct field commit_fields[] = {
    KEY("latency", DISTRIBUTION, commit_config, latency, OPTIONAL,
        .doc = "Time of one flush of the log; absent: a commit takes no time.",
        .source = "HDD 5 to 20 ms, SATA SSD 0.5 to 2 ms, NVMe 0.05 to 0.2 ms, cloud block storage 0.5 to 3 ms"),
    KEY("cpu", DISTRIBUTION, commit_config, cpu, OPTIONAL,
        .doc = "CPU time of the database for a commit of something written, before its flush; absent: none beside the query's."),
    KEY("group", FLAG, commit_config, group, DEFAULT(true),
        .doc =
            "Whether commits that arrive during a flush share the next one; else each has its own: at most 1 / latency a second.",
        .source = "MySQL 8 and PostgreSQL group commits"),
    {0}};
static const struct record commit_record = {
    .name = "commit", .size = sizeof(struct commit_config), .fields = commit_fields, .doc = "The log of a database."};

static const char *const engine_words[] = {"server", "sqlite", NULL}, *const journal_words[] = {"wal", "delete", NULL};

static const struct field fields[] = {
    KEY("engine", WORD, database_config, engine, DEFAULT("server"), .words = engine_words,
        .doc = "server: a process of its own; sqlite: a file that its callers read and write themselves, without connections."),
    KEY("journal", WORD, database_config, journal, DEFAULT("wal"), .words = journal_words,
        .doc = "SQLite: wal: readers run alongside the one writer; delete: a writer excludes all others.",
        .source = "SQLite's own default is delete; most frameworks set wal"),
    KEY("busy_timeout", DURATION, database_config, busy_timeout, DEFAULT("0s"), RANGE(0, INFINITY),
        .doc = "SQLite: how long a query waits for the locked file before it fails (lock_timeout); 0: at once, SQLITE_BUSY.",
        .source = "SQLite default"),
    KEY("lock_wait", DURATION, database_config, lock_wait, DEFAULT("50s"), RANGE(0, INFINITY),
        .doc = "Server: how long a query waits for a lock before it fails (lock_timeout); never: PostgreSQL's default.",
        .source = "MySQL innodb_lock_wait_timeout 50 s"),
    KEY("hand_over", RECORD, database_config, hand_over, .record = &hand_over_record,
        .doc = "How a lock that is released passes to one that waits, and the CPU time of that."),
    KEY("commit", RECORD, database_config, commit, .record = &commit_record, .doc = "What a commit takes."),
    KEY("buffer_hit", RATIO, database_config, buffer_hit, DEFAULT(1), RANGE(0, 1),
        .doc = "Share of page reads that find their page in memory; the others read from the disk of the node."),
    KEY("buffer_pool", BYTES, database_config, buffer_pool, OPTIONAL, RANGE(1, 1e18),
        .doc =
            "With \"data\" instead of \"buffer_hit\": the hit rate is buffer_pool / data, at most 1, as if all pages were alike."),
    KEY("data", BYTES, database_config, data, OPTIONAL, RANGE(1, 1e18), .doc = "What is read, tables and indexes."),
    {0}};
const struct record database_record = {
    .name = "database", .size = sizeof(struct database_config), .fields = fields, .doc = "What a database is beyond its CPU."};

static const char *const access_words[] = {"index", "scan", NULL};

static const struct field growth_fields[] = {
    KEY("rows", NUMBER, growth_config, rows, RANGE(1, 1e15), .doc = "Rows that the table has now."),
    KEY("measured_at", NUMBER, growth_config, measured_at, RANGE(1, 1e15), .doc = "Rows that it had when \"demand\" was measured."),
    KEY("access", WORD, growth_config, access, DEFAULT("index"), .words = access_words,
        .doc = "index: demand x (1 + slope x log2(rows / measured_at)); scan: demand and pages x rows / measured_at."),
    KEY("slope", NUMBER, growth_config, slope, DEFAULT(0.05), RANGE(0, 10),
        .doc = "index: part of the demand that each doubling of the rows adds.",
        .source = "one comparison more than the about 20 of a look-up among a million rows; an assumption"),
    KEY("partitions", INTEGER, growth_config, partitions, DEFAULT(1), RANGE(1, 1e6),
        .doc = "Parts of equal size of which the query needs one: it meets that many times fewer rows."),
    {0}};
const struct record growth_record = {.name = "growth",
                                     .size = sizeof(struct growth_config),
                                     .fields = growth_fields,
                                     .doc = "How a query's demand grows with its table."};

static const struct field keys[] = {
    ONLY_KEY("database", RECORD, .record = &database_record, .doc = "Databases: engine, locks, commits, buffer pool."), {0}};
const struct record database_keys_record = {
    .name = "database of a service", .size = sizeof(struct database_config), .fields = keys};
