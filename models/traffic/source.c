#include "models/traffic/source.h"
#include "models/world.h"
#include "sim/engine/arena.h"

static const char *const kind_words[] = {"open", "closed", NULL};

#define AT(member) offsetof(struct source_config, member)
static const struct field fields[] = {
    {.name = "kind",
     .kind = FIELD_WORD,
     .offset = AT(kind),
     .words = kind_words,
     .doc = "open: sends at a rate, whatever happens to the answers; closed: users who wait for their answer, then think."},
    {.name = "rate",
     .kind = FIELD_CHOICE,
     .offset = AT(rate),
     .choices = &profile_choices,
     .optional = true,
     .doc = "Open: requests per second over time."},
    {.name = "population",
     .kind = FIELD_INTEGER,
     .offset = AT(population),
     .fallback = "0",
     .low = 0,
     .high = 1e7,
     .doc = "Closed: number of users."},
    {.name = "think",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(think),
     .optional = true,
     .doc = "Closed: time from an answer to the user's next request."},
    {.name = "mix",
     .kind = FIELD_WEIGHTS,
     .offset = AT(mix),
     .target = "endpoints",
     .doc = "Endpoints that it asks for, by weight."},
    {.name = "timeout",
     .kind = FIELD_DURATION,
     .offset = AT(timeout),
     .fallback = "\"never\"",
     .low = 1,
     .high = 3.1536e16,
     .doc = "When the client gives up; the servers go on working."},
    {.name = "patience",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(patience),
     .optional = true,
     .doc = "How long a request waits for the first thread of its program before it leaves the queue; counts waiting only: once "
            "a thread has it, it stays. Absent: for ever."},
    {.name = "busyness_cv",
     .kind = FIELD_NUMBER,
     .offset = AT(busyness_cv),
     .fallback = "0",
     .low = 0,
     .high = 3,
     .doc = "Open: days differ. The rate of each replication is multiplied by one gamma factor of mean 1 and this coefficient of "
            "variation; 0: by 1."},
    {0}};
#undef AT
const struct record source_record = {"source", sizeof(struct source_config), fields, "Who sends requests, and when.", NULL};

static const struct source_config *config_of(const struct source *s) { return s->config; }

static uint32_t choose_endpoint(const struct source *s, uint64_t key) {
  const struct weights *mix = &config_of(s)->mix;
  if (mix->count == 1) return (uint32_t)mix->reference[0];
  struct stream draws = stream_at(key, 0);
  double u = stream_uniform(&draws);
  uint32_t i = 0;
  while (i + 1 < mix->count && u >= s->mix_up_to[i]) i++;
  return (uint32_t)mix->reference[i];
}

static void send(struct source *s, uint64_t n, uint32_t user) {
  struct stream draws = stream_at(s->request_key, n);
  uint64_t key = stream_bits(&draws);
  request_send(s->world, s->index, choose_endpoint(s, key), key, user);
}

/* --- open: thinning, cell by cell -------------------------------------------------------------------------------------------
 *
 * In each cell of the time axis candidates arrive at the bound of the rate and are kept with probability rate / bound (Lewis
 * and Shedler 1979). A candidate beyond the cell's end is dropped and drawing starts anew at the end: the exponential has no
 * memory. Where the rate is constant over a cell every candidate is kept, without a draw. */

enum { CELLS = 4096 };

static void enter_cell(struct source *s, sim_time at) {
  sim_time width = (s->world->measured_until + CELLS - 1) / CELLS;
  s->cell_end = (at / width + 1) * width;
  double bound = profile_bound(&config_of(s)->rate, at, s->cell_end);
  s->flat = profile_floor(&config_of(s)->rate, at, s->cell_end) == bound;
  s->bound = bound * s->busyness;
}

/* The next arrival after `at`, or SIM_NEVER beyond the horizon. */
static sim_time next_arrival(struct source *s, sim_time at) {
  while (at < s->world->horizon) {
    double gap = s->bound > 0 ? stream_exponential(&s->arrivals) / s->bound * 1e9 : 1e300;
    if (gap >= (double)(s->cell_end - at)) {
      at = s->cell_end;
      enter_cell(s, at);
      continue;
    }
    at += (sim_time)gap;
    if (s->flat || stream_uniform(&s->arrivals) * s->bound < s->busyness * profile_rate(&config_of(s)->rate, at)) return at;
  }
  return SIM_NEVER;
}

static void arrives(void *source, uint32_t argument) {
  (void)argument;
  struct source *s = source;
  calendar_set(s->world->calendar, s->slot, next_arrival(s, world_now(s->world)));
  send(s, s->sent++, NOBODY);
}

/* --- closed ------------------------------------------------------------------------------------------------------------------ */

/* The number of the user's next request, which also numbers the thinking before it. */
static uint64_t user_number(const struct source *s, uint32_t user) { return (uint64_t)user << 32 | s->user_sent[user]; }

/* `least`: the shortest pause allowed. */
static void think(struct source *s, uint32_t user, sim_time least) {
  s->user_since[user] = world_now(s->world);
  s->user_thinks[user] = true;
  if (s->thinking_constant && !least) {
    lane_push(s->thinking_constant, user);
    return;
  }
  struct stream draws = stream_at(s->think_key, user_number(s, user));
  sim_time pause = distribution_sample_time(&config_of(s)->think, &draws);
  timer_heap_push(s->thinking, world_after(s->world, pause < least ? least : pause), user);
}

static void user_asks(void *source, uint32_t user) {
  struct source *s = source;
  s->thought_ns += (uint64_t)(world_now(s->world) - s->user_since[user]);
  s->user_since[user] = world_now(s->world);
  s->user_thinks[user] = false;
  send(s, user_number(s, user), user);
  s->user_sent[user]++;
}

void source_user_returns(struct source *s, uint32_t user, sim_time sent_at) {
  s->waited_ns += (uint64_t)(world_now(s->world) - sent_at);
  /* Nobody can ask again in the instant of the answer: such a user would stop the clock. */
  think(s, user, world_now(s->world) == sent_at ? SIM_MS : 0);
}

void source_close_books(struct source *s, sim_time now) {
  for (int64_t user = 0; user < config_of(s)->population && config_of(s)->kind == SOURCE_CLOSED; user++) {
    uint64_t time = (uint64_t)(now - s->user_since[user]);
    if (s->user_thinks[user])
      s->thought_ns += time;
    else
      s->waited_ns += time;
  }
}

/* Users begin by thinking, so they do not all ask at once. */
static void start_users(struct source *s) {
  struct world *w = s->world;
  uint32_t population = (uint32_t)config_of(s)->population;
  s->user_since = arena_new_array(w->arena, sim_time, population);
  s->user_thinks = arena_new_array(w->arena, bool, population);
  s->user_sent = arena_new_array(w->arena, uint32_t, population);
  s->think_key = stream_key(w->seed, w->replication, PURPOSE_THINKING, stream_entity(config_of(s)->name, 0));
  s->thinking = timer_heap_new(w->calendar, user_asks, s);
  if (config_of(s)->think.scv == 0 && config_of(s)->think.mean < (double)SIM_YEAR)
    s->thinking_constant = lane_new(w->calendar, (sim_time)(config_of(s)->think.mean + 0.5), user_asks, s);
  for (uint32_t user = 0; user < population; user++) think(s, user, 0);
}

static void start_mix(struct source *s) {
  const struct weights *mix = &config_of(s)->mix;
  double sum = 0, so_far = 0;
  for (uint32_t i = 0; i < mix->count; i++) sum += mix->weight[i];
  s->mix_up_to = arena_new_array(s->world->arena, double, mix->count);
  for (uint32_t i = 0; i < mix->count; i++) s->mix_up_to[i] = (so_far += mix->weight[i]) / sum;
}

void source_start(struct source *s, struct world *w, const struct source_config *config, uint32_t index) {
  s->world = w, s->config = config, s->index = index, s->impatient = config->patience.kind != NULL;
  s->arrivals = stream_open(stream_key(w->seed, w->replication, PURPOSE_ARRIVALS, stream_entity(config->name, 0)));
  s->request_key = stream_key(w->seed, w->replication, PURPOSE_REQUEST, stream_entity(config->name, 0));
  start_mix(s);
  if (config->timeout != SIM_NEVER) s->patience = lane_new(w->calendar, config->timeout, request_timed_out, w);
  if (config->kind == SOURCE_CLOSED) {
    start_users(s);
    return;
  }
  s->busyness = 1;
  if (config->busyness_cv > 0) {
    struct stream day = stream_open(stream_key(w->seed, w->replication, PURPOSE_BUSYNESS, stream_entity(config->name, 0)));
    s->busyness = distribution_sample(&config->busyness, &day);
  }
  s->slot = calendar_slot(w->calendar, arrives, s, 0);
  enter_cell(s, 0);
  calendar_set(w->calendar, s->slot, next_arrival(s, 0));
}

void source_stop(struct source *s) {
  if (s->patience) lane_free(s->patience);
  if (s->thinking) timer_heap_free(s->thinking);
  if (s->thinking_constant) lane_free(s->thinking_constant);
}
