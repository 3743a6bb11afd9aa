"""Who may say what: signatures, keys, duties, and the institution that calls."""
import dataclasses

import pytest

from bank import ORIGIN
from client import TRANSACTION, Institution, Key, canonical, make_item
from contract import pb
from town import certificate, training


@pytest.fixture
def signed(town):
    """What the bank would book if the test left it as it is."""
    return town.school.sign([town.opening()])


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
def test_keys_of_every_algorithm_sign_and_sign_in(town, algorithm):
    key = Key(algorithm)
    town.register_key(key, "school-a", pb.DUTY_POST)
    school = Institution(ORIGIN, "school-a", post=key)
    assert town.submit(school, [town.opening()]).entry_index > 0


def test_a_wrong_signature_is_refused(town, signed):
    [(key_id, signature)] = signed.signatures
    for place in (0, 31, 32, 63):
        wrong = bytearray(signature)
        wrong[place] ^= 1
        refused = town.refuses_signed(town.school, signed.with_signature((key_id, bytes(wrong))))
        assert refused.reasons == ["SIGNATURE_INVALID"]


def test_a_signature_of_other_bytes_is_refused(town, signed):
    key = town.school.keys["post"]
    for other in (key.sign(TRANSACTION, signed.transaction + b"\x00"), key.sign_bytes(signed.transaction),
                  key.sign("application/vnd.creditbank.statement.v1+protobuf", signed.transaction)):
        refused = town.refuses_signed(town.school, signed.with_signature((key.key_id, other)))
        assert refused.reasons == ["SIGNATURE_INVALID"]


def test_a_transaction_whose_bytes_were_changed_is_refused(town, signed):
    message = pb.Transaction.FromString(signed.transaction)
    message.request_id = bytes(16)
    changed = dataclasses.replace(signed, transaction=canonical(message))
    assert town.refuses_signed(town.school, changed).reasons == ["SIGNATURE_INVALID"]


def test_a_stripped_signature_is_refused(town, signed):
    assert town.refuses_signed(town.school, signed.with_signature()).reasons == ["SIGNATURE_COUNT"]


@pytest.mark.parametrize("length", [0, 32, 63, 65])
def test_a_signature_of_another_length_is_refused(town, signed, length):
    [(key_id, signature)] = signed.signatures
    wrong = signed.with_signature((key_id, (signature + b"\x00")[:length]))
    assert town.refuses_signed(town.school, wrong).reasons == ["SIGNATURE_INVALID"]


def test_a_key_id_of_another_length_is_refused(town, signed):
    [(key_id, signature)] = signed.signatures
    refused = town.refuses_signed(town.school, signed.with_signature((key_id[:31], signature)))
    assert refused.reasons == ["SIGNATURE_INVALID"]


def test_each_key_signs_once_and_four_may(town):
    keys = list(town.school.keys.values())[:5]
    opening = canonical(town.school.transaction([make_item(town.opening())]))
    five = town.school.sign_bytes(opening, [], *keys)
    assert len(five.signatures) == 5
    assert town.refuses_signed(town.school, five).reasons == ["SIGNATURE_COUNT"]
    twice = town.school.sign_bytes(opening, [], keys[0], keys[0])
    assert town.refuses_signed(town.school, twice).reasons == ["SIGNATURE_COUNT"]
    assert town.submit(town.school, [town.opening()], "post", "review", "decide", "rules").entry_index > 0


def test_a_good_signature_does_not_carry_a_bad_one(town, signed):
    [good] = signed.signatures
    bad = (town.school.keys["review"].key_id, bytes(64))
    for signatures in ((good, bad), (bad, good)):
        refused = town.refuses_signed(town.school, signed.with_signature(*signatures))
        assert refused.reasons == ["SIGNATURE_INVALID"]


def test_a_key_that_is_not_registered_is_refused(town, signed):
    stranger = town.school.sign_bytes(signed.transaction, signed.items, Key())
    assert town.refuses_signed(town.school, stranger).reasons == ["KEY_UNKNOWN"]


def test_a_key_of_another_institution_is_refused(town, signed):
    foreign = town.school.sign_bytes(signed.transaction, signed.items, town.issuer.keys["post"])
    assert town.refuses_signed(town.school, foreign).reasons == ["KEY_FOREIGN"]


def test_a_revoked_key_neither_signs_nor_signs_in(town):
    key = Key()
    town.register_key(key, "school-a", pb.DUTY_POST)
    school = Institution(ORIGIN, "school-a", post=town.school.keys["post"], lost=key)
    assert town.submit(school, [town.opening()], "lost").entry_index > 0
    revoked = town.revoke_key(key, "school-a")
    signed = school.sign([town.opening()], "lost")
    refused = town.refuses_signed(school, signed, "post")
    assert refused.reasons == ["KEY_REVOKED"]
    assert str(revoked.entry_index) in refused.refusals[0].message_en
    assert town.refuses_signed(school, signed, "lost").status == "UNAUTHENTICATED"


def test_a_revoked_key_stays_revoked(town):
    key = Key()
    town.register_key(key, "school-a", pb.DUTY_POST)
    town.revoke_key(key, "school-a")
    again = pb.Control(key_registered=key.registration(ORIGIN, "school-a", pb.DUTY_POST))
    assert town.refuses(town.operator, again, "admin").reasons == ["KEY_ALREADY_REGISTERED"]


@pytest.mark.parametrize("name", ["review", "decide", "rules", "admin"])
def test_a_key_without_the_duty_is_refused(town, name):
    refused = town.refuses(town.school, [town.opening()], name)
    assert refused.status == "PERMISSION_DENIED" and refused.reasons == ["DUTY_MISSING"]


def test_control_records_need_the_duty_admin(town):
    registered = pb.Control(institution_registered=pb.InstitutionRegistered(
        institution_id="newcomer", kind=pb.INSTITUTION_KIND_SCHOOL, name="新校"))
    assert town.refuses(town.operator, registered, "rules").reasons == ["DUTY_MISSING"]


def test_a_school_registers_no_institution_and_no_key_of_another(town):
    registered = pb.Control(institution_registered=pb.InstitutionRegistered(
        institution_id="newcomer", kind=pb.INSTITUTION_KIND_SCHOOL, name="新校"))
    assert town.refuses(town.school, registered, "admin").status == "PERMISSION_DENIED"
    foreign = pb.Control(key_registered=Key().registration(ORIGIN, "school-b", pb.DUTY_POST))
    assert town.refuses(town.school, foreign, "admin").status == "PERMISSION_DENIED"


def test_a_key_is_not_registered_by_who_does_not_hold_it(town):
    registration = Key().registration(ORIGIN, "school-a", pb.DUTY_POST)
    for change in ({"institution_id": "school-b"}, {"duties": [pb.DUTY_POST, pb.DUTY_ADMIN]},
                   {"spki": Key().spki}, {"proof_of_possession": bytes(64)}):
        other = pb.KeyRegistered()
        other.CopyFrom(registration)
        for field in change:
            other.ClearField(field)
        other.MergeFrom(pb.KeyRegistered(**change))
        refused = town.refuses(town.operator, pb.Control(key_registered=other), "admin")
        assert refused.reasons == ["KEY_PROOF_INVALID"]


def test_the_bank_is_founded_once(town):
    signed_before = town.desk.call("ListEntries", pb.ListEntriesRequest()).entries[0]
    founding = pb.Transaction.FromString(pb.LogEntry.FromString(signed_before).transaction).control
    refused = town.refuses(town.operator, founding, "admin")
    assert refused.reasons == ["LOG_ALREADY_FOUNDED"]


def test_nobody_submits_for_another(town, signed):
    assert town.refuses_signed(town.issuer, signed).reasons == ["CALLER_NOT_SIGNER"]
    anonymous = town.refuses_call(lambda: town.desk.grpc.call("Submit", signed.request()))
    assert anonymous.reasons == ["CREDENTIAL_MISSING"]


def test_a_school_awards_no_certificate_and_an_issuer_posts_no_result(town):
    account = town.learner()
    refused = town.refuses(town.school, [certificate(account, "X1")], "post")
    assert refused.reasons == ["INSTITUTION_KIND_WRONG"]
    assert town.submit(town.issuer, [training(account, f"T{town.fresh()}")]).entry_index > 0


@pytest.mark.parametrize("claims, status", [
    ({"aud": "another.bank.example/log"}, "UNAUTHENTICATED"),
    ({"exp": 1}, "UNAUTHENTICATED"),
    ({"exp": 4_102_444_800}, "UNAUTHENTICATED"),
    ({"iss": "0" * 64}, "UNAUTHENTICATED"),
    ({"sub": "somebody"}, "UNAUTHENTICATED"),
])
def test_a_token_that_does_not_fit_signs_nobody_in(town, signed, claims, status):
    token = town.school.keys["post"].token(ORIGIN, **claims)
    refused = town.refuses_call(lambda: town.desk.grpc.call("Submit", signed.request(), token))
    assert refused.status == status


def test_a_token_of_another_key_signs_nobody_in(town, signed):
    key = town.school.keys["post"]
    body = key.token(ORIGIN).rsplit(".", 1)[0]
    other = Key().token(ORIGIN).rsplit(".", 1)[1]
    for token in (f"{body}.{other}", f"{body}.", body, "a.b.c", ".."):
        refused = town.refuses_call(lambda: town.desk.grpc.call("Submit", signed.request(), token))
        assert refused.status == "UNAUTHENTICATED"
