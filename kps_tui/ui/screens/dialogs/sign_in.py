"""The sign-in screen: it asks for region, kind of login and login, and tries the login with one request."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import ContentSwitcher, OptionList, Static
from textual.widgets.option_list import Option

from kps_tui.i18n import N_, _
from kps_tui.identity.login_kinds import LOGIN_KINDS, TOKEN
from kps_tui.identity.vendor import ImportableLogin
from kps_tui.kps.errors import LoginRefused
from kps_tui.problems import ConfigError, Problem
from kps_tui.sanitize import line
from kps_tui.session.sign_in import LoginForm, LoginResult, SeveralProjects
from kps_tui.terminal.width import padded
from kps_tui.ui.timers import Stopwatch
from kps_tui.ui.widgets.choice_list import ChoiceList
from kps_tui.ui.widgets.footer import KeyFooter
from kps_tui.ui.widgets.login_fields import LoginFields
from kps_tui.ui.widgets.region_choice import RegionChoice

REGION, KIND, LOGIN, PROJECT = "region", "kind", "login", "project"
WHERE = "where"
"""The name under which the form remembers what was typed into the input for the region."""
IMPORTED = "imported-"
"""Prefix of the ids of logins that can be imported from other tools."""


class SignInScreen(Screen["LoginResult | None"]):
    """Three steps, and a fourth one if the login may use several projects.

    Dismissed with the result, or with None if the user went back.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", N_("Back"), id="sign-in.back"),
        Binding("f2", "demo", N_("Demo data"), id="sign-in.demo"),
        Binding("ctrl+c", "app.interrupt", N_("Quit"), show=True, priority=True, id="sign-in.quit"),
    ]

    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]  # noqa: RUF012

    step: var[str] = var(REGION)
    busy: var[bool] = var(False)

    def __init__(
        self,
        attempt: Callable[[LoginForm], Awaitable[LoginResult]],
        storage: Callable[[], Awaitable[str]],
        remember: Callable[[LoginForm], None] = lambda form: None,
        *,
        importable: Sequence[ImportableLogin] = (),
        form: LoginForm | None = None,
        reason: str = "",
        can_go_back: Callable[[], bool] = lambda: False,
    ) -> None:
        """Create the screen.

        Args:
            attempt: tries a login with one request, and stores it.
            storage: returns a sentence that says where a login will be kept.
            remember: is called with what was typed, without secrets, when the user leaves without a login.
            importable: the logins in the files of the vendor's tools.
            form: what is known before the user types.
            reason: why the screen was opened; empty if the user asked for it.
            can_go_back: returns whether there is a list to go back to.
        """
        super().__init__()
        self._attempt = attempt
        self._storage = storage
        self._remember = remember
        self._where_kept = _("Looking for a keyring …")
        self._stopwatch = Stopwatch(self, self._say_how_long)
        self._importable = importable
        self._pending: LoginForm | None = None
        """The form that lacks only the choice of a project."""
        self._before_project = LOGIN
        """The step that led to the choice of a project."""
        self._rejected: LoginForm | None = None
        """The form that the service has just rejected."""
        self._form = form or LoginForm()
        self._reason = reason
        self._can_go_back = can_go_back

    def compose(self) -> ComposeResult:
        """Stack the steps; one of them is displayed."""
        yield Static("", id="sign-in-title", markup=False)
        yield Static("", id="sign-in-reason", markup=False)
        with ContentSwitcher(initial=REGION):
            yield RegionChoice(id=REGION)
            with Vertical(id=KIND):
                yield Static(_("How do you want to sign in?"), markup=False)
                yield ChoiceList(*self._kinds(), id="kinds", markup=False)
            with Vertical(id=PROJECT):
                yield Static(_("This login has access to several projects. Which one?"), markup=False)
                yield ChoiceList(id="projects", markup=False)
            with VerticalScroll(id=LOGIN, can_focus=False):
                yield LoginFields()
        yield Static("", id="storage", markup=False)
        yield Static("", id="sign-in-problem", markup=False)
        yield Static("", id="sign-in-next", markup=False)
        yield KeyFooter()

    def _kinds(self) -> list[Option]:
        """Return the kinds of login, then the logins of the vendor's tools. One that can't be used says why."""
        kinds = [Option(Content(kind.description()), id=name) for name, kind in LOGIN_KINDS.items()]
        for number, login in enumerate(self._importable):
            words = login.title if login.credential else f"{login.title}: {login.reason}"
            kinds.append(Option(Content(line(words, 200)), id=f"{IMPORTED}{number}", disabled=login.credential is None))
        return kinds

    def on_mount(self) -> None:
        """Start at the first question whose answer is not known yet."""
        self.query_one("#sign-in-reason", Static).update(Content(self._reason))
        self.query_one(RegionChoice).text = self._form.known(WHERE) or self._form.where
        self.step = (LOGIN if self._form.kind else KIND) if self._form.where else REGION
        self._describe_step()
        self._warn_of_host()
        self._find_storage()

    @work(group="storage", exclusive=True)
    async def _find_storage(self) -> None:
        self._where_kept = await self._storage()
        self._describe_step()

    def watch_step(self, step: str) -> None:
        """Display the step and focus its first field."""
        self.query_one(ContentSwitcher).current = step
        self.refresh_bindings()
        self._describe_step()
        if step == REGION:
            self.query_one(RegionChoice).begin()
        elif step in (KIND, PROJECT):
            self.query_one("#kinds" if step == KIND else "#projects", ChoiceList).focus()
        else:
            self.query_one(LoginFields).ask(self._form)

    def _describe_step(self) -> None:
        """Say what was chosen so far, where the login will be kept, and what comes next."""
        kind = self._form.kind if self.step == LOGIN else None
        chosen = ["" if self.step == REGION else line(self._form.where, 60), kind.title() if kind else ""]
        title = " · ".join(part for part in (_("sign in"), *chosen) if part)
        self.query_one("#sign-in-title", Static).update(Content.styled("kps-tui", "bold") + Content(f"  {title}"))
        kept = self._where_kept if kind is None or kind.is_stored else _("This login has no secret to keep.")
        storage = self.query_one("#storage", Static)
        storage.display = self.step != REGION
        storage.update(Content(kept))
        following = {
            REGION: _("Next: how you want to sign in. Nothing is sent yet."),
            KIND: _("Enter asks for this login, or signs in with one that was found here."),
            LOGIN: _("Enter signs in, then shows the failed tasks."),
            PROJECT: _("Enter signs in to this project, then shows its failed tasks."),
        }
        self.query_one("#sign-in-next", Static).update(Content(following[self.step]))

    # Region

    @on(RegionChoice.Chosen)
    def _region_chosen(self, message: RegionChoice.Chosen) -> None:
        try:
            self._form = self._form.at(message.place)
        except Problem as problem:
            self._say(problem.on_screen)
            return
        self._warn_of_host()
        self.step = KIND

    @on(RegionChoice.DemoChosen)
    def _demo_chosen(self) -> None:
        self.action_demo()

    def _warn_of_host(self) -> None:
        """Warn before a login is typed if it would be sent to a host that is not the vendor's."""
        warnings: list[str] = []
        with suppress(Problem):
            warnings.extend(self._form.checked_place().host_warnings())
        self._say(" · ".join(warnings))

    # Kind

    @on(OptionList.OptionSelected, "#kinds")
    def _kind_chosen(self, event: OptionList.OptionSelected) -> None:
        chosen = event.option_id or TOKEN.name
        if chosen.startswith(IMPORTED):
            self._start(self._form.with_imported(self._importable[int(chosen.removeprefix(IMPORTED))]))
            return
        self._form = self._form.with_kind(LOGIN_KINDS[chosen])
        self._warn_of_host()
        self.step = LOGIN

    # Project

    def _ask_for_project(self, form: LoginForm, projects: list[tuple[str, str]]) -> None:
        self._pending = form
        options = self.query_one("#projects", ChoiceList)
        options.clear_options()
        # IAM may name a project twice, and the ids of options must differ.
        unique = dict(projects).items()
        options.add_options(
            Option(Content(f"{padded(line(name, 60), 30)}  {line(id, 64)}"), id=f"p-{id}") for id, name in unique
        )
        options.highlighted = 0
        self._say("")
        self._before_project = self.step if self.step != PROJECT else self._before_project
        self.step = PROJECT

    @on(OptionList.OptionSelected, "#projects")
    def _project_chosen(self, event: OptionList.OptionSelected) -> None:
        if self._pending is not None and event.option_id:
            self._start(self._pending.in_project(event.option_id.removeprefix("p-")))

    # Login

    @on(LoginFields.Missing)
    def _missing(self, message: LoginFields.Missing) -> None:
        self._say(_("{label} is empty · type it, then Enter").format(label=message.label))

    @on(LoginFields.Entered)
    def _entered(self) -> None:
        if self.busy:
            return
        fields = self.query_one(LoginFields)
        try:
            form = fields.filled_in(self._form)
        except Problem as problem:
            self._say(problem.on_screen)
            if isinstance(problem, ConfigError):
                fields.correct_project()
            return
        if form == self._rejected:
            # IAM locks a user after a few wrong passwords, so an accidental Enter must not send one again.
            self._rejected = None
            self._say(_("This login was just rejected · correct it, or press Enter to send it again"))
            return
        self._start(form)

    def _start(self, form: LoginForm) -> None:
        if self.busy:
            return
        self.busy = True
        self._stopwatch.start()
        self._sign_in(form)

    def _say_how_long(self, seconds: int) -> None:
        if self.busy:
            waited = " · " + _("no answer for {seconds} s").format(seconds=seconds) if seconds else ""
            self._say(_("Signing in …{waited} · Esc stops").format(waited=waited))

    @work(group="sign-in", exclusive=True)
    async def _sign_in(self, form: LoginForm) -> None:
        try:
            signed = await self._attempt(form)
        except SeveralProjects as several:
            self._ask_for_project(form, several.projects)
        except Problem as problem:
            self._say(problem.on_screen)
            if self.step == LOGIN:
                self._ask_again(form, problem)
        else:
            self.dismiss(signed)
        finally:
            self.busy = False
            self._stopwatch.stop()

    def _ask_again(self, form: LoginForm, problem: Problem) -> None:
        """Focus the field that is probably wrong. Nothing that was typed is removed."""
        if isinstance(problem, LoginRefused):
            self._rejected = form
            self.query_one(LoginFields).correct_secret()
        elif isinstance(problem, ConfigError):
            self.query_one(LoginFields).correct_project()

    def _say(self, text: str) -> None:
        """Show a text in place of the reason why the screen was opened; an empty text shows the reason again."""
        problem = self.query_one("#sign-in-problem", Static)
        problem.update(Content(text))
        problem.display = bool(text)
        self.query_one("#sign-in-reason").display = bool(self._reason) and not text

    # Keys

    def action_back(self) -> None:
        """Stop the request, go one step back, or leave the screen if there is one to return to."""
        if self.busy:
            self.workers.cancel_group(self, "sign-in")
            self._say(_("Stopped"))
        elif self.step == REGION:
            self._leave(None)
        else:
            self.step = {PROJECT: self._before_project, LOGIN: KIND, KIND: REGION}[self.step]
            self._warn_of_host()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to go back only if there is something to go back to."""
        return action != "back" or self.busy or self.step != REGION or self._can_go_back()

    def action_demo(self) -> None:
        """Choose the demo."""
        self._leave(LoginResult(None))

    def _leave(self, result: LoginResult | None) -> None:
        """Close the screen without a login, and remember what was typed, except secrets."""
        where = {WHERE: self.query_one(RegionChoice).text}
        self._remember(self._form.with_typed({**where, **self.query_one(LoginFields).typed_texts()}))
        self.dismiss(result)
