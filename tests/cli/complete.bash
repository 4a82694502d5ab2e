# complete.bash FILE LINE...: what the completion in the file offers for the last word of each line, one line of answers each.
. "$1"
shift
for line; do
  read -ra COMP_WORDS <<< "$line"
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _aguanta
  echo "$line: ${COMPREPLY[*]}"
done
