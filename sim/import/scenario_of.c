#include "sim/import/build.h"
#include "sim/import/stack.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- queues ------------------------------------------------------------------------------------------------------------------- */

/* A worker waits at the broker that it names, else at the cache. */
static void find_queues(struct stack *s) {
  for (uint32_t i = 0; i < s->count; i++) {
    struct workload *w = &s->items[i];
    for (enum role want = ROLE_BROKER; w->role == ROLE_WORKER && !w->queue; want = ROLE_CACHE) {
      for (uint32_t k = 0; k < w->call_count && !w->queue; k++)
        if (s->items[w->calls[k]].role == want) w->queue = s->items[w->calls[k]].name;
      if (want == ROLE_CACHE) break;
    }
    if (w->role == ROLE_WORKER && !w->queue)
      import_note(s->im, IMPORT_ASSUMED, &w->at, "%s: idle; it looks like a worker, and names no broker in the files", w->name);
  }
}

static void add_queues(struct stack *s, struct json_value *root) {
  struct arena *arena = s->im->arena;
  struct json_value *queues = build_object(arena, NULL, "queues");
  for (uint32_t i = 0; i < s->count; i++) {
    struct workload *w = &s->items[i];
    if (w->role != ROLE_WORKER || !w->queue) continue;
    struct json_value *q = build_object(arena, queues, w->name);
    build_text(arena, q, "at", w->queue);
    build_text(arena, q, "workers", w->name);
    bool threads = json_member(w->service, "threads") != NULL; /* which are its slots */
    const char *slots = w->command && !threads ? command_option(arena, w->command, "--concurrency") : NULL;
    if (!slots && w->command && !threads) slots = command_option(arena, w->command, "-c");
    if (slots) build_scalar(arena, q, "concurrency", slots);
    struct json_value *steps = build_list(arena, q, "steps");
    build_assumed_law(arena, build_object(arena, steps, NULL), "cpu", "10ms", "1ms", "100ms",
                      "a placeholder, no measurement: calibrate it");
    import_note(s->im, IMPORT_ASSUMED, &w->at, "%s: a job a request, of 10 ms CPU (1 ms to 100 ms)", w->name);
  }
  if (queues->first) json_append(root, queues);
}

/* --- endpoints and traffic ---------------------------------------------------------------------------------------------------- */

/* A proxy without a stated call passes requests on to every application that has no other caller. */
static void find_proxied(struct stack *s) {
  for (uint32_t p = 0; p < s->count; p++) {
    struct workload *proxy = &s->items[p];
    if (proxy->role != ROLE_PROXY || proxy->call_count) continue;
    for (uint32_t i = 0; i < s->count; i++)
      if (s->items[i].role == ROLE_APP && !s->items[i].called) {
        stack_call(s, proxy, &s->items[i]);
        import_note(s->im, IMPORT_ASSUMED, &proxy->at, "%s: passes requests on to %s", proxy->name, s->items[i].name);
      }
  }
}

/* Where clients' requests come in: a proxy, else what has a published port, else what has no caller. */
static bool is_front(struct stack *s, uint32_t index, int pass) {
  const struct workload *w = &s->items[index];
  if (pass == 0) return w->role == ROLE_PROXY && w->entry;
  if (pass == 1) return w->role == ROLE_APP && w->entry && !w->proxied;
  return (w->role == ROLE_APP || w->role == ROLE_PROXY) && !w->called;
}

static void add_endpoint(struct stack *s, struct json_value *endpoints, struct json_value *mix, const struct workload *entry,
                         const struct workload *app) {
  struct arena *arena = s->im->arena;
  const char *name = app ? app->name : entry->name;
  if (json_member(endpoints, name)) return;
  struct json_value *endpoint = build_object(arena, endpoints, name);
  build_text(arena, endpoint, "entry", entry->name);
  struct json_value *steps = build_list(arena, endpoint, "steps");
  struct workload only = *entry; /* of a proxy the way to this one alone */
  uint32_t index = app ? (uint32_t)(app - s->items) : 0;
  if (app) only.calls = &index, only.call_count = 1;
  stack_steps(s, steps, &only, 0);
  build_scalar(arena, mix, name, "1");
}

static void add_endpoints_of(struct stack *s, struct json_value *endpoints, struct json_value *mix, const struct workload *w) {
  uint32_t before = json_count(endpoints);
  for (uint32_t k = 0; w->role == ROLE_PROXY && k < w->call_count; k++)
    if (s->items[w->calls[k]].role == ROLE_APP || s->items[w->calls[k]].role == ROLE_PROXY)
      add_endpoint(s, endpoints, mix, w, &s->items[w->calls[k]]);
  if (json_count(endpoints) == before) add_endpoint(s, endpoints, mix, w, NULL);
}

static bool add_requests(struct stack *s, struct json_value *root) {
  struct arena *arena = s->im->arena;
  struct json_value *traffic = build_object(arena, root, "traffic"), *users = build_object(arena, traffic, "users");
  build_text(arena, users, "kind", "open");
  build_assumed(arena, users, "rate", "20/s", "5/s", "100/s",
                "a placeholder: how many users come is in no such file; see import log");
  struct json_value *mix = build_object(arena, users, "mix"), *endpoints = build_object(arena, root, "endpoints");
  build_assumed(arena, users, "timeout", "10s", "5s", "60s", "users give up");
  for (int pass = 0; pass < 3; pass++)
    for (uint32_t i = 0; i < s->count && (pass < 2 || !endpoints->first); i++)
      if (is_front(s, i, pass)) add_endpoints_of(s, endpoints, mix, &s->items[i]);
  if (endpoints->first) return true;
  struct position nowhere = {0};
  diagnostic_add(s->im->diagnostics, s->count ? &s->items[0].at : &nowhere,
                 "no service here answers requests of users: there are only databases, caches, workers and tools");
  return false;
}

static void add_claims(struct stack *s, struct json_value *root, const struct json_value *endpoints) {
  struct arena *arena = s->im->arena;
  struct json_value *claims = build_list(arena, root, "claims");
  for (const struct json_value *e = endpoints->first; e; e = e->next) {
    struct json_value *c = build_object(arena, claims, NULL);
    build_text(arena, c, "require", arena_format(arena, "p95(%s.latency) < 500ms", e->name));
    build_text(arena, c, "severity", "should");
    build_text(arena, c, "note", "assumed: no such file says how fast it has to be");
  }
  build_text(arena, build_object(arena, claims, NULL), "require", "error_rate(all) < 1%");
}

/* --- services and machines ---------------------------------------------------------------------------------------------------- */

static void add_pools(struct stack *s, struct workload *w) {
  for (uint32_t k = 0; k < w->call_count; k++) {
    const struct workload *to = &s->items[w->calls[k]];
    if (to->role != ROLE_DATABASE || (w->role != ROLE_APP && w->role != ROLE_WORKER)) continue;
    struct json_value *pool = build_object(s->im->arena, build_under(s->im->arena, w->service, "pools"), to->name);
    build_assumed(s->im->arena, pool, "max", "10", "5", "50", "the pool's size is in the code");
    import_note(s->im, IMPORT_ASSUMED, &w->at, "%s.pools.%s: 10 connections (5 to 50)", w->name, to->name);
  }
}

static double whole_up(double value, double least) {
  double power = least;
  while (power < value) power *= 2;
  return power;
}

static void node_group(struct stack *s, struct json_value *nodes, const char *name, const struct json_value *selector) {
  struct arena *arena = s->im->arena;
  double cpu = 0, memory = 0, largest_cpu = 0, largest_memory = 0;
  bool one = !strcmp(s->platform, "compose");
  for (uint32_t i = 0; i < s->count; i++) {
    const struct workload *w = &s->items[i];
    if (w->selector != selector) continue;
    cpu += w->cpu, memory += w->memory;
    largest_cpu = fmax(largest_cpu, w->largest_cpu), largest_memory = fmax(largest_memory, w->largest_memory);
  }
  double cores = whole_up(one ? cpu : largest_cpu * 1.25, 4),
         gib = whole_up((one ? memory : largest_memory * 1.25) / 0x1p30, one ? 8 : 16);
  double count =
      one ? 1 : fmax(!strcmp(s->platform, "swarm") ? 3 : 2, ceil(fmax(cpu / (0.8 * cores), memory / 0x1p30 / (0.8 * gib))));
  const char *cores_text = arena_format(arena, "%.0f", cores), *gib_text = arena_format(arena, "%.0fGi", gib);
  struct json_value *group = build_object(arena, nodes, name);
  const char *why = "the machines are in no such file";
  if (!one) build_assumed(arena, group, "count", arena_format(arena, "%.0f", count), NULL, NULL, why);
  build_assumed(arena, group, "cpu", cores_text, arena_format(arena, "%.0f", cores / 2), arena_format(arena, "%.0f", cores * 2),
                why);
  build_assumed(arena, group, "memory", gib_text, NULL, NULL, why);
  if (selector) build_take(arena, group, "labels", selector);
  import_note(s->im, IMPORT_ASSUMED, NULL, "platform.nodes.%s: %.0f of %s cores and %s", name, count, cores_text, gib_text);
}

static bool same_labels(const struct json_value *a, const struct json_value *b) {
  if (json_count(a) != json_count(b)) return false;
  for (const struct json_value *v = a->first; v; v = v->next) {
    const struct json_value *other = json_member(b, v->name);
    if (!other || strcmp(json_scalar(v) ? json_scalar(v) : "", json_scalar(other) ? json_scalar(other) : "") != 0) return false;
  }
  return true;
}

/* Equal selectors become one, so that they can be compared by where they are. */
static void join_selectors(struct stack *s) {
  for (uint32_t i = 0; i < s->count; i++)
    for (uint32_t k = 0; k < i && s->items[i].selector; k++)
      if (s->items[k].selector && same_labels(s->items[k].selector, s->items[i].selector))
        s->items[i].selector = s->items[k].selector;
}

static void add_platform(struct stack *s, struct json_value *root) {
  struct arena *arena = s->im->arena;
  struct json_value *platform = build_object(arena, root, "platform");
  build_text(arena, platform, "kind", s->platform);
  struct json_value *nodes = build_object(arena, platform, "nodes");
  join_selectors(s);
  node_group(s, nodes, !strcmp(s->platform, "compose") ? "server" : "node", NULL);
  for (uint32_t i = 0; i < s->count; i++) {
    const struct json_value *selector = s->items[i].selector;
    const char *label = selector && selector->first && json_scalar(selector->first) ? json_scalar(selector->first) : "selected";
    bool first = selector != NULL;
    for (uint32_t k = 0; k < i; k++) first = first && s->items[k].selector != selector;
    if (first) node_group(s, nodes, json_member(nodes, label) ? arena_format(arena, "%s-%u", label, i) : label, selector);
  }
}

static void add_services(struct stack *s, struct json_value *root) {
  struct json_value *services = build_object(s->im->arena, root, "services");
  for (uint32_t i = 0; i < s->count; i++) {
    struct workload *w = &s->items[i];
    add_pools(s, w);
    if (w->role == ROLE_TOOL) import_note(s->im, IMPORT_ASSUMED, &w->at, "%s: idle; it takes its share of the machine", w->name);
    struct json_value *service = build_object(s->im->arena, services, w->name);
    const struct json_value *what = json_member(w->service, "preset");
    if (!what) what = json_member(w->service, "kind");
    build_take(s->im->arena, service, what->name, what);
    for (const struct json_value *v = w->service->first; v; v = v->next)
      if (v != what) build_take(s->im->arena, service, v->name, v);
  }
}

struct json_value *stack_scenario(struct stack *s) {
  struct arena *arena = s->im->arena;
  struct json_value *root = build_object(arena, NULL, NULL);
  build_scalar(arena, root, "aguanta", "1");
  build_text(arena, root, "name", s->name);
  build_text(arena, root, "title", s->title);
  build_text(arena, root, "description",
             arena_format(arena,
                          "Imported. %s are assumed: placeholders until they are measured, and every answer depends on them.",
                          s->logged ? "Services, demands and machines" : "Traffic, demands and machines"));
  find_queues(s);
  find_proxied(s);
  if (!s->logged)
    import_note(s->im, IMPORT_ASSUMED, NULL, "traffic.users.rate: 20/s (5/s to 100/s); how many users come is in no such file");
  import_note(s->im, IMPORT_ASSUMED, NULL, "what a request computes: 5 ms CPU, 2 reads and 1 write of 1 ms; calibrate them");
  if (!add_requests(s, root)) return NULL;
  add_queues(s, root);
  add_services(s, root);
  add_platform(s, root);
  struct json_value *run = build_object(arena, root, "run");
  build_text(arena, run, "warmup", "1m");
  build_text(arena, run, "window", "10m");
  add_claims(s, root, json_member(root, "endpoints"));
  return root;
}
