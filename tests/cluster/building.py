"""Builds the real Kubernetes and Flux programs from the Go modules pinned here, into a cache keyed by the pins.

Standard library only: it runs before any virtual environment exists. What is done with them: see the fixtures.
"""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MODULES = Path(__file__).parent / "modules"
KUBERNETES = "v1.36.3"
GIT_VERSION = f"-X k8s.io/component-base/version.gitVersion={KUBERNETES}"  # else kubectl refuses its own API server


@dataclass(frozen=True)
class Program:
    """One program: the folder of its go.mod, the package, and what the linker is told."""

    name: str
    module: str
    package: str
    linking: str = ""


FLUX = "github.com/fluxcd"
PROGRAMS = (
    Program("etcd", "etcd", "go.etcd.io/etcd/server/v3"),
    Program("kube-apiserver", "kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver", GIT_VERSION),
    Program("kube-controller-manager", "kubernetes", "k8s.io/kubernetes/cmd/kube-controller-manager", GIT_VERSION),
    Program("kubectl", "kubernetes", "k8s.io/kubernetes/cmd/kubectl", GIT_VERSION),
    Program("source-controller", "source-controller", f"{FLUX}/source-controller"),
    Program("kustomize-controller", "kustomize-controller", f"{FLUX}/kustomize-controller"),
    Program("helm-controller", "helm-controller", f"{FLUX}/helm-controller"),
    Program("notification-controller", "notification-controller", f"{FLUX}/notification-controller"),
    Program("image-reflector-controller", "image-reflector-controller", f"{FLUX}/image-reflector-controller"),
    Program("crane", "registry", "github.com/google/go-containerregistry/cmd/crane"),
    Program("image-automation-controller", "image-automation-controller", f"{FLUX}/image-automation-controller"),
    Program("source-watcher", "source-watcher", f"{FLUX}/source-watcher/v2/cmd"),
)
ASSETS = ("etcd", "kube-apiserver", "kubectl")  # what a folder of KUBEBUILDER_ASSETS holds
CONTROL_PLANE = (*ASSETS, "kube-controller-manager")
# Whose config/crd/bases holds the custom resource definitions: read from the module cache, never copied.
CRD_MODULES = (
    f"{FLUX}/source-controller@v1.9.6",
    f"{FLUX}/kustomize-controller@v1.9.6",
    f"{FLUX}/helm-controller@v1.6.4",
    f"{FLUX}/notification-controller@v1.9.3",
    f"{FLUX}/image-reflector-controller@v1.2.4",
    f"{FLUX}/image-automation-controller@v1.2.4",
    f"{FLUX}/source-watcher/v2@v2.2.2",
    "github.com/controlplaneio-fluxcd/flux-operator@v0.58.0",
)


SOURCE = "Go fetches modules from its proxy (`go env GOPROXY`) once, and keeps them in `go env GOMODCACHE`:"


class CannotBuild(Exception):
    """What is missing, and what to do about it."""


def base() -> Path:
    """The cache of everything ever built here."""
    return Path(os.environ.get("GYRE_CLUSTER_CACHE") or Path.home() / ".cache" / "gyre-cluster")


def key(program: Program) -> str:
    """Changes with everything a program is built from."""
    digest = hashlib.sha256(repr(program).encode())
    for pin in ("go.mod", "go.sum"):
        digest.update((MODULES / program.module / pin).read_bytes())
    return digest.hexdigest()[:16]


def cache() -> Path:
    """Where the built programs of these pins are, or will be."""
    keys = [key(program) for program in PROGRAMS]
    assets = os.environ.get("KUBEBUILDER_ASSETS", "")
    return base() / hashlib.sha256(repr((keys, assets)).encode()).hexdigest()[:16]


def missing(names: tuple[str, ...], folder: Path) -> list[Program]:
    """Those of these programs that are not built yet."""
    return [program for program in PROGRAMS if program.name in names and not (folder / program.name).exists()]


def build(names: tuple[str, ...]) -> Path:
    """Return the folder that holds these programs, building those that are not there."""
    folder = cache()
    folder.mkdir(parents=True, exist_ok=True)
    if not missing(names, folder):
        return folder
    with only_one(folder / ".lock"):
        take_assets(folder)
        wanted = missing(names, folder)
        if wanted and not shutil.which("go"):
            raise CannotBuild(f"`go` is not on the PATH; it is needed once to build {wanted[0].name}. Install Go 1.26.")
        for number, program in enumerate(wanted, start=1):
            build_one(program, folder, f"{number} of {len(wanted)}")
    return folder


def build_one(program: Program, folder: Path, progress: str) -> None:
    """Put one program into the folder, built unless it was built before."""
    built = base() / "built" / f"{program.name}-{key(program)}"
    if not built.exists():
        built.parent.mkdir(parents=True, exist_ok=True)
        go_build(program, built, progress)
    os.link(built, folder / program.name)


def go_build(program: Program, built: Path, progress: str) -> None:
    """Let Go build one program."""
    say(f"building {program.name} ({progress})")
    began = time.monotonic()
    part = built.with_suffix(f".part{os.getpid()}")
    command = ["go", "build", "-buildvcs=false", "-trimpath", "-ldflags", f"-s -w {program.linking}"]
    environment = os.environ | {"CGO_ENABLED": "0", "GOWORK": "off"}
    done = subprocess.run(
        [*command, "-o", str(part), program.package],
        cwd=MODULES / program.module,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CannotBuild(f"{program.name} does not build. {SOURCE}\n{done.stderr[-4000:]}")
    part.rename(built)
    say(f"built {program.name} in {time.monotonic() - began:.0f} s")


def take_assets(folder: Path) -> None:
    """Use what KUBEBUILDER_ASSETS has of etcd, kube-apiserver and kubectl instead of building it."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    for name in ASSETS if assets else ():
        found = Path(str(assets)) / name
        if found.exists() and not (folder / name).exists():
            (folder / name).symlink_to(found)
            say(f"taking {name} from KUBEBUILDER_ASSETS")


def crd_files() -> list[Path]:
    """The files of all 19 kinds' definitions, in the Go module cache (downloaded when not there)."""
    if not shutil.which("go"):
        raise CannotBuild("`go` is not on the PATH; it is needed to fetch the custom resource definitions.")
    listed = subprocess.run(
        ["go", "mod", "download", "-json", *CRD_MODULES],
        cwd=MODULES,
        env=os.environ | {"GOWORK": "off", "GOFLAGS": "-mod=mod"},
        capture_output=True,
        text=True,
        check=False,
    )
    folders = []
    for told in _documents(listed.stdout):
        if "Dir" not in told:
            problem = told.get("Error") or listed.stderr.strip()
            raise CannotBuild(f"{told['Path']}@{told['Version']} can't be had. {SOURCE}\n{problem}")
        folders.append(told["Dir"])
    if len(folders) != len(CRD_MODULES):
        raise CannotBuild(f"The custom resource definitions can't be had. {SOURCE}\n{listed.stderr[-4000:]}")
    return sorted(path for folder in folders for path in (Path(folder) / "config/crd/bases").glob("*.yaml"))


def _documents(text: str) -> Iterator[dict[str, str]]:
    """The JSON objects that Go prints one after another."""
    decoder, text = json.JSONDecoder(), text.strip()
    while text:
        document, end = decoder.raw_decode(text)
        yield document
        text = text[end:].lstrip()


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock of this file, so that two runs do not build the same thing twice."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    """Show progress, beside what the script prints as its answer."""
    print(f"· {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Build, or say where the built programs are."""
    names = tuple(program.name for program in PROGRAMS)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help=f"which to build: {', '.join(names)} (all)")
    parser.add_argument("--where", action="store_true", help="print the folder of the built programs, build nothing")
    asked = parser.parse_args()
    if unknown := set(asked.programs) - set(names):
        parser.error(f"no such program: {', '.join(sorted(unknown))}")
    try:
        print(cache() if asked.where else build(tuple(asked.programs) or names))
        if not (asked.where or asked.programs):
            crd_files()
    except CannotBuild as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
