/* Fields from values: defaults, units, references, choices, wrapped values; and every fault with its words and place. */
#include "sim/scenario/bind.h"
#include "sim/engine/arena.h"
#include "sim/engine/sim_time.h"
#include "tests/reader/toy.h"
#include "tests/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bound {
  struct arena *arena;
  struct diagnostics *faults;
  struct binder binder;
  struct toy toy;
  bool good;
};

static struct bound bind_text_of(const char *text) {
  struct bound b = {.arena = arena_new()};
  b.faults = diagnostics_new(b.arena);
  const struct json_value *root = json_read_text(b.arena, b.faults, "t.json", text, strlen(text));
  b.binder = binder_new(b.arena, b.faults, root);
  b.good = bind_record(&b.binder, &toy_record, root, &b.toy);
  return b;
}

static const struct toy_service *service(const struct bound *b, uint32_t index) {
  return (const struct toy_service *)b->toy.services.items + index;
}

static void test_defaults(void) {
  struct bound b = bind_text_of("{\"services\": {\"api\": {}}, \"$schema\": \"x\", \"x-note\": [1]}");
  const struct toy_service *s = service(&b, 0);
  test_check(b.good, "%s", diagnostics_render(b.faults, b.arena));
  test_check(b.toy.services.count == 1 && !strcmp(s->name, "api") && s->replicas == 1, "a service with defaults");
  test_check(s->memory == 128 << 20 && s->cpu == INT64_MAX && s->queue == 511 && s->pool.max == 10 && s->pool.wait == 2 * SIM_S,
             "units");
  test_check(!strcmp(b.toy.name, "toy") && b.toy.seed == 1 && b.toy.think.mean == 7e9, "think is %g", b.toy.think.mean);
  test_check(!b.toy.rate.kind && b.toy.mix.count == 0 && b.toy.endpoints.count == 0 && s->image == NULL, "optional ones are empty");
  test_check(!bind_was_given(&b.binder, &s->replicas) && bind_was_given(&b.binder, s), "what was given");
  bool told = false;
  for (uint32_t i = 0; i < b.binder.default_count; i++)
    told |= !strcmp(b.binder.defaults[i].path, "services.api.pool.max") && !strcmp(b.binder.defaults[i].value, "10") &&
            !strcmp(b.binder.defaults[i].source, "node-postgres: 10");
  test_check(told, "the default and its source are listed");
  arena_free(b.arena);
}

static const char everything[] =
    "{\"name\": \"all\", \"seed\": \"launch-day\", \"scale\": 2.5, \"drain\": \"1m\", \"think\": \"12ms\",\n"
    " \"mix\": {\"buy\": 5, \"list\": 70}, \"rate\": {\"day\": {\"mean\": \"40/min\", \"at\": \"10:00:30\"}},\n"
    " \"services\": {\"x-off\": {}, \"web\": {\"replicas\": 3, \"memory\": \"400Mi\", \"cpu\": 0.5, \"queue\": \"unlimited\", "
    "\"balance\": \"random\",\n"
    "   \"persistent\": true, \"failure\": \"1.5%\", \"price\": \"40 USD/month\", \"image\": \"nginx\", \"pool\": {\"wait\": "
    "\"never\"},\n"
    "   \"links\": {\"db\": 7}}, \"db\": {\"pool\": 20}},\n"
    " \"endpoints\": {\"list\": {\"entry\": \"web\", \"steps\": [{\"cpu\": \"2ms\"}, {\"call\": \"db\", \"steps\": [{\"cpu\": "
    "{\"demand\": {\"lognormal\": "
    "{\"mean\": \"12ms\", \"cv\": 1.5}}}}]}]}, \"buy\": {\"entry\": \"db\"}},\n"
    " \"claims\": [\"p99(web) < 1s\", {\"expr\": \"x\", \"source\": \"P-2\"}]}";

static void test_everything(void) {
  struct bound b = bind_text_of(everything);
  test_check(b.good, "%s", diagnostics_render(b.faults, b.arena));
  const struct toy_service *web = service(&b, 0), *db = service(&b, 1);
  test_check(!strcmp(web->name, "web") && web->replicas == 3 && web->memory == 400 << 20 && web->cpu == 500, "web %s", web->name);
  test_check(web->queue == INT64_MAX && web->balance == 2 && web->persistent && web->failure == 0.015, "failure %g", web->failure);
  test_check(web->price.amount == 40 && !strcmp(web->price.currency, "USD") && !strcmp(web->price.per, "month"), "price");
  test_check(web->pool.wait == SIM_NEVER && db->pool.max == 20 && db->pool.wait == 2 * SIM_S, "pool by shorthand");
  const struct toy_link *link = web->links.items;
  test_check(web->links.count == 1 && link->reference == 1 && link->max == 7, "link to %d", link->reference);
  test_check(b.toy.mix.count == 2 && b.toy.mix.reference[0] == 1 && b.toy.mix.reference[1] == 0 && b.toy.mix.weight[1] == 70,
             "mix");
  const struct toy_day *day = b.toy.rate.value;
  test_check(b.toy.rate.kind == &toy_day_kind && day->mean == 40.0 / 60 && day->at == 10 * SIM_HOUR + 30 * SIM_S, "rate");
  const struct toy_endpoint *list = b.toy.endpoints.items;
  const struct choice *steps = list->steps.items;
  const struct toy_call *call = steps[1].value;
  const struct toy_cpu *nested = ((const struct choice *)call->steps.items)->value;
  test_check(list->steps.count == 2 && list->entry == 0 && ((const struct toy_cpu *)steps[0].value)->demand.mean == 2e6, "steps");
  test_check(call->call == 1 && fabs(nested->demand.mean - 12e6) < 1 && fabs(nested->demand.scv - 2.25) < 1e-9, "scv %g",
             nested->demand.scv);
  const struct toy_claim *claims = b.toy.claims.items;
  test_check(b.toy.claims.count == 2 && !strcmp(claims[0].expr, "p99(web) < 1s") && !strcmp(claims[1].source, "P-2"), "claims");
  test_check(b.toy.think.mean == 12e6 && b.toy.think.scv == 0 && b.toy.seed > 1u << 20, "seed %llu",
             (unsigned long long)b.toy.seed);
  test_check(!strcmp(json_source(b.arena, bind_value_of(&b.binder, &web->memory)), "t.json:3"), "origin of memory");
  test_check(b.binder.assumption_count == 0, "a field called source is no assumption");
  arena_free(b.arena);
}

/* A record that is absent as a whole is told once, and not key by key. */
static void test_absent_record(void) {
  static const struct field fields[] = {ONLY_KEY("rate", RECORD, .record = &toy_constant_record), {0}};
  static const struct record outer = {.name = "outer", .size = sizeof(struct toy_constant), .fields = fields, .doc = "Holds one."};
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct json_value *root = json_read_text(arena, d, "t.json", "{}", 2);
  struct binder binder = binder_new(arena, d, root);
  struct toy_constant out;
  bind_record(&binder, &outer, root, &out);
  char *seen = diagnostics_render(d, arena);
  test_check(!strncmp(seen, "t.json:1:1: error: the file needs the key \"rate\"\n", 48), "%s", seen);
  arena_free(arena);
}

/* Where "value" is a key of the language, {"value": ...} is no wrapper. */
static void test_own_value_key(void) {
  struct inner {
    int64_t value;
  };
  static const struct field inner_fields[] = {KEY("value", INTEGER, inner, value, .doc = "Its own."), {0}};
  static const struct record inner = {
      .name = "inner", .size = sizeof(struct inner), .fields = inner_fields, .doc = "With a key of that name."};
  static const struct field outer_fields[] = {ONLY_KEY("in", RECORD, .record = &inner), {0}};
  static const struct record outer = {.name = "outer", .size = sizeof(struct inner), .fields = outer_fields, .doc = "Holds one."};
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  static const char text[] = "{\"in\": {\"value\": 7}}";
  const struct json_value *root = json_read_text(arena, d, "t.json", text, strlen(text));
  struct binder binder = binder_new(arena, d, root);
  struct inner out;
  test_check(bind_record(&binder, &outer, root, &out) && out.value == 7, "%s", diagnostics_render(d, arena));
  test_check(binder.assumption_count == 0, "no assumption");
  test_check(json_type(bind_value_of(&binder, &out.value)) == JSON_NUMBER, "of one address the member counts, not its record");
  arena_free(arena);
}

struct error_case {
  const char *members; /* of the root, after the services */
  const char *error;   /* message without place */
};

static const struct error_case faults[] = {
    {"\"nam\": 1", "unknown key \"nam\"; did you mean \"name\"?"},
    {"\"zzzzzz\": 1",
     "unknown key \"zzzzzz\"; known keys are: name, seed, scale, drain, think, mix, rate, services, endpoints, claims"},
    {"\"Name\": \"x\"", "unknown key \"Name\"; did you mean \"name\"?"},
    {"\"name\": 3", "\"name\" must be a text, not a number"},
    {"\"name\": null", "\"name\" must be a text, not null: leave the key out for its default"},
    {"\"seed\": -1", "\"seed\" must be a whole number from 0 to 2^53, or a text, not -1"},
    {"\"seed\": 1.5", "\"seed\" must be a whole number from 0 to 2^53, or a text, not 1.5"},
    {"\"seed\": true", "\"seed\" must be a whole number or a text, not true"},
    {"\"scale\": \"2\"", "\"scale\" must be a number, not a string: write 2 without quotes"},
    {"\"scale\": 0", "\"scale\" must be more than 0 and at most 10, not 0"},
    {"\"scale\": 11", "\"scale\" must be more than 0 and at most 10, not 11"},
    {"\"drain\": 250", "\"drain\" needs a unit: write \"250ms\" or \"250s\", not 250"},
    {"\"drain\": \"never\"", "\"drain\" must be a duration, and not \"never\""},
    {"\"drain\": []", "\"drain\" must be a duration such as \"250ms\" or \"2h30m\", not a list"},
    {"\"think\": 7", "\"think\" needs a unit: write \"7ms\" or \"7s\", not 7"},
    {"\"think\": \"never\"", "\"think\" must be a duration, and not \"never\""},
    {"\"think\": true",
     "\"think\" must be a duration such as \"12ms\" or a distribution such as { \"exponential\": \"8s\" }, not true"},
    {"\"think\": {}", "\"think\" needs a distribution such as { \"exponential\": \"8s\" }"},
    {"\"think\": {\"exponental\": \"8s\"}", "unknown distribution \"exponental\"; did you mean \"exponential\"?"},
    {"\"think\": {\"exponential\": \"8s\", \"uniform\": {}}", "\"exponential\" and \"uniform\" are both distributions: keep one"},
    {"\"think\": {\"exponential\": 8}", "\"mean\" needs a unit: write \"8ms\" or \"8s\", not 8"},
    {"\"think\": {\"lognormal\": {\"mean\": \"8s\", \"vc\": 1}}", "unknown key \"vc\" in \"lognormal\"; did you mean \"cv\"?"},
    {"\"mix\": {\"lost\": 1}", "\"mix\" refers to \"lost\", which is not in \"endpoints\"; did you mean \"list\"?"},
    {"\"mix\": {\"list\": -1}", "\"list\" must be at least 0, not -1"},
    {"\"mix\": {}", "\"mix\" needs at least one weight that is more than 0"},
    {"\"mix\": 3", "\"mix\" must be an object of names with weights: { \"name\": 70, ... }, not a number"},
    {"\"rate\": \"20\"", "\"rate\" needs a unit: write \"20/s\" or \"20/min\", not 20"},
    {"\"rate\": \"0/s\"", "\"rate\" must be more than 0/s, not \"0/s\""},
    {"\"rate\": {\"dya\": {}}", "unknown profile \"dya\"; did you mean \"day\"?"},
    {"\"rate\": {\"day\": {\"mean\": \"1/s\"}, \"at\": \"20:00\"}",
     "unknown key \"at\" next to \"day\": the keys of a profile stand inside it"},
    {"\"rate\": {\"day\": {}}", "\"day\" needs the key \"mean\""},
    {"\"rate\": {\"day\": {\"mean\": \"1/s\"}, \"constant\": \"1/s\"}",
     "\"day\" and \"constant\" are both kinds of profile: keep one"},
    {"\"rate\": {}", "a profile needs one of the keys: constant, day"},
    {"\"rate\": [1]", "\"rate\" must be a profile: an object with one of the keys constant, day, not a list"},
    {"\"endpoints\": {\"a\": {}}", "endpoint \"a\" needs the key \"entry\""},
    {"\"endpoints\": {\"a\": {\"entry\": \"apii\"}}",
     "\"entry\" refers to \"apii\", which is not in \"services\"; did you mean \"api\"?"},
    {"\"endpoints\": {\"a\": {\"entry\": \"zzzz\"}}", "\"entry\" refers to \"zzzz\", which is not in \"services\"; there are: api"},
    {"\"endpoints\": {\"a\": {\"entry\": 1}}", "\"entry\" must be a name from \"services\", not a number"},
    {"\"endpoints\": {\"a\": {\"entry\": \"api\", \"steps\": [{\"cqu\": \"2ms\"}]}}",
     "unknown step \"cqu\"; did you mean \"cpu\"?"},
    {"\"endpoints\": {\"a\": {\"entry\": \"api\", \"steps\": [{\"zzzz\": 1}]}}", "unknown step \"zzzz\"; steps are: cpu, call"},
    {"\"endpoints\": {\"a\": {\"entry\": \"api\", \"steps\": [{\"cpu\": \"2ms\", \"call\": \"api\"}]}}",
     "\"cpu\" and \"call\" are both kinds of step: keep one"},
    {"\"endpoints\": {\"a\": {\"entry\": \"api\", \"steps\": [\"cpp\"]}}", "unknown step \"cpp\"; did you mean \"cpu\"?"},
    {"\"endpoints\": {\"a\": {\"entry\": \"api\", \"steps\": {}}}",
     "\"steps\" must be a list of step objects: [ ... ], not an object"},
    {"\"endpoints\": {\"a\": {\"entry\": \"api\", \"steps\": [{\"call\": \"api\", \"stpes\": []}]}}",
     "unknown key \"stpes\" in step \"call\"; did you mean \"steps\"?"},
    {"\"endpoints\": {\"a b\": {\"entry\": \"api\"}}", "the name \"a b\" must be 1 to 63 of the characters A-Z a-z 0-9 _ . -"},
    {"\"endpoints\": {\"\": {\"entry\": \"api\"}}", "the name \"\" must be 1 to 63 of the characters A-Z a-z 0-9 _ . -"},
    {"\"endpoints\": []", "\"endpoints\" must be an object of named endpoint objects: { \"name\": { ... } }, not a list"},
    {"\"endpoints\": {\"a\": 7}", "endpoint \"a\" must be an object: { \"entry\": ... }, not a number"},
    {"\"claims\": [3]", "\"expr\" must be a text, not a number"},
    {"\"claims\": [null]", "\"claims[0]\" must be an object: { \"expr\": ... }, not null"},
    {"\"claims\": \"x\"", "\"claims\" must be a list of claim objects: [ ... ], not a string"},
    {"\"drain\": {\"value\": \"5s\", \"source\": 3}", "\"source\" must be a text, not a number"},
    {"\"drain\": {\"value\": \"5s\", \"range\": [\"1s\"]}", "\"range\" must be a list of two values: [low, high]"},
    {"\"drain\": {\"value\": \"5s\", \"range\": [\"1s\", 9]}", "\"drain\" needs a unit: write \"9ms\" or \"9s\", not 9"},
    {"\"drain\": {\"value\": \"5s\", \"range\": [\"8s\", \"1s\"]}",
     "\"range\" of \"drain\" has its ends the wrong way round: \"8s\" is more than \"1s\""},
    {"\"think\": {\"value\": {\"exponential\": \"8s\"}, \"range\": [\"9s\", {\"exponential\": \"2s\"}]}",
     "\"range\" of \"think\" has its ends the wrong way round: \"9s\" is more than {\"exponential\": \"2s\"}"},
    {"\"drain\": {\"value\": \"5s\", \"spurce\": \"x\"}",
     "\"drain\" must be a duration such as \"250ms\" or \"2h30m\", not an object"},
    {0}};

static const struct error_case service_faults[] = {
    {"\"replica\": 3", "unknown key \"replica\" in service \"api\"; did you mean \"replicas\"?"},
    {"\"replicas\": \"3\"", "\"replicas\" must be a whole number, not a string: write 3 without quotes"},
    {"\"replicas\": 1.5", "\"replicas\" must be a whole number, not 1.5"},
    {"\"replicas\": 0", "\"replicas\" must be from 1 to 1000, not 0"},
    {"\"replicas\": 1001", "\"replicas\" must be from 1 to 1000, not 1001"},
    {"\"memory\": 512", "\"memory\" needs a unit: write \"512Mi\" or \"512MB\", not 512"},
    {"\"memory\": \"400m\"", "\"memory\" in \"400m\" has the unit m, which is a thousandth of a byte: write \"400Mi\" or \"400M\""},
    {"\"memory\": \"1k\"", "\"memory\" must be from 1Mi to 1Ti, not \"1k\""},
    {"\"cpu\": 0", "\"cpu\" must be from 1m to 256, not 0"},
    {"\"cpu\": -1", "\"cpu\" must not be negative: \"-1\""},
    {"\"queue\": \"lots\"", "\"queue\" must be a limit such as 511 or \"unlimited\", not \"lots\""},
    {"\"balance\": \"round-robbin\"",
     "\"balance\" must be one of round-robin, least-conn, random, not \"round-robbin\"; did you mean \"round-robin\"?"},
    {"\"balance\": 1", "\"balance\" must be one of round-robin, least-conn, random, not a number"},
    {"\"persistent\": \"yes\"", "\"persistent\" must be true or false, not a string"},
    {"\"failure\": 1.5", "\"failure\" must be from 0% to 100%, not 1.5"},
    {"\"failure\": \"150%\"", "\"failure\" must be from 0% to 100%, not \"150%\""},
    {"\"price\": 40", "\"price\" needs a currency: write \"40 USD/month\" or \"40 USD/h\", not 40"},
    {"\"pool\": {\"max\": 10, \"wiat\": \"2s\"}", "unknown key \"wiat\" in \"pool\"; did you mean \"wait\"?"},
    {"\"pool\": {\"wait\": \"1us\"}", "\"wait\" must be at least 1ms, not \"1us\""},
    {"\"pool\": \"ten\"", "\"max\" must be a whole number, not a string"},
    {"\"links\": {\"apo\": 1}", "\"links\" refers to \"apo\", which is not in \"services\"; did you mean \"api\"?"},
    {0}};

static void check_error(const char *text, const char *expected) {
  struct bound b = bind_text_of(text);
  char *all = diagnostics_render(b.faults, b.arena), *error = strstr(all, "error: ");
  char *seen = error ? arena_format(b.arena, "%.*s", (int)strcspn(error + 7, "\n"), error + 7) : all;
  test_check(!b.good && diagnostics_errors(b.faults) == 1 && !strcmp(seen, expected),
             "%s\n      is:        %s\n      should be: %s", text, all, expected);
  arena_free(b.arena);
}

static void test_faults(void) {
  for (const struct error_case *c = faults; c->members; c++) {
    char text[1000];
    bool own = strstr(c->members, "\"endpoints\"") != NULL;
    snprintf(text, sizeof text, "{\"services\": {\"api\": {}}, %s%s}", c->members,
             own ? "" : ", \"endpoints\": {\"list\": {\"entry\": \"api\"}}");
    check_error(text, c->error);
  }
  for (const struct error_case *c = service_faults; c->members; c++) {
    char text[1000];
    snprintf(text, sizeof text, "{\"services\": {\"api\": {%s}}}", c->members);
    check_error(text, c->error);
  }
  check_error("{}", "the file needs the key \"services\"");
  check_error("[]", "the file must be an object: { \"services\": ... }, not a list");
}

/* A whole file with one fault of nearly every sort: all are told at once, in order, with line, column and caret. */
static void test_all_at_once(void) {
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct json_value *root = json_read_file(arena, d, "tests/reader/faults.json");
  struct binder binder = binder_new(arena, d, root);
  struct toy toy;
  test_check(!bind_record(&binder, &toy_record, root, &toy), "faults are told");
  char *seen = diagnostics_render(d, arena), *expected = test_read_file("tests/reader/faults.expected");
  test_check(expected && !strcmp(seen, expected), "%s", seen);
  free(expected);
  arena_free(arena);
}

static void test_assumptions(void) {
  struct bound b = bind_text_of(
      "{\"drain\": {\"value\": \"5s\", \"source\": \"measured\", \"range\": [\"2s\", \"8s\"]},\n"
      " \"think\": {\"value\": {\"exponential\": {\"value\": \"8s\", \"source\": \"guess\"}}, \"source\": \"survey\"},\n"
      " \"services\": {\"api\": {\"source\": \"from ops\", \"replicas\": {\"value\": 2}, \"pool\": {\"value\": 7, \"source\": "
      "\"docs\"}}},\n"
      " \"endpoints\": {\"list\": {\"entry\": \"api\"}}, \"mix\": {\"list\": {\"value\": 3, \"source\": \"log\", \"range\": [1, "
      "9]}}}");
  static const struct assumption expected[] = {
      {.path = "drain", .value = "5s", .source = "measured", .low = "2s", .high = "8s"},
      {.path = "think", .value = "{\"exponential\": {\"value\": \"8s\", \"source\": \"guess\"}}", .source = "survey"},
      {.path = "think.exponential", .value = "8s", .source = "guess"},
      {.path = "mix.list", .value = "3", .source = "log", .low = "1", .high = "9"},
      {.path = "services.api", .source = "from ops"},
      {.path = "services.api.replicas", .value = "2"},
      {.path = "services.api.pool", .value = "7", .source = "docs"}};
  test_check(b.good, "%s", diagnostics_render(b.faults, b.arena));
  test_check(b.toy.drain == 5 * SIM_S && b.toy.think.mean == 8e9 && service(&b, 0)->replicas == 2 && service(&b, 0)->pool.max == 7,
             "values");
  test_check(b.binder.assumption_count == 7, "%u assumptions", b.binder.assumption_count);
  for (uint32_t i = 0; i < b.binder.assumption_count && i < 7; i++) {
    const struct assumption *a = &b.binder.assumptions[i], *e = &expected[i];
    const char *pairs[][2] = {
        {a->path, e->path}, {a->value, e->value}, {a->source, e->source}, {a->low, e->low}, {a->high, e->high}};
    for (int j = 0; j < 5; j++) {
      const char *x = pairs[j][0], *y = pairs[j][1];
      test_check(x == y || (x && y && !strcmp(x, y)), "assumption %u: %s is not %s", i, x ? x : "null", y ? y : "null");
    }
  }
  arena_free(b.arena);
}

static void test_seeds(void) {
  static const struct {
    const char *seed;
    uint64_t value; /* 0: hashed */
  } seeds[] = {{"42", 42},
               {"\"42\"", 42},
               {"9007199254740992", 9007199254740992u},
               {"\"1234567890123456789\"", 1234567890123456789u},
               {"\"launch-day\"", 0},
               {"\"\"", 0}};
  for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
    char text[200];
    snprintf(text, sizeof text, "{\"services\": {}, \"seed\": %s}", seeds[i].seed);
    struct bound b = bind_text_of(text);
    test_check(b.good && (seeds[i].value ? b.toy.seed == seeds[i].value : b.toy.seed > 1u << 20), "%s: %llu", seeds[i].seed,
               (unsigned long long)b.toy.seed);
    arena_free(b.arena);
  }
}

/* A bare word names a kind where no shorthand is set: toy_steps has none, and "call" is flat, so only nested kinds. */
static void test_bare_kinds(void) {
  struct bound b = bind_text_of(
      "{\"services\": {\"api\": {}}, \"rate\": \"20/s\", \"endpoints\": {\"a\": {\"entry\": \"api\", \"steps\": [\"cpu\"]}}}");
  const struct toy_constant *constant = b.toy.rate.value;
  test_check(b.toy.rate.kind == &toy_constant_kind && constant->rate == 20, "shorthand of a choice");
  char *seen = diagnostics_render(b.faults, b.arena);
  test_check(strstr(seen, "\"cpu\" needs the key \"demand\"") != NULL, "%s", seen);
  arena_free(b.arena);
}

static const struct test_case cases[] = {{"defaults", test_defaults},
                                         {"everything", test_everything},
                                         {"faults", test_faults},
                                         {"all_at_once", test_all_at_once},
                                         {"assumptions", test_assumptions},
                                         {"seeds", test_seeds},
                                         {"bare_kinds", test_bare_kinds},
                                         {"absent_record", test_absent_record},
                                         {"own_value_key", test_own_value_key},
                                         {0}};
const struct test_suite suite_bind = {"bind", cases};
