/* Arena: memory that is taken piece by piece while a scenario or a replication is built and given back all at once.
 *
 * Invariant: everything taken lives, at a fixed address, until arena_free; nothing is returned before that. The arena owns
 * the memory, so structures built in it point at each other freely and need no destructors. Out of memory aborts: there is
 * nothing sensible to do then, and no caller has to check.
 *
 *   struct arena *arena = arena_new();
 *   struct node *nodes = arena_new_array(arena, struct node, count);
 *   nodes[0].name = arena_format(arena, "node-%u", 0u);
 *   arena_free(arena);
 */
#ifndef ARENA_H
#define ARENA_H
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
/* An arena for a few megabytes that are in use all the time (pages.h). */
struct arena *arena_new_large(void);
void arena_free(struct arena *arena); /* null is allowed */

/* Zeroed memory, aligned to 16 bytes, or to 64 from a size of 64 on. A size of zero gives a valid pointer to nothing. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of the text. */
char *arena_text(struct arena *arena, const char *text);

/* Text as by printf, of any length. */
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Zeroed array of `count` elements; aborts when the size does not fit. */
void *arena_alloc_array(struct arena *arena, size_t size, size_t count);
#define arena_new_array(arena, type, count) ((type *)arena_alloc_array((arena), sizeof(type), (count)))

#endif
