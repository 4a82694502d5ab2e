#include "models/faults/crew.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/faults/fault.h"
#include "sim/engine/arena.h"
#include <assert.h>

bool crew_takes(struct repair_crew *c, struct fault_process *f) {
  assert(!f->next_waiting);
  if (c->free > 0) return c->free--, true;
  if (c->last)
    c->last->next_waiting = f;
  else
    c->first = f;
  c->last = f;
  return false;
}

struct fault_process *crew_leaves(struct repair_crew *c) {
  struct fault_process *next = c->first;
  if (!next) return c->free++, NULL;
  c->first = next->next_waiting, next->next_waiting = NULL;
  if (!c->first) c->last = NULL;
  return next;
}

static void open_crews(struct world *w) {
  const struct config_list *all = model_crews(w->model);
  struct repair_crew *crews = arena_new_array(w->arena, struct repair_crew, all->count + 1);
  for (uint32_t i = 0; i < all->count; i++) crews[i] = (struct repair_crew){.free = model_crew(w->model, (int32_t)i)->size};
  *(struct repair_crew **)world_part(w, PART_crews) = crews;
}

/* Targets that may wait for the crew; -1: no fault names it. */
static double targets_of(const struct model *m, int32_t crew) {
  double targets = 0;
  bool named = false;
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    const struct fault_config *f = model_fault_at(m, i);
    if (f->crew == crew) named = true, targets += f->kind->count(m, f);
  }
  return named ? targets : -1;
}

/* Nothing is wrong with it. */
static void link_crews(struct linker *l, enum link_stage stage) {
  if (stage != LINK_WORK) return;
  for (uint32_t i = 0; i < model_crews(l->model)->count; i++) {
    const struct crew_config *c = model_crew(l->model, (int32_t)i);
    const char *path = arena_format(l->arena, "crews.%s", c->name);
    double targets = targets_of(l->model, (int32_t)i);
    if (targets < 0)
      link_warn(l, path, NULL, "crew-unused", "no fault names this crew");
    else if ((double)c->size > targets)
      link_warn(l, path, NULL, "crews-many", "%lld crews for %.0f targets: no repair ever waits", (long long)c->size, targets);
  }
}

static const char *const by_words[] = {"itself", "person", NULL};
static const struct field crew_fields[] = {
    KEY("size", INTEGER, crew_config, size, RANGE(1, 1000000), .doc = "Most repairs at once."),
    KEY("by", WORD, crew_config, by, DEFAULT("itself"), .words = by_words,
        .doc = "person: each repair takes the steps of \"people\" first."),
    {0}};
static const struct record crew_record = {.name = "crew",
                                          .size = sizeof(struct crew_config),
                                          .fields = crew_fields,
                                          .doc = "Those who repair faults that name them, so many at once.",
                                          .shorthand = "size"};
static const struct field root_keys[] = {
    ONLY_KEY("crews", MAP, OPTIONAL, .record = &crew_record,
             .doc = "Crews by name: {\"ops\": 1}: at most this many repairs at once of the faults that name it in \"crew\"."),
    {0}};
const struct record crews_root_record = {.name = "crews of a scenario", .size = sizeof(struct config_list), .fields = root_keys};

const struct part part_crews = {.name = "crews",
                                .link = link_crews,
                                .open = open_crews,
                                .room.world = sizeof(struct repair_crew *),
                                .keys.root = &crews_root_record};
