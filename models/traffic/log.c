#include "models/traffic/log.h"
#include <stdbool.h>
#include <string.h>

struct scan {
  const char *at, *end;
};

static bool take(struct scan *s, char c) {
  if (s->at == s->end || *s->at != c) return false;
  s->at++;
  return true;
}

/* A whole number of exactly so many digits; -1 when there is none. */
static int64_t take_digits(struct scan *s, int digits) {
  int64_t value = 0;
  for (int i = 0; i < digits; i++, s->at++) {
    if (s->at == s->end || *s->at < '0' || *s->at > '9') return -1;
    value = 10 * value + (*s->at - '0');
  }
  return value;
}

static int64_t take_month_name(struct scan *s) {
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (int month = 0; month < 12 && s->end - s->at >= 3; month++)
    if (!memcmp(s->at, names + 3 * month, 3)) {
      s->at += 3;
      return month + 1;
    }
  return -1;
}

/* "+02:00", "+0200" or "Z"; nothing: UTC. False: it is something else. */
static bool take_zone(struct scan *s, sim_time *offset) {
  *offset = 0;
  bool behind = s->at < s->end && *s->at == '-';
  if (!behind && (s->at == s->end || *s->at != '+')) return take(s, 'Z') || true;
  s->at++;
  int64_t hours = take_digits(s, 2);
  take(s, ':');
  int64_t minutes = take_digits(s, 2);
  *offset = (behind ? -1 : 1) * (hours * SIM_HOUR + minutes * SIM_MINUTE);
  return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
}

/* Up to nine decimals of a second, in ns; more are cut off. */
static sim_time take_fraction(struct scan *s) {
  sim_time unit = 100000000, value = 0;
  if (!take(s, '.') && !take(s, ',')) return 0;
  for (; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++, unit /= 10) value += unit * (*s->at - '0');
  return value;
}

static bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/* Days from 1970-01-01; -1 when there is no such day. */
static int64_t day_number(int64_t year, int64_t month, int64_t day) {
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1) return -1;
  if (day > lengths[month - 1] + (month == 2 && is_leap(year))) return -1;
  int64_t before = year - 1,
          days = (year - 1970) * 365 + (before / 4 - before / 100 + before / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
  for (int64_t m = 1; m < month; m++) days += lengths[m - 1] + (m == 2 && is_leap(year));
  return days + day - 1;
}

static bool take_clock(struct scan *s, sim_time *out) {
  int64_t hour = take_digits(s, 2);
  bool good = take(s, ':');
  int64_t minute = take_digits(s, 2);
  good &= take(s, ':');
  int64_t second = take_digits(s, 2);
  if (!good || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  *out = hour * SIM_HOUR + minute * SIM_MINUTE + second * SIM_S;
  return true;
}

/* 10/Oct/2025:13:55:36 +0200 */
static bool take_log_time(struct scan *s, sim_time *out) {
  int64_t day = take_digits(s, 2);
  bool good = take(s, '/');
  int64_t month = take_month_name(s);
  good &= take(s, '/');
  int64_t year = take_digits(s, 4);
  good &= take(s, ':');
  int64_t number = day_number(year, month, day);
  sim_time clock = 0, offset = 0;
  if (!good || number < 0 || !take_clock(s, &clock)) return false;
  clock += take_fraction(s);
  take(s, ' ');
  if (!take_zone(s, &offset)) return false;
  *out = number * SIM_DAY + clock - offset;
  return true;
}

/* 2025-10-10T11:55:36.250Z, or with a blank for the T */
static bool take_iso_time(struct scan *s, sim_time *out) {
  int64_t year = take_digits(s, 4);
  bool good = take(s, '-');
  int64_t month = take_digits(s, 2);
  good &= take(s, '-');
  int64_t number = day_number(year, month, take_digits(s, 2));
  good &= take(s, 'T') || take(s, ' ');
  sim_time clock = 0, offset = 0;
  if (!good || number < 0 || !take_clock(s, &clock)) return false;
  clock += take_fraction(s);
  if (!take_zone(s, &offset)) return false;
  *out = number * SIM_DAY + clock - offset;
  return true;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == ','; }

/* The next word between blanks or commas; its length, 0 at the end. */
static uint32_t take_word(struct scan *s, const char **word) {
  while (s->at < s->end && is_blank(*s->at)) s->at++;
  *word = s->at;
  while (s->at < s->end && !is_blank(*s->at)) s->at++;
  uint32_t length = (uint32_t)(s->at - *word);
  if (!length) *word = NULL;
  return length;
}

static uint32_t path_end(const char *path, uint32_t length) {
  const char *question = path ? memchr(path, '?', length) : NULL;
  return question ? (uint32_t)(question - path) : length;
}

static const char *read_iso_line(struct scan s, struct log_line *out) {
  if (!take_iso_time(&s, &out->at)) return "begins with no time such as 2025-10-10T11:55:36Z";
  if (s.at < s.end && !is_blank(*s.at)) return "has more after its time than a zone such as Z or +02:00";
  out->path_length = take_word(&s, &out->path);
  out->path_length = path_end(out->path, out->path_length);
  out->client_length = take_word(&s, &out->client);
  return NULL;
}

static const char *read_common_line(struct scan s, const char *bracket, struct log_line *out) {
  out->client_length = take_word(&s, &out->client);
  s.at = bracket + 1;
  if (!take_log_time(&s, &out->at) || !take(&s, ']')) return "has no time such as [10/Oct/2025:13:55:36 +0200] in its brackets";
  const char *quote = memchr(s.at, '"', (size_t)(s.end - s.at)), *method;
  if (!quote) return "has no request such as \"GET / HTTP/1.1\" after its time";
  s.at = quote + 1;
  const char *closing = memchr(s.at, '"', (size_t)(s.end - s.at));
  s.end = closing ? closing : s.end;
  take_word(&s, &method);
  while (s.at < s.end && is_blank(*s.at)) s.at++;
  out->path = s.at;
  while (s.at < s.end && *s.at != ' ' && *s.at != '?') s.at++;
  out->path_length = (uint32_t)(s.at - out->path);
  return out->path_length ? NULL : "has no path in its request";
}

const char *log_read_line(const char *text, const char *end, struct log_line *out) {
  *out = (struct log_line){0};
  struct scan s = {text, end};
  struct scan probe = s;
  if (take_digits(&probe, 4) >= 0 && take(&probe, '-')) return read_iso_line(s, out);
  const char *bracket = memchr(text, '[', (size_t)(end - text));
  if (!bracket) return "is neither a common log line with its time in brackets nor does it begin with an ISO time";
  return read_common_line(s, bracket, out);
}
