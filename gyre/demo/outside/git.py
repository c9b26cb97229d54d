"""Git repositories, OCI artifacts and buckets as they are outside the cluster: revisions, and what each path holds."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from gyre.demo.outside.workloads import USUAL_SETTINGS, App, manifests
from gyre.demo.resources import Manifest

Yield = Callable[[str], tuple[Manifest, ...]]
"""What a path yields when it is applied to a namespace."""


@dataclass(frozen=True, slots=True)
class Content:
    """What stands at a path: objects, or a mistake that no build gets over.

    `tracked` are inventory ids of objects that are applied from here but that this world leaves as they are.
    """

    objects: Yield = lambda _: ()
    mistake: str = ""
    tracked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Commit:
    """The newest state of a branch, tag or artifact."""

    hash: str
    message: str = ""
    author: str = ""


@dataclass(slots=True)
class Repository:
    """One repository. `paths` None: any path is there. `password` is what a Secret must hold to be let in.

    `images` are the tags its manifests are pinned to; `mistakes` are the paths that do not build, and why.
    """

    url: str
    heads: dict[str, Commit] = field(default_factory=dict)
    paths: dict[str, Content] | None = None
    password: str = ""
    images: dict[str, str] = field(default_factory=dict)
    mistakes: dict[str, str] = field(default_factory=dict)

    def head(self, ref: str) -> Commit | None:
        """The newest commit of a branch or tag; a repository nobody described has every branch."""
        if ref in self.heads:
            return self.heads[ref]
        return None if self.paths is not None and self.heads else Commit(hash_of(f"{self.url} {ref}"), "Initial commit")

    def push(self, ref: str, message: str, author: str = "") -> Commit:
        """A new commit on top."""
        before = self.head(ref)
        commit = Commit(hash_of(f"{self.url} {ref} {before.hash if before else ''} {message}"), message, author)
        self.heads[ref] = commit
        return commit

    def at(self, path: str) -> Content | None:
        """What stands at a path."""
        tidy = tidied(path)
        if tidy in self.mistakes:
            return Content(mistake=self.mistakes[tidy])
        if self.paths is not None:
            return self.paths.get(tidy)
        return Content(lambda namespace: generic(tidy, namespace))


def hash_of(text: str) -> str:
    """40 hex digits, as Git names a commit."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def digest_of(text: str) -> str:
    """`sha256:` and 64 hex digits, as artifacts are named."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def tidied(path: str) -> str:
    """`./apps/shop/` and `apps/shop` are the same path; the root is empty."""
    return path.removeprefix(".").strip("/")


def generic(path: str, namespace: str) -> tuple[Manifest, ...]:
    """What a repository nobody described holds at a path: one app, named after it."""
    name = "".join(letter if letter.isalnum() else "-" for letter in path.rpartition("/")[2].lower()).strip("-")
    app = App(name=name or "app", image=f"ghcr.io/acme/{name or 'app'}:1.0.0", settings=dict(USUAL_SETTINGS))
    return manifests(app, namespace)
