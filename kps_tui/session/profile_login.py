"""The login of a profile: read from the keyring, and sent only to the origins that it was given for."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from kps_tui.i18n import _
from kps_tui.identity.backends import KERNEL
from kps_tui.identity.login_kinds import LOGIN_KINDS
from kps_tui.identity.profiles import ENVIRONMENT, LONGEST_NAME, PROFILE_SOURCE, Profile
from kps_tui.identity.stored import Origins
from kps_tui.identity.vault import KeyringItem, Vault
from kps_tui.kps.credentials import Password
from kps_tui.kps.regions import is_of_vendor
from kps_tui.problems import CredentialError, NextStep
from kps_tui.sanitize import line
from kps_tui.session.place import Place, place_of
from kps_tui.session.target import Target
from kps_tui.settings import PLACE_OPTIONS

if TYPE_CHECKING:
    from kps_tui.kps.iam_answer import IssuedToken


async def target_of_profile(profile: Profile, place: Place, vault: Vault | None = None) -> Target:
    """Return `place` with the login of `profile`. If that is in the keyring, reading it may take up to 3 s.

    Raises:
        CredentialError: there is no login, it can't be used now, or it must not be sent to `place`.
    """
    if profile.kind == ENVIRONMENT:
        raise CredentialError(
            _("profile “{name}” takes its login from the environment, which has none").format(name=profile.name),
            next_step=_("set KPS_TUI_TOKEN"),
        )
    kind = LOGIN_KINDS[profile.kind]
    if not kind.is_stored:
        _check_unstored(profile, place)
        return Target(place, kind.parse({}, ""), kind.source(), profile.name)
    vault = vault or Vault()
    kept = await vault.read(profile.name, profile.keyring)
    if kept is None:
        forgets = profile.keyring == KERNEL
        raise CredentialError(
            _("no login saved for profile “{name}”").format(name=profile.name),
            why=_("the kernel's keyring forgets logins at a reboot and after some days without use") if forgets else "",
            next_step=NextStep(
                _("log in with: kps-tui login --profile {name}").format(name=profile.name), _("log in again")
            ),
        )
    stored = kept.stored
    if stored.origins is None:
        raise CredentialError(
            _("the login of profile “{name}” is not used").format(name=profile.name),
            why=_("it was saved by an older version, which did not record where it may be sent"),
            next_step=NextStep(
                _("log in again with: kps-tui login --profile {name}").format(name=profile.name), _("log in again")
            ),
        )
    _check_origins(profile.name, stored.origins, place)
    cache_token = token_cache(vault, profile.name, kept)
    return Target(
        place, stored.credential, source_of(kept, profile.name), profile.name, stored.token, cache_token=cache_token
    )


def token_cache(vault: Vault, profile: str, kept: KeyringItem) -> "Callable[[IssuedToken], None]":
    """Return a function that stores a new token of a password in the keyring; for other logins it does nothing.

    So the next run need not send the password again. The login stays in its keyring, and bound to its origins. The
    function neither blocks nor raises: a token that could not be stored is requested again by the next run.
    """

    def store(issued: "IssuedToken") -> None:
        if isinstance(kept.stored.credential, Password):
            vault.write_later(profile, replace(kept.stored, token=issued.token), kept.keyring)

    return store


def source_of(kept: KeyringItem, profile: str) -> str:
    """Return where the login of `profile` comes from, in words for the user."""
    if kept.lifetime:
        return _("kernel's keyring {lifetime}, profile “{name}”").format(lifetime=kept.lifetime, name=profile)
    return _("keyring, profile “{name}”").format(name=profile)


def _check_unstored(profile: Profile, place: Place) -> None:
    """Check that the login of the ECS's agency, which no keyring holds, may be sent to `place`.

    It may be sent to the place in the profile. Only the user and root can have written the profile, which is checked
    when it is read, and both can get the keys of the agency from the metadata service anyway. So an edited profile is
    trusted here, unlike one whose login is in a keyring. A profile without a place is for Huawei Cloud, in any region.

    Raises:
        CredentialError: an option or a variable names another place.
    """
    if profile.region or profile.endpoint:
        _check_origins(profile.name, place_of(profile.place()).origins, place)
        return
    for key, endpoint in (("endpoint", place.endpoint), ("iam_endpoint", place.iam_endpoint)):
        source = place.sources.get(key, PROFILE_SOURCE)
        if not source.startswith(PROFILE_SOURCE) and not endpoint.is_loopback and not is_of_vendor(endpoint):
            raise CredentialError(
                _("the login of profile “{name}” is not sent to {other}").format(
                    name=line(profile.name, LONGEST_NAME), other=line(endpoint.origin, 200)
                ),
                why=_("the profile has no endpoint, so it is for Huawei Cloud only"),
                next_step=NextStep(
                    _(
                        "leave out {source}, or create a profile for that host: kps-tui login --profile NAME {there}"
                    ).format(source=source, there=f"--kind {profile.kind} --endpoint {place.endpoint}"),
                    _("log in there only if you mean that host"),
                ),
            )


def _check_origins(name: str, origins: Origins, place: Place) -> None:
    """Check that the login of profile `name`, which was given for `origins`, may be sent to `place`.

    Raises:
        CredentialError: `place` has another origin, even if only that of IAM.
    """
    named = place.origins
    parts = [
        (named.service, origins.service, ("endpoint", "region"), _("the service")),
        (named.iam, origins.iam, ("iam_endpoint", "endpoint", "region"), _("IAM")),
    ]
    for other, given, keys, role in parts:
        if other == given:
            continue
        source = line(next((place.sources[key] for key in keys if key in place.sources), ""), 200)
        why = _("it was given for {role} at {origin}").format(role=role, origin=line(given, 200))
        is_option = source in PLACE_OPTIONS.values()
        if not is_option:
            why = _("{why}, and {source} names another").format(why=why, source=source)
        raise CredentialError(
            _("the login of profile “{name}” is not sent to {other}").format(
                name=line(name, LONGEST_NAME), other=line(other, 200)
            ),
            why=why,
            next_step=NextStep(
                (
                    _("leave out {option}, or log in there as another profile: kps-tui login --profile NAME {there}")
                    if is_option
                    else _("log in there as another profile: kps-tui login --profile NAME {there}")
                ).format(option=source, there=f"--endpoint {place.endpoint} --iam-endpoint {place.iam_endpoint}"),
                _("log in there only if you mean that host"),
            ),
        )
