"""Keys and signatures, docs/formats.md section 2. SM2 (GB/T 32918) in Python: cryptography does not offer it."""
import functools
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

TRANSACTION = "application/vnd.creditbank.transaction.v1+protobuf"
KEY_CLAIM = "application/vnd.creditbank.key-claim.v1+protobuf"
STATEMENT = "application/vnd.creditbank.statement.v1+protobuf"

SIGNATURE_SIZE = 64
SM2_SIGNER = b"1234567812345678"
ED25519_PRIME = 2**255 - 19


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def pae(payload_type, payload):
    """DSSE's pre-authentication encoding."""
    return b" ".join([b"DSSEv1", b"%d" % len(payload_type), payload_type.encode(), b"%d" % len(payload), payload])


class Curve:
    """y^2 = x^3 + ax + b over a prime field, affine; None is the point at infinity."""

    def __init__(self, prime, a, b, order, base):
        self.prime, self.a, self.b, self.order, self.base = prime, a, b, order, base

    def holds(self, point):
        x, y = point
        in_field = 0 <= x < self.prime and 0 <= y < self.prime
        return in_field and (y * y - x * x * x - self.a * x - self.b) % self.prime == 0

    def add(self, one, other):
        if one is None or other is None:
            return one or other
        if one[0] == other[0] and (one[1] + other[1]) % self.prime == 0:
            return None
        if one == other:
            slope = (3 * one[0] * one[0] + self.a) * pow(2 * one[1], -1, self.prime)
        else:
            slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, self.prime)
        x = (slope * slope - one[0] - other[0]) % self.prime
        return x, (slope * (one[0] - x) - one[1]) % self.prime

    def times(self, factor, point):
        total = None
        while factor > 0:
            if factor & 1:
                total = self.add(total, point)
            point = self.add(point, point)
            factor >>= 1
        return total


P256 = Curve(
    0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff, -3,
    0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
    0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
    (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5))
SM2 = Curve(
    0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff, -3,
    0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93,
    0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123,
    (0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7,
     0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0))


def ed25519_is_small(data):
    """Whether this is no canonical point of Ed25519, or one of small order: eight times it is the neutral element."""
    prime = ED25519_PRIME
    y = int.from_bytes(data, "little") & (1 << 255) - 1
    if y >= prime:
        return True
    d = -121665 * pow(121666, -1, prime)
    xx = (y * y - 1) * pow(d * y * y + 1, -1, prime) % prime
    x = pow(xx, (prime + 3) // 8, prime)
    if (x * x - xx) % prime:
        x = x * pow(2, (prime - 1) // 4, prime) % prime
    if (x * x - xx) % prime:
        return True
    for _ in range(3):
        both = d * x * x * y * y
        x, y = (2 * x * y * pow(1 + both, -1, prime) % prime, (y * y + x * x) * pow(1 - both, -1, prime) % prime)
    return (x, y) == (0, 1)


def split(data):
    return int.from_bytes(data[:32], "big"), int.from_bytes(data[32:], "big")


class Ed25519Key:
    """A public key of 32 bytes."""

    PREFIX = bytes.fromhex("302a300506032b6570032100")
    SIZE = 32

    def __init__(self, data):
        if ed25519_is_small(data):
            raise ValueError("the point is not one of a key")
        self.key = ed25519.Ed25519PublicKey.from_public_bytes(data)

    def verify(self, signature, message):
        self.key.verify(signature, message)


class P256Key:
    """A public point of 64 bytes."""

    PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
    SIZE = 64

    def __init__(self, data):
        x, y = split(data)
        if not P256.holds((x, y)):
            raise ValueError("the point is not on the curve")
        self.key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()

    def verify(self, signature, message):
        r, s = split(signature)
        if not (0 < r < P256.order and 0 < s < P256.order):
            raise InvalidSignature
        self.key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))


def sm3(*parts):
    return hashlib.new("sm3", b"".join(parts)).digest()


def sm2_digest(point, message):
    """What SM2 signs: SM3 over the signer's id, the curve, the key, and over the message."""
    numbers = [SM2.a % SM2.prime, SM2.b, *SM2.base, *point]
    head = (8 * len(SM2_SIGNER)).to_bytes(2, "big") + SM2_SIGNER
    z = sm3(head, *(number.to_bytes(32, "big") for number in numbers))
    return int.from_bytes(sm3(z, message), "big")


@functools.lru_cache
def sm2_holds(point, signature, message):
    """Kept, since one entry proves several lines and this takes long."""
    r, s = split(signature)
    t = (r + s) % SM2.order
    if not (0 < r < SM2.order and 0 < s < SM2.order and t):
        return False
    sum_of_both = SM2.add(SM2.times(s, SM2.base), SM2.times(t, point))
    return sum_of_both is not None and (sm2_digest(point, message) + sum_of_both[0] - r) % SM2.order == 0


class Sm2Key:
    """A public point of 64 bytes."""

    PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
    SIZE = 64

    def __init__(self, data):
        self.point = split(data)
        if not SM2.holds(self.point):
            raise ValueError("the point is not on the curve")

    def verify(self, signature, message):
        if not sm2_holds(self.point, signature, message):
            raise InvalidSignature


KINDS = (Ed25519Key, P256Key, Sm2Key)


def read_key(spki):
    """The key of a SubjectPublicKeyInfo. Raises ValueError unless it is of one of the three forms."""
    for kind in KINDS:
        if spki.startswith(kind.PREFIX) and len(spki) == len(kind.PREFIX) + kind.SIZE:
            return kind(spki[len(kind.PREFIX):])
    raise ValueError("the key has none of the accepted forms")


def verifies(key, signature, message):
    if len(signature) != SIGNATURE_SIZE:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
