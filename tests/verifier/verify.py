#!/usr/bin/python3
"""A second verifier of statements, after docs/formats.md section 9 and the contract, and nothing else.

usage: verify.py [--bank-key VKEY] [--json] STATEMENT ...

Several files are the parts of one statement, in their order. Prints a line for each finding, which records parts cover,
and the verdict: verified, internally consistent (bank unconfirmed), or not valid.
Exit status: 0 the statement holds, 4 it does not.
"""
import argparse
import dataclasses
import json
import pathlib
import sys

import canonical
import proofs
import strict_json
from proto_schema import SCHEMA
from signatures import KEY_CLAIM, STATEMENT, TRANSACTION, pae, read_key, sha256, verifies

ENTRY_MAX = 65535
ITEM_MAX = 256 * 1024
HASH_SIZE = 32
SALT_SIZE = 16
INSTITUTION_ID_MAX = 32
SIGNATURES_MAX = 4
CHAIN_LINK = b"\2"
CHAIN_START = bytes(HASH_SIZE)
DUTY = {name.removeprefix("DUTY_"): number for number, name in SCHEMA.enums["Duty"].items()}
FIELD_END = 256  # a field's number is one byte of its commitment
WHOLE = ("whole",)
VERDICTS = {"verified": "verified", "consistent": "internally consistent, bank unconfirmed", "invalid": "not valid"}


class Failed(Exception):
    """A check that failed; says what, and where if that is not the place under way."""

    def __init__(self, text, place=None):
        super().__init__(text)
        self.place = place


class Stop(Exception):
    """Nothing more can be checked."""


def require(condition, text):
    if not condition:
        raise Failed(text)


@dataclasses.dataclass
class Key:
    """A registered key and the entries between which it may sign."""

    institution_id: str
    duties: list
    public: object
    registered_at: int
    revoked_at: int | None = None

    def signs_at(self, index):
        return self.registered_at < index and (self.revoked_at is None or self.revoked_at >= index)


@dataclasses.dataclass
class Entry:
    """A log entry that has been opened."""

    index: int
    data: bytes
    proof: str
    message: dict
    transaction: dict

    @property
    def control(self):
        """Name and record of a control entry, or (None, None)."""
        control = self.transaction["control"] or {"body": None}
        return control["body"], control.get(control["body"])


class Verifier:
    """What is known of the log and its keys while a statement is read."""

    def __init__(self, bank_key=None):
        self.bank_key_text = bank_key
        self.bank_key = None
        self.findings = []
        self.list_bytes = b""
        self.list = {}
        self.operator = None
        self.keys = {}
        self.chains = {}       # institution -> [(index, chain after it)]
        self.last_taken = 0
        self.roots = {}        # size -> root, of places that held
        self.commitments = []  # of every account_opened among the lines

    def check(self, place, work, *arguments):
        """Whether the work at a place went through; what failed is kept as the place's finding."""
        try:
            work(*arguments)
        except Failed as error:
            self.findings.append((error.place or place, str(error)))
            return False
        except (proofs.NoProof, canonical.NotCanonical, strict_json.NotJson) as error:
            self.findings.append((place, str(error)))
            return False
        return True

    def verify(self, data):
        """Runs the steps of the page in their order; returns the verdict."""
        try:
            self.run(data)
        except Stop:
            pass
        if self.findings:
            return "invalid"
        return "verified" if self.bank_key_text is not None else "consistent"

    def run(self, data):
        if not self.check(WHOLE, self.read_whole, data):
            raise Stop
        if not self.check(("key_record", 1), self.check_founding):
            raise Stop
        for number, receipt in enumerate(self.statement["key_records"][1:], 2):
            self.check(("key_record", number), self.check_key_record, receipt)
        self.check(WHOLE, self.check_list_signature)
        for number, (line, receipt) in enumerate(zip(self.list["lines"], self.statement["lines"]), 1):
            self.check(("line", number), self.check_line, line, receipt)
        if not self.findings:
            self.check(WHOLE, self.check_identity)

    # Step 1.

    def read_whole(self, data):
        self.statement = strict_json.read_statement(data)
        self.list_bytes = self.statement["list"]
        self.list = canonical.decode("StatementList", self.list_bytes)
        require(self.list["create_time"] is not None, "the list has no time")
        require(self.list["log_origin"] != "", "the list names no log")
        positions = [position(line) for line in self.list["lines"]]
        after = [position(self.list["after"])] if self.list["after"] is not None else []
        ascending = after + positions
        require(all(one < other for one, other in zip(ascending, ascending[1:])), "the list's lines do not ascend")
        require(all(index < self.list["log_size"] for index, _ in ascending), "a line is beyond the list's log size")
        require(positions or not self.list["goes_on"], "the list goes on, and has no line")
        require(len(positions) == len(self.statement["lines"]), "the list has another number of lines")

    # Step 2.

    def check_founding(self):
        require(self.statement["key_records"], "there is no key record")
        receipt = self.statement["key_records"][0]
        self.check_control_receipt(receipt)
        entry = self.open_entry(receipt)
        require(entry.index == 0, "it is not entry 0")
        name, founding = entry.control
        require(name == "founding", "it is not the founding")
        operator = entry.transaction["institution_id"]
        require(founding["operator"] is not None and founding["operator"]["institution_id"] == operator,
                "the operator is not who signs")
        require(founding["operator_keys"], "the operator has no key")
        require(founding["service_key"] is not None, "there is no service key")
        require(len(founding["log_key"]) == HASH_SIZE, "the log key has not 32 bytes")
        for registration in [*founding["operator_keys"], founding["service_key"]]:
            require(registration["institution_id"] == operator, "a key is not the operator's")
            self.register(registration, entry)
        require(entry.message["key_chain"] == CHAIN_START, "the key chain does not begin with zeros")
        self.check_founding_signature(entry, founding)
        self.settle_bank_key(founding)
        self.hold_root(self.prove(entry))
        self.operator = operator
        self.advance_chain(operator, entry)

    @staticmethod
    def check_founding_signature(entry, founding):
        spki = founding["operator_keys"][0]["spki"]
        require(len(entry.message["signatures"]) == 1, "the founding has not one signature")
        signature = entry.message["signatures"][0]
        require(signature["key_id"] == sha256(spki), "it is not signed by the operator's first key")
        signed = pae(TRANSACTION, entry.message["transaction"])
        require(verifies(read_key(spki), signature["signature"], signed), "the signature does not verify")

    def settle_bank_key(self, founding):
        self.bank_key = proofs.VerifierKey(self.list["log_origin"], founding["log_key"])
        if self.bank_key_text is None:
            return
        try:
            given = proofs.read_verifier_key(self.bank_key_text)
        except proofs.NoProof as error:
            raise Failed(f"the bank's key: {error}", WHOLE) from error
        require(given.name == self.list["log_origin"], "the bank's key is another log's")
        require(given.public == founding["log_key"], "the founding names another log key")

    # Step 3.

    @staticmethod
    def check_control_receipt(receipt):
        require(not receipt["item"] and not receipt["item_path"] and receipt["item_index"] == 0,
                "a control record has no item")

    def check_key_record(self, receipt):
        self.check_control_receipt(receipt)
        entry = self.open_entry(receipt)
        checkpoint = self.prove(entry)
        self.check_chain(entry)
        signers = self.check_signatures(entry)
        require(entry.index > self.last_taken, "it is not after the key record before it")
        name, record = entry.control
        require(name in ("key_registered", "key_revoked"), "it is not about a key")
        require(entry.transaction["institution_id"] in (self.operator, record["institution_id"]),
                "it is by neither the operator nor the institution")
        require(any(DUTY["ADMIN"] in key.duties for key in signers), "no signing key has the duty ADMIN")
        if name == "key_registered":
            self.register(record, entry)
        else:
            self.revoke(record, entry)
        self.last_taken = entry.index
        self.advance_chain(record["institution_id"], entry)
        self.hold_root(checkpoint)

    def revoke(self, record, entry):
        key = self.keys.get(record["key_id"])
        require(key is not None and key.institution_id == record["institution_id"],
                "the revoked key was not registered")
        require(key.revoked_at is None, "the key was revoked before")
        key.revoked_at = entry.index

    # Step 4.

    def check_list_signature(self):
        key = self.keys.get(self.list["key_id"])
        require(key is not None and key.institution_id == self.operator and DUTY["SERVICE"] in key.duties,
                "the list is not signed by a service key of the operator")
        require(key.signs_at(self.list["log_size"]), "the service key was not valid at the list's log size")
        require(verifies(key.public, self.statement["list_signature"], pae(STATEMENT, self.list_bytes)),
                "the list's signature does not verify")

    # Step 5.

    def check_line(self, line, receipt):
        entry = self.open_entry(receipt)
        require(len(receipt["item"]) <= ITEM_MAX, "the item is too long")
        item = canonical.decode("Item", receipt["item"])
        require(len(item["salt"]) == SALT_SIZE, "the salt has not 16 bytes")
        require(item["body"] is not None, "the item says nothing")
        require((entry.index, receipt["item_index"]) == (line["entry_index"], line["item_index"]),
                "it is at another position than the list says")
        body = item[item["body"]]
        require(body.get("account_no") == self.list["account_no"], "it is not about the account")
        items = entry.transaction["items"]
        require(items is not None, "its transaction has no items")
        require(proofs.path_leads(proofs.leaf_hash(receipt["item"]), receipt["item_index"], items["item_count"],
                                  receipt["item_path"], items["items_root"]), "the item is not the transaction's")
        checkpoint = self.prove(entry)
        self.check_chain(entry)
        self.check_signatures(entry)
        self.hold_root(checkpoint)
        if item["body"] == "account_opened":
            self.commitments += body["commitments"]

    # Step 6.

    def open_entry(self, receipt):
        booked = receipt["entry"] or canonical.empty("BookedEntry")
        data = booked["log_entry"]
        require(len(data) <= ENTRY_MAX, "the entry is too long")
        message = canonical.decode("LogEntry", data)
        require(message["version"] == 1, "the entry's version is not 1")
        require(len(message["key_chain"]) == HASH_SIZE, "the key chain has not 32 bytes")
        transaction = canonical.decode("Transaction", message["transaction"])
        require(transaction["content"] is not None, "the transaction says nothing")
        require(transaction["log_origin"] == self.list["log_origin"], "the transaction is for another log")
        require(message["booked_at"] is not None and transaction["create_time"] is not None, "a time is missing")
        require(booked["booked_at"] == message["booked_at"], "the time beside the entry is not its own")
        return Entry(booked["entry_index"], data, booked["tlog_proof"], message, transaction)

    # Step 7.

    def register(self, registration, entry):
        require(1 <= len(registration["institution_id"].encode()) <= INSTITUTION_ID_MAX, "the key is nobody's")
        try:
            public = read_key(registration["spki"])
        except ValueError as error:
            raise Failed(str(error)) from error
        key_id = sha256(registration["spki"])
        require(key_id not in self.keys, "the key was registered before")
        claim = canonical.encode("KeyClaim", {
            "log_origin": entry.transaction["log_origin"], "institution_id": registration["institution_id"],
            "key_id": key_id, "duties": registration["duties"]})
        require(verifies(public, registration["proof_of_possession"], pae(KEY_CLAIM, claim)),
                "the key's own signature does not verify")
        self.keys[key_id] = Key(registration["institution_id"], registration["duties"], public, entry.index)

    # Step 8.

    def prove(self, entry):
        checkpoint = proofs.prove(entry.proof, entry.index, entry.data, self.bank_key)
        require(self.roots.get(checkpoint.size, checkpoint.root) == checkpoint.root,
                "the bank has signed two histories")
        return checkpoint

    def hold_root(self, checkpoint):
        self.roots[checkpoint.size] = checkpoint.root

    # Step 9.

    def chain_before(self, institution_id, index):
        chain = CHAIN_START
        for at, after in self.chains.get(institution_id, []):
            if at < index:
                chain = after
        return chain

    def advance_chain(self, institution_id, entry):
        before = self.chain_before(institution_id, entry.index)
        after = sha256(CHAIN_LINK, before, proofs.leaf_hash(entry.data))
        self.chains.setdefault(institution_id, []).append((entry.index, after))

    def check_chain(self, entry):
        expected = self.chain_before(entry.transaction["institution_id"], entry.index)
        require(entry.message["key_chain"] == expected, "the key chain is not that of the key records")

    def check_signatures(self, entry):
        """The keys that signed an entry."""
        found = {signature["key_id"]: signature["signature"] for signature in entry.message["signatures"]}
        require(1 <= len(entry.message["signatures"]) <= SIGNATURES_MAX, "there are not 1 to 4 signatures")
        require(len(found) == len(entry.message["signatures"]), "a key signed twice")
        signed = pae(TRANSACTION, entry.message["transaction"])
        for key_id, signature in found.items():
            key = self.keys.get(key_id)
            require(key is not None and key.institution_id == entry.transaction["institution_id"],
                    "a signing key is not the institution's")
            require(key.signs_at(entry.index), "a signing key was not valid at the entry")
            require(verifies(key.public, signature, signed), "a signature does not verify")
        return [self.keys[key_id] for key_id in found]

    # Step 10.

    def check_identity(self):
        fields = [disclosed["field"] for disclosed in self.statement["identity"]]
        require(len(set(fields)) == len(fields), "a field is disclosed twice")
        for disclosed in self.statement["identity"]:
            require(0 < disclosed["field"] < FIELD_END, "there is no such field of a person")
            require(len(disclosed["salt"]) == SALT_SIZE, "a disclosed salt has not 16 bytes")
            value = sha256(disclosed["salt"], bytes([disclosed["field"]]), disclosed["value"].encode())
            require({"field": disclosed["field"], "hash": value} in self.commitments,
                    "a disclosed field is not what was committed to")


    # Step 11.

    def check_joins(self, before):
        """That this part follows the last of these."""
        last = before[-1]
        require(self.list["log_origin"] == last.list["log_origin"], "the part is of another log")
        require(self.list["account_no"] == last.list["account_no"], "the part is of another account")
        require(self.founding == last.founding, "the part is of another bank")
        require(last.list["goes_on"], "nothing follows the part before")
        require(self.list["after"] is not None, "the part begins with the first record")
        require(position(self.list["after"]) == position(last.list["lines"][-1]),
                "the part does not begin where the one before it ends")
        require(all(part.roots.get(size, root) == root for part in before for size, root in self.roots.items()),
                "the bank has signed two histories")

    @property
    def founding(self):
        return self.statement["key_records"][0]["entry"]["log_entry"]


def position(line):
    return line["entry_index"], line["item_index"]


def place_text(place):
    return " ".join(str(part).replace("_", " ") for part in place)


def verify(data, bank_key=None):
    """Verdict, and the findings as (place, text); a place is ("whole",), ("key_record", n) or ("line", n)."""
    verifier = Verifier(bank_key)
    return verifier.verify(data), verifier.findings


def verify_parts(parts, bank_key=None):
    """Verdict on all, the findings of each, and what they cover; "" unless they hold and are not a whole statement."""
    verifiers = [Verifier(bank_key) for _ in parts]
    verdicts = [verifier.verify(data) for verifier, data in zip(verifiers, parts)]
    for number, verifier in enumerate(verifiers):
        if any(one.findings for one in verifiers[:number + 1]):
            break
        if number > 0 and not verifier.check(WHOLE, verifier.check_joins, verifiers[:number]):
            verdicts[number] = "invalid"
    findings = [verifier.findings for verifier in verifiers]
    if "invalid" in verdicts:
        return "invalid", findings, ""
    return verdicts[0], findings, coverage(verifiers[0].list["after"], verifiers[-1].list["goes_on"])


def coverage(after, goes_on):
    """Which of the account's records parts have; "" if all."""
    if after is None and not goes_on:
        return ""
    begins = "from the first record on" if after is None else "behind entry {}, item {}".format(*position(after))
    follows = ("more follow in another part, which may correct or revoke what stands here" if goes_on
               else "up to the last record")
    return f"part: records {begins}; {follows}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--bank-key")
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("statement", type=pathlib.Path, nargs="+")
    chosen = arguments.parse_args()
    verdict, findings, covered = verify_parts([path.read_bytes() for path in chosen.statement], chosen.bank_key)
    found = [(number, place_text(place), text) for number, of_part in enumerate(findings, 1) for place, text in of_part]
    if chosen.json:
        print(json.dumps({"verdict": verdict, "covers": covered, "findings": [
            {"part": number, "place": place, "text": text} for number, place, text in found]}))
    else:
        for number, place, text in found:
            print(f"part {number}, {place}: {text}" if len(findings) > 1 else f"{place}: {text}")
        print(*filter(None, [covered, VERDICTS[verdict]]), sep="\n")
    return 4 if found else 0


if __name__ == "__main__":
    sys.exit(main())
