/* What is read and written under other names than a file's: "-" for both, several scenarios in one export, YAML by mistake. */
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "tests/command.h"
#include "tests/suite.h"

#define SMALL  "tests/cli/small.json"
#define SLOWER "tests/cli/slower.json"

#define ALONE "tests/cli/alone.json" /* names no other file */

static const struct child_wish piped = {.stdin_path = ALONE};

static void check_out(struct child c, int status, const char *begin, const char *part) {
  test_check(c.status == status && child_begins(c.out, begin) && strstr(c.out, part), "status %d, %.300s%s", c.status, c.out,
             c.err);
  child_free(&c);
}

static void check_err(struct child c, int status, const char *message) {
  test_check(c.status == status && !c.out_length && strstr(c.err, message), "status %d, %.300s%s", c.status, c.out, c.err);
  child_free(&c);
}

/* The same answer as from the file, in every command that reads one; a sweep and a search read it again and again. */
static void test_stdin(void) {
  struct child file = AGUANTA("check", ALONE), pipe = AGUANTA_AS(&piped, "check", "-");
  char *at = strstr(pipe.out, "/dev/stdin: "), *same = strstr(file.out, ALONE ": ");
  test_check(file.status == pipe.status && at && same && !strcmp(at + strlen("/dev/stdin"), same + strlen(ALONE)), "%s%s%s",
             file.out, pipe.out, pipe.err);
  child_free(&file), child_free(&pipe);
  check_out(AGUANTA_AS(&piped, "validate", "-"), 0, "/dev/stdin: valid: ", " endpoint");
  check_out(AGUANTA_AS(&piped, "run", "-", "--reps", "2", "--export", "-", "--format", "json"), 0, "{\n",
            "\"file\": \"/dev/stdin\"");
  check_out(
      AGUANTA_AS(&piped, "sweep", "-", "--vary", "traffic.users.rate=10/s,20/s", "--reps", "2", "--export", "-", "--format", "csv"),
      0, "point,", "20/s");
  check_out(AGUANTA_AS(&piped, "compare", ALONE, "-", "--reps", "2"), 0, "", "/dev/stdin");
}

static void test_bad_stdin(void) {
  char *broken = child_path("broken.json");
  child_write(broken, "{\n  \"aguanta\": }\n");
  check_err(AGUANTA_AS((&(struct child_wish){.stdin_path = broken}), "validate", "-"), 3,
            "/dev/stdin:2:14: error: expected a value");
  check_err(AGUANTA("validate", "-"), 3, "/dev/stdin: error: is empty");
  check_err(AGUANTA_AS(&piped, "compare", "-", "-"), 2, "\"-\" is given 2 times: standard input is one file");
  check_err(AGUANTA_AS((&(struct child_wish){.stdin_path = "/dev/zero"}), "validate", "-"), 3, "it is larger than 64 MiB");
  check_err(AGUANTA_AS((&(struct child_wish){.stdin_path = "tests"}), "validate", "-"), 3,
            "cannot read standard input: Is a directory");
  /* What it names stands where the command was given. */
  child_write(broken, "{ \"extends\": \"tests/cli/alone.json\", \"name\": \"child\" }\n");
  check_out(AGUANTA_AS((&(struct child_wish){.stdin_path = broken}), "validate", "-"), 0, "/dev/stdin: valid", "");
  free(broken);
}

static void test_pictures(void) {
  char *result = child_path("small-result.json");
  struct child c = AGUANTA("run", SMALL, "--reps", "3", "--export", result);
  child_free(&c);
  struct child_wish from = {.stdin_path = result};
  check_out(AGUANTA_AS(&from, "plot", "-", "--kind", "latency", "-o", "-"), 0, "<?xml", "</svg>");
  check_out(AGUANTA("plot", result, "--kind", "latency", "-o", "-.png"), 0, "\x89PNG", "");
  check_err(AGUANTA("plot", result, "--kind", "latency", "-o", "x.gif"), 2, "a picture is a .png or a .svg");
  free(result);
}

static void test_several(void) {
  char *json = child_path("both.json"), *csv = child_path("both.csv"), *broken = child_path("none.json");
  child_write(broken, "{}");
  struct child c = AGUANTA("check", SMALL, broken, SLOWER, "--reps", "2", "--export", json, "--export", csv);
  test_check(c.status == 3 && strstr(c.out, SMALL) && strstr(c.out, SLOWER), "status %d, %s%s", c.status, c.out, c.err);
  child_free(&c);
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct json_value *root = json_read_file(arena, d, json), *first = json_first(json_member(root, "scenarios"));
  const struct json_value *second = json_next(first), *third = json_next(second);
  test_check(json_number(json_member(root, "aguanta_check")) == 1 && third && !json_next(third), "%s",
             diagnostics_render(d, arena));
  test_check(!strcmp(json_text(json_member(third, "file")), SLOWER), "the last file");
  test_check(json_number(json_member(second, "exit_code")) == 3 && json_type(json_member(second, "result")) == JSON_NULL &&
                 json_member(second, "result"),
             "the broken one has no result");
  test_check(json_number(json_resolve_path(first, "result.aguanta_result")) == 1 &&
                 json_number(json_member(first, "exit_code")) == 0,
             "a whole result");
  char *rows = test_read_file(csv);
  test_check(rows && child_begins(rows, "file,scenario,kind,") && strstr(rows, "\n" SMALL ",") && strstr(rows, "\n" SLOWER ",") &&
                 !strstr(rows + 5, "file,scenario,"),
             "%.300s", rows ? rows : "nothing");
  arena_free(arena);
  free(rows), free(json), free(csv), free(broken);
}

static void test_yaml(void) {
  static const char *const files[][3] = {
      {"some.json", "services:\n  web:\n    image: nginx\n", "this is YAML (a Compose file? `aguanta import compose "},
      {"some.yaml", "services:\n  web:\n    image: nginx\n", "is not a scenario (a Compose file? `aguanta import compose "},
      {"some.yml", "# mine\n---\nversion: '3.8'\nservices:\n  a: {}\n  b:\n    build: .\n", "(a Compose file? "},
      {"some.yaml", "apiVersion: apps/v1\nkind: Deployment\n", "(a Kubernetes manifest? `aguanta import k8s "},
      {"some.json", "aguanta: 1\n", "this is YAML: a scenario in YAML has a name that ends in .yaml"},
      {"some.yaml", "root:x:0:0:root:/root:/bin/bash\n", "is not a YAML object: it holds a string"},
      {"some.json", "hello\n", "is not JSON"}};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    char *file = child_path(files[i][0]);
    child_write(file, files[i][1]);
    check_err(AGUANTA("run", file), 3, files[i][2]);
    free(file);
  }
}

static void test_prices(void) {
  char *file = child_path("priced.json"), *list = child_path("list.json");
  child_write(
      list,
      "{ \"items\": { \"box\": { \"price\": \"0.03 EUR/hour\" }, \"disk\": { \"price\": \"1 EUR/TB\", \"source\": \"s\" } } }");
  child_write(
      file,
      "{ \"aguanta\": 1, \"name\": \"priced\", \"prices\": \"list.json\", \"bill\": { \"egress\": \"disk\" },"
      "\"traffic\": { \"x\": { \"kind\": \"open\", \"rate\": \"1/s\", \"mix\": { \"p\": 1 } } },"
      "\"endpoints\": { \"p\": { \"entry\": \"web\", \"response\": \"1MB\", \"steps\": [{ \"cpu\": \"1ms\" }] } },"
      "\"services\": { \"web\": { \"kind\": \"app\" } }, \"run\": { \"window\": \"1m\", \"warmup\": \"0s\", \"replications\": 2 },"
      "\"platform\": { \"kind\": \"static\", \"nodes\": { \"n\": { \"cpu\": 1, \"price\": \"box\" } } },"
      "\"claims\": [\"cost(month) <= 30 EUR\"] }");
  struct child c = AGUANTA("run", file);
  test_check(c.status == 0 && strstr(c.out, "draft: the bill has prices without \"source\" or \"date\": box and disk"), "%s%s",
             c.out, c.err);
  child_free(&c), free(file), free(list);
}

/* A day by the rate of its peak is the day by its ratio to the mean. */
static void test_peak(void) {
  struct child ratio =
      AGUANTA("run", ALONE, "--set", "traffic.users.rate={\"day\": {\"mean\": \"40/s\", \"peak\": 2.5, \"at\": \"0:00\"}}");
  struct child rate = AGUANTA("run", ALONE, "--set",
                              "traffic.users.rate={\"day\": {\"mean\": \"40/s\", \"peak_rate\": \"100/s\", \"at\": \"0:00\"}}");
  test_check(ratio.status == 0 && rate.status == 0 && !strcmp(ratio.out, rate.out), "%s%s%s", ratio.out, rate.out, rate.err);
  child_free(&ratio), child_free(&rate);
}

static const struct test_case cases[] = {
    {"stdin", test_stdin}, {"bad_stdin", test_bad_stdin}, {"pictures", test_pictures}, {"several", test_several},
    {"yaml", test_yaml},   {"prices", test_prices},       {"peak", test_peak},         {0}};
const struct test_suite suite_cli_input = {"cli_input", cases};
