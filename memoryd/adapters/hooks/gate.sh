# Hook of memoryd: Claude Code calls it with an event as JSON on standard input.
# What is not about memory ends here; the rest goes to the daemon. No failure stops the agent.
# $1: before or after (a write), read, always, stop; or run, for the commands after it
if [ "$1" = run ]; then
    shift
    exec @python@ -P -m memoryd "$@"
fi
LC_ALL=C
{ input=$(cat); } 2>/dev/null
case $1:$input in
always:* | stop:* | *agent-memory* | */memory/* | *MEMORY.md*) ;;
*)
    [ -s @roots@ ] || exit 0
    while IFS= read -r root; do
        case $input in *"$root"*) break ;; esac
    done <@roots@
    [ -n "$root" ] || exit 0
    ;;
esac
[ -S @socket@ ] || [ "$1" = after ] || exit 0
[ -x @python@ ] && [ -r @forward@ ] || exit 0
printf '%s' "$input" | @python@ -I -S @forward@ @socket@ @waiting@ "$1" 2>/dev/null
exit 0
