"""How often one version's answer was chosen over another's."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from chatsite.prompts.models import SystemPrompt
from chatsite.tryouts.models import TryoutAnswer


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions by their numbers, and how often each was better; the one that was more often comes first."""

    first: int
    second: int
    first_better: int
    second_better: int

    @property
    def judged(self) -> int:
        return self.first_better + self.second_better


def pairs(prompt: SystemPrompt) -> list[Pair]:
    """Return the pairs of versions that anybody judged, by answers of one model to the same messages."""
    judged = TryoutAnswer.objects.filter(tryout__prompt=prompt, better=True)
    rows = TryoutAnswer.objects.filter(tryout__in=judged.values("tryout"), version__prompt=prompt)
    groups: defaultdict[tuple[int, str], list[tuple[int, bool]]] = defaultdict(list)
    for tryout, model, *answer in rows.values_list("tryout", "model", "version__number", "better"):
        groups[tryout, model].append(tuple(answer))
    better = Counter(
        (number, other)
        for group in groups.values()
        for number, is_better in group
        for other, _ in group
        if is_better and other != number
    )
    compared = sorted({(max(each), min(each)) for each in better}, reverse=True)
    return [_pair(a, b, better) for a, b in compared]


def _pair(a: int, b: int, better: Counter[tuple[int, int]]) -> Pair:
    first, second = sorted([a, b], key=lambda number: better[number, a + b - number], reverse=True)
    return Pair(first, second, better[first, second], better[second, first])
