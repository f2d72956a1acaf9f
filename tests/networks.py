"""Files that students may hand in as `challenge.keras`: hostile, damaged or of another kind, and what is said of each.

docs/hostile-submissions.md tells the same to instructors.
"""

import codecs
import io
import json
import marshal
import os
import pickle
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import keras
import numpy as np

NAME = "challenge.keras"
MEASURED = "measured like any other"


@dataclass(frozen=True)
class Network:
    """One student's file.

    Args:
        student: the student's name.
        what: what it is, for the documentation.
        words: part of what is said of it, or `MEASURED`.
        write: writes the file, given its path.
        unsafe: it is loaded without Keras' safe mode, so that its code runs.
    """

    student: str
    what: str
    words: str
    write: Callable[[Path], object]
    unsafe: bool = False


def network(*layers: keras.Layer, inputs: tuple[int, ...] = (49, 40), classes: int = 12,
            name: str | None = None) -> keras.Model:
    return keras.Sequential([keras.Input(inputs), keras.layers.Flatten(), *layers, keras.layers.Dense(classes)],
                            name=name)


def _saved(make: Callable[..., keras.Model], *args: object, **kwargs: object) -> Callable[[Path], object]:
    return lambda path: make(*args, **kwargs).save(path)


@cache
def _parts(*layers: keras.Layer) -> dict[str, bytes]:
    """What Keras puts into its file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, NAME)
        network(*layers).save(path)
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def _zip(path: Path, members: list[tuple[str | zipfile.ZipInfo, bytes]]) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of a name that comes twice
        for name, content in members:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)


def _with(name: str | zipfile.ZipInfo, content: bytes = b"x") -> Callable[[Path], object]:
    """A good file and one part more."""
    return lambda path: _zip(path, [*_parts().items(), (name, content)])


def _changed(name: str, content: bytes) -> Callable[[Path], object]:
    """A good file with another part."""
    return lambda path: _zip(path, list((_parts() | {name: content}).items()))


def _with_layer(**layer: object) -> Callable[[Path], object]:
    """A good file whose last layer is described in another way."""
    def write(path: Path) -> None:
        config = json.loads(_parts()["config.json"])
        config["config"]["layers"][-1] = layer
        _changed("config.json", json.dumps(config).encode())(path)

    return write


def _runs(code: str) -> Callable[[Path], object]:
    """A network that runs this code when it is loaded, and again when it is used."""
    def write(path: Path) -> None:
        parts = _parts(keras.layers.Lambda(lambda x: x, output_shape=(1960,)))
        config = json.loads(parts["config.json"])
        [layer] = [layer for layer in config["config"]["layers"] if layer["class_name"] == "Lambda"]
        hostile = marshal.dumps(eval(f"lambda x: (exec({code!r}, {{}}), x)[1]").__code__)
        layer["config"]["function"]["config"]["code"] = codecs.encode(hostile, "base64").decode()
        _zip(path, list((parts | {"config.json": json.dumps(config).encode()}).items()))

    return write


def _link() -> zipfile.ZipInfo:
    link = zipfile.ZipInfo("model.weights.npz")
    link.external_attr = 0o120777 << 16
    return link


def _lying_about_its_size(path: Path) -> None:
    _changed("config.json", b" " * 10**8)(path)
    path.write_bytes(path.read_bytes().replace((10**8).to_bytes(4, "little"), (1000).to_bytes(4, "little")))


def _cut(path: Path) -> None:
    _with("metadata.json")(path)
    path.write_bytes(path.read_bytes()[:-300])


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "saved_model.pb").write_bytes(b"x")


def _renamed(suffix: str, save: Callable[[Path], object], name: str = NAME) -> Callable[[Path], object]:
    """What `save` writes under a name with this suffix, under another name."""
    def write(path: Path) -> None:
        first = path.with_name(f"tmp{suffix}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras': HDF5 is of yesterday
            save(first)
        first.rename(path.with_name(name))

    return write


def _huge(path: Path) -> None:
    path.write_bytes(b"PK")
    os.truncate(path, 21 * 2**20)


def _not_a_number() -> keras.Model:
    model = network()
    model.set_weights([np.full(weight.shape, np.nan) for weight in model.get_weights()])
    return model


def _pickled_weights(path: Path) -> None:
    weights = io.BytesIO()
    np.savez(weights, **{"layers/dense/vars": np.array([{"0": os.system}], dtype=object)})
    parts = {name: content for name, content in _parts().items() if "weights" not in name}
    _zip(path, [*parts.items(), ("model.weights.npz", weights.getvalue())])


class OfMyOwn(keras.layers.Layer):
    """A layer that only its author has."""

    def call(self, x):
        return x


_KERAS_2 = json.dumps({"keras_version": "2.15.0", "date_saved": "2024-01-01@00:00:00"}).encode()
_NO_MEMBER = "which no network that Keras saved does"
_OTHER = "a file of another kind"

FILES = [
    Network("lambda", "has a Lambda layer", "cannot be used: ValueError", _runs("pass")),
    Network("os-system", "names `os.system` as a layer", "cannot be used: ",
            _with_layer(module="os", class_name="system", config={"command": "touch kws-was-here"})),
    Network("of-my-own", "has a layer of the student's own", "cannot be used: ", _saved(lambda: network(OfMyOwn()))),
    Network("zip-upwards", "has a part called `../../evil`", _NO_MEMBER, _with("../../evil")),
    Network("zip-absolute", "has a part called `/tmp/evil`", _NO_MEMBER, _with("/tmp/evil")),
    Network("zip-markup", "has a part whose name is HTML", _NO_MEMBER,
            _with("<img src=x onerror=alert('kws-attack')>")),
    Network("zip-link", "has a link in place of a part", "or a link", _with(_link(), b"/etc/passwd")),
    Network("zip-twice", "has a part twice", "a part twice", _with("config.json", b"{}")),
    Network("zip-bomb", "is a zip bomb: 100 MB in 100 kB", "once it is unpacked",
            _changed("config.json", b" " * 10**8)),
    Network("zip-lies", "is a zip bomb that lies about its size", "cannot be used: ", _lying_about_its_size),
    Network("zip-cut", "is a zip that breaks off", "cut off or damaged", _cut),
    Network("deep-json", "is described a hundred thousand levels deep", "cannot be used: ",
            _changed("config.json", b'{"a":' * 10**5 + b"1" + b"}" * 10**5)),
    Network("huge-tensor", "describes a layer of a billion neurons", "cannot be used: ",
            _with_layer(module="keras.layers", class_name="Dense", config={"units": 10**9})),
    Network("parameters", "has more than 100,000 parameters", "parameters; the challenge is for fewer",
            _saved(lambda: network(keras.layers.Dense(60)))),
    Network("other-input", "takes inputs of another shape", "cannot be used: ", _saved(network, inputs=(20, 13))),
    Network("other-output", "gives 10 numbers for each clip", "gives no 12 finite numbers",
            _saved(network, classes=10)),
    Network("nan", "gives numbers that are none", "gives no 12 finite numbers", _saved(_not_a_number)),
    Network("pickled-weights", "has weights that are pickled objects", "cannot be used: ", _pickled_weights),
    Network("keras-2", "was saved with Keras 2", "Keras 2.15.0", _changed("metadata.json", _KERAS_2)),
    Network("h5", "is an HDF5 file under another name", "HDF5", _renamed(".h5", lambda path: network().save(path))),
    Network("weights", "is weights alone", "weights alone",
            _renamed(".weights.h5", lambda path: network().save_weights(path))),
    Network("no-config", "is a zip with weights alone", "weights and no network",
            lambda path: _zip(path, [("model.weights.h5", _parts()["model.weights.h5"])])),
    Network("saved-model", "is the folder of a SavedModel", "is a folder", _folder),
    Network("empty", "is empty", "is empty", lambda path: path.touch()),
    Network("text", "is a text", _OTHER, lambda path: path.write_text("my network")),
    Network("pickle", "is a pickle", _OTHER, lambda path: path.write_bytes(pickle.dumps([os.system]))),
    Network("large", "is larger than 20 MB", "larger than 20 MB", _huge),
    Network("pipe", "is a named pipe", "no ordinary file", os.mkfifo),
    Network("link", "is a link to a file of the system", "is a link", lambda path: path.symlink_to("/etc/hostname")),
    Network("other-name", "is called `my_network.keras`", "must be called challenge.keras",
            _renamed(".keras", lambda path: network().save(path), "my_network.keras")),
    Network("capital", "is called `Challenge.keras`", MEASURED,
            _renamed(".keras", lambda path: network().save(path), "Challenge.keras")),
    Network("<img src=x onerror=alert('kws-attack')>", "is a network whose student's name is HTML", MEASURED,
            _saved(network, name=".>script")),
]

RUNS = [
    Network("forks", "starts processes without end, in code that Keras should not run", "was not measured: ",
            _runs("import os\nwhile True: os.fork()"), unsafe=True),
    Network("endless", "computes for ever", "was not measured: ", _runs("while True: pass"), unsafe=True),
    Network("prints", "prints 64 megabytes", "was not measured: ", _runs("print('x' * 64 * 10**6)"), unsafe=True),
    Network("exits", "ends Python", "was not measured: ", _runs("import os; os._exit(0)"), unsafe=True),
    Network("writes", "writes files into every folder", MEASURED, _runs("""
import os
for folder in ("..", "/", "/etc", "/var/tmp", "/tmp", os.path.dirname(os.__file__)):
    try:
        open(os.path.join(folder, "kws-was-here"), "w").write("x")
    except OSError:
        pass
"""), unsafe=True),
    Network("answers", "prints results of its own before it is measured", MEASURED,
            _runs("print([[1, 12], True, [0]])"), unsafe=True),
]
