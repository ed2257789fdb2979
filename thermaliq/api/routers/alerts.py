"""`/alerts`: episodes of alarms, the newest change first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, get_args

import msgspec
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.alarm import AlarmState, Alert, Priority
from thermaliq.api.catalog import Catalog
from thermaliq.api.contract import PREFIX, answers, page_of
from thermaliq.api.guard import principal_of
from thermaliq.api.parameters import LIMIT, Limit, Next, one_of, place_of
from thermaliq.api.queries import AlertFilter, Queries, StoredAlert
from thermaliq.api.representation import list_response
from thermaliq.api.token import alert_id, pack

STATES: Final[tuple[str, ...]] = get_args(AlarmState)
RESTING: Final = frozenset({"normal", "shelved", "suppressed", "out_of_service"})
PRIORITIES: Final[tuple[str, ...]] = get_args(Priority)

States = Annotated[list[str] | None, Query(description="A state of ISA-18.2; may repeat")]
Assets = Annotated[list[str] | None, Query(description="An asset, or `mill/*`; may repeat")]
Priorities = Annotated[list[str] | None, Query(description="low, medium, high or critical; may repeat")]
Active = Annotated[
    bool | None, Query(description="true: those that stand or wait for a person; false: those that are over or at rest")
]


class AlertItem(Alert, frozen=True):
    """An alert as the service shows it: its episode's last transition, under the episode's id."""

    id: str
    since_us: int
    acknowledged_by: str | None = None
    comment: str | None = None
    shelved_until_us: int | None = None


COLUMNS: Final = AlertItem.__struct_fields__


def router(catalog: Catalog, queries: Queries) -> APIRouter:
    """Routes over the alarms of the catalog's assets."""
    made = APIRouter(prefix=PREFIX, tags=["alerts"])

    @made.get("/alerts", responses=answers(page_of("AlertItem"), csv=True))
    async def list_alerts(
        request: Request,
        state: States = None,
        asset: Assets = None,
        priority: Priorities = None,
        active: Active = None,
        limit: Limit = LIMIT,
        following: Next = None,
    ) -> Response:
        """Alerts, the newest change first."""
        place = place_of(following, tuple[int, str, str, int])
        wanted = AlertFilter(
            assets=sorted(principal_of(request).known(catalog.matching(asset or []))),
            states=states_of(state, active=active),
            priorities=_all_of("priority", priority, PRIORITIES),
        )
        if place is not None:
            wanted = AlertFilter(wanted.assets, wanted.states, wanted.priorities, place)
        found = await queries.alerts(wanted, limit + 1)
        page = [item_of(alert) for alert in found[:limit]]
        then = pack(place_behind(found[limit - 1])) if len(found) > limit else None
        return list_response(request, page, then, COLUMNS)

    return made


def states_of(asked: Sequence[str] | None, *, active: bool | None) -> list[str] | None:
    """The states that both parameters let through; None: all."""
    states = _all_of("state", asked, STATES)
    if active is None:
        return states
    return [state for state in (STATES if states is None else states) if (state not in RESTING) == active]


def _all_of(field: str, asked: Sequence[str] | None, known: Sequence[str]) -> list[str] | None:
    return [one_of(field, value, known) for value in asked] if asked else None


def item_of(alert: StoredAlert) -> AlertItem:
    """An alert with its id."""
    number = alert_id(alert.asset, alert.name, alert.episode_us)
    return AlertItem(**msgspec.structs.asdict(alert), id=number, since_us=alert.transition_us)


def place_behind(alert: Alert) -> tuple[int, str, str, int]:
    """Where the next page begins."""
    return alert.transition_us, alert.asset, alert.name, alert.episode_us
