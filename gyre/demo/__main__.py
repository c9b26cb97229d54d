"""`python -m gyre.demo`: the embedded cluster alone, as `gyre demo` runs it beside the server."""

import asyncio
from pathlib import Path

import click
import uvloop

from gyre.clock import SystemClock
from gyre.demo.server import Place, serve
from gyre.demo.story.telling import Story


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="Where its kubeconfig is written.")
@click.option("--port", default=0, show_default="any that is free")
@click.option("--objects", default=0, help="How many Flux objects there shall be.")
@click.option("--changes", default=0.0, help="How many of them change each second.")
@click.option("--with-parent", is_flag=True, help="End when standard input ends.")
def main(folder: Path, port: int, objects: int, changes: float, *, with_parent: bool) -> None:
    """Serve the embedded cluster on loopback."""
    story = Story(SystemClock())
    story.tell(objects)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(
            serve(
                story.store, Place(folder=folder, port=port), life=lambda: story.run(changes), with_parent=with_parent
            )
        )


if __name__ == "__main__":
    main()
