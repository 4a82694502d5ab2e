/* What the YAML reader knows without libyaml: words for its errors. */
#ifndef YAML_INNER_H
#define YAML_INNER_H
#include "sim/json/yaml.h"

/* A message for what libyaml calls `problem`, which it found at the character `at`. */
const char *yaml_problem(struct arena *, const char *context, const char *problem, char at);
/* Whether the place of such a problem is where its context began. */
bool yaml_problem_at_context(const char *problem);

#endif
