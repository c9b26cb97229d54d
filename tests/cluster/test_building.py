"""What is taken instead of being built, and what is said where the real programs can't be built."""

from pathlib import Path

import pytest

from tests.cluster.building import ASSETS, CONTROL_PLANE, CannotBuild, build, cache, crd_files

pytestmark = pytest.mark.cluster  # Go is there


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Go with empty caches and no proxy to ask."""
    monkeypatch.setenv("GYRE_CLUSTER_CACHE", str(tmp_path / "programs"))
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "modules"))
    monkeypatch.setenv("GOPROXY", "off")
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)


@pytest.mark.usefixtures("offline")
def test_definitions_that_can_not_be_fetched_are_named() -> None:
    with pytest.raises(CannotBuild) as refused:
        crd_files()

    assert str(refused.value).startswith("github.com/fluxcd/source-controller@v1.9.6 can't be had. Go fetches modules")
    assert "GOPROXY=off" in str(refused.value)


@pytest.mark.usefixtures("offline")
def test_a_program_whose_modules_can_not_be_fetched_is_named() -> None:
    with pytest.raises(CannotBuild) as refused:
        build(("crane",))

    assert str(refused.value).startswith("crane does not build. Go fetches modules from its proxy")
    assert "GOPROXY=off" in str(refused.value)


@pytest.mark.usefixtures("offline")
def test_a_machine_without_go_is_told_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CannotBuild, match=r"`go` is not on the PATH; .* Install Go 1\.26"):
        build(("crane",))


@pytest.mark.usefixtures("offline")
def test_what_the_assets_hold_is_taken_and_keys_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assets, others = tmp_path / "assets", tmp_path / "others"
    for folder in (assets, others):
        folder.mkdir()
        for name in ASSETS:
            (folder / name).write_text(f"{name} of {folder.name}")
    monkeypatch.setenv("PATH", str(tmp_path))  # nothing can be built
    caches = [cache()]

    for folder in (assets, others):
        monkeypatch.setenv("KUBEBUILDER_ASSETS", str(folder))
        caches.append(build(ASSETS))
        links = {path.name: path.readlink() for path in caches[-1].iterdir() if path.is_symlink()}
        assert links == {name: folder / name for name in ASSETS}
        assert caches[-1] == cache()
        with pytest.raises(CannotBuild, match="it is needed once to build kube-controller-manager"):
            build(CONTROL_PLANE)

    assert len(set(caches)) == 3
