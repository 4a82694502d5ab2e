#include "sim/cli/memory_limit.h"
#include "sim/engine/arena.h"
#include "sim/report/format.h"
#include "sim/json/safe_text.h"
#include "sim/scenario/unit.h"
#include "sim/measure/footprint.h"
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* Of the control group, such as a container's; infinite without one. */
static double group_limit(void) {
  unsigned long long bytes = 0;
  FILE *file = fopen("/sys/fs/cgroup/memory.max", "re");
  bool given = file && fscanf(file, "%llu", &bytes) == 1;
  if (file) fclose(file);
  return given ? (double)bytes : INFINITY;
}

static double three_quarters(void) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  double physical = pages > 0 && size > 0 ? (double)pages * (double)size : INFINITY;
  return 0.75 * fmin(physical, group_limit());
}

bool memory_limit(const struct options *o, double *bytes) {
  *bytes = three_quarters();
  if (!o->max_memory) return true;
  struct arena *arena = arena_new();
  int64_t given;
  const char *wrong = unit_parse_bytes(arena, o->max_memory, &given);
  if (!wrong && given <= 0) wrong = "must be more than 0";
  if (wrong) safe_print(stderr, "aguanta: --max-memory %s\n", wrong);
  arena_free(arena);
  *bytes = wrong ? 0 : (double)given;
  return !wrong;
}

/* Of the study that needs most: what takes it. */
static void refuse(const struct scenario *s, const struct footprint *f, double needed, double most) {
  const struct footprint_part *p = f->parts;
  safe_print(stderr, "aguanta: %s needs about %s of memory, and may take %s (--max-memory): about %s for %.0f %s", s->file,
             format_number(UNIT_BYTES, NULL, needed).text, format_number(UNIT_BYTES, NULL, most).text,
             format_number(UNIT_BYTES, NULL, p->bytes).text, p->count, p->what);
  if (p[1].bytes > 0.1 * p[0].bytes)
    safe_print(stderr, ", %s for %.0f %s", format_number(UNIT_BYTES, NULL, p[1].bytes).text, p[1].count, p[1].what);
  fputc('\n', stderr);
}

static struct footprint of(const struct scenario *s, uint32_t replications) {
  return footprint_of(&s->model, replications ? replications : (double)s->model.run.replications);
}

bool memory_would_fit(const struct options *o, const struct scenario *s, uint32_t at_once, uint32_t replications) {
  double most;
  struct footprint f = of(s, replications);
  return memory_limit(o, &most) && footprint_bytes(&f, 1) * at_once <= most;
}

bool memory_fits(const struct options *o, const struct scenario *const *scenarios, uint32_t count, uint32_t at_once,
                 struct study_options *study) {
  double most, shared = 0, thread = 0, largest = 0;
  struct footprint worst = {0};
  uint32_t at = 0;
  if (!memory_limit(o, &most)) return false;
  for (uint32_t i = 0; i < count; i++) {
    struct footprint f = of(scenarios[i], study->replications);
    double one = footprint_bytes(&f, 1), each = footprint_bytes(&f, 2) - one;
    shared += one - each, thread = fmax(thread, each);
    if (one >= largest) largest = one, worst = f, at = i;
  }
  shared *= at_once;
  if (shared + thread * at_once > most) return refuse(scenarios[at], &worst, shared + thread * at_once, most), false;
  double fit = thread > 0 ? floor((most - shared) / thread / at_once) : study->jobs;
  if (fit < study->jobs) study->jobs = (uint32_t)fit;
  return true;
}
