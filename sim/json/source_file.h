/* A file as a source text: all of its bytes, or a message that names the file and the reason.
 *
 * Only files proper are read, not pipes and devices, and none outside of the folder that the diagnostics are confined to. */
#ifndef SOURCE_FILE_H
#define SOURCE_FILE_H
#include "sim/json/diagnostic.h"
#include <stdio.h>

/* At most `limit` bytes, with a zero behind them; null after an error. */
const struct source_text *source_read_file(struct arena *, struct diagnostics *, const char *path, size_t limit);
/* Whether the length is beyond the limit; then the diagnostics say so. */
bool source_too_large(struct diagnostics *, const char *name, size_t length, size_t limit);
/* Opens a file for reading, never blocking; null with the reason when it is none. */
FILE *source_open(const char *path, size_t *size, const char **wrong);
/* The reason why a path may not be read: it leads, through links too, out of the folder that the diagnostics are confined to. Null:
 * it may be. */
const char *source_outside(const struct diagnostics *, const char *path);
/* Whether the path, which is about to be written, is a file that was read: by its number, so that links are seen through. */
bool source_was_read(const struct diagnostics *, const char *path);
bool source_same_file(const char *a, const char *b);
/* Whether the file that the text at a position names can be read; otherwise an error stands there. */
bool source_named(struct diagnostics *, const struct position *at, const char *path);
/* The file that `name` means when the text at `from` names it: next to that text's file, else next to `fallback`. */
const char *source_beside(struct arena *, const struct position *from, const char *fallback, const char *name);

#endif
