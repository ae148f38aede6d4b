"""Normalised messages: the same for other servers, addresses, ids and times, different for other causes."""

from collections import defaultdict
from time import thread_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kps_tui.demo import causes
from kps_tui.demo.causes import Cause
from kps_tui.demo.fleet import fleet
from kps_tui.demo.tasks import TaskList
from kps_tui.sanitize import line
from kps_tui.triage.normalise import normalise

UUID = "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006"
HEX = "0123456789abcdef0123456789abcdef"


# What is masked


@pytest.mark.parametrize(
    ("message", "normalised"),
    [
        (f"Server {UUID} not found", "Server <id> not found"),
        (f"Server {UUID.upper()} not found", "Server <id> not found"),
        (f"云服务器{UUID}不存在", "云服务器<id>不存在"),
        (f"request {HEX}.", "request <id>."),
        ("on i-0a1b2c3d, disk-9f8e7d6c", "on <id>, <id>"),
        (f"backup web-01-{UUID}-02", "backup web-01-<id>-<number>"),
        ("key SHA256:" + "aB3" * 14 + "c from fa:16:3e:00:11:22", "key SHA256:<id> from <id>"),
        ("to 10.1.2.3.", "to <address>."),
        (
            "subnet 10.1.0.0/16 of fe80::1%eth0, 2001:db8::/32, ::1",
            "subnet <address> of <address>, <address>, <address>",
        ),
        ("1:2:3:4:5:6:7:8 and 10.1.2.3-10.1.2.9", "<address> and <address>-<address>"),
        ("dial tcp [2001:db8::1]:22: refused", "dial tcp [<address>]:22: refused"),
        ("read tcp 10.0.0.1:51234->10.0.0.2:22: i/o timeout", "read tcp <address>:<number>-><address>:22: i/o timeout"),
        ("无法连接云服务器10.1.2.3的22端口", "无法连接云服务器<address>的22端口"),
        ("at 2026-11-23T08:00:12.345Z", "at <time>"),
        ("since 2026/11/23 08:00 until 09:30:00+08:00", "since <time> until <time>"),
        ("after 3000 ms, 3 attempts, 1.5 s", "after <number> ms, <number> attempts, <number> s"),
        ("waited 300s or 1m30.5s, 1,024 bytes, 50%", "waited <number>s or <number>s, <number> bytes, <number>%"),
        ("耗时30秒，重试3次", "耗时<number>秒，重试<number>次"),
        ("attempt 3/5, rows 1-20", "attempt <number>/<number>, rows <number>-<number>"),
        ("status: 3 times", "status: <number> times"),
        ("error 123456789", "error <number>"),
    ],
)
def test_what_differs_is_masked(message: str, normalised: str) -> None:
    assert normalise(message) == normalised


@pytest.mark.parametrize("quotes", ['""', "''", "“”", "‘’", "「」", "『』"])
def test_a_quoted_name_is_masked_inside_its_quotes(quotes: str) -> None:
    opening, closing = quotes[0], quotes[1]
    for name in ("web-01", "订单服务-01", "x"):
        assert normalise(f"server {opening}{name}{closing} off") == f"server {opening}<name>{closing} off"
        assert normalise(f"云服务器{opening}{name}{closing}关机") == f"云服务器{opening}<name>{closing}关机"


def test_a_name_without_quotes_is_known_by_what_stands_before_it() -> None:
    assert normalise("server web-cn-4a-01 and key pair KeyPair-3f9c") == "server <name> and key pair <name>"
    assert normalise("云服务器web-01不存在") == "云服务器<name>不存在"


@pytest.mark.parametrize(
    ("messages", "group"),
    [
        (
            ("SSH Key name KeyPair-a760 not found", "SSH Key name my_key not found", "SSH Key name mykey not found"),
            "SSH Key name <name> not found",
        ),
        (
            ("密钥对 [KeyPair-a760] 不存在", "密钥对 [KeyPair-b1] 不存在", "密钥对 [我的 key] 不存在"),
            "密钥对 [<name>] 不存在",
        ),
        (("对虚拟机 ecs-web-0001 执行ssh失败", "对虚拟机 ecs-web-0002 执行ssh失败"), "对虚拟机 <name> 执行ssh失败"),
        (
            ("root@ecs-1234: Permission denied (publickey).", "root@web: Permission denied (publickey)."),
            "root@<name>: Permission denied (publickey).",
        ),
        (
            (
                "signature expired, signature time:20211217T064303Z",
                "signature expired, signature time:20211218T014303Z",
                "signature expired, signature time:20211218t014303.5+0800",
            ),
            "signature expired, signature time:<time>",
        ),
        (
            (
                "the keypair my-key does not match the user_id 0bbe1fef7200f3d21f4bc01b8b0a5e4b",
                "the keypair KeyPair-7a10 does not match the user_id 05f8aa01bc2244d8a1f0",
            ),
            "the keypair <name> does not match the user_id <id>",
        ),
    ],
    ids=["key name", "bracketed key pair", "virtual machine", "user and host", "compact time", "key pair"],
)
def test_one_cause_about_other_servers_and_key_pairs_is_one_group(messages: tuple[str, ...], group: str) -> None:
    assert {normalise(line(message)) for message in messages} == {group}


# What is kept


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Update public key error",
        "from 100.125.0.0/16",
        "检查安全组是否对100.125.0.0/16放通",
        "port 22, Port: 2222, 端口22, 端口号：22, 22端口, 22/tcp, tcp/22, localhost:22",
        "HTTP/1.1 502, status code: 403, 状态码500, exit code 255, error 10061, error_code=7",
        "mode 0777, expected 0600, chmod 700",
        "Kylin V10 64bit, CentOS 7.6 64bit, CentOS Stream 8, Windows Server 2019, OpenSSH 8.9, UnionTech 20",
        "flavor s6.large.2 in cn-north-4b, sha256, KPS.0003, ecs:cloudServers:attach",
        "/etc/ssh/authorized_keys of root can't be read, it isn't the servers' fault",
        'File "/etc/ssh/authorized_keys"',
        "ssh said “Permission denied (publickey)”",
        "the key name is not valid, the key name must not be empty",
        "the key pair is in use, key pair limit reached; 虚拟机 SSH 连接失败",
        "no match: chacha20-poly1305@openssh.com,aes256-gcm@openssh.com",
    ],
)
def test_what_tells_the_cause_is_kept(message: str) -> None:
    assert normalise(message) == message


def test_only_the_whole_network_of_the_vendor_is_kept() -> None:
    assert normalise("100.125.0.0 100.125.1.2 100.125.0.0/24 100.125.0.0/160") == " ".join(["<address>"] * 4)


def test_a_quoted_phrase_or_path_is_masked_like_the_rest() -> None:
    assert (
        normalise('"after 3 s to 10.1.2.3" in "/var/log/12"')
        == '"after <number> s to <address>" in "/var/log/<number>"'
    )


def test_a_port_that_is_picked_anew_each_time_is_masked() -> None:
    assert normalise("port 32767, port 32768, 10.1.2.3:32767, 10.1.2.3:32768") == (
        "port 32767, port <number>, <address>:32767, <address>:<number>"
    )


def test_space_is_collapsed() -> None:
    assert normalise("  a \u3000 b\u00a0 c ") == "a b c"


# Groups


def test_of_the_demo_all_tasks_of_a_cause_are_one_group_and_no_two_causes_are() -> None:
    every = {cause for cause in vars(causes).values() if isinstance(cause, Cause)} | {*causes.OTHER_LANGUAGE.values()}
    groups: dict[str, set[str]] = defaultdict(set)
    for cause in every:
        for n, server in enumerate(fleet()):
            message = cause.message.format(
                name=server.name, sid=server.server_id, ip=server.ip, disk=server.disk_id, key=server.keypair, n=n
            )
            groups[cause.message].add(normalise(line(message)))
    assert len(every) > 20
    assert {len(group) for group in groups.values()} == {1}
    causes_found = set.union(*groups.values())
    assert len(causes_found) == len(every)
    rows = TaskList(5000, 1_795_593_600_000).rows(0, 5000)
    assert len({row["task_error_msg"] for row in rows}) > 1000
    assert {normalise(line(row["task_error_msg"])) for row in rows} == causes_found


def seconds(message: str) -> float:
    begin = thread_time()
    normalise(message)
    return thread_time() - begin


def test_no_text_takes_much_longer_than_another_of_its_length() -> None:
    pieces = ["“", "'", ":", ".", "f", "0", "a-", "1.", "0f:", "a_i-", "1.1.1.1...", " 'a", '“"', "1m", "::", "「a"]
    usual = seconds("1, " * 40_000)
    slow = {piece: took for piece in pieces if (took := seconds("1" + (piece * 120_000)[:120_000])) > 5 * usual}
    assert not slow


PIECES = st.sampled_from(
    [
        *"\"'“”‘’「」『』:/.,-_%=()[]<> 0159aFxT次台的号",
        *(
            "22",
            "port ",
            "端口",
            "error ",
            "status: ",
            " ms",
            "s",
            "秒",
            "http/",
            "1.1",
            "Linux ",
            "/tcp",
            "0600",
            "::",
        ),
        *(UUID, HEX, "10.1.2.3", "fe80::1", "i-0a1b2c3d", "100.125.0.0/16", "2026-11-23", "08:00", "web-01", "1m30s"),
        *("server ", "服务器", "doesn't", "sha256:" + "aB3" * 14 + "c", "fa:16:3e:00:11:22", "32768", "1,024"),
        *("<id>", "<name>", "<address>", "<time>", "<number>"),
        *("@", "root@", "Key name ", "key pair ", "密钥对 [", "虚拟机 ", "[", "]", "20211217T064303Z", "my-key", "web"),
    ]
)
MESSAGES = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60)


@given(MESSAGES)
@example("server 1-port 22")
@example("'a'::1")
@example("i-0a1b2c3d::22")
@example("fe80::1:")
@example("fe80::1%Linux 22")
@example("10.1.2.3_i-0a1b2c3d")
@example("0600::.1")
@example("0600\u017f5")
def test_masking_twice_changes_nothing(message: str) -> None:
    once = normalise(message)
    assert normalise(once) == once


@pytest.mark.parametrize("before", ["i-0a1b2c3d", "10.1.2.3", "fe80::", "08:00", "5", "server web-01"])
def test_an_apostrophe_after_what_is_masked_opens_no_quotes(before: str) -> None:
    once = normalise(f"{before}'a !'-'")
    assert once.endswith(">'a !'<name>'")
    assert normalise(once) == once


@given(MESSAGES.filter(lambda message: message.isascii() and "<" not in message))
def test_upper_and_lower_case_are_one_group(message: str) -> None:
    assert normalise(message.upper()).casefold() == normalise(message.lower()).casefold()


def counts(number: int, template: str) -> str:
    return normalise(template.replace("N", str(number)))


@given(
    st.integers(0, 10**15), st.sampled_from(["after N ms", "N台失败", "took Nms", "N retries", "重试N次后失败", "N%"])
)
def test_any_count_is_one_group(number: int, template: str) -> None:
    assert counts(number, template) == counts(1, template)


ADDRESSES = st.ip_addresses() | st.ip_addresses(network="100.125.0.0/16")


@example("::ffff:10.0.0.1")
@given(ADDRESSES.map(str).filter(lambda address: any(map(str.isdigit, address))))
def test_any_address_with_a_digit_is_one_group(address: str) -> None:
    assert normalise(f"to {address} refused") == "to <address> refused"
    assert normalise(f"{address}: timed out") == "<address>: timed out"
    assert normalise(f"连接[{address}]:22失败") == "连接[<address>]:22失败"


@given(st.uuids())
def test_any_id_is_one_group(given_id: object) -> None:
    assert normalise(f"云服务器{given_id}已被删除") == "云服务器<id>已被删除"
    assert normalise(f"x-{given_id}:80 {str(given_id).replace('-', '')}") == "x-<id>:<number> <id>"
