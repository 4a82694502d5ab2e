/* A building is gone, with every machine in it, their disks, and by default the backups that are kept there: a region, or a zone of
 * one. What a database had in there only, its backup included, is lost for good (an RPO without a bound); one with a replica
 * elsewhere goes on from that. Backups are taken to be in the building unless the fault says otherwise: in the fire of Strasbourg
 * in March 2021 those of many were. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/ailing.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"
#include "models/network/regions.h"
#include "models/replication/replication.h"

struct building {
  uint32_t first, count; /* zones */
};

static struct building building_of(const struct model *m, const struct fault_config *f) {
  if (f->zone) return (struct building){(uint32_t)zone_of_fault(m, f), 1};
  const struct region_config *r = regions_at(&m->platform.regions, (uint32_t)f->region);
  return (struct building){r->first_zone, r->zone_count};
}

static void link(struct linker *l, const struct fault_config *f, const char *path) {
  repair_link(l, f, path);
  if (f->region < 0 && !f->zone) {
    link_error(l, path, NULL, "a fault of kind building needs a \"region\" or a \"zone\"%s%s",
               model_regions(l->model) ? ": the regions are " : ", and the platform has no \"regions\"",
               regions_listed(&l->model->platform.regions, l->arena));
    return;
  }
  if (f->zone && zone_of_fault(l->model, f) < 0) {
    link_error(l, path, NULL, "there is no zone \"%s\", or several regions have one: say in \"region\" which", f->zone);
    return;
  }
  struct building b = building_of(l->model, f);
  if (!zones_have_nodes(l->model, b.first, b.count)) link_error(l, path, NULL, "has no nodes that could be lost");
}

static struct fault_reach reach(const struct model *m, const struct fault_config *f) {
  struct building b = building_of(m, f);
  return (struct fault_reach){.first_zone = b.first, .zones = b.count};
}

static bool stands(const struct world *w, uint32_t target) {
  struct building b = building_of(w->model, model_fault_at(w->model, target));
  return zones_stand(w, b.first, b.count);
}

static bool is_in(const struct world *w, uint32_t container, struct building b) {
  uint32_t node = w->containers[container].node;
  return node != NONE && w->nodes[node].zone >= (int32_t)b.first && w->nodes[node].zone < (int32_t)(b.first + b.count);
}

/* Backups are where the primary is. */
static void set_backups(struct world *w, struct building b, bool lost) {
  for (uint32_t i = 0; i < w->model->services.count; i++)
    for (uint32_t k = 0; k < replications_of(&w->services[i]); k++) {
      struct replication *p = &w->services[i].replication[k];
      if (is_in(w, *p->primary, b)) p->failover.backup_lost = lost;
    }
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  (void)target;
  struct building b = building_of(w->model, f);
  if (f->backups == BACKUPS_HERE) set_backups(w, b, true);
  zones_lost(w, b.first, b.count, DISK_LOST);
}

static void repair(struct world *w, uint32_t target) {
  struct building b = building_of(w->model, model_fault_at(w->model, target));
  zones_back(w, b.first, b.count);
}

static const char *const backups_words[] = {"here", "elsewhere", NULL};
static const struct field keys[] = {
    REGION_KEY,
    KEY("zone", TEXT, fault_config, zone, OPTIONAL, .doc = "The zone that the building is; absent: all zones of the region."),
    KEY("backups", WORD, fault_config, backups, DEFAULT("here"), .words = backups_words,
        .doc = "Where the backups of databases are whose primary is in the building: here: lost with it; elsewhere: they can be "
               "restored.",
        .source = "assumed: in the fire of a provider's building in March 2021 backups on the same site were lost too"),
    REPAIR_KEY,
    {0}};
const struct fault_kind fault_building = {
    .member = {.word = "building",
               .doc = "A building is gone for long, with its machines, their disks and the backups in it.",
               .keys = keys},
    .typical = {.mtbf_days = 1154000, /* sqrt(1e-4 x 1e-3) a year: once in 3,160 years */
                .mtbf_source = "estimate: 1e-4 to 1e-3 a site and year, after the fire of March 2021"},
    .link = link,
    .reach = reach,
    .count = fault_of_one,
    .outage_s = fault_until_repair,
    .target_after = ailing_target_after,
    .number = fault_of_one_number,
    .stands = stands,
    .strike = strike,
    .repair = repair};
