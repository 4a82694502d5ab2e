/* Clients who ask more than once, by hand to the nanosecond: retries, reload, hedges, impatience; then the conservation of attempts
 * under everything at once, budgets, the law of closed users, and the behaviours that never come into play. */
#include "tests/model_fixture.h"
#include "models/traffic/source.h"
#include "models/traffic/client.h"
#include "models/core/parts.h"

/* One user who asks at 10 s and, once answered, 10 s later; %s: what else the client does, the steps of what it asks for, the
 * services, other sources. */
static struct fixture lonely(const char *client, const char *steps, const char *services, const char *others) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'lonely', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '10s', 'mix': { "
      "'p': 1 }%s }%s }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] }, 'long': { 'entry': 'a', 'steps': [ { "
      "'cpu': '2s' } ] }, 'short': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } },"
      "'services': { 'a': { 'kind': 'app'%s } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } },"
      "'run': { 'warmup': '0s', 'window': '22s', 'windows': 1 } }",
      client, others, steps, services);
}

static struct world *begin(const struct fixture *f) {
  struct world *w = world_new(&f->scenario->model, 1, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  return w;
}

static void finish(struct world *w, const char *name) {
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)name);
  world_free(w);
}

/* The number is `before` until the instant and `from` then on. */
static void changes(struct world *w, const uint64_t *number, sim_time at, uint64_t before, uint64_t from, const char *what) {
  calendar_run(w->calendar, at); /* what is due before it */
  test_check(*number == before, "%s just before %.9f s: %llu, by hand %llu", what, sim_seconds(at), (unsigned long long)*number,
             (unsigned long long)before);
  calendar_run(w->calendar, at + 1);
  test_check(*number == from, "%s at %.9f s: %llu, by hand %llu", what, sim_seconds(at), (unsigned long long)*number,
             (unsigned long long)from);
}

/* Events of a meter up to now; its course has one window. */
static uint64_t counted(const struct world *w, uint32_t meter) { return w->observation.meters[meter].course.counts[0]; }
static const struct client_meters *meters(const struct world *w) { return &world_sources(w)->each[0].config->meters; }

/* --- by hand --------------------------------------------------------------------------------------------------------------------- */

static void test_retry_trace(void) {
  static const int64_t starts_ms[] = {0, 150, 400, 850, 1700, 2750, 3800};
  struct fixture f =
      lonely(", 'timeout': '50ms', 'retry': { 'attempts': 7, 'backoff': '100ms', 'factor': 2, 'cap': '1s', 'jitter': "
             "'none' }",
             "{ 'delay': '1h' }", "", "");
  struct world *w = begin(&f);
  for (uint64_t k = 0; k < 7; k++)
    changes(w, &world_clients(w)->attempts, 10 * SIM_S + starts_ms[k] * SIM_MS, k, k + 1, "attempts");
  changes(w, &w->observation.ended[OUTCOME_TIMEOUT], 13850 * SIM_MS, 0, 1, "time-outs");
  test_check(w->observation.arrived == 1 && w->observation.sojourn_ns == 3850000000u, "%llu arrived and took %.9f s",
             (unsigned long long)w->observation.arrived, (double)w->observation.sojourn_ns * 1e-9);
  test_check(counted(w, meters(w)->retries) == 6 && counted(w, meters(w)->attempts) == 7, "%llu retries",
             (unsigned long long)counted(w, meters(w)->retries));
  changes(w, &world_clients(w)->attempts, 23850 * SIM_MS, 7, 8, "attempts");
  finish(w, "retry");
  fixture_close(&f);
}

/* Asked at 10 s, given up at 11.5 s, asked again at 12.5 s, given up for good at 14 s, which is the end of second 13: by second the
 * attempts are sent and timed out, and the errand fails once. The next one would come at 24 s. */
static void test_attempts_by_second(void) {
  struct fixture f =
      lonely(", 'timeout': '1500ms', 'retry': { 'attempts': 2, 'backoff': '1s', 'jitter': 'none' }", "{ 'delay': '1h' }", "", "");
  f.scenario->model.run.windows = 22;
  struct world *w = begin(&f);
  calendar_run(w->calendar, 22 * SIM_S);
  const struct endpoint_window *by_second = w->observation.endpoints[0].windows;
  for (uint32_t i = 0; i < 22; i++) {
    uint64_t sent = by_second[i].arrived + by_second[i].repeated, failed = by_second[i].ended[OUTCOME_TIMEOUT];
    test_check(sent == (i == 10 || i == 12) && failed == (i == 13) && failed + by_second[i].timed_out == (i == 11 || i == 13),
               "second %u: %llu sent, %llu timed out, %llu failed", i, (unsigned long long)sent,
               (unsigned long long)(failed + by_second[i].timed_out), (unsigned long long)failed);
  }
  finish(w, "by second");
  fixture_close(&f);
}

static void test_reload(void) {
  /* A second of work on one thread: asked at 10.0, 10.3 and 10.6 s; the third ends at 13 s, having waited from 10.6 to 12. */
  struct fixture f = lonely(", 'reload': { 'after': '300ms', 'times': 2 }", "{ 'cpu': '1s' }", "", "");
  f.scenario->model.records_waits = true;
  struct world *w = begin(&f);
  changes(w, &world_clients(w)->attempts, 10300 * SIM_MS, 1, 2, "attempts");
  changes(w, &world_clients(w)->attempts, 10600 * SIM_MS, 2, 3, "attempts");
  changes(w, &w->observation.ended[OUTCOME_COMPLETED], 13000 * SIM_MS, 0, 1, "answers");
  const struct endpoint_observation *p = &w->observation.endpoints[0];
  double parts[4] = {0};
  for (uint32_t b = 0; b < SLOW_BINS; b++)
    for (uint32_t i = 0; i < w->model->programs[0].cell_count; i++) {
      enum time_kind kind = w->model->programs[0].cells[i].kind;
      parts[kind == TIME_RETRY ? 0 : kind == TIME_QUEUE ? 1 : kind == TIME_SERVICE ? 2 : 3] += fixture_slow_ns(w, 0, b, i);
    }
  test_check(parts[0] == 600e6 && parts[1] == 1400e6 && parts[2] == 1000e6 && parts[3] == 0,
             "before %.9f, in the queue %.9f, computing %.9f, else %.9f s", parts[0] * 1e-9, parts[1] * 1e-9, parts[2] * 1e-9,
             parts[3] * 1e-9);
  /* It waited 0 (computed at once), then from 10.3 to 10.6, then from 10.6 to 12 s. */
  test_check(histogram_mean(&p->waits[0]) == 1700e6, "waited %.9f s", histogram_mean(&p->waits[0]) * 1e-9);
  test_check(counted(w, meters(w)->reloads) == 2 && w->observation.wasted == 2 && fabs(w->containers[0].used_ns - 3e9) < 1,
             "%llu wasted of %.9f s", (unsigned long long)w->observation.wasted, w->containers[0].used_ns * 1e-9);
  finish(w, "reload");
  fixture_close(&f);
}

static void test_hedge_first_wins(void) {
  struct fixture f = lonely(", 'hedge': '300ms'", "{ 'cpu': '1s' }", ", 'replicas': 2", "");
  struct world *w = begin(&f);
  changes(w, &world_clients(w)->attempts, 10300 * SIM_MS, 1, 2, "attempts");
  changes(w, &w->observation.ended[OUTCOME_COMPLETED], 11000 * SIM_MS, 0, 1, "answers");
  changes(w, &w->observation.wasted, 11300 * SIM_MS, 0, 1, "wasted");
  test_check(fabs(w->containers[0].used_ns + w->containers[1].used_ns - 2e9) < 1 && world_clients(w)->abandoned == 1,
             "%llu abandoned", (unsigned long long)world_clients(w)->abandoned);
  finish(w, "hedge");
  fixture_close(&f);
}

static void test_hedge_second_wins(void) {
  /* The first replica works for somebody else until 11.5 s; the copy goes to the other one and ends at 11.3 s. The loser computes
   * from 11.5 to 12.5 s. The copy waited nowhere. */
  struct fixture f = lonely(", 'hedge': '300ms'", "{ 'cpu': '1s' }", ", 'replicas': 2",
                            ", 'v': { 'kind': 'closed', 'population': 1, 'think': '9500ms', 'mix': { 'long': 1 } }, 'x': { 'kind': "
                            "'closed', 'population': 1, 'think': '9600ms', 'mix': { 'short': 1 } }");
  f.scenario->model.records_waits = true;
  struct world *w = begin(&f);
  observation_touch(&w->observation, 0);
  changes(w, &w->observation.endpoints[0].windows[0].ended[OUTCOME_COMPLETED], 11300 * SIM_MS, 0, 1, "answers");
  test_check(histogram_max(&w->observation.endpoints[0].windows[0].latency) == 1300 * SIM_MS &&
                 histogram_max(&w->observation.endpoints[0].waits[0]) == 0,
             "waited %.9f s", (double)histogram_max(&w->observation.endpoints[0].waits[0]) * 1e-9);
  changes(w, &w->observation.wasted, 12500 * SIM_MS, 0, 1, "wasted");
  finish(w, "second copy");
  fixture_close(&f);
}

static void test_impatience(void) {
  static const struct {
    const char *text;
    int64_t ends_ms;
    uint64_t attempts, abandoned;
  } cases[] = {{"520ms", 520, 4, 0}, {"480ms", 480, 4, 1}, {"20ms", 20, 1, 1}, {"0s", 0, 1, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char client[200]; /* attempts at 0, 150, 300 and 450 ms, each of 50 ms */
    snprintf(
        client, sizeof client,
        ", 'timeout': '50ms', 'impatience': '%s', 'retry': { 'attempts': 'unlimited', 'backoff': '100ms', 'factor': 1, 'jitter': "
        "'none' }",
        cases[i].text);
    struct fixture f = lonely(client, "{ 'delay': '1h' }", "", "");
    struct world *w = begin(&f);
    changes(w, &w->observation.ended[OUTCOME_TIMEOUT], 10 * SIM_S + cases[i].ends_ms * SIM_MS, 0, 1, "given up");
    calendar_run(w->calendar, 19 * SIM_S);
    test_check(world_clients(w)->attempts == cases[i].attempts && world_clients(w)->abandoned == cases[i].abandoned &&
                   !world_clients(w)->open && pool_live(&world_clients(w)->pool) == 0,
               "impatience %s: %llu attempts, %llu abandoned", cases[i].text, (unsigned long long)world_clients(w)->attempts,
               (unsigned long long)world_clients(w)->abandoned);
    finish(w, cases[i].text);
    fixture_close(&f);
  }
}

static void test_waits_over_attempts(void) {
  /* Two users, a second of work each, one thread, patience of 0.6 s, again after a second, three attempts. The thread works from
   * 10 s on without a pause; at 10.0 one waits 0 and the other 0.6 s, at 11.6 0.4 and 0.6, at 13.2 both 0.6 (until 13.8). */
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'waits', 'traffic': { 'u': { 'kind': 'closed', 'population': 2, 'think': '10s', 'mix': { 'p': 1 }, "
      "'timeout': '600ms', 'retry': { 'attempts': 3, 'backoff': '1s', 'factor': 1, 'jitter': 'none' } } },"
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1s' } ] } }, 'services': { 'a': { 'kind': 'app' } },"
      "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '22s', 'windows': 1 } "
      "}");
  f.scenario->model.records_waits = true;
  struct world *w = begin(&f);
  changes(w, &w->observation.ended[OUTCOME_TIMEOUT], 13800 * SIM_MS, 0, 2, "given up");
  const struct histogram *waits = &w->observation.endpoints[0].waits[0];
  test_check(waits->count == 2 && histogram_mean(waits) == 1400e6 && histogram_max(waits) == 1800 * SIM_MS,
             "%llu waits, mean %.9f s, longest %.9f s", (unsigned long long)waits->count, histogram_mean(waits) * 1e-9,
             (double)histogram_max(waits) * 1e-9);
  finish(w, "waits");
  fixture_close(&f);
}

/* --- everything at once ------------------------------------------------------------------------------------------------------------ */

static void test_attempts_add_up(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'storm', 'traffic': { 's': { 'kind': 'open', 'rate': '90/s', 'mix': { 'p': 3, 'q': 1 }, 'timeout': "
      "'60ms', 'retry': { 'attempts': 4, 'backoff': '20ms', 'budget': { 'ratio': '50%%', 'burst': 20, 'floor': '5/s' } }, "
      "'reload': { "
      "'after': { 'exponential': '50ms' }, 'times': 3 }, 'hedge': '15ms', 'impatience': { 'exponential': '400ms' } },"
      "'u': { 'kind': 'closed', 'population': 12, 'think': { 'exponential': '80ms' }, 'mix': { 'q': 1 }, 'timeout': '50ms', "
      "'retry': { "
      "'attempts': 3, 'backoff': '10ms', 'jitter': 'equal' }, 'hedge': '20ms' } },"
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '9ms' } }, { 'query': 'd', 'reads': 1, 'demand': "
      "'1ms' } ] }, 'q': { 'entry': 'a', 'steps': [ { 'cpu': '3ms' } ] } },"
      "'services': { 'a': { 'kind': 'app', 'replicas': 2, 'backlog': 4, 'pools': { 'd': { 'max': 1, 'wait': '5ms' } } }, 'd': { "
      "'kind': 'database' } }, 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'mtbf': '700ms' } },"
      "'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '40s', 'windows': 1 } "
      "}");
  f.scenario->model.records_waits = true;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    struct world *w = fixture_run(&f, seed, "storm");
    uint64_t sum = 0, attempts = 0, refused = 0, longest_wait = 0;
    for (uint32_t i = 0; i < 2; i++) {
      const struct client_meters *t = &world_sources(w)->each[i].config->meters;
      attempts += counted(w, t->attempts);
      sum += counted(w, t->retries) + (i ? 0 : counted(w, t->reloads)) + counted(w, t->hedges);
      test_check(counted(w, t->retries) > 100 && counted(w, t->hedges) > 100, "source %u: %llu retries, %llu hedges", i,
                 (unsigned long long)counted(w, t->retries), (unsigned long long)counted(w, t->hedges));
    }
    refused = counted(w, meters(w)->refused);
    for (uint32_t e = 0; e < 2; e++)
      if ((uint64_t)histogram_max(&w->observation.endpoints[e].waits[0]) > longest_wait)
        longest_wait = (uint64_t)histogram_max(&w->observation.endpoints[e].waits[0]);
    test_check(attempts == world_clients(w)->attempts && attempts == w->observation.arrived + sum,
               "%llu attempts of %llu errands and %llu repetitions", (unsigned long long)attempts,
               (unsigned long long)w->observation.arrived, (unsigned long long)sum);
    test_check(refused > 0 && w->observation.ended[OUTCOME_CRASHED] > 0 && w->observation.ended[OUTCOME_TIMEOUT] > 0 &&
                   w->observation.ended[OUTCOME_COMPLETED] > 0 && longest_wait < 3 * SIM_S,
               "%llu refused", (unsigned long long)refused);
    world_free(w);
  }
  fixture_close(&f);
}

static void test_budget(void) {
  /* Nobody is served: every request would be tried for ever, and each retry that the budget does not pay ends one. */
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'budget', 'traffic': { 's': { 'kind': 'open', 'rate': '200/s', 'mix': { 'p': 1 }, 'retry': { "
      "'attempts': "
      "'unlimited', 'backoff': '10ms', 'cap': '10ms', 'budget': { 'ratio': '10%%', 'floor': '3/s', 'burst': 5 } } } }, "
      "'endpoints': { "
      "'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } },"
      "'services': { 'a': { 'kind': 'app', 'restart': 'no' } }, 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '0s' } },"
      "'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '20s', 'windows': 1 } "
      "}");
  struct world *w = fixture_run(&f, 1, "budget");
  double retries = (double)counted(w, meters(w)->retries) + pool_live(&world_clients(w)->pool); /* paid for and about to begin */
  double most = 5 + 0.1 * (double)w->observation.arrived + 3 * 20;
  test_check(retries <= most && retries > most - 2, "%.0f retries, the budget pays for %.2f", retries, most);
  test_check(counted(w, meters(w)->refused) == w->observation.ended[OUTCOME_REFUSED] + w->observation.ended[OUTCOME_NO_BACKEND],
             "%llu not paid", (unsigned long long)counted(w, meters(w)->refused));
  world_free(w);
  fixture_close(&f);
}

static void test_closed_law(void) {
  /* R = N / X - Z, with back-off inside R. */
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'law', 'traffic': { 'u': { 'kind': 'closed', 'population': 20, 'think': { 'exponential': '200ms' }, "
      "'mix': { 'p': 1 }, 'retry': { 'attempts': 'unlimited', 'backoff': '30ms', 'factor': 1 } } }, 'endpoints': { 'p': { 'entry': "
      "'a', "
      "'steps': [ { 'cpu': { 'exponential': '15ms' } } ] } }, 'services': { 'a': { 'kind': 'app', 'backlog': 1 } },"
      "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '2000s', 'windows': 1 "
      "} }");
  struct world *w = fixture_run(&f, 1, "law");
  struct ends e = fixture_ends(w, 0);
  double response = fixture_mean_s(w, 0), law = 20 / ((double)e.by[OUTCOME_COMPLETED] / 2000) - 0.2;
  test_check(fabs(response / law - 1) < 0.01, "response %.6f s, by the law %.6f s", response, law);
  double pauses = sim_seconds((sim_time)w->observation.meters[meters(w)->backing_off].course.sums[0]);
  double expected = (double)counted(w, meters(w)->retries) * 0.015;
  test_check(fabs(pauses / expected - 1) < 0.02 && e.by[OUTCOME_COMPLETED] == e.ended, "%.1f s of pauses, %.1f s expected", pauses,
             expected);
  world_free(w);
  fixture_close(&f);
}

/* A request that its container called itself for is inside twice: when the process dies it must not be left in a queue that is gone. */
static void test_death_of_who_calls_itself(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'self', 'traffic': { 'u': { 'kind': 'closed', 'population': 9, 'think': '10s', 'mix': { 'p': 1 }, "
      "'patience': '8s' } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'call': 'a', 'steps': [ { 'cpu': '1s' } ] } ] } }, "
      "'services': { 'a': { 'kind': 'app', 'restart': 'no' } }, 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': "
      "'11500ms' } }, "
      "'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '19s', 'windows': 1 } "
      "}");
  struct world *w = fixture_run(&f, 1, "self");
  test_check(w->observation.ended[OUTCOME_COMPLETED] == 1 && w->observation.ended[OUTCOME_CRASHED] == 8 && !pool_live(&w->requests),
             "%llu completed, %llu crashed, %u are left", (unsigned long long)w->observation.ended[OUTCOME_COMPLETED],
             (unsigned long long)w->observation.ended[OUTCOME_CRASHED], pool_live(&w->requests));
  world_free(w);
  fixture_close(&f);
}

/* --- what never comes into play ------------------------------------------------------------------------------------------------------ */

static struct fixture plain(const char *source, const char *client) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'plain', 'traffic': { 's': { %s, 'mix': { 'p': 2, 'q': 1 }%s } }, 'waiting_rooms': { 'wide': "
      "{ 'admit': '1000000000/s' } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '5ms' } } ] }, 'q': "
      "{ "
      "'entry': 'a', 'steps': [ { 'delay': { 'exponential': '5ms' } }, { 'cpu': '2ms' } ] } }, 'services': { 'a': { 'kind': "
      "'app', 'backlog': 'unlimited' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { "
      "'warmup': '5s', 'window': '100s', 'windows': 4 } }",
      source, client);
}

static void test_out_of_play(void) {
  static const char *const sources[] = {"'kind': 'open', 'rate': '150/s'",
                                        "'kind': 'closed', 'population': 9, 'think': { 'exponential': '40ms' }"};
  static const char *const clients[] = {
      ", 'retry': { 'attempts': 1, 'backoff': '1s' }",
      ", 'retry': { 'attempts': 5, 'backoff': '1ms' }",
      ", 'reload': '1h'",
      ", 'hedge': '1h'",
      ", 'impatience': '1h'",
      ", 'timeout': '1h', 'hedge': '1h', 'reload': '1h', 'retry': { 'attempts': 5, 'backoff': '1ms' }",
      ", 'room': 'wide'"};
  for (int s = 0; s < 2; s++) {
    struct fixture f = plain(sources[s], "");
    struct world *w = fixture_run(&f, 4, "plain");
    for (size_t i = 0; i < sizeof clients / sizeof *clients - (size_t)s; i++) { /* closed users have no room */
      struct fixture g = plain(sources[s], clients[i]);
      struct world *v = fixture_run(&g, 4, clients[i]);
      bool same = v->observation.arrived == w->observation.arrived && v->observation.sojourn_ns == w->observation.sojourn_ns &&
                  v->observation.inside_ns == w->observation.inside_ns;
      for (uint32_t e = 0; e < 2; e++)
        for (uint32_t k = 0; k < 4; k++)
          same &= fixture_same_window(&v->observation.endpoints[e].windows[k], &w->observation.endpoints[e].windows[k]);
      test_check(same && w->observation.arrived > 9000, "{%s} with \"%s\": %llu arrived, %llu without; %.9g and %.9g s", sources[s],
                 clients[i], (unsigned long long)v->observation.arrived, (unsigned long long)w->observation.arrived,
                 (double)v->observation.sojourn_ns * 1e-9, (double)w->observation.sojourn_ns * 1e-9);
      world_free(v);
      fixture_close(&g);
    }
    world_free(w);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"retry_trace", test_retry_trace},
                                         {"attempts_by_second", test_attempts_by_second},
                                         {"reload", test_reload},
                                         {"hedge_first_wins", test_hedge_first_wins},
                                         {"hedge_second_wins", test_hedge_second_wins},
                                         {"impatience", test_impatience},
                                         {"waits_over_attempts", test_waits_over_attempts},
                                         {"attempts_add_up", test_attempts_add_up},
                                         {"budget", test_budget},
                                         {"closed_law", test_closed_law},
                                         {"death_of_who_calls_itself", test_death_of_who_calls_itself},
                                         {"out_of_play", test_out_of_play},
                                         {NULL, NULL}};
const struct test_suite suite_clients = {"clients", cases};
