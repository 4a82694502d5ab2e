/* Examples as text: folded where a line would be wider than the terminal. */
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/json/json_print.h"
#include "sim/language/example.h"
#include <stdlib.h>
#include <string.h>

static bool is_plain_list(const struct json_value *list) {
  for (const struct json_value *v = json_first(list); v; v = json_next(v))
    if (json_first(v)) return false;
  return true;
}

/* Many numbers: as many on a line as it holds. */
static void put_filled(FILE *out, struct arena *arena, const struct json_value *list, uint32_t indent, uint32_t width) {
  uint32_t column = width;
  fputc('[', out);
  for (const struct json_value *v = json_first(list); v; v = json_next(v)) {
    const char *text = json_print_line(arena, v);
    uint32_t length = (uint32_t)strlen(text) + 2;
    if (column + length > width) column = indent + 2, fprintf(out, "\n%*s", (int)column, "");
    fprintf(out, "%s%s", text, json_next(v) ? ", " : "");
    column += length;
  }
  fprintf(out, "\n%*s]", (int)indent, "");
}

static void put(FILE *out, struct arena *arena, const struct json_value *v, uint32_t indent, uint32_t used, uint32_t width) {
  const char *line = json_print_line(arena, v);
  enum json_type type = json_type(v);
  bool nested = (type == JSON_OBJECT || type == JSON_LIST) && json_first(v);
  if (!nested || indent + used + strlen(line) <= width) {
    fputs(line, out);
    return;
  }
  if (type == JSON_LIST && is_plain_list(v)) {
    put_filled(out, arena, v, indent, width);
    return;
  }
  fputc(type == JSON_OBJECT ? '{' : '[', out);
  for (const struct json_value *child = json_first(v); child; child = json_next(child)) {
    fprintf(out, "\n%*s", (int)indent + 2, "");
    const char *name = type == JSON_OBJECT ? arena_format(arena, "%s: ", json_quote(arena, json_name(child))) : "";
    fputs(name, out);
    put(out, arena, child, indent + 2, (uint32_t)strlen(name) + 1, width);
    if (json_next(child)) fputc(',', out);
  }
  fprintf(out, "\n%*s%c", (int)indent, "", type == JSON_OBJECT ? '}' : ']');
}

char *example_folded(struct arena *arena, const struct json_value *v, uint32_t width) {
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  fputs("  ", out);
  put(out, arena, v, 2, 0, width);
  fputc('\n', out);
  fclose(out);
  char *text = arena_text(arena, memory);
  free(memory);
  return text;
}

char *example_print(struct arena *arena, const struct record *root, const char *path, const struct member *member, uint32_t width) {
  return example_folded(arena, example_of(arena, root, path, member), width);
}
