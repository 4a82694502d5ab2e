#include "sim/store/state_store.h"
#include "sim/store/output.h"
#include "sim/json/source_file.h"
#include "sim/engine/allocate.h"
#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct state {
  uint64_t hash;
  uint32_t replications;
};

struct state_list {
  struct state *items;
  uint32_t count, room;
};

static int by_hash(const void *a, const void *b) {
  const struct state *x = a, *y = b;
  if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
  return (x->replications > y->replications) - (x->replications < y->replications);
}

static void add(struct state_list *list, const char *name) {
  struct state s;
  int length = 0;
  if (sscanf(name, "%16" SCNx64 "-%" SCNu32 ".state%n", &s.hash, &s.replications, &length) < 2 || !length || name[length]) return;
  if (list->count == list->room) {
    list->room = list->room ? 2 * list->room : 64;
    list->items = allocate_resized(list->items, list->room, sizeof *list->items);
  }
  list->items[list->count++] = s;
}

struct state_list *state_list_new(const char *folder) {
  DIR *directory = opendir(folder);
  if (!directory) return allocate_check_errno(), NULL;
  struct state_list *list = allocate_zeroed(1, sizeof *list);
  for (struct dirent *entry; (entry = readdir(directory));) add(list, entry->d_name);
  closedir(directory);
  if (list->count) qsort(list->items, list->count, sizeof *list->items, by_hash);
  return list;
}

void state_list_free(struct state_list *list) {
  if (list) free(list->items);
  free(list);
}

uint32_t state_list_find(const struct state_list *list, uint64_t hash, uint32_t most) {
  struct state wanted = {hash, most};
  uint32_t low = 0, high = list ? list->count : 0;
  while (low < high) { /* the first that is beyond what is wanted */
    uint32_t middle = low + (high - low) / 2;
    if (by_hash(&list->items[middle], &wanted) <= 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low && list->items[low - 1].hash == hash ? list->items[low - 1].replications : 0;
}

static char *path_of(const char *folder, uint64_t hash, uint32_t replications) {
  char *path;
  path = allocate_format("%s/%016" PRIx64 "-%" PRIu32 ".state", folder, hash, replications);
  return path;
}

FILE *state_open(const char *folder, uint64_t hash, uint32_t replications) {
  char *path = path_of(folder, hash, replications);
  const char *wrong;
  size_t size;
  FILE *file = source_open(path, &size, &wrong);
  if (!file) allocate_check_errno();
  free(path);
  return file;
}

bool state_write(const char *folder, uint64_t hash, uint32_t replications, const void *bytes, size_t length, char **error) {
  char *path = path_of(folder, hash, replications);
  bool written = output_write(path, bytes, length, error);
  free(path);
  return written;
}
