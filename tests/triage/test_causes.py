"""Causes: which message and code points to which, how surely, and that guesses and unknown texts are told apart."""

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.demo import causes as demo
from kps_tui.demo.tasks import TaskList
from kps_tui.kps.task import FailedTask
from kps_tui.triage import causes
from kps_tui.triage.causes import CODE, cause_id, diagnose, meaning_of, program_runbook, use_own
from kps_tui.triage.runbook import Certainty
from kps_tui.triage.runbook_parser import parse
from tests.triage.tasks import task

ATTESTED, LIKELY, GUESS = Certainty.ATTESTED, Certainty.LIKELY, Certainty.GUESS

REPORTED = [
    # The API page and a picture of the console.
    ("Update public key error", "", "reset", "authorized-keys", GUESS),
    ("Server login credential in", "", "bind", "credential", LIKELY),
    # Public reports.
    ("参数错误", "KPS.0002", "", "parameters", ATTESTED),
    ("parameter error", "", "", "parameters", LIKELY),
    (
        "call fsp to query keypair fail, error code : Ecs.0314, reason is : the keypair X does not match the user_id Y",
        "", "", "key-pair-owner", LIKELY,
    ),
    ("Incorrect IAM authentication information: current ip:10.1.2.3 refused", "APIGW.0301", "", "access-control",
     ATTESTED),
    ("SSH Key name KeyPair-a760 not found", "", "bind", "key-pair", LIKELY),
    ("密钥对 [KeyPair-b1] 不存在", "", "bind", "key-pair", LIKELY),
    ("root@ecs-1234: Permission denied (publickey,password).", "", "bind", "credential", LIKELY),
    ("root@ecs-1234: Permission denied (publickey,password).", "", "replace", "private-key", LIKELY),
    ("signature expired, signature time:20211217T064303Z", "", "bind", "clock", LIKELY),
    ("error code : Ecs.0314, reason is : the keypair k does not match the user_id 0bbe1fef7200f3d21f4bc01b8b0a5e4b",
     "", "bind", "key-pair-owner", LIKELY),
    ("登录凭证错误", "", "bind", "credential", LIKELY),
    # Nova, which ECS is built on.
    ("Instance c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006 could not be found.", "", "bind", "server-gone", LIKELY),
    ("Cannot 'os-stop' instance c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006 while it is in vm_state stopped", "", "reset",
     "state", LIKELY),
    # A group that is missing is not one that lets nobody in.
    ("替换密钥对失败：安全组不存在", "", "replace", "security-group", GUESS),
]  # fmt: skip
"""Message, code, operation; cause and how sure: every text that the runbook's sources attest."""

DEMO: dict[demo.Cause, str | dict[str, str]] = {
    demo.CREDENTIAL: {"bind": "credential", "replace": "private-key", "unbind": "private-key"},
    demo.PUBLIC_KEY: "authorized-keys",
    demo.PORT: "security-group",
    demo.REFUSED: "host-firewall",
    demo.AUTHORIZED_KEYS: "authorized-keys",
    demo.OWNER: "authorized-keys",
    demo.SSHD: "sshd",
    demo.POWER: "interrupted",
    demo.DISK: "interrupted",
    demo.NOT_STOPPED: "state",
    demo.NOT_RUNNING: "state",
    demo.IMAGE: "image",
    demo.HANDSHAKE: "network",
    demo.MISSING: "server-gone",
    demo.QUOTA: "helper-server",
    demo.SUBNET: "helper-server",
    demo.SOLD_OUT: "helper-server",
    demo.PERMISSION: "permission",
    demo.DEPENDENCY: "service",
    demo.NO_KEYPAIR: "key-pair",
    demo.KEY_OWNER: "key-pair-owner",
    demo.ACCOUNT: "account",
    demo.ENCRYPTED: "disk",
    demo.PARAMETERS: "parameters",
}
"""The id of each cause of the demo, by the operation if that decides; the same in its other language."""
SERVER = "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006"
OF_REQUESTS = {"clock", "access-control"}
"""The causes for which a request is refused, so that no task has them."""

PAIRS = [
    ("Server login credential incorrect", "登录凭证错误，请检查root密码或私钥", "replace"),
    ("Failed to connect to 10.1.2.3:22 from 100.125.0.0/16", "无法连接云服务器10.1.2.3的22端口，请检查安全组", "bind"),
    ("SSH Key name k-1 not found", "密钥对 [k-1] 不存在", "bind"),
    ("The key pair can be reset only on a stopped server", "重置密钥对前请先将云服务器“web”关机", "reset"),
    ("parameter error", "参数错误", ""),
    ("sshd configuration has been modified", "云服务器sshd配置被修改", "bind"),
    ("check the firewall of the server", "请检查防火墙", "bind"),
    ("Disk d was detached while the task was running", "任务执行期间卸载了磁盘", "reset"),
    ("File ~/.ssh/authorized_keys was modified", "公钥文件被修改", "bind"),
    ("The image does not support this operation", "镜像不支持该操作", "bind"),
    ("Insufficient ECS quota", "ECS配额不足", "reset"),
    ("You do not have permission", "您没有权限", "bind"),
    ("The account is frozen", "账户被冻结", "bind"),
    ("network is unreachable", "网络异常", "bind"),
    ("signature expired", "签名已过期", "bind"),
    ("The server does not exist", "云服务器不存在", "bind"),
]
"""One cause in English and in Chinese."""


@pytest.fixture
def own_runbook() -> Iterator[None]:
    """Let the program's runbook count alone again after the test."""
    yield
    use_own(None)


@pytest.mark.parametrize(("message", "code", "operation", "cause", "certainty"), REPORTED)
def test_every_attested_message_has_its_cause(
    message: str, code: str, operation: str, cause: str, certainty: Certainty
) -> None:
    found = diagnose(message, code, operation)
    assert found is not None
    assert (found.cause.id, found.certainty) == (cause, certainty)


def test_a_text_that_may_mean_anything_has_no_cause() -> None:
    for message in ("", "对虚拟机 ecs-web-0001 执行ssh失败", "Internal", "An error has occurred", "失败", "error 1"):
        assert diagnose(message, operation="bind") is None


@pytest.mark.parametrize(
    "message",
    [
        "Query server c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006 failed: the flavor does not exist",
        "Server web-01: the temporary port was deleted by another request",
        "VPC peering of the server could not be found",
        "Bind key pair prod-ops-2025 failed: VPC c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006 does not exist",
        "Failed to reset the key pair: port 7b20 not found",
        "The image cache could not be refreshed, the mirror does not support ranges",
        "the agent on web-01 must be running",
        "The private key is hosted, KEK failed",
        "云服务器所在的子网不存在",
        "云服务器的弹性网卡已被删除",
        "绑定密钥对失败，子网不存在",
        "任务执行期间，云服务器开机失败",
        "卸载磁盘失败，请重试",
        "系统盘状态不正确",
        "镜像站不支持断点续传",
    ],
)
def test_a_text_about_something_else_beside_a_server_or_a_key_pair_has_no_cause(message: str) -> None:
    assert [diagnose(message, operation=operation) for operation in ("bind", "replace", "reset", "unbind")] == 4 * [
        None
    ]


def test_every_task_of_the_demo_has_its_cause_and_each_cause_is_there_in_both_languages() -> None:
    start = 1_795_000_000_000
    expected = {each.message: ids for cause, ids in DEMO.items() for each in (cause, demo.OTHER_LANGUAGE[cause])}
    seen = set()
    languages = defaultdict(set)
    for row in TaskList(2500, start).rows(0, 2500):
        failed = FailedTask.from_json(row)
        texts = [template for template in expected if _is_made_from(template, failed.task_error_msg or "")]
        [ids] = [expected[template] for template in texts]
        cause = ids if isinstance(ids, str) else ids[failed.operation.name]
        assert cause_id(failed) == cause, failed
        seen |= set(texts)
        languages[cause].add(bool(re.search("[一-鿿]", texts[0])))
    assert seen == set(expected)
    assert {cause for cause, found in languages.items() if found == {True, False}} == {
        cause.id for cause in program_runbook().causes
    } - OF_REQUESTS


def _is_made_from(template: str, message: str) -> bool:
    at = 0
    for piece in template.replace("{", "}").split("}")[::2]:
        at = message.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return message.startswith(template.partition("{")[0])


@pytest.mark.parametrize(("english", "chinese", "operation"), PAIRS)
def test_both_languages_of_a_cause_are_one_cause(english: str, chinese: str, operation: str) -> None:
    [one, other] = (diagnose(text, operation=operation) for text in (english, chinese))
    assert one is not None
    assert other is not None
    assert one.cause is other.cause


def test_the_operation_decides_between_causes_with_the_same_text() -> None:
    message = "Server login credential incorrect"
    found = {operation: diagnose(message, operation=operation) for operation in ("bind", "replace", "unbind", "reset")}
    assert {operation: each and each.cause.id for operation, each in found.items()} == {
        "bind": "credential",
        "replace": "private-key",
        "unbind": "private-key",
        "reset": None,
    }


@pytest.mark.parametrize(
    ("code", "cause", "certainty"),
    [
        ("Ecs.0003", "account", ATTESTED),
        ("ecs.0110", "permission", ATTESTED),
        ("Ecs.0018", "helper-server", LIKELY),
        ("Ecs.0119", "disk", LIKELY),
        ("Ecs.0314", "key-pair", LIKELY),
        ("Ecs.0322", "service", LIKELY),
        ("KPS.4016", "key-pair", ATTESTED),
        ("KPS.5003", "service", ATTESTED),
        ("APIG.0601", "service", LIKELY),
    ],
)
def test_a_code_alone_has_its_cause(code: str, cause: str, certainty: Certainty) -> None:
    for found in (diagnose("?", code, "reset"), diagnose(f"it failed, error code: {code}.", "", "reset")):
        assert found is not None
        assert (found.cause.id, found.certainty) == (cause, certainty)


@pytest.mark.parametrize("code", ["", "Ecs.9999", "KPS", "KPS.", "5", "*", "Ecs.00180", "XKPS.4016"])
def test_an_unknown_code_has_no_cause(code: str) -> None:
    assert diagnose("?", code, "reset") is None


KNOWN_CODES = """
KPS.0001 KPS.0002 KPS.0003 KPS.0004 KPS.0005 KPS.0006 KPS.4016 KPS.5001 KPS.5002 KPS.5003 KPS.5004 KPS.6004 KPS.6005
KPS.6007 KPS.6008 KPS.6009 KPS.6010 KPS.6011 KPS.9001 KPS.9002 KPS.9003 KPS.9004 KPS.9005 KPS.9006
APIGW.0101 APIGW.0103 APIGW.0106 APIGW.0201 APIGW.0204 APIGW.0301 APIGW.0302 APIGW.0303 APIGW.0304 APIGW.0305
APIGW.0306 APIGW.0307 APIGW.0308 APIGW.0310 APIGW.0401 APIGW.0402 APIGW.0601 APIGW.0602 APIGW.0607 APIGW.0610
APIGW.0613 APIGW.0802
KMS.0301 KMS.0302 KMS.0303 KMS.0305 KMS.0306 KMS.0307 KMS.0314 KMS.0321 KMS.0326
IAM.0001 IAM.0002 IAM.0003 IAM.0061 IAM.0062 IAM.0066 IAM.0067 IAM.0080 IAM.0081 IAM.1109
Ecs.0001 Ecs.0003 Ecs.0110 Ecs.0012 Ecs.0038 Ecs.0014 Ecs.0018 Ecs.0019 Ecs.0319 Ecs.0016 Ecs.0021 Ecs.0044 Ecs.0017
Ecs.0119 Ecs.0025 Ecs.0314 Ecs.0301 Ecs.0304 Ecs.0310 Ecs.0322
"""
"""Every code of the error tables of KPS, the gateway, KMS and IAM, and those of ECS that a task may carry."""


def test_every_documented_code_has_a_meaning_a_handling_and_a_page() -> None:
    assert set(KNOWN_CODES.split()) == {code.code for code in program_runbook().codes.values()}
    for code in KNOWN_CODES.split():
        known = meaning_of(code.upper())
        assert known is not None
        assert known.code == code
        assert known.meaning
        assert known.handling
        assert known.page
        assert CODE.fullmatch(code)
    assert meaning_of("APIG.0308") is meaning_of("apigw.0308")
    assert meaning_of("KPS.1234") is None


def test_the_order_of_checks_is_the_vendors() -> None:
    assert {name: procedure.checks for name, procedure in program_runbook().procedures.items()} == {
        "bind": ("state", "credential", "authorized-keys", "security-group"),
        "replace": ("private-key", "authorized-keys", "security-group"),
        "reset": ("security-group", "interrupted"),
        "unbind": ("state", "private-key", "authorized-keys", "security-group"),
    }


def test_every_cause_and_procedure_says_what_to_do_and_where_it_was_read() -> None:
    runbook = program_runbook()
    for cause in runbook.causes:
        assert all((cause.name, cause.name_zh, cause.check.look, cause.check.fix, cause.page, cause.read)), cause.id
        assert not cause.name_zh.isascii()
    for procedure in runbook.procedures.values():
        assert all((procedure.name_zh, procedure.preconditions, procedure.takes, procedure.page, procedure.read))
        assert procedure.order_page
    assert len({cause.id for cause in runbook.causes}) == len(runbook.causes)


@given(st.text(max_size=60), st.text(max_size=12), st.text(max_size=12))
def test_no_text_raises_an_error(message: str, code: str, operation: str) -> None:
    found = diagnose(message, code, operation)
    assert found is None or found.cause in program_runbook().causes


@given(st.sampled_from([(message, code, operation) for message, code, operation, _, _ in REPORTED]), st.booleans())
def test_case_and_spaces_do_not_matter(reported: tuple[str, str, str], upper: bool) -> None:
    message, code, operation = reported
    changed = f"  {message.replace(' ', '   ')}\n"
    assert diagnose(changed.upper() if upper else changed.lower(), code, operation) == diagnose(*reported)


@given(st.from_regex(r"[a-z]{1,8}-[0-9]{1,4}", fullmatch=True), st.ip_addresses(v=4), st.uuids())
def test_values_of_one_task_do_not_change_the_cause(name: str, address: object, id: object) -> None:
    values = {"name": name, "ip": address, "sid": id, "disk": id, "key": name, "n": 3021}
    for operation, cause in {*demo.BACKGROUND, *demo.RARE}:
        plain = {"name": "web-01", "ip": "10.1.2.3", "sid": SERVER, "disk": "d", "key": "k", "n": 4000}
        word = operation.partition("_")[2].lower()
        changed = diagnose(cause.message.format_map(values), cause.code or "", word)
        assert changed == diagnose(cause.message.format_map(plain), cause.code or "", word)


def test_a_cause_is_looked_for_once_for_all_tasks_that_differ_in_ids_only() -> None:
    causes._diagnose.cache_clear()
    for number in range(50):
        cause_id(
            task(task_error_msg=f"Failed to connect to 10.1.2.{number}:22 from 100.125.0.0/16", server_id=str(number))
        )
    assert causes._diagnose.cache_info().misses == 1


@pytest.mark.usefixtures("own_runbook")
def test_the_users_causes_come_first_and_the_programs_stay() -> None:
    own, mistakes = parse(
        {
            "causes": {
                "our-proxy": {
                    "name": "our proxy",
                    "check": "look at the proxy",
                    "messages": {"attested": ["login credential", "connect to 10.0.0.1:*"]},
                }
            },
            "codes": {"Ecs.0001": {"meaning": "ask the platform team"}},
            "operations": {"bind": {"checks": ["our-proxy"]}, "reset": {"takes": "an hour"}, "melt": {"takes": "long"}},
        }
    )
    assert mistakes == ()
    assert cause_id(task(task_error_msg="Server login credential incorrect")) == "private-key"
    use_own(own)
    assert cause_id(task(task_error_msg="Server login credential incorrect")) == "our-proxy"
    assert cause_id(task(task_error_msg="Failed to connect to 10.9.9.9:22")) == "our-proxy"
    assert cause_id(task(task_error_msg="sshd configuration modified")) == "sshd"
    changed = meaning_of("Ecs.0001")
    assert changed is not None
    assert changed.meaning == "ask the platform team"
    assert meaning_of("Ecs.0003") is program_runbook().codes["ecs.0003"]
    before, now = program_runbook().procedures, causes.runbook_in_use().procedures
    assert now["bind"] == replace(before["bind"], checks=("our-proxy",), order_page="", is_own_order=True)
    assert now["reset"] == replace(before["reset"], takes="an hour")
    assert (now["melt"].takes, now["replace"]) == ("long", before["replace"])


def test_nothing_is_parsed_before_it_is_asked_for() -> None:
    script = """
import json, sys
from kps_tui.triage.causes import cause_id
import kps_tui.triage.fields
before = sorted(sys.modules)
from kps_tui.triage.causes import diagnose
diagnose("参数错误")
print(json.dumps([before, sorted(sys.modules)]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    before, after = json.loads(done.stdout)
    lazy = {"tomllib", "importlib.resources", "kps_tui.triage.runbook", "kps_tui.triage.runbook_parser"}
    assert not lazy & set(before)
    assert lazy <= set(after)
