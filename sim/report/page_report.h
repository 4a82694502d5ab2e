/* `aguanta report`: answers from their JSON files as one page; and an answer as such a page right after it was found.
 *
 * The form follows from the name of the output: .html is one self-contained page, .md the short form for a pull request. All
 * answers of a page come from one version of the program. What a page shows of an answer is one file of sim/report/page. */
#ifndef PAGE_REPORT_H
#define PAGE_REPORT_H
#include "sim/report/answer.h"
#include <stdio.h>

enum page_outcome {
  PAGE_WRITTEN,
  PAGE_FAILED,   /* the disk */
  PAGE_MISUSED,  /* the name of the output says no form */
  PAGE_NO_RESULT /* a file is missing, is no answer that a page can show, or is of another version than the rest */
};

/* `title`: null for that of the scenarios. Except when written, *error is a message that the caller frees. */
enum page_outcome report_pages(const char *const *paths, uint32_t count, const char *output, const char *title, char **error);

/* The form for a pull request of an answer that has a JSON form; others write nothing. */
void page_answer_markdown(FILE *, const struct answer *);

#endif
