/* What a world looks up in the book, and notes in it while it is collected. */
#include "models/availability/carrying.h"
#include "models/availability/carrying_inner.h"
#include "models/availability/outage.h"
#include "models/availability/strain.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

/* What a strained state left behind matters for so long. */
#define CARRY_MOST (600 * SIM_S)

/* A controller, a start and a probe take less than this; so does a machine that has to join first. */
#define FOLLOWS_WITHIN (600 * SIM_S)

static struct carrying *book_of(const struct world *w) {
  return w->mode == WORLD_AVAILABILITY ? model_part(w->model, PART_carrying) : NULL;
}

double carrying_weight(const struct world *w, sim_time from, sim_time until) {
  const struct carrying *c = book_of(w);
  return c && c->levels.daily && until > from ? levels_between(&c->levels, from, until) / (double)(until - from) : 1;
}

double carrying_offered(const struct world *w) {
  const struct levels *l = &book_of(w)->levels;
  sim_time before = world_now(w) > 0 ? world_now(w) - 1 : 0;
  return l->per_second[levels_followed(l, before, FOLLOWS_WITHIN)];
}

sim_time carrying_offered_until(const struct world *w) {
  return levels_followed_until(&book_of(w)->levels, world_now(w), FOLLOWS_WITHIN);
}

const struct work *carrying_work(const struct world *w) { return book_of(w)->work; }

/* States of a kind have the same machines, links and services that ail, serve nearly the same shares by routing and are strained
 * nearly alike; strain knows how unevenly what is left is spread over the machines. */
static uint64_t kind_now(const struct world *w, const double *routing, double strain) {
  static const double steps = 32;
  uint64_t sum = world_carriage(w)->arrangement.rest;
  for (uint32_t i = 0; i < w->model->endpoints.count; i++) sum = stance_mix(sum, (uint64_t)llround(routing[i] * steps));
  return stance_mix(sum, strain < 0.1 ? 0 : isinf(strain) ? 1 : (uint64_t)(100 + ceil(log2(strain) * steps / 2)));
}

/* States that are as good as equal: of a kind, with as many replicas of each service in each condition. */
static uint64_t sum_now(struct world *w, uint64_t kind) {
  uint64_t sum = stance_mix(kind, arrangement_sum(&world_carriage(w)->arrangement, w));
  return sum ? sum : 1;
}

/* --- collecting -------------------------------------------------------------------------------------------------------------- */

static void note_state(struct carrying *c, const struct world *w, uint64_t sum, const double *routing) {
  struct carriage *mine = world_carriage(w);
  struct carrying_state *s = carrying_state(c, sum);
  if (!s) s = carrying_add_state(c, sum);
  uint32_t sequence = mine->sequence++;
  if (s->replication < w->replication || (s->replication == w->replication && s->sequence <= sequence)) return;
  s->replication = w->replication, s->sequence = sequence;
  s->stance = stance_of(w, c->arena);
  s->kind = mine->kind;
  s->routing = arena_new_array(c->arena, double, w->model->endpoints.count + 1);
  for (uint32_t i = 0; i < w->model->endpoints.count; i++) s->routing[i] = routing[i];
}

static struct carrying_entry *note(struct carrying *c, const struct world *w, const struct carrying_key *key,
                                   const double *routing) {
  pthread_mutex_lock(&c->lock);
  struct carrying_entry *e = carrying_find(c, key);
  if (!e) e = carrying_add(c, key);
  e->unsafe |= world_carriage(w)->unsafe;
  c->visits += world_carriage(w)->unsafe && !key->before;
  note_state(c, w, key->state, routing);
  pthread_mutex_unlock(&c->lock);
  return e;
}

/* unsafe: as this world has seen it, not whatever others have found by now. */
static void add_time(struct carrying *c, struct carrying_entry *e, bool unsafe, sim_time lasted) {
  if ((!unsafe || e->key.before) && lasted > CARRY_MOST) lasted = CARRY_MOST;
  pthread_mutex_lock(&c->lock);
  e->us += (uint64_t)(lasted / SIM_US) + 1;
  pthread_mutex_unlock(&c->lock);
}

static void add_times(struct carrying *c, const struct carriage *m, sim_time now) {
  if (m->seen) add_time(c, m->seen, m->unsafe, now - m->since);
  if (m->seen_alone) add_time(c, m->seen_alone, m->unsafe, now - m->since);
}

/* --- looking it up ----------------------------------------------------------------------------------------------------------- */

static uint32_t class_of(const struct carrying *c, uint32_t level, sim_time lasted) {
  sim_time most = course_longest(&c->levels, level);
  uint32_t k = 0;
  for (sim_time t = SIM_S; t <= lasted && t <= most && k < LASTED_MOST; t *= 2) k++;
  return k;
}

static bool left_behind(const struct carriage *m, sim_time now) {
  return m->before && m->before != m->state && now - m->left_at < CARRY_MOST;
}

/* In the state that ends now less was served than came, for all that is known. */
static bool gathers(const struct carriage *m) {
  const struct carrying_entry *e = m->alone ? m->alone : m->entry;
  return m->unsafe && m->state != m->nominal && !(e && e->found && e->whole);
}

/* What was left behind is that of the strained state that lasted longest, of those that followed each other closely. */
static void leaves(struct carriage *m, sim_time now) {
  sim_time lasted = now - m->since;
  if (!gathers(m)) return;
  m->off_at = (m->off_at > now ? m->off_at : now) + lasted;
  if (left_behind(m, now) && lasted < m->lasted) return;
  m->before = m->state, m->lasted = lasted, m->left_at = now;
}

static struct carrying_key key_now(const struct carrying *c, const struct carriage *m, sim_time now, bool anew) {
  struct carrying_key key = {.state = m->state, .level = m->level};
  if (anew && left_behind(m, now) && (key.lasted = class_of(c, m->level, m->lasted))) key.before = m->before;
  return key;
}

/* What has gathered while more came than was carried takes less time to be worked off than it took to gather, unless what is left
 * has hardly any room to spare. */
static void takes_as_long(struct carrying *c, struct carriage *m, const struct carrying_key *key, sim_time now) {
  m->behind = carrying_find(c, &(struct carrying_key){.state = key->before, .level = key->level});
  if (m->behind && !m->behind->found) m->behind = NULL;
  m->behind_until = m->off_at > now ? m->off_at : 0;
}

/* Of what lasted longer, if there is no run of what lasted so long: it is not better. */
static struct carrying_entry *entry_of(const struct carrying *c, struct carrying_key key) {
  struct carrying_entry *e = carrying_find(c, &key);
  for (; key.before && !(e && e->found) && key.lasted < LASTED_MOST; e = carrying_find(c, &key)) key.lasted++;
  return e;
}

static void choose(struct carrying *c, struct world *w, bool anew, const double *routing) {
  struct carriage *m = world_carriage(w);
  struct carrying_key key = key_now(c, m, world_now(w), anew), alone = {.state = m->state, .level = m->level};
  m->entry = m->alone = m->seen = m->seen_alone = NULL;
  if (anew) m->behind_until = 0;
  m->entry_from = anew ? world_now(w) : SIM_NEVER;
  if (!m->unsafe && !key.before) return;
  if (c->collects) {
    m->seen = note(c, w, &key, routing);
    if (key.before && m->unsafe) m->seen_alone = note(c, w, &alone, routing);
    return;
  }
  m->entry = entry_of(c, key);
  if (key.before && !(m->entry && m->entry->found)) takes_as_long(c, m, &key, world_now(w));
  if (!m->unsafe) return;
  m->alone = carrying_find(c, &alone);
  if (!m->alone || !m->alone->found) m->alone = carrying_find(c, &(struct carrying_key){.state = m->kind, .level = m->level});
  if (!m->entry || !m->entry->found) m->entry = m->alone;
}

/* Nothing is strained now, and nothing was lately: which state it is does not matter. */
static bool is_idle(const struct carrying *c, struct carriage *m, double strain, sim_time now) {
  uint32_t level = levels_at(&c->levels, now);
  if (!m->begun || m->unsafe || m->entry || m->seen || m->behind_until > now) return false;
  if (strain * c->levels.most[level] >= STRAIN_SAFE) return false;
  if (m->before && now - m->left_at < CARRY_MOST) return false;
  m->strain = strain, m->state = 0, m->before = 0, m->level = level;
  return true;
}

/* Strain is a function of what stands where. */
static double strain_of(const struct carrying *c, struct world *w) {
  struct carriage *m = world_carriage(w);
  const struct arrangement *a = &m->arrangement;
  uint64_t key = stance_mix(a->places, a->rest);
  if (strain_follows(c->strain)) key = stance_mix(key, strain_sizes(c->strain, w));
  struct strain_known *known = &m->strains[key % STRAINS_KNOWN];
  if (known->key != key) *known = (struct strain_known){key, strain_now(c->strain, w, a, m->each)};
  return known->strain;
}

bool carrying_audit(struct world *w) {
  const struct carrying *c = book_of(w);
  struct arrangement *a = &world_carriage(w)->arrangement;
  double kept = strain_of(c, w), fresh = strain_now(c->strain, w, a, world_carriage(w)->each);
  return arrangement_audit(a, w) && (kept == fresh || fabs(kept - fresh) < 1e-9);
}

/* It is another state, or another level of the same. */
static void turns(struct carrying *c, struct world *w, const double *routing) {
  struct carriage *m = world_carriage(w);
  sim_time now = world_now(w);
  double strain = strain_of(c, w);
  if (is_idle(c, m, strain, now)) return;
  m->kind = kind_now(w, routing, strain);
  uint64_t sum = sum_now(w, m->kind);
  uint32_t level = levels_at(&c->levels, now);
  bool anew = !m->begun || sum != m->state;
  if (!anew && level == m->level) return;
  add_times(c, m, now);
  if (m->begun && anew) leaves(m, now);
  if (!m->begun) m->nominal = sum, m->begun = true;
  if (anew) m->since = now;
  m->strain = strain, m->state = sum, m->level = level;
  m->unsafe = m->strain * c->levels.most[level] >= STRAIN_SAFE;
  choose(c, w, anew, routing);
}

/* Of the course of its entry; BINS: it is over. */
static uint32_t bin_now(const struct carriage *m, sim_time now) {
  if (m->entry_from == SIM_NEVER) return COURSE_BINS;
  sim_time bin = (now - m->entry_from) / m->entry->bin;
  return bin < COURSE_BINS ? (uint32_t)bin : COURSE_BINS;
}

static bool is_over(const struct carriage *m, sim_time now) {
  return m->entry_from == SIM_NEVER ? m->entry->until != SIM_NEVER : now - m->entry_from >= m->entry->until;
}

static double ratio_of_entry(const struct carrying *c, const struct carriage *m, uint32_t endpoint, sim_time now) {
  if (!m->entry && !m->unsafe) return 1;
  if (!m->entry || !m->entry->found) return m->unsafe ? 0 : 1;
  uint32_t bin = bin_now(m, now);
  const struct carrying_entry *e = bin == COURSE_BINS && m->alone && m->alone->found ? m->alone : m->entry;
  if (e->whole || is_over(m, now)) return 1;
  return e->ratio[bin * c->model->endpoints.count + endpoint];
}

static double ratio_now(const struct carrying *c, const struct carriage *m, uint32_t endpoint, sim_time now) {
  if (c->collects) return 1;
  double ratio = ratio_of_entry(c, m, endpoint, now);
  if (now >= m->behind_until) return ratio;
  return m->behind ? fmin(ratio, m->behind->ratio[COURSE_BINS * c->model->endpoints.count + endpoint]) : 0;
}

static sim_time next_look(const struct carrying *c, const struct carriage *m, sim_time now) {
  sim_time next = SIM_NEVER;
  bool course = m->entry && m->entry->found && !m->entry->whole && m->entry_from != SIM_NEVER;
  if (m->strain * c->most >= STRAIN_SAFE) next = levels_next(&c->levels, now);
  if (now < m->behind_until && m->behind_until < next) next = m->behind_until;
  if (!course) return next;
  sim_time end = bin_now(m, now) < COURSE_BINS                      ? m->entry_from + (bin_now(m, now) + 1) * m->entry->bin
                 : m->entry->until != SIM_NEVER && !is_over(m, now) ? m->entry_from + m->entry->until
                                                                    : SIM_NEVER;
  return end < next ? end : next;
}

static void account(struct carriage *m, sim_time now) {
  double passed = (double)(now - m->accounted);
  bool behind = m->accounted < m->behind_until;
  m->accounted = now;
  if (m->unsafe || behind) *(m->entry && m->entry->found && !behind ? &m->simulated_ns : &m->assumed_ns) += passed;
}

static void looks_again(void *world, uint32_t unused) {
  (void)unused;
  outage_look_again(world);
}

bool carrying_follows(const struct world *w) { return book_of(w) != NULL; }

void carrying_follow(struct world *w) {
  if (book_of(w)) arrangement_follow(&world_carriage(w)->arrangement, w);
}

void carrying_look(struct world *w, double *serving, double *apart) {
  struct carrying *c = book_of(w);
  if (!c) return;
  struct carriage *m = world_carriage(w);
  sim_time now = world_now(w);
  account(m, now);
  turns(c, w, serving);
  for (uint32_t i = 0; i < w->model->endpoints.count; i++) {
    double ratio = ratio_now(c, m, i, now);
    if (ratio < 1) serving[i] *= ratio, apart[i] *= ratio;
  }
  sim_time next = next_look(c, m, now);
  if (next == SIM_NEVER)
    calendar_clear(w->calendar, m->slot);
  else
    calendar_set(w->calendar, m->slot, next);
}

static void carrying_open(struct world *w) {
  if (!book_of(w)) return;
  world_carriage(w)->slot = calendar_slot(w->calendar, looks_again, w, 0);
  world_carriage(w)->strains = arena_new_array(w->arena, struct strain_known, STRAINS_KNOWN);
  world_carriage(w)->each = arena_new_array(w->arena, double, w->model->services.count + 1);
}

static void carrying_measure(struct world *w, enum world_edge edge) {
  struct carrying *c = book_of(w);
  struct carriage *m = world_carriage(w);
  if (!c || edge != EDGE_END) return;
  account(m, world_now(w));
  add_times(c, m, world_now(w));
  m->seen = m->seen_alone = NULL;
}

const struct part part_carrying = {
    .name = "carrying", .room.world = sizeof(struct carriage), .open = carrying_open, .measure = carrying_measure};
