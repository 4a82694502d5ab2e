#include "models/traffic/whereabouts.h"
#include "models/core/link.h"
#include "models/core/world.h"
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

struct stream whereabouts_draws(const struct world *w, const struct request *r) {
  if (r->user == NONE) return stream_at(r->key, draw_of_part(PART_places, 0, 0, 0));
  return stream_at(world_sources(w)->each[r->source].place_key, r->user);
}

void whereabouts_stand(struct world *w, struct request *r) {
  const struct weights *regions = &world_sources(w)->each[r->source].config->region;
  uint32_t i = 0;
  if (regions->count > 1) {
    struct stream draws = whereabouts_draws(w, r);
    double sum = 0, u = stream_uniform(&draws);
    for (uint32_t k = 0; k < regions->count; k++) sum += regions->weight[k];
    for (u *= sum; i + 1 < regions->count && u >= regions->weight[i]; i++) u -= regions->weight[i];
  }
  struct request_place *place = request_place(w, r);
  place->client = place->edge = (int16_t)regions->reference[i];
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
