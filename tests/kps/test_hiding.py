"""What a service repeats of a login is not shown."""

from kps_tui.kps.credentials import Secret
from kps_tui.kps.hiding import hidden, sent_in


def test_each_secret_is_replaced_plain_and_as_json() -> None:
    secrets = [Secret('p"ä\\ss'), Secret("token-1234"), Secret("abc")]
    text = 'wrong: p"ä\\ss, "p\\"\\u00e4\\\\ss", "p\\"ä\\\\ss", token-1234, abc'.encode()
    assert hidden(text, secrets).decode() == 'wrong: …, "…", "…", …, abc'


def test_the_headers_of_a_login_are_known() -> None:
    headers = {"X-Auth-Token": "one", "X-Security-Token": "two", "Accept": "three"}
    assert sent_in(headers) == (Secret("one"), Secret("two"))
