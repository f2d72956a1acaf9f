"""What the judge knows of `split_by_speaker` (lesson 01_dataset)."""

import hashlib

import numpy as np

from autograder.judging.exercise import Case, Exercise

split_by_speaker = Exercise("split_by_speaker")


def speaker_ids(rng, count):
    return np.array([f"{number:08x}" for number in rng.integers(0, 2**32, size=count)])


@split_by_speaker.cases
def split_by_speaker_cases(rng):
    yield Case("the official rule with its usual percentages", speaker_ids(rng, 400))
    yield Case("the official rule with its usual percentages", rng.choice(speaker_ids(rng, 60), size=300))
    yield Case("other percentages", speaker_ids(rng, 200), validation_percent=15, testing_percent=40)
    yield Case("other percentages", speaker_ids(rng, 200), validation_percent=30, testing_percent=5)
    yield Case("other percentages", speaker_ids(rng, 300), validation_percent=2.5, testing_percent=12.5)
    yield Case("a split that gets nothing", speaker_ids(rng, 100), validation_percent=0, testing_percent=20)
    yield Case("a split that gets nothing", speaker_ids(rng, 100), validation_percent=20, testing_percent=0)
    yield Case("a single clip", speaker_ids(rng, 1))


def _percent(speaker, algorithm=hashlib.sha1):
    return int(algorithm(speaker.encode()).hexdigest(), 16) % 2**27 * 100 / (2**27 - 1)


def _split(percent, validation_percent, testing_percent):
    if percent < validation_percent:
        return "validation"
    return "testing" if percent < validation_percent + testing_percent else "training"


def _split_with(percent_of, speakers, validation_percent, testing_percent):
    return np.array([_split(percent_of(speaker), validation_percent, testing_percent) for speaker in speakers])


@split_by_speaker.mistake("Testing is too small. After validation has taken its share, the border of testing lies at "
                          "validation_percent + testing_percent.")
def testing_border_not_added(speakers, validation_percent=10, testing_percent=10):
    return np.array(["validation" if p < validation_percent else "testing" if p < testing_percent else "training"
                     for p in map(_percent, speakers)])


@split_by_speaker.mistake("Validation and testing are swapped. The official rule gives the lowest numbers to "
                          "validation, the next ones to testing.")
def validation_and_testing_swapped(speakers, validation_percent=10, testing_percent=10):
    return np.array(["testing" if p < testing_percent else
                     "validation" if p < testing_percent + validation_percent else "training"
                     for p in map(_percent, speakers)])


@split_by_speaker.mistake("The percentages are fixed at 10. Use the arguments validation_percent and testing_percent.")
def percentages_ignored(speakers, validation_percent=10, testing_percent=10):
    return _split_with(_percent, speakers, 10, 10)


@split_by_speaker.mistake("The id itself is used as the number. The official rule takes the SHA-1 hash of the id, "
                          "written as text: hashlib.sha1(speaker.encode()).hexdigest().")
def id_without_hash(speakers, validation_percent=10, testing_percent=10):
    return _split_with(lambda speaker: int(speaker, 16) % 2**27 * 100 / (2**27 - 1),
                       speakers, validation_percent, testing_percent)


@split_by_speaker.mistake("The hash is taken modulo 100. That is a fair rule too, but not the official one, so your "
                          "splits would differ from everybody else's: modulo 2**27, then times 100 / (2**27 - 1).")
def modulo_hundred(speakers, validation_percent=10, testing_percent=10):
    return _split_with(lambda speaker: int(hashlib.sha1(speaker.encode()).hexdigest(), 16) % 100,
                       speakers, validation_percent, testing_percent)


@split_by_speaker.mistake("That is another hash (MD5). The official rule uses SHA-1: hashlib.sha1.")
def another_hash_md5(speakers, validation_percent=10, testing_percent=10):
    return _split_with(lambda speaker: _percent(speaker, hashlib.md5), speakers, validation_percent, testing_percent)


@split_by_speaker.mistake("That is another hash (SHA-256). The official rule uses SHA-1: hashlib.sha1.")
def another_hash_sha256(speakers, validation_percent=10, testing_percent=10):
    return _split_with(lambda speaker: _percent(speaker, hashlib.sha256), speakers, validation_percent, testing_percent)


@split_by_speaker.mistake("The factor 100 is missing: p must run from 0 to 100, as the percentages do. From 0 to 1, "
                          "everybody is below 10.")
def share_instead_of_percent(speakers, validation_percent=10, testing_percent=10):
    return _split_with(lambda speaker: _percent(speaker) / 100, speakers, validation_percent, testing_percent)


@split_by_speaker.mistake("The speakers are sorted and cut at 10 % and 20 %. No speaker is in two splits, but when "
                          "somebody new joins, others move to another split. With the hash nobody ever moves.")
def sorted_and_cut(speakers, validation_percent=10, testing_percent=10):
    order = {speaker: 100 * place / len(set(speakers)) for place, speaker in enumerate(sorted(set(speakers)))}
    return _split_with(order.get, speakers, validation_percent, testing_percent)


@split_by_speaker.mistake("The clips are drawn at random one by one, so a speaker lands in several splits. The hash of "
                          "the speaker must decide.")
def drawn_clip_by_clip(speakers, validation_percent=10, testing_percent=10):
    draw = np.random.default_rng(0).uniform(0, 100, size=len(speakers))
    return np.array([_split(p, validation_percent, testing_percent) for p in draw])


@split_by_speaker.mistake("The splits are called otherwise: their names are \"training\", \"validation\" and "
                          "\"testing\", written out.")
def short_names(speakers, validation_percent=10, testing_percent=10):
    short = {"training": "train", "validation": "val", "testing": "test"}
    return np.array([short[_split(_percent(speaker), validation_percent, testing_percent)] for speaker in speakers])


@split_by_speaker.right_answer
def split_by_speaker_as_in_the_original_code(speakers, validation_percent=10, testing_percent=10):
    max_num_wavs_per_class = 2**27 - 1
    result = []
    for speaker in speakers:
        hash_name_hashed = hashlib.sha1(bytes(str(speaker), "utf-8")).hexdigest()
        percentage_hash = (int(hash_name_hashed, 16) % (max_num_wavs_per_class + 1)) * (100.0 / max_num_wavs_per_class)
        if percentage_hash < validation_percent:
            result.append("validation")
        elif percentage_hash < (testing_percent + validation_percent):
            result.append("testing")
        else:
            result.append("training")
    return np.asarray(result)


@split_by_speaker.right_answer
def split_by_speaker_with_where(ids, validation_percent=10, testing_percent=10):
    low_bits = [int.from_bytes(hashlib.sha1(s.encode("ascii")).digest(), "big") & (2**27 - 1) for s in ids]
    p = np.array(low_bits) / (2**27 - 1) * 100
    return np.where(p < validation_percent, "validation",
                    np.where(p < validation_percent + testing_percent, "testing", "training"))


@split_by_speaker.right_answer
def split_by_speaker_with_select(speakers, validation_percent=10, testing_percent=10):
    unique, place = np.unique(speakers, return_inverse=True)
    p = np.array([int(hashlib.sha1(s.encode()).hexdigest(), 16) % 2**27 * 100 / (2**27 - 1) for s in unique])
    splits = np.select([p < validation_percent, p < validation_percent + testing_percent],
                       ["validation", "testing"], "training")
    return splits[place]


@split_by_speaker.right_answer
def split_by_speaker_with_digitize(speakers, validation_percent=10, testing_percent=10):
    p = [int(hashlib.sha1(s.encode()).hexdigest()[-7:], 16) % 2**27 * 100 / (2**27 - 1) for s in speakers]
    borders = np.cumsum([validation_percent, testing_percent])
    return np.array(["validation", "testing", "training"])[np.digitize(p, borders)]


@split_by_speaker.right_answer
def split_by_speaker_with_pandas(speakers, validation_percent=10, testing_percent=10):
    import pandas as pd

    def split(speaker):
        p = (int(hashlib.sha1(speaker.encode()).hexdigest(), 16) % 2**27) * 100 / (2**27 - 1)
        return "validation" if p < validation_percent else ("testing" if p < validation_percent + testing_percent
                                                            else "training")

    return pd.Series(speakers).map(split)


@split_by_speaker.right_answer
def split_by_speaker_of_objects(speakers, validation_percent=10, testing_percent=10):
    splits = np.empty(len(speakers), dtype=object)
    splits[:] = "training"
    for i, speaker in enumerate(speakers):
        p = (int(hashlib.sha1(speaker.encode()).hexdigest(), 16) % 2**27) * 100 / (2**27 - 1)
        if p < validation_percent + testing_percent:
            splits[i] = "testing"
        if p < validation_percent:
            splits[i] = "validation"
    return splits
