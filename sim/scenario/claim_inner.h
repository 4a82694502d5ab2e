/* Reading a claim from its text: what the two files of it share. Private to claim.c and claim_measure.c.
 *
 * The first error stays: behind it nothing is read. */
#ifndef CLAIM_INNER_H
#define CLAIM_INNER_H
#include "sim/engine/arena.h"
#include "sim/scenario/claim.h"

struct claim_parser {
  struct arena *arena;
  const struct model *model;
  const char *at;
  const char *error;
};

#define FAIL(p, ...) ((void)((p)->error || ((p)->error = arena_format((p)->arena, __VA_ARGS__))))

void claim_skip_space(struct claim_parser *);
/* Whether the token is next; then it is behind. */
bool claim_take(struct claim_parser *, const char *token);
/* A word up to any of the characters in `ends` or a space. */
char *claim_take_word(struct claim_parser *, const char *ends);

#endif
