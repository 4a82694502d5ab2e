#include "models/traffic/journey.h"
#include "models/traffic/source.h"
#include "models/traffic/client.h"
#include "models/traffic/page.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>
#include <string.h>

static const struct journey_stop_config *journey_stop_at(const struct source_config *s, uint32_t i) {
  return (const struct journey_stop_config *)s->journey.items + i;
}

/* --- linking --------------------------------------------------------------------------------------------------------------- */

static int32_t journey_stop_named(const struct source_config *s, const char *name) {
  for (uint32_t i = 0; i < s->journey.count; i++)
    if (!strcmp(journey_stop_at(s, i)->name, name)) return (int32_t)i;
  return strcmp(name, "leave") ? -2 : STOP_LEAVE;
}

static const char *link_next(struct model *m, const struct source_config *s, const struct weights *next) {
  for (uint32_t k = 0; k < next->count; k++) {
    next->reference[k] = journey_stop_named(s, next->name[k]);
    if (next->reference[k] < STOP_LEAVE)
      return arena_format(m->arena, "leads to \"%s\", which is not a place of the journey (nor \"leave\")", next->name[k]);
  }
  return NULL;
}

/* From every stop the end must be in reach: nobody walks for ever. Returns the first from which it is not; else their number. */
static uint32_t first_dead_end(const struct source_config *s) {
  bool out[JOURNEY_STOPS] = {false};
  for (uint32_t round = 0; round <= s->journey.count; round++)
    for (uint32_t i = 0; i < s->journey.count; i++) {
      const struct weights *next = &journey_stop_at(s, i)->next;
      if (!next->count) out[i] |= i + 1 == s->journey.count || out[i + 1];
      for (uint32_t k = 0; k < next->count; k++)
        out[i] |= next->weight[k] > 0 && (next->reference[k] == STOP_LEAVE || out[next->reference[k]]);
    }
  uint32_t first = 0;
  while (first < s->journey.count && out[first]) first++;
  return first;
}

static const char *name_places(struct model *m, struct source_config *s, uint32_t *at) {
  struct journey_stop_config *stops = s->journey.items;
  for (*at = 0; *at < s->journey.count; ++*at) {
    struct journey_stop_config *p = &stops[*at];
    if (!p->name) p->name = model_endpoint(m, (uint32_t)p->ask)->name;
    if (!strcmp(p->name, "leave")) return "is called \"leave\", which is the way out";
    for (uint32_t k = 0; k < *at; k++)
      if (!strcmp(stops[k].name, p->name))
        return arena_format(m->arena, "is called \"%s\", as another place is: give one of them a \"name\"", p->name);
  }
  return NULL;
}

const char *journey_link(struct model *m, struct source_config *s, uint32_t *at) {
  *at = JOURNEY_WHOLE;
  if (!s->journey.count) return "a session needs a \"journey\": a list of places";
  if (s->journey.count > JOURNEY_STOPS) return "has more than 64 places";
  const char *wrong = name_places(m, s, at);
  for (uint32_t i = 0; !wrong && i < s->journey.count; i++) *at = i, wrong = link_next(m, s, &journey_stop_at(s, i)->next);
  if (wrong) return wrong;
  wrong = pages_link(m, s, at);
  if (wrong) return wrong;
  *at = first_dead_end(s);
  if (*at < s->journey.count)
    return arena_format(m->arena, "(\"%s\") leads nowhere: from there no client ever gets to \"leave\" or past the last place",
                        journey_stop_at(s, *at)->name);
  struct session_meters *t = &s->session_meters;
  t->active = meter_declare(m, s->name, "active", METER_LEVEL, "Sessions that are on their way.");
  t->finished = meter_declare(m, s->name, "finished", METER_COUNT, "Sessions that ended on their own.");
  t->left = meter_declare(m, s->name, "left", METER_COUNT, "Sessions that ended because of a failure.");
  t->length = meter_declare(m, s->name, "length", METER_TIME, "From the first request to the end of the session.");
  return NULL;
}

/* visits = start + P' visits, by elimination: at most 64 stops. */
void journey_visits(const struct source_config *s, double *visits) {
  double a[JOURNEY_STOPS][JOURNEY_STOPS + 1] = {{0}};
  uint32_t n = s->journey.count;
  assert(n <= JOURNEY_STOPS);
  for (uint32_t i = 0; i < n; i++) {
    const struct weights *next = &journey_stop_at(s, i)->next;
    double sum = 0;
    a[i][i] += 1;
    for (uint32_t k = 0; k < next->count; k++) sum += next->weight[k];
    if (!next->count && i + 1 < n) a[i + 1][i] -= 1;
    for (uint32_t k = 0; k < next->count; k++)
      if (next->reference[k] != STOP_LEAVE) a[next->reference[k]][i] -= next->weight[k] / sum;
  }
  a[0][n] = 1;
  for (uint32_t c = 0; c < n; c++) {
    uint32_t pivot = c;
    for (uint32_t r = c + 1; r < n; r++) pivot = fabs(a[r][c]) > fabs(a[pivot][c]) ? r : pivot;
    for (uint32_t k = 0; k <= n; k++) {
      double swap = a[c][k];
      a[c][k] = a[pivot][k], a[pivot][k] = swap;
    }
    for (uint32_t r = 0; r < n; r++) {
      double factor = r == c || a[c][c] == 0 ? 0 : a[r][c] / a[c][c];
      for (uint32_t k = c; k <= n && factor != 0; k++) a[r][k] -= factor * a[c][k];
    }
  }
  for (uint32_t i = 0; i < n; i++) {
    double times = a[i][i] != 0 ? a[i][n] / a[i][i] : 0;
    visits[journey_stop_at(s, i)->ask] += times;
    page_visits(journey_stop_at(s, i), times, visits);
  }
}

/* --- walking --------------------------------------------------------------------------------------------------------------- */

/* Numbers of draws within an errand of the walk. */
enum { DRAW_REQUEST, DRAW_TURN, DRAW_THOUGHT, DRAWS };

static struct stream draws_of(const struct client *c, uint32_t what) {
  return stream_at(c->walk_key, (uint64_t)c->asked * DRAWS + what);
}

static void visit(struct world *w, struct client *c) {
  page_begins(w, c);
  struct stream draws = draws_of(c, DRAW_REQUEST);
  client_asks(w, c, (uint32_t)journey_stop_at(world_sources(w)->each[c->source].config, c->stop)->ask, stream_bits(&draws));
}

void journey_asks(void *world, uint32_t client) {
  struct world *w = world;
  struct client *c = client_at(world_clients(w), client);
  if (page_is_file(w, c))
    page_file_asks(w, c);
  else
    visit(w, c);
}

void journey_begins(struct world *w, struct client *c, uint64_t n) {
  struct source *s = &world_sources(w)->each[c->source];
  struct stream draws = stream_at(s->request_key, n);
  c->walk_key = stream_bits(&draws);
  c->began = world_now(w);
  meter_change(w, s->config->session_meters.active, 1);
  visit(w, c);
}

static void ends(struct world *w, struct client *c, bool left) {
  const struct session_meters *t = &world_sources(w)->each[c->source].config->session_meters;
  meter_change(w, t->active, -1);
  meter_count(w, left ? t->left : t->finished);
  meter_time(w, t->length, world_now(w) - c->began);
  client_gone(w, c);
}

static int32_t choose(const struct client *c, const struct weights *next) {
  double sum = 0, so_far = 0;
  for (uint32_t k = 0; k < next->count; k++) sum += next->weight[k];
  assert(next->count && sum > 0);
  struct stream draws = draws_of(c, DRAW_TURN);
  double u = stream_uniform(&draws) * sum;
  uint32_t k = 0;
  while (k + 1 < next->count && u >= (so_far += next->weight[k])) k++;
  return next->reference[k];
}

void journey_start(struct source *s) {
  struct world *w = s->world;
  s->thinking = arena_new_array(w->arena, struct lane *, s->config->journey.count);
  for (uint32_t i = 0; i < s->config->journey.count; i++) {
    const struct distribution *think = &journey_stop_at(s->config, i)->think;
    bool constant = think->kind && think->scv == 0 && think->mean >= 1 && think->mean < (double)SIM_YEAR;
    if (constant) s->thinking[i] = lane_new(w->calendar, (sim_time)(think->mean + 0.5), journey_asks, w);
  }
}

void journey_stop(struct source *s) {
  for (uint32_t i = 0; s->thinking && i < s->config->journey.count; i++) lane_free(s->thinking[i]);
}

uint64_t journey_thinking(const struct source *s) {
  uint64_t sum = 0;
  for (uint32_t i = 0; s->thinking && i < s->config->journey.count; i++) sum += s->thinking[i] ? lane_pending(s->thinking[i]) : 0;
  return sum;
}

/* After the stop: the thought is its. */
static void thinks(struct world *w, struct client *c, uint32_t stop) {
  struct source *s = &world_sources(w)->each[c->source];
  const struct journey_stop_config *p = journey_stop_at(s->config, stop);
  assert(stop < s->config->journey.count);
  c->state = CLIENT_THINKS;
  if (s->thinking[stop]) {
    lane_push(s->thinking[stop], c->id);
    return;
  }
  struct stream draws = draws_of(c, DRAW_THOUGHT);
  sim_time pause = p->think.kind ? distribution_sample_time(&p->think, &draws) : 0;
  if (!pause && world_now(w) == c->arrived) pause = SIM_MS; /* nobody asks again in the instant of asking */
  timer_heap_push(world_clients(w)->thinking, world_after(w, pause), c->id);
}

void journey_continues(struct world *w, struct client *c, enum outcome outcome) {
  if (!page_loads(w, c, outcome)) journey_goes_on(w, c, outcome);
}

void journey_goes_on(struct world *w, struct client *c, enum outcome outcome) {
  const struct source_config *s = world_sources(w)->each[c->source].config;
  const struct journey_stop_config *p = journey_stop_at(s, c->stop);
  bool failed = outcome_failed(outcome), again = failed && p->failed == FAILED_AGAIN, leaves = failed && p->failed == FAILED_LEAVE;
  if (leaves || outcome == OUTCOME_SOLD_OUT) {
    ends(w, c, leaves);
    return;
  }
  int32_t next = again                                     ? c->stop
                 : p->next.count                           ? choose(c, &p->next)
                 : c->stop + 1 < (int32_t)s->journey.count ? c->stop + 1
                                                           : STOP_LEAVE;
  if (next == STOP_LEAVE) {
    ends(w, c, false);
    return;
  }
  thinks(w, c, c->stop);
  assert(next >= 0 && (uint32_t)next < s->journey.count);
  c->stop = (uint16_t)next;
  c->asked++;
}

/* --- keys ------------------------------------------------------------------------------------------------------------------ */

static const char *const failed_words[] = {"leave", "again", "go-on", NULL};
static const struct field fields[] = {
    KEY("ask", REFERENCE, journey_stop_config, ask, .target = "endpoints", .doc = "The endpoint that is asked for here."),
    KEY("name", TEXT, journey_stop_config, name, OPTIONAL, .doc = "Name of this place for `next`; absent: that of the endpoint."),
    KEY("think", DISTRIBUTION, journey_stop_config, think, OPTIONAL,
        .doc = "Time from the answer to the next request. Absent: none."),
    KEY("next", WEIGHTS, journey_stop_config, next, OPTIONAL,
        .doc =
            "Where to go on, by weight: names of places, or leave. Absent: to the place that follows, and from the last one out."),
    KEY("failed", WORD, journey_stop_config, failed, DEFAULT("leave"), .words = failed_words,
        .doc = "After a failed request: leave the journey, ask again (after thinking), or go on as if it had been answered."),
    KEY("files", LIST, journey_stop_config, files, OPTIONAL, .record = &page_file_record,
        .doc =
            "Of a page: what the client asks for when this request has been answered, several at once. The page is loaded with the "
            "last of them; if one fails for good, the place has failed."),
    KEY("at_once", LIMIT, journey_stop_config, at_once, DEFAULT(6), RANGE(1, FIELD_UNLIMITED),
        .doc = "Files of a page that are on their way at a time; unlimited: all, as with HTTP/2.",
        .source = "browsers open 6 connections to a host with HTTP/1.1"),
    {0}};
const struct record journey_stop_record = {.name = "place",
                                           .size = sizeof(struct journey_stop_config),
                                           .fields = fields,
                                           .doc = "One stop of a journey: a request, its answer, a thought.",
                                           .shorthand = "ask"};
