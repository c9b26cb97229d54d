"""The child process: it is reached over HTTPS by its kubeconfig, and ends with its parent however that ends."""

import asyncio
import base64
import os
import signal
import ssl
import stat
import sys
import textwrap
from pathlib import Path

import httpx2
import psutil
import pytest
import yaml

from gyre.demo.embedded import start_embedded

pytestmark = pytest.mark.anyio


async def ended(process_id: int) -> bool:
    """Whether the process is gone within a few seconds."""
    for _ in range(100):
        if not psutil.pid_exists(process_id) or psutil.Process(process_id).status() == psutil.STATUS_ZOMBIE:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_it_serves_over_https_to_who_has_the_kubeconfig(tmp_path: Path) -> None:
    async with start_embedded(tmp_path / "demo") as embedded:
        assert stat.S_IMODE(embedded.kubeconfig.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "demo" / "server.key").stat().st_mode) == 0o600
        config = yaml.safe_load(embedded.kubeconfig.read_text())
        cluster, token = config["clusters"][0]["cluster"], config["users"][0]["user"]["token"]
        trust = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        assert cluster["server"] == embedded.server
        async with httpx2.AsyncClient(verify=trust, base_url=embedded.server, trust_env=False) as http:
            answer = await http.get("/api/v1/namespaces", headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 200
            assert "flux-system" in {item["metadata"]["name"] for item in answer.json()["items"]}
            assert (await http.get("/api/v1/namespaces")).status_code == 401
        child = embedded.process_id
    assert await ended(child)


async def test_an_open_watch_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    async with start_embedded(tmp_path / "demo") as embedded:
        config = yaml.safe_load(embedded.kubeconfig.read_text())
        trust = ssl.create_default_context(
            cadata=base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"]).decode()
        )
        headers = {"authorization": f"Bearer {config['users'][0]['user']['token']}"}
        async with (
            httpx2.AsyncClient(verify=trust, base_url=embedded.server, headers=headers, trust_env=False) as http,
            http.stream("GET", "/api/v1/secrets", params={"watch": "true"}) as watch,
        ):
            assert watch.status_code == 200
            began = asyncio.get_running_loop().time()
            os.kill(embedded.process_id, signal.SIGTERM)
            assert await ended(embedded.process_id)
            assert asyncio.get_running_loop().time() - began < 4


async def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = textwrap.dedent(f"""
        import asyncio
        from pathlib import Path
        from gyre.demo.embedded import start_embedded

        async def main():
            async with start_embedded(Path({str(tmp_path / "demo")!r})) as embedded:
                print(embedded.process_id, flush=True)
                await asyncio.sleep(60)

        asyncio.run(main())
    """)
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    child = int(await asyncio.wait_for(parent.stdout.readline(), 60))
    assert psutil.pid_exists(child)
    parent.kill()
    await parent.wait()
    assert await ended(child)
