/* Images: what a node has to fetch before a replica can start there.
 *
 * A service with an `image` is pulled by each node that starts a replica of it and does not have it: size / rate to fetch it, and
 * size / unpack to unpack it, before the process starts. A node pulls one image at a time, in the order in which they are asked
 * for, as a kubelet does by default; replicas of one service that start meanwhile wait for the same pull. Then the node has it,
 * until it leaves the cluster (a machine that joins is a new one) or its disk is lost. Nodes of the start have the images of what
 * the run begins with on them, and with `cached` all images.
 *
 *     start += images_pull(w, c);                       when its process starts
 *
 * Each roll-out has an image of its own; a node keeps the last one and the one before. */
#ifndef IMAGE_H
#define IMAGE_H
#include "models/core/model.h"
#include "models/core/parts.h"
#include "sim/engine/sim_time.h"

struct container;
struct node;
struct world;

struct image_config {
  int64_t size; /* bytes, compressed; 0: no image is modelled */
  bool cached;
  uint32_t pulls, pulling; /* meters */
};

/* Of a node group, in bits per second. */
struct pull_config {
  int64_t rate, unpack;
};

static inline struct image_config *service_image(const struct service_config *s) { return s->parts[PART_images]; }

/* How long it takes alone on a node of the group. */
sim_time image_takes(const struct image_config *, const struct node_group *);
/* Until the node has the image, from now on. */
sim_time images_pull(struct world *, const struct container *);

#endif
