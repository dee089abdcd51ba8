"""Virtual environments of the peers: exact versions, every file as its package recorded it."""
import subprocess
import sys

from cache import kept

CHECK_SECONDS = 120

# Runs inside the environment and prints what is wrong with it, by a line each.
CHECK = """
import importlib.metadata, pathlib, re, sys
def same(name): return re.sub(r"[-_.]+", "-", name).lower()
wanted = dict(line.split("==") for line in pathlib.Path(sys.argv[1]).read_text().split() if "==" in line)
wanted = {same(name): version for name, version in wanted.items()}
for found in importlib.metadata.distributions():
    version = wanted.pop(same(found.metadata["Name"]), None)
    if version is None:
        continue
    if found.version != version:
        print(found.metadata["Name"], found.version, "instead of", version)
    for file in found.files or ():
        if file.size is not None:
            path = pathlib.Path(file.locate())
            if not path.is_file() or path.stat().st_size != file.size:
                print("damaged:", path)
for name, version in wanted.items():
    print("missing:", name, version)
"""


def environment(peer, requirements):
    """The folder of an environment that holds exactly what the file `requirements` says; made if there is none."""
    def commands(folder):
        pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--no-input"]
        # The requirements are whole, so nothing is resolved: what they do not name is not installed.
        return ([sys.executable, "-m", "venv", folder],
                [*pip, "install", "--quiet", "--no-deps", "--prefer-binary", "--retries", "5", "-r", requirements],
                [*pip, "check"])

    def check(folder):
        try:
            done = subprocess.run([folder / "bin" / "python", "-c", CHECK, requirements], capture_output=True, text=True,
                                  timeout=CHECK_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"its python does not run: {error}"
        said = (done.stdout + done.stderr).strip()
        return f"damaged, {said[:300]}" if said or done.returncode else ""

    return kept(peer, f"{sys.version} {sys.executable}\n".encode() + requirements.read_bytes(), commands, check)
