"""What a file holds that should be a network, told from its bytes. Nothing of it is loaded, unpacked or run here."""

import io
import json
import zipfile

from autograder.intake.notebook_file import Unreadable
from kws_helpers.spotting.file import MEMBER

_AGAIN = 'Save the whole network with model.save("challenge.keras").'
_DESCRIPTION, _METADATA = "config.json", "metadata.json"
_MEMBERS = {_DESCRIPTION, _METADATA, "model.weights.h5", "model.weights.npz", MEMBER}
_METADATA_BYTES = 10_000


def demand_network(content: bytes, most: int) -> None:
    """Look whether a file is what Keras 3 saves, with no more than `most` bytes once it is unpacked.

    Raises:
        Unreadable: it is something else; the message says what.
    """
    if not content.strip(b"\0"):
        raise Unreadable(f"is empty. {_AGAIN}")
    if content.startswith(b"\x89HDF"):
        raise Unreadable(f"is an HDF5 file under another name: a network of Keras 2, or weights alone. {_AGAIN}")
    if not content.startswith(b"PK"):
        raise Unreadable(f"is no network that Keras saved, but a file of another kind. {_AGAIN}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            metadata = _metadata(archive) if len(members) <= len(_MEMBERS) else {}
    except Exception:  # whatever is wrong with it
        raise Unreadable(f"is cut off or damaged. {_AGAIN}") from None
    _demand_members(members, most)
    version = metadata.get("keras_version")
    if isinstance(version, str) and version.startswith(("1.", "2.")):
        raise Unreadable(f"was saved with Keras {version[:20]}. Keras 3 is needed, as in the lesson.")


def _metadata(archive: zipfile.ZipFile) -> dict:
    if _METADATA not in archive.namelist():
        return {}
    with archive.open(_METADATA) as file:
        found = json.loads(file.read(_METADATA_BYTES))
    return found if isinstance(found, dict) else {}


def _demand_members(members: list[zipfile.ZipInfo], most: int) -> None:
    names = [member.filename for member in members]
    if strange := set(names) - _MEMBERS:
        raise Unreadable(f"holds {min(strange)[:60]!r}, which no network that Keras saved does. {_AGAIN}")
    if len(names) != len(set(names)) or any(member.external_attr >> 16 & 0o170000 == 0o120000 for member in members):
        raise Unreadable(f"holds a part twice, or a link in place of a part. {_AGAIN}")
    if _DESCRIPTION not in names:
        raise Unreadable(f"holds weights and no network. {_AGAIN}")
    if sum(member.file_size for member in members) > most:
        raise Unreadable(f"is larger than {most // 2**20} MB once it is unpacked.")
