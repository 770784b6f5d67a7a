"""Runs services in one process, with health, metrics and HTTP."""

import asyncio
import gc
from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from shared.bus import Bus, Service
from shared.bus.runtime import missing, running
from shared.errors import Degraded, NotReady
from shared.http.headers import DefaultHeaders
from shared.http.hosts import TrustedHosts
from shared.http.metrics_access import figures
from shared.settings import Settings
from shared.telemetry import flush

CHECK_SECONDS = 3.0


class ServiceProcess:
    """Some services, running together; `buses` fills as they start."""

    def __init__(self, services: Sequence[Service[Any]], settings: Settings) -> None:
        self.services, self.settings = services, settings
        self.buses: dict[str, Bus] = {}
        self.started = self.stopping = False

    async def run(self, stop: asyncio.Event) -> None:
        """All of them at once, until `stop`; the first that cannot start ends all, with its reason."""
        open_services = asyncio.Barrier(len(self.services) + 1)
        lives = [asyncio.create_task(self._live(service, open_services, stop)) for service in self.services]
        opening = asyncio.create_task(open_services.wait())
        try:
            await asyncio.wait([opening, *lives], return_when=asyncio.FIRST_COMPLETED)
            self.started = opening.done()
            settle_memory()
            await asyncio.gather(*lives)
        finally:
            self.stopping = True
            # One that lost its cancellation in `wait_for` (Python 3.11) comes to the barrier, and ends there.
            await open_services.abort()
            for task in (opening, *lives):
                task.cancel()
            await asyncio.gather(opening, *lives, return_exceptions=True)
            flush()

    async def _live(self, service: Service[Any], opened: asyncio.Barrier, stop: asyncio.Event) -> None:
        async with running(service, self.settings) as self.buses[service.name]:
            await opened.wait()
            await stop.wait()

    async def readiness(self) -> tuple[bool, dict[str, str]]:
        """Whether the process works, and what is wrong by check: also what only part of the work suffers from."""
        if self.stopping or not self.started:
            return False, {"process": "stopping" if self.stopping else "starting"}
        found = await asyncio.gather(*(self._problem(name, run) for name, run in self._checks()))
        wrong = {name: error for name, error in found if error is not None}
        ready = all(isinstance(error, Degraded) for error in wrong.values())
        return ready, {name: str(error) or type(error).__name__ for name, error in wrong.items()}

    def _checks(self) -> Iterator[tuple[str, object]]:
        for service in self.services:
            yield f"{service.name}.bus", self._bus_check(service)
            for name, run in service.checks.items():
                yield f"{service.name}.{name}", run()

    async def _bus_check(self, service: Service[Any]) -> None:
        bus = self.buses[service.name]
        if not bus.client.is_connected:
            raise NotReady("not connected to the bus; it reconnects by itself")
        if problem := await missing(bus, service):
            raise NotReady(problem)

    async def _problem(self, name: str, check: object) -> tuple[str, Exception | None]:
        try:
            await asyncio.wait_for(check, CHECK_SECONDS)  # type: ignore[arg-type]
        except TimeoutError:
            return name, NotReady(f"no answer within {CHECK_SECONDS:.0f} s")
        except Exception as error:  # whatever a health check raises is a problem to report
            return name, error
        return name, None


def settle_memory() -> None:
    """What was loaded at start stays: the collector need not look through dictionaries and models again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def create_app(process: ServiceProcess) -> FastAPI:
    """The HTTP side: health for every process, and the routes of the services that have some."""
    app = FastAPI(title="Cloister", version="0.1.0", docs_url=None, redoc_url=None, redirect_slashes=False)

    @app.get("/healthz", include_in_schema=False)
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", include_in_schema=False)
    async def ready() -> JSONResponse:
        works, problems = await process.readiness()
        return JSONResponse({"ready": works, "problems": problems}, 200 if works else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        return figures(request, process.settings.metrics_token.get_secret_value())

    for service in process.services:
        app.include_router(service.routes)
        if service.install:
            service.install(app)
    app.add_middleware(TrustedHosts, names=(process.settings.http_host, *process.settings.trusted_hosts.split(",")))
    app.add_middleware(DefaultHeaders)
    return app
