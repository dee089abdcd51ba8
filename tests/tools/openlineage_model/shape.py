"""A facet's object read by the keys its specification names; `odd` says that the facet is not wholly what that holds."""


def keepable(text):
    """Whether text can be kept at all: no U+0000, no half of a surrogate pair."""
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)


class Shape:
    """How one facet differs from its specification: then it must be readable verbatim as well."""

    def __init__(self):
        self.odd = False


class Object:
    """`with Object(value, shape) as object:`; keys nobody asked for make the facet odd at the end."""

    def __init__(self, value, shape):
        self.shape = shape
        self.is_object = isinstance(value, dict)
        self.members = value if self.is_object else {}
        self.asked = set()
        if not self.is_object:
            shape.odd = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if set(self.members) - self.asked:
            self.shape.odd = True

    def wrong(self):
        self.shape.odd = True

    def get(self, key):
        self.asked.add(key)
        return self.members.get(key)

    def _typed(self, key, kind):
        value = self.get(key)
        if isinstance(value, str) and not keepable(value):
            self.wrong()
            return None
        if value is None or (isinstance(value, kind) and not (kind is not bool and isinstance(value, bool))):
            return value
        self.wrong()
        return None

    def stated(self, key):
        """Text, or None where it is not there."""
        return self._typed(key, str)

    def text(self, key):
        return self.stated(key) or ""

    def required(self, key):
        value = self.text(key)
        if not value:
            self.wrong()
        return value

    def flag(self, key):
        return self._typed(key, bool)

    def number(self, key):
        value = self._typed(key, (int, float))
        return None if value is None else float(value)

    def integer(self, key):
        """A whole number; written as text it is read and odd."""
        value = self.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and -2**63 <= value < 2**63:
            return value
        if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53:
            return int(value)
        self.wrong()
        if isinstance(value, str):
            try:
                whole = int(value) if value.strip() == value and not value.startswith("+") else None
                return whole if whole is None or -2**63 <= whole < 2**63 else None
            except ValueError:
                return None
        return None

    def count(self, key):
        """A whole number, as the protocol's JSON writes 64 bits; negative ones are none."""
        value = self.integer(key)
        if value is not None and value < 0:
            self.wrong()
            value = None
        return None if value is None else str(value)

    def mapping(self, key):
        return (self._typed(key, dict) or {}).items()

    def objects(self, key):
        """The objects of an array, each an Object whose keys are looked at when the loop goes on."""
        for value in self._typed(key, list) or []:
            with Object(value, self.shape) as item:
                if item.is_object:
                    yield item

    def inner(self, key):
        """An inner object, or None."""
        value = self.get(key)
        return None if value is None else Object(value, self.shape)

    def has(self, key):
        self.asked.add(key)
        return self.members.get(key) is not None
