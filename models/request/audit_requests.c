#include "models/core/audit.h"
#include "models/traffic/client.h"
#include "models/guard/call.h"
#include "models/request/child.h"
#include "models/core/world.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

static void audit_flow(const struct audit *a) {
  const struct observation *o = &a->world->observation;
  uint64_t ended = 0;
  for (int i = 0; i < OUTCOMES; i++) ended += o->ended[i];
  if (o->arrived != ended + o->inside)
    audit_broken(a, "flow: %llu requests arrived, %llu ended and %u are inside", (unsigned long long)o->arrived,
                 (unsigned long long)ended, o->inside);
  if (o->broken_attributions)
    audit_broken(a, "attribution: the times of %llu requests do not add up to their latency",
                 (unsigned long long)o->broken_attributions);
}

/* Clients that wait still: by endpoint. */
static uint64_t *count_unanswered(const struct world *w) {
  uint64_t *inside = allocate_zeroed(w->model->endpoints.count + 1, sizeof *inside);
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (r->live && !r->client_gone && r->client == NONE) inside[r->endpoint]++;
  }
  for (uint32_t id = 0; id < pool_capacity(&world_clients(w)->pool); id++) {
    const struct client *c = client_at(world_clients(w), id);
    if (c->state == CLIENT_ASKS || c->state == CLIENT_BACKS_OFF) inside[c->endpoint]++;
  }
  return inside;
}

/* Of each endpoint in the measured time: inside at its start + arrived = ended + inside at its end, and these are there. */
static void audit_measured(const struct audit *a) {
  const struct observation *o = &a->world->observation;
  if (world_now(a->world) > o->measured_until) return; /* a test that went on */
  uint64_t *inside = count_unanswered(a->world);
  for (uint32_t e = 0; e < o->endpoint_count; e++) {
    const struct endpoint_observation *x = &o->endpoints[e];
    uint64_t arrived = 0, ended = 0;
    for (uint32_t i = 0; i < o->window_count; i++) {
      arrived += x->windows[i].arrived;
      for (int k = 0; k < OUTCOMES; k++) ended += x->windows[i].ended[k];
    }
    if (x->inside_from + arrived != ended + x->inside_until || x->inside_until != inside[e])
      audit_broken(a,
                   "measured time of endpoint %u: %llu inside and %llu arrived, %llu ended and %llu inside, of whom %llu are there",
                   e, (unsigned long long)x->inside_from, (unsigned long long)arrived, (unsigned long long)ended,
                   (unsigned long long)x->inside_until, (unsigned long long)inside[e]);
  }
  free(inside);
}

/* Where clients are in regions, each is in one: what was seen by region adds up to what was seen. */
static void audit_regions(const struct audit *a) {
  const struct observation *o = &a->world->observation;
  for (uint32_t e = 0; e < o->endpoint_count && o->row_count > o->endpoint_count; e++) {
    uint64_t arrived = 0, ended = 0;
    int64_t inside = 0;
    for (uint32_t row = e; row < o->row_count; row += o->endpoint_count) {
      const struct endpoint_observation *x = &o->endpoints[row];
      uint64_t sign = row == e ? 1 : UINT64_MAX; /* less those of the regions */
      for (uint32_t i = 0; i < o->window_count; i++) {
        arrived += sign * x->windows[i].arrived;
        for (int k = 0; k < OUTCOMES; k++) ended += sign * x->windows[i].ended[k];
      }
      inside += row == e ? (int64_t)x->inside_until : -(int64_t)x->inside_until;
    }
    if (arrived || ended || inside) audit_broken(a, "endpoint %u: its clients by region do not add up to all of them", e);
  }
}

/* Those who wait: requests whose client is there, and clients between their attempts. */
struct living {
  uint64_t requests, waiting_clients;
  unsigned __int128 sojourn_ns;
};

static struct living count_living(const struct world *w) {
  struct living l = {0};
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live) continue;
    l.requests++;
    if (!r->client_gone && r->client == NONE) l.waiting_clients++, l.sojourn_ns += (uint64_t)(world_now(w) - r->arrived);
  }
  for (uint32_t id = 0; id < pool_capacity(&world_clients(w)->pool); id++) {
    const struct client *c = client_at(world_clients(w), id);
    if (c->state == CLIENT_ASKS || c->state == CLIENT_BACKS_OFF)
      l.waiting_clients++, l.sojourn_ns += (uint64_t)(world_now(w) - c->arrived);
  }
  return l;
}

static void audit_living(const struct audit *a) {
  const struct world *w = a->world;
  const struct observation *o = &w->observation;
  struct living l = count_living(w);
  if (l.requests != pool_live(&w->requests))
    audit_broken(a, "pool: %llu requests live in %u entries", (unsigned long long)l.requests, pool_live(&w->requests));
  if (l.waiting_clients != o->inside)
    audit_broken(a, "clients: %llu wait, %u are counted", (unsigned long long)l.waiting_clients, o->inside);
  if (o->inside_ns != o->sojourn_ns + l.sojourn_ns)
    audit_broken(a, "Little's law: the integral of the number inside is %.9g s, the sum of the times inside %.9g s",
                 (double)o->inside_ns * 1e-9, (double)(o->sojourn_ns + l.sojourn_ns) * 1e-9);
}

/* Of each guarded call: every attempt has ended or is waited for. */
static void audit_calls(const struct audit *a) {
  const struct world *w = a->world;
  uint64_t *waited_for = allocate_zeroed(w->model->guard_count + 1, sizeof *waited_for);
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live || r->child == NONE) continue;
    const struct instruction *in = child_waits_at(w, r);
    if (in->operation == &operation_try) waited_for[in->guard->number]++;
    for (uint32_t child = r->child; child != NONE; child = world_request(w, child)->sibling)
      if (world_request(w, child)->caller != id || !world_request(w, child)->live)
        audit_broken(a, "calls: request %u waits for a child that is not its own", id);
  }
  for (uint32_t i = 0; i < w->model->guard_count; i++) {
    const struct call_site *c = &world_calls(w)->sites[i];
    uint64_t ended = 0;
    for (int k = 0; k < OUTCOMES; k++) ended += c->ended[k];
    if (c->calls + c->retries != ended + waited_for[i])
      audit_broken(a, "calls: %llu calls and %llu retries, but %llu attempts ended and %llu are waited for",
                   (unsigned long long)c->calls, (unsigned long long)c->retries, (unsigned long long)ended,
                   (unsigned long long)waited_for[i]);
  }
  free(waited_for);
}

void audit_requests(const struct audit *a) {
  audit_flow(a);
  audit_measured(a);
  audit_regions(a);
  audit_living(a);
  audit_calls(a);
}
