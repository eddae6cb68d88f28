"""All checks of the doctor, in order."""

from collections.abc import Iterator

from memoryd.domain.doctor import Precondition
from memoryd.services.doctor.case import Case
from memoryd.services.doctor.databases import of_databases
from memoryd.services.doctor.machine import of_machine
from memoryd.services.doctor.program import of_program
from memoryd.services.doctor.repositories import of_repositories
from memoryd.services.doctor.running import of_running
from memoryd.services.doctor.stores import of_stores
from memoryd.services.doctor.trust import of_trust

__all__ = ["Case", "preconditions"]


def preconditions(case: Case) -> Iterator[Precondition]:
    """Yield every precondition as soon as it was checked."""
    for part in (of_program, of_stores, of_trust, of_repositories, of_machine, of_databases, of_running):
        yield from part(case)
