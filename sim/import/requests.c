#include "sim/import/build.h"
#include "sim/import/stack.h"
#include <string.h>

/* What a deployment does not say, and what is put in its place until it is measured. */
enum { CALLS_DEEP = 8 };

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

static void call_steps(struct stack *s, struct json_value *steps, const struct workload *w, int depth) {
  for (uint32_t i = 0; i < w->call_count; i++) {
    const struct workload *to = &s->items[w->calls[i]];
    if ((to->role != ROLE_APP && to->role != ROLE_PROXY) || depth == CALLS_DEEP) continue;
    struct json_value *call = step(s, steps);
    build_text(s->im->arena, call, "call", to->name);
    stack_steps(s, build_list(s->im->arena, call, "steps"), to, depth + 1);
  }
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

void stack_steps(struct stack *s, struct json_value *steps, const struct workload *w, int depth) {
  bool proxy = w->role == ROLE_PROXY;
  build_assumed_law(s->im->arena, step(s, steps), "cpu", proxy ? "0.05ms" : "5ms", proxy ? "0.02ms" : "1ms",
                    proxy ? "0.2ms" : "25ms", proxy ? "a proxy forwards some 20,000 requests a second and core" : demand_why);
  if (!proxy) data_steps(s, steps, w);
  call_steps(s, steps, w, depth);
  if (!proxy) publish_steps(s, steps, w);
}
