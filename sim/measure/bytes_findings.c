/* What carries no bytes where bytes are counted: a line looks emptier, and a bill smaller, than it is. */
#include "models/cache/cache.h"
#include "models/jobs/job_queue.h"
#include "models/money/bill.h"
#include "models/network/bandwidth.h"
#include "models/platform/image.h"
#include "models/replication/replication.h"
#include "sim/engine/arena.h"
#include "sim/measure/findings.h"

struct missing {
  const char *what[5];
  uint32_t count;
};

static void add(struct missing *m, bool is, const char *what) {
  if (is) m->what[m->count++] = what;
}

static struct missing missing_of(const struct model *m) {
  bool copies = false, backups = false, caches = false, pulls = false;
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    copies |= replication_is_on(service_replication(s)) && s->replicas > 1;
    backups |= service_backup(s)->every > 0;
    caches |= s->kind == SERVICE_CACHE;
    pulls |= service_image(s)->size > 0;
  }
  struct missing all = {.count = 0};
  add(&all, copies, "replication");
  add(&all, backups, "backups");
  add(&all, model_queues(m)->count > 0, "messages of jobs");
  add(&all, caches, "commands to caches");
  add(&all, pulls, "pulls of images");
  return all;
}

void findings_bytes_notes(const struct evidence *ev, void (*with)(const struct evidence *, struct results *, const char *),
                          struct results *r) {
  const struct model *m = &ev->model;
  bool lines = bandwidth_is_given(m), priced = m->counts_ways;
  struct missing all = missing_of(m);
  const char *text = "";
  for (uint32_t i = 0; i < all.count; i++)
    text = arena_format(ev->arena, "%s%s%s", text, !i ? "" : i + 1 < all.count ? ", " : " and ", all.what[i]);
  if (all.count && (lines || priced))
    with(ev, r,
         arena_format(ev->arena, "%s carry no bytes here: %s more than is shown", text,
                      lines && priced ? "lines carry, and what crosses between zones and regions costs,"
                      : lines         ? "lines carry"
                                      : "what crosses between zones and regions costs"));
}
