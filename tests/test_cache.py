"""The cache gives what was put in, or makes it again; it never gives anything else."""

import os
import subprocess
import sys
import time
import warnings

import numpy as np
import psutil
import pytest

from kws_helpers import cache


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "cache"))
    cache._warn_once.cache_clear()
    return tmp_path / "cache"


def arrays():
    return {
        "odd": np.arange(3, dtype=np.uint8),
        "samples": np.arange(100_001, dtype=np.int16),
        "table": np.asfortranarray(np.linspace(0, 1, 12).reshape(3, 4)),
        "none": np.empty((0, 49, 40), np.float32),
    }


def forbidden():
    raise AssertionError("made again")


def assert_same(found, expected):
    assert list(found) == list(expected)
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype and found[name].shape == array.shape


def test_made_once_then_read():
    assert_same(cache.cached_arrays("kind", ("key", 1), arrays), arrays())
    assert_same(cache.cached_arrays("kind", ("key", 1), forbidden), arrays())


def test_another_key_or_kind_is_another_entry():
    cache.cached_arrays("kind", ("key", 1), arrays)
    for kind, key in [("kind", ("key", 2)), ("kind", ("key", "1")), ("other", ("key", 1))]:
        other = {"x": np.ones(3)}
        assert_same(cache.cached_arrays(kind, key, lambda other=other: other), other)
    assert_same(cache.cached_arrays("kind", ("key", 1), forbidden), arrays())


def test_arrays_are_mapped_and_writing_to_them_changes_nothing_on_disk():
    first = cache.cached_arrays("kind", "key", arrays)["samples"]
    assert isinstance(first.base, np.memmap)
    assert first.ctypes.data % 64 == 0
    first[:] = 0
    assert_same(cache.cached_arrays("kind", "key", forbidden), arrays())


def test_large_temporary_files_lie_beside_the_cache_where_that_can_be(folder, tmp_path, monkeypatch):
    assert cache.scratch() == folder and folder.is_dir()
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "file" / "cache"))
    assert cache.scratch() is None


def test_released_memory_is_read_again():
    found = cache.cached_arrays("kind", "key", arrays)
    for array in (*found.values(), np.arange(10)):
        expected = array.copy()
        cache.release(array)
        np.testing.assert_array_equal(array, expected)


def test_what_a_mapped_array_took_is_given_back():
    samples = cache.cached_arrays("kind", "key", lambda: {"samples": np.arange(50_000_000, dtype=np.int8)})["samples"]

    def resident():
        return psutil.Process().memory_info().rss

    before = resident()
    samples.sum()
    assert resident() > before + 40e6
    cache.release(samples)
    assert resident() < before + 10e6


DAMAGE = {
    "empty": lambda content: b"",
    "a few bytes": lambda content: content[:3],
    "cut in half": lambda content: content[: len(content) // 2],
    "last byte missing": lambda content: content[:-1],
    "one bit in the middle": lambda content: content[:50_000] + bytes([content[50_000] ^ 1]) + content[50_001:],
    "zeros": lambda content: bytes(len(content)),
    "something else": lambda content: b"<html>Sign in to the network</html>",
    "longer": lambda content: content + b"\0",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_noticed_and_repaired(folder, damage):
    cache.cached_arrays("kind", "key", arrays)
    (file,) = folder.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert_same(cache.cached_arrays("kind", "key", arrays), arrays())
    assert_same(cache.cached_arrays("kind", "key", forbidden), arrays())


def test_an_error_while_making_leaves_nothing(folder):
    with pytest.raises(ZeroDivisionError):
        cache.cached_arrays("kind", "key", lambda: {"x": np.ones(1 // 0)})
    assert not folder.exists() or not list(folder.iterdir())


def test_a_full_disk_costs_one_warning_and_no_half_entry(folder, monkeypatch):
    def full(file, array):
        file.write(b"as much as there is room for")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache, "_save", full)
    with pytest.warns(UserWarning, match="No space left on device") as caught:
        assert_same(cache.cached_arrays("kind", "key", arrays), arrays())
        assert_same(cache.cached_arrays("kind", "key", arrays), arrays())
    assert len(caught) == 1
    assert str(folder) in str(caught[0].message) and "KWS_CACHE" in str(caught[0].message)
    assert caught[0].filename == __file__
    assert not list(folder.iterdir())


def test_a_folder_that_cannot_be_made_costs_one_warning(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.warns(UserWarning, match="cannot be written") as caught:
        for _ in range(3):
            assert_same(cache.cached_arrays("kind", "key", arrays), arrays())
    assert len(caught) == 1


def test_a_process_killed_while_writing_leaves_no_entry(folder):
    """The process ends without clean-up between the first and the second array."""
    code = """
import os, numpy as np
from kws_helpers import cache
save, calls = cache._save, []
def dying(file, array):
    calls.append(array)
    if len(calls) == 2:
        file._file.flush()
        os._exit(9)
    save(file, array)
cache._save = dying
cache.cached_arrays("kind", "key", lambda: {"a": np.ones(1000), "b": np.ones(1000)})
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9
    (left,) = folder.iterdir()
    assert left.suffix == ".partial" and left.stat().st_size > 8000
    assert_same(cache.cached_arrays("kind", "key", arrays), arrays())
    assert_same(cache.cached_arrays("kind", "key", forbidden), arrays())

    assert left.exists()  # it might still be another process's
    a_week_ago = time.time() - 7 * 24 * 3600
    os.utime(left, (a_week_ago, a_week_ago))
    cache.cached_arrays("kind", "other key", arrays)
    assert not left.exists()


def test_many_processes_at_once(folder):
    code = """
import numpy as np
from kws_helpers import cache
for n in range(20):
    found = cache.cached_arrays("kind", n, lambda: {"a": np.full(50_000, n)})
    assert (found["a"] == n).all()
"""
    running = [subprocess.Popen([sys.executable, "-W", "error", "-c", code]) for _ in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    assert len(list(folder.iterdir())) == 20


def test_others_may_read_the_entries(folder):
    """A course can share one cache folder: entries have the usual permissions, not a temporary file's."""
    cache.cached_arrays("kind", "key", arrays)
    umask = os.umask(0)
    os.umask(umask)
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_cache_that_can_only_be_read_is_used_without_a_word(folder, monkeypatch):
    cache.cached_arrays("kind", "key", arrays)
    monkeypatch.setattr(cache, "_write", lambda *_: pytest.fail("wrote"))
    with warnings.catch_warnings(action="error"):
        assert_same(cache.cached_arrays("kind", "key", forbidden), arrays())


def test_the_default_folder_is_the_users_own(monkeypatch):
    monkeypatch.delenv("KWS_CACHE")
    assert cache.folder().is_absolute() and "kws_helpers" in cache.folder().parts
