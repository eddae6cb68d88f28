import pytest

from memoryd.domain.compaction.topics.titles import clean_title


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("FN-4: Interface Message Call (Completed)", "FN-4 Interface Message Call"),
        ("Resolver Removal: FOliveFunctionResolver Bypassed", "Resolver Removal"),
        ("SpawnActor & Exec Pins (UE 5.5)", "SpawnActor & Exec Pins"),
        ("2026-01-03: Deploy pipelines (done)", "Deploy pipelines"),
        ("C++ Reflection API Key Facts (UE 5.5)", "C++ Reflection API Key Facts"),
        ("Rename: FastPlot → FastSense", "Rename FastPlot FastSense"),
        ("Phase 2", "Phase"),
    ],
)
def test_a_title_keeps_its_subject(title: str, clean: str) -> None:
    assert clean_title(title) == clean
