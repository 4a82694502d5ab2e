/* The strict scan that every text passes before cJSON sees it.
 *
 * It checks RFC 8259 byte by byte, refuses what cJSON would let through or get wrong, and notes where each value and its
 * key stand: one mark a value, in the order of the text, which is also the order of cJSON's tree. Comments of .jsonc are
 * blanked in a copy, so all offsets stay those of the file.
 *
 *     struct json_scan scan;
 *     if (!json_scan_text(arena, diagnostics, source, comments, &scan)) return NULL;
 *     ... cJSON parses scan.plain; the n-th value visited stands at scan.marks[n]. */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H
#include "sim/json/diagnostic.h"

struct json_mark {
  uint32_t offset, length;
  uint32_t name_offset, name_length; /* length 0: not a member of an object */
};

struct json_scan {
  char *plain;
  struct json_mark *marks;
  uint32_t count;
};

/* False after an error of syntax, which ends the scan; errors of meaning are added and the scan goes on. */
bool json_scan_text(struct arena *, struct diagnostics *, const struct source_text *, bool comments, struct json_scan *);

#endif
