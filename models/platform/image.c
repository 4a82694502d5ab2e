#include "models/platform/image.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/platform/nodes.h"
#include "sim/engine/arena.h"

/* One image on one node: of this build, from this time on. */
struct stored_image {
  bool there;
  uint32_t build;
  sim_time at;
};

/* A node keeps the last builds of a service that it ran: to go back to the one before takes no pull. */
enum { BUILDS_KEPT = 2 };

struct node_store {
  struct stored_image *images; /* by service, BUILDS_KEPT each, the last one first */
  sim_time free_at;            /* the last pull that was asked for has ended */
  uint64_t failures;           /* of the node, when it was last looked at; away: how long it had not been in the cluster */
  sim_time away;
};

struct images {
  struct node_store *nodes;
};

static struct images *images_of(const struct world *w) { return world_part(w, PART_images); }
static const struct pull_config *pull_of(const struct node_group *g) { return nodes_part(g, PART_images); }

static sim_time transfer(int64_t bytes, int64_t bits_per_s) {
  return bits_per_s == INT64_MAX ? 0 : (sim_time)((double)bytes * 8 / (double)bits_per_s * 1e9 + 0.5);
}

sim_time image_takes(const struct image_config *image, const struct node_group *g) {
  return transfer(image->size, pull_of(g)->rate) + transfer(image->size, pull_of(g)->unpack);
}

/* --- what nodes have ---------------------------------------------------------------------------------------------------------- */

static void open_store(struct world *w, uint32_t node) {
  images_of(w)->nodes[node].images = arena_new_array(w->arena, struct stored_image, BUILDS_KEPT * (size_t)w->model->services.count);
}

static void forget(const struct world *w, uint32_t node) {
  struct node_store *store = &images_of(w)->nodes[node];
  for (uint32_t i = 0; i < BUILDS_KEPT * w->model->services.count; i++) store->images[i] = (struct stored_image){0};
  store->free_at = 0;
}

/* A disk that was lost came back empty, and a machine that joins is a new one. */
static struct node_store *store_of(const struct world *w, const struct node *n) {
  struct node_store *store = &images_of(w)->nodes[n->index];
  if ((store->failures != n->failures && n->disk == DISK_LOST) || store->away != n->away_time) forget(w, n->index);
  store->failures = n->failures, store->away = n->away_time;
  return store;
}

/* Of the container's build; it becomes the last one. Not there: the one that was not run for longest makes room. */
static struct stored_image *image_of(struct node_store *store, const struct container *c) {
  struct stored_image *all = &store->images[BUILDS_KEPT * c->service];
  uint32_t i = 0;
  while (i < BUILDS_KEPT - 1 && !(all[i].there && all[i].build == c->build)) i++;
  struct stored_image found = all[i];
  for (; i; i--) all[i] = all[i - 1];
  all[0] = found.there && found.build == c->build ? found : (struct stored_image){.build = c->build};
  return &all[0];
}

sim_time images_pull(struct world *w, const struct container *c) {
  const struct image_config *image = service_image(container_config(c));
  if (!image->size || image->cached) return 0;
  const struct node *n = &w->nodes[c->node];
  struct node_store *store = store_of(w, n);
  struct stored_image *have = image_of(store, c);
  sim_time now = world_now(w);
  if (!have->there) {
    sim_time begins = store->free_at > now ? store->free_at : now;
    *have = (struct stored_image){true, c->build, world_after(w, begins - now + image_takes(image, n->group))};
    store->free_at = have->at;
    if (w->mode == WORLD_TRAFFIC) meter_count(w, image->pulls);
  }
  sim_time waits = have->at > now ? have->at - now : 0;
  if (waits && w->mode == WORLD_TRAFFIC) meter_time(w, image->pulling, waits);
  return waits;
}

/* --- the part ----------------------------------------------------------------------------------------------------------------- */

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_image(model_service(m, i))->size) return true;
  return false;
}

static void opens(struct world *w) {
  images_of(w)->nodes = arena_new_array(w->arena, struct node_store, w->model->node_count + 1);
  for (uint32_t i = 0; i < w->model->node_count; i++) open_store(w, i);
}

static void joins(struct world *w, const struct node *n) {
  images_of(w)->nodes = nodes_grown(w, n, images_of(w)->nodes, sizeof(struct node_store));
  images_of(w)->nodes[n->index] = (struct node_store){0};
  open_store(w, n->index);
}

/* What the run begins with has run for long. */
static void serves(struct world *w, struct container *c, bool warm) {
  if (warm && service_image(container_config(c))->size) image_of(&images_of(w)->nodes[c->node], c)->there = true;
}

static sim_time fetches(struct world *w, const struct container *c) { return images_pull(w, c); }

static void link_service(struct linker *l, struct service_config *s, const char *path) {
  struct image_config *image = service_image(s);
  if (!image->size) return;
  if (!service_runs(s)) link_error(l, path, "image", "is of what runs here: an external service has none");
  image->pulls = meter_declare(l->model, s->name, "image_pulls", METER_COUNT, "Images that nodes fetched to start replicas of it.");
  image->pulling = meter_declare(l->model, s->name, "image_wait", METER_TIME, "How long starting replicas waited for their image.");
}

static const struct field image_fields[] = {
    KEY("size", BYTES, image_config, size, RANGE(1, 1e13), .doc = "Compressed, as a registry stores it."),
    KEY("cached", FLAG, image_config, cached, DEFAULT(false),
        .doc = "Whether all nodes have it, new ones too: it is part of the machine's image, or was pulled beforehand."),
    {0}};
static const struct record image_record = {.name = "image",
                                           .size = sizeof(struct image_config),
                                           .fields = image_fields,
                                           .doc = "What a node fetches before it starts a first replica.",
                                           .shorthand = "size"};
static const struct field service_fields[] = {
    ONLY_KEY("image", RECORD, OPTIONAL, .record = &image_record,
             .doc = "What a node fetches before it starts its first replica; absent: nodes have it."),
    {0}};
static const struct record service_keys = {
    .name = "image of a service", .size = sizeof(struct image_config), .fields = service_fields};

static const struct field pull_fields[] = {
    KEY("rate", BANDWIDTH, pull_config, rate, DEFAULT("400Mbit/s"), RANGE(1, FIELD_UNLIMITED),
        .doc = "At which a node fetches an image, one after the other.", .source = "30 to 100 MB/s, an estimate"),
    KEY("unpack", BANDWIDTH, pull_config, unpack, DEFAULT("800Mbit/s"), RANGE(1, FIELD_UNLIMITED),
        .doc = "Compressed bytes that it unpacks meanwhile, afterwards; unlimited: in no time.",
        .source = "100 to 300 MB take 3 to 15 s in all, an estimate"),
    {0}};
static const struct record pull_record = {
    .name = "image pull", .size = sizeof(struct pull_config), .fields = pull_fields, .doc = "How fast nodes fetch images."};
static const struct field nodes_fields[] = {
    ONLY_KEY("pull", RECORD, .record = &pull_record, .doc = "How fast it fetches images of services that have an \"image\"."), {0}};
static const struct record nodes_keys = {.name = "images of nodes", .size = sizeof(struct pull_config), .fields = nodes_fields};

const struct part part_images = {.name = "images",
                                 .keys = {.service = &service_keys, .nodes = &nodes_keys},
                                 .used = used,
                                 .service = link_service,
                                 .room.world = sizeof(struct images),
                                 .open = opens,
                                 .joins = joins,
                                 .serves = serves,
                                 .fetches = fetches};
