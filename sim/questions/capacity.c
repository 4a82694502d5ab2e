/* The course of a search: ends, scan, which bounds break and which begin, the bracket of all of them, then of each alone. */
#include "sim/questions/capacity.h"
#include "sim/engine/arena.h"
#include "sim/questions/capacity_inner.h"
#include "sim/measure/measure.h"
#include "sim/measure/findings.h"
#include "sim/measure/verdict.h"
#include "sim/study/version.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { END_LOOKS = 8, FAILING_LOOKS = 2, MAIN_LOOKS = 40, SCANNED = 10, CHECK_LOOKS = 4 };
static const double overload = 1.05, alone_precision = 0.05, default_precision = 0.01, wide_range = 50;

/* --- the question ------------------------------------------------------------------------------------------------------------- */

static bool left_out(const struct capacity_options *o, const struct claim *c) {
  for (uint32_t i = 0; i < o->without_count; i++)
    if ((c->name && !strcmp(o->without[i], c->name)) || !strcmp(o->without[i], c->expression)) return true;
  return false;
}

static void add_bound(struct search *s, const struct claim *c, uint32_t claim, bool at_least) {
  bool both = c->comparison == COMPARE_IN;
  s->bounds[s->bound_count++] = (struct capacity_bound){.id = c->name,
                                                        .expression = c->expression,
                                                        .side = !both      ? ""
                                                                : at_least ? "lower limit of"
                                                                           : "upper limit of",
                                                        .claim = claim,
                                                        .unit = measure_unit(&c->measure),
                                                        .low = at_least ? c->low : -INFINITY,
                                                        .high = at_least ? INFINITY : c->high,
                                                        .at_least = at_least};
}

static void add_bounds(struct search *s, const struct scenario *scenario) {
  struct config_list judged = scenario_judged(s->arena, scenario);
  const struct claim *claims = judged.items;
  s->bounds = arena_new_array(s->arena, struct capacity_bound, 2 * judged.count + 1);
  for (uint32_t i = 0; i < judged.count; i++) {
    const struct claim *c = &claims[i];
    if (c->kind != CLAIM_REQUIREMENT || c->severity != SEVERITY_MUST || left_out(s->options, c)) continue;
    bool in = c->comparison == COMPARE_IN, least = c->comparison == COMPARE_GREATER || c->comparison == COMPARE_GREATER_EQUAL;
    if (in || least) add_bound(s, c, i, true);
    if (in || !least) add_bound(s, c, i, false);
  }
}

static const char *wrong_question(const struct search *s, const struct scenario *scenario) {
  struct config_list judged = scenario_judged(s->arena, scenario);
  const struct claim *claims = judged.items;
  for (uint32_t k = 0; k < s->options->without_count; k++) {
    const struct capacity_options one = {.without = s->options->without + k, .without_count = 1};
    bool found = false;
    for (uint32_t i = 0; i < judged.count; i++) found |= left_out(&one, &claims[i]);
    if (!found) return arena_format(s->arena, "--without %s: no claim has this id or text", one.without[0]);
  }
  if (s->bound_count) return NULL;
  return "the scenario has no requirement of severity must, so nothing could break: add one, such as \"p99(all.latency) < 500ms\", "
         "to "
         "\"claims\"";
}

/* --- ends and scan ------------------------------------------------------------------------------------------------------------ */

/* The end of the range, or where it is overloaded by little, when it is overloaded and the other end is not. */
static double clipped(struct search *s, double end, double other) {
  if (trial_load(s, end) <= overload || s->invalid || trial_load(s, other) >= overload) return end;
  double over = end, under = other;
  for (int i = 0; i < 40 && fabs(over - under) > fmax(1e-3 * fabs(over), s->range->whole) && !s->invalid; i++) {
    double middle = axis_round(s->range, 0.5 * (over + under));
    if (middle == over || middle == under) break;
    *(trial_load(s, middle) > overload ? &over : &under) = middle;
  }
  return over;
}

static bool all_shown(const struct search *s, const struct trial *t) {
  for (uint32_t i = 0; i < s->bound_count; i++)
    if (!is_shown(t->verdicts[i])) return false;
  return true;
}

static bool any_fails(const struct search *s, const struct trial *t) {
  for (uint32_t i = 0; i < s->bound_count; i++)
    if (t->verdicts[i] == VERDICT_FAIL) return true;
  return false;
}

/* Where something fails, the rest may stay undecided after a few looks: the search goes the other way. Null: nothing can be said,
 * for the scenario is invalid or all was interrupted. */
static struct trial *look_at_end(struct search *s, double x) {
  struct trial *t = trial_at(s, x);
  for (uint32_t i = 0; t && i < END_LOOKS && !all_shown(s, t) && (i < FAILING_LOOKS || !any_fails(s, t)); i++)
    if (!trial_look(s, t, 0)) break;
  return s->invalid || s->interrupted ? NULL : t;
}

static void scan(struct search *s, double from, double to) {
  double low = fmin(from, to), high = fmax(from, to);
  bool wide = low > 0 && high / low > wide_range;
  for (int i = 1; i < SCANNED && !s->interrupted; i++) {
    double share = (double)i / SCANNED;
    struct trial *t = trial_at(s, wide ? low * pow(high / low, share) : low + share * (high - low));
    if (!t) return;
    trial_scan(s, t);
  }
}

/* --- which bounds break ------------------------------------------------------------------------------------------------------- */

struct ends {
  struct trial *low, *high;
};

/* An end at which nothing could be shown is taken for the bad one when it is overloaded, or the far one. */
static enum capacity_course course_of(const struct ends *e, uint32_t bound) {
  enum verdict low = e->low->verdicts[bound], high = e->high->verdicts[bound];
  if (low == VERDICT_PASS) return high == VERDICT_PASS ? COURSE_HOLDS : COURSE_BREAKS;
  bool fails = low == VERDICT_FAIL || e->low->load >= 1;
  if (fails && high == VERDICT_PASS) return COURSE_BEGINS;
  return low == VERDICT_FAIL && high == VERDICT_FAIL ? COURSE_NEVER : COURSE_UNDECIDED;
}

static void keep_courses(struct search *s, const struct ends *e) {
  s->courses = arena_new_array(s->arena, enum capacity_course, s->bound_count);
  for (uint32_t i = 0; i < s->bound_count; i++) s->courses[i] = course_of(e, i);
}

static bool any_course(const struct search *s, const struct ends *e, enum capacity_course course) {
  for (uint32_t i = 0; i < s->bound_count; i++)
    if (course_of(e, i) == course) return true;
  return false;
}

/* Ends that were moved in from overload and still hold are moved out again. */
static bool find_ends(struct search *s, struct ends *e) {
  double low = clipped(s, s->range->low, s->range->high), high = s->invalid ? 0 : clipped(s, s->range->high, s->range->low);
  if (s->invalid || !(e->low = look_at_end(s, low)) || !(e->high = look_at_end(s, high))) return false;
  if (high != s->range->high && !any_course(s, e, COURSE_BREAKS) && !any_course(s, e, COURSE_NEVER))
    e->high = look_at_end(s, s->range->high);
  if (low != s->range->low && e->high && !any_course(s, e, COURSE_BEGINS) && !any_course(s, e, COURSE_NEVER))
    e->low = look_at_end(s, s->range->low);
  return e->low && e->high;
}

/* --- the answer --------------------------------------------------------------------------------------------------------------- */

static bool *members_of(struct search *s, const struct ends *e, enum capacity_course course, bool steady) {
  bool *members = arena_new_array(s->arena, bool, s->bound_count);
  for (uint32_t i = 0; i < s->bound_count; i++)
    members[i] = course_of(e, i) == course || (steady && course_of(e, i) == COURSE_HOLDS);
  return members;
}

static void note(struct search *s, struct capacity_result *r, const char *text) {
  const char **all = arena_new_array(s->arena, const char *, r->note_count + 1);
  for (uint32_t i = 0; i < r->note_count; i++) all[i] = r->notes[i];
  all[r->note_count++] = text;
  r->notes = all;
}

static struct capacity_root close_and_tell(struct search *s, struct capacity_result *r, const struct group *g) {
  group_close(s, g, r->precision, MAIN_LOOKS);
  group_check(s, g, CHECK_LOOKS);
  group_close(s, g, r->precision, MAIN_LOOKS / 2); /* when that has shown something new */
  const struct trial *odd = group_contradiction(s, g);
  struct gap gap = group_gap(s, g);
  if (odd)
    note(s, r,
         arena_format(s->arena, "not monotone: the claims hold at %s and fail at %s; the answer is about the %s of the two",
                      axis_words(s->arena, s->range, odd->x), axis_words(s->arena, s->range, gap.bad->x),
                      g->up ? "lower" : "higher"));
  return group_root(s, g, r->precision);
}

static const char *bound_text(struct search *s, uint32_t bound) {
  const struct capacity_bound *b = &s->bounds[bound];
  return arena_format(s->arena, "%s%s%s", b->side, *b->side ? " " : "", b->expression);
}

static const char *list_of(struct search *s, const struct ends *e, enum capacity_course course) {
  const char *list = "";
  for (uint32_t i = 0; i < s->bound_count; i++)
    if (course_of(e, i) == course) list = arena_format(s->arena, "%s%s%s", list, *list ? ", " : "", bound_text(s, i));
  return list;
}

/* Claims that hold, or fail, at both ends may do otherwise between them: the scan would have seen it. */
static void note_between(struct search *s, struct capacity_result *r, const struct ends *e) {
  for (uint32_t i = 0; i < s->count; i++)
    for (uint32_t b = 0; b < s->bound_count; b++) {
      enum capacity_course course = course_of(e, b);
      double margin = s->trials[i]->margins[b];
      bool fails = course == COURSE_HOLDS && margin > 0, holds = course == COURSE_NEVER && margin < 0;
      if (!fails && !holds) continue;
      note(s, r,
           arena_format(s->arena, "not monotone: %s %s at both ends and seems to %s at %s; search each side of it on its own",
                        bound_text(s, b), fails ? "holds" : "fails", fails ? "fail" : "hold",
                        axis_words(s->arena, s->range, s->trials[i]->x)));
      return;
    }
}

/* Why nothing is shown of a bound at the end where the search begins. */
static const char *why_undecided(struct search *s, const struct ends *e) {
  for (uint32_t i = 0; i < s->bound_count; i++) {
    if (course_of(e, i) != COURSE_UNDECIDED) continue;
    struct claim_result v = claim_verdict(e->low->evidence, s->bounds[i].claim);
    bool nothing = v.verdict == VERDICT_NO_DATA;
    return arena_format(s->arena, "%s %s at %s after %u replications%s%s", bound_text(s, i),
                        nothing ? "has no data" : "is undecided", axis_words(s->arena, s->range, e->low->x), e->low->replications,
                        nothing && v.reason ? ": " : "", nothing && v.reason ? v.reason : "");
  }
  return NULL;
}

static double four_digits(double x) {
  double step = x != 0 ? pow(10, floor(log10(fabs(x))) - 3) : 1;
  return round(x / step) * step;
}

static void answer_between(struct search *s, struct capacity_result *r, const struct ends *e) {
  bool breaks = any_course(s, e, COURSE_BREAKS), begins = any_course(s, e, COURSE_BEGINS);
  const struct group upper = {members_of(s, e, COURSE_BREAKS, true), true}, lower = {members_of(s, e, COURSE_BEGINS, true), false};
  if (begins) r->least = close_and_tell(s, r, &lower);
  if (breaks) r->most = close_and_tell(s, r, &upper);
  r->kind = breaks ? begins ? CAPACITY_STRETCH : CAPACITY_LARGEST : CAPACITY_SMALLEST;
  r->resolved = (!breaks || r->most.resolved) && (!begins || r->least.resolved);
  if (breaks && begins && r->least.low > r->most.high) {
    r->kind = CAPACITY_NOWHERE;
    r->resolved = true;
    r->reason = arena_format(s->arena, "%s begins to hold only at %s, and %s holds no longer than to %s",
                             list_of(s, e, COURSE_BEGINS), axis_words(s->arena, s->range, four_digits(r->least.value)),
                             list_of(s, e, COURSE_BREAKS), axis_words(s->arena, s->range, four_digits(r->most.value)));
  }
}

static void answer(struct search *s, struct capacity_result *r, const struct ends *e) {
  r->resolved = true;
  r->reason = NULL;
  if (any_course(s, e, COURSE_NEVER)) {
    r->kind = CAPACITY_NOWHERE;
    r->reason = arena_format(s->arena, "%s fails already at %s, and at %s", list_of(s, e, COURSE_NEVER),
                             axis_words(s->arena, s->range, e->low->x), axis_words(s->arena, s->range, e->high->x));
  } else if (any_course(s, e, COURSE_UNDECIDED)) {
    r->kind = CAPACITY_UNDECIDED;
    r->resolved = false;
    r->reason = why_undecided(s, e);
  } else if (any_course(s, e, COURSE_BREAKS) || any_course(s, e, COURSE_BEGINS)) {
    answer_between(s, r, e);
  } else {
    r->kind = CAPACITY_EVERYWHERE;
  }
}

/* What the bounds on uptime do not contain, of the scenario at the lowest value that was run. */
static void note_left_out(struct search *s, struct capacity_result *r) {
  const struct evidence *first = s->count ? s->trials[0]->evidence : NULL;
  for (uint32_t i = 0; first && i < s->bound_count; i++) {
    if (!evidence_claimed(first, s->bounds[i].claim)->measure.kind->over_faults) continue;
    note(s, r, arena_format(s->arena, "availability, downtime, rto and rpo leave out: %s", findings_leaves_out(first)));
    return;
  }
}

/* --- each bound alone --------------------------------------------------------------------------------------------------------- */

/* Breaking ones in their order, then those that begin, then those that hold throughout, then the rest. */
static int by_breaking(const void *a, const void *b) {
  const struct capacity_limit *x = a, *y = b;
  if (x->course != y->course) return x->course < y->course ? -1 : 1;
  double p = x->root.value, q = y->root.value;
  bool down = x->course == COURSE_BEGINS; /* the last to begin is what the answer depends on */
  if (isnan(p) || isnan(q)) return isnan(p) - isnan(q);
  return p == q ? (x->bound > y->bound) - (x->bound < y->bound) : (p < q) != down ? -1 : 1;
}

static void limits_of(struct search *s, struct capacity_result *r, const struct ends *e) {
  r->limits = arena_new_array(s->arena, struct capacity_limit, s->bound_count);
  bool searched = r->kind != CAPACITY_UNDECIDED && r->kind != CAPACITY_EVERYWHERE;
  double precision = fmax(alone_precision, r->precision);
  for (uint32_t i = 0; i < s->bound_count; i++) {
    struct capacity_limit *l = &r->limits[r->limit_count++];
    *l = (struct capacity_limit){i, course_of(e, i), {NAN, NAN, NAN, NAN, NAN, false}, NULL, NAN};
    if (l->course == COURSE_HOLDS) l->root.holds = e->high->x;
    if (!searched || (l->course != COURSE_BREAKS && l->course != COURSE_BEGINS)) continue;
    bool *alone = arena_new_array(s->arena, bool, s->bound_count);
    alone[i] = true;
    const struct group group = {alone, l->course == COURSE_BREAKS};
    group_close(s, &group, precision, CAPACITY_LOOKS);
    l->root = group_root(s, &group, precision);
  }
  qsort(r->limits, r->limit_count, sizeof *r->limits, by_breaking);
}

static void describe(const struct search *s, struct capacity_result *r, const struct scenario *scenario) {
  const struct axis *range = s->range;
  r->scenario_name = scenario->name;
  r->scenario_title = scenario->title;
  r->scenario_file = scenario->file;
  r->scenario_hash = scenario->hash;
  r->components = component_names(s->arena, &scenario->model);
  r->engine = AGUANTA_VERSION;
  r->seed_text = arena_format(s->arena, "%llu", (unsigned long long)scenario->model.run.seed);
  r->path = range->path;
  r->unit = range->unit;
  r->noun = range->noun;
  r->low_text = range->low_text;
  r->high_text = range->high_text;
  r->whole = range->whole;
  r->bounds = s->bounds;
  r->bound_count = s->bound_count;
  double wanted = s->options->study.precision;
  r->precision = wanted > 0 ? wanted : default_precision;
  r->knee = -1;
  r->kind = CAPACITY_UNDECIDED;
  r->reason = "interrupted before anything was known";
  const struct capacity_root unknown = {NAN, NAN, NAN, NAN, NAN, false};
  r->most = r->least = unknown;
}

static uint32_t budget_of(const struct capacity_options *o, const struct run_config *run) {
  uint32_t first = run->replications > ENOUGH_LEAST ? (uint32_t)run->replications : ENOUGH_LEAST;
  return enough_budget(first, o->study.budget ? o->study.budget : run->budget, true);
}

struct capacity_result *capacity_find(struct arena *arena, const struct capacity_options *o, const char **wrong) {
  struct search s = {.arena = arena, .options = o, .range = &o->range, .known = {NAN, NAN, NAN, NAN, NAN, false}};
  struct capacity_result *r = arena_alloc(arena, sizeof *r);
  const struct scenario *first = o->scenario(o->context, arena, o->range.low_text, NULL, 0);
  *wrong = NULL;
  if (!first || !o->scenario(o->context, arena, o->range.high_text, NULL, 0)) return NULL;
  add_bounds(&s, first);
  if ((*wrong = wrong_question(&s, first))) return NULL;
  s.budget = budget_of(o, &first->model.run);
  describe(&s, r, first);
  struct ends ends = {NULL, NULL};
  if (find_ends(&s, &ends)) {
    keep_courses(&s, &ends);
    scan(&s, ends.low->x, ends.high->x);
    answer(&s, r, &ends);
    note_between(&s, r, &ends);
    limits_of(&s, r, &ends);
  }
  if (!s.invalid) capacity_findings(&s, r);
  if (!s.invalid) note_left_out(&s, r);
  if (!s.invalid && first->assumed_loops) note(&s, r, first->assumed_loops);
  if (!s.invalid && s.narrowed) note(&s, r, s.narrowed);
  for (uint32_t i = 0; i < s.count; i++) study_close(s.trials[i]->study);
  return s.invalid ? NULL : r;
}
