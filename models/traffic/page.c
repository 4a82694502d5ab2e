#include "models/traffic/page.h"
#include "models/core/meter.h"
#include "models/core/model.h"
#include "models/core/world.h"
#include "models/request/draws.h"
#include "models/traffic/client.h"
#include "models/traffic/journey.h"
#include "models/traffic/source.h"
#include "sim/engine/arena.h"
#include <assert.h>

static const struct page_file_config *file_at(const struct journey_stop_config *p, uint32_t i) {
  return (const struct page_file_config *)p->files.items + i;
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

/* By stage; within one they keep their order. */
static void sort_by_stage(struct page_file_config *files, uint32_t count) {
  for (uint32_t i = 1; i < count; i++) {
    struct page_file_config moves = files[i];
    uint32_t k = i;
    for (; k && files[k - 1].stage > moves.stage; k--) files[k] = files[k - 1];
    files[k] = moves;
  }
}

const char *pages_link(struct model *m, struct source_config *s, uint32_t *at) {
  bool any = false;
  for (*at = 0; *at < s->journey.count; ++*at) {
    struct journey_stop_config *p = (struct journey_stop_config *)s->journey.items + *at;
    int64_t files = 0;
    for (uint32_t i = 0; i < p->files.count; i++) files += file_at(p, i)->count;
    if (files > PAGE_FILES) return arena_format(m->arena, "has %lld files; %d are possible", (long long)files, PAGE_FILES);
    sort_by_stage(p->files.items, p->files.count);
    any |= p->files.count > 0;
  }
  if (!any) return NULL;
  s->page_meters.load = meter_declare(m, s->name, "load", METER_TIME, "From the request for a page to the last of its files.");
  s->page_meters.broken = meter_declare(m, s->name, "broken", METER_COUNT, "Pages of which the document or a file failed.");
  return NULL;
}

void page_visits(const struct journey_stop_config *p, double weight, double *visits) {
  for (uint32_t i = 0; i < p->files.count; i++) visits[file_at(p, i)->ask] += weight * (double)file_at(p, i)->count;
}

/* --- running ----------------------------------------------------------------------------------------------------------------- */

static struct page *page_of(const struct world *w, const struct client *c) { return pool_at(&world_clients(w)->pages, c->page); }
static const struct source_config *config_of(const struct world *w, const struct client *c) {
  return world_sources(w)->each[c->source].config;
}
static const struct journey_stop_config *stop_of(const struct world *w, const struct client *c) {
  return (const struct journey_stop_config *)config_of(w, c)->journey.items + c->stop;
}

bool page_is_file(const struct world *w, const struct client *c) { return c->page != NONE && page_of(w, c)->walker != c->id; }

void page_begins(struct world *w, struct client *c) {
  if (!stop_of(w, c)->files.count) return;
  assert(c->page == NONE);
  c->page = pool_take(&world_clients(w)->pages);
  *page_of(w, c) = (struct page){.walker = c->id, .began = world_now(w), .worst = OUTCOME_COMPLETED};
}

/* The next file as a client of its own, which asks within this instant: not inside the event of another request. */
static void send_for(struct world *w, const struct page *p) {
  struct clients *all = world_clients(w);
  uint32_t id = pool_take(&all->pool);
  struct client *file = client_at(all, id);
  const struct client *walker = client_at(all, p->walker);
  struct stream draws = stream_at(walker->key, draw_of_part(PART_clients, 0, 0, p->next * PAGE_FILES + p->copy));
  *file = (struct client){.id = id,
                          .source = walker->source,
                          .number = walker->number,
                          .user = walker->user,
                          .page = walker->page,
                          .holds = NONE,
                          .written = walker->written,
                          .wanted = file_at(stop_of(w, walker), p->next)->ask,
                          .walk_key = stream_bits(&draws),
                          .began = world_now(w),
                          .stop = walker->stop,
                          .state = CLIENT_THINKS};
  timer_heap_push(all->thinking, world_now(w), id);
}

static bool stage_begins(const struct journey_stop_config *stop, const struct page *p) {
  return p->next && !p->copy && file_at(stop, p->next - 1)->stage < file_at(stop, p->next)->stage;
}

/* As many as may be on their way at once; a stage waits for the one before. */
static void send_for_more(struct world *w, uint32_t page) {
  struct page *p = pool_at(&world_clients(w)->pages, page);
  const struct journey_stop_config *stop = stop_of(w, client_at(world_clients(w), p->walker));
  while (p->next < stop->files.count && (int64_t)p->open < stop->at_once) {
    if (p->open && stage_begins(stop, p)) return;
    if (pool_live(&world_clients(w)->pool) >= CLIENTS_MOST) {
      world_overflows(w);
      return;
    }
    send_for(w, p);
    p->open++, p->copy++;
    if (p->copy == file_at(stop, p->next)->count) p->next++, p->copy = 0;
  }
}

static void over(struct world *w, struct client *walker, enum outcome outcome) {
  const struct page *p = page_of(w, walker);
  const struct page_meters *t = &config_of(w, walker)->page_meters;
  if (outcome_failed(outcome))
    meter_count(w, t->broken);
  else
    meter_time(w, t->load, world_now(w) - p->began);
  pool_give(&world_clients(w)->pages, walker->page);
  walker->page = NONE;
}

bool page_loads(struct world *w, struct client *c, enum outcome outcome) {
  if (c->page == NONE) return false;
  if (outcome_failed(outcome) || outcome == OUTCOME_SOLD_OUT) {
    over(w, c, outcome);
    return false;
  }
  uint32_t id = c->id, page = c->page;
  c->state = CLIENT_LOADS;
  send_for_more(w, page);
  return client_at(world_clients(w), id)->page != NONE;
}

void page_file_asks(struct world *w, struct client *file) {
  assert(page_is_file(w, file));
  client_asks(w, file, (uint32_t)file->wanted, file->walk_key);
}

void page_file_ends(struct world *w, struct client *file, enum outcome outcome) {
  uint32_t page = file->page;
  struct page *p = page_of(w, file);
  assert(p->open > 0);
  p->open--;
  if (outcome_failed(outcome)) p->worst = outcome;
  client_gone(w, file);
  send_for_more(w, page);
  if (p->open) return;
  struct client *walker = client_at(world_clients(w), p->walker);
  enum outcome worst = p->worst;
  over(w, walker, worst);
  journey_goes_on(w, walker, worst);
}

sim_time page_line(struct world *w, const struct request *r, bool down, sim_time lasts) {
  if (!lasts || r->client == NONE || r->caller != NONE) return lasts;
  const struct client *c = client_at(world_clients(w), r->client);
  if (c->page == NONE) return lasts;
  sim_time *free = &page_of(w, c)->line_free[down], now = world_now(w);
  *free = (*free > now ? *free : now) + lasts;
  return *free - now;
}

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static const struct field fields[] = {
    KEY("ask", REFERENCE, page_file_config, ask, .target = "endpoints", .doc = "The endpoint that is asked for."),
    KEY("count", INTEGER, page_file_config, count, DEFAULT(1), RANGE(1, PAGE_FILES), .doc = "How many of them the page has."),
    KEY("stage", INTEGER, page_file_config, stage, DEFAULT(1), RANGE(1, 100),
        .doc = "Asked for when all files of lower stages have their answers; 1: when the document has."),
    {0}};
const struct record page_file_record = {.name = "file",
                                        .size = sizeof(struct page_file_config),
                                        .fields = fields,
                                        .doc = "What a page needs in addition to its document.",
                                        .shorthand = "ask"};
