"""`profiles` without a keyring."""

import json
from pathlib import Path

import pytest

from kps_tui.cli.profiles import print_profiles


@pytest.mark.parametrize("output_format", ["json", "table"])
def test_a_warning_about_the_configuration_is_printed_in_every_format(
    output_format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("snapshots = true\n[profiles.prod]\nregion = 'cn-north-4'\n")
    assert print_profiles({"config": str(config)}, output_format) == 0
    out, err = capsys.readouterr()
    assert "did you mean “snapshot”?" in err
    assert [row["name"] for row in json.loads(out)] == ["prod"] if output_format == "json" else "prod" in out
