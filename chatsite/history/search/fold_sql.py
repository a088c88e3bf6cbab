"""The fold as functions of PostgreSQL. The tests compare it with `fold`, character by character."""

from chatsite.history.search.fold import ALIKE, CYRILLIC_VOWELS, MAX_WORD_LENGTH, SPELLED, plain
from chatsite.history.search.letters import ASCII, INVISIBLE, LETTERS, MARKED, MARKS, PAIRED, POINTS, bracket

# The vector of a folded text of this size always fits into the 1 MB that PostgreSQL allows.
SURE_BYTES = 200_000

# Letters of most texts, each folded without its neighbours: ASCII, Latin-1, Cyrillic, Japanese, Chinese, Korean.
# No mark is among them.
ALONE = "20 30-39 41-5a 61-7a c0-d6 d8-f6 f8-ff 400-45f 3041-3096 30a1-30fa 4e00-9fff ac00-d7a3"
# Those of them that become another letter than their lower case.
_CHANGED = {letter: plain(letter) for letter in "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿёѐѝ"}

_LETTERS = bracket(f"{ASCII} {LETTERS}")
_IGNORED = bracket(f"{INVISIBLE} {POINTS}")
_PAIRED = bracket(PAIRED)


def _regexp(text: str, *steps: tuple[str, str]) -> str:
    """Return an SQL expression that replaces all matches of each pattern in `text`."""
    for pattern, replacement in steps:
        text = f"regexp_replace({text}, '{pattern}', '{replacement}', 'g')"
    return text


def _spelled(text: str, alike: dict[str, str]) -> str:
    for character, letters in SPELLED.items():
        text = f"replace({text}, '{character}', '{letters}')"
    return f"translate({text}, '{''.join(alike)}', '{''.join(alike.values())}')"


_KNOWN = _regexp("plain", (f"[{_IGNORED}]+", ""), (f"[^{_LETTERS}]+", " "))
_APART = _regexp(
    "normalize(plain, NFKD)",
    (f"([{bracket(MARKED)}])[{bracket(MARKS)}]+", r"\1"),
    (f"([{CYRILLIC_VOWELS}])[\u0300\u0301]", r"\1"),
    ("([Ее])\u0308", r"\1"),
    (f"[{bracket(POINTS)}]+", ""),
)
_WORDS = _regexp("plain", (f"[{_IGNORED}]+", ""), (f"[^{_LETTERS}]+", " "))
# Each character twice, without the first of each run, are the pairs: 豆豆腐腐汤汤, 豆腐腐汤汤, 豆腐 腐汤 汤.
_PAIRS = _regexp(
    "plain",
    (f"([{_PAIRED}])", r"\1\1"),
    (f"(?<![{_PAIRED}])[{_PAIRED}]", " "),
    (f"([{_PAIRED}]{{1,2}})", r"\1 "),
)
_CUT = _regexp("plain", (rf"(\S{{{MAX_WORD_LENGTH}}})(?=\S)", r"\1 "), (" +", " "))

FOLD = rf"""
CREATE OR REPLACE FUNCTION chat_fold(plain text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $fold$
BEGIN
  IF octet_length(plain) = length(plain) THEN
    plain := regexp_replace(lower(plain COLLATE "C"), '[^a-z0-9]+', ' ', 'g');
  ELSE
    plain := {_KNOWN};
    IF plain ~ '[^{bracket(ALONE)}]' THEN
      plain := normalize(lower({_APART} COLLATE "und-x-icu"), NFC);
      plain := {_spelled("plain", ALIKE)};
      plain := {_WORDS};
    ELSE
      plain := lower(plain COLLATE "und-x-icu");
      IF plain ~ '[{bracket("df-f6 f8-ff")}ёѐѝ]' THEN
        plain := {_spelled("plain", _CHANGED)};
      END IF;
    END IF;
    IF plain ~ '[{_PAIRED}]' THEN
      plain := {_PAIRS};
    END IF;
  END IF;
  RETURN btrim({_CUT});
END
$fold$
"""

# Words are letters and digits only, so they need no quotes. Only the first half of a too large text is indexed.
VECTOR = f"""
CREATE OR REPLACE FUNCTION chat_vector(folded text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $vector$
BEGIN
  IF octet_length(folded) <= {SURE_BYTES} THEN
    RETURN (
      SELECT coalesce(string_agg(word || ':' || least(at, 16383), ' '), '')::tsvector
      FROM unnest(string_to_array(folded, ' ')) WITH ORDINALITY AS words(word, at) WHERE word <> ''
    );
  END IF;
  RETURN chat_vector(left(folded, length(folded) / 2));
END
$vector$
"""
