"""When things happen in the demo: days as the outbreak grows, hours as people work, and how long they take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from muster.demo.city import BEGAN, END, ZONE
from muster.policy.pack import Rules

#: How much comes up on each day from 20 November to 5 December: more by the day, less on Sundays.
DAYS = (0.3, 0.5, 0.65, 0.8, 0.9, 1, 0.9, 0.85, 1.2, 1.3, 1.4, 1.6, 1.9, 2.3, 2.6, 2.6)
#: Hours of the day and their weights: visits by day, calls until nine in the evening, cameras round the clock.
VISITS = {8: 5, 9: 12, 10: 14, 11: 9, 12: 3, 13: 4, 14: 10, 15: 13, 16: 11, 17: 7}
CALLS = {9: 8, 10: 10, 11: 7, 12: 2, 13: 2, 14: 7, 15: 8, 16: 8, 17: 5, 18: 6, 19: 9, 20: 6}
CAMERAS = {0: 2, 1: 3, 2: 3, 3: 2, 5: 1, 7: 3, 9: 4, 11: 4, 14: 4, 16: 4, 19: 5, 21: 5, 22: 5, 23: 3}
ASKED = {7: 3, 8: 8, 9: 12, 10: 12, 11: 8, 12: 4, 14: 7, 15: 8, 16: 8, 17: 7, 18: 7, 19: 7, 20: 5, 21: 3}

#: A step, the hours in which it is taken, and how long it takes: a median and a spread (of a log-normal) in hours.
AWAKE = {
    "accept": (7, 22), "respond": (7, 22), "respond_late": (7, 22), "request_closure": (7, 22), "passed": (8, 20),
    "failed": (8, 20), "revisit_passed": (9, 18), "revisit_failed": (9, 18), "confirmed": (9, 21),
    "unconfirmed": (9, 21), "upheld": (7, 23), "overruled": (7, 23), "granted": (7, 23), "refused": (7, 23),
    "rated": (8, 22), "asked_void": (8, 20), "voided": (8, 20), "reopened": (8, 20),
}  # fmt: skip
TAKES_H = {
    "assign": (0.2, 0.7), "assign_another": (0.4, 0.7), "request_closure": (0.3, 0.8), "fix_on_spot": (0.35, 0.4),
    "revisit_passed": (26, 0.4), "revisit_failed": (26, 0.4), "reopened": (20, 0.5), "asked_void": (3, 0.6),
    "voided": (4, 0.6), "upheld": (2, 0.7), "overruled": (2, 0.7), "granted": (1.2, 0.6), "refused": (1.2, 0.6),
    "rated": (30, 0.5), "sweep": (2, 0.6), "merged": (0.6, 0.3), "withdrawn": (20, 0.3), "linked": (0.3, 0.3),
}  # fmt: skip
#: Steps whose time depends on the matter's own hours: a share of them, and its spread.
OF_DUE = {"accept": (0.08, 0.6), "respond": (0.36, 0.6), "return_": (0.1, 0.5), "extend": (0.4, 0.3)}
OF_VERIFY = {"passed": (0.36, 0.6), "failed": (0.36, 0.6), "confirmed": (0.3, 0.6), "unconfirmed": (0.3, 0.6)}
LATE = (1.15, 2.1)
#: By night only what is critical goes on.
ROUND_THE_CLOCK = ("accept", "respond", "request_closure", "assign", "passed", "failed")


def moment(random: Random, hours: Mapping[int, int], last: datetime) -> datetime:
    """Some moment from the beginning to the last, on a day and at an hour by their weights."""
    while True:
        day = random.choices(range(len(DAYS)), DAYS)[0]
        hour = random.choices(list(hours), list(hours.values()))[0]
        at = datetime(2022, 11, 20, hour, random.randrange(60), random.randrange(60), tzinfo=ZONE) + timedelta(days=day)
        if BEGAN + timedelta(hours=1) < at <= last:
            return at


def within(random: Random, hours: Mapping[int, int], first_h: float, last_h: float) -> datetime:
    """Some moment between so many hours before the end, at one of the hours where there is one."""
    for _try in range(60):
        at = END - timedelta(hours=random.uniform(first_h, last_h))
        if at.hour in hours:
            break
    return at


def wait(random: Random, word: str, rules: Rules, redo: bool) -> timedelta:
    """How long whoever has the turn takes for a step. ``redo``: the work began anew, with its own hours."""
    due_h = rules.redo_h if redo else rules.due_h
    if word == "respond_late":
        return timedelta(hours=due_h * random.uniform(*LATE))
    if word in OF_DUE:
        share, spread = OF_DUE[word]
        return timedelta(hours=due_h * share * random.lognormvariate(0, spread))
    if word in OF_VERIFY:
        share, spread = OF_VERIFY[word]
        return timedelta(hours=rules.verify_h * share * random.lognormvariate(0, spread))
    median_h, spread = TAKES_H[word]
    return timedelta(hours=median_h * random.lognormvariate(0, spread))


def awake(random: Random, word: str, at: datetime, critical: bool) -> datetime:
    """The same moment, or the next morning when nobody takes this step at that hour."""
    first, last = AWAKE.get(word, (0, 24))
    if first <= at.hour < last or (critical and word in ROUND_THE_CLOCK):
        return at
    morning = at.replace(hour=first, minute=0) + timedelta(minutes=random.uniform(2, 70))
    return morning + timedelta(days=1) if at.hour >= last else morning
