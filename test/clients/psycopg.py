"""Counts of deleted rows as psycopg2 tells them: psycopg.py HOST PORT TENANT"""
import sys

import psycopg2

host, port, tenant = sys.argv[1:]
connection = psycopg2.connect(host=host, port=port, dbname="postgres", user="app", options=f"-c app.tenant_id={tenant}")
cursor = connection.cursor()
cursor.execute("DELETE FROM shop.items WHERE id <= 3")
print("plain", cursor.rowcount, cursor.statusmessage)
cursor.execute("DELETE FROM shop.items WHERE id <= %s", (5,))
print("parameter", cursor.rowcount, cursor.statusmessage)
cursor.execute("DELETE FROM shop.items WHERE id = 6 RETURNING id, name")
print("returning", cursor.rowcount, cursor.fetchall())
cursor.execute("DELETE FROM shop.items WHERE id = 6")
print("none", cursor.rowcount, cursor.statusmessage)
cursor.execute("PREPARE gone (int) AS DELETE FROM shop.items WHERE id = $1")
counts = []
for number in range(7, 15):
    cursor.execute("EXECUTE gone (%s)", (number,))
    counts.append(cursor.rowcount)
print("prepared", counts)
cursor.execute("SELECT count(*) FROM shop.items")
print("left", cursor.fetchone()[0])
connection.rollback()
