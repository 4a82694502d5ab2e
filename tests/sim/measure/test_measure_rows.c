/* The table of measures: every row can be asked, worked out and judged, and docs/results.md says what it is. */
#include "sim/measure/measure_row.h"
#include "tests/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct measure_row *row_at(uint32_t i) { return (const struct measure_row *)measure_kind_at(i); }

static void test_sound(void) {
  const struct measure_row *row;
  uint32_t unspoken = 0;
  for (uint32_t i = 0; (row = row_at(i)); i++) {
    const struct measure_kind *kind = &row->kind, *first = kind->word ? measure_kind_of_word(kind->word) : NULL;
    const char *word = kind->word ? kind->word : "(settles)";
    unspoken += !kind->word;
    test_check((kind->argument == ARGUMENT_NONE) == !kind->word, "%u %s: a word, or none", i, word);
    test_check(kind->subjects, "%u %s: is of nothing", i, word);
    test_check(!(kind->windows & ~kind->subjects), "%u %s: windows of what it cannot be asked of", i, word);
    test_check(!(row->compared & ~kind->subjects) && !(row->headlines & ~row->compared), "%u %s: compared", i, word);
    test_check(!row->statistic == !row->over && !(row->value && row->over), "%u %s: one way to a value", i, word);
    test_check(row->value || row->over || !kind->word, "%u %s: no value", i, word);
    test_check(!row->range || row->over, "%u %s: a range without a histogram", i, word);
    test_check(!row->each || (row->events && kind->shares), "%u %s: single outages", i, word);
    test_check(!first || kind->argument != ARGUMENT_METRIC || first->wrong, "%u %s: nothing to say against others", i, word);
    test_check(!first || first->argument == kind->argument, "%u %s: another argument than the first row", i, word);
    test_check(!kind->word || measure_kind_of(kind->word, kind->quantity, (enum subject)__builtin_ctz(kind->subjects)) == kind,
               "%u %s: another row is found in its place", i, word);
  }
  test_check(unspoken == 1, "%u implicit requirements", unspoken);
}

/* A row of the page's table that names the word and the way its limit is written. */
static bool is_documented(const char *text, const char *word, const char *value) {
  char quoted[64];
  snprintf(quoted, sizeof quoted, "`%s`", word);
  for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
    size_t length = strcspn(line, "\n");
    const char *behind = length > 2 && !strncmp(line, "| `", 3) ? memchr(line + 2, '|', length - 2) : NULL;
    const char *found = behind ? strstr(line, quoted) : NULL, *last = behind ? strstr(behind, value) : NULL;
    if (found && found < behind && last && last < line + length) return true;
  }
  return false;
}

static void test_documented(void) {
  static const char *const values[] = {[UNIT_NONE] = "number",     [UNIT_SECONDS] = "duration", [UNIT_RATIO] = "ratio",
                                       [UNIT_PER_SECOND] = "rate", [UNIT_CURRENCY] = "money",   [UNIT_COUNT] = "number"};
  char *text = test_read_file("docs/results.md");
  const struct measure_kind *kind;
  for (uint32_t i = 0; (kind = measure_kind_at(i)); i++) {
    if (!kind->word) continue;
    const char *word = kind->percentage ? "p50` ... `p99.99" : kind->word;
    test_check(is_documented(text, word, values[kind->unit]), "docs/results.md does not say what %s is: a %s", word,
               values[kind->unit]);
  }
  free(text);
}

static const struct test_case cases[] = {{"sound", test_sound}, {"documented", test_documented}, {0}};
const struct test_suite suite_measure_rows = {"measure_rows", cases};
