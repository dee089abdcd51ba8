"""The programs are hardened as Debian's own packages are: hardening.py PROGRAM..."""
import subprocess
import sys

# What readelf says of a hardened program, and what it means.
SIGNS = [
    ("Type:                              DYN", "position independent (-fPIE -pie)"),
    ("GNU_RELRO", "its tables are read-only once it runs (-z relro)"),
    ("BIND_NOW", "all symbols are bound at the start (-z now)"),
    ("__stack_chk_fail", "the stack is guarded (-fstack-protector-strong)"),
    ("_chk@", "copies know their bounds (_FORTIFY_SOURCE)"),
]


def complaints_of(told):
    """`told`: what readelf says. The guard's own symbol is no checked copy."""
    copies = told.replace("__stack_chk_fail", "") if "__stack_chk_fail" in told else told
    return [meaning for sign, meaning in SIGNS if sign not in (copies if sign == "_chk@" else told)]


def main(programs):
    found = []
    for program in programs:
        told = subprocess.run(["readelf", "--wide", "--file-header", "--program-headers", "--dynamic", "--dyn-syms", program],
                              capture_output=True, text=True, check=True).stdout
        found += [f"{program}: not so: {meaning}" for meaning in complaints_of(told)]
    print("\n".join(found) or f"{len(programs)} programs are hardened")
    return 1 if found or not programs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
