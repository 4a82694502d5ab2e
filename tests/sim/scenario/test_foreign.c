/* Words of other tools: every row of the table says something, of a place that exists, and leads to a key that exists. */
#include "sim/engine/arena.h"
#include "models/money/price.h"
#include "sim/json/diagnostic.h"
#include "sim/scenario/field_text.h"
#include "sim/scenario/foreign.h"
#include "sim/scenario/place.h"
#include "sim/scenario/scenario.h"
#include "sim/language/schema.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <string.h>

static const struct record *record_called(const struct vocabulary *all, const char *name) {
  for (uint32_t i = 0; i < all->record_count; i++)
    if (!strcmp(all->records[i]->name, name)) return all->records[i];
  return !strcmp(name, "price list") ? &price_list_record : NULL;
}

static const struct choice_set *choice_called(const struct vocabulary *all, const char *name) {
  for (uint32_t i = 0; i < all->choice_count; i++)
    if (!strcmp(all->choices[i]->name, name)) return all->choices[i];
  return NULL;
}

static void check_value(struct arena *arena, const struct vocabulary *all, const struct foreign_word *row) {
  bool found = false;
  for (uint32_t i = 0; i < all->record_count; i++)
    for (const struct field *f = all->records[i]->fields; f->name; f++)
      for (const char *const *w = field_words(arena, f); !strcmp(f->name, row->place + 1) && w && *w; w++)
        found |= !strcmp(*w, row->here);
  test_check(found, "no field %s takes %s", row->place + 1, row->here);
}

static void check_place(const struct vocabulary *all, const struct foreign_word *row) {
  const struct record *record = record_called(all, row->place);
  const struct choice_set *set = choice_called(all, row->place);
  bool other = !strcmp(row->place, "distribution") || !strcmp(row->place, "price item") || !strcmp(row->place, "*");
  test_check(record || set || other, "there is no record or choice \"%s\"", row->place);
  for (struct record_keys k = record ? record_keys(record) : (struct record_keys){0}; k.field; record_keys_next(&k))
    test_check(!foreign_matches(row, k.field->name), "\"%s\" is a key of %s", k.field->name, row->place);
  for (const struct alternative *const *k = set ? set->kinds : NULL; k && *k; k++)
    test_check(!foreign_matches(row, (*k)->key), "\"%s\" is a kind of %s", (*k)->key, row->place);
}

static void test_rows(void) {
  static const struct explain_view view = {.width = 100, .all = true};
  struct arena *arena = arena_new();
  struct vocabulary all = vocabulary_of(arena, &scenario_record);
  const struct foreign_word *row;
  for (uint32_t i = 0; (row = foreign_row(i)); i++) {
    if (*row->place == '=')
      check_value(arena, &all, row);
    else
      check_place(&all, row);
    struct diagnostics *d = diagnostics_new(arena);
    if (row->path)
      test_check(explain_page(arena, &scenario_record, row->path, &view, d) != NULL, "%s: %s", row->path,
                 diagnostics_render(d, arena));
    if (!row->path) continue;
    const char *word = arena_format(arena, "%.*s", (int)strcspn(row->words, "|"), row->words);
    char *found = explain_search(arena, &scenario_record, word, &view);
    test_check(found && strstr(found, row->path), "explain %s does not find %s: %s", word, row->path, found ? found : "nothing");
  }
  arena_free(arena);
}

static void test_spellings(void) {
  static const char *const same[] = {"minReplicas", "min_replicas", "min-replicas", "MINREPLICAS", "min.replicas"};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    test_check(foreign_key("service", same[i]) == foreign_key("service", "minReplicas"), "%s", same[i]);
  test_check(foreign_key("service", "minReplicas") != NULL && !foreign_key("service", "minReplicasX") &&
                 !foreign_key("service", "") && !foreign_key("service", "minReplica") &&
                 foreign_key("endpoint", "minReplicas") == foreign_key("step", "min_replicas"),
             "other words are other words");
  static const char *const words[] = {"app", "database", "round-robin", NULL};
  test_check(!strcmp(foreign_value("kind", words, "Postgres"), "database"), "a value");
  test_check(!strcmp(foreign_value("kind", words, "round_robin"), "round-robin"), "another spelling");
  test_check(!foreign_value("kind", words, "redis"), "cache is not among the words");
}

static void expect(const char *word, const char *first, const char *other) {
  struct child c = AGUANTA("explain", word);
  char line[200];
  snprintf(line, sizeof line, "about \"%s\":\n  %s ", word, first);
  test_check(c.status == 0 && !c.err_length && !strncmp(c.out, line, strlen(line)) && strstr(c.out, other), "explain %s: %d %s%s",
             word, c.status, c.out, c.err);
  int lines = 0;
  for (const char *p = c.out; *p; p++) lines += *p == '\n';
  test_check(lines <= 60, "explain %s: %d lines", word, lines);
  child_free(&c);
}

static void test_search(void) {
  expect("hpa", "services.NAME.autoscale", "See 'aguanta explain services.NAME.autoscale'.\n");
  expect("timeout", "traffic.NAME.timeout", "endpoints.NAME.steps.call.timeout");
  expect("unicorn", "services.NAME.processes", "The preset for it is puma: 'aguanta explain puma'.\n");
  expect("worker", "services.NAME.workers", "services.NAME.threads");
  expect("postgres", "endpoints.NAME.steps.query", "The preset for it is postgresql: 'aguanta explain postgresql'.\n");
  expect("rto", "rto(api_crash) < 4h", "\"claims\": [\"rto(api_crash) < 4h\"]");
  expect("autoscale", "services.NAME.autoscale", "platform.kubernetes.autoscaler_sync");
  expect("database", "services.NAME.database", "endpoints.NAME.steps.query");
  expect("uptime", "faults.NAME.uptime", "availability(year)");
  expect("lognormal", "{\"lognormal\": ...}", "distribution: Skewed to the right");
  struct child c = AGUANTA("explain", "throttling");
  test_check(c.status == 0 && strstr(c.out, "about \"throttl\":\n") && strstr(c.out, "limits.throttle"), "%s%s", c.out, c.err);
  child_free(&c);
  c = AGUANTA("explain", "sevices");
  test_check(c.status == 2 && !c.out_length && strstr(c.err, "did you mean \"services\" or "), "%s%s", c.out, c.err);
  child_free(&c);
  c = AGUANTA("explain", "services.web.maxReplicas");
  test_check(c.status == 2 && !c.out_length && strstr(c.err, "; here it is \"autoscale\": {\"max\": ...}"), "%s%s", c.out, c.err);
  child_free(&c);
}

static const struct test_case cases[] = {{"rows", test_rows}, {"spellings", test_spellings}, {"search", test_search}, {0}};
const struct test_suite suite_foreign = {"foreign", cases};
