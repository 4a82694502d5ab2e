/* Waiting rooms: M/D/1 and its lottery, the bound of those inside, who leaves and who never comes, and the order of the line. */
#include "tests/model_fixture.h"
#include "models/traffic/offered.h"
#include "sim/engine/ziggurat.h"
#include "models/traffic/source.h"
#include "models/traffic/waiting_room.h"
#include "models/traffic/client.h"

static struct fixture lobby(const char *traffic, const char *room, const char *window) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'lobby', 'traffic': { 's': { %s, 'room': 'lobby' } }, 'waiting_rooms': { 'lobby': { %s } }, "
      "'endpoints': { 'p': { 'steps': [ { 'delay': '1ms' } ] }, 'long': { 'steps': [ { 'delay': '1000h' } ] }, 'stay': { "
      "'steps': [ { 'delay': { 'exponential': '1s' } } ] } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } "
      "}, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }",
      traffic, room, window);
}
#define OPEN(rate, endpoint) "'kind': 'open', 'rate': '" rate "', 'mix': { '" endpoint "': 1 }"

static const struct room_config *config(const struct world *w) { return world_rooms(w)->each[0].config; }
static uint64_t counted(const struct world *w, uint32_t meter) { return w->observation.meters[meter].course.counts[0]; }
static const struct histogram *waits(const struct world *w) { return w->observation.meters[config(w)->wait].time; }

/* --- as a queue -------------------------------------------------------------------------------------------------------------------- */

static void test_md1_and_lottery(void) {
  /* 16 a second come, 20 are let in: Pollaczek and Khinchine say 0.8 / 2 / (1 - 0.8) of 50 ms. In a lottery the same line, another
   * order: the sum of the waits is that of the line over time, so their mean is the same; Kingman (1962): the second moment is
   * 2 / (2 - load) times as large. */
  double mean[2][12], square[2][12];
  for (int lottery = 0; lottery < 2; lottery++) {
    struct fixture f = lobby(OPEN("16/s", "p"), lottery ? "'admit': '20/s', 'order': 'lottery'" : "'admit': '20/s'", "4000s");
    for (uint32_t i = 0; i < 12; i++) {
      struct world *w = world_new(&f.scenario->model, 3, i, WORLD_TRAFFIC);
      w->horizon = w->measured_until;
      world_run(w);
      world_audit(w, fixture_broken, (char[]){"lobby"});
      double sd = histogram_sd(waits(w)) * 1e-9;
      mean[lottery][i] = histogram_mean(waits(w)) * 1e-9;
      square[lottery][i] = sd * sd + mean[lottery][i] * mean[lottery][i];
      test_check(histogram_min(&w->observation.endpoints[0].windows[0].latency) == SIM_MS &&
                     histogram_max(&w->observation.endpoints[0].windows[0].latency) == SIM_MS,
                 "latency counts from being let in");
      world_free(w);
    }
    fixture_close(&f);
  }
  struct mean_of fifo = mean_of(mean[0], 12), lottery = mean_of(mean[1], 12);
  test_check(fabs(fifo.mean - 0.1) < 1.5 * fifo.half && fifo.half < 0.004, "mean wait %.5f +- %.5f s, by theory 0.1 s", fifo.mean,
             fifo.half);
  test_check(fabs(lottery.mean - fifo.mean) < 1e-4, "in a lottery %.6f s, in order %.6f s", lottery.mean, fifo.mean);
  double ratio[12];
  for (int i = 0; i < 12; i++) ratio[i] = square[1][i] / square[0][i];
  struct mean_of r = mean_of(ratio, 12);
  test_check(fabs(r.mean - 2 / (2 - 0.8)) < 1.5 * r.half + 0.01, "second moments: %.4f +- %.4f times, by theory %.4f", r.mean,
             r.half, 2 / (2 - 0.8));
}

static void test_balking(void) {
  /* Who does not accept any wait is a lost call at a server of constant 50 ms: Erlang's loss formula, a / (1 + a) with a = 0.8. */
  struct fixture f = lobby(OPEN("16/s", "p"), "'admit': '20/s', 'tolerance': '0s'", "4000s");
  struct world *w = fixture_run(&f, 1, "balking");
  double balked = (double)counted(w, config(w)->balked), all = (double)world_sources(w)->each[0].arrivals.count;
  test_check(fabs(balked / all - 0.8 / 1.8) < 4 * sqrt(0.25 / all) && histogram_max(waits(w)) == 0 &&
                 counted(w, config(w)->admitted) + counted(w, config(w)->balked) == world_sources(w)->each[0].arrivals.count,
             "%.4f balked, by theory %.4f", balked / all, 0.8 / 1.8);
  world_free(w);
  fixture_close(&f);
  /* What is announced is the truth of a line that nobody leaves: with a tolerance of 0.3 s nobody waits longer, and some as long. */
  f = lobby(OPEN("30/s", "p"), "'admit': '20/s', 'tolerance': '300ms'", "400s");
  w = fixture_run(&f, 1, "tolerance");
  test_check(histogram_max(waits(w)) <= 300 * SIM_MS && histogram_max(waits(w)) > 295 * SIM_MS &&
                 counted(w, config(w)->balked) > 3000,
             "the longest wait is %.9f s", sim_seconds(histogram_max(waits(w))));
  world_free(w);
  fixture_close(&f);
}

/* --- the bound --------------------------------------------------------------------------------------------------------------------- */

struct watch {
  struct world *world;
  slot_id slot;
  int64_t most;
  bool idle; /* somebody waited although there was a place and a turn */
};

static void look(void *context, uint32_t argument) {
  (void)argument;
  struct watch *watch = context;
  const struct waiting_room *r = &world_rooms(watch->world)->each[0];
  if (r->inside > watch->most) watch->most = r->inside;
  watch->idle |= r->waiting && r->inside < r->config->inside && r->next_turn < world_now(watch->world);
  calendar_set(watch->world->calendar, watch->slot, world_now(watch->world) + 7 * SIM_MS);
}

static void test_inside(void) {
  static const char *const journeys[] = {
      "'kind': 'session', 'rate': '12/s', 'journey': [ { 'ask': 'p', 'think': { 'exponential': '300ms' }, 'next': { 'p': 1, "
      "'leave': 1 } } ]",
      "'kind': 'open', 'rate': '12/s', 'mix': { 'stay': 1 }, 'timeout': '800ms', 'retry': { 'attempts': 2, 'backoff': '100ms' }"};
  for (int i = 0; i < 2; i++) {
    struct fixture f = lobby(journeys[i], "'admit': '50/s', 'inside': 5, 'patience': { 'exponential': '4s' }", "300s");
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    w->horizon = w->measured_until;
    struct watch watch = {.world = w};
    watch.slot = calendar_slot(w->calendar, look, &watch, 0);
    calendar_set(w->calendar, watch.slot, 1);
    world_run(w);
    world_audit(w, fixture_broken, (char[]){"inside"});
    test_check(watch.most == 5 && !watch.idle && counted(w, config(w)->admitted) > 1000, "%lld inside, %llu admitted",
               (long long)watch.most, (unsigned long long)counted(w, config(w)->admitted));
    if (!i)
      test_check(w->observation.meters[world_sources(w)->each[0].config->session_meters.active].most == 5, "%.0f sessions at once",
                 w->observation.meters[world_sources(w)->each[0].config->session_meters.active].most);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- the line -------------------------------------------------------------------------------------------------------------------------- */

/* Who is let in, one by one: each came after the one before, though nine in ten leave the line, from its middle too. */
static void test_order_is_kept(void) {
  struct fixture f = lobby(OPEN("200/s", "long"), "'admit': '20/s', 'patience': { 'exponential': '3s' }, 'opens': '10s'", "60s");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  calendar_run(w->calendar, 10 * SIM_S);
  struct waiting_room *r = &world_rooms(w)->each[0];
  test_check(r->admitted == 0 && r->waiting > 400, "%llu let in before it opens, %u wait", (unsigned long long)r->admitted,
             r->waiting);
  uint64_t last = 0, turns = 0;
  bool inside[20000] = {false}, ordered = true;
  for (sim_time at = 10 * SIM_S; at < 60 * SIM_S; at += 50 * SIM_MS) {
    calendar_run(w->calendar, at + 1);
    for (uint32_t id = 0; id < pool_capacity(&world_clients(w)->pool); id++) {
      const struct client *c = client_at(world_clients(w), id);
      if (c->state != CLIENT_ASKS || inside[c->number]) continue;
      inside[c->number] = true, turns++;
      ordered &= turns == 1 || c->number > last;
      last = c->number;
    }
    for (uint32_t id = 0; id < pool_capacity(&world_clients(w)->pool); id++) {
      const struct client *c = client_at(world_clients(w), id);
      ordered &= c->state != CLIENT_IN_ROOM || c->number > last;
    }
  }
  test_check(ordered && turns == 1000 && r->admitted == 1000 && r->abandoned > 7000 && r->room < 4096,
             "%llu let in, %llu left, room for %u in line", (unsigned long long)turns, (unsigned long long)r->abandoned, r->room);
  world_close(w);
  world_audit(w, fixture_broken, (char[]){"order"});
  world_free(w);
  fixture_close(&f);
}

/* Exactly one each 1 / admit while anybody waits, from the opening on; the first at that very instant. */
static void test_turns(void) {
  struct fixture f = lobby(OPEN("100/s", "long"), "'admit': '8/s', 'opens': '5s'", "30s");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  for (uint64_t k = 0; k < 100; k++) {
    sim_time at = 5 * SIM_S + (sim_time)k * 125 * SIM_MS;
    calendar_run(w->calendar, at);
    test_check(world_rooms(w)->each[0].admitted == k, "%llu let in before %.9f s",
               (unsigned long long)world_rooms(w)->each[0].admitted, sim_seconds(at));
    calendar_run(w->calendar, at + 1);
    test_check(world_rooms(w)->each[0].admitted == k + 1, "%llu let in at %.9f s",
               (unsigned long long)world_rooms(w)->each[0].admitted, sim_seconds(at));
  }
  world_close(w);
  world_audit(w, fixture_broken, (char[]){"turns"});
  world_free(w);
  fixture_close(&f);
}

/* Two sources in one room are one line; the room's state is nobody else's. */
static void test_shared(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'shared', 'traffic': { 's': { 'kind': 'open', 'rate': '30/s', 'mix': { 'p': 1 }, 'room': 'l' }, "
      "'j': { "
      "'kind': 'session', 'rate': '10/s', 'room': 'l', 'journey': [ { 'ask': 'p' }, { 'ask': 'p', 'name': 'again', 'think': '1s' } "
      "] }, "
      "'o': { 'kind': 'open', 'rate': '10/s', 'mix': { 'p': 1 } } }, 'waiting_rooms': { 'l': { 'admit': '25/s', 'order': "
      "'lottery', "
      "'inside': 40, 'patience': { 'exponential': '2s' }, 'tolerance': { 'exponential': '10s' } }, 'unused': { 'admit': '1/s' } }, "
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } }, 'services': { 'a': { 'kind': "
      "'app' "
      "} }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '200s', "
      "'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "shared");
  const struct waiting_room *r = &world_rooms(w)->each[0];
  uint64_t came = world_sources(w)->each[0].arrivals.count + world_sources(w)->each[1].arrivals.count,
           balked = counted(w, config(w)->balked);
  test_check(
      came == r->entered + balked && r->entered == r->admitted + r->abandoned + r->waiting && r->abandoned > 100 && balked > 100,
      "%llu came, %llu entered, %llu balked", (unsigned long long)came, (unsigned long long)r->entered, (unsigned long long)balked);
  world_free(w);
  fixture_close(&f);
}

/* More come than the site can serve, but the room lets in what it bears: nothing grows there, and what is offered is that. */
static void test_offered(void) {
  struct fixture f = lobby(OPEN("200/s", "p"), "'admit': '20/s', 'patience': '1s'", "100s");
  test_check(fabs(model_offered_rate(&f.scenario->model) - 20) < 1e-9, "%.6f/s offered", model_offered_rate(&f.scenario->model));
  fixture_close(&f);
}

static const struct test_case cases[] = {{"md1_and_lottery", test_md1_and_lottery},
                                         {"balking", test_balking},
                                         {"inside", test_inside},
                                         {"order_is_kept", test_order_is_kept},
                                         {"turns", test_turns},
                                         {"shared", test_shared},
                                         {"offered", test_offered},
                                         {NULL, NULL}};
const struct test_suite suite_waiting_rooms = {"waiting_rooms", cases};
