/* Which recordings there are, and all of them in turn. */
#include "sim/engine/arena.h"
#include "tests/real/real.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool wanted(const struct real *r, const char *name) {
  for (int i = 0; i < r->options.name_count; i++)
    if (!strcmp(r->options.names[i], name)) return true;
  return r->options.name_count == 0;
}

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* Names of the recordings of a folder: NAME of NAME.json. */
static const char **names_in(struct real *r, const char *folder, uint32_t *count) {
  enum { MOST = 1000 };
  const char **names = arena_new_array(r->arena, const char *, MOST);
  DIR *all = opendir(folder);
  *count = 0;
  if (!all) return real_fault(r, "%s: cannot be read", folder), names;
  for (struct dirent *e; (e = readdir(all)) && *count < MOST;) {
    size_t length = strlen(e->d_name);
    if (length > 5 && !strcmp(e->d_name + length - 5, ".json"))
      names[(*count)++] = arena_format(r->arena, "%.*s", (int)length - 5, e->d_name);
  }
  closedir(all);
  qsort(names, *count, sizeof *names, by_name);
  return names;
}

/* What the recording says that it is of. */
static const char *config_of(struct real *r, const char *file) {
  const struct json_value *v = json_read_file(r->arena, diagnostics_new(r->arena), file);
  return json_text(json_member(v, "config"));
}

static const char *readable(struct real *r, const char *folder, const char *name) {
  const char *path = arena_format(r->arena, "%s/%s.scenario.jsonc", folder, name);
  return access(path, R_OK) == 0 ? path : NULL;
}

/* The tree's scenario of that name, else the one beside the recording, else that of its "config" or of the beginning of its name. */
static const char *scenario_of(struct real *r, const char *folder, const char *name, const char *file) {
  const char *path = readable(r, r->options.folder, name), *config;
  if (!path) path = readable(r, folder, name);
  if (!path && (config = config_of(r, file)) && !strchr(config, '/')) path = readable(r, r->options.folder, config);
  for (size_t length = strlen(name); !path && length > 1; length--)
    path = readable(r, r->options.folder, arena_format(r->arena, "%.*s", (int)length, name));
  return path;
}

static void add_recording(struct real *r, const char *folder, const char *name) {
  const char *file = arena_format(r->arena, "%s/%s.json", folder, name), *scenario = scenario_of(r, folder, name, file);
  if (!scenario) {
    real_fault(r, "%s: there is no %s.scenario.jsonc", file, name);
    return;
  }
  const struct recording *c = recording_read(r, name, file, scenario);
  if (!c) return;
  if (r->recording_count == r->recording_room) {
    r->recording_room = 2 * r->recording_room + 16;
    struct recording *room = arena_new_array(r->arena, struct recording, r->recording_room);
    if (r->recording_count) memcpy(room, r->recordings, r->recording_count * sizeof *room);
    r->recordings = room;
  }
  r->recordings[r->recording_count++] = *c;
}

static void open_folder(struct real *r, const char *folder) {
  uint32_t count;
  const char **names = names_in(r, folder, &count);
  for (uint32_t i = 0; i < count; i++)
    if (wanted(r, names[i])) add_recording(r, folder, names[i]);
}

void real_open(struct real *r, struct arena *arena, const struct real_options *options) {
  *r = (struct real){.arena = arena, .options = *options};
  open_folder(r, options->folder);
  if (options->more) open_folder(r, options->more);
  if (!r->recording_count && !r->fault_count) real_fault(r, "%s: has no recordings", options->folder);
}

bool real_run(struct real *r) {
  for (uint32_t i = 0; i < r->recording_count; i++) {
    real_points(r, &r->recordings[i]);
    real_overload(r, &r->recordings[i]);
  }
  for (uint32_t i = 0; i < r->recording_count; i++) real_what_ifs(r, &r->recordings[i]);
  return real_good(r);
}
