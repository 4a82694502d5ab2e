/* Text that was written by others, made harmless before it is shown.
 *
 * Names of files, titles, sources and notes may hold what drives a terminal or forges a line of a log: escapes, line breaks, marks
 * that turn the direction of writing, characters without width. Whatever shows such a text to people (text, Markdown, CSV,
 * messages, pictures) sends it through here: blanks of any kind become a space, everything else of that sort one U+FFFD. JSON
 * escapes instead.
 *
 *     safe_print(stderr, "aguanta: %s: no such format\n", path);      the line break is ours, those of the path are not
 *     fputs(safe_text(arena, title), file);
 */
#ifndef SAFE_TEXT_H
#define SAFE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct arena;

/* Length of the valid UTF-8 character at `c` and its code; 0 when it is not one: no overlong forms, no surrogates. A zero byte
 * ends. */
int text_character(const unsigned char *c, unsigned *code);
/* Control characters, line separators, marks of direction, characters without width, and codes that are none. */
bool text_unsafe(unsigned code);

void safe_put(FILE *, const char *text); /* null: nothing */
/* At most `length` bytes; a tab stays a tab when wanted, as in excerpts of a file. */
void safe_put_part(FILE *, const char *text, size_t length, bool tabs);
/* The text itself when it is safe, else a copy. Null stays null. */
const char *safe_text(struct arena *, const char *text);
/* printf of texts by others: only the line breaks of the format are kept. */
void safe_print(FILE *, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
