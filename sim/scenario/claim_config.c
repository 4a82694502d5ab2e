#include "sim/scenario/claim_config.h"
#include "sim/engine/arena.h"
#include "sim/json/diagnostic.h"

enum { WORD_MUST, WORD_SHOULD, WORD_INFO };
static const char *const severity_words[] = {"must", "should", "info", NULL};

static const struct field claim_fields[] = {
    KEY("id", TEXT, claim, name, OPTIONAL, .doc = "Short name; absent: its number."),
    KEY("require", TEXT, claim, keys.require, OPTIONAL, .one_of = true,
        .doc = "A requirement, to be kept, such as \"p99(buy.latency) < 250ms\"; the grammar is in docs/results.md."),
    KEY("stated", TEXT, claim, keys.stated, OPTIONAL, .one_of = true,
        .doc = "A document's figure under audit, such as \"rate(all) >= 150/s\": confirmed, better than stated, or contradicted."),
    KEY("show", TEXT, claim, keys.show, OPTIONAL, .one_of = true,
        .doc = "Shown and not judged, with or without a limit: \"p99(buy.latency)\"."),
    KEY("expr", TEXT, claim, keys.expr, OPTIONAL, .one_of = true, .doc = "An older word for \"require\"."),
    KEY("severity", WORD, claim, keys.severity, DEFAULT("must"), .words = severity_words,
        .doc = "Of a requirement: a should that fails is a warning and does not change the exit code. \"info\" is an older way to "
               "write \"show\"."),
    KEY("source", TEXT, claim, source, OPTIONAL, .doc = "The planning document's figure, such as P-2. A statement must have one."),
    KEY("note", TEXT, claim, note, OPTIONAL, .doc = "How the figure was turned into this claim."),
    {0}};
const struct record claim_record = {.name = "claim",
                                    .size = sizeof(struct claim),
                                    .fields = claim_fields,
                                    .doc = "What must hold, what a planning document states, or what is to be shown.",
                                    .shorthand = "require"};

static const char *const *text_of(const struct claim *c) {
  const struct claim_keys *k = &c->keys;
  return k->stated ? &k->stated : k->show ? &k->show : k->expr ? &k->expr : &k->require;
}

static const struct position *position_of(const struct binder *b, const void *member) {
  const struct json_value *value = bind_value_of(b, member);
  return value ? json_position(value) : NULL;
}

const struct position *claim_config_position(const struct binder *b, const struct claim *c) { return position_of(b, text_of(c)); }

/* An old file says {"expr": ..., "severity": "info"}. */
static bool is_old_info(const struct claim *c) { return c->keys.severity == WORD_INFO && c->keys.expr; }

static void check_severity(struct binder *b, const struct claim *c) {
  static const char *const called[] = {[CLAIM_STATEMENT] = "a statement", [CLAIM_INFO] = "what is only shown"};
  if (!bind_was_given(b, &c->keys.severity)) return;
  const struct position *at = position_of(b, &c->keys.severity);
  if (is_old_info(c))
    diagnostic_warn(b->diagnostics, at, "old-claim", "claim \"%s\": write { \"show\": ... } instead of \"severity\": \"info\"",
                    c->expression);
  else if (c->kind != CLAIM_REQUIREMENT)
    diagnostic_add(b->diagnostics, at, "claim \"%s\": \"severity\" belongs to a requirement, %s has none", c->expression,
                   called[c->kind]);
  else if (c->keys.severity == WORD_INFO)
    diagnostic_add(b->diagnostics, at,
                   "claim \"%s\" is required and \"info\" at once: write { \"show\": ... } for what is only shown", c->expression);
}

/* More than one is an error of the binder, from which others would follow. */
static bool is_unique(const struct claim *c) {
  const struct claim_keys *k = &c->keys;
  return !!k->require + !!k->stated + !!k->show + !!k->expr == 1;
}

void claim_config_resolve(struct binder *b, struct claim *c, uint32_t number) {
  c->expression = *text_of(c);
  if (!c->name) c->name = arena_format(b->arena, "claim-%u", number);
  if (!is_unique(c)) return;
  c->kind = c->keys.stated ? CLAIM_STATEMENT : c->keys.show || is_old_info(c) ? CLAIM_INFO : CLAIM_REQUIREMENT;
  c->severity = c->keys.severity == WORD_SHOULD ? SEVERITY_SHOULD : SEVERITY_MUST;
  check_severity(b, c);
  if (c->kind == CLAIM_STATEMENT && !(c->source && *c->source))
    diagnostic_add(b->diagnostics, claim_config_position(b, c),
                   "claim \"%s\" is stated, but not where: it needs a \"source\", the document's figure, such as \"P-2\"",
                   c->expression);
}
