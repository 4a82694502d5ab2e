/* The types of YAML's plain scalars, by the fields that they stand at.
 *
 * The reader gives a word without quotes the type of its form: 8 a number, true a flag. Where the language expects a text, a name
 * or a word, it is one: `name: 2024` and `source: 8`. Nothing else changes type: `no` is no flag, and "8" in quotes no number.
 *
 *     plain_take_types(place_of_record(&scenario_record), root);   once, before parents are merged */
#ifndef PLAIN_H
#define PLAIN_H
#include "sim/scenario/place.h"

void plain_take_types(struct place, struct json_value *);

#endif
