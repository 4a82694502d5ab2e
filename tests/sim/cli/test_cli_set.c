/* --set and --seed: every kind of value, every kind of mistake; the same seed gives the same bytes for any number of threads. */
#include "sim/engine/arena.h"
#include "sim/json/json_print.h"
#include "tests/command.h"
#include "tests/suite.h"

#define SMALL "tests/cli/small.json"

struct setting {
  const char *set, *path, *expected; /* expected: the resolved value on one line */
};

static const struct setting settings[] = {
    {"services.web.replicas=3", "services.web.replicas", "3"},
    {"name=7", "name", "\"7\""}, /* the type is the field's, not the text's */
    {"title=a = \"b\", and so on", "title", "\"a = \\\"b\\\", and so on\""},
    {"title=", "title", "\"\""},
    {"services.web.kind=proxy", "services.web.kind", "\"proxy\""},
    {"services.web.place=box", "services.web.place", "\"box\""},
    {"services.web.place=[\"box\"]", "services.web.place.0", "\"box\""},
    {"services.web.spread=node", "services.web.spread", "\"node\""},
    {"platform.nodes.box.role=any", "platform.nodes.box.role", "\"any\""},
    {"platform.nodes.box.labels={\"disk\": \"ssd\"}", "platform.nodes.box.labels.disk", "\"ssd\""},
    {"services.web.backlog=unlimited", "services.web.backlog", "\"unlimited\""},
    {"services.web.weight=0.5", "services.web.weight", "0.5"},
    {"services.web.failure=2.5%", "services.web.failure", "\"2.5%\""},
    {"services.web.resources.requests.cpu=250m", "services.web.resources.requests.cpu", "\"250m\""},
    {"services.web.resources.requests.memory=256Mi", "services.web.resources.requests.memory", "\"256Mi\""},
    {"services.web.autoscale.behavior=true", "services.web.autoscale.behavior", "true"},
    {"services.web.start=1s", "services.web.start", "\"1s\""},
    {"services.web={\"kind\": \"app\", \"threads\": 2}", "services.web", "{\"kind\": \"app\", \"threads\": 2}"},
    {"services.other={\"kind\": \"cache\"}", "services.other.kind", "\"cache\""},
    {"traffic.users.rate=120/min", "traffic.users.rate", "\"120/min\""},
    {"traffic.users.rate={\"wave\": {\"mean\": \"50/s\", \"amplitude\": \"10/s\", \"period\": \"20s\"}}",
     "traffic.users.rate.wave.period", "\"20s\""},
    {"traffic.users.mix={\"page\": 2}", "traffic.users.mix", "{\"page\": 2}"},
    {"traffic.users.timeout=never", "traffic.users.timeout", "\"never\""},
    {"endpoints.page.response=1Ki", "endpoints.page.response", "\"1Ki\""},
    {"endpoints.page.steps.0.cpu=1ms", "endpoints.page.steps.0.cpu", "\"1ms\""},
    {"endpoints.page.steps.0.cpu={\"lognormal\": {\"mean\": \"1ms\", \"cv\": 2}}", "endpoints.page.steps.0.cpu.lognormal.cv", "2"},
    {"run.window=30s", "run.window", "\"30s\""},
    {"run.start=20:30", "run.start", "\"20:30\""},
    {"run.seed=word", "run.seed", "\"word\""},
    {"run.seed=12", "run.seed", "\"12\""},
    {"run.probes=[\"10s\"]", "run.probes.0", "\"10s\""},
    {"claims=[]", "claims", "[]"},
    {"claims.0=mean(page.latency) < 1s", "claims.0", "\"mean(page.latency) < 1s\""},
    {"bill.egress=egress", "bill.egress", "\"egress\""},
    {"bill.egress_free_gb=10", "bill.egress_free_gb", "10"},
    {"platform.network.between_nodes=1ms", "platform.network.between_nodes", "\"1ms\""},
    {"description={\"value\": \"x\", \"source\": \"y\"}", "description",
     "\"{\\\"value\\\": \\\"x\\\", \\\"source\\\": \\\"y\\\"}\""}};

static void check_setting(const struct setting *s) {
  struct child c =
      AGUANTA("run", SMALL, "--reps", "1", "--set", "run.window=1s", "--set", s->set, "--export", "-", "--format", "json");
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct json_value *result = json_read_text(arena, d, "result", c.out, c.out_length);
  const struct json_value *value = json_resolve_path(json_member(result, "scenario_resolved"), s->path);
  const char *seen = value ? json_print_line(arena, value) : "nothing";
  test_check(c.status != 1 && c.status != 2 && c.status != 3 && c.err_length == 0, "--set %s: exit status %d\n%s", s->set, c.status,
             c.err);
  test_check(!strcmp(seen, s->expected), "--set %s: %s is %s", s->set, s->path, seen);
  arena_free(arena);
  child_free(&c);
}

static void test_kinds(void) {
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) check_setting(&settings[i]);
}

static const struct setting mistakes[] = {
    {"services.web.replica=3", NULL,
     "--set services.web.replica=3: error: there is no \"replica\" in \"services.web\"; did you mean \"services.web.replicas\"?\n"},
    {"services.wbe.replicas=3", NULL,
     "--set services.wbe.replicas=3: error: there is no \"wbe\" in \"services\"; did you mean \"services.web.replicas\"?\n"},
    {"servces.web.replicas=3", NULL,
     "--set servces.web.replicas=3: error: there is no \"servces\" in the scenario; did you mean \"services.web.replicas\"?\n"},
    {"claims.3=x", NULL, "--set claims.3=x: error: \"claims\" has 1 entries, from 0: there is no \"3\"\n"},
    {"services.web.replicas", NULL,
     "--set services.web.replicas: error: must have the form path=value, such as services.api.replicas=3\n"},
    {"=3", NULL, "--set =3: error: must have the form path=value, such as services.api.replicas=3\n"},
    {"services.web.replicas=some", NULL,
     "--set services.web.replicas=some: error: \"replicas\" must be a whole number, not a string\n"},
    {"services.web.replicas=0", NULL, "--set services.web.replicas=0: error: \"replicas\" must be from 1 to 5000, not 0\n"},
    {"services.web.kind=ap", NULL,
     "--set services.web.kind=ap: error: \"kind\" must be one of app, proxy, database, cache, external, queue, not \"ap\"; did you "
     "mean "
     "\"app\"?\n"},
    {"services.web.place=bx", NULL,
     "--set services.web.place=bx: error: \"place\" refers to \"bx\", which is not in \"platform.nodes\"; did you mean \"box\"?\n"},
    {"run.window=30", NULL, "--set run.window=30: error: \"window\" needs a unit: write \"30ms\" or \"30s\", not 30\n"},
    {"traffic.users.rate=5", NULL, "--set traffic.users.rate=5: error: \"rate\" needs a unit: write \"5/s\" or \"5/min\", not 5\n"},
    {"claims=5", NULL, "--set claims=5: error: \"claims\" must be a list of claim objects: [ ... ], not a number\n"},
    {"claims.0=p99(pgae.latency) < 1s", NULL,
     "--set claims.0=p99(pgae.latency) < 1s: error: claim \"p99(pgae.latency) < 1s\" finds no endpoint, service or node group "
     "\"pgae\"; did you mean \"p99(page.latency) < 1s\"?\n"},
    {"traffic.users.kind=closed", NULL,
     "tests/cli/small.json:6:16: error: traffic.users: a closed source needs a \"population\"\n"},
    {"services.web.replicas=30", NULL, "--set services.web.replicas=30: error: "},
    {"platform.nodes.box.price=bix", NULL, "--set platform.nodes.box.price=bix: error: "}};

static void test_mistakes(void) {
  for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
    struct child c = AGUANTA("run", SMALL, "--set", mistakes[i].set);
    test_check(c.status == 3 && c.out_length == 0, "--set %s: exit status %d", mistakes[i].set, c.status);
    test_check(child_begins(c.err, mistakes[i].expected), "--set %s says\n      %s    not\n      %s", mistakes[i].set, c.err,
               mistakes[i].expected);
    child_free(&c);
  }
  struct child c = AGUANTA("run", SMALL, "--set", "run.window=3", "--set", "run.wndow=3", "--set", "services.web.replicas=0");
  test_check(child_count(c.err, "error: ") == 3, "three mistakes at once: %s", c.err);
  child_free(&c);
}

static void test_later_wins(void) {
  struct child a =
      AGUANTA("run", SMALL, "--set", "services.web.replicas=1", "--set", "services.web.replicas=4", "--export=-", "--format=json");
  test_check(strstr(a.out, "\"replicas\": 4") && !strstr(a.out, "\"replicas\": 1"), "the later --set wins");
  child_free(&a);
}

/* --- seeds and threads -------------------------------------------------------------------------------------------------------- */

static char *result_of(const char *seed) {
  struct child c = AGUANTA("run", SMALL, "--seed", seed, "--export", "-", "--format", "csv");
  test_check(c.status == 0, "--seed %s: %s", seed, c.err);
  free(c.err);
  return c.out;
}

static void test_seed(void) {
  static const char *const seeds[] = {"1", "1", "2", "word", "word", "Word", "9007199254740992", "9007199254740991", "-1"};
  static const int same_as[] = {0, 0, 2, 3, 3, 5, 6, 7, 8};
  char *results[9];
  for (int i = 0; i < 9; i++) results[i] = result_of(seeds[i]);
  for (int a = 0; a < 9; a++)
    for (int b = 0; b < a; b++)
      test_check(!strcmp(results[a], results[b]) == (same_as[a] == same_as[b]), "seeds %s and %s", seeds[a], seeds[b]);
  struct child c = AGUANTA("run", SMALL, "--export", "-", "--format", "csv"),
               d = AGUANTA("run", SMALL, "--set", "run.seed=2", "--export", "-", "--format", "csv");
  test_check(!strcmp(c.out, results[0]), "the default seed is 1");
  test_check(!strcmp(d.out, results[2]), "--set run.seed and --seed");
  for (int i = 0; i < 9; i++) free(results[i]);
  child_free(&c), child_free(&d);
}

static char *shortened(const char *program, const char *platform, const char *format, const char *jobs) {
  char file[100];
  snprintf(file, sizeof file, "scenarios/platform/%s.json", platform);
  struct child c =
      child_run(&(struct child_wish){0},
                (const char *const[]){program, "run", file, "--set", "run.window=20s", "--set", "run.warmup=5s", "--set",
                                      "run.years=100", "--jobs", jobs, "--export", "-", "--format", format, NULL});
  test_check(c.status == 0 || c.status >= 98, "%s: exit status %d %s", platform, c.status, c.err);
  test_check(c.out_length > 1000, "%s: too short a result", platform);
  free(c.err);
  return c.out;
}

static const char *const platforms[] = {"compose", "swarm", "kubernetes"}, *const forms[] = {"json", "csv", "md"};

static void test_jobs(void) {
  static const char *const jobs[] = {"2", "3", "7"};
  for (int p = 0; p < 3; p++)
    for (int f = 0; f < 3; f++) {
      char *one = shortened(child_aguanta(), platforms[p], forms[f], "1"),
           *many = shortened(child_aguanta(), platforms[p], forms[f], jobs[(p + f) % 3]);
      test_check(!strcmp(one, many), "%s as %s: --jobs 1 and --jobs %s differ", platforms[p], forms[f], jobs[(p + f) % 3]);
      free(one), free(many);
    }
}

/* Sums of doubles must not depend on how the compiler was told to optimise. */
static void test_optimised(void) {
  if (!getenv("AGUANTA_LONG")) {
    printf("      -O2 against -O3 is skipped: set AGUANTA_LONG=1\n");
    test_check(true, "skipped");
    return;
  }
  for (int level = 0; level < 2; level++) {
    char *folder = child_path(level ? "O3" : "O0"), build[200], program[200];
    snprintf(build, sizeof build, "B=%s", folder);
    snprintf(program, sizeof program, "%s/aguanta", folder);
    struct child made =
        child_run(&(struct child_wish){.limit_s = 600},
                  (const char *const[]){"make", "-s", "-j2", level ? "OPT=-O3" : "OPT=-O0", build, "SAN=", program, NULL});
    test_check(made.status == 0, "make: %d %s", made.status, made.err);
    for (int p = 0; p < 3 && made.status == 0; p++) {
      char *a = shortened(child_aguanta(), platforms[p], "json", "2"), *b = shortened(program, platforms[p], "json", "2");
      test_check(!strcmp(a, b), "%s: another result at %s", platforms[p], level ? "-O3" : "-O0");
      free(a), free(b);
    }
    child_free(&made);
    free(folder);
  }
}

/* A step's name in a path says the same as its number; without a name nothing has changed. */
static void test_named_steps(void) {
  static const char rename[] =
      "endpoints.page.steps=[{\"name\": \"render\", \"cpu\": \"2ms\"}, {\"delay\": \"1ms\", \"name\": \"rest\"}]";
  static const char *const paths[][2] = {{"endpoints.page.steps.render.cpu=3ms", "endpoints.page.steps.0.cpu=3ms"},
                                         {"endpoints.page.steps.rest.name=other", "endpoints.page.steps.1.name=other"}};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    struct child c[2];
    for (int j = 0; j < 2; j++)
      c[j] = AGUANTA("run", SMALL, "--reps", "1", "--set", "run.window=1s", "--set", rename, "--set", paths[i][j], "--set",
                     "claims=[]");
    test_check(c[0].status == 0 && c[0].out_length > 100, "%s: %d %s", paths[i][0], c[0].status, c[0].err);
    test_check(!strcmp(c[0].out, c[1].out), "%s gives another answer than %s", paths[i][0], paths[i][1]);
    child_free(&c[0]), child_free(&c[1]);
  }
}

static const struct setting bad_names[] = {
    {"[{\"name\": \"a\", \"cpu\": \"2ms\"}, {\"name\": \"a\", \"cpu\": \"2ms\"}]", NULL,
     "error: the name \"a\" is already that of another entry of this list"},
    {"[{\"name\": \"12\", \"cpu\": \"2ms\"}]", NULL, "error: the name \"12\" must be 1 to 63 of the characters"},
    {"[{\"name\": \"a.b\", \"cpu\": \"2ms\"}]", NULL, "error: the name \"a.b\" must be 1 to 63 of the characters"},
    {"[{\"name\": \"\", \"cpu\": \"2ms\"}]", NULL, "error: the name \"\" must be 1 to 63 of the characters"},
    {"[{\"name\": 3, \"cpu\": \"2ms\"}]", NULL, "error: \"name\" must be a text, not a number"},
    {"[{\"name\": \"a\"}]", NULL, "error: a step needs one of the keys"}};

static void test_bad_step_names(void) {
  for (size_t i = 0; i < sizeof bad_names / sizeof *bad_names; i++) {
    char set[200];
    snprintf(set, sizeof set, "endpoints.page.steps=%s", bad_names[i].set);
    struct child c = AGUANTA("check", SMALL, "--set", set);
    test_check(c.status == 3 && child_count(c.err, "error: ") == 1 && strstr(c.err, bad_names[i].expected), "%s: %d %s", set,
               c.status, c.err);
    child_free(&c);
  }
}

static const struct test_case cases[] = {
    {"kinds", test_kinds},       {"named_steps", test_named_steps}, {"bad_step_names", test_bad_step_names},
    {"mistakes", test_mistakes}, {"later_wins", test_later_wins},   {"seed", test_seed},
    {"jobs", test_jobs},         {"optimised", test_optimised},     {0}};
const struct test_suite suite_cli_set = {"cli_set", cases};
