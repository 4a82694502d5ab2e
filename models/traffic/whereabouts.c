#include "models/traffic/whereabouts.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/dns/dns.h"
#include "models/network/regions.h"
#include "models/network/request_place.h"
#include "models/request/draws.h"
#include "models/traffic/source.h"
#include "sim/engine/arena.h"

void whereabouts_link(struct linker *l, struct source_config *s, const char *path) {
  const struct model *m = l->model;
  if (!model_regions(m)) return; /* a name of a region is an error of its own then */
  if (!s->region.count)
    link_error(l, path, NULL, "needs a \"region\", as the scenario has some: one of %s, or shares of them",
               regions_listed(&m->platform.regions, l->arena));
}

/* A client with a connection (or NONE) is that connection's: all that use it are at one place. */
static struct stream draws_of(const struct source *s, uint32_t connection, uint32_t user, uint64_t key) {
  if (connection != NONE) return stream_at(s->place_key, connection);
  return user == NONE ? stream_at(key, draw_of_part(PART_places, 0, 0, 0)) : stream_at(s->place_key, user);
}

static int32_t drawn(const struct weights *regions, struct stream *draws) {
  double sum = 0, u = stream_uniform(draws);
  uint32_t i = 0;
  for (uint32_t k = 0; k < regions->count; k++) sum += regions->weight[k];
  for (u *= sum; i + 1 < regions->count && u >= regions->weight[i]; i++) u -= regions->weight[i];
  return regions->reference[i];
}

int32_t whereabouts_region(const struct world *w, uint32_t source, uint32_t user, uint64_t key) {
  const struct source *s = &world_sources(w)->each[source];
  const struct weights *regions = &s->config->region;
  if (regions->count <= 1) return regions->count ? *regions->reference : -1;
  struct stream draws = draws_of(s, client_network_number(s, user, key), user, key);
  return drawn(regions, &draws);
}

/* The client's region comes first of what is drawn for it, then where it is sent to, if clients there differ. */
void whereabouts_stand(struct world *w, struct request *r) {
  const struct source *s = &world_sources(w)->each[r->source];
  struct request_place *place = request_place(w, r);
  struct stream draws = draws_of(s, client_network_number_of(w, r), r->user, r->key);
  int32_t region = drawn(&s->config->region, &draws), entry = model_endpoint(w->model, r->endpoint)->entry;
  int32_t edge = dns_settled(w, entry, (uint32_t)region);
  place->client = (int16_t)region;
  place->edge = (int16_t)(edge >= 0 ? edge : dns_resolved(w, entry, (uint32_t)region, &draws));
}

double whereabouts_share(const struct model *m, const struct source_config *s, uint32_t region) {
  double sum = 0, here = 0;
  if (!model_regions(m)) return 1;
  for (uint32_t k = 0; k < s->region.count; k++) {
    sum += s->region.weight[k];
    if (s->region.reference[k] == (int32_t)region) here += s->region.weight[k];
  }
  return here / sum;
}

bool whereabouts_asks(const struct model *m, int32_t endpoint, uint32_t region) {
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct source_config *s = model_source(m, i);
    bool asks = endpoint < 0 || s->visits[endpoint] > 0;
    if (asks && whereabouts_share(m, s, region) > 0) return true;
  }
  return false;
}

/* --- what is planned ---------------------------------------------------------------------------------------------------------- */

double whereabouts_planned(const struct model *m, uint32_t source, uint32_t endpoint, uint32_t region) {
  return model_source(m, source)->edges[endpoint * model_regions(m) + region];
}

static void plan_of(const struct linker *l, struct source_config *s, uint32_t endpoint) {
  const struct model *m = l->model;
  double *share = &s->edges[endpoint * model_regions(m)];
  int32_t entry = model_endpoint(m, endpoint)->entry;
  for (uint32_t from = 0; entry >= 0 && from < model_regions(m); from++) {
    double there = whereabouts_share(m, s, from);
    for (uint32_t edge = 0; there > 0 && edge < model_regions(m); edge++)
      share[edge] += there * dns_share(l->trial, entry, from, edge, DNS_CLIENTS);
  }
}

void whereabouts_plan(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; model_regions(m) && i < model_sources(m)->count; i++) {
    struct source_config *s = (struct source_config *)model_sources(m)->items + i;
    s->edges = arena_new_array(l->arena, double, (size_t)m->endpoints.count *model_regions(m) + 1);
    for (uint32_t e = 0; e < m->endpoints.count; e++) plan_of(l, s, e);
  }
}
