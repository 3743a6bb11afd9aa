#!/usr/bin/python3
"""Spoils a good statement in more than two hundred ways, and changes it in twenty that do no harm.

usage: mutate.py [--seed N] [--statement FILE --bank-key VKEY] FOLDER     writes FOLDER/NAME.json and FOLDER/cases.json

What is spoilt is encoded again validly: only its meaning is wrong. All follows from the seed. Here are the changes that
anybody can make to a statement; twists.py has those that need the keys of a bank.
"""
import argparse
import base64
import copy
import dataclasses
import json
import pathlib
import random

import canonical
import harmless
import json_faults
import proofs
import strict_json
import twists
from make_statement import Story, proof_text, statement_json
from proto_schema import SCHEMA

EACH = 10
PATH_EDITS = 8
THROWS_MAX = 100  # of the dice, until a change is one that was not made before
RECEIPTS = {"line": "lines", "key record": "key_records"}


@dataclasses.dataclass
class Case:
    """A statement's bytes, and what a verifier has to say of them."""

    name: str
    data: bytes
    bank_key: str
    holds: bool
    holds_without_key: bool
    places: list | None = None  # exactly these under the bank's key, where that follows from the change alone


class Draft:
    """A statement that is being spoilt, another bank's, and dice."""

    def __init__(self, statement, other, rng):
        self.statement = copy.deepcopy(statement)
        self.other = copy.deepcopy(other)
        self.rng = rng

    @property
    def lines(self):
        return self.statement["lines"]

    @property
    def records(self):
        return self.statement["key_records"]

    def line(self, wanted=lambda receipt: True):
        """The number and the receipt of a line."""
        return self.rng.choice([(number, receipt) for number, receipt in enumerate(self.lines, 1) if wanted(receipt)])

    def place(self, wanted=lambda receipt: True):
        """A line or a key record, as (place, receipt)."""
        found = [(f"{name} {number}", receipt) for name, where in RECEIPTS.items()
                 for number, receipt in enumerate(self.statement[where], 1) if wanted(receipt)]
        return self.rng.choice(found)

    def flip(self, data, at=None):
        at = self.rng.randrange(len(data)) if at is None else at
        return data[:at] + bytes([data[at] ^ 1 << self.rng.randrange(8)]) + data[at + 1:]


def only(place):
    """The exact places of a fault in one place: in a key record what comes later may suffer too."""
    return None if place.startswith("key record") else [place]


def edit_message(kind, data, edit):
    message = canonical.decode(kind, data)
    edit(message)
    return canonical.encode(kind, message)


def edit_entry(receipt, edit):
    receipt["entry"]["log_entry"] = edit_message("LogEntry", receipt["entry"]["log_entry"], edit)


def edit_transaction(receipt, edit):
    edit_entry(receipt, lambda entry: entry.update(transaction=edit_message("Transaction", entry["transaction"], edit)))


def edit_list(draft, edit):
    draft.statement["list"] = edit_message("StatementList", draft.statement["list"], edit)


def edit_path(receipt, edit):
    """Edits the path of an entry's proof."""
    proof = proofs.read_proof(receipt["entry"]["tlog_proof"])
    receipt["entry"]["tlog_proof"] = proof_text(proof.index, edit(list(proof.path)), proof.note)


def edit_note(receipt, edit):
    """Edits the lines of a proof's checkpoint: origin, size, root, empty, signatures."""
    proof = proofs.read_proof(receipt["entry"]["tlog_proof"])
    lines = proof.note[:-1].split("\n")
    edit(lines)
    receipt["entry"]["tlog_proof"] = proof_text(proof.index, proof.path, "\n".join(lines) + "\n")


def scalars(kind, message, found):
    """Every scalar that is set in a message, as (message, field)."""
    for field in SCHEMA.messages[kind].values():
        value = message.get(field.name)
        if value in (None, [], ""):
            continue
        if canonical.is_message(field.kind):
            for one in value if field.repeated else [value]:
                scalars(field.kind, one, found)
        elif not field.repeated and field.name not in ("account_no", "salt"):
            found.append((message, field))
    return found


def change_scalar(draft, message, field):
    value = message[field.name]
    if field.kind == "string":
        message[field.name] = value[:-1] + ("z" if value[-1] != "z" else "y")
    elif field.kind == "bytes":
        message[field.name] = draft.flip(value)
    elif field.kind in SCHEMA.enums:
        message[field.name] = draft.rng.choice([one for one in SCHEMA.enums[field.kind] if one not in (0, value)])
    else:
        message[field.name] = not value if field.kind == "bool" else value + draft.rng.choice([1, 100, -1])


def body_scalars(receipt):
    item = canonical.decode("Item", receipt["item"])
    return item, scalars("Item", item, [])


def spoil_item(draft, _):
    number, receipt = draft.line(lambda receipt: body_scalars(receipt)[1])
    item, found = body_scalars(receipt)
    change_scalar(draft, *draft.rng.choice(found))
    receipt["item"] = canonical.encode("Item", item)
    return [f"line {number}"]


def spoil_salt(draft, turn):
    number, receipt = draft.line()
    other_number, other = draft.line(lambda other: other is not receipt)
    salt = receipt["item"][2:18]
    new = [draft.flip(salt), draft.flip(salt), bytes(16), salt[:-1], salt + b"\1", other["item"][2:18], salt[::-1],
           b""][turn % 8]
    receipt["item"] = edit_message("Item", receipt["item"], lambda item: item.update(salt=new))
    if turn == 9:
        other["item"] = edit_message("Item", other["item"], lambda item: item.update(salt=salt))
        return sorted_places([f"line {number}", f"line {other_number}"])
    return [f"line {number}"]


def sorted_places(places):
    """In the order in which a verifier comes to them."""
    return sorted(places, key=lambda place: int(place.split()[1]))


def proof_path(receipt):
    return proofs.read_proof(receipt["entry"]["tlog_proof"]).path


def spoil_path_hash(draft, turn):
    def flip_one(path):
        at = draft.rng.randrange(len(path))
        return [*path[:at], draft.flip(path[at]), *path[at + 1:]]

    if turn % 2:
        place, receipt = draft.place(lambda receipt: receipt["item_path"])
        receipt["item_path"] = flip_one(receipt["item_path"])
    else:
        place, receipt = draft.place(proof_path)
        edit_path(receipt, flip_one)
    return only(place)


def spoil_path_order(draft, turn):
    def swap(path):
        one, other = draft.rng.sample(range(len(path)), 2)
        path[one], path[other] = path[other], path[one]
        return path

    if turn % 2:
        place, receipt = draft.place(lambda receipt: len(receipt["item_path"]) > 1)
        receipt["item_path"] = swap(receipt["item_path"])
    else:
        place, receipt = draft.place(lambda receipt: len(proof_path(receipt)) > 1)
        edit_path(receipt, swap)
    return only(place)


def spoil_path_length(draft, turn):
    more = draft.rng.randbytes(32)
    edit = [lambda path: path[1:], lambda path: path[:-1], lambda path: [*path, more], lambda path: [more, *path],
            lambda path: [], lambda path: [*path, path[-1]], lambda path: [*path, bytes(32)],
            lambda path: (path * 65)[:65]][turn // 2 % PATH_EDITS]
    if turn % 2:
        place, receipt = draft.place(lambda receipt: receipt["item_path"])
        receipt["item_path"] = edit(receipt["item_path"])
    else:
        place, receipt = draft.place(proof_path)
        edit_path(receipt, edit)
    return only(place)


def spoil_leaf(draft, turn):
    place, receipt = draft.place()
    edits = [lambda entry: entry.update(key_chain=draft.flip(entry["key_chain"])),
             lambda entry: entry.update(version=2),
             lambda entry: entry["booked_at"].update(nanos=(entry["booked_at"]["nanos"] + 1000) % 10**9),
             lambda entry: entry["signatures"].append(entry["signatures"][0]),
             lambda entry: entry.update(signatures=[])]
    if turn < len(edits):
        edit_entry(receipt, edits[turn])
    elif turn % 2:
        edit_transaction(receipt, lambda said: said.update(request_id=draft.flip(said["request_id"])))
    else:
        edit_transaction(receipt, lambda said: said["create_time"].update(seconds=said["create_time"]["seconds"] + 1))
    receipt["entry"]["booked_at"] = canonical.decode("LogEntry", receipt["entry"]["log_entry"])["booked_at"]
    return only(place)


def spoil_signature(draft, turn):
    if turn < 4:
        signature = draft.statement["list_signature"]
        swapped = signature[32:] + signature[:32]
        draft.statement["list_signature"] = [draft.flip(signature), signature[:-1], b"", swapped][turn]
        return ["whole"]
    place, receipt = draft.place()
    if turn % 2:
        edit_entry(receipt, lambda entry: entry["signatures"][0].update(
            signature=draft.flip(entry["signatures"][0]["signature"])))
    else:
        def flip_note(lines):
            name, _, signature = lines[-1].rpartition(" ")
            lines[-1] = f"{name} {base64.b64encode(draft.flip(base64.b64decode(signature))).decode()}"
        edit_note(receipt, flip_note)
    return only(place)


def control_name(receipt):
    """What a control entry says, or None."""
    entry = canonical.decode("LogEntry", receipt["entry"]["log_entry"])
    control = canonical.decode("Transaction", entry["transaction"])["control"]
    return control and control["body"]


def registrations(draft):
    """(place, receipt) of the key records that register a key."""
    return draft.place(lambda receipt: control_name(receipt) == "key_registered")


def spoil_key(draft, turn):
    if turn < 2:
        edit_list(draft, lambda made: made.update(key_id=draft.flip(made["key_id"])))
        return ["whole"]
    if turn < 4:
        number, receipt = draft.line()
        edit_entry(receipt, lambda entry: entry["signatures"][0].update(
            key_id=draft.flip(entry["signatures"][0]["key_id"])))
        return [f"line {number}"]
    place, receipt = registrations(draft)

    def spoil(record):
        duties = [duty for duty in range(1, 7) if duty not in record["duties"]]
        record.update([{"spki": draft.flip(record["spki"])}, {"duties": duties}, {"institution_id": "nobody"},
                       {"proof_of_possession": draft.flip(record["proof_of_possession"])}][turn % 4])

    edit_transaction(receipt, lambda said: spoil(said["control"]["key_registered"]))
    return only(place)


def spoil_size(draft, turn):
    place, receipt = draft.place()
    change = [lambda size: size + 1, lambda size: size - 1, lambda size: 0, lambda size: size * 2,
              lambda size: 2**63, lambda size: 2**64 - 1, lambda size: 1, lambda size: 10**30][turn % 8]
    edit_note(receipt, lambda lines: lines.__setitem__(1, str(change(int(lines[1])))))
    return only(place)


def spoil_root(draft, turn):
    place, receipt = draft.place()

    def edit(lines):
        root = base64.b64decode(lines[2])
        leaf = proofs.leaf_hash(receipt["entry"]["log_entry"])
        new = [draft.flip(root), root[::-1], bytes(32), root[:-1], leaf][turn % 5]
        lines[2] = base64.b64encode(new).decode()

    edit_note(receipt, edit)
    return only(place)


def spoil_origin(draft, turn):
    if turn % 5 == 4:
        edit_list(draft, lambda made: made.update(log_origin=made["log_origin"] + "x" * turn))
        return ["key record 1"]
    place, receipt = draft.place()

    def edit(lines):
        if turn % 5 != 1:
            lines[0] += "x"
        if turn % 5 in (1, 2):
            lines[-1] = lines[-1].replace(" ", "  ", 1) if turn == 6 else lines[-1].replace(" ", " x", 1)

    if turn % 5 == 3:
        edit_transaction(receipt, lambda said: said.update(log_origin="another.example/log"))
    else:
        edit_note(receipt, edit)
    return only(place)


def other_digit(number, at):
    return number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1:]


def spoil_account(draft, turn):
    number = "20260000000006"
    if turn % 3 == 0:
        at, receipt = draft.line()
        item = canonical.decode("Item", receipt["item"])
        item[item["body"]]["account_no"] = number
        receipt["item"] = canonical.encode("Item", item)
        return [f"line {at}"]
    if turn % 3 == 1:
        edit_list(draft, lambda made: made.update(account_no=other_digit(made["account_no"], turn)))
        return ["whole", *(f"line {at}" for at in range(1, len(draft.lines) + 1))]
    one, other = sorted(draft.rng.sample(range(len(draft.lines)), 2))
    draft.lines[one]["item"], draft.lines[other]["item"] = draft.lines[other]["item"], draft.lines[one]["item"]
    return [f"line {one + 1}", f"line {other + 1}"]


def remove_line(draft, turn):
    number, receipt = draft.line()
    if turn % 4 == 0:
        del draft.lines[number - 1]
    elif turn % 4 == 1:
        edit_list(draft, lambda made: made["lines"].pop(number - 1))
    elif turn % 4 == 2:
        del draft.lines[number - 1]
        edit_list(draft, lambda made: made["lines"].pop(number - 1))
    elif turn == 3:
        draft.lines.append(copy.deepcopy(receipt))
    else:
        other = number % len(draft.lines)
        draft.lines[number - 1], draft.lines[other] = draft.lines[other], draft.lines[number - 1]
        return sorted_places([f"line {number}", f"line {other + 1}"])
    return ["whole"]


def revocations(draft):
    return [number for number, receipt in enumerate(draft.records, 1) if control_name(receipt) == "key_revoked"]


def remove_revocation(draft, turn):
    at = draft.rng.choice(revocations(draft)) - 1
    if turn == 8:
        draft.records[:] = [one for one in draft.records if control_name(one) != "key_revoked"]
        draft.statement["identity"] = []
    elif turn % 4 == 0:
        del draft.records[at:at + 1 + turn // 4]
    elif turn % 4 == 1:
        draft.records[at] = copy.deepcopy(draft.rng.choice(draft.records[:at]))
    elif turn % 4 == 2:
        other = draft.rng.choice([number for number in range(1, len(draft.records)) if number != at])
        draft.records[at], draft.records[other] = draft.records[other], draft.records[at]
    else:
        draft.records[at] = copy.deepcopy(draft.rng.choice(draft.lines))


def from_another_bank(draft, turn):
    """Parts of the other bank's statement; without a bank key a whole one of its own holds."""
    other = draft.other
    if turn < 2:
        draft.statement = {**other, "identity": other["identity"][turn:]}
    elif turn < 5:
        number, _ = draft.line()
        draft.lines[number - 1] = draft.rng.choice(other["lines"])
        return [f"line {number}"]
    elif turn < 7:
        at = draft.rng.randrange(1, len(draft.records))
        draft.records[at] = other["key_records"][min(at, len(other["key_records"]) - 1)]
    elif turn == 7:
        draft.statement["key_records"] = other["key_records"]
        return None
    elif turn == 8:
        draft.statement.update(list=other["list"], list_signature=other["list_signature"])
        return None
    else:
        place, receipt = draft.place()
        theirs = proofs.read_proof(other["lines"][turn % len(other["lines"])]["entry"]["tlog_proof"])
        edit_note(receipt, lambda lines: lines.__setitem__(slice(None), theirs.note[:-1].split("\n")))
        return only(place)


def spoil_list(draft, turn):
    last = len(draft.lines) - 1
    before_signature = [
        lambda made: made.update(create_time=None), lambda made: made.update(log_origin=""),
        lambda made: made["lines"].reverse(), lambda made: made["lines"].append(made["lines"][-1]),
        lambda made: made.update(log_size=made["lines"][-1]["entry_index"])]
    after = [lambda made: made.update(log_size=made["log_size"] + 1),
             lambda made: made["create_time"].update(seconds=made["create_time"]["seconds"] + 1),
             lambda made: made.update(key_id=b""), lambda made: made.update(key_id=made["key_id"] + b"\0")]
    if turn < len(before_signature) + len(after):
        edit_list(draft, [*before_signature, *after][turn])
        return ["whole"]
    edit_list(draft, lambda made: made["lines"][last].update(item_index=made["lines"][last]["item_index"] + 1))
    return ["whole", f"line {last + 1}"]


def spoil_beside(draft, turn):
    """What stands in a receipt beside the signed bytes."""
    place, receipt = draft.place()
    if turn % 4 == 0:
        receipt["entry"]["booked_at"] = {"seconds": receipt["entry"]["booked_at"]["seconds"] + 1, "nanos": 0}
    elif turn % 4 == 1:
        receipt["entry"]["entry_index"] += draft.rng.choice([1, 2, 1000])
    elif turn % 4 == 2:
        receipt["item_index"] += 1
    else:
        receipt["entry"] = None
    return only(place)


def spoil_identity(draft, turn):
    shown = draft.statement["identity"]
    one = shown[turn % len(shown)]
    if turn % 5 == 0:
        one["value"] += "x"
    elif turn % 5 == 1:
        one["salt"] = draft.flip(one["salt"])
    elif turn % 5 == 2:
        one["field"] = [0, 7, 259, -1][turn // 5 % 4]
    elif turn % 5 == 3:
        shown.append(copy.deepcopy(one))
    else:
        one["salt"] = one["salt"][:-1]
    return ["whole"]


KINDS = {
    "item": spoil_item, "salt": spoil_salt, "path-hash": spoil_path_hash, "path-order": spoil_path_order,
    "path-length": spoil_path_length, "leaf": spoil_leaf, "signature": spoil_signature, "key": spoil_key,
    "checkpoint-size": spoil_size, "checkpoint-root": spoil_root, "checkpoint-origin": spoil_origin,
    "account": spoil_account, "line-removed": remove_line, "revocation-removed": remove_revocation,
    "another-bank": from_another_bank, "list": spoil_list, "beside": spoil_beside, "identity": spoil_identity,
}


def encode(statement):
    return json.dumps(statement_json(statement), ensure_ascii=False).encode()


def spoilt(data, bank_key, seed=1, other=None):
    """The cases that anybody could make of the bytes of a statement with a revocation and disclosed identity."""
    statement = strict_json.read_statement(data)
    other = other or Story(f"another {seed}", origin=bank_key.partition("+")[0]).statement()
    cases = []
    seen = {encode(statement)}
    turns = [(kind, turn) for kind in KINDS for turn in range(2 * PATH_EDITS if kind == "path-length" else EACH)]
    for kind, turn in turns:
        name = f"{kind}-{turn + 1}"
        for throw in range(THROWS_MAX):
            draft = Draft(statement, other, random.Random(f"{seed} {name} {throw}"))
            places = KINDS[kind](draft, turn)
            text = encode(draft.statement)
            if text not in seen:
                break
        else:
            raise ValueError(f"{name} cannot be made anew")
        seen.add(text)
        whole_other = kind == "another-bank" and turn < 2
        places = ["key record 1"] if whole_other else places
        cases.append(Case(name, text, bank_key, False, whole_other, places))
    for name, text in json_faults.spoilt(statement_json(statement)):
        cases.append(Case(f"json-{name}", text, bank_key, False, False, ["whole"]))
    return cases


def twisted(seed, group):
    """The cases of a group of twists, that only a bank could make; the seed is that of the bank."""
    return [Case(name, encode(story.statement()), story.verifier_key, twist.places == [], twist.places == [],
                 twist.places) for name, story, twist in twists.stories(seed, group)]


def unharmed(data, bank_key, seed=1):
    """The cases that change nothing that matters."""
    made = statement_json(strict_json.read_statement(data))
    return [Case(f"harmless-{name}", text, bank_key, True, True, [])
            for name, text in harmless.changed(made, random.Random(f"{seed} harmless"))]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--statement", type=pathlib.Path)
    arguments.add_argument("--bank-key")
    arguments.add_argument("folder", type=pathlib.Path)
    chosen = arguments.parse_args()
    if chosen.statement:
        data, bank_key = chosen.statement.read_bytes(), chosen.bank_key
    else:
        story = Story(chosen.seed)
        data, bank_key = encode(story.statement()), story.verifier_key
    cases = [*spoilt(data, bank_key, chosen.seed), *unharmed(data, bank_key, chosen.seed)]
    for group in twists.GROUPS:
        cases += twisted(chosen.seed, group)
    told = []
    for case in cases:
        (chosen.folder / f"{case.name}.json").write_bytes(case.data)
        told.append({"name": case.name, "bank_key": case.bank_key, "holds": case.holds,
                     "holds_without_key": case.holds_without_key, "places": case.places})
    (chosen.folder / "cases.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
