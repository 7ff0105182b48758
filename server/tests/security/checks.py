"""Nobody gets what the OpenAPI document does not say is theirs: a check for schemathesis, which calls it on every answer.

VIGIA_WHO says who asks: `nobody`, `session:ROLE` or `token:SCOPE`."""

import os

import schemathesis

ROLES = ["manager", "auditor", "admin"]
WAY, _, NAME = os.environ["VIGIA_WHO"].partition(":")


def lets_in(way: dict) -> bool:
    """Whether one of the document's ways of being let in is the asker's."""
    if WAY not in way:
        return False
    wanted = way[WAY]
    if WAY == "session":
        return all(ROLES.index(NAME) >= ROLES.index(role) for role in wanted)
    return NAME in wanted


@schemathesis.check
def only_for_whom_it_is(ctx, response, case):
    ways = case.operation.definition.raw["security"]
    if ways and not any(lets_in(way) for way in ways):
        refused = f"{os.environ['VIGIA_WHO']} is answered with {response.status_code} by what is for {ways}"
        # Before anything else is looked at: what is there, and what would be right, is not theirs to know either.
        assert response.status_code in (401, 403, 405, 413, 414, 415, 429), refused
