#include "sim/store/leftover.h"
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PLACES = 256 };
enum state { EMPTY, FILLING, GUARDED, REMOVED };

static struct {
  atomic_int state;
  char path[PATH_MAX];
} places[PLACES];
static atomic_int running;

int leftover_guard(const char *path) {
  if (strlen(path) >= PATH_MAX) return -1;
  for (int i = 0; i < PLACES; i++) {
    int empty = EMPTY;
    if (!atomic_compare_exchange_strong(&places[i].state, &empty, FILLING)) continue;
    strcpy(places[i].path, path);
    atomic_store(&places[i].state, GUARDED);
    return i;
  }
  return -1;
}

void leftover_release(int guard) {
  int guarded = GUARDED;
  if (guard >= 0) atomic_compare_exchange_strong(&places[guard].state, &guarded, EMPTY);
}

void leftover_child(pid_t child) { atomic_store(&running, child); }

void leftover_remove_all(void) {
  pid_t child = atomic_exchange(&running, 0);
  if (child > 0 && !kill(-child, SIGKILL)) waitpid(child, NULL, 0); /* it makes no more files */
  for (int i = 0; i < PLACES; i++) {
    int guarded = GUARDED; /* a place that is taken here is never filled again: its path can be read */
    if (!atomic_compare_exchange_strong(&places[i].state, &guarded, REMOVED)) continue;
    unlink(places[i].path);
  }
  for (int i = 0; i < PLACES; i++)
    if (atomic_load(&places[i].state) == REMOVED) rmdir(places[i].path);
}
