#include "models/service/preset.h"
#include <stddef.h>

#define PRESET(name, text) {name, text},
const struct preset presets[] = {
#include "presets/presets.inc"
    {NULL, NULL}};
#undef PRESET

#define PRESET(name, text) name,
const char *const preset_words[] = {
#include "presets/presets.inc"
    NULL};
