/* Claims on one axis: each value and interval divided by its limit, so that "at the limit" is one line for all of them.
 *
 * For "at least" claims the axis turns: the limit divided by the value, and for shares near 1 what is missing (downtime against the
 * downtime allowed). Left of the line is within the limit for every row. Requirements, statements of documents and info stand in
 * blocks of their own, in this order. The verdict is a word, and a mark: filled within, a cross beyond, hollow when open; no
 * colour, because colours are layouts. */
#include "sim/report/plot/plot_kinds.h"
#include "sim/report/verdicts.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 24, STEP = 40, TOP = 92, BOTTOM = 72, LEFT = 370, RIGHT = 400 };
#define LOWEST  0.05
#define HIGHEST 20.0

static const struct {
  enum claim_kind kind;
  const char *heading;
} kinds[] = {{CLAIM_REQUIREMENT, "REQUIREMENTS, to be kept"},
             {CLAIM_STATEMENT, "STATEMENTS of documents: better than stated is not a failure"},
             {CLAIM_INFO, "INFO, not judged"}};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* What is drawn for a verdict; each mark is a block of numbers. */
enum mark { MARK_FILLED, MARK_CROSS, MARK_HOLLOW, MARKS };

struct row {
  double x, low, high, y;
  enum mark mark;
};

struct chart {
  struct figure f;
  struct row rows[ROWS];
  int count;
  double y; /* of the next row */
};

static double relative(double value, const struct claim_limit *limit, const char *unit) {
  if (isfinite(limit->high)) return value / limit->high;
  if (!strcmp(unit, "ratio") && limit->low > 0.5 && limit->low < 1) return (1 - value) / (1 - limit->low);
  return limit->low / value;
}

static double clamped(double x) { return x < LOWEST ? LOWEST : x > HIGHEST ? HIGHEST : x; }

static bool is_should(const struct json_value *claim) { return !strcmp(result_text(claim, "severity"), "should"); }

/* The claim or the next one that is drawn: all but `settles` where it passes, which the text leaves out too. */
static const struct json_value *drawn(const struct json_value *claim) {
  for (; claim; claim = json_next(claim)) {
    const struct json_value *implicit = json_member(claim, "implicit");
    if (!implicit || !json_flag(implicit) || strcmp(result_text(claim, "verdict"), "PASS") != 0) return claim;
  }
  return NULL;
}

static enum mark mark_of(const struct json_value *claim) {
  const char *verdict = result_text(claim, "verdict");
  if (!strcmp(verdict, "FAIL") || !strcmp(verdict, "CONTRADICTED")) return MARK_CROSS;
  return !strcmp(verdict, "UNDECIDED") ? MARK_HOLLOW : MARK_FILLED;
}

static const char *word_of(const struct json_value *claim) {
  const char *verdict = result_text(claim, "verdict");
  if (result_claim_kind(claim) == CLAIM_INFO) return "";
  return !strcmp(verdict, "FAIL") && is_should(claim) ? "WARN" : verdict;
}

static struct shown value_text(const struct json_value *claim, const struct result_estimate *e) {
  const char *unit = result_text(claim, "unit");
  struct claim_result c = {.unit = plot_unit(unit),
                           .estimate = {.value = e->value, .low = e->low, .high = e->high, .exact = e->low == e->high},
                           .low = -INFINITY,
                           .high = INFINITY};
  struct claim_limit limit;
  if (claim_limit(claim, &limit)) c.low = limit.low, c.high = limit.high;
  return format_claim(&c, unit);
}

/* A claim that is as it should be is grey, so that the others are seen. */
static bool is_calm(const struct json_value *claim) {
  static const char *const calm[] = {"PASS", "CONFIRMED", "BETTER", "NO DATA", ""};
  for (size_t i = 0; i < sizeof calm / sizeof *calm; i++)
    if (!strcmp(result_text(claim, "verdict"), calm[i])) return true;
  return false;
}

static void put_words(struct figure *f, const struct json_value *claim, double y) {
  struct result_estimate e = result_estimate(claim);
  char position[80], text[200];
  const char *word = word_of(claim), *source = result_text(claim, "source"), *should = is_should(claim) ? "should" : "";
  snprintf(position, sizeof position, "screen %.6f, first %.9g", (LEFT - 14.0) / f->width, y);
  figure_text(f, position, "right", FIGURE_INK, 11, figure_fit(result_text(claim, "expr"), 44).text);
  snprintf(position, sizeof position, "screen %.6f, first %.9g", 1 - (RIGHT - 14.0) / f->width, y);
  snprintf(text, sizeof text, "%s%s%s%s%.20s%s%s", word, *word ? "  " : "", isnan(e.value) ? "-" : value_text(claim, &e).text,
           *source ? "  " : "", source, *should ? "  " : "", should);
  figure_text(f, position, "left", is_calm(claim) ? FIGURE_GREY : FIGURE_INK, 11, text);
}

/* Beyond the frame: an arrow with how far, above the mark at its edge. */
static void put_beyond(struct chart *c, double x, double y) {
  char position[80], text[60];
  if (!(x > HIGHEST) && !(x < LOWEST)) return;
  snprintf(position, sizeof position, "first %g,%.9g offset %s,0", x > HIGHEST ? HIGHEST : LOWEST, y + 0.3,
           x > HIGHEST ? "-1" : "1");
  if (x > HIGHEST)
    snprintf(text, sizeof text, "%.3gx \xE2\x86\x92", x);
  else if (x > 0)
    snprintf(text, sizeof text, "\xE2\x86\x90 1/%.3g", 1 / x);
  else
    snprintf(text, sizeof text, "\xE2\x86\x90 0");
  figure_text(&c->f, position, x > HIGHEST ? "right" : "left", FIGURE_GREY, 10, text);
}

static void put_claim(struct chart *c, const struct json_value *claim) {
  const char *unit = result_text(claim, "unit");
  struct result_estimate e = result_estimate(claim);
  struct claim_limit limit;
  double y = c->y--;
  put_words(&c->f, claim, y);
  if (isnan(e.value) || !claim_limit(claim, &limit)) return;
  put_beyond(c, relative(e.value, &limit, unit), y);
  double a = clamped(relative(e.low, &limit, unit)), b = clamped(relative(e.high, &limit, unit)),
         x = clamped(relative(e.value, &limit, unit));
  if (isnan(a) || isnan(b)) a = b = x;
  if (isfinite(limit.low) && isfinite(limit.high))
    fprintf(c->f.script,
            "set object rectangle from first %.9g, first %.9g to first 1, first %.9g fc rgb '#e8e8e8' fs noborder behind\n",
            clamped(limit.low / limit.high), y - 0.32, y + 0.32);
  c->rows[c->count++] = (struct row){x, fmin(a, b), fmax(a, b), y, mark_of(claim)};
}

/* A heading where there is more than one block, and the claims of the kind: those that must hold before those that should. */
static void put_block(struct chart *c, const struct json_value *claims, int kind, bool headed) {
  bool any = false;
  for (int should = 0; should < 2; should++)
    for (const struct json_value *claim = drawn(json_first(claims)); claim; claim = drawn(json_next(claim))) {
      if (result_claim_kind(claim) != kinds[kind].kind || is_should(claim) != (should == 1)) continue;
      if (!any && headed) {
        char position[80];
        snprintf(position, sizeof position, "screen %.6f, first %.9g", 16.0 / c->f.width, c->y--);
        figure_text(&c->f, position, "left", FIGURE_GREY, 11, kinds[kind].heading);
      }
      any = true;
      put_claim(c, claim);
    }
}

static void put_marks(struct chart *c) {
  static const char *const styles[] = {
      [MARK_FILLED] = "pt 7 ps 1.3", [MARK_CROSS] = "pt 2 ps 1.6 lw 2.5", [MARK_HOLLOW] = "pt 6 ps 1.4 lw 2"};
  int blocks[MARKS], lines = figure_block(&c->f);
  figure_row(&c->f, 4, NAN, NAN, NAN, NAN); /* so that a block is never empty */
  for (int i = 0; i < c->count; i++) figure_row(&c->f, 4, c->rows[i].x, c->rows[i].y, c->rows[i].low, c->rows[i].high);
  for (int m = 0; m < MARKS; m++) {
    blocks[m] = figure_block(&c->f);
    figure_row(&c->f, 2, NAN, NAN);
    for (int i = 0; i < c->count; i++)
      if (c->rows[i].mark == (enum mark)m) figure_row(&c->f, 2, c->rows[i].x, c->rows[i].y);
  }
  fprintf(c->f.script, "plot 'data' index %d using 1:2:3:4 with xerrorbars pt 7 ps 0.1 lw 3 lc rgb '#9a9a9a'", lines);
  for (int m = 0; m < MARKS; m++)
    fprintf(c->f.script, ", '' index %d using 1:2 with points %s lc rgb '%s'", blocks[m], styles[m], FIGURE_INK);
  fputc('\n', c->f.script);
}

struct title {
  int requirements, hold, statements, confirmed, better;
  const struct json_value *worst; /* requirement: misses its limit by the largest factor */
  double factor;
};

static void count(struct title *t, const struct json_value *claim) {
  const char *verdict = result_text(claim, "verdict");
  struct claim_limit limit;
  if (result_claim_kind(claim) == CLAIM_STATEMENT)
    t->statements++, t->confirmed += !strcmp(verdict, "CONFIRMED"), t->better += !strcmp(verdict, "BETTER");
  if (result_claim_kind(claim) != CLAIM_REQUIREMENT) return;
  t->requirements++, t->hold += !strcmp(verdict, "PASS");
  if (strcmp(verdict, "FAIL") || is_should(claim) || !claim_limit(claim, &limit)) return;
  double x = relative(result_estimate(claim).value, &limit, result_text(claim, "unit"));
  if (x > t->factor) t->factor = x, t->worst = claim;
}

static void say(char *text, size_t size, const struct json_value *claims) {
  struct title t = {0};
  size_t used = 0;
  for (const struct json_value *c = drawn(json_first(claims)); c; c = drawn(json_next(c))) count(&t, c);
  *text = 0;
  if (t.requirements) used += (size_t)snprintf(text, size, "%d of %d requirements hold", t.hold, t.requirements);
  if (t.worst && used < size)
    used += (size_t)snprintf(
        text + used, size - used, "; %s misses its limit by a factor of %s", result_text(t.worst, "expr"),
        format_value(UNIT_NONE, NULL, &(struct estimate){.value = t.factor, .low = t.factor * 0.96, .high = t.factor * 1.04}).text);
  if (t.statements && used < size)
    used += (size_t)snprintf(text + used, size - used, "%s%d of %d statements are confirmed", used ? "; " : "", t.confirmed,
                             t.statements);
  if (t.better && used < size) snprintf(text + used, size - used, ", %d better than stated", t.better);
  if (!*text) snprintf(text, size, "nothing is judged");
}

static void axes(struct figure *f, int count) {
  figure_area(f, (double)LEFT / f->width, 1 - (double)RIGHT / f->width, (double)BOTTOM / f->height, 1 - (double)TOP / f->height);
  fprintf(f->script,
          "set border 1\nset errorbars 0\nunset ytics\nunset grid\nset logscale x\nset xrange [%g:%g]\nset yrange [%g:0.4]\n",
          LOWEST, HIGHEST, -count + 0.5);
  fputs("set xtics ('1/20' 0.05, '1/10' 0.1, '1/5' 0.2, '1/2' 0.5, 'limit' 1, '2x' 2, '5x' 5, '10x' 10, '20x' 20)\n"
        "set xlabel 'value as a share of its limit (left is within)' textcolor rgb '#444444' font ',12'\n",
        f->script);
  fprintf(f->script, "set arrow from first 1, graph 0 to first 1, graph 1 nohead back dt 2 lw 1 lc rgb '%s'\n", FIGURE_GREY);
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t file_count,
                              const char *output, const struct plot_options *options, char **error) {
  (void)kind, (void)file_count;
  const struct json_value *claims = json_member(files->root, "claims");
  int count = 0, blocks = 0;
  bool seen[KINDS] = {false};
  for (const struct json_value *v = drawn(json_first(claims)); v; v = drawn(json_next(v)))
    seen[result_claim_kind(v)] = true, count++;
  char text[400], subtitle[300];
  struct chart c = {.count = 0};
  if (count == 0) return plot_nothing(error, files, "no claims to draw: write \"claims\" into the scenario");
  if (count > ROWS)
    return plot_nothing(error, files,
                        "more than 24 claims do not fit into one picture: split them over scenarios with one \"extends\"");
  for (int k = 0; k < KINDS; k++) blocks += seen[k];
  int rows = count + (blocks > 1 || !seen[CLAIM_REQUIREMENT] ? blocks : 0);
  figure_open(&c.f, options, 1330, TOP + BOTTOM + STEP * rows);
  say(text, sizeof text, claims);
  figure_title(&c.f, options->title ? options->title : text, plot_subtitle(files, subtitle, sizeof subtitle));
  for (int k = 0; k < KINDS; k++) put_block(&c, claims, k, rows > count);
  axes(&c.f, rows);
  put_marks(&c);
  return figure_draw(&c.f, output, error);
}

const struct plot_kind plot_claims = {
    .name = "claims", .doc = "Each claim's value and interval against its limit.", .least = 1, .most = 1, .draw = draw};
