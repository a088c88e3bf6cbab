"""Which version a conversation gets, from releases alone."""

import random
from uuid import UUID, uuid4

import pytest

from chatsite.prompts.releases import Kind, Release, bucket, scheduled, state_at, version_for
from tests.prompts.conftest import hours

LATER = hours(1000)


class Releases(list):
    """Releases in the order in which they are made; each has the next id."""

    def add(self, version: int, at: float, kind=Kind.PUBLISH, share=100, follow=False, of=None) -> Release:
        release = Release(len(self) + 1, version, version, kind, share, hours(at), follow, of)
        self.append(release)
        return release


@pytest.fixture
def releases() -> Releases:
    """Version 1 is live since noon."""
    releases = Releases()
    releases.add(1, at=0)
    return releases


def conversations(count: int, seed: int = 0) -> list[UUID]:
    """Return uuids of conversations, the same ones each time: chance would leave the bounds of a share now and then."""
    rng = random.Random(seed)
    return [UUID(int=rng.getrandbits(128), version=4) for _ in range(count)]


def begun(releases, at: float, uuid: UUID | None = None, now=LATER) -> int | None:
    """What a conversation has that began at this hour."""
    return version_for(releases, hours(at), uuid or uuid4(), now)


def test_before_the_first_release_there_is_nothing(releases):
    assert begun(releases, at=-1, now=hours(-1)) is None
    assert begun([], at=0) is None


def test_a_running_conversation_keeps_its_version(releases):
    releases.add(2, at=2)
    assert (begun(releases, at=1), begun(releases, at=3)) == (1, 2)


def test_a_running_conversation_follows_where_that_was_chosen(releases):
    releases.add(2, at=2, follow=True)
    assert begun(releases, at=1) == 2
    assert begun(releases, at=1, now=hours(1.5)) == 1


def test_a_conversation_older_than_all_releases_begins_with_the_first(releases):
    releases.add(2, at=2)
    assert begun(releases, at=-5) == 1


def test_a_release_at_a_date_comes_into_force_by_itself(releases):
    due = releases.add(2, at=5)
    assert begun(releases, at=4, now=hours(4)) == 1
    assert begun(releases, at=6, now=hours(6)) == 2
    assert scheduled(releases, hours(4)) == [due]
    assert scheduled(releases, hours(5)) == []


def test_a_release_at_a_date_that_was_stopped_never_comes_into_force(releases):
    due = releases.add(2, at=5)
    releases.add(1, at=3, kind=Kind.STOP, of=due.pk)
    assert begun(releases, at=6) == 1
    assert scheduled(releases, hours(4)) == []
    assert state_at(releases, hours(9)).live.version == 1


def test_a_share_of_new_conversations_gets_the_trial(releases):
    releases.add(2, at=2, kind=Kind.TRIAL, share=20)
    got = [begun(releases, 3, each) for each in conversations(1000)]
    assert 160 <= got.count(2) <= 240
    assert {begun(releases, at=1) for _ in range(100)} == {1}


def test_nobody_is_switched_when_a_share_grows_or_shrinks(releases):
    people = conversations(1000)
    trial = releases.add(2, at=2, kind=Kind.TRIAL, share=20)
    before = [begun(releases, 3, each) for each in people]
    new = conversations(1000, seed=1)
    releases.add(2, at=4, kind=Kind.TRIAL, share=50, of=trial.pk)
    assert [begun(releases, 3, each) for each in people] == before
    assert 420 <= [begun(releases, 5, each) for each in new].count(2) <= 580
    # Who would have had it at 20 % has it at 50 %, too.
    assert all(begun(releases, 5, each) == 2 for each, had in zip(people, before, strict=True) if had == 2)
    releases.add(2, at=6, kind=Kind.TRIAL, share=10, of=trial.pk)
    assert [begun(releases, 3, each) for each in people] == before
    assert [begun(releases, 7, each) for each in new].count(2) <= 150


def test_another_trial_has_another_share():
    uuids = conversations(500)
    assert [bucket(1, each) for each in uuids] != [bucket(2, each) for each in uuids]
    assert {bucket(1, each) for each in uuids} <= set(range(100))


def test_a_trial_that_is_stopped_ends_for_new_conversations_and_where_chosen_for_running_ones(releases):
    trial = releases.add(2, at=2, kind=Kind.TRIAL, share=50)
    on_trial = next(each for each in iter(uuid4, None) if begun(releases, 3, each) == 2)
    releases.add(1, at=4, kind=Kind.STOP, of=trial.pk)
    assert (begun(releases, 3, on_trial), begun(releases, 5, on_trial)) == (2, 1)
    releases[-1] = releases[-1]._replace(follow=True)
    assert begun(releases, 3, on_trial) == 1


def test_a_trial_that_is_stopped_moves_nobody_who_was_not_on_it(releases):
    releases.add(2, at=2)
    trial = releases.add(3, at=4, kind=Kind.TRIAL, share=50)
    releases.add(2, at=5, kind=Kind.STOP, of=trial.pk, follow=True)
    assert begun(releases, at=1) == 1


def test_a_trial_that_running_conversations_follow_moves_its_share_alone(releases):
    releases.add(2, at=2, kind=Kind.TRIAL, share=20, follow=True)
    assert 160 <= [begun(releases, 1, each) for each in conversations(1000)].count(2) <= 240


def test_a_publication_ends_the_trial(releases):
    releases.add(2, at=2, kind=Kind.TRIAL, share=99)
    releases.add(3, at=4)
    assert {begun(releases, at=5) for _ in range(200)} == {3}
    assert state_at(releases, LATER).trial is None


def test_a_bad_version_stops_everywhere_when_it_is_rolled_back(releases):
    releases.add(2, at=2)
    releases.add(1, at=4, kind=Kind.ROLLBACK, follow=True)
    assert (begun(releases, at=3), begun(releases, at=5)) == (1, 1)


def test_what_was_in_force_on_a_date_can_be_told(releases):
    releases.add(2, at=2, kind=Kind.TRIAL, share=10)
    releases.add(2, at=4)
    at = [state_at(releases, hours(hour)) for hour in (1, 3, 5)]
    assert [(each.live.version, each.trial and each.trial.share) for each in at] == [
        (1, None),
        (1, 10),
        (2, None),
    ]


def test_the_order_in_which_releases_are_read_does_not_matter(releases):
    trial = releases.add(2, at=2, kind=Kind.TRIAL, share=30)
    releases.add(3, at=4, follow=True)
    releases.add(2, at=1, kind=Kind.TRIAL, share=30, of=trial.pk)
    uuids = conversations(50)
    for at in (0.5, 3, 5):
        assert [begun(releases, at, each) for each in uuids] == [
            begun(releases[::-1], at, each) for each in uuids
        ]
