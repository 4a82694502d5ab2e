/* Where the files that texts name are on this machine.
 *
 * In the sources the program is build/aguanta, and "docs/results.md" is a path from their root. Installed, it is
 * PREFIX/bin/aguanta, its pages are in PREFIX/share/doc/aguanta and what it has to copy from in PREFIX/share/aguanta. PREFIX is
 * looked up when the program runs, from where its own file is, so that a tree that was moved still finds itself. Texts are written
 * with the paths of the sources; what is printed goes through here.
 *
 *     fputs(installed_text(arena, "see docs/results.md"), stdout);      "see /usr/share/doc/aguanta/docs/results.md"
 *
 * A program without its files (a binary that was copied) leaves texts as they are. */
#ifndef INSTALLED_H
#define INSTALLED_H

struct arena;

/* The text with its paths as they are here. */
const char *installed_text(struct arena *, const char *text);
/* What `prefix`/share has: for tests, which have no installation. Null: nothing is there. */
const char *installed_text_at(struct arena *, const char *prefix, const char *text);

#endif
