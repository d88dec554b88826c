"""Copies of texts: how many are found, how often texts that differ are joined, and the time.

    ./run bench families                  # copies, and pairs that differ
    ./run bench families scale [N ...]    # CPU seconds and memory of made-up texts

*Copies* are sentences of our corpus and of ``data/sib200`` changed as people change what they pass
on (``altered``: its ways were fixed before the method was made; what it leaves alone, numbers,
negations and names, and which words are little, was completed while looking at the first seeds, as
were the lists of the method). The seeds measured here were not looked at. *Found* is the share of
copies in the family of the sentence they were made of; *false*, how many families hold copies of
two sentences.
"""

from __future__ import annotations

import csv
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assises.engines.themes.copies.families import families

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "src" / "assises" / "demo" / "corpus"
SIB = ROOT.parent / "shared" / "data" / "sib200"
COLUMNS = {
    "fr": "fr",
    "ar": "ar",
    "ary-Arab": "ary_arab",
    "ary-Latn": "ary_latn",
    "en": "en",
    "zgh-Tfng": "zgh_tfng",
    "zgh-Latn": "zgh_latn",
}
OTHERS = {
    "fr": "fra_Latn",
    "ar": "arb_Arab",
    "ary-Arab": "ary_Arab",
    "en": "eng_Latn",
    "zgh-Tfng": "tzm_Tfng",
    "zgh-Latn": "kab_Latn",
}
"""Kabyle for want of Latin Tamazight."""
COPIED = 500
LITTLE_WORDS = 20
LITTLE_SHARE = 0.04
"""Little words are the commonest of a language, at most so many, in this share of sentences."""
FEW, MANY = 8, 16
"""Of fewer words a copy is only mistyped; of fewer than ``MANY`` only little words are replaced."""
# What another sentence would be made of, if it were dropped: negations and numbers.
_KEPT = (
    "ne n pas jamais aucun aucune sans non plus moins contre rien ni stop nord sud est "
    "ouest un une deux trois quatre cinq six sept huit neuf dix onze douze treize "
    "quatorze quinze seize vingt trente quarante cinquante soixante cent cents mille "
    "million millions moitié tiers quart premier première second seconde deuxième dernier "
    "dernière double avant après sous not no never without none nobody nothing neither "
    "nor less more against cannot one two three four five seven eight nine ten eleven "
    "twelve twenty thirty forty fifty sixty hundred thousand first third last half twice "
    "few little under after before below until لا لم لن ليس ليست دون بدون غير عدم بلا ما "
    "ماشي مكاينش ماكاين حتى والو واحد واحدة جوج تلاتة ربعة خمسة ستة سبعة تمنية تسعود عشرة "
    "مية ألف عشرين عشرون ثلاثين ثلاثون أربعين أربعون خمسين خمسون ستين سبعين ثمانين تسعين "
    "مليون نصف ثلث ربع اثنان اثنين قبل بعد تحت ضد أول الأول الأولى ثاني الثاني الثانية "
    "ثالث الثالث الثالثة شمال جنوب شرق غرب أبدا قط سوى أقل تلاتين ربعين آلاف ألفا ثلاث "
    "ثلاثة أربع أربعة خمس ست سبع ثماني ثمانية تسع تسعة عشر مئة مائة مرتين ma machi bla "
    "hta walo walou makaynch la wa7d wa7da jouj joj tlata rb3a khmsa sta sb3a tmnya ulac "
    "ara yiwen yiwet kra seddis ur war ar yan yat sin snat krad kraḍ kkuz smmus mraw ⵓⵔ "
    "ⵡⴰⵔ ⵢⴰⵏ ⵢⴰⵜ ⵙⵉⵏ ⵙⵏⴰⵜ ⴽⵕⴰⴹ ⴽⴽⵓⵥ ⵙⵎⵎⵓⵙ ⵎⵔⴰⵡ north south east west"
)
KEPT = frozenset(_KEPT.split())
PARTS = re.compile(r"\w+")
VARIANTS = str.maketrans("أإآىةگ", "اااي" + "هك")
SPELLINGS = [
    ("7", "h"), ("3", "a"), ("9", "q"), ("ch", "x"), ("ch", "sh"), ("kh", "5"), ("ou", "u"),
    ("ou", "o"), ("ss", "s"), ("tt", "t"), ("dd", "d"), ("bb", "b"), ("i", "y"), ("ay", "ai"),
]  # fmt: skip
MARKS = "\u064b\u064e\u064f\u0650\u0651\u0652"


# -- how people change what they pass on -----------------------------------------------------------


@dataclass(frozen=True)
class Language:
    """What copies of a language are made with."""

    tag: str
    words: tuple[str, ...]
    little: frozenset[str]

    @classmethod
    def of(cls, tag: str, texts: Sequence[str]) -> Language:
        count = Counter(word for text in texts for word in text.split() if word.isalpha())
        free = [word for word, _ in count.most_common() if not kept(word, 1)]
        often = [word for word in free[:LITTLE_WORDS] if count[word] >= LITTLE_SHARE * len(texts)]
        return cls(tag, tuple(sorted(free)), frozenset(often))


def kept(word: str, place: int) -> bool:
    """Whether the word is a number, a negation or a name: the text says another thing without."""
    return any(_kept(part, place) for part in PARTS.findall(word))


def _kept(part: str, place: int) -> bool:
    bare = part.casefold()
    name = part[:1].isupper() and (place > 0 or part[1:].isupper())
    negated = bare.endswith(("ش", "ch", "t")) and bare.startswith(("ما", "ma", "م", "don", "isn"))
    known = bare in KEPT or bare.removeprefix("ال") in KEPT
    return name or negated or known or any(c.isdigit() for c in bare)


def counted(words: Sequence[str]) -> int:
    """How many of them have a letter or a digit."""
    return sum(any(c.isalnum() for c in word) for word in words)


def altered(text: str, language: Language, rng: np.random.Generator) -> str:
    """A copy: an eighth of its words changed, and typed by someone else.

    Each change drops, doubles, mistypes or replaces a word, or changes it with its neighbour.
    Numbers, negations and names are left. A text of fewer than eight words has one word mistyped
    and no more; in one of fewer than sixteen a word is only replaced if it is a little one, and by
    one of these: what replaces another word there makes another statement. In longer ones any word
    is, by any word.
    """
    words = text.split()
    size = counted(words)
    many = size >= MANY
    for _ in range(max(1, round(size / 8)) if size >= FEW else 0):
        free = [i for i, word in enumerate(words) if not kept(word, i)]
        if not free:
            break
        at = int(rng.choice(free))
        way = int(rng.integers(0, 5))
        if way == 0:
            words.pop(at)
        elif way == 1:
            words.insert(at, words[at])
        elif way == 2 and at + 1 in free:
            words[at], words[at + 1] = words[at + 1], words[at]
        elif way == 3 and (many or words[at] in language.little):
            words[at] = str(rng.choice(language.words if many else sorted(language.little)))
        else:
            words[at] = mistyped(words[at], rng)
    if size < FEW:
        free = [i for i, word in enumerate(words) if not kept(word, i)] or [0]
        at = max(free, key=lambda i: len(words[i]))
        words[at] = mistyped(words[at], rng)
    return typed(" ".join(words), language.tag, rng)


def mistyped(word: str, rng: np.random.Generator) -> str:
    """One letter left out, doubled, wrong, or changed with the next; words of four letters on."""
    if len(word) < 4:
        return word
    at = int(rng.integers(0, len(word) - 1))
    way = int(rng.integers(0, 4))
    if way == 0:
        return word[:at] + word[at + 1 :]
    if way == 1:
        return word[: at + 1] + word[at:]
    if way == 2:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + str(rng.choice([c for c in word if c.isalpha()] or ["e"])) + word[at + 1 :]


def typed(text: str, tag: str, rng: np.random.Generator) -> str:
    """By another person: case, marks, accents, letters of Arabic, spelling of Darija."""
    case = int(rng.integers(0, 4))
    if case < 3:
        text = [text.lower, text.upper, text.capitalize][case]()
    if rng.random() < 0.5:
        text = text.replace(",", "").replace("،", "").rstrip(".!؟? ")
    elif rng.random() < 0.5:
        text = text.rstrip(".") + str(rng.choice([" !", "...", " !!!", " .", "؟"]))
    if tag == "fr" and rng.random() < 0.5:
        text = text.translate(str.maketrans("éèêëàâîïôûùçÉÈÀÊ", "eeeeaaiiouucEEAE"))
    if tag in ("ar", "ary-Arab"):
        if rng.random() < 0.5:
            text = text.translate(VARIANTS)
        if rng.random() < 0.3:
            text = "".join(c + str(rng.choice(list(MARKS))) if c in "بتسلمن" else c for c in text)
    if tag == "ary-Latn":
        for old, new in (SPELLINGS[int(i)] for i in rng.integers(0, len(SPELLINGS), 2)):
            text = " ".join(w if w.isdecimal() else w.replace(old, new) for w in text.split(" "))
    return text


# -- texts -----------------------------------------------------------------------------------------


def corpus() -> dict[str, list[str]]:
    """Our sentences by tag."""
    rows: list[dict[str, str]] = []
    for path in sorted(CORPUS.glob("v*.csv")):
        with path.open(encoding="utf-8") as file:
            rows.extend(csv.DictReader(file))
    return {tag: [r[column] for r in rows if r[column]] for tag, column in COLUMNS.items()}


def sib() -> dict[str, list[str]]:
    """Encyclopaedic sentences by tag."""
    found: dict[str, list[str]] = {}
    for tag, name in OTHERS.items():
        texts = []
        for part in ("dev", "train"):
            lines = (SIB / f"{name}.{part}.tsv").read_text(encoding="utf-8").splitlines()[1:]
            texts += [line.split("\t")[2] for line in lines if line]
        # A sentence that stands there twice is one.
        found[tag] = list(dict.fromkeys(texts))
    return found


# -- copies ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copies:
    """What became of the copies of one language."""

    copies: int
    longer: int
    """Of these, of sentences of eight words or more."""
    found: float
    false: int
    missed: tuple[tuple[str, str], ...]
    joined: tuple[tuple[str, str], ...]


def copied(tag: str, texts: Sequence[str], seed: int = 0) -> Copies:
    """Of 500 sentences a copy each, among all sentences."""
    rng = np.random.default_rng([seed, 20_263])
    language = Language.of(tag, texts)
    source = rng.permutation(len(texts))[:COPIED]
    copies = [altered(texts[i], language, rng) for i in source]
    rows = [*texts, *copies]
    of = np.concatenate([np.arange(len(texts)), source])
    order = rng.permutation(len(rows))
    shuffled = families([rows[i] for i in order], [tag] * len(rows)).family
    family = np.empty_like(shuffled)
    family[order] = shuffled
    mine = family[len(texts) :]
    same = (mine >= 0) & (mine == family[source])
    joined = []
    for one in range(int(family.max(initial=-1)) + 1):
        members = np.flatnonzero(family == one)
        if len(set(of[members].tolist())) > 1:
            joined.append((rows[members[0]], rows[members[-1]]))
    missed = tuple((texts[source[i]], copies[i]) for i in np.flatnonzero(~same))
    longer = sum(counted(texts[i].split()) >= FEW for i in source)
    return Copies(len(copies), longer, float(same.mean()), len(joined), missed, tuple(joined))


# -- pairs that are none ---------------------------------------------------------------------------

APART = ROOT / "tests" / "engines" / "themes"


def pairs(name: str) -> dict[str, list[tuple[str, str]]]:
    """Pairs of texts that say two things, by tag."""
    found: dict[str, list[tuple[str, str]]] = {}
    with (APART / f"{name}.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["tag"], []).append((row["one"], row["other"]))
    return found


def joined(tag: str, of: Sequence[tuple[str, str]], among: Sequence[str]) -> list[tuple[str, str]]:
    """Which of these are taken for copies, among other texts."""
    texts = [text for pair in of for text in pair]
    rows = [*texts, *among]
    family = families(rows, [tag] * len(rows)).family[: len(texts)].reshape(-1, 2)
    return [pair for pair, (a, b) in zip(of, family.tolist(), strict=True) if a == b >= 0]


# -- what is measured ------------------------------------------------------------------------------

SEEDS = range(10, 14)
"""Not those by which the method was made."""


def tell_copies() -> int:
    """Copies found, by source, language and length; how many families are false."""
    print("| texts of | language | copies | found | of eight words or more | false families |")
    print("|---|---|---:|---:|---:|---:|")
    wrong = 0
    for source, texts in (("our corpus", corpus()), ("sib200", sib())):
        for tag, mine in texts.items():
            runs = [copied(tag, mine, seed) for seed in SEEDS]
            copies = sum(run.copies for run in runs)
            found = sum(run.found * run.copies for run in runs) / copies
            missed = sum(counted(a.split()) >= FEW for run in runs for a, _ in run.missed)
            false = sum(run.false for run in runs)
            wrong += false
            longer = sum(run.longer for run in runs)
            print(
                f"| {source} | {tag} | {copies:,} | {found:.3f} | {1 - missed / longer:.3f} "
                f"| {false} |",
                flush=True,
            )
    return wrong


def tell_pairs() -> int:
    """How many pairs that say two things are joined, alone and among our corpus."""
    wrong = 0
    for name in ("apart", "apart_later"):
        of = pairs(name)
        alone = sum(len(joined(tag, [pair], [])) for tag, some in of.items() for pair in some)
        among = sum(len(joined(tag, some, corpus()[tag])) for tag, some in of.items())
        total = sum(len(some) for some in of.values())
        print(f"{name}: {total} pairs that say two things; joined alone {alone}, among {among}")
        wrong += alone + among
    return wrong


def made_up(count: int, seed: int = 1) -> tuple[list[str], list[str]]:
    """Texts of six to nineteen words of our corpus, one in ten a copy; their tags."""
    rng = np.random.default_rng(seed)
    words = {tag: [w for s in of for w in s.split()] for tag, of in corpus().items()}
    tags = [list(words)[i % 5] for i in range(count)]
    texts = [
        " ".join(words[t][j] for j in rng.integers(0, len(words[t]), rng.integers(6, 20)))
        for t in tags
    ]
    for to, source in rng.integers(0, count, (count // 10, 2)).tolist():
        texts[to], tags[to] = texts[source], tags[source]
    return texts, tags


def tell_scale(sizes: Sequence[int]) -> None:
    """CPU seconds and memory over that of the texts themselves."""
    families(*made_up(100))
    print("| texts | | CPU s | MB more |\n|---:|---|---:|---:|")
    for size in sizes:
        for kind, (texts, tags) in (
            ("made up, a tenth copies", made_up(size)),
            ("all the same", (["Il faut un médecin à Azilal, svp"] * size, ["fr"] * size)),
        ):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            begin = time.process_time()
            families(texts, tags)
            spent = time.process_time() - begin
            more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            print(f"| {size:,} | {kind} | {spent:.1f} | {more:.0f} |", flush=True)


def main(arguments: list[str]) -> int:
    """Print what was asked; 1 if two texts were joined that are no copies."""
    if arguments[:1] == ["scale"]:
        tell_scale([int(one) for one in arguments[1:]] or [100_000, 1_000_000])
        return 0
    wrong = tell_copies()
    return int(wrong + tell_pairs() > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
