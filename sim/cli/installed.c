#include "sim/cli/installed.h"
#include "sim/engine/arena.h"
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* What begins a path of the sources, and where `make install` puts that below PREFIX. */
static const struct place {
  const char *from, *to;
} places[] = {{"docs/", "share/doc/aguanta/docs/"},
              {"scenarios/prices/", "share/aguanta/prices/"},
              {"models/service/presets/", "share/aguanta/presets/"}};
enum { PLACES = sizeof places / sizeof *places };

/* "/usr" of /usr/bin/aguanta; null where the system does not say where the program is. */
static const char *prefix_of(struct arena *arena) {
  char path[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length <= 0) return NULL;
  path[length] = 0;
  for (int up = 0; up < 2; up++) {
    char *slash = strrchr(path, '/');
    if (!slash) return NULL;
    *slash = 0;
  }
  return arena_text(arena, path);
}

static bool in_path(char c) { return isalnum((unsigned char)c) || strchr("_./-", c); }

/* The place of a path that begins here, where it is no part of a longer one, nor of a folder of the user's. */
static const struct place *place_at(const char *text, const char *at) {
  if (at != text && in_path(at[-1])) return NULL;
  for (const struct place *p = places; p < places + PLACES; p++) {
    size_t length = strlen(p->from);
    if (!strncmp(at, p->from, length)) return p;
  }
  return NULL;
}

const char *installed_text_at(struct arena *arena, const char *prefix, const char *text) {
  if (!prefix || access(arena_format(arena, "%s/share/doc/aguanta/docs/results.md", prefix), R_OK)) return text;
  const char *whole = "", *from = text;
  for (const char *at = text; *at; at++) {
    const struct place *p = strchr("dsm", *at) ? place_at(text, at) : NULL;
    if (!p) continue;
    whole = arena_format(arena, "%s%.*s%s/%s", whole, (int)(at - from), from, prefix, p->to);
    from = at + strlen(p->from), at = from - 1;
  }
  return from == text ? text : arena_format(arena, "%s%s", whole, from);
}

const char *installed_text(struct arena *arena, const char *text) { return installed_text_at(arena, prefix_of(arena), text); }
