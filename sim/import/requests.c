#include "sim/engine/arena.h"
#include "sim/import/build.h"
#include "sim/import/stack.h"
#include <string.h>

/* What a deployment does not say, and what is put in its place until it is measured. */
/* A program has six frames (models/request/program_size.h): the entry, these calls, a query and the pooler before its database. */
enum { CALLS_DEEP = 3 };

static const char demand_why[] = "a placeholder, no measurement: calibrate it";

static struct json_value *step(struct stack *s, struct json_value *steps) { return build_object(s->im->arena, steps, NULL); }

static void query_steps(struct stack *s, struct json_value *steps, const struct workload *w) {
  struct json_value *query = step(s, steps);
  build_text(s->im->arena, query, "query", w->name);
  build_assumed(s->im->arena, query, "reads", "2", "1", "10", demand_why);
  build_assumed(s->im->arena, query, "writes", "1", "0", "3", demand_why);
  build_assumed_law(s->im->arena, query, "demand", "1ms", "0.2ms", "5ms", demand_why);
}

static void external_step(struct stack *s, struct json_value *steps, const struct workload *w) {
  build_text(s->im->arena, step(s, steps), "external", w->name);
}

static void stored_steps(struct stack *s, struct json_value *steps, const struct workload *w) {
  for (uint32_t i = 0; i < w->call_count; i++) {
    const struct workload *to = &s->items[w->calls[i]];
    if (to->role == ROLE_DATABASE) query_steps(s, steps, to);
    if (to->role == ROLE_EXTERNAL) external_step(s, steps, to);
  }
}

static const struct workload *called(struct stack *s, const struct workload *w, enum role role) {
  for (uint32_t i = 0; i < w->call_count; i++)
    if (s->items[w->calls[i]].role == role) return &s->items[w->calls[i]];
  return NULL;
}

/* What a cache holds is asked of the databases where it is missing; without a cache all is. */
static void data_steps(struct stack *s, struct json_value *steps, const struct workload *w) {
  const struct workload *cache = called(s, w, ROLE_CACHE);
  if (!cache) {
    stored_steps(s, steps, w);
    return;
  }
  struct json_value *cached = step(s, steps);
  build_text(s->im->arena, cached, "cached", cache->name);
  build_assumed(s->im->arena, cached, "hit", "80%", "50%", "95%", demand_why);
  struct json_value *miss = build_list(s->im->arena, NULL, "miss");
  stored_steps(s, miss, w);
  if (miss->first) json_append(cached, miss);
}

/* Jobs for the workers that wait at a broker which the service uses too. */
static void publish_steps(struct stack *s, struct json_value *steps, const struct workload *w) {
  for (uint32_t i = 0; i < s->count; i++) {
    const struct workload *worker = &s->items[i];
    if (worker->role != ROLE_WORKER || !worker->queue) continue;
    for (uint32_t k = 0; k < worker->call_count; k++)
      for (uint32_t c = 0; c < w->call_count; c++)
        if (worker->calls[k] == w->calls[c] && !strcmp(worker->queue, s->items[w->calls[c]].name)) {
          build_text(s->im->arena, step(s, steps), "publish", worker->name);
          goto next;
        }
  next:;
  }
}

/* What a request takes at the workload itself. */
static void own_steps(struct stack *s, struct json_value *steps, const struct workload *w) {
  bool proxy = w->role == ROLE_PROXY;
  build_assumed_law(s->im->arena, step(s, steps), "cpu", proxy ? "0.05ms" : "5ms", proxy ? "0.02ms" : "1ms",
                    proxy ? "0.2ms" : "25ms", proxy ? "a proxy forwards some 20,000 requests a second and core" : demand_why);
  if (!proxy) data_steps(s, steps, w);
}

static bool is_called(const struct workload *w) { return w->role == ROLE_APP || w->role == ROLE_PROXY; }

/* A request spends its time in at most 64 places; a service with a quota that queries a database has some seven. */
enum { CALLS_MOST = 7 };

static bool has_room(struct stack *s, const struct workload *from, const struct workload *to) {
  if (s->calls < CALLS_MOST) return ++s->calls;
  import_note(s->im, IMPORT_ASSUMED, &to->at, "%s is not called by %s: a request calls %d services here; say which others call it",
              to->name, from->name, CALLS_MOST);
  return false;
}

/* Beyond the deepest call that there may be the services follow one after the other, each once: what they compute is there, that
 * their callers wait for them is not. */
static void call_flat(struct stack *s, struct json_value *steps, const struct workload *w) {
  for (uint32_t i = 0; i < w->call_count; i++) {
    const struct workload *to = &s->items[w->calls[i]];
    if (!is_called(to) || s->reached[w->calls[i]]) continue;
    s->reached[w->calls[i]] = true;
    if (!has_room(s, w, to)) continue;
    import_note(s->im, IMPORT_ASSUMED, &to->at,
                "%s is called deeper than %d calls: here its caller, %s, does not wait for it, but the service before", to->name,
                CALLS_DEEP, w->name);
    struct json_value *call = step(s, steps);
    build_text(s->im->arena, call, "call", to->name);
    own_steps(s, build_list(s->im->arena, call, "steps"), to);
    call_flat(s, steps, to);
  }
}

static void call_steps(struct stack *s, struct json_value *steps, const struct workload *w, int depth) {
  for (uint32_t i = 0; i < w->call_count; i++) {
    const struct workload *to = &s->items[w->calls[i]];
    if (!is_called(to) || !has_room(s, w, to)) continue;
    struct json_value *call = step(s, steps);
    build_text(s->im->arena, call, "call", to->name);
    stack_steps(s, build_list(s->im->arena, call, "steps"), to, depth + 1);
    if (depth + 1 < CALLS_DEEP) continue;
    s->reached[w->calls[i]] = true;
    call_flat(s, steps, to);
  }
}

void stack_steps(struct stack *s, struct json_value *steps, const struct workload *w, int depth) {
  if (!depth) {
    s->calls = 0;
    s->reached = arena_alloc(s->im->arena, s->count * sizeof *s->reached);
  }
  own_steps(s, steps, w);
  if (depth < CALLS_DEEP) call_steps(s, steps, w, depth);
  if (w->role != ROLE_PROXY) publish_steps(s, steps, w);
}
