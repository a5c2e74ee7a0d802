# SPDX-License-Identifier: MIT
# Completion for bash: mpconform itself says what may come (`mpconform complete`), mpmanager and mpproxy by their --help.

# Adds what bash itself completes (files or directories) for the word $1 to COMPREPLY.
_mpconform_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$2" -- "$1")
}

# Sets words, the last of them as far as it is typed, and behind, what bash has already taken for another word: the part up to the last : or =.
_mpconform_words() {
  local line=${COMP_LINE:0:COMP_POINT}
  read -ra words <<<"$line"
  [[ $line != *[[:space:]] ]] || words+=('')
  word=${words[-1]}
  behind=${word%"${word##*[:=]}"}
  COMPREPLY=()
}

_mpconform() {
  local words word behind candidate rest
  _mpconform_words
  while IFS=$'\t' read -r candidate rest; do
    case $candidate in
      :files) _mpconform_paths "${word#--*=}" -f ;;
      :folders) _mpconform_paths "${word#--*=}" -d ;;
      *) COMPREPLY+=("${candidate#"$behind"}") ;;
    esac
  done < <("${words[0]/#\~/$HOME}" complete -- "${words[@]:1}" 2>/dev/null)
  [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *[/:] ]] || compopt -o nospace 2>/dev/null
}

_mpconform_by_help() {
  local words word behind help candidate argument
  _mpconform_words
  help=$("${words[0]/#\~/$HOME}" --help 2>/dev/null)
  argument=$(sed -nE "s/^  ${words[-2]} ([^ ]+) .*/\1/p" <<<"$help")
  case $argument in
    '') while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -W "$(sed -nE '/^  --/s/[^-]*(--[a-z-]+)[^-]*/\1 /gp' <<<"$help" | grep -oE -- '^--[a-z-]+|--version')" -- "$word") ;;
    FILE) _mpconform_paths "$word" -f ;;
    *) while IFS= read -r candidate; do COMPREPLY+=("${candidate#"$behind"}"); done < <(compgen -W "$(
      case $argument in
        ADDRESS) echo unix: abstract: tcp: ;;
        X.Y) echo 3.{8..15} ;;
        NAME) echo pickle xmlrpclib ;;
      esac)" -- "$word") ;;
  esac
  [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *: ]] || compopt -o nospace 2>/dev/null
}

complete -F _mpconform mpconform
complete -F _mpconform_by_help mpmanager mpproxy
