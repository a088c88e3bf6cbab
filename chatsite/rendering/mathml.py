"""TeX as safe MathML."""

import html
import logging
import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from chatsite.rendering.safety import escape

logger = logging.getLogger(__name__)

_DEPTH = 60
_TAGS = re.compile(
    r"math|mrow|mi|mn|mo|ms|mtext|mspace|mfrac|msqrt|mroot|mstyle|merror|mpadded|mphantom|menclose|msub|msup|msubsup"
    r"|munder|mover|munderover|mmultiscripts|mprescripts|none|mtable|mtr|mlabeledtr|mtd"
)
_ATTRIBUTES = re.compile(
    r"display|displaystyle|scriptlevel|mathvariant|mathcolor|mathbackground|mathsize|stretchy|fence|separator|lspace"
    r"|rspace|form|largeop|movablelimits|accent|accentunder|minsize|maxsize|symmetric|linethickness|width|height"
    r"|depth|voffset|columnalign|rowalign|columnlines|rowlines|columnspacing|rowspacing|frame|notation|linebreak"
)
_VALUE = re.compile(r"[\w .,%#+-]{1,64}", re.ASCII)


@lru_cache(maxsize=512)
def mathml(tex: str, display: bool) -> str:
    """Safe MathML, or nothing when the TeX cannot be read.

    The converter's own serialiser undoes its escaping, so `\\text{<script>}` would come out as a tag: the tree is
    written out here, by an allow-list.
    """
    try:
        tree = convert_to_element(tex, display="block" if display else "inline")
        return "".join(_written(tree, 0))
    except (
        Exception
    ) as error:  # the converter raises IndexError, RecursionError and more for TeX it cannot read
        logger.info("A formula is shown as its source: %s", type(error).__name__)
        return ""


def _written(element: Element, depth: int) -> Iterator[str]:
    if depth > _DEPTH:
        raise ValueError("nested too deep")
    tag = element.tag if _TAGS.fullmatch(element.tag) else "mrow"
    attributes = [f' {name}="{value}"' for name, value in element.attrib.items() if _is_allowed(name, value)]
    yield f"<{tag}{''.join(attributes)}>"
    yield _text(element.text)
    for child in element:
        yield from _written(child, depth + 1)
        yield _text(child.tail)
    yield f"</{tag}>"


def _is_allowed(name: str, value: str) -> bool:
    return bool(_ATTRIBUTES.fullmatch(name) and _VALUE.fullmatch(value))


def _text(text: str | None) -> str:
    return escape(html.unescape(text)) if text else ""
