"""Sums the JUnit files of a folder and closes with one line, "N passed, N failed"; exits 1 if any failed, or if none
ran and nothing says why (a file `absent`, which ./dev writes for what has not landed yet)."""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def count(path):
    passed = failed = skipped = 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
            failed += 1
        elif case.find("skipped") is not None:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main():
    totals = [0, 0, 0]
    for folder in sys.argv[1:]:
        for path in sorted(pathlib.Path(folder).glob("**/*.xml")):
            counts = count(path)
            print(f"   {path.stem}: {counts[0]} passed, {counts[1]} failed, {counts[2]} skipped")
            totals = [total + number for total, number in zip(totals, counts)]
    skipped = f", {totals[2]} skipped" if totals[2] else ""
    print(f"{totals[0]} passed, {totals[1]} failed{skipped}")
    excused = any((pathlib.Path(folder) / "absent").exists() for folder in sys.argv[1:])
    return 1 if totals[1] or not (totals[0] or excused) else 0


if __name__ == "__main__":
    sys.exit(main())
