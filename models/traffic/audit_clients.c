#include "models/core/audit.h"
#include "models/traffic/source.h"
#include "models/traffic/waiting_room.h"
#include "models/traffic/client.h"
#include "models/traffic/journey.h"
#include "models/traffic/page.h"
#include "models/core/world.h"

/* Clients by state, their timers, and the levels that meters show of them. */
static void audit_states(const struct audit *a) {
  const struct world *w = a->world;
  const struct clients *all = world_clients(w);
  uint32_t states[CLIENT_STATES] = {0}, admitted = 0, walking = 0;
  for (uint32_t id = 0; id < pool_capacity(&all->pool); id++) {
    const struct client *c = client_at(all, id);
    states[c->state]++;
    if (c->state == CLIENT_FREE) continue;
    if (page_is_file(w, c)) continue;
    admitted += c->admitted && world_sources(w)->each[c->source].config->room >= 0;
    walking += c->state != CLIENT_IN_ROOM && world_sources(w)->each[c->source].config->kind->journeys;
  }
  uint32_t paused = all->back_off ? timer_heap_pending(all->back_off) : 0;
  uint64_t thinking = all->thinking ? timer_heap_pending(all->thinking) : 0;
  for (uint32_t i = 0; i < model_sources(w->model)->count; i++) thinking += journey_thinking(&world_sources(w)->each[i]);
  if (states[CLIENT_BACKS_OFF] != paused) audit_broken(a, "clients: %u back off, %u timers run", states[CLIENT_BACKS_OFF], paused);
  if (states[CLIENT_THINKS] != thinking)
    audit_broken(a, "clients: %u think, %llu timers run", states[CLIENT_THINKS], (unsigned long long)thinking);
  int64_t back_off = 0, active = 0, inside = 0, length = 0;
  for (uint32_t i = 0; i < model_sources(w->model)->count; i++) {
    const struct source_config *s = world_sources(w)->each[i].config;
    if (s->retry.pause.attempts > 1) back_off += level_value(&w->observation.meters[s->meters.backing_off].level);
    if (s->kind->journeys) active += level_value(&w->observation.meters[s->session_meters.active].level);
  }
  for (uint32_t i = 0; i < model_rooms(w->model)->count; i++) {
    const struct waiting_room *r = &world_rooms(w)->each[i];
    inside += r->inside, length += level_value(&w->observation.meters[r->config->length].level);
    if (r->inside < 0 || r->inside > r->config->inside)
      audit_broken(a, "waiting room %s: %lld inside", r->config->name, (long long)r->inside);
  }
  if (back_off != states[CLIENT_BACKS_OFF])
    audit_broken(a, "clients: %u back off, the meters say %lld", states[CLIENT_BACKS_OFF], (long long)back_off);
  if (inside != admitted) audit_broken(a, "waiting rooms: %u of those let in are about, %lld counted", admitted, (long long)inside);
  if (length != states[CLIENT_IN_ROOM])
    audit_broken(a, "waiting rooms: %u wait, the meters say %lld", states[CLIENT_IN_ROOM], (long long)length);
  if (active != walking) audit_broken(a, "sessions: %u are on their way, the meters say %lld", walking, (long long)active);
  uint32_t about = pool_capacity(&all->pool) - states[CLIENT_FREE];
  if (about != pool_live(&all->pool)) audit_broken(a, "clients: %u in all, %u entries are taken", about, pool_live(&all->pool));
}

static void audit_errands(const struct audit *a) {
  const struct world *w = a->world;
  uint32_t asking = 0, running = 0, in_rooms = 0;
  for (uint32_t id = 0; id < pool_capacity(&world_clients(w)->pool); id++) {
    const struct client *c = client_at(world_clients(w), id);
    asking += c->state == CLIENT_ASKS || c->state == CLIENT_BACKS_OFF;
    in_rooms += c->state == CLIENT_IN_ROOM;
    running += c->state == CLIENT_ASKS ? c->running : 0;
  }
  if (asking != world_clients(w)->open) audit_broken(a, "clients: %u errands are open, %u counted", asking, world_clients(w)->open);
  uint64_t ended = world_clients(w)->answered + world_clients(w)->abandoned;
  if (world_clients(w)->attempts != ended + running)
    audit_broken(a, "clients: %llu attempts, %llu ended or were abandoned and %u run",
                 (unsigned long long)world_clients(w)->attempts, (unsigned long long)ended, running);
  for (uint32_t i = 0; i < model_rooms(w->model)->count; i++) {
    const struct waiting_room *r = &world_rooms(w)->each[i];
    in_rooms -= r->waiting;
    if (r->entered != r->admitted + r->abandoned + r->waiting)
      audit_broken(a, "waiting room %s: %llu entered, %llu admitted, %llu abandoned and %u wait", r->config->name,
                   (unsigned long long)r->entered, (unsigned long long)r->admitted, (unsigned long long)r->abandoned, r->waiting);
  }
  if (in_rooms) audit_broken(a, "waiting rooms: %d more clients than places in line", (int)in_rooms);
}

/* Files by page, against what the page says. */
static void audit_pages(const struct audit *a) {
  const struct world *w = a->world;
  uint32_t files = 0, open = 0, loading = 0, pages = 0;
  for (uint32_t id = 0; id < pool_capacity(&world_clients(w)->pool); id++) {
    const struct client *c = client_at(world_clients(w), id);
    if (c->state == CLIENT_FREE || c->page == NONE) continue;
    const struct page *p = pool_at(&world_clients(w)->pages, c->page);
    files += p->walker != c->id, pages += p->walker == c->id;
    if (p->walker == c->id) open += p->open, loading += (c->state == CLIENT_LOADS) != (p->open > 0);
  }
  if (files != open) audit_broken(a, "pages: %u files are on their way, the pages say %u", files, open);
  if (pages != pool_live(&world_clients(w)->pages))
    audit_broken(a, "pages: %u are loaded, %u entries are taken", pages, pool_live(&world_clients(w)->pages));
  if (loading) audit_broken(a, "pages: %u clients wait for files that nobody asks for, or do not wait for theirs", loading);
}

static void audit_sources(const struct audit *a) {
  for (uint32_t i = 0; i < model_sources(a->world->model)->count; i++) {
    const struct source *s = &world_sources(a->world)->each[i];
    if (s->config->kind->audit) s->config->kind->audit(a, s);
  }
}

void audit_clients(const struct audit *a) {
  audit_sources(a);
  audit_errands(a);
  audit_states(a);
  audit_pages(a);
}
