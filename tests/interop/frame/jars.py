"""Java archives of the peers: what a pom.xml names, at exact versions, and a Java that runs them."""
import pathlib
import shutil
import zipfile

from cache import kept

JVMS = "/usr/lib/jvm"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"


def java_home(version):
    """Where Debian keeps that Java; other Javas of the machine are not asked."""
    found = sorted(pathlib.Path(JVMS).glob(f"java-{version}-openjdk-*/bin/java"))
    if not found:
        raise RuntimeError(f"no Java {version} in {JVMS}: the Debian package openjdk-{version}-jre-headless is needed")
    return found[0].parent.parent


def jars(peer, pom):
    """The archives that `pom` names, as a sorted list of paths; fetched with Maven if they are not there."""
    if not shutil.which("mvn"):
        raise RuntimeError("no mvn: the Debian package maven is needed")

    def commands(folder):
        # Maven's own repository goes with the folder: what it fetched damaged it would copy again and again.
        return (["mkdir", folder], ["cp", pom, folder / "pom.xml"],
                ["mvn", "-q", "-B", "-f", folder / "pom.xml", f"-Dmaven.repo.local={folder / 'maven'}", COPY,
                 f"-DoutputDirectory={folder / 'jars'}", "-DincludeScope=runtime"])

    def check(folder):
        found = sorted((folder / "jars").glob("*.jar"))
        broken = [path.name for path in found if not _whole(path)]
        return f"damaged: {broken}" if broken else "" if found else "no archives"

    return sorted((kept(f"{peer}-jars", pom.read_bytes(), commands, check) / "jars").glob("*.jar"))


def _whole(path):
    """A zip's directory stands at its end: one that was cut short has none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False
