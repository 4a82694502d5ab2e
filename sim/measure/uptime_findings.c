/* What is said of uptime next to its mean: how years and months differ, how often something is missing, what of an error budget
 * that uses, and what would have to shrink for the next nines. */
#include "models/availability/outage.h"
#include "models/faults/fault.h"
#include "sim/engine/arena.h"
#include "sim/measure/estimate.h"
#include "sim/measure/findings.h"
#include "sim/measure/measure_row.h"
#include "sim/measure/sample.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* --- measures next to the standard ones --------------------------------------------------------------------------------------- */

static struct measure measure_of(const char *word, int32_t endpoint) {
  enum subject subject = endpoint < 0 ? SUBJECT_ALL : SUBJECT_ENDPOINT;
  return (struct measure){.kind = measure_kind_of(word, QUANTITY_NONE, subject),
                          .subject = subject,
                          .index = endpoint < 0 ? 0 : (uint32_t)endpoint,
                          .cause = -1,
                          .region = -1};
}

static struct measure downtime_of(enum lost_part part, bool monthly) {
  struct measure m = measure_of("downtime", -1);
  m.part = part, m.monthly = monthly;
  return m;
}

static void add(struct evidence *ev, struct measure m) { ev->uptime[ev->uptime_count++] = (struct entry){.measure = m}; }

static const char *const how_often[] = {"outages", "mtbf", "time_to_first_outage"};

void uptime_entries(struct evidence *ev) {
  ev->uptime = arena_new_array(ev->arena, struct entry, 6 + 3 * (ev->model.endpoints.count + 1));
  for (int part = LOST_ALL; part <= LOST_UNPLANNED; part++)
    add(ev, downtime_of((enum lost_part)part, false)), add(ev, downtime_of((enum lost_part)part, true));
  for (int32_t e = -1; e < (int32_t)ev->model.endpoints.count; e++)
    for (int i = 0; i < 3; i++) add(ev, measure_of(how_often[i], e));
}

static const struct entry *entry_of(const struct evidence *ev, const struct measure *m) {
  for (uint32_t i = 0; i < ev->uptime_count; i++) {
    const struct measure *x = &ev->uptime[i].measure;
    if (x->kind == m->kind && x->subject == m->subject && x->index == m->index && x->part == m->part && x->monthly == m->monthly)
      return &ev->uptime[i];
  }
  assert(!"an entry of uptime");
  return NULL;
}

/* --- years and months --------------------------------------------------------------------------------------------------------- */

static struct downtime_spread spread_of(const struct evidence *ev, struct measure m) {
  const struct entry *e = entry_of(ev, &m);
  struct sample s = sample_new(ev, &m, e->samples);
  struct downtime_spread spread = {.mean = entry_estimate(ev, e),
                                   .p95 = sample_quantile(&s, 0.95, false),
                                   .p50 = sample_quantile(&s, 0.5, false).value,
                                   .worst = sample_quantile(&s, 1, false).value};
  for (int i = 0; i < SPREAD_QUANTILES; i++) spread.quantiles[i] = sample_quantile(&s, (i + 0.5) / SPREAD_QUANTILES, false).value;
  sample_free(&s);
  return spread;
}

static struct downtime_part part_of(const struct evidence *ev, const char *name, enum lost_part part) {
  return (struct downtime_part){name, spread_of(ev, downtime_of(part, false)), spread_of(ev, downtime_of(part, true))};
}

static bool any_planned(const struct model *m) {
  for (uint32_t i = 0; i < model_faults(m)->count; i++)
    if (model_fault_at(m, i)->planned) return true;
  return false;
}

static void find_parts(const struct evidence *ev, struct availability_result *a) {
  a->parts[a->part_count++] = part_of(ev, "downtime", LOST_ALL);
  if (!any_planned(&ev->model)) return;
  a->parts[a->part_count++] = part_of(ev, "planned", LOST_PLANNED);
  a->parts[a->part_count++] = part_of(ev, "unplanned", LOST_UNPLANNED);
}

/* --- how often ---------------------------------------------------------------------------------------------------------------- */

static struct estimate estimate_of(const struct evidence *ev, const char *word, int32_t endpoint) {
  struct measure m = measure_of(word, endpoint);
  return entry_estimate(ev, entry_of(ev, &m));
}

static struct outage_life life_of(const struct evidence *ev, int32_t endpoint) {
  const struct life_view *seen = &ev->faults.sum->lives[endpoint + 1];
  return (struct outage_life){.outages = seen->outages,
                              .per_year = estimate_of(ev, "outages", endpoint),
                              .mtbf = estimate_of(ev, "mtbf", endpoint),
                              .length_s = seen->outages ? seen->down_s / (double)seen->outages : NAN,
                              .first = estimate_of(ev, "time_to_first_outage", endpoint),
                              .pieces = ev->faults.done,
                              .firsts = seen->firsts.count};
}

/* --- the error budget --------------------------------------------------------------------------------------------------------- */

static const double three_nines = 0.999;

/* The availability that a claim on all endpoints asks for; 0: it asks for none. */
static double asked_by(const struct claim *c) {
  const struct measure *m = &c->measure;
  bool availability = m->kind == measure_kind_of("availability", QUANTITY_NONE, SUBJECT_ALL);
  bool downtime = m->kind == measure_kind_of("downtime", QUANTITY_NONE, SUBJECT_ALL);
  if (c->kind == CLAIM_INFO || m->subject != SUBJECT_ALL || m->part) return 0;
  if (availability && isfinite(c->low)) return c->low;
  return downtime && isfinite(c->high) ? 1 - c->high / measure_period_s(m) : 0;
}

static double strictest(const struct evidence *ev) {
  double most = 0;
  for (uint32_t i = 0; i < ev->judged.count; i++) {
    const struct claim *c = evidence_claim(ev, i);
    double asked = measure_settles(&c->measure) ? 0 : asked_by(c);
    if (asked < 1 && asked > most) most = asked;
  }
  return most;
}

static struct estimate kept(const struct evidence *ev, bool monthly, double budget_s) {
  struct measure m = downtime_of(LOST_ALL, monthly);
  struct sample s = sample_new(ev, &m, entry_of(ev, &m)->samples);
  struct estimate x = sample_share(&s, 0, budget_s);
  sample_free(&s);
  return x;
}

static struct error_budget budget_of(const struct evidence *ev, const struct availability_result *a) {
  double claimed = strictest(ev), target = claimed > 0 ? claimed : three_nines, year_s = (1 - target) * sim_seconds(SIM_YEAR);
  struct estimate used = a->parts[0].year.mean;
  used.value /= year_s, used.low /= year_s, used.high /= year_s;
  return (struct error_budget){.target = target,
                               .claimed = claimed > 0,
                               .year_s = year_s,
                               .month_s = year_s / 12,
                               .used = used,
                               .year_kept = kept(ev, false, year_s),
                               .month_kept = kept(ev, true, year_s / 12)};
}

/* --- what the next nines take ------------------------------------------------------------------------------------------------- */

static const char *duration(struct arena *arena, double s) {
  static const struct {
    double of;
    const char *unit;
  } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}, {1e-3, "ms"}};
  uint32_t i = 0;
  while (i < 4 && s < 1.5 * units[i].of) i++;
  return arena_format(arena, "%.3g %s", s / units[i].of, units[i].unit);
}

/* The least number of nines that is not reached, as an availability. */
static double next_nines(double availability) {
  double missing = 0.1;
  while (missing > 1e-9 && 1 - availability <= missing) missing /= 10;
  return 1 - missing;
}

static const char *name_of(struct arena *arena, double target) {
  static const char *const words[] = {"one nine",  "two nines",   "three nines", "four nines", "five nines",
                                      "six nines", "seven nines", "eight nines", "nine nines"};
  double nines = -log10(1 - target);
  long whole = lround(nines);
  if (whole >= 1 && whole <= 9 && fabs(nines - (double)whole) < 1e-6) return words[whole - 1];
  return arena_format(arena, "%.6g%%", 100 * target);
}

static int by_loss(const void *a, const void *b) {
  const struct outage_class *x = *(const struct outage_class *const *)a, *y = *(const struct outage_class *const *)b;
  if (x->downtime_per_year_s != y->downtime_per_year_s) return x->downtime_per_year_s < y->downtime_per_year_s ? 1 : -1;
  return x < y ? -1 : 1;
}

/* The causes that take most, until what is left fits; all of them where that is not enough. */
static uint32_t causes_until(const struct availability_result *a, const struct outage_class **sorted, double *left,
                             double budget_s) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < a->class_count; i++) sorted[i] = &a->classes[i];
  qsort(sorted, a->class_count, sizeof *sorted, by_loss);
  while (*left > budget_s && count < a->class_count && sorted[count]->downtime_per_year_s > 0)
    *left -= sorted[count++]->downtime_per_year_s;
  *left = fmax(0, *left);
  return count;
}

static const char *names_of(struct arena *arena, const struct outage_class **causes, uint32_t count) {
  const char *text = causes[0]->fault;
  for (uint32_t i = 1; i < count; i++) text = arena_format(arena, "%s%s%s", text, i + 1 < count ? ", " : " and ", causes[i]->fault);
  return text;
}

static const char *remedy(struct arena *arena, const struct availability_result *a, double budget_s) {
  const struct outage_class **sorted = arena_new_array(arena, const struct outage_class *, a->class_count + 1);
  double lost = a->downtime_per_year_s, left = lost;
  uint32_t count = causes_until(a, sorted, &left, budget_s);
  if (left > budget_s)
    return arena_format(arena, "no fault less is enough: %s a year are missing without one", duration(arena, left));
  double worst = sorted[0]->downtime_per_year_s;
  if (count == 1)
    return arena_format(arena, "%s must take at most %s a year of its %s", sorted[0]->fault,
                        duration(arena, worst - (lost - budget_s)), duration(arena, worst));
  return arena_format(arena, "no single cause is enough; without %s %s would be lost", names_of(arena, sorted, count),
                      left > 1e-3 ? duration(arena, left) : "nothing");
}

/* What a cause takes is what it was charged with: where outages overlap, another would have taken some of it. */
static const char *needs_of(const struct evidence *ev, const struct availability_result *a) {
  struct arena *arena = ev->arena;
  double target = a->budget.target, have = a->availability.value;
  if (!(a->downtime_per_year_s > 0)) return NULL;
  if (have >= target) target = next_nines(have);
  double budget_s = (1 - target) * sim_seconds(SIM_YEAR);
  return arena_format(arena, "%s need at most %s a year, and it is %s: %s", name_of(arena, target), duration(arena, budget_s),
                      duration(arena, a->downtime_per_year_s), remedy(arena, a, budget_s));
}

/* --- all of it ---------------------------------------------------------------------------------------------------------------- */

static double charged(const struct availability_result *a) {
  double sum = 0;
  for (uint32_t i = 0; i < a->class_count; i++) sum += a->classes[i].downtime_per_year_s;
  return sum;
}

void findings_uptime(const struct evidence *ev, struct availability_result *a) {
  struct outage_life *lives = arena_new_array(ev->arena, struct outage_life, a->endpoint_count + 1);
  find_parts(ev, a);
  for (uint32_t i = 0; i <= a->endpoint_count; i++) lives[i] = life_of(ev, (int32_t)i - 1);
  a->lives = lives;
  double rest = a->downtime_per_year_s - charged(a);
  a->without_fault_per_year_s = rest > 1e-9 * sim_seconds(SIM_YEAR) ? rest : 0;
  a->budget = budget_of(ev, a);
  a->needs = needs_of(ev, a);
}
