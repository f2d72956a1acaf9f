"""Who speaks: synthetic voices, the speakers that are made of them, and what each of them says.

Whoever lent a program a voice is a base voice, and may be heard in one split only. A voice is one base voice, or, with
Kokoro, a mixture of several of the same split. Several speakers can be made of one voice (`pseudo.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tools.voices.chance import digest, rng_of
from tools.voices.words import KEYWORDS, OTHERS

CLIPS_OF_A_WORD = 330  # of each keyword; and of all other words together

BASES = {
    "kokoro": {
        "training": (
            "af_alloy", "af_aoede", "af_bella", "af_heart", "af_jessica", "af_kore", "af_nicole", "af_sarah", "af_sky",
            "am_adam", "am_echo", "am_fenrir", "am_michael", "am_onyx", "am_santa", "bf_emma", "bf_isabella",
            "bm_fable", "bm_george", "bm_lewis", "ef_dora", "em_alex", "em_santa", "hf_alpha", "hm_omega", "hm_psi",
            "im_nicola", "jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "pf_dora", "pm_alex", "pm_santa",
            "zf_xiaobei", "zf_xiaoxiao", "zm_yunjian", "zm_yunxi", "zm_yunxia",
        ),
        "validation": ("af_river", "am_liam", "bf_alice", "if_sara", "zm_yunyang"),
        "testing": (
            "af_nova", "am_eric", "am_puck", "bf_lily", "bm_daniel", "ff_siwis", "hf_beta", "jm_kumo", "zf_xiaoni",
        ),
    },
    "flite": {"training": ("kal", "rms", "slt"), "validation": (), "testing": ("awb",)},
    "festival": {"training": ("kal", "slt"), "validation": ("ked",), "testing": ()},
    "pico": {"training": ("en-US",), "validation": (), "testing": ("en-GB",)},
    "espeak": {
        "training": (
            "Alicia", "Andrea", "Andy", "Denis", "Gene", "Hugo", "Lee", "Michael", "adam", "belinda", "caleb", "david",
            "edward", "f1", "f3", "f4", "linda", "m1", "m3", "m4", "m6", "m7", "max", "robert", "steph", "victor",
        ),
        "validation": ("Annie", "f5", "john", "m5"),
        "testing": ("Alex", "Mario", "f2", "m2", "m8", "shelby"),
    },
}  # fmt: skip
"""Base voices by the names that their programs give them; kal and slt are the same people in flite and in festival."""

SPEAKERS = {
    "training": {"kokoro": 232, "flite": 33, "festival": 22, "pico": 18, "espeak": 76},
    "validation": {"kokoro": 32, "flite": 0, "festival": 8, "pico": 0, "espeak": 10},
    "testing": {"kokoro": 52, "flite": 10, "festival": 0, "pico": 6, "espeak": 15},
}

OF_A_MIXTURE = 4  # speakers: every word that Kokoro says takes it a second


@dataclass(frozen=True, order=True)
class Voice:
    """What a program is asked for. The same base voices with another number are another mixture, or manner."""

    engine: str
    bases: tuple[str, ...]
    number: int = 0

    def __str__(self) -> str:
        return f"{self.engine}-{'+'.join(self.bases)}-{self.number}"


@dataclass(frozen=True, order=True)
class Speaker:
    """Somebody who speaks in the archive: number `number` of those who are made of this voice."""

    split: str
    voice: Voice
    number: int

    @property
    def name(self) -> str:
        """Eight hexadecimal digits, as Speech Commands names its speakers."""
        return digest("speaker", self.voice, self.number).hex()[:8]


@dataclass(frozen=True, order=True)
class Clip:
    """A word by a speaker."""

    word: str
    speaker: Speaker

    @property
    def name(self) -> str:
        """The file in the archive."""
        return f"{self.word}/{self.speaker.name}_nohash_0.ogg"


def speakers(share: float = 1.0) -> list[Speaker]:
    """All speakers, or of every split and program a share, at least one."""
    return sorted(
        speaker
        for split, engines in SPEAKERS.items()
        for engine, count in engines.items()
        if count
        for speaker in _speakers(split, engine, max(1, round(share * count)))
    )


def clips(cast: list[Speaker], share: float = 1.0) -> list[Clip]:
    """What everybody says: each keyword by so many different speakers, and as often one of the other words."""
    said = round(share * CLIPS_OF_A_WORD) / len(cast)  # by a speaker, of a word
    return sorted(
        clip
        for split in SPEAKERS
        for clip in _clips([one for one in cast if one.split == split], said)
    )


def _speakers(split: str, engine: str, count: int) -> Iterator[Speaker]:
    bases = BASES[engine][split]
    for number in range(count):
        base = bases[number % len(bases)]
        match engine:
            case "kokoro":
                mixture = number // OF_A_MIXTURE
                yield Speaker(split, Voice(engine, _mixed(bases, mixture), mixture), number % OF_A_MIXTURE)
            case "espeak":
                yield Speaker(split, Voice(engine, (base,), number), 0)
            case _:
                yield Speaker(split, Voice(engine, (base,)), number // len(bases))


def _mixed(bases: tuple[str, ...], number: int) -> tuple[str, ...]:
    """Three base voices; every one comes first equally often."""
    main = bases[number % len(bases)]
    others = rng_of("mixture", *bases, number).choice([base for base in bases if base != main], 2, replace=False)
    return main, *map(str, others)


def _clips(cast: list[Speaker], said: float) -> Iterator[Clip]:
    count = round(said * len(cast))
    for word in KEYWORDS:
        yield from (Clip(word, speaker) for speaker in _drawn(cast, word, count))
    for number, speaker in enumerate(_drawn(cast, "another", count)):
        yield Clip(OTHERS[number % len(OTHERS)], speaker)


def _drawn(cast: list[Speaker], purpose: str, count: int) -> list[Speaker]:
    return sorted(cast, key=lambda speaker: digest(purpose, speaker.name))[:count]
