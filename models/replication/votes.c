#include "models/replication/votes.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/network/network.h"
#include "models/replication/replication.h"
#include "sim/engine/arena.h"
#include <string.h>

/* --- while running ----------------------------------------------------------------------------------------------------------- */

bool votes_region_reaches(const struct world *w, int32_t region, int32_t other) { return network_reachable(w, region, other); }

bool votes_reach(const struct world *w, uint32_t container, uint32_t other) {
  if (!model_regions(w->model)) return true;
  return votes_region_reaches(w, container_region(w, &w->containers[container]), container_region(w, &w->containers[other]));
}

static bool lives(const struct world *w, uint32_t region) {
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n))
    if (n->region == (int32_t)region && n->up) return true;
  return false;
}

bool votes_majority(const struct replication *p, int32_t region) {
  const struct failover_config *c = &p->config->failover;
  const struct world *w = p->world;
  if (!c->region_votes || region < 0) return true;
  double seen = c->witness_votes;
  for (uint32_t i = 0; i < model_regions(w->model); i++)
    if (c->region_votes[i] > 0 && votes_region_reaches(w, region, (int32_t)i) && lives(w, i)) seen += c->region_votes[i];
  return 2 * seen > c->all_votes;
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

struct voting {
  struct linker *l;
  struct failover_config *config;
  const struct service *service; /* in the trial */
  const char *path;
};

static const struct regions *places(const struct voting *v) { return &v->l->model->platform.regions; }

static bool is_witness(const struct failover_config *c, const char *name) {
  const struct witness_config *all = c->witnesses.items;
  for (uint32_t i = 0; i < c->witnesses.count; i++)
    if (!strcmp(all[i].name, name)) return true;
  return false;
}

static bool has_vote(const struct failover_config *c, const char *name) {
  for (uint32_t i = 0; i < c->votes.count; i++)
    if (!strcmp(c->votes.name[i], name)) return true;
  return false;
}

static void check_witnesses(const struct voting *v) {
  const struct witness_config *all = v->config->witnesses.items;
  for (uint32_t i = 0; i < v->config->witnesses.count; i++) {
    const char *name = all[i].name;
    if (regions_named(places(v), name, strlen(name)) >= 0)
      link_error(v->l, v->path, "witnesses", "\"%s\" is a region: a witness is a place without nodes", name);
    if (!has_vote(v->config, name)) link_error(v->l, v->path, "witnesses", "\"%s\" has no vote in \"votes\"", name);
  }
}

static void count_given(const struct voting *v) {
  struct failover_config *c = v->config;
  for (uint32_t i = 0; i < c->votes.count; i++) {
    const char *name = c->votes.name[i];
    int32_t region = regions_named(places(v), name, strlen(name));
    if (region < 0 && !is_witness(c, name)) {
      link_error(v->l, v->path, "votes",
                 "\"%s\" is none of the regions (%s); a place without nodes is to be named in \"witnesses\"", name,
                 regions_listed(places(v), v->l->arena));
      continue;
    }
    *(region < 0 ? &c->witness_votes : &c->region_votes[region]) += c->votes.weight[i];
    c->all_votes += c->votes.weight[i];
  }
}

/* One for each region that has a replica. */
static void count_replicas(const struct voting *v) {
  struct failover_config *c = v->config;
  const struct world *w = v->l->trial;
  for (uint32_t i = 0; i < v->service->capacity; i++) {
    int32_t region = container_region(w, &w->containers[v->service->first + i]);
    if (region < 0 || c->region_votes[region] > 0) continue;
    c->region_votes[region] = 1;
    c->all_votes++;
  }
}

/* Without the region of the primary, or the link to it, no replica may be promoted. */
static void warn_of_ties(const struct voting *v) {
  const struct failover_config *c = v->config;
  const struct world *w = v->l->trial;
  int32_t home = container_region(w, &w->containers[*v->service->replication[0].primary]);
  if (home < 0 || c->region_votes[home] >= c->all_votes || 2 * (c->all_votes - c->region_votes[home]) > c->all_votes) return;
  bool stops = 2 * c->region_votes[home] <= c->all_votes;
  link_warn(
      v->l, v->path, c->votes.count ? "votes" : NULL, "votes-cannot-decide",
      "of %g votes \"%s\" has %g: when it is lost no machine promotes a replica%s; two regions alone cannot decide: give a third "
      "place a vote (\"votes\", \"witnesses\")%s",
      c->all_votes, model_region(w->model, (uint32_t)home)->name, c->region_votes[home],
      stops ? ", and when another is lost or cut off the primary steps down" : "",
      failover_has_person(c) ? "" : ", or say who does (\"person\")");
}

static const char *out_of_place(const struct voting *v, const char **key) {
  const struct failover_config *c = v->config;
  bool regions = model_regions(v->l->model) > 0, given = c->votes.count || c->witnesses.count;
  *key = c->votes.count ? "votes" : c->witnesses.count ? "witnesses" : "split_brain";
  if (given && !regions) return "the scenario has no \"platform.regions\" that could vote";
  if (c->split_brain && !regions) return "without \"platform.regions\" no link can be cut";
  if ((given || c->split_brain) && !c->by->automatic) return "a person asks no votes: only a machine needs a majority";
  if (c->witnesses.count && !c->votes.count) return "without \"votes\" only regions with a replica vote";
  if (given && c->split_brain) return "\"split_brain\" is a promotion without asking for votes: give one or the other";
  return NULL;
}

static bool machines_vote(const struct model *m, const struct service_config *s) {
  const struct failover_config *c = &service_replication(s)->failover;
  return replication_is_on(service_replication(s)) && failover_is_on(c) && model_regions(m) && c->by->automatic && !c->split_brain;
}

static struct voting voting_of(struct linker *l, struct service_config *s) {
  return (struct voting){.l = l,
                         .config = &service_replication(s)->failover,
                         .path = arena_format(l->arena, "services.%s.replication.failover", s->name)};
}

void votes_link(struct linker *l, struct service_config *s) {
  struct voting v = voting_of(l, s);
  const char *key = NULL;
  if (!replication_is_on(service_replication(s)) || !failover_is_on(v.config)) return;
  const char *wrong = failover_wrong(v.config, &key);
  if (!wrong) wrong = out_of_place(&v, &key);
  if (wrong) link_error(l, v.path, key, "%s", wrong);
  if (wrong || !machines_vote(l->model, s)) return;
  v.config->region_votes = arena_new_array(l->arena, double, model_regions(l->model));
  check_witnesses(&v);
  count_given(&v);
}

void votes_link_placed(struct linker *l, struct service_config *s, uint32_t index) {
  if (!machines_vote(l->model, s)) return;
  struct voting v = voting_of(l, s);
  v.service = &l->trial->services[index];
  if (!v.config->votes.count) count_replicas(&v);
  warn_of_ties(&v);
}
