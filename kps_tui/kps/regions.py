"""The regions of the service and their endpoints.

Source of the ids: the vendor's SDK (`kps_region.py`). The host is `kms`, not `kps`, in the SDKs, in Terraform and on
the DEW endpoint page. A region that is not listed is accepted as well, because new ones are opened.
"""

import re

from kps_tui.i18n import _
from kps_tui.kps.endpoint import Endpoint
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

REGIONS = {
    "cn-north-4": "CN North-Beijing4",
    "cn-north-1": "CN North-Beijing1",
    "cn-north-2": "CN North-Beijing2",
    "cn-north-9": "CN North-Ulanqab1",
    "cn-north-11": "CN North-Ulanqab-Auto1",
    "cn-north-12": "CN North3",
    "cn-east-2": "CN East-Shanghai2",
    "cn-east-3": "CN East-Shanghai1",
    "cn-east-4": "CN East2",
    "cn-east-5": "CN East-Qingdao",
    "cn-south-1": "CN South-Guangzhou",
    "cn-south-2": "CN South-Shenzhen",
    "cn-south-4": "CN South-Guangzhou-InvitationOnly",
    "cn-southwest-2": "CN Southwest-Guiyang1",
    "cn-southwest-3": "CN Southwest",
    "ap-southeast-1": "CN-Hong Kong",
    "ap-southeast-2": "AP-Bangkok",
    "ap-southeast-3": "AP-Singapore",
    "ap-southeast-4": "AP-Jakarta",
    "ap-southeast-5": "AP-Manila",
    "af-south-1": "AF-Johannesburg",
    "af-north-1": "AF-Cairo",
    "la-south-2": "LA-Santiago",
    "la-north-2": "LA-Mexico City2",
    "na-mexico-1": "LA-Mexico City1",
    "sa-brazil-1": "LA-Sao Paulo1",
    "tr-west-1": "TR-Istanbul",
    "me-east-1": "ME-Riyadh",
    "my-kualalumpur-1": "MY-Kuala Lumpur",
    "ru-moscow-1": "RU-Moscow",
}
"""Maps ids to English names."""

_REGION = re.compile(r"[a-z]{2,}(-[a-z0-9]+){1,4}")


_GLOBAL_IAM = frozenset({"cn-north-11", "cn-southwest-3", "cn-south-4", "af-north-1", "ap-southeast-5"})
"""Regions for which the vendor's SDK has no IAM endpoint of their own."""


def endpoint_of(region: str, name: str = "--region") -> Endpoint:
    """Return the endpoint of the service in `region`; the European regions have their own domain.

    Raises:
        ConfigError: `region` is no region id; the message names its source `name`.
    """
    return _endpoint("kms", region, name)


def iam_endpoint_of(region: str, name: str = "--region") -> Endpoint:
    """Return the endpoint of IAM for `region`: its own, or the global one if it has none.

    Raises:
        ConfigError: `region` is no region id; the message names its source `name`.
    """
    own = _endpoint("iam", region, name)
    return Endpoint("https", "iam.myhuaweicloud.com") if region in _GLOBAL_IAM else own


def iam_beside(service: Endpoint) -> Endpoint:
    """Return the IAM that goes with an endpoint that was named: `iam.` for `kms.`, else the same origin.

    Never the vendor's own, because a password of that other cloud is sent there.
    """
    if service.host.startswith("kms."):
        return Endpoint(service.scheme, f"iam.{service.host.removeprefix('kms.')}", service.port)
    return service


def _endpoint(service: str, region: str, name: str) -> Endpoint:
    if len(region) > 40 or not _REGION.fullmatch(region):
        raise ConfigError(
            _("{name} “{region}” is no region id").format(name=name, region=line(region, 60)),
            next_step=_("use one such as {some}").format(some=", ".join([*REGIONS][:3])),
        )
    domain = "myhuaweicloud.eu" if region.startswith("eu-west-1") else "myhuaweicloud.com"
    return Endpoint("https", f"{service}.{region}.{domain}")
