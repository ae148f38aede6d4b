"""The regions of the service and their endpoints.

Source of the ids: the vendor's SDK (`kps_region.py`). The host is `kms`, not `kps`, in the SDKs, in Terraform and on
the DEW endpoint page. A region that is not listed is accepted as well, because new ones are opened.
"""

import difflib
import re

from kps_tui.i18n import N_, _, listed
from kps_tui.kps.endpoint import Endpoint
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

REGIONS = {
    "cn-north-4": N_("CN North-Beijing4"),
    "cn-north-1": N_("CN North-Beijing1"),
    "cn-north-2": N_("CN North-Beijing2"),
    "cn-north-9": N_("CN North-Ulanqab1"),
    "cn-north-11": N_("CN North-Ulanqab-Auto1"),
    "cn-north-12": N_("CN North3"),
    "cn-east-2": N_("CN East-Shanghai2"),
    "cn-east-3": N_("CN East-Shanghai1"),
    "cn-east-4": N_("CN East2"),
    "cn-east-5": N_("CN East-Qingdao"),
    "cn-south-1": N_("CN South-Guangzhou"),
    "cn-south-2": N_("CN South-Shenzhen"),
    "cn-south-4": N_("CN South-Guangzhou-InvitationOnly"),
    "cn-southwest-2": N_("CN Southwest-Guiyang1"),
    "cn-southwest-3": N_("CN Southwest"),
    "ap-southeast-1": N_("CN-Hong Kong"),
    "ap-southeast-2": N_("AP-Bangkok"),
    "ap-southeast-3": N_("AP-Singapore"),
    "ap-southeast-4": N_("AP-Jakarta"),
    "ap-southeast-5": N_("AP-Manila"),
    "af-south-1": N_("AF-Johannesburg"),
    "af-north-1": N_("AF-Cairo"),
    "la-south-2": N_("LA-Santiago"),
    "la-north-2": N_("LA-Mexico City2"),
    "na-mexico-1": N_("LA-Mexico City1"),
    "sa-brazil-1": N_("LA-Sao Paulo1"),
    "tr-west-1": N_("TR-Istanbul"),
    "me-east-1": N_("ME-Riyadh"),
    "my-kualalumpur-1": N_("MY-Kuala Lumpur"),
}
"""Maps ids to names, which are message ids."""

_REGION = r"[a-z]{2,}(-[a-z0-9]+){1,4}"
_DOMAINS = ("myhuaweicloud.com", "myhuaweicloud.eu")
"""The domains of Huawei Cloud."""
_OTHER_CLOUDS = {"ru-moscow-1": ("Cloud.ru", "https://kms.ru-moscow-1.hc.sbercloud.ru")}
"""Maps regions of other companies' clouds that have this service to the cloud and its endpoint.

Source: the addresses in `terraform-provider-sbercloud`. The vendor's SDK lists the region under its own domain.
"""

_GLOBAL_IAM = frozenset({"cn-north-11", "cn-southwest-3", "cn-south-4", "af-north-1", "ap-southeast-5"})
"""Regions for which the vendor's SDK has no IAM endpoint of their own."""


def endpoint_of(region: str, name: str = "--region") -> Endpoint:
    """Return the endpoint of the service in `region`; the European regions have their own domain.

    Raises:
        ConfigError: `region` is not a region id, or is one of another company's cloud; the message names `name`.
    """
    return _endpoint("kms", region, name)


def iam_endpoint_of(region: str, name: str = "--region") -> Endpoint:
    """Return the endpoint of IAM for `region`: its own, or the global one if it has none.

    Raises:
        ConfigError: as for `endpoint_of`.
    """
    own = _endpoint("iam", region, name)
    return Endpoint("https", "iam.myhuaweicloud.com") if region in _GLOBAL_IAM else own


def iam_beside(service: Endpoint) -> Endpoint:
    """Return the endpoint of IAM beside an endpoint that the user named: `iam.` for `kms.`, else the same origin.

    It is never that of Huawei Cloud for another company's cloud, whose passwords must not be sent there.
    """
    if service.host.startswith("kms."):
        return Endpoint(service.scheme, f"iam.{service.host.removeprefix('kms.')}", service.port)
    return service


def is_of_vendor(endpoint: Endpoint) -> bool:
    """Whether the host is one of Huawei Cloud, by its domain."""
    host = endpoint.host.removesuffix(".")
    return any(host == domain or host.endswith(f".{domain}") for domain in _DOMAINS)


def service_mistake(endpoint: Endpoint) -> str:
    """Return what is wrong with a host that begins with `kps.`, a likely guess; empty for any other host."""
    service, _dot, rest = endpoint.host.partition(".")
    if service != "kps" or not is_of_vendor(endpoint):
        return ""
    return _("the host of the Key Pair Service is kms.{rest}, not kps.{rest}").format(rest=rest)


def host_mistake(endpoint: Endpoint) -> str:
    """Return why DNS may not know the host: its service or its region is misspelt. Empty if neither is."""
    region = endpoint.host.partition(".")[2].partition(".")[0]
    if mistake := service_mistake(endpoint):
        return mistake
    near = nearest_region(region) if is_of_vendor(endpoint) else ""
    return _("did you mean the region “{near}”?").format(near=near) if near not in ("", region) else ""


def nearest_region(text: str) -> str:
    """Return the id of the region that `text` was probably meant to be, or an empty text."""
    wanted = text[:60].strip().casefold().replace("_", "-").replace(" ", "-")
    known = ((region, name) for region, english in REGIONS.items() for name in (english, _(english)))
    names = {name.casefold().replace(" ", "-"): region for region, name in known}
    if wanted in names:
        return names[wanted]
    return next(iter(difflib.get_close_matches(wanted, REGIONS, 1, 0.8)), "")


def check_region(region: str, name: str = "--region") -> None:
    """Check that `region` has the form of a region id.

    Raises:
        ConfigError: it has not; the message names `name`, the source of the value, and the nearest region.
    """
    if len(region) <= 40 and re.fullmatch(_REGION, region):
        return
    some = _("use a region such as {some}").format(some=listed([*REGIONS][:3]))
    if near := nearest_region(region):
        some = _("did you mean “{near}”? Else {some}").format(near=near, some=some)
    raise ConfigError(
        _("{name} “{region}” is not a region ID").format(name=name, region=line(region, 60)), next_step=some
    )


def _endpoint(service: str, region: str, name: str) -> Endpoint:
    check_region(region, name)
    if region in _OTHER_CLOUDS:
        cloud, endpoint = _OTHER_CLOUDS[region]
        raise ConfigError(
            _("{name} “{region}” is a region of {cloud}, not of Huawei Cloud").format(
                name=name, region=region, cloud=cloud
            ),
            next_step=_("give its endpoint instead: {endpoint}").format(endpoint=endpoint),
        )
    domain = "myhuaweicloud.eu" if region.startswith("eu-west-1") else "myhuaweicloud.com"
    return Endpoint("https", f"{service}.{region}.{domain}")
