#include "sim/scenario/recover.h"
#include "sim/engine/arena.h"
#include "sim/scenario/record_keys.h"
#include <ctype.h>
#include <string.h>

struct recovery recovery_of(struct arena *arena, const struct record *record, const struct json_value *root) {
  return (struct recovery){.arena = arena, .record = record, .root = root};
}

static bool same_position(const struct position *a, const struct position *b) {
  return a->source == b->source && a->offset == b->offset && a->length == b->length;
}

static bool stands_at(const struct json_value *v, const struct position *p) {
  return same_position(&v->position, p) || (v->name && same_position(&v->name_position, p));
}

static const struct json_value *children(const struct json_value *v) {
  return v->type == JSON_OBJECT || v->type == JSON_LIST ? v->first : NULL;
}

/* The value at the place, and the values around it, the root first; 0: there is none. */
enum { CHAIN = JSON_DEPTH_LIMIT + 2 };

static uint32_t chain_to(const struct json_value *v, const struct position *p, const struct json_value **chain, uint32_t depth) {
  if (depth == CHAIN) return 0;
  chain[depth] = v;
  if (stands_at(v, p)) return depth + 1;
  for (const struct json_value *child = children(v); child; child = child->next) {
    uint32_t found = chain_to(child, p, chain, depth + 1);
    if (found) return found;
  }
  return 0;
}

/* --- entries -------------------------------------------------------------------------------- */

static bool is_collection(const struct recovery *r, const struct json_value *member) {
  const struct field *f = member->name ? record_field(r->record, member->name) : NULL;
  return f && f->kind != FIELD_RECORD && children(member);
}

/* Entries of maps and lists of the root stand by themselves; so do members of its records, and what these have by name. */
static const struct json_value *entry_of(const struct recovery *r, const struct json_value *const *chain, uint32_t length) {
  if (length <= 2 || is_collection(r, chain[1])) return chain[length > 2 ? 2 : length - 1];
  return chain[length > 3 && children(chain[3]) ? 3 : 2];
}

static const char *name_of(const struct json_value *entry) {
  if (entry->name) return entry->name;
  const struct json_value *id = entry->type == JSON_OBJECT ? json_member(entry, "name") : NULL;
  return id ? json_text(id) : NULL;
}

/* --- leaving out -------------------------------------------------------------------------------- */

static bool is_blamed(const struct json_value *v, const struct diagnostics *d) {
  for (uint32_t i = 0; i < diagnostics_errors(d); i++)
    if (stands_at(v, diagnostics_error_place(d, i))) return true;
  return false;
}

/* Of what every run must have, and a wrong length of which says nothing about the rest, something takes the place. */
static struct json_value *stand_in(struct recovery *r, const struct json_value *v, const char *within) {
  if (!v->name || strcmp(v->name, "window") || strcmp(within, "run")) return NULL;
  struct json_value *hour = arena_alloc(r->arena, sizeof *hour);
  *hour = *v;
  hour->type = JSON_TEXT, hour->plain = false, hour->text = "1h", hour->first = hour->last = NULL, hour->count = 0;
  hour->position = hour->name_position = (struct position){0};
  return hour;
}

static struct json_value *without(struct recovery *r, const struct json_value *v, const char *within, const struct diagnostics *d) {
  if (is_blamed(v, d)) return stand_in(r, v, within);
  struct json_value *copy = arena_alloc(r->arena, sizeof *copy);
  *copy = *v;
  copy->next = NULL;
  if (!children(v)) return copy;
  copy->first = copy->last = NULL, copy->count = 0, copy->sorted = NULL;
  for (const struct json_value *child = v->first; child; child = child->next) {
    struct json_value *kept = without(r, child, v->name ? v->name : "", d);
    if (kept) json_append(copy, kept);
  }
  if (copy->type == JSON_OBJECT) json_sort(r->arena, copy);
  return copy;
}

struct json_value *recovery_without(struct recovery *r, const struct json_value *rest, const struct diagnostics *d) {
  uint32_t errors = diagnostics_errors(d), count = r->count;
  if (!errors || errors > DIAGNOSTICS_SHOWN || count + errors > RECOVERY_PLACES || rest->type != JSON_OBJECT) return NULL;
  for (uint32_t i = 0; i < errors; i++) {
    const struct json_value *chain[CHAIN];
    const struct position *p = diagnostics_error_place(d, i);
    uint32_t length = p->source ? chain_to(rest, p, chain, 0) : 0;
    if (length < 2) return NULL;
    length = chain_to(r->root, p, chain, 0);
    if (length < 2) return NULL;
    const struct json_value **kept = arena_new_array(r->arena, const struct json_value *, length);
    memcpy(kept, chain, length * sizeof *kept);
    r->places[r->count++] = (struct recovery_place){kept, length, entry_of(r, chain, length)};
  }
  return without(r, rest, "", d);
}

/* --- telling -------------------------------------------------------------------------------- */

static bool is_part_of_name(char c) { return isalnum((unsigned char)c) || c == '_' || c == '-'; }

static bool has_word(const char *text, const char *word, size_t length) {
  for (const char *p = length ? strstr(text, word) : NULL; p; p = strstr(p + 1, word))
    if ((p == text || !is_part_of_name(p[-1])) && !is_part_of_name(p[length])) return true;
  return false;
}

static bool speaks_of(const struct json_value *v, const char *name) {
  if (v->name && !strcmp(v->name, name)) return true;
  if (v->type == JSON_TEXT && v->text && has_word(v->text, name, strlen(name))) return true;
  for (const struct json_value *child = children(v); child; child = child->next)
    if (speaks_of(child, name)) return true;
  return false;
}

static const struct json_value *lost(const struct recovery_place *place) { return place->chain[place->length - 1]; }

/* Whether the message is about an entry that was hurt, or one that something that was left out speaks of. */
static bool is_about(const struct recovery *r, const struct json_value *entry, const char *message) {
  const char *name = name_of(entry);
  if (!name || !has_word(message, name, strlen(name))) return false;
  for (uint32_t i = 0; i < r->count; i++)
    if (r->places[i].entry == entry || speaks_of(lost(&r->places[i]), name)) return true;
  return false;
}

static bool is_about_some(const struct recovery *r, const char *message) {
  for (const struct json_value *member = r->root->first; member; member = member->next)
    for (const struct json_value *v = children(member); v; v = v->next) {
      if (is_about(r, v, message)) return true;
      if (is_collection(r, member)) continue;
      for (const struct json_value *inner = children(v); inner; inner = inner->next)
        if (is_about(r, inner, message)) return true;
    }
  return false;
}

/* A claim's message begins with the claim. If it cannot find a word, this is about that word alone, and null otherwise. */
static const char *word_not_found(struct arena *arena, const char *message) {
  static const char *const unfound[] = {" finds no ", " has no aggregate ", " has a label "};
  for (size_t i = 0; !strncmp(message, "claim \"", 7) && i < sizeof unfound / sizeof *unfound; i++) {
    const char *p = strstr(message, unfound[i]), *word = p ? strchr(p, '"') : NULL, *end = word ? strchr(word + 1, '"') : NULL;
    if (end) return arena_format(arena, "%.*s", (int)(end - word - 1), word + 1);
  }
  return NULL;
}

/* What finds room, what is too much to simulate and what programs look up rest on many entries. */
static bool rests_on_many(const char *message) {
  static const char *const all[] = {"find a node", "can be placed", "events",   "at least one",
                                    "hit rate of", "can take",      "290 years"};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strstr(message, all[i])) return true;
  return false;
}

/* Whether the message, behind the path that it begins with, names a key that was left out or one that this was in: "window". Keys
 * of entries bear on their entry alone. */
static bool names_lost_key(const struct recovery *r, const char *message) {
  const char *behind = strstr(message, ": ");
  if (behind && !memchr(message, ' ', (size_t)(behind - message))) message = behind + 2;
  for (uint32_t i = 0; i < r->count; i++) {
    const struct recovery_place *place = &r->places[i];
    bool of_run = place->length == 3 && place->chain[1]->name && !strcmp(place->chain[1]->name, "run");
    if (of_run && strstr(message, "window")) return true; /* when it begins, how long it is */
    for (uint32_t k = 1; k < place->length && (k == 1 || !is_collection(r, place->chain[1])); k++) {
      const char *name = place->chain[k]->name;
      if (name && has_word(message, name, strlen(name))) return true;
    }
  }
  return false;
}

static bool is_around(const struct json_value *v, const struct json_value *inner) {
  if (v == inner) return true;
  for (const struct json_value *child = children(v); child; child = child->next)
    if (is_around(child, inner)) return true;
  return false;
}

static bool follows(const struct recovery *r, const struct position *p, const char *message) {
  const struct json_value *chain[CHAIN];
  uint32_t length = p->source ? chain_to(r->root, p, chain, 0) : 0;
  if (length < 2 || rests_on_many(message)) return true;
  const struct json_value *entry = entry_of(r, chain, length);
  for (uint32_t i = 0; i < r->count; i++)
    if (r->places[i].entry == entry || is_around(chain[length - 1], lost(&r->places[i]))) return true;
  const char *word = word_not_found(r->arena, message);
  return is_about_some(r, word ? word : message) || (!word && names_lost_key(r, message));
}

void recovery_tell(const struct recovery *r, struct diagnostics *d, const struct diagnostics *found, uint32_t bound) {
  for (uint32_t i = bound; i < diagnostics_errors(found) && i < DIAGNOSTICS_SHOWN; i++) {
    const struct position *p = diagnostics_error_place(found, i);
    const char *message = diagnostics_error_text(found, i);
    if (!follows(r, p, message)) diagnostic_add(d, p, "%s", message);
  }
}
