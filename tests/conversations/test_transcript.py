"""A transcript and its followers."""

import asyncio

from chatsite.conversations.transcript import FRAME, Transcript
from chatsite.rendering import render


def at_once() -> float:
    return 0


async def followed(transcript: Transcript, offset: int = 0, blocks: int = 0) -> list:
    return [frame async for frame in transcript.follow(offset, blocks, at_once)]


async def test_a_follower_gets_every_character_in_order():
    transcript = Transcript()
    following = asyncio.create_task(followed(transcript))
    said = [f"{number} " for number in range(200)]
    for piece in said:
        transcript.append("text", piece)
        await asyncio.sleep(0)
    transcript.close("end")
    frames = await following
    assert "".join(frame.text for frame in frames) == "".join(said)
    assert [frame.offset for frame in frames[1:]] == [frame.end for frame in frames[:-1]]


async def test_a_late_follower_gets_one_frame_of_everything():
    transcript = Transcript()
    for piece in ("One.\n\n", "Two.\n\n", "Thr"):
        transcript.append("text", piece)
    transcript.close("end")
    (frame,) = await followed(transcript)
    assert frame.text == "One.\n\nTwo.\n\nThr"
    assert "".join(frame.settled) + frame.tail == render(frame.text)


async def test_a_follower_from_the_middle_gets_the_rest_alone():
    transcript = Transcript()
    transcript.append("text", "0123456789")
    transcript.append("text", "abc")
    transcript.close("end")
    (frame,) = await followed(transcript, offset=4)
    assert (frame.offset, frame.end, frame.text) == (4, 13, "456789abc")


async def test_a_cursor_that_never_was_starts_anew():
    transcript = Transcript()
    transcript.append("text", "short")
    transcript.close("end")
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


async def test_catching_up_on_a_long_answer_comes_in_frames_of_bounded_size():
    transcript = Transcript()
    for number in range(3000):
        transcript.append("text", f"Paragraph {number} of a very long answer.\n\n")
    transcript.close("end")
    frames = await followed(transcript)
    assert len(frames) > 3
    assert all(len(frame.text) <= FRAME and sum(map(len, frame.settled)) <= 2 * FRAME for frame in frames)
    assert "".join(frame.text for frame in frames) == transcript.text
    shown = "".join("".join(frame.settled) for frame in frames) + frames[-1].tail
    assert shown == render(transcript.text)
