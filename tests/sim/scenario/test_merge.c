/* Parents and overrides: what the tree is afterwards, where its values came from, and what is refused. */
#include "sim/scenario/merge.h"
#include "sim/json/json_print.h"
#include "sim/engine/arena.h"
#include "sim/scenario/bind.h"
#include "tests/reader/toy.h"
#include "tests/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_extends(void) {
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct json_value *root = merge_read(arena, d, &toy_record, "tests/reader/child.json");
  char *seen = json_print_line(arena, root);
  static const char expected[] = "{\"name\": \"child\", \"mix\": {\"a\": 9, \"b\": 2}, \"think\": {\"lognormal\": {\"mean\": "
                                 "\"5s\", \"cv\": 2}}, \"drain\": {\"value\": \"9s\"}, \"rate\": {\"day\": "
                                 "{\"mean\": \"3/s\"}}, \"services\": {\"web\": {\"replicas\": 4, \"memory\": \"64Mi\"}, \"db\": "
                                 "{\"pool\": {\"max\": 20, \"wait\": \"1s\"}}, "
                                 "\"new\": {\"cpu\": 2}}, \"claims\": [\"c\"]}";
  test_check(diagnostics_errors(d) == 0, "%s", diagnostics_render(d, arena));
  test_check(!strcmp(seen, expected), "%s", seen);
  const struct json_value *memory = json_resolve_path(root, "services.web.memory"),
                          *web = json_resolve_path(root, "services.web.replicas");
  test_check(json_origin(memory) == JSON_FROM_PARENT && json_origin(web) == JSON_FROM_FILE, "origins");
  test_check(!strcmp(json_source(arena, memory), "tests/reader/parts/parent.json:7"), "%s", json_source(arena, memory));
  test_check(!strcmp(json_source(arena, json_resolve_path(root, "mix.b")), "tests/reader/parts/grandparent.jsonc:3"), "%s",
             json_source(arena, json_resolve_path(root, "mix.b")));
  arena_free(arena);
}

struct fault_case {
  const char *text;
  const char *expected;
};

static void test_bad_parents(void) {
  static const struct fault_case bad[] = {
      {"{\"extends\": 3}", "tests/reader/t.json:1:13: error: \"extends\" must be the name of one file, not a number"},
      {"{\"extends\": [\"a\", \"b\"]}", "tests/reader/t.json:1:13: error: \"extends\" must be the name of one file, not a list"},
      {"{\"extends\": \"none.json\"}",
       "tests/reader/t.json:1:13: error: cannot read tests/reader/none.json: No such file or directory"},
      {"{\"extends\": \"list.json\"}", "tests/reader/t.json:1:13: error: tests/reader/list.json holds a list and not an object"},
      {"{\"extends\": \"circle-a.json\"}",
       "tests/reader/circle-b.json:1:15: error: files extend each other in a circle: tests/reader/circle-a.json again"},
      {"{\"extends\": \"bad-syntax.json\"}", "tests/reader/t.json:1:13: error: tests/reader/bad-syntax.json is not a scenario or a "
                                             "part of one: it is not JSON from 3:3"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct arena *arena = arena_new();
    struct diagnostics *d = diagnostics_new(arena);
    merge_read_text(arena, d, &toy_record, "tests/reader/t.json", bad[i].text, strlen(bad[i].text));
    char *seen = diagnostics_render(d, arena);
    seen[strcspn(seen, "\n")] = 0;
    test_check(diagnostics_errors(d) == 1 && !strcmp(seen, bad[i].expected), "%s", seen);
    arena_free(arena);
  }
}

/* 16 files in a line are read, 17 are not. */
static void test_depth(void) {
  char folder[] = "/tmp/aguanta-merge-XXXXXX", path[100];
  test_check(mkdtemp(folder) != NULL, "a private folder");
  for (int i = 0; i < 17; i++) {
    snprintf(path, sizeof path, "%s/%d.json", folder, i);
    FILE *file = fopen(path, "w");
    if (file) fprintf(file, i < 16 ? "{\"extends\": \"%d.json\"}" : "{\"name\": \"last\"}", i + 1), fclose(file);
  }
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct json_value *root = merge_read(arena, d, &toy_record, arena_format(arena, "%s/1.json", folder));
  test_check(diagnostics_errors(d) == 0 && json_member(root, "name"), "%s", diagnostics_render(d, arena));
  merge_read(arena, d, &toy_record, arena_format(arena, "%s/0.json", folder));
  char *seen = diagnostics_render(d, arena);
  test_check(strstr(seen, "/15.json:1:13: error: more than 16 files extend each other\n") != NULL, "%s", seen);
  for (int i = 0; i < 17; i++) unlink(arena_format(arena, "%s/%d.json", folder, i));
  rmdir(folder);
  arena_free(arena);
}

static const char base[] =
    "{\"name\": \"x\", \"think\": {\"exponential\": \"7s\"}, \"rate\": \"20/s\", \"drain\": {\"value\": \"5s\", \"source\": \"s\"},"
    " \"services\": {\"web\": {\"replicas\": 1, \"pool\": 7}, \"a.b\": {}},"
    " \"endpoints\": {\"list\": {\"entry\": \"web\", \"steps\": [{\"cpu\": \"2ms\"}, \"cpu\", {\"call\": \"web\"}]}},"
    " \"mix\": {\"list\": 1}, \"claims\": [\"a\", \"b\"]}";

struct override_case {
  const char *assignment;
  const char *path;  /* to look at */
  const char *value; /* there afterwards, as JSON; null: nothing */
};

static const struct override_case overrides[] = {
    {"services.web.replicas=3", "services.web.replicas", "3"},
    {"services.a.b.replicas=3", "services.a.b.replicas", "3"},
    {"services.web.memory=512Mi", "services.web.memory", "\"512Mi\""},
    {"services.web.cpu=4", "services.web.cpu", "\"4\""},
    {"services.web.persistent=true", "services.web.persistent", "true"},
    {"services.web.image=true", "services.web.image", "\"true\""},
    {"services.web.image=null", "services.web.image", "\"null\""},
    {"services.web.image=a=b", "services.web.image", "\"a=b\""},
    {"services.web.balance=random", "services.web.balance", "\"random\""},
    {"services.web.replicas=null", "services.web.replicas", NULL},
    {"services.web.pool=9", "services.web.pool", "9"},
    {"services.web.pool.wait=1s", "services.web.pool", "{\"max\": 7, \"wait\": \"1s\"}"},
    {"services.web.price=40 USD/month", "services.web.price", "\"40 USD/month\""},
    {"services.web.failure={\"value\": \"1%\", \"source\": \"x\"}", "services.web.failure.source", "\"x\""},
    {"services.new={\"replicas\": 2}", "services.new", "{\"replicas\": 2}"},
    {"services.a.b=null", "services.a.b", NULL},
    {"name=null", "name", "\"null\""},
    {"name=7", "name", "\"7\""},
    {"seed=7", "seed", "\"7\""},
    {"scale=2.5", "scale", "2.5"},
    {"drain=8s", "drain", "\"8s\""},
    {"think=12ms", "think", "\"12ms\""},
    {"think={\"uniform\": {}}", "think", "{\"uniform\": {}}"},
    {"think.exponential=9s", "think", "{\"exponential\": \"9s\"}"},
    {"think.lognormal.mean=9s", "think", "{\"lognormal\": {\"mean\": \"9s\"}}"},
    {"rate=30/s", "rate", "\"30/s\""},
    {"rate.constant=30/s", "rate", "{\"constant\": \"30/s\"}"},
    {"rate.day.mean=30/s", "rate", "{\"day\": {\"mean\": \"30/s\"}}"},
    {"rate.day={\"mean\": \"1/s\"}", "rate", "{\"day\": {\"mean\": \"1/s\"}}"},
    {"mix.list=5", "mix.list", "5"},
    {"mix.buy=5", "mix", "{\"list\": 1, \"buy\": 5}"},
    {"claims.1=c", "claims", "[\"a\", \"c\"]"},
    {"claims.0.source=P-1", "claims.0", "{\"expr\": \"a\", \"source\": \"P-1\"}"},
    {"endpoints.list.steps.0.cpu=3ms", "endpoints.list.steps.0", "{\"cpu\": \"3ms\"}"},
    {"endpoints.list.steps.1.cpu.demand=3ms", "endpoints.list.steps.1", "{\"cpu\": {\"demand\": \"3ms\"}}"},
    {"endpoints.list.steps.2.call=a.b", "endpoints.list.steps.2.call", "\"a.b\""},
    {"endpoints.list.entry=a.b", "endpoints.list.entry", "\"a.b\""},
    {0}};

static void test_overrides(void) {
  for (const struct override_case *c = overrides; c->assignment; c++) {
    struct arena *arena = arena_new();
    struct diagnostics *d = diagnostics_new(arena);
    struct json_value *root = merge_copy(arena, json_read_text(arena, d, "t.json", base, strlen(base)));
    bool good = merge_override(arena, d, &toy_record, root, c->assignment);
    const struct json_value *v = json_resolve_path(root, c->path);
    const char *seen = v ? json_print_line(arena, v) : NULL;
    test_check(good && (seen ? c->value && !strcmp(seen, c->value) : !c->value), "%s: %s\n%s", c->assignment,
               seen ? seen : "nothing", diagnostics_render(d, arena));
    arena_free(arena);
  }
}

static const struct fault_case bad_overrides[] = {
    {"services.bakend.replicas=3", "there is no \"bakend\" in \"services\"; there are: web, a.b"},
    {"services.wbe.replicas=3", "there is no \"wbe\" in \"services\"; did you mean \"services.web.replicas\"?"},
    {"services.web.replica=3", "there is no \"replica\" in \"services.web\"; did you mean \"services.web.replicas\"?"},
    {"service.web.replicas=3", "there is no \"service\" in the scenario; did you mean \"services.web.replicas\"?"},
    {"services.web.pool.wiat=3s", "there is no \"wiat\" in \"services.web.pool\"; did you mean \"services.web.pool.wait\"?"},
    {"claims.2=x", "\"claims\" has 2 entries, from 0: there is no \"2\""},
    {"claims.x=x", "\"claims\" has 2 entries, from 0: there is no \"x\""},
    {"rate.dya.mean=1/s", "there is no \"dya\" in \"rate\"; did you mean \"rate.day.mean\"?"},
    {"think.lognormel=1s", "there is no \"lognormel\" in \"think\"; did you mean \"think.lognormal\"?"},
    {"name.x=1", "there is no \"x\" in \"name\""},
    {"services..replicas=1", "there is no \"\" in \"services\"; there are: web, a.b"},
    {"replicas", "must have the form path=value, such as services.api.replicas=3"},
    {"=3", "must have the form path=value, such as services.api.replicas=3"},
    {0}};

static void test_bad_overrides(void) {
  for (const struct fault_case *c = bad_overrides; c->text; c++) {
    struct arena *arena = arena_new();
    struct diagnostics *d = diagnostics_new(arena);
    struct json_value *root = json_read_text(arena, d, "t.json", base, strlen(base));
    bool good = merge_override(arena, d, &toy_record, root, c->text);
    char *seen = diagnostics_render(d, arena), *expected = arena_format(arena, "--set %s: error: %s\n", c->text, c->expected);
    test_check(!good && !strcmp(seen, expected), "%s", seen);
    arena_free(arena);
  }
}

/* The type comes from the field: the binder tells what does not fit, and names the option. */
static void test_bound_overrides(void) {
  static const struct fault_case bad[] = {
      {"services.web.replicas=three",
       "--set services.web.replicas=three: error: \"replicas\" must be a whole number, not a string\n"},
      {"services.web.memory=400m",
       "--set services.web.memory=400m: error: \"memory\" in \"400m\" has the unit m, which is a thousandth of a byte: "
       "write \"400Mi\" or \"400M\"\n"},
      {"drain=250", "--set drain=250: error: \"drain\" needs a unit: write \"250ms\" or \"250s\", not 250\n"},
      {"services.web.replicas=0", "--set services.web.replicas=0: error: \"replicas\" must be from 1 to 1000, not 0\n"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct arena *arena = arena_new();
    struct diagnostics *d = diagnostics_new(arena);
    static const char text[] = "{\"services\": {\"web\": {}}}";
    struct json_value *root = json_read_text(arena, d, "t.json", text, strlen(text));
    merge_override(arena, d, &toy_record, root, bad[i].text);
    struct binder binder = binder_new(arena, d, root);
    struct toy toy;
    bind_record(&binder, &toy_record, root, &toy);
    char *seen = diagnostics_render(d, arena);
    test_check(!strcmp(seen, bad[i].expected), "%s", seen);
    arena_free(arena);
  }
}

/* A value that tries to be JSON and is not: shown with its place in the option. */
static void test_bad_json_override(void) {
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  struct json_value *root = json_read_text(arena, d, "t.json", base, strlen(base));
  test_check(!merge_override(arena, d, &toy_record, root, "services.web={\"replicas\": }"), "refused");
  char *seen = diagnostics_render(d, arena);
  test_check(strstr(seen, "error: expected a value, not '}'\n") && strstr(seen, "1 | {\"replicas\": }\n"), "%s", seen);
  arena_free(arena);
}

static const struct test_case cases[] = {{"extends", test_extends},
                                         {"bad_parents", test_bad_parents},
                                         {"depth", test_depth},
                                         {"overrides", test_overrides},
                                         {"bad_overrides", test_bad_overrides},
                                         {"bound_overrides", test_bound_overrides},
                                         {"bad_json_override", test_bad_json_override},
                                         {0}};
const struct test_suite suite_merge = {"merge", cases};
