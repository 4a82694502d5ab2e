/* From users to requests: the arithmetic behind the load. */
#include "sim/report/load_words.h"
#include "sim/report/text/text_table.h"

void text_load(FILE *file, const struct results *r, const struct report_options *options) {
  enum { INDENT = 16 };
  if (!r->load_count) return;
  table_heading(file, "LOAD", "from users to requests");
  for (uint32_t i = 0; i < r->load_count; i++) {
    struct load_words words = load_words(r, i);
    for (uint32_t k = 0; k < words.count; k++) {
      fputs("  ", file);
      table_left(file, k ? "" : r->loads[i].source, INDENT - 2);
      table_wrapped(file, words.lines[k], INDENT, options->width);
      fputc('\n', file);
    }
  }
}
