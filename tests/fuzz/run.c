/* A scenario that is good, for a bounded number of events: the model itself, and its audit when the run came to its end. */
#include "models/core/audit.h"
#include "models/core/world.h"
#include "models/traffic/offered.h"
#include "tests/fuzz/fuzz.h"

enum { EVENTS = 20000, CONTAINERS = 60, REQUESTS = 20000, DENSE = 500 };

static void broken(void *unused, const char *message) {
  (void)unused;
  fprintf(stderr, "broken invariant: %s\n", message);
  abort();
}

/* In steps that shrink where much happens. False when that was too much. */
static bool walk(struct world *w, sim_time end) {
  uint64_t events = calendar_events(w->calendar);
  for (sim_time step = 1000; world_now(w) < end && !w->overflowed && events < EVENTS; events = calendar_events(w->calendar)) {
    calendar_run(w->calendar, end - world_now(w) < step ? end : world_now(w) + step);
    step = calendar_events(w->calendar) - events > DENSE ? step / 8 + 1 : step < end / 8 ? 2 * step : step;
  }
  return world_now(w) == end;
}

static void run(struct world *w) {
  if (!walk(w, w->measured_from)) return;
  world_warm_up(w);
  if (!walk(w, w->measured_until)) return;
  world_measure_until(w, w->measured_until);
  world_close(w);
  world_audit(w, broken, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  struct arena *arena = arena_new();
  struct diagnostics *faults = diagnostics_new(arena);
  struct scenario *s = scenario_read_text(arena, faults, "scenarios/fuzz.jsonc", fuzz_text(arena, bytes, length), NULL, 0);
  bool small = s && s->model.container_count <= CONTAINERS && model_requests(&s->model) <= REQUESTS;
  for (int mode = 0; small && mode <= (s->model.run.years > 0); mode++) {
    struct world *w = world_new(&s->model, 1, 0, mode ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
    run(w);
    world_free(w);
  }
  arena_free(arena);
  return 0;
}
