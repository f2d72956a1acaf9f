"""Downloads: whatever network, server, disk and a second notebook do, the data are whole or the reason is clear."""

import hashlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace

import filelock
import numpy as np
import pytest

from kws_helpers import __main__ as command
from kws_helpers import data, features
from kws_helpers.data import cache, download

from .audio_files import SPEAKERS, make_source, pack
from .http_server import announces, answers, breaks_off, is_silent, knows_no_range, says_no_length, serving
from .test_data import SPLITS, assert_same_dataset, load_quietly, load_with_cache


@pytest.fixture(autouse=True)
def nothing_known_from_before(own_cache, monkeypatch):
    monkeypatch.setattr(download, "_PAUSES", (0.01, 0.01))
    cache._warn_once.cache_clear()


@pytest.fixture
def server(monkeypatch):
    with serving() as server:
        monkeypatch.setenv("KWS_DATA_URL", server.address + "/")
        yield server


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_source(tmp_path_factory.mktemp("source") / "source", speakers=SPEAKERS[:20])


@pytest.fixture(scope="module")
def expected(folder, tmp_path_factory):
    yield from load_with_cache(folder, tmp_path_factory.mktemp("cache"))


def publish(server, monkeypatch, packed, name="speech_commands"):
    """Put an archive on the server under the name of a published one."""
    content = packed.read_bytes()
    server.files[packed.name] = content
    published = download.Archive(name, packed.name, len(content), hashlib.sha256(content).hexdigest(), 4, 80)
    monkeypatch.setitem(download.ARCHIVES, name, published)
    return published


@pytest.fixture
def published(server, monkeypatch, folder, tmp_path):
    return publish(server, monkeypatch, pack(folder, tmp_path / "speech.tar.gz", "./"))


def load():
    return load_quietly("speech_commands")


def forget(tmp_path):
    """Leave nothing of what was decoded, so that the archive is needed again."""
    for file in (tmp_path / "cache").glob("*.npy"):
        file.unlink()


def failure(match):
    with pytest.raises(data.DataError, match=match) as caught:
        load()
    text = str(caught.value)
    assert "speech.tar.gz" in text and "\n" not in text
    return text


# --- what goes well ------------------------------------------------------------------------------------------------


def test_the_download_is_the_folder_and_is_done_once(server, published, expected, tmp_path):
    dataset = load()
    assert dataset.name == "speech_commands"
    assert_same_dataset(expected, dataset)
    assert published.is_here and not published.partial.exists()
    assert published.path.read_bytes() == server.files["speech.tar.gz"]
    forget(tmp_path)
    assert_same_dataset(expected, load())
    published.path.unlink()
    assert_same_dataset(expected, load())  # from the cache
    assert server.starts == [0]


def test_the_mini_set_with_the_junk_of_a_mac(server, monkeypatch, tmp_path):
    source = make_source(tmp_path / "source", words=("yes", "no"), speakers=SPEAKERS[:10], noises=0)
    for place in ("mini_speech_commands", "__MACOSX/mini_speech_commands"):
        (source / place).mkdir(parents=True)
    for word in ("yes", "no"):
        (source / word).rename(source / "mini_speech_commands" / word)
        (source / "__MACOSX" / "mini_speech_commands" / word).mkdir()
        (source / "__MACOSX" / "mini_speech_commands" / word / f"._{SPEAKERS[0]}_nohash_0.wav").write_bytes(b"junk")
    publish(server, monkeypatch, pack(source, tmp_path / "speech.zip"), "mini_speech_commands")
    with pytest.warns(UserWarning, match="no recordings of other words|no background noise") as caught:
        dataset = data.load("mini_speech_commands")
    assert len(caught) == 2
    assert len(dataset.recordings) == 20 and dataset.left_out == ()


# --- what goes wrong on the way ------------------------------------------------------------------------------------


def assert_fetched(server, published):
    download.fetch(published, None)
    assert published.path.read_bytes() == server.files["speech.tar.gz"] and not published.partial.exists()


def test_breaks_are_bridged(server, published):
    """Each connection brings some more, and many more break off than there are tries in vain."""
    server.faults = [breaks_off(after=3 * download._BLOCK)] * 8
    assert_fetched(server, published)
    assert len(server.starts) == 9 and server.starts == sorted(set(server.starts))
    assert server.sent < 1.5 * published.size


def test_what_has_arrived_is_kept_for_the_next_start(server, published):
    server.faults = [breaks_off(after=300_000)]
    server.faults += [answers(503)] * len(download._PAUSES)
    text = failure("503")
    kept = published.partial.stat().st_size
    assert 200_000 < kept <= 300_000 and f"{kept:,} of {published.size:,} bytes are here" in text
    server.starts.clear()
    assert_fetched(server, published)
    assert server.starts == [kept]


def sends_too_much(request, content):
    says_no_length(request, content + bytes(100_000))


@pytest.mark.parametrize("faults", [[breaks_off(after=300_000), knows_no_range], [says_no_length], [sends_too_much],
                                    [answers(429), answers(500)]],
                         ids=["knows no ranges", "says no length", "sends too much", "is busy"])
def test_what_a_server_may_do(server, published, faults):
    server.faults = faults.copy()
    assert_fetched(server, published)
    assert len(server.starts) >= len(faults)


def test_a_slow_server_is_waited_for(server, published, monkeypatch):
    """The time limit is on silence, not on the whole."""
    monkeypatch.setattr(download, "_TIMEOUT", 1)
    server.pause = 0.02
    begin = time.monotonic()
    assert_fetched(server, published)
    assert time.monotonic() - begin > 2 and server.starts == [0]


@pytest.mark.parametrize("fault, message, tries", [(answers(503), r"answers 503 \(Service Unavailable\)", 3),
                                                   (answers(404), "answers 404", 1),
                                                   (is_silent(0.5), "does not answer", 3)])
def test_a_server_that_gives_nothing_is_asked_again_where_that_may_help(server, published, monkeypatch, fault, message,
                                                                        tries):
    monkeypatch.setattr(download, "_TIMEOUT", 0.1)
    server.always = fault
    assert "KWS_DATA_URL" not in failure(message)
    assert len(server.starts) == tries


@pytest.mark.parametrize("url, reason", [("http://127.0.0.1:9", "no connection"), ("http://", "could not be"),
                                         ("nonsense", "could not be"), ("ftp://127.0.0.1", "could not be")])
def test_no_network_and_an_address_that_is_none(server, published, monkeypatch, url, reason):
    monkeypatch.setenv("KWS_DATA_URL", url)
    failure(reason)


def test_certificates_that_are_not_there(server, published, monkeypatch):
    monkeypatch.setenv("KWS_DATA_URL", "https://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/not/there")
    failure("could not be downloaded.*CA certificate")


@pytest.mark.parametrize("change", [-1000, 1000])
def test_a_server_that_lies_about_the_length(server, published, change):
    server.faults = [announces(published.size + change)]
    failure(f"{published.size + change:,} bytes instead of {published.size:,}")
    assert_fetched(server, published)


def test_a_server_whose_file_is_shorter_than_what_is_here(server, published):
    published.partial.parent.mkdir(parents=True)
    published.partial.write_bytes(server.files["speech.tar.gz"][:300_000])
    server.faults = [answers(416)]
    failure("not the speech.tar.gz that was published")
    assert_fetched(server, published)
    assert server.starts == [300_000, 0]


def flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_wrong_bytes_are_thrown_away(server, published):
    right = server.files["speech.tar.gz"]
    server.files["speech.tar.gz"] = flipped(right)
    assert server.address in failure("not the speech.tar.gz that was published")
    assert not published.partial.exists() and not published.path.exists()
    server.files["speech.tar.gz"] = right
    assert_fetched(server, published)


def test_wrong_bytes_in_what_an_earlier_start_left(server, published):
    published.partial.parent.mkdir(parents=True)
    published.partial.write_bytes(bytes(200_000))
    failure("not the speech.tar.gz that was published")
    assert_fetched(server, published)


def test_an_archive_that_was_damaged_on_the_disk(server, published, expected, tmp_path):
    load()
    forget(tmp_path)
    published.path.write_bytes(flipped(published.path.read_bytes()))
    assert "delete it and download" in failure("cannot be read")
    published.path.unlink()
    assert_same_dataset(expected, load())


# --- the disk ------------------------------------------------------------------------------------------------------


def set_free_bytes(monkeypatch, free):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))


def test_a_full_disk_is_noticed_before(server, published, monkeypatch, tmp_path):
    needed = published.size + 2 * 80 * 32_000
    set_free_bytes(monkeypatch, needed - 1)
    text = failure("free some space")
    assert str(tmp_path / "cache") in text and "KWS_CACHE" in text and server.starts == []
    set_free_bytes(monkeypatch, needed)
    load()


def test_what_is_here_and_a_share_take_less_room(server, published, monkeypatch):
    published.partial.parent.mkdir(parents=True)
    published.partial.write_bytes(server.files["speech.tar.gz"][:300_000])
    needed = published.size - 300_000 + 2 * 4 * 5 * 32_000
    set_free_bytes(monkeypatch, needed)
    failure("free some space")
    with pytest.warns(UserWarning, match="By the hash rule there are no"):
        data.load("speech_commands", max_per_word=5)


def test_a_disk_that_fills_up_on_the_way(server, published):
    """A limit on the size of files stands for the end of the disk, in the middle of a block."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    try:
        failure("cannot be kept in")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert published.partial.stat().st_size == 300_000
    server.starts.clear()
    assert_fetched(server, published)
    assert server.starts == [300_000]


def test_a_cache_that_cannot_be_written(server, published, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "file" / "cache"))
    assert "KWS_CACHE" in failure("cannot be kept in")


# --- from a shell --------------------------------------------------------------------------------------------------


def run(monkeypatch, capsys, *arguments):
    """What `python -m kws_helpers data` prints, to stdout and to stderr, and its exit code."""
    monkeypatch.setattr(sys, "argv", ["kws_helpers", "data", *arguments])
    try:
        command.main()
        code = 0
    except SystemExit as end:
        code = end.code
    return (*capsys.readouterr(), code)


@pytest.mark.filterwarnings("ignore:.*no training clips of")
def test_the_command_downloads_and_computes(server, published, expected, monkeypatch, capsys, tmp_path):
    printed, errors, code = run(monkeypatch, capsys, "speech_commands", "--max-per-word", "15")
    dataset = data.load("speech_commands", max_per_word=15)
    assert (printed, errors, code) == (f"{dataset}\n", "", 0)
    assert len(dataset.recordings) < len(expected.recordings)
    monkeypatch.setattr(features, "mfcc", lambda clips: pytest.fail("computed again"))
    features.prepare(dataset)


def test_the_command_takes_the_official_test_set(server, monkeypatch, capsys, tmp_path):
    source = make_source(tmp_path / "source", words=("yes", "_silence_", "_unknown_"), speakers=SPEAKERS[:3], noises=0)
    publish(server, monkeypatch, pack(source, tmp_path / "speech.tar.gz", "./"), "speech_commands_test")
    printed, errors, code = run(monkeypatch, capsys, "speech_commands_test")
    assert "testing" in printed and (errors, code) == ("", 0)
    assert [len(getattr(load_quietly("speech_commands_test"), split)) for split in SPLITS] == [0, 0, 9]


def test_the_command_says_in_one_line_what_goes_wrong(server, published, monkeypatch, capsys):
    server.always = answers(404)
    printed, errors, code = run(monkeypatch, capsys, "speech_commands")
    assert (printed, code) == ("", 1) and errors.count("\n") == 1 and "404" in errors
    printed, errors, code = run(monkeypatch, capsys, "--max-per-word", "0")
    assert (printed, code) == ("", 1) and errors.count("\n") == 1 and "max_per_word" in errors


def test_the_command_lists_what_is_here(server, published, monkeypatch, capsys):
    def here():
        printed, errors, code = run(monkeypatch, capsys, "--list")
        assert (errors, code) == ("", 0)
        (row,) = [line for line in printed.splitlines() if line.startswith("speech_commands ")]
        assert row.endswith(str(published.path)) and "3 MB" in row
        return row.split()[3]

    assert here() == "0%"
    published.partial.parent.mkdir(parents=True)
    published.partial.write_bytes(server.files["speech.tar.gz"][: published.size // 2])
    assert here() == "50%"
    load()
    assert here() == "100%"
    assert server.starts == [published.size // 2]


# --- two at once, and killed ---------------------------------------------------------------------------------------

CHILD = """
import sys
from kws_helpers import data, features
from kws_helpers.data import download
name, file, size, digest, words, clips = sys.argv[1:]
download.ARCHIVES[name] = download.Archive(name, file, int(size), digest, int(words), int(clips))
print("ready", flush=True)
dataset = data.load(name)
for split in (dataset.training, dataset.validation, dataset.testing):
    features.mfcc_of(split)
    print(split.key)
"""


def start(published):
    arguments = [sys.executable, "-W", "error", "-c", CHILD, *map(str, published)]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def keys(dataset):
    return [getattr(dataset, split).key for split in SPLITS]


def test_two_at_once_download_once(server, published, expected):
    server.pause = 0.002
    processes = [start(published), start(published)]
    assert [process.communicate()[0].split() for process in processes] == [keys(expected)] * 2
    assert server.starts == [0] and server.sent == published.size


def test_who_waits_says_so(server, published, expected, monkeypatch):
    shown = []

    @contextmanager
    def progress_line(description, total, visible=True):
        yield lambda done: shown.append((description, done, total))

    monkeypatch.setattr(download, "progress_line", progress_line)
    server.pause = 0.01
    first = start(published)
    while not published.bytes_here:
        time.sleep(0.01)
    assert_same_dataset(expected, load())
    first.communicate()
    assert first.returncode == 0 and server.starts == [0]
    texts, amounts, totals = zip(*shown, strict=True)
    assert set(texts) == {"Another program is downloading speech.tar.gz, waiting for it"}
    assert amounts[0] > 0 and set(totals) == {published.size}


def test_an_interrupted_download_can_be_taken_up_in_the_same_kernel(server, published, expected, monkeypatch):
    """The traceback of an interrupted cell keeps its frames alive; the lock must be free all the same."""
    def interrupt(seconds):
        raise KeyboardInterrupt

    server.faults = [breaks_off(after=300_000)]
    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", interrupt)
        with pytest.raises(KeyboardInterrupt) as kept_alive:
            load()
    assert 200_000 < published.partial.stat().st_size <= 300_000
    with filelock.FileLock(f"{published.path}.lock", timeout=5):
        assert kept_alive
    assert_same_dataset(expected, load())
    assert len(server.starts) == 2 and server.starts[1] > 0


@pytest.fixture(scope="module")
def expected_features(expected):
    return [features.mfcc(np.asarray(getattr(expected, split).clips)) for split in SPLITS]


def test_killed_at_any_moment(server, published, expected, expected_features, tmp_path):
    """Of the download, of decoding, of writing the cache: the next start succeeds, and the data are whole."""
    pause = 0.004
    server.pause = pause
    process, begin = start(published), time.monotonic()
    assert process.communicate()[0].split() == keys(expected)
    whole = time.monotonic() - begin
    moments = random.Random(0)
    for number in range(8):
        shutil.rmtree(tmp_path / "cache")
        server.pause = pause
        process = start(published)
        time.sleep((number + moments.random()) / 8 * whole)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        server.pause = 0
        dataset = load()
        assert_same_dataset(expected, dataset)
        for split, values in zip(SPLITS, expected_features, strict=True):
            np.testing.assert_array_equal(features.mfcc_of(getattr(dataset, split)), values)
        assert published.path.read_bytes() == server.files["speech.tar.gz"] and not published.partial.exists()
