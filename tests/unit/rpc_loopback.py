#!/usr/bin/python3
"""rpc over real sockets, as foreign clients see it: curl, and grpcio with its own idea of gRPC.

usage: rpc_loopback.py SERVER creditbank.binpb

SERVER is rpc_loopback.c; its methods are scripted in rpc_methods.h. Prints TAP.
"""
import base64
import contextlib
import datetime
import ipaddress
import json
import os
import subprocess
import sys
import tempfile
import traceback

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory

SERVER, DESCRIPTOR_SET = sys.argv[1:]
LOG = "creditbank.v1.LogService/"
ECHO, WAIT = LOG + "GetConsistencyProof", LOG + "GetCheckpoint"
SUBMIT, SESSIONS = "creditbank.v1.LedgerService/Submit", "creditbank.v1.SessionService/ListSessions"
PATIENCE_S = 30


# What the clients know of messages: the contract, and google.rpc.Status, which Debian does not bring.
def messages():
    pool = descriptor_pool.DescriptorPool()
    with open(DESCRIPTOR_SET, "rb") as file:
        files = list(descriptor_pb2.FileDescriptorSet.FromString(file.read()).file)
    files.append(descriptor_pb2.FileDescriptorProto.FromString(any_pb2.DESCRIPTOR.serialized_pb))
    status = descriptor_pb2.FileDescriptorProto(
        name="status.proto", package="google.rpc", syntax="proto3", dependency=["google/protobuf/any.proto"])
    fields = status.message_type.add(name="Status").field
    fields.add(name="code", number=1, type="TYPE_INT32", label="LABEL_OPTIONAL")
    fields.add(name="message", number=2, type="TYPE_STRING", label="LABEL_OPTIONAL")
    fields.add(name="details", number=3, type="TYPE_MESSAGE", label="LABEL_REPEATED",
               type_name=".google.protobuf.Any")
    for file in files + [status]:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return lambda name: factory.GetPrototype(pool.FindMessageTypeByName(name))


message = messages()
Request = message("creditbank.v1.GetConsistencyProofRequest")
Response = message("creditbank.v1.GetConsistencyProofResponse")
Refusal = message("creditbank.v1.Refusal")
Status = message("google.rpc.Status")


def certificate(folder):
    """A key and a certificate of itself for localhost; the names of the two files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.utcnow()
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), False)
            .add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256()))
    paths = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    pem = serialization.Encoding.PEM
    contents = made.public_bytes(pem), key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for path, content in zip(paths, contents):
        with open(path, "wb") as file:
            file.write(content)
    return paths


class Server:
    """The server under test; leaving it checks that it ended well, the leak checker included."""

    def __init__(self, folder):
        self.cert, key = certificate(folder)
        self.log_path = os.path.join(folder, "log")
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen([SERVER, self.cert, key], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log)
        self.clear, self.secure = (int(self.process.stdout.readline()) for _ in range(2))

    def tell(self, command):
        self.process.stdin.write(command)
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def until(self, holds):
        """Asks again until it holds; the server takes a turn of its loop for each question."""
        end = datetime.datetime.now() + datetime.timedelta(seconds=PATIENCE_S)
        while not holds(self.tell(b"n")):
            assert datetime.datetime.now() < end, "it never came to hold"

    def logged(self):
        with open(self.log_path, encoding="utf-8") as log:
            return log.read()

    def channel(self, secure):
        if not secure:
            return grpc.insecure_channel(f"127.0.0.1:{self.clear}")
        with open(self.cert, "rb") as file:
            credentials = grpc.ssl_channel_credentials(file.read())
        return grpc.secure_channel(f"localhost:{self.secure}", credentials)

    def close(self):
        self.process.stdin.close()
        status = self.process.wait(PATIENCE_S)
        self.log.close()
        assert status == 0, self.logged()[-4000:]


def curl(server, path, body, *options, secure=True, content_type="application/json"):
    """HTTP status, and body."""
    where = f"https://localhost:{server.secure}" if secure else f"http://127.0.0.1:{server.clear}"
    ran = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", str(PATIENCE_S), "--cacert", server.cert,
         "--write-out", "\n%{http_code}", "--header", f"content-type: {content_type}",
         *(["--data-binary", "@-"] if body is not None else []), *options, f"{where}/{path}"],
        input=body, capture_output=True)
    assert ran.returncode == 0, ran.stderr
    answer, _, status = ran.stdout.rpartition(b"\n")
    return int(status), answer


def call(server, path, request=b"", secure=False, **options):
    """The bytes of the answer over gRPC."""
    with server.channel(secure) as channel:
        return channel.unary_unary("/" + path)(request, timeout=options.pop("timeout", PATIENCE_S), **options)


def refused(server, path, request=b"", **options):
    try:
        call(server, path, request, **options)
    except grpc.RpcError as error:
        return error
    raise AssertionError(f"{path} was answered")


def bearer(token):
    return [("authorization", f"Bearer {token}")]


def test_every_client_gets_the_same_answer(server):
    request = Request(old_size=40, new_size=2)
    text = json.dumps({"oldSize": "40", "newSize": 2}).encode()
    answers = [Response.FromString(call(server, ECHO, request.SerializeToString(), secure=secure))
               for secure in (False, True)]
    for secure, version in ((True, "--http1.1"), (True, "--http2"), (False, "--http1.1"),
                            (False, "--http2-prior-knowledge")):
        status, body = curl(server, ECHO, text, version, secure=secure)
        assert status == 200, body
        read = json.loads(body)
        answers.append(Response(new_size=int(read["newSize"]), checkpoint=read["checkpoint"],
                                hashes=[base64.b64decode(h) for h in read["hashes"]]))
        status, body = curl(server, ECHO, request.SerializeToString(), version, secure=secure,
                            content_type="application/proto")
        assert status == 200, body
        answers.append(Response.FromString(body))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0] == Response(new_size=42, hashes=[b"\0\0\0"], checkpoint='学分 "40"\n')


def test_a_get_is_answered_like_a_post(server):
    _, posted = curl(server, ECHO, b'{"oldSize":"7"}')
    query = ECHO + "?connect=v1&encoding=json&message=%7B%22oldSize%22%3A%227%22%7D"
    for version in ("--http1.1", "--http2"):
        assert curl(server, query, None, version) == (200, posted)


def test_grpc_carries_refusals_as_details(server):
    error = refused(server, SUBMIT, metadata=bearer("school"))
    status = Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert status.code == 3 and status.message == error.details()
    assert error.details().endswith(f"({len(status.details)} of 100 refusals are listed)"), error.details()
    for i, detail in enumerate(status.details):
        assert detail.type_url == "type.googleapis.com/creditbank.v1.Refusal"
        refusal = Refusal.FromString(detail.value)
        assert refusal.HasField("item") and refusal.item.value == i
        assert refusal.field == "course_result.score" and refusal.reason == "REQUEST_MALFORMED"
        assert refusal.message_zh == f"请求不是有效的消息：row {i} of 10001"
        assert refusal.message_en == f"the request is not a valid message: row {i} of 10001"


def test_connect_carries_every_refusal(server):
    status, body = curl(server, SUBMIT, b"{}", "--header", "authorization: Bearer school")
    error = json.loads(body)
    refusals = [Refusal.FromString(base64.b64decode(d["value"])) for d in error["details"]]
    assert (status, error["code"], len(refusals)) == (400, "invalid_argument", 100)
    for i, refusal in enumerate(refusals):
        debug = error["details"][i]["debug"]
        assert refusal.item.value == i == debug["item"].get("value", 0)
        assert debug["messageZh"] == refusal.message_zh


def test_a_deadline_ends_the_call(server):
    assert refused(server, WAIT, timeout=0.2).code() == grpc.StatusCode.DEADLINE_EXCEEDED
    status, body = curl(server, WAIT, b"{}", "--header", "connect-timeout-ms: 50")
    assert (status, json.loads(body)["code"]) == (504, "deadline_exceeded")
    server.tell(b"w")


def test_a_client_that_leaves_cancels_its_call(server):
    for secure in (False, True):
        before = server.logged().count("status=canceled")
        with server.channel(secure) as channel:
            future = channel.unary_unary("/" + WAIT).future(b"", timeout=PATIENCE_S)
            server.until(lambda waiting: waiting == 1)
            future.cancel()
            server.until(lambda _: server.logged().count("status=canceled") == before + 1)
        server.tell(b"w")
    assert json.loads(curl(server, ECHO, b"{}")[1])["checkpoint"] == '学分 "0"\n'


def test_a_woken_call_is_answered(server):
    with server.channel(True) as channel:
        future = channel.unary_unary("/" + WAIT).future(b"", timeout=PATIENCE_S)
        server.until(lambda waiting: waiting == 1)
        server.tell(b"w")
        assert future.result() == b"\x0a\x05woken"


def test_a_method_that_is_not_there_is_unimplemented(server):
    assert refused(server, LOG + "Nothing").code() == grpc.StatusCode.UNIMPLEMENTED
    status, body = curl(server, LOG + "Nothing", b"{}")
    assert (status, json.loads(body)["code"]) == (404, "unimplemented")


def test_a_request_that_is_too_large_is_refused(server):
    little, much = (1 << 20) + 1, 3 << 20
    for size in (little, much):
        error = refused(server, ECHO, b"\x0a" * size)
        assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED, error
    # curl 7.88 takes an answer that comes while it sends by HTTP/2 for an error of the stream.
    for size, version in ((little, "--http1.1"), (little, "--http2"), (much, "--http1.1")):
        status, body = curl(server, ECHO, b" " * size, version)
        assert (status, json.loads(body)["code"]) == (429, "resource_exhausted")


def test_compression_is_refused_in_words(server):
    error = refused(server, ECHO, b"\x08\x01" * 100, compression=grpc.Compression.Gzip)
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED
    assert error.details() == "compressed messages are not supported"


def test_a_learner_who_calls_too_often_is_told_to_wait(server):
    with server.channel(True) as channel:
        sessions = channel.unary_unary("/" + SESSIONS)
        futures = [sessions.future(b"", metadata=bearer("learner"), timeout=PATIENCE_S) for _ in range(300)]
        refusals = [f.exception() for f in futures if f.exception() is not None]
    assert 0 < len(refusals) <= 200
    for error in refusals:
        assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert int(dict(error.trailing_metadata())["grpc-retry-pushback-ms"]) >= 1


def test_a_credential_is_asked_for(server):
    assert refused(server, SESSIONS).code() == grpc.StatusCode.UNAUTHENTICATED
    assert refused(server, SESSIONS, metadata=bearer("school")).code() == grpc.StatusCode.PERMISSION_DENIED


def test_the_health_check_answers(server):
    assert call(server, "grpc.health.v1.Health/Check", secure=True) == b"\x08\x01"
    service = b"creditbank.v1.LogService"
    assert call(server, "grpc.health.v1.Health/Check", bytes([10, len(service)]) + service) == b"\x08\x01"
    error = refused(server, "grpc.health.v1.Health/Check", b"\x0a\x01x")
    assert error.code() == grpc.StatusCode.NOT_FOUND


def test_a_call_leaves_one_line_without_tokens_and_account_numbers(server):
    before = len(server.logged().splitlines())
    curl(server, SESSIONS, b"{}", "--header", "authorization: Bearer learner", "--http1.1")
    lines = server.logged().splitlines()[before:]
    assert len(lines) == 1, lines
    for part in ("method=" + SESSIONS, "protocol=connect", "status=ok", "caller=learner", "ms=", "id="):
        assert part in lines[0], lines[0]
    assert "123456789012" not in lines[0] and "Bearer" not in lines[0]


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    failed = False
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests, 1):
        try:
            # A server each: no test meets what another left, such as a learner's rate.
            with tempfile.TemporaryDirectory() as folder, contextlib.closing(Server(folder)) as server:
                test(server)
            print(f"ok {number} - {name[5:]}", flush=True)
        except Exception:
            failed = True
            print(f"not ok {number} - {name[5:]}", flush=True)
            traceback.print_exc()
    sys.exit(failed)


if __name__ == "__main__":
    main()
