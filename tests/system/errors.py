"""What docs/errors.md promises of a refusal."""
import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "errors.md"
CODE = re.compile(r"`([A-Z0-9_]+)`")


def read_page():
    """Of every reason code its status and its four texts."""
    rows = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 6 and (code := CODE.fullmatch(cells[0])):
            rows[code[1]] = cells[1:]
    return rows


ROWS = read_page()


def fits(text, template):
    """The template's {} may stand for anything; where it stands last and for nothing, no colon leads to it."""
    if template.endswith("{}") and text == template[:-2].rstrip(" :："):
        return True
    pattern = ".*".join(map(re.escape, template.split("{}")))
    return re.fullmatch(pattern, text, re.DOTALL) and not text.endswith((" ", ":", "："))


def check(refused):
    """Its status is its first reason's, and every fault has the page's texts, in both languages."""
    assert refused.refusals, f"no reason is given: {refused}"
    for refusal in refused.refusals:
        texts = (refusal.message_zh, refusal.message_en, refusal.advice_zh, refusal.advice_en)
        for text, template in zip(texts, ROWS[refusal.reason][1:], strict=True):
            assert fits(text, template), f"{refusal.reason}: {text!r} is not {template!r}"
    assert refused.status == ROWS[refused.refusals[0].reason][0]
