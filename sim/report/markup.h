/* Text by others in HTML and XML: harmless to the reader (sim/json/safe_text.h), and never markup. */
#ifndef MARKUP_H
#define MARKUP_H
#include <stddef.h>
#include <stdio.h>

/* Good between tags and between double quotes; null: nothing. */
void markup_text(FILE *, const char *text);
void markup_text_part(FILE *, const char *text, size_t length);
/* With markup of our own before and after. */
void markup_put(FILE *, const char *before, const char *text, const char *after);

#endif
