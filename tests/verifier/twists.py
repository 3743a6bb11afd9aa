"""Statements of banks that did something wrong and signed it: every hash and signature on top of it is right.

Each twist changes one thing in a story before it is hashed and signed (make_statement.Bank.altered), and says which
places a verifier has to name, where that follows from the change alone.
"""
import base64

import canonical
import proofs
from make_statement import (ADMIN, POST, SERVICE, Ed25519, Story, inclusion_path, proof_text, signed_note,
                            timestamp)

ELSEWHERE = "another.example/log"
# Ed25519 points of small order (RFC 8032 5.1: y = 1 is the neutral element, y = 0 has order 4), and no point at all.
SMALL = [bytes([1]) + bytes(31), bytes(32), bytes([2]) + bytes(31)]


class Twist:
    """Changes what is of a kind and has a label; None as label: everything of the kind."""

    def __init__(self, kind, label, edit, places=None):
        self.kind, self.label, self.edit, self.places = kind, label, edit, places

    def __call__(self, bank, kind, label, value):
        if kind != self.kind or self.label not in (label, None):
            return value
        changed = self.edit(bank, value)
        return value if changed is None else changed


def put(**fields):
    """Overwrites fields of a message."""
    return lambda _bank, message: message.update(fields)


def record(name):
    """The number of a key record by its label, as a place."""
    order = ["founding", "school admin", "school post", "issuer key", "school post 2", "revoke school post",
             "issuer key 2", "revoke issuer key", "operator key 3", "revoke operator key", "revoke school admin",
             "school admin 2"]
    return f"key record {order.index(name) + 1}"


def of_transactions():
    """What a signed transaction may have wrong."""
    def of_items(**fields):
        return Twist("transaction", "certificate", lambda _bank, said: said["items"].update(fields), ["line 7"])

    def at(time):
        return Twist("transaction", "certificate", put(create_time=time), ["line 7"])

    return {
        "origin": Twist("transaction", "certificate", put(log_origin=ELSEWHERE), ["line 7"]),
        "another-institution": Twist("transaction", "certificate", put(institution_id="school-one"), ["line 7"]),
        "items-root": of_items(items_root=bytes(32)), "short-root": of_items(items_root=b""),
        "item-count": of_items(item_count=2), "no-items": of_items(item_count=0),
        "nothing-said": Twist("transaction", "certificate", put(items=None), ["line 7"]),
        "founding-origin": Twist("transaction", "founding", put(log_origin=ELSEWHERE), ["key record 1"]),
        "founding-institution": Twist("transaction", "founding", put(institution_id="school-one"), ["key record 1"]),
        "registered-by-stranger": Twist("transaction", "school admin 2", put(institution_id="school-two"),
                                        [record("school admin 2"), "line 13"]),
        "no-time": at(None), "time-of-nanoseconds": at(timestamp(1_780_000_000, 999)),
        "time-of-2200": at(timestamp(7_258_118_400)),
        "unknown-duty": Twist("transaction", "school admin 2", lambda _bank, said: said["control"]["key_registered"]
                                 .update(duties=[POST, 9]), [record("school admin 2"), "line 13"]),
    }


def of_signers():
    """Who may not sign what."""
    def signers(label, names, places):
        return Twist("signers", label, lambda _bank, _names: list(names), places)

    return {
        "revoked-key": signers("results", ["s-post"], ["line 4", "line 5", "line 6"]),
        "later-key": signers("opening", ["s-post-2"], None),
        "key-of-another": signers("certificate", ["s-post-2"], ["line 7"]),
        "key-of-the-operator": signers("certificate", ["o1"], ["line 7"]),
        "one-of-two-revoked": signers("correction", ["s-post-2", "s-post"], ["line 11", "line 12"]),
        "unknown-key": signers("last result", ["x-post"], ["line 13"]),
        "key-twice": signers("correction", ["s-admin", "s-admin"], ["line 11", "line 12"]),
        "nobody": signers("certificate", [], ["line 7"]),
        "five": signers("correction", ["s-admin", "s-post-2"] * 2 + ["s-admin"], ["line 11", "line 12"]),
        "founding-twice": signers("founding", ["o1", "o2"], ["key record 1"]),
        "founding-by-second": signers("founding", ["o2"], ["key record 1"]),
        "founding-by-service": signers("founding", ["service"], ["key record 1"]),
        "registered-without-admin": signers("operator key 3", ["service"], None),
        "registered-by-post": signers("school post 2", ["s-post"], None),
        "revoked-by-revoked": signers("revoke school admin", ["o2"], None),
        "revoked-by-later": signers("revoke issuer key", ["i-one"], []),
        "two-admins": signers("revoke operator key", ["o1", "o3"], []),
        "admin-and-post": signers("school post 2", ["s-post", "s-admin"], []),
    }


def of_keys():
    """What a registration, a revocation or the founding may have wrong."""
    def spki(edit):
        return Twist("registration", "s-admin-2", lambda _bank, made: made.update(spki=edit(made["spki"])),
                     [record("school admin 2"), "line 13"])

    twists = {f"point-{number}": spki(lambda data, point=point: data[:12] + point)
              for number, point in enumerate([*SMALL, b"\xff" * 32, bytes([0xec] + [0xff] * 30 + [0x7f])], 1)}
    after = [record("school admin 2"), "line 13"]
    return {
        **twists, "key-longer": spki(lambda data: data + b"\0"), "key-shorter": spki(lambda data: data[:-1]),
        "key-of-no-form": spki(lambda data: bytes([data[0] ^ 1]) + data[1:]), "key-empty": spki(lambda _data: b""),
        "registered-before": Twist("registration", "s-admin-2", lambda bank, _made: bank.registration(
            "s-admin", Story.SCHOOL, [POST, ADMIN]), after),
        "claim-of-another-log": Twist("claim", "s-admin-2", put(log_origin=ELSEWHERE), after),
        "claim-of-another": Twist("claim", "s-admin-2", put(institution_id=Story.ISSUER), after),
        "claim-of-other-duties": Twist("claim", "s-admin-2", put(duties=[POST]), after),
        "claim-of-another-key": Twist("claim", "s-admin-2", put(key_id=bytes(32)), after),
        "key-of-nobody": Twist("registration", "s-admin-2", put(institution_id=""), after),
        "off-the-curve": Twist("registration", "s-admin", lambda _bank, made: made.update(
            spki=made["spki"][:-1] + bytes([made["spki"][-1] ^ 1]))),
        "off-the-curve-sm2": Twist("registration", "i-one", lambda _bank, made: made.update(
            spki=made["spki"][:-1] + bytes([made["spki"][-1] ^ 1]))),
        "revoked-of-another": Twist("revocation", "s-admin", put(institution_id=Story.ISSUER)),
        "revoked-unknown": Twist("revocation", "s-admin", put(key_id=bytes(32)), None),
        "revoked-again": Twist("revocation", "s-admin", lambda bank, made: made.update(
            key_id=bank.signature("s-post", b"")["key_id"])),
        "log-key-short": Twist("founding", "founding", put(log_key=bytes(31)), ["key record 1"]),
        "log-key-another": Twist("founding", "founding", lambda bank, made: made.update(
            log_key=Ed25519(bank.rng).public), ["key record 1"]),
        "log-key-small": Twist("founding", "founding", put(log_key=SMALL[0]), ["key record 1"]),
        "no-operator": Twist("founding", "founding", put(operator=None), ["key record 1"]),
        "no-operator-keys": Twist("founding", "founding", put(operator_keys=[]), ["key record 1"]),
        "no-service-key": Twist("founding", "founding", put(service_key=None), ["key record 1"]),
        "service-key-of-another": Twist("registration", "service", put(institution_id="school-one"), ["key record 1"]),
        "service-key-again": Twist("registration", "service", lambda bank, _made: bank.registration(
            "o1", Story.OPERATOR, [SERVICE]), ["key record 1"]),
        "service-without-duty": Twist("registration", "service", lambda _bank, made: made.update(duties=[POST]),
                                      ["key record 1"]),
    }


def of_entries():
    """What the bank may write wrongly around a transaction."""
    def flip_signature(_bank, entry):
        signature = entry["signatures"][0]
        signature["signature"] = bytes([signature["signature"][0] ^ 1]) + signature["signature"][1:]

    def signature(value):
        return lambda _bank, entry: entry["signatures"][0].update(signature=value)

    def entry(label, edit, *places):
        return Twist("entry", label, edit, list(places) or None)

    order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
    last = "line 13"
    return {
        "version": entry("last result", put(version=2), last), "version-0": entry("last result", put(version=0), last),
        "chain-zero": entry("last result", put(key_chain=bytes(32)), last),
        "chain-short": entry("last result", put(key_chain=bytes(31)), last),
        "chain-of-operator": entry("last result", lambda bank, made: made.update(key_chain=bank.chains["bank"]), last),
        "founding-chain": entry("founding", put(key_chain=bytes(31) + b"\1"), "key record 1"),
        "signature-flipped": entry("last result", flip_signature, last),
        "signature-short": entry("last result", signature(bytes(63)), last),
        "signature-zero": entry("last result", signature(bytes(64)), last),
        "signature-empty": entry("last result", signature(b""), last),
        "p256-r-too-large": entry("certificates", signature(order.to_bytes(32, "big") + bytes(31) + b"\1"), "line 9",
                                  "line 10"),
        "sm2-zero": entry("results", signature(bytes(64)), "line 4", "line 5", "line 6"),
        "sm2-flipped": entry("results", flip_signature, "line 4", "line 5", "line 6"),
        "p256-flipped": entry("certificates", flip_signature, "line 9", "line 10"),
        "transaction-empty": entry("last result", put(transaction=b""), last),
        "transaction-more": entry("last result", lambda _bank, made: made.update(
            transaction=made["transaction"] + b"\xf8\x01\1"), last),
        "transaction-long-varint": entry("last result", lambda _bank, made: made.update(
            transaction=b"\x0a\x93\0" + made["transaction"][2:]), last),
        "no-time": entry("last result", put(booked_at=None), last),
        "time-of-nanoseconds": entry("last result", put(booked_at=timestamp(1_780_000_000, 1)), last),
        "time-of-2200": entry("last result", put(booked_at=timestamp(7_258_118_400)), "whole"),
        "p256-high-s": Twist("entry", "certificates", lambda bank, made: made["signatures"][0].update(
            signature=mirrored(made["signatures"][0]["signature"], order)), []),
    }


def mirrored(signature, order):
    """r and -s: as valid in ECDSA as r and s."""
    return signature[:32] + (order - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")


def fork(bank, size):
    """The note and the leaf hashes of a log of this size that differs in its last entry."""
    leaves = [proofs.leaf_hash(leaf) for leaf in bank.leaves[:size - 1]] + [proofs.leaf_hash(b"another entry")]
    root = base64.b64encode(proofs.tree_root(leaves)).decode()
    return signed_note(f"{bank.origin}\n{size}\n{root}\n", bank.origin, bank.log_key), leaves


def of_checkpoints():
    """What the bank may sign about its log."""
    def note(edit, places=None):
        return Twist("checkpoint", None, lambda _bank, text: "\n".join(edit(text.split("\n"))), places)

    def second_history(bank, receipt):
        note_text, leaves = fork(bank, bank.size)
        index = receipt["entry"]["entry_index"]
        receipt["entry"]["tlog_proof"] = proof_text(index, inclusion_path(leaves, index), note_text)

    return {
        "fork-in-line": Twist("receipt", ("results", 1), second_history, ["line 4"]),
        "fork-in-later-line": Twist("receipt", ("certificates", 1), second_history, ["line 9"]),
        "more-lines": note(lambda lines: [*lines[:3], "extension", ""], []),
        "origin": note(lambda lines: [ELSEWHERE, *lines[1:]], ["key record 1"]),
        "empty-origin": note(lambda lines: ["", *lines[1:]], ["key record 1"]),
        "leading-zero": note(lambda lines: [lines[0], "0" + lines[1], *lines[2:]], ["key record 1"]),
        "plus": note(lambda lines: [lines[0], "+" + lines[1], *lines[2:]], ["key record 1"]),
        "size-0": note(lambda lines: [lines[0], "0", *lines[2:]], ["key record 1"]),
        "two-lines": note(lambda lines: [*lines[:2], ""], ["key record 1"]),
        "root-short": note(lambda lines: [*lines[:2], "AAAA", *lines[3:]], ["key record 1"]),
        "root-unpadded": note(lambda lines: [*lines[:2], lines[2].rstrip("="), *lines[3:]], ["key record 1"]),
        "carriage-return": note(lambda lines: [lines[0], lines[1] + "\r", *lines[2:]], ["key record 1"]),
    }


def of_lists():
    """What the bank may sign about an account."""
    def made(edit, *places):
        return Twist("list", "list", edit, list(places))

    def signer(name):
        return Twist("list_signer", "list", lambda _bank, _name: name, ["whole"])

    def key(name):
        return lambda bank, message: message.update(key_id=bank.signature(name, b"")["key_id"])

    lines = [f"line {number}" for number in range(1, 14)]
    return {
        "signed-by-admin": signer("o1"), "signed-by-school": signer("s-admin-2"),
        "key-of-admin": made(key("o1"), "whole"),
        "key-revoked": made(key("o2"), "whole"), "key-of-school": made(key("s-post"), "whole"),
        "key-unknown": made(put(key_id=bytes(32)), "whole"), "key-none": made(put(key_id=b""), "whole"),
        "other-account": made(lambda bank, message: message.update(account_no=bank.neighbour), *lines),
        "no-time": made(put(create_time=None), "whole"), "no-origin": made(put(log_origin=""), "whole"),
        "other-origin": made(put(log_origin=ELSEWHERE), "key record 1"),
        "size-too-small": made(put(log_size=8), "whole"), "size-0": made(put(log_size=0), "whole"),
        "size-larger": made(put(log_size=1000)),
        "no-lines": made(put(lines=[]), "whole"),
        "time-of-nanoseconds": made(put(create_time=timestamp(1_780_000_000, 1)), "whole"),
        "time-of-1899": made(put(create_time=timestamp(-2_208_988_801)), "whole"),
    }


def of_statements():
    """What may be left out of, or put into, what the bank signed rightly."""
    def neighbours(bank, statement):
        found = [bank.receipt(line["entry_index"], line["item_index"], bank.size) for line in
                 bank.positions(bank.neighbour)]
        statement["lines"][0] = found[0]

    def without(label):
        def edit(bank, statement):
            index = bank.labels.index(label)
            statement["key_records"] = [one for one in statement["key_records"] if one["entry"]["entry_index"] != index]
        return edit

    def put_record(label):
        def edit(bank, statement):
            index = bank.labels.index(label)
            statement["key_records"].append(bank.receipt(index, 0, bank.size))
            statement["key_records"].sort(key=lambda one: one["entry"]["entry_index"])
        return edit

    def statement(edit, places=None):
        return Twist("statement", "statement", edit, places)

    def founding_with(**fields):
        return statement(lambda _bank, made: made["key_records"][0].update(fields), ["key record 1"])

    return {
        "neighbour-in-line": statement(neighbours, ["line 1"]),
        "no-key-records": statement(put(key_records=[]), ["key record 1"]),
        "no-lines": statement(put(lines=[]), ["whole"]), "no-identity": statement(put(identity=[]), []),
        "founding-missing": statement(without("founding"), ["key record 1"]),
        **{f"without-{label.replace(' ', '-')}": statement(without(label)) for label in (
            "school admin", "school post", "issuer key", "revoke school post", "revoke issuer key",
            "revoke operator key", "revoke school admin", "school admin 2", "operator key 3")},
        "institution-as-key-record": statement(put_record("institution school-one"), ["key record 2"]),
        "key-of-a-stranger-too": statement(put_record("other key"), []),
        "founding-with-item": founding_with(item=canonical.encode("Item", {"salt": bytes(16)})),
        "founding-with-index": founding_with(item_index=1), "founding-with-path": founding_with(item_path=[bytes(32)]),
    }


GROUPS = {"transaction": of_transactions, "signers": of_signers, "keys": of_keys, "entry": of_entries,
          "checkpoint": of_checkpoints, "list": of_lists, "statement": of_statements}


def stories(seed, group):
    """(name, story, twist) of every twist of a group; what is wrong in a story shows when its statement is made."""
    for name, twist in GROUPS[group]().items():
        yield f"twist-{group}-{name}", Story(seed, change=twist), twist
