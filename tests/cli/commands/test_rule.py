from pathlib import Path

from cli.program import memoryd


def test_all_rules_are_listed(tmp_path: Path) -> None:
    done = memoryd("rule", cwd=tmp_path)
    assert done.code == 0
    assert any(line.startswith("S001  error    index-over-limit ") for line in done.out.splitlines())


def test_a_rule_is_explained_by_code_and_by_name_in_any_case(tmp_path: Path) -> None:
    by_code = memoryd("rule", "s001", cwd=tmp_path)
    assert by_code.code == 0
    assert by_code.out.startswith("S001 index-over-limit (error)\n\n")
    assert by_code.out == memoryd("rule", "Index-Over-Limit", cwd=tmp_path).out


def test_a_near_miss_of_a_rule_is_suggested(tmp_path: Path) -> None:
    done = memoryd("rule", "broken-lnk", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err == 'error: there is no rule "broken-lnk"\n  hint: did you mean broken-link?\n'
    assert "`memoryd help rules` lists them" in memoryd("rule", "?", cwd=tmp_path).err
