# SPDX-License-Identifier: MIT
# Completion for fish: mpconform itself says what may come.
function __mpconform
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] complete -- $words[2..-1] 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (commandline -ct)
            case :folders
                __fish_complete_directories (commandline -ct)
            case '*'
                echo $line
        end
    end
end
complete -c mpconform -f -a '(__mpconform)'
