"""A transcript and its followers."""

import asyncio

from chatsite.rendering import RENDERED, render
from chatsite.runs.ends import Failed
from chatsite.runs.transcript import FRAME, Transcript

END = Failed("gone", "It is over.")


async def followed(transcript: Transcript, offset: int = 0, blocks: int = 0) -> list:
    return [frame async for frame in transcript.follow(offset, blocks)]


async def test_a_follower_gets_every_character_in_order():
    transcript = Transcript()
    following = asyncio.create_task(followed(transcript))
    said = [f"{number} " for number in range(200)]
    for piece in said:
        transcript.append("text", piece)
        await asyncio.sleep(0)
    transcript.close(END)
    frames = await following
    assert "".join(frame.text for frame in frames) == "".join(said)
    assert [frame.offset for frame in frames[1:]] == [frame.end for frame in frames[:-1]]


async def test_a_late_follower_gets_one_frame_of_everything():
    transcript = Transcript()
    for piece in ("One.\n\n", "Two.\n\n", "Thr"):
        transcript.append("text", piece)
    transcript.close(END)
    (frame,) = await followed(transcript)
    assert frame.text == "One.\n\nTwo.\n\nThr"
    assert "".join(frame.settled) + frame.tail == render(frame.text)


async def test_a_follower_from_the_middle_gets_the_rest_alone():
    transcript = Transcript()
    transcript.append("text", "0123456789")
    transcript.append("text", "abc")
    transcript.close(END)
    (frame,) = await followed(transcript, offset=4)
    assert (frame.offset, frame.end, frame.text) == (4, 13, "456789abc")


async def test_a_cursor_that_never_was_starts_anew():
    transcript = Transcript()
    transcript.append("text", "short")
    transcript.close(END)
    (frame,) = await followed(transcript, offset=99, blocks=7)
    assert (frame.offset, frame.blocks, frame.text) == (0, 0, "short")


async def test_followers_at_one_place_share_their_frame():
    transcript = Transcript()
    transcript.append("text", "shared")
    assert transcript.frame(0, 0) is transcript.frame(0, 0)


async def test_reasoning_and_text_are_counted_together_and_kept_apart():
    transcript = Transcript()
    transcript.append("reasoning", "Hm. ")
    transcript.append("text", "Yes.")
    frame = transcript.frame(0, 0)
    assert (frame.reasoning, frame.text, frame.end) == ("Hm. ", "Yes.", 8)
    assert transcript.since(2) == [("reasoning", ". "), ("text", "Yes.")]


async def test_a_continued_message_is_rendered_with_what_it_had():
    transcript = Transcript("Once **upon")
    transcript.append("text", " a** time.")
    frame = transcript.frame(0, 0)
    assert frame.text == " a** time."
    assert "".join(frame.settled) + frame.tail == render("Once **upon a** time.")
    assert transcript.text == "Once **upon a** time."


async def test_what_an_answer_ended_as_is_at_hand_and_the_same_as_rendered_anew():
    transcript = Transcript("Once **upon")
    following = asyncio.create_task(followed(transcript))
    for piece in (" a** time.", "\n\n- one\n- two", "\n\n```python\nx = 1"):
        transcript.append("text", piece)
        await asyncio.sleep(0)
    await transcript.finish()
    assert RENDERED.html(transcript.text) == render(transcript.text)
    transcript.close(END)
    assert len(await following) == 3


async def test_what_a_late_definition_changed_is_rendered_anew_for_the_end():
    transcript = Transcript()
    transcript.append("text", "[a] and more.\n\n[a]: http://b.c")
    transcript.frame(0, 0)
    await transcript.finish()
    assert '<a href="http://b.c"' in RENDERED.html(transcript.text)


async def test_nobody_waits_while_a_long_answer_that_nobody_followed_is_rendered():
    transcript = Transcript()
    for number in range(3000):
        transcript.append("text", f"Paragraph *{number}* of a very long answer.\n\n")
    finishing, turns = asyncio.create_task(transcript.finish()), 0
    while not finishing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 10
    assert RENDERED.html(transcript.text) == render(transcript.text)


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


async def test_catching_up_on_a_long_answer_comes_in_frames_of_bounded_size():
    transcript = Transcript()
    for number in range(3000):
        transcript.append("text", f"Paragraph {number} of a very long answer.\n\n")
    transcript.close(END)
    frames = await followed(transcript)
    assert len(frames) > 3
    assert all(len(frame.text) <= FRAME and sum(map(len, frame.settled)) <= 2 * FRAME for frame in frames)
    assert "".join(frame.text for frame in frames) == transcript.text
    shown = "".join("".join(frame.settled) for frame in frames) + frames[-1].tail
    assert shown == render(transcript.text)


async def test_a_follower_of_one_long_block_has_its_end_at_once():
    transcript = Transcript()
    following = asyncio.create_task(followed(transcript))
    transcript.append("text", "```python\n" + "x = 'a long line of code'\n" * 20_000)
    await asyncio.sleep(0.05)
    transcript.append("text", "print(x)\n```")
    begin = asyncio.get_running_loop().time()
    transcript.close(END)
    frames = await following
    assert "".join(frame.text for frame in frames) == transcript.text
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
    for frames in (await early, await late):
        assert [frame.detail if isinstance(frame, Failed) else frame.text for frame in frames] == [
            "All of it.",
            "not saved yet",
        ]
