"""Shell completion: the scripts that `kps-tui completion` prints, and the completions that they ask the program for."""

from collections.abc import Mapping

from click.shell_completion import CompletionItem, ShellComplete, split_arg_string

from kps_tui.cli import COMPLETING
from kps_tui.cli.commands import kps_tui
from kps_tui.sanitize import line

_LINE = "_KPS_TUI_LINE"
"""The environment variable with the command line up to the cursor."""
_WORD = "_KPS_TUI_WORD"
"""The environment variable with the part before the cursor that bash replaces: it begins after a colon or an `=`."""
_END = "\0"
"""Marks the cursor. It can't be in an environment variable."""
MEANING_LENGTH = 120
"""The most characters that a shell shows of the meaning of a value."""
_SIGNED = ("--sort", "--where")
"""Options whose values may begin with a dash."""

_BASH = """\
_kps_tui_completion() {
    local kind value word="${COMP_WORDS[COMP_CWORD]}"
    [[ $word == *[!:=]* ]] || word=
    COMPREPLY=()
    while IFS=, read -r kind value; do
        if [[ $kind == file ]]; then
            compopt -o default 2>/dev/null
            continue
        fi
        # Leave out values that an open quote would change.
        [[ $word == [\\"\\']* && $value == *[\\"\\'\\\\\\`\\$\\!]* ]] && continue
        [[ $value == *: ]] && compopt -o nospace 2>/dev/null
        [[ $word == [\\"\\']* || $value != *[!a-zA-Z0-9_.,:=@/-]* ]] || printf -v value %q "$value"
        COMPREPLY+=("$value")
    done < <(_KPS_TUI_COMPLETE=bash _KPS_TUI_LINE="${COMP_LINE:0:COMP_POINT}" _KPS_TUI_WORD="$word" "$1" 2>/dev/null)
}
complete -o nosort -F _kps_tui_completion kps-tui 2>/dev/null || complete -F _kps_tui_completion kps-tui
"""

_ZSH = """\
#compdef kps-tui
_kps_tui_completion() {
    local line="${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX"
    local -a answer plain described open
    answer=("${(@f)$(_KPS_TUI_COMPLETE=zsh _KPS_TUI_LINE=$line ${(Q)words[1]} 2>/dev/null)}")
    [[ $PREFIX == -*=* ]] && compset -P 1 '*='
    local kind value about
    for kind value about in "${answer[@]}"; do
        if [[ $kind == file ]]; then
            _files
        elif [[ -z $about ]]; then
            [[ -n $value ]] && plain+=("$value")
        elif [[ $value == *: ]]; then
            open+=("${value//:/\\\\:}:$about")
        else
            described+=("${value//:/\\\\:}:$about")
        fi
    done
    (( $#described )) && _describe -V value described
    (( $#open )) && _describe -V value open -S ''
    (( $#plain )) && compadd -V value -a plain
    return 0
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _kps_tui_completion "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _kps_tui_completion kps-tui
fi
"""

_FISH = """\
function _kps_tui_completion
    set -l option (string match -r -- '^-[^=]*=' (commandline -ct))
    set -lx _KPS_TUI_COMPLETE fish
    set -lx _KPS_TUI_LINE (commandline -cp)
    for answer in (kps-tui 2>/dev/null)
        set -l parts (string split -m 1 , -- $answer)
        if test "$parts[1]" = file
            __fish_complete_path (string replace -- "$option" '' (commandline -ct))
        else
            echo -- "$option$parts[2]"
        end
    end
end
complete --no-files --keep-order --command kps-tui --arguments '(_kps_tui_completion)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
"""The completion scripts by shell."""


def print_script(_options: Mapping[str, object], shell: str) -> int:
    """Print the completion script for `shell`, one of `SCRIPTS`."""
    print(SCRIPTS[shell], end="")
    return 0


def answer(shell: str, environ: Mapping[str, str]) -> str:
    """Return the completions in the form that the script of `shell` reads; empty if the line has a mistake."""
    words, typed = _split(environ.get(_LINE, ""))
    option, equals, value = typed.partition("=")
    if option.startswith("-") and equals:
        words, typed = [*words, option], value
    sign = typed[:1] if typed[:1] == "-" and words[-1:] and words[-1] in _SIGNED else ""
    found = ShellComplete(kps_tui, {}, "kps-tui", COMPLETING).get_completions([*words], typed.removeprefix(sign))
    if shell == "zsh":
        return "".join(f"{item.type}\n{sign}{item.value}\n{_about(item)}\n" for item in found)
    if shell == "fish":
        return "".join(f"{item.type},{sign}{item.value}\t{_about(item)}\n" for item in found)
    kept = typed.removesuffix(_unquoted(environ.get(_WORD, "")))
    return "".join(f"{item.type},{(sign + item.value).removeprefix(kept)}\n" for item in found)


def _split(text: str) -> tuple[list[str], str]:
    """Return the complete words of a command line without the name of the program, and the word at the cursor."""
    *words, last = split_arg_string(text + _END)
    return words[1:], last.removesuffix(_END)


def _unquoted(word: str) -> str:
    return split_arg_string(word + _END)[0].removesuffix(_END)


def _about(item: CompletionItem[str]) -> str:
    """Return the meaning of a value as one safe line: it may come from a file."""
    return line(" ".join((item.help or "").split()), MEANING_LENGTH)
