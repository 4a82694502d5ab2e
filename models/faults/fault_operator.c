/* A person deletes data of a database by mistake, and all copies follow at once: the database serves nothing until it is restored
 * from its last backup. What was written since then is lost; without a backup all is. */
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/faults/ailing.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"
#include "models/replication/replication.h"
#include "models/replication/shard.h"

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  const struct service_config *s = f->service < 0 ? NULL : model_service(l->model, (uint32_t)f->service);
  if (!s) link_error(l, path, NULL, "a fault of kind operator needs a \"service\" of kind database");
  if (s && s->kind != SERVICE_DATABASE)
    link_error(l, path, "service", "\"%s\" is not of kind database: it keeps no data to delete", s->name);
  if (s && s->kind == SERVICE_DATABASE && !f->repair.kind && service_backup(s)->every)
    ((struct fault_config *)(uintptr_t)f)->repair = service_backup(s)->restore;
  if (!f->repair.kind && s && s->kind == SERVICE_DATABASE)
    link_error(l, path, NULL, "\"%s\" has no \"backup\": give in \"repair\" how long it takes to build its data again", s->name);
}

/* How long ago the last backup of this log was taken. */
static sim_time age_of_backup(const struct world *w, const struct service *s, uint32_t shard) {
  const struct backup_config *b = service_backup(service_config(s));
  if (!b->every) return SIM_NEVER;
  if (!s->replication) return b->every; /* a file: at most that long */
  sim_time age = (world_now(w) - s->replication[shard].failover.backup_phase) % b->every;
  return age < 0 ? age + b->every : age;
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  const struct service *s = &w->services[f->service];
  sim_time oldest = 0;
  for (uint32_t i = 0; i < (s->shards ? s->shards->count : 1); i++) {
    sim_time age = age_of_backup(w, s, i);
    oldest = age > oldest ? age : oldest;
  }
  parts_lost_data(w, (int32_t)target, oldest);
  ailing_begins(w, f, target, (struct affliction){.fails = 1, .outcome = OUTCOME_ERROR, .slower = 1});
}

static const struct field keys[] = {
    KEY("service", REFERENCE, fault_config, service, OPTIONAL, .target = "services", .doc = "The database whose data are deleted."),
    KEY("repair", DISTRIBUTION, fault_config, repair, OPTIONAL,
        .doc = "Until it serves again. Absent: the \"restore\" of its \"backup\"."),
    {0}};
const struct fault_kind fault_operator = {
    .member = {.word = "operator",
               .doc = "A person deletes the data of a database: it serves nothing until restored from its backup.",
               .keys = keys},
    .covers = COVERS_MISTAKES,
    .marks = ailing_marks,
    .link = link,
    .reach = ailing_reach,
    .count = fault_of_one,
    .outage_s = fault_until_repair,
    .target_after = ailing_target_after,
    .number = fault_of_one_number,
    .strike = strike,
    .repair = ailing_ends};
