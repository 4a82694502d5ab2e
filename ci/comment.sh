#!/bin/sh
# comment.sh FILE: posts a comment that another job made on the change it is about; on GitHub it replaces the one that is there. This is the
# job with a token, so it runs nothing of the change: the file is untrusted text, cut to 60,000 bytes, without control characters, and its
# @names notify no one.
#
# GitHub: GH_TOKEN, AGUANTA_REPOSITORY (owner/name) and AGUANTA_PULL (its number) or AGUANTA_COMMIT (the commit that an open request ends with).
# GitLab: AGUANTA_GITLAB_TOKEN, and CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID of the job.
set -eu
file=$1 marker='<!-- aguanta -->'
[ -f "$file" ] && [ ! -L "$file" ] || { echo "comment.sh: no $file" >&2; exit 1; }
body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
  echo "$marker"
  head -c 60000 "$file" | LC_ALL=C tr -d '\000-\010\013-\037\177' | grep -vxF "$marker" | sed 's/@/@<!-- -->/g' || true
} > "$body"
number() { case $1 in '' | *[!0-9]*) echo "comment.sh: \"$1\" is not a number of a change" >&2; exit 1 ;; esac; }

if [ -n "${AGUANTA_GITLAB_TOKEN:-}" ]; then
  number "$CI_MERGE_REQUEST_IID" && number "$CI_PROJECT_ID"
  curl --fail --silent --show-error --request POST --header "PRIVATE-TOKEN: $AGUANTA_GITLAB_TOKEN" --data-urlencode "body@$body" \
    "$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes" >/dev/null
  exit
fi
case ${AGUANTA_REPOSITORY:-} in */*/* | *[!A-Za-z0-9._/-]* | '') echo "comment.sh: AGUANTA_REPOSITORY is not owner/name" >&2; exit 1 ;; esac
if [ -z "${AGUANTA_PULL:-}" ]; then
  case ${AGUANTA_COMMIT:-} in '' | *[!0-9a-f]*) echo "comment.sh: AGUANTA_COMMIT is not a commit" >&2; exit 1 ;; esac
  AGUANTA_PULL=$(gh api --paginate "repos/$AGUANTA_REPOSITORY/pulls?state=open&per_page=100" --jq ".[] | select(.head.sha == \"$AGUANTA_COMMIT\") | .number" | head -n 1)
  [ -n "$AGUANTA_PULL" ] || { echo "no open request ends with $AGUANTA_COMMIT"; exit 0; }
fi
number "$AGUANTA_PULL"
there=$(gh api --paginate "repos/$AGUANTA_REPOSITORY/issues/$AGUANTA_PULL/comments" \
  --jq ".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id" | head -n 1)
if [ -n "$there" ]; then
  number "$there"
  gh api --method PATCH "repos/$AGUANTA_REPOSITORY/issues/comments/$there" -F "body=@$body" >/dev/null
else
  gh api --method POST "repos/$AGUANTA_REPOSITORY/issues/$AGUANTA_PULL/comments" -F "body=@$body" >/dev/null
fi
