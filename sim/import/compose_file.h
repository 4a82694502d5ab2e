/* A Compose project as one tree: files merged by Compose's rules, variables filled in, `extends` and `include` followed.
 *
 *     struct json_value *project = compose_read(im, files, count);   null after errors */
#ifndef COMPOSE_FILE_H
#define COMPOSE_FILE_H
#include "sim/import/import.h"

struct json_value *compose_read(struct import *, const char *const *files, uint32_t count);

/* Variables by name: the environment, then .env next to the first file. */
struct compose_variables;
struct compose_variables *compose_variables_read(struct import *, const char *beside);
/* Fills in ${NAME}, ${NAME:-default}, ${NAME:?message} and the like in all values of a tree, whose types follow from the result. */
void compose_fill_in(struct import *, const struct compose_variables *, struct json_value *);
/* What stands between a file's lines NAME=value, as an object; null when it cannot be read. */
struct json_value *compose_env_file(struct import *, const char *path);

#endif
