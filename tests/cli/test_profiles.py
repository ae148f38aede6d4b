"""`profiles` without a keyring."""

import json
from pathlib import Path

import pytest

from kps_tui.cli.profiles import print_profiles


@pytest.mark.parametrize("kind", ["json", "table"])
def test_a_warning_about_the_configuration_is_printed_in_every_format(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("snapshots = true\n[profiles.prod]\nregion = 'cn-north-4'\n")
    assert print_profiles({"config": str(config)}, kind) == 0
    out, err = capsys.readouterr()
    assert "did you mean “snapshot”?" in err
    assert [row["name"] for row in json.loads(out)] == ["prod"] if kind == "json" else "prod" in out
