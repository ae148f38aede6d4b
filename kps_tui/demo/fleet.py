"""The servers of the demo, with realistic names. They are the same at every start."""

from functools import cache
from hashlib import blake2b
from typing import NamedTuple

AZ = "cn-north-4"
"""Prefix of the availability zones: cn-north-4a, cn-north-4b, …"""


class Server(NamedTuple):
    """One server (ECS)."""

    name: str
    server_id: str
    ip: str
    disk_id: str
    """The id of its system disk."""
    keypair: str
    """The name of the key pair that it usually has: letters, digits, `_` and `-`."""


class Family(NamedTuple):
    """`size` servers of one kind, named by `pattern` and distributed over `zones` (one letter each)."""

    pattern: str
    size: int
    keypair: str
    zones: str = ""


FAMILIES = {
    "web": Family("web-{az}-{n:02d}", 30, "prod-ops-2025", "abc"),
    "api": Family("api-gateway-{az}-{n:02d}", 16, "prod-ops-2025", "ab"),
    "order": Family("订单服务-{n:02d}", 18, "prod-ops-2025"),
    "pay": Family("支付网关-{n:02d}", 8, "prod-ops-2025"),
    "db": Family("db-mysql-{az}-{n:02d}", 14, "dba_oncall", "ac"),
    "db-zh": Family("生产-数据库-{n:02d}", 12, "dba_oncall"),
    "cache": Family("cache-redis-{n:02d}", 15, "prod-ops-2025"),
    "k8s": Family("k8s-node-prod-{n:03d}", 48, "k8s-cluster-prod"),
    "k8s-test": Family("k8s-node-test-{n:02d}", 12, "KeyPair-3f9c"),
    "kafka": Family("kafka-broker-{az}-{n}", 9, "data-platform_etl", "abc"),
    "es": Family("es-data-{az}-{n:02d}", 12, "data-platform_etl", "ab"),
    "hadoop": Family("hadoop-worker-{n:03d}", 36, "data-platform_etl"),
    "ci": Family("ci-runner-{n:02d}", 24, "ci-deploy"),
    "test": Family("测试环境-爬虫-{n:02d}", 8, "KeyPair-xt"),
    "gpu": Family("gpu-train-a100-{n:02d}", 10, "KeyPair-8a41"),
    "bastion": Family("bastion-{az}", 3, "prod-ops-2025", "abc"),
    "dev": Family("dev-zhangwei-{n}", 3, "KeyPair-zhangwei"),
    "vpn": Family("vpn-gw-{az}", 2, "KeyPair-7b20", "ab"),
    "long": Family(
        "k8s-workerpool-machine-learning-training-{az}-spot-20250311-{n:04d}",
        2,
        "platform-engineering_shared-production-access_cn-north-4_2025-03",
        "c",
    ),
}

GONE = Family("as-web-{n:02d}-temporary", 6, "KeyPair-xt")
"""Servers that have been deleted. Their failed tasks still have their names and ids."""


@cache
def family(name: str) -> tuple[Server, ...]:
    """Return the servers of `FAMILIES[name]`, in the order of their numbers."""
    return _servers(FAMILIES[name], list(FAMILIES).index(name))


@cache
def fleet() -> tuple[Server, ...]:
    """Return all servers by id, which mixes the families."""
    servers = [server for name in FAMILIES for server in family(name)]
    return tuple(sorted(servers, key=lambda server: server.server_id))


@cache
def gone() -> tuple[Server, ...]:
    """Return the servers that have been deleted."""
    return _servers(GONE, len(FAMILIES))


def uuid_of(digits: str) -> str:
    """Return 32 hex digits as a UUID of version 4."""
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def _servers(kind: Family, subnet: int) -> tuple[Server, ...]:
    servers = []
    for index in range(kind.size):
        zone = AZ + kind.zones[index % len(kind.zones)] if kind.zones else ""
        number = index // max(1, len(kind.zones)) + 1
        name = kind.pattern.format(az=zone, n=number)
        ids = blake2b(name.encode(), digest_size=32).hexdigest()
        ip = f"10.{20 + subnet // 8}.{16 * (subnet % 8)}.{11 + index}"
        servers.append(Server(name, uuid_of(ids[:32]), ip, uuid_of(ids[32:]), kind.keypair))
    return tuple(servers)
