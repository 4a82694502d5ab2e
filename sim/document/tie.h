/* What the comment before a table says: which scenarios the table is of, and how closely its figures must agree.
 *
 *     scenarios/shop-?.json               files, as the shell names them with * ? [abc]
 *     v2=scenarios/a.json v3=scenarios/b.json     each is the column of the table that is named before the sign
 *     within=5%                           figures of the document may be off by this much
 *
 * Names are looked for in the page's folder, then in the folders above it, one after the other: so a page says the same wherever
 * the program is started. Those of the nearest folder that has any are taken, in alphabetical order. */
#ifndef TIE_H
#define TIE_H
#include "sim/document/markdown.h"

struct tie_file {
  const char *column; /* null: not named */
  const char *name;   /* as the comment has it, with what its pattern stands for */
  const char *path;   /* to be opened */
  struct span at;     /* of the word in the comment */
};

struct tie {
  uint32_t count;
  const struct tie_file *files;
  double within;
};

/* With errors for names that no file has and words that say nothing. */
struct tie tie_read(struct arena *, struct diagnostics *, const struct markdown *, const struct markdown_tie *);

#endif
