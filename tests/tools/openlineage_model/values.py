"""Expected values that are equal to what the protocol's JSON shows, where equality of texts would be too strict."""
import base64
import json

from . import names


class JsonText:
    """A text that holds the JSON of a value: numbers may be spelled in several ways."""

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        if isinstance(other, JsonText):
            return self.value == other.value
        try:
            return isinstance(other, str) and json.loads(other) == self.value
        except ValueError:
            return False

    def __hash__(self):
        return hash(json.dumps(self.value, sort_keys=True))

    def __repr__(self):
        return f"JsonText({self.value!r})"


class Time:
    """A timestamp by its microseconds."""

    def __init__(self, micros):
        self.micros = micros

    def __eq__(self, other):
        if isinstance(other, Time):
            return self.micros == other.micros
        return names.micros_of(other) == self.micros

    def __hash__(self):
        return hash(self.micros)

    def __repr__(self):
        return f"Time({names.text_of(self.micros)})"


class Bytes:
    """`bytes` by their content; with `parsed`, by what their JSON means."""

    def __init__(self, text, parsed=None):
        self.text = text
        self.parsed = parsed

    def __eq__(self, other):
        if isinstance(other, Bytes):
            return self.text == other.text
        try:
            content = base64.b64decode(other, validate=True).decode()
            return json.loads(content) == self.parsed if self.text is None else content == self.text
        except (ValueError, TypeError):
            return False

    def __hash__(self):
        return hash(self.text)

    def __repr__(self):
        return f"Bytes({(self.text if self.text is not None else self.parsed)!r})"


def identity(result):
    """What tells a quality result, as shown or as stated, apart from the results of other assertions."""
    told = [result.get(key, "") for key in ("assertion", "column", "name", "type")]
    return repr((told, sorted((key, _canonical(text)) for key, text in result.get("params", {}).items())))


def _canonical(text):
    try:
        return json.dumps(text.value if isinstance(text, JsonText) else json.loads(text), sort_keys=True)
    except ValueError:
        return text


def dropped(message):
    """A message as the protocol's JSON shows it: fields at their default are not there."""
    return {key: value for key, value in message.items() if value is not None and value != "" and value != [] and
            value != {} and value is not False}


def any_text(value):
    """Text as it is, anything else as its JSON."""
    if value is None:
        return None
    return value if isinstance(value, str) else JsonText(value)
