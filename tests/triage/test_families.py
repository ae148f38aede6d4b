"""The family of a server."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kps_tui.triage.families import family


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("api-gateway-cn-north-4b-08", "api-gateway"),
        ("web-cn-north-4c-10", "web"),
        ("k8s-node-prod-025", "k8s-node-prod"),
        ("订单服务-02", "订单服务"),
        ("bastion-cn-north-4a", "bastion"),
        ("as-web-03-temporary", "as-web"),
        ("k8s-pool-cn-north-4c-spot-20250311-0001", "k8s-pool"),
        ("node12", "node"),
        ("web.7.example.com", "web"),
        ("gpu-train-a100-07", "gpu-train-a100"),
        ("db-mysql-4", "db-mysql"),
        ("Test", "Test"),
        ("007", "007"),
        ("cn-north-4a", "cn-north-4a"),
        ("a-cn-southwest-2-1", "a"),
        ("-1", "-1"),
        ("", ""),
    ],
)
def test_the_family_of_a_server(name: str, expected: str) -> None:
    assert family(name) == expected


@given(st.text(max_size=40))
@example("a:0\n")
def test_every_name_has_a_family_that_it_begins_with(name: str) -> None:
    assert name.startswith(family(name))
    assert bool(family(name)) is bool(name)
