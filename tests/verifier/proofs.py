"""Merkle trees, signed notes, checkpoints and tlog-proofs: docs/formats.md sections 3 and 7."""
import base64
import binascii
import dataclasses
import re

from signatures import Ed25519Key, sha256, verifies

HASH_SIZE = 32
KEY_HASH_SIZE = 4
NOTE_MAX_BYTES = 65536
SIGNATURE_LINES_MAX = 64
SIGNATURE_MAX_BYTES = 8192
NAME_MAX_BYTES = 255
PATH_MAX = 64
ED25519_TYPE = b"\x01"
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
DASH = "\u2014"
DECIMAL = re.compile(r"(0|[1-9][0-9]{0,19})\Z", re.ASCII)
SIGNATURE_LINE = re.compile(DASH + r" ([^\s+]+) (\S+)\Z")
VERIFIER_KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)\Z")


class NoProof(Exception):
    """Says what is wrong."""


def require(condition, text):
    if not condition:
        raise NoProof(text)


def decimal(text):
    require(DECIMAL.match(text) and int(text) < 2**64, f"{text!a} is not a decimal number")
    return int(text)


def strict_base64(text):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise NoProof(f"{text!a} is not base64") from error
    require(base64.b64encode(data).decode() == text, f"{text!a} is not strict base64")
    return data


def leaf_hash(data):
    return sha256(b"\0", data)


def node_hash(left, right):
    return sha256(b"\1", left, right)


def tree_root(leaves):
    """The root over one leaf hash or more."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(tree_root(leaves[:half]), tree_root(leaves[half:]))


def path_leads(leaf, index, size, path, root):
    """RFC 9162 2.1.3.2, by recursion from the root: exactly as many hashes as the tree is deep there."""
    def root_of(index, size, left):
        if size == 1:
            return leaf
        require(left > 0, "the path is too short")
        half = 1 << (size - 1).bit_length() - 1
        if index < half:
            return node_hash(root_of(index, half, left - 1), path[left - 1])
        return node_hash(path[left - 1], root_of(index - half, size - half, left - 1))

    def depth_of(index, size):
        if size == 1:
            return 0
        half = 1 << (size - 1).bit_length() - 1
        return 1 + (depth_of(index, half) if index < half else depth_of(index - half, size - half))

    if index >= size or depth_of(index, size) != len(path):
        return False
    return all(len(one) == HASH_SIZE for one in [leaf, root, *path]) and root_of(index, size, len(path)) == root


@dataclasses.dataclass(frozen=True)
class VerifierKey:
    """A note's verifier key."""

    name: str
    public: bytes

    @property
    def key_hash(self):
        return sha256(self.name.encode(), b"\n", ED25519_TYPE, self.public)[:KEY_HASH_SIZE]

    def __str__(self):
        return f"{self.name}+{self.key_hash.hex()}+{base64.b64encode(ED25519_TYPE + self.public).decode()}"


def read_verifier_key(text):
    """Raises NoProof unless it is one for Ed25519."""
    match = VERIFIER_KEY.match(text)
    require(match and len(match[1].encode()) <= NAME_MAX_BYTES, "it is no verifier key")
    data = strict_base64(match[3])
    require(data[:1] == ED25519_TYPE and len(data) == 1 + HASH_SIZE, "its key is not Ed25519")
    key = VerifierKey(match[1], data[1:])
    require(key.key_hash.hex() == match[2], "its key hash is another")
    return key


def note_text(note, verifier):
    """The text of a signed note that is valid under a verifier key."""
    require(len(note.encode()) <= NOTE_MAX_BYTES, "the note is too long")
    require(note.endswith("\n"), "the note does not end in a newline")
    require(not any(letter < " " and letter != "\n" for letter in note), "the note has control characters")
    text, empty_line, rest = note[:-1].rpartition("\n\n")
    require(empty_line, "the note has no empty line before its signatures")
    text += "\n"
    lines = rest.split("\n")
    require(len(lines) <= SIGNATURE_LINES_MAX, "the note has too many signatures")
    try:
        key = Ed25519Key(verifier.public)
    except ValueError as error:
        raise NoProof("the verifier key is no key") from error
    verified = 0
    for line in lines:
        match = SIGNATURE_LINE.match(line)
        require(match, "a signature line is malformed")
        data = strict_base64(match[2])
        require(KEY_HASH_SIZE < len(data) <= SIGNATURE_MAX_BYTES, "a signature line is too short or too long")
        require(len(match[1].encode()) <= NAME_MAX_BYTES, "the name in a signature line is too long")
        if match[1] == verifier.name and data[:KEY_HASH_SIZE] == verifier.key_hash:
            require(verifies(key, data[KEY_HASH_SIZE:], text.encode()), "the note's signature does not verify")
            verified += 1
    require(verified > 0, "the note is not signed by the bank's key")
    return text


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """The head of a log."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(text):
    lines = text.split("\n")
    require(len(lines) >= 4, "a checkpoint has three lines")
    root = strict_base64(lines[2])
    require(len(root) == HASH_SIZE, "the checkpoint's root is not a hash")
    return Checkpoint(lines[0], decimal(lines[1]), root)


@dataclasses.dataclass(frozen=True)
class LogProof:
    """A tlog-proof, taken apart and not yet believed."""

    index: int
    path: list
    note: str


def read_proof(text):
    """Raises NoProof unless it has the form of a tlog-proof."""
    head, empty_line, note = text.partition("\n\n")
    require(empty_line, "the proof has no checkpoint")
    lines = head.split("\n")
    require(lines.pop(0) == PROOF_HEADER, "it is no tlog-proof")
    if lines and lines[0].startswith("extra "):
        require(strict_base64(lines.pop(0).removeprefix("extra ")), "the proof's extra line is empty")
    require(lines and lines[0].startswith("index "), "the proof has no index")
    index = decimal(lines.pop(0).removeprefix("index "))
    path = [strict_base64(line) for line in lines]
    require(len(path) <= PATH_MAX, "the proof has too many hashes")
    require(all(len(one) == HASH_SIZE for one in path), "the proof has something else than hashes")
    return LogProof(index, path, note)


def prove(text, index, data, verifier):
    """The checkpoint under which `text` proves that `data` is the log's leaf at `index`."""
    proof = read_proof(text)
    require(proof.index == index, "the proof is of another entry")
    checkpoint = read_checkpoint(note_text(proof.note, verifier))
    require(checkpoint.origin == verifier.name, "the checkpoint is another log's")
    require(path_leads(leaf_hash(data), index, checkpoint.size, proof.path, checkpoint.root),
            "the proof does not lead to the checkpoint's root")
    return checkpoint
