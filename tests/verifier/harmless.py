"""Changes of a statement's file after which it still says the same."""
import datetime
import json
import re

import proofs

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\Z")
BYTES = {"list", "listSignature", "item", "logEntry", "salt"}
STRANGER = f"{proofs.DASH} witness.example/w1 AAAAAAECAwQFBgcICQ==\n"


def each(value, change):
    """A JSON value with every object changed, from the inside."""
    if isinstance(value, list):
        return [each(one, change) for one in value]
    if isinstance(value, dict):
        return change({key: each(inner, change) for key, inner in value.items()})
    return value


def on_texts(change):
    """A change of every object that changes its texts: change(key, text)."""
    def of_object(made):
        return {key: of_value(key, value) for key, value in made.items()}

    def of_value(key, value):
        if isinstance(value, list):
            return [of_value(key, one) for one in value]
        return change(key, value) if isinstance(value, str) else value

    return of_object


def snake(name):
    return re.sub("([A-Z])", lambda match: "_" + match[1].lower(), name)


def shuffled(rng):
    def change(made):
        keys = list(made)
        rng.shuffle(keys)
        return {key: made[key] for key in keys}
    return change


def with_defaults(made):
    if "entry" in made:
        return {"item": "", "itemIndex": 0, "itemPath": [], **made}
    return made


def with_nulls(made):
    if "entry" in made:
        return {"item": None, "itemIndex": None, "itemPath": None, **made}
    return made


def as_numbers(made):
    return {key: int(value) if key == "entryIndex" else value for key, value in made.items()}


def as_texts(made):
    return {key: str(value) if key in ("itemIndex", "field") else value for key, value in made.items()}


def is_bytes(key):
    return key in BYTES or key == "itemPath"


def url_safe(key, text):
    return text.replace("+", "-").replace("/", "_") if is_bytes(key) else text


def unpadded(key, text):
    return text.rstrip("=") if is_bytes(key) else text


def elsewhere(key, text):
    """The same moment, as clocks in Shanghai show it."""
    if not TIME.match(text):
        return text
    head, dot, fraction = text[:-1].partition(".")
    moment = datetime.datetime.fromisoformat(head) + datetime.timedelta(hours=8)
    return moment.isoformat() + dot + fraction + "+08:00"


def nine_digits(key, text):
    if not TIME.match(text):
        return text
    head, _, fraction = text[:-1].partition(".")
    return f"{head}.{fraction.ljust(9, '0')}Z"


def short_fraction(key, text):
    if not TIME.match(text) or "." not in text:
        return text
    return text[:-1].rstrip("0").rstrip(".") + "Z"


def with_witness(key, text):
    return text + STRANGER if key == "tlogProof" else text


def witness_first(key, text):
    if key != "tlogProof":
        return text
    head, between, signatures = text.rpartition("\n\n")
    return head + between + STRANGER + signatures


def with_extra(key, text):
    return text.replace("\nindex ", "\nextra aGVsbG8=\nindex ", 1) if key == "tlogProof" else text


def escaped(text):
    """Every letter of every string that is not a key's or plain, by its number."""
    return text.replace("/", "\\/").replace("=", "\\u003d").replace("\u2014", "\\u2014")


def changed(made, rng):
    """(name, bytes) from the JSON value of a good statement."""
    def text(value, **how):
        return json.dumps(value, ensure_ascii=False, **how)

    plain = text(made)
    texts = {
        "compact": text(made, separators=(",", ":")), "indented": text(made, indent=4), "tabs": text(made, indent="\t"),
        "carriage-returns": text(made, indent=1).replace("\n", "\r\n"), "blank-around": f" \n\t{plain}\r\n ",
        "ascii": json.dumps(made), "escapes": escaped(plain),
        "keys-sorted": text(made, sort_keys=True),
        "keys-reversed": text(each(made, lambda one: dict(reversed(one.items())))),
        "keys-shuffled": text(each(made, shuffled(rng))),
        "names-of-the-contract": text(each(made, lambda one: {snake(key): value for key, value in one.items()})),
        "defaults": text(each(made, with_defaults)), "nulls": text(each(made, with_nulls)),
        "numbers": text(each(made, as_numbers)), "numbers-as-texts": text(each(made, as_texts)),
        "url-safe": text(each(made, on_texts(url_safe))), "unpadded": text(each(made, on_texts(unpadded))),
        "time-elsewhere": text(each(made, on_texts(elsewhere))), "nine-digits": text(each(made, on_texts(nine_digits))),
        "short-fraction": text(each(made, on_texts(short_fraction))),
        "witness": text(each(made, on_texts(with_witness))),
        "witness-first": text(each(made, on_texts(witness_first))), "extra": text(each(made, on_texts(with_extra))),
        "no-identity": text({key: value for key, value in made.items() if key != "identity"}),
    }
    return [*((name, value.encode()) for name, value in texts.items()), ("byte-order-mark", plain.encode("utf-8-sig"))]
