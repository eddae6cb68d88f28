import pytest

from memoryd.domain.links.placeholders import is_part_placeholder, is_placeholder


@pytest.mark.parametrize(
    ("destination", "text"),
    [
        ("url", "path"),
        ("link", "Title"),
        ("URL", "source"),
        ("file-path", "x"),
        ("url-here", "text"),
        ("path_to_file", "x"),
        ("Pfad", "Titel"),
        ("fichier", "titre"),
        ("ruta", "texto"),
        ("路径", "标题"),
        ("リンク", "x"),
        ("ссылка", "текст"),
        ("file.md", "Title"),
        ("filename.md", "[Name]"),
        ("./<name>.md", "x"),
        ("<project-root>/docs/x.md", "x"),
        ("{root}/x.md", "x"),
        ("{{base}}/x.md", "x"),
        ("${HOME}/x.md", "x"),
        ("$ROOT/x.md", "x"),
        ("%APPDATA%/x.md", "x"),
        ("/path/to/file.md", "x"),
        ("path/to/your/notes.md", "x"),
        ("/pfad/zu/datei", "x"),
        ("topics/*.md", "x"),
        ("docs/...", "x"),
        ("…", "x"),
        ("adr/ADR-NNN-title.md", "x"),
        ("logs/YYYY-MM-DD.md", "x"),
        ("your-topic.md", "x"),
        ("xxx.md", "x"),
        ("../../issues/5", "#5"),
        ("../../../pull/205", "PR"),
        ("../../wiki/Home", "wiki"),
        ("../../releases", "r"),
    ],
)
def test_no_file_is_meant(destination: str, text: str) -> None:
    assert is_placeholder(destination, text)


@pytest.mark.parametrize(
    ("destination", "text"),
    [
        ("plan", "plan"),
        ("deploy.md", "Title"),
        ("file.md", "Deployment steps"),
        ("file-format.md", "x"),
        ("link-checker", "x"),
        ("docs/url", "x"),
        ("url.md", "x"),
        ("app/[id]/page.tsx", "page"),
        ("issues/5.md", "x"),
        ("../issues.md", "x"),
        ("../../wiki.md", "x"),
        ("your.md", "x"),
        ("pathology.md", "x"),
        ("a...b.md", "x"),
        ("100%.md", "x"),
        ("50%-done%.md", "x"),
        ("计划.md", "x"),
        ("2026-02-03.md", "x"),
        ("price$.md", "x"),
        ("%E3%81%82%E3%81%84.md", "x"),
        ("mm-dd.md", "x"),
    ],
)
def test_a_file_is_meant(destination: str, text: str) -> None:
    assert not is_placeholder(destination, text)


def test_parts() -> None:
    assert all(map(is_part_placeholder, ["anchor", "<id>", "...", "{x}", "Heading"]))
    assert not any(map(is_part_placeholder, ["install", "headings", "the-anchor"]))
