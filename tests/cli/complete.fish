# complete.fish FILE LINE...: what the completion in the file offers for each line, one line of answers each.
source $argv[1]
for line in $argv[2..]
  echo "$line: "(complete -C $line | string replace -r '\t.*' '')
end
