/* Reading recordings: of each number its mean and spread over the repetitions, whatever of it is there. */
#include "sim/engine/arena.h"
#include "sim/json/json_print.h"
#include "tests/real/real.h"
#include <stdarg.h>
#include <string.h>

const char *const real_latency_names[REAL_LATENCIES] = {"mean", "p50", "p90", "p95", "p99"};

void real_fault(struct real *r, const char *format, ...) {
  char text[1000];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  for (uint32_t i = 0; i < r->fault_count; i++)
    if (!strcmp(r->faults[i], text)) return;
  if (r->fault_count == r->fault_room) {
    r->fault_room = 2 * r->fault_room + 8;
    const char **room = arena_new_array(r->arena, const char *, r->fault_room);
    if (r->fault_count) memcpy(room, r->faults, r->fault_count * sizeof *room);
    r->faults = room;
  }
  r->faults[r->fault_count++] = arena_text(r->arena, text);
}

const char *note_text(const struct recording *c, const char *key) { return json_text(json_member(c->notes, key)); }

static double number_of(const struct json_value *v) {
  return json_type(v) == JSON_NUMBER && isfinite(json_number(v)) ? json_number(v) : NAN;
}

static const struct json_value *two(const struct json_value *v, const char *group, const char *key) {
  return json_member(group ? json_member(v, group) : v, key);
}

static bool accepted(const struct json_value *rep) {
  const struct json_value *v = json_member(rep, "accepted");
  return json_type(v) != JSON_FLAG || json_flag(v);
}

/* One number of a point: over its repetitions, or from its summary, or from the point itself. */
static struct measured measured_of(const struct json_value *point, const char *group, const char *key, double unit) {
  struct measured m = {NAN, NAN, 0};
  double sum = 0, least = INFINITY, most = -INFINITY;
  for (const struct json_value *rep = json_first(json_member(point, "reps")); rep; rep = json_next(rep)) {
    double x = number_of(two(rep, group, key));
    if (isnan(x) || !accepted(rep)) continue;
    sum += x, least = fmin(least, x), most = fmax(most, x), m.n++;
  }
  if (m.n) {
    m.value = sum / m.n * unit;
    if (m.n > 1 && sum > 0) m.spread = (most - least) / (sum / m.n);
    return m;
  }
  const struct json_value *summary = json_member(point, "summary");
  m.value = number_of(two(summary, group, key)) * unit;
  m.spread = number_of(json_member(json_member(summary, "spread_percent"), key)) / 100;
  if (isnan(m.value)) m.value = number_of(two(point, group, key)) * unit;
  m.n = !isnan(m.value);
  return m;
}

static const char *service_name(const struct recording *c, const char *theirs) {
  const char *ours = json_text(json_member(json_member(c->notes, "services"), theirs));
  return ours ? ours : theirs;
}

/* The group of CPU times: that of the first of repetitions, summary and the point that has one. */
static const struct json_value *cpu_group(const struct json_value *point) {
  static const char key[] = "cpu_ms_per_request";
  const struct json_value *v = json_member(json_first(json_member(point, "reps")), key);
  if (!v) v = json_member(json_member(point, "summary"), key);
  return v ? v : json_member(point, key);
}

static void read_numbers(const struct recording *c, struct real_point *p, const struct json_value *of) {
  for (int i = 0; i < REAL_LATENCIES; i++) p->latency[i] = measured_of(of, "latency_ms", real_latency_names[i], 1e-3);
  p->core = measured_of(of, NULL, "core1_busy", 1);
  if (isnan(p->core.value)) p->core = measured_of(of, NULL, "core_busy", 1);
  p->hit_rate = measured_of(of, NULL, "hit_rate", 1);
  for (const struct json_value *v = json_first(cpu_group(of)); v && p->service_count < REAL_SERVICES; v = json_next(v)) {
    p->services[p->service_count] = service_name(c, json_name(v));
    p->cpu[p->service_count++] = measured_of(of, "cpu_ms_per_request", json_name(v), 1e-3);
  }
}

static double first_number(const struct json_value *v, const char *const *keys) {
  for (; *keys; keys++)
    if (!isnan(number_of(json_member(v, *keys)))) return number_of(json_member(v, *keys));
  return NAN;
}

/* A load: a rate, or a number of users. False: neither is there. */
static bool read_point(struct real *r, const struct recording *c, struct real_point *p, const struct json_value *of) {
  static const char *const rates[] = {"nominal_rate", "rate", "offered_rate", NULL},
                           *const users[] = {"users", "closed_users", NULL},
                           *const through[] = {"throughput_at_mean_draw", "throughput", "achieved_rate", NULL};
  *p = (struct real_point){.rate = first_number(of, rates), .users = first_number(of, users)};
  if (isnan(p->rate) && isnan(p->users)) p->rate = first_number(json_member(of, "summary"), rates);
  if (isnan(p->rate) && isnan(p->users)) p->rate = measured_of(of, NULL, "offered_rate", 1).value;
  if (!(p->rate > 0) && !(p->users >= 1)) return false;
  p->given = json_flag(json_member(of, "calibration")) || p->users >= 1;
  read_numbers(c, p, of);
  p->throughput = (struct measured){NAN, NAN, 0};
  if (p->users >= 1) p->rate = NAN, p->throughput = (struct measured){first_number(of, through), NAN, 1};
  double fraction = number_of(json_member(of, "fraction"));
  p->label = p->users >= 1     ? arena_format(r->arena, "%.0f users", p->users)
             : isnan(fraction) ? arena_format(r->arena, "%g/s", p->rate)
                               : arena_format(r->arena, "%g", fraction);
  return true;
}

/* --- parts ---------------------------------------------------------------------------------------------------------------- */

static const char *as_text(struct real *r, const struct json_value *v) {
  return json_type(v) == JSON_TEXT ? json_text(v) : json_print_line(r->arena, v);
}

/* Parameters of the part that have a key in the scenario and differ from those it was calibrated at. */
static void read_sets(struct real *r, const struct recording *c, struct real_part *part, const struct json_value *parameters,
                      const struct json_value *own) {
  for (const struct json_value *v = json_first(json_member(c->notes, "parameters")); v; v = json_next(v)) {
    const struct json_value *value = json_member(parameters, json_name(v)), *usual = json_member(own, json_name(v));
    if (!value || part->set_count == REAL_SETS - 8) continue;
    const char *key = json_type(v) == JSON_TEXT ? json_text(v) : json_text(json_member(v, "key")),
               *unit = json_text(json_member(v, "unit"));
    const char *text = as_text(r, value);
    if (!key || (usual && !strcmp(as_text(r, usual), text))) continue;
    part->sets[part->set_count++] = arena_format(r->arena, "%s=%s%s", key, text, unit ? unit : "");
    part->name = arena_format(r->arena, "%s %s=%s", part->name, json_name(v), text);
  }
}

static struct real_part *add_part(struct real *r, struct recording *c, const struct json_value *parameters,
                                  const struct json_value *own, uint32_t points) {
  struct real_part *part = &c->parts[c->part_count++];
  part->name = c->name;
  part->points = arena_new_array(r->arena, struct real_point, points + 1);
  read_sets(r, c, part, parameters, own);
  return part;
}

static void add_point(struct real *r, const struct recording *c, struct real_part *part, const struct json_value *of) {
  struct real_point *p = &part->points[part->point_count];
  if (read_point(r, c, p, of))
    part->point_count++;
  else
    real_fault(r, "%s: a point has no rate and no users", c->file);
}

static void read_part(struct real *r, struct recording *c, const struct json_value *from, const struct json_value *parameters,
                      const struct json_value *own) {
  const struct json_value *points = json_member(from, "points"), *curve = json_member(from, "closed_curve"),
                          *saturation = json_member(from, "saturation");
  struct real_part *part = add_part(r, c, parameters, own, json_count(points) + json_count(curve) + 2);
  for (const struct json_value *v = json_first(points); v; v = json_next(v))
    if (!json_member(v, "parameters")) add_point(r, c, part, v);
  for (const struct json_value *v = json_first(curve); v; v = json_next(v)) add_point(r, c, part, v);
  if (saturation) add_point(r, c, part, saturation);
  if (!points && !curve && !saturation) add_point(r, c, part, from);
}

static bool is_variant(const struct json_value *v) {
  return json_member(v, "parameters") && (json_member(v, "points") || json_member(v, "latency_ms") || json_member(v, "reps") ||
                                          json_member(v, "summary") || json_member(v, "throughput"));
}

/* Further measurements inside a recording: objects with parameters of their own, in lists or under names. */
static void read_variants(struct real *r, struct recording *c, const struct json_value *in, const struct json_value *own,
                          int depth) {
  for (const struct json_value *v = json_first(in); v && depth < 3; v = json_next(v)) {
    if (json_type(v) != JSON_OBJECT && json_type(v) != JSON_LIST) continue;
    if (json_type(v) == JSON_OBJECT && is_variant(v) && c->part_count < 60)
      read_part(r, c, v, json_member(v, "parameters"), own);
    else
      read_variants(r, c, v, own, depth + 1);
  }
}

/* --- by second -------------------------------------------------------------------------------------------------------------- */

static double second_value(const struct json_value *per, uint32_t i, const char *const *keys) {
  if (json_type(per) == JSON_OBJECT) { /* lists by name */
    for (; *keys; keys++) {
      const struct json_value *v = json_first(json_member(per, *keys));
      for (uint32_t k = 0; v && k < i; k++) v = json_next(v);
      if (v) return number_of(v);
    }
    return NAN;
  }
  const struct json_value *v = json_first(per);
  for (uint32_t k = 0; v && k < i; k++) v = json_next(v);
  return first_number(v, keys);
}

static uint32_t second_count(const struct json_value *per) {
  if (json_type(per) == JSON_LIST) return json_count(per);
  uint32_t most = 0;
  for (const struct json_value *v = json_first(per); v; v = json_next(v)) most = json_count(v) > most ? json_count(v) : most;
  return most;
}

static double *mean_by_second(struct real *r, const struct json_value *runs, uint32_t count, const char *const *keys,
                              double *spread) {
  double *out = arena_new_array(r->arena, double, count);
  bool any = false;
  for (uint32_t i = 0; i < count; i++) {
    double sum = 0, least = INFINITY, most = -INFINITY;
    uint32_t n = 0;
    for (const struct json_value *run = json_first(runs); run; run = json_next(run)) {
      double x = second_value(json_member(run, "per_second"), i, keys);
      if (isnan(x)) continue;
      sum += x, n++, least = fmin(least, x), most = fmax(most, x);
    }
    any = any || n;
    out[i] = n ? sum / n : 0;
    /* Of one run what a Poisson count varies by, both ways. */
    if (spread) spread[i] = !(sum > 0) ? NAN : n > 1 ? (most - least) / out[i] : 4 / sqrt(out[i]);
  }
  return any ? out : NULL;
}

static bool read_seconds(struct real *r, struct recording *c) {
  static const char *const offered[] = {"offered", NULL}, *const sent[] = {"attempts_sent", "attempts", "sent", NULL},
                           *const ok[] = {"ok", "completed", "goodput", NULL}, *const out[] = {"timeouts", "timed_out", NULL};
  const struct json_value *runs = json_member(c->root, "runs");
  struct real_seconds *s = arena_alloc(r->arena, sizeof *s);
  for (const struct json_value *run = json_first(runs); run; run = json_next(run)) {
    uint32_t n = second_count(json_member(run, "per_second"));
    s->count = n > s->count ? n : s->count, s->runs++;
  }
  if (!s->count || s->count > 5000) return real_fault(r, "%s: \"runs\" have no \"per_second\"", c->file), false;
  s->ok_spread = arena_new_array(r->arena, double, s->count);
  s->offered = mean_by_second(r, runs, s->count, offered, NULL), s->sent = mean_by_second(r, runs, s->count, sent, NULL);
  s->ok = mean_by_second(r, runs, s->count, ok, s->ok_spread), s->timeouts = mean_by_second(r, runs, s->count, out, NULL);
  if (!s->ok) return real_fault(r, "%s: \"per_second\" has no \"ok\"", c->file), false;
  c->seconds = s;
  return true;
}

/* --- all ------------------------------------------------------------------------------------------------------------------- */

static const struct json_value *read_json(struct real *r, const char *file) {
  struct diagnostics *faults = diagnostics_new(r->arena);
  const struct json_value *root = json_read_file(r->arena, faults, file);
  if (root && !diagnostics_errors(faults) && json_type(root) == JSON_OBJECT) return root;
  if (diagnostics_errors(faults))
    real_fault(r, "%s", diagnostics_render(faults, r->arena));
  else
    real_fault(r, "%s: is not an object", file);
  return NULL;
}

/* The parameters that the scenario was calibrated at: of the recording beside it. */
static const struct json_value *own_parameters(struct real *r, const char *scenario, const struct json_value *otherwise) {
  static const char ending[] = ".scenario.jsonc";
  size_t length = strlen(scenario) - strlen(ending);
  const char *file = arena_format(r->arena, "%.*s.json", (int)length, scenario);
  const struct json_value *v = json_read_file(r->arena, diagnostics_new(r->arena), file);
  return json_member(v, "parameters") ? json_member(v, "parameters") : otherwise;
}

struct recording *recording_read(struct real *r, const char *name, const char *file, const char *scenario) {
  struct recording *c = arena_alloc(r->arena, sizeof *c);
  *c = (struct recording){.name = name, .file = file, .scenario = scenario, .root = read_json(r, file)};
  const struct json_value *tree = c->root ? read_json(r, scenario) : NULL;
  if (!tree) return NULL;
  c->notes = json_member(tree, "x-real");
  c->parts = arena_new_array(r->arena, struct real_part, 64);
  const struct json_value *parameters = json_member(c->root, "parameters"), *own = own_parameters(r, scenario, parameters);
  uint32_t before = r->fault_count;
  if (json_member(c->root, "runs") && !read_seconds(r, c)) return NULL;
  bool points = json_member(c->root, "points") || json_member(c->root, "closed_curve") || json_member(c->root, "saturation") ||
                json_member(c->root, "reps") || json_member(c->root, "summary") || json_member(c->root, "latency_ms");
  if (points) read_part(r, c, c->root, parameters, own);
  read_variants(r, c, c->root, own, 0);
  if (!c->part_count && !c->seconds) return real_fault(r, "%s: has no points, no closed runs and no runs by second", file), NULL;
  return r->fault_count == before ? c : NULL;
}
