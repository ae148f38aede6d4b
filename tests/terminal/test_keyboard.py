"""What a terminal sends, as text in pieces: no byte is too much, and Esc is told from a sequence."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.terminal.keyboard import ESC, Keyboard


def pieces(*packets: bytes, encoding: str = "utf-8", alt: str = "") -> list[str]:
    """What comes of packets that follow one another at once, and of the pause after them."""
    keyboard = Keyboard(encoding, alt)
    read = [piece for packet in packets for piece in keyboard.read(packet)]
    return [*read, *keyboard.pause()]


@pytest.mark.parametrize(
    ("packets", "read"),
    [
        ([b"j"], ["j"]),
        ([b"\x1b"], [ESC]),
        ([b"\x1bs"], [ESC, "s"]),
        ([b"\x1b", b"s"], [ESC, "s"]),
        ([b"\x1bsjjj"], [ESC, "sjjj"]),
        ([b"\x1b" + b"j" * 40], [ESC, "j" * 40]),
        ([b"ab\x1b\x1bq"], ["ab", ESC, ESC, "q"]),
        ([b"\x1b1"], [ESC, "1"]),
        ([b"\x1b[A"], ["\x1b[A"]),
        ([b"\x1b", b"[A"], ["\x1b[A"]),
        ([b"\x1b[", b"A"], ["\x1b[A"]),
        ([b"\x1bOP"], ["\x1bOP"]),
        ([b"\x1b\x1b[A"], [ESC, "\x1b[A"]),
        ([b"\x1b["], [ESC, "["]),
        ([b"\x1bO"], [ESC, "O"]),
        ([b"\x1bb\x1bf\x1b\x7f\x1b\t"], ["\x1bb\x1bf\x1b\x7f\x1b\t"]),
        ([b"\x1b[200~a\x1bqb\x1b[31m\x1b[201~\x1bq"], ["\x1b[200~", "a", "qb[31m", "\x1b[201~", ESC, "q"]),
        ([b"\x1b[20", b"0~a\x1b", b"q\x1b[201~"], ["\x1b[200~", "a", "q", "\x1b[201~"]),
        ([b"\x1b[M \xe8\xe9j"], ["j"]),
        ([b"\x1b[M \n!"], ["\x1b[M \n!"]),
    ],
)
def test_esc_and_a_key_in_one_packet_are_two_keys(packets: list[bytes], read: list[str]) -> None:
    assert pieces(*packets) == read


def test_a_character_that_is_bound_with_alt_stays_a_sequence() -> None:
    assert pieces(b"\x1br\x1bs", alt="r") == ["\x1br", ESC, "s"]


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"\xca\xfd\xbe\xdd", "gb18030", "数据"),
        (b"\x81\x30\x89\x37", "gb18030", b"\x81\x30\x89\x37".decode("gb18030")),
        ("数据".encode(), "utf-8", "数据"),
        (b"\xca\xfd\xbe\xddj", "utf-8", "����j"),
        (b"\xeaj", "utf-8", "�j"),
        (b"\xe4", "iso8859-1", "ä"),
    ],
)
def test_bytes_are_read_in_the_encoding_of_the_terminal(data: bytes, encoding: str, text: str) -> None:
    assert "".join(pieces(data, encoding=encoding)) == text
    # Also if each byte comes in a packet of its own.
    assert "".join(pieces(*(bytes([byte]) for byte in data), encoding=encoding)) == text


ENCODINGS = st.sampled_from(["utf-8", "gb18030", "gbk", "big5", "euc_jp", "shift_jis", "iso8859-15", "koi8-r"])


@given(st.lists(st.binary()), ENCODINGS)
def test_no_byte_raises_and_no_piece_is_empty(packets: list[bytes], encoding: str) -> None:
    assert all(pieces(*packets, encoding=encoding))


@given(st.text(st.characters(codec="gb18030", exclude_characters=ESC)), st.integers(1, 7))
def test_what_is_typed_arrives_however_it_is_cut(text: str, size: int) -> None:
    data = codecs.encode(text, "gb18030")
    packets = [data[at : at + size] for at in range(0, len(data), size)]
    assert "".join(pieces(*packets, encoding="gb18030")) == text
