#!/usr/bin/python3
"""Makes a statement from nothing: a bank with keys of its own, a small story in its log, an account's records.

usage: make_statement.py [--seed N] FOLDER     writes FOLDER/statement.json and FOLDER/bank.vkey

All follows from the seed: keys, salts, signatures. A `change` may spoil one thing before it is hashed and signed, so
that a statement can be wrong in its meaning and right in every hash.
"""
import argparse
import base64
import copy
import datetime
import json
import pathlib
import random

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import canonical
import proofs
import signatures
from proto_schema import SCHEMA
from signatures import KEY_CLAIM, P256, SM2, STATEMENT, TRANSACTION, pae, sha256

POST, RULES, ADMIN, SERVICE = 1, 4, 5, 6
KIND_OPERATOR, KIND_SCHOOL, KIND_ISSUER = 1, 3, 4
START = 1_780_000_000
MINUTE = 60
EPOCH = datetime.datetime(1970, 1, 1)
ORIGIN = "bank.example.cn/log"
PERSON = {1: "DOCUMENT_TYPE_PASSPORT", 2: "E12345678", 3: "林晓雯"}


class Ed25519:
    def __init__(self, rng):
        self.private = ed25519.Ed25519PrivateKey.from_private_bytes(rng.randbytes(32))
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.spki = signatures.Ed25519Key.PREFIX + self.public

    def sign(self, message):
        return self.private.sign(message)


class OnCurve:
    """A key on P-256 or SM2; its nonces come from the seed, so nothing else may ever be signed with it."""

    CURVE = None
    FORM = None

    def __init__(self, rng):
        self.rng = rng
        self.secret = rng.randrange(1, self.CURVE.order - 1)
        self.point = self.CURVE.times(self.secret, self.CURVE.base)
        self.spki = self.FORM.PREFIX + join(*self.point)


class P256Signer(OnCurve):
    CURVE, FORM = P256, signatures.P256Key

    def sign(self, message):
        order = P256.order
        nonce = self.rng.randrange(1, order)
        r = P256.times(nonce, P256.base)[0] % order
        digest = int.from_bytes(sha256(message), "big")
        return join(r, (digest + r * self.secret) * pow(nonce, -1, order) % order)


class Sm2Signer(OnCurve):
    CURVE, FORM = SM2, signatures.Sm2Key

    def sign(self, message):
        order = SM2.order
        nonce = self.rng.randrange(1, order)
        r = (signatures.sm2_digest(self.point, message) + SM2.times(nonce, SM2.base)[0]) % order
        return join(r, (nonce - r * self.secret) * pow(1 + self.secret, -1, order) % order)


def join(x, y):
    return x.to_bytes(32, "big") + y.to_bytes(32, "big")


def inclusion_path(leaves, index):
    """RFC 9162 2.1.3.1."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*inclusion_path(leaves[:half], index), proofs.tree_root(leaves[half:])]
    return [*inclusion_path(leaves[half:], index - half), proofs.tree_root(leaves[:half])]


def account_number(rng):
    digits = [2, 0, 2, 6, *(rng.randrange(10) for _ in range(9))]
    doubled = [digit * 2 - 9 * (digit > 4) if place % 2 == 0 else digit
               for place, digit in enumerate(reversed(digits))]
    return "".join(map(str, digits)) + str(-sum(doubled) % 10)


def timestamp(seconds, nanos=0):
    return {"seconds": seconds, "nanos": nanos}


def date(year, month, day):
    return {"year": year, "month": month, "day": day}


def signed_note(text, name, key):
    key_hash = proofs.VerifierKey(name, key.public).key_hash
    line = base64.b64encode(key_hash + key.sign(text.encode())).decode()
    return f"{text}\n{proofs.DASH} {name} {line}\n"


def proof_text(index, path, note, extra=None):
    lines = [proofs.PROOF_HEADER]
    lines += [] if extra is None else [f"extra {base64.b64encode(extra).decode()}"]
    lines += [f"index {index}", *(base64.b64encode(one).decode() for one in path), "", note]
    return "\n".join(lines)


class Bank:
    """A log with what is booked in it."""

    OPERATOR = "bank"

    def __init__(self, seed=1, origin=ORIGIN, change=None):
        self.rng = random.Random(f"creditbank {seed}")
        self.origin = origin
        self.change = change or (lambda _bank, _kind, _label, value: value)
        self.log_key = Ed25519(self.rng)
        self.keys = {}
        self.labels = []    # of the entries
        self.entries = []   # LogEntry messages
        self.leaves = []    # their bytes
        self.items = []     # lists of item bytes
        self.touched = []   # whose keys an entry touched, or None
        self.chains = {}
        self.notes = {}
        self.now = START

    @property
    def verifier_key(self):
        return str(proofs.VerifierKey(self.origin, self.log_key.public))

    def altered(self, kind, label, value):
        """What a change makes of a thing before it is hashed or signed."""
        return self.change(self, kind, label, value)

    def new_key(self, name, kind=Ed25519):
        self.keys[name] = kind(self.rng)
        return self.keys[name]

    def registration(self, name, institution_id, duties):
        key = self.keys[name]
        claim = {"log_origin": self.origin, "institution_id": institution_id, "key_id": sha256(key.spki),
                 "duties": duties}
        claim = self.altered("claim", name, claim)
        made = {"institution_id": institution_id, "spki": key.spki, "duties": duties,
                "proof_of_possession": key.sign(pae(KEY_CLAIM, canonical.encode("KeyClaim", claim)))}
        return self.altered("registration", name, made)

    def book(self, label, institution_id, signers, content, items=()):
        """Appends an entry; returns its index."""
        self.now += MINUTE
        transaction = {"log_origin": self.origin, "institution_id": institution_id,
                       "request_id": self.rng.randbytes(16), "create_time": timestamp(self.now, 1000), **content}
        data = canonical.encode("Transaction", self.altered("transaction", label, transaction))
        signers = self.altered("signers", label, list(signers))
        entry = {"version": 1, "booked_at": timestamp(self.now + 1, 250_000_000),
                 "key_chain": self.chains.get(institution_id, bytes(32)), "transaction": data,
                 "signatures": [self.signature(name, pae(TRANSACTION, data)) for name in signers]}
        entry = self.altered("entry", label, entry)
        self.labels.append(label)
        self.entries.append(entry)
        self.leaves.append(canonical.encode("LogEntry", entry))
        self.items.append(list(items))
        self.advance(content)
        return len(self.entries) - 1

    def signature(self, name, message):
        return {"key_id": sha256(self.keys[name].spki), "signature": self.keys[name].sign(message)}

    def advance(self, content):
        """The key chain of whom a control record touched."""
        record = content.get("control", {})
        touched = [one["institution_id"] for one in
                   (record.get("key_registered"), record.get("key_revoked")) if one is not None]
        if "founding" in record:
            touched = [self.OPERATOR]
        self.touched.append(touched[0] if touched else None)
        for institution_id in touched:
            before = self.chains.get(institution_id, bytes(32))
            self.chains[institution_id] = sha256(b"\2", before, proofs.leaf_hash(self.leaves[-1]))

    def control(self, label, institution_id, signers, **record):
        return self.book(label, institution_id, signers, {"control": record})

    def post(self, label, institution_id, signers, *bodies):
        """Bodies are (field of Item, message)."""
        items = [canonical.encode("Item", {"salt": self.rng.randbytes(16), name: body}) for name, body in bodies]
        items = self.altered("items", label, items)
        root = proofs.tree_root([proofs.leaf_hash(item) for item in items])
        content = {"items": {"item_count": len(items), "items_root": root}}
        return self.book(label, institution_id, signers, content, items)

    def register(self, label, signers, by, name, institution_id, duties, kind=Ed25519):
        if name not in self.keys:
            self.new_key(name, kind)
        return self.control(label, by, signers, key_registered=self.registration(name, institution_id, duties))

    def revoke(self, label, signers, by, name, institution_id):
        record = {"institution_id": institution_id, "key_id": sha256(self.keys[name].spki)}
        return self.control(label, by, signers, key_revoked=self.altered("revocation", name, record))

    def note(self, size):
        if size not in self.notes:
            root = proofs.tree_root([proofs.leaf_hash(leaf) for leaf in self.leaves[:size]])
            text = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n"
            text = self.altered("checkpoint", size, text)
            self.notes[size] = signed_note(text, self.origin, self.log_key)
        return self.notes[size]

    def receipt(self, index, item_index, size):
        """What proves an item, or a control record, at a size of the log."""
        leaves = [proofs.leaf_hash(leaf) for leaf in self.leaves[:size]]
        entry = {"entry_index": index, "booked_at": self.entries[index]["booked_at"], "log_entry": self.leaves[index],
                 "tlog_proof": proof_text(index, inclusion_path(leaves, index), self.note(size))}
        if not self.items[index]:
            made = {"item": b"", "item_index": 0, "item_path": [], "entry": entry}
        else:
            hashes = [proofs.leaf_hash(item) for item in self.items[index]]
            made = {"item": self.items[index][item_index], "item_index": item_index,
                    "item_path": inclusion_path(hashes, item_index), "entry": entry}
        return self.altered("receipt", (self.labels[index], item_index), made)


def identity(rng):
    """Salts and commitments of a person."""
    salts = {field: rng.randbytes(16) for field in PERSON}
    disclosed = [{"field": field, "salt": salts[field], "value": value} for field, value in PERSON.items()]
    commitments = [{"field": field, "hash": sha256(salts[field], bytes([field]), value.encode())}
                   for field, value in PERSON.items()]
    return disclosed, commitments


class Story(Bank):
    """A bank in which two schools and an issuer have said something about two learners."""

    SCHOOL, ISSUER, OTHER = "school-one", "issuer-one", "school-two"

    def __init__(self, seed=1, origin=ORIGIN, change=None):
        super().__init__(seed, origin, change)
        self.account = account_number(self.rng)
        self.neighbour = account_number(self.rng)
        self.disclosed, self.commitments = identity(self.rng)
        self.tell()

    def result(self, account_no, number, centiscore):
        return "course_result_recorded", {
            "account_no": account_no, "outer_id": f"R-{number}", "programme_id": "510201-2025",
            "course_code": f"C{number}", "centihours": 6400, "scheme": 1, "centiscore": centiscore,
            "completed_date": date(2026, 1, 9), "centicredits": 400}

    def certificate(self, account_no, number):
        return "certificate_awarded", {
            "account_no": account_no, "outer_id": f"X{number}", "certificate_id": "1x-web-2", "centiscore": 8150,
            "issue_date": date(2026, 2, 1)}

    def found(self):
        for name, kind in (("o1", Ed25519), ("o2", P256Signer), ("service", Ed25519), ("s-post-2", Sm2Signer)):
            self.new_key(name, kind)
        operator = {"institution_id": self.OPERATOR, "kind": KIND_OPERATOR, "name": "学分银行"}
        founding = {"operator": operator,
                    "operator_keys": [self.registration("o1", self.OPERATOR, [RULES, ADMIN]),
                                      self.registration("o2", self.OPERATOR, [ADMIN])],
                    "service_key": self.registration("service", self.OPERATOR, [SERVICE]),
                    "log_key": self.log_key.public}
        self.control("founding", self.OPERATOR, ["o1"], founding=self.altered("founding", "founding", founding))

    def institution(self, institution_id, kind):
        record = {"institution_id": institution_id, "kind": kind, "name": f"机构 {institution_id}"}
        self.control(f"institution {institution_id}", self.OPERATOR, ["o1"], institution_registered=record)

    def tell(self):
        self.found()
        self.institution(self.SCHOOL, KIND_SCHOOL)
        self.register("school admin", ["o1"], self.OPERATOR, "s-admin", self.SCHOOL, [ADMIN], P256Signer)
        self.register("school post", ["s-admin"], self.SCHOOL, "s-post", self.SCHOOL, [POST])
        self.institution(self.ISSUER, KIND_ISSUER)
        self.register("issuer key", ["o2"], self.OPERATOR, "i-one", self.ISSUER, [POST, ADMIN], Sm2Signer)
        self.institution(self.OTHER, KIND_SCHOOL)
        self.register("other key", ["o1"], self.OPERATOR, "x-post", self.OTHER, [POST])
        self.post("opening", self.SCHOOL, ["s-post"],
                  ("account_opened", {"account_no": self.neighbour, "commitments": self.commitments[:1]}),
                  ("account_opened", {"account_no": self.account, "commitments": self.commitments}),
                  ("learner_enrolled", {"account_no": self.account, "student_no": "2025001",
                                        "programme_id": "510201-2025", "begin_date": date(2025, 9, 1)}),
                  self.result(self.neighbour, 1, 5900), self.result(self.account, 2, 9100))
        self.register("school post 2", ["s-admin"], self.SCHOOL, "s-post-2", self.SCHOOL, [POST])
        self.revoke("revoke school post", ["s-admin"], self.SCHOOL, "s-post", self.SCHOOL)
        self.post("results", self.SCHOOL, ["s-post-2"], *(
            self.result(self.account if number % 2 else self.neighbour, number, 7000 + number)
            for number in range(10, 17)))
        self.post("certificate", self.ISSUER, ["i-one"], self.certificate(self.account, 1))
        self.post("activation", self.OPERATOR, ["service"], ("account_activated", {"account_no": self.account}))
        self.post("other results", self.OTHER, ["x-post"], self.result(self.neighbour, 90, 6000))
        self.register("issuer key 2", ["i-one"], self.ISSUER, "i-two", self.ISSUER, [POST, ADMIN], P256Signer)
        self.revoke("revoke issuer key", ["i-two"], self.ISSUER, "i-one", self.ISSUER)
        self.tell_on()

    def tell_on(self):
        self.post("certificates", self.ISSUER, ["i-two"], self.certificate(self.neighbour, 2),
                  self.certificate(self.account, 3), self.certificate(self.account, 4))
        self.register("operator key 3", ["o1", "o2"], self.OPERATOR, "o3", self.OPERATOR, [ADMIN])
        self.revoke("revoke operator key", ["o3"], self.OPERATOR, "o2", self.OPERATOR)
        self.post("correction", self.SCHOOL, ["s-post-2", "s-admin"],
                  ("outcome_corrected", {"account_no": self.account, "outer_id": "R-11", "reason": 2,
                                         "centiscore": 7500, "centicredits": 400}),
                  ("outcome_revoked", {"account_no": self.account, "outer_id": "R-13", "reason": 1}))
        self.revoke("revoke school admin", ["o3"], self.OPERATOR, "s-admin", self.SCHOOL)
        self.register("school admin 2", ["o1"], self.OPERATOR, "s-admin-2", self.SCHOOL, [POST, ADMIN])
        self.post("last result", self.SCHOOL, ["s-admin-2"], self.result(self.account, 30, 0))
        self.post("other results 2", self.OTHER, ["x-post"], self.result(self.neighbour, 91, 6100))
        self.size = len(self.entries)

    def positions(self, account_no):
        """Of the items about an account, ascending."""
        found = []
        for index, items in enumerate(self.items):
            for item_index, data in enumerate(items):
                item = canonical.decode("Item", data)
                if item[item["body"]]["account_no"] == account_no:
                    found.append({"entry_index": index, "item_index": item_index})
        return found

    def key_record_indexes(self):
        """Of the founding, and of what touched keys of all but the school that said nothing about the account."""
        return [index for index, institution_id in enumerate(self.touched)
                if institution_id not in (None, self.OTHER)]

    def size_for(self, index):
        """Two checkpoints prove the receipts, as where some were kept from before."""
        early = self.labels.index("certificates") + 2
        return early if index < early and index % 2 else self.size

    def statement(self, first=0, last=None):
        """The account's Statement; or the part of it with these of its records, counted from 0."""
        records = self.positions(self.account)
        lines = records[first:last]
        made = {"log_origin": self.origin, "account_no": self.account, "log_size": self.size,
                "create_time": timestamp(self.now + MINUTE, 123_456_000), "key_id": sha256(self.keys["service"].spki),
                "lines": lines, "after": records[first - 1] if first else None,
                "goes_on": last is not None and last < len(records)}
        made = self.altered("list", "list", made)
        data = canonical.encode("StatementList", made)
        signer = self.altered("list_signer", "list", "service")
        statement = {
            "list": data, "list_signature": self.keys[signer].sign(pae(STATEMENT, data)),
            "lines": [self.receipt(line["entry_index"], line["item_index"], self.size_for(line["entry_index"]))
                      for line in lines],
            "key_records": [self.receipt(index, 0, self.size_for(index)) for index in self.key_record_indexes()],
            "identity": [] if first else copy.deepcopy(self.disclosed[1:])}
        return self.altered("statement", "statement", statement)


def timestamp_text(message):
    moment = EPOCH + datetime.timedelta(seconds=message["seconds"])
    micros = message["nanos"] // 1000
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{micros:06}" if micros else "") + "Z"


def to_json(kind, value):
    """proto3 JSON of a value; defaults are left out."""
    if kind == "Timestamp":
        return timestamp_text(value)
    if canonical.is_message(kind):
        made = {}
        for field in SCHEMA.messages[kind].values():
            inner = value.get(field.name)
            if inner is None or inner == canonical.default(field):
                continue
            made[field.json_name] = ([to_json(field.kind, one) for one in inner] if field.repeated
                                     else to_json(field.kind, inner))
        return made
    if kind == "bytes":
        return base64.b64encode(value).decode()
    return str(value) if kind in ("int64", "uint64") else value


def statement_json(statement):
    return to_json("Statement", statement)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("folder", type=pathlib.Path)
    chosen = arguments.parse_args()
    story = Story(chosen.seed)
    text = json.dumps(statement_json(story.statement()), indent=2, ensure_ascii=False)
    (chosen.folder / "statement.json").write_text(text + "\n", encoding="utf-8")
    (chosen.folder / "bank.vkey").write_text(story.verifier_key + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
