#include "models/request/program.h"
#include "models/core/part.h"
#include "models/service/balancer/balancer.h"
#include "models/core/model.h"
#include "models/request/operation.h"
#include "models/request/request.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const time_kind_names[TIME_KINDS] = {"queue",  "service", "pool", "network", "external",    "delay",     "retry",
                                                 "permit", "lock",    "disk", "job",     "replication", "throttled", "waking"};

void compile_becomes(struct instruction *in, const struct operation *operation) {
  assert(operation && operation->name && operation->run);
  in->operation = operation, in->run = operation->run;
}

struct instruction *compile_emit_quietly(struct compiler *c, const struct operation *operation) {
  struct program *p = c->program;
  if (p->count + 1 >= PROGRAM_INSTRUCTIONS) {
    compile_error(c, "the endpoint has more than %d instructions", PROGRAM_INSTRUCTIONS);
    p->count = PROGRAM_INSTRUCTIONS - 2;
  }
  assert(p->count + 1 < PROGRAM_INSTRUCTIONS);
  struct instruction *in = &p->instructions[p->count++];
  *in = (struct instruction){.service = -1, .keyspace = -1, .draw = c->draws};
  compile_becomes(in, operation);
  return in;
}

struct instruction *compile_emit(struct compiler *c, const struct operation *operation) {
  c->draws++;
  return compile_emit_quietly(c, operation);
}

uint16_t compile_cell(struct compiler *c, int32_t service, enum time_kind kind) {
  struct program *p = c->program;
  for (uint32_t i = 0; i < p->cell_count; i++)
    if (p->cells[i].service == service && p->cells[i].kind == kind) return (uint16_t)i;
  if (p->cell_count == PROGRAM_CELLS) {
    compile_error(c, "the endpoint spends time in more than %d places", PROGRAM_CELLS);
    return 0;
  }
  p->cells[p->cell_count] = (struct cell){service, kind};
  return (uint16_t)p->cell_count++;
}

void compile_error(struct compiler *c, const char *format, ...) {
  if (c->error) return;
  char text[300];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  c->error = arena_text(c->arena, text);
  c->program->blamed = c->at;
}

void compile_steps(struct compiler *c, const struct config_list *steps) {
  const struct choice *step = steps->items;
  uint32_t depth = c->depth;
  c->lists[depth]++;
  for (uint32_t i = 0; i < steps->count; i++) {
    const struct step_kind *kind = step[i].kind->behaviour;
    const void *outer = c->at;
    c->at = step[i].value;
    kind->compile(c, step[i].value);
    c->at = outer;
  }
  c->lists[depth]--;
}

bool compile_is_after_answer(const struct compiler *c) {
  for (uint32_t depth = 1; depth <= c->depth; depth++)
    if (c->answered[depth]) return true;
  return false;
}

int32_t compile_service(const struct compiler *c) { return c->depth ? c->frames[c->depth - 1] : -1; }

static bool called_before(const struct program *p, int32_t service) {
  for (uint32_t i = 0; i + 1 < p->count; i++)
    if (p->instructions[i].operation->enters && p->instructions[i].service == service) return true;
  return false;
}

static uint16_t stopped_cell(struct compiler *c, int32_t service) {
  return quota_limits(model_service(c->model, (uint32_t)service)) ? compile_cell(c, service, TIME_THROTTLED) : 0;
}

struct instruction *compile_enter(struct compiler *c, int32_t service, enum route route) {
  if (c->depth == PROGRAM_FRAMES) {
    compile_error(c, "calls are nested more than %d deep", PROGRAM_FRAMES);
    c->depth--, c->beyond++;
  }
  if (model_service(c->model, (uint32_t)service)->embedded)
    compile_error(c, "\"%s\" is a file and runs nothing: only queries lead there",
                  model_service(c->model, (uint32_t)service)->name);
  parts_calls(c, service);
  struct instruction *in = compile_emit(c, &operation_enter);
  in->service = service;
  in->route = route;
  in->again = model_service(c->model, (uint32_t)service)->balance.policy->again && called_before(c->program, service);
  in->cell = compile_cell(c, service, TIME_NETWORK);
  parts_enters(c, in);
  struct instruction *accept = compile_emit(c, &operation_accept);
  accept->service = service;
  accept->cell = compile_cell(c, service, TIME_QUEUE);
  accept->stopped_cell = stopped_cell(c, service);
  parts_accepts(c, accept);
  assert(c->depth < PROGRAM_FRAMES);
  c->frames[c->depth++] = service;
  c->lists[c->depth] = c->answered[c->depth] = 0;
  parts_accepted(c);
  return in;
}

void compile_leave(struct compiler *c) {
  assert(c->depth > 0);
  parts_leaves(c);
  if (c->answered[c->depth]) { /* what is left ends here; who has been answered leaves */
    compile_emit_quietly(c, &operation_rest_done);
    c->program->instructions[c->answered[c->depth] - 1].target = (uint16_t)c->program->count;
    parts_leaves(c);
  }
  struct instruction *in = compile_emit(c, &operation_leave);
  in->service = c->frames[--c->depth];
  in->cell = compile_cell(c, in->service, TIME_NETWORK);
  parts_left(c, in);
  if (c->beyond) c->beyond--, c->depth++;
}

/* Of the leaves so far. */
static uint32_t last_leave(const struct program *p) {
  uint32_t i = p->count - 1;
  while (i && p->instructions[i].operation != &operation_leave) i--;
  return i;
}

void compile_carries(struct compiler *c, uint32_t first, bool all, int64_t request, int64_t response) {
  if (!request && !response) return;
  struct instruction *in = c->program->instructions;
  uint32_t last = last_leave(c->program);
  for (uint32_t i = first, calls = 0; i < c->program->count; i++) {
    if (in[i].operation->calls && (all || !calls++)) in[i].scale = (double)request;
    if (in[i].operation == &operation_leave && (all || i == last)) in[i].scale = (double)response;
  }
}

void compile_end_early(struct compiler *c, uint16_t outcome) {
  if (c->guarded || compile_is_after_answer(c)) { /* its caller, if any, learns it as a failure, and ends the same way */
    compile_emit(c, &operation_end_attempt)->outcome = outcome;
    return;
  }
  uint32_t depth = c->depth;
  assert(!c->guarded);
  while (c->depth) compile_leave(c); /* the frames stay in their array */
  compile_emit(c, &operation_end)->outcome = outcome;
  c->depth = depth;
}

void compile_cpu_cells(struct compiler *c, struct instruction *in, int32_t service) {
  in->cell = compile_cell(c, service, TIME_QUEUE);
  in->second_cell = compile_cell(c, service, TIME_SERVICE);
  in->stopped_cell = stopped_cell(c, service);
  if (model_service(c->model, (uint32_t)service)->wakes) in->wake_cell = compile_cell(c, service, TIME_WAKING);
}

struct instruction *compile_cpu(struct compiler *c, const struct distribution *demand) {
  int32_t service = compile_service(c);
  if (service < 0) {
    compile_error(c, "a \"cpu\" step needs a service to run on: give the endpoint an \"entry\" or put it inside a \"call\"");
    return NULL;
  }
  struct instruction *in = compile_emit(c, &operation_compute);
  in->service = service;
  in->demand = *demand;
  compile_cpu_cells(c, in, service);
  return in;
}

void compile_begin(struct compiler *c, const struct model *m, struct program *p, struct arena *arena) {
  *c = (struct compiler){.model = m, .program = p, .arena = arena, .transaction = -1, .shard_keys = -1, .shard = SHARD_OF_ITEM};
  p->unheld = p->network_cell = -1;
  p->instructions = allocate_zeroed(PROGRAM_INSTRUCTIONS, sizeof *p->instructions); /* they stay where they are while compiled */
}

const char *compile_end(struct compiler *c) {
  struct program *p = c->program;
  struct instruction *all = arena_new_array(c->arena, struct instruction, p->count + 1);
  assert(p->end < p->count && p->instructions[p->end].operation->ends);
  memcpy(all, p->instructions, p->count * sizeof *all);
  free(p->instructions);
  p->instructions = all;
  if (!c->error) program_find_turns(p, c->arena);
  return c->error;
}

const char *program_compile(struct program *p, const struct model *m, const struct endpoint_config *e, struct arena *arena) {
  struct compiler c;
  compile_begin(&c, m, p, arena);
  if (e->entry >= 0) compile_enter(&c, e->entry, ROUTE_ANY);
  compile_steps(&c, &e->steps);
  if (e->retried) p->retry_cell = compile_cell(&c, -1, TIME_RETRY);
  if (e->entry >= 0) compile_leave(&c);
  p->end = (uint16_t)p->count;
  assert(c.error || (!c.depth && !c.guarded));
  compile_emit(&c, &operation_end)->outcome = OUTCOME_COMPLETED;
  parts_behind(&c, e);
  return compile_end(&c);
}
