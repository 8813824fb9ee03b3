"""What a folder of records holds: the files that should be records, and the folders below."""

import os


def listed(folder: str) -> tuple[list[str], list[str]]:
    """Return the names of the files in a folder that should hold a record, and those of its sub-folders, both sorted.

    A folder called like a record, and a link to a folder, are no place for records: they stand among the files, so
    that reading them tells what is wrong.

    Raises:
        OSError: the folder is closed, or not there.
    """
    names, folders = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not _is_folder(entry):
                if entry.name.endswith(".json") and not entry.name.startswith("."):
                    names.append(entry.name)
                continue
            if entry.is_symlink() or entry.name.endswith(".json"):
                names.append(entry.name)
            if not entry.is_symlink():
                folders.append(entry.name)
    return sorted(names), sorted(folders)


def _is_folder(entry: os.DirEntry) -> bool:
    """Whether an entry is, or leads to, a folder; a link that leads to itself does not."""
    try:
        return entry.is_dir()
    except OSError:
        return False
