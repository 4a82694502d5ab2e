/* What uptime leaves out, and which data stores it is too kind to: words for the reader, only where they are true of the
 * scenario. */
#include "sim/engine/arena.h"
#include "models/autoscaling/scaling_years.h"
#include "models/autoscaling/trigger.h"
#include "models/faults/fault.h"
#include "models/platform/placement.h"
#include "models/stock/stock.h"
#include "models/replication/replication.h"
#include "models/volume/volume.h"
#include "sim/measure/findings.h"
#include <string.h>

/* Whether replicas of the service may be on nodes of the group. */
static bool may_be_on(const struct model *m, const struct service_config *s, uint32_t group) {
  return placement_nodes(m, s, group) > 0;
}

/* The file of an embedded database is on a node of the processes that open it. */
static bool file_may_be_on(const struct model *m, uint32_t group) {
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    if (s->kind == SERVICE_APP && may_be_on(m, s, group)) return true;
  }
  return false;
}

/* Some program spends time at it. */
static bool is_used(const struct model *m, const struct service_config *s) {
  for (uint32_t i = 0; i < m->program_count; i++)
    for (uint32_t k = 0; k < m->programs[i].cell_count; k++) {
      int32_t service = m->programs[i].cells[k].service;
      if (service >= 0 && model_service(m, (uint32_t)service) == s) return true;
    }
  return false;
}

/* The first group with a fault that takes a node on which the service may be; -1: none. mute: one that does not say what becomes of
 * its disk. */
static int32_t lost_with(const struct model *m, const struct service_config *s, bool mute) {
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    if (mute && model_fault_at(m, i)->disk != DISK_UNSTATED) continue;
    for (uint32_t group = 0; group < m->platform.nodes.count; group++) {
      if (!fault_takes_nodes(m, model_fault_at(m, i), group)) continue;
      if (s->embedded ? file_may_be_on(m, group) : service_runs(s) && may_be_on(m, s, group)) return (int32_t)group;
    }
  }
  return -1;
}

/* There is another node for it, and it goes there. */
static bool moves(const struct model *m, const struct service_config *s) {
  int64_t nodes = 0;
  for (uint32_t g = 0; g < m->platform.nodes.count; g++) nodes += placement_nodes(m, s, g);
  return nodes > 1 && !volume_binds(m, s);
}

/* A fault that says nothing of it leaves the data where they are. With a backup a lost machine takes its disk along
 * (models/volume). */
static bool keeps_data(const struct model *m, const struct service_config *s) {
  if (s->kind != SERVICE_DATABASE) return false;
  return s->embedded || (!service_backup(s)->every && volume_is_on_node(m, s) && !moves(m, s));
}

static bool stock_at(const struct model *m, uint32_t service) {
  const struct stock_config *stocks = model_stocks(m)->items;
  for (uint32_t i = 0; i < model_stocks(m)->count; i++)
    if (stocks[i].at == (int32_t)service) return true;
  return false;
}

const char *findings_volume_assumed(const struct evidence *ev, uint32_t service, const char **source) {
  const struct service_config *s = model_service(&ev->model, service);
  return lost_with(&ev->model, s, false) >= 0 ? volume_assumed(&ev->model, s, source) : NULL;
}

/* The default decides what becomes of the service when its node is lost. */
static const char *default_words(const struct evidence *ev, const struct service_config *s, const char *where) {
  const char *why, *what = volume_assumed(&ev->model, s, &why);
  if (!what) return NULL;
  const char *then = service_volume(s)->kind == VOLUME_NETWORK
                         ? "its data outlive the node, and it waits until the node is back; \"deleted\" says when a person moves it"
                     : service_backup(s)->every
                         ? "on another node it starts from its last backup; where there is none it waits"
                         : "on another node it starts with nothing, and all its data are lost; where there is "
                           "none it waits, and its disk is kept";
  return arena_format(ev->arena,
                      "%s: without \"volume\" it is assumed to have one of kind %s: %s. That decides its RTO and RPO here", where,
                      what, then);
}

static bool loses_data(const struct model *m, const struct service_config *s) {
  return keeps_data(m, s) && lost_with(m, s, true) >= 0;
}

/* Some fault takes its processes, or what they hold. */
static bool is_struck(const struct model *m, uint32_t service) {
  for (uint32_t i = 0; i < model_faults(m)->count; i++)
    if (fault_takes_service(m, model_fault_at(m, i), service)) return true;
  return false;
}

static const char *words_of(const struct evidence *ev, uint32_t service) {
  const struct model *m = &ev->model;
  const struct service_config *s = model_service(m, service);
  int32_t group = lost_with(m, s, false);
  const char *where = group >= 0 ? arena_format(ev->arena, "%s on %s", s->name, model_nodes(m, (uint32_t)group)->name) : NULL;
  const char *assumed = where && !s->embedded ? default_words(ev, s, where) : NULL;
  if (assumed) return assumed;
  if (loses_data(m, s) && s->embedded && m->platform.kind->data.new_containers)
    return arena_format(ev->arena,
                        "%s: its file is kept, and is wherever the services start that open it; in truth it is lost with their "
                        "container, or stays on the node that it was on, and neither counts here",
                        where);
  if (loses_data(m, s))
    return arena_format(
        ev->arena,
        "%s: its data are kept when a node is lost; in truth a local disk is lost with its machine, and neither the "
        "time to restore it nor the writes since the last backup count here%s",
        where, s->embedded ? "" : " (\"backup\" makes them count)");
  if (where && s->kind == SERVICE_CACHE && stock_at(m, service))
    return arena_format(ev->arena, "%s: the stock counted in it is kept when a node is lost; in truth it is lost with the memory",
                        where);
  if ((where || is_struck(m, service)) && s->kind == SERVICE_CACHE && ev->faults.sum && is_used(m, s))
    return arena_format(
        ev->arena,
        "%s: in the years of faults it is as good as before once it is back; in truth it is empty, and what its misses "
        "cost the rest does not count there",
        where ? where : s->name);
  return NULL;
}

void findings_kept_data(const struct evidence *ev, void (*with)(const struct evidence *, struct results *, const char *),
                        struct results *r) {
  for (uint32_t i = 0; i < ev->model.services.count; i++) {
    const char *words = words_of(ev, i);
    if (words) with(ev, r, words);
  }
}

/* --- in one line -------------------------------------------------------------------------------------------------------------- */

/* What no fault of the scenario takes. */
static const char *places_kept(const struct model *m) {
  bool zone = false, link = false;
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    const struct fault_config *f = model_fault_at(m, i);
    zone |= f->kind->reach(m, f).zones > 0,
        link |= f->between.count > 0 && !(f->times > 1 || f->delay > 0); /* a slow one is not cut */
  }
  if (zone) return link ? "" : "losses of the network, ";
  return link ? "losses of a zone, " : "losses of a zone or of the network, ";
}

/* "what (a, b); ", of the services that `fits` is true of; nothing when there is none. */
static const char *with_names(const struct evidence *ev, const char *what,
                              bool (*fits)(const struct model *, const struct service_config *)) {
  const char *names = NULL;
  for (uint32_t i = 0; i < ev->model.services.count; i++) {
    const struct service_config *s = model_service(&ev->model, i);
    if (fits(&ev->model, s)) names = names ? arena_format(ev->arena, "%s, %s", names, s->name) : s->name;
  }
  return names ? arena_format(ev->arena, "%s (%s), ", what, names) : "";
}

/* Bits of what some fault is about; of a service: of those that strike it only. */
static uint32_t covered(const struct model *m, int32_t service) {
  uint32_t all = 0;
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    const struct fault_config *f = model_fault_at(m, i);
    if (service < 0 || f->service == service) all |= f->kind->covers;
  }
  return all;
}

static bool is_external(const struct model *m, const struct service_config *s) {
  int32_t service = (int32_t)(s - model_service(m, 0));
  return s->kind == SERVICE_EXTERNAL && is_used(m, s) && !(covered(m, service) & COVERS_EXTERNAL);
}

/* What its autoscaler looks at only a run has: in years it has the size that it starts with, whatever the hour and whatever is
 * lost. */
static bool follows_load(const struct model *m, const struct service_config *s) {
  return s->autoscale.max > 0 && !scaling_known(m, s);
}

const char *findings_leaves_out(const struct evidence *ev) {
  const struct model *m = &ev->model;
  uint32_t all = covered(m, -1);
  bool releases = !(all & COVERS_RELEASES), maintenance = !(all & COVERS_MAINTENANCE), mistakes = !(all & COVERS_MISTAKES);
  const char *work = releases && maintenance ? "releases and maintenance, "
                     : releases              ? "releases, "
                     : maintenance           ? "maintenance, "
                                             : "";
  const char *text = arena_format(
      ev->arena, "%s%s%s%s%s%s%s", with_names(ev, "sizes that follow the load", follows_load),
      model_triggers(m)->count ? "what triggers add, " : "", with_names(ev, "data lost with a node", loses_data),
      with_names(ev, "outages of services of others", is_external), work, places_kept(m), mistakes ? "mistakes of people, " : "");
  size_t length = strlen(text);
  return length > 2 ? arena_format(ev->arena, "%.*s", (int)length - 2, text) : "nothing that is listed here";
}

void findings_left_out(const struct evidence *ev, struct results *r) {
  bool asked = r->availability.present;
  for (uint32_t i = 0; i < r->claim_count && ev->claims_from + i < ev->count; i++)
    asked |= ev->entries[ev->claims_from + i].measure.kind->over_faults;
  const char *words = asked ? findings_leaves_out(ev) : NULL;
  if (r->availability.present) r->availability.leaves_out = words;
  for (uint32_t i = 0; i < r->claim_count && ev->claims_from + i < ev->count; i++)
    if (ev->entries[ev->claims_from + i].measure.kind->over_faults) r->claims[i].leaves_out = words;
}
