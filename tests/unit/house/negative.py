"""A program that must not compile, and the message it must fail with.

Usage: negative.py PROGRAM.cc COMPILER FLAG...

The program's misuse stands inside `#ifdef MISUSE`: without it the program must compile (so that it fails for the misuse and
nothing else), with it the compiler's output must contain the text of every `// expect:` comment.
"""
import os
import pathlib
import re
import subprocess
import sys


def compile_program(program, command):
    # In the C locale messages quote with ' alone.
    return subprocess.run([*command, "-fsyntax-only", program], capture_output=True, text=True, check=False,
                          env=os.environ | {"LC_ALL": "C"})


def main():
    program, command = sys.argv[1], sys.argv[2:]
    text = pathlib.Path(program).read_text(encoding="utf-8")
    expected = [line.strip() for line in re.findall(r"//\s*expect:(.*)$", text, re.MULTILINE)]
    if not expected or "#ifdef MISUSE" not in text:
        print(f"{program}: needs an `// expect:` comment and its misuse inside `#ifdef MISUSE`")
        return 1
    control = compile_program(program, command)
    if control.returncode != 0:
        print(f"{program}: does not compile even without its misuse\n{control.stderr}")
        return 1
    misuse = compile_program(program, [*command, "-DMISUSE"])
    if misuse.returncode == 0:
        print(f"{program}: compiles, and must not")
        return 1
    missing = [text for text in expected if text not in misuse.stderr]
    if missing:
        print(f"{program}: fails, but without saying: {'; '.join(missing)}\n{misuse.stderr}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
