#include "sim/report/plot/palette.h"
#include "sim/report/result_file.h"
#include <string.h>

const char *palette_endpoint(int place) {
  static const char *const colors[] = {"#0072B2", "#E69F00", "#8C6D1F", "#A8B400", "#8E0152", "#B35806", "#4393C3", "#5A5A5A"};
  return colors[place % 8];
}

/* After the muted colours of Paul Tol, told apart by those who see red and green alike; the pale ones darker, to be read. */
const char *palette_component(int place) {
  static const char *const colors[] = {"#44AA99", "#332288", "#B8A038", "#882255", "#5BA9D6",
                                       "#117733", "#CC6677", "#999933", "#AA4499"};
  return place < 0 ? "#9a9a9a" : colors[place % 9];
}

const char *palette_of_endpoint(const struct result_file *file, const char *endpoint) {
  int place = 0;
  for (const struct json_value *e = json_first(json_member(file->root, "endpoints")); e; e = json_next(e), place++)
    if (json_text(e) && !strcmp(json_text(e), endpoint)) return palette_endpoint(place);
  return palette_endpoint(0);
}

/* "backend" is all of "backend", or what comes before a dot or space. */
static bool is_of(const char *name, const char *component) {
  size_t length = strlen(component);
  return !strncmp(name, component, length) && (!name[length] || strchr(". {", name[length]));
}

/* Of an answer about several runs: the list that it has of them. */
static int place_in_list(const struct json_value *list, const char *name) {
  int place = 0, found = -1;
  size_t longest = 0;
  for (const struct json_value *c = json_first(list); c; c = json_next(c), place++)
    if (json_text(c) && is_of(name, json_text(c)) && strlen(json_text(c)) > longest) found = place, longest = strlen(json_text(c));
  return found;
}

int palette_place(const struct result_file *file, const char *name) {
  const struct json_value *own = json_member(file->root, "components"), *point = json_first(json_member(file->root, "points"));
  if (own || point) return place_in_list(own ? own : json_member(point, "components"), name);
  const struct json_value *resolved = json_member(file->root, "scenario_resolved"),
                          *lists[] = {json_member(resolved, "services"), json_member(json_member(resolved, "platform"), "nodes")};
  int place = 0, found = -1;
  size_t longest = 0;
  for (int i = 0; i < 2; i++)
    for (const struct json_value *c = json_first(lists[i]); c; c = json_next(c), place++)
      if (is_of(name, json_name(c)) && strlen(json_name(c)) > longest) found = place, longest = strlen(json_name(c));
  return found;
}

const char *palette_of_component(const struct result_file *file, const char *name) {
  return palette_component(palette_place(file, name));
}
