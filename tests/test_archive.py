"""Archives that mean no good: what is hostile is left out by name, and everything else is loaded."""

import io
import stat
import tarfile
import tracemalloc
import unicodedata
import zipfile
from contextlib import contextmanager

import pytest

from kws_helpers import data
from kws_helpers.data import archive, sources, store
from kws_helpers.desk.text import counted

from .audio_files import SPEAKERS, encode, make_source, noise, pack
from .test_data import assert_same_dataset, load_with_cache

CLIP = encode(noise(1))
OUTSIDE = "its name leads out of the archive"
SPECIAL = "a link or a device"


HOSTILE = ("/yes/absolute.wav", "//x/y/z.wav", "../yes/up.wav", "yes/../../up.wav", "../../etc/cron.d/job")
SPECIAL_KINDS = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)


pytestmark = [pytest.mark.usefixtures("own_cache"),
              pytest.mark.filterwarnings("ignore:.*( has no |By the hash rule there are no)")]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return make_source(tmp_path_factory.mktemp("shared") / "source", words=("yes", "bed"), speakers=SPEAKERS[:20])


@pytest.fixture(scope="module")
def expected(source, tmp_path_factory):
    yield from load_with_cache(source, tmp_path_factory.mktemp("cache"))


@contextmanager
def packed_tar(source, tmp_path, name="a.tar.gz"):
    """The source as a .tar or .tar.gz, open for more members."""
    with tarfile.open(tmp_path / name, "w:gz" if name.endswith("gz") else "w") as opened:
        for path in sorted(source.rglob("*.wav")):
            opened.add(path, path.relative_to(source))
        yield opened


def add(opened, name, kind=tarfile.REGTYPE, content=CLIP, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.size = len(content) if kind == tarfile.REGTYPE else 0
    opened.addfile(info, io.BytesIO(content))


def assert_left_out(packed, expected, reasons):
    """Those files are left out for those reasons, and the rest is what it would be without them."""
    files = counted(len(reasons), f"file of {packed.name} was", f"files of {packed.name} were")
    with pytest.warns(UserWarning, match=f"{files} left out") as caught:
        dataset = data.load(packed)
    (warning,) = caught
    assert set(dataset.left_out) == set(reasons)
    assert_same_dataset(expected, dataset)
    found = store.open_store(sources.find_source(packed), None).unusable
    assert found == reasons
    assert str(warning.message).count("(") == min(5, len(reasons))


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz"])
def test_hostile_members_of_a_tar(source, expected, tmp_path, name):
    with packed_tar(source, tmp_path, name) as opened:
        for hostile in HOSTILE:
            add(opened, hostile)
        for number, kind in enumerate(SPECIAL_KINDS):
            add(opened, f"yes/special_{number}.wav", kind, link=f"yes/{SPEAKERS[0]}_nohash_0.wav")
        add(opened, "validation_list.txt", tarfile.SYMTYPE, link="/etc/passwd")
        add(opened, "notes", tarfile.SYMTYPE, link="/etc/passwd")  # no business of ours
        add(opened, "yes/other", tarfile.DIRTYPE)
    special = ["validation_list.txt", *(f"yes/special_{number}.wav" for number in range(5))]
    assert_left_out(tmp_path / name, expected, dict.fromkeys(HOSTILE, OUTSIDE) | dict.fromkeys(special, SPECIAL))
    assert {path.name for path in tmp_path.iterdir()} == {"cache", name}


def test_hostile_members_of_a_zip(source, expected, tmp_path):
    packed = pack(source, tmp_path / "a.zip")
    with zipfile.ZipFile(packed, "a") as opened:
        for hostile in ("/yes/absolute.wav", "../yes/up.wav", "..\\yes\\backslash.wav"):
            info = zipfile.ZipInfo("x")
            info.filename = hostile
            opened.writestr(info, CLIP)
        link = zipfile.ZipInfo("yes/link.wav")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")
    reasons = dict.fromkeys(("/yes/absolute.wav", "../yes/up.wav", "../yes/backslash.wav"), OUTSIDE)
    assert_left_out(packed, expected, reasons | {"yes/link.wav": SPECIAL})


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.zip"])
def test_a_bomb_is_not_unpacked(source, expected, tmp_path, name):
    """A member that would take 80 MB: nothing like that is ever held in memory."""
    size = 80 << 20
    if name == "a.zip":
        packed = pack(source, tmp_path / name)
        with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as opened:
            opened.writestr("yes/bomb.wav", bytes(size))
    else:
        with packed_tar(source, tmp_path, name) as opened:
            add(opened, "yes/bomb.wav", content=bytes(size))
    tracemalloc.start()
    try:
        assert_left_out(tmp_path / name, expected,
                        {"yes/bomb.wav": f"claims {size:,} bytes, too many for a recording"})
        assert tracemalloc.get_traced_memory()[1] < size / 2
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz"])
def test_a_member_that_claims_more_than_there_is(source, tmp_path, name):
    """A terabyte in the header, a second in the file."""
    with packed_tar(source, tmp_path, name) as opened:
        info = tarfile.TarInfo("yes/long.wav")
        info.size = 1 << 40
        opened.fileobj.write(info.tobuf(tarfile.GNU_FORMAT) + CLIP)
    with pytest.raises(data.DataError, match="cannot be read"):
        data.load(tmp_path / name)


def test_nothing_but_hostile_members(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as opened:
        add(opened, "../yes/up.wav")
    with pytest.raises(data.DataError, match=OUTSIDE):
        data.load(tmp_path / "a.tar")


def test_a_share_counts_no_hostile_member(source, tmp_path):
    expected = data.load(source, max_per_word=5)
    with packed_tar(source, tmp_path) as opened:
        for number in range(50):
            add(opened, f"../yes/{number:08x}_nohash_0.wav")
    with pytest.warns(UserWarning, match="50 files"):
        assert_same_dataset(expected, data.load(tmp_path / "a.tar.gz", max_per_word=5))


def test_the_largest_recording_is_read(tmp_path):
    """The limit is on what cannot be a recording, and no closer."""
    source = make_source(tmp_path / "source", words=("yes",), speakers=SPEAKERS[:1], noise_seconds=100)
    dataset = data.load(pack(source, tmp_path / "a.zip"), silence_percent=0)
    assert len(CLIP) < archive._LARGEST / 1000
    assert [len(samples) for samples in dataset.noise["training"]] == [1_600_000]


@pytest.mark.parametrize("content, message", [
    (b"Rar!\x1a\x07", "unpack it"), (b"7z\xbc\xaf'\x1c", "unpack it"), (CLIP, "a single recording"),
    (b"<!DOCTYPE html>", "a web page"), (b"%PDF-1.7", "a PDF file: download"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive: unpack"),
    (b"", "partly downloaded"), (b"\x1f\x8b\x08", "partly downloaded"), (b"PK\3\4", "partly downloaded")])
def test_what_is_no_archive_is_called_what_it_is(tmp_path, content, message):
    (tmp_path / "download").write_bytes(content)
    with pytest.raises(data.DataError, match=message):
        data.load(tmp_path / "download")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damage_in_any_kind_of_zip_is_one_clear_error(source, tmp_path, method):
    packed = pack(source, tmp_path / "a.zip")
    with zipfile.ZipFile(packed, "w", method) as opened:
        opened.writestr("yes/0_nohash_0.wav", CLIP)
    content = bytearray(packed.read_bytes())
    content[3000:3050] = bytes(50)
    packed.write_bytes(content)
    with pytest.raises(data.DataError, match="partly downloaded"):
        data.load(packed)


def test_an_encrypted_zip_is_called_encrypted(source, tmp_path):
    content = pack(source, tmp_path / "a.zip").read_bytes()
    for start in (b"PK\x01\x02\x14\x03\x14\x00", b"PK\x03\x04\x14\x00"):
        content = content.replace(start + b"\0", start + b"\1")
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(data.DataError, match="is encrypted: unpack it"):
        data.load(tmp_path / "a.zip")


@pytest.mark.parametrize("encoding, form", [("utf-8", "NFC"), ("utf-8", "NFD"), ("cp437", "NFC")])
def test_names_in_a_zip_are_what_was_meant(source, tmp_path, encoding, form):
    """UTF-8 without the flag that says so, as many programs write it."""
    packed = pack(source, tmp_path / "a.zip")
    name = unicodedata.normalize(form, "für/josé_nohash_0.wav").encode(encoding)
    with zipfile.ZipFile(packed, "a") as opened:
        opened.writestr("x" * len(name), CLIP)
    packed.write_bytes(packed.read_bytes().replace(b"x" * len(name), name))
    recordings = data.load(packed).recordings
    assert {"für", "bed", "yes"} == set(recordings.words) and "josé" in recordings.speakers
