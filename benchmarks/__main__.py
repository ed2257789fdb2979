"""`python -m benchmarks [NAME…]` (`make bench ARGS=NAME`): all benchmarks, or those that are named, and their table."""

from __future__ import annotations

import argparse

from benchmarks import bench_pipeline_cpu, bench_water, bench_whole_pass, bench_worker
from benchmarks.result import Result, describe_machine, keep, print_table

BENCHMARKS = {
    "whole_pass": bench_whole_pass.run,
    "pipeline_cpu": bench_pipeline_cpu.run,
    "worker": bench_worker.run,
    "water": bench_water.run,
}


def main() -> None:
    """Run, keep each one's results as JSON, print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="ours beside its rivals")
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME", help=", ".join(BENCHMARKS))
    names = parser.parse_args().names or list(BENCHMARKS)
    machine, found = describe_machine(), list[Result]()
    for name in names:
        results = BENCHMARKS[name]()
        keep(name, machine, results)
        found += results
    print_table(machine, found)


if __name__ == "__main__":
    main()
