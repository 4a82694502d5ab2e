/* Series: a rate per interval, measured or planned, from a CSV file or a list.
 *
 * The file has a row an interval with the rate (rate_per_s) or the number of requests in it (count), and either its beginning
 * (at_s, from the beginning of the run, rising) or, all of one length, `interval`. A row of at_s lasts to the next one; the last
 * lasts `interval`, or as long as the one before it. Nothing arrives before the first and after the last. */
#include "models/traffic/profile/profile_curve.h"
#include "models/traffic/profile/profile_kinds.h"

enum { AT_S, RATE_PER_S, COUNT };

struct series_profile {
  struct table file;
  struct config_list rates; /* of double */
  sim_time interval;        /* 0: not given */
  bool repeat;
  int32_t between;
  struct profile_curve curve;
};

static const char *const between_words[] = {"steps", "lines", NULL};

static double series_rate(const void *self, sim_time t) {
  return profile_curve_rate(&((const struct series_profile *)self)->curve, t);
}
static double series_bound(const void *self, sim_time from, sim_time to) {
  return profile_curve_bound(&((const struct series_profile *)self)->curve, from, to);
}
static double series_floor(const void *self, sim_time from, sim_time to) {
  return profile_curve_floor(&((const struct series_profile *)self)->curve, from, to);
}
static double series_expected(const void *self, sim_time from, sim_time to) {
  return profile_curve_expected(&((const struct series_profile *)self)->curve, from, to);
}

static const char *what_is_missing(const struct series_profile *s) {
  const double *const *columns = s->file.numbers;
  if (!s->file.file == !s->rates.count) return "needs either \"file\" or \"rates\"";
  if (s->file.file && !columns[RATE_PER_S] == !columns[COUNT])
    return "the file needs either the column \"rate_per_s\" or \"count\"";
  if (s->file.file && columns[AT_S] && s->file.rows == 1 && !s->interval)
    return "one row alone needs an \"interval\": how long it lasts";
  if (!(s->file.file && columns[AT_S]) && !s->interval)
    return s->file.file ? "needs an \"interval\", or the column \"at_s\" in its file"
                        : "needs an \"interval\": how long each rate lasts";
  return s->file.file && columns[COUNT] && s->between ? "counts of intervals have no lines between them: give \"rate_per_s\""
                                                      : NULL;
}

/* Where the rows of a file begin; the last piece is as long as the one before unless an interval is given. */
static const char *lay_out_times(struct series_profile *s, struct arena *arena) {
  const double *at_s = s->file.numbers[AT_S];
  struct profile_curve *c = &s->curve;
  c->begins = (sim_time)(at_s[0] * 1e9 + 0.5);
  c->ends = arena_new_array(arena, sim_time, c->count);
  for (uint32_t i = 0; i + 1 < c->count; i++) c->ends[i] = (sim_time)(at_s[i + 1] * 1e9 + 0.5) - c->begins;
  sim_time before = c->count > 1 ? c->ends[c->count - 2] : 0;
  c->ends[c->count - 1] = before + (s->interval ? s->interval : before - (c->count > 2 ? c->ends[c->count - 3] : 0));
  for (uint32_t i = 0; i < c->count; i++)
    if (c->ends[i] <= (i ? c->ends[i - 1] : 0)) return "two rows of the file are less than 1 ns apart";
  return NULL;
}

static void lay_out_rates(struct series_profile *s, struct arena *arena, const double *given, bool counts) {
  struct profile_curve *c = &s->curve;
  c->first = arena_new_array(arena, double, c->count);
  for (uint32_t i = 0; i < c->count; i++) {
    sim_time length = c->width ? c->width : c->ends[i] - (i ? c->ends[i - 1] : 0);
    c->first[i] = counts ? given[i] / profile_seconds(0, length) : given[i];
  }
  c->last = c->first;
  if (!s->between) return;
  c->last = arena_new_array(arena, double, c->count);
  for (uint32_t i = 0; i < c->count; i++) c->last[i] = given[i + 1 < c->count ? i + 1 : s->repeat ? 0 : i];
}

static const char *series_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  (void)start_of_day;
  struct series_profile *s = self;
  const char *missing = what_is_missing(s);
  if (missing) return missing;
  bool counts = s->file.file && s->file.numbers[COUNT];
  const double *given = !s->file.file ? s->rates.items : s->file.numbers[counts ? COUNT : RATE_PER_S];
  s->curve =
      (struct profile_curve){.count = s->file.file ? s->file.rows : s->rates.count, .width = s->interval, .repeats = s->repeat};
  if (s->file.file && s->file.numbers[AT_S]) {
    s->curve.width = 0;
    const char *wrong = lay_out_times(s, arena);
    if (wrong) return wrong;
  }
  lay_out_rates(s, arena, given, counts);
  profile_curve_finish(&s->curve, arena);
  return NULL;
}

static const struct field rate_fields[] = {ONLY_KEY("rate", RATE, RANGE(0, 1e9), .doc = "Rate within the interval."), {0}};
static const struct record rate_record = {.name = "rate of an interval",
                                          .size = sizeof(double),
                                          .fields = rate_fields,
                                          .doc = "Written as the bare rate.",
                                          .shorthand = "rate"};

static const struct table_column columns[] = {
    [AT_S] = {.name = "at_s", .optional = true, .high = 3e9, .order = ORDER_RISING, .doc = "Beginning of the interval."},
    [RATE_PER_S] = {.name = "rate_per_s", .optional = true, .high = 1e9, .doc = "Rate within it."},
    [COUNT] = {.name = "count", .optional = true, .high = 1e12, .doc = "Requests in it."},
    {0}};

static const struct field series_fields[] = {
    KEY("file", TABLE, series_profile, file, OPTIONAL, .columns = columns,
        .doc = "A row an interval: rate_per_s, or count of requests; with its beginning at_s, or all as long as `interval`."),
    KEY("rates", LIST, series_profile, rates, OPTIONAL, .record = &rate_record,
        .doc = "Instead of a file: the rate of each interval."),
    KEY("interval", DURATION, series_profile, interval, OPTIONAL, RANGE(1, 3.1536e17),
        .doc = "Length of each interval; with at_s that of the last one only."),
    KEY("repeat", FLAG, series_profile, repeat, DEFAULT(false),
        .doc = "Begins again after its end; otherwise nothing arrives after it."),
    KEY("between", WORD, series_profile, between, DEFAULT("steps"), .words = between_words,
        .doc = "steps: constant within an interval; lines: straight from the beginning of each to the beginning of the next."),
    {0}};
static const struct record series_record = {.name = "series profile",
                                            .size = sizeof(struct series_profile),
                                            .fields = series_fields,
                                            .doc = "A rate per interval, from a file or a list.",
                                            .shorthand = "file"};
static const struct profile_kind series_kind = {series_rate, series_bound, series_floor, series_expected, series_prepare, NULL};
const struct alternative profile_series = {"series", false, &series_record, &series_kind};
