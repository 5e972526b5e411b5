#!/usr/bin/env python3
"""One tenant's flood: sessions that run a heavy query one after another, for so many seconds.

flood.py HOST TENANT SESSIONS SECONDS patient|stubborn

Who is refused waits as long as the hint says, or, stubborn, tries again at once. Prints how many were answered and refused.
"""
import re
import sys
import threading
import time

import psycopg2

host, tenant, sessions, seconds, manner = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
QUERY = "SELECT count(*), sum(length(body)) FROM notes WHERE body LIKE '%7%8%9%'"
end = time.monotonic() + seconds
answered = [0] * sessions
refused = [0] * sessions


def hint_in_seconds(error):
    found = re.search(r"in (\d+(?:\.\d+)?) (ms|s)", error.diag.message_hint or "")
    return float(found[1]) / (1000 if found[2] == "ms" else 1) if found else 0.1


def flood(number):
    connection = psycopg2.connect(host=host, dbname="postgres", user="app", options=f"-c app.tenant_id={tenant}")
    connection.autocommit = True
    cursor = connection.cursor()
    while time.monotonic() < end:
        try:
            cursor.execute(QUERY)
            answered[number] += 1
        except psycopg2.Error as error:
            if error.pgcode != "TN007":
                raise
            refused[number] += 1
            if manner == "patient":
                time.sleep(min(hint_in_seconds(error), max(0, end - time.monotonic())))


threads = [threading.Thread(target=flood, args=(number,)) for number in range(sessions)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sum(answered), sum(refused))
