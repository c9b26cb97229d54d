"""`gyre serve`: the clusters of the operator's kubeconfig or of the Pod, until told to stop.

How the program is put together is gyre.app's.
"""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import click
import uvloop

from gyre.app import DEFAULT, create_app
from gyre.auth import FirstAdmin
from gyre.cli import screen
from gyre.cli.server import listen, serve
from gyre.errors import BadSettings
from gyre.kube.access import Access, from_kubeconfig, in_cluster
from gyre.log import set_up
from gyre.settings import Settings, read_settings
from gyre.terms.naming import ClusterName


@click.command()
def command() -> None:
    """Watch the clusters and serve the pages and APIs."""
    settings = read_settings(os.environ)
    set_up(settings.log_format, settings.log_level)
    clusters = the_operators_clusters()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, clusters))


def the_operators_clusters() -> Mapping[ClusterName, Access]:
    """KUBECONFIG when it is set, else the Pod's own account, else the kubeconfig in the home folder."""
    if not os.environ.get("KUBECONFIG"):
        if os.environ.get("KUBERNETES_SERVICE_HOST"):
            return {DEFAULT: in_cluster()}
        if not (Path.home() / ".kube" / "config").exists():
            raise BadSettings(
                "there is no cluster to watch: KUBECONFIG is not set, there is no ~/.kube/config, and this is no Pod; "
                "set KUBECONFIG, or try `gyre demo`"
            )
    return {DEFAULT: from_kubeconfig()}


async def _serve(settings: Settings, clusters: Mapping[ClusterName, Access]) -> None:
    made: list[FirstAdmin] = []
    with listen(settings) as listening:
        port: int = listening.getsockname()[1]

        async def ready() -> None:
            lines = [("Open", screen.address(settings, port), "")]
            for admin in made:
                lines.append(("Sign in", admin.username, ""))
                if admin.generated:
                    lines.append(("Password", admin.password, "shown this once"))
            screen.show("the control room for FluxCD", lines)

        await serve(create_app(settings, clusters, announce=made.append), listening, ready=ready)
