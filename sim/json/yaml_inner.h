/* What the YAML reader knows without libyaml: types of plain scalars, and words for its errors. */
#ifndef YAML_INNER_H
#define YAML_INNER_H
#include "sim/json/yaml.h"

/* Sets the type and value of a plain scalar from its text. `loose`: True, TRUE, Null and the like count too. */
void yaml_take_type(struct json_value *, bool loose);

/* A message for what libyaml calls `problem`, which it found at the character `at`. */
const char *yaml_problem(struct arena *, const char *context, const char *problem, char at);
/* Whether the place of such a problem is where its context began. */
bool yaml_problem_at_context(const char *problem);

#endif
