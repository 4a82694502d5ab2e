/* Negative controls of the oracle (docs/validation.md): models that are wrong on purpose, which its judge must refuse.
 *
 * Each control runs twice at one size: the right model passes, the wrong one is refused. Where the fault can be said in a
 * scenario or made of the program's own replications, the program runs; the two that it cannot be talked into (a time-out
 * that interrupts service, turns with a quantum) are simulations of a few lines, right and wrong
 * differing in one flag, and their numbers go to the same judge. */
#include "sim/engine/stream.h"
#include "sim/stats/interval.h"
#include "sim/measure/measure.h"
#include "sim/measure/view.h"
#include "tests/oracle_case.h"

enum { REPLICATIONS = 64, MEASURES = 24 };

/* What replications said, by measure in the order of the case. */
struct readings {
  uint32_t measures;
  uint64_t requests;
  double value[MEASURES]; /* of all together */
  double sample[MEASURES][REPLICATIONS];
};

static struct observed observed_of(const struct readings *r, uint32_t measure) {
  struct interval x = interval_student(r->sample[measure], REPLICATIONS, 0.95);
  return (struct observed){r->value[measure], interval_half_width(x), REPLICATIONS, r->requests};
}

static struct score judge_readings(const struct oracle_case *c, const struct readings *r, bool tell) {
  struct score score = {0};
  uint32_t i = 0;
  for (const struct json_value *v = json_first(c->expected); v && i < r->measures; v = json_next(v), i++) {
    const char *measure = json_text(json_member(v, "measure"));
    struct expectation e = {.measure = measure,
                            .exact = json_number(json_member(v, "exact")),
                            .p = *measure == 'p' ? strtod(measure + 1, NULL) / 100 : 0,
                            .util = c->util};
    struct observed o = observed_of(r, i);
    judge_one(c, json_text(json_member(v, "tolerance")), &e, &o, tell, &score);
  }
  return score;
}

static double mean_of_samples(const double *x) {
  double sum = 0;
  for (int i = 0; i < REPLICATIONS; i++) sum += x[i];
  return sum / REPLICATIONS;
}

/* --- changes of a scenario ----------------------------------------------------------------------------------------------------- */

static struct score changed(struct arena *arena, const char *name, const struct scenario_override *changes, uint32_t count,
                            bool wrong) {
  struct oracle_case c;
  return read_case(arena, name, &c) ? run_case(arena, &c, changes, count, !wrong) : (struct score){0};
}

static struct score mean_off(struct arena *arena, bool wrong) {
  static const struct scenario_override change = {"--set", "endpoints.job.steps.0.cpu.exponential", "1.02s"};
  return changed(arena, "erlangb-10-a7", &change, wrong, wrong);
}

static struct score turns_at_random(struct arena *arena, bool wrong) {
  static const struct scenario_override change = {"--set", "services.server.balance", "random"};
  return changed(arena, "lb-roundrobin-2", &change, wrong, wrong);
}

static struct score drawn_twice(struct arena *arena, bool wrong) {
  static const struct scenario_override change = {"--set", "services.server.balance.distinct", "false"};
  return changed(arena, "lb-po2-3-rho80", &change, wrong, wrong);
}

static struct score first_in_first_out(struct arena *arena, bool wrong) {
  static const struct scenario_override change = {"--set", "services.by-lru.cache.policy", "fifo"};
  return changed(arena, "cache-lru-10-3", &change, wrong, wrong);
}

/* Short replications, where what the empty start hides is not yet small: about a tenth of the mean. */
static struct score no_warm_up(struct arena *arena, bool wrong) {
  static const struct scenario_override changes[] = {
      {"--set", "run.window", "5000s"}, {"--set", "run.replications", "3600"}, {"--set", "run.warmup", "0s"}};
  return changed(arena, "mm1-rho95", changes, wrong ? 3 : 2, wrong);
}

/* --- the program's own replications, put together wrongly --------------------------------------------------------------------- */

/* The upper end of the bucket, which is what HdrHistogram tells, when each bucket is 5% wider than the one before. */
static double in_bucket(double x) { return exp(ceil(log(x) / log(1.05)) * log(1.05)); }

static double told(const struct measure *m, const struct model *model, const struct view *v, bool buckets) {
  double x = measure_value(m, model, v);
  return buckets && m->p > 0 ? in_bucket(x) : x;
}

static struct score put_together(struct arena *arena, const char *name, bool one_seed, bool buckets, bool wrong) {
  struct oracle_case c;
  struct scenario *s = read_case(arena, name, &c) ? read_scenario(arena, &c, NULL, 0) : NULL;
  if (!s) return (struct score){0};
  const struct claim *claims = s->claims.items;
  struct readings *r = arena_alloc(arena, sizeof *r);
  struct view *all = view_new(&s->model, true);
  r->measures = s->claims.count;
  if (!test_check(r->measures <= MEASURES, "%u measures", r->measures)) return (struct score){0};
  for (uint32_t i = 0; i < REPLICATIONS; i++) {
    struct world *w = world_new(&s->model, s->model.run.seed, one_seed ? 0 : i, WORLD_TRAFFIC);
    struct view *v = view_new(&s->model, true);
    world_run(w);
    view_read(v, w);
    for (uint32_t m = 0; m < r->measures; m++) r->sample[m][i] = told(&claims[m].measure, &s->model, v, buckets);
    view_merge(all, v, &s->model);
    view_free(v), world_free(w);
  }
  for (uint32_t m = 0; m < r->measures; m++) r->value[m] = told(&claims[m].measure, &s->model, all, buckets);
  view_free(all);
  return judge_readings(&c, r, !wrong);
}

static struct score seeds_reused(struct arena *arena, bool wrong) { return put_together(arena, "mmck-4-K12", wrong, false, wrong); }

static struct score coarse_percentiles(struct arena *arena, bool wrong) {
  return put_together(arena, "mm1-rho50", false, wrong, wrong);
}

/* --- simulations of a few lines ------------------------------------------------------------------------------------------------- */

enum { KEY = 20250, QUEUE = 1024 }; /* most jobs inside */

struct waiting_job {
  double arrived, left;
};

/* One turn of the first job in the queue, or what all get of the core until the first of them is done; returns the time it takes. */
static double turn(struct waiting_job *queue, uint32_t first, uint32_t last, double quantum, double until_next) {
  double inside = last - first, slice = fmin(quantum, queue[first % QUEUE].left);
  if (quantum > 0) {
    queue[first % QUEUE].left -= slice;
    return slice;
  }
  double time = fmin(until_next, inside * queue[first % QUEUE].left);
  for (uint32_t i = first; i != last; i++) queue[i % QUEUE].left -= time / inside;
  return time;
}

/* Mean time inside of one core that serves jobs of 1 s in turns of a quantum, arrivals at 0.75/s. Quantum 0: the limit, shares. */
static double in_turns(struct stream draws, double quantum, double from, double until) {
  struct waiting_job queue[QUEUE];
  uint32_t first = 0, last = 0, done = 0;
  double now = 0, next = 0, sum = 0;
  while (next < until || first != last) {
    if (first == last) now = next;
    bool serving = first != last;
    if (serving) now += turn(queue, first, last, quantum, next < until ? next - now : INFINITY);
    for (; next <= now && next < until; next += stream_exponential(&draws) / 0.75)
      queue[last++ % QUEUE] = (struct waiting_job){next, 1};
    if (!serving || (quantum == 0 && queue[first % QUEUE].left > 1e-9)) continue;
    struct waiting_job job = queue[first++ % QUEUE];
    if (job.left > 1e-9)
      queue[last++ % QUEUE] = job;
    else if (job.arrived >= from)
      sum += now - job.arrived, done++;
  }
  return sum / done;
}

static struct score large_quantum(struct arena *arena, bool wrong) {
  struct oracle_case c;
  if (!read_case(arena, "mg1ps-insensitive-det", &c)) return (struct score){0};
  struct readings *r = arena_alloc(arena, sizeof *r);
  for (uint32_t i = 0; i < REPLICATIONS; i++) r->sample[0][i] = in_turns(stream_at(KEY, i), wrong ? 0.5 : 0, 2000, 48000);
  r->value[0] = mean_of_samples(r->sample[0]), r->measures = 1;
  return judge_readings(&c, r, !wrong);
}

/* First come, first served; clients give up after 6 s. Whether that ends their service is what differs. */
static void impatient(struct stream draws, bool interrupts, double from, double until, double out[4]) {
  double arrived = 0, free_at = 0, lost = 0, served = 0, sum = 0, busy = 0;
  while ((arrived += stream_exponential(&draws) / 0.8) < until) {
    double start = fmax(arrived, free_at), work = stream_exponential(&draws), gone = arrived + 6;
    if (interrupts) work = fmax(0, fmin(work, gone - start));
    free_at = fmax(free_at, start + work);
    bool late = start + work >= gone;
    if (arrived < from) continue;
    busy += work, lost += late, served += !late, sum += late ? 0 : free_at - arrived;
  }
  out[0] = lost / (lost + served), out[1] = served / (until - from), out[2] = sum / served, out[3] = busy / (until - from);
}

static struct score time_out_interrupts(struct arena *arena, bool wrong) {
  struct oracle_case c;
  if (!read_case(arena, "mm1-zombie-timeout", &c)) return (struct score){0};
  struct readings *r = arena_alloc(arena, sizeof *r);
  for (uint32_t i = 0; i < REPLICATIONS; i++) {
    double out[4];
    impatient(stream_at(KEY, i), wrong, 300, 80300, out);
    for (int m = 0; m < 4; m++) r->sample[m][i] = out[m];
  }
  r->measures = 4;
  for (int m = 0; m < 4; m++) r->value[m] = mean_of_samples(r->sample[m]);
  return judge_readings(&c, r, !wrong);
}

/* --- the nine --------------------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  struct score (*run)(struct arena *, bool wrong);
  unsigned least; /* measures of the wrong model that must be refused */
} wrong_models[] = {{"a service mean off by 2%", mean_off, 3},
                    {"seeds reused over replications", seeds_reused, 4},
                    {"processor sharing as round robin with a large quantum", large_quantum, 1},
                    {"round robin at random", turns_at_random, 4},
                    {"two of three with replacement", drawn_twice, 2},
                    {"a time-out that interrupts service", time_out_interrupts, 3},
                    {"no warm-up at load 0.95", no_warm_up, 3},
                    {"LRU as FIFO", first_in_first_out, 1},
                    {"percentiles from 5% buckets", coarse_percentiles, 3}};

static void test_nine_wrong_models(void) {
  if (getenv("AGUANTA_ORACLE_DIR")) {
    test_check(true, "the controls are changes of our own cases");
    return;
  }
  for (size_t i = 0; i < sizeof wrong_models / sizeof *wrong_models; i++)
    for (int wrong = 0; wrong < 2; wrong++) {
      struct arena *arena = arena_new();
      struct score s = wrong_models[i].run(arena, wrong);
      test_check(s.measures > 0 && (wrong ? s.failures >= wrong_models[i].least : s.failures == 0),
                 "%s: of the %s model %u of %u measures were refused", wrong_models[i].name, wrong ? "wrong" : "right", s.failures,
                 s.measures);
      arena_free(arena);
    }
}

/* Many measures of many kinds against a mean that is off by 2%. The right ones pass in suite oracle. */
static void test_off_by_two_percent_everywhere(void) {
  static const struct {
    const char *name, *path, *value;
    unsigned least; /* measures that must be refused */
  } controls[] = {{"mm1-rho80", "endpoints.job.steps.0.cpu.exponential", "1.02s", 4},
                  {"mm1-rho80", "endpoints.job.steps.0.cpu.exponential", "0.98s", 4},
                  {"mmc-100-qed", "endpoints.job.steps.0.cpu.exponential", "1.02s", 3},
                  {"erlangb-10-a7", "endpoints.job.steps.0.cpu.exponential", "1.02s", 3},
                  {"closed-repair-20", "endpoints.job.steps.0.cpu.exponential", "816ms", 3},
                  {"mtminf-sinus-exp", "endpoints.job.steps.0.delay.exponential", "2.04s", 4},
                  {"avail-1unit-720-4", "faults.outage.repair.exponential", "4.08h", 2}};
  if (getenv("AGUANTA_ORACLE_DIR")) {
    test_check(true, "the controls are changes of our own cases");
    return;
  }
  for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
    struct arena *arena = arena_new();
    struct oracle_case c;
    struct scenario_override change = {.option = "--set", .path = controls[i].path, .value = controls[i].value};
    if (read_case(arena, controls[i].name, &c)) {
      struct score s = run_case(arena, &c, &change, 1, false);
      test_check(s.failures >= controls[i].least, "%s with %s = %s: only %u of %u measures were refused", c.path, change.path,
                 change.value, s.failures, s.measures);
    }
    arena_free(arena);
  }
}

static const struct test_case cases[] = {
    {"nine_wrong_models", test_nine_wrong_models}, {"off_by_two_percent_everywhere", test_off_by_two_percent_everywhere}, {0}};
const struct test_suite suite_oracle_controls = {"oracle_controls", cases};
