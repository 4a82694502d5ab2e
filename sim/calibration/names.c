/* What is called how: the names in measurements (paths, cgroups, labels) and those of the scenario. */
#include "sim/calibration/calibration_inner.h"
#include <string.h>

/* Paths go by how they begin, other names are whole. */
static bool fits(const char *map, size_t length, const char *name) {
  return !strncmp(name, map, length) && (map[0] == '/' || !name[length]);
}

/* The part behind the longest map that fits; null: none does. */
static const char *mapped(const struct calibration *c, const char *name) {
  const char *best = NULL;
  size_t longest = 0;
  for (uint32_t i = 0; i < c->options->map_count; i++) {
    const char *map = c->options->maps[i], *equals = strrchr(map, '=');
    size_t length = equals ? (size_t)(equals - map) : 0;
    if (!length || !fits(map, length, name) || length < longest) continue;
    longest = length, best = equals + 1;
  }
  return best;
}

static const char *member_name(const struct calibration *c, const char *map, const char *name) {
  const struct json_value *v = json_member(json_member(c->scenario->tree, map), name);
  return v ? json_name(v) : NULL;
}

static const char *only_endpoint(const struct calibration *c) {
  const struct json_value *endpoints = json_member(c->scenario->tree, "endpoints");
  return json_count(endpoints) == 1 ? json_name(json_first(endpoints)) : NULL;
}

const char *measured_endpoint(const struct calibration *c, const char *name) {
  const char *to = mapped(c, name);
  if (to && !strncmp(to, "endpoints.", 10)) to += 10;
  if (to) return member_name(c, "endpoints", to);
  const char *found = member_name(c, "endpoints", name);
  size_t length = strcspn(name, "?");
  while (*name == '/') name++, length -= length > 0;
  if (!found) found = member_name(c, "endpoints", arena_format(c->arena, "%.*s", (int)length, name));
  return found ? found : only_endpoint(c);
}

const char *measured_service(const struct calibration *c, const char *name) {
  const char *to = mapped(c, name);
  if (to && !strncmp(to, "services.", 9)) to += 9;
  if (!strcmp(to ? to : name, "host")) return "host";
  return member_name(c, "services", to ? to : name);
}

double window_asked(const struct calibration *c, const struct measured_window *w, const char *endpoint) {
  double sum = 0;
  for (uint32_t i = 0; i < w->asked.count; i++) {
    const char *of = measured_endpoint(c, w->asked.items[i].name);
    if (of && !strcmp(of, endpoint)) sum += w->asked.items[i].amount;
  }
  return sum;
}

double window_cpu(const struct calibration *c, const struct measured_window *w, const char *service) {
  double sum = NAN;
  for (uint32_t i = 0; i < w->cpu.count; i++) {
    const char *of = measured_service(c, w->cpu.items[i].name);
    if (of && !strcmp(of, service)) sum = (isnan(sum) ? 0 : sum) + w->cpu.items[i].amount;
  }
  return sum;
}

/* --- checks ------------------------------------------------------------------------------------------------------------------- */

static const char *names_of(struct arena *arena, const struct json_value *map) {
  const char *text = "";
  uint32_t count = 0;
  for (const struct json_value *v = json_first(map); v && count < 12; v = json_next(v), count++)
    text = arena_format(arena, "%s%s%s", text, *text ? ", " : "", json_name(v));
  return text;
}

static bool check_maps(struct calibration *c, struct diagnostics *d) {
  bool good = true;
  for (uint32_t i = 0; i < c->options->map_count; i++) {
    const char *map = c->options->maps[i], *to = strrchr(map, '=');
    struct position at = {diagnostics_option(d, arena_format(c->arena, "--map %s", map)), 0, 0};
    const char *name = to ? to + 1 : "";
    if (!strncmp(name, "endpoints.", 10) || !strncmp(name, "services.", 9)) name = strchr(name, '.') + 1;
    bool known =
        to && to > map &&
        (member_name(c, "endpoints", name) || member_name(c, "services", name) || !strcmp(name, "host") || strchr(name, '.'));
    if (known) continue;
    diagnostic_add(d, &at, "must have the form MEASURED=NAME with an endpoint (%s) or a service (%s) of the scenario, or \"host\"",
                   names_of(c->arena, json_member(c->scenario->tree, "endpoints")),
                   names_of(c->arena, json_member(c->scenario->tree, "services")));
    good = false;
  }
  return good;
}

/* Requests that belong to no endpoint would be CPU without a cause. */
static bool check_asked(struct calibration *c, struct diagnostics *d, const struct measured_window *w) {
  double unknown = 0;
  const char *one = NULL;
  for (uint32_t i = 0; i < w->asked.count; i++)
    if (!measured_endpoint(c, w->asked.items[i].name)) unknown += w->asked.items[i].amount, one = w->asked.items[i].name;
  if (!(unknown > 0.01 * w->requests) || !one) return true;
  diagnostic_add(d, &w->at,
                 "%.3g%% of the requests are of no endpoint of the scenario, such as \"%s\": say which they are, as in --map "
                 "%s=NAME; there are: %s",
                 100 * unknown / w->requests, one, one, names_of(c->arena, json_member(c->scenario->tree, "endpoints")));
  return false;
}

static bool check_cpu(struct calibration *c, struct diagnostics *d, const struct measured_window *w) {
  for (uint32_t i = 0; i < w->cpu.count; i++)
    if (measured_service(c, w->cpu.items[i].name)) return true;
  if (!w->cpu.count) return true;
  diagnostic_add(d, &w->at,
                 "none of the CPU clocks has the name of a service, such as \"%s\": say which it is, as in --map %s=NAME; "
                 "there are: %s",
                 w->cpu.items[0].name, w->cpu.items[0].name, names_of(c->arena, json_member(c->scenario->tree, "services")));
  return false;
}

static void note_strangers(struct calibration *c, const struct measured_window *w) {
  for (uint32_t i = 0; i < w->cpu.count; i++)
    if (!measured_service(c, w->cpu.items[i].name))
      calibration_note(c, arena_format(c->arena, "the CPU of \"%s\" is left out: no service has this name (--map %s=NAME)",
                                       w->cpu.items[i].name, w->cpu.items[i].name));
}

bool names_check(struct calibration *c, struct diagnostics *d) {
  bool good = check_maps(c, d);
  const struct measured *m = c->measured;
  for (uint32_t i = 0; i < m->window_count && good; i++)
    good = check_asked(c, d, &m->windows[i]) && check_cpu(c, d, &m->windows[i]);
  if (good && m->window_count) note_strangers(c, &m->windows[0]);
  return good;
}
