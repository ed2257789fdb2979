"""The command line: exit codes, what is printed where, and what it does not import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.errors import ConfigError, Finding, MalformedError, RefusedError, ThermaliqError, UnavailableError
from thermaliq import commands, exits
from thermaliq.cli import COMMANDS, main

SITES = Path(__file__).parents[1] / "golden" / "sites"
GOOD = '[site]\nid = "mill"\n[[source]]\nname = "g"\nprotocol = "push"\ntag = [{ id = "mill/x/y", unit = "kg/s" }]\n'
GOOD += '[[asset]]\nid = "mill/x"\ntype = "none"\n'


pytestmark = pytest.mark.usefixtures("logging_restored")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


@pytest.fixture(autouse=True)
def an_environment_without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THERMALIQ_SITE", raising=False)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.toml"
    file.write_text(GOOD, encoding="utf-8")
    return file


def test_a_good_site_file_ends_with_0_and_says_what_is_in_it(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(good)) == 0
    assert capsys.readouterr().out == "mill: 1 source, 1 tag, 1 asset, 0 alarms\n"


def test_warnings_leave_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(SITES / "edge.toml")) == 0
    assert "edge.toml:55: warning: source[1].security_policy" in capsys.readouterr().out


def test_a_wrong_site_file_ends_with_78_and_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(SITES / "wrong_assets.toml")) == 78

    printed = capsys.readouterr().out
    findings = (SITES / "wrong_assets.findings").read_text(encoding="utf-8").splitlines()
    assert printed.count("wrong_assets.toml:") == len(findings)
    assert 'wrong_assets.toml:30: error: asset[0].exclude_when = "soot_blow == 1"\n    no tag soot_blow' in printed


def test_findings_are_json_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "--json", str(SITES / "wrong_assets.toml")) == 78

    findings = json.loads(capsys.readouterr().out)
    assert {"file", "line", "key", "value", "fix"} <= set(findings[0])
    assert findings[1]["line"] == 22


def test_no_finding_is_an_empty_list(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "--json", str(good)) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_folder_stands_for_its_files(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (good.parent / "second.toml").write_text(GOOD.replace("mill", "works"), encoding="utf-8")

    assert run("check", str(good.parent)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "mill: 1 source, 1 tag, 1 asset, 0 alarms",
        "works: 1 source, 1 tag, 1 asset, 0 alarms",
    ]


@pytest.mark.parametrize("name", ["missing.toml", "empty"])
def test_a_missing_file_and_an_empty_folder_end_with_78(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()

    assert run("check", str(tmp_path / name)) == 78
    assert f"{tmp_path / name}: error" in capsys.readouterr().out


def test_the_environment_names_the_site_where_the_command_line_does_not(
    good: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THERMALIQ_SITE", str(good))

    assert run("check") == 0
    assert capsys.readouterr().out.startswith("mill: ")


def test_a_site_named_nowhere_ends_with_78(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 78
    assert "THERMALIQ_SITE" in capsys.readouterr().err


def test_a_wrong_setting_ends_with_78_before_anything_starts(
    good: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THERMALIQ_HTTP_PORT", "eighty")

    assert run("test", str(good)) == 78
    assert "THERMALIQ_HTTP_PORT = eighty" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [("chek",), ("check", "--jsn"), ()])
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments) == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("a.b", "wrong", (Finding("f", 1, "k", "v", "fix"),)), 78),
        (UnavailableError("a.b", "away"), 69),
        (RefusedError("a.b", "no"), 1),
        (MalformedError("a.b", "broken"), 1),
    ],
)
def test_each_kind_of_failure_has_its_exit_code(error: ThermaliqError, code: int) -> None:
    assert exits.exit_code(error) == code


def test_the_help_lists_every_command_and_imports_nothing_heavy() -> None:
    program = (
        "import sys\nfrom thermaliq.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as left:\n    code = left.code\n"
        "print('loaded', sorted({'numpy', 'aiokafka', 'faust', 'fastapi', 'psycopg', 'CoolProp'} & set(sys.modules)))\n"
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("loaded []\n")
    assert all(f" {name} " in done.stdout for name in COMMANDS)


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("thermaliq 0.")


def test_every_command_module_is_in_the_help() -> None:
    folder = Path(commands.__path__[0])

    modules = {file.stem.replace("_", "-") for file in folder.glob("*.py") if file.stem != "__init__"}

    assert modules == set(COMMANDS)
