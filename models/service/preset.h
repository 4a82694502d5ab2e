/* Presets: what known software says of itself, so that a service needs only name it.
 *
 * presets/NAME.json, next to this file, holds one: keys of a service with the source of each value, compiled into the program as
 * text. Nothing in the models reads them: sim/scenario/preset.h puts them beneath what a scenario says, before anything is bound. A
 * preset never holds what depends on the program that runs on the software or on the machine: no demands, no replicas, no cores.
 *
 * A file is {"preset": NAME, "title": what it is, "images": the names of images that are it, "words": other words that mean it,
 * "trust": when not to rely on it, "service": the keys}. */
#ifndef PRESET_H
#define PRESET_H

struct preset {
  const char *name, *text;
};

extern const struct preset presets[];    /* by name; ends with a null name */
extern const char *const preset_words[]; /* their names; ends with null */

#endif
