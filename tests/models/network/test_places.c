/* Places: what a way takes within a node, a zone, a region and between regions, to the nanosecond; round trips from the table; where
 * clients are; and what is wrong with a scenario that has places. */
#include "models/network/network.h"
#include "models/network/regions.h"
#include "models/network/request_place.h"
#include "models/traffic/source.h"
#include "models/traffic/whereabouts.h"
#include "sim/measure/measure.h"
#include "sim/measure/resource.h"
#include "tests/model_fixture.h"

/* One user, 10 ms of work at `a`, 1 ms at `b`; the places of both are to be filled in. */
#define PAIR                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'pair', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '1s', 'mix': { 'p': 1 }, "      \
  "'region': 'us' } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '10ms' }, { 'call': 'b', 'steps': [ { 'cpu': "      \
  "'1ms' } ] } ] } }, 'services': { 'a': { 'kind': 'app', 'place': 'na' }, 'b': { 'kind': 'app', 'place': '%s' } }, 'platform': "  \
  "{ 'kind': 'static', 'regions': { 'us': { 'zones': [ 'us-a', 'us-b' ] }, 'eu': {} }, 'network': { 'round_trip': { 'eu-us': "     \
  "'75ms' }, 'between_nodes': '3ms', 'between_zones': '7ms' }, 'nodes': { 'na': { 'cpu': 4, 'region': 'us', 'zone': 'us-a' }, "    \
  "'near': { 'cpu': 4, 'region': 'us', 'zone': 'us-a' }, 'zone': { 'cpu': 4, 'region': 'us', 'zone': 'us-b' }, 'far': { 'cpu': "   \
  "4, 'region': 'eu' } } }, 'run': { 'warmup': '0s', 'window': '10s', 'windows': 1 } }"

static void test_ways(void) {
  static const struct {
    const char *place;
    int64_t one_way;
  } rows[] = {{"na", 0}, {"near", 3 * SIM_MS}, {"zone", 7 * SIM_MS}, {"far", 75 * SIM_MS / 2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(PAIR, rows[i].place);
    struct world *w = fixture_run(&f, 1, rows[i].place);
    uint64_t answers = w->observation.ended[OUTCOME_COMPLETED], each = (uint64_t)(11 * SIM_MS + 2 * rows[i].one_way);
    test_check(answers > 8 && w->observation.sojourn_ns == answers * each, "to %s: %.9f s for %llu answers; by hand %.9f s each",
               rows[i].place, (double)w->observation.sojourn_ns * 1e-9, (unsigned long long)answers, (double)each * 1e-9);
    int32_t from = model_service(&f.scenario->model, 0)->place.reference[0],
            to = model_service(&f.scenario->model, 1)->place.reference[0];
    test_check(from == to || network_way_apart(&f.scenario->model, from, to) == rows[i].one_way, "a plan takes %lld ns to %s",
               (long long)network_way_apart(&f.scenario->model, from, to), rows[i].place);
    world_free(w);
    fixture_close(&f);
  }
}

#define TWO                                                                                                                        \
  "{ 'aguanta': 1, 'name': 'two', 'traffic': { 'u': { 'kind': 'open', 'rate': '100/s', 'mix': { 'p': 1 } %s } }, 'endpoints': { "  \
  "'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app' } }, 'platform': { 'kind': "         \
  "'static', %s 'nodes': { 'n': { 'count': 3, 'cpu': 4 %s } } }, 'run': { 'warmup': '0s', 'window': '100s', 'windows': 5 } %s }"

static void test_nodes_are_dealt_over_zones(void) {
  struct fixture f =
      fixture_of(TWO, ", 'region': 'eu'",
                 "'regions': { 'us': {}, 'eu': { 'zones': [ 'a', 'b' ] } }, 'network': { 'round_trip': { 'us-eu': '75ms' } },",
                 ", 'region': 'eu'", "");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  /* Zones are numbered over all regions: 0 is the nameless one of us, 1 and 2 are a and b. */
  test_check(w->nodes[0].zone == 1 && w->nodes[1].zone == 2 && w->nodes[2].zone == 1 && w->nodes[2].region == 1, "zones %d, %d, %d",
             w->nodes[0].zone, w->nodes[1].zone, w->nodes[2].zone);
  test_check(network_way(w, 0, 2) == 250 * SIM_US && network_way(w, 0, 1) == 350 * SIM_US, "ways of %lld and %lld ns",
             (long long)network_way(w, 0, 2), (long long)network_way(w, 0, 1));
  /* Two nodes of the group, in the mean over zones: half of the pairs are in one. */
  test_check(network_way_apart(&f.scenario->model, 0, 0) == 300 * SIM_US, "apart %lld ns",
             (long long)network_way_apart(&f.scenario->model, 0, 0));
  world_free(w);
  fixture_close(&f);
}

/* us-east-1 to eu-west-1 80.5 ms, by the region's name or by "at"; what is given comes first. */
static void test_table(void) {
  struct fixture f = fixture_of(TWO, ", 'region': 'us'",
                                "'regions': { 'us': { 'at': 'us-east-1' }, 'eu-west-1': {}, 'ap': { 'at': 'ap-southeast-2' } }, "
                                "'network': { 'round_trip': { 'ap-eu-west-1': '280ms' } },",
                                ", 'region': 'us'", "");
  const struct regions *all = &f.scenario->model.platform.regions;
  test_check(regions_round_trip(all, 0, 1) == 80500 * SIM_US && regions_round_trip(all, 1, 0) == 80500 * SIM_US, "us-eu %lld ns",
             (long long)regions_round_trip(all, 0, 1));
  test_check(regions_round_trip(all, 0, 2) == 230 * SIM_MS && regions_round_trip(all, 2, 1) == 280 * SIM_MS, "ap %lld, %lld ns",
             (long long)regions_round_trip(all, 0, 2), (long long)regions_round_trip(all, 2, 1));
  test_check(regions_table_ms("us-east-1", "us-west-2") == 88 && regions_table_ms("sa-east-1", "ap-southeast-2") == 0,
             "the table has both directions' mean, and a hole");
  fixture_close(&f);
}

/* Shares of 1 to 3 of 10,000 requests: 2,500, with a standard deviation of 43. Named clients stay where they are. */
static void test_clients(void) {
  static const char *const sources[] = {"", ", 'clients': 400", ", 'timeout': '1s', 'retry': { 'attempts': 3, 'backoff': '10ms' }"};
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
    char source[200];
    snprintf(source, sizeof source, ", 'region': { 'us': 3, 'eu': 1 }%s", sources[i]);
    struct fixture f =
        fixture_of(TWO, source, "'regions': { 'us': {}, 'eu': {} }, 'network': { 'round_trip': { 'us-eu': '75ms' } },",
                   ", 'region': 'us'", "");
    struct world *w = fixture_run(&f, 1, sources[i]); /* its audit adds up the regions */
    const struct observation *o = &w->observation;
    uint64_t eu = 0, all = 0;
    for (uint32_t k = 0; k < o->window_count; k++)
      eu += o->endpoints[observation_row(o, 0, 1)].windows[k].arrived, all += o->endpoints[0].windows[k].arrived;
    double sd = i == 1 ? 0.022 : 0.0045; /* 400 clients: 100, give or take 8.7, so 2.2%; each request its own: 0.43% */
    test_check(fabs((double)eu / (double)all - 0.25) < 4 * sd, "%s: %llu of %llu requests from eu", sources[i],
               (unsigned long long)eu, (unsigned long long)all);
    world_free(w);
    fixture_close(&f);
  }
}

/* All requests over one connection are of one client, which is at one place. */
static void test_connections_stay(void) {
  struct fixture f =
      fixture_of(TWO, ", 'region': { 'us': 1, 'eu': 1 }, 'connection': { 'requests': 50, 'clients': 20 }",
                 "'regions': { 'us': {}, 'eu': {} }, 'network': { 'round_trip': { 'us-eu': '75ms' } },", ", 'region': 'us'", "");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  const struct source *s = &world_sources(w)->each[0];
  int32_t at[20], in[2] = {0, 0};
  for (int i = 0; i < 20; i++) at[i] = -1;
  for (uint64_t n = 0; n < 1000; n++) {
    uint64_t key = source_key(s, n);
    uint32_t number = client_network_number(s, NONE, key);
    int32_t region = whereabouts_region(w, 0, NONE, key);
    if (at[number] < 0) at[number] = region, in[region]++;
    test_check(at[number] == region, "connection %u is in region %d and in %d", number, at[number], region);
  }
  test_check(in[0] > 3 && in[1] > 3, "%d connections in us, %d in eu", in[0], in[1]);
  world_free(w);
  fixture_close(&f);
}

/* Two thirds of the requests enter in us, a third in eu; three replicas there, two here, 4 ms each: us is full at
 * 3 / (2/3 x 4 ms) = 1,125/s, eu at 2 / (1/3 x 4 ms) = 1,500/s, where five replicas together would be at 1,250/s. The eight cores of
 * us are at 8 / (2/3 x 4 ms) = 3,000/s, those of eu at 6,000/s. */
static void test_regions_fill_up(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'two', 'traffic': { 'u': { 'kind': 'open', 'rate': '100/s', 'mix': { 'p': 1 }, 'region': { 'us': 2, "
      "'eu': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '4ms' } ] } }, 'services': { 'a': { 'kind': 'app', "
      "'replicas': { 'us': 3, 'eu': 2 } } }, 'dns': { 'policy': 'geo', 'check': {} }, 'platform': { 'kind': 'static', 'regions': { "
      "'us': {}, 'eu': {} }, 'network': { 'round_trip': { 'us-eu': '75ms' } }, 'nodes': { 'us': { 'cpu': 8, 'region': 'us' }, "
      "'eu': "
      "{ 'cpu': 8, 'region': 'eu' } } }, 'run': { 'warmup': '0s', 'window': '10s' } }");
  struct resource *rows;
  uint32_t count = resources_of(&f.scenario->model, f.arena, &rows);
  static const struct {
    const char *name;
    double full_at;
  } due[] = {{"a event loop x 3 in us", 1125}, {"a event loop x 2 in eu", 1500}, {"us CPU", 3000}, {"eu CPU", 6000}};
  for (size_t i = 0; i < sizeof due / sizeof *due; i++) {
    double full = NAN;
    for (uint32_t k = 0; k < count; k++)
      if (!strcmp(rows[k].name, due[i].name)) full = rows[k].capacity / rows[k].demand_s;
    test_check(fabs(full - due[i].full_at) < 1e-6, "%s is full at %g/s; by hand %g/s", due[i].name, full, due[i].full_at);
  }
  test_check(fabs(measure_saturation(&f.scenario->model) - 1125) < 1e-6, "saturation %g", measure_saturation(&f.scenario->model));
  fixture_close(&f);
}

/* a may be on x and y, b on y and z, each group of one core; 14 ms at each. Two cores are full at 2 / 14 ms = 142.9/s, all three at
 * 3 / 28 ms = 107.1/s. */
static void test_overlapping_hosts(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'o', 'traffic': { 'u': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': "
      "{ "
      "'entry': 'a', 'steps': [ { 'cpu': '14ms' }, { 'call': 'b', 'steps': [ { 'cpu': '14ms' } ] } ] } }, 'services': { 'a': { "
      "'kind': 'app', 'replicas': 4, 'place': [ 'x', 'y' ] }, 'b': { 'kind': 'app', 'replicas': 4, 'place': [ 'y', 'z' ] } }, "
      "'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 1 }, 'y': { 'cpu': 1 }, 'z': { 'cpu': 1 } } }, 'run': { 'window': "
      "'10s' } }");
  double full = measure_saturation(&f.scenario->model);
  test_check(fabs(full - 3 / 0.028) < 1e-6, "full at %g/s; by hand %g/s", full, 3 / 0.028);
  fixture_close(&f);
}

static bool refused(const struct fixture *f, const char *because) { return f->refused && strstr(f->refused, because); }

static void check_refused(const char *source, const char *places, const char *group, const char *claims, const char *because) {
  struct text t = {0};
  put(&t, TWO, source, places, group, claims);
  struct fixture f = fixture_try(&t);
  test_check(refused(&f, because), "\"%s\" expected, not: %s", because, f.refused ? f.refused : "accepted");
  fixture_close(&f);
}

#define REGIONS "'regions': { 'us': { 'zones': [ 'x' ] }, 'eu': {} }, 'network': { 'round_trip': { 'us-eu': '75ms' } },"
static void test_bad(void) {
  static const struct {
    const char *source, *places, *group, *claims, *because;
  } rows[] = {
      {"", REGIONS, ", 'region': 'us'", "", "traffic.u: needs a \"region\", as the scenario has some: one of us, eu"},
      {", 'region': 'us'", REGIONS, "", "", "platform.nodes.n: needs a \"region\", as the scenario has some: us, eu"},
      {", 'region': 'us'", REGIONS, ", 'region': 'us', 'zone': 'y'", "", "region \"us\" has no zone \"y\"; it has: x"},
      {", 'region': 'us'", REGIONS, ", 'region': 'ap'", "", "\"region\" refers to \"ap\", which is not in \"platform.regions\""},
      {", 'region': 'ap'", REGIONS, ", 'region': 'us'", "", "\"region\" refers to \"ap\", which is not in \"platform.regions\""},
      {", 'region': 'us'", "'regions': { 'us': {}, 'eu': {} },", ", 'region': 'us'", "",
       "no round trip is known between \"us\" and \"eu\": give it as \"us-eu\""},
      {", 'region': 'us'", "'regions': { 'us': {}, 'eu': {} }, 'network': { 'round_trip': { 'us-eu': '1ms', 'eu-us': '1ms' } },",
       ", 'region': 'us'", "", "is given twice"},
      {", 'region': 'us'", "'regions': { 'us': {}, 'eu': {} }, 'network': { 'round_trip': { 'us-ap': '1ms' } },",
       ", 'region': 'us'", "", "\"us-ap\" does not name two regions as in \"us-eu\"; the regions are: us, eu"},
      {", 'region': 'a'", "'regions': { 'a': {}, 'b-c': {}, 'a-b': {}, 'c': {} }, 'network': { 'round_trip': { 'a-b-c': '1ms' } },",
       ", 'region': 'a'", "", "\"a-b-c\" may mean several pairs of regions: rename one; the regions are: a, b-c, a-b, c"},
      {"", "", ", 'zone': 'x'", "", "needs a \"region\" that has the zone"},
      {", 'region': 'us'", REGIONS, ", 'region': 'us'", ", 'claims': [ 'p99(p.latency{region=ap}) < 1s' ]",
       "finds no region \"ap\"; there are: us, eu"},
      {"", "", "", ", 'claims': [ 'p99(p.latency{region=eu}) < 1s' ]", "the scenario has no platform.regions"},
      {", 'region': 'us'", REGIONS, ", 'region': 'us'", ", 'claims': [ 'p99(a.latency{region=eu}) < 1s' ]",
       "asks for clients of a region, which latency"},
      {", 'region': 'us'", REGIONS, ", 'region': 'us'", ", 'claims': [ 'p99(p.latency{place=eu}) < 1s' ]",
       "has a label \"place\"; there are {cause=...} and {region=...}"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check_refused(rows[i].source, rows[i].places, rows[i].group, rows[i].claims, rows[i].because);
}

static const struct test_case cases[] = {{"ways", test_ways},
                                         {"zones", test_nodes_are_dealt_over_zones},
                                         {"table", test_table},
                                         {"clients", test_clients},
                                         {"connections_stay", test_connections_stay},
                                         {"regions_fill_up", test_regions_fill_up},
                                         {"overlapping_hosts", test_overlapping_hosts},
                                         {"bad", test_bad},
                                         {NULL, NULL}};
const struct test_suite suite_places = {"places", cases};
