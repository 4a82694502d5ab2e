/* What a claim is.
 *
 * A requirement is ours to keep: a must decides the exit code, a should only warns. A statement is a figure of a document under
 * audit: it is confirmed or contradicted, and better than stated is not a failure of the system. Info is shown and not judged. */
#ifndef CLAIM_KIND_H
#define CLAIM_KIND_H

enum claim_kind { CLAIM_REQUIREMENT, CLAIM_STATEMENT, CLAIM_INFO };
enum severity { SEVERITY_MUST, SEVERITY_SHOULD };

#endif
