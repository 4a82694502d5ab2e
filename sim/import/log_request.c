#include "sim/import/log_request.h"
#include "models/traffic/log.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- numbers in a line -------------------------------------------------------------------------------------------------------- */

static double number_of(const char *text, size_t length) {
  char copy[40], *end;
  if (!length || length >= sizeof copy) return NAN;
  memcpy(copy, text, length), copy[length] = 0;
  double value = strtod(copy, &end);
  return *end || end == copy ? NAN : value;
}

static uint32_t before_question(const char *text, size_t length) {
  const char *question = memchr(text, '?', length);
  return (uint32_t)(question ? (size_t)(question - text) : length);
}

/* --- common and combined ------------------------------------------------------------------------------------------------------ */

static const char *next_word(const char **at, const char *end, size_t *length) {
  while (*at < end && **at == ' ') ++*at;
  const char *word = *at;
  if (word < end && *word == '"') { /* up to its closing quote */
    const char *close = memchr(word + 1, '"', (size_t)(end - word - 1));
    *at = close ? close + 1 : end;
  } else {
    while (*at < end && **at != ' ') ++*at;
  }
  *length = (size_t)(*at - word);
  return word;
}

/* Behind the request: status, bytes, and in the last word perhaps how long it took: 0.123, rt=0.123. */
static void read_rest(const char *at, const char *end, struct log_request *out) {
  size_t length;
  const char *word = next_word(&at, end, &length);
  double status = number_of(word, length);
  out->status = status >= 100 && status < 1000 ? (int)status : 0;
  word = next_word(&at, end, &length);
  out->bytes = number_of(word, length);
  const char *last = NULL;
  size_t last_length = 0;
  while (at < end) {
    word = next_word(&at, end, &length);
    if (length && *word != '"') last = word, last_length = length;
    if (length > 3 && !memcmp(word, "rt=", 3)) break;
  }
  if (!last) return;
  const char *equals = memchr(last, '=', last_length);
  size_t skipped = equals ? (size_t)(equals + 1 - last) : 0;
  if (memchr(last, '.', last_length)) out->seconds = number_of(last + skipped, last_length - skipped);
}

static const char *read_plain(const char *text, const char *end, struct log_request *out) {
  struct log_line line;
  const char *wrong = log_read_line(text, end, &line);
  if (wrong) return wrong;
  out->at = line.at;
  out->path = line.path, out->path_length = line.path_length;
  out->client = line.client, out->client_length = line.client_length;
  if (!line.path) return "has no path";
  const char *quote = line.path > text ? memrchr(text, '"', (size_t)(line.path - text)) : NULL;
  if (!quote) return NULL;
  out->method = quote + 1;
  out->method_length = (uint32_t)(line.path - quote - 1);
  while (out->method_length && out->method[out->method_length - 1] == ' ') out->method_length--;
  const char *close = memchr(line.path, '"', (size_t)(end - line.path));
  if (!close) return "is cut off: the request's quotes are never closed";
  read_rest(close + 1, end, out);
  return NULL;
}

/* --- JSON --------------------------------------------------------------------------------------------------------------------- */

struct word {
  const char *text;
  size_t length;
};

enum { TIME, TS, METHOD, PATH, CLIENT, STATUS, BYTES, DURATION, FOUND };

/* Keys of Traefik, and of Caddy, whose request is an object of its own. */
static const struct {
  const char *key;
  int depth, what;
} json_keys[] = {{"StartUTC", 1, TIME},
                 {"time", 1, TIME},
                 {"ts", 1, TS},
                 {"RequestMethod", 1, METHOD},
                 {"method", 2, METHOD},
                 {"RequestPath", 1, PATH},
                 {"uri", 2, PATH},
                 {"ClientHost", 1, CLIENT},
                 {"client_ip", 2, CLIENT},
                 {"remote_ip", 2, CLIENT},
                 {"DownstreamStatus", 1, STATUS},
                 {"status", 1, STATUS},
                 {"DownstreamContentSize", 1, BYTES},
                 {"size", 1, BYTES},
                 {"Duration", 1, DURATION},
                 {"duration", 1, DURATION}};

/* Past the string that begins at `at`; null when it is cut off. */
static const char *past_string(const char *at, const char *end) {
  for (at++; at < end; at++) {
    if (*at == '\\')
      at++;
    else if (*at == '"')
      return at + 1;
  }
  return NULL;
}

static void note_value(struct word *found, struct word key, int depth, struct word value, bool *nanoseconds) {
  for (size_t i = 0; i < sizeof json_keys / sizeof *json_keys; i++) {
    size_t length = strlen(json_keys[i].key);
    if (json_keys[i].depth != depth || length != key.length || memcmp(json_keys[i].key, key.text, length) != 0) continue;
    struct word *f = &found[json_keys[i].what];
    if (!f->text) *f = value;
    if (json_keys[i].what == DURATION) *nanoseconds = *key.text == 'D'; /* Traefik counts in ns, Caddy in s */
    return;
  }
}

/* All values that are wanted, in one walk. */
static const char *walk(const char *at, const char *end, struct word *found, bool *nanoseconds) {
  struct word key = {0};
  int depth = 0;
  bool value = false;
  while (at < end) {
    if (*at == '{' || *at == '[') {
      depth++, value = false, at++;
    } else if (*at == '}' || *at == ']') {
      if (--depth == 0) return NULL;
      value = false, at++;
    } else if (*at == '"') {
      const char *close = past_string(at, end);
      if (!close) return "is cut off within a string";
      struct word text = {at + 1, (size_t)(close - at - 2)};
      if (value)
        note_value(found, key, depth, text, nanoseconds);
      else
        key = text;
      value = false, at = close;
    } else if (*at == ':') {
      value = true, at++;
    } else if (value && *at != ' ') {
      const char *begin = at;
      while (at < end && !strchr(",}] ", *at)) at++;
      note_value(found, key, depth, (struct word){begin, (size_t)(at - begin)}, nanoseconds);
      value = false;
    } else {
      at++;
    }
  }
  return "is cut off: its braces are never closed";
}

static const char *json_time(const struct word *found, sim_time *at) {
  double since = number_of(found[TS].text, found[TS].length);
  struct log_line line;
  if (found[TS].text && since > 0 && since < 7e9) return *at = (sim_time)(since * 1e9), NULL;
  struct word text = found[TIME].text ? found[TIME] : found[TS];
  if (!text.text) return "has no time: \"StartUTC\", \"time\" or \"ts\"";
  const char *wrong = log_read_line(text.text, text.text + text.length, &line);
  if (!wrong) *at = line.at;
  return wrong;
}

static const char *read_json(const char *text, const char *end, struct log_request *out) {
  struct word found[FOUND] = {0};
  bool nanoseconds = false;
  const char *wrong = walk(text, end, found, &nanoseconds);
  if (!wrong) wrong = json_time(found, &out->at);
  if (wrong) return wrong;
  if (!found[PATH].text) return "has no path: \"RequestPath\" of Traefik, \"uri\" of Caddy's request";
  out->path = found[PATH].text, out->path_length = before_question(found[PATH].text, found[PATH].length);
  out->method = found[METHOD].text, out->method_length = (uint32_t)found[METHOD].length;
  out->client = found[CLIENT].text, out->client_length = (uint32_t)found[CLIENT].length;
  double status = number_of(found[STATUS].text, found[STATUS].length);
  out->status = status >= 100 && status < 1000 ? (int)status : 0;
  out->bytes = number_of(found[BYTES].text, found[BYTES].length);
  out->seconds = number_of(found[DURATION].text, found[DURATION].length) * (nanoseconds ? 1e-9 : 1);
  return NULL;
}

/* --- both --------------------------------------------------------------------------------------------------------------------- */

const char *log_request_read(const char *text, const char *end, struct log_request *out) {
  *out = (struct log_request){.bytes = NAN, .seconds = NAN};
  while (text < end && (*text == ' ' || *text == '\t')) text++;
  const char *wrong = text < end && *text == '{' ? read_json(text, end, out) : read_plain(text, end, out);
  if (!wrong && !out->path_length) return "has no path";
  return wrong;
}

sim_time log_request_zone(const char *text, const char *end) {
  const char *bracket = *text == '{' ? NULL : memchr(text, ']', (size_t)(end - text));
  if (!bracket || bracket - text < 6 || (bracket[-5] != '+' && bracket[-5] != '-')) return 0;
  double digits = number_of(bracket - 4, 4);
  if (!(digits >= 0) || digits > 2400) return 0;
  sim_time offset = (sim_time)(digits / 100) * SIM_HOUR + (sim_time)((int)digits % 100) * SIM_MINUTE;
  return bracket[-5] == '-' ? -offset : offset;
}
