"""Merkle trees, signed notes and proofs, from RFC 9162 and C2SP's pages alone."""
import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519


class Unproved(Exception):
    """What was to be proved is not."""


def require(condition, what):
    if not condition:
        raise Unproved(what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(data):
    return sha256(b"\x00", data)


def node_hash(left, right):
    return sha256(b"\x01", left, right)


def root_of(hashes):
    """RFC 9162 2.1.1, of leaf hashes."""
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(root_of(hashes[:split]), root_of(hashes[split:]))


def root_of_items(items):
    return root_of([leaf_hash(item) for item in items])


def verify_inclusion(leaf, index, size, path, root):
    """RFC 9162 2.1.3.2."""
    require(0 <= index < size, f"index {index} is not in a tree of {size}")
    number, last, reached = index, size - 1, leaf
    for node in path:
        require(last > 0, "the path is too long")
        if number & 1 or number == last:
            reached = node_hash(node, reached)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            reached = node_hash(reached, node)
        number, last = number >> 1, last >> 1
    require(last == 0, "the path is too short")
    require(reached == root, "the path leads to another root")


def verify_consistency(old_size, old_root, new_size, new_root, path):
    """RFC 9162 2.1.4.2."""
    require(0 < old_size <= new_size, f"sizes {old_size} and {new_size}")
    if old_size == new_size:
        require(not path and old_root == new_root, "one size, two roots")
        return
    path = list(path)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    require(path, "the path is empty")
    number, last = old_size - 1, new_size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = path[0]
    for node in path[1:]:
        require(last > 0, "the path is too long")
        if number & 1 or number == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new = node_hash(new, node)
        number, last = number >> 1, last >> 1
    require(last == 0 and old == old_root and new == new_root, "the histories differ")


class Verifier:
    """A log's key: NAME+HEX(key hash)+BASE64(01 || key)."""

    def __init__(self, text):
        self.name, key_hash, key = text.split("+", 2)
        raw = base64.b64decode(key, validate=True)
        require(raw[:1] == b"\x01" and len(raw) == 33, "the key is not Ed25519")
        self.key_hash = sha256(self.name.encode(), b"\n", raw)[:4]
        require(self.key_hash.hex() == key_hash, "the key's hash is wrong")
        self.key = ed25519.Ed25519PublicKey.from_public_bytes(raw[1:])

    def open_note(self, note):
        """The text of a signed note, if the log signed it."""
        text, blank, signatures = note.rpartition("\n\n")
        require(blank and signatures.endswith("\n"), "not a signed note")
        text += "\n"
        signed = 0
        for line in signatures[:-1].split("\n"):
            dash, name, value = line.split(" ")
            require(dash == "\u2014", "not a signature line")
            value = base64.b64decode(value, validate=True)
            if name == self.name and value[:4] == self.key_hash:
                try:
                    self.key.verify(value[4:], text.encode())
                except InvalidSignature as error:
                    raise Unproved("the checkpoint's signature is wrong") from error
                signed += 1
        require(signed, "the log did not sign it")
        return text

    def open_checkpoint(self, note):
        """Size and root."""
        origin, size, root = self.open_note(note).split("\n")[:3]
        require(origin == self.name, f"of another log: {origin}")
        require(size == str(int(size)), "size is not in its only form")
        return int(size), base64.b64decode(root, validate=True)

    def open_proof(self, proof, leaf):
        """A tlog-proof of that leaf; returns its index and the checkpoint's size and root."""
        head, _, note = proof.partition("\n\n")
        lines = head.split("\n")
        require(lines.pop(0) == "c2sp.org/tlog-proof@v1", "not a tlog-proof")
        if lines[0].startswith("extra "):
            lines.pop(0)
        word, _, index = lines.pop(0).partition(" ")
        require(word == "index" and index == str(int(index)), "no index")
        size, root = self.open_checkpoint(note)
        path = [base64.b64decode(line, validate=True) for line in lines]
        verify_inclusion(leaf, int(index), size, path, root)
        return int(index), size, root
