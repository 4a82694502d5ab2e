/* Pictures: every kind draws, twice the same bytes, and no text of a user is ever a command. */
#include "sim/report/plot/gnuplot.h"
#include "sim/store/output.h"
#include "sim/report/plot/plot.h"
#include "sim/report/run_report.h"
#include "sim/report/result_file.h"
#include "tests/command.h"
#include "tests/report_fixture.h"
#include "tests/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct room {
  char directory[40], a[80], b[80], picture[80], again[80];
};

static void write_result(const char *path, const struct results *r) {
  size_t length;
  char *json = report_json(r, &length), *error = NULL;
  bool written = output_write(path, json, length, &error);
  test_check(written, "%s", error ? error : "");
  free(error), free(json);
}

static void room_open(struct room *room, const struct results *a) {
  struct results b = *a;
  b.scenario_name = "platform-swarm", b.bill.monthly = 96.5;
  snprintf(room->directory, sizeof room->directory, "/tmp/aguanta-test-XXXXXX");
  test_check(mkdtemp(room->directory) != NULL, "a directory");
  snprintf(room->a, sizeof room->a, "%s/a.json", room->directory);
  snprintf(room->b, sizeof room->b, "%s/b.json", room->directory);
  write_result(room->a, a);
  write_result(room->b, &b);
}

static void room_close(struct room *room) {
  const char *const paths[] = {room->a, room->b, room->picture, room->again};
  for (int i = 0; i < 4; i++) unlink(paths[i]);
  test_check(rmdir(room->directory) == 0, "files are left in %s", room->directory);
}

static bool draw(const struct room *room, const char *kind, uint32_t count, const char *output,
                 const struct plot_options *options) {
  const char *const paths[] = {room->a, room->b};
  char *error = NULL;
  int status = plot_run(kind, paths, count, output, options, &error);
  test_check(status == 0, "%s: %s", kind, error ? error : "no message");
  free(error);
  return status == 0;
}

static bool same_files(const char *a, const char *b) {
  FILE *x = fopen(a, "rb"), *y = fopen(b, "rb");
  bool same = x && y;
  for (int c = 0, d = 0; same && c != EOF;) same = (c = getc(x)) == (d = getc(y));
  if (x) fclose(x);
  if (y) fclose(y);
  return same;
}

static void test_every_kind(void) {
  static const char *const endings[] = {"png", "svg"};
  struct room room;
  struct results r = fixture_results();
  room_open(&room, &r);
  for (const struct plot_kind *const *at = plot_kinds(); *at; at++) {
    const struct plot_kind *kind = *at;
    for (int e = 0; e < 2 && !kind->of; e++) { /* of other commands: where those are tested */
      uint32_t count = kind->most > 1 ? 2 : 1;
      snprintf(room.picture, sizeof room.picture, "%s/p.%s", room.directory, endings[e]);
      snprintf(room.again, sizeof room.again, "%s/q.%s", room.directory, endings[e]);
      bool drawn = draw(&room, kind->name, count, room.picture, NULL) && draw(&room, kind->name, count, room.again, NULL);
      test_check(drawn && same_files(room.picture, room.again), "%s.%s: two runs differ", kind->name, endings[e]);
      unlink(room.picture), unlink(room.again);
    }
  }
  room_close(&room);
}

/* Titles that gnuplot would obey in the wrong kind of string. Each would leave the file `hit` behind. */
static void test_evil_text(void) {
  struct room room;
  struct results r = fixture_results();
  char evil[8][200], hit[80];
  room_open(&room, &r);
  snprintf(hit, sizeof hit, "%s/hit", room.directory);
  const char *const forms[] = {"`touch %s`",           "'.system('touch %s').'", "'\nsystem 'touch %s'\n'", "<touch %s",
                               "\"`touch %s`\" ' %% ", "\\'; !touch %s\n",       "|touch %s\r\n!touch %s",  "\xff\xc0' \x1b]0;%s"};
  snprintf(room.picture, sizeof room.picture, "%s/p.svg", room.directory);
  for (int i = 0; i < 8; i++) {
    snprintf(evil[i], sizeof evil[i], forms[i], hit, hit);
    const char *const endpoints[] = {evil[i]};
    struct metric metric = {"x.latency", "p99", NULL, NULL, UNIT_SECONDS, EST(1, 0.9, 1.1, 10), NULL};
    struct latency_curve curve = *fixture_curves();
    curve.endpoint = evil[i];
    struct results bad = r;
    bad.scenario_name = bad.scenario_title = evil[i], bad.endpoints = endpoints, bad.endpoint_count = 1;
    bad.curves = &curve, bad.curve_count = 1, bad.metrics = &metric, bad.metric_count = 1;
    write_result(room.a, &bad);
    draw(&room, "latency", 1, room.picture, &(struct plot_options){.title = evil[i]});
    draw(&room, "claims", 1, room.picture, NULL);
    draw(&room, "bill", 1, room.picture, &(struct plot_options){.title = evil[i]});
    test_check(access(hit, F_OK) != 0, "gnuplot obeyed: %s", evil[i]);
    unlink(hit);
  }
  room.again[0] = 0;
  room_close(&room);
}

static void test_quote(void) {
  static const struct {
    const char *text, *quoted;
  } rows[] = {{"plain", "'plain'"},
              {"it's", "'it\xE2\x80\x99s'"},
              {"a\nb\tc\x7f", "'abc'"},
              {"\xC2\xB5 \xE2\x82\xAC", "'\xC2\xB5 \xE2\x82\xAC'"},
              {"\xff\xC0\x80", "'?"
                               "?"
                               "?'"}, /* overlong */
              {"\xED\xA0\x80", "'?"
                               "?"
                               "?'"},               /* surrogate */
              {"\xC2\x85 \xE2\x80\xA8 x", "'  x'"}, /* next line, line separator */
              {"`ls` $x %d \\n", "'`ls` $x %d \\n'"}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    char *seen = NULL;
    size_t length;
    FILE *file = open_memstream(&seen, &length);
    gnuplot_quote(file, rows[i].text);
    fclose(file);
    test_check(!strcmp(seen, rows[i].quoted), "row %zu: %s", i, seen);
    free(seen);
  }
}

static void expect_failure(enum picture picture, const char *script, const char *message) {
  char *bytes, *error;
  size_t length;
  bool drawn = gnuplot_run(&(struct gnuplot_page){picture, 300, 200, "#ffffff"}, script, "", &bytes, &length, &error);
  test_check(!drawn && error && strstr(error, message), "%s", error ? error : "no message");
  free(error);
}

static void test_runner_failures(void) {
  expect_failure(PICTURE_SVG, "plot nonsense(\n", "gnuplot failed");
  expect_failure(PICTURE_PNG, "set output\n", "no complete picture");
  char *path = strdup(getenv("PATH"));
  setenv("PATH", "/nonexistent", 1);
  expect_failure(PICTURE_SVG, "plot x\n", "not installed");
  setenv("PATH", path, 1);
  free(path);
}

static void test_messages(void) {
  struct room room;
  struct results r = fixture_results(), empty = {.scenario_name = "empty"};
  room_open(&room, &r);
  write_result(room.b, &empty);
  snprintf(room.picture, sizeof room.picture, "%s/p.png", room.directory);
  const struct {
    const char *kind, *result, *output;
    struct plot_options options;
    const char *message;
  } rows[] = {
      {"pie",
       room.a,
       room.picture,
       {0},
       "--kind pie: unknown; kinds are latency, breakdown, timeline, bill, downtime, claims, overview"},
      {"overview", room.a, room.picture, {0}, "--kind overview takes 2 to 8 results, not 1"},
      {"latency", room.a, "x.pdf", {0}, "x.pdf: a picture is a .png or a .svg"},
      {"latency", room.b, room.picture, {0}, "no latency curve to draw"},
      {"breakdown", room.b, room.picture, {0}, "no breakdown of the time to draw"},
      {"timeline", room.b, room.picture, {0}, "no series over time to draw"},
      {"claims", room.b, room.picture, {0}, "no claims to draw"},
      {"latency", room.a, room.picture, {.endpoints = (const char *const[]){"nope"}, .endpoint_count = 1}, "no such endpoint"},
      {"latency", "/nonexistent.json", room.picture, {0}, "/nonexistent.json"}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    char *error = NULL;
    int status = plot_run(rows[i].kind, &rows[i].result, 1, rows[i].output, &rows[i].options, &error);
    test_check(status != PLOT_DRAWN && error && strstr(error, rows[i].message), "row %zu: %s", i, error ? error : "no message");
    free(error);
  }
  room.again[0] = 0;
  room_close(&room);
}

/* The bold text of an SVG and what follows. */
static const char *title_of(const char *drawn) {
  const char *bold = strstr(drawn, "font-weight=\"bold\"");
  return bold ? bold : "unknown";
}

/* What a picture of these results says: each of `texts` is there, none of `not`. */
static void expect_texts(const struct room *room, const char *kind, const struct plot_options *options, const char *const *texts,
                         const char * not ) {
  if (!draw(room, kind, 1, room->picture, options)) return;
  char *drawn = test_read_file(room->picture);
  for (; drawn && *texts; texts++)
    test_check(strstr(drawn, *texts) != NULL, "%s: no \"%s\"; its title is %.300s", kind, *texts, title_of(drawn));
  test_check(drawn && (!not || !strstr(drawn, not )), "%s: \"%s\"", kind, not );
  free(drawn);
}
#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The slowest against the fastest, by the highest percentile that all have; and whoever fails beside those who are answered. */
static void test_findings(void) {
  struct room room;
  struct results r = fixture_results();
  struct metric some[COUNT(fixture_metrics) + 1];
  const char *const two[] = {"list", "event"};
  room_open(&room, &r);
  room.again[0] = 0;
  snprintf(room.picture, sizeof room.picture, "%s/p.svg", room.directory);
  expect_texts(&room, "latency", NULL, TEXTS("p99: buy 1.92 s, list 52 ms;", "84% of the slowest 1% is backend queue"), "fail");
  expect_texts(&room, "latency", &(struct plot_options){.endpoints = two, .endpoint_count = 2},
               TEXTS("p99: event 182 ms, list 52 ms;"), ">buy<");
  expect_texts(&room, "latency", &(struct plot_options){.title = "As told"}, TEXTS(">As told<"), "p99: buy");
  expect_texts(&room, "claims", NULL, TEXTS("buy.latency) &lt; 800ms misses its limit by a factor of 2.4"), NULL);
  r.scenario_title =
      "A title of a scenario that tells its whole story and does not care how wide the picture is that it will stand in";
  memcpy(some, fixture_metrics, sizeof fixture_metrics);
  some[COUNT(some) - 1] = (struct metric){"buy", "error_rate", NULL, NULL, UNIT_RATIO, EST(0.41, 0.39, 0.43, 1000), NULL};
  r.metrics = some, r.metric_count = COUNT(some);
  write_result(room.a, &r);
  expect_texts(&room, "latency", NULL,
               TEXTS("p99: buy 1.92 s and 41% fail, list 52 ms;", ">buy, 41% fail<", "... (seed ", "replications)<"), NULL);
  for (size_t i = 0; i < COUNT(some); i++)
    if (!strcmp(some[i].name, "buy.latency") && !strcmp(some[i].aggregate, "p99")) some[i].estimate.value = NAN;
  write_result(room.a, &r);
  expect_texts(&room, "latency", NULL, TEXTS("p95: buy 1.21 s and 41% fail, list 31.4 ms;"), "p99: ");
  room_close(&room);
}

/* The title of a timeline says how much of what is offered fails, and never more than all of it, though what fails in the last
 * window may be more than what is offered in it. */
static void test_no_more_fail_than_are_offered(void) {
  static double t[3] = {0, 60, 120}, offered[3] = {70, 70, 70}, failed[3], unknown[3] = {NAN, NAN, NAN};
  static const struct {
    double failed;
    const char *title, *not ;
  } rows[] = {{71.5, "at the end 70/s are offered, and nearly all fail", "71.5/s of them"},
              {140, "at the end 70/s are offered, and nearly all fail", "140"},
              {42, "at the end 70/s are offered, and 60% of them fail", "42/s of them"}};
  struct results r = fixture_results();
  struct result_series series[] = {{"offered", NULL, UNIT_PER_SECOND, 3, t, offered, unknown, unknown, NULL},
                                   {"errors", "buy", UNIT_PER_SECOND, 3, t, failed, unknown, unknown, NULL}};
  struct room room;
  room_open(&room, &r);
  room.again[0] = 0;
  snprintf(room.picture, sizeof room.picture, "%s/p.svg", room.directory);
  r.series = series, r.series_count = 2;
  for (size_t i = 0; i < COUNT(rows); i++) {
    for (int k = 0; k < 3; k++) failed[k] = rows[i].failed;
    write_result(room.a, &r);
    if (!draw(&room, "timeline", 1, room.picture, NULL)) continue;
    char *drawn = test_read_file(room.picture), *title = drawn ? strstr(drawn, "font-weight=\"bold\"") : NULL;
    if (title && strstr(title, "</text>")) *strstr(title, "</text>") = 0;
    test_check(title && strstr(title, rows[i].title) && !strstr(title, rows[i].not ), "%g/s fail: %s", rows[i].failed,
               title ? title : "no title");
    free(drawn);
  }
  room_close(&room);
}

/* Of the four colours of the house those that are in the picture, as bits. gnuplot writes text and lines in two spellings. */
static unsigned layouts_in(const char *path) {
  static const char *const colors[4][2] = {{"rgb(  0, 114, 178)", "rgb(0,114,178)"},
                                           {"rgb(213,  94,   0)", "rgb(213,94,0)"},
                                           {"rgb(  0, 158, 115)", "rgb(0,158,115)"},
                                           {"rgb(204, 121, 167)", "rgb(204,121,167)"}};
  char *drawn = test_read_file(path);
  unsigned seen = 0;
  for (int i = 0; drawn && i < 8; i++)
    if (strstr(drawn, colors[i / 2][i % 2])) seen |= 1u << i / 2;
  free(drawn);
  return seen;
}

/* Whether an SVG has the colour, in either spelling of gnuplot. */
static bool colored(const char *path, const char *color) {
  char wide[32], narrow[32], *drawn = test_read_file(path);
  long rgb = strtol(color + 1, NULL, 16);
  snprintf(wide, sizeof wide, "rgb(%3ld, %3ld, %3ld)", rgb >> 16, rgb >> 8 & 255, rgb & 255);
  snprintf(narrow, sizeof narrow, "rgb(%ld,%ld,%ld)", rgb >> 16, rgb >> 8 & 255, rgb & 255);
  bool seen = drawn && (strstr(drawn, wide) || strstr(drawn, narrow));
  free(drawn);
  return seen;
}

static void expect_title(const struct room *room, uint32_t count, const struct plot_options *options, const char *title) {
  if (!draw(room, "timeline", count, room->picture, options)) return;
  char *drawn = test_read_file(room->picture);
  test_check(drawn && strstr(title_of(drawn), title), "%s: not in %.300s", title, drawn ? title_of(drawn) : "nothing");
  free(drawn);
}

/* A timeline of several results, or of endpoints that were asked for: a line for each in the colours of layouts, one of zeros
 * too, and the title says in what they differ. */
static void test_compared_over_time(void) {
  static double t[3] = {0, 60, 120}, offered[3] = {70, 70, 70}, failed[3] = {5, 7, 5}, none[3], p99[3] = {0.1, 0.4, 0.1},
                p99_less[3] = {0.1, 0.1, 0.1}, unknown[3] = {NAN, NAN, NAN};
  static const char *const both[] = {"buy", "event"};
  const struct plot_options endpoints = {.endpoints = both, .endpoint_count = 2};
  struct results r = fixture_results();
  struct result_series series[] = {{"offered", NULL, UNIT_PER_SECOND, 3, t, offered, unknown, unknown, NULL},
                                   {"errors", "buy", UNIT_PER_SECOND, 3, t, failed, unknown, unknown, NULL},
                                   {"errors", "event", UNIT_PER_SECOND, 3, t, none, unknown, unknown, NULL},
                                   {"latency.p99", "buy", UNIT_SECONDS, 3, t, p99, p99, p99, NULL},
                                   {"latency.p99", "event", UNIT_SECONDS, 3, t, p99_less, p99_less, p99_less, NULL}};
  struct room room;
  r.series = series, r.series_count = COUNT(series);
  room_open(&room, &r);
  room.again[0] = 0;
  snprintf(room.picture, sizeof room.picture, "%s/p.svg", room.directory);
  expect_title(&room, 1, &endpoints, "failed per second: buy up to 7/s, event up to 0/s");
  test_check(layouts_in(room.picture) == 0, "two endpoints have the colours %x of layouts", layouts_in(room.picture));
  series[1].mean = none, r.scenario_name = "platform-swarm";
  write_result(room.b, &r);
  expect_title(&room, 2, NULL, "failed per second: platform-compose up to 7/s, platform-swarm up to 0/s");
  test_check(layouts_in(room.picture) == 3, "two results have the colours %x", layouts_in(room.picture));
  series[1].mean = failed;
  series[3].mean = series[3].low = series[3].high = p99_less;
  write_result(room.b, &r);
  expect_title(&room, 2, NULL, "p99 of what is answered: platform-compose buy up to 400 ms, platform-compose");
  room_close(&room);
}

/* Requirements, statements and info in blocks, each in its own words; the overview goes by requirements, and says the
 * statements. */
static void test_kinds_of_claims(void) {
  struct room room;
  struct results r = fixture_results();
  room_open(&room, &r);
  room.again[0] = 0;
  snprintf(room.picture, sizeof room.picture, "%s/p.svg", room.directory);
  expect_texts(&room, "claims", NULL,
               TEXTS("3 of 6 requirements hold;", "0 of 3 statements are confirmed, 1 better than stated",
                     ">REQUIREMENTS, to be kept<", ">STATEMENTS of documents", ">INFO, not judged<", ">BETTER  219/s",
                     ">CONTRADICTED  231/s", ">WARN  68.4%"),
               NULL);
  for (uint32_t i = 0; i < r.claim_count; i++)
    if (r.claims[i].kind == CLAIM_REQUIREMENT && r.claims[i].severity == SEVERITY_MUST) r.claims[i].verdict = VERDICT_PASS;
  write_result(room.a, &r);
  char *drawn = draw(&room, "overview", 2, room.picture, NULL) ? test_read_file(room.picture) : NULL;
  test_check(drawn && strstr(drawn, "platform-compose is the cheapest that keeps all its requirements") &&
                 strstr(drawn, ">requirements PASS, statements CONTRADICTED<"),
             "its title is %.300s", drawn ? title_of(drawn) : "none");
  free(drawn);
  room_close(&room);
}

/* One set of pictures: the first four colours are those of layouts in every picture of several, and of nothing else there; an
 * endpoint keeps its colour whichever others are drawn. */
static void test_colors(void) {
  static const struct {
    const char *kind;
    uint32_t count;
    unsigned layouts;
  } rows[] = {{"breakdown", 1, 0}, {"claims", 1, 0}, {"overview", 2, 3}, {"bill", 2, 3}, {"latency", 2, 3}};
  static const char *const second[] = {"event"};
  struct room room;
  struct results r = fixture_results();
  room_open(&room, &r);
  room.again[0] = 0;
  snprintf(room.picture, sizeof room.picture, "%s/p.svg", room.directory);
  for (size_t k = 0; k < COUNT(rows); k++)
    if (draw(&room, rows[k].kind, rows[k].count, room.picture, NULL))
      test_check(layouts_in(room.picture) == rows[k].layouts, "%s has the colours %x of layouts, not %x", rows[k].kind,
                 layouts_in(room.picture), rows[k].layouts);
  if (draw(&room, "latency", 1, room.picture, &(struct plot_options){.endpoints = second, .endpoint_count = 1}))
    test_check(colored(room.picture, "#E69F00") && !colored(room.picture, "#0072B2"), "the second endpoint keeps its colour");
  room_close(&room);
}

static long png_number(const char *bytes, int at) {
  const unsigned char *b = (const unsigned char *)bytes + at;
  return (long)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
}

/* An SVG has a title and a description by which it is labelled, and no name that another one has; dark is other colours, and auto both
 * of them; a PNG has twice the pixels of the SVG each way, and cannot be auto. */
static void test_alternatives(void) {
  struct room room;
  struct results r = fixture_results();
  char *light, *dark, *both, *error = NULL;
  room_open(&room, &r);
  snprintf(room.picture, sizeof room.picture, "%s/p.svg", room.directory);
  snprintf(room.again, sizeof room.again, "%s/p.png", room.directory);
  const struct plot_options evil = {.title = "<b>&\"'\x01 it"}, as_dark = {.theme = THEME_DARK}, as_both = {.theme = THEME_AUTO};
  draw(&room, "latency", 1, room.picture, &evil), light = test_read_file(room.picture);
  test_check(light && strstr(light, "-title\">&lt;b&gt;&amp;\xE2\x80\x9D\xE2\x80\x99 it</title>"), "the title is escaped");
  free(light);
  draw(&room, "latency", 1, room.picture, NULL), light = test_read_file(room.picture);
  draw(&room, "latency", 1, room.picture, &as_dark), dark = test_read_file(room.picture);
  draw(&room, "latency", 1, room.picture, &as_both), both = test_read_file(room.picture);
  char own[12] = "", wanted[80];
  if (light && strstr(light, " id=\"p")) snprintf(own, sizeof own, "%.9s", strstr(light, " id=\"p") + 5);
  snprintf(wanted, sizeof wanted, "id=\"%s\" role=\"img\" aria-labelledby=\"%s-title %s-desc\"", own, own, own);
  test_check(light && strstr(light, wanted) && strstr(light, "-desc\">") && strstr(light, ";"), "no %s", wanted);
  snprintf(wanted, sizeof wanted, "id='%sgpPt0'", own);
  test_check(light && strstr(light, wanted) && !strstr(light, "'gp") && !strstr(light, "gnuplot_canvas"), "no %s", wanted);
  test_check(light && !strstr(light, "<title>") && !strstr(light, "aguanta_plot"), "a line has the title of the script");
  test_check(light && !strstr(light, "<style>") && strstr(light, "fill=\"#ffffff\""), "light is white");
  test_check(dark && !strstr(dark, own) && !strstr(dark, "fill=\"#ffffff\"") && !strstr(dark, "rgb(34,34,34)"), "dark is not");
  test_check(both && strstr(both, "@media (prefers-color-scheme: dark)") && strstr(both, "[fill=\"rgb(34,34,34)\"]"),
             "auto is both");
  free(light), free(dark), free(both);
  draw(&room, "latency", 1, room.again, NULL), light = test_read_file(room.again);
  test_check(light && png_number(light, 16) == 2 * 960 && png_number(light, 20) == 2 * 560, "it has twice the pixels");
  free(light);
  const char *result = room.a;
  test_check(plot_run("latency", &result, 1, room.again, &as_both, &error) == PLOT_MISUSED && strstr(error, "--theme auto"), "%s",
             error ? error : "no message");
  free(error);
  room_close(&room);
}

/* What finds no room is counted, or added up in one part: nothing is left out without a word. */
static void test_left_out(void) {
  enum { MANY = 11, ITEMS = 30 };
  static const char *const names[MANY] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"};
  struct room room;
  struct results r = fixture_results();
  struct latency_curve curves[MANY];
  struct breakdown rows[MANY];
  struct bill_line items[ITEMS];
  for (int i = 0; i < MANY; i++) {
    curves[i] = r.curves[0], curves[i].endpoint = names[i];
    rows[i] = r.breakdown[0], rows[i].endpoint = names[i];
  }
  for (int i = 0; i < ITEMS; i++) items[i] = r.bill.lines[0], items[i].monthly = 1;
  r.curves = curves, r.curve_count = MANY, r.endpoints = names, r.endpoint_count = MANY;
  r.breakdown = rows, r.breakdown_count = MANY;
  r.bill.lines = items, r.bill.count = ITEMS, r.bill.monthly = ITEMS;
  room_open(&room, &r);
  room.again[0] = 0;
  snprintf(room.picture, sizeof room.picture, "%s/p.svg", room.directory);
  expect_texts(&room, "latency", NULL, TEXTS(">not drawn: 3 more endpoints<"), NULL);
  struct metric p99[MANY];
  char called[MANY][20];
  for (int i = 0; i < MANY; i++) {
    snprintf(called[i], sizeof called[i], "%s.latency", names[i]);
    p99[i] = (struct metric){called[i], "p99", NULL, NULL, UNIT_SECONDS, EST(1 + i, 0.9 + i, 1.1 + i, 100), NULL};
  }
  struct results known = r;
  known.metrics = p99, known.metric_count = MANY;
  write_result(room.a, &known);
  expect_texts(&room, "latency", NULL, TEXTS("p99: k 11.00 s, a 1.00 s", ">not drawn: 3 more endpoints<", ">k<", ">d<"), ">c<");
  write_result(room.a, &r);
  expect_texts(&room, "latency", &(struct plot_options){.endpoints = names, .endpoint_count = 8}, TEXTS("latency"), "not drawn");
  expect_texts(&room, "breakdown", NULL, TEXTS(">not drawn: 3 more endpoints<"), NULL);
  expect_texts(&room, "bill", NULL, TEXTS("others"), NULL);
  room_close(&room);
}

/* p95, because p99 is not known everywhere; at 2 million nothing is: dots. */
static void test_sweep(void) {
  struct room room;
  struct results r = fixture_results();
  room_open(&room, &r);
  room.again[0] = 0;
  snprintf(room.picture, sizeof room.picture, "%s/p.svg", room.directory);
  FILE *lines = fopen(room.a, "w");
  static const char *const p95[] = {"0.1", "null", "3"};
  for (int i = 0; lines && i < 3; i++)
    fprintf(lines,
            "{\"set\": {\"table.rows\": \"%d000000\", \"index.rows\": \"%d000000\"}, \"scenario\": \"rows\", \"replications\": 4, "
            "\"metrics\": [{\"metric\": \"scan\", \"agg\": \"error_rate\", \"value\": 0}, "
            "{\"metric\": \"scan.latency\", \"agg\": \"p95\", \"value\": %s}, "
            "{\"metric\": \"scan.latency\", \"agg\": \"p99\", \"value\": null}]}\n",
            i + 1, i + 1, p95[i]);
  if (lines) fclose(lines);
  expect_texts(&room, "sweep", NULL,
               TEXTS("scan: p95 is least at 1 million, 100 ms; at 3 million it is 3 s", "dots: too short a run to tell",
                     "table.rows and index.rows", "2 million"),
               "a cross");
  room_close(&room);
}

/* A grid of two values is no line. */
static void test_sweep_of_two(void) {
  struct room room;
  struct results r = fixture_results();
  room_open(&room, &r);
  room.again[0] = 0;
  FILE *lines = fopen(room.a, "w");
  for (int i = 0; lines && i < 4; i++)
    fprintf(lines,
            "{\"set\": {\"rows\": \"%d\", \"threads\": \"%d\"}, \"scenario\": \"rows\", \"replications\": 4, \"metrics\": "
            "[{\"metric\": "
            "\"scan\", \"agg\": \"error_rate\", \"value\": 0}, {\"metric\": \"scan.latency\", \"agg\": \"p99\", \"value\": 1}]}\n",
            1 + i / 2, 1 + i % 2);
  if (lines) fclose(lines);
  struct child c = AGUANTA("plot", room.a, "--kind", "sweep", "-o", "/tmp/aguanta-two-axes.svg");
  test_check(c.status != 0 && strstr(c.err, "sweep one value, and hold the others"), "%d: %s", c.status, c.err);
  child_free(&c);
  room_close(&room);
}

static void test_claim_limits(void) {
  static const struct {
    const char *claim;
    bool known;
    double low, high;
  } rows[] = {{"{\"limit\": [null, 0.25]}", true, -INFINITY, 0.25},
              {"{\"limit\": [0.999, null]}", true, 0.999, INFINITY},
              {"{\"limit\": [50, 150]}", true, 50, 150},
              {"{\"limit\": [null, null]}", false, -INFINITY, INFINITY},
              {"{}", false, -INFINITY, INFINITY}};
  struct arena *arena = arena_new();
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct claim_limit seen;
    const struct json_value *claim = json_read_text(arena, diagnostics_new(arena), "claim", rows[i].claim, strlen(rows[i].claim));
    bool known = claim_limit(claim, &seen);
    test_check(known == rows[i].known && seen.low == rows[i].low && seen.high == rows[i].high, "%s: %g..%g", rows[i].claim,
               seen.low, seen.high);
  }
  arena_free(arena);
}

static const struct test_case cases[] = {
    {"every_kind", test_every_kind},
    {"evil_text", test_evil_text},
    {"quote", test_quote},
    {"runner_failures", test_runner_failures},
    {"messages", test_messages},
    {"findings", test_findings},
    {"no_more_fail_than_are_offered", test_no_more_fail_than_are_offered},
    {"left_out", test_left_out},
    {"sweep", test_sweep},
    {"sweep_of_two", test_sweep_of_two},
    {"claim_limits", test_claim_limits},
    {"kinds_of_claims", test_kinds_of_claims},
    {"colors", test_colors},
    {"alternatives", test_alternatives},
    {"compared_over_time", test_compared_over_time},
    {NULL, NULL},
};
const struct test_suite suite_plot = {"plot", cases};
