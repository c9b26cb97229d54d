"""`gyre serve` and `gyre demo` as processes: what they show, how they refuse to start, and how they end."""

import base64
import json
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import httpx2
import psutil
import pytest
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from models.migrating import migrations_for
from tests.support.answers import look_at
from tests.support.databases import fresh_postgres
from tests.support.gyre_process import GYRE, started

pytestmark = pytest.mark.timeout(300)  # each starts whole programs, two or three at a time


def refused(*arguments: str, data: Path, **variables: str) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(data), "GYRE_DATA_DIR": str(data / "gyre")} | variables
    done = subprocess.run([GYRE, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_demo_lets_one_in_and_ends_in_time_with_an_open_socket_and_no_child_left(
    tmp_path: Path, how: signal.Signals
) -> None:
    with started("demo", data=tmp_path) as demo:
        answer = demo.sign_in()
        assert answer.json() == {"data": {"login": {"viewer": {"username": "admin"}, "errors": []}}}
        cookie = answer.headers["set-cookie"].partition(";")[0]
        kubeconfig = re.search(r"--kubeconfig (\S+) get", demo.shown("Try"))
        assert kubeconfig
        assert Path(kubeconfig[1]).is_file()
        children = psutil.Process(demo.process.pid).children(recursive=True)
        with connect(
            demo.url.replace("http", "ws") + "/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            origin=Origin(demo.url),
            additional_headers={"Cookie": cookie},
        ) as live:
            live.send(json.dumps({"type": "connection_init"}))
            assert json.loads(live.recv(timeout=10))["type"] == "connection_ack"
            query = "subscription { overviewChanges { total } }"
            live.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": query}}))
            assert json.loads(live.recv(timeout=10))["type"] == "next"
            assert demo.told_to_end(how) < 5
        assert demo.process.returncode == 0
        assert children
        assert psutil.wait_procs(children, timeout=5)[1] == []
    assert (tmp_path / "log").read_text() == ""


def test_the_demo_has_as_many_objects_as_were_asked_for(tmp_path: Path) -> None:
    asked = {"query": "{ resources(first: 1000) { totalCount nodes { kind namespace name } errors { code } } }"}
    with started("demo", "--objects", "200", data=tmp_path) as demo:
        cookie = demo.sign_in().headers["set-cookie"].partition(";")[0]
        answer = httpx2.post(f"{demo.url}/graphql", json=asked, headers={"cookie": cookie}, timeout=20)
        page = answer.json()["data"]["resources"]
        assert (page["totalCount"], page["errors"]) == (200, [])
        assert len({(each["kind"], each["namespace"], each["name"]) for each in page["nodes"]}) == 200


def test_the_demo_refuses_more_objects_than_it_can_hold_before_it_makes_anything(tmp_path: Path) -> None:
    assert refused("demo", "--objects", "50001", data=tmp_path) == (
        "Usage: gyre demo [OPTIONS]\nTry 'gyre demo --help' for help.\n\n"
        "Error: Invalid value for '--objects': 50001 is not in the range 0<=x<=50000.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_demos_password_stays_and_is_not_shown_when_it_was_changed(tmp_path: Path) -> None:
    folder = str(tmp_path / "gyre" / "demo")
    with started("demo", data=tmp_path) as demo:
        assert demo.shown("Password") == Path(folder, "admin-password").read_text()
        subprocess.run(
            [GYRE, "user", "passwd", "admin"],
            env={"PATH": os.environ["PATH"], "GYRE_DATA_DIR": folder, "GYRE_USER_PASSWORD": "a long winter's tale"},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        assert demo.sign_in().json()["data"]["login"]["viewer"] is None
    with started("demo", data=tmp_path) as demo:
        assert demo.shown("Password") == "the one it was changed to"


def test_serve_watches_what_kubeconfig_names_and_shows_its_made_password_once(tmp_path: Path) -> None:
    with started("demo", data=tmp_path) as demo:
        found = re.search(r"--kubeconfig (\S+) get", demo.shown("Try"))
        assert found
        variables = {"GYRE_DATA_DIR": str(tmp_path / "served"), "KUBECONFIG": found[1]}
        with started("serve", data=tmp_path, **variables) as served:
            cookie = served.sign_in().headers["set-cookie"].partition(";")[0]
            asked = {"query": "{ clusters { name } }"}
            answer = httpx2.post(f"{served.url}/graphql", json=asked, headers={"cookie": cookie}, timeout=20)
            assert answer.json() == {"data": {"clusters": [{"name": "default"}]}}
            hooks = {"response": [look_at]}
            with httpx2.Client(base_url=served.url, headers={"cookie": cookie}, event_hooks=hooks, timeout=20) as rest:
                paths = ("/api/me", "/api/clusters", "/api/health", "/readyz", "/metrics", "/api/users", "/api/nothing")
                statuses = {path: rest.get(path).status_code for path in paths}
            assert statuses == {**dict.fromkeys(paths, 200), "/api/nothing": 404}
            served.told_to_end(signal.SIGTERM)
        with started("serve", data=tmp_path, **variables) as again:
            assert "Password" not in again.screen
            assert "Sign in" not in again.screen


def test_on_postgres_serve_wants_keys_and_migrations_first_and_then_starts_without_any_cluster(tmp_path: Path) -> None:
    keys = f"first:{base64.b64encode(b'k' * 32).decode()}"
    variables = {"GYRE_DATABASE_URL": fresh_postgres(), "GYRE_SECRET_KEYS": keys, "KUBECONFIG": "/nowhere/config"}
    assert f"lacks {len(migrations_for('postgres'))} of Gyre's migrations" in refused(
        "serve", data=tmp_path, **variables
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | variables
    subprocess.run([GYRE, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    assert "GYRE_SECRET_KEYS is not set" in refused("serve", data=tmp_path, **variables | {"GYRE_SECRET_KEYS": ""})
    with started("serve", data=tmp_path, **variables) as served:
        assert served.sign_in().json()["data"]["login"]["viewer"] == {"username": "admin"}
        assert served.told_to_end(signal.SIGTERM) < 5
    assert not (tmp_path / "gyre").exists()


def test_a_second_one_on_the_same_database_is_refused(tmp_path: Path) -> None:
    with started("demo", data=tmp_path) as demo:
        told = refused("demo", data=tmp_path)
    assert told == (
        f"gyre: {tmp_path}/gyre/demo/gyre.sqlite3 is in use by process {demo.process.pid}; one Gyre at a time may use "
        "an SQLite database. Stop the other, give this one another GYRE_DATA_DIR, or use PostgreSQL\n"
    )


def test_without_a_cluster_serve_says_what_to_set(tmp_path: Path) -> None:
    assert refused("serve", data=tmp_path) == (
        "gyre: there is no cluster to watch: KUBECONFIG is not set, there is no ~/.kube/config, and this is no Pod; "
        "set KUBECONFIG, or try `gyre demo`\n"
    )


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = refused("serve", data=tmp_path, GYRE_PORT=str(port), KUBECONFIG="/nowhere")
    assert told == (
        f"gyre: cannot listen on 127.0.0.1 port {port}: Address already in use; "
        "set GYRE_HOST and GYRE_PORT to what is free\n"
    )
