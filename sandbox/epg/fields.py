"""Types of the fields of a request (the gateway's contract, section 3).

A field is read in two stages. `bind` looks at its form (jsonBindingFailure); `check` looks at its
meaning (fieldValidationFailure) and runs only when the whole request could be bound. Null is
allowed everywhere: it means "not given", or clears on update.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from sandbox.epg.errors import Failure, binding, invalid

MISSING = object()

FORBIDDEN_CHARACTERS = re.compile(r"[%<>\[\]{}\\]|[^\u0000-\uffff]")
AMOUNT = re.compile(r"\d{1,9}(\.\d{1,4})?")
IDENTIFIER = re.compile(r"[A-Za-z0-9]{1,256}")


def joined(path: str, name: str) -> str:
    """Return the dotted path of a field inside an object."""
    return f"{path}.{name}" if path else name


class Field:
    """Any field. `default` is what an absent field becomes on creation."""

    def __init__(self, default: Any = None) -> None:
        self.default = default

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        """Return the value in its own type, or note a binding failure."""
        raise NotImplementedError

    def check(self, value: Any, path: str, failures: list[Failure]) -> None:
        """Note what is wrong with a bound value that is not null."""


class Text(Field):
    """Free text. Numbers are taken as text, as the gateway coerces types gently."""

    def __init__(self, limit: int = 255, least: int = 0) -> None:
        super().__init__()
        self.limit = limit
        self.least = least

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            failures.append(binding("text is wanted", path))
        return value

    def check(self, value: Any, path: str, failures: list[Failure]) -> None:
        if len(value) > self.limit:
            failures.append(invalid(f"at most {self.limit} characters", path))
        if len(value) < self.least:
            failures.append(invalid(f"at least {self.least} characters", path))
        if FORBIDDEN_CHARACTERS.search(value):
            failures.append(invalid("contains a character that is not allowed", path))


class Email(Text):
    """An e-mail address."""

    def check(self, value: Any, path: str, failures: list[Failure]) -> None:
        super().check(value, path, failures)
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
            failures.append(invalid("not an e-mail address", path))


class Pattern(Text):
    """Text of a fixed form, such as a country code."""

    def __init__(self, pattern: str, description: str) -> None:
        super().__init__()
        self.pattern = re.compile(pattern)
        self.description = description

    def check(self, value: Any, path: str, failures: list[Failure]) -> None:
        if not self.pattern.fullmatch(value):
            failures.append(invalid(self.description, path))


class CardNumber(Text):
    """A card number: 13 to 19 digits, blanks, dots and dashes between them, a right check digit."""

    def check(self, value: Any, path: str, failures: list[Failure]) -> None:
        digits = re.sub(r"[ .\-]", "", value)
        if not re.fullmatch(r"\d{13,19}", digits) or not passes_luhn(digits):
            failures.append(invalid("not a card number", path))


def passes_luhn(digits: str) -> bool:
    """Say whether the last digit of a card number fits the others (ISO/IEC 7812-1)."""
    reverse = [int(digit) for digit in reversed(digits)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in reverse[1::2])
    return (sum(reverse[::2]) + sum(doubled)) % 10 == 0


class Url(Field):
    """An http or https address of at most 2048 characters; `several` allows a list with blanks."""

    def __init__(self, several: bool = False) -> None:
        super().__init__()
        self.several = several

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        if not isinstance(value, str):
            failures.append(binding("text is wanted", path))
        return value

    def check(self, value: Any, path: str, failures: list[Failure]) -> None:
        addresses = value.split() if self.several else [value]
        for address in addresses or [""]:
            try:
                parts = urlsplit(address)
                known = parts.scheme in ("http", "https") and bool(parts.netloc)
            except ValueError:
                known = False
            if not known:
                failures.append(invalid("an http or https address is wanted", path))
        if len(value) > 2048:
            failures.append(invalid("at most 2048 characters", path))


class Boolean(Field):
    """True or false; the words are taken too."""

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            failures.append(binding("true or false is wanted", path))
        return value


class Integer(Field):
    """A whole number between two bounds; digits in a string are taken too."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__()
        self.least = least
        self.most = most

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value):
            return int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            failures.append(binding("a whole number is wanted", path))
        return value

    def check(self, value: Any, path: str, failures: list[Failure]) -> None:
        if not self.least <= value <= self.most:
            failures.append(invalid(f"between {self.least} and {self.most}", path))


class Choice(Field):
    """One of a list of words; case is ignored, the empty string is not a word."""

    def __init__(self, *words: str, default: str | None = None) -> None:
        super().__init__(default)
        self.words = {word.lower(): word for word in words}

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        if not isinstance(value, str) or value.lower() not in self.words:
            failures.append(binding("not one of the known values", path))
            return value
        return self.words[value.lower()]


class Timestamp(Field):
    """An instant in RFC 3339."""

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise ValueError("no offset")
        except (TypeError, ValueError):
            failures.append(binding("a time stamp with an offset is wanted", path))
            return value
        return moment.astimezone(UTC)


class Money(Field):
    """`{"amount": "10.00", "currencyCode": "EUR"}`, the amount a string in major units."""

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        if not isinstance(value, dict):
            failures.append(binding("an object is wanted", path))
            return value
        for name in value:
            if name not in ("amount", "currencyCode"):
                failures.append(binding("unknown field", joined(path, name)))
        for name in ("amount", "currencyCode"):
            if not isinstance(value.get(name, ""), str):
                failures.append(binding("text is wanted", joined(path, name)))
        return {"amount": value.get("amount"), "currencyCode": value.get("currencyCode")}

    def check(self, value: Any, path: str, failures: list[Failure]) -> None:
        amount = value["amount"]
        if amount is None or not AMOUNT.fullmatch(amount):
            failures.append(
                invalid("at most 9 digits before and 4 after the point", joined(path, "amount"))
            )
        else:
            value["amount"] = amount_text(Decimal(amount))
            if Decimal(amount) <= 0:
                failures.append(invalid("must be greater than zero", joined(path, "amount")))
        if value["currencyCode"] is None or not re.fullmatch("[A-Z]{3}", value["currencyCode"]):
            failures.append(
                invalid("a currency of three letters is wanted", joined(path, "currencyCode"))
            )


def amount_text(amount: Decimal) -> str:
    """Write an amount in major units with at least two fraction digits."""
    exact = amount.normalize()
    digits = max(2, -int(exact.as_tuple().exponent))
    return f"{exact:.{digits}f}"


class Reference(Field):
    """Another resource, given by its id or by an href; kept as its id.

    The host of an href doesn't count, its last two segments do.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        if isinstance(value, str):
            if IDENTIFIER.fullmatch(value):
                return value
            parts = urlsplit(value)
            segments = parts.path.rsplit("/", 2)
            if (
                parts.scheme in ("http", "https")
                and parts.netloc
                and segments[-2:-1] == [self.kind]
                and IDENTIFIER.fullmatch(segments[-1])
            ):
                return segments[-1]
        failures.append(binding("neither an href of this kind nor an id", path))
        return value


class CustomFields(Field):
    """A flat map of text: names up to 64 characters, values up to 1024."""

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            failures.append(binding("a flat object of text is wanted", path))
        return value

    def check(self, value: Any, path: str, failures: list[Failure]) -> None:
        for name, text in value.items():
            if len(name) > 64 or len(text) > 1024:
                failures.append(invalid("a name or value is too long", path))
            if FORBIDDEN_CHARACTERS.search(name) or FORBIDDEN_CHARACTERS.search(text):
                failures.append(invalid("contains a character that is not allowed", path))


class Texts(Field):
    """A list of words, such as the allowed payment methods."""

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            failures.append(binding("a list of text is wanted", path))
        return value


class Nested(Field):
    """An object with fields of its own."""

    def __init__(self, fields: Mapping[str, Field], required: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.fields = fields
        self.required = required

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        if not isinstance(value, dict):
            failures.append(binding("an object is wanted", path))
            return value
        given = bind_fields(self.fields, frozenset(), value, path, failures)
        return {name: given.get(name) for name in self.fields}

    def check(self, value: Any, path: str, failures: list[Failure]) -> None:
        check_fields(self.fields, value, path, failures)
        check_required(self.required, value, path, failures)


class ListOf(Field):
    """A list of objects of one form, at most `limit` of them."""

    def __init__(self, item: Nested, limit: int) -> None:
        super().__init__()
        self.item = item
        self.limit = limit

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        if not isinstance(value, list):
            failures.append(binding("a list is wanted", path))
            return value
        return [
            self.item.bind(each, f"{path}[{number}]", failures) for number, each in enumerate(value)
        ]

    def check(self, value: Any, path: str, failures: list[Failure]) -> None:
        if len(value) > self.limit:
            failures.append(invalid(f"at most {self.limit} items", path))
        for number, each in enumerate(value):
            self.item.check(each, f"{path}[{number}]", failures)


class NotModelled(Field):
    """A field the gateway has and the sandbox does nothing with: refused, never ignored."""

    def bind(self, value: Any, path: str, failures: list[Failure]) -> Any:
        return value

    def check(self, value: Any, path: str, failures: list[Failure]) -> None:
        failures.append(invalid("the sandbox does not model this field", path))


def bind_fields(
    fields: Mapping[str, Field],
    read_only: frozenset[str],
    given: Mapping[str, Any],
    path: str,
    failures: list[Failure],
) -> dict[str, Any]:
    """Bind the given fields of an object; return only what was given."""
    bound = {}
    for name, value in given.items():
        at = joined(path, name)
        if name in fields:
            bound[name] = None if value is None else fields[name].bind(value, at, failures)
        elif name in read_only:
            failures.append(binding("this field can't be written", at))
        else:
            failures.append(binding("unknown field", at))
    return bound


def check_fields(
    fields: Mapping[str, Field], bound: Mapping[str, Any], path: str, failures: list[Failure]
) -> None:
    """Check the bound fields of an object."""
    for name, value in bound.items():
        if value is not None:
            fields[name].check(value, joined(path, name), failures)


def check_required(
    required: tuple[str, ...], bound: Mapping[str, Any], path: str, failures: list[Failure]
) -> None:
    """Note every required field that is absent or null."""
    for name in required:
        if bound.get(name) is None:
            failures.append(invalid("is required", joined(path, name)))
