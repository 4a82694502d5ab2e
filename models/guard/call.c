#include "models/guard/call.h"
#include "models/jobs/job_queue.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/request/child.h"
#include "models/request/operation.h"
#include "models/request/walk.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>

bool call_guarded(const struct call_config *c) {
  bool retries = c->retry.pause.attempts > 1 && c->retry.on.count;
  return retries || c->timeout != SIM_NEVER || c->breaker.calls || c->fallback.count;
}

const char *call_error(const struct call_config *c, struct arena *arena) {
  const struct backoff_config *p = &c->retry.pause;
  if (c->cancel && c->timeout == SIM_NEVER) return "\"cancel\" does nothing without a \"timeout\"";
  if (backoff_stops_clock(p))
    return arena_format(arena,
                        "%s attempts with almost no pause would stop the clock: give the retry a \"backoff\" of at least 1ms",
                        p->attempts == INT64_MAX ? "unlimited" : "so many");
  return NULL;
}

/* --- compiling ------------------------------------------------------------------------------------------------------------- */

static const struct operation operation_return;

/* An instruction that takes no number of draws: those behind it draw as if it were not there. */
static struct instruction *emit_silent(struct compiler *c, const struct operation *operation, const struct guard *g) {
  struct instruction *in = compile_emit(c, operation);
  c->draws--;
  in->guard = g;
  in->service = g->config->call;
  return in;
}

struct guard *compile_try(struct compiler *c, const struct call_config *config) {
  const char *wrong = call_error(config, c->arena);
  if (wrong) compile_error(c, "call of \"%s\": %s", model_service(c->model, (uint32_t)config->call)->name, wrong);
  struct guard *g = arena_alloc(c->arena, sizeof *g);
  *g = (struct guard){.config = config, .next = c->program->guards, .caller = compile_service(c)};
  g->cell = compile_cell(c, config->call, TIME_RETRY);
  c->program->guards = g;
  c->guarded++;
  emit_silent(c, &operation_try, g);
  return g;
}

void compile_return(struct compiler *c, struct guard *g) {
  c->guarded--;
  emit_silent(c, &operation_return, g);
  if (g->config->fallback.count) g->fallback = (uint16_t)c->program->count;
  compile_steps(c, &g->config->fallback);
  g->after = (uint16_t)c->program->count;
}

static const struct {
  const char *name, *doc;
} meter_words[CALL_METERS] = {[METER_ATTEMPTS] = {"attempts", "Attempts of guarded calls: calls and retries."},
                              [METER_CALLS] = {"calls", "First attempts of guarded calls."},
                              [METER_RETRIES] = {"retries", "Further attempts."},
                              [METER_CALL_TIMEOUTS] = {"given_up", "Attempts that their caller gave up."},
                              [METER_BROKEN] = {"broken", "Attempts that a breaker did not let through."},
                              [METER_FALLBACKS] = {"fallbacks", "Calls that ended in their fallback."}};

/* Whether the guard ever moves the meter. */
static bool moves(const struct call_config *c, int meter) {
  const bool movers[CALL_METERS] = {[METER_ATTEMPTS] = true,
                                    [METER_CALLS] = true,
                                    [METER_RETRIES] = c->retry.pause.attempts > 1,
                                    [METER_CALL_TIMEOUTS] = c->timeout != SIM_NEVER,
                                    [METER_BROKEN] = c->breaker.calls > 0,
                                    [METER_FALLBACKS] = c->fallback.count > 0};
  return movers[meter];
}

/* A meter of a called service is declared with the first guard that moves it. known: its number and one, by meter. */
static void declare(struct model *m, struct guard *g, uint32_t *known) {
  for (int i = 0; i < CALL_METERS; i++) {
    if (!moves(g->config, i)) continue;
    const char *thing = model_service(m, (uint32_t)g->config->call)->name;
    if (!known[i]) known[i] = meter_declare(m, thing, meter_words[i].name, METER_COUNT, meter_words[i].doc) + 1;
    g->meters[i] = known[i] - 1;
  }
}

void calls_link(struct model *m) {
  uint32_t *known = arena_new_array(m->arena, uint32_t, (m->services.count + 1) * CALL_METERS);
  for (uint32_t i = 0; i < m->program_count; i++)
    for (struct guard *g = m->programs[i].guards; g; g = g->next) {
      declare(m, g, &known[(size_t)g->config->call * CALL_METERS]);
      g->number = m->guard_count++;
    }
}

/* --- sites ------------------------------------------------------------------------------------------------------------------ */

static void start_site(struct world *w, struct call_site *site, const struct guard *g) {
  bool shared = g->caller < 0 || g->config->breaker.scope == SCOPE_SHARED;
  site->guard = g;
  site->first = g->caller < 0 ? 0 : w->services[g->caller].first;
  site->memories = arena_new_array(w->arena, struct call_memory, shared ? 1 : w->services[g->caller].capacity);
  if (g->config->timeout != SIM_NEVER) site->timeouts = lane_new(w->calendar, g->config->timeout, call_timed_out, w);
}

static void calls_start(struct world *w) {
  world_calls(w)->sites = arena_new_array(w->arena, struct call_site, w->model->guard_count + 1);
  for (uint32_t i = 0; i < w->model->program_count; i++)
    for (const struct guard *g = w->model->programs[i].guards; g; g = g->next) start_site(w, &world_calls(w)->sites[g->number], g);
}

static void calls_stop(struct world *w) {
  for (uint32_t i = 0; i < w->model->guard_count; i++) lane_free(world_calls(w)->sites[i].timeouts);
}

static const struct frame *caller_frame(const struct request *r) { return r->depth ? &r->frames[r->depth - 1] : NULL; }

/* What the calling replica remembers; a new process begins anew. Null when the process of the caller is dead. */
static struct call_memory *memory_of(struct world *w, struct call_site *site, const struct request *caller) {
  const struct guard *g = site->guard;
  const struct frame *f = g->config->breaker.scope == SCOPE_SHARED ? NULL : caller_frame(caller);
  if (f && w->containers[f->container].generation != f->generation) return NULL;
  struct call_memory *memory = &site->memories[f ? f->container - site->first : 0];
  uint32_t generation = f ? f->generation : 0;
  if (memory->begun && memory->generation == generation) return memory;
  memory->begun = true, memory->generation = generation;
  if (g->config->breaker.calls) breaker_start(&memory->breaker, &g->config->breaker, w->arena);
  budget_init(&memory->budget, &g->config->retry.budget, world_now(w));
  return memory;
}

/* --- one attempt ------------------------------------------------------------------------------------------------------------ */

/* Of attempt k of a call: the first draws as the caller would. */
static uint64_t attempt_key(const struct request *caller, const struct instruction *in, uint32_t attempt) {
  return attempt == 1 ? caller->key : stream_key(caller->key, PURPOSE_ATTEMPT, in->draw, attempt);
}

/* Sends the attempt: a request of its own. The caller waits. */
static void begin_attempt(struct world *w, struct request *r, const struct instruction *in) {
  struct call_site *site = &world_calls(w)->sites[in->guard->number];
  assert(request_calls(w, r)->attempts > 0);
  struct request *a = child_new(w, r, attempt_key(r, in, request_calls(w, r)->attempts), r->pc);
  if (!a) return;
  request_parks(r, in->guard->cell, world_now(w));
  if (site->timeouts) request_calls(w, r)->call_timeout = lane_push(site->timeouts, r->id);
  request_resume(w, a);
}

static enum breaker_result result_of(enum outcome outcome) {
  if (!outcome_failed(outcome)) return RESULT_GOOD;
  return outcome == OUTCOME_PATIENCE ? RESULT_NONE : RESULT_BAD;
}

/* Caller and attempt part: times, time-out, breaker, accounts. */
static struct request *part(struct world *w, struct request *a, enum outcome outcome, bool timed_out) {
  struct request *caller = child_ends(w, a, outcome);
  struct call_site *site = &world_calls(w)->sites[child_waits_at(w, caller)->guard->number];
  if (site->timeouts && !timed_out) lane_cancel(site->timeouts, request_calls(w, caller)->call_timeout);
  site->ended[outcome]++;
  assert(request_calls(w, caller)->attempts > 0);
  child_gives_times(w, caller, a);
  struct call_memory *memory = site->guard->config->breaker.calls ? memory_of(w, site, caller) : NULL;
  if (memory)
    breaker_result(&memory->breaker, &site->guard->config->breaker, world_now(w), request_calls(w, caller)->epoch,
                   result_of(outcome));
  return caller;
}

static bool call_return(struct world *w, struct request *a, const struct instruction *in) {
  struct request *caller = a->caller == NONE ? NULL : part(w, a, OUTCOME_COMPLETED, false);
  request_forget(w, a);
  if (!caller) {
    world_calls(w)->sites[in->guard->number].wasted++;
    return false;
  }
  assert(caller->child == NONE);
  caller->pc = in->guard->after, request_calls(w, caller)->attempts = 0;
  caller->waiting = NULL, caller->fresh = false, caller->since = world_now(w);
  request_resume(w, caller);
  return false;
}

static uint8_t return_turns(const uint8_t *computes, const struct instruction *in, uint32_t at) {
  (void)at;
  return computes[in->guard->after];
}
static const struct operation operation_return = {.name = "return", .run = call_return, .turns = return_turns};

static void fail_attempt(struct world *w, struct request *a, enum outcome outcome, bool timed_out) {
  child_failed(w, part(w, a, outcome, timed_out), outcome);
}

void call_fails(struct world *w, struct request *a, enum outcome outcome) { fail_attempt(w, a, outcome, false); }

void call_timed_out(void *world, uint32_t id) {
  struct world *w = world;
  struct request *caller = world_request(w, id), *a = world_request(w, caller->child);
  const struct guard *g = child_waits_at(w, caller)->guard;
  meter_count(w, g->meters[METER_CALL_TIMEOUTS]);
  request_gave_up_on(w, a);
  fail_attempt(w, a, OUTCOME_CALL_TIMEOUT, true);
  if (g->config->cancel) request_cancel(w, a);
}

/* --- what the caller does -------------------------------------------------------------------------------------------------- */

/* Waits before the next attempt: the instruction runs again. True when there is no pause. */
static bool back_off(struct world *w, struct request *r, const struct instruction *in) {
  uint64_t key = attempt_key(r, in, 0);
  sim_time pause = backoff_pause(&in->guard->config->retry.pause, request_calls(w, r)->attempts, key);
  r->pc--;
  if (!pause) return true;
  request_parks(r, in->guard->cell, world_now(w));
  timer_heap_push(w->sleepers, world_after(w, pause), r->id);
  return false;
}

/* The attempt failed: again, something else, or fail as it did. A client without patience is gone, whatever its servers do. */
static bool decide(struct world *w, struct request *r, const struct instruction *in, enum outcome outcome) {
  const struct guard *g = in->guard;
  struct call_memory *memory = memory_of(w, &world_calls(w)->sites[g->number], r);
  r->call_outcome = OUTCOME_COMPLETED;
  bool mended = outcome_failed(outcome) && outcome != OUTCOME_PATIENCE;
  if (mended && retry_wanted(&g->config->retry, request_calls(w, r)->attempts, outcome) &&
      budget_spend(&memory->budget, &g->config->retry.budget, world_now(w)))
    return back_off(w, r, in);
  request_calls(w, r)->attempts = 0;
  if (mended && g->fallback) {
    meter_count(w, g->meters[METER_FALLBACKS]);
    r->pc = g->fallback;
    return true;
  }
  request_fail(w, r, outcome);
  return false;
}

static void count_attempt(struct world *w, struct request *r, struct call_site *site, struct call_memory *memory) {
  bool first = !request_calls(w, r)->attempts++;
  assert(memory && memory->begun);
  *(first ? &site->calls : &site->retries) += 1;
  meter_count(w, site->guard->meters[METER_ATTEMPTS]);
  meter_count(w, site->guard->meters[first ? METER_CALLS : METER_RETRIES]);
  if (first) budget_deposit(&memory->budget, &site->guard->config->retry.budget, world_now(w));
}

static bool call_try(struct world *w, struct request *r, const struct instruction *in) {
  const struct guard *g = in->guard;
  if (r->call_outcome != OUTCOME_COMPLETED) return decide(w, r, in, (enum outcome)r->call_outcome);
  struct call_site *site = &world_calls(w)->sites[g->number];
  struct call_memory *memory = memory_of(w, site, r);
  count_attempt(w, r, site, memory);
  if (g->config->breaker.calls &&
      !breaker_admits(&memory->breaker, &g->config->breaker, world_now(w), &request_calls(w, r)->epoch)) {
    site->ended[OUTCOME_BREAKER]++;
    meter_count(w, g->meters[METER_BROKEN]);
    return decide(w, r, in, OUTCOME_BREAKER);
  }
  begin_attempt(w, r, in);
  return false;
}

/* --- walking ---------------------------------------------------------------------------------------------------------------- */

/* Where the body of a guarded call ends: at its "return". */
static uint32_t body_end(const struct guard *g) { return (uint32_t)(g->fallback ? g->fallback : g->after) - 1; }

/* Of the requests that begin a guarded call: those that go on behind it. */
static double try_through(struct passage *p, const struct instruction *in) {
  const struct guard *g = in->guard;
  double body = passage_share(p, p->program, p->at, body_end(g));
  double failed = passage_attempts(p, &g->config->retry, body).all_fail;
  p->at = g->after;
  return 1 - failed + (g->fallback ? failed * passage_share(p, p->program, g->fallback, g->after) : 0);
}

/* Every attempt asks as much as the first; what fails for good goes on in the fallback. */
static double try_onward(struct walk *w, const struct instruction *in, double weight) {
  const struct guard *g = in->guard;
  double success = passage_share(&passage_outside, w->program, w->at, body_end(g));
  struct attempts a = passage_attempts(&passage_outside, &g->config->retry, success);
  walk_on(*w, w->at, body_end(g), weight * a.expected);
  double through = weight * (1 - a.all_fail);
  w->at = g->after;
  return through + (g->fallback ? walk_on(*w, g->fallback, g->after, weight * a.all_fail) : 0);
}

/* A breaker that is open fails the call at once. */
static uint8_t try_turns(const uint8_t *computes, const struct instruction *in, uint32_t at) {
  return computes[at + 1] | (in->guard->fallback ? computes[in->guard->fallback] : 0);
}
static void cancel_attempt(struct world *w, struct request *r) { request_cancel(w, world_request(w, r->child)); }

const struct operation operation_try = {.child_fails = call_fails,
                                        .cancels = cancel_attempt,
                                        .name = "try",
                                        .run = call_try,
                                        .onward = try_onward,
                                        .through = try_through,
                                        .turns = try_turns};

/* The endpoint or the queue whose program it is. */
static const char *program_path(struct linker *l, uint32_t program) {
  const struct model *m = l->model;
  if (program < m->endpoints.count) return arena_format(l->arena, "endpoints.%s", model_endpoint(m, program)->name);
  return arena_format(l->arena, "queues.%s", model_queue(m, program - m->endpoints.count)->name);
}

static void warn_of_retries(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < m->program_count; i++)
    for (const struct guard *g = m->programs[i].guards; g; g = g->next)
      if (retry_unbounded(&g->config->retry))
        link_warn(l, program_path(l, i), NULL, "retry-unbounded",
                  "the call of \"%s\" is retried without limit or budget: what fails permanently is retried for ever; give "
                  "\"attempts\" or a \"budget\"",
                  model_service(m, (uint32_t)g->config->call)->name);
}

static void link_calls(struct linker *l, enum link_stage stage) {
  if (stage != LINK_COMPILED) return;
  calls_link(l->model);
  warn_of_retries(l);
}

const struct part part_calls = {.name = "calls",
                                .room.request = sizeof(struct calls_of_request),
                                .link = link_calls,
                                .requests = true,
                                .room.world = sizeof(struct call_sites),
                                .start = calls_start,
                                .stop = calls_stop};
