/* What is printed from the tables: the schema is JSON that names every key, explain answers in full, the manual covers all. */
#include "sim/language/schema.h"
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "tests/reader/toy.h"
#include "tests/suite.h"
#include <stdlib.h>
#include <string.h>

static const struct json_value *definition(const struct json_value *schema, const char *key) {
  return json_member(json_member(schema, "$defs"), key);
}

static const struct json_value *property(const struct json_value *schema, const char *record, const char *key) {
  const struct json_value *object = definition(schema, record), *then = json_member(object, "then");
  return json_member(json_member(json_member(object, "properties") ? object : then, "properties"), key);
}

/* Every $ref names a definition that is there. */
static uint32_t check_references(const struct json_value *schema, const struct json_value *v) {
  uint32_t count = 0;
  const char *reference = json_text(json_member(v, "$ref"));
  if (reference) {
    test_check(!strncmp(reference, "#/$defs/", 8) && definition(schema, reference + 8), "%s leads nowhere", reference);
    count++;
  }
  for (const struct json_value *child = json_first(v); child; child = json_next(child)) count += check_references(schema, child);
  return count;
}

static void test_json_schema(void) {
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  char *text = schema_print(arena, &toy_record, NULL);
  const struct json_value *schema = json_read_text(arena, d, "schema.json", text, strlen(text));
  test_check(schema && diagnostics_errors(d) == 0, "%s", diagnostics_render(d, arena));
  test_check(!strcmp(json_text(json_member(schema, "$schema")), "https://json-schema.org/draft/2020-12/schema"), "the draft");
  test_check(check_references(schema, schema) > 50, "references");
  for (const struct field *f = toy_fields; f->name; f++)
    test_check(property(schema, "record:scenario", f->name) != NULL, "%s is missing", f->name);
  const struct json_value *replicas = property(schema, "record:service", "replicas");
  const struct json_value *number = json_member(replicas, "else");
  test_check(json_number(json_member(replicas, "default")) == 1 && json_number(json_member(number, "maximum")) == 1000, "replicas");
  test_check(!strcmp(json_text(json_member(replicas, "description")), "Copies. Range: from 1 to 1000."), "%s",
             json_text(json_member(replicas, "description")));
  test_check(property(schema, "record:scenario", "$schema") && property(schema, "record:scenario", "extends") &&
                 !property(schema, "record:service", "extends"),
             "$schema and extends at the root only");
  test_check(definition(schema, "unit:duration") && definition(schema, "distribution") && definition(schema, "choice:step"),
             "definitions");
  arena_free(arena);
}

struct explain_case {
  const char *path;
  const char *expected; /* whole text, or its beginning */
};

static void test_explain(void) {
  static const struct explain_case paths[] = {
      {"services.pool.max",
       "services.pool.max\n  a whole number, from 1 to 1000; default 10 (node-postgres: 10)\n  Connections.\n"},
      {"services.backend.pool.max",
       "services.backend.pool.max\n  a whole number, from 1 to 1000; default 10 (node-postgres: 10)\n"},
      {"services.balance", "services.balance\n  one of round-robin, least-conn, random; default \"round-robin\"\n"},
      {"services.db", "services.db\n  Something that runs.\n\nkeys of service:\n  replicas    number = 1 "},
      {"rate", "rate\n  a profile: one of constant, day; optional\n  How a rate changes.\n\nprofiles:\n  constant         Always "
               "the same.\n"},
      {"rate.day.at", "rate.day.at\n  a time of day such as \"20:00\" or \"10:00:30\"; default \"20:00\"\n"},
      {"endpoints.steps.call", "endpoints.steps.call\n  Uses another service.\n\nkeys of call:\n  call "},
      {"endpoints.list.steps.0.cpu.demand", "endpoints.list.steps.0.cpu.demand\n  a duration such as \"12ms\" or a distribution"},
      {"claims.expr", "claims.expr\n  a text; required\n  A claim.\n"},
      {"claims.3.source", "claims.3.source\n  a text; optional\n"},
      {"", "scenario\n  A toy scenario.\n\nkeys of scenario:\n  name "},
      {NULL, "scenario\n"}};
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    const char *seen = explain_page(arena, &toy_record, paths[i].path, &(struct explain_view){.width = 100}, d);
    test_check(seen && !strncmp(seen, paths[i].expected, strlen(paths[i].expected)), "%s", seen ? seen : "nothing");
  }
  test_check(diagnostics_errors(d) == 0, "%s", diagnostics_render(d, arena));
  arena_free(arena);
}

static void test_explain_unknown(void) {
  static const struct explain_case paths[] = {
      {"service", "error: there is no \"service\" in the scenario; did you mean \"services\"?\n"},
      {"services.replica", "error: there is no \"replica\" in \"services\"; did you mean \"services.replicas\"?\n"},
      {"services.pool.wiat.x", "error: there is no \"wiat\" in \"services.pool\"; did you mean \"services.pool.wait.x\"?\n"},
      {"rate.zzz", "error: there is no \"zzz\" in \"rate\"; there are: constant, day\n"},
      {"endpoints.steps.call.step",
       "error: there is no \"step\" in \"endpoints.steps.call\"; did you mean \"endpoints.steps.call.steps\"?\n"},
      {"name.first", "error: there is no \"first\" in \"name\"\n"}};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    struct arena *arena = arena_new();
    struct diagnostics *d = diagnostics_new(arena);
    test_check(!explain_page(arena, &toy_record, paths[i].path, &(struct explain_view){.width = 100}, d), "%s is unknown",
               paths[i].path);
    char *seen = diagnostics_render(d, arena);
    test_check(!strcmp(seen, paths[i].expected), "%s", seen);
    arena_free(arena);
  }
}

static uint32_t occurrences(const char *text, const char *part) {
  uint32_t count = 0;
  for (const char *p = text; (p = strstr(p, part)); p += strlen(part)) count++;
  return count;
}

static void test_reference(void) {
  static const char *const parts[] = {
      "# The scenario language\n",
      "## Record: scenario\n",
      "## Record: service\n",
      "## Record: pool\n",
      "## Record: claim\n",
      "## Record: day\n",
      "## Choice: step\n",
      "## Choice: profile\n",
      "## Distributions\n",
      "## Units\n",
      "| `replicas` | a whole number; from 1 to 1000 | `1` | Copies. |\n",
      "| `max` | a whole number; from 1 to 1000 | `10` | Connections. Default from: node-postgres: 10. |\n",
      "| `entry` | a name from \"services\" | **required** | Where it comes in. |\n",
      "| `exponential` | `mean`\\* (duration) | "};
  struct arena *arena = arena_new();
  const char *text = reference_print(arena, &toy_record);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    test_check(occurrences(text, parts[i]) == 1, "%s stands %u times", parts[i], occurrences(text, parts[i]));
  arena_free(arena);
}

static const struct test_case cases[] = {{"json_schema", test_json_schema},
                                         {"explain", test_explain},
                                         {"explain_unknown", test_explain_unknown},
                                         {"reference", test_reference},
                                         {0}};
const struct test_suite suite_schema = {"schema", cases};
