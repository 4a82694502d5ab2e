/* Overload is an answer, not an error: it ends, says what is full, and invents no latency where there is none. */
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <math.h>

#define SMALL         "tests/cli/small.json"
#define OVERLOAD      "--set", "traffic.users.rate=1000/s", "--set", "run.window=20s"
#define WITHOUT_BOUND OVERLOAD, "--set", "traffic.users.timeout=never", "--set", "services.web.backlog=unlimited"

struct result {
  struct arena *arena;
  const struct json_value *root;
};

static struct result read_result(const struct child *c) {
  struct result r = {.arena = arena_new()};
  struct diagnostics *d = diagnostics_new(r.arena);
  r.root = json_read_text(r.arena, d, "result", c->out, c->out_length);
  test_check(diagnostics_errors(d) == 0, "%s%s", diagnostics_render(d, r.arena), c->err);
  return r;
}

static bool is_text(const struct json_value *v, const char *text) { return json_text(v) && !strcmp(json_text(v), text); }

static const struct json_value *metric(const struct result *r, const char *name, const char *agg, const char *cause) {
  for (const struct json_value *m = json_first(json_member(r->root, "metrics")); m; m = json_next(m)) {
    const struct json_value *label = json_member(json_member(m, "labels"), "cause");
    if (is_text(json_member(m, "metric"), name) && is_text(json_member(m, "agg"), agg) && (cause ? is_text(label, cause) : !label))
      return json_member(m, "value");
  }
  return NULL;
}

static bool has_note(const struct result *r, const char *begins) {
  for (const struct json_value *n = json_first(json_member(r->root, "notes")); n; n = json_next(n))
    if (child_begins(json_text(n), begins)) return true;
  return false;
}

static const struct json_value *error_row(const struct result *r, const char *cause) {
  for (const struct json_value *e = json_first(json_member(r->root, "errors")); e; e = json_next(e))
    if (is_text(json_member(e, "cause"), cause)) return e;
  return NULL;
}

/* Twice the capacity of 500/s: a full backlog turns the other half away. */
static void test_rejected(void) {
  struct child c = AGUANTA("run", SMALL, OVERLOAD, "--set", "run.window=60s", "--set",
                           "claims=[\"saturation(all) > 499/s\", \"error_rate(all{cause=rejected}) > 45%\"]", "--export", "-",
                           "--format", "json");
  struct result r = read_result(&c);
  double rejected = json_number(metric(&r, "page", "error_rate", "rejected")), rate = json_number(metric(&r, "page", "rate", NULL));
  test_check(c.status == 0, "exit status %d %s", c.status, c.err);
  test_check(fabs(rejected - 0.5) < 0.03 && fabs(rate - 500) < 25, "rejected %g, rate %g", rejected, rate);
  test_check(error_row(&r, "rejected") && json_number(json_member(error_row(&r, "rejected"), "count")) > 10000,
             "rejected in errors");
  test_check(has_note(&r, "saturated: web event loop is full at 500 requests/s"), "the note");
  const struct json_value *first = json_first(json_member(r.root, "saturation"));
  test_check(is_text(json_member(first, "resource"), "web event loop") && json_flag(json_member(first, "saturated")),
             "the first resource");
  test_check(json_type(metric(&r, "page.latency", "mean", NULL)) == JSON_NUMBER, "a bounded queue has a mean latency");
  arena_free(r.arena);
  child_free(&c);
}

static void test_timeouts(void) {
  struct child c = AGUANTA("run", SMALL, OVERLOAD, "--set", "services.web.backlog=unlimited", "--set",
                           "traffic.users.timeout=200ms", "--set", "claims=[]", "--export", "-", "--format", "json");
  struct result r = read_result(&c);
  const struct json_value *row = error_row(&r, "timeout");
  test_check(c.status == 99 && row && !error_row(&r, "rejected"), "timeouts only: %d %s", c.status, c.err);
  test_check(json_number(json_member(json_member(row, "ratio"), "value")) > 0.5, "most of them");
  test_check(has_note(&r, "saturated: ") && has_note(&r, "over capacity: requests waiting at web grow by 49"),
             "clients leave, and what they asked for stays in the queue");
  test_check(json_number(metric(&r, "page.latency", "max", NULL)) <= 0.2 + 1e-9 ||
                 json_type(metric(&r, "page.latency", "max", NULL)) == JSON_NULL,
             "no answer later than the timeout");
  arena_free(r.arena);
  child_free(&c);
}

static void test_overload_in_words(void) {
  struct child c = AGUANTA("run", SMALL, OVERLOAD);
  test_check(strstr(c.out, "note: saturated: web event loop is full") && strstr(c.out, "full now") && strstr(c.out, "rejected") &&
                 c.err_length == 0,
             "%s", c.out);
  test_check(c.status == 99 && child_begins(child_last_line(c.out), "verdict: FAIL"), "exit status %d", c.status);
  child_free(&c);
}

static void test_unstable(void) {
  struct child c =
      AGUANTA("run", SMALL, WITHOUT_BOUND, "--set",
              "claims=[\"p99(page.latency) < 1s\", \"mean(page.queue) < 1h\", \"mean(inside) > 1\", \"max(web.latency) < 1h\"]");
  test_check(c.status == 99, "exit status %d", c.status);
  test_check(strstr(c.out, "note: over capacity: ") && child_count(c.out, "  FAIL") == 5 && !strstr(c.out, "NO DATA"), "%s", c.out);
  test_check(!strcmp(child_last_line(c.out), "verdict: FAIL (5 fail)\n"), "%s", child_last_line(c.out));
  test_check(!strstr(c.out, "WHERE THE TIME GOES"), "no breakdown of a mean that does not exist");
  child_free(&c);
}

static void test_unstable_result(void) {
  static const char *const aggregates[] = {"mean", "p50", "p90", "p95", "p99", "p99.9", "max"};
  struct child c = AGUANTA("run", SMALL, WITHOUT_BOUND, "--export", "-", "--format", "json");
  struct result r = read_result(&c);
  for (int i = 0; i < 7; i++) {
    test_check(json_type(metric(&r, "page.latency", aggregates[i], NULL)) == JSON_NULL &&
                   metric(&r, "page.latency", aggregates[i], NULL),
               "page.latency %s", aggregates[i]);
    test_check(json_type(metric(&r, "web.latency", aggregates[i], NULL)) == JSON_NULL &&
                   metric(&r, "web.latency", aggregates[i], NULL),
               "web.latency %s", aggregates[i]);
  }
  test_check(json_count(json_member(r.root, "breakdown")) == 0, "breakdown");
  test_check(json_number(metric(&r, "web.threads", "utilization", NULL)) > 0.99, "what is full can be told");
  const struct json_value *claim = json_first(json_member(r.root, "claims"));
  test_check(is_text(json_member(claim, "verdict"), "FAIL") &&
                 child_begins(json_text(json_member(claim, "reason")), "over capacity: requests waiting at web grow by 49"),
             "the claim");
  test_check(json_type(json_member(claim, "value")) == JSON_NULL, "its value");
  arena_free(r.arena);
  child_free(&c);
}

/* A queue without bound below capacity is stable, and one that a burst fills for a while too. */
static void test_stable(void) {
  struct child c = AGUANTA("run", SMALL, "--set", "traffic.users.timeout=never", "--set", "services.web.backlog=unlimited");
  test_check(c.status == 0 && !strstr(c.out, "unstable") && strstr(c.out, "WHERE THE TIME GOES"), "%s", c.out);
  child_free(&c);
}

static const struct test_case cases[] = {{"rejected", test_rejected},
                                         {"timeouts", test_timeouts},
                                         {"in_words", test_overload_in_words},
                                         {"unstable", test_unstable},
                                         {"unstable_result", test_unstable_result},
                                         {"stable", test_stable},
                                         {0}};
const struct test_suite suite_cli_load = {"cli_load", cases};
