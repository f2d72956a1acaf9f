"""The words, and how Kokoro is told to say them."""

KEYWORDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go")

PRONUNCIATIONS = {
    "yes": ("jˈɛs", "jˈɛs"),
    "no": ("nˈO", "nˈQ"),
    "up": ("ˈʌpʰ", "ˈʌpʰ"),
    "down": ("dˈWn", "dˈWn"),
    "left": ("lˈɛft", "lˈɛft"),
    "right": ("ɹˈIt", "ɹˈIt"),
    "on": ("ˈɔn", "ˈɒn"),
    "off": ("ˈɔf", "ˈɒf"),
    "stop": ("stˈɑp", "stˈɒp"),
    "go": ("ɡˈO", "ɡˈQ"),
    "backward": ("bˈækwəɹd", "bˈækwəd"),
    "bed": ("bˈɛd", "bˈɛd"),
    "bird": ("bˈɜɹd", "bˈɜːd"),
    "cat": ("kˈæt", "kˈat"),
    "dog": ("dˈɔɡ", "dˈɒɡ"),
    "eight": ("ˈAt", "ˈAt"),
    "five": ("fˈIv", "fˈIv"),
    "follow": ("fˈɑlO", "fˈɒlQ"),
    "forward": ("fˈɔɹwəɹd", "fˈɔːwəd"),
    "four": ("fˈɔɹ", "fˈɔː"),
    "happy": ("hˈæpi", "hˈapi"),
    "house": ("hˈWs", "hˈWs"),
    "learn": ("lˈɜɹn", "lˈɜːn"),
    "marvin": ("mˈɑɹvən", "mˈɑːvɪn"),
    "nine": ("nˈIn", "nˈIn"),
    "one": ("wˈʌn", "wˈʌn"),
    "seven": ("sˈɛvən", "sˈɛvən"),
    "sheila": ("ʃˈilə", "ʃˈiːlə"),
    "six": ("sˈɪks", "sˈɪks"),
    "three": ("θɹˈi", "θɹˈiː"),
    "tree": ("tɹˈi", "tɹˈiː"),
    "two": ("tˈu", "tˈuː"),
    "visual": ("vˈɪʒəwəl", "vˈɪʒuəl"),
    "wow": ("wˈW", "wˈW"),
    "zero": ("zˈɪɹO", "zˈɪəɹQ"),
}
"""American and British, in Kokoro's alphabet: the IPA, with A, I, O, Q, W for the diphthongs of say, my, go (American),
go (British), now (EN_PHONES.md of https://github.com/hexgrad/misaki)."""

OTHERS = tuple(word for word in PRONUNCIATIONS if word not in KEYWORDS)
