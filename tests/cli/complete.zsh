# complete.zsh FOLDER LINE...: the names that zsh finds for each line after a tabulator, between << and >>; _aguanta is in the folder.
zmodload zsh/zpty
zpty -b z zsh -f -i
zpty -w z "PROMPT= RPROMPT= ; fpath=($1 \$fpath); autoload -Uz compinit; compinit -D -u; LISTMAX=1000; setopt no_beep"
zpty -w z 'compadd() { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi; local -a found; builtin compadd -A found "$@"; print -r -- "<<$found>>"; builtin compadd "$@" }; print READY'
zpty -r z line '*READY*' || exit 1
zpty -r z line '*READY*' || exit 1
shift
for wanted; do
  zpty -n -w z "$wanted"$'\t\C-uprint END\n'
  zpty -r z line '*END*END*' || exit 1
  print -r -- "$wanted: ${line//[^[:print:]]/ }"
done
zpty -d z
