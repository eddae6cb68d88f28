"""Questions as people type them, over real memory: the file that answers comes first."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from support import REPOSITORY

from memoryd.adapters.search.index import Index
from memoryd.adapters.stores.discovery import Places, discover_at
from memoryd.services.search.update_index import sync

CORPUS = REPOSITORY.parent / "shared" / "corpus"
CARDANO = "michaeljfazio__torsten/.claude/agent-memory"
RAG = "Saldivia-Buses__rag-saldivia/.claude/agent-memory"
RESONITE = "MLShukai__ResoniteIO/.claude/agent-memory/spec-driven-implementer"
ENVKIT = "InfernalRabbit__compose-envkit/.claude/agent-memory"
SPECRAILS = "fjpulidop__specrails-core/.claude/agent-memory"

QUESTIONS = {
    "why does my test fail at shutdown when the otel collector cannot be reached": (
        f"{RAG}/test-writer/feedback_otel_shutdown_error.md"
    ),
    "logout does not stop revoked tokens": f"{RAG}/gateway-reviewer/project_pr100_blacklist_wiring.md",
    "anybody can send emails through the notification endpoint": (
        f"{RAG}/security-auditor/project_plan23_phase4_audit.md"
    ),
    "nats subject with dots in the channel": f"{RAG}/gateway-reviewer/project_nats_channel_bug.md",
    "what the grpc interceptor lacks for parity with http": (
        f"{RAG}/gateway-reviewer/project_pr96_grpc_phase1.md"
    ),
    "config cache stays stale for other tenants": f"{RAG}/gateway-reviewer/project_pr83_config_resolver.md",
    "change the viewport size in firefox": (
        "ractive__ff-rdp/.claude/agent-memory/rust-developer/project_rdp_viewport_protocol.md"
    ),
    "cannot drag pins in the blueprint editor": (
        "BodeSoftware__UE_Olive_AI_Studio/.claude/agent-memory/researcher/non-interactive-pins.md"
    ),
    "pre-commit lost what I had staged": f"{RESONITE}/feedback_precommit_stash_silent_unstage.md",
    "uv tool install ignores the lock file": f"{RESONITE}/feedback_uv_tool_install_resoio.md",
    "cancelled grpc stream throws IOException": (
        f"{RESONITE}/feedback_grpc_client_cancel_exception_surface.md"
    ),
    "dispatch to the engine thread from a bridge": (f"{RESONITE}/feedback_bridge_engine_thread_dispatch.md"),
    "pyright says private function is unused": f"{RESONITE}/feedback_pyright_unused_private_in_src.md",
    "Settings.GetActiveSetting<T>()": f"{RESONITE}/feedback_frooxengine_settings_api.md",
    "冗長なコメント cleanup docstring": (
        "MLShukai__ResoniteIO/.claude/memory/feedback_docstring_author_includes_cleanup.md"
    ),
    "transaction build forgets the change output": f"{CARDANO}/tech-lead/cli-tx-build-change-output.md",
    "merge policy of the lsm tree": f"{CARDANO}/cardano-haskell-oracle/lsm-tree-architecture.md",
    "formula for deltaR and deltaT": f"{CARDANO}/cardano-haskell-oracle/reward-update-accounting.md",
    "what is in a mithril snapshot": f"{CARDANO}/cardano-haskell-oracle/mithril-snapshot-ledger-init.md",
    "where are the official cbor test vectors": (
        f"{CARDANO}/cardano-blueprint-expert/cbor-golden-test-vectors.md"
    ),
    "do I subtract 8 bytes when splitting an SDU": (
        f"{CARDANO}/cardano-haskell-oracle/sdu-segmentation-critical.md"
    ),
    "which protocol parameters are in the network group": (
        f"{CARDANO}/cardano-haskell-oracle/pparams-group-classification.md"
    ),
    "live blocks rejected because of wrong stake in the VRF check": (
        f"{CARDANO}/cardano-node-validator/vrf-rejection-analysis.md"
    ),
    "which pallas crates should we adopt": f"{CARDANO}/pallas-advisor/gaps-and-recommendations.md",
    "difference between tickThenApply and tickThenReapply": (
        f"{CARDANO}/cardano-haskell-oracle/block-validation-modes.md"
    ),
    "what does the server do when chainsync has no more blocks": (
        f"{CARDANO}/cardano-haskell-oracle/chainsync-at-tip.md"
    ),
    "kes signatures in pallas": f"{CARDANO}/pallas-advisor/crate-pallas-crypto.md",
    "shell check prints LEAK but still passes": (
        f"{ENVKIT}/code-reviewer/seam-check-echo-leak-exits-zero.md"
    ),
    "${VAR} in a yaml list does not parse": f"{ENVKIT}/qa-engineer/yaml-flow-seq-interpolation.md",
    "60 assertions but only 30 tests": f"{ENVKIT}/code-reviewer/assertion-count-vs-testfunc-count.md",
    "--trace takes a positional variable": (
        f"{ENVKIT}/code-reviewer/provenance-trace-var-positional-drift.md"
    ),
    "may I write >>> examples in a docstring": (
        "Geson-anko__vrcpilot/.claude/agent-memory/docstring-author/reference_pytest_doctest_modules.md"
    ),
    "client type errors not seen by CI": (
        "Devadavidd__claude-fleet/.claude/agent-memory/code-reviewer/"
        "project_typecheck-gap-and-dts-contracts.md"
    ),
    "command template without placeholders": (
        f"{SPECRAILS}/sr-architect/pattern_static_command_templates.md"
    ),
    "project root in hub mode": (
        f"{SPECRAILS}/explanations/2026-03-16-developer-config-project-root-detection.md"
    ),
    "run npm in a worktree without cd": (
        "glitchwerks__vscode-claude-conductor/.claude/agent-memory/codex-writer/codex_companion_invocation.md"
    ),
    "which docs describe watch mode": ("willdah__squire/.claude/agent-memory/docs-writer/doc-surface-map.md"),
}


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    if not CORPUS.is_dir():
        pytest.skip("the corpus of real memory directories is not here")
    with TemporaryDirectory() as place, Index(Path(place, "index.db")) as index:
        places = Places(Path(place), Path(place, ".claude"))
        stores = [
            store
            for repository in sorted(CORPUS.iterdir())
            if not repository.name.startswith("_") and repository.is_dir() and "@" not in repository.name
            for store in discover_at(places, [repository]).stores
        ]
        sync(stores, index, None)
        yield index


@pytest.mark.parametrize(("question", "answer"), QUESTIONS.items(), ids=QUESTIONS.keys())
def test_what_answers_comes_first(index: Index, question: str, answer: str) -> None:
    first = [f"{hit.root}/{hit.path}" for hit in index.search(question, limit=5)]
    assert first[:1] == [str(CORPUS / answer)], first
