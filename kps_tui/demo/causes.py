"""The error messages and codes of the demo's tasks, and how often each occurs.

Only two real messages are known: "Update public key error" (the API page) and the beginning of "Server login credential
in…" (a screenshot of the console). Huawei publishes no list of messages or codes, so the others are made up for the
causes that the FAQ names for each operation, in English and in Chinese. They contain addresses, ids and names that
grouping has to ignore.
"""

from typing import NamedTuple

BIND, UNBIND, RESET, REPLACE = "FAILED_BIND", "FAILED_UNBIND", "FAILED_RESET", "FAILED_REPLACE"
RUNNING_RESET = "RUNNING_RESET"
"""The state in the API page's example of a failed task."""


class Cause(NamedTuple):
    """One reason why a task fails."""

    message: str
    """With placeholders for values of the task: `{name}`, `{sid}`, `{ip}`, `{disk}`, `{key}`, `{n}`."""
    code: str | None = None
    """None as in the example of the API page; the acceptance test of Terraform does not expect a code either."""
    gone: bool = False
    """Whether it only occurs on servers that have been deleted."""
    stale_key: bool = False
    """Whether it only occurs with key pairs that have been deleted."""


CREDENTIAL = Cause("Server login credential incorrect")
CREDENTIAL_ZH = Cause("登录凭证错误，请检查root密码或私钥")
PUBLIC_KEY = Cause("Update public key error")
PORT = Cause("Failed to connect to {ip}:22 from 100.125.0.0/16: connection timed out after {n} ms")
PORT_ZH = Cause("无法连接云服务器{ip}的22端口，请检查安全组是否对100.125.0.0/16放通")
REFUSED = Cause("Connection to {ip} port 22 refused, check the firewall of the server")
AUTHORIZED_KEYS = Cause('File ~/.ssh/authorized_keys of root on server "{name}" has been modified')
OWNER = Cause("Owner or permission of ~/.ssh/authorized_keys of root is incorrect (mode 0777), expected 0600")
SSHD = Cause("sshd configuration of server {sid} has been modified: PermitRootLogin no")
POWER = Cause("Server {sid} was stopped or started while the task was running")
DISK = Cause("System disk {disk} was detached from server {sid} while the task was running")
NOT_STOPPED = Cause("The key pair can be reset only on a stopped server, server {sid} is ACTIVE")
NOT_STOPPED_ZH = Cause("重置密钥对前请先将云服务器“{name}”关机，当前状态：运行中")
NOT_RUNNING = Cause('The key pair can be replaced only on a running server, server "{name}" is SHUTOFF')
IMAGE = Cause("The image of the server does not support this operation: Kylin V10 64bit")
HANDSHAKE = Cause("ssh: handshake with {ip}:22 failed after 3 attempts, {n} ms")
MISSING = Cause("云服务器 {sid} 不存在或已被删除", gone=True)
# Sources of the codes: api-ecs/ecs_07_0002 for Ecs.*, the error codes of SSH key pairs for KPS.*.
QUOTA = Cause("Insufficient ECS quota. Failed to create the temporary server for {sid}", "Ecs.0001")
SUBNET = Cause("The subnet of server {sid} does not contain enough IP addresses", "Ecs.0012")
SOLD_OUT = Cause('Failed to create the temporary server: flavor "s6.large.2" is sold out in cn-north-4b', "Ecs.0018")
# Not Ecs.0003, which means that the account has no balance.
PERMISSION = Cause("You do not have permission to perform this operation: ecs:cloudServers:attach", "Ecs.0110")
DEPENDENCY = Cause("Dependency service unavailable", "KPS.0003")
NO_KEYPAIR = Cause('The key pair "{key}" is not exist', "KPS.4016", stale_key=True)
# Rare ones. The first is a report about the creation of a server, not about a task.
KEY_OWNER = Cause(
    "call fsp to query keypair fail, error code : Ecs.0314, reason is : the keypair {key} does not match the user_id "
    "06f1c24bdd80d4b92f77c00a4f5d83a1",
    "Ecs.0314",
)
ACCOUNT = Cause("The account has been restricted, check its balance", "Ecs.0003")
ENCRYPTED = Cause("System disk {disk} is not attachable: it is encrypted with a key that is disabled", "Ecs.0119")
PARAMETERS = Cause("parameter error", "KPS.0002")

OTHER_LANGUAGE = {
    CREDENTIAL: CREDENTIAL_ZH,
    PUBLIC_KEY: Cause("更新公钥失败"),
    PORT: PORT_ZH,
    REFUSED: Cause("连接云服务器{ip}的22端口被拒绝，请检查云服务器的防火墙"),
    AUTHORIZED_KEYS: Cause("云服务器“{name}”root用户的~/.ssh/authorized_keys文件已被修改"),
    OWNER: Cause("root用户的~/.ssh/authorized_keys文件属主或权限不正确（0777），应为0600"),
    SSHD: Cause("云服务器{sid}的sshd配置已被修改：PermitRootLogin no"),
    POWER: Cause("任务执行期间云服务器{sid}被关机或开机"),
    DISK: Cause("任务执行期间云服务器{sid}的系统盘{disk}被卸载"),
    NOT_STOPPED: NOT_STOPPED_ZH,
    NOT_RUNNING: Cause("替换密钥对前请先将云服务器“{name}”开机，当前状态：关机"),
    IMAGE: Cause("云服务器的镜像不支持该操作：Kylin V10 64bit"),
    HANDSHAKE: Cause("与{ip}:22的SSH握手失败，已尝试3次，耗时{n}毫秒"),
    QUOTA: Cause("ECS配额不足，无法为{sid}创建临时云服务器", "Ecs.0001"),
    SUBNET: Cause("云服务器{sid}所在子网的可用IP地址不足", "Ecs.0012"),
    SOLD_OUT: Cause("创建临时云服务器失败：规格“s6.large.2”在cn-north-4b已售罄", "Ecs.0018"),
    PERMISSION: Cause("您没有权限执行该操作：ecs:cloudServers:attach", "Ecs.0110"),
    DEPENDENCY: Cause("依赖服务暂不可用", "KPS.0003"),
    NO_KEYPAIR: Cause("密钥对“{key}”不存在", "KPS.4016", stale_key=True),
    KEY_OWNER: Cause("查询密钥对失败，密钥对{key}不属于当前用户", "Ecs.0314"),
    ACCOUNT: Cause("账户被限制，请检查账户余额", "Ecs.0003"),
    ENCRYPTED: Cause("系统盘{disk}挂载失败：加密该磁盘的密钥已被禁用", "Ecs.0119"),
    PARAMETERS: Cause("参数错误", "KPS.0002"),
    MISSING: Cause("Server {sid} does not exist or was deleted", gone=True),
}
"""The same cause in Chinese, or in English where it is Chinese: the service may answer in either language."""

BACKGROUND = tuple(
    (operation, cause)
    for operation, cause, weight in (
        (BIND, CREDENTIAL, 20), (BIND, CREDENTIAL_ZH, 8), (BIND, PORT, 18), (BIND, PORT_ZH, 6), (BIND, OWNER, 8),
        (BIND, SSHD, 6), (BIND, IMAGE, 6), (BIND, NO_KEYPAIR, 12), (BIND, QUOTA, 4), (BIND, MISSING, 2),
        (REPLACE, CREDENTIAL, 20), (REPLACE, PORT, 10), (REPLACE, AUTHORIZED_KEYS, 10), (REPLACE, SSHD, 6),
        (REPLACE, NOT_RUNNING, 8), (REPLACE, HANDSHAKE, 6), (REPLACE, DEPENDENCY, 7), (REPLACE, POWER, 4),
        (RESET, NOT_STOPPED, 12), (RESET, NOT_STOPPED_ZH, 5), (RESET, PUBLIC_KEY, 8), (RESET, QUOTA, 5),
        (RESET, SUBNET, 4), (RESET, SOLD_OUT, 4), (RESET, DISK, 5), (RESET, PERMISSION, 4), (RESET, POWER, 3),
        (UNBIND, CREDENTIAL, 12), (UNBIND, AUTHORIZED_KEYS, 10), (UNBIND, REFUSED, 10), (UNBIND, PORT_ZH, 4),
        (UNBIND, DEPENDENCY, 4), (UNBIND, POWER, 3), (RUNNING_RESET, PUBLIC_KEY, 2),
    )
    for _ in range(weight)
)  # fmt: skip
"""Operation and cause of failures outside incidents. Each pair is repeated as often as its weight says."""


RARE = ((BIND, KEY_OWNER), (BIND, PARAMETERS), (RESET, ACCOUNT), (RESET, ENCRYPTED))
"""Operation and cause of the failures that are rarer than all of `BACKGROUND`."""


class Incident(NamedTuple):
    """Failures on many servers within minutes, for one cause."""

    operation: str
    cause: Cause
    keypair: str | None
    families: tuple[str, ...]
    minute: int
    """The time of day when it begins, in minutes since midnight in China."""
    spread: int = 0
    """The most minutes by which it begins later."""


INCIDENTS = (
    Incident(REPLACE, CREDENTIAL, "prod-ops-2025", ("web", "api"), 2 * 60 + 10),
    Incident(BIND, PORT, "k8s-cluster-prod", ("k8s",), 14 * 60, 180),
    Incident(BIND, IMAGE, "ci-deploy", ("ci",), 10 * 60, 90),
    Incident(UNBIND, AUTHORIZED_KEYS, None, ("hadoop",), 16 * 60, 120),
    Incident(RESET, NOT_STOPPED, "KeyPair-8a41", ("gpu", "es", "kafka"), 23 * 60 + 30),
    Incident(REPLACE, PORT_ZH, "prod-ops-2025", ("order", "pay"), 9 * 60 + 20, 60),
    Incident(REPLACE, SSHD, "dba_oncall", ("db", "db-zh"), 2 * 60 + 10),
    Incident(RESET, QUOTA, "data-platform_etl", ("hadoop",), 22 * 60, 60),
    Incident(BIND, CREDENTIAL_ZH, "KeyPair-3f9c", ("test", "k8s-test"), 11 * 60, 240),
    Incident(RESET, PUBLIC_KEY, "prod-ops-2025", ("cache", "api"), 3 * 60, 30),
    Incident(BIND, DEPENDENCY, "k8s-cluster-prod", ("k8s",), 15 * 60, 120),
    Incident(UNBIND, REFUSED, "prod-ops-2024", ("web", "order"), 17 * 60, 60),
)
"""The first one is at the top of the list of tasks."""
