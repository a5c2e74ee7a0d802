#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# `make install` and what it installs: programs that run from any folder, the library as other programs find it, manuals, completion; `make uninstall`.
# TAP; B and VARIANT name the build.
set -u
B=${B:-build}
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work XDG_CACHE_HOME=$work/cache
unset MAKEFLAGS MAKELEVEL MPCONFORM_HOME
number=0
result() { # STATUS NAME: one line of TAP; what went wrong is in $work/log
  number=$((number + 1))
  if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; tail -n 30 "$work/log" | sed 's/^/# /'; fi
}
logged() { "$@" >"$work/log" 2>&1; }
install() { logged make -s DEPS=manual B="$B" VARIANT="${VARIANT:-release}" "$@"; }
case ${VARIANT:-} in asan) sanitize=(-fsanitize=address,undefined) ;; tsan) sanitize=(-fsanitize=thread) ;; *) sanitize=() ;; esac
echo 1..45

usr=$work/opt
install install PREFIX="$usr"; result $? 'make install'
files=$(cd "$usr" && find . | sort)

# --- the programs, from elsewhere ---
mkdir "$work/else" && cd "$work/else" || exit 3
project=$OLDPWD
logged env PATH="$usr/bin:$PATH" mpconform doctor; result $? 'doctor finds everything that was installed'
grep -q "oracle  *$usr/share/mpconform/oracle/serve.py" "$work/log"; result $? 'and it is what was installed'
logged env PATH="$usr/bin:$PATH" mpconform run --strict --failed-only list/pop dict/get refcount/new-object proxy-auth/verdict-with-a-blank; result $? 'an installed mpconform runs cases from any folder'
[ -s mpconform-reports/junit.xml ] && [ ! -e reports ]; result $? 'its reports are in mpconform-reports'
[ "$files" = "$(cd "$usr" && find . | sort)" ]; result $? 'a run leaves nothing in what is installed'
logged env PATH="$usr/bin:$PATH" mpconform check; result $? 'all cases and clauses are there'
cmp -s <(cd "$project" && "$B/mpconform" list | tail -n 1) <("$usr/bin/mpconform" list | tail -n 1); result $? 'as many cases as in the project'
cd "$project" || exit 3

# --- the library ---
export PKG_CONFIG_PATH=$usr/lib/pkgconfig
logged pkg-config --exists --print-errors mpref; result $? 'pkg-config finds mpref'
mkdir -p "$work/b/ref/examples" "$work/static/ref/examples"
for example in use_manager serve_counter; do
  # shellcheck disable=SC2046
  (cd "$work" && logged cc "${sanitize[@]}" -o "b/ref/examples/$example" "$usr/share/doc/mpconform/examples/$example.c" $(pkg-config --cflags --libs mpref)); result $? "$example.c builds with pkg-config --cflags --libs mpref"
done
readelf -d "$work/b/ref/examples/use_manager" >"$work/log"; grep -q 'NEEDED.*\[libmpref.so.0\]' "$work/log"; result $? 'it is linked to libmpref.so.0'
LD_LIBRARY_PATH=$usr/lib B=$work/b logged ref/test/use_manager.sh && ! grep -q '^not ok' "$work/log"; result $? 'and uses a Python manager'
LD_LIBRARY_PATH=$usr/lib B=$work/b logged ref/test/examples.sh && ! grep -q '^not ok' "$work/log"; result $? 'and serves its own type to Python'
# shellcheck disable=SC2046
logged cc "${sanitize[@]}" -o "$work/static/ref/examples/use_manager" ref/examples/use_manager.c $(pkg-config --cflags mpref) "$usr/lib/libmpref.a" $(pkg-config --static --libs mpref | sed 's/-lmpref\b//'); result $? 'the static library links'
B=$work/static logged ref/test/use_manager.sh && ! grep -q '^not ok' "$work/log"; result $? 'and works'
exported=$(nm -D --defined-only "$usr/lib/libmpref.so.0" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort)
declared=$(cc -E -P "$usr/include/mpref.h" | grep -oE '\bmpref_[a-z_]+ ?\(' | tr -d ' (' | sort -u)
diff <(echo "$exported") <(echo "$declared") >"$work/log"; result $? 'the shared library shows exactly the functions of mpref.h'
ldd "$usr/lib/libmpref.so.0" | awk '$3 ~ /^\// {print $3}' | xargs nm -D --defined-only 2>/dev/null | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u | comm -12 - <(nm -g --defined-only "$usr/lib/libmpref.a" 2>/dev/null | awk 'NF == 3 {print $3}' | sort -u) >"$work/log"
[ ! -s "$work/log" ]; result $? 'no name of the static library is one of a library that it needs'
version=$(pkg-config --modversion mpref)
for name in mpconform mpmanager mpproxy; do echo "$name $version"; "$usr/bin/$name" --version; done >"$work/log"
[ "$(sort -u "$work/log" | wc -l)" -eq 3 ]; result $? 'the programs and mpref.pc tell the same version'

# --- the manuals ---
for name in mpconform mpmanager mpproxy; do
  page=$usr/share/man/man1/$name.1
  logged mandoc -T lint -W warning "$page" && [ ! -s "$work/log" ]; result $? "$name.1 is well formed"
  { "$usr/bin/$name" --help; [ $name != mpconform ] || for command in $("$usr/bin/mpconform" complete -- '' | cut -f 1); do "$usr/bin/mpconform" help "$command"; done; } |
    grep -oE '^  (--[a-z-]+(, --version)?|mpconform [a-z]+)' | sed 's/^ *//; s/^mpconform //; s/,//; s/ --/\n--/' | sort -u >"$work/has"
  mandoc -T utf8 "$page" | sed "s,.\x08,,g" | sed -nE 's/^ +(--[a-z-]+|[a-z]+)( .*|$)/\1/p; s/^ +(--[a-z-]+) .*/\1/p' | sort -u >"$work/shown"
  comm -23 "$work/has" "$work/shown" >"$work/log"
  [ -s "$work/has" ] && [ ! -s "$work/log" ]; result $? "$name.1 has every command and option"
done
printf '#!/bin/sh\n[ "$1" = --version ] && echo new 2 && exit\nprintf "Usage\\n  --fresh FILE   what is\\n                 new: --old\\n  --help, --version\\n"' >"$work/new" && chmod +x "$work/new"
harness/packaging/manual harness/packaging/man/mpproxy.1.in "$work/new" >"$work/log"; grep -qx '.It Fl -fresh Ar "FILE"' "$work/log" && ! grep -q compat "$work/log"; result $? 'a page follows its program'
! logged harness/packaging/manual harness/packaging/man/mpproxy.1.in /bin/false; result $? 'no page is made of a program that does not run'

# --- completion, as bash calls it ---
complete_bash() { # LINE: what bash would offer, on one line
  PATH=$usr/bin:$PATH bash --norc -c 'compopt() { :; }; . "$1"; COMP_LINE=$2; COMP_POINT=${#2}; f=$(complete -p "${2%% *}"); f=${f#*-F }; "${f%% *}"; echo "${COMPREPLY[*]}"' \
    complete "$usr/share/bash-completion/completions/${1%% *}" "$1" 2>"$work/log"
}
offers() { # LINE EXPECTED
  local got; got=$(complete_bash "$1")
  [ "$got" = "$2" ]; local status=$?
  [ $status -eq 0 ] || echo "got: $got" >>"$work/log"; result $status "completes '$1'"
}
offers 'mpconform rec' record
offers 'mpconform run --strict --deadl' --deadline
offers 'mpconform list --str' ''
offers 'mpconform run --transport ' 'unix abstract tcp'
offers 'mpconform run --oracle=rec' recorded
offers 'mpconform show list/pop-f' list/pop-from-empty
offers 'mpconform run --strict dic' dict/
offers 'mpconform run clause:AUTH-14' AUTH-14
offers 'mpconform run level:kn' known-defect
offers "mpconform run --report $work/els" "$work/else"
offers "mpconform run --known=$work/els" "$work/else"
offers 'mpmanager --ser' --serializer
offers 'mpmanager --serializer p' pickle
offers "mpmanager --authkey-file $work/els" "$work/else"
offers 'mpproxy --compat 3.1' '3.10 3.11 3.12 3.13 3.14 3.15'

# --- and away again ---
mkdir -p "$work/stage/usr/bin" && echo theirs >"$work/stage/usr/bin/theirs"
install install DESTDIR="$work/stage" PREFIX=/usr && [ -x "$work/stage/usr/bin/mpconform" ] && grep -q '^prefix=/usr$' "$work/stage/usr/lib/pkgconfig/mpref.pc"; result $? 'make install DESTDIR=…'
install uninstall DESTDIR="$work/stage" PREFIX=/usr && [ "$(cd "$work/stage" && find . ! -type d)" = ./usr/bin/theirs ]; result $? 'make uninstall takes away what was installed, and nothing else'
! install uninstall DESTDIR="$work/stage" PREFIX=/usr && grep -q 'nothing was installed' "$work/log"; result $? 'and says so when there is nothing'
