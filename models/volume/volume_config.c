/* The key "volume" of a service: what is left open is what its orchestrator does with data, and what cannot be is reported. */
#include "models/volume/volume.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/model.h"
#include "sim/engine/arena.h"

/* What it is about is data: without them it is another one. */
static bool is_of_data(const struct service_config *s) { return s->kind == SERVICE_DATABASE || s->kind == SERVICE_QUEUE; }

/* --- what goes together ------------------------------------------------------------------------------------------------------ */

static bool shares_one(const struct model *m, const struct service_config *s) {
  const struct volume_config *c = service_volume(s);
  return m->platform.kind->data.stateful_sets && c->owner == OWNER_DEPLOYMENT && c->kind != VOLUME_NONE &&
         service_most_replicas(s) > 1;
}

/* Null, or what is wrong, and the key to blame. */
static const char *wrong_with(const struct model *m, const struct service_config *s, const char **key) {
  const struct volume_config *c = service_volume(s);
  const struct data_policy *p = &m->platform.kind->data;
  const char *word = m->platform.kind->member.word;
  *key = "volume";
  if (s->kind == SERVICE_EXTERNAL) return "an external service keeps its data itself: leave \"volume\" out";
  if (s->embedded) return "its file is on the nodes of the services that open it: give these a \"volume\"";
  if (c->kind == VOLUME_NETWORK && !m->platform.kind->relocates)
    return arena_format(
        m->arena,
        "a network volume cannot follow it: with platform.kind %s a service is never moved; \"local\" and \"none\" are "
        "allowed, and a fault's \"disk\": \"kept\" says that a disk comes back with its machine",
        word);
  if (shares_one(m, s))
    return "the pods of a Deployment would share one ReadWriteOnce volume, which only one node can attach: give \"owner\": "
           "\"statefulset\", by which each has its own, or \"replicas\": 1";
  *key = "owner";
  if (c->owner != OWNER_AUTO && !p->stateful_sets)
    return arena_format(m->arena, "platform.kind %s has neither Deployments nor StatefulSets: leave it out", word);
  *key = "deleted";
  if (c->deleted.kind && !p->stateful_sets)
    return arena_format(m->arena, "only the pod of a StatefulSet waits to be deleted, and platform.kind %s has none: leave it out",
                        word);
  if (c->deleted.kind && c->owner != OWNER_STATEFULSET)
    return "only the pod of a StatefulSet on a lost node waits to be deleted: give \"owner\": \"statefulset\", or leave it out";
  *key = "pinned";
  if (c->pinned && !p->constraints)
    return arena_format(m->arena, "platform.kind %s has no constraints: %s", word,
                        p->node_affinity ? "a local volume binds it to its node, and \"place\" to a group"
                                         : "what it places stays there; leave it out");
  *key = "detach";
  if (c->detach.kind && c->kind != VOLUME_NETWORK)
    return "only a network volume is detached from a node: give \"kind\": \"network\"";
  return NULL;
}

/* --- what is left open ------------------------------------------------------------------------------------------------------- */

static void resolve(const struct model *m, const struct service_config *s, struct volume_config *c) {
  const struct data_policy *p = &m->platform.kind->data;
  if (c->kind == VOLUME_AUTO) c->kind = !is_of_data(s) ? VOLUME_NONE : p->stateful_sets ? VOLUME_NETWORK : VOLUME_LOCAL;
  if (c->owner == OWNER_AUTO && p->stateful_sets) c->owner = is_of_data(s) ? OWNER_STATEFULSET : OWNER_DEPLOYMENT;
}

static void declare(struct model *m, const struct service_config *s) {
  struct volume_config *c = service_volume(s);
  c->emptied = meter_declare(m, s->name, "empty_starts", METER_COUNT, "Starts of a replica that found its data gone.");
  if (c->kind == VOLUME_NETWORK)
    c->waited = meter_declare(m, s->name, "detach", METER_TIME, "Waits until its volume was detached from a lost node.");
}

void volumes_link(struct linker *l) {
  enum { SIX_MINUTES_S = 360 };
  struct model *m = l->model;
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    struct volume_config *c = service_volume(s);
    c->given = c->kind != VOLUME_AUTO || c->owner != OWNER_AUTO || c->pinned || c->deleted.kind || c->detach.kind;
    if (!service_runs(s) && !c->given) continue;
    struct volume_config said = *c;
    resolve(m, s, c);
    if (said.owner != OWNER_AUTO && !m->platform.kind->data.stateful_sets) c->owner = said.owner;
    const char *key = NULL, *wrong = c->given ? wrong_with(m, s, &key) : NULL;
    if (wrong) {
      bool whole = key[0] == 'v';
      link_error(l, arena_format(l->arena, "services.%s%s", s->name, whole ? "" : ".volume"), key, "%s", wrong);
      continue;
    }
    if (!c->detach.kind) c->detach = distribution_constant(SIX_MINUTES_S * 1e9);
    c->matters |= c->given || is_of_data(s);
    if (c->given) declare(m, s);
  }
}

const char *volume_assumed(const struct model *m, const struct service_config *s, const char **source) {
  const struct volume_config *c = service_volume(s);
  if (!service_runs(s) || !is_of_data(s) || c->given || !m->platform.kind->relocates) return NULL;
  *source = "no \"volume\" is given: what is usual for a service with data";
  return c->kind == VOLUME_NETWORK ? "network, of a StatefulSet" : "local, not pinned to its node";
}

bool volume_binds(const struct model *m, const struct service_config *s) {
  const struct volume_config *c = service_volume(s);
  const struct orchestrator *o = m->platform.kind;
  return !o->relocates || c->pinned || (c->kind == VOLUME_LOCAL && o->data.node_affinity);
}

bool volume_is_on_node(const struct model *m, const struct service_config *s) {
  const struct volume_config *c = service_volume(s);
  return c->kind == VOLUME_LOCAL || (c->kind == VOLUME_NONE && !m->platform.kind->data.new_containers);
}

/* --- its keys ----------------------------------------------------------------------------------------------------------------- */

static const char *const kind_words[] = {"auto", "none", "local", "network", NULL};
static const char *const owner_words[] = {"auto", "deployment", "statefulset", NULL};

static const struct field fields[] = {
    KEY("kind", WORD, volume_config, kind, DEFAULT("auto"), .words = kind_words,
        .doc =
            "Where its data are: in its container (none), on a disk of its node, or on a network volume, which is attached to one "
            "node at a time. auto: none for what is neither a database nor a queue; for these a network volume on Kubernetes, else "
            "local.",
        .source = "assumed: what charts and Compose files do"),
    KEY("owner", WORD, volume_config, owner, DEFAULT("auto"), .words = owner_words,
        .doc =
            "On Kubernetes: whether its pods are of a Deployment, which replaces those on a lost node, or of a StatefulSet, which "
            "does not until they are deleted or the node is back. auto: statefulset for databases and queues, else deployment.",
        .source = "kubernetes.io, Force Delete StatefulSet Pods"),
    KEY("detach", DISTRIBUTION, volume_config, detach, OPTIONAL,
        .doc = "From the start of a replica elsewhere until its network volume is detached from the lost node. Absent: 6min.",
        .source = "Kubernetes' maxWaitForUnmountDuration 6 min; 6 to 10 minutes in the field (kubernetes 53059)"),
    KEY("deleted", DISTRIBUTION, volume_config, deleted, OPTIONAL,
        .doc =
            "From the loss of a node until a person deletes the pods of the StatefulSet on it by force, but not before the node is "
            "known to be lost. Absent: no one does; they wait for the node."),
    KEY("pinned", FLAG, volume_config, pinned, DEFAULT(false),
        .doc = "On Swarm: whether a constraint keeps it on its node, where its local volume is; else it moves and starts empty."),
    {0}};
static const struct record record = {.name = "volume",
                                     .size = sizeof(struct volume_config),
                                     .fields = fields,
                                     .doc = "Where the data of a replica are, and so what a lost node takes with it.",
                                     .shorthand = "kind"};

static const struct field keys[] = {
    ONLY_KEY("volume", RECORD, .record = &record,
             .doc = "Where its data are: none, local or network, and what Kubernetes and Swarm do when the node is lost."),
    {0}};
const struct record volume_keys_record = {.name = "volume of a service", .size = sizeof(struct volume_config), .fields = keys};
