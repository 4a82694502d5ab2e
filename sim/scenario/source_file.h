/* A file as a source text: all of its bytes, or a message that names the file and the reason. */
#ifndef SOURCE_FILE_H
#define SOURCE_FILE_H
#include "sim/scenario/diagnostic.h"

/* At most `limit` bytes, with a zero behind them; null after an error. Devices and pipes without end are refused as well. */
const struct source_text *source_read_file(struct arena *, struct diagnostics *, const char *path, size_t limit);
/* Whether the length is beyond the limit; then the diagnostics say so. */
bool source_too_large(struct diagnostics *, const char *name, size_t length, size_t limit);
/* The file that `name` means when the text at `from` names it: beside that text's file, else beside `fallback`. */
const char *source_beside(struct arena *, const struct position *from, const char *fallback, const char *name);

#endif
