"""A bench's section of docs/benchmarks.md, between its markers, as the C++ benches' sections are."""


def put_into(path, name, text):
    begin, end, last = f"<!-- bench {name} -->", f"<!-- end of {name} -->", "<!-- benches end -->"
    whole = path.read_text()
    block = f"{begin}\n{text}{end}\n"
    if begin in whole:
        whole = whole[:whole.index(begin)] + block + whole[whole.index(end) + len(end) + 1:]
    else:
        whole = whole.replace(last, block + "\n" + last)
    path.write_text(whole)
