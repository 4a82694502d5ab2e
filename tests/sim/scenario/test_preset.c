/* Presets: what stands beneath a service, what wins over it, what null takes away, where values say that they come from, and that
 * the page about them is printed from the files. */
#include "models/service/preset.h"
#include "sim/json/json_print.h"
#include "sim/language/schema.h"
#include "sim/scenario/preset.h"
#include "tests/command.h"
#include "tests/model_fixture.h"

#define WEB                                                                                                                        \
  "'aguanta': 1, 'name': 'p', 'traffic': { 'web': { 'kind': 'open', 'rate': '50/s', 'mix': { 'q': 1 } } }, "                       \
  "'platform': { 'kind': 'static', 'nodes': { 'host': { 'cpu': 4 } } }, 'run': { 'warmup': '1s', 'window': '5s' }, "
#define CALL "'endpoints': { 'q': { 'entry': 'api', 'steps': [ { 'cpu': '1ms' } ] } }, "

struct reading {
  struct arena *arena;
  struct scenario *scenario;
  const char *messages;
};

static struct reading read_text(const char *text, const char *const *sets) {
  struct reading r = {.arena = arena_new()};
  struct diagnostics *d = diagnostics_new(r.arena);
  char *quoted = arena_text(r.arena, text);
  for (char *c = quoted; *c; c++)
    if (*c == '\'') *c = '"';
  struct scenario_override overrides[4] = {{0}};
  uint32_t count = 0;
  for (; sets && sets[count]; count++) overrides[count] = (struct scenario_override){.path = sets[count]};
  r.scenario = scenario_read_text(r.arena, d, "tests/reader/t.json", quoted, overrides, count);
  r.messages = diagnostics_render(d, r.arena);
  return r;
}

static const struct json_value *value_at(const struct reading *r, const char *path) {
  const struct json_value *v = r->scenario ? json_resolve_path(r->scenario->tree, path) : NULL, *inner = json_member(v, "value");
  return inner ? inner : v;
}

/* The value as --set would take it, "" for none. */
static const char *text_at(const struct reading *r, const char *path) {
  const struct json_value *v = value_at(r, path);
  return !v ? "" : json_type(v) == JSON_TEXT ? json_text(v) : json_print_line(r->arena, v);
}

static const struct service_config *service_of(const struct reading *r, const char *name) {
  for (uint32_t i = 0; i < r->scenario->model.services.count; i++)
    if (!strcmp(model_service(&r->scenario->model, i)->name, name)) return model_service(&r->scenario->model, i);
  return NULL;
}

/* --- the files ---------------------------------------------------------------------------------------------------------------- */

static void check_sources(const char *name, const struct json_value *object) {
  static const char *const sure[] = {"documented: ", "source code: ", "measured: ", NULL};
  for (const struct json_value *v = json_first(object); v; v = json_next(v)) {
    const char *source = json_text(json_member(v, "source"));
    bool known = !strcmp(json_name(v), "kind");
    for (uint32_t i = 0; source && sure[i]; i++) known |= !strncmp(source, sure[i], strlen(sure[i]));
    if (!source && json_type(v) == JSON_OBJECT) check_sources(name, v);
    test_check(known || (!source && json_type(v) == JSON_OBJECT), "preset %s: %s has no source, or it does not say how sure it is",
               name, json_name(v));
  }
}

static const char *scenario_with(struct arena *arena, const char *name, const char *kind) {
  const char *entry = "{ 'cpu': '1ms' }", *services = arena_format(arena, "'it': { 'preset': '%s' }", name), *at = "it";
  bool pooler = !strcmp(name, "pgbouncer"), app = !strcmp(kind, "app") || (!strcmp(kind, "proxy") && !pooler);
  if (!app) at = "app", services = arena_format(arena, "'app': { 'preset': 'node' }, %s", services);
  if (!strcmp(kind, "database")) entry = "{ 'query': 'it', 'reads': 1, 'demand': '1ms' }";
  if (!strcmp(kind, "cache")) entry = "{ 'cached': 'it', 'hit': 0.5, 'miss': [ { 'cpu': '1ms' } ] }";
  if (pooler) {
    entry = "{ 'query': 'db', 'reads': 1, 'demand': '1ms' }";
    services = "'app': { 'preset': 'node', 'pools': { 'db': { 'max': 5 } } }, 'db': { 'preset': 'postgresql' }, 'it': { 'preset': "
               "'pgbouncer', 'pooler': { 'database': 'db' } }";
  }
  const char *queues = "";
  if (!strcmp(kind, "queue")) {
    entry = "{ 'publish': 'jobs' }";
    queues = "'queues': { 'jobs': { 'at': 'it', 'workers': 'app', 'steps': [ { 'cpu': '1ms' } ] } }, ";
  }
  return arena_format(arena, "{ " WEB "%s'endpoints': { 'q': { 'entry': '%s', 'steps': [ %s ] } }, 'services': { %s } }", queues,
                      at, entry, services);
}

/* Each is strict JSON with a source for each value, and serves 50 requests a second of 1 ms on four cores, which none of them is too
 * narrow for: all are answered. */
static void test_each_runs(void) {
  for (const struct preset *p = presets; p->name; p++) {
    struct arena *arena = arena_new();
    struct diagnostics *d = diagnostics_new(arena);
    const struct json_value *tree = preset_tree(arena, d, p->name);
    test_check(diagnostics_errors(d) == 0 && !strcmp(json_text(json_member(tree, "preset")), p->name), "preset %s: %s", p->name,
               diagnostics_render(d, arena));
    check_sources(p->name, json_member(tree, "service"));
    struct reading r = read_text(scenario_with(arena, p->name, json_text(json_member(json_member(tree, "service"), "kind"))), NULL);
    test_check(r.scenario != NULL && !*r.messages, "preset %s: %s", p->name, r.messages);
    if (r.scenario) {
      const struct results *s = study_run(r.arena, r.scenario, &(struct study_options){.jobs = 1, .replications = 1});
      const struct metric *failed = results_metric(s, "all", "error_rate", NULL);
      test_check(s->requests > 150 && !s->violation_count && failed && failed->estimate.value == 0, "preset %s: %g of %g failed",
                 p->name, failed ? failed->estimate.value : NAN, (double)s->requests);
    }
    arena_free(r.arena), arena_free(arena);
  }
}

static void test_page(void) {
  struct arena *arena = arena_new();
  char *page = test_read_file("docs/presets.md");
  const char *printed = strstr(page, "<!-- printed"), *end = printed ? strchr(printed, '\n') : NULL;
  test_check(end && !strcmp(end + 1, presets_print(arena)), "docs/presets.md is not what presets/ says: make docs");
  for (const struct preset *p = presets; p->name; p++)
    test_check(strstr(page, arena_format(arena, "\n### %s\n", p->name)) != NULL, "docs/presets.md does not have %s", p->name);
  free(page), arena_free(arena);
}

/* --- what stands beneath what -------------------------------------------------------------------------------------------------- */

struct layer {
  const char *service;
  const char *sets[3];
  const char *path, *expected;
};

static void test_layers(void) {
  static const struct layer rows[] = {
      {"'preset': 'node'", {0}, "backlog", "511"},
      {"'preset': 'node', 'backlog': 20", {0}, "backlog", "20"},
      {"'preset': 'node'", {"services.api.backlog=30"}, "backlog", "30"},
      {"'preset': 'node', 'processes': 4", {0}, "processes.count", "4"},
      {"'preset': 'node', 'processes': 4", {0}, "processes.deal", "round-robin"},
      {"'preset': 'node'", {"services.api.processes=3"}, "processes.deal", "round-robin"},
      {"'preset': 'node'", {"services.api.processes.count=3"}, "processes.deal", "round-robin"},
      {"'preset': 'node'", {"services.api.preset=gunicorn"}, "processes.deal", "idle"},
      {"'preset': 'node', 'processes': { 'deal': 'random' }", {"services.api.preset=gunicorn"}, "processes.deal", "random"},
      {"'kind': 'app'", {"services.api.preset=puma"}, "runtime", "gil"},
      {"'preset': { 'value': 'puma', 'source': 'Gemfile' }", {0}, "threads", "5"},
      {"'preset': 'node', 'backlog': null", {0}, "backlog", "null"},
      {"'preset': 'node'", {"services.api.backlog=null"}, "backlog", "null"},
      {"'preset': 'node'", {"services.api.runtime=null"}, "runtime", "null"},
      {"'preset': 'node', 'backlog': null", {"services.api.backlog=7"}, "backlog", "7"},
      {"'preset': 'node', 'processes': { 'deal': null }", {0}, "processes.deal", "null"},
      {"'kind': 'app', 'preset': 'node'", {"services.api.preset=null"}, "backlog", ""},
      {"'kind': 'app', 'backlog': 9", {"services.api.backlog=null"}, "backlog", ""},
      {"'preset': 'node', 'cache': null", {0}, "cache", ""}, /* there was nothing to take away */
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new();
    struct reading r =
        read_text(arena_format(arena, "{ " WEB CALL "'services': { 'api': { %s } } }", rows[i].service), rows[i].sets);
    const char *seen = text_at(&r, arena_format(arena, "services.api.%s", rows[i].path));
    test_check(r.scenario && !strcmp(seen, rows[i].expected), "%s, %s: %s is %s, not %s\n%s", rows[i].service,
               rows[i].sets[0] ? rows[i].sets[0] : "", rows[i].path, seen, rows[i].expected, r.messages);
    arena_free(r.arena), arena_free(arena);
  }
}

/* A key that was taken away has the default of the language: 511 of backlog, where the preset says 2048. */
static void test_taken_away_is_the_default(void) {
  struct reading r = read_text("{ " WEB CALL "'services': { 'api': { 'preset': 'gunicorn', 'backlog': null } } }", NULL);
  test_check(r.scenario && service_of(&r, "api")->backlog == 511 && service_of(&r, "api")->runtime == RUNTIME_THREADS, "%s",
             r.messages);
  arena_free(r.arena);
}

/* The parent says node, 8 workers, a backlog of 100 and two processes; the child takes the backlog away and names bun: the workers
 * and the count are the parent's, the deal is Bun's, and the backlog is the language's. */
static void test_parent(void) {
  static const char text[] =
      "{ 'extends': 'parts/preset-parent.json', " WEB CALL
      "'services': { 'api': { 'preset': 'bun', 'backlog': null }, 'new': { 'preset': 'puma', 'threads': null, "
      "'backlog': null } } }";
  struct reading r = read_text(text, NULL);
  test_check(r.scenario != NULL, "%s", r.messages);
  if (r.scenario) {
    const struct service_config *api = service_of(&r, "api"), *new = service_of(&r, "new");
    test_check(api->workers == 8 && api->processes.count == 2 && api->processes.deal == DEAL_RANDOM && api->backlog == 511,
               "workers %lld, count %lld, deal %d, backlog %lld", (long long)api->workers, (long long)api->processes.count,
               api->processes.deal, (long long)api->backlog);
    test_check(new->threads == 40 && new->backlog == 511 && new->runtime == RUNTIME_GIL, "threads %lld", (long long)new->threads);
    test_check(service_of(&r, "db")->kind == SERVICE_DATABASE, "the parent's preset");
  }
  arena_free(r.arena);
}

/* --- where it comes from ------------------------------------------------------------------------------------------------------- */

static void test_origin(void) {
  struct reading r = read_text("{ " WEB CALL "'services': { 'api': { 'preset': 'node', 'workers': 2 } } }", NULL);
  const struct json_value *backlog = value_at(&r, "services.api.backlog"), *workers = value_at(&r, "services.api.workers");
  test_check(json_origin(backlog) == JSON_FROM_PRESET && json_origin(workers) == JSON_FROM_FILE, "origins");
  const char *source = json_source(r.arena, backlog);
  test_check(!strncmp(source, "preset node:", 12), "%s", source);
  bool found = false;
  for (uint32_t i = 0; i < r.scenario->assumption_count; i++) {
    const struct assumption *a = &r.scenario->assumptions[i];
    found |= !strcmp(a->path, "services.api.backlog") && !strcmp(a->value, "511") &&
             !strncmp(a->source, "preset node: documented: Node.js", 32);
  }
  test_check(found, "the value is among the assumptions with its source");
  arena_free(r.arena);
}

struct refused {
  const char *service, *set, *message;
};

static void test_messages(void) {
  static const struct refused rows[] = {
      {"'preset': 'nod'", NULL, "not \"nod\"; did you mean \"node\"?"},
      {"'preset': 'django'", NULL, "not \"django\"; did you mean \"gunicorn\"?"},
      {"'preset': 'postgres'", NULL, "not \"postgres\"; did you mean \"postgresql\"?"},
      {"'preset': 'frobnicate', 'backlog': null", NULL, "not \"frobnicate\""},
      {"'preset': 3", NULL, "\"preset\" must be one of"},
      {"'kind': 'app'", "services.api.preset=rails", "--set services.api.preset=rails: error: \"preset\" must be one of"},
      {"'replicas': 2", NULL, "service \"api\" needs the key \"kind\", or a \"preset\" that gives it"},
      {"'preset': 'sqlite'", NULL, "error"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new();
    const char *sets[] = {rows[i].set, NULL};
    struct reading r = read_text(arena_format(arena, "{ " WEB CALL "'services': { 'api': { %s } } }", rows[i].service), sets);
    const char *first = strstr(r.messages, "error:");
    test_check(!r.scenario && strstr(r.messages, rows[i].message), "%s: %s", rows[i].service, r.messages);
    test_check(first && !strstr(first + 1, "error:"), "%s: one fault, one message: %s", rows[i].service, r.messages);
    arena_free(r.arena), arena_free(arena);
  }
}

/* --- the same as written out ---------------------------------------------------------------------------------------------------- */

static char *report_of(const struct reading *r) {
  char *text = NULL;
  size_t length;
  FILE *file = open_memstream(&text, &length);
  report_json_write(file, study_run(r->arena, r->scenario, &(struct study_options){.jobs = 1, .replications = 2}));
  fclose(file);
  return text;
}

/* The resolved scenario is the scenario, with what was taken away; and the keys of the preset, written by hand without sources, give
 * the same figures. */
static void test_same_bytes(void) {
  struct reading r =
      read_text("{ " WEB CALL "'services': { 'api': { 'preset': 'gunicorn', 'backlog': null, 'processes': 2 } } }", NULL);
  struct reading again = read_text(r.scenario->resolved, NULL);
  struct reading by_hand =
      read_text("{ " WEB CALL "'services': { 'api': { 'kind': 'app', 'runtime': 'threads', 'threads': 1, 'processes': { "
                "'count': 2, 'deal': 'idle' }, 'accept': 'one' } } }",
                NULL);
  test_check(again.scenario && by_hand.scenario && again.scenario->hash == r.scenario->hash, "%s%s", again.messages,
             by_hand.messages);
  char *first = report_of(&r), *second = report_of(&again), *third = report_of(&by_hand);
  test_check(!strcmp(first, second), "the resolved scenario, read again, answers the same");
  char *of_preset = strstr(first, "\"metrics\""), *of_hand = strstr(third, "\"metrics\"");
  size_t length = of_preset ? (size_t)(strstr(of_preset, "\n  \"") - of_preset) : 0;
  test_check(length > 500 && of_hand && !strncmp(of_preset, of_hand, length), "the keys by hand give the same figures");
  free(first), free(second), free(third);
  arena_free(r.arena), arena_free(again.arena), arena_free(by_hand.arena);
}

/* --- what is assumed of an app --------------------------------------------------------------------------------------------------- */

static bool notes(const struct reading *r, const char *text) {
  const struct results *s = study_run(r->arena, r->scenario, &(struct study_options){.jobs = 1, .replications = 1});
  for (uint32_t i = 0; i < s->note_count; i++)
    if (strstr(s->notes[i], text)) return true;
  return false;
}

static void test_assumed_loop(void) {
  struct reading bare = read_text("{ " WEB CALL "'services': { 'api': { 'kind': 'app' }, 'b': { 'kind': 'app' }, 'db': { 'kind': "
                                  "'database' }, 'c': { 'kind': 'app', 'runtime': 'gil' } } }",
                                  NULL),
                 named = read_text("{ " WEB CALL "'services': { 'api': { 'preset': 'node' } } }", NULL),
                 said = read_text("{ " WEB CALL "'services': { 'api': { 'kind': 'app', 'runtime': 'event-loop' } } }", NULL),
                 taken = read_text("{ " WEB CALL "'services': { 'api': { 'preset': 'node', 'runtime': null } } }", NULL);
  test_check(notes(&bare,
                   "assumed: api, b run on an event loop, as Node does, for neither \"runtime\" nor \"preset\" says how; there "
                   "are the presets apache-php, "),
             "%s", bare.scenario->assumed_loops);
  test_check(!notes(&named, "event loop") && !notes(&said, "event loop") && notes(&taken, "assumed: api runs"), "and only there");
  arena_free(bare.arena), arena_free(named.arena), arena_free(said.arena), arena_free(taken.arena);
}

/* --- at the terminal ------------------------------------------------------------------------------------------------------------- */

static void test_explain(void) {
  struct child list = AGUANTA("explain", "presets"), one = AGUANTA("explain", "node"), meant = AGUANTA("explain", "express"),
               two = AGUANTA("explain", "preset", "redis");
  test_check(list.status == 0 && strstr(list.out, "  php-fpm           PHP-FPM: one request a process\n"), "%s", list.out);
  test_check(one.status == 0 &&
                 strstr(one.out, "  backlog                511\n      documented: Node.js, server.listen: backlog 511\n"),
             "%s", one.out);
  test_check(strstr(meant.out, "The preset for it is node: 'aguanta explain node'.\n") &&
                 strstr(two.out, "preset redis: Redis: one thread\n"),
             "%s", meant.out);
  child_free(&list), child_free(&one), child_free(&meant), child_free(&two);
}

/* A sweep over presets; each point says what it ran on. 1 ms at 900/s: one loop has 90%, two cores' worth of goroutines half. */
static void test_sweep(void) {
  static const char path[] = "/tmp/preset-sweep.json";
  struct text t = {.length = 0};
  put(&t, "{ " WEB CALL "'services': { 'api': { 'preset': 'node' } } }");
  FILE *file = fopen(path, "w");
  fputs(t.bytes, file), fclose(file);
  struct child c = AGUANTA("sweep", path, "--vary", "services.api.preset=node,go,nginx", "--reps", "1", "--progress", "never");
  test_check(c.status == 0 && strstr(c.out, "node") && strstr(c.out, "nginx"), "%d %s%s", c.status, c.out, c.err);
  child_free(&c), unlink(path);
}

static const struct test_case cases[] = {{"each_runs", test_each_runs},
                                         {"page", test_page},
                                         {"layers", test_layers},
                                         {"taken_away_is_the_default", test_taken_away_is_the_default},
                                         {"parent", test_parent},
                                         {"origin", test_origin},
                                         {"messages", test_messages},
                                         {"same_bytes", test_same_bytes},
                                         {"assumed_loop", test_assumed_loop},
                                         {"explain", test_explain},
                                         {"sweep", test_sweep},
                                         {0}};
const struct test_suite suite_preset = {"preset", cases};
