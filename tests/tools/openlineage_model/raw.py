"""JSON read with the exact text of its parts: what "byte for byte" is measured against."""
import json

_DECODER = json.JSONDecoder(strict=False)
_SPACE = " \t\r\n"


class Raw:
    """A parsed value and its text."""

    __slots__ = ("value", "text")

    def __init__(self, value, text):
        self.value = value
        self.text = text

    def members(self):
        """(key, Raw) of an object, in order, keys that come twice included; nothing for other values."""
        if not isinstance(self.value, dict):
            return
        text, at = self.text, _skip(self.text, 1)
        while text[at] != "}":
            key, at = json.decoder.scanstring(text, at + 1, False)
            at = _skip(text, _skip(text, at) + 1)
            value, end = _DECODER.raw_decode(text, at)
            yield key, Raw(value, text[at:end])
            at = _skip(text, end)
            if text[at] == ",":
                at = _skip(text, at + 1)

    def items(self):
        """Raw of each item of an array."""
        if not isinstance(self.value, list):
            return
        text, at = self.text, _skip(self.text, 1)
        while text[at] != "]":
            value, end = _DECODER.raw_decode(text, at)
            yield Raw(value, text[at:end])
            at = _skip(text, end)
            if text[at] == ",":
                at = _skip(text, at + 1)


def _skip(text, at):
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def parse(text):
    start = _skip(text, 0)
    value, end = _DECODER.raw_decode(text, start)
    return Raw(value, text[start:end])
