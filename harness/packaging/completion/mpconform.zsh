#compdef mpconform
# SPDX-License-Identifier: MIT
# Completion for zsh: mpconform itself says what may come.
local -a whole open
local line candidate text files=
while IFS= read -r line; do
  candidate=${line%%$'\t'*} text=${line#*$'\t'}
  case $candidate in
    :files) files=_files ;;
    :folders) files='_files -/' ;;
    */|*:) open+=("${candidate//:/\\:}:$text") ;;
    *) whole+=("${candidate//:/\\:}:$text") ;;
  esac
done < <(${words[1]} complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
[[ -z $files ]] || ${=files}
_describe -t words 'mpconform' whole
_describe -t groups 'mpconform' open -S ''
