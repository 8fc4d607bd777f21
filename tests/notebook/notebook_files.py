"""Executes notebooks, and keeps of their outputs what a reader without a kernel needs.

`python tests/notebook/notebook_files.py` brings the outputs in `notebooks/` up to date.
"""

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NAMES = sorted(file.name for file in (ROOT / "notebooks").glob("*.ipynb"))
_PICTURE = re.compile(r'<img src="data:[^>]*>| poster="data:[^"]*"')


def copy_project(folder: Path) -> Path:
    ignored = shutil.ignore_patterns(".kling-spec", "out", ".ipynb_checkpoints")
    for name in ("specs", "notebooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    return folder / "notebooks"


def executed(file: Path) -> Any:
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(file.parent)}}).execute()
    return notebook


def kept(notebook: Any) -> Any:
    """Take out what is large or of one machine: pictures, widgets, times."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                data["text/html"] = _PICTURE.sub("", data["text/html"])
    return notebook


def said(cell: Any) -> str:
    """Return what the outputs of a cell say as plain text."""
    return "\n".join(
        str(output.get("text") or output.get("data", {}).get("text/plain") or "\n".join(output["traceback"]))
        for output in cell.get("outputs", [])
    )


def cell_with(notebook: Any, source: str) -> Any:
    return next(cell for cell in notebook.cells if cell.cell_type == "code" and source in cell.source)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        copy = copy_project(Path(folder))
        for name in NAMES:
            nbformat.write(kept(executed(copy / name)), ROOT / "notebooks" / name)
