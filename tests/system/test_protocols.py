"""One contract by every protocol: curl --http1.1, curl --http2 and grpcio, all over TLS, read the same."""
import base64
import json
import subprocess
import urllib.parse

import pytest
from google.protobuf import json_format

from contract import canonical, pb

CONNECT = {"http1.1": "--http1.1", "http2": "--http2"}


def curl(town, version, method, *options, path_more=""):
    """Body of the answer; curl checks the certificate, and that the version was spoken."""
    path = pb.services[method][0]
    done = subprocess.run(
        ["curl", "-sS", "--cacert", str(town.bank.certificate), CONNECT[version], "--tlsv1.3",
         "-w", "\n%{http_version} %{http_code}", *options, f"https://localhost:{town.bank.port}{path}{path_more}"],
        check=True, capture_output=True, stdin=subprocess.DEVNULL)
    body, _, spoken = done.stdout.rpartition(b"\n")
    number, status = spoken.decode().split()
    assert number == {"http1.1": "1.1", "http2": "2"}[version]
    return body, int(status)


def by_json(town, version, method, request, *options):
    """The answer to a Connect call in JSON, as a message."""
    body, status = curl(town, version, method, "-H", "content-type: application/json", *options,
                        "--data-binary", json_format.MessageToJson(request))
    kind = getattr(pb, pb.services[method][1].output_type.name)
    return json_format.Parse(body, kind()) if status == 200 else (status, json.loads(body))


def bearer(town, institution):
    return ["-H", f"authorization: Bearer {institution.token()}"] if institution else []


@pytest.mark.parametrize("method, request_of", [
    ("GetInstitution", lambda town: pb.GetInstitutionRequest(institution_id="school-a")),
    ("ListInstitutions", lambda town: pb.ListInstitutionsRequest(kind=pb.INSTITUTION_KIND_ISSUER)),
    ("GetProgramme", lambda town: pb.GetProgrammeRequest(school_id="school-a", programme_id="5102-2023")),
    ("ListCertificates", lambda town: pb.ListCertificatesRequest(family_id="web")),
    ("ListEntries", lambda town: pb.ListEntriesRequest(page_size=5)),
])
def test_curl_1_1_curl_2_and_grpcio_read_the_same_public_record(town, method, request_of):
    request = request_of(town)
    by_grpc = town.desk.call(method, request)
    assert by_grpc.ByteSize() > 0
    for version in CONNECT:
        assert by_json(town, version, method, request) == by_grpc


def test_curl_1_1_curl_2_and_grpcio_read_the_same_account(town):
    """Show 2: an account, by the school that has enrolled its owner."""
    account = town.learner()
    request = pb.GetAccountRequest(account_no=account)
    by_grpc = town.desk.call("GetAccount", request, town.school)
    assert by_grpc.account.account_no == account
    for version in CONNECT:
        assert by_json(town, version, "GetAccount", request, *bearer(town, town.school)) == by_grpc


@pytest.mark.parametrize("version", CONNECT)
def test_protobuf_by_connect_is_the_same_too(town, version, tmp_path):
    request = pb.GetInstitutionRequest(institution_id="school-a")
    (tmp_path / "body").write_bytes(canonical(request))
    body, status = curl(town, version, "GetInstitution", "-H", "content-type: application/proto",
                        "--data-binary", f"@{tmp_path / 'body'}")
    assert status == 200
    assert pb.GetInstitutionResponse.FromString(body) == town.desk.call("GetInstitution", request)


@pytest.mark.parametrize("version", CONNECT)
@pytest.mark.parametrize("encoding", ["json", "proto"])
def test_a_method_without_side_effects_is_called_by_get(town, version, encoding):
    request = pb.GetInstitutionRequest(institution_id="school-a")
    message = (json_format.MessageToJson(request).encode() if encoding == "json" else canonical(request))
    query = urllib.parse.urlencode({"connect": "v1", "encoding": encoding, "base64": "1",
                                    "message": base64.urlsafe_b64encode(message).rstrip(b"=").decode()})
    body, status = curl(town, version, "GetInstitution", path_more=f"?{query}")
    assert status == 200, body
    answer = pb.GetInstitutionResponse()
    json_format.Parse(body, answer) if encoding == "json" else answer.ParseFromString(body)
    assert answer == town.desk.call("GetInstitution", request)


@pytest.mark.parametrize("version", CONNECT)
def test_what_changes_something_is_not_called_by_get(town, version):
    body, status = curl(town, version, "Submit", path_more="?connect=v1&encoding=json&message=%7B%7D")
    assert status in (405, 501), body


@pytest.mark.parametrize("version", CONNECT)
def test_a_transaction_is_booked_by_any_protocol_and_repeated_by_another(town, version):
    signed = town.school.sign([town.opening()])
    answer = by_json(town, version, "Submit", signed.request(), *bearer(town, town.school))
    town.desk.check(signed, answer.entry)
    again = town.desk.submit(town.school, signed)
    assert (again.entry_index, again.log_entry) == (answer.entry.entry_index, answer.entry.log_entry)


@pytest.mark.parametrize("version", CONNECT)
def test_errors_are_the_same_by_every_protocol(town, version):
    signed = town.school.sign([town.opening()]).with_signature()
    by_grpc = town.refuses_signed(town.school, signed)
    status, error = by_json(town, version, "Submit", signed.request(), *bearer(town, town.school))
    assert status == 400 and error["code"] == "invalid_argument"
    [detail] = error["details"]
    assert detail["type"] == "creditbank.v1.Refusal"
    value = detail["value"] + "=" * (-len(detail["value"]) % 4)
    assert [pb.Refusal.FromString(base64.b64decode(value))] == by_grpc.refusals


@pytest.mark.parametrize("version", CONNECT)
def test_a_connection_without_tls_1_3_or_a_known_certificate_gets_nothing(town, version):
    url = f"https://localhost:{town.bank.port}/"
    for options in (["--tls-max", "1.2", "--cacert", str(town.bank.certificate)], []):
        done = subprocess.run(["curl", "-sS", CONNECT[version], *options, url], capture_output=True,
                              stdin=subprocess.DEVNULL, check=False)
        assert done.returncode in (35, 60), done.stderr
