"""Texts that are no Statement, or not strictly: each has one finding, in the whole."""
import json


def spoilt(made):
    """(name, bytes) from the JSON value of a good statement."""
    text = json.dumps(made, ensure_ascii=False)
    index = made["lines"][0]["entry"]["entryIndex"]
    booked = made["lines"][0]["entry"]["bookedAt"]
    head = made["list"][:8]

    def swap(old, new):
        assert old in text, old
        return text.replace(old, new, 1)

    texts = {
        "empty": "", "truncated": text[:-1], "trailing-text": text + "x", "trailing-object": text + "{}",
        "list": f"[{text}]", "null": "null", "string": json.dumps(text),
        "unknown-key": swap("{", '{"note": 1, '),
        "unknown-inner-key": swap('{"entryIndex"', '{"proof": "", "entryIndex"'),
        "duplicate-key": swap("{", '{"list": "", '), "duplicate-by-two-names": swap("{", '{"list_signature": "", '),
        "duplicate-inner-key": swap('{"entryIndex"', '{"bookedAt": null, "entryIndex"'),
        "surrogate": swap(f'"list": "{head}', f'"list": "\\ud83d{head}'),
        "surrogate-in-key": swap("{", '{"\\udc00": 1, '),
        "fraction": swap(f'"entryIndex": "{index}"', f'"entryIndex": {index}.0'),
        "exponent": swap(f'"entryIndex": "{index}"', f'"entryIndex": {index}e0'),
        "fraction-in-text": swap(f'"entryIndex": "{index}"', f'"entryIndex": "{index}.0"'),
        "nan": swap(f'"entryIndex": "{index}"', '"entryIndex": NaN'),
        "negative": swap(f'"entryIndex": "{index}"', '"entryIndex": "-1"'),
        "too-large": swap(f'"entryIndex": "{index}"', '"entryIndex": "18446744073709551616"'),
        "truth": swap(f'"entryIndex": "{index}"', '"entryIndex": true'),
        "leading-zero": swap(f'"entryIndex": "{index}"', f'"entryIndex": 0{index}'),
        "time-without-zone": swap(booked, booked.rstrip("Z")),
        "time-without-t": swap(booked, booked.replace("T", " ")),
        "no-such-day": swap(booked, "2026-02-30T00:00:00Z"),
        "base64-letter": swap(f'"list": "{head}', '"list": "!' + head[1:]),
        "base64-blank": swap(f'"list": "{head}', '"list": " ' + head),
        "comment": swap("{", "{ /* a statement */ "), "single-quotes": swap('"list"', "'list'"),
        "trailing-comma": text[:-1] + ",}", "raw-newline": swap(f'"list": "{head}', f'"list": "{head}\n'),
        "object-for-list": swap('"keyRecords": [', '"keyRecords": [[],'),
        "null-in-list": swap('"lines": [', '"lines": [null, '),
        "deep": "[" * 20_000 + "]" * 20_000,
    }
    return [*((name, value.encode("utf-8", "surrogatepass")) for name, value in texts.items()),
            ("two-byte-order-marks", 2 * b"\xef\xbb\xbf" + text.encode()),
            ("utf-16", text.encode("utf-16")),
            ("latin", swap("{", '{"identity": [], "x": "').encode() + b"\xe9\"}")]
