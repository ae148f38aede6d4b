"""Masks the parts of an error message that differ from task to task, so that one cause gives one text.

Most tasks have no error code, so their causes are distinguished by messages. The same message about other servers,
addresses, ids and times is *one* cause, and its text must still say what to do. So these are kept: the vendor's own
network (which has to be allowed), ports, HTTP statuses and other codes, file modes, versions of operating systems,
paths, quoted phrases, and digits inside a word (`s6.large.2`, `cn-north-4b`, `64bit`).
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from sys import intern

from kps_tui.sanitize import line

# Not translated, so that a group has the same name in tickets and scripts in every language.
ID, NAME, ADDRESS, TIME, NUMBER = "<id>", "<name>", "<address>", "<time>", "<number>"

VENDOR_NETWORK = "100.125.0.0/16"
"""The network that the service connects from, according to its FAQ: the same for everybody, and part of the cause."""
FIRST_EPHEMERAL_PORT = 32_768
"""From this port on, Linux picks a new one for each connection, so it is masked."""
MESSAGES_KEPT = 16_384
"""How many distinct messages are cached; most messages repeat."""
NEAR = 24
"""How many characters on each side of a number decide what it means."""

_MASK = "<(?:id|name|address|time|number)>"
_END = "(?![0-9A-Za-z])"
_HEX = "[0-9A-Fa-f]"
_UUID = f"{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}"
_LONG_HEX = f"(?=[A-Fa-f]*[0-9])(?=[0-9]*[A-Fa-f]){_HEX}{{12,}}+"
_KINDS = "i|vm|ecs|server|instance|vol|volume|disk|nic|port|subnet|vpc|sg|task|job|req"
_ID = f"(?:{_UUID}|{_LONG_HEX}|(?i:{_KINDS})-(?=[A-Za-z]*[0-9])[0-9A-Za-z]{{6,}}+){_END}"
_COMPACT_TIME = r"(?:19|20)[0-9]{6}[Tt][0-9]{6}(?:[.,][0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
_GROUPS = f"{_HEX}{{1,4}}(?::{_HEX}{{1,4}}){{0,6}}"
_VERB = rf"(?i:is|was|has|does|must|may|can|cannot|should|already|not|in|of|for|or|and|contains|exists){_END}"
_PREFIX = f"(?:/[0-9]{{1,3}}{_END})?"


def _compiled_later(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Callable[[], re.Pattern[str]]:
    """Return a function that compiles `pattern` at its first call: compiling all of them at import would be slow."""
    return cache(lambda: re.compile(pattern, flags))


# All patterns are ASCII: with IGNORECASE, "ſ" and the Kelvin sign would match letters, and word boundaries would move.
# A word is matched as a whole, so that no other part starts inside one. All repetitions are possessive, atomic or
# bounded, so matching takes linear time. A group that can backtrack is not repeated possessively, because Python before
# 3.11.5 has a bug there. Look-around treats a mask like what it replaced, so that masking twice changes nothing.
_PART = _compiled_later(
    rf"""
      (?P<name> (?i:(?<=\ key\ name\ )|(?<=^key\ name\ )) (?!{_VERB}) [0-9A-Za-z]++(?>(?:[._-]++[0-9A-Za-z]++)*)
        | (?:(?<=密钥对\[)|(?<=密钥对\ \[)|(?<=虚拟机\[)|(?<=虚拟机\ \[)) [^][<>]++(?=\]) )
    | (?P<plain> [A-Za-z]++(?=[ ,;)]) )
    | (?P<quoted> "[^"]++" | “[^“”]++” | ‘[^‘’]++’ | 「[^「」]++」 | 『[^『』]++』
        | (?<![0-9A-Za-z])(?<!::)(?<!<id>)(?<!<name>)(?<!<address>)(?<!<time>)(?<!<number>)
          '[^']++'(?![0-9A-Za-z]|::|{_MASK}) )
    | (?P<id> {_ID}
        | (?:{_HEX}{{2}}:){{5,31}}{_HEX}{{2}}(?![0-9A-Za-z:])
        | (?i:(?<=sha256:))[0-9A-Za-z+/]{{43}}(?![0-9A-Za-z+/]) )
    | (?P<time> (?: [0-9]{{4}}(?P<sep>[-/])[0-9]{{1,2}}(?P=sep)[0-9]{{1,2}}(?:[Tt\ ]{_CLOCK})?
        | {_COMPACT_TIME} | {_CLOCK} ){_END} )
    | (?P<address>
        (?:(?<![0-9A-Za-z:>])::(?i:ffff):)?
          [0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}(?![0-9A-Za-z]|[._]++(?!{_ID})[0-9A-Za-z]){_PREFIX}
        | (?=[A-Fa-f:]{{0,39}}+[0-9])
          (?> {_GROUPS}::(?:{_GROUPS})? | (?<![0-9A-Za-z:>])::{_GROUPS} | (?:{_HEX}{{1,4}}:){{7}}{_HEX}{{1,4}} )
          (?![0-9A-Za-z<]|:[0-9A-Za-z:<]|\.[0-9<])(?:%[0-9A-Za-z]++)?{_PREFIX} )
    | (?P<word> [0-9]{{1,3}}(?:,[0-9]{{3}})++{_END} | [0-9A-Za-z]++(?>(?:[._-]++(?!{_ID})[0-9A-Za-z]++)*) )
    """,
    re.VERBOSE | re.ASCII,
)
_MASKABLE = _compiled_later("[0-9\"'“‘「『@]|密钥对|虚拟机|key ?(?:name|pair) ", re.IGNORECASE | re.ASCII)
"""Matches somewhere in every message that may have something to mask."""
_QUANTITY = _compiled_later(
    r"(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+(?:\.[0-9]+)?|[0-9]{1,3}(?:,[0-9]{3})+)"
    "(ns|us|ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|[kmgt]i?b)?",
    re.IGNORECASE | re.ASCII,
)
_UNIT_AFTER = _compiled_later(
    " ?(?:(?:ms|s|secs?|seconds?|min|minutes?|hours?|days?|times|attempts?|retries|tries)(?![a-z0-9])"
    "|毫秒|秒|分|小时|天|次|个|台)",
    re.IGNORECASE | re.ASCII,
)
_MEANING_BEFORE = _compiled_later(
    r"""(?: (?<![0-9a-z._%-])(?:[a-z]{1,9}[_-])?
            (?: (?:ports?|https?|status|code|errno|exit|chmod|mode|permissions?)[ :=#(]{0,3}
              | http/(?:[0-9](?:\.[0-9])?\ )? | error\  | (?:tcp|udp)[:/ ]
              | (?: centos|stream|ubuntu|debian|euleros|openeuler|kylin|uniontech|uos|linux|freebsd|coreos|fedora|sles
                  | windows|windows\ server|openssh )[ ] )
          | (?:端口|状态码|错误码|返回码|退出码|权限)(?:号|为|是)?[ :=(：（]{0,2} )$""",
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)
_PORT_AFTER = _compiled_later(" ?号?端口|/(?:tcp|udp)(?![a-z0-9])", re.IGNORECASE | re.ASCII)
_HOST_BEFORE = _compiled_later(rf"(?:(?<![0-9A-Za-z._-])[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}|{ADDRESS}|\]):\Z")
_NAMED_BEFORE = _compiled_later(
    "(?:(?<![0-9a-z._-])(?:server|instance|host|key ?pair)[ :=]{1,2}|(?:服务器|虚拟机|实例|主机|密钥对)[ :=：]{0,2})$",
    re.IGNORECASE | re.ASCII,
)
_KEY_PAIR_BEFORE = _compiled_later(
    r"(?:(?<![0-9a-z._-])key ?pair[ :=]{1,2}|密钥对[ :=：]{0,2})\Z", re.IGNORECASE | re.ASCII
)
_USER_BEFORE = _compiled_later(r"[0-9A-Za-z._-]@\Z")
_MODE = _compiled_later("0[0-7]{3}")
_NUMBERS = _compiled_later("[0-9]+(?:[_-][0-9]+)+")


@lru_cache(maxsize=MESSAGES_KEPT)
def normalise(message: str) -> str:
    """Return `message`, as `sanitize.line` returns it, with ids, names, addresses, times and numbers masked.

    The same cause gives the same text apart from case, so compare results by their `casefold()`. Never raises. Applying
    it twice changes nothing.
    """
    message = " ".join(message.split())
    return intern(_masked(message)) if _MASKABLE().search(message) else message


def group_of_error(message: str) -> str:
    """Return `normalise` as one safe line, which names a group of errors; masks may have made the message longer."""
    return line(normalise(message))


def _masked(text: str) -> str:
    return _PART().sub(_shown, text)


def _shown(part: re.Match[str]) -> str:
    text = part[0]
    match part.lastgroup:
        case "id":
            return ID
        case "time":
            return TIME
        case "address":
            return text if text == VENDOR_NETWORK else ADDRESS
        case "quoted":
            return text[0] + _inside_quotes(text[1:-1]) + text[-1]
        case "name":
            return NAME
        case "word" if not text.isalpha() or part.string[part.end() : part.end() + 1] == ":":
            return _word(
                text,
                part.string[max(0, part.start() - NEAR) : part.start()],
                part.string[part.end() : part.end() + NEAR],
            )
    return text


def _inside_quotes(text: str) -> str:
    """Mask a name. Text with spaces, a message of another program, and a path, which says what to repair, are kept."""
    return _masked(text) if " " in text or text.startswith("/") else NAME


def _word(word: str, before: str, after: str) -> str:
    if after.startswith(":") and _USER_BEFORE().search(before):
        return NAME
    if word.isalpha():
        return word
    if quantity := _QUANTITY().fullmatch(word):
        unit: str | None = quantity[1]
        if unit or _UNIT_AFTER().match(after):
            return NUMBER + (unit or "")
        return word if _has_meaning(word, before, after) else NUMBER
    if _NUMBERS().fullmatch(word):
        return word if _MEANING_BEFORE().search(before) else re.sub("[0-9]+", NUMBER, word)
    if word.isalnum():
        return word
    has_digit = not word.replace("-", "").replace("_", "").isalpha()
    return NAME if (_NAMED_BEFORE() if has_digit else _KEY_PAIR_BEFORE()).search(before) else word


def _has_meaning(number: str, before: str, after: str) -> bool:
    """Return whether the number tells causes apart, as a port, status, code, file mode or version does."""
    if _MODE().fullmatch(number):
        return True
    if len(number) > 5 or (number.isdigit() and int(number) >= FIRST_EPHEMERAL_PORT):
        return False
    if _MEANING_BEFORE().search(before) or _PORT_AFTER().match(after):
        return True
    return before.endswith(":") and (number == "22" or _HOST_BEFORE().search(before) is not None)
