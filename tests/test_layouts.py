"""Folders, split lists and sounds that are not what the loader expects: read by the same end, or said in one line."""

import os
import shutil
import unicodedata
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kws_helpers import data, features
from kws_helpers.data import archive, cache
from kws_helpers.data.splits import split_by_hash

from .audio_files import SPEAKERS, encode, make_source, noise
from .test_data import SPLITS, load_quietly, parts

pytestmark = pytest.mark.usefixtures("own_cache")

TRAINING = [speaker for speaker in SPEAKERS if split_by_hash(speaker) == "training"]
LISTED = {"validation": TRAINING[:3], "testing": TRAINING[3:7]}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return make_source(tmp_path_factory.mktemp("shared") / "source", words=("yes", "no", "bed"), noises=1,
                       noise_seconds=9)


@pytest.fixture
def source(shared, tmp_path):
    return shutil.copytree(shared, tmp_path / "source")


def load(source, **options):
    """The dataset, and all that was said about it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        dataset = data.load(source, **options)
    assert all(warning.category is UserWarning for warning in caught)
    return dataset, [str(warning.message) for warning in caught]


def speakers_of(dataset):
    recordings = dataset.recordings
    return {split: set(recordings.speakers[recordings.splits == split]) for split in SPLITS}


# --- split lists ---------------------------------------------------------------------------------------------------

WRITTEN = {
    "absolute": lambda word, stem: f"/data/speech_commands_v0.02/{word}/{stem}.wav",
    "Windows": lambda word, stem: f"C:\\Users\\ada\\speech\\{word}\\{stem}.wav",
    "with ./": lambda word, stem: f"./{word}/{stem}.wav",
    "no ending": lambda word, stem: f"{word}/{stem}",
    "another ending": lambda word, stem: f"{word}/{stem}.flac",
    "upper case": lambda word, stem: f"{word}/{stem}.WAV".upper(),
    "in quotes": lambda word, stem: f'"{word}/{stem}.wav"',
    "a second column": lambda word, stem: f"{word}/{stem}.wav,{word}",
    "a column before": lambda word, stem: f"7\t{word}/{stem}.wav",
    "a remark": lambda word, stem: f"{word}/{stem}.wav  # loud",
    "the file alone": lambda word, stem: f"{stem}.wav",
}


def write_lists(source, written=WRITTEN["with ./"], encoding="utf-8", between="\n", before="", name="{}_list.txt"):
    for split, speakers in LISTED.items():
        lines = [written(word, f"{speaker}_nohash_0") for speaker in speakers for word in ("yes", "no", "bed")]
        (source / name.format(split)).write_bytes((before + between.join([*lines, ""])).encode(encoding))


@pytest.mark.parametrize("options", [
    *({"written": written} for written in WRITTEN.values()),
    *({"encoding": encoding} for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")),
    {"between": "\r\n\r\n"}, {"before": "# a comment\n"}, {"before": "path,word\n"}, {"name": "{}.csv"},
    {"name": "{}_List.TXT"},
], ids=[*WRITTEN, "BOM", "utf-16", "utf-16-le", "utf-16-be", "CRLF and empty lines", "comment", "heading", "csv",
        "upper case list"])  # fmt: skip
def test_names_in_split_lists_are_matched_by_their_end(source, options):
    write_lists(source, **options)
    speakers = speakers_of(load_quietly(source))
    assert {split: speakers[split] for split in LISTED} == {split: set(found) for split, found in LISTED.items()}


@pytest.mark.parametrize("encoding, form", [("latin-1", "NFC"), ("utf-8", "NFD"), ("utf-8", "NFC")])
def test_names_with_accents_are_matched(source, encoding, form):
    for word in ("yes", "no"):
        name = unicodedata.normalize(form, f"josé_nohash_{word}.wav")
        (source / word / name).write_bytes(encode(noise(1, seed=3)))
    write_lists(source, encoding=encoding, before="yes/josé_nohash_yes.wav\nno/josé_nohash_no.wav\n")
    (source / "validation_list.txt").unlink()
    assert "josé" in speakers_of(load_quietly(source))["testing"]


def test_a_list_that_matches_nothing_does_not_count_and_is_named(source, shared):
    before = speakers_of(load_quietly(source))
    write_lists(source, lambda word, stem: f"{word}/speaker_{stem}.wav")
    dataset, said = load(source)
    assert speakers_of(dataset) == before
    assert len(said) == 2 and "None of the 12 names in testing_list.txt" in said[0] and "“yes/speaker_" in said[0]
    (source / "testing_list.txt").write_text("")
    assert "testing_list.txt is empty" in load(source)[1][0]
    (source / "testing_list.txt").write_text("yes/nobody.wav")
    assert "The only name in testing_list.txt matches no recording" in load(source)[1][0]


def test_a_list_that_matches_half_is_said_and_its_other_half_not_blamed_on_speakers(source):
    write_lists(source, lambda word, stem: f"{word}/{'x' if word == 'no' else ''}{stem}.wav")
    _, said = load(source)
    assert "4 of the 12 names in testing_list.txt match no recording, such as “no/x" in said[0]
    assert "3 of the 9 names in validation_list.txt" in said[1]
    assert len(said) == 3 and "Since the split lists name recordings that are not here" in said[2]


def test_a_recording_in_two_lists_or_in_none_of_three_is_said(source):
    write_lists(source)
    (source / "validation_list.txt").write_text((source / "testing_list.txt").read_text())
    assert "12 recordings are in several split lists" in load(source)[1][0]
    write_lists(source)
    (source / "training_list.txt").write_text(f"yes/{TRAINING[9]}_nohash_0.wav")
    assert "98 recordings are in no split list" in load(source)[1][0]


# --- folders -------------------------------------------------------------------------------------------------------


def move(source, **folders):
    """Put the speakers of each split into a folder of its own."""
    for split, folder in folders.items():
        for path in list(source.glob("*/*_nohash_0.wav")):
            if split_by_hash(path.name[:8]) == split:
                (source / folder / path.parent.name).mkdir(parents=True, exist_ok=True)
                path.rename(source / folder / path.parent.name / path.name)


@pytest.mark.parametrize("training, validation, testing", [
    ("train", "val", "test"), ("Training", "validation", "Testing"), ("train_set", "dev", "eval"),
    ("a/train", "a/valid", "a/test")])
def test_folders_named_after_splits_decide(source, training, validation, testing):
    before = speakers_of(data.load(source))
    shutil.rmtree(source, ignore_errors=True)
    make_source(source, words=("yes", "no", "bed"), noises=0)
    move(source, training=validation, validation=testing, testing=training)
    dataset, said = load(source, silence_percent=0)
    names = sorted(name.removeprefix("a/") for name in (training, validation, testing))
    assert len(said) == 1 and f"The folders {names[0]}, {names[1]} and {names[2]} decide on the splits." in said[0]
    assert list(speakers_of(dataset).values()) == [before["testing"], before["training"], before["validation"]]


def test_without_a_folder_for_validation_speakers_are_drawn_from_training(source):
    move(source, training="train", validation="train", testing="test")
    dataset, said = load(source)
    assert speakers_of(dataset) == {split: {s for s in SPEAKERS if split_by_hash(s) == split} for split in SPLITS}
    assert len(said) == 1 and "some speakers of training are taken for validation" in said[0]
    shutil.rmtree(source / "test")
    assert any("train is the only folder named after a split" in text for text in load(source)[1])


@pytest.mark.parametrize("count", [3, 5, 12])
def test_a_split_that_the_hash_rule_leaves_empty_gets_whole_speakers(tmp_path, count):
    source = make_source(tmp_path / "source", words=("yes", "bed"), speakers=TRAINING[:count])
    dataset, (said,) = load(source)
    assert "no keywords for validation and testing" in said and "by whole speakers" in said
    assert sorted(map(len, speakers_of(dataset).values())) == sorted((count - 1 - -(-count // 10), 1, -(-count // 10)))


def test_one_speaker_alone_is_in_all_splits_and_a_sentence_says_so(tmp_path):
    source = make_source(tmp_path / "source", words=(*data.KEYWORDS, "bed"), speakers=SPEAKERS[:1])
    for path in list(source.glob("[a-z]*/*.wav")):
        for number in (1, 2, 3):
            path.with_name(f"{SPEAKERS[0]}_nohash_{number}.wav").write_bytes(path.read_bytes())
    dataset, (said,) = load(source)
    assert "the same voices are in all splits" in said
    for split in parts(dataset):
        assert set(data.KEYWORDS) <= set(split.words)


def test_a_split_that_lists_leave_empty_is_an_error_where_a_network_needs_it(source):
    (source / "testing_list.txt").write_text("\n".join(f"{speaker}_nohash_0" for speaker in SPEAKERS))
    dataset, said = load(source)
    assert any("source has no training or validation clips" in text for text in said)
    with pytest.raises(ValueError, match="source has no training clips, and a network needs all three splits"):
        features.prepare(dataset)


def test_words_in_upper_case_are_those_words_and_what_looks_like_a_word_is_named(source):
    (source / "yes").rename(source / "YES")
    (source / "no").rename(source / " No")
    for name in ("up_", "noise", "silence"):
        shutil.copytree(source / "bed", source / name)
    (source / "_background_noise_").rename(source / "_Background_Noise_")
    dataset, said = load(source)
    assert set(dataset.recordings.words) == {"yes", "no", "bed", "up_", "noise", "silence"}
    assert len(said) == 2 and ("The folders ' No', YES and _Background_Noise_ are read as no, yes and "
                               "_background_noise_.") in said[0]
    assert said[1].endswith("The folders noise, silence and up_ count as other words (unknown). To have them read as "
                            "_background_noise_, _silence_ and up, rename them.")


def test_one_folder_is_said_as_one(source):
    (source / "yes").rename(source / "Yes")
    (source / "bed").rename(source / "up_")
    assert [text.removeprefix("source: ") for text in load(source)[1][:2]] == [
        "The folder Yes is read as yes.",
        "The folder up_ counts as other words (unknown). To have it read as up, rename it."]


@pytest.mark.parametrize("folder, sentence", [("_unknown_", "_unknown_/ is read as other words"),
                                              ("_silence_", "none are drawn from background noise")])
def test_one_folder_of_the_official_test_set_is_said_and_makes_no_test_set(source, folder, sentence):
    (source / "bed").rename(source / folder)
    dataset, said = load(source)
    assert len(said) == 1 + (folder == "_silence_") and sentence in said[0]
    assert all(len(split) for split in parts(dataset))


def test_recordings_far_down_are_found_and_those_elsewhere_are_named(source, tmp_path):
    shutil.copytree(source, tmp_path / "data" / "SpeechCommands" / "speech_commands_v0.02")
    (tmp_path / "data" / "top.wav").write_bytes(encode(noise(1)))
    dataset, said = load(tmp_path / "data")
    assert list(dataset.recordings.names) == list(data.load(source).recordings.names)
    assert len(said) == 2 and "found in SpeechCommands/speech_commands_v0.02/" in said[0]
    assert "1 sound file does not lie" in said[1] and "such as top.wav" in said[1]


def test_a_closed_folder_and_things_that_are_no_files_are_named(source, monkeypatch):
    count = len(data.load(source).recordings)
    (source / "bed" / "itself.wav").symlink_to("itself.wav")
    (source / "bed" / "nowhere.wav").symlink_to("not there")
    (source / "around").symlink_to("..")
    os.mkfifo(source / "yes" / "pipe.wav")

    def scandir(place, original=os.scandir):
        if os.fspath(place).endswith("/no"):
            raise PermissionError(13, "Permission denied")
        return original(place)

    monkeypatch.setattr(archive.os, "scandir", scandir)
    dataset, said = load(source)
    assert set(dataset.left_out) == {"bed/itself.wav", "bed/nowhere.wav", "around", "yes/pipe.wav", "no"}
    assert "5 files" in said[0] and "no (Permission denied)" in said[0] and len(said) == 1
    assert len(dataset.recordings) == count - len(SPEAKERS)


# --- sounds --------------------------------------------------------------------------------------------------------

SPEECH = 0.3 * noise(1)
ODD = {
    "as if never scaled": (encode(SPEECH * 32768, subtype="FLOAT"), encode((SPEECH * 32768)[:5000], subtype="FLOAT")),
    "as if scaled twice": (encode(SPEECH / 32768, subtype="FLOAT"), encode(SPEECH / 2000), encode(0 * SPEECH)),
    "8 bits": (encode(SPEECH, subtype="PCM_U8"),),
    "mean far from 0": (encode(SPEECH + 0.2),),
}  # fmt: skip


@pytest.mark.parametrize("why", ODD)
def test_clips_that_sound_odd_are_counted_with_an_example(source, why):
    for number, content in enumerate(ODD[why]):
        (source / "yes" / f"{SPEAKERS[number]}_nohash_0.wav").write_bytes(content)
    dataset, (said,) = load(source)
    assert f"{len(ODD[why])} of 120 clips" in said and why in said
    assert f"yes/{min(SPEAKERS[:len(ODD[why])])}_nohash_0.wav" in said
    assert dataset.left_out == ()


# --- arguments and places ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [
    {"max_per_word": "5"}, {"max_per_word": 5.0}, {"max_per_word": [5]}, {"unknown_percent": "10"},
    {"unknown_percent": float("nan")}, {"silence_percent": None}, {"silence_percent": 1e9}, {"seed": "a"}, {"seed": -1},
    {"source": 5}, {"source": ["bundled"]}], ids=str)
def test_an_argument_of_a_wrong_kind_is_named(options):
    [(name, value)] = options.items()
    with pytest.raises(ValueError, match=f"^{name} is .*, and not ") as error:
        data.load(**options)
    assert repr(value) in str(error.value)


def test_a_relative_source_is_looked_for_and_the_message_says_where(source, tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.setenv("KWS_DATA", "source")
    with pytest.raises(data.DataError) as error:
        data.load()
    assert f"looked for at {tmp_path}/notebooks/source), but at {tmp_path}/source" in str(error.value)


def test_without_a_home_the_bundled_data_load_and_kws_cache_suffices(monkeypatch, tmp_path, source):
    monkeypatch.delenv("KWS_CACHE")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("os.getuid", lambda: 4_000_000)
    cache._warn_once.cache_clear()
    with pytest.warns(UserWarning, match="no home folder .* KWS_CACHE"):
        data.load(source)
    with pytest.raises(data.DataError, match="KWS_CACHE"):
        data.load("mini_speech_commands")
    with pytest.raises(data.DataError, match="no data at"):
        data.load("~/recordings")
    monkeypatch.setenv("KWS_CACHE", str(tmp_path / "elsewhere"))
    load_quietly(source)
    assert list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("folders", [("train", "val", "test"), ("train", "test")])
def test_noise_in_a_folder_of_each_split_stays_there(source, folders):
    """Where a split has none, the last recording is for testing, as without folders."""
    shutil.rmtree(source / "_background_noise_")
    for number in range(6):
        place = source / folders[number % len(folders)] / "_background_noise_"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.wav").write_bytes(encode(noise(2, seed=number)))
    dataset, said = load(source)
    assert not any("val" in one for one in said)  # which are no folders of words
    counts = {split: len(sounds) for split, sounds in dataset.noise.items()}
    assert counts == (dict.fromkeys(SPLITS, 2) if "val" in folders else {"training": 4, "validation": 1, "testing": 1})
    for clips in parts(dataset) if "val" in folders else ():
        assert len({name.split("/")[0] for name in clips.speakers[clips.labels == 11]}) == 1


# --- anything ------------------------------------------------------------------------------------------------------

CLIPS = [encode(noise(0.2, seed=seed)) for seed in range(3)] + [b"", b"not audio", encode(noise(1.2), 8000)]
NAMES = st.sampled_from(["yes", "No", "bed", "train", "test", "val", "_background_noise_", "_unknown_", "_silence_",
                         "é", "_x", ".git", "noise", "0_nohash_0.wav", "1_nohash_0.wav", "2.WAV", "a.b", "x.flac",
                         "testing_list.txt", "validation_list.txt", "train.csv", "\udcff.wav", "\n", "..wav"])
CONTENTS = st.one_of(
    st.sampled_from(CLIPS), st.binary(max_size=40),
    st.lists(st.sampled_from(["yes/0_nohash_0.wav", "No\\1_nohash_0", "nothing", ",", '"', "é/2.wav"])).map(
        lambda lines: "\n".join(lines).encode("utf-16")),
    st.sampled_from(["link", "folder"]))


@settings(max_examples=60)
@given(st.dictionaries(st.lists(NAMES, min_size=1, max_size=4).map("/".join), CONTENTS, max_size=8),
       st.sampled_from([None, 1, 3]))
def test_whatever_lies_in_a_folder_is_loaded_or_one_sentence_says_why_not(tmp_path_factory, files, most):
    place = tmp_path_factory.mktemp("any")
    for name, content in files.items():
        path = place / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if content == "link":
                path.symlink_to("yes")
            elif content == "folder":
                path.mkdir()
            else:
                path.write_bytes(content)
        except OSError:  # a file in the way of a folder
            continue
    try:
        dataset, said = load(place, max_per_word=most)
    except data.DataError as error:
        assert str(place) in str(error)
    else:
        assert len(dataset.recordings) and all("\n" not in text or "\n" in str(files) for text in said)
    shutil.rmtree(place)
