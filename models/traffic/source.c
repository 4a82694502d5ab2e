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
    {.name = "priority",
     .kind = FIELD_INTEGER,
     .offset = AT(priority),
     .fallback = "0",
     .low = -1000,
     .high = 1000,
     .doc = "Of its requests where services have the discipline priority: higher is served first. That of the endpoint is added."},
    {0}};
#undef AT
const struct record source_record = {"source", sizeof(struct source_config), fields, "Who sends requests, and when.", NULL};

static uint32_t choose_endpoint(const struct source *s, uint64_t key) {
  const struct weights *mix = &s->config->mix;
  if (mix->count == 1) return (uint32_t)mix->reference[0];
  struct stream draws = stream_at(key, 0);
  double u = stream_uniform(&draws);
  uint32_t i = 0;
  while (i + 1 < mix->count && u >= s->mix_up_to[i]) i++;
  return (uint32_t)mix->reference[i];
}

void source_send(struct source *s, uint64_t n, uint32_t user) {
  struct stream draws = stream_at(s->request_key, n);
  uint64_t key = stream_bits(&draws);
  request_send(s->world, s->index, choose_endpoint(s, key), key, user);
}

static void start_mix(struct source *s) {
  const struct weights *mix = &s->config->mix;
  double sum = 0, so_far = 0;
  for (uint32_t i = 0; i < mix->count; i++) sum += mix->weight[i];
  s->mix_up_to = arena_new_array(s->world->arena, double, mix->count);
  for (uint32_t i = 0; i < mix->count; i++) s->mix_up_to[i] = (so_far += mix->weight[i]) / sum;
}

void source_start(struct source *s, struct world *w, const struct source_config *config, uint32_t index) {
  s->world = w, s->config = config, s->index = index, s->impatient = config->patience.kind != NULL;
  s->request_key = stream_key(w->seed, w->replication, PURPOSE_REQUEST, stream_entity(config->name, 0));
  start_mix(s);
  if (config->timeout != SIM_NEVER) s->patience = lane_new(w->calendar, config->timeout, request_timed_out, w);
  if (config->kind == SOURCE_CLOSED)
    users_start(s);
  else
    arrivals_start(s);
}

void source_user_returns(struct source *s, uint32_t user, sim_time sent_at) { users_return(s, user, sent_at); }

void source_close_books(struct source *s, sim_time now) {
  if (s->config->kind == SOURCE_CLOSED) users_close_books(s, now);
}

void source_stop(struct source *s) {
  lane_free(s->patience);
  users_stop(s);
}
