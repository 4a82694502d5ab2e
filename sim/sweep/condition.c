#include "sim/sweep/condition.h"
#include "sim/engine/arena.h"
#include "sim/scenario/place_path.h"
#include "sim/scenario/unit.h"
#include <ctype.h>
#include <string.h>

enum { OPERAND_VALUE = -1, OPERAND_REPEAT = SWEEP_COLUMNS };

enum connective { COMPARE, NOT, AND, OR };

/* `sign` is that of left - right, or 2 when the two cannot be compared. */
struct operator{
  const char *text;
  bool less, equal, more;
};
static const struct operator operators[] = {{"<=", true, true, false},
                                            {">=", false, true, true},
                                            {"==", false, true, false},
                                            {"!=", true, false, true},
                                            {"<", true, false, false},
                                            {">", false, false, true},
                                            {0}};

struct operand {
  int column; /* or OPERAND_ ... */
  const char *text;
};

struct condition {
  enum connective connective;
  const struct condition *a, *b; /* NOT: a */
  const struct operator* op;
  struct operand left, right;
  enum field_kind kind;
};

struct parser {
  const struct sweep *sweep;
  struct arena *arena;
  const char *at;
  const char *wrong;
};

static struct condition *parse_or(struct parser *, int depth);

static struct condition *refuse(struct parser *p, const char *wrong) {
  if (!p->wrong) p->wrong = wrong;
  return NULL;
}

static void skip_space(struct parser *p) { p->at += strspn(p->at, " \t\n"); }

/* A word up to a space, a bracket or an operator; quotes hold everything. Null at none. */
static const char *take_word(struct parser *p, bool *quoted) {
  skip_space(p);
  *quoted = *p->at == '"' || *p->at == '\'';
  if (*quoted) {
    const char *end = strchr(p->at + 1, *p->at), *from = p->at + 1;
    if (!end) return NULL;
    p->at = end + 1;
    return arena_format(p->arena, "%.*s", (int)(end - from), from);
  }
  size_t length = strcspn(p->at, " \t\n()<>=!\"'");
  const char *word = length ? arena_format(p->arena, "%.*s", (int)length, p->at) : NULL;
  p->at += length;
  return word;
}

/* Whether the next word is this one; it is then taken. */
static bool take_keyword(struct parser *p, const char *keyword) {
  skip_space(p);
  size_t length = strlen(keyword);
  if (strncmp(p->at, keyword, length) || (p->at[length] && !strchr(" \t\n(", p->at[length]))) return false;
  p->at += length;
  return true;
}

static int column_of(const struct sweep *s, const char *path) {
  for (uint32_t i = 0; i < s->column_count; i++)
    if (!strcmp(s->columns[i].path, path)) return (int)i;
  return !strcmp(path, "repeat") && s->repeat > 1 ? OPERAND_REPEAT : OPERAND_VALUE;
}

static enum field_kind kind_of(const struct sweep *s, int column) {
  return column == OPERAND_REPEAT ? FIELD_INTEGER : s->columns[column].kind;
}

static struct condition *unknown_path(struct parser *p, const char *path) {
  const struct sweep *s = p->sweep;
  const char *names[SWEEP_COLUMNS], *list = "";
  for (uint32_t i = 0; i < s->column_count; i++) {
    names[i] = s->columns[i].path;
    list = arena_format(p->arena, "%s%s%s", list, i ? ", " : "", names[i]);
  }
  const char *near = nearest_name(path, names, s->column_count);
  if (near) return refuse(p, arena_format(p->arena, "names \"%s\", which is not varied; did you mean \"%s\"?", path, near));
  return refuse(p, arena_format(p->arena, "names \"%s\", which is not varied; varied are: %s", path, list));
}

static bool has_number(enum field_kind kind) {
  return kind != FIELD_TEXT && kind != FIELD_WORD && kind != FIELD_MEMBER && kind != FIELD_REFERENCE && kind != FIELD_FLAG &&
         kind != FIELD_WORDS && kind != FIELD_REFERENCES && kind != FIELD_SEED && kind != FIELD_TABLE && kind != FIELD_FILE;
}

static const char *form_of(struct arena *arena, enum field_kind kind) {
  const struct unit_form *form = unit_form(kind == FIELD_DISTRIBUTION ? FIELD_DURATION : kind);
  return form ? arena_format(arena, "%s such as %s", form->called, form->example) : "a number";
}

/* Numbers without a dimension compare with each other, all others only with their own kind. */
static bool comparable(enum field_kind a, enum field_kind b) {
  static const bool bare[FIELD_CHOICES + 1] = {
      [FIELD_INTEGER] = true, [FIELD_NUMBER] = true, [FIELD_LIMIT] = true, [FIELD_CPU] = true, [FIELD_RATIO] = true};
  if (a == FIELD_DISTRIBUTION) a = FIELD_DURATION;
  if (b == FIELD_DISTRIBUTION) b = FIELD_DURATION;
  return a == b || (bare[a] && bare[b]) || (!has_number(a) && !has_number(b));
}

/* The right side must be comparable with the left one. */
static struct condition *check_types(struct parser *p, struct condition *c, const char *path) {
  double unused;
  c->kind = kind_of(p->sweep, c->left.column);
  if (!has_number(c->kind) && c->op->less != c->op->more)
    return refuse(p,
                  arena_format(p->arena, "asks for %s of %s, which is not a number: only == and != compare it", c->op->text, path));
  if (c->right.column != OPERAND_VALUE && !comparable(kind_of(p->sweep, c->right.column), c->kind))
    return refuse(p, arena_format(p->arena, "compares %s with %s, which is of another kind", path, c->right.text));
  if (c->right.column == OPERAND_VALUE && has_number(c->kind) && !place_number(p->arena, c->kind, c->right.text, &unused))
    return refuse(
        p, arena_format(p->arena, "compares %s with \"%s\", which is not %s", path, c->right.text, form_of(p->arena, c->kind)));
  return c;
}

static struct condition *parse_comparison(struct parser *p) {
  struct condition *c = arena_alloc(p->arena, sizeof *c);
  bool quoted;
  const char *path = take_word(p, &quoted);
  if (!path && !*p->at) return refuse(p, "needs a path at its end");
  if (!path || quoted) return refuse(p, arena_format(p->arena, "needs a path before \"%s\"", p->at));
  c->left = (struct operand){column_of(p->sweep, path), path};
  if (c->left.column == OPERAND_VALUE) return unknown_path(p, path);
  skip_space(p);
  for (c->op = operators; c->op->text && strncmp(p->at, c->op->text, strlen(c->op->text)); c->op++) {}
  if (!c->op->text) return refuse(p, arena_format(p->arena, "needs one of < <= > >= == != after %s", path));
  p->at += strlen(c->op->text);
  c->right.text = take_word(p, &quoted);
  if (!c->right.text) return refuse(p, arena_format(p->arena, "needs a value after %s %s", path, c->op->text));
  c->right.column = quoted ? OPERAND_VALUE : column_of(p->sweep, c->right.text);
  return check_types(p, c, path);
}

static struct condition *join(struct parser *p, enum connective connective, const struct condition *a, const struct condition *b) {
  struct condition *c = arena_alloc(p->arena, sizeof *c);
  c->connective = connective;
  c->a = a;
  c->b = b;
  return a && (b || connective == NOT) ? c : NULL;
}

static struct condition *parse_not(struct parser *p, int depth) {
  if (depth > 50) return refuse(p, "is nested too deeply");
  if (take_keyword(p, "not")) return join(p, NOT, parse_not(p, depth + 1), NULL);
  skip_space(p);
  if (*p->at != '(') return parse_comparison(p);
  p->at++;
  struct condition *inner = parse_or(p, depth + 1);
  skip_space(p);
  if (inner && *p->at != ')') return refuse(p, "has a bracket that is not closed");
  p->at += inner != NULL;
  return inner;
}

static struct condition *parse_and(struct parser *p, int depth) {
  struct condition *c = parse_not(p, depth);
  while (c && take_keyword(p, "and")) c = join(p, AND, c, parse_not(p, depth));
  return c;
}

static struct condition *parse_or(struct parser *p, int depth) {
  struct condition *c = parse_and(p, depth);
  while (c && take_keyword(p, "or")) c = join(p, OR, c, parse_and(p, depth));
  return c;
}

const char *condition_parse(const struct sweep *s, const char *text, const struct condition **out) {
  struct parser p = {s, s->arena, text, NULL};
  *out = parse_or(&p, 0);
  skip_space(&p);
  if (*out && *p.at) return arena_format(s->arena, "has \"%s\" where \"and\", \"or\" or the end should be", p.at);
  return p.wrong;
}

/* --- whether it holds --------------------------------------------------------------------------------------------------------- */

static const char *text_of(const struct operand *o, const struct sweep_value *const *values) {
  if (o->column == OPERAND_VALUE) return o->text;
  return values[o->column] ? values[o->column]->text : NULL;
}

static bool number_of(const struct condition *c, const struct sweep *s, const struct operand *o,
                      const struct sweep_value *const *values, uint32_t repetition, double *out) {
  *out = repetition;
  if (o->column == OPERAND_REPEAT) return true;
  const char *text = text_of(o, values);
  return text && place_number(s->arena, o->column == OPERAND_VALUE ? c->kind : kind_of(s, o->column), text, out);
}

static bool compare(const struct condition *c, const struct sweep *s, const struct sweep_value *const *values,
                    uint32_t repetition) {
  if (!has_number(c->kind)) {
    const char *a = text_of(&c->left, values), *b = text_of(&c->right, values);
    return a && b && (strcmp(a, b) ? c->op->less : c->op->equal);
  }
  double a, b;
  if (!number_of(c, s, &c->left, values, repetition, &a) || !number_of(c, s, &c->right, values, repetition, &b)) return false;
  return a < b ? c->op->less : a > b ? c->op->more : c->op->equal;
}

bool condition_holds(const struct condition *c, const struct sweep *s, const struct sweep_value *const *values,
                     uint32_t repetition) {
  switch (c->connective) {
  case NOT:
    return !condition_holds(c->a, s, values, repetition);
  case AND:
    return condition_holds(c->a, s, values, repetition) && condition_holds(c->b, s, values, repetition);
  case OR:
    return condition_holds(c->a, s, values, repetition) || condition_holds(c->b, s, values, repetition);
  default:
    return compare(c, s, values, repetition);
  }
}
