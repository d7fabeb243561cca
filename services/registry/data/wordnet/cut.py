"""Cuts english.tsv from the files of WordNet 3.0 (README.md beside this tells where they are from).

    python3 services/registry/data/wordnet/cut.py FOLDER > services/registry/data/wordnet/english.tsv

Each line is a word, the words of its family, and words of the same meaning, the nearest first.
"""

import collections
import pathlib
import sys

PARTS_OF_SPEECH = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}

# A word counts as common if it has been met so often in the texts that WordNet's makers read.
COMMON = 2

# Rarer senses of a word mislead more often than they help.
SENSES = 2

Lemma = collections.namedtuple("Lemma", "offsets tagged")


def main(folder):
    net = Net(pathlib.Path(folder))
    lines = collections.defaultdict(lambda: (Words(), Words()))
    for part, lemmas in net.lemmas.items():
        for word, lemma in lemmas.items():
            if is_plain(word) and (word in net.common or net.has_one_sense(word)):
                relate(net, part, word, lemma, lines[word])
    for word, base in net.irregular():
        lines[word][0][base] = None
    for word in sorted(lines):
        family, meaning = lines[word]
        meaning = [other for other in meaning if other not in family]
        known = word in net.common or any(other in net.common for other in [*family, *meaning])
        if known:
            print("\t".join([word, " ".join(family), " ".join(meaning)]).rstrip("\t"))


# Keeps order, each word once.
Words = dict


def relate(net, part, word, lemma, line):
    family, meaning = line
    for number, offset in enumerate(lemma.offsets[: lemma.tagged or 1]):
        words, pointers = net.synsets[part][offset]
        if word not in words:
            continue
        family.update((other, None) for other in words if is_spelling(other, word))
        own = words.index(word) + 1
        for other in derived(net, pointers, own):
            if is_plain(other) and other != word:
                family[other] = None
        if number < SENSES:
            common = [other for other in words if is_plain(other) and other in net.common]
            meaning.update((other, None) for other in common if other != word)


def derived(net, pointers, own):
    """The words that are derived from the word with this number or that it belongs to."""
    for sign, offset, part, source, target in pointers:
        if sign in ("+", "\\") and source == own and target:
            words, _ = net.synsets["a" if part == "s" else part][offset]
            yield words[target - 1]
            yield from (other for other in words if is_spelling(other, words[target - 1]))


def is_plain(word):
    return len(word) > 2 and word.isascii() and word.isalpha() and word.islower()


def is_spelling(one, other):
    """Whether the two differ by a letter, such as legalise and legalize; short words may not."""
    if one == other or min(len(one), len(other)) < 6 or abs(len(one) - len(other)) > 1:
        return False
    at = next((at for at, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), None)
    at = min(len(one), len(other)) if at is None else at
    longer, shorter = len(one) >= len(other), len(other) >= len(one)
    return at > 0 and one[at + longer :] == other[at + shorter :] and is_plain(one)


class Net:
    def __init__(self, folder):
        self.folder = folder
        self.synsets = {part: synsets(folder / f"data.{name}") for name, part in PARTS_OF_SPEECH.items()}
        self.lemmas = {part: lemmas(folder / f"index.{name}") for name, part in PARTS_OF_SPEECH.items()}
        met = collections.Counter()
        for line in (folder / "cntlist.rev").read_text("latin-1").splitlines():
            key, _, count = line.split()
            met[key.split("%")[0]] += int(count)
        self.common = {word for word, count in met.items() if count >= COMMON}
        self.senses = collections.Counter()
        for known in self.lemmas.values():
            self.senses.update({word: len(lemma.offsets) for word, lemma in known.items()})

    def has_one_sense(self, word):
        return self.senses[word] == 1

    def irregular(self):
        """Forms of nouns and verbs that no rule makes, each with its base."""
        for name in ("noun", "verb"):
            for line in (self.folder / f"{name}.exc").read_text("latin-1").splitlines():
                word, *bases = line.split()
                for base in bases:
                    if is_plain(word) and word != base and is_plain(base) and base in self.common:
                        yield word, base


def synsets(path):
    found = {}
    for line in records(path):
        head = line.split(" | ")[0].split()
        count = int(head[3], 16)
        words = [head[4 + 2 * at].lower().split("(")[0] for at in range(count)]
        first = 5 + 2 * count
        pointers = [head[at : at + 4] for at in range(first, first + 4 * int(head[first - 1]), 4)]
        ends = lambda both: (int(both[:2], 16), int(both[2:], 16))
        found[head[0]] = words, [(sign, to, part, *ends(both)) for sign, to, part, both in pointers]
    return found


def lemmas(path):
    found = {}
    for line in records(path):
        head = line.split()
        pointers = int(head[3])
        found[head[0]] = Lemma(head[6 + pointers :], int(head[5 + pointers]))
    return found


def records(path):
    """The lines of a file of WordNet without its licence, which stands indented at its top."""
    return [line for line in path.read_text("latin-1").splitlines() if not line.startswith(" ")]


if __name__ == "__main__":
    main(*sys.argv[1:])
