"""Errors of logging in; subclasses of `LoginRefused` except `OtherProject`.

Source of the codes of IAM: its error code page (iam `错误码.md`).
"""

from datetime import timedelta

from kps_tui.i18n import _
from kps_tui.kps.errors import KpsError, LoginRefused, Refusal
from kps_tui.problems import NextStep
from kps_tui.sanitize import line


class SignInRefused(LoginRefused):
    """401 of IAM, the same for a wrong password, an unknown user and a locked user unless its code is more specific."""

    def __init__(self, refusal: Refusal, cause: str = "", next_step: str = "", skew: timedelta | None = None) -> None:
        by_code = {
            "IAM.0061": (
                _("the user is locked after wrong passwords"),
                _("wait until IAM unlocks it, then log in once"),
            ),
            "IAM.0062": (
                _("user or password is wrong"),
                _("check both before trying again: IAM locks the user after five wrong passwords"),
            ),
            "IAM.0066": (_("the token has expired"), _("log in again")),
            "IAM.0067": (_("the token is not valid"), _("log in again")),
        }
        cause, next_step = by_code.get(refusal.code, (cause, next_step))
        cause = cause or _("account, user, password or project; or the user is locked")
        advice = next_step or _("check each before trying again: IAM locks the user after five wrong passwords")
        super().__init__(refusal, advice, skew)
        self.what = _("IAM rejected the login ({cause})").format(cause=cause)


class LoginExpired(LoginRefused):
    """The login has expired, and can't be renewed without the user."""

    def __init__(self, why: str) -> None:
        super().__init__(Refusal(401), _("log in again"))
        self.what, self.why = _("the login has expired"), why


class AgencyMissing(LoginRefused):
    """The metadata service of this machine returns no keys."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal, _("give the ECS a Cloud Service agency in the console, or log in another way"))
        self.what = _("this machine has no agency to log in with ({status})").format(status=refusal.status)


class OtherProject(KpsError):
    """The project that was named is not the one that the login is for, or IAM knows none of that name."""

    exit_code = 1

    def __init__(self, asked: str, given: str = "") -> None:
        super().__init__(
            _("IAM does not know project {asked}").format(asked=line(asked, 60)),
            why=_("the login is for project {given}").format(given=line(given, 60)) if given else "",
            next_step=NextStep(
                _("check the project (--project-id; OS_PROJECT_NAME and the like) and --region, or leave it out"),
                _("check the project id (or OS_PROJECT_NAME and the like) and the region, or leave the project out"),
            ),
        )
