/* A claim as the scenario writes it: a text (a requirement), or an object with exactly one of "require", "stated" and "show".
 *
 * The binder fills the keys, claim_config_resolve works out from them what the claim is and what is wrong with the combination:
 * severity belongs to requirements, and a statement names the document's figure in "source". */
#ifndef CLAIM_CONFIG_H
#define CLAIM_CONFIG_H
#include "sim/describe/field.h"
#include "sim/scenario/bind.h"
#include "sim/scenario/claim.h"

extern const struct record claim_record;

/* Sets kind, severity, expression and name; errors go to the diagnostics of the binder. `number` is that of the claim, from 1. */
void claim_config_resolve(struct binder *, struct claim *, uint32_t number);
/* Where the text of the claim stands, for messages; may be null. */
const struct position *claim_config_position(const struct binder *, const struct claim *);

#endif
