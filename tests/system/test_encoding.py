"""What is signed is canonical and bounded, and what is not a message at all does no harm."""
import base64
import json

import pytest

import merkle
from client import Refused, canonical, make_item, now_us
from contract import pb
from town import result

MIB = 1 << 20
ITEMS_MAX = 1000


def varint(value, pad=0):
    """A varint, longer than need be by `pad` bytes."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    for _ in range(pad):
        out[-1] |= 0x80
        out.append(0)
    return bytes(out)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def sign_raw(town, transaction, items):
    return town.school.sign_bytes(transaction, items, town.school.keys["post"])


def refuse_items(town, *items, count=None):
    """Items as they stand, under the root that they have."""
    made = town.school.transaction(list(items))
    if count is not None:
        made.items.item_count = count
    return town.refuses_signed(town.school, sign_raw(town, canonical(made), list(items)))


def test_items_that_do_not_hash_to_the_root_are_refused(town):
    items = [make_item(town.opening()) for _ in range(3)]
    transaction = canonical(town.school.transaction(items))
    for other in ([items[1], items[0], items[2]], [items[0], items[1], make_item(town.opening())],
                  [items[0], items[0], items[2]]):
        refused = town.refuses_signed(town.school, sign_raw(town, transaction, other))
        assert refused.reasons == ["ITEMS_ROOT_WRONG"] and refused.refusals[0].field == "items.items_root"


def test_a_node_does_not_pass_for_an_item(town):
    """RFC 6962's prefixes: two leaf hashes side by side have the same root only with another first byte."""
    items = [make_item(town.opening()) for _ in range(2)]
    node = b"".join(merkle.leaf_hash(item) for item in items)
    made = town.school.transaction(items)
    made.items.item_count = 1
    refused = town.refuses_signed(town.school, sign_raw(town, canonical(made), [node]))
    assert refused.reasons == ["ITEMS_ROOT_WRONG"]


def test_as_many_items_come_as_were_signed(town):
    items = [make_item(town.opening()) for _ in range(3)]
    transaction = canonical(town.school.transaction(items))
    for other in ([], items[:2], items + items[:1]):
        refused = town.refuses_signed(town.school, sign_raw(town, transaction, other))
        assert refused.reasons == ["ITEM_COUNT"]


def test_a_control_record_has_no_items(town):
    control = pb.Control(key_revoked=pb.KeyRevoked(institution_id="school-a", key_id=bytes(32)))
    signed = town.operator.sign(control, "admin")
    signed.items.append(make_item(town.opening()))
    assert town.refuses_signed(town.operator, signed).reasons == ["ITEM_COUNT"]


def test_a_salt_of_zeros_is_refused(town):
    refused = refuse_items(town, make_item(town.opening()), make_item(town.opening(), bytes(16)))
    assert [(refusal.item.value, refusal.reason) for refusal in refused.refusals] == [(1, "SALT_ZERO")]


def test_a_repeated_salt_is_refused(town):
    salt = b"the same again!!"
    refused = refuse_items(town, make_item(town.opening(), salt), make_item(town.opening()),
                           make_item(town.opening(), salt))
    assert set(refused.reasons) == {"SALT_REPEATED"}
    assert {refusal.item.value for refusal in refused.refusals} <= {0, 2}


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_salt_has_sixteen_bytes(town, length):
    refused = refuse_items(town, make_item(town.opening(), b"s" * length))
    assert refused.refusals[0].HasField("item") and "salt" in refused.refusals[0].field


def spoil(item):
    """Item bytes that mean what `item` means, or more, and are not its canonical ones."""
    salt, body = item[:18], item[18:]
    tag = body[:2]
    inner = pb.Item.FromString(item).account_opened
    content = canonical(inner)
    length = varint(len(content))
    return {
        "unknown field": item + field(900, b"x"),
        "unknown field within": salt + tag + varint(len(content) + 4) + content + field(99, b"x")[:4],
        "duplicate field": salt + salt + body,
        "duplicate field within": salt + tag + varint(len(content) * 2) + content + content,
        "two bodies": item + field(31, canonical(pb.AccountActivated(account_no=inner.account_no))),
        "long varint": salt + tag + varint(len(content), pad=1) + content,
        "long tag": salt + b"\xf2\x81\x00" + length + content,
        "out of order": body + salt,
        "default value": salt + tag + varint(len(content) + 4) + content + b"\x12\x02\x08\x00",
        "trailing bytes": item + b"\x00",
        "cut off": item[:-1],
        "group": item + b"\xa3\x06\xa4\x06",
        "field number 0": item + b"\x02\x00",
        "nothing after the salt": salt,
        "nothing": b"",
    }


@pytest.mark.parametrize("what", list(spoil(make_item(pb.AccountOpened(account_no="1")))))
def test_an_item_that_is_not_canonical_is_refused(town, what):
    refused = refuse_items(town, make_item(town.opening()), spoil(make_item(town.opening()))[what])
    assert refused.status == "INVALID_ARGUMENT"
    assert {refusal.item.value for refusal in refused.refusals if refusal.HasField("item")} == {1}


@pytest.mark.parametrize("what", ["unknown field", "duplicate field", "long varint", "out of order", "cut off",
                                  "trailing bytes", "unpacked", "nothing"])
def test_a_transaction_that_is_not_canonical_is_refused(town, what):
    items = [make_item(town.opening())]
    good = canonical(town.school.transaction(items))
    origin = field(1, town.school.log_origin.encode())
    spoiled = {
        "unknown field": good + field(99, b"x"),
        "duplicate field": origin + good,
        "long varint": b"\x0a" + varint(len(town.school.log_origin), pad=2) + good[2:],
        "out of order": good[len(origin):] + origin,
        "cut off": good[:-1],
        "trailing bytes": good + b"\x00",
        "unpacked": good + b"\x00\x00",
        "nothing": b"",
    }[what]
    refused = town.refuses_signed(town.school, sign_raw(town, spoiled, items))
    assert refused.status == "INVALID_ARGUMENT"


def test_repeated_duties_are_packed(town):
    """protobuf lets a parser accept both forms; of signed bytes there is one."""
    registration = town.school.keys["post"].registration(town.school.log_origin, "school-a", pb.DUTY_POST)
    packed = canonical(registration)
    assert b"\x1a\x01\x01" in packed
    unpacked = packed.replace(b"\x1a\x01\x01", b"\x18\x01")
    control = field(3, unpacked)
    head = pb.Transaction(log_origin=town.school.log_origin, institution_id="school-a", request_id=bytes(16))
    head.create_time.seconds = now_us() // 1_000_000
    transaction = canonical(head) + field(5, control)
    signed = town.school.sign_bytes(transaction, [], town.school.keys["admin"])
    assert town.refuses_signed(town.school, signed, "admin").reasons == ["WIRE_NOT_PACKED"]


def test_a_thousand_items_are_booked_and_one_more_is_not(town):
    openings = [town.opening() for _ in range(ITEMS_MAX + 1)]
    refused = town.refuses(town.school, openings)
    assert refused.status == "INVALID_ARGUMENT"
    assert town.submit(town.school, openings[:ITEMS_MAX]).entry_index > 0


def test_no_items_are_refused(town):
    made = pb.Transaction(log_origin=town.school.log_origin, institution_id="school-a", request_id=b"r" * 16)
    made.create_time.seconds = now_us() // 1_000_000
    made.items.items_root = merkle.sha256(b"")
    refused = town.refuses_signed(town.school, sign_raw(town, canonical(made), []))
    assert refused.reasons == ["ITEM_COUNT"]
    made.ClearField("items")
    refused = town.refuses_signed(town.school, sign_raw(town, canonical(made), []))
    assert refused.reasons == ["FIELD_REQUIRED"]


def test_two_mebibytes_are_refused_and_the_connection_lives(town):
    big = [make_item(pb.AccountOpened(account_no="1" * 2200)) for _ in range(ITEMS_MAX)]
    signed = town.school.sign(big)
    assert len(signed.request().SerializeToString()) > 2 * MIB
    refused = town.refuses_signed(town.school, signed)
    assert refused.status == "RESOURCE_EXHAUSTED" and refused.reasons == ["REQUEST_TOO_LARGE"]
    body = json.dumps({"transaction": "A" * 2 * MIB}).encode()
    refused = town.refuses_call(lambda: town.connect.call("Submit", body, town.school.token()))
    assert refused.reasons == ["REQUEST_TOO_LARGE"]
    assert town.submit(town.school, [town.opening()]).entry_index > 0


def test_many_large_programmes_at_once_harm_nobody(town):
    """Fifteen signed bytes are a row of hundreds in memory: what a batch may take is bounded by that."""
    codes = sorted(f"{letter}{digit}" for letter in "abcdefghijklmnopqrstuvwxyz" for digit in range(10))
    courses = [pb.Course(course_code=code, name="x", kind=1, centihours=1, centicredits=1) for code in codes]
    sent = []
    for _ in range(8):
        programmes = [pb.ProgrammePublished(programme_id=f"many-{town.fresh()}", major_code="510201", name="x",
                                            cohort=2023, graduation_centicredits=1, courses=courses)
                      for _ in range(150)]
        sent.append(town.school.sign(programmes, "rules"))
    calls = [town.desk.start(town.school, signed, "rules", validate_only=True) for signed in sent]
    assert [town.desk.finish(signed, call) for signed, call in zip(sent, calls, strict=True)] == [None] * len(sent)
    town.bank.assert_sound()


def test_an_item_of_a_person_has_a_size(town):
    opening = pb.AccountOpened(account_no="1" * 17_000)
    refused = refuse_items(town, make_item(opening))
    assert refused.reasons == ["ITEM_TOO_LARGE"] and refused.refusals[0].item.value == 0


def test_text_with_nul_or_bad_utf8_is_refused(town):
    account = town.learner()
    item = make_item(result(account, "R-text-NUL-bad"))
    for bad, reason in ((b"\x00UL", "TEXT_HAS_NUL"), (b"\xc0\x80x", "TEXT_NOT_UTF8"),
                        (b"\xed\xa0\x80", "TEXT_NOT_UTF8"), (b"\xff\xfe\xfd", "TEXT_NOT_UTF8")):
        refused = refuse_items(town, item.replace(b"NUL", bad))
        assert refused.reasons == [reason] and refused.refusals[0].item.value == 0


def test_an_enum_value_that_the_contract_does_not_name_is_refused(town):
    item = make_item(result(town.learner(), "R-enum", scheme=77))
    assert refuse_items(town, item).reasons == ["ENUM_UNKNOWN"]


@pytest.mark.parametrize("method, token", [("Submit", True), ("GetInstitution", False), ("Evaluate", True)])
def test_deep_nesting_is_refused(town, method, token):
    """20,000 messages one in the other, wherever a field is length-delimited."""
    for number in (1, 2, 3, 5):
        bomb = b""
        for _ in range(20_000):
            bomb = field(number, bomb) if len(bomb) < MIB - 16 else bomb
        refuses_bytes(town, method, bomb, town.school.token() if token else None)


def test_groups_nested_deep_are_refused(town):
    refuses_bytes(town, "GetInstitution", b"\x0b" * 20_000 + b"\x0c" * 20_000, None)


@pytest.mark.parametrize("row", [b"\x12\x00", b"\x1a\x00"])
def test_a_mebibyte_of_empty_rows_is_refused(town, row):
    """Each costs two bytes on the wire and many in memory."""
    refuses_bytes(town, "Submit", row * (MIB // 2 - 100), town.school.token())


@pytest.mark.parametrize("body_field, row, rows", [
    (13, b"\x32\x00", 100_000),  # courses of a programme
    (14, b"\x42\x00", 100_000),  # rules of a rulebook
    (14, b"\x42\x02\x12\x00", 60_000),  # clauses of rules
    (30, b"\x12\x00", 7_000),  # commitments of an account
    (54, b"\x3a\x00", 7_000),  # exemptions of a decision
])
def test_a_mebibyte_of_empty_rows_within_items_is_refused(town, body_field, row, rows):
    """What is signed is read with budgets too, item by item."""
    body = field(body_field, row * rows)
    items = [b"\x0a\x10" + merkle.sha256(bytes([i]))[:16] + body for i in range(min(60, MIB // len(body)))]
    refused = refuse_items(town, *items)
    assert refused.status in ("INVALID_ARGUMENT", "RESOURCE_EXHAUSTED", "PERMISSION_DENIED", "OUT_OF_RANGE",
                              "NOT_FOUND")
    assert len({refusal.item.value for refusal in refused.refusals}) >= 1


def test_empty_rows_within_a_control_record_are_refused(town):
    head = pb.Transaction(log_origin=town.school.log_origin, institution_id="bank", request_id=b"r" * 16)
    head.create_time.seconds = now_us() // 1_000_000
    for rows in (b"\x1a\x00", b"\x12\x00"):
        transaction = canonical(head) + field(5, field(1, rows * 16_000))
        signed = town.operator.sign_bytes(transaction, [], town.operator.keys["admin"])
        refused = town.refuses_signed(town.operator, signed)
        assert refused.status not in ("INTERNAL", "UNKNOWN", "UNAVAILABLE")


def test_a_mebibyte_of_noise_is_refused(town):
    for seed in range(20):
        noise = merkle.sha256(bytes([seed])) * 1000
        refuses_bytes(town, "Submit", noise, town.school.token())


def refuses_bytes(town, method, body, token):
    """By gRPC and Connect alike; and the bank lives."""
    by_grpc = town.refuses_call(lambda: town.desk.grpc.call(method, body, token))
    by_connect = town.refuses_call(lambda: town.connect.call(method, body, token, "application/proto"))
    assert by_grpc.status not in ("INTERNAL", "UNKNOWN", "UNAVAILABLE")
    assert (by_grpc.status, by_grpc.reasons) == (by_connect.status, by_connect.reasons)


@pytest.mark.parametrize("body, reason", [
    (b'{"institutionId": "bank", "institutionId": "bank"}', "JSON_KEY_TWICE"),
    (b'{"institutionId": "bank", "institution_id": "bank"}', "FIELD_TWICE"),
    (b'{"institutionId": NaN}', "JSON_SYNTAX"),
    (b'{"institutionId": "\\ud800"}', "JSON_SYNTAX"),
    (b'{"institutionId": "\\udc00\\ud800"}', "JSON_SYNTAX"),
    (b'{"institutionId": "\xff"}', "TEXT_NOT_UTF8"),
    (b'{"institutionId": "a\\u0000"}', "TEXT_HAS_NUL"),
    (b'{"institutionId": 7}', "JSON_TYPE_WRONG"),
    (b'{"institutionid": "bank"}', "JSON_KEY_UNKNOWN"),
    (b'{"institutionId": "bank"} {}', "JSON_SYNTAX"),
    (b'{"institutionId": "bank"', "JSON_SYNTAX"),
    (b"[]", "JSON_TYPE_WRONG"),
    (b"", "JSON_SYNTAX"),
    (b"[" * 20_000, "MESSAGE_TOO_DEEP"),
    (b'{"institutionId":' * 20_000, "MESSAGE_TOO_DEEP"),
], ids=lambda value: value if isinstance(value, str) else repr(value[:32]))
def test_json_that_is_not_what_the_contract_says_is_refused(town, body, reason):
    refused = town.refuses_call(lambda: town.connect.call("GetInstitution", body))
    assert refused.status == "INVALID_ARGUMENT"
    assert refused.reasons == [reason]


@pytest.mark.parametrize("method, body, reason", [
    ("ListInstitutions", b'{"kind": "INSTITUTION_KIND_BANK"}', "ENUM_UNKNOWN"),
    ("ListInstitutions", b'{"kind": 77}', "ENUM_UNKNOWN"),
    ("ListInstitutions", b'{"pageSize": NaN}', "JSON_SYNTAX"),
    ("ListInstitutions", b'{"pageSize": "NaN"}', "JSON_TYPE_WRONG"),
    ("ListInstitutions", b'{"pageSize": 1e999}', "NUMBER_OUT_OF_RANGE"),
    ("ListInstitutions", b'{"pageSize": 1.5}', "JSON_TYPE_WRONG"),
    ("ListInstitutions", b'{"pageSize": 2147483648}', "NUMBER_OUT_OF_RANGE"),
    ("GetInclusionProof", b'{"entryIndex": "-1"}', "NUMBER_OUT_OF_RANGE"),
    ("GetInclusionProof", b'{"entryIndex": "18446744073709551616"}', "NUMBER_OUT_OF_RANGE"),
])
def test_numbers_and_enums_in_json_are_in_their_range(town, method, body, reason):
    refused = town.refuses_call(lambda: town.connect.call(method, body))
    assert refused.status == "INVALID_ARGUMENT"
    assert refused.reasons == [reason]


def test_base64_in_json_is_strict_and_carries_the_same_bytes(town):
    signed = town.school.sign([town.opening()])
    text = {"transaction": base64.b64encode(signed.transaction).decode(),
            "signatures": [{"keyId": base64.b64encode(key_id).decode(),
                            "signature": base64.b64encode(signature).decode()}
                           for key_id, signature in signed.signatures],
            "items": [base64.b64encode(item).decode() for item in signed.items],
            "sealedPersons": [base64.b64encode(sealed).decode() for sealed in signed.request().sealed_persons]}
    for spoiled in ({**text, "transaction": text["transaction"] + "*"},
                    {**text, "items": [" " + text["items"][0]]}, {**text, "items": ["Q"]},
                    {**text, "items": ["QR=="]}):
        body = json.dumps(spoiled).encode()
        refused = town.refuses_call(lambda: town.connect.call("Submit", body, town.school.token()))
        assert refused.reasons == ["BASE64_INVALID"]
    answer = json.loads(town.connect.call("Submit", json.dumps(text).encode(), town.school.token()))
    again = town.desk.submit(town.school, signed)
    assert answer["entry"]["entryIndex"] == str(again.entry_index)
    assert base64.b64decode(answer["entry"]["logEntry"]) == again.log_entry


def test_the_bank_is_none_the_worse(town):
    """After all of this the same processes serve, and nobody else's answer was touched."""
    with pytest.raises(Refused):
        town.connect.call("GetInstitution", b"{")
    assert "signal=" not in town.bank.log.read_text(encoding="utf-8")
    assert town.submit(town.school, [town.opening()]).entry_index > 0
