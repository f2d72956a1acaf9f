"""The cache gives what was put in, or makes it again; it never gives half of it."""

import os
import subprocess
import sys
import time
import warnings

import numpy as np
import psutil
import pytest

from kws_helpers.data import cache

NAMES = ("odd", "samples", "table", "none")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "cache"))
    cache._warn_once.cache_clear()
    return tmp_path / "cache"


@pytest.fixture
def no_folder(tmp_path, monkeypatch):
    """A place where no folder can be made."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "file" / "cache"))


def arrays():
    return (np.arange(3, dtype=np.uint8), np.arange(100_001, dtype=np.int16),
            np.asfortranarray(np.linspace(0, 1, 12).reshape(3, 4)), np.empty((0, 49, 40), np.float32))


def forbidden():
    raise AssertionError("made again")


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype and one.shape == other.shape


def test_made_once_then_mapped_and_writing_to_it_changes_nothing_on_disk():
    first = cache.cached_arrays(NAMES, ("key", 1), arrays)
    assert_same(first, arrays())
    assert isinstance(first[1].base, np.memmap) and first[1].ctypes.data % 64 == 0
    first[1][:] = 0
    assert_same(cache.cached_arrays(NAMES, ("key", 1), forbidden), arrays())


def test_another_key_or_name_is_another_entry():
    cache.cached_arrays(["a"], ("key", 1), lambda: [np.zeros(3)])
    for name, key in [("a", ("key", 2)), ("a", ("key", "1")), ("b", ("key", 1))]:
        assert_same(cache.cached_arrays([name], key, lambda: [np.ones(3)]), [np.ones(3)])
    assert_same(cache.cached_arrays(["a"], ("key", 1), forbidden), [np.zeros(3)])


def test_large_temporary_files_lie_beside_the_cache(folder):
    assert cache.scratch() == folder and folder.is_dir()


def test_where_the_cache_cannot_be_they_lie_where_the_system_has_them(no_folder):
    assert cache.scratch() is None


def test_what_a_mapped_array_took_is_given_back_and_can_be_read_again():
    [samples] = cache.cached_arrays(["samples"], "key", lambda: [np.arange(50_000_000, dtype=np.int8)])

    def resident():
        return psutil.Process().memory_info().rss

    before = resident()
    total = samples.sum()
    assert resident() > before + 40e6
    cache.release(samples)
    assert resident() < before + 10e6
    assert samples.sum() == total
    ordinary = np.arange(10)
    cache.release(ordinary)
    assert ordinary.sum() == 45


DAMAGE = {
    "empty": lambda content: b"",
    "a few bytes": lambda content: content[:3],
    "cut in its header": lambda content: content[:60],
    "cut in half": lambda content: content[: len(content) // 2],
    "last byte missing": lambda content: content[:-1],
    "zeros": lambda content: bytes(len(content)),
    "something else": lambda content: b"<html>Sign in to the network</html>",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_half_an_entry_is_noticed_and_made_again(folder, damage):
    cache.cached_arrays(NAMES, "key", arrays)
    (file,) = folder.glob("samples-*")
    file.write_bytes(damage(file.read_bytes()))
    assert_same(cache.cached_arrays(NAMES, "key", arrays), arrays())
    assert_same(cache.cached_arrays(NAMES, "key", forbidden), arrays())


def test_an_error_while_making_leaves_nothing(folder):
    with pytest.raises(ZeroDivisionError):
        cache.cached_arrays(["x"], "key", lambda: [np.ones(1 // 0)])
    assert not folder.exists() or not list(folder.iterdir())


def test_a_full_disk_costs_one_warning_and_no_half_entry(folder, monkeypatch):
    def full(file, array):
        file.write(b"as much as there is room for")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache, "_save", full)
    with pytest.warns(UserWarning, match="No space left on device") as caught:
        assert_same(cache.cached_arrays(NAMES, "key", arrays), arrays())
        assert_same(cache.cached_arrays(NAMES, "key", arrays), arrays())
    assert len(caught) == 1
    assert str(folder) in str(caught[0].message) and "KWS_CACHE" in str(caught[0].message)
    assert caught[0].filename == __file__
    assert not list(folder.iterdir())


def test_a_folder_that_cannot_be_made_costs_a_warning(no_folder):
    with pytest.warns(UserWarning, match="cannot be written"):
        assert_same(cache.cached_arrays(NAMES, "key", arrays), arrays())


def test_a_process_killed_while_writing_leaves_no_entry_and_its_rest_is_removed_later(folder):
    code = """
import os, numpy as np
from kws_helpers.data import cache
os.fsync = lambda file: os._exit(9)
cache.cached_arrays(["a"], "key", lambda: [np.ones(1000)])
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9
    (left,) = folder.iterdir()
    assert left.suffix == ".partial" and left.stat().st_size > 8000
    assert_same(cache.cached_arrays(["a"], "key", lambda: [np.ones(1000)]), [np.ones(1000)])
    assert left.exists()  # it might still be another process's
    a_week_ago = time.time() - 7 * 24 * 3600
    os.utime(left, (a_week_ago, a_week_ago))
    cache.cached_arrays(["a"], "other key", lambda: [np.ones(3)])
    assert not left.exists()


def test_many_processes_at_once(folder):
    code = """
import numpy as np
from kws_helpers.data import cache
for n in range(20):
    [found] = cache.cached_arrays(["a"], n, lambda: [np.full(50_000, n)])
    assert (found == n).all()
"""
    running = [subprocess.Popen([sys.executable, "-W", "error", "-c", code]) for _ in range(3)]
    assert [process.wait() for process in running] == [0] * 3
    assert len(list(folder.iterdir())) == 20


def test_others_may_read_the_entries(folder):
    """A course can share one cache folder: entries have the usual permissions, not a temporary file's."""
    cache.cached_arrays(["a"], "key", lambda: [np.ones(3)])
    umask = os.umask(0)
    os.umask(umask)
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_cache_that_can_only_be_read_is_used_without_a_word(monkeypatch):
    cache.cached_arrays(NAMES, "key", arrays)
    monkeypatch.setattr(cache, "_write", lambda *_: pytest.fail("wrote"))
    with warnings.catch_warnings(action="error"):
        assert_same(cache.cached_arrays(NAMES, "key", forbidden), arrays())


def test_the_default_folder_is_the_users_own(monkeypatch):
    monkeypatch.delenv("KWS_CACHE")
    assert cache.folder().is_absolute() and "kws_helpers" in cache.folder().parts
