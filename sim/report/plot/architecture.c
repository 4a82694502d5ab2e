#include "sim/report/plot/architecture.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a value is without its source and range. */
static const struct json_value *plain(const struct json_value *v) {
  const struct json_value *value = json_member(v, "value");
  return value ? value : v;
}

static const char *text_of(const struct json_value *object, const char *key) {
  const char *text = json_text(plain(json_member(object, key)));
  return text ? text : "";
}

static double number_of(const struct json_value *object, const char *key, double otherwise) {
  const struct json_value *v = plain(json_member(object, key));
  return json_type(v) == JSON_NUMBER ? json_number(v) : otherwise;
}

static int service_named(const struct architecture *a, const char *name) {
  for (int i = 0; i < a->service_count; i++)
    if (!strcmp(a->service[i].name, name)) return i;
  return -1;
}

/* --- where things are --------------------------------------------------------------------------------------------------------- */

static void read_groups(struct architecture *a, const struct json_value *platform) {
  for (const struct json_value *r = json_first(json_member(platform, "regions")); r; r = json_next(r)) {
    if (a->region_count == REGIONS) a->cut = true;
    if (a->region_count < REGIONS)
      a->region[a->region_count].name = json_name(r), a->region[a->region_count++].at = text_of(r, "at");
  }
  for (const struct json_value *n = json_first(json_member(platform, "nodes")); n; n = json_next(n)) {
    if (a->group_count == GROUPS) a->cut = true;
    if (a->group_count == GROUPS) continue;
    struct architecture_group *g = &a->group[a->group_count++];
    const char *cpu = text_of(n, "cpu"), *memory = text_of(n, "memory"), *region = text_of(n, "region");
    double cores = number_of(n, "cpu", NAN);
    g->name = json_name(n), g->region = *region ? region : NULL, g->count = number_of(n, "count", 1);
    int used = snprintf(g->words, sizeof g->words, "%.0f machine%s", g->count, g->count == 1 ? "" : "s");
    if (!isnan(cores))
      used += snprintf(g->words + used, sizeof g->words - (size_t)used, ", %g core%s", cores, cores == 1 ? "" : "s");
    else if (*cpu)
      used += snprintf(g->words + used, sizeof g->words - (size_t)used, ", %.20s cores", cpu);
    if (*memory) snprintf(g->words + used, sizeof g->words - (size_t)used, ", %.20s%s", memory, g->count > 1 ? " each" : "");
  }
}

static uint64_t group_bit(const struct architecture *a, const char *name) {
  for (int i = 0; i < a->group_count; i++)
    if (name && !strcmp(a->group[i].name, name)) return UINT64_C(1) << i;
  return 0;
}

static uint64_t groups_of(const struct architecture *a, const struct json_value *service) {
  const struct json_value *place = plain(json_member(service, "place"));
  uint64_t bits = group_bit(a, json_text(place));
  for (const struct json_value *p = json_first(place); p; p = json_next(p)) bits |= group_bit(a, json_text(p));
  return bits;
}

/* A number, or one for each region. */
static double replicas_of(const struct json_value *service) {
  const struct json_value *replicas = plain(json_member(service, "replicas"));
  double sum = 0;
  if (json_type(replicas) == JSON_NUMBER) return json_number(replicas);
  for (const struct json_value *r = json_first(replicas); r; r = json_next(r))
    if (json_type(plain(r)) == JSON_NUMBER) sum += json_number(plain(r));
  return sum > 0 ? sum : 1;
}

static void read_by_region(const struct architecture *a, struct architecture_service *s, const struct json_value *service) {
  const struct json_value *replicas = plain(json_member(service, "replicas"));
  for (int r = 0; r < REGIONS; r++)
    s->in_region[r] = r < a->region_count && json_type(replicas) == JSON_OBJECT ? number_of(replicas, a->region[r].name, NAN) : NAN;
}

/* What has no place is on the groups that are nobody's. */
static void read_services(struct architecture *a, const struct json_value *services) {
  uint64_t taken = 0, all = a->group_count ? (UINT64_C(1) << a->group_count) - 1 : 0;
  for (const struct json_value *s = json_first(services); s; s = json_next(s)) taken |= groups_of(a, s);
  for (const struct json_value *s = json_first(services); s; s = json_next(s)) {
    if (a->service_count == SERVICES) a->cut = true;
    if (a->service_count == SERVICES) return;
    struct architecture_service *service = &a->service[a->service_count++];
    bool external = !strcmp(text_of(s, "kind"), "external");
    service->name = json_name(s), service->kind = text_of(s, "kind"), service->replicas = external ? 0 : replicas_of(s);
    read_by_region(a, service, s);
    service->groups = external ? 0 : groups_of(a, s);
    if (!external && !service->groups) service->groups = all & ~taken ? all & ~taken : all;
    if (external)
      snprintf(service->words, sizeof service->words, "external");
    else
      snprintf(service->words, sizeof service->words, "%.20s, %.0f replica%s%s", service->kind, service->replicas,
               service->replicas == 1 ? "" : "s", json_member(s, "autoscale") ? " at the start" : "");
  }
}

/* --- who calls whom ----------------------------------------------------------------------------------------------------------- */

struct walk {
  struct architecture *a;
  const struct json_value *root;
  const char *endpoint;
};

static void add_way(const struct walk *w, int from, int to, const char *verb) {
  struct architecture *a = w->a;
  struct architecture_way *way = a->way;
  if (to < 0 || from == to) return;
  while (way < a->way + a->way_count && (way->from != from || way->to != to)) way++;
  if (way == a->way + a->way_count) {
    if (a->way_count == WAYS) a->cut = true;
    if (a->way_count == WAYS) return;
    *way = (struct architecture_way){.from = from, .to = to};
    snprintf(way->verb, sizeof way->verb, "%.59s", verb);
    a->way_count++;
  }
  size_t used = strlen(way->endpoints), length = strlen(w->endpoint);
  if (used >= length && !strcmp(way->endpoints + used - length, w->endpoint)) return; /* the last one again */
  if (!strcmp(way->verb, verb) || !strchr(way->verb, ',')) snprintf(way->verb, sizeof way->verb, "%.59s", verb);
  way->endpoint_count++;
  snprintf(way->endpoints + used, sizeof way->endpoints - used, "%s%.40s", used ? ", " : "", w->endpoint);
}

static void query_words(const struct walk *w, int from, const char *to, char *verb, size_t size) {
  const struct json_value *pools = json_member(json_member(json_member(w->root, "services"), w->a->service[from].name), "pools");
  double most = number_of(json_member(pools, to), "max", NAN);
  if (isnan(most))
    snprintf(verb, size, "queries");
  else
    snprintf(verb, size, "queries, pool of %.0f", most);
}

static void publish(const struct walk *w, int from, const char *queue) {
  const struct json_value *q = json_member(json_member(w->root, "queues"), queue);
  int at = service_named(w->a, text_of(q, "at"));
  char verb[60];
  snprintf(verb, sizeof verb, "publishes %.40s", queue);
  if (q && from >= 0) add_way(w, from, at, verb);
}

static const struct {
  const char *key, *verb;
} verbs[] = {{"call", "calls"},    {"query", NULL},         {"transaction", NULL},   {"cached", "looks up"},
             {"external", "asks"}, {"invalidate", "drops"}, {"command", "commands"}, {"broadcast", "broadcasts"}};

/* Every step below, whatever it stands in: only a call goes on elsewhere. */
static void walk_steps(const struct walk *w, const struct json_value *list, int at, int depth) {
  if (depth > 20) return;
  for (const struct json_value *step = json_first(list); step; step = json_next(step)) {
    int inside = at;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
      const char *target = json_text(plain(json_member(step, verbs[i].key)));
      int to = target ? service_named(w->a, target) : -1;
      char verb[60];
      if (to < 0 || at < 0) continue;
      if (verbs[i].verb)
        snprintf(verb, sizeof verb, "%s", verbs[i].verb);
      else
        query_words(w, at, target, verb, sizeof verb);
      add_way(w, at, to, verb);
      if (!strcmp(verbs[i].key, "call")) inside = to;
    }
    const char *queue = json_text(plain(json_member(step, "publish")));
    if (queue) publish(w, at, queue);
    for (const struct json_value *m = json_first(step); m; m = json_next(m))
      if (json_type(m) == JSON_LIST) walk_steps(w, m, json_name(m) && !strcmp(json_name(m), "steps") ? inside : at, depth + 1);
  }
}

static void read_ways(struct architecture *a, const struct json_value *root) {
  for (const struct json_value *e = json_first(json_member(root, "endpoints")); e; e = json_next(e), a->endpoints++) {
    struct walk w = {a, root, json_name(e)};
    int entry = service_named(a, text_of(e, "entry"));
    add_way(&w, -1, entry, "");
    walk_steps(&w, json_member(e, "steps"), entry, 0);
  }
  for (const struct json_value *q = json_first(json_member(root, "queues")); q; q = json_next(q)) {
    struct walk w = {a, root, json_name(q)};
    int broker = service_named(a, text_of(q, "at")), workers = service_named(a, text_of(q, "workers"));
    if (broker >= 0) add_way(&w, broker, workers, "jobs");
    walk_steps(&w, json_member(q, "steps"), workers, 0);
  }
}

/* The longest way from the clients, circles cut by their length. */
static void find_ranks(struct architecture *a) {
  for (int i = 0; i < a->service_count; i++) a->service[i].rank = 1;
  for (int round = 0; round < a->service_count; round++)
    for (int i = 0; i < a->way_count; i++) {
      const struct architecture_way *w = &a->way[i];
      int rank = w->from < 0 ? 1 : a->service[w->from].rank + 1;
      if (rank > a->service[w->to].rank && rank <= 6) a->service[w->to].rank = rank;
    }
  for (int i = 0; i < a->service_count; i++)
    if (a->service[i].rank > a->ranks) a->ranks = a->service[i].rank;
}

static void read_trips(struct architecture *a, const struct json_value *platform) {
  size_t used = 0;
  for (const struct json_value *t = json_first(json_member(json_member(platform, "network"), "round_trip")); t; t = json_next(t)) {
    const char *text = json_text(plain(t));
    if (!json_name(t) || !text || used > sizeof a->round_trips - 80) continue;
    used += (size_t)snprintf(a->round_trips + used, sizeof a->round_trips - used, "%s%.40s %.20s", used ? ", " : "", json_name(t),
                             text);
  }
}

const char *architecture_read(struct architecture *a, const struct json_value *resolved) {
  *a = (struct architecture){0};
  const struct json_value *platform = json_member(resolved, "platform");
  read_groups(a, platform), read_services(a, json_member(resolved, "services"));
  if (!a->service_count) return "no services to draw";
  read_ways(a, resolved), find_ranks(a), read_trips(a, platform);
  return NULL;
}
