"""A transcript and its followers."""

import asyncio

import pytest

from chatsite.rendering import HTML_CACHE, render
from chatsite.runs.ends import Failed
from chatsite.runs.lease import MAX_GAP_SECONDS, Lease
from chatsite.runs.transcript import MAX_SLICE_CHARACTERS, Transcript
from tests.harness.recovery import Clock

END = Failed("gone", "It is over.")


async def followed(transcript: Transcript, offset: int = 0, blocks: int = 0) -> list:
    return [new async for new in transcript.follow(offset, blocks)]


async def test_a_follower_gets_every_character_in_order():
    transcript = Transcript()
    following = asyncio.create_task(followed(transcript))
    said = [f"{number} " for number in range(200)]
    for piece in said:
        transcript.append("text", piece)
        await asyncio.sleep(0)
    transcript.close(END)
    slices = await following
    assert "".join(new.text for new in slices) == "".join(said)
    assert [new.offset for new in slices[1:]] == [new.end for new in slices[:-1]]


async def test_a_late_follower_gets_one_slice_of_everything():
    transcript = Transcript()
    for piece in ("One.\n\n", "Two.\n\n", "Thr"):
        transcript.append("text", piece)
    transcript.close(END)
    (new,) = await followed(transcript)
    assert new.text == "One.\n\nTwo.\n\nThr"
    assert "".join(new.settled) + new.tail == render(new.text)


async def test_a_follower_from_the_middle_gets_the_rest_alone():
    transcript = Transcript()
    transcript.append("text", "0123456789")
    transcript.append("text", "abc")
    transcript.close(END)
    (new,) = await followed(transcript, offset=4)
    assert (new.offset, new.end, new.text) == (4, 13, "456789abc")


async def test_a_cursor_that_never_was_starts_anew():
    transcript = Transcript()
    transcript.append("text", "short")
    transcript.close(END)
    (new,) = await followed(transcript, offset=99, blocks=7)
    assert (new.offset, new.blocks, new.text) == (0, 0, "short")


@pytest.fixture
async def doubted():
    """A transcript whose process does not know whether the run is still its own, and its lease."""
    clock = Clock()
    lease = Lease(clock)
    transcript = Transcript(lease=lease)
    transcript.append("text", "Not stored")
    clock.seconds += MAX_GAP_SECONDS + 1
    yield transcript, lease
    lease.close()


async def begun(following: asyncio.Task) -> None:
    """Let it go as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)
    assert not following.done()


async def test_nothing_more_is_shown_of_a_run_that_another_process_has_claimed(doubted):
    transcript, lease = doubted
    following = asyncio.create_task(followed(transcript))
    await begun(following)
    transcript.withdraw()
    lease.confirm(lease.doubts)
    await begun(following)
    transcript.close(END)
    assert await following == []


async def test_what_waited_for_certainty_is_shown_after_it(doubted):
    transcript, lease = doubted
    following = asyncio.create_task(anext(transcript.follow()))
    await begun(following)
    lease.confirm(lease.doubts)
    assert (await following).text == "Not stored"


async def test_a_run_that_ends_while_that_is_uncertain_is_shown_to_its_end(doubted):
    transcript, _ = doubted
    following = asyncio.create_task(followed(transcript))
    await begun(following)
    transcript.close(END)
    assert [new.text for new in await following] == ["Not stored"]


async def test_followers_at_one_place_share_their_slice():
    transcript = Transcript()
    transcript.append("text", "shared")
    assert transcript.slice(0, 0) is transcript.slice(0, 0)


async def test_reasoning_and_text_are_counted_together_and_kept_apart():
    transcript = Transcript()
    transcript.append("reasoning", "Hm. ")
    transcript.append("text", "Yes.")
    new = transcript.slice(0, 0)
    assert (new.reasoning, new.text, new.end) == ("Hm. ", "Yes.", 8)
    assert transcript.since(2) == [("reasoning", ". "), ("text", "Yes.")]


async def test_a_continued_message_is_rendered_with_what_it_had():
    transcript = Transcript("Once **upon")
    transcript.append("text", " a** time.")
    new = transcript.slice(0, 0)
    assert new.text == " a** time."
    assert "".join(new.settled) + new.tail == render("Once **upon a** time.")
    assert transcript.text == "Once **upon a** time."


async def test_what_an_answer_ended_as_is_at_hand_and_the_same_as_rendered_anew():
    transcript = Transcript("Once **upon")
    following = asyncio.create_task(followed(transcript))
    for piece in (" a** time.", "\n\n- one\n- two", "\n\n```python\nx = 1"):
        transcript.append("text", piece)
        await asyncio.sleep(0)
    await transcript.finish()
    assert HTML_CACHE.html(transcript.text) == render(transcript.text)
    transcript.close(END)
    assert len(await following) == 3


async def test_what_a_late_definition_changed_is_rendered_anew_for_the_end():
    transcript = Transcript()
    transcript.append("text", "[a] and more.\n\n[a]: http://b.c")
    transcript.slice(0, 0)
    await transcript.finish()
    assert '<a href="http://b.c"' in HTML_CACHE.html(transcript.text)


async def test_nobody_waits_while_a_long_answer_that_nobody_followed_is_rendered():
    transcript = Transcript()
    for number in range(3000):
        transcript.append("text", f"Paragraph *{number}* of a very long answer.\n\n")
    finishing, turns = asyncio.create_task(transcript.finish()), 0
    while not finishing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 10
    assert HTML_CACHE.html(transcript.text) == render(transcript.text)


async def test_others_have_their_turn_while_a_follower_catches_up():
    transcript = Transcript()
    for number in range(3000):
        transcript.append("text", f"Paragraph *{number}* of a very long answer.\n\n")
    following, turns = asyncio.create_task(followed(transcript)), 0
    transcript.close(END)
    while not following.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10


async def test_catching_up_on_a_long_answer_comes_in_slices_of_bounded_size():
    transcript = Transcript()
    for number in range(3000):
        transcript.append("text", f"Paragraph {number} of a very long answer.\n\n")
    transcript.close(END)
    slices = await followed(transcript)
    assert len(slices) > 3
    assert all(len(new.text) <= MAX_SLICE_CHARACTERS for new in slices)
    assert all(sum(map(len, new.settled)) <= 2 * MAX_SLICE_CHARACTERS for new in slices)
    assert "".join(new.text for new in slices) == transcript.text
    shown = "".join("".join(new.settled) for new in slices) + slices[-1].tail
    assert shown == render(transcript.text)


async def test_a_follower_of_one_long_block_has_its_end_at_once():
    transcript = Transcript()
    following = asyncio.create_task(followed(transcript))
    transcript.append("text", "```python\n" + "x = 'a long line of code'\n" * 20_000)
    await asyncio.sleep(0.05)
    transcript.append("text", "print(x)\n```")
    begin = asyncio.get_running_loop().time()
    transcript.close(END)
    slices = await following
    assert "".join(new.text for new in slices) == transcript.text
    # It took about 15 s: as long as so much HTML may take to send.
    assert asyncio.get_running_loop().time() - begin < 3


async def test_a_notice_comes_once_to_each_follower_after_the_text_so_far():
    transcript = Transcript()
    transcript.append("text", "All of it.")
    early = asyncio.create_task(followed(transcript))
    await asyncio.sleep(0)
    transcript.notify(Failed("not_saved_yet", "not saved yet"))
    late = asyncio.create_task(followed(transcript))
    for _ in range(5):
        await asyncio.sleep(0)
    transcript.close(END)
    for slices in (await early, await late):
        assert [new.detail if isinstance(new, Failed) else new.text for new in slices] == [
            "All of it.",
            "not saved yet",
        ]
