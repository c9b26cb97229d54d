"""What is said where the real programs can't be built."""

from pathlib import Path

import pytest

from tests.cluster.building import CannotBuild, build, crd_files

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
