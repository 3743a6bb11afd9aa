"""Statements in parts: what joins, what anybody could make of them, and what a bank may sign wrongly about them."""
import dataclasses

import mutate
import strict_json
import twists
from make_statement import Story, inclusion_path, proof_text
from twists import Twist, put

CUTS = [(0, 5), (5, 9), (9, None)]  # of the story's 13 records


@dataclasses.dataclass
class Case:
    """Files given together, and the places that a verifier has to name in each."""

    name: str
    files: list
    places: list
    bank_key: str
    places_without_key: list | None = None  # where they are others
    covers: tuple | None = None             # where it holds: behind which position, and whether more follows

    def expected(self, bank_key):
        return self.places if bank_key or self.places_without_key is None else self.places_without_key


def signed(seed, cut, change=None):
    """A part as a bank gives it, that may do one thing wrong."""
    return mutate.encode(Story(seed, change=change).statement(*cut))


def of_list(**fields):
    return Twist("list", "list", put(**fields))


def edited(data, edit):
    """A part whose list somebody changed afterwards."""
    draft = mutate.Draft(strict_json.read_statement(data), None, None)
    mutate.edit_list(draft, edit)
    return mutate.encode(draft.statement)


def joining(story, parts):
    """What holds, alone and together."""
    last = [story.positions(story.account)[end - 1] for _, end in CUTS[:2]]
    after = [None, *((line["entry_index"], line["item_index"]) for line in last)]
    for first in range(3):
        for end in range(first + 1, 4):
            yield Case(f"joins-{first}-{end}", parts[first:end], [[]] * (end - first), story.verifier_key,
                       covers=(after[first], end < 3))


def misjoined(story, parts):
    """What anybody can make of good parts by giving others, fewer, or another order."""
    whole = mutate.encode(story.statement())
    for name, files, places in (
            ("one-left-out", [parts[0], parts[2]], [[], ["whole"]]),
            ("order", [parts[1], parts[0], parts[2]], [[], ["whole"], []]),
            ("order-at-the-end", [parts[0], parts[2], parts[1]], [[], ["whole"], []]),
            ("one-twice", [parts[0], parts[1], parts[1], parts[2]], [[], [], ["whole"], []]),
            ("first-twice", [parts[0], parts[0]], [[], ["whole"]]),
            ("behind-the-end", [parts[1], parts[2], parts[0]], [[], [], ["whole"]]),
            ("behind-a-whole", [whole, parts[1]], [[], ["whole"]]),
            ("whole-twice", [whole, whole], [[], ["whole"]]),
            ("whole-behind", [parts[0], whole], [[], ["whole"]])):
        yield Case(name, files, places, story.verifier_key)


def edits(story, parts):
    """What the bank's signature over the list tells."""
    def after(**fields):
        return lambda made: made["after"].update(fields)

    for name, number, edit in (
            ("after-item", 1, lambda made: made["after"].update(item_index=made["after"]["item_index"] + 1)),
            ("after-entry", 2, lambda made: made["after"].update(entry_index=made["after"]["entry_index"] - 1)),
            ("after-zero", 1, after(entry_index=0, item_index=0)),
            ("after-dropped", 1, lambda made: made.update(after=None)),
            ("after-beyond", 1, after(entry_index=10**6)),
            ("after-added", 0, lambda made: made.update(after={"entry_index": 0, "item_index": 0})),
            ("goes-on-dropped", 0, lambda made: made.update(goes_on=False)),
            ("goes-on-dropped-within", 1, lambda made: made.update(goes_on=False)),
            ("goes-on-added", 2, lambda made: made.update(goes_on=True))):
        spoilt = list(parts)
        spoilt[number] = edited(parts[number], edit)
        places = [["whole"] if at == number else [] for at in range(3)]
        yield Case(f"edited-{name}", spoilt, places, story.verifier_key)
        yield Case(f"edited-{name}-alone", [spoilt[number]], [["whole"]], story.verifier_key)


def second_history(bank, receipt):
    """Proves an entry in the log that ends otherwise."""
    note, leaves = twists.fork(bank, bank.size)
    index = receipt["entry"]["entry_index"]
    receipt["entry"]["tlog_proof"] = proof_text(index, inclusion_path(leaves, index), note)


def strangers(seed, story, parts):
    """Good parts of something else, that begin where part 1 ends."""
    end = story.positions(story.account)[CUTS[0][1] - 1]
    neighbour = Story(seed, change=of_list(after=end))
    neighbour.account, neighbour.OTHER = neighbour.neighbour, None  # the keys of every school prove it
    begun = sum(tuple(line.values()) <= tuple(end.values()) for line in neighbour.positions(neighbour.account))
    of_neighbour = mutate.encode(neighbour.statement(begun))
    yield Case("another-account", [parts[0], of_neighbour], [[], ["whole"]], story.verifier_key)
    yield Case("another-account-alone", [of_neighbour], [[]], story.verifier_key)
    other = mutate.encode(Story(f"another {seed}", origin=story.origin).statement(*CUTS[1]))
    yield Case("another-bank", [parts[0], other], [[], ["key record 1"]], story.verifier_key, [[], ["whole"]])
    forked = signed(seed, CUTS[1], Twist("receipt", None, second_history))
    yield Case("fork", [parts[0], forked], [[], ["whole"]], story.verifier_key)
    yield Case("fork-alone", [forked], [[]], story.verifier_key)
    last = signed(seed, CUTS[2], Twist("receipt", None, second_history))
    yield Case("fork-later", [*parts[:2], last], [[], [], ["whole"]], story.verifier_key)


def signed_wrongly(seed, story, parts):
    """What the bank's own list may say wrongly, and where it is told."""
    records = story.positions(story.account)

    def behind(number):
        return signed(seed, CUTS[1], of_list(after=records[number]))

    alone = (
        ("after-first-line", behind(CUTS[1][0]), ["whole"]),
        ("after-later-line", behind(CUTS[1][0] + 1), ["whole"]),
        ("after-beyond", signed(seed, CUTS[1], of_list(after={"entry_index": story.size, "item_index": 0})), ["whole"]),
        ("after-zero", signed(seed, CUTS[1], of_list(after={"entry_index": 0, "item_index": 0})), []),
        ("goes-on-without-lines", signed(seed, (len(records), None), of_list(goes_on=True)), ["whole"]),
        ("nothing-behind", signed(seed, (len(records), None)), []),
        ("identity-in-a-later-part", with_identity(story), ["whole"]))
    for name, data, places in alone:
        yield Case(f"signed-{name}", [data], [places], story.verifier_key)
    for name, files in (
            ("gap", [parts[0], behind(CUTS[1][0] - 2)]),
            ("no-after", [parts[0], signed(seed, CUTS[1], of_list(after=None))]),
            ("goes-not-on", [signed(seed, CUTS[0], of_list(goes_on=False)), parts[1]])):
        yield Case(f"signed-{name}", files, [[], ["whole"]], story.verifier_key)
    larger = signed(seed, CUTS[2], of_list(log_size=story.size + 3))
    yield Case("signed-other-size", [*parts[:2], larger], [[], [], []], story.verifier_key)


def with_identity(story):
    made = story.statement(*CUTS[1])
    made["identity"] = story.disclosed[1:]
    return mutate.encode(made)


def cases(seed=1):
    story = Story(seed)
    parts = [mutate.encode(story.statement(*cut)) for cut in CUTS]
    return [*joining(story, parts), *misjoined(story, parts), *edits(story, parts), *strangers(seed, story, parts),
            *signed_wrongly(seed, story, parts)]
