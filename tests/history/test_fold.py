"""The fold makes the same words in Python and in PostgreSQL, in many languages."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from chatsite.history.search.fold import MAX_WORD_LENGTH, fold
from chatsite.history.search.fold_sql import ALONE
from chatsite.history.search.letters import characters
from tests.harness.databases import connect, used

FOLDS = [
    ("Ёжик и ёлка", "ежик и елка"),
    ("й не и", "й не и"),
    ("за́мок", "замок"),
    ("Straße, STRASSE, ẞ", "strasse strasse ss"),
    ("Łódź Øre Æther œuvre", "lodz ore aether oeuvre"),
    ("Άθηνα ΟΔΟΣ", "αθηνα οδοσ"),
    ("José jose\u0301", "jose jose"),
    ("ＡＢＣ ｶﾞ ﬁn x² ½", "abc カ\u3099 カ\u3099".replace("カ\u3099 カ\u3099", "ガ") + " fin x2 1 2"),
    ("İstanbul ISPARTA ılık", "istanbul isparta ilik"),
    ("豆腐汤", "豆腐 腐汤 汤"),
    ("重跑gen-itgc后50条", "重跑 跑 gen itgc 后 50 条"),
    ("カタカナ", "カタ タカ カナ ナ"),
    ("안녕 세계", "안녕 녕 세계 계"),
    ("हिन्दी में", "हिन्दी में"),
    ("ไทย", "ไท ทย ย"),
    ("שָׁלוֹם", "שלום"),
    ("أحمد كِتَاب", "احمد كتاب"),
    ("src/config.py v1.2.3 -5 snake_case", "src config py v1 2 3 5 snake case"),
    ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
    ("", ""),
    ("!!! — …", ""),
    ("a" * 70, "a" * 64 + " " + "a" * 6),
]


@pytest.fixture
def in_postgresql(db, postgres, django_db_blocker):
    """Folds texts there."""

    def folded(texts: list[str]) -> list[str]:
        with connection.cursor() as cursor:
            sql = "SELECT chat_fold(each) FROM unnest(%s::text[]) WITH ORDINALITY AS t(each, n) ORDER BY n"
            cursor.execute(sql, [texts])
            return [text for (text,) in cursor.fetchall()]

    with django_db_blocker.unblock(), used(connect(postgres.url)):
        yield folded


@pytest.mark.parametrize(("text", "words"), FOLDS)
def test_words_are_what_a_reader_takes_for_the_same(text, words):
    assert fold(text) == words


@pytest.mark.parametrize("text", [text for text, _ in FOLDS])
def test_what_is_folded_stays_so_word_by_word(text):
    assert all(len(word) <= MAX_WORD_LENGTH for word in fold(text).split())
    assert " ".join(fold(word) for word in fold(text).split() if word.isascii()) == " ".join(
        word for word in fold(text).split() if word.isascii()
    )


def test_postgresql_makes_the_same_words(in_postgresql):
    texts = [text for text, _ in FOLDS]
    assert in_postgresql(texts) == [fold(text) for text in texts]


def test_every_character_is_folded_alike(in_postgresql):
    """Of blocks in which all are alike, a part is tried."""
    tried = [*range(1, 0x3500), *range(0x9F00, 0xAD00), *range(0xD700, 0xD800), *range(0xE000, 0xE100)]
    tried += [*range(0xF800, 0x20100), *range(0x2F700, 0x2FB00), *range(0xE0000, 0xE0200)]
    texts = [f"a{chr(code)}b {chr(code)}" for code in tried]
    for at in range(0, len(texts), 2000):
        part = texts[at : at + 2000]
        assert in_postgresql(part) == [fold(text) for text in part]


def test_any_text_is_folded_alike(in_postgresql):
    @settings(max_examples=200, deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200))
    def alike(text):
        assert in_postgresql([text]) == [fold(text)]

    alike()


def test_letters_that_are_folded_alone_are_folded_alike(in_postgresql):
    @settings(max_examples=100, deadline=None)
    @given(st.text(st.sampled_from("".join(characters(ALONE))), max_size=200))
    def alike(text):
        assert in_postgresql([text]) == [fold(text)]

    alike()
