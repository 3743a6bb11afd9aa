"""Anybody can check the log: every entry, signature, key, chain and proof, with what the bank publishes."""
import itertools

import pytest

import merkle
from bank import ORIGIN
from client import KEY_CLAIM, TRANSACTION, canonical, pae, time_us
from contract import is_canonical, pb
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from merkle import leaf_hash, sha256

HOURS_24_US = 24 * 3600 * 1_000_000
MINUTES_5_US = 5 * 60 * 1_000_000


def verify(spki, payload_type, payload, signature):
    """Raises where the signature does not hold; the algorithm is the key's."""
    key, data = serialization.load_der_public_key(spki), pae(payload_type, payload)
    if isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, data)
        return
    r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
    key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))


class Replay:
    """What a monitor knows of keys, entry by entry (docs/formats.md sections 4 to 6)."""

    def __init__(self):
        self.keys = {}
        self.chains = {}
        self.requests = set()
        self.last_us = 0

    def take(self, index, data):
        entry = pb.LogEntry.FromString(data)
        transaction = pb.Transaction.FromString(entry.transaction)
        assert is_canonical(pb.LogEntry, data) and is_canonical(pb.Transaction, entry.transaction)
        assert entry.version == 1 and transaction.log_origin == ORIGIN
        self.check_time(time_us(entry.booked_at), time_us(transaction.create_time))
        request = (transaction.institution_id, transaction.request_id)
        assert request not in self.requests and not self.requests.add(request)
        assert entry.key_chain == self.chains.get(transaction.institution_id, bytes(32))
        touched = self.run_control(transaction, index) if transaction.HasField("control") else []
        self.check_signatures(entry, transaction, index)
        for institution_id in touched:
            before = self.chains.get(institution_id, bytes(32))
            self.chains[institution_id] = sha256(b"\x02", before, leaf_hash(data))

    def check_time(self, booked_us, created_us):
        assert booked_us >= self.last_us
        assert booked_us - HOURS_24_US <= created_us <= booked_us + MINUTES_5_US
        self.last_us = booked_us

    def check_signatures(self, entry, transaction, index):
        signers = [signature.key_id for signature in entry.signatures]
        assert 1 <= len(signers) <= 4 and len(set(signers)) == len(signers)
        for signature in entry.signatures:
            key, institution_id, registered, revoked = self.keys[signature.key_id]
            assert institution_id == transaction.institution_id
            assert registered < index or index == 0
            assert revoked is None or revoked >= index
            verify(key, TRANSACTION, entry.transaction, signature.signature)

    def run_control(self, transaction, index):
        """The institutions whose keys it touches."""
        control = transaction.control
        kind = control.WhichOneof("body")
        if kind == "founding":
            assert index == 0
            for registered in (*control.founding.operator_keys, control.founding.service_key):
                self.register(registered, index)
            return [transaction.institution_id]
        if kind == "key_registered":
            self.register(control.key_registered, index)
            return [control.key_registered.institution_id]
        if kind == "key_revoked":
            spki, institution_id, registered, revoked = self.keys[control.key_revoked.key_id]
            assert institution_id == control.key_revoked.institution_id and revoked is None
            self.keys[control.key_revoked.key_id] = spki, institution_id, registered, index
            return [institution_id]
        return []

    def register(self, registered, index):
        key_id = sha256(registered.spki)
        assert key_id not in self.keys
        claim = pb.KeyClaim(log_origin=ORIGIN, institution_id=registered.institution_id, key_id=key_id,
                            duties=registered.duties)
        verify(registered.spki, KEY_CLAIM, canonical(claim), registered.proof_of_possession)
        self.keys[key_id] = registered.spki, registered.institution_id, index, None


def read_entries(town):
    """All entries, page after page."""
    entries = []
    while page := town.desk.call("ListEntries", pb.ListEntriesRequest(start_index=len(entries))).entries:
        entries += page
    return entries


def checkpoint(town):
    return town.verifier.open_checkpoint(town.desk.call("GetCheckpoint", pb.GetCheckpointRequest()).checkpoint)


def test_anybody_can_check_every_entry(town):
    town.learner()
    size, root = checkpoint(town)
    entries = read_entries(town)
    assert len(entries) >= size
    assert merkle.root_of([leaf_hash(entry) for entry in entries[:size]]) == root
    replay = Replay()
    for index, entry in enumerate(entries):
        replay.take(index, entry)


def test_items_are_kept_as_they_were_signed(town):
    """Read from the database, as an auditor may: every item set hashes to what its entry commits to."""
    items = {}
    for row in town.sql.run("SELECT entry_index, encode(item, 'hex') FROM log.item ORDER BY entry_index, item_index"):
        index, item = row.split("|")
        items.setdefault(int(index), []).append(bytes.fromhex(item))
    for index, data in enumerate(read_entries(town)):
        transaction = pb.Transaction.FromString(pb.LogEntry.FromString(data).transaction)
        kept = items.get(index, [])
        assert len(kept) == transaction.items.item_count
        if kept:
            assert merkle.root_of_items(kept) == transaction.items.items_root


def test_every_tree_is_a_continuation_of_every_earlier_one(town):
    town.learner()
    size, _ = checkpoint(town)
    leaves = [leaf_hash(entry) for entry in read_entries(town)[:size]]
    sizes = sorted({1, 2, 3, 4, 7, 8, size // 2, size - 1, size} & set(range(1, size + 1)))
    for old, new in itertools.combinations_with_replacement(sizes, 2):
        answer = town.desk.call("GetConsistencyProof", pb.GetConsistencyProofRequest(old_size=old, new_size=new))
        merkle.verify_consistency(old, merkle.root_of(leaves[:old]), new, merkle.root_of(leaves[:new]), answer.hashes)


def test_every_entry_is_proved_on_its_own(town):
    size, _ = checkpoint(town)
    for index in {0, 1, size // 2, size - 1}:
        booked = town.desk.call("GetInclusionProof", pb.GetInclusionProofRequest(entry_index=index)).entry
        assert booked.entry_index == index
        town.desk.check_proof(booked)


@pytest.mark.parametrize("index", [1 << 40, (1 << 63) - 1])
def test_an_entry_that_is_not_there_is_not_found(town, index):
    request = pb.GetInclusionProofRequest(entry_index=index)
    assert town.refuses_call(lambda: town.desk.call("GetInclusionProof", request)).reasons == ["ENTRY_UNKNOWN"]
    assert not town.desk.call("ListEntries", pb.ListEntriesRequest(start_index=index)).entries


@pytest.mark.parametrize("old, new", [(0, 1), (2, 1), (1, 1 << 40), (1 << 63, (1 << 64) - 1)])
def test_sizes_that_the_log_never_had_are_refused(town, old, new):
    request = pb.GetConsistencyProofRequest(old_size=old, new_size=new)
    assert town.refuses_call(lambda: town.desk.call("GetConsistencyProof", request)).status == "OUT_OF_RANGE"


def test_the_receipt_of_an_item_proves_it_alone(town):
    signed = town.school.sign([town.opening() for _ in range(7)])
    booked = town.desk.submit(town.school, signed)
    for index, item in enumerate(signed.items):
        request = pb.GetReceiptRequest(entry_index=booked.entry_index, item_index=index)
        receipt = town.desk.call("GetReceipt", request, town.school).receipt
        assert (receipt.item, receipt.item_index) == (item, index)
        assert receipt.entry.log_entry == booked.log_entry
        town.desk.check_proof(receipt.entry)
        committed = pb.Transaction.FromString(signed.transaction).items
        merkle.verify_inclusion(leaf_hash(item), index, committed.item_count, receipt.item_path,
                                committed.items_root)


def test_the_daemons_role_can_change_nothing_of_the_log(town):
    """Whoever takes over the daemon cannot rewrite what was signed."""
    role = town.bank.database.replace("user=postgres", "user=creditbank_daemon")
    for table in ("entry", "item", "subtree", "head", "checkpoint"):
        for statement in (f"DELETE FROM log.{table}", f"TRUNCATE log.{table}", f"DROP TABLE log.{table}",
                          f"UPDATE log.{table} SET {column_of(town, table)} = {column_of(town, table)}",
                          f"ALTER TABLE log.{table} DISABLE TRIGGER ALL",
                          f"CREATE RULE r AS ON INSERT TO log.{table} DO INSTEAD NOTHING"):
            assert town.denies(role, statement), statement
    assert town.denies(role, "SET ROLE postgres")
    assert town.denies(role, "CREATE TABLE log.other ()")


def column_of(town, table):
    return town.sql.run("SELECT column_name FROM information_schema.columns WHERE table_schema = 'log' AND "
                        f"table_name = '{table}' LIMIT 1")[0]
