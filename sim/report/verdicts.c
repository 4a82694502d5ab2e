#include "sim/report/verdicts.h"
#include "sim/report/format.h"
#include <stdio.h>
#include <string.h>

/* --- sums --------------------------------------------------------------------------------------------------------------------- */

static void add_requirement(struct requirement_sum *sum, const struct claim_result *claim) {
  bool should = claim->severity == SEVERITY_SHOULD;
  sum->count++;
  switch (claim->verdict) {
  case VERDICT_PASS:
    sum->pass++;
    break;
  case VERDICT_FAIL:
    ++*(should ? &sum->warnings : &sum->fail);
    break;
  case VERDICT_UNDECIDED:
    ++*(should ? &sum->open : &sum->undecided);
    break;
  default:
    ++*(should ? &sum->open : &sum->no_data);
  }
}

static void add_statement(struct statement_sum *sum, enum verdict verdict) {
  sum->count++;
  switch (verdict) {
  case VERDICT_CONFIRMED:
    sum->confirmed++;
    break;
  case VERDICT_BETTER:
    sum->better++;
    break;
  case VERDICT_CONTRADICTED:
    sum->contradicted++;
    break;
  case VERDICT_UNDECIDED:
    sum->undecided++;
    break;
  default:
    sum->no_data++;
  }
}

void verdicts_add(struct requirement_sum *all, const struct requirement_sum *more) {
  all->count += more->count, all->pass += more->pass, all->fail += more->fail, all->undecided += more->undecided;
  all->no_data += more->no_data, all->warnings += more->warnings, all->open += more->open;
}

enum verdict verdicts_worst(const struct requirement_sum *sum) {
  return sum->fail ? VERDICT_FAIL : sum->undecided ? VERDICT_UNDECIDED : sum->no_data ? VERDICT_NO_DATA : VERDICT_PASS;
}

static enum verdict worst_statement(const struct statement_sum *sum) {
  return !sum->count         ? VERDICT_NONE
         : sum->contradicted ? VERDICT_CONTRADICTED
         : sum->undecided    ? VERDICT_UNDECIDED
         : sum->no_data      ? VERDICT_NO_DATA
         : sum->better       ? VERDICT_BETTER
                             : VERDICT_CONFIRMED;
}

/* It goes without saying. */
static bool is_silent(const struct claim_result *claim) { return claim->implicit && claim->verdict == VERDICT_PASS; }

struct verdict_sum verdicts_of(const struct results *r) {
  struct verdict_sum sum = {0};
  uint32_t musts = 0;
  for (uint32_t i = 0; i < r->claim_count; i++) {
    const struct claim_result *claim = &r->claims[i];
    if (is_silent(claim)) continue;
    if (claim->kind == CLAIM_REQUIREMENT) add_requirement(&sum.requirements, claim), musts += claim->severity == SEVERITY_MUST;
    if (claim->kind == CLAIM_STATEMENT) add_statement(&sum.statements, claim->verdict);
    sum.info += claim->kind == CLAIM_INFO;
  }
  sum.requirements.overall = musts ? verdicts_worst(&sum.requirements) : VERDICT_NONE;
  sum.statements.overall = worst_statement(&sum.statements);
  return sum;
}

/* --- lines -------------------------------------------------------------------------------------------------------------------- */

struct part {
  uint32_t count;
  const char *word;
};

/* "WORD (3 pass, 1 fail)" of the parts that are not 0, or what stands for none. */
static struct verdict_line line_of(const char *word, const struct part *parts, int count, const char *none) {
  struct verdict_line line;
  size_t used = (size_t)snprintf(line.text, sizeof line.text, "%s (", word);
  bool any = false;
  for (int i = 0; i < count; i++) {
    if (!parts[i].count || used >= sizeof line.text) continue;
    used += (size_t)snprintf(line.text + used, sizeof line.text - used, "%s%u %s", any ? ", " : "", parts[i].count, parts[i].word);
    any = true;
  }
  if (used < sizeof line.text) snprintf(line.text + used, sizeof line.text - used, "%s)", any ? "" : none);
  return line;
}

struct verdict_line verdicts_line(const struct results *r) {
  struct requirement_sum sum = verdicts_of(r).requirements;
  const struct part parts[] = {{sum.pass, "pass"},
                               {sum.fail, "fail"},
                               {sum.undecided, "undecided"},
                               {sum.no_data, "no data"},
                               {sum.warnings, sum.warnings == 1 ? "warning" : "warnings"},
                               {sum.open, "should open"}};
  const char *word = format_verdict_word(sum.overall);
  if (r->interrupted) word = "INTERRUPTED";
  if (r->violation_count) word = "ERROR";
  return line_of(word, parts, sizeof parts / sizeof *parts, "no requirements");
}

struct verdict_line verdicts_statement_words(const struct statement_sum *sum) {
  const struct part parts[] = {{sum->confirmed, "confirmed"},
                               {sum->better, "better than stated"},
                               {sum->contradicted, "contradicted"},
                               {sum->undecided, "undecided"},
                               {sum->no_data, "no data"}};
  if (!sum->count) return (struct verdict_line){""};
  return line_of(format_verdict_word(sum->overall), parts, sizeof parts / sizeof *parts, "");
}

struct verdict_line verdicts_statements(const struct results *r) {
  struct verdict_sum sum = verdicts_of(r);
  return verdicts_statement_words(&sum.statements);
}

struct verdict_line verdicts_both(const struct results *r) {
  struct verdict_line line = verdicts_line(r), statements = verdicts_statements(r);
  size_t used = strlen(line.text);
  if (*statements.text) snprintf(line.text + used, sizeof line.text - used, "; statements: %.*s", 100, statements.text);
  return line;
}

/* --- one claim ---------------------------------------------------------------------------------------------------------------- */

const char *verdict_kind_word(enum claim_kind kind) {
  static const char *const words[] = {"requirement", "statement", "info"};
  return words[kind];
}

const char *verdict_claim_word(const struct claim_result *claim) {
  if (claim->kind == CLAIM_INFO) return "";
  bool warns = claim->kind == CLAIM_REQUIREMENT && claim->severity == SEVERITY_SHOULD && claim->verdict == VERDICT_FAIL;
  return warns ? "WARN" : format_verdict_word(claim->verdict);
}

bool verdict_is_open(const struct claim_result *claim) {
  return claim->verdict != VERDICT_PASS && claim->verdict != VERDICT_CONFIRMED && claim->verdict != VERDICT_BETTER &&
         claim->verdict != VERDICT_NONE;
}

struct verdict_line verdict_claim_tag(const struct claim_result *claim) {
  struct verdict_line tag;
  const char *source = claim->source ? claim->source : "";
  bool should = claim->kind == CLAIM_REQUIREMENT && claim->severity == SEVERITY_SHOULD;
  snprintf(tag.text, sizeof tag.text, "%.140s%s%s", source, *source && should ? ", " : "", should ? "should" : "");
  return tag;
}

const struct claim_result *verdict_next(const struct results *r, enum claim_kind kind, uint32_t *at) {
  while (*at < 2 * r->claim_count) {
    uint32_t i = (*at)++;
    bool later = i >= r->claim_count;
    const struct claim_result *claim = &r->claims[later ? i - r->claim_count : i];
    bool should = kind == CLAIM_REQUIREMENT && claim->severity == SEVERITY_SHOULD;
    if (claim->kind == kind && should == later && !is_silent(claim)) return claim;
  }
  return NULL;
}
