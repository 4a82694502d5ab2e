#include "sim/study/memory_need.h"
#include <math.h>
#include <unistd.h>

/* Of the control group, such as a container's; infinite without one. */
static double group_limit(void) {
  unsigned long long bytes = 0;
  FILE *file = fopen("/sys/fs/cgroup/memory.max", "re");
  bool given = file && fscanf(file, "%llu", &bytes) == 1;
  if (file) fclose(file);
  return given ? (double)bytes : INFINITY;
}

double memory_of_machine(void) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  double physical = pages > 0 && size > 0 ? (double)pages * (double)size : INFINITY;
  return 0.75 * fmin(physical, group_limit());
}

static struct footprint of(const struct scenario *s, uint32_t replications) {
  return footprint_of(&s->model, replications ? replications : (double)s->model.run.replications);
}

bool memory_would_fit(double most, const struct scenario *s, uint32_t at_once, uint32_t replications) {
  struct footprint f = of(s, replications);
  return footprint_bytes(&f, 1) * at_once <= most;
}

bool memory_fits(double most, const struct scenario *const *scenarios, uint32_t count, uint32_t at_once,
                 struct study_options *study, struct memory_need *need) {
  double shared = 0, thread = 0, largest = 0;
  *need = (struct memory_need){.most = most, .of = scenarios[0]};
  for (uint32_t i = 0; i < count; i++) {
    struct footprint f = of(scenarios[i], study->replications);
    double one = footprint_bytes(&f, 1), each = footprint_bytes(&f, 2) - one;
    shared += one - each;
    thread = fmax(thread, each);
    if (one < largest) continue;
    largest = one;
    need->of = scenarios[i];
    need->footprint = f;
  }
  shared *= at_once;
  need->bytes = shared + thread * at_once;
  if (need->bytes > most) return false;
  double fit = thread > 0 ? floor((most - shared) / thread / at_once) : study->jobs;
  if (fit < study->jobs) study->jobs = (uint32_t)fit;
  return true;
}
