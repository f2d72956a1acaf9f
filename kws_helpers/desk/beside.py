"""What lies beside a student's notebooks: the challenge's network, and modules and data that they need."""

import zipfile
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO

from kws_helpers.desk.file_text import kind_of_bytes
from kws_helpers.desk.folder import File, Found, size

NETWORK = "challenge.keras"
MAX_NETWORK = 20 * 2**20
MAX_BESIDE, MAX_FILES = 20 * 2**20, 500
"""So much is packed of what is neither a notebook nor the network: bytes, and files."""

_SAVE = f'Save the whole network by `model.save("{NETWORK}")`, and pack again.'
_NETWORKS = (".keras", ".h5", ".hdf5", ".tflite")
_OF_A_NETWORK = ("saved_model.pb", "config.json")


def look_beside(files: list[File]) -> list[Found]:
    """Return what becomes of files that are no notebooks."""
    saved = {file.name.partition("/")[0] for file in files if file.name.lower().startswith("challenge")
             and file.name.lower().endswith(tuple(f"/{name}" for name in _OF_A_NETWORK))}
    found = [Found(f"{name}/", remark=f"left out, because it is a folder, and {NETWORK} is one file. {_SAVE}",
                   whole=False) for name in sorted(saved)]
    files = [file for file in files if file.name.partition("/")[0] not in saved]
    networks = [file for file in files if file.last_name.endswith(_NETWORKS)]
    zips = [file for file in files if file.last_name.endswith(".zip")]
    others = [file for file in files if file not in networks and file not in zips]
    return found + list(_networks(networks)) + [_zip(file) for file in zips] + list(_others(others))


def _networks(files: list[File]) -> Iterator[Found]:
    """Choose the network with the challenge's own name, or else the only one whose name begins so."""
    called_so = [file for file in files if file.last_name.startswith("challenge")]
    meant = [file for file in called_so if file.last_name.endswith(".keras")]
    chosen = [file for file in meant if file.name == NETWORK] or meant
    for file in files:
        if file not in meant:
            yield Found(file.name, remark=f"left out: only {NETWORK} takes part in the challenge. {_SAVE}",
                        whole=bool(meant) or file not in called_so)
        elif file not in chosen:
            yield Found(file.name, remark=f"left out, because {NETWORK} counts. If this one is meant, call it so; if "
                                          "not, move it out of this folder.", whole=False)
        else:
            yield _network(file, len(chosen))


def _network(file: File, several: int) -> Found:
    if file.size > MAX_NETWORK:
        return Found(file.name, remark=f"left out ({size(file.size)}), because it is larger than {size(MAX_NETWORK)}, "
                                       "and so no network of the challenge.", whole=False)
    try:
        raw = file.path.read_bytes()
    except OSError as error:
        return Found(file.name, remark=f"cannot be opened: {error.strerror}.", whole=False)
    if several > 1:
        return Found(file.name, {file.name: raw}, f"It is packed, but so are others, and which one counts is not "
                                                  f"clear: call it {NETWORK}.", whole=False)
    if problem := _problem(raw):
        return Found(file.name, {NETWORK: raw}, f"It is packed, but it {problem} {_SAVE}", whole=False)
    return Found(file.name, {NETWORK: raw}, "" if file.name == NETWORK else f"It is packed as {NETWORK}.")


def _problem(raw: bytes) -> str:
    """Return why a file is none that Keras saves a whole network in, "" where it is one."""
    try:
        names = zipfile.ZipFile(BytesIO(raw)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return f"is {kind_of_bytes(raw) or 'damaged, or of another format'}, and no network that Keras has saved."
    return "" if "config.json" in names else "is a zip file, and no network that Keras has saved."


def _zip(file: File) -> Found:
    if file.last_name.startswith("hand-in"):
        return Found(file.name, remark="left out, because it is another hand-in.")
    return Found(file.name, remark=f"left out ({size(file.size)}), because a zip file in a zip file may hold other "
                                   "notebooks of yours. Unpack here what belongs to your work.", whole=False)


def _others(files: list[File]) -> Iterator[Found]:
    """Pack modules, data and folders, the small ones first, as long as there is room."""
    groups: dict[str, list[File]] = defaultdict(list)
    for file in files:
        top, inside, _ = file.name.partition("/")
        groups[top + inside].append(file)
    room, places = MAX_BESIDE, MAX_FILES
    for name, group in sorted(groups.items(), key=lambda item: sum(file.size for file in item[1])):
        total = sum(file.size for file in group)
        told = f"{len(group)} file{'s' * (len(group) > 1)}, {size(total)}" if name.endswith("/") else size(total)
        if total > room or len(group) > places:
            yield Found(name, remark=f"left out ({told}): at most {MAX_FILES} files and {size(MAX_BESIDE)} are packed "
                                     "beside the lessons. Answers that read it will miss it when they are graded.",
                        whole=False)
        else:
            room, places = room - total, places - len(group)
            yield from _group(name, group, told if name.endswith("/") else "")


def _group(name: str, files: list[File], told: str) -> Iterator[Found]:
    packed = {}
    for file in files:
        try:
            packed[file.name] = file.path.read_bytes()
        except OSError as error:
            yield Found(file.name, remark=f"cannot be opened: {error.strerror}.", whole=False)
    if packed:
        yield Found(name, packed, told)
