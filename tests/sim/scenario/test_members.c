/* Families: the word selects a descriptor, keys of other members are refused, and what is printed shows whose a key is. */
#include "sim/engine/arena.h"
#include "sim/language/schema.h"
#include "sim/scenario/bind.h"
#include "sim/scenario/record_keys.h"
#include "tests/suite.h"
#include <string.h>

/* A motor runs a car on fuel or on a battery, or somebody pushes it. */
struct motor {
  struct member member;
  int cylinders;
};

struct car {
  const struct motor *motor;
  int64_t seats, tank, range;
  bool hybrid;
};

static const struct field fuel_keys[] = {KEY("tank", INTEGER, car, tank, RANGE(1, 90), .doc = "Litres."),
                                         KEY("range", INTEGER, car, range, DEFAULT(500), .doc = "Until it stops."),
                                         {0}};
static const struct field battery_keys[] = {KEY("range", INTEGER, car, range, DEFAULT(300), .doc = "Until it is empty."),
                                            KEY("hybrid", FLAG, car, hybrid, OPTIONAL, .elsewhere = "needs a plug"),
                                            {0}};
static const struct motor pushed = {.member = {.word = "pushed", .doc = "By hand.", .instead = "it is pushed"}};
static const struct motor fuel = {.member = {.word = "fuel", .doc = "Burns.", .keys = fuel_keys}, .cylinders = 4};
static const struct motor battery = {.member = {.word = "battery", .doc = "Hums.", .keys = battery_keys, .implied_by = "hybrid"}};
static const struct member *const motors[] = {&pushed.member, &fuel.member, &battery.member, NULL};
static const struct family family = {.members = motors}, overlaid = {.members = motors, .overlaid = true, .last = true};

#define CAR(id, of)                                                                                                                \
  static const struct field id##_fields[] = {KEY("motor", MEMBER, car, motor, DEFAULT("pushed"), .family = &of, .doc = "How."),    \
                                             KEY("seats", INTEGER, car, seats, DEFAULT(4)),                                        \
                                             {0}};                                                                                 \
  static const struct record id = {.name = "car", .size = sizeof(struct car), .fields = id##_fields, .doc = "Something to drive."}
CAR(car, family);
CAR(any_car, overlaid);

struct case_of {
  const char *text;
  const struct motor *motor;
  int64_t tank, range;
  const char *wrong; /* the errors */
  bool whole;        /* fit to be linked */
};

static void test_bind(void) {
  static const struct case_of rows[] = {
      {"{}", &pushed, 0, 500, "", true},
      {"{\"motor\": \"fuel\", \"tank\": 50, \"seats\": 2}", &fuel, 50, 500, "", true},
      {"{\"motor\": {\"value\": \"battery\", \"source\": \"a\"}, \"range\": 9}", &battery, 0, 9, "", true},
      {"{\"hybrid\": true}", &battery, 0, 300, "", true},
      {"{\"motor\": \"pushed\", \"hybrid\": true}", &battery, 0, 300, "", true},
      {"{\"motor\": \"fuel\"}", &fuel, 0, 500, "t:1:1: error: car needs the key \"tank\"\n", false},
      {"{\"range\": 9}", &pushed, 0, 500, "t:1:2: error: c: \"range\" belongs to fuel and battery; it is pushed\n", true},
      {"{\"tank\": 99}", &pushed, 0, 500, "t:1:10: error: \"tank\" must be from 1 to 90, not 99\n", false},
      {"{\"motor\": \"fuel\", \"tank\": 1, \"hybrid\": true}", &fuel, 1, 500, "t:1:30: error: c: needs a plug\n", true},
      {"{\"motor\": \"feul\", \"tank\": 1}", NULL, 1, 500,
       "t:1:11: error: \"motor\" must be one of pushed, fuel, battery, not \"feul\"; did you mean \"fuel\"?\n", false},
      {"{\"tnak\": 1}", &pushed, 0, 500, "t:1:2: error: unknown key \"tnak\" in car; did you mean \"tank\"?\n", false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new();
    struct diagnostics *d = diagnostics_new(arena);
    const struct json_value *tree = json_read_text(arena, d, "t", rows[i].text, strlen(rows[i].text));
    struct binder b = binder_new(arena, d, NULL);
    b.path = "c";
    struct car c;
    bool whole = bind_record(&b, &car, tree, &c);
    const char *seen = diagnostics_render(d, arena), *end = strchr(seen, '\n');
    test_check(whole == rows[i].whole && c.motor == rows[i].motor && c.tank == rows[i].tank && c.range == rows[i].range,
               "%s: tank %lld, range %lld", rows[i].text, (long long)c.tank, (long long)c.range);
    size_t length = strlen(rows[i].wrong);
    test_check(length ? !strncmp(seen, rows[i].wrong, length) : !end, "%s: %s", rows[i].text, seen);
    test_check(b.misplaced == (whole && length), "%s: %u misplaced", rows[i].text, b.misplaced);
    arena_free(arena);
  }
}

static void test_overlaid(void) {
  static const char text[] = "{\"motor\": \"battery\", \"tank\": 7}";
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  struct binder b = binder_new(arena, d, NULL);
  struct car c;
  test_check(bind_record(&b, &any_car, json_read_text(arena, d, "t", text, strlen(text)), &c) && !c.tank && !b.misplaced, "%s",
             diagnostics_render(d, arena));
  arena_free(arena);
}

/* The value is checked all the same. */
static void test_overlaid_faults(void) {
  static const char text[] = "{\"motor\": \"battery\", \"tank\": 99}";
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  struct binder b = binder_new(arena, d, NULL);
  struct car c;
  test_check(!bind_record(&b, &any_car, json_read_text(arena, d, "t", text, strlen(text)), &c) && diagnostics_errors(d) == 1, "%s",
             diagnostics_render(d, arena));
  arena_free(arena);
}

static const char *names_of(struct arena *arena, const struct record *record) {
  const char *names = "";
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k))
    names = arena_format(arena, "%s%s%s ", names, k.field->name, k.member ? "*" : "");
  return names;
}

static void test_keys(void) {
  struct arena *arena = arena_new();
  const char *behind = names_of(arena, &car), *last = names_of(arena, &any_car);
  test_check(!strcmp(behind, "motor tank* range* hybrid* seats "), "%s", behind);
  test_check(!strcmp(last, "motor seats tank* range* hybrid* "), "%s", last);
  test_check(record_field(&car, "hybrid") == &battery_keys[1] && !record_field(&car, "wings"), "found by name");
  arena_free(arena);
}

/* Each member is followed by its keys. */
static void test_printed(void) {
  static const char *const explained[] = {"\nmotor pushed: By hand.\n\nmotor fuel: Burns.\n  tank ",
                                          "\nmotor battery: Hums.\n  range   number = 300 "};
  static const char *const referred[] = {"\n### motor: `pushed`\n\nBy hand.\n\n### motor: `fuel`\n\nBurns.\n\n| key |",
                                         "\n### motor: `battery`\n\nHums.\n"};
  static const char *const schema[] = {"\"description\": \"Of motor fuel and battery. Until it stops.\"", "\"battery\"",
                                       "\"allOf\""};
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const char *text = explain_page(arena, &car, "", &(struct explain_view){.width = 100}, d);
  for (int i = 0; i < 2; i++)
    test_check(text && strstr(text, explained[i]), "%s is not in %s", explained[i], text ? text : "nothing");
  text = explain_page(arena, &car, "range", &(struct explain_view){.width = 100}, d);
  test_check(text && strstr(text, "\n  Of motor fuel and battery.\n"), "%s", text ? text : "nothing");
  text = reference_print(arena, &car);
  for (int i = 0; i < 2; i++) test_check(strstr(text, referred[i]) != NULL, "%s is not in %s", referred[i], text);
  text = schema_print(arena, &car, NULL);
  for (int i = 0; i < 3; i++) test_check(strstr(text, schema[i]) != NULL, "%s is not in %s", schema[i], text);
  arena_free(arena);
}

static const struct test_case cases[] = {
    {"bind", test_bind}, {"overlaid", test_overlaid}, {"overlaid_faults", test_overlaid_faults},
    {"keys", test_keys}, {"printed", test_printed},   {0}};
const struct test_suite suite_members = {"members", cases};
