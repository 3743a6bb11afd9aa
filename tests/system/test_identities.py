"""Who gets which account: a person one, opened by who was shown her document, under the name that was shown."""
import pytest

from client import Refused, opening_of, sealed_persons
from contract import pb

SALTED = b"\x01" * 32


def faults(refused):
    return [(refusal.item.value, refusal.field, refusal.reason) for refusal in refused.refusals]


def persons(town):
    return int(town.sql.run("SELECT count(*) FROM identity.person")[0])


def passport(town):
    return f"E{town.fresh():08d}"


def resolve(town, number, name, institution=None):
    request = pb.ResolveIdentitiesRequest(identities=[pb.Identity(
        document_type=pb.DOCUMENT_TYPE_PASSPORT, document_number=number, name=name)])
    [resolved] = town.desk.call("ResolveIdentities", request, institution or town.school).identities
    return resolved


def test_of_who_has_no_account_nothing_is_kept(town):
    """Asking, and letting the bank check a transaction that would open the account, store nobody."""
    number, before = passport(town), persons(town)
    first, second = resolve(town, number, "王小明"), resolve(town, number, "王大明")
    assert first.unopened and second.unopened and first.account_no != second.account_no
    signed = town.school.sign([opening_of(first)])
    assert town.desk.submit(town.school, signed, validate_only=True) is None
    assert persons(town) == before
    town.desk.submit(town.school, signed)
    assert persons(town) == before + 1
    assert resolve(town, number, "王小明").account_no == first.account_no
    assert resolve(town, number, "王大明").reason == "IDENTITY_MISMATCH"


def test_of_two_who_were_shown_one_document_the_first_to_open_it_has_named_her(town):
    number = passport(town)
    wrong, right = resolve(town, number, "王小朋"), resolve(town, number, "王小明", town.other_school)
    late = town.school.sign([opening_of(wrong)])
    town.submit(town.other_school, [opening_of(right)])
    refused = town.refuses_signed(town.school, late)
    assert faults(refused) == [(0, "sealed_persons", "IDENTITY_MISMATCH")]
    assert resolve(town, number, "王小明").account_no == right.account_no


def test_of_many_who_open_an_account_for_one_person_at_once_one_does(town):
    number, before = passport(town), persons(town)
    desks = [town.new_desk() for _ in range(4)]
    calls = []
    for desk in desks * 4:
        signed = town.school.sign([opening_of(resolve(town, number, "王小明"))])
        calls.append((desk, signed))
    under_way = [(desk, signed, desk.start(town.school, signed)) for desk, signed in calls]
    reasons = []
    for desk, signed, call in under_way:
        try:
            desk.finish(signed, call)
            reasons.append("booked")
        except Refused as refusal:
            reasons += refusal.reasons
    for desk in desks:
        desk.close()
    assert sorted(reasons) == ["PERSON_HAS_ACCOUNT"] * 15 + ["booked"]
    assert persons(town) == before + 1


def test_one_transaction_opens_no_two_accounts_for_a_person(town):
    number = passport(town)
    openings = [opening_of(resolve(town, number, "王小明")) for _ in range(2)]
    assert faults(town.refuses(town.school, openings)) == [
        (1, "account_opened.account_no", "PERSON_HAS_ACCOUNT")]


SPOILT = {
    "not sealed at all": lambda own, other: b"",
    "sealed for another account": lambda own, other: other,
    "cut off": lambda own, other: own[:-1],
    "of an epoch that is none": lambda own, other: b"\xff" + own[1:],
    "with a byte turned": lambda own, other: own[:80] + bytes([own[80] ^ 1]) + own[81:],
    "far too long": lambda own, other: own * 5,
}


@pytest.mark.parametrize("what", SPOILT)
def test_an_account_is_opened_only_for_whom_the_bank_sealed_for_it(town, what):
    opening, other = town.opening(), town.opening()
    sealed_persons[opening.account_no] = SPOILT[what](sealed_persons[opening.account_no],
                                                      sealed_persons[other.account_no])
    assert faults(town.refuses(town.school, [other, opening])) == [(1, "sealed_persons", "SEALED_PERSON_INVALID")]


def test_an_account_that_nobody_resolved_is_not_opened(town):
    opening = town.opening()
    del sealed_persons[opening.account_no]
    signed = town.school.sign([opening]).request()
    del signed.sealed_persons[:]
    refused = town.refuses_call(lambda: town.desk.call("Submit", signed, town.school))
    assert faults(refused) == [(0, "sealed_persons", "SEALED_PERSON_INVALID")]


def test_a_person_who_goes_with_no_item_is_refused(town):
    signed = town.school.sign([town.opening()]).request()
    signed.sealed_persons.append(signed.sealed_persons[0])
    refused = town.refuses_call(lambda: town.desk.call("Submit", signed, town.school))
    assert [(refusal.field, refusal.reason) for refusal in refused.refusals] == [("sealed_persons", "FIELD_RANGE")]


COMMITMENTS = {
    "to somebody else": lambda given: [(1, SALTED), given[1], given[2]],
    "but for the name": lambda given: given[:2],
    "one of another person's": lambda given: [given[0], given[1], (3, given[1][1])],
}


@pytest.mark.parametrize("how", COMMITMENTS)
def test_an_item_commits_to_just_whom_it_opens_the_account_for(town, how):
    opening = town.opening()
    given = [(each.field, each.hash) for each in opening.commitments]
    opening = pb.AccountOpened(account_no=opening.account_no, commitments=[
        pb.IdentityCommitment(field=field, hash=value) for field, value in COMMITMENTS[how](given)])
    assert faults(town.refuses(town.school, [opening])) == [
        (0, "account_opened.commitments", "COMMITMENTS_DIFFER")]


def test_what_stands_in_the_log_is_answered_whatever_comes_beside_it_now(town):
    """A repetition, as of a caller who kept the transaction and lost the rest."""
    opening = town.opening()
    signed = town.school.sign([opening])
    first = town.desk.submit(town.school, signed)
    sealed_persons[opening.account_no] = b""
    assert town.desk.submit(town.school, signed).entry_index == first.entry_index


def looks(town, account_no):
    return int(town.sql.run(f"SELECT count(*) FROM access.look WHERE account_no = '{account_no}'")[0])


def mismatches(town):
    return int(town.sql.run("SELECT coalesce(sum(mismatches), 0) FROM access.resolving")[0])


def test_who_has_an_account_by_now_is_told_no_cheaper_than_where_one_asks(town):
    """A person held sealed under another name is a mismatch that counts, and a look that she sees."""
    number = passport(town)
    held, right = resolve(town, number, "王小朋", town.other_school), resolve(town, number, "王小明")
    town.submit(town.school, [opening_of(right)])
    seen, counted = looks(town, right.account_no), mismatches(town)
    signed = town.other_school.sign([opening_of(held)])
    refused = town.refuses_call(lambda: town.desk.submit(town.other_school, signed, validate_only=True))
    assert faults(refused) == [(0, "sealed_persons", "IDENTITY_MISMATCH")]
    assert (looks(town, right.account_no), mismatches(town)) == (seen + 1, counted + 1)
