"""A gRPC client that begins a call and says no more."""
import threading


class Silent:
    """Requests of a client that sends its header and then nothing."""

    def __init__(self):
        self.over = threading.Event()

    def __iter__(self):
        return self

    def __next__(self):
        self.over.wait()
        raise StopIteration
