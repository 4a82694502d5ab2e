/* What a claim is, and in which unit.
 *
 * A requirement is ours to keep: a must decides the exit code, a should only warns. A statement is a figure of a document under
 * audit: it is confirmed or contradicted, and better than stated is not a failure of the system. Info is shown and not judged. */
#ifndef CLAIM_KIND_H
#define CLAIM_KIND_H

enum claim_kind { CLAIM_REQUIREMENT, CLAIM_STATEMENT, CLAIM_INFO };
enum severity { SEVERITY_MUST, SEVERITY_SHOULD };

/* Of a measured value and of the limit of its claim. */
enum unit { UNIT_NONE, UNIT_SECONDS, UNIT_BYTES, UNIT_RATIO, UNIT_PER_SECOND, UNIT_CURRENCY, UNIT_COUNT };

#endif
