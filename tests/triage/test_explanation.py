"""Explanations: the page and the checks of every cause of the demo, and what is said about an unknown message."""

import pytest

from kps_tui.demo import causes as demo
from kps_tui.kps.task import FailedTask
from kps_tui.triage.explanation import explain_task, explain_text
from kps_tui.triage.store import TaskStore
from tests.triage.tasks import EXAMPLE

FAQ = "DEW FAQ, 密钥对管理类"
CHANGED_FILE = "https://support.huaweicloud.com/dew_faq/dew_01_0066.html"
BIND = "https://support.huaweicloud.com/usermanual-dew/dew_01_0071.html"
SECURITY_GROUP = "https://support.huaweicloud.com/usermanual-ecs/zh-cn_topic_0030878383.html"
ECS_CODES, KPS_CODES = "ECS API reference, error codes", "DEW API reference, error codes of SSH key pairs"

PAGES: dict[demo.Cause, str | dict[str, str]] = {
    demo.CREDENTIAL: {"bind": BIND, "replace": CHANGED_FILE, "unbind": CHANGED_FILE},
    demo.PUBLIC_KEY: CHANGED_FILE,
    demo.PORT: SECURITY_GROUP,
    demo.REFUSED: FAQ,
    demo.AUTHORIZED_KEYS: CHANGED_FILE,
    demo.OWNER: CHANGED_FILE,
    demo.SSHD: FAQ,
    demo.POWER: FAQ,
    demo.DISK: FAQ,
    demo.NOT_STOPPED: BIND,
    demo.NOT_RUNNING: BIND,
    demo.IMAGE: BIND,
    demo.HANDSHAKE: FAQ,
    demo.MISSING: FAQ,
    demo.QUOTA: ECS_CODES,
    demo.SUBNET: ECS_CODES,
    demo.SOLD_OUT: ECS_CODES,
    demo.PERMISSION: "DEW API reference, AssociateKeypair",
    demo.DEPENDENCY: KPS_CODES,
    demo.NO_KEYPAIR: KPS_CODES,
    demo.KEY_OWNER: "https://github.com/sbercloud-terraform/terraform-provider-sbercloud/issues/396",
    demo.ACCOUNT: ECS_CODES,
    demo.ENCRYPTED: ECS_CODES,
    demo.PARAMETERS: KPS_CODES,
}
PAGES |= {demo.OTHER_LANGUAGE[cause]: page for cause, page in PAGES.items()}
"""The beginning of the page from which each cause of the demo was read, by the operation if that decides."""
CHECKS = {
    "bind": ["state", "credential", "authorized-keys", "security-group"],
    "replace": ["private-key", "authorized-keys", "security-group"],
    "reset": ["security-group", "interrupted"],
    "unbind": ["state", "private-key", "authorized-keys", "security-group"],
}
"""What the vendor's FAQ says to check after each operation, in its order."""
FAILURES = {*demo.BACKGROUND, *demo.RARE, *((each.operation, each.cause) for each in demo.INCIDENTS)}
FAILURES |= {(operation, demo.OTHER_LANGUAGE[cause]) for operation, cause in FAILURES if cause in demo.OTHER_LANGUAGE}


@pytest.mark.parametrize(("state", "cause"), sorted(FAILURES, key=str))
def test_every_failure_of_the_demo_has_its_page_and_the_vendors_checks(state: str, cause: demo.Cause) -> None:
    values = {
        "name": "web-01",
        "sid": EXAMPLE["server_id"],
        "ip": "10.1.2.3",
        "disk": "d1",
        "key": "prod-ops-2025",
        "n": 3027,
    }
    row = {"operate_type": state, "task_error_code": cause.code, "task_error_msg": cause.message.format_map(values)}
    task = FailedTask.from_json(EXAMPLE | row)
    explanation = explain_task(task, TaskStore([task]))
    operation, page = task.operation.name, PAGES[cause]
    [likely] = explanation.causes
    assert likely.diagnosis.cause.page.startswith(page if isinstance(page, str) else page[operation])
    assert likely.operations == (operation,)
    steps = explanation.steps(operation)
    assert [step.cause.id for step in steps] == CHECKS[operation]
    assert [step.cause for step in steps if step.is_likely] == [
        step.cause for step in steps if step.cause is likely.diagnosis.cause
    ]


@pytest.mark.parametrize("message", ["", "odd thing", "对虚拟机 web-01 执行ssh失败", "错误 17"])
@pytest.mark.parametrize("operation", CHECKS)
def test_an_unknown_message_has_no_cause_but_the_checks_of_its_operation(message: str, operation: str) -> None:
    row = {"operate_type": f"FAILED_{operation.upper()}", "task_error_code": None, "task_error_msg": message}
    task = FailedTask.from_json(EXAMPLE | row)
    for explanation in (explain_text(message, operation), explain_task(task, TaskStore([task]))):
        assert explanation.causes == ()
        assert explanation.likely_for(operation) is None
        assert explanation.procedure is not None
        steps = explanation.steps(operation)
        assert [step.cause.id for step in steps] == CHECKS[operation]
        assert not any(step.is_likely for step in steps)


def test_an_unknown_message_of_an_unknown_operation_has_the_checks_of_every_operation() -> None:
    explanation = explain_text("odd thing")
    assert explanation.causes == ()
    assert {each: [step.cause.id for step in explanation.steps(each)] for each in explanation.operations} == CHECKS
