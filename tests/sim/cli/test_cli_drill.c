/* `aguanta drill`: exit codes, what is wrong with a question, the same bytes for any number of threads, the forms of its answer. */
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "tests/command.h"
#include "tests/suite.h"

#define SHOP  "docs/examples/drill.json"
#define QUICK "--for", "8s", "--reps", "2", "--fault", "web_crash", "--progress", "never"

/* A crash of one of three leaves it in rotation for 0.1 s: 30 requests of 300 a second, 10 of them refused. */
static void test_exit_codes(void) {
  static const struct {
    const char *claims;
    int status;
    const char *says;
  } rows[] = {{"claims=[\"error_rate(all) < 20%\"]", 0, "verdict: PASS (1 pass of 1 fault)\n"},
              {"claims=[\"error_rate(all) < 20%\", \"p50(all.latency) < 1us\"]", 99, "fails at this load before the fault strikes"},
              {"claims=[\"error_rate(all) < 0.0001%\"]", 98, "too few requests"},
              {"claims=[]", 0, "no requirement can be judged"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct child c = AGUANTA("drill", SHOP, QUICK, "--set", rows[i].claims);
    test_check(c.status == rows[i].status && strstr(c.out, rows[i].says), "%s: exit status %d\n%s%s", rows[i].claims, c.status,
               c.out, c.err);
    child_free(&c);
  }
}

static void test_wrong_questions(void) {
  static const struct {
    const char *words[3];
    int status;
    const char *message;
  } rows[] = {{{"--fault", "web_crush"}, 2, "--fault web_crush: there is no such fault; did you mean \"web_crash\"?"},
              {{"--at", "1h"}, 2, "--at 1h lies behind the end of the run, which ends 6m after its beginning"},
              {{"--at", "0s"}, 2, "--at leaves no time before the strike"},
              {{"--for", "soon"}, 2, "--for "},
              {{"--set", "faults=null"}, 3, "the scenario has no faults"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct child c = AGUANTA("drill", SHOP, "--reps", "1", "--set", "claims=[]", rows[i].words[0], rows[i].words[1]);
    test_check(c.status == rows[i].status && strstr(c.err, rows[i].message), "%s %s: exit status %d: %s", rows[i].words[0],
               rows[i].words[1], c.status, c.err);
    test_check(c.out_length == 0, "stdout: %s", c.out);
    child_free(&c);
  }
}

static void test_forms(void) {
  struct child one = AGUANTA("drill", SHOP, QUICK, "--jobs", "1", "--export", "-", "--format", "json"),
               two = AGUANTA("drill", SHOP, QUICK, "--jobs", "2", "--export", "-", "--format", "json");
  test_check(one.out_length > 1000 && one.out_length == two.out_length && !memcmp(one.out, two.out, one.out_length),
             "%zu and %zu bytes differ", one.out_length, two.out_length);
  struct arena *arena = arena_new();
  const struct json_value *root = json_read_text(arena, diagnostics_new(arena), "stdout", one.out, one.out_length);
  test_check(json_number(json_member(root, "aguanta_drill")) == 1, "no drill");
  test_check(json_count(json_member(root, "faults")) == 1, "not one fault");
  arena_free(arena);
  child_free(&one), child_free(&two);
  one = AGUANTA("drill", SHOP, QUICK, "--export", "-", "--format", "md");
  test_check(strstr(one.out, "# Drill: A shop") && strstr(one.out, "| web\\_crash |"), "%s", one.out);
  two = AGUANTA("drill", SHOP, QUICK, "--export", "-", "--format", "csv");
  test_check(strstr(two.out, "scenario,fault,kind,") == two.out && strstr(two.out, "\r\nshop,web_crash,crash,"), "%s", two.out);
  child_free(&one), child_free(&two);
}

/* A day whose peak is at 20:00: the run begins at 19:50 of it. */
static void test_peak_of_a_day(void) {
  struct child c =
      AGUANTA("drill", SHOP, QUICK, "--set", "traffic.people.rate={\"day\": {\"mean\": \"100/s\", \"peak\": 3, \"at\": \"20:00\"}}",
              "--set", "claims=[]", "--set", "run.warmup=auto");
  const char *at = strstr(c.out, "each once, at ");
  test_check(at && (!strncmp(at + 14, "19:", 3) || !strncmp(at + 14, "20:", 3)), "%s%s", c.out, c.err);
  test_check(strstr(c.out, "peak load") != NULL, "%s", c.out);
  child_free(&c);
}

static const struct test_case cases[] = {{"exit codes", test_exit_codes},
                                         {"wrong questions", test_wrong_questions},
                                         {"forms", test_forms},
                                         {"peak of a day", test_peak_of_a_day},
                                         {0}};
const struct test_suite suite_cli_drill = {"cli_drill", cases};
