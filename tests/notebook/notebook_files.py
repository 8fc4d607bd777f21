"""Executes notebooks, and keeps of their outputs what a reader without a kernel needs.

`python tests/notebook/notebook_files.py` brings the outputs in `notebooks/` up to date; names of notebooks
choose some of them.
"""

import re
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NAMES = sorted(file.name for file in (ROOT / "notebooks").glob("*.ipynb"))
WIDGET = "application/vnd.jupyter.widget-view+json"
LARGEST = 5_500
"""Characters of a picture that a notebook of this project keeps: 4 kB as base64."""
_PICTURE = re.compile(r'<img src="data:[^>]*>| poster="data:[^"]*"')
_KEY = re.compile(r' data-kling="[0-9a-f]*"')


def copy_project(folder: Path) -> Path:
    """Copy what the notebooks need into the folder, without anything made, and return that of the notebooks."""
    ignored = shutil.ignore_patterns(".kling-spec", "out", ".ipynb_checkpoints")
    shutil.copytree(ROOT / "specs", folder / "specs", ignore=ignored)
    shutil.copy(ROOT / "kling-spec.toml", folder)
    (folder / "notebooks").mkdir()
    for name in NAMES:
        shutil.copy(ROOT / "notebooks" / name, folder / "notebooks")
    return folder / "notebooks"


def executed(file: Path) -> Any:
    """Return the notebook as it is after all of its cells have run."""
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(file.parent)}}).execute()
    return notebook


def kept(notebook: Any) -> Any:
    """Take out what is large or of one machine: large pictures, controls and their state, times."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        cell.outputs = [output for output in cell.outputs if WIDGET not in output.get("data", {})]
        for output in cell.outputs:
            data = output.get("data", {})
            if "text/html" in data:
                data["text/html"] = _KEY.sub("", _PICTURE.sub(_small, data["text/html"]))
    return notebook


def said(cell: Any) -> str:
    """Return what the outputs of a cell say as plain text."""
    return "\n".join(
        str(
            output.get("text")
            or output.get("data", {}).get("text/plain")
            or "\n".join(output.get("traceback", ()))
        )
        for output in cell.get("outputs", [])
    )


def cell_with(notebook: Any, source: str) -> Any:
    """Return the first cell of code that holds these words."""
    return next(cell for cell in notebook.cells if cell.cell_type == "code" and source in cell.source)


def _small(picture: re.Match[str]) -> str:
    return picture[0] if len(picture[0]) <= LARGEST else ""


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        copy = copy_project(Path(folder))
        for name in sys.argv[1:] or NAMES:
            nbformat.write(kept(executed(copy / name)), ROOT / "notebooks" / name)
