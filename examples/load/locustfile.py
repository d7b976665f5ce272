"""Locust: each user is one buyer after another, who holds 1 to 4 places and then pays for them.

A seat that somebody else was faster for (409) is a normal answer: it stands in a row of its own, not among the failures.
429, 503 and 504 are asked again after Retry-After with the same Idempotency-Key, so nothing is done twice; so is what had
no answer at all, on the next node, and that counts as a failure.
"""

import itertools
import os
import random
import uuid

import gevent
from locust import constant, task
from locust.contrib.fasthttp import FastHttpUser  # several times lighter than HttpUser

ENDPOINTS = os.getenv("ENDPOINTS", "http://127.0.0.1:8081,http://127.0.0.1:8082,http://127.0.0.1:8083").split(",")
EVENT = os.getenv("EVENT", "load")
SECTIONS = int(os.getenv("SECTIONS", "40"))  # the hall of setup.sh
ROWS = int(os.getenv("ROWS", "100"))
SEATS = int(os.getenv("SEATS", "50"))
CHOSEN = int(os.getenv("CHOSEN", "50"))  # % of buyers who pick seats; the others take the best available
PARTIES = [int(size) for size in os.getenv("PARTIES", "1,1,2,2,2,2,2,3,4,4").split(",")]  # one is drawn for each buyer

NO_ANSWER, NOT_NOW = 0, (429, 503, 504)
nodes = itertools.cycle(ENDPOINTS)


def pick(size):
    """Names size seats side by side; the square makes rows at the stage wanted most."""
    section, row = random.randint(1, SECTIONS), int(ROWS * random.random() ** 2) + 1
    first = random.randint(1, max(SEATS - size + 1, 1))
    return [f"S{section}-{row}-{seat}" for seat in range(first, first + size)]


class Buyer(FastHttpUser):
    wait_time = constant(0)
    network_timeout = connection_timeout = 15.0  # longer than a node's own 10 s

    def __init__(self, environment):
        self.host = next(nodes)  # users take the nodes in turn
        super().__init__(environment)

    @task
    def buy(self):
        buyer, size = uuid.uuid4().hex, random.choice(PARTIES)
        if random.randrange(100) < CHOSEN:
            want = {"seats": pick(size)}
        else:
            want = {"best_available": {"quantity": size}}
        hold = self.post("hold", "holds", f"hold-{buyer}", {"buyer": buyer, **want})
        if hold:
            self.post("order", "orders", f"pay-{buyer}", {"hold": hold["hold"], "reference": f"psp-{buyer}"})

    def post(self, name, path, key, body):
        """Returns the answer's body, or None where the places are gone or something is wrong."""
        while True:
            with self.client.post(
                f"/v1/events/{EVENT}/{path}", json=body, headers={"Idempotency-Key": key}, name=name, catch_response=True
            ) as answer:
                status = answer.status_code
                if status in (200, 201):
                    answer.success()
                    return answer.json()
                if status == 409:
                    answer.request_meta["name"] = f"{name}: taken (409)"
                    answer.success()
                    return None
                if status in NOT_NOW:
                    answer.request_meta["name"] = f"{name}: asked again ({status})"
                    answer.success()
                    pause = float(answer.headers.get("Retry-After", 1))
                elif status == NO_ANSWER:
                    answer.failure(str(answer.error))
                    self.client.base_url, pause = next(nodes), 1
                else:
                    answer.failure(f"{status}: {answer.text}")
                    return None
            gevent.sleep(pause)
