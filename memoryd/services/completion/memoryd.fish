# Completion of memoryd in fish.
function __memoryd_complete
    set -l words (commandline -opc)
    set -l token (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -e words[1]
    set -l lines ($program __complete fish $words "$token" < /dev/null 2> /dev/null)
    switch "$lines[1]"
        case :files
            __fish_complete_path "$token"
        case :directories
            __fish_complete_directories "$token"
        case '*'
            printf '%s\n' $lines
    end
end
complete --command memoryd --no-files --keep-order --arguments '(__memoryd_complete)'
