/* Arena: a list of blocks; small pieces are cut from the newest, large ones get a block of their own behind it. */
#include "sim/engine/arena.h"
#include "sim/engine/pages.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 1 << 14, LARGEST_BLOCK = 1 << 21, LINE = 64 };

struct block {
  struct block *next;
  void *allocated;   /* what is to be given back: the block itself begins at the next cache line */
  size_t used, size; /* bytes of the block, this header included */
};

struct arena {
  struct block *blocks; /* the first is the one being filled */
  size_t next_size;
  bool on_pages; /* its blocks are taken there */
};

static struct block *block_new(const struct arena *arena, size_t size) {
  size = (size + LINE - 1) / LINE * LINE;
  /* calloc, not memset: the pages of a large block that nobody touches then cost nothing. */
  unsigned char *allocated = arena->on_pages ? pages_take(size + LINE) : allocate_zeroed(1, size + LINE);
  struct block *block = (struct block *)(void *)(allocated + (LINE - (uintptr_t)allocated % LINE) % LINE);
  *block = (struct block){.allocated = allocated, .used = sizeof *block, .size = size};
  return block;
}

static struct arena *begin(bool on_pages, size_t first) {
  struct arena *arena = allocate_zeroed(1, sizeof *arena);
  arena->on_pages = on_pages;
  arena->blocks = block_new(arena, first);
  arena->next_size = first < LARGEST_BLOCK ? 2 * first : first;
  return arena;
}

struct arena *arena_new(void) {
  return begin(false, FIRST_BLOCK);
}
struct arena *arena_new_large(void) {
  return begin(true, LARGEST_BLOCK);
}

void arena_free(struct arena *arena) {
  if (!arena) return;
  for (struct block *block = arena->blocks, *next; block; block = next) {
    next = block->next;
    if (arena->on_pages)
      pages_give(block->allocated, block->size + LINE);
    else
      free(block->allocated);
  }
  free(arena);
}

/* A block in which `size` bytes fit: the new head of the list, or, when the piece is large, one behind the head. */
static struct block *block_for(struct arena *arena, size_t size) {
  if (size > SIZE_MAX / 2) out_of_memory(size);
  size_t needed = size + sizeof(struct block) + LINE;
  if (needed > arena->next_size / 4) {
    struct block *block = block_new(arena, needed);
    block->next = arena->blocks->next;
    return arena->blocks->next = block;
  }
  struct block *block = block_new(arena, arena->next_size);
  if (arena->next_size < LARGEST_BLOCK) arena->next_size *= 2;
  block->next = arena->blocks;
  return arena->blocks = block;
}

void *arena_alloc(struct arena *arena, size_t size) {
  size_t alignment = size >= LINE ? LINE : 16;
  struct block *block = arena->blocks;
  size_t offset = (block->used + alignment - 1) / alignment * alignment;
  if (offset > block->size || size > block->size - offset) {
    block = block_for(arena, size);
    offset = (block->used + alignment - 1) / alignment * alignment;
  }
  assert(offset + size <= block->size);
  block->used = offset + size;
  return (unsigned char *)block + offset;
}

void *arena_alloc_array(struct arena *arena, size_t size, size_t count) {
  if (count && size > SIZE_MAX / 2 / count) out_of_memory(SIZE_MAX / 2);
  return arena_alloc(arena, size * count);
}

char *arena_text(struct arena *arena, const char *text) {
  size_t size = strlen(text) + 1;
  return memcpy(arena_alloc(arena, size), text, size);
}

char *arena_format(struct arena *arena, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  assert(length >= 0);
  char *text = arena_alloc(arena, (size_t)length + 1);
  vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  va_end(arguments);
  return text;
}
