"""Reads the symbols of each room's archive: an engine's namespace appears only in the room that owns it.

Usage: symbols.py ARCHIVE... (libcadastre_<room>.a)
"""
import pathlib
import subprocess
import sys

import staircase


def complaints_of(room, symbols):
    found = []
    for symbol in symbols:
        for namespace, owner in staircase.SYMBOL_OWNERS.items():
            if room != owner and namespace in symbol:
                found.append(f"{room}: {symbol}: belongs to {owner}")
    return found


def symbols_of(archive):
    listed = subprocess.run(["nm", "-j", archive], capture_output=True, text=True, check=True).stdout
    return sorted(set(listed.split()))


def main():
    found = []
    for archive in sys.argv[1:]:
        room = pathlib.Path(archive).stem.removeprefix("libcadastre_")
        found += complaints_of(room, symbols_of(archive))
    print("\n".join(found) or f"{len(sys.argv) - 1} archives keep their engines to themselves")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
