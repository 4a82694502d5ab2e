/* Disks: what a database does not find in its buffer pool it reads from the disk of its node.
 *
 * A node has one disk that serves `parallel` reads at once, each for `latency`; others wait, first come first served. So it is
 * a queue G/G/parallel, and all that run on the node share it, which is the point: a report of one database slows down the other
 * one. A query looks at `pages` pages one after another; each is found in memory with the share buffer_hit, independently, or read.
 * A read that has begun is finished, whoever dies. Writes go to the log (models/database/database.h), which is a device of its own
 * here.
 *
 * Invariants, audited: asked = done + in service + waiting + abandoned; a request waits only while all of `parallel` are busy. */
#ifndef DISK_H
#define DISK_H
#include "models/core/parts.h"
#include "models/platform/platform.h"
#include "models/request/queue.h"
#include "sim/describe/field.h"
#include "sim/engine/distribution.h"

struct instruction;
struct model;
struct request;
struct service_config;
struct world;

struct disk_config {
  double iops; /* reads a second with all places busy; 0: by latency */
  struct distribution latency;
  int64_t parallel;
};

extern const struct record disk_record;
extern const struct load_part disks_load;

/* Of the nodes that the service runs on: the first group's; null when they have none. */
const struct disk_config *disk_of(const struct model *, const struct service_config *);
/* Derives the latency. Null, or what is wrong. */
const char *disk_link(struct disk_config *);

struct disk {
  const struct disk_config *config;
  struct line line;
  uint32_t busy;
  uint64_t asked, done, abandoned;
};

/* Instructions: how many pages are not in memory; reads them. */
extern const struct operation operation_miss;
extern const struct operation operation_disk_read;
/* Of a request that waits for a disk: it leaves the line, its wait booked, and stays in its state. */
void disk_leave_line(struct world *, struct request *);

struct disks {
  struct disk *of_node;
  struct timer_heap *reads; /* of pages, in progress */
};
static inline struct disks *world_disks(const struct world *w) { return world_part(w, PART_disks); }
extern const struct wait wait_disk; /* for a free place of a disk */

static inline struct disk_config *nodes_disk(const struct node_group *g) { return nodes_part(g, PART_disks); }
/* Of each request. */
struct disk_of_request {
  uint32_t disk, reads; /* node whose disk it reads from or waits for; pages still to be read */
};
static inline struct disk_of_request *request_disk(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_disks);
}

#endif
