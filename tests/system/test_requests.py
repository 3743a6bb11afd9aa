"""Exactly once, by institution and request id; and the time at which a transaction was made."""
import dataclasses
import secrets

import pytest

from client import Refused, canonical, now_us
from contract import pb
from town import result

HOUR_US = 3600 * 1_000_000
MINUTE_US = 60 * 1_000_000


def same_entry(a, b):
    return (a.entry_index, a.log_entry, a.booked_at) == (b.entry_index, b.log_entry, b.booked_at)


def test_the_same_request_again_has_the_first_answer(town):
    signed = town.school.sign([town.opening()])
    first = town.desk.submit(town.school, signed)
    size = town.log_size()
    again = town.desk.submit(town.school, signed)
    assert same_entry(first, again)
    assert town.log_size() == size


def test_equality_is_of_bytes_and_not_of_signatures(town):
    signed = town.school.sign([town.opening()], "post")
    first = town.desk.submit(town.school, signed)
    by_two = town.school.sign_bytes(signed.transaction, signed.items, town.school.keys["post"],
                                    town.school.keys["review"])
    again = town.desk.submit(town.school, by_two)
    assert same_entry(first, again)


def test_a_repeated_control_record_has_the_first_answer(town):
    control = pb.Control(institution_registered=pb.InstitutionRegistered(
        institution_id=f"reg-{town.fresh()}", kind=pb.INSTITUTION_KIND_REGULATOR, name="主管部门"))
    signed = town.operator.sign(control, "admin")
    first = town.desk.submit(town.operator, signed)
    assert same_entry(first, town.desk.submit(town.operator, signed))


def test_a_request_that_was_refused_may_be_sent_again_with_other_bytes(town):
    account, request_id = town.learner(), secrets.token_bytes(16)
    wrong = result(account, f"R{town.fresh()}", centicredits=1)
    assert town.refuses(town.school, [wrong], request_id=request_id).reasons == ["CREDITS_WRONG"]
    right = result(account, f"R{town.fresh()}")
    assert town.submit(town.school, [right], request_id=request_id).entry_index > 0


@pytest.mark.parametrize("field", ["create_time", "items.item_count", "items.items_root", "control"])
def test_the_same_id_with_other_bytes_names_the_first_field_that_differs(town, field):
    signed = town.school.sign([town.opening()], "post")
    booked = town.desk.submit(town.school, signed)
    first = pb.Transaction.FromString(signed.transaction)
    same = {"request_id": first.request_id, "create_time": first.create_time}
    made = {
        "create_time": lambda: town.school.sign([town.opening()], request_id=first.request_id,
                                                create_time_us=now_us() - 1),
        "items.item_count": lambda: signed_again(town, [town.opening(), town.opening()], same),
        "items.items_root": lambda: signed_again(town, [town.opening()], same),
        "control": lambda: signed_again(town, pb.Control(key_revoked=pb.KeyRevoked(
            institution_id="school-a", key_id=town.school.keys["post"].key_id)), same),
    }[field]()
    refused = town.refuses_signed(town.school, made)
    assert refused.status == "ALREADY_EXISTS" and refused.reasons == ["REQUEST_ID_REUSED"]
    assert refused.refusals[0].field == field
    assert str(booked.entry_index) in refused.refusals[0].message_en


def signed_again(town, content, same):
    signed = town.school.sign(content)
    message = pb.Transaction.FromString(signed.transaction)
    message.request_id = same["request_id"]
    message.create_time.CopyFrom(same["create_time"])
    return town.school.sign_bytes(canonical(message), signed.items, town.school.keys["post"])


def test_two_institutions_may_draw_the_same_request_id(town):
    request_id = secrets.token_bytes(16)
    first = town.submit(town.school, [town.opening()], request_id=request_id)
    second = town.submit(town.other_school, [town.opening()], request_id=request_id)
    assert second.entry_index > first.entry_index


def test_one_request_many_times_at_once_is_booked_once(town):
    """Over connections of their own, so that both workers have a share of them."""
    signed = town.school.sign([town.opening() for _ in range(20)])
    size = town.log_size()
    desks = [town.new_desk() for _ in range(8)]
    calls = [(desk, desk.start(town.school, signed)) for desk in desks for _ in range(8)]
    answers = [desk.finish(signed, call) for desk, call in calls]
    assert all(same_entry(answer, answers[0]) for answer in answers)
    assert town.log_size() == size + 1
    for desk in desks:
        desk.close()


def test_of_many_with_one_request_id_and_other_bytes_one_is_booked(town):
    request_id = secrets.token_bytes(16)
    size = town.log_size()
    desks = [town.new_desk() for _ in range(4)]
    sent = [(desk, town.school.sign([town.opening()], request_id=request_id)) for desk in desks * 8]
    calls = [(desk, signed, desk.start(town.school, signed)) for desk, signed in sent]
    booked = refused = 0
    for desk, signed, call in calls:
        try:
            booked += desk.finish(signed, call).entry_index > 0
        except Refused as refusal:
            assert refusal.reasons == ["REQUEST_ID_REUSED"]
            refused += 1
    assert (booked, refused) == (1, len(sent) - 1)
    assert town.log_size() == size + 1
    for desk in desks:
        desk.close()


def test_of_many_that_open_one_account_at_once_one_is_booked(town):
    opening = town.opening()
    desks = [town.new_desk() for _ in range(4)]
    calls = []
    for desk in desks * 4:
        signed = town.school.sign([opening])
        calls.append((desk, signed, desk.start(town.school, signed)))
    reasons = []
    for desk, signed, call in calls:
        try:
            desk.finish(signed, call)
            reasons.append("booked")
        except Refused as refusal:
            reasons += refusal.reasons
    assert sorted(reasons) == ["ACCOUNT_EXISTS"] * 15 + ["PERSON_HAS_ACCOUNT"] * 15 + ["booked"]
    for desk in desks:
        desk.close()


@pytest.mark.parametrize("offset_us", [-24 * HOUR_US - MINUTE_US, 6 * MINUTE_US, 24 * HOUR_US,
                                       -10 * 365 * 24 * HOUR_US])
def test_a_create_time_a_day_off_is_refused(town, offset_us):
    refused = town.refuses(town.school, [town.opening()], create_time_us=now_us() + offset_us)
    assert refused.status == "FAILED_PRECONDITION"
    assert refused.reasons == ["CREATE_TIME_OUT_OF_WINDOW"] and refused.refusals[0].field == "create_time"


@pytest.mark.parametrize("offset_us", [-24 * HOUR_US + MINUTE_US, 4 * MINUTE_US])
def test_a_create_time_within_the_window_is_booked(town, offset_us):
    assert town.submit(town.school, [town.opening()], create_time_us=now_us() + offset_us).entry_index > 0


def test_an_old_request_keeps_its_answer_when_its_time_has_passed(town):
    """Who retries late learns what became of it: the log is asked before the clock."""
    signed = town.school.sign([town.opening()], create_time_us=now_us() - 24 * HOUR_US + MINUTE_US)
    first = town.desk.submit(town.school, signed)
    assert same_entry(first, town.desk.submit(town.school, signed))


def test_a_transaction_for_another_log_is_refused(town):
    refused = town.refuses(town.school, [town.opening()], log_origin="another.bank.example/log")
    assert refused.reasons == ["LOG_ORIGIN_WRONG"] and refused.refusals[0].field == "log_origin"


def test_validate_only_books_nothing_and_says_the_same(town):
    size = town.log_size()
    signed = town.school.sign([town.opening()])
    assert town.desk.submit(town.school, signed, validate_only=True) is None
    assert town.log_size() == size
    wrong = town.school.sign([result(town.learner(), "R1", centicredits=1)])
    checked = town.refuses_call(lambda: town.desk.submit(town.school, wrong, validate_only=True))
    booked = town.refuses_signed(town.school, wrong)
    assert checked.refusals == booked.refusals
    assert town.desk.submit(town.school, signed).entry_index > 0


def test_validate_only_of_what_is_booked_has_the_first_answer(town):
    signed = town.school.sign([town.opening()])
    first = town.desk.submit(town.school, signed)
    again = town.desk.submit(town.school, signed, validate_only=True)
    assert again is None or same_entry(first, again)


def test_two_that_are_only_checked_do_not_see_each_other(town):
    opening = town.opening()
    calls = []
    for _ in range(8):
        signed = town.school.sign([opening])
        calls.append((signed, town.desk.start(town.school, signed, validate_only=True)))
    assert [town.desk.finish(signed, call) for signed, call in calls] == [None] * 8


def test_a_transaction_is_booked_whole_or_not_at_all(town):
    good, account = town.opening(), town.learner()
    refused = town.refuses(town.school, [good, result(account, "R1", centicredits=1)])
    assert [refusal.item.value for refusal in refused.refusals] == [1]
    assert town.submit(town.school, [good]).entry_index > 0


def hollow(count, courses):
    """Plans that are wrong in everything, in little space."""
    return [pb.ProgrammePublished(programme_id=f"p{i}", courses=[pb.Course() for _ in range(courses)])
            for i in range(count)]


@pytest.mark.parametrize("count", [50, 800])
def test_what_is_wrong_in_everything_is_refused_and_harms_nobody(town, count):
    with pytest.raises(Refused) as caught:
        town.submit(town.school, hollow(count, 300), "rules")
    assert 0 < len(caught.value.refusals) <= 1000
    assert town.submit(town.school, [town.opening()]).entry_index > 0  # by a worker that is still there
    assert town.bank.log.read_text(encoding="utf-8").count("signal=") == 0


def test_request_ids_have_sixteen_bytes(town):
    for request_id in (b"", b"short", bytes(17)):
        refused = town.refuses(town.school, [town.opening()], request_id=request_id)
        assert refused.refusals[0].field == "request_id"


def test_signed_bytes_are_kept_exactly(town):
    signed = town.school.sign([town.opening()])
    booked = town.desk.submit(town.school, signed)
    entry = pb.LogEntry.FromString(booked.log_entry)
    assert entry.transaction == signed.transaction
    assert [(kept.key_id, kept.signature) for kept in entry.signatures] == signed.signatures
    [kept] = town.sql.run(f"SELECT encode(item, 'hex') FROM log.item WHERE entry_index = {booked.entry_index}")
    assert bytes.fromhex(kept) == signed.items[0]


def test_a_changed_signature_does_not_change_the_first_one(town):
    """A forged repetition learns nothing: signatures are verified before the log is asked."""
    signed = town.school.sign([town.opening()])
    town.desk.submit(town.school, signed)
    forged = dataclasses.replace(signed, signatures=[(signed.signatures[0][0], bytes(64))])
    assert town.refuses_signed(town.school, forged).reasons == ["SIGNATURE_INVALID"]
