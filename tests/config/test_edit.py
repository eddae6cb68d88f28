import os
import tomllib
from pathlib import Path

import pytest

from memoryd.config import load
from memoryd.config.daemon import Enforce
from memoryd.config.edit import set_keys, with_keys
from memoryd.errors import ConfigError

CHOICE: dict[str, str | bool] = {"default": "report", "user": "compact"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "settle = 5\n",
        "settle = 5",
        "# mine\n[enforce]\n\n# why\nproject = 'off'\n",
        '[enforce]\nuser = "off" # for now\ndefault="report"\n"~/a" = "off"\n[prune]\nmax_removals = 3\n',
        '[prune]\nmax_removals = 3\n\n[enforce] # choice\nat = "soft"\n',
        'enforce = "off"\n# end\n',
        "enforce = 'off'\n[daemon]\nfixes = [\n  'S001',\n]\n",
        'enforce = { project = "off" }\n',
        '"enforce" = "off"\nsettle = "2m"\n[profiles.x]\nplaces = ["~/x"]\n',
        'a = """\n[enforce]\n"""\n',
        "projects = [\n  '~/a', # one\n]\n",
    ],
)
def test_other_keys_comments_and_order_stay(text: str) -> None:
    after = with_keys(text, "enforce", CHOICE)
    if after is None:
        assert text.startswith('a = """')  # a form that nobody writes is left to its author
        return
    before, values = tomllib.loads(text), tomllib.loads(after)
    old = before.pop("enforce", {})
    new = values.pop("enforce")
    assert values == before
    assert new == ({"default": old} if isinstance(old, str) else old) | CHOICE
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in after.splitlines() if line.startswith("#")] == comments
    assert with_keys(after, "enforce", CHOICE) == after  # doing it again changes nothing


def test_a_file_is_made_for_its_owner_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "own" / "config.toml"
    set_keys(path, "enforce", {"default": "compact"})
    enforce = load(path, {}).enforce
    assert enforce is not None
    assert enforce.default is Enforce.COMPACT
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link_and_permissions_stay(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("settle = 5\n")
    real.chmod(0o644)
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    set_keys(link, "enforce", CHOICE)
    assert link.is_symlink()
    assert "settle = 5" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o644
    assert sorted(os.listdir(tmp_path)) == ["config.toml", "dotfiles.toml"]


def test_what_cannot_be_changed_or_written_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('enforce.user = "off"\nenforce."~/x" = "off"\n')
    before = path.read_bytes()
    with pytest.raises(ConfigError) as caught:
        set_keys(path, "enforce", CHOICE)
    assert 'write it as [enforce] default = "report"; user = "compact"' in str(caught.value.hint)
    assert path.read_bytes() == before
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot write the configuration"):
        set_keys(tmp_path / "file" / "config.toml", "enforce", CHOICE)
