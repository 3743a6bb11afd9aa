"""A client of the bank that owes nothing to libcreditbank: keys, tokens, transactions, gRPC and Connect.

    signed = institution.sign([body, …])            exact bytes, made once
    booked = desk.submit(institution, signed)       every answer is verified before it is believed
"""
import base64
import dataclasses
import hashlib
import http.client
import json
import secrets
import ssl
import time
import warnings

import grpc
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from google.protobuf.message import DecodeError

import merkle
from contract import canonical, is_canonical, pb
from merkle import leaf_hash, require, sha256

TRANSACTION = "application/vnd.creditbank.transaction.v1+protobuf"
KEY_CLAIM = "application/vnd.creditbank.key-claim.v1+protobuf"
SALT_SIZE = 16
REQUEST_ID_SIZE = 16
TOKEN_S = 240
CALL_S = 60
TRY_S = 5
CONNECT_MS = 2000  # what grpcio calls min_reconnect_backoff_ms: how long one attempt to connect may take
INSIST_S = 90
UNDECIDED = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED")
MICROSECOND = 1000


def pae(payload_type, payload):
    """DSSE's pre-authentication encoding."""
    return b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload)


class Key:
    """A signing key of an institution, Ed25519 or P-256."""

    def __init__(self, algorithm="Ed25519"):
        self.algorithm = algorithm
        self.private = (ed25519.Ed25519PrivateKey.generate() if algorithm == "Ed25519"
                        else ec.generate_private_key(ec.SECP256R1()))
        self.spki = self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.key_id = sha256(self.spki)

    def sign_bytes(self, data):
        if self.algorithm == "Ed25519":
            return self.private.sign(data)
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def sign(self, payload_type, payload):
        return self.sign_bytes(pae(payload_type, payload))

    def registration(self, log_origin, institution_id, *duties):
        """A KeyRegistered, with the proof that the key is there."""
        claim = pb.KeyClaim(log_origin=log_origin, institution_id=institution_id, key_id=self.key_id,
                            duties=duties)
        return pb.KeyRegistered(institution_id=institution_id, spki=self.spki, duties=duties,
                                proof_of_possession=self.sign(KEY_CLAIM, canonical(claim)))

    def token(self, audience, **claims):
        """The credential of a call, a compact JWS (RFC 7515)."""
        now = int(time.time())
        algorithm = "EdDSA" if self.algorithm == "Ed25519" else "ES256"
        header = {"alg": algorithm, "kid": self.key_id.hex(), "typ": "JWT"}
        body = {"iss": self.key_id.hex(), "aud": audience, "iat": now, "exp": now + TOKEN_S, **claims}
        signed = b".".join(base64url(json.dumps(part).encode()) for part in (header, body))
        return (signed + b"." + base64url(self.sign_bytes(signed))).decode()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def make_item(body, salt=None):
    """The bytes of an Item with this body, under a random salt."""
    item = pb.Item(salt=secrets.token_bytes(SALT_SIZE) if salt is None else salt)
    field = next(field.name for field in pb.Item.DESCRIPTOR.oneofs_by_name["body"].fields
                 if field.message_type is body.DESCRIPTOR)
    getattr(item, field).CopyFrom(body)
    return canonical(item)


def now_us():
    return time.time_ns() // MICROSECOND


sealed_persons = {}  # what banks sealed, by the account number that they drew for each person


def opening_of(resolved):
    """The body that opens the account of a person as ResolveIdentities answered."""
    sealed_persons[resolved.account_no] = resolved.sealed_person
    return pb.AccountOpened(account_no=resolved.account_no, commitments=[
        pb.IdentityCommitment(field=each.field, hash=each.hash) for each in resolved.commitments])


def sealed_for(item):
    """What goes beside an item: the person whose account it opens, if it opens one."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of what is spoilt, half may be read
            body = pb.Item.FromString(item)
    except DecodeError:
        return []
    if body.WhichOneof("body") != "account_opened":
        return []
    return [sealed_persons.get(body.account_opened.account_no, b"")]


@dataclasses.dataclass
class Signed:
    """A transaction as it is submitted: exact bytes, its signatures, its items."""

    transaction: bytes
    signatures: list
    items: list

    def request(self, validate_only=False):
        return pb.SubmitRequest(
            transaction=self.transaction, items=self.items, validate_only=validate_only,
            sealed_persons=[sealed for item in self.items for sealed in sealed_for(item)],
            signatures=[pb.SubmittedSignature(key_id=key_id, signature=signature)
                        for key_id, signature in self.signatures])

    def with_signature(self, *signatures):
        return dataclasses.replace(self, signatures=list(signatures))


class Institution:
    """Who signs: an id and keys by name."""

    def __init__(self, log_origin, institution_id, **keys):
        self.log_origin = log_origin
        self.id = institution_id
        self.keys = keys

    def transaction(self, items, **fields):
        """The Transaction over items, before it is signed; `fields` take the place of what it would have."""
        if isinstance(items, pb.Control):
            content = {"control": items}
        else:
            content = {"items": pb.ItemSet(item_count=len(items), items_root=merkle.root_of_items(items))}
        time_us = fields.pop("create_time_us", None)
        made = pb.Transaction(**{"log_origin": self.log_origin, "institution_id": self.id,
                                 "request_id": secrets.token_bytes(REQUEST_ID_SIZE), **content, **fields})
        set_time(made.create_time, now_us() if time_us is None else time_us)
        return made

    def sign_bytes(self, transaction, items, *keys):
        return Signed(transaction, [(key.key_id, key.sign(TRANSACTION, transaction)) for key in keys], items)

    def sign(self, content, *key_names, **fields):
        """Signs bodies, ready items or a Control with the keys of these names, or the first of all."""
        keys = [self.keys[name] for name in key_names] or [next(iter(self.keys.values()))]
        if isinstance(content, pb.Control):
            return self.sign_bytes(canonical(self.transaction(content, **fields)), [], *keys)
        items = [item if isinstance(item, bytes) else make_item(item) for item in content]
        return self.sign_bytes(canonical(self.transaction(items, **fields)), items, *keys)

    def token(self, key_name=None):
        key = self.keys[key_name] if key_name else next(iter(self.keys.values()))
        return key.token(self.log_origin)


def set_time(timestamp, time_us):
    timestamp.seconds, rest = divmod(time_us, 1_000_000)
    timestamp.nanos = rest * MICROSECOND


def time_us(timestamp):
    require(timestamp.nanos % MICROSECOND == 0, "the time is not in whole microseconds")
    return timestamp.seconds * 1_000_000 + timestamp.nanos // MICROSECOND


class Refused(Exception):
    """The bank said no: a status by name, a Refusal for every fault, and how long to wait where it says so."""

    def __init__(self, status, message, refusals, retry_ms=0):
        self.status, self.message, self.refusals, self.retry_ms = status, message, refusals, retry_ms
        super().__init__(f"{status}: {message} {[short(refusal) for refusal in refusals]}")

    @property
    def reasons(self):
        return [refusal.reason for refusal in self.refusals]


def short(refusal):
    where = refusal.item.value if refusal.HasField("item") else None
    return where, refusal.field, refusal.reason, refusal.message_en


class Grpc:
    """Calls by grpcio over TLS."""

    def __init__(self, port, certificate):
        self.channel = grpc.secure_channel(
            f"127.0.0.1:{port}", grpc.ssl_channel_credentials(certificate.read_bytes()),
            [("grpc.ssl_target_name_override", "localhost"), ("grpc.use_local_subchannel_pool", 1),
             ("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1),
             ("grpc.initial_reconnect_backoff_ms", 50), ("grpc.min_reconnect_backoff_ms", CONNECT_MS),
             ("grpc.max_reconnect_backoff_ms", 200)])

    def close(self):
        self.channel.close()

    def connect(self):
        """Returns when it is connected, which otherwise the first call waits for."""
        grpc.channel_ready_future(self.channel).result(CALL_S)

    def start(self, method, request, token=None, timeout=CALL_S):
        """A call under way; finish() waits for its answer."""
        path, descriptor = pb.services[method]
        kind = getattr(pb, descriptor.output_type.name)
        call = self.channel.unary_unary(path, request_serializer=serialize, response_deserializer=kind.FromString)
        return call.future(request, timeout, [("authorization", f"Bearer {token}")] if token else None,
                           wait_for_ready=True)

    @staticmethod
    def finish(call):
        try:
            return call.result()
        except grpc.RpcError as error:
            raise refused_by_grpc(error) from None

    def call(self, method, request, token=None, timeout=CALL_S):
        return self.finish(self.start(method, request, token, timeout))


def serialize(request):
    return request if isinstance(request, bytes) else request.SerializeToString()


def refused_by_grpc(error):
    trailers = dict(error.trailing_metadata() or ())
    details = pb.Status.FromString(trailers.get("grpc-status-details-bin", b""))
    refusals = []
    for detail in details.details:
        refusal = pb.Refusal()
        assert detail.Unpack(refusal), detail.type_url
        refusals.append(refusal)
    return Refused(error.code().name, error.details(), refusals, int(trailers.get("grpc-retry-pushback-ms", 0)))


class Connect:
    """Calls by Connect over HTTP/1.1 and TLS, in JSON or protobuf."""

    def __init__(self, port, certificate):
        self.context = ssl.create_default_context(cafile=certificate)
        self.port = port

    def post(self, method, body, content_type, token=None):
        """Status and body of the answer."""
        connection = http.client.HTTPSConnection("localhost", self.port, context=self.context, timeout=CALL_S)
        headers = {"content-type": content_type, "connect-protocol-version": "1"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        try:
            connection.request("POST", pb.services[method][0], body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def call(self, method, body, token=None, content_type="application/json"):
        """The answer's bytes, or Refused."""
        status, answer = self.post(method, body, content_type, token)
        if status == 200:
            return answer
        raise refused_by_connect(answer)


def refused_by_connect(answer):
    error = json.loads(answer)
    refusals = []
    for detail in error.get("details", []):
        assert detail["type"] == "creditbank.v1.Refusal", detail
        value = detail["value"]
        refusals.append(pb.Refusal.FromString(base64.b64decode(value + "=" * (-len(value) % 4))))
    return Refused(error["code"].upper(), error.get("message", ""), refusals)


class Desk:
    """An institution at the bank's counter: it submits, and believes no answer that it cannot verify."""

    def __init__(self, port, certificate, verifier, seen):
        self.grpc = Grpc(port, certificate)
        self.verifier = verifier
        self.seen = seen  # the root of every size, shared by whoever compares

    def close(self):
        self.grpc.close()

    def submit(self, institution, signed, key_name=None, validate_only=False):
        return self.finish(signed, self.start(institution, signed, key_name, validate_only))

    def start(self, institution, signed, key_name=None, validate_only=False, timeout=CALL_S):
        return self.grpc.start("Submit", signed.request(validate_only), institution.token(key_name), timeout)

    def insist(self, institution, signed, key_name=None):
        """Repeats the same request for as long as its outcome is unknown, as the contract says."""
        deadline = time.monotonic() + INSIST_S
        while True:
            try:
                return self.finish(signed, self.start(institution, signed, key_name, timeout=TRY_S))
            except Refused as refused:
                if refused.status not in UNDECIDED or time.monotonic() > deadline:
                    raise

    def finish(self, signed, call):
        answer = self.grpc.finish(call)
        return self.check(signed, answer.entry) if answer.HasField("entry") else None

    def check(self, signed, booked):
        """The entry says what was sent, and a signed checkpoint covers it."""
        entry = pb.LogEntry.FromString(booked.log_entry)
        require(is_canonical(pb.LogEntry, booked.log_entry), "the entry is not canonical")
        require(entry.version == 1 and len(entry.key_chain) == 32, "the entry has another form")
        require(entry.transaction == signed.transaction, "another transaction is booked")
        require(entry.booked_at == booked.booked_at, "the time beside the entry is another")
        require(time_us(entry.booked_at) > 0, "the entry has no time")
        self.check_proof(booked)
        return booked

    def check_proof(self, booked):
        index, size, root = self.verifier.open_proof(booked.tlog_proof, leaf_hash(booked.log_entry))
        require(index == booked.entry_index, "the proof is of another entry")
        require(self.seen.setdefault(size, root) == root, "two histories were signed")

    def call(self, method, request, institution=None, **options):
        return self.grpc.call(method, request, institution.token() if institution else None, **options)


def content_hash(item):
    return hashlib.sha256(item[18:]).digest()
