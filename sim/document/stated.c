#include "sim/document/stated.h"
#include "sim/engine/allocate.h"
#include "sim/scenario/unit_names.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One number with its unit. */
struct number_with_unit {
  double value, step; /* step: half of what its last digit counts */
  bool has_unit;
  const char *from, *to;
  char currency[4];
};

/* --- numbers ------------------------------------------------------------------------------------------------------------------ */

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_' || (c & 0x80); }

/* Digits with commas between thousands, and decimals. Null when there is no number. */
static const char *read_number(const char *at, double *value, double *step) {
  char digits[64];
  size_t length = 0;
  int decimals = 0;
  bool point = false;
  if (!isdigit((unsigned char)*at)) return NULL;
  for (; length < sizeof digits - 1; at++) {
    bool thousands = *at == ',' && !point && isdigit((unsigned char)at[1]) && isdigit((unsigned char)at[2]) &&
                     isdigit((unsigned char)at[3]) && !isdigit((unsigned char)at[4]);
    bool decimal = *at == '.' && !point && isdigit((unsigned char)at[1]);
    if (thousands) continue;
    if (!decimal && !isdigit((unsigned char)*at)) break;
    digits[length++] = *at;
    decimals += point;
    point |= decimal;
  }
  digits[length] = 0;
  *value = strtod(digits, NULL);
  *step = 0.5;
  for (int i = 0; i < decimals; i++) *step /= 10;
  return at;
}

/* --- units -------------------------------------------------------------------------------------------------------------------- */

static size_t letters(const char *at) {
  size_t length = 0;
  while (isalpha((unsigned char)at[length]) || (at[length] & 0x80)) length++;
  return length;
}

/* k, M, million, billion behind a plain number. */
static double multiple(const char **at) {
  static const struct {
    const char *word;
    double factor;
  } words[] = {{"k", 1e3}, {"thousand", 1e3}, {"M", 1e6}, {"million", 1e6}, {"billion", 1e9}};
  const char *word = unit_skip_space(*at);
  size_t length = letters(word);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    bool single = !words[i].word[1], same = !single && length == strlen(words[i].word) && !strncasecmp(word, words[i].word, length);
    if (!same && !(single && word == *at && length == 1 && *word == *words[i].word)) continue;
    *at = word + length;
    return words[i].factor;
  }
  return 1;
}

static const char *take_named(enum unit_family family, double size, const char *at, struct number_with_unit *f) {
  const char *word = unit_skip_space(at);
  size_t length = letters(word);
  const struct unit_name *unit = length ? unit_named(family, word, length) : NULL;
  if (!unit) return NULL;
  f->value *= (double)unit->size * size, f->step *= (double)unit->size * size;
  return word + length;
}

/* "/s", "requests/min", "per day"; bytes and bits may stand before. */
static const char *take_rate(const char *at, struct number_with_unit *f) {
  double factor = multiple(&at);
  f->value *= factor, f->step *= factor;
  const char *word = unit_skip_space(at);
  size_t length = letters(word);
  const struct unit_name *bits = length ? unit_named(FAMILY_BANDWIDTH, word, length) : NULL;
  const struct unit_name *bytes = length && word[length] == '/' ? unit_named(FAMILY_BYTES, word, length) : NULL;
  if (bits && !bytes) { /* bits per second, of what is counted in bytes */
    f->value *= (double)bits->size / 8, f->step *= (double)bits->size / 8;
    size_t more = word[length] == '/' ? 2 : 0;
    return word + length + more;
  }
  const char *per = bytes ? word + length + 1 : unit_per(word);
  if (!per) return NULL;
  if (bytes) f->value *= (double)bytes->size, f->step *= (double)bytes->size;
  size_t unit_length = letters(per);
  const struct unit_name *unit = unit_length ? unit_named(FAMILY_RATE, per, unit_length) : NULL;
  if (!unit || unit->size <= 0) return NULL;
  f->value /= (double)unit->size, f->step /= (double)unit->size;
  return per + unit_length;
}

static bool is_currency(const char *word, size_t length) {
  static const char *const codes[] = {"USD", "EUR", "GBP", "COP", "BRL", "MXN", "CHF",
                                      "CAD", "AUD", "INR", "CLP", "ARS", "PEN", "JPY"};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (length == 3 && !strncasecmp(word, codes[i], 3)) return true;
  return false;
}

static bool stands_before(const char *text, const char *at, const char *symbol) {
  size_t length = strlen(symbol);
  return (size_t)(at - text) >= length && !memcmp(at - length, symbol, length);
}

static const char *take_money(const char *start, const char *text, const char *at, struct number_with_unit *f) {
  bool euro = stands_before(text, start, "\xE2\x82\xAC"), pound = stands_before(text, start, "\xC2\xA3");
  double factor = multiple(&at);
  f->value *= factor, f->step *= factor;
  const char *word = unit_skip_space(at);
  size_t length = letters(word);
  if (is_currency(word, length)) {
    for (size_t i = 0; i < length; i++) f->currency[i] = (char)toupper((unsigned char)word[i]);
    return word + length;
  }
  if (euro || pound) memcpy(f->currency, euro ? "EUR" : "GBP", 4);
  if (*word == '$') return word + 1;
  return euro || pound || stands_before(text, start, "$") ? at : NULL;
}

/* Past the unit behind the number, whose value is in base units then; null when it has another unit or none. */
static const char *take_unit(enum unit unit, const char *text, struct number_with_unit *f, const char *at) {
  double factor;
  switch (unit) {
  case UNIT_SECONDS:
    return take_named(FAMILY_TIME, 1e-9, at, f);
  case UNIT_BYTES:
    return take_named(FAMILY_BYTES, 1, at, f);
  case UNIT_RATIO:
    if (*unit_skip_space(at) != '%') return NULL;
    f->value /= 100, f->step /= 100;
    return unit_skip_space(at) + 1;
  case UNIT_PER_SECOND:
    return take_rate(at, f);
  case UNIT_CURRENCY:
    return take_money(f->from, text, at, f);
  default:
    factor = multiple(&at);
    f->value *= factor, f->step *= factor;
    return at;
  }
}

/* The number at this place with its unit; without one when the unit is another's. */
static bool read_figure(enum unit unit, const char *text, const char *at, struct number_with_unit *f) {
  *f = (struct number_with_unit){.from = at};
  const char *behind = read_number(at, &f->value, &f->step);
  if (!behind) return false;
  struct number_with_unit plain = *f;
  const char *end = take_unit(unit, text, f, behind);
  if (!end) *f = plain;
  f->has_unit = end != NULL, f->to = end ? end : behind;
  return true;
}

/* "2 h 30 min": what follows a duration and is a smaller one belongs to it. */
static void read_on(enum unit unit, const char *text, struct number_with_unit *f) {
  struct number_with_unit more;
  if (unit != UNIT_SECONDS) return;
  while (read_figure(unit, text, unit_skip_space(f->to), &more) && more.has_unit && more.value < f->value && more.step < f->step)
    f->value += more.value, f->step = more.step, f->to = more.to;
}

/* --- ranges and sides --------------------------------------------------------------------------------------------------------- */

static const char *range_sign(const char *at) {
  static const char *const signs[] = {"..", "to ", "-", "\xE2\x80\x93", "\xE2\x80\x94", "and "};
  at = unit_skip_space(at);
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (!strncmp(at, signs[i], strlen(signs[i]))) return unit_skip_space(at + strlen(signs[i]));
  return NULL;
}

static bool ends_with(const char *text, const char *at, const char *word) {
  size_t length = strlen(word);
  return (size_t)(at - text) >= length && !strncasecmp(at - length, word, length);
}

/* -1: at most the number behind, 1: at least, 0: neither. */
static int side_before(const char *text, const char *at) {
  static const char *const most[] = {"<", "<=", "\xE2\x89\xA4", "at most", "up to", "under", "below", "less than"},
                           *const least[] = {">", ">=", "\xE2\x89\xA5", "at least", "over", "above", "more than"};
  while (at > text && (isspace((unsigned char)at[-1]) || at[-1] == '$')) at--;
  for (size_t i = 0; i < sizeof most / sizeof *most; i++)
    if (ends_with(text, at, most[i])) return -1;
  for (size_t i = 0; i < sizeof least / sizeof *least; i++)
    if (ends_with(text, at, least[i])) return 1;
  return 0;
}

static bool begins_number(const char *text, const char *at) {
  return isdigit((unsigned char)*at) &&
         (at == text || (!is_word(at[-1]) && at[-1] != '.') || (at > text && (at[-1] & 0x80) && !isalpha((unsigned char)at[-1])));
}

static bool of_range(enum unit unit, const char *text, const struct number_with_unit *first, struct stated_figure *out) {
  struct number_with_unit last, again;
  const char *at = range_sign(first->to);
  if (at && *at == '$') at++;
  if (!at || !read_figure(unit, text, at, &last) || !last.has_unit) return false;
  double factor = last.value / (read_number(last.from, &again.value, &again.step), again.value);
  double low = first->has_unit && unit != UNIT_COUNT && unit != UNIT_NONE ? first->value : first->value * factor;
  if (!(low <= last.value)) return false;
  *out = (struct stated_figure){(low + last.value) / 2,     low - last.step,
                                last.value + last.step,     (uint32_t)(first->from - text),
                                (uint32_t)(last.to - text), {0}};
  memcpy(out->currency, last.currency, sizeof out->currency);
  return true;
}

bool stated_find(enum unit unit, const char *text, struct stated_figure *out) {
  struct number_with_unit f;
  for (const char *at = text; *at; at++) {
    if (!begins_number(text, at) || !read_figure(unit, text, at, &f)) continue;
    if (of_range(unit, text, &f, out)) return true;
    if (f.has_unit) {
      read_on(unit, text, &f);
      int side = side_before(text, f.from);
      *out = (struct stated_figure){f.value,
                                    side < 0 ? -INFINITY : f.value - f.step,
                                    side > 0 ? INFINITY : f.value + f.step,
                                    (uint32_t)(f.from - text),
                                    (uint32_t)(f.to - text),
                                    {0}};
      memcpy(out->currency, f.currency, sizeof out->currency);
      return true;
    }
    at = f.to - 1;
  }
  return false;
}

bool stated_agrees(const struct stated_figure *q, const struct estimate *e, double within) {
  bool interval = e->low <= e->high; /* false for NaN */
  double low = interval ? e->low : e->value, high = interval ? e->high : e->value;
  double slack = within * fabs(q->value) + 1e-12 * fabs(q->value);
  return low <= q->high + slack && high >= q->low - slack;
}

const char *stated_example(enum unit unit) {
  static const char *const examples[] = {
      [UNIT_NONE] = "1,200",       [UNIT_SECONDS] = "85 ms",   [UNIT_BYTES] = "512 MiB", [UNIT_RATIO] = "99.95%",
      [UNIT_PER_SECOND] = "120/s", [UNIT_CURRENCY] = "40 USD", [UNIT_COUNT] = "1,200"};
  return examples[unit];
}
