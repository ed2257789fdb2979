import logging
import os
import time
from itertools import islice

from connectors.simulator.steam_boiler import rows
from tests.boiler_play import play_to, served
from tests.fix_product import Product


async def test_probe(product: Product, mqtt_url: str) -> None:
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    data = rows()
    first = next(data)
    n = int(os.environ.get("PROBE", "500"))
    async with served(first, mqtt_url, product.folder) as playing:
        text = playing.file.read_text()
        for pair in os.environ.get("SUBST", "").split(";"):
            if "=>" in pair:
                a, b = pair.split("=>")
                assert a in text
                text = text.replace(a, b)
        playing.file.write_text(text)
        connect = product.start("connect", str(playing.file))
        work = product.start("work", str(playing.file)) if not os.environ.get("NOWORK") else None
        start = time.monotonic()
        shown = await play_to(product, playing, [])
        up = time.monotonic() - start
        start = time.monotonic()
        cpu = time.process_time()
        shown = await play_to(product, playing, islice(data, n))
        took = time.monotonic() - start
        print(f"\nup {up:.1f} s, {shown} rows in {took:.1f} s: {1000 * took / shown:.1f} ms a row, own cpu {1000*(time.process_time()-cpu)/shown:.1f} ms")
        for process in (connect, work):
            if process:
                stat = __import__("pathlib").Path(f"/proc/{process.pid}/stat").read_text().split()
                print("cpu", (int(stat[13]) + int(stat[14])) / 100)
                t = time.monotonic()
                assert product.stop(process) == 0
                print("stopped in", time.monotonic() - t)
                print(product.said(process)[-3000:])
    print(product.query("select count(*) from thermaliq.reading"), product.query("select count(*) from thermaliq.point"))
