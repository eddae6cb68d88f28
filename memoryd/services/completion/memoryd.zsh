#compdef memoryd
# Completion of memoryd in zsh: `compinit` finds this file on its path, or it is sourced.
_memoryd_answer() {
  local program=${(Q)1}
  "${program/#\~\//$HOME/}" __complete zsh "${(@Q)argv[2,-2]}" "$argv[-1]" < /dev/null 2> /dev/null
}
_memoryd() {
  local line value about
  local -a items
  for line in "${(@f)$(_memoryd_answer "${(@)words[1,CURRENT-1]}" "${(Q)PREFIX}")}"; do
    case $line in
      '') ;;
      :files) _files && return ;;
      :directories) _files -/ && return ;;
      *)
        value=${line%%$'\t'*} about=${${line#$value}#$'\t'}
        items+=("${${value//\\/\\\\}//:/\\:}${about:+:$about}")
        ;;
    esac
  done
  (( $#items )) && _describe -V memoryd items
}
_memoryd_plain() { # for a zsh without compinit
  local line
  local -a words
  read -cA words
  reply=()
  for line in "${(@f)$(_memoryd_answer "${(@)words[1,-2]}" "${(Q)1}")}"; do
    [[ $line == (|:files|:directories) ]] || reply+=("${line%%$'\t'*}")
    [[ $line == :* ]] && reply=(${(Q)1}*(N))
  done
}
if [[ $funcstack[1] == _memoryd ]]; then
  _memoryd "$@"
elif (( $+functions[compdef] )); then
  compdef _memoryd memoryd
else
  compctl -K _memoryd_plain memoryd
fi
