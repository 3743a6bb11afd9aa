"""Acts that are started at moments drawn beforehand, all under way at once."""
import dataclasses
import heapq
import queue
import time
import typing

from client import Refused

PATIENCE_S = 120
WAIT_REASONS = {"RATE_LIMITED", "CALLS_TOO_MANY"}


@dataclasses.dataclass
class Act:
    """`start` begins a call; `finish` gives its answer or raises Refused."""

    start: typing.Callable
    finish: typing.Callable


class Race:
    """Runs acts to their answers. One that is told to wait does so and asks the same again."""

    def __init__(self, acts, delays_s):
        self.acts = acts
        self.answers = [None] * len(acts)
        self.answered = queue.Queue()
        self.began = time.monotonic()
        self.due = list(zip(delays_s, range(len(acts)), strict=True))
        heapq.heapify(self.due)
        self.waits = 0

    def now(self):
        return time.monotonic() - self.began

    def run(self):
        """What each act was answered, in their order: an answer or a Refused."""
        left = len(self.acts)
        while left:
            self.start_due()
            patience = self.due[0][0] - self.now() if self.due else PATIENCE_S
            try:
                place, call = self.answered.get(timeout=max(0.0, patience))
            except queue.Empty:
                assert self.due, "an act is not answered"
                continue
            left -= self.settle(place, call)
        return self.answers

    def start_due(self):
        while self.due and self.due[0][0] <= self.now():
            _, place = heapq.heappop(self.due)
            call = self.acts[place].start()
            call.add_done_callback(lambda done, place=place: self.answered.put((place, done)))

    def settle(self, place, call):
        """False if it has to be asked again."""
        try:
            self.answers[place] = self.acts[place].finish(call)
        except Refused as refused:
            if WAIT_REASONS & set(refused.reasons):
                self.waits += 1
                heapq.heappush(self.due, (self.now() + refused.retry_ms / 1000, place))
                return False
            self.answers[place] = refused
        return True
