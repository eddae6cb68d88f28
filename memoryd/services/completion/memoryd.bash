# Completion of memoryd in bash.
_memoryd() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files | :directories)
                if type compopt > /dev/null 2>&1; then
                    compopt -o default
                else # bash 3.2 of macOS
                    IFS=$'\n' COMPREPLY=($(compgen -f -- "$2"))
                fi
                ;;
            *) COMPREPLY[${#COMPREPLY[@]}]=$line ;;
        esac
    done < <("${1/#~\//$HOME/}" __complete bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" < /dev/null 2> /dev/null)
    compopt -o nosort 2> /dev/null
    return 0
}
complete -F _memoryd memoryd
