/* Records as trees for the terminal: a line a key with its type, its default and the beginning of its sentence, the keys of inner
 * records below theirs as far as the whole stays short enough to be read. */
#ifndef EXPLAIN_TREE_H
#define EXPLAIN_TREE_H
#include "sim/describe/field.h"
#include <stdio.h>

struct arena;

struct tree {
  struct arena *arena;
  FILE *out;
  uint32_t width;
  bool all; /* however long it is */
};

void tree_record(struct tree *, const struct record *);
/* Each member of a family, and the keys that it adds. */
void tree_members(struct tree *, const struct field *family);

/* A name and as much of the text as the line holds. */
void tree_line(struct tree *, int indent, const char *name, int name_width, const char *text);
/* All of the text, in lines. */
void tree_wrap(struct tree *, int indent, const char *text);
/* Its first sentence, or as much of that as fits. */
const char *tree_beginning(struct arena *, const char *text, int most);

#endif
