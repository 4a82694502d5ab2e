/* Calendars: "30d", "daily 03:00", "first Sunday 03:00", "1st 03:00", "24 December 18:00". Words in any case. */
#include "sim/engine/arena.h"
#include "sim/engine/sim_time.h"
#include "sim/scenario/unit.h"
#include "sim/scenario/unit_names.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WORDS_MOST = 3, ALL_DAYS = 127, WORKING_DAYS = 31 };

static const char *const weekdays[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", NULL};
static const char *const months[] = {"January", "February",  "March",   "April",    "May",      "June", "July",
                                     "August",  "September", "October", "November", "December", NULL};
static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
static const char *const ordinals[] = {"first", "second", "third", "fourth", "fifth", "last", NULL};

struct phrase {
  const char *word[WORDS_MOST];
  int count;
};

static const char *bad_calendar(struct arena *arena, const char *text) {
  return arena_format(arena,
                      "must be a calendar, not \"%s\": write a period such as \"30d\", or \"daily 03:00\", \"weekdays 03:00\", "
                      "\"Sunday 03:00\", \"first Sunday 03:00\", \"last Friday 18:00\", \"1st 03:00\" or \"24 December 18:00\"",
                      text);
}

/* The number of the word in the list, or -1; three letters are enough for days and months. */
static int number_of(const char *const *list, const char *word, bool shortened) {
  for (int i = 0; list[i]; i++)
    if (!strcasecmp(list[i], word) || (shortened && strlen(word) == 3 && !strncasecmp(list[i], word, 3))) return i;
  return -1;
}

/* "1st", "2nd", "31st", "24". */
static bool day_of(const char *word, uint32_t *day) {
  char *end;
  if (!isdigit((unsigned char)*word)) return false;
  unsigned long n = strtoul(word, &end, 10);
  *day = n < 1000 ? (uint32_t)n : 1000;
  return !*end || !strcasecmp(end, "st") || !strcasecmp(end, "nd") || !strcasecmp(end, "rd") || !strcasecmp(end, "th");
}

static struct phrase words_of(struct arena *arena, const char *text) {
  struct phrase p = {.count = 0};
  while (*(text = unit_skip_space(text))) {
    size_t length = 0;
    while (text[length] && !isspace((unsigned char)text[length])) length++;
    if (p.count < WORDS_MOST) p.word[p.count] = arena_format(arena, "%.*s", (int)length, text);
    p.count++;
    text += length;
  }
  return p;
}

static bool one_word(const char *word, struct calendar_rule *rule) {
  int day = number_of(weekdays, word, true);
  if (!strcasecmp(word, "daily"))
    rule->weekdays = ALL_DAYS;
  else if (!strcasecmp(word, "weekdays"))
    rule->weekdays = WORKING_DAYS;
  else if (day >= 0)
    rule->weekdays = UINT32_C(1) << day;
  else
    return day_of(word, &rule->day);
  return true;
}

static bool two_words(const char *first, const char *second, struct calendar_rule *rule) {
  int ordinal = number_of(ordinals, first, false), day = number_of(weekdays, second, true), month = number_of(months, second, true);
  if (ordinal >= 0 && day >= 0)
    rule->ordinal = (uint32_t)ordinal + 1, rule->weekdays = UINT32_C(1) << day;
  else if (month >= 0 && day_of(first, &rule->day))
    rule->month = (uint32_t)month + 1;
  else
    return false;
  return true;
}

/* Null, or why there is no such day. */
static const char *never(struct arena *arena, const char *text, const struct calendar_rule *rule) {
  uint32_t most = rule->month ? (uint32_t)month_days[rule->month - 1] : 31;
  if (rule->weekdays || (rule->day >= 1 && rule->day <= most)) return NULL;
  if (rule->month) return arena_format(arena, "never comes: \"%s\"; %s has %u days", text, months[rule->month - 1], most);
  return arena_format(arena, "never comes: \"%s\"; a month has at most 31 days", text);
}

const char *unit_parse_calendar(struct arena *arena, const char *text, struct calendar_rule *rule) {
  text = unit_trimmed(arena, text);
  *rule = (struct calendar_rule){0};
  struct phrase p = words_of(arena, text);
  const char *clock = p.count > 1 && p.count <= WORDS_MOST ? p.word[p.count - 1] : "";
  if (!strchr(clock, ':')) {
    if (unit_parse_duration(arena, text, &rule->period_ns)) return bad_calendar(arena, text);
    if (rule->period_ns == SIM_NEVER) return "never comes: \"never\"";
    return rule->period_ns < SIM_S ? arena_format(arena, "must be at least 1s, not \"%s\"", text) : NULL;
  }
  const char *wrong = unit_parse_clock(arena, clock, &rule->clock_ns);
  if (wrong) return wrong;
  bool known = p.count == 2 ? one_word(p.word[0], rule) : two_words(p.word[0], p.word[1], rule);
  return known ? never(arena, text, rule) : bad_calendar(arena, text);
}
