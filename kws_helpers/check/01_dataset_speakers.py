"""The checks of lesson 01 that are about speakers."""

import numpy as np

from kws_helpers.check import expect
from kws_helpers.check.ladder import ladder

_BY_RULE = [("deadbeef", 45.90, "t"), ("dbb40d24", 7.95, "v"), ("5d6c4a39", 1.20, "v"), ("f9643d42", 18.76, "e"),
            ("414c343c", 10.25, "e"), ("3a902931", 20.70, "t"), ("8a9a021e", 19.80, "e"), ("64c2f2e3", 9.97, "v"),
            ("a6eb8c9e", 85.28, "t"), ("bb2edb20", 94.22, "t")]
_SPLITS = {"t": "training", "v": "validation", "e": "testing"}
_OTHER_RULES = {
    "teevvtvett": "Validation and testing are swapped: the lowest numbers belong to validation.",
    "tvveveevtt": "Mind the brackets: divide by (2**27 - 1), not by 2**27 and then subtract 1.",
    "ttteettttt": "That is the id itself as a number. Take the SHA-1 hash of the id, written as text.",
    "evvttetttt": "That is modulo 100. The official rule is modulo 2**27, and then times 100 / (2**27 - 1).",
    "ttvvttttet": "That is MD5. The official rule uses SHA-1: hashlib.sha1.",
    "ttttttttve": "The lowest p belong to validation here, and the highest to training.",
    "ttttttttev": "The lowest p belong to validation here, and the highest to training.",
    "tttttttttt": "That is SHA-256, or another hash. The official rule uses SHA-1: hashlib.sha1.",
    "tvetttvttt": "The modulo is 2**27, not 2**27 - 1."}


@ladder("split_by_speaker(speakers, validation_percent=10, testing_percent=10)")
def split_by_speaker(f):
    def splits(speakers, **percentages):
        return np.asarray(f(np.array(speakers), **percentages)).astype(object).astype(str).tolist()

    rng = np.random.default_rng(1)
    many = [f"{number:08x}" for number in rng.integers(0, 2**32, size=300)]
    yield "returns an array with one entry for each clip"
    expect.shape(f(np.array(["0d9457e1", "dbb40d24", "0d9457e1"])), (3,), "", [
        ((1,), "Only one speaker has an entry: does each round of the loop append one?")])
    yield "knows the three splits and no others"
    names = {"training", "validation", "testing"}
    others = set(splits(many)) - names
    expect.that(not others, "only training, validation and testing", sorted(others),
                "The names are written out, in small letters." if any(one.isalpha() for one in others)
                else "Append the name of the split, no number.")
    yield "puts all clips of a speaker into the same split"
    twice = splits(many + many)
    expect.that(twice[:300] == twice[300:], "the same split for the same speaker", "different ones",
                "Nothing but the speaker's id may decide: not the position, not chance.")
    yield "does not depend on who else is there"
    alone = [splits([speaker])[0] for speaker in many[:20]]
    expect.that(alone == twice[:20], "the same split for a speaker alone as in company", "different ones",
                "Decide from each id by itself, without looking at the others.")
    yield "sends some speakers to every split, and most to training"
    shares = {name: twice[:300].count(name) / 300 for name in sorted(names)}
    splits(many)
    causes = {shares["validation"] == 1: "p runs from 0 to 100, as the percentages do. Is the factor 100 missing?",
              shares["testing"] < 0.03 < shares["validation"] < 0.2:
                  "Testing begins where validation ends: its upper limit is validation_percent + testing_percent."}
    expect.that(0.7 < shares["training"] < 0.9 and min(shares.values()) > 0.03,
                "about 80 % training, 10 % validation, 10 % testing",
                ", ".join(f"{share:.0%} {name}" for name, share in shares.items()),
                causes.get(True, "Is p a percentage, from 0 to 100? Where does testing begin and end?"))
    yield "follows the official rule"
    got = [splits([speaker])[0] for speaker, _, _ in _BY_RULE]
    for (speaker, p, letter), one in zip(_BY_RULE, got):
        if one != _SPLITS[letter]:
            splits([speaker])
            raise expect.Missed(f"{_SPLITS[letter]} for this speaker, whose p is {p:.2f}", one, _OTHER_RULES.get(
                "".join(one[0] if one != "testing" else "e" for one in got),
                "Is it the SHA-1 hash of the id? Modulo 2**27? Print your p and compare."))
    yield "obeys other percentages"
    got = splits(["deadbeef", "f9643d42", "dbb40d24"], validation_percent=5, testing_percent=41)
    expect.that(got == ["testing", "testing", "testing"],
                "three times testing, where p is 45.90, 18.76 and 7.95 and testing lies between 5 and 46", got,
                "The percentages are fixed at 10. Use the two arguments." if got == ["training", "testing", "validation"]
                else "Testing begins at validation_percent and ends at validation_percent + testing_percent.")
    got = splits(["dbb40d24"], validation_percent=0, testing_percent=0)
    expect.that(got == ["training"], "training for everybody where the other splits get 0 %", got)


@ladder("families(speakers, relatives)")
def families(f):
    def named(speakers, relatives):
        return np.asarray(f(np.array(speakers), relatives)).astype(object).astype(str).tolist()

    def same(speakers, relatives, expected, cause):
        got = named(speakers, relatives)
        expect.that(got == expected, f"{expected}", got, cause)

    yield "returns an array with one entry for each clip"
    expect.shape(f(np.array(["b2", "a1", "b2"]), []), (3,))
    yield "leaves a speaker without relatives alone"
    same(["b2", "a1", "b2"], [], ["b2", "a1", "b2"], "Without relatives the family is the speaker.")
    yield "gives both of a pair the smaller id, whichever comes first"
    same(["b2", "a1", "d4"], [("a1", "b2")], ["a1", "a1", "d4"], "The smallest id of the family is its name.")
    same(["b2", "a1", "d4"], [("b2", "a1")], ["a1", "a1", "d4"], "A pair has no order: take the smaller of the two.")
    yield "counts relatives of relatives, in any order of the pairs"
    same(["c3", "d4", "e5"], [("c3", "d4"), ("d4", "e5")], ["c3", "c3", "c3"], "c3, d4 and e5 are one family.")
    same(["a1", "b2", "c3", "d4"], [("b2", "d4"), ("a1", "c3"), ("c3", "d4")], ["a1"] * 4,
         "The last pair joins two families: everybody in the one with the larger name is renamed.")
    yield "knows relatives who have no clips themselves"
    same(["c3", "b2"], [("c3", "a1"), ("a1", "b2")], ["a1", "a1"], "a1 joins the two, and is the smallest id.")
    yield "leaves its arguments as they were"
    speakers = np.array(["b2", "a1"])
    f(speakers, [("a1", "b2")])
    expect.that(speakers.tolist() == ["b2", "a1"], "speakers as they were", speakers, "Make a new array.")
