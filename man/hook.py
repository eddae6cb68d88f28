"""Makes the manual pages while a wheel is built."""  # noqa: INP001  # not a package

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManualPages(BuildHookInterface[Any]):
    """The manual pages as files of the wheel that are installed below `share/man`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # Hatchling's
        """Write the pages to a temporary directory."""
        sys.path.insert(0, self.root)
        from man.pages import write_pages  # noqa: PLC0415  # found only now

        self._directory = Path(tempfile.mkdtemp(prefix="memoryd-man-"))
        for path, target in write_pages(self._directory).items():
            build_data["shared_data"][str(path)] = target

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the temporary directory."""
        shutil.rmtree(self._directory)
