"""The command `thermaliq`: finds the module of the command that is asked for, runs it, turns failures into exit codes.

Only that one module is imported, so `thermaliq --help` touches neither Kafka nor numpy.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Final

import typer

from schemas.errors import ThermaliqError
from thermaliq import exits
from thermaliq.printing import print_failure

COMMANDS: Final = {
    "demo": "See it all at work: a simulated plant into the whole product, nothing to install.",
    "check": "Validate site files; print everything that is wrong, with line and fix.",
    "test": "Read every source of a site file once; send nothing.",
    "connect": "Read the plant and publish its readings to Kafka.",
    "work": "Compute efficiencies from the readings into the database and the topics.",
    "serve": "Serve the API, the page, metrics and the live WebSocket.",
    "calculate": "Calculate one state of a machine, as the API does.",
    "simulate": "Serve a simulated plant over OPC UA, Modbus TCP and MQTT, and write its site file.",
    "start": "Check what a command needs, then run it in this process's place: the container's entry.",
    "replay": "Send a file with its own timestamps through a site's replay source to Kafka.",
    "recompute": "Have points computed again from stored readings.",
    "migrate": "Bring the database schema and its roles to this version.",
    "topics": "Compare the Kafka topics with what they should be; create the missing ones.",
    "dead-letters": "List, show and retry what could not be processed.",
    "checkpoints": "Show where each partition stands; go on after lost offsets.",
    "keys": "Make, list and revoke the API keys of the service.",
    "contracts": "Write the generated contracts under schemas/ anew.",
}
"""Name → what stands in the help; the module is `thermaliq.commands.<name>`, with _ for -."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = build(given)(args=given, prog_name="thermaliq", standalone_mode=False)
    except typer.TyperException as error:
        typer.echo(f"error: {error.format_message()}  (thermaliq --help lists what there is)", err=True)
        code = error.exit_code
    except ThermaliqError as error:
        print_failure(error)
        code = exits.exit_code(error)
    except BrokenPipeError:
        # whoever read our output has gone; Python must not fail again when it flushes at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = exits.FAILED
    except (KeyboardInterrupt, typer.Abort):
        code = exits.INTERRUPTED
    sys.exit(code)


def build(given: Sequence[str]) -> typer.Typer:
    """The application with every command named and the asked one loaded."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_options)
    asked = next((word for word in given if not word.startswith("-")), None)
    for name, summary in COMMANDS.items():
        module = import_module(f"thermaliq.commands.{name.replace('-', '_')}") if name == asked else None
        face = _not_asked if module is None else module.command
        if isinstance(face, typer.Typer):
            app.add_typer(face, name=name, help=summary)
        else:
            app.command(name, help=summary, context_settings=getattr(module, "CONTEXT", None))(face)
    return app


def _not_asked() -> None:
    """Stands in the list for a command that this call does not run."""


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"thermaliq {version('thermaliq')}")
        raise typer.Exit


def _options(*, show_version: bool = typer.Option(False, "--version", is_eager=True, callback=_version)) -> None:
    """From plant floor to trusted thermal efficiency: OPC UA, Modbus and MQTT through Kafka to TimescaleDB."""


if __name__ == "__main__":
    main()
