"""The folders that Gyre keeps its files in.

What lies in them is known where it is written.
"""

from pathlib import Path

from gyre.errors import BadSettings


def private_folder(path: Path) -> Path:
    """The folder, made for its owner alone when it is missing."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise BadSettings(
            f"the folder {path} cannot be made: {problem.strerror}; set GYRE_DATA_DIR to one that can"
        ) from problem
    return path
